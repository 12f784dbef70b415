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

const FILL = 10_000;

const [name, place, keyText, valueText, operationText] = process.argv.slice(2);
const keys = Number(keyText);
const valueBytes = Number(valueText);
const operations = Number(operationText);
const store = await openStore(name, place === "-" ? undefined : place);

/** xorshift32: the same order in every process. */
let state = 2_463_534_242;
const order = Array.from({ length: ORDER }, () => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % keys;
});
const used = store.use(makeData(order, valueBytes));

/** A loop of its own for each operation, so that none is slowed down by what the others have shown the compiler. */
function loopOf(operation) {
  const body = `let seen = 0; for (let i = from; i < to; i++) if (used.${operation}(i & ${ORDER - 1}) != null) seen++; return seen;`;
  const loop = new Function("used", "from", "to", body);
  return (from, to) => {
    if (loop(used, from, to) !== to - from) throw new Error(`${name} has lost keys`);
  };
}

async function run(loop, count, turn) {
  if (turn === undefined) {
    loop(0, count);
    return;
  }
  await turn(false);
  for (let done = 0; done < count; done += BATCH) {
    loop(done, done + BATCH);
    await turn(done + BATCH >= count);
  }
}

async function fill(operation) {
  if (store.turn !== undefined) await store.turn(false);
  for (let first = 0; first < keys; first += FILL) {
    const count = Math.min(FILL, keys - first);
    const part = store.use(
      makeData(
        Array.from({ length: count }, (_, index) => first + index),
        valueBytes,
      ),
    );
    for (let index = 0; index < count; index++) part[operation](index);
    if (store.turn !== undefined) await store.turn(false);
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
