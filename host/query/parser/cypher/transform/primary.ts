/**
 * From parse tree to AST: operands. Literals, names, what stands behind them (`.name`, `:Label`, `[1]`, `{.*}`), brackets, maps, CASE
 * and EXISTS with its like.
 */
import type {
  BoundContext,
  CaseExprContext,
  LiteralContext,
  MapLiteralContext,
  PostfixContext,
  PostfixedContext,
  PrimaryContext,
  ProjectedItemContext,
} from "../../../../../grammar/generated/CypherParser.ts";
import * as CypherParser from "../../../../../grammar/generated/CypherParser.ts";
import type { CypherExpression, ParsedMap, ParsedNamedParameter, ParsedProjectedItem } from "../../../ast/cypher/expression.ts";
import type { ParsedNumber } from "../../../ast/expression.ts";
import type { ParsedName } from "../../../ast/name.ts";
import { isAtMost } from "../../literal-lifter.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { INTEGER_MAX, isInteger, NEGATIVE_MAX } from "../literal-text.ts";
import { buildCall, buildList } from "./elements.ts";
import { buildExpression, buildOptional } from "./expression.ts";
import { errorAt, nameOf, unexpectedNode, unexpectedToken } from "./names.ts";
import { buildPatternPredicate } from "./pattern.ts";
import { buildQueryExpression } from "./query.ts";

/** An operand without the operators in front of it. */
export function buildPostfixed(context: PostfixedContext): CypherExpression {
  const primary = context.primary();
  let value = buildPrimary(primary);
  // Names so far, as long as it may be a function's.
  let names: ParsedName[] | undefined = value.kind === "ParsedVariable" && primary.name() ? [value.name] : undefined;
  // Of the label test that is being read.
  let labels: ParsedName[] | undefined;
  for (const suffix of context.postfix()) {
    if (suffix.COLON()) {
      const label = nameOf(suffix.word()!);
      if (labels) {
        labels.push(label);
        continue;
      }
      labels = [label];
      value = { kind: "ParsedLabelTest", position: positionOf(suffix), operand: value, labels };
    } else if (labels) {
      throw unexpectedToken(firstToken(suffix));
    } else if (suffix.DOT()) {
      const name = nameOf(suffix.word()!);
      names?.push(name);
      value = dotted(value, suffix, name, names);
      if (value.kind === "ParsedProperty") continue;
    } else if (suffix.LBRACK()) {
      value = subscripted(value, suffix);
    } else {
      if (names?.length !== 1) throw unexpectedToken(firstToken(suffix));
      value = { kind: "ParsedMapProjection", position: names[0]!.position, variable: names[0]!, items: projectedItems(suffix) };
    }
    names = undefined;
  }
  return value;
}

/** `a.b`, or `a.b(...)`. */
function dotted(
  operand: CypherExpression,
  suffix: PostfixContext,
  name: ParsedName,
  names: readonly ParsedName[] | undefined,
): CypherExpression {
  const call = suffix.callSuffix();
  if (!call) return { kind: "ParsedProperty", position: positionOf(suffix), operand, name };
  if (!names) throw unexpectedToken(firstToken(call));
  return buildCall(names, call);
}

function subscripted(operand: CypherExpression, suffix: PostfixContext): CypherExpression {
  const position = positionOf(suffix);
  const lower = buildOptional(suffix._lower);
  if (suffix.DOT_DOT()) return { kind: "ParsedSlice", position, operand, lower, upper: buildOptional(suffix._upper) };
  return { kind: "ParsedSubscript", position, operand, index: lower! };
}

function projectedItems(suffix: PostfixContext): readonly ParsedProjectedItem[] {
  return suffix.projectedItem().map(projectedItem);
}

function projectedItem(context: ProjectedItemContext): ParsedProjectedItem {
  const position = positionOf(context);
  if (context.STAR()) return { kind: "ParsedProjectedAll", position };
  const name = nameOf(context.word()!);
  if (context.DOT()) return { kind: "ParsedProjectedProperty", position, name };
  const value = context.expr();
  if (value) return { kind: "ParsedMapEntry", position, name, value: buildExpression(value) };
  return { kind: "ParsedProjectedVariable", position, name };
}

