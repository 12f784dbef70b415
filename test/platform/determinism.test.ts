/**
 * Goal: the engine is a function of its calls. The same call log gives the same replies, effects and memory, byte by byte, in every
 * instance and on every runtime; the debug engine differs in nothing but its memory.
 * Method: call logs made by seeds (call-log.ts), played in this process and by determinism-program.ts on each runtime. Memories are
 * compared by SHA-256. A runtime that is not installed is not run.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { type InstalledProgram, installProgram } from "../support/installed-program.ts";
import { type CallLogOutcome, playCallLog } from "./call-log.ts";
import { RUNTIMES, titleOf } from "./runtimes.ts";

const run = promisify(execFile);
const RELEASE = fileURLToPath(new URL("../../dist/engine.wasm", import.meta.url));
const DEBUG = fileURLToPath(new URL("../../dist/engine.debug.wasm", import.meta.url));
const CALLS = 4000 * TEST_LENGTH;
const SEEDS = [TEST_SEED, TEST_SEED + 1, TEST_SEED + 2];

describe(`a call log of ${CALLS} calls (seeds ${SEEDS.join(", ")})`, () => {
  const expected: CallLogOutcome[] = [];
  let program: InstalledProgram;
  beforeAll(async () => {
    program = await installProgram(new URL("determinism-program.ts", import.meta.url));
    for (const seed of SEEDS) expected.push(await playCallLog(readFileSync(RELEASE), { seed, calls: CALLS }));
  });
  afterAll(() => program?.remove());

  it("has every kind of event, and another outcome for each seed and for each call more", async () => {
    for (const { events } of expected) for (const [event, count] of Object.entries(events)) expect(count, event).toBeGreaterThan(0);
    const longer = await playCallLog(readFileSync(RELEASE), { seed: TEST_SEED, calls: CALLS + 1 });
    for (const part of ["memory", "replicaMemory", "replies", "effects", "digest"] as const) {
      expect(new Set(expected.map((outcome) => outcome[part])).size, part).toBe(SEEDS.length);
    }
    expect(longer.memory).not.toBe(expected[0]!.memory);
  });

  it("leaves a replica that replayed its effects with the same content", () => {
    for (const { digest, replicaDigest } of expected) expect(replicaDigest).toBe(digest);
  });

  it("gives a second instance the same memory", async () => {
    for (const [index, seed] of SEEDS.entries())
      expect(await playCallLog(readFileSync(RELEASE), { seed, calls: CALLS })).toEqual(expected[index]);
  });

  it("gives the debug engine the same replies, effects and content", async () => {
    for (const [index, seed] of SEEDS.entries()) {
      const { replies, effects, digest, events } = await playCallLog(readFileSync(DEBUG), { seed, calls: CALLS });
      expect({ replies, effects, digest, events }).toEqual({
        replies: expected[index]!.replies,
        effects: expected[index]!.effects,
        digest: expected[index]!.digest,
        events: expected[index]!.events,
      });
    }
  });

  for (const runtime of RUNTIMES) {
    it.skipIf(runtime.command === undefined)(`gives the same on ${titleOf(runtime)}`, async () => {
      const [path, ...args] = [...runtime.command!, program.file, RELEASE, String(CALLS), ...SEEDS.map(String)];
      const { stdout } = await run(path!, args, { timeout: 60_000 });
      const outcomes = stdout.trim().split("\n");
      expect(outcomes.map((line) => JSON.parse(line) as unknown)).toEqual(expected);
    });
  }
});
