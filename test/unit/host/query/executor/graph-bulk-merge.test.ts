/**
 * MERGE for many rows, in batches.
 *
 * Goal: batches leave the graph, the answer and the counts that going row by row leaves, or fail with the same error and leave nothing; they are
 * used for what their head says, and not for what they would do otherwise.
 * Method: statements, written down and drawn from a seed that is printed, on two databases with the same graph and indexes, one of which
 * interprets and the other merges in batches; and plans of statements against facts.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import type { ParsedCypherQuery } from "../../../../../host/query/ast/cypher/query.ts";
import { bindCypher } from "../../../../../host/query/binder/cypher/bind.ts";
import { bulkMerge } from "../../../../../host/query/executor/graph-merge-plan.ts";
import type { OptimizerContext } from "../../../../../host/query/optimizer/context.ts";
import { optimize } from "../../../../../host/query/optimizer/optimize.ts";
import { parseCypher } from "../../../../../host/query/parser/cypher/parse.ts";
import { engineBuilt } from "../../../../support/engine.ts";
import { createRandom } from "../../../../support/random.ts";
import { fakeCatalog } from "../binder/fake-catalog.ts";

const SEED = 20_261_122;
const DRAWN = 120;

const INDEXES = [
  { name: "p_id", label: "P", properties: ["id"] },
  { name: "q_id_of", label: "Q", properties: ["id", "of"] },
];
const SETUP = [
  ...INDEXES.map(
    ({ name, label, properties }) => `CREATE INDEX ${name} FOR (n:${label}) ON (${properties.map((p) => `n.${p}`).join(", ")})`,
  ),
  // Two nodes of some ids, and some that have another label too.
  "UNWIND [1, 2, 3, 3, 'a', 'b', true, 2.5, 4.0] AS id CREATE (:P {id: id, old: true})",
  "UNWIND [1, 5] AS id CREATE (:P:Q {id: id, of: 1})",
  "UNWIND [1, 2, 2] AS id CREATE (:Q {id: id, of: 2})",
  "MATCH (a:P {id: 1}), (b:P {id: 3}) CREATE (a)-[:R {w: 1}]->(b)",
];

const ROWS =
  "UNWIND [{id: 1, of: 7, w: 1}, {id: 7, of: 1, w: 2}, {id: 7, of: 3, w: 2}, {id: 'a', of: 'c', w: 1}, {id: 7, of: 1, w: 3}, {id: true, of: 9, w: 9}] AS row ";

/** What is done in batches, behind ROWS. */
const MERGED: readonly string[] = [
  "MERGE (a:P {id: row.id})",
  "MERGE (a:P {id: row.id}) SET a.w = row.w, a.x = row.of + 1",
  "MERGE (a:P {id: row.id}) SET a += row",
  "MERGE (a:P {id: row.id, of: row.of}) SET a:Seen",
  "MERGE (a:P {id: row.id}) ON CREATE SET a.made = row.w, a.of = [row.of, 1], a.none = NULL SET a.last = row.w",
  "MERGE (a:P {id: row.id}) MERGE (b:P {id: row.of}) ON CREATE SET b.w = row.w MERGE (a)-[r:R]->(b) ON CREATE SET r.w = row.w",
  "MERGE (a:P {id: row.id}) ON CREATE SET a.bad = {x: row.w}",
  "MERGE (a:P:Q {id: row.id}) SET a = {id: row.id, w: row.w}",
  "MERGE (a:P {id: row.id}) MERGE (b:P {id: row.of})",
  "MERGE (a:P {id: row.id}) MERGE (b:P {id: row.of}) MERGE (a)-[r:R]->(b) SET r.w = row.w, a.w = row.w",
  "MERGE (a:P {id: row.id}) MERGE (b:P {id: row.of}) MERGE (a)<-[r:R {w: row.w}]-(b) MERGE (b)-[:S]->(a) SET r += {x: row.of}",
  "MERGE (a:P {id: row.id}) MERGE (a)-[r:R]->(a) MERGE (b:Q {id: row.of, of: row.w}) MERGE (a)-[:S {w: 1}]->(b)",
  "WITH row.id AS id, row.of AS of WHERE of <> 3 WITH DISTINCT id MERGE (a:P {id: id})",
  "MERGE (a:P {id: 99, of: row.id}) SET a.x = 10 / (row.w - 1)",
  // Relationships with the nodes that they lack.
  "MERGE (a:P {id: row.id}) MERGE (a)-[r:T {w: row.w}]->(b:M {id: row.of}) ON CREATE SET r.x = 1, b.x = row.w SET b.seen = row.w",
  "MERGE (a:P {id: row.id})-[:R]->(b:P {id: row.of})",
  "MERGE (a:P {id: row.id})-[r:R {w: row.w}]->(b:P {id: row.of}) ON CREATE SET a.x = 1, b.x = 2, r.x = 3 SET r.y = row.w",
  // Behind a MATCH.
  "MATCH (a:P {id: row.id}), (b:P {id: row.of}) MERGE (a)-[r:R]->(b)",
  "MATCH (a:P {id: row.id}) MATCH (b:Q {id: row.of}) MERGE (a)<-[r:T {w: row.w}]-(b) ON CREATE SET r.a = a.id, r.b = row.of",
  "MATCH (a:P {id: row.id}) MERGE (a)-[:R]->(b:M {id: row.of})",
  "MATCH (a:P {id: row.id}) MERGE (b:M:Q {id: row.of, of: a.id}) MERGE (a)-[r:T]->(b) SET r.w = row.w, b.w = row.w",
  "MATCH (a:P {id: row.id})-[:R]->(b) MERGE (b)-[:R]->(a)",
  "MATCH (a:P {id: row.id})-[r:R]->(b) MERGE (b)-[s:T {w: r.w}]->(a) SET s.x = row.w",
  "MATCH (a:P {id: row.id}) WHERE a.old WITH a, row WHERE row.w < 3 MERGE (b:Q {id: row.of, of: row.w}) ON CREATE SET b.a = a.id",
  "OPTIONAL MATCH (a:P {id: row.of}) MERGE (b:Q {id: row.id, of: row.w}) ON CREATE SET b.a = a.id",
  // With what is done to those that are there.
  "MERGE (a:P {id: row.id, of: row.of, w: row.w}) ON CREATE SET a.x = 1 ON MATCH SET a.x = row.w",
  "MERGE (a:P {id: row.id}) ON MATCH SET a.met = true",
  "WITH row WHERE row.w <> 3 WITH row WHERE row.of <> 3 MERGE (a:P {id: row.id}) ON MATCH SET a.met = coalesce(a.met, 0) + 1, a.of = row.of ON CREATE SET a.met = 0",
  "WITH row WHERE row.of > 1 MERGE (a:P {id: row.id}) ON MATCH SET a.met = row.w MERGE (b:P {id: row.of}) MERGE (a)-[r:R]->(b) ON CREATE SET r.n = 1 ON MATCH SET r.n = 2 SET r.m = a.met",
  "MATCH (a:P {id: row.id}), (b:P {id: 3}) MERGE (a)-[r:R]->(b) ON CREATE SET r.n = 1 ON MATCH SET r.n = coalesce(r.n, 0) + 1",
  "MATCH (a:P {id: row.id}) MERGE (a)-[r:R]->(b:P {id: 3}) ON MATCH SET r.n = row.w, b.n = row.w",
];

