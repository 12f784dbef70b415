/**
 * Goal: there is no moment at which a crash or a fault breaks a promise.
 * Method: one varied workload, as its seed decides, is run again and again; each time the n-th operation of the disk crashes or
 * fails, for every n there is. It begins with the recovery of a log with a torn tail, fills several segments and compacts them,
 * so that every kind of operation is among them. After a fault without a crash the server goes on: reads are answered, writes
 * are refused.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileEngine } from "../../host/engine/instance.ts";
import type { Durability, LogSettings } from "../../host/persistence/wal.ts";
import { type CrashKind, type FaultKind, OPERATIONS, SimulatedDisk } from "../../host/platform/simulated/disk.ts";
import { TEST_SEED } from "../support/engine.ts";
import { createRandom } from "../support/random.ts";
import { Life, type LifeParts } from "./life.ts";

const module = await compileEngine(readFileSync(new URL("../../dist/engine.wasm", import.meta.url)));
const BATCHES = 15;
const LEVELS: readonly Durability[] = ["none", "fsync", "full"];

const settingsFor = (durability: Durability): LogSettings => ({
  durability,
  flushIntervalMs: 2,
  flushAfterBatches: 3,
  flushAfterBytes: 0,
  segmentBytes: 700,
  compactAboveBytes: 1_000_000_000,
  compactStepBytes: 1000,
});

/** What every run finds: a log whose last frame is torn; and the state that is left of it. */
const found = await (async (): Promise<{ files: ReadonlyMap<string, Uint8Array>; digest: string }> => {
  const run: LifeParts = { disk: new SimulatedDisk(TEST_SEED), module, random: createRandom(TEST_SEED), settings: settingsFor("full") };
  const life = await Life.begin(run);
  await life.work(4);
  await life.database.commits.flush();
  const files = run.disk.contents();
  const [name, bytes] = [...files].findLast(([each, { length }]) => each.startsWith("wal-") && length > 64) ?? ["", new Uint8Array(0)];
  files.set(name, bytes.subarray(0, bytes.length - 9));
  const next = await Life.begin({ ...run, disk: SimulatedDisk.holding(files) });
  expect(next.reports.join("\n")).toMatch(/a crash left unfinished/);
  return { files, digest: next.digests[0] as string };
})();

/** The same disk, workload and settings each time: small segments, so that several are filled. */
function parts(durability: Durability): LifeParts {
  const disk = SimulatedDisk.holding(found.files, TEST_SEED);
  return { disk, module, random: createRandom(TEST_SEED), settings: settingsFor(durability) };
}

/** What every run does, until the machine is down. */
async function work(life: Life): Promise<void> {
  await life.work(BATCHES);
  await life.compactAmidWork();
  await life.work(BATCHES / 3);
}

/** Operations of the whole run. */
async function countOperations(durability: Durability): Promise<number> {
  const run = parts(durability);
  const life = await Life.begin(run);
  await work(life);
  for (const operation of OPERATIONS) expect(run.disk.done[operation], operation).toBeGreaterThan(0);
  expect(life.reports.join("\n")).toMatch(/compacted the log/);
  return run.disk.operations;
}

async function crashedAt(durability: Durability, operation: number, kind: CrashKind): Promise<void> {
  const run = parts(durability);
  run.disk.crashAfter(operation, kind);
  let allowed: readonly string[] = [found.digest];
  try {
    const life = await Life.begin(run);
    await work(life);
    if (!run.disk.crashed) run.disk.crash(kind);
    allowed = life.digests.slice(life.mustHave(kind));
  } catch (error) {
    if (!run.disk.crashed) throw error;
  }
  run.disk.restart();
  const next = await Life.begin(run);
  expect(allowed, `${durability}, ${kind}, operation ${operation}: ${next.reports.join("; ")}`).toContain(next.digests[0]);
  await next.work(2);
  await next.stop();
  const last = await Life.begin(run);
  expect(last.digests[0]).toBe(next.digests.at(-1));
}

async function faultyAt(durability: Durability, operation: number, fault: FaultKind): Promise<boolean> {
  const run = parts(durability);
  run.disk.faultAt(operation, fault);
  let life: Life;
  try {
    life = await Life.begin(run);
  } catch (error) {
    // The start may fail with the disk, and must not leave the directory locked.
    expect(error).toMatchObject({ code: expect.stringMatching(/^STORAGE_/) });
    await expect(Life.begin({ ...run, disk: afterRepair(run.disk) })).resolves.toBeInstanceOf(Life);
    return false;
  }
  await work(life);
  const hasFailed = life.database.commits.logFailure !== undefined;
  if (hasFailed) {
    const replies = life.runBatch([
      ["SET", "refused", "1"],
      ["GET", "refused"],
    ]);
    expect(replies).toMatch(/^-MISCONF [^\r]*\r\n\$-1\r\n$/);
    for (const failure of life.failures) expect(failure.code).toBe("OUTCOME_UNKNOWN");
  }
  const allowed = life.digests.slice(life.mustHave("process"));
  await life.stop();
  const next = await Life.begin({ ...run, disk: afterRepair(run.disk) });
  expect(allowed, `${durability}, ${fault} at operation ${operation}: ${next.reports.join("; ")}`).toContain(next.digests[0]);
  return hasFailed;
}

/** The disk after the trouble: what is seen stays, the machine was not switched off. */
function afterRepair(disk: SimulatedDisk): SimulatedDisk {
  expect(disk.locked).toBe(false);
  disk.restart();
  return disk;
}

describe.each(LEVELS)("durability %s", (durability) => {
  it.each(["process", "power"] as const)("a crash (%s) at any operation", async (kind) => {
    const count = await countOperations(durability);
    expect(count).toBeGreaterThan(15);
    for (let operation = 1; operation <= count + 1; operation++) await crashedAt(durability, operation, kind);
  });

  it.each(["short", "full", "error"] as const)("a fault (%s) at any operation", async (fault) => {
    const count = await countOperations(durability);
    let failed = 0;
    for (let operation = 1; operation <= count; operation++) failed += (await faultyAt(durability, operation, fault)) ? 1 : 0;
    if (fault === "short") expect(failed).toBe(0);
    // A segment that cannot be made ahead is tried again, so not every fault ends the log.
    else expect(failed).toBeGreaterThan(3);
  });
});

it("a crash while a segment that lost all its frames is used again", async () => {
  const first: LifeParts = { ...parts("full"), disk: new SimulatedDisk(TEST_SEED) };
  const life = await Life.begin(first);
  life.runBatch([["SET", "long", "x".repeat(400)]]);
  await life.database.commits.flush();
  const files = first.disk.contents();
  // The first frame is torn; what is left of it is longer than a header.
  files.set("wal-0000000001.log", (files.get("wal-0000000001.log") as Uint8Array).slice(0, 300));
  for (let seed = 1; seed <= 40; seed++) {
    for (let operation = 1; operation <= 6; operation++) {
      const run = { ...parts("full"), disk: SimulatedDisk.holding(files, seed) };
      run.disk.crashAfter(operation, "power");
      const start = await Life.begin(run).catch(() => undefined);
      if (!run.disk.crashed) run.disk.crash("power");
      run.disk.restart();
      expect((await Life.begin(run)).digests[0], `disk ${seed}, operation ${operation}`).toBe(start?.digests[0] ?? "0".repeat(32));
    }
  }
});
