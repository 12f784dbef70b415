/**
 * Functions in FROM: generate_series, unnest and their like (set-function.ts), and all others as tables of one row. Their arguments see
 * what stands to the left of them.
 */
import type { ParsedCall } from "../ast/expression.ts";
import type { ParsedFunctionTable } from "../ast/query.ts";
import { findSetFunctions } from "../function/set-function.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { bindCall } from "./call.ts";
import { coerceImplicitly, constant, settle } from "./coerce.ts";
import { bindExpression, type Context } from "./expression.ts";
import { closedSource, type FromItem } from "./from.ts";
import { bindGraphMatch, GRAPH_MATCH } from "./graph-match.ts";
import { Level } from "./scope.ts";
import { bindLists, chooseSetFunction, listOf, SERIES, type SetRows, type SetUse } from "./set-function.ts";

const BIGINT = plainType("bigint");

export function bindFunctionTable(binding: Binding, level: Level, reference: ParsedFunctionTable): FromItem {
  const { call: parsed, alias, position } = reference;
  const name = functionName(parsed);
  if (name === GRAPH_MATCH) return bindGraphMatch(binding, reference);
  if (reference.returns.length > 0) throw binding.notSupported(`RETURNS of ${name}`, position);
  const inner = new Level(level, true);
  const context: Context = { binding, level: inner, clause: "functions in FROM", aggregates: undefined };
  const use: SetUse = { context, name, position };
  const own = alias?.name?.folded ?? name;
  if (findSetFunctions(name).length === 0) return bindOneRow(use, parsed, own, reference);
  const operands = parsed.arguments.map((argument) => {
    if (argument.kind === "ParsedArgument") throw binding.notSupported("a named or variadic argument", argument.position);
    return bindExpression(context, argument);
  });
  const { operator, columns } =
    name === "unnest" && operands.length > 1
      ? bindLists(
          binding,
          undefined,
          operands.map((operand) => listOf(use, chooseSetFunction(use, [operand]), [operand])),
          own,
          reference.ordinality,
        )
      : bindFunction(use, operands, own, reference.ordinality);
  return { operator, sources: [closedSource(binding, own, columns, alias)] };
}

/** `pg_catalog.unnest` is `unnest`. */
function functionName({ names }: ParsedCall): string {
  return names[names.length - 1]!.folded;
}

/** Any other function is a table of one row. */
function bindOneRow({ context }: SetUse, parsed: ParsedCall, own: string, { ordinality, alias }: ParsedFunctionTable): FromItem {
  const { binding } = context;
  const value = settle(binding, bindCall(context, parsed));
  const column: PlanColumn = { column: binding.newColumn(), name: own, type: value.type };
  const number: PlanColumn = { column: binding.newColumn(), name: "ordinality", type: BIGINT };
  const columns = ordinality ? [column, number] : [column];
  const operator: LogicalOperator = { kind: "LogicalValues", columns, rows: [ordinality ? [value, constant(1n, BIGINT)] : [value]] };
  return { operator, sources: [closedSource(binding, own, columns, alias)] };
}

function bindFunction(use: SetUse, operands: readonly BoundExpression[], own: string, ordinality: boolean): SetRows {
  const { binding } = use.context;
  const row = chooseSetFunction(use, operands);
  if (!row.counts) return bindLists(binding, undefined, [listOf(use, row, operands)], own, ordinality);
  const column: PlanColumn = { column: binding.newColumn(), name: own, type: row.columns[0]!.type! };
  const number = ordinality ? { column: binding.newColumn(), name: "ordinality", type: BIGINT } : undefined;
  const arguments_ = operands.map((operand, index) => coerceImplicitly(binding, operand, row.parameters[index]!));
  const operator: LogicalOperator = {
    kind: "LogicalFunctionScan",
    name: SERIES,
    arguments: arguments_,
    columns: [column],
    ordinality: number,
  };
  return { operator, columns: number === undefined ? [column] : [column, number] };
}