/** What is left to the interpreter, behind ROWS. */
const LEFT: readonly string[] = [
  "MERGE (a:P {id: row.id}) RETURN a.id",
  "MERGE (a:P {id: row.id}) ON CREATE SET a.id = row.w",
  "MERGE (a:P {id: row.id}) ON CREATE SET a.x = row.w, a.x = 1",
  "MERGE (a:P {id: row.id}) ON CREATE SET a.x = a.id",
  "MERGE (a:P {id: row.id}) ON CREATE SET a += row",
  "MERGE (a:P {id: row.id}) ON CREATE SET a:New",
  "MERGE (a:P {id: row.id}) ON MATCH SET a:New",
  "MERGE (a:P {id: row.id}) ON MATCH SET a += row",
  "OPTIONAL MATCH (a:P {id: row.of}) MATCH (b:P {id: row.id}) MERGE (b)-[:R]->(a)",
  "MERGE (a:P {id: row.id}) MERGE (a)<-[:T]-(b:P {id: row.of}) ON CREATE SET b.made = true",
  // Rows come twice where the first clause finds two.
  "MERGE (a:P {id: row.id}) MERGE (b:Q {id: row.of, of: row.w}) ON MATCH SET b.met = coalesce(b.met, 0) + 1",
  "MERGE (a:P {id: row.id}) MERGE (b:P {id: row.of}) MERGE (a)-[r:R]->(b) MERGE (a)-[s:S]->(b) ON MATCH SET s.n = coalesce(s.n, 0) + 1",
  // What ON MATCH writes is read by patterns, rows and values.
  "MERGE (a:P {id: row.id}) ON MATCH SET a.id = row.w",
  "MATCH (p:P) WHERE p.old MERGE (a:P {id: row.id}) ON MATCH SET a.old = false",
  "MERGE (a:P {id: row.id}) ON MATCH SET a.x = row.w MERGE (b:Q {id: row.id, of: 1}) ON CREATE SET b.of = a.x",
  "MATCH (p:P {id: 1}) MERGE (a:P {id: row.id}) ON MATCH SET a.x = row.w ON CREATE SET a.y = p.x",
  "MATCH (p:P {id: 1}) MERGE (a:P {id: row.id}) ON MATCH SET a.x = row.w ON CREATE SET a.y = keys(p)",
  "MERGE (a:N {id: row.id})",
  "MERGE (a {id: row.id})",
  "MERGE (a:P)",
  "MERGE (a:P {id: row.id})-[:R]-(b:P {id: row.of})",
  "MERGE (a:P {id: row.id})-[:R]->(b:P {id: row.of})-[:R]->(c:P {id: row.w})",
  "MERGE (a:P {id: row.id}) MERGE (b:P {id: row.of}) MERGE (a)-[:R]-(b)",
  // The clauses make what the MATCH in front of them would find, or a clause in front.
  "MATCH (a:P {id: row.id}) MERGE (b:P {id: row.of}) MERGE (a)-[:R]->(b)",
  "MATCH (a:P {id: row.id})-[:R]->(b) MERGE (b)-[r:R]->(a) SET r.x = row.w",
  "MATCH (a:P {id: row.id})-->(b) MERGE (b)-[r:S]->(a) SET r.x = row.w",
  "MERGE (a:P {id: row.id}) MERGE (a)-[:R]->(b:P {id: row.of}) SET b.x = row.w, a.y = row.w",
  "MERGE (a:P {id: row.id}) MERGE (a)-[r:R]->(b:M {id: row.of}) MERGE (a)-[s:R]->(c:M {id: row.w}) SET r.x = row.w",
  "MATCH (a:P {id: row.id}) WHERE EXISTS { (a)-[:R]->() } MERGE (b:Q {id: row.of, of: 1}) MERGE (a)-[:R]->(b)",
  // The second clause makes what the first one would find.
  "MERGE (a:P {id: row.id}) MERGE (b:P {id: row.id, w: row.w}) SET a.x = row.w",
  "MERGE (a:P {id: row.id}) MERGE (b:P:Q {id: row.id}) SET a.x = row.w",
  "MERGE (a:P {id: row.id}) MERGE (b:P {id: row.of}) MERGE (a)-[r:R]->(b) MERGE (a)-[s:R {w: row.w}]->(b) SET r.x = row.w",
  // What it asks for is what another clause has found.
  "MERGE (a:P {id: row.id}) MERGE (b:Q {id: a.id, of: 1})",
  "MERGE (a:P {id: row.id}) WITH a, row WHERE a.old MERGE (b:Q {id: row.id, of: 1})",
  "MERGE (a:P {id: row.id}) SET a.n = coalesce(a.n, 0) + 1",
  "CALL db.labels() YIELD label MERGE (a:P {id: label}) MERGE (b:Q {id: 1, of: label}) SET b.x = 1",
  "MERGE (a:P {id: rand()})",
];

