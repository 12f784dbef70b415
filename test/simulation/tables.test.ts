/**
 * Goal: declared tables hold what they promise, whichever way rows are written and whatever ends the process: keys and UNIQUE
 * columns have no duplicates, NOT NULL and CHECK hold, a statement or command that is refused has changed nothing, indexes change
 * no result; after a crash a state is found that was there behind a statement, with all constraints alive.
 * Method: random SQL and commands against plain JavaScript rows, on the built debug engine with its log on a simulated disk. The
 * model says of each write whether it must be refused.
 */
import { describe, expect, it } from "vitest";
import { SETTING_MAX_PAGES } from "../../assembly/abi/status.ts";
import { DatabaseError } from "../../host/common/error.ts";
import { type CrashKind, SimulatedDisk } from "../../host/platform/simulated/disk.ts";
import { SessionSettings } from "../../host/query/executor/settings.ts";
import { START_MS, TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { QueryMachine, recovered } from "../support/query-machine.ts";
import { createRandom, type SeededRandom } from "../support/random.ts";
import { encodeRequest } from "../support/reply.ts";

interface Row {
  readonly id: number;
  readonly a: number | null;
  readonly b: string;
  readonly c: number;
}

/** A table's rows by their key. */
type Rows = ReadonlyMap<number, Row>;

const LOADED = ["id", "a", "b", "c"] as const;
const DEFINITION = "CREATE TABLE m (id integer PRIMARY KEY, a integer UNIQUE, b varchar(4) NOT NULL, c integer DEFAULT 5 CHECK (c >= 0))";

/** What a write makes of the rows, or undefined: it must be refused. */
function changed(rows: Rows, removed: readonly number[], written: readonly { readonly [name in keyof Row]: unknown }[]): Rows | undefined {
  const next = new Map(rows);
  for (const id of removed) next.delete(id);
  for (const row of written) {
    const { id, a, b, c } = row;
    if (next.has(id as number) || typeof b !== "string" || b.length > 4 || (c as number) < 0) return undefined;
    if (a !== null && [...next.values()].some((other) => other.a === a)) return undefined;
    next.set(id as number, row as unknown as Row);
  }
  return next;
}

class Machine extends QueryMachine {
  readonly reports: readonly string[];

  private constructor(parts: Awaited<ReturnType<typeof recovered>>, reports: readonly string[]) {
    super(parts);
    this.reports = reports;
  }

  static async start(disk: SimulatedDisk, seed: number): Promise<Machine> {
    const reports: string[] = [];
    const report = (line: string): void => {
      reports.push(line);
    };
    return new Machine(await recovered(disk, { durability: "fsync", seed, report, told: report }), reports);
  }

  /** Loads rows as a batch; throws the error of the first that is refused. */
  load(rows: readonly Row[]): void {
    try {
      const prepared = this.queries.prepare(this.queries.sql, "INSERT INTO m (id, a, b, c) VALUES ($1, $2, $3, $4)", 0);
      const loaded = this.queries.load(prepared, LOADED, rows, { database: 0, settings: new SessionSettings(0) });
      expect(loaded).toBe(rows.length);
    } finally {
      this.database.commits.pass();
    }
  }

  /** Names of keys, sorted. */
  keys(pattern: string): readonly string[] {
    const { engine } = this.database;
    engine.execute(this.session, engine.loadInput(encodeRequest(["KEYS", pattern]), 0), START_MS);
    const reply = new TextDecoder().decode(engine.replyView());
    return reply
      .split("\r\n")
      .filter((line) => line.startsWith("_internal"))
      .sort();
  }

  /** Stores a string to fill memory; false when there is no room. */
  fills(number: number): boolean {
    const { engine } = this.database;
    const request = encodeRequest(["SET", `fill:${number}`, "x".repeat(5000)]);
    engine.execute(this.session, engine.loadInput(request, 0), START_MS);
    const isStored = new TextDecoder().decode(engine.replyView()).startsWith("+");
    this.database.commits.pass();
    return isStored;
  }

  rows(): Rows {
    const number = (value: unknown): number => Number(value);
    return new Map(
      this.sql("SELECT id, a, b, c FROM m ORDER BY id").map(([id, a, b, c]) => [
        number(id),
        { id: number(id), a: a === null ? null : number(a), b: b as string, c: number(c) },
      ]),
    );
  }
}

/** A random write: how it is done, and what becomes of the rows. */
function randomWrite(random: SeededRandom, rows: Rows): { readonly run: (machine: Machine) => void; readonly next: Rows | undefined } {
  const id = (): number => random.below(25);
  const randomRow = (): { id: number; a: number | null; b: string | null; c: number } => ({
    id: id(),
    a: random.chance(0.2) ? null : random.below(40),
    b: random.chance(0.05) ? null : random.pick(["x", "yy", "zzz", "zzzz", ...(random.chance(0.1) ? ["fives"] : [])]),
    c: random.below(12) - (random.chance(0.1) ? 5 : 0),
  });
  const isCompiled = random.chance(0.5);
  const literal = (value: number | string | null): string => (typeof value === "string" ? `'${value}'` : String(value));
  const known = random.chance(0.8) && rows.size > 0 ? random.pick([...rows.keys()]) : id();
  const old = rows.get(known);
  const key = `m:${known}`;
  const sql = (text: string, next: Rows | undefined): { run: (machine: Machine) => void; next: Rows | undefined } => ({
    run: (machine) => machine.sql(text, isCompiled),
    next,
  });
  const command = (args: readonly string[], next: Rows | undefined): { run: (machine: Machine) => void; next: Rows | undefined } => ({
    run: (machine) => machine.command(...args),
    next,
  });
  switch (random.below(12)) {
    case 0:
    case 1: {
      const fresh = Array.from({ length: random.between(1, 3) }, randomRow);
      const values = fresh.map((row) => `(${[row.id, row.a, row.b, row.c].map(literal).join(", ")})`);
      return sql(`INSERT INTO m (id, a, b, c) VALUES ${values.join(", ")}`, changed(rows, [], fresh));
    }
    case 10: {
      const fresh = Array.from({ length: random.between(1, 6) }, randomRow);
      return { run: (machine) => machine.load(fresh as Row[]), next: changed(rows, [], fresh) };
    }
    case 11: {
      const by = random.between(1, 30);
      const least = random.below(14);
      const copies = [...rows.values()].filter(({ c }) => c > least).map((row) => ({ ...row, id: row.id + by, a: null }));
      return sql(`INSERT INTO m (id, b, c) SELECT id + ${by}, b, c FROM m WHERE c > ${least}`, changed(rows, [], copies));
    }
    case 2: {
      const row = { ...randomRow(), c: 5 };
      return sql(`INSERT INTO m (id, a, b) VALUES (${[row.id, row.a, row.b].map(literal).join(", ")})`, changed(rows, [], [row]));
    }
    case 3: {
      const row = { ...(old ?? randomRow()), ...(random.chance(0.5) ? { id: id() } : {}), a: random.below(40) };
      const next = old === undefined ? rows : changed(rows, [known], [row]);
      return sql(`UPDATE m SET id = ${row.id}, a = ${row.a} WHERE id = ${known}`, next);
    }
    case 4: {
      const by = random.below(7) - 4;
      const least = random.below(10);
      const hit = [...rows.values()].filter(({ c }) => c >= least);
      const next = changed(
        rows,
        hit.map((row) => row.id),
        hit.map((row) => ({ ...row, c: row.c + by })),
      );
      return sql(`UPDATE m SET c = c + ${by} WHERE c >= ${least}`, next);
    }
    case 5: {
      const least = random.below(14);
      return sql(
        `DELETE FROM m WHERE c > ${least} AND id % 3 = 0`,
        new Map([...rows].filter(([, row]) => !(row.c > least && row.id % 3 === 0))),
      );
    }
    case 6: {
      const row = { ...randomRow(), id: known };
      const text = JSON.stringify({ a: row.a, b: row.b, c: String(row.c) });
      return command(["JSON.SET", key, "$", text], changed(rows, old === undefined ? [] : [known], [row]));
    }
    case 7: {
      if (old === undefined) return command(["DEL", key], rows);
      const by = random.below(9) - 5;
      return command(["JSON.NUMINCRBY", key, "$.c", String(by)], changed(rows, [known], [{ ...old, c: old.c + by }]));
    }
    case 8: {
      if (random.chance(0.3)) return command(["DEL", key], new Map([...rows].filter(([other]) => other !== known)));
      if (random.chance(0.5)) return command(["SET", `m:${100 + known}`, "text"], undefined);
      const other = (known + 1) % 25;
      const [left, right] = [
        { ...randomRow(), id: known },
        { ...randomRow(), id: other },
      ];
      const args = [left, right].flatMap((row) => [`m:${row.id}`, "$", JSON.stringify(row)]);
      const first = changed(rows, [known], [left]);
      return command(["JSON.MSET", ...args], first && changed(first, [other], [right]));
    }
    default: {
      const row = randomRow();
      const there = rows.get(row.id);
      const isFit = changed(new Map(), [], [row]) !== undefined;
      const text = `INSERT INTO m (id, a, b, c) VALUES (${[row.id, row.a, row.b, row.c].map(literal).join(", ")}) ON CONFLICT (id)`;
      if (!isFit || there === undefined) {
        return sql(`${text} DO ${random.pick(["NOTHING", "UPDATE SET c = 0"])}`, isFit ? changed(rows, [], [row]) : undefined);
      }
      if (random.chance(0.5)) return sql(`${text} DO NOTHING`, rows);
      return sql(`${text} DO UPDATE SET c = excluded.c + 1`, changed(rows, [row.id], [{ ...there, c: row.c + 1 }]));
    }
  }
}

function sameRows(rows: Rows): string {
  return JSON.stringify([...rows.values()].sort((left, right) => left.id - right.id));
}

/** The same question by an index and without one. */
function checkIndexes(machine: Machine, random: SeededRandom): void {
  const low = random.below(12) - 2;
  for (const [index, scan] of [
    [`c >= ${low}`, `c + 0 >= ${low}`],
    [`c = ${low}`, `c + 0 = ${low}`],
    [`a < ${low * 3}`, `a + 0 < ${low * 3}`],
    [`a = ${low}`, `a + 0 = ${low}`],
    [`id = ${low}`, `id + 0 = ${low}`],
    ["b = 'yy'", "b || '' = 'yy'"],
  ] as const) {
    const found = machine.sql(`SELECT id FROM m WHERE ${index} ORDER BY id`);
    expect(found, index).toEqual(machine.sql(`SELECT id FROM m WHERE ${scan} ORDER BY id`));
  }
}

/** Runs a write and compares with the model; answers the rows behind it. */
function runWrite(machine: Machine, random: SeededRandom, rows: Rows): Rows {
  const { run, next } = randomWrite(random, rows);
  let refused: unknown;
  try {
    run(machine);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    refused = error;
  }
  if (refused !== undefined) expect((refused as DatabaseError).message).toMatch(/\[(23505|23502|23514|22001)\]$/);
  const found = machine.rows();
  expect(refused === undefined ? "done" : "refused").toBe(next === undefined ? "refused" : "done");
  expect(sameRows(found)).toBe(sameRows(next ?? rows));
  return next ?? rows;
}

const PLACES = ["one", "two", "s1.one", "s2.two"];

function randomDefinition(random: SeededRandom): string {
  const place = random.pick(PLACES);
  const schema = random.pick(["s1", "s2"]);
  const query = random.pick([
    `SELECT id, v FROM base WHERE id > ${random.below(15)}`,
    "SELECT count(*) AS n, max(v) AS v FROM base",
    `SELECT * FROM ${random.pick(PLACES)}`,
  ]);
  return random.pick([
    `CREATE SCHEMA ${schema}`,
    `CREATE SCHEMA IF NOT EXISTS ${schema}`,
    `DROP SCHEMA ${schema} ${random.pick(["", "CASCADE"])}`,
    `CREATE VIEW ${place} AS ${query}`,
    `CREATE OR REPLACE VIEW ${place} AS ${query}`,
    `DROP VIEW ${place} ${random.pick(["", "CASCADE"])}`,
    `CREATE TABLE ${place} AS ${query} ${random.pick(["", "", "WITH NO DATA"])}`,
    `CREATE TABLE ${place} (id integer UNIQUE, v text CHECK (v <> 'x'))`,
    `DROP TABLE ${place} ${random.pick(["", "CASCADE"])}`,
    `CREATE INDEX ON ${place} (v)`,
    `INSERT INTO ${place} SELECT id + ${random.below(3) * 100}, v FROM base`,
  ]);
}

/** All that the catalog has, and what each name answers. */
function definitions(machine: Machine): string {
  const keys = machine.keys("_internal:*");
  const answers = PLACES.map((place) => {
    try {
      return machine.sql(`SELECT * FROM ${place} ORDER BY 1, 2`).map(String);
    } catch (error) {
      return String(error);
    }
  });
  return JSON.stringify({ keys, answers });
}

describe("tables", () => {
  it(`hold their constraints however rows are written (seed ${TEST_SEED})`, async () => {
    const random = createRandom(TEST_SEED);
    const machine = await Machine.start(new SimulatedDisk(TEST_SEED), TEST_SEED);
    machine.sql(DEFINITION);
    machine.sql("CREATE INDEX by_c ON m (c DESC, b)");
    machine.sql("CREATE INDEX by_b ON m (b)");
    let rows: Rows = new Map();
    for (let left = 800 * TEST_LENGTH; left > 0; left--) {
      rows = runWrite(machine, random, rows);
      if (left % 10 === 0) checkIndexes(machine, random);
      if (left % 50 === 0) expect(machine.database.engine.checkInvariants()).toBe(0);
    }
    expect(rows.size).toBeGreaterThan(3);
    await machine.database.close();
  });

  it(`come back after a crash as they were behind a statement (seed ${TEST_SEED})`, async () => {
    const random = createRandom(TEST_SEED + 1);
    let lost = 0;
    for (let life = 0; life < 12 * TEST_LENGTH; life++) {
      const disk = new SimulatedDisk(TEST_SEED + life);
      let machine = await Machine.start(disk, life);
      machine.sql(DEFINITION);
      machine.sql("CREATE INDEX by_c ON m (c)");
      let rows: Rows = new Map();
      for (let round = 0; round < 3; round++) {
        const states = [sameRows(rows)];
        for (let left = random.between(1, 25); left > 0; left--) {
          rows = runWrite(machine, random, rows);
          states.push(sameRows(rows));
          if (random.chance(0.3)) await machine.database.commits.flush();
        }
        const durable = random.chance(0.5);
        if (durable) await machine.database.close();
        else {
          await machine.database.commits.flush();
          rows = runWrite(machine, random, rows);
          states.push(sameRows(rows));
          disk.crash(random.pick<CrashKind>(["process", "power"]));
          await machine.database.close().catch(() => {});
        }
        disk.restart();
        machine = await Machine.start(disk, life + 1000);
        expect(machine.reports.filter((line) => line.includes("cannot be restored"))).toEqual([]);
        rows = machine.rows();
        expect(states.slice(durable ? -1 : -2)).toContain(sameRows(rows));
        if (sameRows(rows) !== states.at(-1)) lost++;
        checkIndexes(machine, random);
        expect(machine.database.engine.checkInvariants()).toBe(0);
      }
      await machine.database.close();
    }
    // Else the crashes would have come too late to prove anything.
    expect(lost).toBeGreaterThan(0);
  });

  it(`their definitions, views and schemas too, come back after a crash (seed ${TEST_SEED})`, async () => {
    const random = createRandom(TEST_SEED + 2);
    let lost = 0;
    let kept = 0;
    for (let life = 0; life < 8 * TEST_LENGTH; life++) {
      const disk = new SimulatedDisk(TEST_SEED + life);
      let machine = await Machine.start(disk, life);
      machine.sql("CREATE TABLE base (id integer PRIMARY KEY, v text)");
      machine.sql("INSERT INTO base SELECT i, 'value ' || i FROM generate_series(1, 20) AS g(i)");
      for (let round = 0; round < 3; round++) {
        const states = [definitions(machine)];
        const define = (): void => {
          try {
            machine.sql(randomDefinition(random));
            kept++;
          } catch (error) {
            if (!(error instanceof DatabaseError)) throw error;
            expect(definitions(machine)).toBe(states.at(-1));
          }
          states.push(definitions(machine));
        };
        for (let left = random.between(1, 12); left > 0; left--) {
          define();
          if (random.chance(0.3)) await machine.database.commits.flush();
        }
        await machine.database.commits.flush();
        define();
        disk.crash(random.pick<CrashKind>(["process", "power"]));
        await machine.database.close().catch(() => {});
        disk.restart();
        machine = await Machine.start(disk, life + 1000);
        expect(machine.reports.filter((line) => line.includes("cannot be restored"))).toEqual([]);
        const found = definitions(machine);
        expect(states.slice(-2)).toContain(found);
        if (found !== states.at(-1)) lost++;
        expect(machine.database.engine.checkInvariants()).toBe(0);
      }
      await machine.database.close();
    }
    expect(lost).toBeGreaterThan(0);
    expect(kept).toBeGreaterThan(40);
  });

  it("refuse what memory has no room for, and have changed nothing then", async () => {
    const machine = await Machine.start(new SimulatedDisk(3), 3);
    const { engine } = machine.database;
    machine.sql(DEFINITION);
    machine.sql("CREATE INDEX by_c ON m (c)");
    machine.sql("INSERT INTO m (id, a, b) SELECT n, n, 'x' FROM generate_series(1, 200) AS g(n)");
    let rows = machine.rows();
    expect(rows.size).toBe(200);
    // Memory is full of strings, and each round has room for one more: it runs out in another place each time.
    engine.configure(SETTING_MAX_PAGES, engine.statistics.memoryReservedBytes / 65_536);
    let filled = 0;
    while (machine.fills(filled)) filled++;
    expect(filled).toBeGreaterThan(40);
    let refusals = 0;
    for (let round = 0; round < 60 && filled > 0; round++) {
      machine.command("DEL", `fill:${--filled}`);
      const before = sameRows(rows);
      const first = 1000 + round * 1000;
      const text = [
        `INSERT INTO m (id, a, b) SELECT n, n, 'x' FROM generate_series(${first}, ${first + 400}) AS g(n)`,
        "UPDATE m SET c = c + 1, b = b || ''",
        "UPDATE m SET id = id + 200000, a = -a",
        "DELETE FROM m WHERE id % 2 = 0 AND b < repeat('y', 100000)",
      ][round % 4] as string;
      let isRefused = false;
      try {
        machine.sql(text);
      } catch (error) {
        expect((error as DatabaseError).message).toMatch(/\[53200\]$/);
        isRefused = true;
        refusals++;
      }
      rows = machine.rows();
      if (isRefused) expect(sameRows(rows)).toBe(before);
      expect(engine.checkInvariants()).toBe(0);
    }
    expect(refusals).toBeGreaterThan(3);
    machine.sql("DELETE FROM m");
    expect(machine.rows().size).toBe(0);
    expect(engine.checkInvariants()).toBe(0);
    await machine.database.close();
  });
});
