/**
 * Goal: the differential tester of SQL finds a planted difference, and shrinks it.
 * Method: SQLite against itself with falsified answers, on the statements of agreement.ts.
 */
import { describe, expect, it, onTestFinished } from "vitest";
import type { SqlResult } from "../../support/sql/peer.ts";
import { openSqlite } from "../../support/sql/sqlite.ts";
import { QUERIES, SEED } from "./agreement.ts";
import { printStatement } from "./statement.ts";
import { runSqlDifferential, type Side } from "./tester.ts";

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
