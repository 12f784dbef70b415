/**
 * A call log, made by a seed and played to an engine: the same calls must give the same replies, the same effects and the same
 * memory, byte by byte, in every engine, on every runtime, today and tomorrow. Replication, replay and simulation rest on it.
 *
 * 1. A log has every kind of call that a host makes: torn input of several sessions, direct calls, answers of the host, suspended
 *    sessions, maintenance, settings, compactions, memory that is full, and a replica that replays the effects.
 * 2. Nothing but web standards is used, so that a page of a browser can play it too; time is an argument.
 */
import { COMMAND_COUNT, COMMAND_INCRBY } from "../../assembly/abi/commands.ts";
import { SESSION_AUTHENTICATED, SESSION_PROTOCOL } from "../../assembly/abi/layout.ts";
import {
  EXECUTE_CLOSE,
  EXECUTE_HOST_COMMAND,
  EXECUTE_YIELD,
  SETTING_EFFECTS,
  SETTING_LAZY_EXPIRY,
  SETTING_MAX_MEMORY,
} from "../../assembly/abi/status.ts";
import { Engine } from "../../host/engine/engine.ts";
import { compileEngine, instantiateEngine } from "../../host/engine/instance.ts";
import { type RandomInput, randomInput } from "../unit/assembly/bytes/random-input.ts";
import { CommandStream } from "../unit/engine/commands.ts";

/** What is left of a log: SHA-256 of everything that was replied and logged, and of the memories. */
export interface CallLogOutcome {
  readonly replies: string;
  readonly effects: string;
  readonly memory: string;
  readonly replicaMemory: string;
  /** Digest of the content. */
  readonly digest: string;
  readonly replicaDigest: string;
  readonly memoryBytes: number;
  /** How often there was what a log is about; a log in which something never happens says too little. */
  readonly events: CallLogEvents;
}

export interface CallLogEvents {
  hostCommands: number;
  suspensions: number;
  yields: number;
  /** Connections that the engine wants closed. */
  ends: number;
  compactions: number;
  /** Replies that refuse a command for want of memory. */
  refusals: number;
}

export interface CallLog {
  readonly seed: number;
  readonly calls: number;
}

const SESSIONS = 4;
const START_MS = 1_800_000_000_000;
const HOST_COMMANDS = ["CLIENT", "HELLO", "INFO", "TIME", "CONFIG"];
const MEMORY_LIMITS = [0, 0, 0, 1_500_000, 3_000_000];
/** No request: the engine answers an error and wants the connection closed. */
const NONSENSE = latin1("*nonsense\r\n");
const SEED_BYTES = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** Plays a log to a fresh engine made of these bytes. */
export async function playCallLog(engineFile: Uint8Array, log: CallLog): Promise<CallLogOutcome> {
  const module = await compileEngine(engineFile);
  const start = (): { engine: Engine; memory: ArrayBufferLike } => {
    const exports = instantiateEngine(module, SEED_BYTES, () => {});
    return {
      engine: new Engine(exports, COMMAND_COUNT),
      get memory() {
        return exports.memory.buffer;
      },
    };
  };
  const [first, replica] = [start(), start()];
  const player = new Player(first.engine, replica.engine, log.seed);
  for (let call = 0; call < log.calls; call++) player.step();
  player.finish();
  return {
    replies: await hash(join(player.replies)),
    effects: await hash(join(player.effects)),
    memory: await hash(new Uint8Array(first.memory)),
    replicaMemory: await hash(new Uint8Array(replica.memory)),
    digest: first.engine.digest(-1).join(" "),
    replicaDigest: replica.engine.digest(-1).join(" "),
    memoryBytes: first.memory.byteLength,
    events: player.events,
  };
}

interface Connection {
  handle: number;
  /** Requests that the engine has not got yet. */
  unsent: Uint8Array;
  /** A command of the host's waits for its answer. */
  suspended: boolean;
}

class Player {
  readonly replies: Uint8Array[] = [];
  readonly effects: Uint8Array[] = [];
  readonly events: CallLogEvents = { hostCommands: 0, suspensions: 0, yields: 0, ends: 0, compactions: 0, refusals: 0 };
  readonly #engine: Engine;
  readonly #replica: Engine;
  readonly #random: RandomInput;
  readonly #stream: CommandStream;
  readonly #connections: Connection[];
  #nowMs = START_MS;
  #compacting = false;

  constructor(engine: Engine, replica: Engine, seed: number) {
    this.#engine = engine;
    this.#replica = replica;
    this.#random = randomInput(seed);
    this.#stream = new CommandStream(this.#random, { large: true, sweeping: true }, START_MS);
    engine.configure(SETTING_EFFECTS, 1);
    this.#connections = Array.from({ length: SESSIONS }, () => ({ handle: this.#open(), unsent: new Uint8Array(0), suspended: false }));
  }

  /** One call of any kind, or a few that belong together. */
  step(): void {
    const random = this.#random;
    this.#nowMs += random.below(random.below(60) === 0 ? 3000 : 9);
    const kind = random.below(100);
    if (kind < 60) this.#feed(random.pick(this.#connections));
    else if (kind < 80) this.#callDirectly(random.pick(this.#connections));
    else if (kind < 90) this.#engine.maintain(this.#nowMs, 1 + random.below(50), random.below(3) > 0);
    else if (kind < 93) this.#configure();
    else if (kind < 95) this.#renew(random.pick(this.#connections));
    else this.#compact();
    if (random.below(3) === 0) this.#takeEffects();
  }

