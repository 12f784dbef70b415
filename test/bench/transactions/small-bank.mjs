/**
 * Empty transactions, and SmallBank (Alomari, Cahill, Fekete & Röhm 2008) in memory on one thread: the library by its typed commands and by
 * SQL, and better-sqlite3 with prepared statements in its own `transaction()`, by turns, each in a process of its own (small-bank-peer.mjs).
 *
 *   node test/bench/transactions/small-bank.mjs ROUNDS
 *
 * Accounts are rows of two tables, or keys; the six transactions are drawn alike often from one seed. Afterwards all hold the same money.
 * Prints JSON: { empty: [{ name, microseconds, ratio }], smallBank: [...] }, ratios to the first one of each.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPeers } from "../peer-process.mjs";
import { alternate } from "./rounds.mjs";

const PEER = join(fileURLToPath(new URL(".", import.meta.url)), "small-bank-peer.mjs");
const rounds = Number(process.argv[2] ?? "21");

const { children, missing } = await startPeers(PEER, ["better-sqlite3", "keys", "SQL"]);
if (missing.length > 0) throw new Error(missing.join(", "));

async function ask(child, question) {
  const answer = await child.ask(question);
  if (answer.failure !== undefined) throw new Error(answer.failure);
  return answer;
}

function contender(name, peer, work) {
  const child = children.get(peer);
  return { name, time: (count) => ask(child, { work, count }) };
}

const empty = await alternate(
  [
    contender("better-sqlite3, `transaction()`", "better-sqlite3", "empty"),
    ...["`begin` and `commit`", "`transaction()`", "`transactionSync()`"].map((work) => contender(work, "keys", work)),
  ],
  rounds,
);
const smallBank = await alternate(
  [
    contender("better-sqlite3, prepared statements", "better-sqlite3", "bank"),
    contender("keys: `tx.get`, `tx.incrby`", "keys", "bank"),
    contender("SQL: prepared statements", "SQL", "bank"),
  ],
  rounds,
);
const money = [];
for (const child of children.values()) money.push(await ask(child, { work: "money" }));
if (new Set(money).size !== 1) throw new Error(`the money is not the same: ${money}`);
console.log(JSON.stringify({ empty, smallBank }));
for (const child of children.values()) await child.end();
