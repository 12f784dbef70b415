/**
 * A stand-in for the engine with the same exports over a real WebAssembly memory, so that the host's loops can be tested
 * with exact control over what the engine answers. Requests are lines ("PING\n"), which keeps pipelines readable:
 *
 *   PING            +PONG                       SET k v     +OK, and an effect when effects are on
 *   ECHO text       +text                       GROW        +OK, and the memory grows (every view is detached)
 *   BIG n           a bulk of n bytes           HOST a ...  EXECUTE_HOST_COMMAND with the words as arguments, id 1
 *   QUIT            +OK and EXECUTE_CLOSE       TRAP        a RuntimeError, as from `unreachable`
 *   NOHANDLER       a host command (id 99) that nobody answers
 *
 * It checks the caller, and throws a plain Error ("contract: ...") on what the ABI forbids: running a session while another
 * is under way, resuming one that is not, using a closed one, passing input that is not in the input area.
 */
import {
  ARGUMENT_SIZE,
  CONTROL_ARGUMENT_COUNT,
  CONTROL_ARGUMENT_POINTER,
  CONTROL_CALLS_POINTER,
  CONTROL_COMMAND_ID,
  CONTROL_COMMANDS,
  CONTROL_DATABASE_POINTER,
  CONTROL_EFFECT_LENGTH,
  CONTROL_EFFECT_POINTER,
  CONTROL_HITS,
  CONTROL_INPUT_CAPACITY,
  CONTROL_INPUT_POINTER,
  CONTROL_MEMORY_POINTER,
  CONTROL_REPLY_LENGTH,
  CONTROL_REPLY_POINTER,
  CONTROL_RESULT,
  SESSION_HELD_LENGTH,
  SESSION_LAST_COMMAND,
  SESSION_MULTI,
  SESSION_PROTOCOL,
  SESSION_REPLY_MODE,
  SESSION_SIZE,
} from "../../../../assembly/abi/layout.ts";
import {
  EXECUTE_CLOSE,
  EXECUTE_DONE,
  EXECUTE_HOST_COMMAND,
  EXECUTE_YIELD,
  PURPOSE_SESSION,
  REPLY_ON,
  SETTING_EFFECTS,
  STATUS_INVALID,
  STATUS_OK,
} from "../../../../assembly/abi/status.ts";
import type { EngineExports } from "../../../../host/engine/instance.ts";
import { webAssembly } from "../../../../host/engine/webassembly.ts";

export const FAKE_HOST_COMMAND = 1;
export const FAKE_COMMAND_COUNT = 4;
const CONTROL = 1024;
const DATABASES = 2048;
const CALLS = 4096;
const PURPOSES = 4608;
const ARGUMENTS = 8192;
const EFFECTS = 12_288;
const SESSIONS = 16_384;
const INPUT = 262_144;
const REPLY = 1_048_576;
const REPLY_ROOM = 8 * 1_048_576;

export interface FakeEngineOptions {
  readonly inputCapacity?: number;
  readonly yieldBytes?: number;
  readonly maxSessions?: number;
}

interface FakeSession {
  held: Uint8Array;
  awaiting: "host" | "yield" | undefined;
  suspended: boolean;
}

interface GrowableMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class FakeEngine {
  readonly memory: GrowableMemory;
  readonly exports: EngineExports;
  readonly sessions = new Map<number, FakeSession>();
  /** (nowMs, budget, expireActively) of each `maintain`, and what it answers. */
  readonly maintained: Array<readonly [number, number, number]> = [];
  maintainAnswer: () => number = () => 0;
  readonly settings = new Map<number, number>();
  /** Makes `reply_reserve` and `session_open` fail. */
  outOfMemory = false;
  #options: Required<FakeEngineOptions>;
  #unread: Uint8Array = new Uint8Array(0);
  #running: number | undefined;
  #replyLength = 0;
  #replyMark = 0;
  #effects = "";
  #free: number[] = [];
  #opened = 0;