/** Values that only some statements may be left to the interpreter for, once their rows are known. */
const UNSURE: readonly string[] = [
  "UNWIND [1, 1.0, 4, 2.5, 2.5, 0.0, -0.0] AS id MERGE (a:P {id: id}) SET a.seen = id",
  "UNWIND [0.0 / 0.0, 0.0 / 0.0] AS id MERGE (a:P {id: id}) SET a.seen = id",
  "UNWIND [[1], [1.0], [1, 2]] AS id MERGE (a:P {id: id})",
  "UNWIND [1, 77, null] AS id MERGE (a:P {id: id}) SET a.seen = id",
  "UNWIND [date('2020-01-01'), date('2020-01-01')] AS id MERGE (a:P {id: id})",
  "UNWIND [1, 77, null] AS id MERGE (a:P {id: id}) ON MATCH SET a.seen = id",
  "MATCH (p:P) MERGE (a:Q {id: p.id, of: 1})",
  "UNWIND [1, 2, null] AS w MATCH (a:P {id: 1}), (b:P {id: 3}) MERGE (a)-[:R {w: w}]->(b)",
  "UNWIND [1, 2.0, null] AS w MATCH (a:P {id: 1}) MERGE (a)-[:R]->(b:M {w: w})",
  "UNWIND [77, {a: 1}] AS id MERGE (a:P {id: id})",
  "UNWIND ['1', 1, '01', 'true', true] AS id MERGE (a:P {id: id}) SET a.seen = id",
  "UNWIND [9007199254740993, 9007199254740992, 9007199254740993] AS id MERGE (a:P {id: id}) SET a.seen = id",
  "UNWIND ['a text that is longer than a word', 'a text that is longer than a wor', 'a text that is longer than a word'] AS id MERGE (a:P {id: id})",
  "UNWIND [] AS id MERGE (a:P {id: id})",
  "MATCH (n) DETACH DELETE n",
];

