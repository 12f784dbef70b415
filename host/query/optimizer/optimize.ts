/**
 * The optimiser: rules, one after the other, each from a plan to one that gives the same rows. Any of them can be switched off
 * (tests run statements with each rule off and compare).
 */
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { chooseAccess } from "./choose-access.ts";
import { chooseNodes } from "./choose-nodes.ts";
import type { OptimizerContext } from "./context.ts";
import { countExpands } from "./count-expands.ts";
import { foldConstants } from "./fold-constants.ts";
import { lookUpJoins } from "./look-up-joins.ts";
import { lookUpNodes } from "./look-up-nodes.ts";
import { matchLabels } from "./match-labels.ts";
import { mergeEqualities } from "./merge-equalities.ts";
import { orderExpands } from "./order-expands.ts";
import { orderJoins } from "./order-joins.ts";
import { pruneColumns } from "./prune-columns.ts";
import { pushFilters } from "./push-filters.ts";
import { pushLimits } from "./push-limits.ts";
import { reachNodes } from "./reach-nodes.ts";
import { reduceGroups } from "./reduce-groups.ts";
import { rewriteSubqueries } from "./rewrite-subqueries.ts";
import { useIndexOrder } from "./use-index-order.ts";

interface Rule {
  readonly name: string;
  readonly apply: (root: LogicalOperator, context: OptimizerContext, plan: LogicalPlan) => LogicalOperator;
}

/** The rules in the order in which they are applied. */
export const RULES: readonly Rule[] = [
  { name: "fold-constants", apply: foldConstants },
  { name: "merge-equalities", apply: mergeEqualities },
  { name: "rewrite-subqueries", apply: rewriteSubqueries },
  { name: "push-filters", apply: pushFilters },
  { name: "match-labels", apply: matchLabels },
  { name: "reduce-groups", apply: reduceGroups },
  { name: "order-joins", apply: orderJoins },
  { name: "order-expands", apply: (root, context, plan) => orderExpands(root, context, plan.output) },
  { name: "choose-access", apply: chooseAccess },
  { name: "choose-nodes", apply: chooseNodes },
  { name: "look-up-joins", apply: lookUpJoins },
  { name: "look-up-nodes", apply: lookUpNodes },
  { name: "push-limits", apply: pushLimits },
  { name: "use-index-order", apply: useIndexOrder },
  { name: "prune-columns", apply: (root, _context, plan) => pruneColumns(root, plan.output) },
  { name: "count-expands", apply: countExpands },
  { name: "reach-nodes", apply: (root, _context, plan) => reachNodes(root, plan.output) },
];

/** The plan with all rules applied that are not switched off. */
export function optimize(plan: LogicalPlan, context: OptimizerContext): LogicalPlan {
  let root = plan.root;
  for (const { name, apply } of RULES) if (!context.disabled.has(name)) root = apply(root, context, plan);
  return root === plan.root ? plan : { ...plan, root };
}
