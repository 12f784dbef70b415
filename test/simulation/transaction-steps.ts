/**
 * What transactions do in the lives of transactions.test.ts: random steps over keys, containers, documents, rows, the graph and definitions.
 * Many of them fail, as they meet what is or is not there.
 */
import type { SeededRandom } from "../support/random.ts";

export type TransactionStep =
  | { readonly kind: "command"; readonly words: readonly string[] }
  | { readonly kind: "sql" | "cypher"; readonly text: string };

const SHARED = "id integer PRIMARY KEY, a integer UNIQUE, b text DEFAULT 'none', c integer CHECK (c >= 0)";

/** What there is in the beginning. */
export const FOUNDATION: readonly TransactionStep[] = [
  sql(`CREATE TABLE base (${SHARED})`),
  sql("CREATE INDEX base_b ON base (b)"),
  sql("CREATE TABLE child (id integer PRIMARY KEY, of integer REFERENCES base)"),
  cypher("CREATE INDEX spot_n FOR (n:Spot) ON (n.n)"),
];

/** Questions whose answers are all that transactions may have changed, besides the digest. */
export const QUESTIONS: readonly TransactionStep[] = [
  sql("SELECT * FROM base ORDER BY id"),
  sql("SELECT * FROM child ORDER BY id"),
  sql("SELECT b, count(*) FROM base WHERE b >= 'a' GROUP BY b ORDER BY b"),
  sql("SELECT id, n FROM doc ORDER BY id"),
  cypher("MATCH (n:Spot) WHERE n.n >= 0 RETURN n.n, n.m ORDER BY n.n, n.m"),
  cypher("MATCH (a)-[r:ROAD]->(b) RETURN a.n, r.d, b.n ORDER BY a.n, b.n, r.d"),
];

/** Names of tables that come and go. */
export const MADE: readonly string[] = ["made_1", "made_2"];

function sql(text: string): TransactionStep {
  return { kind: "sql", text };
}

function cypher(text: string): TransactionStep {
  return { kind: "cypher", text };
}

export function randomTransactionStep(random: SeededRandom): TransactionStep {
  switch (random.below(5)) {
    case 0:
      return keyStep(random);
    case 1:
      return containerStep(random);
    case 2:
      return random.chance(0.75) ? rowStep(random) : documentStep(random);
    case 3:
      return graphStep(random);
    default:
      return random.chance(0.4) ? definitionStep(random) : rowStep(random);
  }
}

function keyStep(random: SeededRandom): TransactionStep {
  const key = (): string => `key:${random.below(6)}`;
  const value = (): string => "v".repeat(random.chance(0.1) ? random.below(2000) : random.below(30)) + random.below(1000);
  const words = random.pick<() => string[]>([
    () => ["SET", key(), value()],
    () => ["SET", key(), value(), "PX", String(1_000_000 + random.below(1000))],
    () => ["MSET", key(), value(), key(), value()],
    () => ["APPEND", key(), value()],
    () => ["DEL", key(), key()],
    () => ["RENAME", key(), key()],
    () => ["COPY", key(), key(), "REPLACE"],
    () => ["PERSIST", key()],
    () => ["GETDEL", key()],
  ])();
  return { kind: "command", words };
}

function containerStep(random: SeededRandom): TransactionStep {
  // Long elements make trees of them.
  const element = (): string => `${random.below(20)}`.padStart(random.chance(0.2) ? 300 : 1, "0");
  const words = random.pick<() => string[]>([
    () => ["RPUSH", "list", element(), element()],
    () => ["LPOP", "list"],
    () => ["LSET", "list", "0", element()],
    () => ["SADD", "set", element(), element()],
    () => ["SREM", "set", element()],
    () => ["HSET", "hash", element(), element()],
    () => ["HDEL", "hash", element()],
    () => ["HINCRBY", "hash", "count", "1"],
    () => ["HPEXPIRE", "hash", "1000000", "FIELDS", "1", element()],
    () => ["ZADD", "zset", String(random.below(100)), element()],
    () => ["ZPOPMIN", "zset"],
    () => ["ZUNIONSTORE", "zset", "2", "zset", "set"],
    () => ["SMOVE", "set", "other", element()],
    () => (random.chance(0.3) ? ["DEL", random.pick(["list", "set", "hash", "zset", "other"])] : ["SCARD", "set"]),
  ])();
  return { kind: "command", words };
}