/** A statement of some clauses over some rows, few of which hold what is not sure. */
function drawn(random: ReturnType<typeof createRandom>): string {
  const value = (): string => random.pick(["1", "2", "3", "6", "7", "'a'", "'c'", "true", ...(random.chance(0.03) ? ["2.5", "null"] : [])]);
  const rows = Array.from({ length: random.below(12) }, () => `{x: ${value()}, y: ${value()}, z: ${value()}}`);
  const property = (): string => `row.${random.pick(["x", "y", "z"])}`;
  const node = (name: string): string =>
    random.pick([
      `(${name}:P {id: ${property()}})`,
      `(${name}:P {id: ${property()}})`,
      `(${name}:Q {id: ${property()}, of: ${property()}})`,
    ]);
  const first = random.pick(["MERGE", "MERGE", "MATCH"]);
  const second = random.pick(["MERGE", "MERGE", first]);
  // Behind a MATCH rows come in whatever order, which is not to be seen.
  const written = (): string => (first === "MATCH" ? random.pick(["1", "'x'"]) : property());
  const made = (name: string): string =>
    (random.chance(0.3) ? ` ON CREATE SET ${name}.made = ${written()}` : "") +
    (random.chance(0.2) ? ` ON MATCH SET ${name}.met = ${random.pick([written(), `coalesce(${name}.met, 0) + 1`])}` : "");
  const clauses = [`${first} ${node("a")}${first === "MERGE" ? made("a") : ""}`];
  const isPath = random.chance(0.2);
  if (isPath) clauses.push(`MERGE (a)-[r:${random.pick(["R", "S"])}]->${node("b")}${made("r")}`);
  else clauses.push(`${second} ${node("b")}${second === "MERGE" ? made("b") : ""}`);
  const ends = random.pick(["(a)-[r:R]->(b)", "(b)-[r:R]->(a)", `(a)<-[r:R {w: ${property()}}]-(b)`, "(a)-[r:S]->(a)"]);
  const hasMerge = clauses.some((clause) => clause.startsWith("MERGE"));
  if (!isPath && (!hasMerge || random.chance(0.7))) clauses.push(`MERGE ${ends}${made("r")}`);
  if (clauses.length === 3 && random.chance(0.3)) clauses.push("MERGE (b)-[s:R]->(b)");
  const target = random.pick(clauses.length > 2 || isPath ? ["a", "b", "r"] : ["a", "b"]);
  if (random.chance(0.6)) clauses.push(`SET ${target}.s = ${written()}, ${target}.t = 1`);
  return `UNWIND [${rows.join(", ")}] AS row ${clauses.join(" ")}`;
}

/** The answer of a statement with its counts, or its error, and all that the graph holds. */
async function outcome(db: EmbeddedDatabase, text: string): Promise<unknown> {
  const answer = await db.execute(["CYPHER", text]).catch((error: Error) => error.message);
  const looks = [
    "MATCH (n) RETURN labels(n) AS l, properties(n) AS p",
    "MATCH (a)-[r]->(b) RETURN type(r) AS t, properties(r) AS p, properties(a) AS a, properties(b) AS b",
  ];
  const held = await Promise.all(
    looks.map(async (look) =>
      [...(await db.cypher(look))]
        .map((row) => JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)))
        .sort(),
    ),
  );
  return [answer, held];
}

