/**
 * A debug engine with its log on a simulated disk, and the query engine on it: for tests that run statements and commands, and let the
 * disk crash in between.
 */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { COMMAND_COUNT } from "../../assembly/abi/commands.ts";
import { SESSION_AUTHENTICATED } from "../../assembly/abi/layout.ts";
import { EXECUTE_DONE, EXECUTE_HOST_COMMAND } from "../../assembly/abi/status.ts";
import { Database } from "../../host/database/database.ts";
import { compileEngine } from "../../host/engine/instance.ts";
import { ManualClock } from "../../host/platform/memory/clock.ts";
import { SeededRandom } from "../../host/platform/memory/random.ts";
import type { SimulatedDisk } from "../../host/platform/simulated/disk.ts";
import { SimulatedStorage } from "../../host/platform/simulated/storage.ts";
import type { QueryEngine } from "../../host/query/executor/query-engine.ts";
import { SessionSettings } from "../../host/query/executor/settings.ts";
import { START_MS } from "./engine.ts";
import { encodeRequest } from "./reply.ts";

const module = await compileEngine(readFileSync(new URL("../../dist/engine.debug.wasm", import.meta.url)));
const SETTINGS = {
  flushIntervalMs: 1000,
  flushAfterBatches: 4,
  flushAfterBytes: 0,
  segmentBytes: 65_536,
  compactAboveBytes: 200_000,
  compactStepBytes: 4096,
} as const;

export interface MachineOptions {
  readonly durability: "full" | "fsync";
  readonly seed: number;
  /** Gets every line that the database reports. */
  readonly report: (line: string) => void;
  /** Gets what recovery tells of the log. */
  readonly told: (line: string) => void;
  /** Stands at START_MS if absent. */
  readonly clock?: ManualClock;
}

/** A line that the database reports is a failure; what recovery tells is not. */
export const SILENT: MachineOptions = {
  durability: "full",
  seed: 1,
  report: (line) => expect.unreachable(line),
  told: () => {},
};

/** What the disk has, recovered. */
export async function recovered(
  disk: SimulatedDisk,
  { durability, seed, report, told, clock = new ManualClock(START_MS) }: MachineOptions,
): Promise<{ readonly database: Database; readonly queries: QueryEngine }> {
  const database = await Database.recover(
    module,
    { clock, random: new SeededRandom(seed), commandCount: COMMAND_COUNT, print: report },
    { storage: new SimulatedStorage(disk), settings: { ...SETTINGS, durability }, recover: "truncate", report: told },
  );
  return { database, queries: await database.queries.load() };
}

export class QueryMachine {
  readonly database: Database;
  readonly queries: QueryEngine;
  /** When commands run. */
  nowMs = START_MS;
  readonly #settings = new SessionSettings(0);
  protected readonly session: number;

  constructor({ database, queries }: { readonly database: Database; readonly queries: QueryEngine }) {
    this.database = database;
    this.queries = queries;
    this.session = database.engine.openSession();
    database.engine.setSession(this.session, SESSION_AUTHENTICATED, 1);
  }

  /** Rows of a statement; throws its error. */
  run(language: "sql" | "cypher", text: string, isCompiled = false, database = 0): readonly (readonly unknown[])[] {
    const { queries } = this;
    const options = { database, settings: this.#settings };
    this.#settings.execution = isCompiled ? "compiled" : "auto";
    try {
      return queries.run({ language: queries[language], text }, language === "cypher" ? {} : [], options, queries.valueRows)
        .rows as readonly (readonly unknown[])[];
    } finally {
      this.database.commits.pass();
    }
  }

  /** Rows of a statement of SQL; throws its error. `isCompiled`: what is written goes through a compiled query. */
  sql(text: string, isCompiled = false): readonly (readonly unknown[])[] {
    return this.run("sql", text, isCompiled);
  }

  /** The reply of a command; throws what the row-write door says. */
  command(...args: readonly string[]): string {
    const { engine } = this.database;
    const status = engine.execute(this.session, engine.loadInput(encodeRequest(args), 0), this.nowMs);
    if (status === EXECUTE_HOST_COMMAND) {
      const error = this.queries.refusal();
      engine.appendReply(new TextEncoder().encode("-CONSTRAINT refused\r\n"));
      expect(engine.resume(this.session, this.nowMs)).toBe(EXECUTE_DONE);
      this.database.commits.pass();
      throw error;
    }
    const reply = new TextDecoder().decode(engine.replyView());
    this.database.commits.pass();
    expect(reply).not.toMatch(/^-/);
    return reply.trim();
  }
}
