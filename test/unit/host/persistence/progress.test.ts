/**
 * Goal: a recovery that takes long says how far it is, about once a second, and when it is done; a short one says nothing.
 * Method: a log in memory, recovered by a clock that moves on with every frame.
 */
import { expect, it } from "vitest";
import { Recovery } from "../../../../host/persistence/recovery.ts";
import type { LogSettings } from "../../../../host/persistence/wal.ts";
import { ManualClock } from "../../../../host/platform/memory/clock.ts";
import { SeededRandom } from "../../../../host/platform/memory/random.ts";
import { MemoryStorage } from "../../../../host/platform/memory/storage.ts";

const FRAMES = 10;
const FRAME_BYTES = 1_048_576;
const settings: LogSettings = {
  durability: "full",
  flushIntervalMs: 5,
  flushAfterBatches: 0,
  flushAfterBytes: 0,
  segmentBytes: 4 * FRAME_BYTES,
  compactAboveBytes: 1_000_000_000,
  compactStepBytes: 1000,
};

/** Recovers the log while each frame takes so long, and ends in order; what was reported. */
async function recover(storage: MemoryStorage, frameMs: number, appended: number): Promise<string[]> {
  const reports: string[] = [];
  const clock = new ManualClock(1_800_000_000_000);
  const parts = { storage, clock, random: new SeededRandom(1), settings, report: (line: string) => reports.push(line) };
  const recovery = await Recovery.open({ ...parts, recover: "refuse" });
  await recovery.run(() => clock.spend(frameMs));
  const log = await recovery.start();
  for (let frame = 0; frame < appended; frame++) {
    log.append(new Uint8Array(FRAME_BYTES));
    await log.flush();
  }
  await log.close();
  await storage.unlock();
  return reports;
}

it("says about once a second how far it is, and at last that it is done", async () => {
  const storage = new MemoryStorage();
  expect(await recover(storage, 0, FRAMES)).toEqual([]);
  const reports = await recover(storage, 600, 0);
  expect(reports.at(-1)).toBe(`recovered ${FRAMES} frames (10.0 MB) of the log`);
  const percents = reports.slice(0, -1).map((line) => Number(/^recovering: (\d+) % \(\d+\.\d of \d+\.\d MB\)$/.exec(line)?.[1]));
  expect(percents).toHaveLength(FRAMES / 2);
  expect(percents).toEqual([...percents].sort((one, two) => one - two));
  expect(new Set(percents).size).toBe(percents.length);
  expect(percents[0]).toBeGreaterThan(0);
  expect(percents.at(-1)).toBeLessThanOrEqual(100);
});

it("says nothing when it is short", async () => {
  const storage = new MemoryStorage();
  await recover(storage, 0, FRAMES);
  expect(await recover(storage, 50, 0)).toEqual([]);
});
