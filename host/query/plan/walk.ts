/**
 * Walking and rewriting plans: what a stage needs to know of operators without knowing each of them.
 *
 * `inputsOf`, `withInputs`, `expressionsOf` and `mapExpressions` are the only places besides the stages proper where all operators
 * stand in one switch. Rewriting keeps identity: what has not changed is the same object, so a rule sees by `===` that it had no
 * effect.
 */
import type { BoundExpression, BoundSubquery, ColumnId } from "./expression.ts";
import {
  type ExpandTarget,
  type GraphChange,
  type GraphOperator,
  graphColumns,
  type LogicalCreateGraph,
  type LogicalMergeGraph,
  type NodeAccess,
} from "./graph-operator.ts";
import type { LogicalOperator, LogicalPlan, LogicalWindow, PlanColumn, ScanAccess, SortKey, WindowBound } from "./operator.ts";

/** The operators that an operator reads, in order. Plans of subqueries inside of expressions are not among them. */
export function inputsOf(operator: LogicalOperator): readonly LogicalOperator[] {
  switch (operator.kind) {
    case "LogicalScan":
    case "LogicalValues":
    case "LogicalFunctionScan":
    case "LogicalCommonReference":
    case "LogicalNodeScan":
    case "LogicalRelationshipScan":
      return [];
    case "LogicalMergeGraph":
      return [operator.input, operator.match];
    case "LogicalForeach":
      return [operator.input, operator.body];
    case "LogicalJoin":
    case "LogicalSetOperation":
      return [operator.left, operator.right];
    case "LogicalCommonTable":
      return [operator.definition, operator.input];
    default:
      return [operator.input];
  }
}

/** The operator with other inputs; the same object when they are the same. */
export function withInputs(operator: LogicalOperator, inputs: readonly LogicalOperator[]): LogicalOperator {
  const old = inputsOf(operator);
  if (old.every((input, index) => input === inputs[index])) return operator;
  const [first, second] = inputs as [LogicalOperator, LogicalOperator];
  switch (operator.kind) {
    case "LogicalScan":
    case "LogicalValues":
    case "LogicalFunctionScan":
    case "LogicalCommonReference":
    case "LogicalNodeScan":
    case "LogicalRelationshipScan":
      return operator;
    case "LogicalMergeGraph":
      return { ...operator, input: first, match: second };
    case "LogicalForeach":
      return { ...operator, input: first, body: second };
    case "LogicalJoin":
    case "LogicalSetOperation":
      return { ...operator, left: first, right: second };
    case "LogicalCommonTable":
      return { ...operator, definition: first, input: second };
    default:
      return { ...operator, input: first };
  }
}

/** Applies `change` to every operator, inputs first; plans of subqueries are changed too. */
export function rewriteOperators(operator: LogicalOperator, change: (operator: LogicalOperator) => LogicalOperator): LogicalOperator {
  const inputs = inputsOf(operator).map((input) => rewriteOperators(input, change));
  const deep = mapExpressions(withInputs(operator, inputs), (expression) =>
    rewriteExpression(expression, (part) => {
      if (part.kind !== "BoundSubquery") return part;
      const plan = rewriteOperators(part.plan, change);
      return plan === part.plan ? part : { ...part, plan };
    }),
  );
  return change(deep);
}

/** Expressions that stand in the operator itself. */
export function expressionsOf(operator: LogicalOperator): readonly BoundExpression[] {
  const found: BoundExpression[] = [];
  mapExpressions(operator, (expression) => {
    found.push(expression);
    return expression;
  });
  return found;
}

