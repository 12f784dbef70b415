/**
 * Two servers whose clock the test holds: redis-server and ours, or any two. Both run under libfaketime with one file that
 * says what time it is, so expiries come due exactly when the test says so and times to live are equal to the millisecond.
 *
 * The clock stands still between `advance` calls. Only the wall clock is held; monotonic clocks, on which event loops wait,
 * run on.
 */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openClient, type RawClient } from "../support/raw-client.ts";
import type { Reply } from "../support/reply.ts";
import { type ServerKind, startServer, type TestServer } from "../support/test-server.ts";
import type { Step } from "./generator.ts";

/** Where the clock begins: in the future of nothing and the past of nothing. */
export const START_MS = Date.UTC(2030, 0, 1);

/** Path of libfaketime, or undefined where it is not installed. */
export function findFakeTime(): string | undefined {
  for (const folder of ["/usr/lib", "/usr/local/lib", ...multiarchFolders()]) {
    const path = join(folder, "faketime/libfaketime.so.1");
    if (existsSync(path)) return path;
  }
  return undefined;
}

function multiarchFolders(): string[] {
  return existsSync("/usr/lib")
    ? readdirSync("/usr/lib")
        .filter((name) => name.endsWith("-linux-gnu"))
        .map((name) => join("/usr/lib", name))
    : [];
}

/** Changes replies of one server on purpose: how the tester is shown to find differences. */
export type Plant = (step: Step, reply: Reply) => Reply;

export class ServerPair {
  readonly #servers: readonly TestServer[];
  readonly #folder: string;
  readonly #clockFile: string;
  readonly #plant: Plant | undefined;
  #nowMs = START_MS;
  #clients: RawClient[] = [];

  private constructor(servers: readonly TestServer[], folder: string, plant: Plant | undefined) {
    this.#servers = servers;
    this.#folder = folder;
    this.#clockFile = join(folder, "clock");
    this.#plant = plant;
  }

  /** Starts both. Requires: redis-server (for kind "redis") and libfaketime are installed. */
  static async start(kinds: readonly ServerKind[] = ["redis", "memflux"], plant?: Plant): Promise<ServerPair> {
    const library = findFakeTime();
    if (library === undefined) throw new Error("libfaketime is not installed");
    const folder = mkdtempSync(join(tmpdir(), "memflux-clock-"));
    writeClock(join(folder, "clock"), START_MS);
    const environment = [
      `LD_PRELOAD=${library}`,
      `FAKETIME_TIMESTAMP_FILE=${join(folder, "clock")}`,
      "FAKETIME_NO_CACHE=1",
      "DONT_FAKE_MONOTONIC=1",
    ];
    const prefix = ["env", ...environment];
    const servers: TestServer[] = [];
    for (const kind of kinds) servers.push(await startServer(kind, { prefix }));
    return new ServerPair(servers, folder, plant);
  }

  /** Empties both servers, sets the clock back and opens new connections. */
  async reset(protocol: 2 | 3): Promise<void> {
    for (const client of this.#clients) await client.close();
    this.#setClock(START_MS);
    this.#clients = [];
    for (const server of this.#servers) {
      const client = await openClient(server);
      await client.pipeline([["HELLO", String(protocol)], ["FLUSHALL"], ["DEBUG", "SET-ACTIVE-EXPIRE", "0"], ["SELECT", "0"]]);
      this.#clients.push(client);
    }
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
    for (const client of this.#clients) await client.close();
    for (const server of this.#servers) await server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #setClock(nowMs: number): void {
    this.#nowMs = nowMs;
    writeClock(this.#clockFile, nowMs);
  }
}

/** libfaketime reads local time; the servers inherit the zone, so it is written as this process would print it. */
function writeClock(file: string, nowMs: number): void {
  const date = new Date(nowMs);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  writeFileSync(`${file}.new`, `${day} ${time}\n`);
  renameSync(`${file}.new`, file);
}
