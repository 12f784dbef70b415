/**
 * What the tests of Cypher's binder share: a query bound against the fake catalog, as text or as its error. Every plan that is made is
 * well formed.
 */
import { DatabaseError } from "../../../../../../host/common/error.ts";
import type { ParsedCypherStatement } from "../../../../../../host/query/ast/cypher/statement.ts";
import { bindCypher } from "../../../../../../host/query/binder/cypher/bind.ts";
import { fingerprintCypher, parseCypherFingerprint } from "../../../../../../host/query/parser/cypher/fingerprint.ts";
import { parseCypher } from "../../../../../../host/query/parser/cypher/parse.ts";
import type { LogicalPlan } from "../../../../../../host/query/plan/operator.ts";
import { printPlan } from "../../../../../../host/query/plan/print.ts";
import { fakeCatalog } from "../fake-catalog.ts";
import { planProblem } from "../plan-check.ts";

const SURROUNDINGS = { catalog: fakeCatalog(), functions: undefined };

/** `lifted`: with literals lifted out, as the statement cache does it. */
export function bind(text: string, lifted = false): LogicalPlan {
  const statement: ParsedCypherStatement = lifted ? parseCypherFingerprint(fingerprintCypher(text)) : parseCypher(text);
  if (statement.kind !== "ParsedCypherQuery") throw new TypeError(`no query: ${text}`);
  const plan = bindCypher(statement, text, SURROUNDINGS);
  const problem = planProblem(plan);
  if (problem !== undefined) throw new TypeError(`${problem}: ${text}\n${printPlan(plan)}`);
  return plan;
}

export function planText(text: string, lifted = false): string {
  const plan = bind(text, lifted);
  return plan.parameterNames!.length === 0 ? printPlan(plan) : `${printPlan(plan)}\nNames: ${plan.parameterNames!.join(", ")}`;
}

export function failure(text: string): DatabaseError {
  try {
    bind(text);
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  }
  throw new TypeError(`it was taken: ${text}`);
}
