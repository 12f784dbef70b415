/**
 * Goal: damaged, missing, foreign and newer files are told and never served.
 * Method: the files of a database with several segments; then every bit of the headers, bits all over the rest, and whole files
 * are changed. A start either refuses, or finds a state that was there: the last one after an orderly stop.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DatabaseError } from "../../host/common/error.ts";
import { compileEngine } from "../../host/engine/instance.ts";
import { SimulatedDisk } from "../../host/platform/simulated/disk.ts";
import { TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { createRandom } from "../support/random.ts";
import { Life, type LifeParts } from "./life.ts";

const module = await compileEngine(readFileSync(new URL("../../dist/engine.wasm", import.meta.url)));
const settings = {
  durability: "fsync",
  flushIntervalMs: 2,
  flushAfterBatches: 0,
  flushAfterBytes: 0,
  segmentBytes: 1500,
  compactAboveBytes: 1_000_000_000,
  compactStepBytes: 1000,
} as const;
const FIRST = "wal-0000000001.log";
const SECOND = "wal-0000000002.log";
const HEADER_BITS = 64 * 8;

type Files = ReadonlyMap<string, Uint8Array>;

function partsFor(disk: SimulatedDisk, recover: "refuse" | "truncate" = "refuse"): LifeParts {
  return { disk, module, random: createRandom(TEST_SEED), settings, recover };
}

async function makeFiles(ending: "stop" | "kill"): Promise<{ files: Files; digests: readonly string[] }> {
  const disk = new SimulatedDisk(TEST_SEED);
  const life = await Life.begin(partsFor(disk));
  await life.work(25);
  if (ending === "stop") await life.stop();
  else await life.database.commits.flush();
  return { files: disk.contents(), digests: life.digests };
}

/** A log whose first frames are gone. */
async function makeCompacted(): Promise<{ files: Files; digests: readonly string[] }> {
  const disk = new SimulatedDisk(TEST_SEED);
  const life = await Life.begin(partsFor(disk));
  await life.work(25);
  await life.compactInPeace();
  await life.work(5);
  await life.stop();
  return { files: disk.contents(), digests: life.digests };
}

const stopped = await makeFiles("stop");
const killed = await makeFiles("kill");
const lastUsed = [...stopped.files].filter(([name, bytes]) => name.startsWith("wal-") && bytes.length > 64).at(-1)?.[0] ?? "";

/** The state that a start finds, or the code of its refusal. */
async function start(files: Files, recover: "refuse" | "truncate" = "refuse"): Promise<string> {
  const disk = SimulatedDisk.holding(files);
  try {
    return (await Life.begin(partsFor(disk, recover))).digests[0] as string;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    expect(disk.locked).toBe(false);
    expect(disk.contents()).toEqual(files);
    return error.code;
  }
}

async function refusal(files: Files): Promise<string> {
  const error: unknown = await Life.begin(partsFor(SimulatedDisk.holding(files))).catch((cause: unknown) => cause);
  if (!(error instanceof DatabaseError)) throw new TypeError("the start was not refused");
  return `${error.code}: ${error.message}`;
}

function changed(files: Files, name: string, change: (bytes: Uint8Array) => Uint8Array | undefined): Files {
  const copy = new Map<string, Uint8Array>([...files].map(([each, bytes]) => [each, bytes.slice()]));
  const bytes = change(copy.get(name) ?? new Uint8Array(0));
  if (bytes === undefined) copy.delete(name);
  else copy.set(name, bytes);
  return copy;
}

function flipped(files: Files, name: string, bit: number): Files {
  return changed(files, name, (bytes) => {
    bytes[bit >>> 3] = (bytes[bit >>> 3] as number) ^ (1 << (bit & 7));
    return bytes;
  });
}

it("the untouched files have several segments and open", async () => {
  expect([...stopped.files.keys()].length).toBeGreaterThan(4);
  expect(await start(stopped.files)).toBe(stopped.digests.at(-1));
  expect(await start(killed.files)).toBe(killed.digests.at(-1));
});

