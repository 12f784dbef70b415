/**
 * GROUPING SETS, ROLLUP, CUBE: which sets they mean, GROUPING(...), and their plan.
 *
 * The input is computed once (a common table), and each set is an aggregation of it; their rows are put together, with NULL for the
 * expressions that a set does not group by. So a plan needs no operator of its own for them.
 */
import type { ParsedCall, ParsedExpression } from "../ast/expression.ts";
import type { ParsedGroupItem } from "../ast/query.ts";
import type { BoundColumn, BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalAggregateItem, LogicalOperator, LogicalProject, PlanColumn } from "../plan/operator.ts";
import { columnsOf, columnsUsed, mapExpressions, substitute } from "../plan/walk.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { constant } from "./coerce.ts";
import { bindExpression, type Context } from "./expression.ts";
import { keyOf } from "./key.ts";
import type { GroupingCall } from "./scope.ts";

/** Most sets of a query and elements of CUBE, as in PostgreSQL. */
const SETS_MAX = 4096;
const CUBE_MAX = 12;
/** Bits of GROUPING's result. */
const GROUPING_MAX = 31;

const INTEGER = plainType("integer");

type Set_ = readonly BoundExpression[];

/** The sets that the items of GROUP BY mean, each with each; `bind` binds an expression. */
export function expandSets(
  binding: Binding,
  items: readonly ParsedGroupItem[],
  distinct: boolean,
  bind: (parsed: ParsedExpression) => BoundExpression,
): readonly Set_[] {
  let sets: readonly Set_[] = [[]];
  for (const item of items) {
    const more = setsOf(binding, item, bind);
    if (sets.length * more.length > SETS_MAX) {
      throw binding.error("54001", `too many grouping sets present (maximum ${SETS_MAX})`, item.position);
    }
    sets = sets.flatMap((set) => more.map((other) => [...set, ...other]));
  }
  if (!distinct) return sets;
  const known = new Map(sets.map((set) => [[...new Set(set.map(keyOf))].sort().join(" "), set]));
  return [...known.values()];
}

function setsOf(binding: Binding, item: ParsedGroupItem, bind: (parsed: ParsedExpression) => BoundExpression): readonly Set_[] {
  if (item.kind === "ParsedRow") return [item.items.map(bind)];
  if (item.kind !== "ParsedGroupingSet") return [[bind(item)]];
  if (item.grouping === "EMPTY") return [[]];
  if (item.grouping === "SETS") return item.items.flatMap((inner) => setsOf(binding, inner, bind));
  if (item.grouping === "CUBE" && item.items.length > CUBE_MAX) {
    throw binding.error("54011", `CUBE is limited to ${CUBE_MAX} elements`, item.position);
  }
  const elements = item.items.map((inner) => setsOf(binding, inner, bind).flat());
  const choices =
    item.grouping === "ROLLUP"
      ? Array.from({ length: elements.length + 1 }, (_, index) => elements.slice(0, elements.length - index))
      : Array.from({ length: 2 ** elements.length }, (_, bits) =>
          elements.filter((_element, index) => ((2 ** elements.length - 1 - bits) >> (elements.length - 1 - index)) & 1),
        );
  return choices.map((chosen) => chosen.flat());
}

/** GROUPING(...), a column of the grouping. */
export function bindGrouping(context: Context, parsed: ParsedCall, values: readonly ParsedExpression[]): BoundExpression {
  const { binding, clause, aggregates } = context;
  const { position } = parsed;
  if (values.length > GROUPING_MAX) throw binding.error("54023", "GROUPING must have fewer than 32 arguments", position);
  if (aggregates === undefined) {
    if (clause === "an aggregate") throw binding.error("42803", "aggregate function calls cannot be nested", position);
    throw binding.error("42803", `grouping operations are not allowed in ${clause}`, position);
  }
  const { sets: _sets, windows: _windows, ...inner } = context;
  const given = values.map((value) => bindExpression({ ...inner, aggregates: undefined, clause: "a GROUPING operation" }, value));
  const key = given.map(keyOf).join(" ");
  let known = aggregates.groupings.find((other) => other.arguments.map(keyOf).join(" ") === key);
  if (known === undefined) {
    known = { column: binding.newColumn(), name: "grouping", type: INTEGER, arguments: given, position };
    aggregates.groupings.push(known);
  }
  return { kind: "BoundColumn", type: INTEGER, column: known.column, name: known.name };
}

/** A bit for each argument, the last one the lowest. `isGrouped` tells of a set. */
export function groupingValue({ arguments: given }: GroupingCall, isGrouped: (value: BoundExpression) => boolean): bigint {
  return given.reduce((bits, value) => bits * 2n + (isGrouped(value) ? 0n : 1n), 0n);
}

type Group = PlanColumn & { readonly value: BoundExpression };

export interface SetGrouping {
  readonly binding: Binding;
  readonly input: LogicalOperator;
  readonly groups: readonly Group[];
  readonly aggregates: readonly LogicalAggregateItem[];
  readonly groupings: readonly GroupingCall[];
  /** Which groups each set has. */
  readonly sets: readonly (readonly Group[])[];
}

