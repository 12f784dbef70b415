/**
 * Goal: a compaction loses and invents nothing, whatever is done while it walks and wherever it is cut off; the log gets shorter.
 * Method: keys in several databases, a compaction in small steps with a random batch between any two (renames, copies, moves,
 * swaps and flushes among them); then the digest is compared over a restart. The same with a crash at each operation.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileEngine } from "../../host/engine/instance.ts";
import type { LogSettings } from "../../host/persistence/wal.ts";
import { type CrashKind, SimulatedDisk } from "../../host/platform/simulated/disk.ts";
import { TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { createRandom } from "../support/random.ts";
import { Life, type LifeParts } from "./life.ts";

const module = await compileEngine(readFileSync(new URL("../../dist/engine.wasm", import.meta.url)));
const SEEDS = 60 * TEST_LENGTH;
const settings: LogSettings = {
  durability: "full",
  flushIntervalMs: 2,
  flushAfterBatches: 0,
  flushAfterBytes: 0,
  segmentBytes: 5000,
  compactAboveBytes: 1_000_000_000,
  compactStepBytes: 300,
};

function parts(seed: number): LifeParts {
  return { disk: new SimulatedDisk(seed), module, random: createRandom(seed), settings };
}

/** A life with something to compact: values written over and over. */
async function prepared(run: LifeParts): Promise<Life> {
  const life = await Life.begin(run);
  for (let number = 0; number < 300; number++) {
    life.runBatch([
      ["SELECT", String(number % 3)],
      ["SET", `filler:${number % 25}`, "x".repeat(100)],
    ]);
  }
  await life.work(5);
  await life.database.commits.flush();
  return life;
}

function logBytes(disk: SimulatedDisk): number {
  return [...disk.contents()].reduce((sum, [name, bytes]) => sum + (name.startsWith("wal-") ? bytes.length : 0), 0);
}

it(`keeps the state over ${SEEDS} compactions amid work (from seed ${TEST_SEED})`, async () => {
  let batches = 0;
  for (let seed = TEST_SEED; seed < TEST_SEED + SEEDS; seed++) {
    const run = parts(seed);
    const life = await prepared(run);
    const before = life.digests.length;
    const bytesBefore = logBytes(run.disk);
    await life.compactAmidWork();
    batches += life.digests.length - before;
    expect(life.reports.join("; "), `seed ${seed}`).toMatch(/compacted the log/);
    await life.database.commits.flush();
    run.disk.crash("process");
    run.disk.restart();
    const next = await Life.begin(run);
    expect(next.digests[0], `seed ${seed}`).toBe(life.digests.at(-1));
    await next.compactInPeace();
    expect(logBytes(run.disk), `seed ${seed}`).toBeLessThan(bytesBefore);
    expect(next.database.persistence?.logBytes).toBeLessThanOrEqual(logBytes(run.disk));
    await next.stop();
    expect((await Life.begin(run)).digests[0], `seed ${seed}, compacted again`).toBe(next.digests.at(-1));
  }
  expect(batches).toBeGreaterThan(SEEDS * 10);
});

describe.each(["process", "power"] as const)("a crash (%s)", (kind: CrashKind) => {
  it("at any operation of a compaction", async () => {
    const whole = parts(TEST_SEED);
    const rehearsal = await prepared(whole);
    const first = whole.disk.operations;
    await rehearsal.compactAmidWork();
    const count = whole.disk.operations - first;
    expect(count).toBeGreaterThan(20);
    for (let operation = 1; operation <= count; operation += Math.ceil(count / 40)) {
      const run = parts(TEST_SEED);
      const life = await prepared(run);
      run.disk.crashAfter(operation, kind);
      await life.compactAmidWork();
      if (!run.disk.crashed) run.disk.crash(kind);
      const allowed = life.digests.slice(life.mustHave(kind));
      run.disk.restart();
      const next = await Life.begin(run);
      expect(allowed, `operation ${operation}: ${next.reports.join("; ")}`).toContain(next.digests[0]);
      await next.compactInPeace();
      await next.stop();
      const last = await Life.begin(run);
      expect(last.digests[0], `operation ${operation}, compacted again`).toBe(next.digests[0]);
    }
  });
});
