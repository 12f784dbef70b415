/**
 * Calls of functions and aggregates. Forms that only look like functions are special.ts.
 */
import type { ParsedArgument, ParsedCall, ParsedExpression, ParsedOrder } from "../ast/expression.ts";
import { FUNCTION_KEYS } from "../catalog/function-json.ts";
import type { AggregateEntry, FunctionEntry } from "../function/entry.ts";
import { findSetFunctions } from "../function/set-function.ts";
import { COUNT_STAR, findAggregates, findFunctions, genericAggregate, isAggregate } from "../function/table.ts";
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { SortKey } from "../plan/operator.ts";
import { columnsUsed } from "../plan/walk.ts";
import { formatPlainType, typeNamed } from "../type/name.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { chooseCandidate } from "./candidate.ts";
import { applyRow, coerce, coerceImplicitly, constant, isNeverNull, settle } from "./coerce.ts";
import { bindAgain, bindCondition, bindExpression, type Context } from "./expression.ts";
import { bindGrouping } from "./grouping-set.ts";
import { keyOf } from "./key.ts";
import { bindOrderedSet, isOrderedSet, refuseWithinGroup } from "./ordered-set.ts";
import type { AggregateCollector, Level } from "./scope.ts";
import { chooseSetFunction, listOf } from "./set-function.ts";
import { bindSpecial } from "./special.ts";
import { bindWindowCall, isWindowFunction } from "./window-call.ts";

/** Most arguments of a call, as in PostgreSQL. */
const ARGUMENTS_MAX = 100;

export function bindCall(context: Context, parsed: ParsedCall): BoundExpression {
  const { binding } = context;
  const name = functionName(parsed);
  const values = parsed.arguments.map((argument) => argumentValue(binding, argument));
  if (values.length > ARGUMENTS_MAX) {
    throw binding.error("54023", `cannot pass more than ${ARGUMENTS_MAX} arguments to a function`, parsed.position);
  }
  if (isOrderedSet(name, parsed)) return bindOrderedSet(context, parsed, name, values);
  if (parsed.withinGroup.length > 0) throw refuseWithinGroup(context, parsed, name, values);
  if (parsed.over !== undefined) return bindWindowCall(context, parsed, name, values);
  if (name === "grouping") return bindGrouping(context, parsed, values);
  if (isAggregate(name)) return bindAggregate(context, parsed, name, values);
  if (isWindowFunction(name)) throw binding.error("42809", `window function ${name} requires an OVER clause`, parsed.position);
  if (findFunctions(name, binding.functions).length > 0) refuseAggregateClauses(binding, parsed, name);
  if (findSetFunctions(name).length > 0) return bindSetFunction(context, parsed, name, values);
  const operands = values.map((value) => bindExpression(context, value));
  const again = (index: number) => bindAgain(context, values[index]!, operands[index]!);
  const { position } = parsed;
  return bindSpecial({ binding, name, operands, again, position }) ?? callFunction(context, name, operands, position);
}

/** What is said of set-returning functions where a clause is no place in the statement. */
const WITHOUT_SETS: ReadonlyMap<string, string> = new Map([
  ["an aggregate", "aggregate function calls cannot contain set-returning function calls"],
  ["a window function", "window function calls cannot contain set-returning function calls"],
]);

/** A set-returning function outside of FROM. */
function bindSetFunction(context: Context, parsed: ParsedCall, name: string, values: readonly ParsedExpression[]): BoundExpression {
  const { binding, clause, sets } = context;
  const { position } = parsed;
  if (sets === undefined || clause !== "SELECT") {
    const message = WITHOUT_SETS.get(clause) ?? `set-returning functions are not allowed in ${clause}`;
    throw binding.error("0A000", message, position);
  }
  refuseAggregateClauses(binding, parsed, name);
  const use = { context, name, position };
  const operands = values.map((value) => bindExpression(context, value));
  const list = listOf(use, chooseSetFunction(use, operands), operands);
  if (sets.isIn(list.value)) throw binding.notSupported("a set-returning function of another one's rows", position);
  return sets.add(list);
}

