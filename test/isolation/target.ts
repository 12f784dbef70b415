/**
 * What histories run on, opened by name: the model, the library, a server in this process that is spoken to through sockets.
 *
 * Whoever opens one closes it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "../../host/entry/node.ts";
import { nodeClock } from "../../host/platform/node/clock.ts";
import type { Clock } from "../../host/platform/types.ts";
import type { Client, Contents } from "./client.ts";
import type { CommandClient, CommandSession, StandingClock } from "./command-client.ts";
import { createLibraryClient } from "./library-client.ts";
import { ModelClient } from "./model-client.ts";
import { rulesWithout } from "./rules.ts";
import { createSocketClient } from "./socket-client.ts";

export type DoorName = "library" | "server";
export type TargetName = "model" | DoorName;

export interface Target {
  readonly client: Client;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Its log lies on disk, in a directory that goes with it. */
  readonly isPersistent?: boolean;
  /** Another engine than that of the library. */
  readonly engineFile?: URL;
}

export async function openTarget(name: TargetName, options: DatabaseOptions = {}): Promise<Target> {
  if (name === "model") return { client: new ModelClient(rulesWithout()), close: async () => {} };
  return openDatabase(name, options);
}

/** The time at which clocks begin to stand. */
const START_MS = 1_700_000_000_000;

/** Timers are the system's, so that background work goes on; what time it is, the histories say. */
export function createStandingClock(): Clock & StandingClock {
  let timeMs = START_MS;
  return {
    ...nodeClock,
    nowMs: () => timeMs,
    advance(durationMs) {
      timeMs += durationMs;
    },
  };
}

/** One database: its client, and how it is closed. */
interface OpenDatabase {
  readonly client: CommandClient;
  close(): Promise<void>;
}

async function openOne(name: DoorName, { isPersistent = false, engineFile }: DatabaseOptions): Promise<OpenDatabase> {
  const dir = isPersistent ? mkdtempSync(join(tmpdir(), "memflux-isolation-")) : undefined;
  const clock = name === "library" ? createStandingClock() : undefined;
  const surroundings = { ...(engineFile === undefined ? {} : { engineFile }), ...(clock === undefined ? {} : { clock }) };
  const database = await open(dir === undefined ? {} : { dir, wal_size_threshold_mb: 1 }, surroundings);
  const close = async (): Promise<void> => {
    await database.close();
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  };
  if (name === "library") return { client: await createLibraryClient(database, clock), close };
  const door = await database.serve({ host: "127.0.0.1", port: 0 });
  const client = await createSocketClient(door);
  return {
    client,
    close: async () => {
      await client.close();
      await door.stop();
      await close();
    },
  };
}

/** A database as a client, and another one after it has failed. */
export class DatabaseTarget implements Target, Client {
  readonly #open: () => Promise<OpenDatabase>;
  #one: OpenDatabase;

  constructor(open: () => Promise<OpenDatabase>, first: OpenDatabase) {
    this.#open = open;
    this.#one = first;
  }

  get client(): this {
    return this;
  }

  reset(contents: Contents): Promise<void> {
    return this.#one.client.reset(contents);
  }

  session(number: number): Promise<CommandSession> {
    return this.#one.client.session(number);
  }

  pass(durationMs: number): void {
    this.#one.client.pass(durationMs);
  }

  async renew(): Promise<void> {
    // One that has failed may refuse to be closed.
    await this.#one.close().catch(() => {});
    this.#one = await this.#open();
  }

  close(): Promise<void> {
    return this.#one.close();
  }
}

export async function openDatabase(name: DoorName, options: DatabaseOptions = {}): Promise<DatabaseTarget> {
  const openAnother = (): Promise<OpenDatabase> => openOne(name, options);
  return new DatabaseTarget(openAnother, await openAnother());
}
