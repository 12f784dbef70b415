/**
 * Goal: a query that lets others run answers what there was at its first instant, whatever is written meanwhile, and leaves no byte behind
 * however it ends.
 * Method: a debug engine (freed memory is poisoned) whose queries stand still behind few rows. Each query is run once in one piece;
 * then it is started, compiled or interpreted, and between any two slices random statements and commands change, remove and add rows,
 * indexes and tables.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenResult } from "../../../../../host/query/executor/open-result.ts";
import type { QueryEngine } from "../../../../../host/query/executor/query-engine.ts";
import type { RunOptions } from "../../../../../host/query/executor/query-result.ts";
import { SessionSettings } from "../../../../../host/query/executor/settings.ts";
import type { Suspended } from "../../../../../host/query/executor/suspended-statement.ts";
import type { Value } from "../../../../../host/query/executor/value.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { createRandom, type SeededRandom } from "../../../../support/random.ts";
import { openYielding, type YieldingDatabase } from "../../../../support/yielding.ts";

type Rows = readonly (readonly Value[])[];
type Started = OpenResult<readonly Value[]> | Suspended<OpenResult<readonly Value[]>>;

/** More than two chunks of a collection, between which scans stop. */
const ROWS = 2200;
const WORK = 150;
const QUERIES: readonly string[] = [
  "SELECT * FROM item",
  "SELECT id, note FROM item WHERE price > 20",
  "SELECT count(*), sum(price), min(note), max(note) FROM item",
  "SELECT kind, count(*), avg(price), string_agg(note, ',') FROM item GROUP BY kind",
  "SELECT note FROM item ORDER BY note DESC, id",
  "SELECT id, price FROM item WHERE price BETWEEN 10 AND 70",
  "SELECT id, note FROM item WHERE price >= 5 ORDER BY price DESC LIMIT 400",
  "SELECT i.note, o.amount FROM item i JOIN orders o ON o.item = i.id",
  "SELECT o.item, (SELECT note FROM item i WHERE i.id = o.item) FROM orders o",
  "SELECT DISTINCT kind FROM item UNION ALL SELECT word FROM paper",
  "SELECT id, word, size FROM paper WHERE size < 30",
  "SELECT word, count(*), max(comment) FROM paper GROUP BY word",
  "SELECT p.id, i.note FROM paper p LEFT JOIN item i ON i.id = p.size",
  "SELECT note FROM item WHERE id IN (SELECT item FROM orders WHERE amount > 50)",
  "SELECT upper(note) || '!' AS loud FROM item WHERE note LIKE '%note%'",
  "SELECT kind, string_agg(note, ',' ORDER BY price DESC, id) FROM item GROUP BY kind",
  "SELECT array_agg(id ORDER BY note, id) FROM item",
  "SELECT id, ARRAY(SELECT item.price) FROM item",
  "SELECT price FROM item INTERSECT SELECT amount FROM orders",
  "SELECT item FROM orders EXCEPT ALL SELECT id FROM item WHERE price < 50",
  "SELECT i.id, o.number FROM item i FULL JOIN orders o ON o.item = i.id AND o.amount > i.price",
  "WITH dear AS (SELECT id, note FROM item WHERE price > 60) SELECT d.note, o.amount FROM dear d, orders o WHERE o.item = d.id",
  "SELECT id FROM item WHERE id NOT IN (SELECT item FROM orders WHERE amount < 20) ORDER BY id OFFSET 5",
];

const GRAPH_QUERIES: readonly string[] = [
  "MATCH (a) RETURN a.n, a.name, labels(a)",
  "MATCH (a:L1) WHERE a.n % 3 = 0 RETURN a.name",
  "MATCH (a:L0) WHERE a.n >= 20 RETURN a.n, a.name",
  "MATCH (a:L0)-[r:T1]->(b) RETURN a.n, r.w, b.name",
  "MATCH ()-[r]->() RETURN type(r), count(*), sum(r.w)",
  "MATCH (a)-[:T1|T2]-(b)-[:T0]->(c:L2) RETURN count(*), min(c.name), max(b.n)",
  "MATCH (a:L0 {n: 17})-[:T0|T1*1..3]->(b) RETURN b.n",
  "MATCH (a:L0) WHERE NOT (a)-[:T2]->(:L1) RETURN a.n",
  "MATCH (a:L1) OPTIONAL MATCH (a)-[r:T0]->(b:L0) RETURN a.n, b.name ORDER BY a.n, b.name",
  "MATCH (a:L2) RETURN a",
  "MATCH (a) RETURN a.n, reduce(sum = 0, i IN range(1, 3) | sum + i * a.n)",
  "MATCH (a:L0)-[r:T0*2..3]->(b:L1) RETURN a.n, b.n, size(r)",
  "MATCH (a:L0), (b:L2 {n: 1000}) WHERE a.n < 60 MATCH p = shortestPath((a)-[:T0|T1*]-(b)) RETURN a.n, length(p)",
  "MATCH (a:L0), (b:L2 {n: 1000}) WHERE a.n < 9 MATCH p = shortestPath((a)-[r*]-(b)) WHERE all(x IN r WHERE x.w < 9) RETURN a.n, length(p)",
];

