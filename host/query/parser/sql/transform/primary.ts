/**
 * From parse tree to AST: operands. Literals, names, what stands behind them (`.name`, `[1]`, `::type`), brackets, CASE, and the
 * functions whose arguments are parted by words.
 */
import type {
  ArrayElementsContext,
  CaseExprContext,
  ExprContext,
  InListContext,
  KeywordValueContext,
  LiteralContext,
  OperandContext,
  ParenthesizedContext,
  PostfixContext,
  PrimaryContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import * as SqlParser from "../../../../../grammar/generated/SqlParser.ts";
import type { DatabaseError } from "../../../../common/error.ts";
import type { ParsedCall, ParsedExpression } from "../../../ast/expression.ts";
import type { ParsedName, ParsedType } from "../../../ast/name.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf, tokenBehind, tokenOf } from "../../tree.ts";
import { errorNear } from "../syntax-error.ts";
import { buildCall, emptyCall } from "./call.ts";
import { buildExpression, buildOptional, buildRestricted } from "./expression.ts";
import { fieldModifiers, fieldWords, nameOf, nameOfToken, simpleType, syntaxError, typeOf } from "./names.ts";
import { buildStarted, buildSubquery, continueQuery } from "./select.ts";

/** An operand without the operators in front of it. */
export function buildPostfixed(context: OperandContext): ParsedExpression {
  let value = buildPrimary(context.primary());
  const suffixes = context.postfix();
  // What [] means: behind a type it belongs to the type.
  let type: ParsedType | undefined;
  for (const [index, suffix] of suffixes.entries()) {
    if (value.kind === "ParsedStar" || (value.kind === "ParsedField" && !value.name)) throw improperStar(context);
    const cast = suffix.simpleType();
    if (cast) {
      type = simpleType(cast);
      value = { kind: "ParsedCast", position: positionOf(suffix), operand: value, type };
    } else if (suffix.LBRACK() && type && value.kind === "ParsedCast") {
      checkDimension(suffix);
      type = { ...type, dimensions: type.dimensions + 1 };
      value = { ...value, type };
    } else {
      type = undefined;
      value = suffix.LBRACK() ? buildSubscript(value, suffix, suffixes[index - 1]) : buildDot(value, suffix, context.primary());
    }
  }
  return value;
}

/** Nothing may stand behind `.*`. */
function improperStar(context: OperandContext): DatabaseError {
  const token = tokenBehind(context);
  return errorNear('improper use of "*"', token.statement, token.start, token.stop + 1);
}

/** `x::int[3]`: nothing or a whole number. */
function checkDimension(context: PostfixContext): void {
  const colon = context.COLON();
  if (colon) throw syntaxError(tokenOf(colon));
  if (!context._lower) return;
  const { start, stop } = context._lower;
  if (start !== stop || start!.type !== SqlParser.NUMBER) throw syntaxError(start as TextToken);
}

function buildSubscript(operand: ParsedExpression, context: PostfixContext, before: PostfixContext | undefined): ParsedExpression {
  const position = positionOf(context);
  const lower = buildOptional(context._lower);
  const isChained = before?.LBRACK() != null && (operand.kind === "ParsedSubscript" || operand.kind === "ParsedSlice");
  const chain = isChained ? ({ isChained: true } as const) : {};
  if (context.COLON()) return { kind: "ParsedSlice", position, operand, lower, upper: buildOptional(context._upper), ...chain };
  if (!lower) throw syntaxError(context.stop as TextToken);
  return { kind: "ParsedSubscript", position, operand, index: lower, ...chain };
}

/** `a.b`, `a.*`, `schema.f(x)`, `(x).b`. */
function buildDot(operand: ParsedExpression, context: PostfixContext, primary: PrimaryContext): ParsedExpression {
  const bare = operand.kind === "ParsedColumn" && !primary.parenthesized();
  const label = context.label();
  const call = context.callSuffix();
  if (!label) {
    return bare
      ? { kind: "ParsedStar", position: operand.position, qualifier: operand.names }
      : { kind: "ParsedField", position: positionOf(context), operand, name: undefined };
  }
  if (bare && call) return buildCall([...operand.names, nameOf(label)], call);
  if (call) throw syntaxError(firstToken(call));
  if (bare) return { ...operand, names: [...operand.names, nameOf(label)] };
  return { kind: "ParsedField", position: positionOf(context), operand, name: nameOf(label) };
}

/** What stands in brackets: one or more, behind IN also nothing. A query is one ParsedSubquery. */
export function buildParenthesized(context: ParenthesizedContext | InListContext): readonly ParsedExpression[] {
  const position = positionOf(context);
  const started = context.startedQuery();
  if (started) return [{ kind: "ParsedSubquery", position, query: buildStarted(started) }];
  const items = context.expr().map(buildExpression);
  const tail = context.queryTail();
  if (!tail || tail.getChildCount() === 0) return items;
  const only = items.length === 1 ? items[0]! : undefined;
  if (only?.kind !== "ParsedSubquery") throw syntaxError(firstToken(tail));
  return [{ kind: "ParsedSubquery", position, query: continueQuery(only.query, tail, only.position) }];
}

function buildPrimary(context: PrimaryContext): ParsedExpression {
  const token = firstToken(context);
  const position = token.start;
  const literal = context.literal();
  if (literal) return buildLiteral(literal);
  switch (token.type) {
    case SqlParser.PARAMETER:
      return { kind: "ParsedParameter", position, index: Number(token.value) };
    case SqlParser.LPAREN: {
      const items = buildParenthesized(context.parenthesized()!);
      return items.length === 1 ? items[0]! : { kind: "ParsedRow", position, items };
    }
    case SqlParser.CASE:
      return buildCase(context.caseExpr()!);
    case SqlParser.CAST:
      return { kind: "ParsedCast", position, operand: buildExpression(context.expr(0)!), type: typeOf(context.typeName()!) };
    case SqlParser.EXISTS:
      return { kind: "ParsedExists", position, query: buildSubquery(context.subquery()!) };
    case SqlParser.ARRAY: {
      const subquery = context.subquery();
      if (subquery) return { kind: "ParsedArraySubquery", position, query: buildSubquery(subquery) };
      return { kind: "ParsedArray", position, items: arrayItems(context.arrayElements()) };
    }
    default:
      return buildNamed(context, token);
  }
}

/** Columns, calls, typed literals, and words such as CURRENT_DATE. */
function buildNamed(context: PrimaryContext, token: TextToken): ParsedExpression {
  const position = token.start;
  const keyword = context.keywordValue();
  if (keyword) return buildKeywordValue(keyword);
  const call = context.callSuffix();
  if (call) return buildCall([nameOfToken(token)], call);
  if (context.STRING() && token.type !== SqlParser.EXTRACT) return buildTypedLiteral(context, token);
  if (context.LPAREN() && token.type === SqlParser.ROW) {
    return { kind: "ParsedRow", position, items: (context.exprList()?.expr() ?? []).map(buildExpression) };
  }
  if (context.LPAREN()) return buildWordedCall(context, token);
  return { kind: "ParsedColumn", position, names: [nameOfToken(token)] };
}

function buildLiteral(context: LiteralContext): ParsedExpression {
  const { type, start: position, value, slot } = firstToken(context);
  switch (type) {
    case SqlParser.NUMBER:
      return { kind: "ParsedNumber", position, text: value, negative: false, slot };
    case SqlParser.STRING:
      return { kind: "ParsedString", position, value, slot };
    case SqlParser.BIT_STRING:
      return { kind: "ParsedBits", position, base: "binary", value, slot };
    case SqlParser.HEX_STRING:
      return { kind: "ParsedBits", position, base: "hexadecimal", value, slot };
    case SqlParser.NULL:
      return { kind: "ParsedNull", position };
    default:
      return { kind: "ParsedBoolean", position, value: type === SqlParser.TRUE };
  }
}

function buildKeywordValue(context: KeywordValueContext): ParsedExpression {
  const { start: position, value } = firstToken(context);
  const number = context.NUMBER();
  const precision = number ? Number(tokenOf(number).value) : undefined;
  return { kind: "ParsedKeywordValue", position, name: value.toUpperCase(), precision };
}

/** DATE '...', TIMESTAMP(3) WITH TIME ZONE '...', INTERVAL '1' DAY, DOUBLE PRECISION '1'. */
function buildTypedLiteral(context: PrimaryContext, first: TextToken): ParsedExpression {
  const string = tokenOf(context.STRING()!);
  const number = context.NUMBER();
  const fields = context.intervalFields();
  let name = first.value;
  if (context.PRECISION()) {
    if (first.type !== SqlParser.DOUBLE) throw syntaxError(tokenOf(context.PRECISION()!));
    name = "double precision";
  }
  if (context.ZONE()) name += context.WITH() ? " with time zone" : " without time zone";
  const type: ParsedType = {
    kind: "ParsedType",
    position: first.start,
    name: [name],
    modifiers: [...(number ? [Number(tokenOf(number).value)] : []), ...(fields ? fieldModifiers(fields) : [])],
    fields: fields ? fieldWords(fields) : undefined,
    dimensions: 0,
  };
  return { kind: "ParsedTypedLiteral", position: first.start, type, value: string.value, slot: string.slot };
}

/** EXTRACT, SUBSTRING, POSITION, TRIM, OVERLAY as the calls that PostgreSQL makes of them. */
function buildWordedCall(context: PrimaryContext, token: TextToken): ParsedExpression {
  const named = (...values: readonly ParsedExpression[]): ParsedCall => ({ ...emptyCall([nameOfToken(token)]), arguments: values });
  const [first, ...others] = context.expr();
  switch (token.type) {
    case SqlParser.EXTRACT: {
      const label = context.label();
      const string = label ? firstToken(label) : tokenOf(context.STRING()!);
      return named({ kind: "ParsedString", position: string.start, value: string.value, slot: -1 }, buildExpression(first!));
    }
    case SqlParser.POSITION: {
      const [part, whole] = context.restrictedExpr();
      return named(buildRestricted(whole!), buildRestricted(part!));
    }
    case SqlParser.TRIM:
      return buildTrim(context, token);
    case SqlParser.SUBSTRING:
      if (context._pattern) return named(buildExpression(first!), buildRestricted(context._pattern), buildExpression(context._escape!));
      if (!context._startAt && !context._length) return named(buildExpression(first!), ...others.map(buildExpression));
      return named(buildExpression(first!), buildOptional(context._startAt) ?? one(context._length!), ...optional(context._length));
    default:
      if (!context._placing) return named(buildExpression(first!), ...others.map(buildExpression));
      return named(
        buildExpression(first!),
        buildExpression(context._placing),
        buildExpression(context._startAt!),
        ...optional(context._length),
      );
  }
}

function optional(context: ExprContext | undefined): readonly ParsedExpression[] {
  return context ? [buildExpression(context)] : [];
}

/** SUBSTRING(x FOR n) begins at 1. */
function one(context: ExprContext): ParsedExpression {
  return { kind: "ParsedNumber", position: positionOf(context), text: "1", negative: false, slot: -1 };
}

/** The text comes first, then the characters to trim, wherever they stood. */
function buildTrim(context: PrimaryContext, token: TextToken): ParsedExpression {
  const text = context.LEADING() ? "ltrim" : context.TRAILING() ? "rtrim" : "btrim";
  const name: ParsedName = { kind: "ParsedName", position: token.start, text, folded: text, quoted: false };
  const listed = context.exprList();
  const direct = context.expr().map(buildExpression);
  const values = listed ? [...listed.expr().map(buildExpression), ...direct] : direct;
  return { ...emptyCall([name]), arguments: values };
}

function buildCase(context: CaseExprContext): ParsedExpression {
  return {
    kind: "ParsedCase",
    position: positionOf(context),
    subject: buildOptional(context._subject),
    branches: context.whenPart().map((part) => ({
      kind: "ParsedBranch",
      position: positionOf(part),
      condition: buildExpression(part._condition!),
      result: buildExpression(part._result!),
    })),
    otherwise: buildOptional(context._otherwise),
  };
}

function arrayItems(context: ArrayElementsContext | null): readonly ParsedExpression[] {
  if (!context) return [];
  return context.arrayElement().map((element) => {
    const value = element.expr();
    if (value) return buildExpression(value);
    return { kind: "ParsedArray", position: positionOf(element), items: arrayItems(element.arrayElements()) };
  });
}