function buildPrimary(context: PrimaryContext): CypherExpression {
  const literal = context.literal();
  if (literal) return buildLiteral(literal);
  const name = context.name();
  const call = context.callSuffix();
  if (name) {
    const parsed = nameOf(name);
    return call ? buildCall([parsed], call) : { kind: "ParsedVariable", position: parsed.position, name: parsed };
  }
  if (call) return buildCall([nameOf(context)], call);
  const query = context.querySuffix();
  if (query)
    return buildQueryExpression(context.EXISTS() ? "EXISTS" : context.COUNT_START() ? "COUNT" : "COLLECT", positionOf(context), query);
  const parameter = context.PARAMETER();
  if (parameter) return parameterOf(tokenOf(parameter));
  const inner = context.expr();
  if (inner) return buildExpression(inner);
  const pattern = context.patternPredicate();
  if (pattern) {
    return { kind: "ParsedPatternExpression", position: positionOf(pattern), pattern: buildPatternPredicate(pattern) };
  }
  const map = context.mapLiteral();
  if (map) return buildMap(map);
  const choice = context.caseExpr();
  if (choice) return buildCase(choice);
  return buildList(context.elements(), positionOf(context));
}

export function parameterOf(token: TextToken): ParsedNamedParameter {
  return { kind: "ParsedNamedParameter", position: token.start, name: token.value };
}

export function buildMap(context: MapLiteralContext): ParsedMap {
  const entries = context.mapEntry().map((entry) => ({
    kind: "ParsedMapEntry" as const,
    position: positionOf(entry),
    name: nameOf(entry.word()),
    value: buildExpression(entry.expr()),
  }));
  return { kind: "ParsedMap", position: positionOf(context), entries };
}

function buildLiteral(context: LiteralContext): CypherExpression {
  const token = firstToken(context);
  const position = token.start;
  switch (token.type) {
    case CypherParser.STRING:
      return { kind: "ParsedString", position, value: token.value, slot: token.slot };
    case CypherParser.NULL:
      return { kind: "ParsedNull", position };
    case CypherParser.TRUE:
    case CypherParser.FALSE:
      return { kind: "ParsedBoolean", position, value: token.type === CypherParser.TRUE };
    case CypherParser.BAD_NUMBER:
      throw errorAt("InvalidNumberLiteral", `invalid number "${token.text}"`, token);
    default:
      return numberOf(token, position, false);
  }
}

/** The number of `-number`; undefined if it is something else that has the minus in front. */
export function negativeNumber(context: PostfixedContext, position: number): ParsedNumber | undefined {
  const number = context.primary().literal()?.NUMBER();
  return number && context.postfix().length === 0 ? numberOf(tokenOf(number), position, true) : undefined;
}

function numberOf(token: TextToken, position: number, negative: boolean): ParsedNumber {
  const text = token.value;
  if (isInteger(text)) {
    if (!isAtMost(text, negative ? NEGATIVE_MAX : INTEGER_MAX)) throw errorAt("IntegerOverflow", "the integer is too large", token);
  } else if (!Number.isFinite(Number(text))) {
    throw errorAt("FloatingPointOverflow", "the floating point number is too large", token);
  }
  return { kind: "ParsedNumber", position, text, negative, slot: token.slot };
}

function buildCase(context: CaseExprContext): CypherExpression {
  const branches = context.whenPart().map((part) => ({
    kind: "ParsedBranch" as const,
    position: positionOf(part),
    condition: buildExpression(part._condition!),
    result: buildExpression(part._result!),
  }));
  const subject = buildOptional(context._subject);
  return { kind: "ParsedCase", position: positionOf(context), subject, branches, otherwise: buildOptional(context._otherwise) };
}

/** A whole number that is no expression, as in `*1..3`. */
export function boundOf(context: BoundContext): number {
  const token = firstToken(context);
  if (!isInteger(token.value)) throw unexpectedNode(context.NUMBER());
  const number = Number(token.value);
  if (!Number.isSafeInteger(number)) throw errorAt("IntegerOverflow", "the integer is too large", token);
  return number;
}
