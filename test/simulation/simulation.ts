/**
 * Lives of one database on one disk, one after the other, as a seed decides: each ends in a crash of the process or a loss of
 * power after some operation, in a fault, or in order; crashes during the start are among them. After each, the state must be
 * one that the life before it may leave (life.ts). Between two lives a bit of a copy of the disk rots now and then: a start
 * on the copy is refused, or finds a state that was there. Throws an Error that names the seed otherwise.
 */

import { DatabaseError } from "../../host/common/error.ts";
import type { WasmModule } from "../../host/engine/webassembly.ts";
import type { Durability, LogSettings } from "../../host/persistence/wal.ts";
import { type CrashKind, type FaultKind, SimulatedDisk, type Trouble } from "../../host/platform/simulated/disk.ts";
import { createRandom, type SeededRandom } from "../support/random.ts";
import { Life, type LifeParts } from "./life.ts";

export interface Outcome {
  readonly lives: number;
  readonly crashes: number;
  readonly tails: number;
  readonly failures: number;
  readonly compactions: number;
  /** Starts on a rotten copy, and how many of them were refused. */
  readonly rotten: number;
  readonly refused: number;
  /** How often each trouble was met, on the disk and its copies. */
  readonly met: Readonly<Record<Trouble, number>>;
}

const ROT_CHANCE = 0.2;
const FAULTS: readonly FaultKind[] = ["short", "full", "error"];

export function randomSettings(random: SeededRandom, durability: Durability): LogSettings {
  return {
    durability,
    flushIntervalMs: 1 + random.below(5),
    flushAfterBatches: random.pick([0, 0, 3]),
    flushAfterBytes: random.pick([0, 500, 100_000]),
    segmentBytes: random.pick([300, 2000, 10_000, 1_000_000]),
    compactStepBytes: random.pick([100, 1000, 65_536]),
    compactAboveBytes: random.pick([1000, 5000, 20_000, 1_000_000_000]),
  };
}

/** States behind the batches of a life from `first` on. */
function statesFrom(life: Life, first: number): ReadonlySet<string> {
  return new Set(life.digests.slice(first));
}

/** Starts on a copy of the disk with one bit turned over; answers the state it finds, or undefined if it is refused. */
async function startRotten(disk: SimulatedDisk, parts: Omit<LifeParts, "disk">): Promise<string | undefined> {
  const copy = SimulatedDisk.holding(disk.contents());
  const files = [...copy.contents()].filter(([, bytes]) => bytes.length > 0);
  if (files.length === 0) return undefined;
  const [name, bytes] = parts.random.pick(files);
  copy.flipBit(name, parts.random.below(bytes.length * 8));
  disk.met["bit flipped"]++;
  try {
    return (await Life.begin({ ...parts, disk: copy })).digests[0];
  } catch (error) {
    if (error instanceof DatabaseError && error.code.startsWith("FILE_")) return undefined;
    throw error;
  }
}

/** Runs `lives` lives. */
export async function simulate(module: WasmModule, seed: number, durability: Durability, lives = 4): Promise<Outcome> {
  const random = createRandom(seed);
  const disk = new SimulatedDisk(seed);
  const settings = randomSettings(random, durability);
  let allowed: ReadonlySet<string> | undefined;
  // What a loss of power during the next start may leave: the system's cache outlives a process only.
  let afterPowerLoss: ReadonlySet<string> | undefined;
  // All states of the last life that began; rot may take its end for a torn one.
  let witnessed: ReadonlySet<string> = new Set();
  let rotten = 0;
  let refused = 0;
  let crashes = 0;
  let tails = 0;
  let failures = 0;
  let compactions = 0;
  const describe = (text: string): string => `seed ${seed}, ${durability}: ${text}`;
  for (let number = 0; number < lives; number++) {
    const end: CrashKind = random.chance(0.6) ? "power" : "process";
    const plan = random.below(10);
    if (witnessed.size > 0 && random.chance(ROT_CHANCE)) {
      const found = await startRotten(disk, { module, random, settings });
      rotten++;
      if (found === undefined) refused++;
      else if (!witnessed.has(found) && allowed?.has(found) !== true) {
        throw new Error(describe(`life ${number} on a disk with a rotten bit begins with a state that was never there`));
      }
    }
    if (plan < 7) disk.crashAfter(1 + random.below(plan < 2 ? 12 : 60), end);
    else if (plan < 9) disk.faultAt(1 + random.below(40), random.pick(FAULTS));
    let life: Life;
    try {
      life = await Life.begin({ disk, module, random, settings });
    } catch (error) {
      const isExpected = disk.crashed || (plan >= 7 && plan < 9);
      if (!isExpected) throw new Error(describe(`life ${number} could not begin: ${String(error)}`), { cause: error });
      if (disk.crashed && end === "power") allowed = afterPowerLoss;
      disk.restart();
      crashes++;
      continue;
    }
    if (allowed !== undefined && !allowed.has(life.digests[0] as string)) {
      throw new Error(describe(`life ${number} begins with a state that life ${number - 1} may not leave: ${life.reports.join("; ")}`));
    }
    tails += life.reports.some((line) => line.includes("unfinished")) ? 1 : 0;
    await life.work(30);
    witnessed = statesFrom(life, 0);
    compactions += life.reports.filter((line) => line.startsWith("compacted")).length;
    failures += life.database.commits.logFailure === undefined ? 0 : 1;
    if (disk.crashed) crashes++;
    else if (plan >= 7 && life.database.commits.logFailure === undefined) {
      await life.stop();
      witnessed = statesFrom(life, 0);
      const hasFailed = life.database.commits.logFailure !== undefined;
      allowed = hasFailed ? statesFrom(life, life.mustHave("process")) : new Set([life.digests.at(-1) as string]);
      afterPowerLoss = hasFailed ? statesFrom(life, life.mustHave("power")) : allowed;
      disk.restart();
      continue;
    } else disk.crash(end);
    allowed = statesFrom(life, life.mustHave(end));
    afterPowerLoss = statesFrom(life, life.mustHave("power"));
    disk.restart();
  }
  return { lives, crashes, tails, failures, compactions, rotten, refused, met: disk.met };
}