/** The operator with its own expressions changed; the same object when none has changed. */
export function mapExpressions(operator: LogicalOperator, change: (expression: BoundExpression) => BoundExpression): LogicalOperator {
  switch (operator.kind) {
    case "LogicalSetOperation":
    case "LogicalCommonTable":
    case "LogicalCommonReference":
      return operator;
    case "LogicalScan":
      return replaced(operator, "access", operator.access && mapAccess(operator.access, change));
    case "LogicalValues":
      return replaced(
        operator,
        "rows",
        mapSame(operator.rows, (row) => mapSame(row, change)),
      );
    case "LogicalFunctionScan":
      return replaced(operator, "arguments", mapSame(operator.arguments, change));
    case "LogicalFilter":
      return replaced(operator, "predicate", change(operator.predicate));
    case "LogicalProject":
      return replaced(operator, "items", mapValues(operator.items, change));
    case "LogicalJoin":
      return replaced(operator, "condition", operator.condition && change(operator.condition));
    case "LogicalAggregate":
      return mapAggregate(operator, change);
    case "LogicalWindow":
      return mapWindow(operator, change);
    case "LogicalDistinct":
      return replaced(operator, "on", mapSame(operator.on, change));
    case "LogicalSort":
      return replaced(operator, "keys", mapValues(operator.keys, change));
    case "LogicalLimit": {
      const limited = replaced(operator, "limit", operator.limit && change(operator.limit));
      return replaced(limited, "offset", limited.offset && change(limited.offset));
    }
    case "LogicalInsert":
    case "LogicalUpdate":
    case "LogicalDelete":
      return mapModification(operator, change);
    default:
      return mapGraph(operator, change);
  }
}

type Modification = Extract<LogicalOperator, { readonly kind: "LogicalInsert" | "LogicalUpdate" | "LogicalDelete" }>;
type Aggregate = Extract<LogicalOperator, { readonly kind: "LogicalAggregate" }>;

function mapAccess(access: ScanAccess, change: (expression: BoundExpression) => BoundExpression): ScanAccess {
  if (access.kind === "key") {
    return replaced(
      access,
      "keys",
      mapSame(access.keys, (values) => mapSame(values, change)),
    );
  }
  const lower = access.lower && replaced(access.lower, "value", change(access.lower.value));
  const upper = access.upper && replaced(access.upper, "value", change(access.upper.value));
  const bounded = replaced(replaced(replaced(access, "equal", mapSame(access.equal, change)), "lower", lower), "upper", upper);
  return replaced(bounded, "prefix", access.prefix && change(access.prefix));
}

function mapAggregate(operator: Aggregate, change: (expression: BoundExpression) => BoundExpression): LogicalOperator {
  const grouped = replaced(operator, "groups", mapValues(operator.groups, change));
  const aggregates = mapSame(grouped.aggregates, (item) => {
    const changed = replaced(item, "arguments", mapSame(item.arguments, change));
    const filtered = replaced(changed, "filter", changed.filter && change(changed.filter));
    return replaced(filtered, "orderBy", mapValues(filtered.orderBy, change));
  });
  return replaced(grouped, "aggregates", aggregates);
}

function mapWindow(operator: LogicalWindow, change: (expression: BoundExpression) => BoundExpression): LogicalOperator {
  const placed = replaced(operator, "partitionBy", mapSame(operator.partitionBy, change));
  const ordered = replaced(placed, "orderBy", mapValues(placed.orderBy, change));
  const items = mapSame(ordered.items, (item) => {
    const changed = replaced(item, "arguments", mapSame(item.arguments, change));
    const filtered = replaced(changed, "filter", changed.filter && change(changed.filter));
    const begun = replaced(filtered.frame, "start", mapBound(filtered.frame.start, change));
    return replaced(filtered, "frame", replaced(begun, "end", mapBound(begun.end, change)));
  });
  return replaced(ordered, "items", items);
}

function mapBound(bound: WindowBound, change: (expression: BoundExpression) => BoundExpression): WindowBound {
  if (bound.kind === "unbounded" || bound.kind === "current") return bound;
  const moved = replaced(bound, "offset", change(bound.offset));
  const { range } = moved;
  if (range === undefined) return moved;
  const keyed = replaced(range, "key", change(range.key));
  const limited = replaced(keyed, "limit", keyed.limit && change(keyed.limit));
  return replaced(moved, "range", replaced(limited, "isNegative", change(limited.isNegative)));
}