describe("one bit turned over", () => {
  it("in the header of a segment", async () => {
    for (let bit = 0; bit < HEADER_BITS; bit += bit < 96 ? 1 : 3) expect(await start(flipped(stopped.files, FIRST, bit))).toMatch(/^FILE_/);
  });

  it("anywhere in the log, after an orderly stop: refused, or harmless", async () => {
    const random = createRandom(TEST_SEED);
    const names = [...stopped.files.keys()].filter((name) => name.startsWith("wal-"));
    let refused = 0;
    for (let run = 0; run < 200 * TEST_LENGTH; run++) {
      const name = random.pick(names);
      const bit = random.below((stopped.files.get(name) as Uint8Array).length * 8);
      const found = await start(flipped(stopped.files, name, bit));
      if (found !== stopped.digests.at(-1)) expect([name, bit, found]).toEqual([name, bit, expect.stringMatching(/^FILE_/)]);
      refused += found.startsWith("FILE_") ? 1 : 0;
    }
    expect(refused).toBeGreaterThan(100);
  });

  it("anywhere in the log, after a kill: refused, or a state that was there", async () => {
    const random = createRandom(TEST_SEED + 1);
    const names = [...killed.files.keys()].filter((name) => name.startsWith("wal-"));
    for (let run = 0; run < 150 * TEST_LENGTH; run++) {
      const name = random.pick(names);
      const bit = random.below((killed.files.get(name) as Uint8Array).length * 8);
      const found = await start(flipped(killed.files, name, bit));
      if (!found.startsWith("FILE_")) expect(killed.digests, `${name}, bit ${bit}`).toContain(found);
    }
  });

  it("anywhere in the manifest: the other slot serves, or the start is refused", async () => {
    const size = (stopped.files.get("manifest") as Uint8Array).length;
    for (let byte = 0; byte < size; byte += byte < 128 || byte >= 4096 ? 1 : 97) {
      expect(await start(flipped(stopped.files, "manifest", byte * 8 + (byte & 7)))).toBe(stopped.digests.at(-1));
    }
  });
});

describe("bytes that are missing", () => {
  it("a log cut anywhere before its end is refused after an orderly stop", async () => {
    const { length } = stopped.files.get(lastUsed) as Uint8Array;
    for (let size = 0; size < length - 8; size += 29) {
      expect(await start(changed(stopped.files, lastUsed, (bytes) => bytes.slice(0, size)))).toBe("FILE_CORRUPT");
    }
  });

  it("a torn tail is cut after a kill, whatever its length, and the next start is clean", async () => {
    const name = [...killed.files].filter(([each, bytes]) => each.startsWith("wal-") && bytes.length > 64).at(-1)?.[0] as string;
    const { length } = killed.files.get(name) as Uint8Array;
    for (let size = 64; size < length; size += 19) {
      const disk = SimulatedDisk.holding(changed(killed.files, name, (bytes) => bytes.slice(0, size)));
      const life = await Life.begin(partsFor(disk));
      expect(killed.digests).toContain(life.digests[0]);
      await life.stop();
      const next = await Life.begin(partsFor(disk));
      expect(next.digests[0]).toBe(life.digests[0]);
      expect(next.reports.filter((line) => line.includes("unfinished"))).toEqual([]);
      await next.stop();
    }
  });

  it("a whole segment, first or later, is missed by name", async () => {
    expect(await refusal(changed(stopped.files, FIRST, () => undefined))).toBe(
      "FILE_CORRUPT: simulated/wal-0000000001.log is missing. Restore the directory from a copy, or start with --recover truncate " +
        "to keep the 0 good frames before it and lose the rest",
    );
    expect(await refusal(changed(stopped.files, SECOND, () => undefined))).toMatch(/wal-0000000002\.log is missing/);
  });

  it("the manifest is missed when there is a log", async () => {
    expect(await refusal(changed(stopped.files, "manifest", () => undefined))).toMatch(/^FILE_CORRUPT: .*no whole manifest/);
    const bare = new Map([["wal-0000000001.log", (stopped.files.get(FIRST) as Uint8Array).slice(0, 64)]]);
    expect(await start(bare)).toBe("0".repeat(32));
  });
});

