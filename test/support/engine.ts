/**
 * The built engine for tests, through its raw exports and without the host's door: what assembly/abi/README.md promises is
 * asked for as it stands there. Debug and release builds; an assertion of the debug build throws with its text.
 *
 * 1. Bytes are Latin-1 strings (one character a byte) in requests and replies: cheap to compare and to print.
 * 2. Input is written to the input area; longer input goes in pieces, as a host would send it.
 * 3. Host commands are answered by the test (`run` stops at them); yields are gone through by `send`.
 * 4. Every time is an argument. The default seed is a constant, so a run repeats.
 *
 * Requires: dist/ has been built (`engineBuilt`).
 */
import { existsSync, readFileSync } from "node:fs";
import {
  ARGUMENT_LENGTH,
  ARGUMENT_POINTER,
  ARGUMENT_SIZE,
  CONTROL_ARGUMENT_COUNT,
  CONTROL_ARGUMENT_POINTER,
  CONTROL_COMMAND_ID,
  CONTROL_DATABASE_POINTER,
  CONTROL_EFFECT_LENGTH,
  CONTROL_EFFECT_POINTER,
  CONTROL_INPUT_CAPACITY,
  CONTROL_INPUT_POINTER,
  CONTROL_MEMORY_POINTER,
  CONTROL_REPLY_LENGTH,
  CONTROL_REPLY_POINTER,
  CONTROL_RESULT,
  DATABASE_EXPIRING,
  DATABASE_KEYS,
  DATABASE_SIZE,
  SESSION_AUTHENTICATED,
} from "../../assembly/abi/layout.ts";
import { EXECUTE_YIELD, PURPOSE_COUNT, STATUS_OK } from "../../assembly/abi/status.ts";

export type BuildName = "debug" | "release";
export const BUILDS: readonly BuildName[] = ["debug", "release"];
/** Any time will do; this one has as many digits as today's. */
export const START_MS = 1_800_000_000_000;

const FILES = {
  debug: new URL("../../dist/engine.debug.wasm", import.meta.url),
  release: new URL("../../dist/engine.wasm", import.meta.url),
};
const modules = new Map<BuildName, WebAssembly.Module>();

/** Whether both builds are there. */
export const engineBuilt = BUILDS.every((build) => existsSync(FILES[build]));

/** A whole number from the environment, for seeds and for longer runs than the usual ones. */
export function environmentNumber(name: string, otherwise: number): number {
  const text = process.env[name];
  return text === undefined || !/^\d+$/.test(text) ? otherwise : Number(text);
}

/** Seed of the random tests: MEMFLUX_TEST_SEED, or a constant. Tests put it into their names. */
export const TEST_SEED = environmentNumber("MEMFLUX_TEST_SEED", 20_240_611);
/** Factor of the lengths of random tests: MEMFLUX_TEST_LENGTH, or 1. */
export const TEST_LENGTH = environmentNumber("MEMFLUX_TEST_LENGTH", 1);

function engineModule(build: BuildName): WebAssembly.Module {
  let module = modules.get(build);
  if (module === undefined) {
    module = new WebAssembly.Module(readFileSync(FILES[build]));
    modules.set(build, module);
  }
  return module;
}

type EngineCall = (...values: number[]) => number;

export interface RunResult {
  /** EXECUTE_*. */
  readonly status: number;
  readonly reply: string;
}

export class TestEngine {
  readonly memory: WebAssembly.Memory;
  readonly #exports: Readonly<Record<string, EngineCall>>;
  readonly #control: number;
  #printed = "";

  constructor(build: BuildName, seedLow = 0x5eed, seedHigh = 1) {
    const instance = new WebAssembly.Instance(engineModule(build), {
      wasi_snapshot_preview1: {
        fd_write: (_descriptor: number, vectors: number, count: number, written: number) => this.#print(vectors, count, written),
        proc_exit: (code: number) => {
          throw new Error(`the engine aborted (${code}): ${this.#printed}`);
        },
      },
    });
    this.memory = instance.exports.memory as WebAssembly.Memory;
    this.#exports = instance.exports as unknown as Readonly<Record<string, EngineCall>>;
    this.call("_initialize");
    this.expectOk(this.call("engine_initialize", seedLow, seedHigh), "engine_initialize");
    this.#control = this.call("engine_control") >>> 0;
  }