function mapModification(operator: Modification, change: (expression: BoundExpression) => BoundExpression): LogicalOperator {
  const returning = operator.returning && replaced(operator.returning, "items", mapValues(operator.returning.items, change));
  if (operator.kind === "LogicalUpdate") {
    return replaced(replaced(operator, "returning", returning), "assignments", mapValues(operator.assignments, change));
  }
  if (operator.kind === "LogicalDelete") return replaced(operator, "returning", returning);
  const conflict = operator.conflict;
  if (conflict === undefined) return replaced(operator, "returning", returning);
  const assigned = replaced(conflict, "assignments", mapValues(conflict.assignments, change));
  const limited = replaced(assigned, "where", assigned.where && change(assigned.where));
  return replaced(replaced(operator, "returning", returning), "conflict", limited);
}

type Change = (expression: BoundExpression) => BoundExpression;

function mapGraph(operator: GraphOperator, change: Change): GraphOperator {
  switch (operator.kind) {
    case "LogicalNodeScan":
      return replaced(operator, "access", operator.access && mapNodeAccess(operator.access, change));
    case "LogicalRelationshipScan": {
      const { access } = operator;
      return replaced(operator, "access", access && replaced(access, "values", mapSame(access.values, change)));
    }
    case "LogicalExpand": {
      const begun = replaced(operator, "from", change(operator.from));
      return replaced(begun, "target", mapTarget(begun.target, change));
    }
    case "LogicalCountExpand": {
      const begun = replaced(operator, "from", change(operator.from));
      const tested = replaced(begun, "condition", begun.condition && change(begun.condition));
      return replaced(tested, "others", mapSame(tested.others, change));
    }
    case "LogicalVarExpand": {
      const begun = replaced(operator, "from", change(operator.from));
      const ended = replaced(begun, "target", mapTarget(begun.target, change));
      return replaced(ended, "step", ended.step && replaced(ended.step, "condition", change(ended.step.condition)));
    }
    case "LogicalShortestPath": {
      const ended = replaced(replaced(operator, "from", change(operator.from)), "to", change(operator.to));
      return replaced(ended, "step", ended.step && replaced(ended.step, "condition", change(ended.step.condition)));
    }
    case "LogicalCreateGraph":
      return mapNew(operator, change);
    case "LogicalMergeGraph": {
      const made = mapNew(operator, change);
      const created = replaced(made, "onCreate", mapChanges(made.onCreate, change));
      return replaced(created, "onMatch", mapChanges(created.onMatch, change));
    }
    case "LogicalSetGraph":
      return replaced(operator, "changes", mapChanges(operator.changes, change));
    case "LogicalDeleteGraph":
      return replaced(operator, "values", mapSame(operator.values, change));
    case "LogicalForeach":
      return replaced(operator, "list", change(operator.list));
  }
}

function mapNodeAccess(access: NodeAccess, change: Change): NodeAccess {
  if (access.kind !== "index") return replaced(access, "values", mapSame(access.values, change));
  const lower = access.lower && replaced(access.lower, "value", change(access.lower.value));
  const upper = access.upper && replaced(access.upper, "value", change(access.upper.value));
  const bounded = replaced(replaced(replaced(access, "equal", mapSame(access.equal, change)), "lower", lower), "upper", upper);
  return replaced(bounded, "prefix", access.prefix && change(access.prefix));
}

function mapTarget(target: ExpandTarget, change: Change): ExpandTarget {
  return target.kind === "into" ? replaced(target, "node", change(target.node)) : target;
}

