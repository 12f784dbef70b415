/**
 * One database in a process of its own: loads the graph, then answers the parent's questions until it disconnects. Run by run.mjs.
 *
 *   → { query: position }    ← { value, rows }: median in the unit of the question's kind, and the answers as rows; or { failure }
 *   ← { loaded: seconds } or { missing: reason } at first
 */
import { median, serveQuestions } from "../peer-process.mjs";
import { makeNodes, makeRelationships } from "./data.mjs";
import { openPeer } from "./peers.mjs";
import { QUESTIONS } from "./questions.mjs";

const PASSES_MIN = 3;
const BUDGET_MS = 600;

async function load() {
  const peer = await openPeer(process.argv[2]);
  const nodes = makeNodes();
  const relationships = makeRelationships();
  const begin = performance.now();
  await peer.load(nodes, relationships);
  return { peer, seconds: (performance.now() - begin) / 1000 };
}

const asked = new Map();

async function measure(peer, position) {
  const question = QUESTIONS[position];
  if (!asked.has(position)) asked.set(position, peer.ask(question));
  const ask = asked.get(position);
  if (ask === undefined) return { value: undefined, rows: [] };
  const keys = question.keys?.(process.argv[2]) ?? [{}];
  const items = question.items ?? keys.length;
  const rows = [];
  for (const key of keys) {
    const answer = await ask(key);
    if (question.items === undefined) rows.push([answer ?? null]);
  }
  const times = [];
  for (const begin = performance.now(); times.length < PASSES_MIN || performance.now() - begin < BUDGET_MS; ) {
    const start = performance.now();
    for (const key of keys) await ask(key);
    times.push(((performance.now() - start) * (question.kind === "keyed" ? 1000 : 1)) / items);
    if (performance.now() - begin > 20 * BUDGET_MS) break;
  }
  return { value: median(times), rows };
}

await serveQuestions(load, measure);
