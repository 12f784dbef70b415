/**
 * What transactions cost those who do not use them: the same commands and queries on a build without them and on this one, both in one
 * process, while no transaction is active. Prints JSON: [{ name, microseconds, ratio }], ratios ours to the baseline's.
 *
 *   node test/bench/transactions/idle.mjs BASELINE ROUNDS [OURS]        folders like dist/; the same one twice shows what the measurement itself does
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { makeNodes, makeRelationships } from "../graph/data.mjs";
import { QUESTIONS } from "../graph/questions.mjs";
import { createNumbers, makeTables, orderKey, SIZES, TABLES } from "../query/data.mjs";
import { QUERIES } from "../query/queries.mjs";
import { alternate } from "./rounds.mjs";

/** Few, so that they stay in the cache: what is measured is what runs, not where memory happens to lie. */
const KEYS = 1000;
const RELATIONSHIPS = 200_000;
const BATCH = 1000;
const TYPES = { i: "integer", f: "double precision", t: "text", d: "date" };
const OWN = fileURLToPath(new URL("../../../dist/", import.meta.url));
const [baseline, rounds, ours = OWN] = process.argv.slice(2);

const NAMES = Array.from({ length: KEYS }, (_, number) => `key:${number}`);
const numbers = createNumbers(7);
const ORDER = Array.from({ length: KEYS }, () => numbers.between(0, KEYS - 1));
const ORDER_KEYS = Array.from({ length: KEYS }, () => orderKey(numbers.between(0, SIZES.orders - 1)));

async function define(db) {
  for (const [name, { keys, columns }] of Object.entries(TABLES)) {
    const list = Object.entries(columns).map(([column, type]) => `${column} ${TYPES[type]}`);
    const key = Object.keys(columns).slice(0, keys).join(", ");
    await db.query(`CREATE TABLE ${name} (${list.join(", ")}, PRIMARY KEY (${key}))`);
  }
  await db.cypher("CREATE INDEX person_id FOR (n:Person) ON (n.id)");
}

async function fillGraph(db, nodes, relationships) {
  const ids = [];
  for (let at = 0; at < nodes.length; at += BATCH) {
    const rows = nodes.slice(at, at + BATCH);
    ids.push(...(await db.pipeline(rows.map(([id, age, city]) => ["GRAPH.ADDNODE", "Person", JSON.stringify({ id, age, city })]))));
  }
  for (let at = 0; at < relationships.length; at += BATCH) {
    const rows = relationships.slice(at, at + BATCH);
    await db.pipeline(rows.map(([a, b, since]) => ["GRAPH.ADDREL", ids[a], ids[b], "KNOWS", JSON.stringify({ since })]));
  }
}

async function openFilled(folder, tables, nodes, relationships) {
  const { open } = await import(pathToFileURL(resolve(folder, "index.js")).href);
  const db = await open({});
  for (const name of NAMES) db.set(name, "value of a key");
  for (let number = 0; number < KEYS; number++) db.set(`count:${number}`, "1");
  await define(db);
  for (const name of Object.keys(TABLES)) await db.load(name, tables[name], { columns: Object.keys(TABLES[name].columns) });
  await fillGraph(db, nodes, relationships);
  return db;
}

function sqlOf(wanted) {
  return QUERIES.find(({ name }) => name === wanted).sql;
}

/** By name, what makes `run(count)` of a database. */
const WORK = {
  GET: (db) => (count) => {
    for (let at = 0; at < count; at++) db.get(NAMES[ORDER[at % KEYS]]);
  },
  SET: (db) => (count) => {
    for (let at = 0; at < count; at++) db.set(NAMES[ORDER[at % KEYS]], "value of a key");
  },
  INCR: (db) => (count) => {
    for (let at = 0; at < count; at++) db.incr(`count:${ORDER[at % KEYS]}`);
  },
  "SELECT by primary key": async (db) => {
    const statement = await db.prepare(sqlOf("primary key"));
    return (count) => {
      for (let at = 0; at < count; at++) statement.all(ORDER_KEYS[at % KEYS]);
    };
  },
  Q1: (db) => repeated(db.prepare(sqlOf("Q1"))),
  Q6: (db) => repeated(db.prepare(sqlOf("Q6"))),
  "3 hops, filter and count": (db) => repeated(db.prepareCypher(QUESTIONS.find(({ name }) => name === "3 hops, filter and count").cypher)),
};

async function repeated(preparing) {
  const statement = await preparing;
  return (count) => {
    for (let at = 0; at < count; at++) statement.all();
  };
}

const tables = makeTables();
const nodes = makeNodes();
const relationships = makeRelationships().slice(0, RELATIONSHIPS);
const before = await openFilled(baseline, tables, nodes, relationships);
const measured = await openFilled(ours, tables, nodes, relationships);
const results = [];
for (const [name, make] of Object.entries(WORK)) {
  const contenders = [
    { name: "before", run: await make(before) },
    { name, run: await make(measured) },
  ];
  const [, result] = await alternate(contenders, Number(rounds));
  console.error(`${name}: ${result.microseconds.toFixed(3)} µs, ${result.ratio.toFixed(3)} of the baseline`);
  results.push(result);
}
console.log(JSON.stringify(results));
await before.close();
await measured.close();
