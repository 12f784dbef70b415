/**
 * An embedded database whose long queries let others run behind every morsel, however small: for tests of what happens in between.
 */
import { readFileSync } from "node:fs";
import { COMMAND_COUNT } from "../../assembly/abi/commands.ts";
import { EmbeddedDatabase } from "../../host/client/embedded.ts";
import { createHandlers } from "../../host/command/registry.ts";
import { OptionStore } from "../../host/common/options.ts";
import { Database } from "../../host/database/database.ts";
import { compileEngine } from "../../host/engine/instance.ts";
import { nodeClock } from "../../host/platform/node/clock.ts";
import { NodeModules } from "../../host/platform/node/modules.ts";
import { nodeRandom } from "../../host/platform/node/random.ts";
import type { Slices } from "../../host/query/executor/slice.ts";

const ENGINE = new URL("../../dist/engine.debug.wasm", import.meta.url);
const FUNCTIONS = [new URL("../../dist/functions.wasm", import.meta.url)];

/** Stands still behind each morsel. */
export class EveryMorsel implements Slices {
  readonly work: number;
  /** Slices that have ended, over all executions. */
  static slices = 0;

  constructor(work: number) {
    this.work = work;
  }

  begin(): void {}

  isOver(): boolean {
    EveryMorsel.slices++;
    return true;
  }
}

export interface YieldingDatabase {
  readonly database: Database;
  readonly library: EmbeddedDatabase;
  /** Lets time pass at once for what measures durations. */
  readonly skip: (durationMs: number) => void;
  /** Lets time pass at once. */
  readonly pass: (durationMs: number) => void;
}

/** Opens a database in memory on the debug engine; `work` is that of a morsel. */
export async function openYielding(work = 1): Promise<YieldingDatabase> {
  let skippedMs = 0;
  let passedMs = 0;
  const clock = {
    ...nodeClock,
    monotonicMs: () => nodeClock.monotonicMs() + skippedMs,
    nowMs: () => nodeClock.nowMs() + passedMs,
  };
  const database = Database.open(await compileEngine(readFileSync(ENGINE)), {
    clock,
    random: nodeRandom,
    commandCount: COMMAND_COUNT,
    print: (line) => {
      throw new Error(String(line));
    },
    modules: new NodeModules(FUNCTIONS, () => ""),
    slices: () => new EveryMorsel(work),
  });
  const options = new OptionStore(new Map());
  const library = new EmbeddedDatabase({
    database,
    clock,
    random: nodeRandom,
    runId: "0".repeat(40),
    createHandlers: (context) => createHandlers(context, options, database.engine, {}, undefined, database.queries),
  });
  const skip = (durationMs: number): void => {
    skippedMs += durationMs;
  };
  const pass = (durationMs: number): void => {
    skip(durationMs);
    passedMs += durationMs;
  };
  return { database, library, skip, pass };
}