function mapNew<T extends LogicalCreateGraph | LogicalMergeGraph>(operator: T, change: Change): T {
  const nodes = mapSame(operator.nodes, (node) => replaced(node, "properties", node.properties && change(node.properties)));
  const relationships = mapSame(operator.relationships, (made) => {
    const between = replaced(replaced(made, "start", change(made.start)), "end", change(made.end));
    return replaced(between, "properties", between.properties && change(between.properties));
  });
  const same = nodes === operator.nodes && relationships === operator.relationships;
  return same ? operator : { ...operator, nodes, relationships };
}

function mapChanges(changes: readonly GraphChange[], change: Change): readonly GraphChange[] {
  return mapSame(changes, (item): GraphChange => {
    const aimed = replaced(item, "target", change(item.target));
    return aimed.kind === "labels" ? aimed : { ...aimed, value: change(aimed.value) };
  });
}

/** Parts of an expression, in the order in which they are evaluated. A subquery's plan is not a part. */
export function partsOf(expression: BoundExpression): readonly BoundExpression[] {
  switch (expression.kind) {
    case "BoundConstant":
    case "BoundLiteral":
    case "BoundParameter":
    case "BoundColumn":
      return [];
    case "BoundCall":
      return expression.arguments;
    case "BoundLogical":
      return expression.operands;
    case "BoundNot":
    case "BoundIsNull":
    case "BoundIsBoolean":
    case "BoundField":
    case "BoundProperty":
      return [expression.operand];
    case "BoundCase": {
      const branches = expression.branches.flatMap(({ condition, result }) => [condition, result]);
      return expression.otherwise === undefined ? branches : [...branches, expression.otherwise];
    }
    case "BoundCoalesce":
    case "BoundList":
    case "BoundMap":
      return expression.items;
    case "BoundReduce":
      return [expression.list, expression.initial, expression.result];
    case "BoundInList":
      return [expression.operand, ...expression.items];
    case "BoundSubquery":
      return expression.operand === undefined ? [] : [expression.operand];
  }
}

/** Changes the direct parts of an expression; the same object when none has changed. */
export function mapParts(expression: BoundExpression, change: (part: BoundExpression) => BoundExpression): BoundExpression {
  switch (expression.kind) {
    case "BoundConstant":
    case "BoundLiteral":
    case "BoundParameter":
    case "BoundColumn":
      return expression;
    case "BoundCall":
      return replaced(expression, "arguments", mapSame(expression.arguments, change));
    case "BoundLogical":
      return replaced(expression, "operands", mapSame(expression.operands, change));
    case "BoundNot":
    case "BoundIsNull":
    case "BoundIsBoolean":
    case "BoundField":
    case "BoundProperty":
      return replaced(expression, "operand", change(expression.operand));
    case "BoundCase": {
      const branches = mapSame(expression.branches, (branch) =>
        replaced(replaced(branch, "condition", change(branch.condition)), "result", change(branch.result)),
      );
      return replaced(replaced(expression, "branches", branches), "otherwise", expression.otherwise && change(expression.otherwise));
    }
    case "BoundCoalesce":
    case "BoundList":
    case "BoundMap":
      return replaced(expression, "items", mapSame(expression.items, change));
    case "BoundReduce": {
      const begun = replaced(replaced(expression, "list", change(expression.list)), "initial", change(expression.initial));
      return replaced(begun, "result", change(begun.result));
    }
    case "BoundInList":
      return replaced(replaced(expression, "operand", change(expression.operand)), "items", mapSame(expression.items, change));
    case "BoundSubquery":
      return replaced(expression, "operand", expression.operand && change(expression.operand));
  }
}

/** Applies `change` to every part of an expression and to itself, parts first. */
export function rewriteExpression(expression: BoundExpression, change: (part: BoundExpression) => BoundExpression): BoundExpression {
  return change(mapParts(expression, (part) => rewriteExpression(part, change)));
}

/** Calls `visit` for every part of an expression and for itself. */
export function visitExpression(expression: BoundExpression, visit: (part: BoundExpression) => void): void {
  for (const part of partsOf(expression)) visitExpression(part, visit);
  visit(expression);
}