function documentStep(random: SeededRandom): TransactionStep {
  const key = `doc:${random.below(4)}`;
  const words = random.pick<() => string[]>([
    () => ["JSON.SET", key, "$", `{"n":${random.below(100)},"list":[1,2]}`],
    () => ["JSON.NUMINCRBY", key, "$.n", "1"],
    () => ["JSON.ARRAPPEND", key, "$.list", String(random.below(10))],
    () => ["JSON.DEL", key],
  ])();
  return random.chance(0.2) ? sql(`UPDATE doc SET n = n + 1 WHERE n < ${random.below(100)}`) : { kind: "command", words };
}

function rowStep(random: SeededRandom): TransactionStep {
  const id = (): number => random.below(20);
  const text = random.pick<() => string>([
    () => `INSERT INTO base (id, a, c) VALUES (${id()}, ${random.below(40)}, ${random.below(12) - 1})`,
    () => `INSERT INTO base (id, a) SELECT n, n + 100 FROM generate_series(${id()}, ${id()}) n`,
    () => `INSERT INTO base (id, b) VALUES (${id()}, 'x'), (${id()}, 'y') ON CONFLICT (id) DO UPDATE SET b = excluded.b`,
    () => `UPDATE base SET a = a + 1, b = 'b${random.below(5)}' WHERE id % 3 = ${random.below(3)}`,
    () => `UPDATE base SET id = ${id()} WHERE id = ${id()}`,
    () => `UPDATE base SET c = coalesce(c, 0) + 1 WHERE b = 'b${random.below(5)}' RETURNING id`,
    () => `DELETE FROM base WHERE id = ${id()}`,
    () => `INSERT INTO child VALUES (${id()}, ${id()})`,
    () => `DELETE FROM child WHERE of > ${id()}`,
    () => `INSERT INTO ${random.pick(MADE)} VALUES (${id()}, ${id()})`,
  ])();
  return sql(text);
}

function graphStep(random: SeededRandom): TransactionStep {
  const n = (): number => random.below(8);
  const text = random.pick<() => string>([
    () => `CREATE (:Spot {n: ${n()}})`,
    () => `MERGE (s:Spot {n: ${n()}}) ON CREATE SET s.m = 0 ON MATCH SET s.m = coalesce(s.m, 0) + 1`,
    () => `MATCH (a:Spot {n: ${n()}}), (b:Spot {n: ${n()}}) CREATE (a)-[:ROAD {d: ${n()}}]->(b)`,
    () => `MATCH (s:Spot) WHERE s.n < ${n()} SET s.m = ${n()}`,
    () => `MATCH (:Spot {n: ${n()}})-[r:ROAD]->() DELETE r`,
    () => `MATCH (s:Spot {n: ${n()}}) DETACH DELETE s`,
    () => `UNWIND range(1, ${n()}) AS i CREATE (:Spot {n: i, m: 9})-[:ROAD {d: i}]->(:Spot {n: i + 1})`,
  ])();
  return cypher(text);
}

function definitionStep(random: SeededRandom): TransactionStep {
  const table = random.pick(MADE);
  const text = random.pick<() => string>([
    () => `CREATE TABLE ${table} (id integer PRIMARY KEY, v integer)`,
    () => `DROP TABLE ${table}`,
    () => `CREATE INDEX ${table}_v ON ${table} (v)`,
    () => "CREATE UNIQUE INDEX base_c ON base (c)",
    () => "DROP INDEX base_c",
    () => "CREATE INDEX doc_n ON doc (n)",
    () => "CREATE VIEW seen AS SELECT id FROM base",
    () => "DROP VIEW seen",
  ])();
  return random.chance(0.2) ? cypher(random.pick(["CREATE INDEX spot_m FOR (n:Spot) ON (n.m)", "DROP INDEX spot_m"])) : sql(text);
}
