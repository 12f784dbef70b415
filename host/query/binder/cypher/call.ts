/**
 * CALL of procedures: a row for each that the procedure answers.
 *
 * 1. A call that is the whole query answers all columns unless YIELD names some, and takes its arguments from parameters of the statement
 *    that are named as the procedure's if it has no brackets. Elsewhere brackets are asked for (`InvalidArgumentPassingMode`), and what is
 *    not yielded is not known.
 * 2. A procedure without columns answers the row that it was given.
 */
import type { ParsedProcedureCall, ParsedYield } from "../../ast/cypher/query.ts";
import { type CypherProcedure, cypherProcedure, type ProcedureValue } from "../../function/cypher/procedure.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import { BOOLEAN, type CypherBinding, columnReference, constant, INTEGER, NULL, STRING, VALUE } from "./binding.ts";
import { callOf, toValue } from "./convert.ts";
import { bindArgument, bindCondition } from "./expression.ts";
import { type Argument, argumentAs, operatorCall, wrongArgument } from "./function-row.ts";
import { kindsOf, mayBe } from "./kind.ts";
import { type ClauseState, requireNewName, type Scope, type Variable, variableOf } from "./scope.ts";
import { dependentJoin, unwind } from "./unwind.ts";

export function bindProcedureCall(
  binding: CypherBinding,
  clause: ParsedProcedureCall,
  { operator, scope }: ClauseState,
  isWhole: boolean,
): ClauseState {
  const procedure = procedureOf(binding, clause);
  const given = bindArguments(binding, procedure, clause, scope, isWhole);
  const columns = procedure.columns.map(({ name }) => binding.newPlanColumn(name, VALUE));
  procedure.columns.forEach(({ type }, index) => {
    binding.noteKinds(columns[index]!.column, new Set([type]));
  });
  const yielded = yieldedOf(binding, clause, procedure, columns, scope, isWhole);
  const called = columns.length === 0 ? operator : dependentJoin(operator, rowsOf(binding, procedure, given, columns));
  const known = scope.with(...yielded);
  if (clause.where === undefined) return { operator: called, scope: known };
  const predicate = bindCondition({ binding, scope: known, aggregates: undefined }, clause.where);
  return { operator: { kind: "LogicalFilter", input: called, predicate }, scope: known };
}

function procedureOf(binding: CypherBinding, { names, position }: ParsedProcedureCall): CypherProcedure {
  const written = names.map(({ text }) => text).join(".");
  const procedure = cypherProcedure(written.toLowerCase());
  if (procedure !== undefined) return procedure;
  throw binding.error("ProcedureError", "ProcedureNotFound", `there is no procedure \`${written}\``, names[0]?.position ?? position);
}

function bindArguments(
  binding: CypherBinding,
  { name, parameters }: CypherProcedure,
  clause: ParsedProcedureCall,
  scope: Scope,
  isWhole: boolean,
): readonly BoundExpression[] {
  const { position } = clause;
  if (clause.arguments === undefined) {
    if (isWhole) return parameters.map((parameter) => argumentAs(binding.parameter(parameter.name), parameter.sqlType));
    throw binding.syntaxError("InvalidArgumentPassingMode", `a call of ${name} within a query needs its arguments in brackets`, position);
  }
  const given = clause.arguments.map((argument) => bindArgument({ binding, scope, aggregates: undefined }, argument));
  if (given.length !== parameters.length) {
    const noun = parameters.length === 1 ? "argument" : "arguments";
    const message = `${name} takes ${parameters.length} ${noun}, not ${given.length}`;
    throw binding.syntaxError("InvalidNumberOfArguments", message, position);
  }
  return given.map((argument, index) => bindParameter(binding, name, argument, parameters[index]!));
}

function bindParameter(
  binding: CypherBinding,
  name: string,
  argument: Argument,
  { type, sqlType }: CypherProcedure["parameters"][number],
): BoundExpression {
  const accepted = type === "float" ? (["integer", "float"] as const) : [type];
  if (mayBe(kindsOf(binding, argument.value), accepted)) return argumentAs(argument.value, sqlType);
  throw wrongArgument(binding, argument, { what: name, position: argument.position, error: "SyntaxError" });
}

/** The columns that are known behind the call, under their names there. */
function yieldedOf(
  binding: CypherBinding,
  { yields, position }: ParsedProcedureCall,
  procedure: CypherProcedure,
  columns: readonly PlanColumn[],
  scope: Scope,
  isWhole: boolean,
): readonly Variable[] {
  if (yields === undefined || yields === "ALL") {
    if (yields === "ALL" && !isWhole) throw binding.syntaxError("UnexpectedSyntax", "YIELD * can only stand in a call alone", position);
    return isWhole ? columns.map((column) => variableOf(column)) : [];
  }
  let seen = scope;
  return yields.map((item) => {
    const variable = yieldedColumn(binding, item, procedure, columns);
    requireNewName(binding, seen, item.alias ?? item.name);
    seen = seen.with(variable);
    return variable;
  });
}

function yieldedColumn(
  binding: CypherBinding,
  { name, alias }: ParsedYield,
  procedure: CypherProcedure,
  columns: readonly PlanColumn[],
): Variable {
  const column = columns.find((known) => known.name === name.text);
  if (column === undefined) {
    throw binding.syntaxError("UndefinedVariable", `${procedure.name} has no column \`${name.text}\``, name.position);
  }
  return variableOf({ ...column, name: (alias ?? name).text });
}

function rowsOf(
  binding: CypherBinding,
  { rows }: CypherProcedure,
  given: readonly BoundExpression[],
  columns: readonly PlanColumn[],
): LogicalOperator {
  if (rows.kind === "constant") {
    return { kind: "LogicalValues", columns, rows: rows.rows().map((row) => row.map((value) => toValue(valueConstant(value)))) };
  }
  const list = callOf(rows.list, ...given);
  const [only] = columns;
  if (columns.length === 1) return unwind(list, only!);
  const row = binding.newPlanColumn("row", VALUE);
  const items = columns.map((column, index) => {
    const position = toValue(constant(BigInt(index), INTEGER));
    return { ...column, value: operatorCall(binding, "[]", columnReference(row), position) };
  });
  return { kind: "LogicalProject", input: unwind(list, row), items };
}

function valueConstant(value: ProcedureValue): BoundExpression {
  if (value === null) return NULL;
  if (typeof value === "string") return constant(value, STRING);
  return constant(value, typeof value === "bigint" ? INTEGER : BOOLEAN);
}
