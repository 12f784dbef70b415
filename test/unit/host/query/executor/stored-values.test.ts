/**
 * Goal: values of Cypher that JSON has no form for come back from the graph as they were: floats that are not finite stay numbers, and date-times in
 * zones by their names are read by compiled plans of an engine that has not heard of the zone.
 * Method: properties are written in every way there is, then read interpreted and compiled, with and without an index, before and after the
 * machine was stopped.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { SimulatedDisk } from "../../../../../host/platform/simulated/disk.ts";
import { engineBuilt } from "../../../../support/engine.ts";
import { QueryMachine, recovered, SILENT } from "../../../../support/query-machine.ts";

/** A number, whether its column is dynamic or not. */
function plain(value: unknown): number {
  return Number(typeof value === "object" && value !== null ? (value as { readonly value: unknown }).value : value);
}

describe.skipIf(!engineBuilt)("stored values", () => {
  let disk: SimulatedDisk;
  let machine: QueryMachine;

  beforeEach(async () => {
    disk = new SimulatedDisk(1);
    machine = new QueryMachine(await recovered(disk, SILENT));
  });

  const restart = async (): Promise<void> => {
    await machine.database.commits.flush();
    disk.crash("power");
    disk.restart();
    machine = new QueryMachine(await recovered(disk, SILENT));
  };

  /** The rows of a query, interpreted and compiled: they are the same. */
  const rows = (text: string): readonly (readonly unknown[])[] => {
    const found = machine.run("cypher", text);
    expect(machine.run("cypher", text, true)).toEqual(found);
    return found;
  };

  const WRITES = [
    "UNWIND [1, 2, 3, 4] AS i CREATE (:F {i: i, x: [0.0 / 0.0, 1.0 / 0.0, -1.0 / 0.0, 2.5][i - 1]})",
    "CREATE (:F {i: 1}), (:F {i: 2}), (:F {i: 3}), (:F {i: 4}) WITH 1 AS one MATCH (f:F) SET f.x = CASE f.i WHEN 1 THEN 0.0 / 0.0 WHEN 2 THEN 1.0 / 0.0 WHEN 3 THEN -1.0 / 0.0 ELSE 2.5 END",
    "UNWIND [{i: 1, x: 0.0 / 0.0}, {i: 2, x: 1.0 / 0.0}, {i: 3, x: -1.0 / 0.0}, {i: 4, x: 2.5}] AS row MERGE (f:F {i: row.i}) ON CREATE SET f += row",
  ];

  const look = (): void => {
    const numbers = (text: string): readonly unknown[] => rows(text).map(([number]) => plain(number));
    expect(numbers("MATCH (f:F) RETURN f.i ORDER BY f.x")).toEqual([3, 4, 2, 1]);
    expect(numbers("MATCH (f:F) WHERE isNaN(f.x) RETURN f.i")).toEqual([1]);
    expect(numbers("MATCH (f:F) WHERE f.x <> f.x RETURN f.i")).toEqual([1]);
    expect(numbers("MATCH (f:F) WHERE f.x = 1.0 / 0.0 RETURN f.i")).toEqual([2]);
    expect(numbers("MATCH (f:F) WHERE f.x > 3 RETURN f.i")).toEqual([2]);
    expect(numbers("MATCH (f:F) WHERE f.x < 2 RETURN f.i")).toEqual([3]);
    expect(numbers("MATCH (f:F) WHERE f.x >= -1.0 / 0.0 RETURN f.i ORDER BY f.i")).toEqual([2, 3, 4]);
    expect(numbers("MATCH (f:F {i: 2}) RETURN f.x + 1")).toEqual([Number.POSITIVE_INFINITY]);
    expect(numbers("MATCH (f:F {i: 3}) RETURN properties(f).x")).toEqual([Number.NEGATIVE_INFINITY]);
    expect(numbers("MATCH (f:F) WHERE f.x < 0 RETURN size([y IN [f.x, f.x] WHERE y = f.x])")).toEqual([2]);
  };

  it.each(WRITES)("floats that are not finite stay numbers: %s", async (text) => {
    machine.run("cypher", text, true);
    look();
    // What stands beside them is written anew.
    machine.run("cypher", "MATCH (f:F) SET f.other = f.i, f.list = [f.x, 1.5]", true);
    look();
    await restart();
    look();
    expect(rows("MATCH (f:F) WHERE f.list[0] > 3 RETURN f.i, f.list[1]").length).toBe(1);
    machine.run("cypher", "CREATE INDEX FOR (f:F) ON (f.x)");
    look();
    machine.run("cypher", "MATCH (f:F) WHERE f.x < 0 SET f.x = f.x * -1, f.was = f.x");
    expect(rows("MATCH (f:F) WHERE f.x = 1.0 / 0.0 RETURN f.i ORDER BY f.i").length).toBe(2);
    machine.run("cypher", "MATCH (f:F) DELETE f");
    expect(rows("MATCH (f:F) WHERE f.x > 1 RETURN f.i")).toEqual([]);
  });

  it("a map with such a field is none of them", () => {
    expect(rows("WITH {`$float`: 'NaN', y: 1} AS m RETURN m.y, isNaN(0.0 / 0.0)")).toEqual([[{ tag: 2, value: 1n }, true]]);
  });

  it("a compiled plan meets a zone that nobody has named before", async () => {
    machine.run(
      "cypher",
      "UNWIND range(1, 50) AS i CREATE (:T {i: i, at: datetime({year: 2020, month: 1 + i % 12, timezone: 'Europe/Stockholm'}), later: duration('P6M')})",
    );
    machine.run("cypher", "CREATE (:T {i: 51, at: datetime('2020-07-01T12:00:00[America/New_York]'), later: duration('P6M')})");
    const question = "MATCH (t:T) RETURN t.i AS i, toString(t.at + t.later) AS later ORDER BY i";
    const before = machine.run("cypher", question);
    const texts = before.map(([, later]) => (later as { readonly value: unknown }).value ?? later);
    expect(texts.at(-1)).toBe("2021-01-01T12:00-05:00[America/New_York]");
    await restart();
    expect(machine.run("cypher", question, true)).toEqual(before);
    await restart();
    // What was found before the plan came to the zone comes once.
    expect(machine.run("cypher", "MATCH (t:T) WITH t.i AS i, t.at + t.later AS later WHERE later IS NOT NULL RETURN i", true).length).toBe(
      51,
    );
  });
});
