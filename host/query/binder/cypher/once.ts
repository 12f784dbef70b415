/**
 * Values that an expression needs more than once: what is written once is computed once, or at least always the same.
 *
 * A subquery may stand in a plan only once, since its columns have numbers of their own; and what differs from call to call must not be
 * called again. Such a value becomes a column of a query of one row, over which the expression is computed.
 */
import type { BoundExpression, BoundSubquery } from "../../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import { isVolatile, outerColumns, visitExpression } from "../../plan/walk.ts";
import type { SqlType } from "../../type/type.ts";
import { BOOLEAN, type CypherBinding, columnReference, constant } from "./binding.ts";
import { ONE_ROW } from "./clause.ts";
import { kindsOf } from "./kind.ts";

/** What `use` makes of a value, wherever it puts it. */
export function once(binding: CypherBinding, value: BoundExpression, use: (value: BoundExpression) => BoundExpression): BoundExpression {
  if (!hasSubquery(value) && !isVolatile(value)) return use(value);
  const column = binding.newPlanColumn("once", value.type);
  binding.noteKinds(column.column, kindsOf(binding, value));
  const computed: LogicalOperator = { kind: "LogicalProject", input: ONE_ROW, items: [{ ...column, value }] };
  const result = use(columnReference(column));
  const answer = binding.newPlanColumn("answer", result.type);
  const plan: LogicalOperator = { kind: "LogicalProject", input: computed, items: [{ ...answer, value: result }] };
  return subqueryOf("scalar", result.type, plan, answer);
}

function hasSubquery(expression: BoundExpression): boolean {
  let found = false;
  visitExpression(expression, (part) => {
    if (part.kind === "BoundSubquery") found = true;
  });
  return found;
}

/** A query inside of an expression. */
export function subqueryOf(
  test: "scalar" | "exists" | "array",
  type: SqlType,
  plan: LogicalOperator,
  column: PlanColumn | undefined,
): BoundSubquery {
  const outer = [...outerColumns(plan)];
  return { kind: "BoundSubquery", type, test, plan, column: column?.column, operand: undefined, comparison: undefined, outer };
}

/** NULL where the value is, else what `use` makes of it. */
export function unlessNull(
  binding: CypherBinding,
  value: BoundExpression,
  use: (value: BoundExpression) => BoundExpression,
): BoundExpression {
  return once(binding, value, (again) => {
    const result = use(again);
    const tests = nullTests(again);
    const [first] = tests;
    if (first === undefined) return result;
    const condition: BoundExpression =
      tests.length === 1 ? first : { kind: "BoundLogical", type: BOOLEAN, operator: "OR", operands: tests };
    if (tests.some(({ kind }) => kind === "BoundConstant")) return constant(null, result.type);
    return { kind: "BoundCase", type: result.type, branches: [{ condition, result: constant(null, result.type) }], otherwise: result };
  });
}

/** The value is NULL where one of these is true: without computing it, as far as that can be told. None: it never is. */
function nullTests(value: BoundExpression): readonly BoundExpression[] {
  switch (value.kind) {
    case "BoundList":
    case "BoundMap":
    case "BoundLiteral":
      return [];
    case "BoundConstant":
      return value.value === null ? [constant(true, BOOLEAN)] : [];
    case "BoundCall": {
      const { strict, implementation } = value.function;
      if (strict && !(implementation.kind === "engine" && implementation.tagged)) return value.arguments.flatMap(nullTests);
      break;
    }
    default:
      break;
  }
  return [{ kind: "BoundIsNull", type: BOOLEAN, negated: false, operand: value }];
}