/** `pg_catalog.lower` is `lower`. */
function functionName({ names }: ParsedCall): string {
  const parts = names.map(({ folded }) => folded);
  return (parts[0] === "pg_catalog" || parts[0] === "public" ? parts.slice(1) : parts).join(".");
}

function argumentValue(binding: Binding, argument: ParsedExpression | ParsedArgument): ParsedExpression {
  if (argument.kind !== "ParsedArgument") return argument;
  if (argument.variadic) throw binding.notSupported("VARIADIC", argument.position);
  if (argument.name !== undefined) throw binding.notSupported("a named argument", argument.position);
  return argument.value;
}

function refuseAggregateClauses(binding: Binding, parsed: ParsedCall, name: string): void {
  const { position } = parsed;
  const refuse = (what: string) => binding.error("42809", `${what} specified, but ${name} is not an aggregate function`, position);
  if (parsed.star) throw noFunction(binding, name, [], "none", position);
  if (parsed.distinct) throw refuse("DISTINCT");
  if (parsed.orderBy.length > 0) throw refuse("ORDER BY");
  if (parsed.filter !== undefined) throw refuse("FILTER");
}

/** A call of the function that PostgreSQL's rules choose. */
export function callFunction(context: Context, name: string, operands: readonly BoundExpression[], position: number): BoundExpression {
  const { binding } = context;
  const rows = findFunctions(name, binding.functions);
  const choice = chooseCandidate(rows, types(operands), false);
  if (choice.kind === "one") {
    dependOnFunction(binding, choice.row);
    return applyRow(binding, choice.row, operands);
  }
  const cast = choice.kind === "none" ? castByName(binding, name, operands) : undefined;
  if (cast !== undefined) return cast;
  throw noFunction(binding, name, operands, choice.kind, position);
}

/** A plan depends on a user's function that it calls, and on there being no other that suits the call better. */
function dependOnFunction(binding: Binding, { implementation }: FunctionEntry): void {
  if (binding.functions === undefined) return;
  binding.dependOn(FUNCTION_KEYS);
  if (implementation.kind === "extension" && implementation.dependsOn !== undefined) binding.dependOn(implementation.dependsOn);
}

function types(operands: readonly BoundExpression[]) {
  return operands.map(({ type }) => type);
}

/** `date(x)`: a type's name as a function is a cast. */
function castByName(binding: Binding, name: string, [operand, second]: readonly BoundExpression[]): BoundExpression | undefined {
  if (operand === undefined || second !== undefined) return undefined;
  const type = typeNamed({ name: [name], modifiers: [], fields: undefined, dimensions: 0 });
  if ("state" in type) return undefined;
  return coerce(binding, operand, { ...type, modifiers: [] }, "explicit");
}

export function noFunction(
  binding: Binding,
  name: string,
  operands: readonly BoundExpression[],
  kind: "none" | "several",
  position: number,
): Error {
  const written = `${name}(${types(operands).map(formatPlainType).join(", ")})`;
  if (kind === "none") {
    const hint = "No function matches the given name and argument types. You might need to add explicit type casts.";
    return binding.error("42883", `function ${written} does not exist (HINT: ${hint})`, position);
  }
  const hint = "Could not choose a best candidate function. You might need to add explicit type casts.";
  return binding.error("42725", `function ${written} is not unique (HINT: ${hint})`, position);
}

function bindAggregate(context: Context, parsed: ParsedCall, name: string, values: readonly ParsedExpression[]): BoundExpression {
  const { binding, level } = context;
  const { position } = parsed;
  const outerBefore = outerColumns(level);
  const inner = insideAggregate(context);
  const { row, operands, given: arguments_ } = bindAggregateArguments(inner, parsed, name, values);
  const orderBy = parsed.orderBy.map((order) => bindOrder(inner, order));
  if (parsed.distinct) refuseForeignOrder(binding, [...arguments_, ...operands.filter(isVarchar)], orderBy, position);
  const filter = parsed.filter && bindCondition({ ...inner, clause: "FILTER" }, parsed.filter, "FILTER");
  const item = { aggregate: row, arguments: arguments_, distinct: parsed.distinct, filter, orderBy };
  return collectAggregate(context, name, item, outerBefore, position);
}

