/**
 * GROUP BY: which expressions are groups, and what may stand above the grouping.
 *
 * Above, an expression may use aggregates, the groups, and columns that a group decides: those of a table whose whole primary key is
 * grouped (functional dependency, as in PostgreSQL). These become groups themselves. Everything else is an error (42803).
 */
import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedGroupBy } from "../ast/query.ts";
import type { BoundColumn, BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalAggregateItem, LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { columnsOf, mapParts, substitute } from "../plan/walk.ts";
import type { Binding } from "./binding.ts";
import { settle } from "./coerce.ts";
import { bindExpression, type Context } from "./expression.ts";
import { keyOf } from "./key.ts";
import { matchOutput, ordinal } from "./order.ts";
import { findColumn, type Level, type Source } from "./scope.ts";
import type { SelectItem } from "./select.ts";

export function bindGroups(context: Context, groupBy: ParsedGroupBy | undefined, items: readonly SelectItem[]): readonly BoundExpression[] {
  if (groupBy === undefined) return [];
  const { binding } = context;
  return groupBy.items.flatMap((item) => {
    if (item.kind === "ParsedGroupingSet") {
      if (item.grouping === "EMPTY") return [];
      throw binding.notSupported(item.grouping === "SETS" ? "GROUPING SETS" : item.grouping, item.position);
    }
    if (item.kind === "ParsedRow") return item.items.map((part) => bindGroup(context, part, items));
    return [bindGroup(context, item, items)];
  });
}

/** A column of the sources, else a name of the select list; an ordinal; an expression. */
function bindGroup(context: Context, parsed: ParsedExpression, items: readonly SelectItem[]): BoundExpression {
  const { binding, level } = context;
  const listed = ordinal(binding, parsed, items, "GROUP BY") ?? matchUnknown(binding, level, parsed, items);
  const value = listed?.value ?? settle(binding, bindExpression({ ...context, clause: "GROUP BY", aggregates: undefined }, parsed));
  if (listed !== undefined && usesAggregate(context, listed.value)) {
    throw binding.error("42803", "aggregate functions are not allowed in GROUP BY", binding.positionOf(listed.value) ?? parsed.position);
  }
  return value;
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
  readonly #aggregates: readonly LogicalAggregateItem[];
  readonly #groups: Group[] = [];
  readonly #byKey = new Map<string, Group>();

  constructor(
    binding: Binding,
    level: Level,
    input: LogicalOperator,
    groups: readonly BoundExpression[],
    aggregates: readonly LogicalAggregateItem[],
  ) {
    this.#binding = binding;
    this.#level = level;
    this.#input = input;
    this.#aggregates = aggregates;
    for (const value of groups) this.#add(value);
  }

  operator(): LogicalOperator {
    return { kind: "LogicalAggregate", input: this.#input, groups: this.#groups, aggregates: this.#aggregates };
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

  #column(column: BoundColumn): BoundExpression {
    if (!this.#isBelow(column.column)) return column;
    const source = this.#sourceOf(column.column);
    if (source !== undefined && this.#isDecided(source)) return this.#placed(reference(this.#add(column)), column);
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
      return column !== undefined && this.#groups.some(({ value }) => value.kind === "BoundColumn" && value.column === column.column);
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
      values.set(column, reference(group ?? this.#add(expression)));
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
