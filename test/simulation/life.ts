/**
 * One life of a database on a simulated disk: opened, written to, and ended by a crash, a fault or a stop.
 *
 * A life runs random batches of commands on the built engine, through the commit gate and the log, as a server would. After
 * each batch it notes the digest of the whole database, and the text of its documents, which must be what a model says
 * (documents.ts). `acknowledged` is the last batch whose reply the gate let out.
 *
 * Whatever ends it, the next life must find the state behind one of its batches: none half done, and none older than what
 * was promised (`mustHave`).
 */

import { COMMAND_COUNT } from "../../assembly/abi/commands.ts";
import { SESSION_AUTHENTICATED, SESSION_DATABASE } from "../../assembly/abi/layout.ts";
import { SETTING_MAX_PAGES } from "../../assembly/abi/status.ts";
import { ReplyReader } from "../../host/client/reply-reader.ts";
import type { DatabaseError } from "../../host/common/error.ts";
import type { Waiter } from "../../host/database/commit.ts";
import { Database } from "../../host/database/database.ts";
import type { WasmModule } from "../../host/engine/webassembly.ts";
import type { LogSettings } from "../../host/persistence/wal.ts";
import { ManualClock } from "../../host/platform/memory/clock.ts";
import { SeededRandom } from "../../host/platform/memory/random.ts";
import type { CrashKind, SimulatedDisk } from "../../host/platform/simulated/disk.ts";
import { SimulatedStorage } from "../../host/platform/simulated/storage.ts";
import type { SeededRandom as TestRandom } from "../support/random.ts";
import { DOCUMENT_DATABASE, DOCUMENT_READING, DocumentModel, documentRequests } from "./documents.ts";
import { GraphIds } from "./graph.ts";

export interface LifeParts {
  readonly disk: SimulatedDisk;
  readonly module: WasmModule;
  readonly random: TestRandom;
  readonly settings: LogSettings;
  readonly recover?: "refuse" | "truncate";
}