  #print(vectors: number, count: number, written: number): number {
    let total = 0;
    for (let index = 0; index < count; index++) {
      const length = this.word(vectors + index * 8 + 4);
      this.#printed += this.text(this.word(vectors + index * 8), length);
      total += length;
    }
    new DataView(this.memory.buffer).setUint32(written, total, true);
    return 0;
  }

  /** All exports, for modules that import them. */
  get exports(): Readonly<Record<string, EngineCall>> {
    return this.#exports;
  }

  /** Any export by name. */
  call(name: string, ...values: number[]): number {
    return this.#exports[name]!(...values);
  }

  /** An export that answers an i64. */
  callBits(name: string, ...values: number[]): bigint {
    return this.#exports[name]!(...values) as unknown as bigint;
  }

  expectOk(status: number, what: string): void {
    if (status !== STATUS_OK) throw new Error(`${what} answered status ${status}`);
  }

  // Memory --------------------------------------------------------------------------------------------------------------

  word(address: number): number {
    return new DataView(this.memory.buffer).getUint32(address, true);
  }

  /** A u32 of the control block. */
  control(offset: number): number {
    return this.word(this.#control + offset);
  }

  /** An f64 statistic of the control block. */
  statistic(offset: number): number {
    return new DataView(this.memory.buffer).getFloat64(this.#control + offset, true);
  }

  text(address: number, length: number): string {
    return Buffer.from(this.memory.buffer, address, length).toString("latin1");
  }

  write(address: number, text: string): void {
    Buffer.from(this.memory.buffer, address, text.length).write(text, "latin1");
  }

  /** Bytes in use by purpose, PURPOSE_*. */
  memoryByPurpose(): number[] {
    const view = new DataView(this.memory.buffer);
    const counters = this.control(CONTROL_MEMORY_POINTER);
    return Array.from({ length: PURPOSE_COUNT }, (_, purpose) => view.getFloat64(counters + purpose * 8, true));
  }

  get pages(): number {
    return this.memory.buffer.byteLength / 65536;
  }

  database(index: number): { readonly keys: number; readonly expiring: number } {
    const record = this.control(CONTROL_DATABASE_POINTER) + index * DATABASE_SIZE;
    return { keys: this.word(record + DATABASE_KEYS), expiring: this.word(record + DATABASE_EXPIRING) };
  }

  // Sessions ------------------------------------------------------------------------------------------------------------

  /** A new session's handle, 0 when there is no memory; authenticated unless told otherwise. */
  open(authenticated = true): number {
    const handle = this.call("session_open") >>> 0;
    if (handle !== 0 && authenticated) this.set(handle, SESSION_AUTHENTICATED, 1);
    return handle;
  }

  set(handle: number, field: number, value: number): void {
    this.expectOk(this.call("session_set", handle, field, value), `session_set ${field} ${value}`);
  }

  close(handle: number): void {
    this.call("session_close", handle);
  }

  configure(setting: number, value: number): void {
    this.expectOk(this.call("engine_configure", setting, value), `engine_configure ${setting} ${value}`);
  }

  // Requests ------------------------------------------------------------------------------------------------------------

  /** One `execute` with at most one input area of bytes. */
  run(handle: number, input: string, nowMs = START_MS): RunResult {
    if (input.length > this.control(CONTROL_INPUT_CAPACITY)) throw new Error("more than the input area takes");
    const area = this.control(CONTROL_INPUT_POINTER);
    this.write(area, input);
    const status = this.call("execute", handle, area, input.length, nowMs);
    return { status, reply: this.reply() };
  }

  resume(handle: number, nowMs = START_MS): RunResult {
    const status = this.call("resume", handle, nowMs);
    return { status, reply: this.reply() };
  }

  reply(): string {
    return this.text(this.control(CONTROL_REPLY_POINTER), this.control(CONTROL_REPLY_LENGTH));
  }

  /** Appends the host's answer to the reply; false when there is no memory. */
  answer(reply: string): boolean {
    const address = this.call("reply_reserve", reply.length) >>> 0;
    if (address !== 0) this.write(address, reply);
    return address !== 0;
  }

  /** Id and arguments of the command that the host must answer. */
  hostCommand(): { readonly id: number; readonly args: readonly string[] } {
    const vector = this.control(CONTROL_ARGUMENT_POINTER);
    const args = Array.from({ length: this.control(CONTROL_ARGUMENT_COUNT) }, (_, index) => {
      const argument = vector + index * ARGUMENT_SIZE;
      return this.text(this.word(argument + ARGUMENT_POINTER), this.word(argument + ARGUMENT_LENGTH));
    });
    return { id: this.control(CONTROL_COMMAND_ID), args };
  }

  /** Runs input of any length in pieces of the input area and through all yields; stops at any other status. */
  send(handle: number, input: string, nowMs = START_MS): RunResult {
    const capacity = this.control(CONTROL_INPUT_CAPACITY);
    let reply = "";
    let position = 0;
    do {
      let result = this.run(handle, input.slice(position, position + capacity), nowMs);
      position += capacity;
      reply += result.reply;
      while (result.status === EXECUTE_YIELD) {
        this.call("reply_clear");
        result = this.resume(handle, nowMs);
        reply += result.reply;
      }
      if (result.status !== 0) return { status: result.status, reply };
    } while (position < input.length);
    return { status: 0, reply };
  }

  /** The whole reply to one command. */
  command(handle: number, args: readonly string[], nowMs = START_MS): string {
    return this.send(handle, request(args), nowMs).reply;
  }

  // Background ----------------------------------------------------------------------------------------------------------

  /** One round of `maintain`; true while there is reason to call again. */
  maintain(nowMs = START_MS, budget = 1000, expireActively = true): boolean {
    return this.call("maintain", nowMs, budget, expireActively ? 1 : 0) === 1;
  }

  /**
   * `maintain` until it has nothing left: the round under way to its end, and a whole one behind it, since keys may have
   * become due behind the first. Throws when that does not end.
   */
  settle(nowMs = START_MS, budget = 10_000): void {
    let ends = 0;
    for (let call = 0; call < 100_000 && ends < 2; call++) if (!this.maintain(nowMs, budget)) ends++;
    if (ends < 2) throw new Error("maintain does not come to an end");
  }

  /** Digest of a database's content, or of all with -1. */
  digest(index = -1): string {
    this.expectOk(this.call("digest", index), "digest");
    return Buffer.from(this.memory.buffer, this.#control + CONTROL_RESULT, 16).toString("hex");
  }

  /** Throws with the number of a broken invariant. Debug build; the release build has no checks. */
  check(): void {
    const failure = this.call("check_invariants");
    if (failure !== 0) throw new Error(`invariant ${failure} is broken`);
  }

  /**
   * Closes the session and brings the reply buffer back to its first size: one of up to 1 MiB is kept, a larger one goes.
   * What `memoryByPurpose` tells after that is comparable with what it told before the session was opened.
   */
  finish(session: number): void {
    const text = "x".repeat(2 << 20);
    if (this.command(session, ["ECHO", text]) !== bulk(text)) throw new Error("ECHO does not answer its argument");
    this.call("reply_clear");
    this.close(session);
  }

  takeEffects(): string {
    const effects = this.text(this.control(CONTROL_EFFECT_POINTER), this.control(CONTROL_EFFECT_LENGTH));
    this.call("effects_clear");
    return effects;
  }

  /** Replays effects that fit the input area; the status. */
  replay(effects: string, nowMs = START_MS): number {
    const area = this.control(CONTROL_INPUT_POINTER);
    this.write(area, effects);
    return this.call("replay", area, effects.length, nowMs);
  }
}

/** A request as an array of bulk strings. */
export function request(args: readonly string[]): string {
  let text = `*${args.length}\r\n`;
  for (const argument of args) text += `$${argument.length}\r\n${argument}\r\n`;
  return text;
}

/** A bulk string reply. */
export function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}
