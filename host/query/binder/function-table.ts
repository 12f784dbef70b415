/**
 * Functions in FROM: generate_series and its like. Their arguments see what stands to the left of them.
 */
import type { ParsedFunctionTable } from "../ast/query.ts";
import { findSetFunctions } from "../function/set-function.ts";
import type { LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { formatPlainType } from "../type/name.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { chooseCandidate } from "./candidate.ts";
import { coerceImplicitly } from "./coerce.ts";
import { bindExpression } from "./expression.ts";
import { closedSource, type FromItem } from "./from.ts";
import { Level } from "./scope.ts";

export function bindFunctionTable(binding: Binding, level: Level, reference: ParsedFunctionTable): FromItem {
  const { call, alias, position } = reference;
  const name = call.names[call.names.length - 1]!.folded;
  if (reference.returns.length > 0) throw binding.notSupported(`${name} in FROM`, position);
  const inner = new Level(level, true);
  const context = { binding, level: inner, clause: "functions in FROM", aggregates: undefined };
  const operands = call.arguments.map((argument) => {
    if (argument.kind === "ParsedArgument") throw binding.notSupported("a named or variadic argument", argument.position);
    return bindExpression(context, argument);
  });
  const rows = findSetFunctions(name);
  const types = operands.map(({ type }) => type);
  if (rows.length === 0) throw binding.notSupported(`${name}(${types.map(formatPlainType).join(", ")}) in FROM`, position);
  const choice = chooseCandidate(rows, types, false);
  if (choice.kind !== "one") {
    const problem = choice.kind === "none" ? "does not exist" : "is not unique";
    const state = choice.kind === "none" ? "42883" : "42725";
    throw binding.error(state, `function ${name}(${types.map(formatPlainType).join(", ")}) ${problem}`, position);
  }
  const { row } = choice;
  const columns = row.columns.map(({ name: column, type }): PlanColumn => {
    return { column: binding.newColumn(), name: column ?? alias?.name?.folded ?? name, type };
  });
  const ordinality: PlanColumn | undefined = reference.ordinality
    ? { column: binding.newColumn(), name: "ordinality", type: plainType("bigint") }
    : undefined;
  const arguments_ = operands.map((operand, index) => coerceImplicitly(binding, operand, row.parameters[index]!));
  const operator: LogicalOperator = { kind: "LogicalFunctionScan", name, arguments: arguments_, columns, ordinality };
  const shown = ordinality === undefined ? columns : [...columns, ordinality];
  return { operator, sources: [closedSource(binding, alias?.name?.folded ?? name, shown, alias)] };
}