describe("files of others", () => {
  it("a foreign manifest, log, or a log of another database", async () => {
    const text = new TextEncoder().encode("a letter to somebody, and not a database at all: longer than a header, surely");
    expect(await refusal(changed(stopped.files, "manifest", () => text))).toMatch(/^FILE_FOREIGN: simulated\/manifest is not/);
    expect(await refusal(changed(stopped.files, SECOND, () => text))).toMatch(/^FILE_FOREIGN: .*0002\.log is not a log of MemFlux/);
    const other = new SimulatedDisk(7);
    await (await Life.begin({ ...partsFor(other), random: createRandom(7) })).stop();
    const foreign = other.contents().get(FIRST) as Uint8Array;
    const padded = Uint8Array.from([...foreign, 1, 2, 3, 4]);
    expect(await refusal(changed(stopped.files, FIRST, () => padded))).toMatch(/^FILE_FOREIGN: .*belongs to another database/);
    expect(await refusal(changed(stopped.files, FIRST, () => stopped.files.get(SECOND)))).toMatch(/^FILE_FOREIGN: .*was another segment/);
  });

  it("a newer format", async () => {
    const newer = changed(stopped.files, FIRST, (bytes) => {
      bytes[8] = 2;
      return bytes;
    });
    expect(await refusal(newer)).toBe(
      "FILE_VERSION: simulated/wal-0000000001.log has format version 2; this MemFlux reads up to 1. " +
        "Use a newer MemFlux, or choose another directory with --dir",
    );
  });
});

describe("--recover truncate", () => {
  it("keeps what lies before the damage, and the next start is clean", async () => {
    const bit = ((stopped.files.get(SECOND) as Uint8Array).length - 30) * 8;
    const damaged = flipped(stopped.files, SECOND, bit);
    expect(await refusal(damaged)).toMatch(/0002\.log is damaged at offset \d+\. .*--recover truncate/);
    const disk = SimulatedDisk.holding(damaged);
    const life = await Life.begin(partsFor(disk, "truncate"));
    const kept = stopped.digests.indexOf(life.digests[0] as string);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(stopped.digests.length - 1);
    expect(life.reports.join("\n")).toMatch(/\d+ bytes from there on were dropped/);
    await life.work(3);
    await life.stop();
    const next = await Life.begin(partsFor(disk));
    expect(next.digests[0]).toBe(life.digests.at(-1));
  });

  it("reads a log that has lost its manifest from its oldest file on, compacted or not", async () => {
    for (const { files, digests } of [stopped, killed, await makeCompacted()]) {
      const bare = changed(files, "manifest", () => undefined);
      expect(await refusal(bare)).toMatch(/no whole manifest.*--recover truncate/);
      const disk = SimulatedDisk.holding(bare);
      const life = await Life.begin(partsFor(disk, "truncate"));
      expect(life.digests[0]).toBe(digests.at(-1));
      expect(life.reports.join("\n")).toMatch(/has lost its manifest: the log is read from frame \d+ on/);
      await life.work(3);
      await life.stop();
      const next = await Life.begin(partsFor(disk));
      expect(next.digests[0]).toBe(life.digests.at(-1));
    }
    const damaged = changed(flipped(stopped.files, FIRST, 70 * 8), "manifest", () => undefined);
    expect(await start(damaged, "truncate")).toBe("0".repeat(32));
  });

  it("starts empty when nothing is left", async () => {
    expect(
      await start(
        changed(stopped.files, FIRST, () => undefined),
        "truncate",
      ),
    ).toBe("0".repeat(32));
  });
});
