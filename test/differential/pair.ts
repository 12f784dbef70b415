/**
 * Two servers whose wall clock the test holds (clock.c): redis-server and ours, or any two. Expiries come due exactly when the
 * test says so, and times to live are equal to the millisecond. The clock stands still between the steps that move it.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openClient, type RawClient } from "../support/raw-client.ts";
import type { Reply } from "../support/reply.ts";
import { type ServerKind, startServer, type TestServer } from "../support/test-server.ts";
import type { Step } from "./generator.ts";

/** Where the clock begins. */
export const START_MS = Date.UTC(2030, 0, 1);

const CLOCK_SOURCE = fileURLToPath(new URL("clock.c", import.meta.url));

/** Whether clock.c can be built here: on Linux with a C compiler. */
export function canHoldClock(): boolean {
  return process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;
}

/** Changes replies of one server on purpose: how the tester is shown to find differences. */
export type Plant = (step: Step, reply: Reply) => Reply;

export class ServerPair {
  readonly #servers: readonly TestServer[];
  readonly #folder: string;
  readonly #clockFile: number;
  readonly #plant: Plant | undefined;
  #nowMs = START_MS;
  #clients: RawClient[] = [];
  /** Subscribers to events of keys, if anybody listens. */
  #listeners: RawClient[] = [];

  private constructor(servers: readonly TestServer[], folder: string, clockFile: number, plant: Plant | undefined) {
    this.#servers = servers;
    this.#folder = folder;
    this.#clockFile = clockFile;
    this.#plant = plant;
  }

  /** Starts both. Requires: `canHoldClock()`, and redis-server is installed where it is asked for. */
  static async start(kinds: readonly ServerKind[] = ["redis", "memflux"], plant?: Plant): Promise<ServerPair> {
    const folder = mkdtempSync(join(tmpdir(), "memflux-clock-"));
    const library = join(folder, "clock.so");
    const built = spawnSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, CLOCK_SOURCE], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(`clock.c cannot be built: ${built.stderr}`);
    const clockFile = openSync(join(folder, "clock"), "w");
    writeClock(clockFile, START_MS);
    const prefix = ["env", `LD_PRELOAD=${library}`, `HELD_CLOCK_FILE=${join(folder, "clock")}`];
    const servers: TestServer[] = [];
    for (const kind of kinds) servers.push(await startServer(kind, { prefix }));
    return new ServerPair(servers, folder, clockFile, plant);
  }

  /** Empties both servers, sets the clock back and opens new connections. */
  async reset(protocol: 2 | 3): Promise<void> {
    for (const client of [...this.#clients, ...this.#listeners]) await client.close();
    this.#setClock(START_MS);
    this.#clients = [];
    this.#listeners = [];
    for (const server of this.#servers) {
      const client = await openClient(server);
      await client.pipeline([
        ["HELLO", String(protocol)],
        ["FLUSHALL"],
        ["DEBUG", "SET-ACTIVE-EXPIRE", "0"],
        // Sets in listpacks came with 7.2; redis-server 7.0 answers an error here, and has none.
        ["CONFIG", "SET", "set-max-listpack-entries", "0"],
        ["SELECT", "0"],
      ]);
      this.#clients.push(client);
    }
  }

  /** Has both tell of events of keys, and listens to all of them. Requires: `reset` came before. */
  async listen(classes: string): Promise<void> {
    for (const [index, server] of this.#servers.entries()) {
      const listener = await openClient(server);
      await this.#clients[index]?.call("CONFIG", "SET", "notify-keyspace-events", classes);
      await listener.call("PSUBSCRIBE", "__key*");
      this.#listeners.push(listener);
    }
  }

  /** What both have told since the last call. */
  async heard(): Promise<readonly [readonly string[], readonly string[]]> {
    const [first = [], second = []] = await Promise.all(this.#listeners.map(readMessages));
    return [first, second];
  }

  /** Runs steps on both; the replies of the first and of the second, one per step. */
  async run(steps: readonly Step[]): Promise<readonly [readonly Reply[], readonly Reply[]]> {
    const replies: [Reply[], Reply[]] = [[], []];
    let batch: Step[] = [];
    const flush = async (): Promise<void> => {
      const requests = batch;
      batch = [];
      const answers = await Promise.all(this.#clients.map((client) => client.pipeline(requests)));
      answers.forEach((answer, index) => {
        answer.forEach((reply, position) => {
          const step = requests[position] ?? [];
          replies[index === 0 ? 0 : 1].push(index === 1 && this.#plant !== undefined ? this.#plant(step, reply) : reply);
        });
      });
    };
    for (const step of steps) {
      if (step[0] !== "@advance") {
        batch.push(step);
        continue;
      }
      await flush();
      this.#setClock(this.#nowMs + Number(step[1]));
      for (const list of replies) list.push({ kind: "null" });
    }
    await flush();
    return replies;
  }

  async stop(): Promise<void> {
    for (const client of [...this.#clients, ...this.#listeners]) await client.close();
    for (const server of this.#servers) await server.stop();
    closeSync(this.#clockFile);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #setClock(nowMs: number): void {
    this.#nowMs = nowMs;
    writeClock(this.#clockFile, nowMs);
  }
}

/** Channels and messages up to the answer to PING. */
async function readMessages(listener: RawClient): Promise<string[]> {
  listener.send(["PING"]);
  const messages: string[] = [];
  for (;;) {
    const reply = await listener.read();
    if (!("items" in reply)) throw new Error("a subscriber was not answered by a message");
    const words = (reply.items as readonly Reply[]).map((item) => ("text" in item ? item.text : ""));
    if (words[0] === "pong") return messages;
    messages.push(words.slice(2).join(" "));
  }
}

function writeClock(file: number, nowMs: number): void {
  writeSync(file, new BigInt64Array([BigInt(nowMs)]), 0, BigInt64Array.BYTES_PER_ELEMENT, 0);
}
