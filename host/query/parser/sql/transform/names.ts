/**
 * From parse tree to AST: tokens, names, types, and the refusal of what the flat grammar lets through.
 */
import type { ParserRuleContext } from "antlr4ng";
import type {
  AliasColumnContext,
  ColumnNamesContext,
  IntervalFieldsContext,
  RelationContext,
  SimpleTypeContext,
  TypeNameContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import * as SqlParser from "../../../../../grammar/generated/SqlParser.ts";
import type { DatabaseError } from "../../../../common/error.ts";
import type { ParsedName, ParsedNames, ParsedType } from "../../../ast/name.ts";
import type { ParsedAliasColumn } from "../../../ast/query.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { errorNear, valueError } from "../syntax-error.ts";

/** `syntax error at or near "TOKEN"`. */
export function syntaxError(token: TextToken): DatabaseError {
  return errorNear("syntax error", token.statement, token.start, token.stop + 1);
}

/** A word or quoted name as a name. */
export function nameOfToken(token: TextToken): ParsedName {
  const quoted = token.type === SqlParser.QUOTED_IDENT;
  return { kind: "ParsedName", position: token.start, text: quoted ? token.value : token.text, folded: token.value, quoted };
}

/** Of the rules that are one word. */
export function nameOf(context: ParserRuleContext): ParsedName {
  return nameOfToken(firstToken(context));
}

export function optionalName(context: ParserRuleContext | null | undefined): ParsedName | undefined {
  return context ? nameOf(context) : undefined;
}

export function namesOf(context: RelationContext): ParsedNames {
  return [nameOf(context.ident()), ...context.label().map(nameOf)];
}

export function columnNames(context: ColumnNamesContext | null): readonly ParsedName[] {
  return context ? context.ident().map(nameOf) : [];
}

export function aliasColumn(context: AliasColumnContext): ParsedAliasColumn {
  const type = context.typeName();
  return {
    kind: "ParsedAliasColumn",
    position: positionOf(context),
    name: nameOf(context.ident()),
    type: type ? typeOf(type) : undefined,
  };
}

export function typeOf(context: TypeNameContext): ParsedType {
  const type = simpleType(context.simpleType());
  return { ...type, dimensions: context.ARRAY() ? 1 : context.LBRACK().length };
}

/** A type without its []. */
export function simpleType(context: SimpleTypeContext): ParsedType {
  const fields = context.intervalFields();
  const modifiers = context.NUMBER().map((number) => modifierOf(tokenOf(number)));
  const negative = context.MINUS().length > 0;
  return {
    kind: "ParsedType",
    position: positionOf(context),
    name: typeWords(context),
    modifiers: [...modifiers.map((value, index) => (negative && index > 0 ? -value : value)), ...(fields ? fieldModifiers(fields) : [])],
    fields: fields ? fieldWords(fields) : undefined,
    dimensions: 0,
  };
}

function modifierOf({ value, statement, start }: TextToken): number {
  const number = Number(value);
  if (!/[.eE]/.test(value) || /^0x/i.test(value)) return number;
  throw valueError(`invalid input syntax for type integer: "${value}"`, statement, start, "22P02");
}

function typeWords(context: SimpleTypeContext): readonly string[] {
  const word = context.typeWord();
  if (word) {
    const names = [nameOf(word), ...context.label().map(nameOf)].map(({ folded }) => folded);
    return context.VARYING() ? [...names.slice(0, -1), `${names.at(-1)} varying`] : names;
  }
  if (context.DOUBLE()) return ["double precision"];
  const zone = context.WITH() ? " with time zone" : context.WITHOUT() ? " without time zone" : "";
  return [firstToken(context).value + zone];
}

/** "DAY TO SECOND". */
export function fieldWords(context: IntervalFieldsContext): string {
  return context
    .intervalField()
    .map((field) => firstToken(field).value.toUpperCase())
    .join(" TO ");
}

/** The precision of SECOND(3). */
export function fieldModifiers(context: IntervalFieldsContext): readonly number[] {
  return context.intervalField().flatMap((field) => {
    const number = field.NUMBER();
    return number ? [Number(tokenOf(number).value)] : [];
  });
}
