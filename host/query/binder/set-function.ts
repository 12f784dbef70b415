/**
 * Set-returning functions: the lists that they go through (function/set-function.ts), and their place in a select list.
 *
 * A list becomes three operators: what holds the list, the numbers 1 to its length beside it, and a projection that reads the element
 * of each number. Several lists are gone through together, the shorter ones going on with NULLs.
 *
 * In a select list a function's columns come into being below the projection: above the groups, unless one of them is grouped by.
 */
import { engine, entry } from "../function/row.ts";
import { findSetFunctions, type SetColumn, type SetFunctionEntry, type SetReader } from "../function/set-function.ts";
import type { BoundColumn, BoundExpression } from "../plan/expression.ts";
import type { LogicalOperator, LogicalProject, PlanColumn } from "../plan/operator.ts";
import { columnsUsed } from "../plan/walk.ts";
import { formatPlainType } from "../type/name.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { callFunction } from "./call.ts";
import { chooseCandidate } from "./candidate.ts";
import { applyRow, call, coerceImplicitly, constant } from "./coerce.ts";
import type { Context } from "./expression.ts";
import { bindOperator } from "./operation.ts";
import { bindSpecial } from "./special.ts";

const INTEGER = plainType("integer");
const BIGINT = plainType("bigint");
export const SERIES = "generate_series";

/** A call of a set-returning function. */
export interface SetUse {
  readonly context: Context;
  readonly name: string;
  readonly position: number;
}

/** A list, and the columns that read it. */
export interface SetList {
  readonly use: SetUse;
  readonly value: BoundExpression;
  readonly columns: readonly SetColumn[];
}

export interface SetRows {
  readonly operator: LogicalOperator;
  readonly columns: readonly PlanColumn[];
}

/** The row of the function table that PostgreSQL's rules choose. */
export function chooseSetFunction(
  { context: { binding }, name, position }: SetUse,
  operands: readonly BoundExpression[],
): SetFunctionEntry {
  const rows = findSetFunctions(name);
  const types = operands.map(({ type }) => type);
  const written = `${name}(${types.map(formatPlainType).join(", ")})`;
  const choice = chooseCandidate(rows, types, false);
  if (choice.kind === "one") return choice.row;
  const problem = choice.kind === "none" ? "does not exist" : "is not unique";
  throw binding.error(choice.kind === "none" ? "42883" : "42725", `function ${written} ${problem}`, position);
}

export function listOf(use: SetUse, row: SetFunctionEntry, operands: readonly BoundExpression[]): SetList {
  return { use, value: applyRow(use.context.binding, row.list, operands), columns: row.columns };
}

/** Rows of lists beside each row of `input`, or alone. `own` is the name of a column that has none. */
export function bindLists(
  binding: Binding,
  input: LogicalOperator | undefined,
  lists: readonly SetList[],
  own: string,
  ordinality: boolean,
): SetRows {
  const held = lists.map(({ value }, index) => ({ column: binding.newColumn(), name: `list${index + 1}`, type: value.type, value }));
  const number: PlanColumn = { column: binding.newColumn(), name: "ordinality", type: INTEGER };
  const counted = beside(input, held, {
    kind: "LogicalFunctionScan",
    name: SERIES,
    arguments: [constant(1n, INTEGER), lengthOf(lists[0]!.use, held.map(reference))],
    columns: [number],
    ordinality: undefined,
  });
  const items: LogicalProject["items"][number][] = lists.flatMap(({ use, columns }, index) =>
    columns.map((column) => {
      const value = readElement(use, column, reference(held[index]!), reference(number));
      return { column: binding.newColumn(), name: column.name ?? own, type: value.type, value };
    }),
  );
  if (ordinality) {
    const value = coerceImplicitly(binding, reference(number), BIGINT);
    items.push({ column: binding.newColumn(), name: "ordinality", type: BIGINT, value });
  }
  const columns = items.map(({ column, name, type }): PlanColumn => ({ column, name, type }));
  return { operator: { kind: "LogicalProject", input: counted, items }, columns };
}

