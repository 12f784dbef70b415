/**
 * From parse tree to AST: calls, with DISTINCT, ORDER BY, WITHIN GROUP, FILTER and OVER; windows; the items of ORDER BY.
 */
import type {
  ArgumentContext,
  CallArgumentsContext,
  CallSuffixContext,
  FrameBoundContext,
  FrameClauseContext,
  OrderByContext,
  WindowSpecContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import * as SqlParser from "../../../../../grammar/generated/SqlParser.ts";
import type { DatabaseError } from "../../../../common/error.ts";
import type {
  ParsedArgument,
  ParsedCall,
  ParsedExpression,
  ParsedFrame,
  ParsedFrameBound,
  ParsedOrder,
  ParsedWindow,
} from "../../../ast/expression.ts";
import type { ParsedNames } from "../../../ast/name.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { errorAt, frameError } from "../syntax-error.ts";
import { buildExpression, buildOptional } from "./expression.ts";
import { nameOf, optionalName, syntaxError } from "./names.ts";

/** A call of `names` without anything. */
export function emptyCall(names: ParsedNames): ParsedCall {
  return {
    kind: "ParsedCall",
    position: names[0]!.position,
    names,
    arguments: [],
    star: false,
    distinct: false,
    orderBy: [],
    withinGroup: [],
    filter: undefined,
    over: undefined,
  };
}

export function buildCall(names: ParsedNames, context: CallSuffixContext): ParsedCall {
  const windowName = context.ident();
  const window = context.windowSpec();
  const plain = buildPlainCall(names, context.callArguments());
  const within = context.WITHIN();
  if (within) checkWithinGroup(plain, tokenOf(within));
  return {
    ...plain,
    withinGroup: buildOrderBy(context.orderBy()),
    filter: buildOptional(context._filter),
    over: windowName ? nameOf(windowName) : window ? buildWindow(window) : undefined,
  };
}

/** What cannot stand in the brackets of an ordered-set aggregate, in the words of PostgreSQL's grammar. */
function checkWithinGroup(call: ParsedCall, within: TextToken): void {
  const refuse = (what: string): DatabaseError => errorAt(`cannot use ${what} with WITHIN GROUP`, within.statement, within.start);
  if (call.orderBy.length > 0) throw refuse("multiple ORDER BY clauses");
  if (call.distinct) throw refuse("DISTINCT");
  if (call.arguments.some((argument) => argument.kind === "ParsedArgument" && argument.variadic)) throw refuse("VARIADIC");
}

/** A call with nothing behind its arguments. */
export function buildPlainCall(names: ParsedNames, context: CallArgumentsContext | null): ParsedCall {
  if (!context) return emptyCall(names);
  return {
    ...emptyCall(names),
    arguments: context.argument().map(buildArgument),
    star: context.STAR() !== null,
    distinct: context.DISTINCT() !== null,
    orderBy: buildOrderBy(context.orderBy()),
  };
}

function buildArgument(context: ArgumentContext): ParsedExpression | ParsedArgument {
  const [first, second] = context.expr();
  const variadic = context.VARIADIC() !== null;
  if (!second) {
    const value = buildExpression(first!);
    return variadic ? { kind: "ParsedArgument", position: positionOf(context), name: undefined, variadic, value } : value;
  }
  const name = buildExpression(first!);
  if (name.kind !== "ParsedColumn" || name.names.length > 1) {
    throw syntaxError(tokenOf((context.EQUALS_GREATER() ?? context.COLON_EQUALS())!));
  }
  return { kind: "ParsedArgument", position: positionOf(context), name: name.names[0], variadic, value: buildExpression(second) };
}

export function buildOrderBy(context: OrderByContext | null): readonly ParsedOrder[] {
  if (!context) return [];
  return context.orderItem().map((item) => ({
    kind: "ParsedOrder",
    position: positionOf(item),
    value: buildExpression(item.expr()),
    descending: item.DESC() !== null,
    nulls: item.FIRST() ? "FIRST" : item.LAST() ? "LAST" : undefined,
  }));
}

export function buildWindow(context: WindowSpecContext): ParsedWindow {
  const frame = context.frameClause();
  const partition = context.exprList();
  return {
    kind: "ParsedWindow",
    // An empty OVER () has no token of its own: `start` is then the bracket behind it.
    position: positionOf(context),
    base: optionalName(context._base),
    partitionBy: partition ? partition.expr().map(buildExpression) : [],
    orderBy: buildOrderBy(context.orderBy()),
    frame: frame ? buildFrame(frame) : undefined,
  };
}

function buildFrame(context: FrameClauseContext): ParsedFrame {
  const [start, end] = context.frameBound().map(buildBound);
  checkBounds(start!, end, context);
  const exclude = !context.EXCLUDE() || context.NO() ? undefined : context.CURRENT() ? "CURRENT ROW" : context.GROUP() ? "GROUP" : "TIES";
  return {
    kind: "ParsedFrame",
    position: positionOf(context),
    unit: context.ROWS() ? "ROWS" : context.RANGE() ? "RANGE" : "GROUPS",
    start: start!,
    end,
    exclude,
  };
}

function buildBound(context: FrameBoundContext): ParsedFrameBound {
  const position = positionOf(context);
  const value = context.expr();
  if (!value) return { kind: "ParsedFrameBound", position, bound: "CURRENT ROW", offset: undefined };
  const direction = context.PRECEDING() ? "PRECEDING" : "FOLLOWING";
  const only = value.start === value.stop ? firstToken(value) : undefined;
  if (only?.type === SqlParser.IDENT && only.value === "unbounded") {
    return { kind: "ParsedFrameBound", position, bound: `UNBOUNDED ${direction}`, offset: undefined };
  }
  return { kind: "ParsedFrameBound", position, bound: direction, offset: buildExpression(value) };
}

const BOUND_ORDER: readonly ParsedFrameBound["bound"][] = [
  "UNBOUNDED PRECEDING",
  "PRECEDING",
  "CURRENT ROW",
  "FOLLOWING",
  "UNBOUNDED FOLLOWING",
];

/** A frame begins before it ends: PostgreSQL's grammar refuses the others, in these words. */
function checkBounds(start: ParsedFrameBound, end: ParsedFrameBound | undefined, context: FrameClauseContext): void {
  const refuse = (message: string, position: number): Error => frameError(message, firstToken(context).statement, position);
  if (start.bound === "UNBOUNDED FOLLOWING") throw refuse("frame start cannot be UNBOUNDED FOLLOWING", start.position);
  if (end?.bound === "UNBOUNDED PRECEDING") throw refuse("frame end cannot be UNBOUNDED PRECEDING", end.position);
  const last = end?.bound ?? "CURRENT ROW";
  if (BOUND_ORDER.indexOf(start.bound) <= BOUND_ORDER.indexOf(last)) return;
  if (!end) throw refuse("frame starting from following row cannot end with current row", start.position);
  const from = start.bound === "CURRENT ROW" ? "current row" : "following row";
  throw refuse(`frame starting from ${from} cannot have preceding rows`, start.position);
}
