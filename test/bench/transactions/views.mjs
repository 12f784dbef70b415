/**
 * What a view that is held open costs those who write, and what it keeps: an open snapshot beside SETs of all keys, and a transaction that has
 * begun and does nothing beside a million of them.
 *
 *   node test/bench/transactions/views.mjs ROUNDS
 *
 * Prints JSON: { passes: { first, later }, idle: { keys, writes, bytesPerKey, moreBytesPerKey, leftBytes } }: CPU time of a pass over all keys
 * relative to one without a view, medians over the rounds; bytes for each key after one pass, what the others have added to that, and what is
 * left when the transaction has ended.
 */
import { open } from "../../../dist/index.js";
import { median } from "../peer-process.mjs";

const KEYS = 100_000;
const WRITES = 1_000_000;
const VALUES = ["value of a key", "other value, it"];
const rounds = Number(process.argv[2] ?? "21");
const NAMES = Array.from({ length: KEYS }, (_, number) => `key:${number}`);

let passes = 0;

function writeAll(db) {
  const value = VALUES[passes++ % VALUES.length];
  const { user, system } = process.cpuUsage();
  for (const name of NAMES) db.set(name, value);
  const spent = process.cpuUsage({ user, system });
  return spent.user + spent.system;
}

const db = await open({});
for (let warm = 0; warm < 5; warm++) writeAll(db);
const first = [];
const later = [];
for (let round = 0; round < rounds; round++) {
  const alone = (writeAll(db) + writeAll(db)) / 2;
  const view = await db.snapshot();
  first.push(writeAll(db) / alone);
  later.push((writeAll(db) + writeAll(db)) / 2 / alone);
  if (view.get(NAMES[0]) !== VALUES[(passes - 4) % VALUES.length]) throw new Error("the view has moved");
  await view.close();
}

await db.close();
const fresh = await open({});
writeAll(fresh);
const before = fresh.memory().used;
const idle = await fresh.begin();
writeAll(fresh);
const once = fresh.memory().used;
for (let written = KEYS; written < WRITES; written += KEYS) writeAll(fresh);
const often = fresh.memory().used;
await idle.rollback();
while (fresh.memory().used > before && (await buried(fresh)));
const after = fresh.memory().used;
await fresh.close();

/** Lets the database free what nobody sees any more; whether it has freed something. */
async function buried(database) {
  const used = database.memory().used;
  for (let turn = 0; turn < 100 && database.memory().used === used; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
  return database.memory().used < used;
}

console.log(
  JSON.stringify({
    passes: { first: median(first), later: median(later) },
    idle: {
      keys: KEYS,
      writes: WRITES,
      bytesPerKey: (once - before) / KEYS,
      moreBytesPerKey: (often - once) / KEYS,
      leftBytes: after - before,
    },
  }),
);
