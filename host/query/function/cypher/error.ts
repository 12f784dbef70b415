/**
 * Errors of SQL's functions that Cypher uses too, as Cypher's: what an addition of integers fails with has a SQLSTATE, since plans write
 * it out for both languages.
 */
import { type CypherErrorClass, cypherError } from "../../../common/cypher-error.ts";
import type { DatabaseError } from "../../../common/error.ts";
import { sqlStateOf } from "../../../common/sql-state.ts";

const BY_STATE: ReadonlyMap<string, readonly [kind: CypherErrorClass, detail: string]> = new Map([
  ["22003", ["ArithmeticError", "NumberOutOfRange"]],
  ["22012", ["ArithmeticError", "DivisionByZero"]],
  ["42804", ["TypeError", "InvalidArgumentType"]],
  ["2201B", ["ArgumentError", "InvalidArgumentValue"]],
  ["2201W", ["SyntaxError", "NegativeIntegerArgument"]],
  ["2201X", ["SyntaxError", "NegativeIntegerArgument"]],
]);

/** The error of a Cypher statement that failed with `error`: with openCypher's class where there is one, else the same. */
export function asCypherError(error: DatabaseError): DatabaseError {
  const state = sqlStateOf(error);
  const known = state === undefined ? undefined : BY_STATE.get(state);
  if (known === undefined) return error;
  return cypherError(known[0], known[1], error.message.slice(0, -` [${state}]`.length));
}