/** The aggregations of all sets, one below the other; makes groups, aggregates and the values of GROUPING. */
export function aggregateSets(grouping: SetGrouping): LogicalOperator {
  const { binding, groups, aggregates, groupings, sets } = grouping;
  const made: readonly PlanColumn[] = [...groups, ...aggregates, ...groupings].map(({ column, name, type }) => ({ column, name, type }));
  const shared = shareInput(grouping);
  const table = binding.newCommonTable();
  const [first, ...others] = sets.map((set) => aggregateSet(grouping, shared, table, set)) as [Part, ...Part[]];
  let { operator, columns } = first;
  others.forEach((part, index) => {
    const targets = index === others.length - 1 ? made : made.map((column) => ({ ...column, column: binding.newColumn() }));
    operator = {
      kind: "LogicalSetOperation",
      operator: "union",
      all: true,
      left: operator,
      leftColumns: columns,
      right: part.operator,
      rightColumns: part.columns,
      columns: targets,
    };
    columns = targets.map(({ column }) => column);
  });
  if (others.length === 0) {
    const items = made.map((column, index) => ({ ...column, value: reference({ ...column, column: columns[index]! }) }));
    operator = { kind: "LogicalProject", input: operator, items };
  }
  const definitionColumns = shared.columns.map(({ column }) => column);
  return { kind: "LogicalCommonTable", table, name: "grouping", definition: shared.operator, definitionColumns, input: operator };
}

interface Shared {
  readonly operator: LogicalOperator;
  /** What groups and aggregates use of the rows. */
  readonly columns: readonly PlanColumn[];
  readonly groups: readonly Group[];
  readonly aggregates: readonly LogicalAggregateItem[];
}

/** The input with each expression of groups and aggregates a column. */
function shareInput({ binding, input, groups, aggregates }: SetGrouping): Shared {
  const own = new Map(columnsOf(input).map((column) => [column.column, column]));
  const items = new Map<string, LogicalProject["items"][number]>();
  const columned = (value: BoundExpression): BoundExpression => {
    const isOwn = value.kind === "BoundSubquery" || [...columnsUsed(value)].some((column) => own.has(column));
    if (value.kind === "BoundColumn" || !isOwn) return value;
    const key = keyOf(value);
    const item = items.get(key) ?? { column: binding.newColumn(), name: "value", type: value.type, value };
    items.set(key, item);
    return reference(item);
  };
  const aggregate = mapExpressions({ kind: "LogicalAggregate", input, groups, aggregates }, columned);
  if (aggregate.kind !== "LogicalAggregate") throw binding.error("XX000", "groups are lost", 0);
  const operator: LogicalOperator = items.size === 0 ? input : { kind: "LogicalProject", input, items: [...items.values()] };
  const all = new Map([...own.values(), ...items.values()].map(({ column, name, type }) => [column, { column, name, type }]));
  const used = new Set<ColumnId>();
  mapExpressions(aggregate, (value) => {
    columnsUsed(value, used);
    return value;
  });
  const columns = [...all.values()].filter(({ column }) => used.has(column));
  return { operator, columns, groups: aggregate.groups, aggregates: aggregate.aggregates };
}

interface Part {
  readonly operator: LogicalOperator;
  readonly columns: readonly ColumnId[];
}

/** One set: groups and aggregates, NULL for the groups that it does not have, values of GROUPING. */
function aggregateSet({ binding, groups, groupings }: SetGrouping, shared: Shared, table: number, set: SetGrouping["sets"][number]): Part {
  const renamed = shared.columns.map((column) => ({ ...column, column: binding.newColumn() }));
  const values = new Map(shared.columns.map(({ column }, index) => [column, reference(renamed[index]!)]));
  const numbers = new Map(set.map(({ column }) => [column, binding.newColumn()]));
  const own = shared.groups.flatMap((group) => {
    const column = numbers.get(group.column);
    return column === undefined ? [] : [{ ...group, column }];
  });
  const aggregates = shared.aggregates.map((item) => ({ ...item, column: binding.newColumn() }));
  const rows: LogicalOperator = { kind: "LogicalCommonReference", table, name: "grouping", columns: renamed };
  const aggregate = mapExpressions({ kind: "LogicalAggregate", input: rows, groups: own, aggregates }, (value) =>
    substitute(value, values),
  );
  const isGrouped = (value: BoundExpression): boolean => set.some((group) => keyOf(group.value) === keyOf(value));
  const items: LogicalProject["items"][number][] = [];
  const add = (column: PlanColumn, value: BoundExpression): ColumnId => {
    const item = { column: binding.newColumn(), name: column.name, type: column.type, value };
    items.push(item);
    return item.column;
  };
  const columns = [
    ...groups.map((group) => numbers.get(group.column) ?? add(group, constant(null, group.type))),
    ...aggregates.map(({ column }) => column),
    ...groupings.map((call) => add(call, constant(groupingValue(call, isGrouped), INTEGER))),
  ];
  return { operator: items.length === 0 ? aggregate : { kind: "LogicalProject", input: aggregate, items }, columns };
}

function reference({ column, name, type }: PlanColumn): BoundColumn {
  return { kind: "BoundColumn", type, column, name };
}
