/**
 * What the tests of the binder share: a statement bound against the fake catalog, as text or as its error.
 */
import { DatabaseError } from "../../../../../host/common/error.ts";
import { bindStatement } from "../../../../../host/query/binder/bind.ts";
import { fingerprint, parseFingerprint } from "../../../../../host/query/parser/sql/fingerprint.ts";
import { parseSql } from "../../../../../host/query/parser/sql/parse.ts";
import type { LogicalPlan } from "../../../../../host/query/plan/operator.ts";
import { printPlan } from "../../../../../host/query/plan/print.ts";
import { formatType } from "../../../../../host/query/type/name.ts";
import { fakeCatalog } from "./fake-catalog.ts";

const SURROUNDINGS = { catalog: fakeCatalog(), functions: undefined, parameters: [] };

/** `lifted`: with literals lifted out, as the statement cache does it. */
export function bind(text: string, lifted = false): LogicalPlan {
  return bindStatement(lifted ? parseFingerprint(fingerprint(text)) : parseSql(text), text, SURROUNDINGS);
}

export function planText(text: string, lifted = false): string {
  return printPlan(bind(text, lifted));
}

/** Names and types of the result's columns, then of the parameters. */
export function signature(text: string): string {
  const { output, parameters } = bind(text);
  const columns = output.map(({ name, type }) => `${name} ${formatType(type)}`).join(", ");
  return parameters.length === 0 ? columns : `${columns}; ${parameters.map(formatType).join(", ")}`;
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
