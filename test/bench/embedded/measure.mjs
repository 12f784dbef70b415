/**
 * One store in a process of its own: fills it, and prints as JSON how many nanoseconds an operation takes, by operation. Run by run.mjs.
 *
 *   node measure.mjs STORE FOLDER|- KEYS VALUE_BYTES OPERATIONS
 *
 * Keys are drawn evenly, the same for every store. Sets on disk are timed with their commits.
 */
import { BATCH, makeData, openStore } from "./stores.mjs";

const ORDER = 65_536;
const PASSES = 5;

const [name, place, keyText, valueText, operationText] = process.argv.slice(2);
const keys = Number(keyText);
const operations = Number(operationText);
const store = await openStore(name, makeData(keys, Number(valueText)), place === "-" ? undefined : place);

/** xorshift32: the same order in every process. */
let state = 2_463_534_242;
const order = new Uint32Array(ORDER).map(() => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % keys;
});

/** A loop of its own for each operation, so that none is slowed down by what the others have shown the compiler. */
function loopOf(operation) {
  return new Function(
    "store",
    "order",
    "from",
    "to",
    `let seen = 0; for (let i = from; i < to; i++) if (store.${operation}(order[i & ${ORDER - 1}]) !== undefined) seen++; return seen;`,
  );
}

async function run(loop, count, turn) {
  if (turn === undefined) {
    loop(store, order, 0, count);
    return;
  }
  await turn(false);
  for (let done = 0; done < count; done += BATCH) {
    loop(store, order, done, done + BATCH);
    await turn(done + BATCH >= count);
  }
}

async function fill(operation) {
  const sequence = new Uint32Array(keys).map((_, index) => index);
  if (store.turn !== undefined) await store.turn(false);
  for (let index = 0; index < keys; index++) {
    store[operation](sequence[index]);
    if (store.turn !== undefined && index % 10_000 === 9_999) await store.turn(false);
  }
  if (store.turn !== undefined) await store.turn(true);
}

const result = {};
for (const [set, get] of [
  ["setText", "getText"],
  ["setBytes", "getBytes"],
]) {
  await fill(set);
  for (const [operation, turn] of [
    [get, undefined],
    [set, store.turn],
  ]) {
    const loop = loopOf(operation);
    await run(loop, operations, turn);
    const times = [];
    for (let pass = 0; pass < PASSES; pass++) {
      const begin = process.hrtime.bigint();
      await run(loop, operations, turn);
      times.push(Number(process.hrtime.bigint() - begin) / operations);
    }
    result[operation] = times.sort((a, b) => a - b)[PASSES >> 1];
  }
}
await store.close();
console.log(JSON.stringify(result));