  constructor(options: FakeEngineOptions = {}) {
    this.#options = { inputCapacity: 65_536, yieldBytes: 4096, maxSessions: 3000, ...options };
    const api = webAssembly as unknown as { Memory: new (limits: { initial: number; maximum: number }) => GrowableMemory };
    this.memory = new api.Memory({ initial: (REPLY + REPLY_ROOM) / 65_536, maximum: 1024 });
    this.exports = this.#makeExports();
    this.#setWord(CONTROL + CONTROL_INPUT_POINTER, INPUT);
    this.#setWord(CONTROL + CONTROL_INPUT_CAPACITY, this.#options.inputCapacity);
    this.#setWord(CONTROL + CONTROL_REPLY_POINTER, REPLY);
    this.#setWord(CONTROL + CONTROL_ARGUMENT_POINTER, ARGUMENTS);
    this.#setWord(CONTROL + CONTROL_EFFECT_POINTER, EFFECTS);
    this.#setWord(CONTROL + CONTROL_DATABASE_POINTER, DATABASES);
    this.#setWord(CONTROL + CONTROL_CALLS_POINTER, CALLS);
    this.#setWord(CONTROL + CONTROL_MEMORY_POINTER, PURPOSES);
  }

  setFloat(address: number, value: number): void {
    new DataView(this.memory.buffer).setFloat64(address, value, true);
  }

  /** Addresses that statistics tests fill. */
  readonly addresses = { control: CONTROL, databases: DATABASES, calls: CALLS, purposes: PURPOSES };

  setWord(address: number, value: number): void {
    this.#setWord(address, value);
  }

  #makeExports(): EngineExports {
    return {
      memory: this.memory,
      engine_initialize: () => STATUS_OK,
      engine_control: () => CONTROL,
      engine_configure: (setting, value) => {
        if (setting >= 100) return STATUS_INVALID;
        this.settings.set(setting, value);
        return STATUS_OK;
      },
      session_open: () => this.#open(),
      session_close: (handle) => this.#close(handle),
      session_set: (handle, field, value) => {
        this.#session(handle);
        if (field >= SESSION_LAST_COMMAND && field !== SESSION_MULTI) return STATUS_INVALID;
        this.#setWord(handle + field, value);
        return STATUS_OK;
      },
      execute: (handle, pointer, length) => this.#execute(handle, pointer, length),
      resume: (handle) => this.#resume(handle),
      call_arguments: () => 0,
      direct_get: () => -2,
      transaction_begin: () => STATUS_OK,
      transaction_commit: () => STATUS_OK,
      transaction_share: () => {},
      direct_set: () => -2,
      direct_add: () => Number.NaN,
      suspend: (handle) => this.#suspend(handle),
      reply_reserve: (length) => this.#reserve(length),
      reply_clear: () => this.#setReply(0),
      wait_add: () => 0,
      wait_remove: () => {},
      wait_take: () => 0,
      wait_uncount: () => {},
      wait_type: () => -1,
      maintain: (nowMs, budget, expireActively) => {
        this.maintained.push([nowMs, budget, expireActively]);
        return this.maintainAnswer();
      },
      effects_clear: () => this.#setEffects(""),
      notifications_clear: () => {},
      compaction_start: () => {},
      compaction_step: () => 0,
      compaction_stop: () => {},
      replay_reserve: (length) => (length > this.#options.inputCapacity || length === 0 ? 0 : INPUT),
      replay: (pointer, length) => {
        if (pointer !== INPUT) throw new Error("contract: effects outside the reserved buffer");
        this.#setEffects(decoder.decode(new Uint8Array(this.memory.buffer, pointer, length)));
        return this.#effects.startsWith("broken") ? STATUS_INVALID : STATUS_OK;
      },
      keys_order: () => 0,
      keys_range: () => 0,
      statistics_reset: () => this.setFloat(CONTROL + CONTROL_HITS, 0),
      digest: (database) => {
        if (database > 15) return STATUS_INVALID;
        for (let i = 0; i < 4; i++) this.#setWord(CONTROL + CONTROL_RESULT + i * 4, 0xf000_0000 + database + i);
        return STATUS_OK;
      },
      lingering: () => 0,
      views_open: () => 0,
      views_held: () => 0,
      views_oldest: () => 0,
      views_cancelled: () => 0,
      vacuum: () => 0,
      vacuum_versions: () => 0,
      vacuum_keys: () => 0,
      vacuum_forget: () => {},
      check_invariants: () => 0,
    };
  }