  /** Ends what is under way. */
  finish(): void {
    for (const connection of this.#connections) if (connection.suspended) this.#answer(connection);
    if (this.#compacting) this.#engine.stopCompaction();
    this.#takeEffects();
    this.#replica.endReplay();
  }

  #open(): number {
    const handle = this.#engine.openSession();
    this.#engine.setSession(handle, SESSION_AUTHENTICATED, 1);
    this.#engine.setSession(handle, SESSION_PROTOCOL, 2 + this.#random.below(2));
    return handle;
  }

  #renew(connection: Connection): void {
    this.#engine.closeSession(connection.handle);
    Object.assign(connection, { handle: this.#open(), unsent: new Uint8Array(0), suspended: false });
  }

  #request(): Uint8Array {
    const random = this.#random;
    const kind = random.below(90);
    if (kind === 0) return requestBytes([random.pick(HOST_COMMANDS), random.text("abc", random.below(5))]);
    if (kind === 1) return requestBytes(["SCAN", String(random.below(50)), "COUNT", "5"]);
    if (kind === 2) return requestBytes([random.pick(["RANDOMKEY", "DBSIZE", "NOSUCH"])]);
    if (kind === 3 && random.below(10) === 0) return NONSENSE;
    return requestBytes(this.#stream.next());
  }

  /** Part of what a connection has to send. */
  #feed(connection: Connection): void {
    if (connection.suspended) {
      this.#answer(connection);
      return;
    }
    const random = this.#random;
    while (connection.unsent.length < 200) {
      connection.unsent = join([connection.unsent, ...Array.from({ length: 1 + random.below(5) }, () => this.#request())]);
    }
    const piece = connection.unsent.subarray(0, random.below(4) === 0 ? 1 + random.below(300) : connection.unsent.length);
    const length = this.#engine.loadInput(piece, 0);
    connection.unsent = connection.unsent.slice(length);
    this.#proceed(connection, this.#engine.execute(connection.handle, length, this.#nowMs));
  }

  /** Goes on until the engine has answered all that it has got, or a command of the host's must wait. */
  #proceed(connection: Connection, first: number): void {
    let status = first;
    while (status === EXECUTE_HOST_COMMAND || status === EXECUTE_YIELD) {
      if (status === EXECUTE_HOST_COMMAND) {
        this.#takeReply();
        this.events.hostCommands++;
        if (this.#random.below(2) === 0) {
          this.events.suspensions++;
          this.#engine.suspend(connection.handle);
          connection.suspended = true;
          return;
        }
        this.#engine.appendReply(requestBytes(["host", String(this.#engine.hostCommandId)]));
      } else {
        this.#takeReply();
        this.events.yields++;
      }
      status = this.#engine.resume(connection.handle, this.#nowMs);
    }
    this.#takeReply();
    if (status !== EXECUTE_CLOSE) return;
    this.events.ends++;
    this.#renew(connection);
  }

  #answer(connection: Connection): void {
    connection.suspended = false;
    this.#engine.appendReply(requestBytes(["late", String(this.#nowMs)]));
    this.#proceed(connection, this.#engine.resume(connection.handle, this.#nowMs));
  }

  /** As the library calls: without a request. */
  #callDirectly(connection: Connection): void {
    if (connection.suspended) return;
    const { handle } = connection;
    const [key, value] = [this.#stream.key(), this.#stream.value()];
    const kind = this.#random.below(5);
    if (kind === 0) this.replies.push(latin1(String(this.#engine.directText(handle, key))));
    else if (kind === 1) this.replies.push(this.#engine.directBytes(handle, key) ?? latin1("none"));
    else if (kind === 2) this.replies.push(latin1(String(this.#engine.directSet(handle, key, value))));
    else if (kind === 3) {
      const amount = this.#random.below(2000) - 1000;
      this.replies.push(latin1(String(this.#engine.directAdd(handle, key, amount, COMMAND_INCRBY))));
    } else this.#proceed(connection, this.#engine.callArguments(handle, ["APPEND", key, value], this.#nowMs));
  }

  #configure(): void {
    if (this.#random.below(4) === 0) this.#engine.configure(SETTING_LAZY_EXPIRY, this.#random.below(2));
    else this.#engine.configure(SETTING_MAX_MEMORY, this.#random.pick(MEMORY_LIMITS));
  }

  #compact(): void {
    if (!this.#compacting) {
      this.#takeEffects();
      this.#engine.startCompaction();
      this.#compacting = true;
    } else if (this.#random.below(20) === 0) this.#endCompaction();
    else if (!this.#engine.stepCompaction(1 + this.#random.below(100_000))) {
      this.#endCompaction();
      this.events.compactions++;
    }
  }

  #endCompaction(): void {
    this.#engine.stopCompaction();
    this.#compacting = false;
  }

  #takeReply(): void {
    if (this.#engine.replyLength > 0) {
      const reply = this.#engine.replyView().slice();
      this.replies.push(reply);
      if (new TextDecoder("latin1").decode(reply).includes("-OOM ")) this.events.refusals++;
    }
    this.#engine.clearReply();
  }

  #takeEffects(): void {
    const effects = this.#engine.takeEffects();
    this.effects.push(effects);
    this.#replica.replay(effects, this.#nowMs);
  }
}

function requestBytes(args: readonly string[]): Uint8Array {
  return latin1(`*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join("")}`);
}

function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

async function hash(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes.slice());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