/** Memory of an engine, in pages of 64 KiB: less than it would take in one step, which thousands of lives would have to wait for. */
const PAGES_MAX = 100;
const START_MS = 1_800_000_000_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Life {
  readonly #parts: LifeParts;
  readonly #clock = new ManualClock(START_MS);
  readonly database: Database;
  readonly #session: number;
  /** Reads documents. */
  readonly #reader: number;
  readonly #documents: DocumentModel;
  readonly #graph = new GraphIds();
  /** Digest behind batch n, and the documents if there are any; 0 is what was found at the start. */
  readonly digests: string[] = [];
  /** Log position behind batch n. */
  readonly #positions: number[] = [0];
  acknowledged = 0;
  /** Errors of the log, one per batch that waited when it failed. */
  readonly failures: DatabaseError[] = [];
  readonly reports: string[];
  #durableSequence = 0;
  #writtenSequence = 0;

  private constructor(parts: LifeParts, database: Database, reports: string[]) {
    this.#parts = parts;
    this.database = database;
    this.reports = reports;
    this.#session = database.engine.openSession();
    this.#reader = database.engine.openSession();
    for (const session of [this.#session, this.#reader]) database.engine.setSession(session, SESSION_AUTHENTICATED, 1);
    database.engine.setSession(this.#reader, SESSION_DATABASE, DOCUMENT_DATABASE);
    this.#documents = new DocumentModel(this.#readDocuments());
    database.engine.configure(SETTING_MAX_PAGES, PAGES_MAX);
    this.digests.push(this.digest());
    this.#positions[0] = database.persistence?.position ?? 0;
    this.#note();
  }

  /** Opens the database. Rejects as Database.recover does. */
  static async begin(parts: LifeParts): Promise<Life> {
    const reports: string[] = [];
    const clock = new ManualClock(START_MS);
    const database = await Database.recover(
      parts.module,
      { clock, random: new SeededRandom(parts.random.below(1_000_000)), commandCount: COMMAND_COUNT, print: (line) => reports.push(line) },
      {
        storage: new SimulatedStorage(parts.disk),
        settings: parts.settings,
        recover: parts.recover ?? "refuse",
        report: (line) => reports.push(line),
      },
    );
    const life = new Life(parts, database, reports);
    life.#advance = (ms) => {
      clock.advance(ms);
      life.#noteMaintenance();
    };
    return life;
  }

  #advance: (ms: number) => void = () => {};

  digest(): string {
    const documents = this.#readDocuments();
    const words = this.database.engine.digest(-1).map((word) => word.toString(16).padStart(8, "0"));
    return words.join("") + (documents.every((text) => text === null) ? "" : JSON.stringify(documents));
  }

  #readDocuments(): (string | null)[] {
    const { engine } = this.database;
    engine.execute(this.#reader, engine.loadInput(encoder.encode(encodeRequest(DOCUMENT_READING)), 0), this.#clock.nowMs());
    return new ReplyReader(engine.memory).read(engine.replyPointer, false) as (string | null)[];
  }

  /** Maintenance deletes keys whose time has come: a change like a batch, that nobody waits for. */
  #noteMaintenance(): void {
    const { persistence, commits } = this.database;
    const digest = this.digest();
    if (digest === this.digests.at(-1)) return;
    this.digests.push(digest);
    this.#positions.push(commits.logFailure === undefined ? (persistence?.position ?? 0) : Number.POSITIVE_INFINITY);
  }

  /** Runs up to `count` batches, until the machine is down. */
  async work(count: number): Promise<void> {
    const { disk, random } = this.#parts;
    for (let batch = 0; batch < count && !disk.crashed; batch++) {
      this.runBatch([...randomBatch(random, this.digests.length), ...(random.chance(0.4) ? this.#graph.requests(random) : [])]);
      if (random.chance(0.4)) await this.rest();
    }
    await this.rest();
  }

  /** Runs one batch and answers its replies. */
  runBatch(requests: readonly (readonly string[])[]): string {
    const { engine, commits } = this.database;
    if (commits.logFailure === undefined) for (const request of requests) this.#documents.apply(request);
    const input = encoder.encode(requests.map(encodeRequest).join(""));
    engine.execute(this.#session, engine.loadInput(input, 0), this.#clock.nowMs());
    commits.pass();
    const replies = decoder.decode(engine.replyView());
    this.#graph.note(replies);
    const number = this.digests.length;
    this.digests.push(this.digest());
    this.#checkDocuments(requests, replies);
    this.#positions.push(commits.logFailure === undefined ? (this.database.persistence?.position ?? 0) : Number.POSITIVE_INFINITY);
    if (commits.logFailure !== undefined) return replies;
    if (commits.holding) commits.hold(this.#waiter(number));
    else this.acknowledged = number;
    this.#note();
    return replies;
  }

  #checkDocuments(requests: readonly (readonly string[])[], replies: string): void {
    const [found, expected] = [this.#readDocuments(), this.#documents.texts()].map((texts) => texts.join("\n"));
    if (found === expected) return;
    const commands = requests.map((request) => request.join(" ")).join("\n");
    throw new Error(`documents that nobody wrote:\n${found}\ninstead of:\n${expected}\nbehind:\n${commands}\nanswered:\n${replies}`);
  }

  #waiter(number: number): Waiter {
    return {
      reached: () => {
        this.acknowledged = Math.max(this.acknowledged, number);
      },
      failed: (error) => this.failures.push(error),
    };
  }

  /** Lets the log work for a moment. */
  async rest(): Promise<void> {
    for (let turns = this.#parts.random.below(12); turns >= 0; turns--) {
      await Promise.resolve();
      this.#note();
    }
    if (this.#parts.random.chance(0.3)) this.#advance(this.#parts.random.below(8));
    // Maintenance comes ten times a second; it is what starts a compaction.
    if (this.#parts.random.chance(0.1)) this.#advance(100);
    this.#note();
  }

  /** Compacts the log while batches go on, one between any two steps; resolves when it is over or the machine is down. */
  async compactAmidWork(): Promise<void> {
    const { disk } = this.#parts;
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    this.#compact().then(over, over);
    while (!isOver && !disk.crashed) {
      this.runBatch(movingBatch(this.#parts.random, this.digests.length));
      await this.work(1);
      this.#advance(1);
    }
  }

  async #compact(): Promise<void> {
    await this.database.persistence?.compact();
  }

  /** Compacts the log while nothing else happens. */
  async compactInPeace(): Promise<void> {
    let isOver = false;
    const compaction = this.#compact().finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await Promise.resolve();
      this.#advance(1);
    }
    await compaction;
  }

  /** Notes how far the log says it is: from then on that is a promise. */
  #note(): void {
    const { persistence } = this.database;
    if (persistence === undefined) return;
    this.#durableSequence = persistence.durable;
    this.#writtenSequence = persistence.written;
  }

  /** The oldest batch that the next life may find, if this one ended so. */
  mustHave(end: CrashKind): number {
    const { durability } = this.#parts.settings;
    const synced = this.#positions.findLastIndex((position) => position <= this.#durableSequence);
    const written = this.#positions.findLastIndex((position) => position <= this.#writtenSequence);
    if (end === "process") return Math.max(written, durability === "none" ? 0 : this.acknowledged);
    return Math.max(synced, durability === "full" ? this.acknowledged : 0);
  }

  /** Ends the life in order; everything is kept. */
  async stop(): Promise<void> {
    await this.database.close();
  }
}

/** A request in RESP. Requires: the arguments are ASCII. */
function encodeRequest(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join("")}`;
}

/** Commands that carry values from key to key, which is what a compaction has to be careful about. */
function movingBatch(random: TestRandom, number: number): string[][] {
  const key = (): string => `filler:${random.below(40)}`;
  const index = (): string => String(random.below(3));
  const makers: readonly (() => string[])[] = [
    () => ["RENAME", key(), key()],
    () => ["COPY", key(), key(), "DB", index(), "REPLACE"],
    () => ["MOVE", key(), index()],
    () => ["APPEND", key(), `${number};`],
    () => ["JSON.SET", key(), "$", `{"number":${number},"list":[]}`],
    () => ["JSON.ARRAPPEND", key(), "$.list", `"${number}"`],
  ];
  return [["SELECT", index()], ...Array.from({ length: 2 }, () => random.pick(makers)())];
}

/** Some commands that change several keys at once; the first makes every batch's state different from all others. */
function randomBatch(random: TestRandom, number: number): string[][] {
  const key = (): string => `key:${random.below(12)}`;
  const value = (): string => "v".repeat(random.chance(0.1) ? random.below(3000) : random.below(40)) + number;
  const makers: readonly (() => string[])[] = [
    () => ["SET", key(), value()],
    () => ["SET", key(), value(), "PX", String(1 + random.below(100_000))],
    () => ["MSET", key(), value(), key(), value(), key(), value()],
    () => ["DEL", key(), key()],
    () => ["APPEND", key(), value()],
    () => ["RENAME", key(), key()],
    () => ["COPY", key(), key(), "DB", String(random.below(3)), "REPLACE"],
    () => ["MOVE", key(), String(random.below(3))],
    () => ["SELECT", String(random.below(3))],
    () => ["EXPIRE", key(), "100"],
    () => ["GETDEL", key()],
    () => ["GET", key()],
    () => (random.chance(0.1) ? ["FLUSHDB"] : ["PERSIST", key()]),
    () => (random.chance(0.2) ? ["SWAPDB", "0", "1"] : ["SETRANGE", key(), String(random.below(50)), "xyz"]),
  ];
  const requests = [
    ["SET", "batch", `${number}:${random.below(1_000_000)}`],
    ...Array.from({ length: random.below(5) }, () => random.pick(makers)()),
    ...(random.chance(0.4) ? documentRequests(random) : []),
  ];
  return random.chance(0.3) ? [["MULTI"], ...requests, ["EXEC"]] : requests;
}