/** Whether two evaluations may give different values within one statement; plans of subqueries count. */
export function isVolatile(expression: BoundExpression): boolean {
  if (expression.kind === "BoundCall" && expression.function.volatility === "volatile") return true;
  if (expression.kind === "BoundSubquery" && isVolatilePlan(expression.plan)) return true;
  return partsOf(expression).some(isVolatile);
}

function isVolatilePlan(operator: LogicalOperator): boolean {
  return expressionsOf(operator).some(isVolatile) || inputsOf(operator).some(isVolatilePlan);
}

/** Columns that an expression uses, those that its subqueries take from outside included. */
export function columnsUsed(expression: BoundExpression, into: Set<ColumnId> = new Set()): Set<ColumnId> {
  const own = new Set<ColumnId>();
  const used = new Set<ColumnId>();
  visitExpression(expression, (part) => {
    if (part.kind === "BoundColumn") used.add(part.column);
    else if (part.kind === "BoundSubquery") for (const column of part.outer) used.add(column);
    else if (part.kind === "BoundReduce") own.add(part.accumulator).add(part.item);
  });
  for (const column of used) if (!own.has(column)) into.add(column);
  return into;
}

/** Replaces columns by expressions, in the plans of subqueries too. */
export function substitute(expression: BoundExpression, values: ReadonlyMap<ColumnId, BoundExpression>): BoundExpression {
  return rewriteExpression(expression, (part) => {
    if (part.kind === "BoundColumn") return values.get(part.column) ?? part;
    if (part.kind === "BoundSubquery" && part.outer.some((column) => values.has(column))) return substituteSubquery(part, values);
    return part;
  });
}

function substituteSubquery(subquery: BoundSubquery, values: ReadonlyMap<ColumnId, BoundExpression>): BoundSubquery {
  const plan = rewriteOperators(subquery.plan, (operator) => mapExpressions(operator, (expression) => substitute(expression, values)));
  const outer = new Set<ColumnId>();
  for (const column of subquery.outer) {
    const value = values.get(column);
    if (value === undefined) outer.add(column);
    else columnsUsed(value, outer);
  }
  return { ...subquery, plan, outer: [...outer] };
}

/** Columns that an operator makes or hands on. */
export function columnsOf(operator: LogicalOperator): readonly PlanColumn[] {
  switch (operator.kind) {
    case "LogicalScan":
    case "LogicalValues":
    case "LogicalSetOperation":
    case "LogicalCommonReference":
      return operator.columns;
    case "LogicalFunctionScan":
      return operator.ordinality === undefined ? operator.columns : [...operator.columns, operator.ordinality];
    case "LogicalProject":
    case "LogicalWindow":
      return [...columnsOf(operator.input), ...operator.items];
    case "LogicalAggregate":
      return [...operator.groups, ...operator.aggregates];
    case "LogicalJoin":
      return joinColumns(operator);
    case "LogicalInsert":
    case "LogicalUpdate":
    case "LogicalDelete":
      return operator.returning?.items ?? [];
    case "LogicalNodeScan":
    case "LogicalRelationshipScan":
      return graphColumns(operator);
    case "LogicalExpand":
    case "LogicalCountExpand":
    case "LogicalVarExpand":
    case "LogicalShortestPath":
    case "LogicalCreateGraph":
    case "LogicalMergeGraph":
      return [...columnsOf(operator.input), ...graphColumns(operator)];
    default:
      return columnsOf(operator.input);
  }
}

/** Columns that an operator makes, hands on, or gives names to for its own expressions. */
export function columnsNamed(operator: LogicalOperator): readonly PlanColumn[] {
  const columns = columnsOf(operator);
  if (operator.kind === "LogicalUpdate") return [...columns, ...operator.written];
  if (operator.kind === "LogicalForeach") return [...columns, operator.item];
  if (operator.kind === "LogicalCountExpand") return [...columns, operator.node, operator.relationship];
  if (operator.kind === "LogicalVarExpand" || operator.kind === "LogicalShortestPath") {
    return operator.step === undefined ? columns : [...columns, operator.step.relationship];
  }
  if (operator.kind !== "LogicalInsert") return columns;
  const { written, conflict } = operator;
  return [...columns, ...written, ...(conflict === undefined ? [] : [...conflict.existing, ...conflict.excluded])];
}

