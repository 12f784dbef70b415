/**
 * Goal: nothing is left of transactions: when all data is gone and all of them have ended, memory is what it was, to the byte.
 * Method: random histories over all models, with rollbacks, savepoints and read views, on the debug engine, which asserts what it relies on
 * and poisons what is freed; the checker holds each against what plain JavaScript says that it must see. The first histories make
 * what stays: sessions, plans, tables. Buffers for replies, effects and scratch keep their size and are not counted.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedDatabase, open } from "../../host/entry/node.ts";
import { TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { attempt, planOf } from "./campaign.ts";
import type { CommandClient } from "./command-client.ts";
import { createLibraryClient } from "./library-client.ts";
import { printFinding, printHistory } from "./print.ts";
import { ALL_SPACES } from "./random-plan.ts";

const HISTORIES = 60 * TEST_LENGTH;
const ENGINE = new URL("../../dist/engine.debug.wasm", import.meta.url);
/** Freeing goes on in the background. */
const SETTLED_MS = 30_000;

let database: EmbeddedDatabase;
let client: CommandClient;

beforeAll(async () => {
  database = await open({}, { engineFile: ENGINE });
  client = await createLibraryClient(database);
});

afterAll(async () => {
  await database.close();
});

/** Bytes of data and of what is kept about it. */
function kept(): number {
  const { used, replies, effects, scratch } = database.memory();
  return used - replies - effects - scratch;
}

async function play(firstSeed: number): Promise<void> {
  for (let seed = firstSeed; seed < firstSeed + HISTORIES; seed++) {
    const { history, judgement } = await attempt(client, planOf(seed, { level: "mixed", seed, spaces: ALL_SPACES }));
    expect(judgement.findings.map(printFinding), `seed ${seed}\n${printHistory(history, judgement)}`).toEqual([]);
  }
  await client.reset([]);
}

test(`memory returns to the byte (seed ${TEST_SEED})`, { timeout: 300_000 }, async () => {
  await play(TEST_SEED);
  // The same again, since plans are compiled when they are used again.
  await play(TEST_SEED);
  // Asked at once, and then at intervals: two answers alike have time between them.
  let before = Number.NaN;
  await expect
    .poll(
      () => {
        const last = before;
        before = kept();
        return before === last;
      },
      { timeout: SETTLED_MS, interval: 300 },
    )
    .toBe(true);
  await play(TEST_SEED);
  await expect.poll(kept, { timeout: SETTLED_MS }).toBe(before);
});
