/**
 * One database in a process of its own: loads the data, then answers the parent's questions until it disconnects. Run by run.mjs.
 *
 *   → { query: position }    ← { value, rows }: median in the unit of the query's kind, and the rows as plain values to be compared
 *   ← { loaded: seconds } or { missing: reason } at first
 */
import { median, serveQuestions } from "../peer-process.mjs";
import { INDEXES, makeProducts, makeTables, TABLES } from "./data.mjs";
import { openPeer } from "./peers.mjs";
import { QUERIES } from "./queries.mjs";

const PASSES_MIN = 3;
const BUDGET_MS = 400;
const CHECKED_KEYS = 20;

const name = process.argv[2];
/** Statement texts are counted on over all rounds, so that none is seen twice. */
let statements = 0;

/** Dates as ISO text and all numbers as numbers, so that databases can be compared. */
function plain(rows) {
  const value = (item) => {
    if (item instanceof Date) return item.toISOString().slice(0, 10);
    return typeof item === "bigint" ? Number(item) : item;
  };
  return rows.map((row) => row.map(value));
}

async function load() {
  const peer = await openPeer(name);
  const begin = performance.now();
  const tables = makeTables();
  for (const [table, definition] of Object.entries(TABLES)) {
    await peer.define(table, definition);
    await peer.insert(table, tables[table]);
  }
  await peer.insertDocuments(makeProducts());
  await peer.finish(INDEXES);
  return { peer, seconds: (performance.now() - begin) / 1000 };
}

/** Median of a few passes; `pass` resolves to the milliseconds that it took. */
async function repeat(pass) {
  const times = [];
  for (const begin = performance.now(); times.length < PASSES_MIN || performance.now() - begin < BUDGET_MS; ) times.push(await pass());
  return median(times);
}

async function timeOnce(run) {
  const rows = plain(await run([]));
  const value = await repeat(async () => {
    const begin = performance.now();
    await run([]);
    return performance.now() - begin;
  });
  return { value, rows };
}

/** Microseconds for each key. */
async function timeKeys(keys, ask) {
  const rows = [];
  for (const key of keys.slice(0, CHECKED_KEYS)) rows.push(...plain(await ask(key)));
  const value = await repeat(async () => {
    const begin = performance.now();
    for (const key of keys) await ask(key);
    return ((performance.now() - begin) * 1000) / keys.length;
  });
  return { value, rows };
}

const prepared = new Map();

async function measure(peer, query) {
  const sql = query.json === undefined ? query.sql : query.json[peer.json];
  if (sql === undefined) return { value: undefined, rows: [] };
  if (query.kind === "distinct") return timeKeys(query.keys(), ([key]) => peer.query(sql(key, statements++)));
  if (!prepared.has(query)) prepared.set(query, peer.prepare(sql));
  const run = prepared.get(query);
  return query.kind === "once" ? timeOnce(run) : timeKeys(query.keys(), run);
}

await serveQuestions(load, (peer, query) => measure(peer, QUERIES[query]));
