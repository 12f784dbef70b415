/**
 * GROUP BY: which expressions are groups, and what may stand above the grouping.
 *
 * Above, an expression may use aggregates, the groups, and columns that a group decides: those of a table whose whole primary key is
 * grouped (functional dependency, as in PostgreSQL). These become groups themselves. Everything else is an error (42803).
 */
import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedGroupBy } from "../ast/query.ts";
import type { BoundColumn, BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { columnsOf, mapParts, substitute } from "../plan/walk.ts";
import type { Binding } from "./binding.ts";
import { constant, settle } from "./coerce.ts";
import { bindExpression, type Context } from "./expression.ts";
import { aggregateSets, expandSets } from "./grouping-set.ts";
import { keyOf } from "./key.ts";
import { matchOutput, ordinal } from "./order.ts";
import { type AggregateCollector, findColumn, type Level, type Source } from "./scope.ts";
import type { SelectItem } from "./select.ts";

/** The expressions of GROUP BY, each once; and of grouping sets which of them each set has, undefined where there are none. */
export interface Groups {
  readonly values: readonly BoundExpression[];
  readonly sets: readonly (readonly BoundExpression[])[] | undefined;
}

export function bindGroups(context: Context, groupBy: ParsedGroupBy | undefined, items: readonly SelectItem[]): Groups {
  if (groupBy === undefined) return { values: [], sets: undefined };
  const bind = (parsed: ParsedExpression): BoundExpression => bindGroup(context, parsed, items);
  const sets = expandSets(context.binding, groupBy.items, groupBy.distinct, bind);
  const [first] = sets;
  const isPlain = groupBy.items.every((item) => item.kind !== "ParsedGroupingSet" || item.grouping === "EMPTY");
  return { values: sets.flat(), sets: isPlain && first !== undefined ? undefined : sets };
}

/** A column of the sources, else a name of the select list; an ordinal; an expression. */
function bindGroup(context: Context, parsed: ParsedExpression, items: readonly SelectItem[]): BoundExpression {
  const { binding, level } = context;
  const listed = ordinal(binding, parsed, items, "GROUP BY") ?? matchUnknown(binding, level, parsed, items);
  const value = listed?.value ?? settle(binding, bindExpression(groupContext(context), parsed));
  if (listed !== undefined && context.windows?.isIn(listed.value) === true) {
    throw binding.error("42P20", "window functions are not allowed in GROUP BY", binding.positionOf(listed.value) ?? parsed.position);
  }
  if (listed !== undefined && usesAggregate(context, listed.value)) {
    throw binding.error("42803", "aggregate functions are not allowed in GROUP BY", binding.positionOf(listed.value) ?? parsed.position);
  }
  return value;
}

function groupContext({ windows: _windows, ...context }: Context): Context {
  return { ...context, clause: "GROUP BY", aggregates: undefined };
}

function matchUnknown(binding: Binding, level: Level, parsed: ParsedExpression, items: readonly SelectItem[]): SelectItem | undefined {
  if (parsed.kind !== "ParsedColumn" || parsed.names.length !== 1) return undefined;
  const inside = findColumn(binding, level, parsed.names[0]!);
  if (inside !== undefined && inside.level === level) return undefined;
  return matchOutput(binding, parsed, items, "GROUP BY");
}

function usesAggregate({ aggregates }: Context, value: BoundExpression): boolean {
  const made = new Set(aggregates?.items.map(({ column }) => column));
  let found = false;
  const visit = (part: BoundExpression): BoundExpression => {
    if (part.kind === "BoundColumn" && made.has(part.column)) found = true;
    return mapParts(part, visit);
  };
  visit(value);
  return found;
}

type Group = PlanColumn & { readonly value: BoundExpression };

export class Grouping {
  readonly #binding: Binding;
  readonly #level: Level;
  readonly #input: LogicalOperator;
  readonly #collector: AggregateCollector;
  readonly #sets: Groups["sets"];
  readonly #groups: Group[] = [];
  readonly #byKey = new Map<string, Group>();
  /** What was not in GROUP BY. */
  readonly #added = new Set<BoundExpression>();

  constructor(binding: Binding, level: Level, input: LogicalOperator, { values, sets }: Groups, collector: AggregateCollector) {
    this.#binding = binding;
    this.#level = level;
    this.#input = input;
    this.#collector = collector;
    this.#sets = sets;
    for (const value of values) this.#add(value);
    for (const { arguments: given, position } of collector.groupings) {
      const stranger = given.find((value) => !this.#byKey.has(keyOf(value)));
      if (stranger === undefined) continue;
      const message = "arguments to GROUPING must be grouping expressions of the associated query level";
      throw binding.error("42803", message, binding.positionOf(stranger) ?? position);
    }
  }

  operator(): LogicalOperator {
    const { items: aggregates, groupings } = this.#collector;
    const input = this.#input;
    const groups = this.#groups;
    if (this.#sets !== undefined) {
      const sets = this.#sets.map((set) => {
        const keys = new Set(set.map(keyOf));
        return groups.filter(({ value }) => keys.has(keyOf(value)) || this.#added.has(value));
      });
      return aggregateSets({ binding: this.#binding, input, groups, aggregates, groupings, sets });
    }
    const operator: LogicalOperator = { kind: "LogicalAggregate", input, groups, aggregates };
    if (groupings.length === 0) return operator;
    const items = groupings.map(({ column, name, type }) => ({ column, name, type, value: constant(0n, type) }));
    return { kind: "LogicalProject", input: operator, items };
  }

  /** The expression as it is above the grouping: groups are columns, what else comes from below is refused. */
  above(expression: BoundExpression): BoundExpression {
    const group = this.#byKey.get(keyOf(expression));
    if (group !== undefined) return this.#placed(reference(group), expression);
    if (expression.kind === "BoundColumn") return this.#column(expression);
    if (expression.kind === "BoundSubquery") return this.#subquery(expression);
    const changed = mapParts(expression, (part) => this.above(part));
    return this.#placed(changed, expression);
  }

  #placed(expression: BoundExpression, from: BoundExpression): BoundExpression {
    const position = this.#binding.positionOf(from);
    return position === undefined ? expression : this.#binding.at(expression, position);
  }

  #add(value: BoundExpression): Group {
    const key = keyOf(value);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const name = value.kind === "BoundColumn" ? value.name : "group";
    const group: Group = { column: this.#binding.newColumn(), name, type: value.type, value };
    this.#groups.push(group);
    this.#byKey.set(key, group);
    return group;
  }

  /** A group that another one decides: it belongs to all sets, since the other one does. */
  #addDecided(value: BoundExpression): Group {
    this.#added.add(value);
    return this.#add(value);
  }

  #column(column: BoundColumn): BoundExpression {
    if (!this.#isBelow(column.column)) return column;
    const source = this.#sourceOf(column.column);
    if (source !== undefined && this.#isDecided(source)) return this.#placed(reference(this.#addDecided(column)), column);
    const position = this.#binding.positionOf(column) ?? 0;
    const message = `column "${qualified(source, column.name)}" must appear in the GROUP BY clause or be used in an aggregate function`;
    throw this.#binding.error("42803", message, position);
  }

  /** Columns of this query's sources, as against those of enclosing queries and aggregates. */
  #isBelow(column: ColumnId): boolean {
    return columnsOf(this.#input).some((below) => below.column === column);
  }

  #sourceOf(column: ColumnId): Source | undefined {
    return this.#level.sources.find(({ scan, columns }) => {
      if (scan !== undefined) return scan.columns.some((known) => known.column === column);
      return columns.some((known) => {
        const read = known.read();
        return read.kind === "BoundColumn" && read.column === column;
      });
    });
  }

  /** Whether the whole primary key of the source's table is grouped. */
  #isDecided({ table, scan }: Source): boolean {
    const key = table?.primaryKey;
    if (key === undefined || scan === undefined) return false;
    return key.columns.every((number) => {
      const column = scan.columns.find(({ source }) => source.kind === "column" && source.number === number);
      const isIn = (values: readonly BoundExpression[]): boolean =>
        values.some((value) => value.kind === "BoundColumn" && value.column === column?.column);
      return this.#sets === undefined ? isIn(this.#groups.map(({ value }) => value)) : this.#sets.every(isIn);
    });
  }

  #subquery(subquery: Extract<BoundExpression, { readonly kind: "BoundSubquery" }>): BoundExpression {
    const operand = subquery.operand && this.above(subquery.operand);
    const values = new Map<ColumnId, BoundExpression>();
    for (const column of subquery.outer) {
      if (!this.#isBelow(column)) continue;
      const below = columnsOf(this.#input).find((known) => known.column === column)!;
      const expression: BoundColumn = { kind: "BoundColumn", type: below.type, column, name: below.name };
      const group = this.#byKey.get(keyOf(expression));
      const source = this.#sourceOf(column);
      if (group === undefined && (source === undefined || !this.#isDecided(source))) {
        const message = `subquery uses ungrouped column "${qualified(source, below.name)}" from outer query`;
        throw this.#binding.error("42803", message, this.#binding.outerPositions.get(column) ?? 0);
      }
      values.set(column, reference(group ?? this.#addDecided(expression)));
    }
    const inner = substitute(subquery, values);
    return inner.kind === "BoundSubquery" && operand !== subquery.operand ? { ...inner, operand } : inner;
  }
}

function reference({ column, name, type }: PlanColumn): BoundColumn {
  return { kind: "BoundColumn", type, column, name };
}

function qualified(source: Source | undefined, name: string): string {
  return source?.alias === undefined ? name : `${source.alias}.${name}`;
}
