/**
 * What EXECUTE gives a prepared statement: expressions over nothing, each of the type of its parameter.
 */
import type { ParsedExecute } from "../ast/control.ts";
import type { LogicalOperator, LogicalPlan, PlanColumn } from "../plan/operator.ts";
import { visitExpression } from "../plan/walk.ts";
import { formatPlainType } from "../type/name.ts";
import type { SqlType } from "../type/type.ts";
import { literalsOf } from "./bind.ts";
import { Binding, type Surroundings } from "./binding.ts";
import { coerce } from "./coerce.ts";
import { bindExpression, type Context, startOf } from "./expression.ts";
import { Level } from "./scope.ts";

/** A query of one row, with a column for each parameter. */
export function bindArguments(parsed: ParsedExecute, text: string, types: readonly SqlType[], surroundings: Surroundings): LogicalPlan {
  const binding = new Binding(text, surroundings);
  const given = parsed.arguments;
  if (given.length !== types.length) {
    const detail = `Expected ${types.length} parameters but got ${given.length}.`;
    const message = `wrong number of parameters for prepared statement "${parsed.name.folded}" (DETAIL: ${detail})`;
    throw binding.error("42601", message, parsed.position);
  }
  const context: Context = { binding, level: new Level(undefined, false), clause: "EXECUTE parameters", aggregates: undefined };
  const values = given.map((argument, index) => {
    const value = bindExpression(context, argument);
    visitExpression(value, (part) => {
      if (part.kind !== "BoundSubquery") return;
      throw binding.error("0A000", "cannot use subquery in EXECUTE parameter", binding.positionOf(part) ?? startOf(argument));
    });
    const type = types[index]!;
    const coerced = coerce(binding, value, type, "assignment");
    if (coerced !== undefined) return coerced;
    const found = `parameter $${index + 1} of type ${formatPlainType(value.type)}`;
    const message = `${found} cannot be coerced to the expected type ${formatPlainType(type)}`;
    throw binding.error("42804", `${message} (HINT: You will need to rewrite or cast the expression.)`, startOf(argument));
  });
  const columns = values.map(({ type }, index): PlanColumn => ({ column: binding.newColumn(), name: `$${index + 1}`, type }));
  const root: LogicalOperator = { kind: "LogicalValues", columns, rows: [values] };
  return {
    root,
    output: columns,
    parameters: binding.parameterTypes(),
    literals: literalsOf(root),
    dependencies: binding.dependencies(),
    modifies: false,
  };
}