function joinColumns(operator: Extract<LogicalOperator, { readonly kind: "LogicalJoin" }>): readonly PlanColumn[] {
  if (operator.join === "semi" || operator.join === "anti") return columnsOf(operator.left);
  if (operator.mark !== undefined) return [...columnsOf(operator.left), operator.mark];
  return [...columnsOf(operator.left), ...columnsOf(operator.right)];
}

/** Whether an operator of the plan writes, so that its rows may not be left out, repeated, or asked for later than they stand. */
export function writes(operator: LogicalOperator): boolean {
  return WRITING.has(operator.kind) || inputsOf(operator).some(writes);
}

const WRITING: ReadonlySet<LogicalOperator["kind"]> = new Set([
  "LogicalInsert",
  "LogicalUpdate",
  "LogicalDelete",
  "LogicalCreateGraph",
  "LogicalMergeGraph",
  "LogicalSetGraph",
  "LogicalDeleteGraph",
  "LogicalForeach",
]);

/** Calls `visit` for every operator of a plan, those of subqueries too. */
export function visitOperators(operator: LogicalOperator, visit: (operator: LogicalOperator) => void): void {
  visit(operator);
  for (const expression of expressionsOf(operator)) {
    visitExpression(expression, (part) => {
      if (part.kind === "BoundSubquery") visitOperators(part.plan, visit);
    });
  }
  for (const input of inputsOf(operator)) visitOperators(input, visit);
}

/** Columns that are used somewhere in a plan but made nowhere in it: those of enclosing queries. */
export function outerColumns(operator: LogicalOperator): Set<ColumnId> {
  const used = new Set<ColumnId>();
  const made = new Set<ColumnId>();
  collectColumns(operator, used, made);
  for (const column of made) used.delete(column);
  return used;
}

function collectColumns(operator: LogicalOperator, used: Set<ColumnId>, made: Set<ColumnId>): void {
  for (const input of inputsOf(operator)) collectColumns(input, used, made);
  for (const { column } of columnsNamed(operator)) made.add(column);
  for (const expression of expressionsOf(operator)) columnsUsed(expression, used);
}

/** Equal for expressions that compute the same from the same columns. */
export function expressionKey(expression: BoundExpression): string {
  return JSON.stringify(expression, (name, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Uint8Array) return `x${Array.from(value).join(",")}`;
    if (name === "function" || name === "comparison" || name === "equality") return functionKey(value);
    return Object.is(value, -0) ? "-0" : value;
  });
}

function functionKey(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("implementation" in value) || !("name" in value)) return value;
  return [value.name, value.implementation];
}

/** The same list when `change` changes no element. */
export function mapSame<T>(list: readonly T[], change: (element: T) => T): readonly T[] {
  let changed: T[] | undefined;
  for (const [index, element] of list.entries()) {
    const next = change(element);
    if (next !== element) changed ??= list.slice();
    if (changed !== undefined) changed[index] = next;
  }
  return changed ?? list;
}

function mapValues<T extends SortKey | { readonly value: BoundExpression }>(
  list: readonly T[],
  change: (expression: BoundExpression) => BoundExpression,
): readonly T[] {
  return mapSame(list, (item) => replaced(item, "value", change(item.value) as T["value"]));
}

/** The object with one field changed; the same object when it has that value. */
function replaced<T, K extends keyof T>(object: T, field: K, value: T[K]): T {
  return object[field] === value ? object : { ...object, [field]: value };
}

/** Whether a plan is one of Cypher, which alone names its parameters. */
export function isCypher({ parameterNames }: LogicalPlan): boolean {
  return parameterNames !== undefined;
}