let open: YieldingDatabase;
let engine: QueryEngine;
let options: RunOptions;
/** Options of queries that may stand still. */
let yielding: RunOptions;

function run(text: string): Rows {
  return engine.run({ language: engine.sql, text }, [], options, engine.valueRows).rows;
}

function start(text: string, given: Partial<RunOptions> = {}): Started {
  return engine.startOpen({ language: engine.sql, text }, [], { ...yielding, ...given }, engine.valueRows);
}

function taken(result: OpenResult<readonly Value[]>): Rows {
  const rows: (readonly Value[])[] = [];
  for (let part = result.take(7); part.length > 0; part = result.take(7)) rows.push(...part);
  result.close();
  return rows;
}

/** Rows as text that is equal for equal rows in any order, unless the query has one. */
function textOf(text: string, rows: Rows): string {
  const lines = rows.map((row) =>
    row.map((value) => (typeof value === "object" ? JSON.stringify(value, bigText) : String(value))).join("|"),
  );
  return (text.includes("ORDER BY") ? lines : lines.sort()).join("\n");
}

function bigText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}` : value;
}

function longText(random: SeededRandom, what: string): string {
  return `${what} ${"x".repeat(random.below(40))} ${random.below(1000)}`;
}

function insertItem(random: SeededRandom, id: number): void {
  run(
    `INSERT INTO item VALUES (${id}, 'kind ${random.below(4)}', ${random.below(100)}, '${longText(random, "note")}') ` +
      "ON CONFLICT (id) DO UPDATE SET price = excluded.price, note = excluded.note",
  );
}

function setPaper(random: SeededRandom, id: number): void {
  const paper = {
    word: `word ${random.below(5)}`,
    size: random.below(50),
    comment: longText(random, "comment"),
    [`field${random.below(6)}`]: id,
  };
  open.library.json.set(`paper:${id}`, "$", paper);
}

function fill(random: SeededRandom): void {
  run("CREATE TABLE item (id integer PRIMARY KEY, kind text, price integer, note text)");
  run("CREATE INDEX item_price ON item (price)");
  run("CREATE TABLE orders (number integer PRIMARY KEY, item integer, amount integer)");
  const seed = random.below(1000);
  const numbers = `FROM generate_series(0, ${ROWS - 1}) n`;
  run(`INSERT INTO item SELECT n, 'kind ' || n % 4, (n * 37 + ${seed}) % 100, 'note ' || repeat('x', (n + ${seed}) % 40) || n ${numbers}`);
  run(`INSERT INTO orders SELECT n, (n * 7 + ${seed}) % ${ROWS}, (n * 31) % 100 ${numbers}`);
  for (let id = 0; id < ROWS; id++) setPaper(random, id);
}

/** Changes something. */
function disturb(random: SeededRandom): void {
  const id = random.below(ROWS + 20);
  const steps: readonly (() => void)[] = [
    () => insertItem(random, id),
    () => insertItem(random, id),
    () => setPaper(random, id),
    () => setPaper(random, id),
    () => run(`DELETE FROM item WHERE id = ${id}`),
    () => run(`UPDATE item SET note = note || ' more', price = price + 1 WHERE id % 97 = ${random.below(97)}`),
    () => open.library.del(`paper:${id}`),
    () => open.library.json.set(`paper:${id}`, "$", { word: "set", size: id, comment: longText(random, "long") }),
    () => run(`INSERT INTO orders VALUES (${ROWS + id}, ${id}, 1) ON CONFLICT (number) DO NOTHING`),
    () => run(`DELETE FROM orders WHERE number % 97 = ${random.below(97)}`),
    () => run(QUERIES[random.below(QUERIES.length)] as string),
    () => void open.database.engine.maintain(Date.now(), 50, true),
  ];
  random.pick(steps)();
}

/** A statement that changes something of the graph. */
function graphChange(random: SeededRandom): string {
  const n = random.below(1300);
  return random.pick([
    `MATCH (a {n: ${n}}) SET a.name = 'other ${n} ${"z".repeat(random.below(30))}'`,
    `MATCH (a {n: ${n}}) DETACH DELETE a`,
    `MATCH (a {n: ${n}}) SET a:Extra${random.below(3)}`,
    `MATCH (a {n: ${n}}) REMOVE a:L${random.below(3)}`,
    `CREATE (:L${random.below(4)} {n: ${n}, name: 'new'})-[:T${random.below(4)} {w: ${n}}]->(:Extra)`,
    `MATCH (a {n: ${n}})-[r]->() DELETE r`,
    `MATCH (a {n: ${n}}), (b {n: ${random.below(1300)}}) CREATE (a)-[:T${random.below(3)} {w: 1}]->(b)`,
    `MATCH ()-[r {w: ${random.below(10)}}]->(b {n: ${n}}) SET r.w = 77, r.text = 'text', b.more = ${n}`,
  ]);
}

/** Goes on to the end; between two slices `between` is called. */
function finish(started: Started, between: (slice: number) => void): Rows {
  if (started.kind !== "suspended") return taken(started);
  for (let slice = 1; ; slice++) {
    between(slice);
    const finished = started.goOn();
    if (finished !== undefined) return taken(finished.answer);
  }
}

describe.skipIf(!engineBuilt).each(["compiled", "interpreted"] as const)("%s queries that let others run", (execution) => {
  beforeEach(async () => {
    open = await openYielding(WORK);
    engine = await open.database.queries.load();
    options = { database: 0, settings: new SessionSettings(0) };
    options.settings.execution = "compiled";
    yielding = { ...options, settings: new SessionSettings(0) };
    yielding.settings.execution = execution;
  });

  afterEach(() => open.library.close());

  it(`the answer is that of the first instant, whatever is written meanwhile (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED);
    fill(random);
    let slices = 0;
    for (let round = 0; round < 2 * TEST_LENGTH; round++) {
      for (const text of QUERIES) {
        const expected = textOf(text, run(text));
        const rows = finish(start(text), (slice) => {
          slices = Math.max(slices, slice);
          disturb(random);
        });
        expect(textOf(text, rows), text).toBe(expected);
        expect(open.database.engine.checkInvariants(), text).toBe(0);
      }
    }
    expect(slices).toBeGreaterThan(20);
  });

  it(`definitions may come in between (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED + 1);
    const definitions: readonly (readonly string[])[] = [
      ["DROP INDEX item_price"],
      ["DROP INDEX item_price", "CREATE INDEX other ON item (note)", "CREATE INDEX item_price ON item (price, note)"],
      ["CREATE INDEX item_note ON item (note, price)"],
      ["TRUNCATE item"],
      ["DROP TABLE orders", "DROP TABLE item"],
      ["DROP TABLE item", "CREATE TABLE item (id integer PRIMARY KEY, price text)", "INSERT INTO item VALUES (1, 'one')"],
      ["FLUSHALL"],
    ];
    for (const steps of definitions) {
      for (let count = 0; count < 4 * TEST_LENGTH; count++) {
        const text = random.pick(QUERIES);
        open.library.flushall();
        fill(random);
        const expected = textOf(text, run(text));
        const rows = finish(start(text), (slice) => {
          const step = steps[slice - 2];
          if (step === "FLUSHALL") open.library.flushall();
          else if (step !== undefined) run(step);
          if (slice > steps.length + 1) setPaper(random, random.below(ROWS));
        });
        expect(textOf(text, rows), `${text}, ${steps.join("; ")}`).toBe(expected);
        expect(open.database.engine.checkInvariants(), text).toBe(0);
      }
    }
  });

  it(`several stand still at once, also of one text (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED + 2);
    fill(random);
    for (let round = 0; round < 10 * TEST_LENGTH; round++) {
      const begun = Array.from({ length: 6 }, () => {
        const text = random.pick(QUERIES);
        const expected = textOf(text, run(text));
        const started = start(text);
        disturb(random);
        return { text, expected, started };
      });
      let left = begun.length;
      while (left > 0) {
        const at = random.below(left);
        const { text, expected, started } = begun[at] as (typeof begun)[number];
        const finished = started.kind === "suspended" ? started.goOn() : { answer: started };
        if (finished === undefined) continue;
        expect(textOf(text, taken(finished.answer)), text).toBe(expected);
        begun.splice(at, 1);
        left--;
        disturb(random);
      }
    }
    expect(open.database.engine.checkInvariants()).toBe(0);
  });

  it("what it reads behind its first slice counts to transactions that are active", async () => {
    const random = createRandom(TEST_SEED + 6);
    fill(random);
    run("CREATE TABLE seen (id integer PRIMARY KEY, v integer)");
    run("INSERT INTO seen VALUES (1, 0)");
    run("CREATE TABLE told (id integer PRIMARY KEY, v integer)");
    run("INSERT INTO told VALUES (1, 0)");
    // The transaction comes before what changed `seen`, which the query has seen, and behind the query, which does not see its `told`.
    const transaction = await open.library.begin();
    await transaction.query("SELECT v FROM seen WHERE id = 1");
    run("UPDATE seen SET v = 1 WHERE id = 1");
    const text = "SELECT count(*), (SELECT max(v) FROM seen), (SELECT max(v) FROM told) FROM item a JOIN item b ON a.id = b.id";
    expect(finish(start(text), () => {})).toEqual([[BigInt(ROWS), 1n, 0n]]);
    await transaction.query("UPDATE told SET v = 2 WHERE id = 1");
    await expect(transaction.commit()).rejects.toThrow("[40001]");
  });

  it("a query that is given up in the middle leaves no byte, nor does one whose time is over or that fails", () => {
    const random = createRandom(TEST_SEED + 3);
    fill(random);
    for (const text of QUERIES) finish(start(text), () => {});
    const kept = open.library.memory();
    for (const text of QUERIES) {
      for (let slices = 0; slices < 12; slices++) {
        const started = start(text);
        if (started.kind !== "suspended") throw new Error(`${text} has not stood still`);
        let finished: ReturnType<typeof started.goOn>;
        for (let slice = 0; slice < slices && finished === undefined; slice++) finished = started.goOn();
        finished?.answer.close();
        started.stop();
        started.stop();
      }
    }
    const signal = { aborted: false };
    const aborted = start(QUERIES[0] as string, { signal });
    if (aborted.kind !== "suspended") throw new Error("the query has not stood still");
    signal.aborted = true;
    expect(() => aborted.goOn()).toThrow(/\[57014\]$/);
    const failing = start("SELECT 1 / (2000 - id) FROM item");
    expect(() => finish(failing, () => {})).toThrow(/\[22012\]$/);
    finish(start(QUERIES[0] as string), () => {});
    expect({ ...open.library.memory(), peak: 0, reserved: 0 }).toEqual({ ...kept, peak: 0, reserved: 0 });
  });

  it(`what was kept for queries goes with them (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED + 4);
    const emptied = (): object => {
      // Plans that keep their memory for the next time: these push out all others.
      for (let plan = 0; plan < 40; plan++) run(`SELECT 1 AS c${10 + plan}`);
      open.library.flushall();
      while (open.database.engine.maintain(Date.now(), 1000, true));
      return { ...open.library.memory(), peak: 0, reserved: 0 };
    };
    const lap = (): void => {
      fill(random);
      for (const text of QUERIES) run(text);
      const begun = QUERIES.map((text) => start(text));
      for (let step = 0; step < 60; step++) {
        disturb(random);
        const started = random.pick(begun);
        if (started.kind === "suspended") started.stop();
      }
      for (const started of begun) if (started.kind === "suspended") started.stop();
    };
    lap();
    const before = emptied();
    lap();
    expect(emptied()).toEqual(before);
  });

  it(`so does a query of the graph (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED + 5);
    const cypher = (text: string): Rows => engine.run({ language: engine.cypher, text }, {}, options, engine.valueRows).rows;
    for (let label = 0; label < 3; label++) {
      cypher(
        `UNWIND range(0, 399) AS n CREATE (:L${label} {n: n + ${label * 400}, name: 'name ' + toString(n * 37 % 101) + '${"y".repeat(20)}'})`,
      );
    }
    cypher("CREATE INDEX place FOR (a:L0) ON (a.n)");
    for (const factor of [7, 13, 31]) {
      cypher(`MATCH (a) MATCH (b) WHERE b.n = (a.n * ${factor}) % 1200 CREATE (a)-[:T${factor % 3} {w: a.n % 10}]->(b)`);
    }
    let slices = 0;
    for (let round = 0; round < 2 * TEST_LENGTH; round++) {
      for (const text of GRAPH_QUERIES) {
        const expected = textOf(text, cypher(text));
        const started = engine.startOpen({ language: engine.cypher, text }, {}, yielding, engine.valueRows);
        const rows = finish(started, (slice) => {
          slices = Math.max(slices, slice);
          cypher(graphChange(random));
        });
        expect(textOf(text, rows), text).toBe(expected);
        expect(open.database.engine.checkInvariants(), text).toBe(0);
      }
    }
    expect(slices).toBeGreaterThan(20);
  });
});
