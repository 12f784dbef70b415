/**
 * What the tests of random SQL in CI share: two sides run the same random statements (MEMFLUX_SEED) and must agree.
 */
import { expect, onTestFinished } from "vitest";
import { findRow } from "../../../host/command/table.ts";
import { openSide, type SideName } from "./sides.ts";
import { describeSqlDifference, runSqlDifferential } from "./tester.ts";

export const SEED = Number(process.env.MEMFLUX_SEED ?? 20_401);
export const QUERIES = 2000;
/** Where a side is a server or slow by design. */
export const QUERIES_BETWEEN_PEERS = 400;
/** Ours is not run as long as the command table has no SQL.QUERY. */
export const isSqlThere = findRow("SQL.QUERY") !== undefined;

/** Runs the queries on both sides. Fails where one is not installed, where they differ, and where the queries say too little. */
export async function expectAgreement(names: readonly [SideName, SideName], queries: number): Promise<void> {
  const left = await openSide(names[0]);
  onTestFinished(() => left?.close());
  const right = await openSide(names[1]);
  onTestFinished(() => right?.close());
  if (left === undefined || right === undefined) throw new Error(`${names.join(" or ")} is not installed in test/node_modules`);
  const outcome = await runSqlDifferential([left, right], SEED, queries);
  expect(outcome.difference === undefined ? "" : describeSqlDifference(outcome.difference, [left, right])).toBe("");
  expect(outcome.queries).toBe(queries);
  expect(outcome.refused).toBeLessThan(queries / 20);
  expect(outcome.empty).toBeLessThan(queries / 2);
  if (left.isUndeclared !== true) expect(outcome.writes).toBeGreaterThan(queries / 20);
}