/** The context of an aggregate's arguments. */
export function insideAggregate({ sets: _sets, windows: _windows, ...context }: Context): Context {
  return { ...context, aggregates: undefined, clause: "an aggregate" };
}

export interface AggregateArguments {
  readonly row: AggregateEntry;
  /** As they were written. */
  readonly operands: readonly BoundExpression[];
  /** As the row takes them. */
  readonly given: readonly BoundExpression[];
}

/** The aggregate that a call means, and its arguments. */
export function bindAggregateArguments(
  context: Context,
  parsed: ParsedCall,
  name: string,
  values: readonly ParsedExpression[],
): AggregateArguments {
  const { binding } = context;
  const { position } = parsed;
  const bound = values.map((value) => bindExpression(context, value));
  if (!parsed.star) return aggregateOf(binding, name, bound, position);
  const row = starAggregate(binding, name, position);
  return { row, operands: bound, given: [] };
}

/** The same of arguments that are bound. */
export function aggregateOf(binding: Binding, name: string, bound: readonly BoundExpression[], position: number): AggregateArguments {
  const operands = withTextKey(binding, name, bound);
  const row = chooseAggregate(binding, name, operands, position);
  return { row, operands, given: applyAggregate(binding, row, operands) };
}

/**
 * The column of an aggregate, which is gathered with the others of the query that it belongs to. `outerBefore`: columns of enclosing
 * queries that were used before its arguments were bound.
 */
export function collectAggregate(
  context: Context,
  name: string,
  item: AggregateUse,
  outerBefore: ReadonlyMap<Level, ReadonlySet<ColumnId>>,
  position: number,
): BoundExpression {
  const { binding, level } = context;
  const { arguments: arguments_, orderBy, filter, aggregate } = item;
  const used = [...arguments_, ...orderBy.map(({ value }) => value), ...(filter === undefined ? [] : [filter])];
  const columns = used.flatMap((expression) => [...columnsUsed(expression)]);
  const owner = ownerOf(level, columns);
  const aggregates = collectorOf(context, owner, columns, position);
  const key = aggregateKey(item);
  let known = aggregates.items.find((other) => aggregateKey(other) === key);
  if (known === undefined) {
    known = { ...item, column: binding.newColumn(), name, type: aggregate.result };
    aggregates.items.push(known);
  }
  useOuterAggregate(level, owner, outerBefore, known.column);
  return { kind: "BoundColumn", type: aggregate.result, column: known.column, name };
}

/** The names of an object's fields may be of any type. */
function withTextKey(binding: Binding, name: string, operands: readonly BoundExpression[]): readonly BoundExpression[] {
  const [key, ...values] = operands;
  if (key === undefined || !name.endsWith("_object_agg")) return operands;
  return [coerce(binding, key, plainType("text"), "explicit") ?? key, ...values];
}

/** Arguments as the row takes them; a separator that is NULL is none. */
function applyAggregate(binding: Binding, row: AggregateEntry, operands: readonly BoundExpression[]): readonly BoundExpression[] {
  const given = operands.map((operand, index) => coerceImplicitly(binding, settleFor(binding, operand, row), row.parameters[index]!));
  const [text, separator] = given;
  if (row.name !== "string_agg" || separator === undefined || isNeverNull(separator)) return given;
  const { type } = separator;
  const nothing = coerceImplicitly(binding, constant("", plainType("unknown")), type);
  return [text!, { kind: "BoundCoalesce", type, items: [separator, nothing] }];
}

/** The columns of enclosing queries that a query and those around it use. */
export function outerColumns(level: Level): ReadonlyMap<Level, ReadonlySet<ColumnId>> {
  const known = new Map<Level, ReadonlySet<ColumnId>>();
  for (let at: Level | undefined = level; at !== undefined; at = at.parent) known.set(at, new Set(at.outer));
  return known;
}

