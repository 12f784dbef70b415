/**
 * Rule push-limits: rows that nobody will see are not made. A limit goes below projections, and takes a sort along that does not
 * use what they make: limit and sort side by side become a top-k, and only its rows are projected. A copy of the limit, with the
 * offset added, goes below what makes at least one row of each. Not into joins and unions that write: all of their rows count.
 */
import type { BoundConstant } from "../plan/expression.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import { isVolatile, rewriteOperators, writes } from "../plan/walk.ts";
import { plainType } from "../type/type.ts";
import { usesSome } from "./predicate.ts";

type Limit = Extract<LogicalOperator, { readonly kind: "LogicalLimit" }>;

export function pushLimits(root: LogicalOperator): LogicalOperator {
  return rewriteOperators(root, (operator) => (operator.kind === "LogicalLimit" ? pushLimit(operator) : operator));
}

function pushLimit(limit: Limit): LogicalOperator {
  const input = limit.input;
  switch (input.kind) {
    case "LogicalProject":
      if (input.items.some(({ value }) => isVolatile(value))) return limit;
      return { ...input, input: pushLimit({ ...limit, input: input.input }) };
    case "LogicalSort": {
      const project = input.input;
      if (project.kind !== "LogicalProject" || project.items.some(({ value }) => isVolatile(value))) return limit;
      const made = new Set(project.items.map(({ column }) => column));
      if (input.keys.some(({ value }) => usesSome(value, made))) return limit;
      return { ...project, input: pushLimit({ ...limit, input: { ...input, input: project.input } }) };
    }
    case "LogicalSetOperation": {
      const rows = rowsAsked(limit);
      if (rows === undefined || writes(input) || input.operator !== "union" || !input.all) return limit;
      return { ...limit, input: { ...input, left: firstRows(input.left, rows), right: firstRows(input.right, rows) } };
    }
    case "LogicalJoin": {
      const rows = rowsAsked(limit);
      if (rows === undefined || writes(input) || (input.join !== "left" && input.join !== "single" && input.join !== "mark")) return limit;
      return { ...limit, input: { ...input, left: firstRows(input.left, rows) } };
    }
    default:
      return limit;
  }
}

/** Limit and offset together, where both are known. */
function rowsAsked(limit: Limit): bigint | undefined {
  const rows = limit.limit?.kind === "BoundConstant" ? limit.limit.value : undefined;
  const skipped = limit.offset === undefined ? 0n : limit.offset.kind === "BoundConstant" ? (limit.offset.value ?? 0n) : undefined;
  if (typeof rows !== "bigint" || typeof skipped !== "bigint" || rows < 0n || skipped < 0n) return undefined;
  return rows + skipped;
}

function firstRows(input: LogicalOperator, rows: bigint): LogicalOperator {
  if (input.kind === "LogicalLimit") return input;
  const limit: BoundConstant = { kind: "BoundConstant", type: plainType("bigint"), value: rows };
  return pushLimit({ kind: "LogicalLimit", input, limit, offset: undefined });
}
