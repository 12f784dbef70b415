/**
 * Goal: the files of version 1 stay readable, and what is written stays version 1 to the byte.
 * Method: a small database whose every byte is known; it is written anew and compared, and read from the stored bytes.
 */
import { expect, it } from "vitest";
import { Recovery } from "../../../../host/persistence/recovery.ts";
import type { LogSettings } from "../../../../host/persistence/wal.ts";
import { ManualClock } from "../../../../host/platform/memory/clock.ts";
import { SeededRandom } from "../../../../host/platform/memory/random.ts";
import { SimulatedDisk } from "../../../../host/platform/simulated/disk.ts";
import { SimulatedStorage } from "../../../../host/platform/simulated/storage.ts";

const settings: LogSettings = {
  durability: "fsync",
  flushIntervalMs: 5,
  flushAfterBatches: 0,
  flushAfterBytes: 0,
  segmentBytes: 1000,
  compactAboveBytes: 1_000_000,
  compactStepBytes: 1000,
};
const EFFECTS = [
  "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*0\r\n",
  "*2\r\n$3\r\nDEL\r\n$1\r\na\r\n*0\r\n",
];

/** What version 1 wrote. */
const STORED = {
  manifestSlot:
    "4d464c5558444231010000000000000002000000000000006b9064e7d8c9a26089272c38f58a44d34b3f47770797a59c010000000000000001000000" +
    "000000000000000000000000020000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
    "0000000002dd4cc2",
  segment:
    "4d464c555857414c01000000010000006b9064e7d8c9a26089272c38f58a44d301000000000000000000000000000000000000000000000000000000" +
    "7cf66188360000005d09304c010000000000000000000000000000002a320d0a24360d0a53454c4543540d0a24310d0a300d0a2a330d0a24330d0a53" +
    "45540d0a24310d0a610d0a24310d0a310d0a2a300d0a000018000000b55cb25402000000000000005d09304c000000002a320d0a24330d0a44454c0d" +
    "0a24310d0a610d0a2a300d0a",
};

async function open(disk: SimulatedDisk, applied: string[]) {
  const recovery = await Recovery.open({
    storage: new SimulatedStorage(disk),
    clock: new ManualClock(0),
    random: new SeededRandom(1),
    settings,
    recover: "refuse",
    report: () => {},
  });
  await recovery.run((effects) => applied.push(new TextDecoder().decode(effects)));
  return recovery;
}

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("hex");
}

it("writes version 1 to the byte", async () => {
  const disk = new SimulatedDisk(1);
  const log = await (await open(disk, [])).start();
  for (const effects of EFFECTS) {
    log.append(new TextEncoder().encode(effects));
    await log.flush();
  }
  await log.close();
  const files = disk.contents();
  expect([...files.keys()].sort()).toEqual(["manifest", "wal-0000000001.log", "wal-0000000002.log"]);
  // The second slot written, at offset 0.
  expect(hex(files.get("manifest")?.subarray(0, 128))).toBe(STORED.manifestSlot);
  expect(hex(files.get("wal-0000000001.log"))).toBe(STORED.segment);
});

it("reads version 1", async () => {
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
  const disk = SimulatedDisk.holding(
    new Map([
      ["manifest", bytes(STORED.manifestSlot)],
      ["wal-0000000001.log", bytes(STORED.segment)],
    ]),
  );
  const applied: string[] = [];
  const log = await (await open(disk, applied)).start();
  expect(applied).toEqual(EFFECTS);
  expect([log.epoch, log.position, log.durableSequence]).toEqual([2, 2, 2]);
  await log.close();
});

it("writes batches as early as the settings ask for", async () => {
  for (const [changes, expected] of [
    [{}, 0],
    [{ flushAfterBatches: 2 }, 1],
    [{ flushAfterBytes: 60 }, 1],
    [{ flushAfterBatches: 3 }, 0],
  ] as const) {
    const clock = new ManualClock(0);
    const recovery = await Recovery.open({
      storage: new SimulatedStorage(new SimulatedDisk(1)),
      clock,
      random: new SeededRandom(1),
      settings: { ...settings, durability: "none", ...changes },
      recover: "refuse",
      report: () => {},
    });
    await recovery.run(() => {});
    const log = await recovery.start();
    for (const effects of EFFECTS) log.append(new TextEncoder().encode(effects));
    await Promise.resolve();
    expect([changes, log.writtenSequence]).toEqual([changes, expected]);
    clock.advance(settings.flushIntervalMs);
    expect(log.writtenSequence).toBe(1);
    await log.close();
    expect(log.durableSequence).toBe(1);
  }
});