/** The query that an aggregate belongs to: the innermost one whose columns it uses, or that it stands in where it uses none. */
function ownerOf(level: Level, columns: readonly ColumnId[]): Level {
  let owner = level;
  if (columns.length === 0) return owner;
  while (owner.parent !== undefined && columns.every((column) => owner.outer.has(column))) owner = owner.parent;
  return owner;
}

/** Where an aggregate is gathered; an error where it may not stand. */
function collectorOf(context: Context, owner: Level, columns: readonly ColumnId[], position: number): AggregateCollector {
  const { binding, level } = context;
  const place = owner === level ? context : (owner.inner ?? { clause: "FROM clause of their own query level", aggregates: undefined });
  const isNested =
    place.clause === "an aggregate" || (owner !== level && place.aggregates?.items.some(({ column }) => columns.includes(column)));
  if (isNested) throw binding.error("42803", "aggregate function calls cannot be nested", position);
  if (place.aggregates === undefined) throw binding.error("42803", `aggregate functions are not allowed in ${place.clause}`, position);
  return place.aggregates;
}

/** An enclosing query's aggregate is a column of it; what it is made of is used there, and not by the queries in between. */
function useOuterAggregate(level: Level, owner: Level, before: ReadonlyMap<Level, ReadonlySet<ColumnId>>, aggregate: ColumnId): void {
  for (let at = level; at !== owner; at = at.parent!) {
    at.outer.clear();
    for (const column of before.get(at)!) at.outer.add(column);
    at.outer.add(aggregate);
  }
}

export interface AggregateUse {
  readonly aggregate: AggregateEntry;
  readonly arguments: readonly BoundExpression[];
  readonly distinct: boolean;
  readonly filter: BoundExpression | undefined;
  readonly orderBy: readonly SortKey[];
}

/** Equal for uses of an aggregate that give the same. */
function aggregateKey({ aggregate, arguments: arguments_, distinct, filter, orderBy }: AggregateUse): string {
  const order = orderBy.map((key) => [keyOf(key.value), key.descending, key.nullsFirst]);
  const parameters = aggregate.parameters.map(({ name }) => name);
  return JSON.stringify([aggregate.name, parameters, arguments_.map(keyOf), distinct, filter && keyOf(filter), order]);
}

/** count('x') counts text. */
function settleFor(binding: Binding, operand: BoundExpression, row: AggregateEntry): BoundExpression {
  return row.name === "count" ? settle(binding, operand) : operand;
}

function starAggregate(binding: Binding, name: string, position: number): AggregateEntry {
  if (name === "count") return COUNT_STAR;
  throw noFunction(binding, name, [], "none", position);
}

function chooseAggregate(binding: Binding, name: string, operands: readonly BoundExpression[], position: number): AggregateEntry {
  const [first] = operands;
  if (name === "count" && first === undefined) {
    throw binding.error("42809", "count(*) must be used to call a parameterless aggregate function", position);
  }
  if (first !== undefined && operands.length === 1) {
    const generic = genericAggregate(name, settle(binding, first).type);
    if (generic !== undefined) return generic;
  }
  const choice = chooseCandidate(findAggregates(name), types(operands), false);
  if (choice.kind === "one") return choice.row;
  throw noFunction(binding, name, operands, choice.kind, position);
}

/** An element of ORDER BY, where it is an expression. */
export function bindOrder(context: Context, { value, descending, nulls }: ParsedOrder): SortKey {
  const expression = settle(context.binding, bindExpression(context, value));
  return { value: expression, descending, nullsFirst: nulls === undefined ? descending : nulls === "FIRST" };
}

/** Becomes text without any change, so that its order is the text's. */
function isVarchar({ type }: BoundExpression): boolean {
  return type.name === "character varying";
}

function refuseForeignOrder(binding: Binding, operands: readonly BoundExpression[], orderBy: readonly SortKey[], position: number): void {
  const keys = new Set(operands.map(keyOf));
  const foreign = orderBy.find(({ value }) => !keys.has(keyOf(value)));
  if (foreign === undefined) return;
  const message = "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list";
  throw binding.error("42P10", message, binding.positionOf(foreign.value) ?? position);
}
