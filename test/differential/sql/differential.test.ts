/**
 * The differential tester of SQL in CI.
 *
 * Goal: what it makes is the dialect that all share (PostgreSQL and SQLite agree on it), a planted difference is found and shrunk, ours
 * agrees with SQLite, over declared tables and over documents, and neither indexes nor compilation, optimiser or standing still change an answer.
 * Method: random queries by seed (MEMFLUX_SEED). Not run where a side is not installed, and for ours as long as the command table has no
 * SQL.QUERY.
 */
import { describe, expect, it, onTestFinished } from "vitest";
import { findRow } from "../../../host/command/table.ts";
import type { SqlResult } from "../../support/sql/peer.ts";
import { openSqlite } from "../../support/sql/sqlite.ts";
import { openSide, type SideName } from "./sides.ts";
import { printStatement } from "./statement.ts";
import { describeSqlDifference, runSqlDifferential, type Side } from "./tester.ts";

const SEED = Number(process.env.MEMFLUX_SEED ?? 20_401);
const QUERIES = 2000;
const QUERIES_BETWEEN_PEERS = 400;
const isSqlThere = findRow("SQL.QUERY") !== undefined;

async function expectAgreement(names: readonly [SideName, SideName], queries: number): Promise<void> {
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

describe(`random SQL (seed ${SEED})`, () => {
  it(`of ${QUERIES_BETWEEN_PEERS} queries has one meaning in PostgreSQL and SQLite`, () =>
    expectAgreement(["postgresql", "sqlite"], QUERIES_BETWEEN_PEERS));

  it.skipIf(!isSqlThere)(`of ${QUERIES} queries is answered by ours as by SQLite`, () => expectAgreement(["library", "sqlite"], QUERIES));

  it.skipIf(!isSqlThere)(`of ${QUERIES_BETWEEN_PEERS} queries is answered by our server as by the library`, () =>
    expectAgreement(["memflux", "library"], QUERIES_BETWEEN_PEERS),
  );

  it.skipIf(!isSqlThere)(`of ${QUERIES} queries is answered alike with and without indexes`, () =>
    expectAgreement(["library-indexed", "library"], QUERIES),
  );

  it.skipIf(!isSqlThere)(`of ${QUERIES} queries over documents that nobody declared is answered as by SQLite over tables`, () =>
    expectAgreement(["library-undeclared", "sqlite"], QUERIES),
  );

  it.skipIf(!isSqlThere)(`of ${QUERIES} queries is answered alike by compiled code and by the interpreter`, () =>
    expectAgreement(["library-compiled", "library-interpreted"], QUERIES),
  );

  it.skipIf(!isSqlThere)(
    `of ${QUERIES_BETWEEN_PEERS} queries is answered by compiled code that stands still at each row as by the interpreter`,
    () => expectAgreement(["library-sliced", "library-interpreted"], QUERIES_BETWEEN_PEERS),
  );

  it.skipIf(!isSqlThere)(`of ${QUERIES} queries is answered alike with and without the optimiser`, () =>
    expectAgreement(["library-indexed", "library-unoptimised"], QUERIES),
  );
});

describe(`a planted difference (seed ${SEED})`, () => {
  /** SQLite twice; the second falsifies its answers. */
  async function find(falsify: (sql: string, result: SqlResult) => SqlResult) {
    const sides: Side[] = [];
    for (const isFalse of [false, true]) {
      const peer = await openSqlite();
      if (peer === undefined) throw new Error("sql.js is not installed in test/node_modules");
      onTestFinished(() => peer.close());
      const run = async (sql: string): Promise<SqlResult> => (isFalse ? falsify(sql, await peer.run(sql)) : peer.run(sql));
      sides.push({ runner: { name: peer.name, run }, reset: () => peer.reset() });
    }
    return (await runSqlDifferential([sides[0]!, sides[1]!], SEED, QUERIES)).difference;
  }

  it("in outer joins is found and shrunk to one", async () => {
    const difference = await find((sql, result) => (sql.includes("LEFT JOIN") ? { ...result, rows: result.rows.slice(1) } : result));
    const text = printStatement(difference!.scenario.statement);
    expect(text).toMatch(/^[^W]*(WITH [^W]*)?LEFT JOIN \S+ a\d+ ON true$/);
    expect(text.length).toBeLessThan(160);
    expect(difference!.scenario.writes).toEqual([]);
    expect(difference!.scenario.tables.flatMap(({ rows }) => rows).length).toBeLessThanOrEqual(2);
  });

  it("in the number of updated rows is found and shrunk to the update", async () => {
    const difference = await find((sql, result) =>
      sql.startsWith("UPDATE") && result.affected !== undefined && result.affected > 0
        ? { ...result, affected: result.affected + 1 }
        : result,
    );
    expect(printStatement(difference!.scenario.statement)).toMatch(/^UPDATE t\d SET c\d = \S+$/);
    expect(difference!.scenario.writes).toEqual([]);
  });

  it("of a ten thousandth in a sum is found", async () => {
    const difference = await find((sql, result) =>
      sql.includes("sum(")
        ? { ...result, rows: result.rows.map((row) => row.map((value) => (typeof value === "number" ? value * 1.0001 : value))) }
        : result,
    );
    expect(printStatement(difference!.scenario.statement)).toContain("sum(");
  });

  it("in order alone is found where the order is given", async () => {
    const difference = await find((sql, result) => (sql.includes("ORDER BY") ? { ...result, rows: [...result.rows].reverse() } : result));
    expect(printStatement(difference!.scenario.statement)).toContain("ORDER BY");
  });
});
