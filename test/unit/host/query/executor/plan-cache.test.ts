/**
 * Plans and the sizes that they were made for: a plan is made anew when there are many more rows, and only then. What is seen is the prepared
 * statement's own plan: whether it is another one, and whether it goes by an index.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { SimulatedDisk } from "../../../../../host/platform/simulated/disk.ts";
import type { Parameters } from "../../../../../host/query/executor/input.ts";
import type { Prepared } from "../../../../../host/query/executor/plan-cache.ts";
import { SessionSettings } from "../../../../../host/query/executor/settings.ts";
import type { PlannedStatement } from "../../../../../host/query/executor/statement.ts";
import { QueryMachine, recovered, SILENT } from "../../../../support/query-machine.ts";

describe("what was prepared while there were no rows", () => {
  let machine: QueryMachine;

  beforeEach(async () => {
    machine = new QueryMachine(await recovered(new SimulatedDisk(1), SILENT));
  });

  function prepare(language: "sql" | "cypher", text: string): Prepared {
    return machine.queries.prepare(machine.queries[language], text, 0);
  }

  /** Runs it, and answers the plan that it was run with. */
  function run(prepared: Prepared, parameters: Parameters): PlannedStatement {
    const { queries } = machine;
    queries.run(prepared, parameters, { database: 0, settings: new SessionSettings(0) }, queries.valueRows);
    return prepared.statement as PlannedStatement;
  }

  function isByIndex({ plan }: PlannedStatement): boolean {
    return JSON.stringify(plan.root, (_, value) => (typeof value === "bigint" ? String(value) : value)).includes('"kind":"index"');
  }

  it("goes by an index of a table that was filled", () => {
    machine.run("sql", "CREATE TABLE t (id integer PRIMARY KEY, n integer)");
    machine.run("sql", "CREATE INDEX t_n ON t (n)");
    const prepared = prepare("sql", "SELECT id FROM t WHERE n = $1");
    expect(isByIndex(run(prepared, [1]))).toBe(false);
    machine.run("sql", "INSERT INTO t SELECT i, i FROM generate_series(1, 60) AS g(i)");
    const first = run(prepared, [1]);
    machine.run("sql", "INSERT INTO t SELECT i, i FROM generate_series(61, 1000) AS g(i)");
    const second = run(prepared, [1]);
    expect(isByIndex(second)).toBe(true);
    expect(second).not.toBe(first);
    // Compiled by now; and again eight times as many.
    expect(run(prepared, [1])).toBe(second);
    machine.run("sql", "INSERT INTO t SELECT i, i FROM generate_series(1001, 7000) AS g(i)");
    expect(run(prepared, [1])).toBe(second);
    machine.run("sql", "INSERT INTO t SELECT i, i FROM generate_series(7001, 9000) AS g(i)");
    const third = run(prepared, [1]);
    expect(third).not.toBe(second);
    // Fewer rows are no reason.
    machine.run("sql", "DELETE FROM t");
    expect(run(prepared, [1])).toBe(third);
  });

  it("is planned anew for documents that came by other commands", () => {
    machine.run("sql", "CREATE INDEX d_n ON d (n)");
    const prepared = prepare("sql", "SELECT id FROM d WHERE n = $1");
    expect(isByIndex(run(prepared, ["1"]))).toBe(false);
    for (let id = 0; id < 200; id++) machine.command("JSON.SET", `d:${id}`, "$", `{"n": ${id}}`);
    expect(isByIndex(run(prepared, ["1"]))).toBe(true);
  });

  it("is planned anew for a graph that has grown", () => {
    const prepared = prepare("cypher", "MATCH (a:A)-[:R]->(b:B) RETURN count(*) AS n");
    run(prepared, {});
    machine.run("cypher", "UNWIND range(1, 10) AS i CREATE (:A)-[:R]->(:B)");
    const first = run(prepared, {});
    machine.run("cypher", "MATCH (b:B) WITH b LIMIT 1 UNWIND range(1, 2000) AS i CREATE (:A)-[:R]->(b)");
    const second = run(prepared, {});
    expect(second).not.toBe(first);
    expect(run(prepared, {})).toBe(second);
  });
});