describe.skipIf(!engineBuilt)("merging much", () => {
  let interpreted: EmbeddedDatabase;
  let compiled: EmbeddedDatabase;

  beforeAll(async () => {
    interpreted = await open();
    compiled = await open();
    await interpreted.execute(["SQL", "SET execution_mode = interpreted"]);
    await compiled.execute(["SQL", "SET execution_mode = compiled"]);
  });

  beforeEach(async () => {
    for (const db of [interpreted, compiled]) {
      db.flushall();
      for (const text of SETUP) await db.cypher(text);
    }
  });

  afterAll(async () => {
    await interpreted.close();
    await compiled.close();
  });

  it.each([...[...MERGED, ...LEFT.slice(0, -1)].map((clauses) => ROWS + clauses), ...UNSURE])("%s", async (text) => {
    // What has been made is found the second time.
    for (let time = 0; time < 2; time++) expect(await outcome(compiled, text)).toEqual(await outcome(interpreted, text));
  });

  it(`${DRAWN} statements, one after the other (seed ${SEED})`, async () => {
    const random = createRandom(SEED);
    for (let number = 0; number < DRAWN; number++) {
      const text = drawn(random);
      expect(await outcome(compiled, text), text).toEqual(await outcome(interpreted, text));
    }
  });

  it("a transaction sees what it has merged, and takes it back", async () => {
    const text = `${ROWS}MERGE (a:P {id: row.id}) MERGE (b:Q {id: row.of, of: 4}) MERGE (a)-[:R]->(b)`;
    const before = await outcome(compiled, "RETURN 1");
    const transaction = await compiled.begin();
    await transaction.cypher(text);
    const [merged] = await transaction.cypher("MATCH (:P)-[r:R]->(:Q {of: 4}) RETURN count(r) AS n");
    await transaction.cypher(text);
    const [again] = await transaction.cypher("MATCH (:P)-[r:R]->(:Q {of: 4}) RETURN count(r) AS n");
    expect([merged?.n, again?.n]).toEqual([6, 6]);
    await transaction.rollback();
    expect(await outcome(compiled, "RETURN 1")).toEqual(before);
  });

  it("of two transactions that miss the same, one merges it", async () => {
    const text = (id: number): string =>
      `UNWIND [{id: ${id}, of: ${id + 1}}] AS row MERGE (a:P {id: row.id}) MERGE (b:P {id: row.of}) MERGE (a)-[:R]->(b)`;
    const both = async (ids: readonly [number, number]): Promise<void> => {
      const [first, second] = [await compiled.begin(), await compiled.begin()];
      await first.cypher(text(ids[0]));
      await second.cypher(text(ids[1]));
      await first.commit();
      await second.commit();
    };
    await both([60, 70]);
    await expect(both([50, 50])).rejects.toMatchObject({ code: "SQL_ABORT" });
    const made = await compiled.cypher("MATCH (a:P) WHERE a.id >= 50 RETURN a.id AS id ORDER BY id");
    expect([...made].map(({ id }) => id)).toEqual([50, 51, 60, 61, 70, 71]);
  });
});

test("what is merged in batches", () => {
  const context: OptimizerContext = {
    collection: () => undefined,
    graph: {
      nodes: () => 1000,
      relationships: () => 1000,
      label: () => 500,
      type: () => 500,
      indexes: (label) => INDEXES.filter((index) => label === undefined || index.label === label),
    },
    evaluate: () => undefined,
    disabled: new Set(),
  };
  const isMerged = (text: string): boolean => {
    const bound = bindCypher(parseCypher(text) as ParsedCypherQuery, text, { catalog: fakeCatalog(), functions: undefined });
    return bulkMerge(optimize(bound, context)) !== undefined;
  };
  expect(MERGED.filter((clauses) => !isMerged(ROWS + clauses))).toEqual([]);
  expect(LEFT.filter((clauses) => isMerged(ROWS + clauses))).toEqual([]);
  expect(UNSURE.filter((text) => !isMerged(text))).toEqual(["MATCH (n) DETACH DELETE n"]);
});