/** The rows of `series`, which uses the lists, beside the rows that hold them. */
function beside(input: LogicalOperator | undefined, held: LogicalProject["items"], series: LogicalOperator): LogicalOperator {
  const left: LogicalOperator =
    input === undefined
      ? {
          kind: "LogicalValues",
          columns: held.map(({ column, name, type }) => ({ column, name, type })),
          rows: [held.map(({ value }) => value)],
        }
      : { kind: "LogicalProject", input, items: held };
  return { kind: "LogicalJoin", join: "cross", left, right: series, condition: undefined, mark: undefined, dependent: true };
}

function reference({ column, name, type }: PlanColumn): BoundColumn {
  return { kind: "BoundColumn", type, column, name };
}

/** Elements of the longest list; of one that is NULL there are none. */
function lengthOf({ context, position }: SetUse, lists: readonly BoundExpression[]): BoundExpression {
  const { binding } = context;
  const lengths = lists.map((list) =>
    callFunction(context, list.type.name === "array" ? "cardinality" : `${list.type.name}_array_length`, [list], position),
  );
  const [only] = lengths;
  if (lengths.length === 1) return only!;
  return bindSpecial({ binding, name: "greatest", operands: lengths, again: (index) => lengths[index]!, position })!;
}

function readElement(use: SetUse, { type, read }: SetColumn, list: BoundExpression, number: BoundExpression): BoundExpression {
  const { binding } = use.context;
  const value = readAs(use, read, list, number);
  const wanted = type ?? list.type.element;
  return wanted === undefined || value.type.name === wanted.name ? value : coerceImplicitly(binding, value, wanted);
}

function readAs(
  { context: { binding }, position }: SetUse,
  read: SetReader,
  list: BoundExpression,
  number: BoundExpression,
): BoundExpression {
  const at = (operator: "->" | "->>", value: BoundExpression, index: BoundExpression) =>
    bindOperator(binding, operator, [value, index], position);
  // JSON counts from 0.
  const index = () => bindOperator(binding, "-", [number, constant(1n, INTEGER)], position);
  const pair = () => at("->", list, index());
  switch (read) {
    case "element": {
      const row = entry("function", "array_get", [list.type, INTEGER], "any", engine("array_element", { tagged: true }), {});
      return call(row, list, number);
    }
    case "json":
      return at("->", list, index());
    case "jsonText":
      return at("->>", list, index());
    case "pairName":
      return at("->>", pair(), constant(0n, INTEGER));
    case "pairValue":
      return at("->", pair(), constant(1n, INTEGER));
    case "pairText":
      return at("->>", pair(), constant(1n, INTEGER));
  }
}

/** The set-returning functions of a select list. */
export class SetCollector {
  readonly #lists: { readonly list: SetList; readonly column: PlanColumn }[] = [];

  /** The function's column. */
  add(list: SetList): BoundExpression {
    const { use } = list;
    const { binding } = use.context;
    const [first, second] = list.columns;
    if (second !== undefined) throw binding.notSupported(`${use.name} outside of FROM`, use.position);
    const type = first!.type ?? list.value.type.element!;
    const column: PlanColumn = { column: binding.newColumn(), name: use.name, type };
    this.#lists.push({ list, column });
    return reference(column);
  }

  isIn(expression: BoundExpression): boolean {
    const used = columnsUsed(expression);
    return this.#lists.some(({ column }) => used.has(column.column));
  }

  /** The rows of the functions beside those of `input`; `above` makes expressions over its columns of what was bound below. */
  expand(binding: Binding, input: LogicalOperator, above: (value: BoundExpression) => BoundExpression): LogicalOperator {
    if (this.#lists.length === 0) return input;
    const lists = this.#lists.map(({ list }): SetList => ({ ...list, value: above(list.value) }));
    const { operator, columns } = bindLists(binding, input, lists, "", false);
    const items = this.#lists.map(({ column }, index) => ({ ...column, value: reference(columns[index]!) }));
    return { kind: "LogicalProject", input: operator, items };
  }
}