  #open(): number {
    if (this.outOfMemory || this.sessions.size >= this.#options.maxSessions) return 0;
    const handle = this.#free.pop() ?? SESSIONS + this.#opened++ * SESSION_SIZE;
    new Uint8Array(this.memory.buffer, handle, SESSION_SIZE).fill(0);
    this.#setWord(handle + SESSION_PROTOCOL, 2);
    this.#setWord(handle + SESSION_REPLY_MODE, REPLY_ON);
    this.sessions.set(handle, { held: new Uint8Array(0), awaiting: undefined, suspended: false });
    this.setFloat(PURPOSES + PURPOSE_SESSION * 8, this.sessions.size * SESSION_SIZE);
    return handle;
  }

  #close(handle: number): void {
    this.#session(handle);
    this.sessions.delete(handle);
    this.#free.push(handle);
    if (this.#running === handle) this.#running = undefined;
    this.setFloat(PURPOSES + PURPOSE_SESSION * 8, this.sessions.size * SESSION_SIZE);
  }

  #execute(handle: number, pointer: number, length: number): number {
    const session = this.#session(handle);
    if (this.#running !== undefined) throw new Error(`contract: session ${this.#running} is under way`);
    if (session.awaiting !== undefined) throw new Error("contract: the session waits for resume");
    if (pointer !== INPUT || length > this.#options.inputCapacity) throw new Error("contract: input outside the input area");
    this.#setReply(0);
    this.#unread = concat(session.held, new Uint8Array(this.memory.buffer, pointer, length));
    session.held = new Uint8Array(0);
    return this.#run(handle, session);
  }

  #resume(handle: number): number {
    const session = this.#session(handle);
    if (session.awaiting === undefined) throw new Error("contract: nothing to resume");
    if (this.#running !== undefined && this.#running !== handle) throw new Error(`contract: session ${this.#running} is under way`);
    if (session.suspended) {
      this.#unread = session.held;
      session.held = new Uint8Array(0);
      session.suspended = false;
    } else if (this.#running !== handle) throw new Error("contract: another session ran without suspend");
    if (session.awaiting === "host" && this.#word(handle + SESSION_REPLY_MODE) !== REPLY_ON) this.#setReply(this.#replyMark);
    session.awaiting = undefined;
    return this.#run(handle, session);
  }

  #suspend(handle: number): number {
    const session = this.#session(handle);
    if (this.#running !== handle) throw new Error("contract: suspend of a session that is not under way");
    session.held = this.#unread.slice();
    session.suspended = true;
    this.#running = undefined;
    this.#replyMark = 0;
    return STATUS_OK;
  }

  /** Runs lines until the input ends, the host must answer, or the reply is long. */
  #run(handle: number, session: FakeSession): number {
    this.#running = handle;
    for (;;) {
      const end = this.#unread.indexOf(10);
      if (end < 0) break;
      if (this.#replyLength > this.#options.yieldBytes) {
        session.awaiting = "yield";
        return EXECUTE_YIELD;
      }
      const line = decoder.decode(this.#unread.subarray(0, end));
      this.#unread = this.#unread.subarray(end + 1);
      const status = this.#line(line, handle, session);
      if (status === EXECUTE_DONE) continue;
      if (status === EXECUTE_CLOSE) this.#running = undefined;
      return status;
    }
    session.held = this.#unread.slice();
    this.#setWord(handle + SESSION_HELD_LENGTH, session.held.length);
    this.#running = undefined;
    return EXECUTE_DONE;
  }

  #line(line: string, handle: number, session: FakeSession): number {
    const [name = "", ...words] = line.split(" ");
    this.#setWord(handle + SESSION_LAST_COMMAND, 1);
    this.setFloat(CONTROL + CONTROL_COMMANDS, new DataView(this.memory.buffer).getFloat64(CONTROL + CONTROL_COMMANDS, true) + 1);
    switch (name) {
      case "PING":
        return this.#say(handle, "+PONG\r\n");
      case "ECHO":
        return this.#say(handle, `+${words.join(" ")}\r\n`);
      case "BIG":
        return this.#say(handle, `$${words[0]}\r\n${"x".repeat(Number(words[0]))}\r\n`);
      case "SET":
        if (this.settings.get(SETTING_EFFECTS) === 1) this.#setEffects(`${this.#effects}${line};`);
        return this.#say(handle, "+OK\r\n");
      case "GROW":
        this.memory.grow(1);
        return this.#say(handle, "+OK\r\n");
      case "QUIT":
        this.#say(handle, "+OK\r\n");
        return EXECUTE_CLOSE;
      case "TRAP":
        throw new (globalThis as unknown as { WebAssembly: { RuntimeError: new (text: string) => Error } }).WebAssembly.RuntimeError(
          "unreachable",
        );
      case "HOST":
        return this.#askHost(FAKE_HOST_COMMAND, [name, ...words], session);
      case "NOHANDLER":
        return this.#askHost(99, [name], session);
      default:
        return this.#say(handle, `-ERR unknown line '${line}'\r\n`);
    }
  }

  #askHost(id: number, words: readonly string[], session: FakeSession): number {
    let text = ARGUMENTS + words.length * ARGUMENT_SIZE;
    words.forEach((word, i) => {
      const bytes = encoder.encode(word);
      new Uint8Array(this.memory.buffer).set(bytes, text);
      this.#setWord(ARGUMENTS + i * ARGUMENT_SIZE, text);
      this.#setWord(ARGUMENTS + i * ARGUMENT_SIZE + 4, bytes.length);
      text += bytes.length;
    });
    this.#setWord(CONTROL + CONTROL_COMMAND_ID, id);
    this.#setWord(CONTROL + CONTROL_ARGUMENT_COUNT, words.length);
    session.awaiting = "host";
    this.#replyMark = this.#replyLength;
    return EXECUTE_HOST_COMMAND;
  }

  #say(handle: number, text: string): number {
    if (this.#word(handle + SESSION_REPLY_MODE) !== REPLY_ON) return EXECUTE_DONE;
    const bytes = encoder.encode(text);
    new Uint8Array(this.memory.buffer).set(bytes, REPLY + this.#replyLength);
    this.#setReply(this.#replyLength + bytes.length);
    return EXECUTE_DONE;
  }

  #reserve(length: number): number {
    if (this.outOfMemory || this.#replyLength + length > REPLY_ROOM) return 0;
    const address = REPLY + this.#replyLength;
    this.#setReply(this.#replyLength + length);
    return address;
  }

  #session(handle: number): FakeSession {
    const session = this.sessions.get(handle);
    if (session === undefined) throw new Error(`contract: session ${handle} is not open`);
    return session;
  }

  #setReply(length: number): void {
    this.#replyLength = length;
    this.#setWord(CONTROL + CONTROL_REPLY_LENGTH, length);
  }

  /** Logs effects as if a command or maintenance had. */
  logEffects(text: string): void {
    this.#setEffects(this.#effects + text);
  }

  #setEffects(text: string): void {
    this.#effects = text;
    new Uint8Array(this.memory.buffer).set(encoder.encode(text), EFFECTS);
    this.#setWord(CONTROL + CONTROL_EFFECT_LENGTH, text.length);
  }

  #word(address: number): number {
    return new DataView(this.memory.buffer).getUint32(address, true);
  }

  #setWord(address: number, value: number): void {
    new DataView(this.memory.buffer).setUint32(address, value, true);
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
