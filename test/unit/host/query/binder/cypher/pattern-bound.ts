/**
 * What the tests of patterns share: a Cypher query bound, checked for being well formed, as text or as its error.
 */
import { DatabaseError } from "../../../../../../host/common/error.ts";
import type { ParsedCypherQuery } from "../../../../../../host/query/ast/cypher/query.ts";
import { bindCypher } from "../../../../../../host/query/binder/cypher/bind.ts";
import { parseCypher } from "../../../../../../host/query/parser/cypher/parse.ts";
import type { LogicalPlan } from "../../../../../../host/query/plan/operator.ts";
import { printPlan } from "../../../../../../host/query/plan/print.ts";
import { fakeCatalog } from "../fake-catalog.ts";
import { planProblem } from "../plan-check.ts";

export function bindQuery(text: string): LogicalPlan {
  return bindCypher(parseCypher(text) as ParsedCypherQuery, text, { catalog: fakeCatalog(), functions: undefined });
}

/** The plan as text. Throws for one that is not well formed. */
export function planText(text: string): string {
  const plan = bindQuery(text);
  const problem = planProblem(plan);
  if (problem !== undefined) throw new TypeError(`${text}\n${problem}\n${printPlan(plan)}`);
  return printPlan(plan);
}

/** openCypher's class and detail, and the position, of what is wrong. */
export function failure(text: string): string {
  try {
    bindQuery(text);
  } catch (error) {
    if (error instanceof DatabaseError) return /at line \d+:\d+ \[.*\]$/.exec(error.message)?.[0] ?? error.message;
    throw error;
  }
  throw new TypeError(`it was taken: ${text}`);
}
