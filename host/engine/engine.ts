/**
 * The only door to WebAssembly: typed calls on the ABI of assembly/abi/README.md.
 *
 * A request walks through here in this order: `loadInput` copies socket bytes to the engine's input area, `execute` runs
 * them, `replyView` shows the reply; HOST_COMMAND and YIELD go on with `resume`, after `suspend` if it takes a while.
 *
 * 1. There is one input area, one reply and one running command in an engine: between `execute` and its end no other
 *    session may run, unless the session was suspended and its reply taken.
 * 2. Views are renewed after each call that can grow memory, with one comparison; a view handed out is valid until the next
 *    call. The calls of the hot path allocate nothing but the reply's view.
 * 3. A trap or an abort is the end of the engine: its memory may be half changed. The first cause is kept and every later
 *    call throws ENGINE_FAILED with it. Expected failures (out of memory) are status codes and leave the engine whole.
 */
import {
  ARGUMENT_LENGTH,
  ARGUMENT_POINTER,
  ARGUMENT_SIZE,
  CONTROL_ARGUMENT_COUNT,
  CONTROL_ARGUMENT_POINTER,
  CONTROL_COMMAND_ID,
  CONTROL_COMMANDS,
  CONTROL_EFFECT_LENGTH,
  CONTROL_EFFECT_POINTER,
  CONTROL_INPUT_CAPACITY,
  CONTROL_INPUT_POINTER,
  CONTROL_NOTIFICATIONS,
  CONTROL_READY,
  CONTROL_REPLY_LENGTH,
  CONTROL_REPLY_POINTER,
  CONTROL_RESULT,
  CONTROL_WAIT_COUNT,
  CONTROL_WAIT_FIRST,
  CONTROL_WAIT_MS,
  CONTROL_WAIT_TYPE,
  NULL_ARGUMENT,
} from "../../assembly/abi/layout.ts";
import {
  COMPACTION_DONE,
  COMPACTION_OUT_OF_MEMORY,
  DIRECT_ARGUMENTS_MAX,
  DIRECT_ASK,
  DIRECT_DONE,
  DIRECT_MISSING,
  ORDER_BUILDING,
  RANGE_HIGH_OPEN,
  RANGE_KEYS_ONLY,
  RANGE_LOW_OPEN,
  RANGE_NO_HIGH,
  RANGE_NO_LOW,
  RANGE_REVERSE,
  SETTING_OBSERVE,
  STATUS_OK,
  STATUS_OUT_OF_MEMORY,
} from "../../assembly/abi/status.ts";
import { BEGUN_ALONE, TRANSACTION_ALONE } from "../../assembly/abi/transaction.ts";
import { DatabaseError } from "../common/error.ts";
import type { TextCodec } from "../common/text-codec.ts";
import type { EngineExports } from "./instance.ts";
import { MemoryView } from "./memory-view.ts";
import { EngineStatistics } from "./statistics.ts";
import { TextCache } from "./text-cache.ts";
import { isTrap, type WasmMemory, type WasmTable } from "./webassembly.ts";

/** The argument that is a null bulk; only SQL.QUERY gets one. */
export const NULL_BULK = new Uint8Array(0);

/** A function of assembly/runtime: i32 and f64 are numbers, i64 are bigints. */
export type PlanFunction = (...args: (number | bigint)[]) => number | bigint | undefined;

/** What a command waits for. */
export interface WaitRequest {
  readonly type: number;
  readonly first: number;
  readonly count: number;
  readonly timeoutMs: number;
}

/** The keys between two, in the order of their bytes; an end that is undefined is none. */
export interface KeyRange {
  readonly low: Uint8Array | undefined;
  readonly high: Uint8Array | undefined;
  /** The ends are no part of the range. */
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
  readonly reverse: boolean;
  readonly keysOnly: boolean;
}

const NO_BYTES = new Uint8Array(0);
const WORD_BYTES = 4;

export class Engine {
  readonly #statistics: EngineStatistics;
  readonly #exports: EngineExports;
  readonly #memory: MemoryView;
  readonly #control: number;
  /** The input area, which never moves. */
  readonly #input: number;
  readonly #inputEnd: number;
  /** Where address and length of the notifications stand. */
  readonly #notifications: number;
  /** Texts that `directText` has read since the last call that may change something. */
  readonly #texts = new TextCache();
  #observed = 0;
  /** The session whose transaction is alone (assembly/command/transaction-alone.ts), or 0; whether what runs is its own. */
  #alone = 0;
  #isOwn = false;
  #textsAtBegin = 0;
  #failure: DatabaseError | undefined;

  /**
   * Requires: `exports` come from `instantiateEngine`. `commandCount` is COMMAND_COUNT of the generated command table; `text` is
   * the runtime's fastest way to text.
   */
  constructor(exports: EngineExports, commandCount: number, text?: TextCodec) {
    this.#exports = exports;
    this.#control = exports.engine_control() >>> 0;
    this.#memory = new MemoryView(exports.memory, text);
    this.#input = this.#memory.word(this.#control + CONTROL_INPUT_POINTER);
    this.#inputEnd = this.#input + this.#memory.word(this.#control + CONTROL_INPUT_CAPACITY);
    this.#notifications = this.#memory.word(this.#control + CONTROL_NOTIFICATIONS);
    this.#statistics = new EngineStatistics(this.#memory, this.#control, commandCount, exports);
  }

  /** Counters, of what is committed. */
  get statistics(): EngineStatistics {
    if (this.#alone !== 0 && !this.#isOwn && this.#failure === undefined) this.share();
    return this.#statistics;
  }

  /** Commands that have run, in whatever state: two answers say whether any has run in between. */
  get commandCount(): number {
    return this.#memory.float(this.#control + CONTROL_COMMANDS);
  }

  /** The first cause of a failed engine, or undefined while it lives. */
  get failure(): DatabaseError | undefined {
    return this.#failure;
  }

  // The walk of a request -----------------------------------------------------------------------------------------------

  /** Copies bytes from `start` on to the input area, as many as fit; returns how many. */
  loadInput(bytes: Uint8Array, start: number): number {
    const pointer = this.#input;
    const capacity = this.#inputEnd - pointer;
    const left = bytes.length - start;
    if (start === 0 && left <= capacity) {
      this.#memory.write(pointer, bytes);
      return left;
    }
    const length = Math.min(left, capacity);
    this.#memory.write(pointer, bytes.subarray(start, start + length));
    return length;
  }

  /** Runs the first `length` bytes of the input area for a session. `nowMs` is Unix time. Returns an EXECUTE_* number. */
  execute(handle: number, length: number, nowMs: number): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#alone !== 0) this.share();
    this.#texts.forget();
    let status = 0;
    try {
      status = this.#exports.execute(handle, this.#input, length, nowMs);
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
    return status;
  }

  /**
   * Runs one command of the engine without encoding a request: its name and arguments are written straight to the input
   * area. Returns an EXECUTE_* number, or -1 when they do not fit there and a request must be encoded.
   */
  callArguments(handle: number, args: readonly (string | Uint8Array)[], nowMs: number): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#alone !== 0) this.share();
    this.#texts.forget();
    if (args.length > DIRECT_ARGUMENTS_MAX) return -1;
    const pointer = this.#input;
    let target = pointer + args.length * 4;
    for (let index = 0; index < args.length; index++) {
      const length = this.#writeArgument(target, args[index] as string | Uint8Array);
      if (length < 0) return -1;
      this.#memory.setWord(pointer + index * 4, length);
      target = (target + length + 3) & ~3;
    }
    let status = 0;
    try {
      status = this.#exports.call_arguments(handle, pointer, args.length, nowMs);
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
    return status;
  }

  /** The text of a string value, null when there is no such key, or undefined: nothing was done, call GET. */
  directText(handle: number, key: string | Uint8Array): string | null | undefined {
    const found = this.#directGet(handle, key);
    if (found < 0) return found === DIRECT_MISSING ? null : undefined;
    const address = this.#memory.word(this.#control + CONTROL_RESULT);
    const length = found >>> 1;
    const isStored = this.#memory.word(this.#control + CONTROL_RESULT + 4) !== 0;
    const known = isStored ? this.#texts.find(address, length) : undefined;
    if (known !== undefined) return known;
    const text = (found & 1) === 0 ? this.#memory.readAscii(address, length) : this.#memory.readText(address, length);
    if (isStored) this.#texts.keep(address, length, text);
    return text;
  }

  /** A copy of the bytes of a string value, null when there is no such key, or undefined: nothing was done, call GET. */
  directBytes(handle: number, key: string | Uint8Array): Uint8Array | null | undefined {
    const found = this.#directGet(handle, key);
    if (found < 0) return found === DIRECT_MISSING ? null : undefined;
    return this.#memory.copy(this.#memory.word(this.#control + CONTROL_RESULT), found >>> 1);
  }

  /** Stores a string value without options. False: nothing was done, call SET. */
  directSet(handle: number, key: string | Uint8Array, value: string | Uint8Array): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#alone !== 0 && this.#alone !== handle) this.share();
    this.#texts.forget();
    const keyBytes = this.#writeArgument(this.#input, key);
    if (keyBytes < 0) return false;
    const valuePointer = (this.#input + keyBytes + 3) & ~3;
    const valueBytes = this.#writeArgument(valuePointer, value);
    if (valueBytes < 0) return false;
    let status = 0;
    try {
      status = this.#exports.direct_set(handle, this.#input, keyBytes, valuePointer, valueBytes);
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
    return status === DIRECT_DONE;
  }

  /**
   * Adds a whole number to the one that a key holds, as INCRBY or the command of this id, and answers the sum. NaN: nothing was done, call the
   * command. Requires: the number is a safe integer.
   */
  directAdd(handle: number, key: string | Uint8Array, amount: number, command: number): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#alone !== 0 && this.#alone !== handle) this.share();
    this.#texts.forget();
    const keyBytes = this.#writeArgument(this.#input, key);
    if (keyBytes < 0) return Number.NaN;
    let sum = Number.NaN;
    try {
      sum = this.#exports.direct_add(handle, this.#input, keyBytes, amount, command);
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
    return sum;
  }

  /** Answer of `direct_get`. */
  #directGet(handle: number, key: string | Uint8Array): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#alone !== 0 && this.#alone !== handle) this.share();
    const keyBytes = this.#writeArgument(this.#input, key);
    if (keyBytes < 0) return DIRECT_ASK;
    let found = 0;
    try {
      found = this.#exports.direct_get(handle, this.#input, keyBytes);
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
    return found;
  }

  /** Writes an argument into the input area and returns its length in bytes; -1 when it may not fit. */
  #writeArgument(target: number, argument: string | Uint8Array): number {
    if (typeof argument === "string") {
      if (argument.length * 3 > this.#inputEnd - target) return -1;
      return this.#memory.writeText(target, argument);
    }
    if (argument.length > this.#inputEnd - target) return -1;
    this.#memory.write(target, argument);
    return argument.length;
  }

  /** Goes on behind a host command, a yield or a suspension; appends to the reply. Returns an EXECUTE_* number. */
  resume(handle: number, nowMs: number): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#alone !== 0) this.share();
    this.#texts.forget();
    let status = 0;
    try {
      status = this.#exports.resume(handle, nowMs);
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
    return status;
  }

  /** Lets other sessions run before `resume`: the unread input moves to the session. Throws OUT_OF_MEMORY. */
  suspend(handle: number): void {
    this.#check(
      this.#call(() => this.#exports.suspend(handle)),
      "a session could not be suspended",
    );
  }

  get replyLength(): number {
    return this.#memory.word(this.#control + CONTROL_REPLY_LENGTH);
  }

  /** Address of the reply made so far. */
  get replyPointer(): number {
    return this.#memory.word(this.#control + CONTROL_REPLY_POINTER);
  }

  /** The engine's memory, for whoever reads a reply; nothing of it is kept over a call. */
  get memory(): MemoryView {
    return this.#memory;
  }

  /** The reply made so far; valid until the next call. */
  replyView(): Uint8Array {
    return this.#memory.view(this.#memory.word(this.#control + CONTROL_REPLY_POINTER), this.replyLength);
  }

  /** The reply has been sent or copied. */
  clearReply(): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#texts.forget();
    try {
      this.#exports.reply_clear();
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
  }

  /** Appends the host's answer to the reply. Throws OUT_OF_MEMORY, and then has appended nothing. */
  appendReply(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const address = this.#call(() => this.#exports.reply_reserve(bytes.length)) >>> 0;
    if (address === 0) throw new DatabaseError("OUT_OF_MEMORY", "no memory for a reply");
    this.#memory.write(address, bytes);
  }

  /** Id of the command that the host must answer. Requires: the last status was EXECUTE_HOST_COMMAND. */
  get hostCommandId(): number {
    return this.#memory.word(this.#control + CONTROL_COMMAND_ID);
  }

  /** Copies of the arguments of that command, its name first. Requires: as `hostCommandId`, and no call since. */
  arguments(): Uint8Array[] {
    const count = this.#memory.word(this.#control + CONTROL_ARGUMENT_COUNT);
    const vector = this.#memory.word(this.#control + CONTROL_ARGUMENT_POINTER);
    const args: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const element = vector + i * ARGUMENT_SIZE;
      const length = this.#memory.word(element + ARGUMENT_LENGTH);
      args.push(length === NULL_ARGUMENT ? NULL_BULK : this.#memory.copy(this.#memory.word(element + ARGUMENT_POINTER), length));
    }
    return args;
  }

  // Clients that wait ---------------------------------------------------------------------------------------------------

  /** A key is ready that somebody waits for. */
  get isReady(): boolean {
    return this.#memory.word(this.#control + CONTROL_READY) !== 0;
  }

  /** What the command waits for that the host must answer: TYPE_*, its keys among the arguments, how long (0: for ever). */
  waitRequest(): WaitRequest {
    const word = (field: number): number => this.#memory.word(this.#control + field);
    return {
      type: word(CONTROL_WAIT_TYPE),
      first: word(CONTROL_WAIT_FIRST),
      count: word(CONTROL_WAIT_COUNT),
      timeoutMs: this.#memory.float(this.#control + CONTROL_WAIT_MS),
    };
  }

  /** Somebody waits for a key, an argument of that command. Returns the engine's wait for it, 0: no memory. */
  addWait(database: number, argument: number): number {
    return this.#call(() => this.#exports.wait_add(database, argument)) >>> 0;
  }

  removeWait(wait: number): void {
    this.#call(() => this.#exports.wait_remove(wait));
  }

  /** The next key that is ready, 0: there is none. */
  takeReady(): number {
    return this.#call(() => this.#exports.wait_take()) >>> 0;
  }

  /** The last command was run again for a client that waits, and was counted before. */
  uncount(): void {
    this.#call(() => this.#exports.wait_uncount());
  }

  /** TYPE_* of the value of such a key, -1: none. */
  waitType(wait: number, nowMs: number): number {
    return this.#call(() => this.#exports.wait_type(wait, nowMs));
  }

  // Sessions and settings -----------------------------------------------------------------------------------------------

  /** Opens a session and returns its handle. Throws OUT_OF_MEMORY. */
  openSession(): number {
    const handle = this.#call(() => this.#exports.session_open()) >>> 0;
    if (handle === 0) throw new DatabaseError("OUT_OF_MEMORY", "no memory for another session");
    return handle;
  }

  /** Frees a session with what it holds. Does nothing when the engine has failed. */
  closeSession(handle: number): void {
    if (this.#failure !== undefined) return;
    this.#call(() => this.#exports.session_close(handle));
  }

  /** Sets a SESSION_* field of a session. */
  setSession(handle: number, field: number, value: number): void {
    this.#check(
      this.#call(() => this.#exports.session_set(handle, field, value)),
      `session field ${field} does not take ${value}`,
    );
  }

  /** Reads a SESSION_* field of a session. */
  sessionField(handle: number, field: number): number {
    return this.#memory.word(handle + field);
  }

  /** Changes a SETTING_*. Throws OUT_OF_MEMORY or ENGINE_INVALID. */
  configure(setting: number, value: number): void {
    this.#check(
      this.#call(() => this.#exports.engine_configure(setting, value)),
      `setting ${setting} does not take ${value}`,
    );
  }

  /** Has the engine stop where OBSERVE_* bits say. Free while they stay the same. */
  observe(bits: number): void {
    if (bits === this.#observed) return;
    this.configure(SETTING_OBSERVE, bits);
    this.#observed = bits;
  }

  // Plans ---------------------------------------------------------------------------------------------------------------

  /** A function of assembly/runtime by its name, to be called inside `runPlan` only; undefined: there is none. */
  planFunction(name: string): PlanFunction | undefined {
    const found = (this.#exports as unknown as Readonly<Record<string, unknown>>)[name];
    return typeof found === "function" ? (found as PlanFunction) : undefined;
  }

  /** The memory that compiled plans import. */
  get planMemory(): WasmMemory {
    return this.#exports.memory;
  }

  /** The table through which the engine calls functions that the host has made. */
  get functionTable(): WasmTable {
    return (this.#exports as unknown as { readonly table: WasmTable }).table;
  }

  /**
   * Runs what calls plan functions. Errors thrown inside pass; a trap is the end of the engine. Who calls a function that can grow memory renews the views (`memory.refresh`) itself.
   */
  runPlan<Result>(run: () => Result): Result {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#alone !== 0 && !this.#isOwn) this.share();
    this.#texts.forget();
    try {
      return run();
    } catch (cause) {
      const isAbort = cause instanceof DatabaseError && cause.code === "ENGINE_FAILED";
      if (isAbort || isTrap(cause)) return this.#fail(cause);
      throw cause;
    } finally {
      this.#memory.refresh();
    }
  }

  // Transactions that are alone -----------------------------------------------------------------------------------------

  /** Begins a transaction of a session (TRANSACTION_*), which may be alone; answers a STATUS_*. */
  beginTransaction(handle: number, flags: number, nowMs: number): number {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#alone !== 0) this.share();
    let status = 0;
    try {
      status = this.#exports.transaction_begin(handle, flags | TRANSACTION_ALONE, nowMs);
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
    if (status !== BEGUN_ALONE) return status;
    this.#alone = handle;
    this.#textsAtBegin = this.#texts.generation;
    return STATUS_OK;
  }

  /** Commits a session's transaction; answers a COMMIT_*. `nowMs` is Unix time. */
  commitTransaction(handle: number, nowMs: number): number {
    if (this.#failure !== undefined) throw this.#failure;
    const isAlone = this.#alone === handle;
    if (!isAlone && this.#alone !== 0) this.share();
    // Where nothing was forgotten it has written nothing.
    if (!isAlone || this.#texts.generation !== this.#textsAtBegin) this.#texts.forget();
    let outcome = 0;
    try {
      outcome = this.#exports.transaction_commit(handle, nowMs);
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
    if (isAlone) this.#alone = 0;
    return outcome;
  }

  /** Whether a session's transaction is alone. */
  isAlone(handle: number): boolean {
    return this.#alone === handle && handle !== 0;
  }

  /** The same as `runPlan` for what belongs to a session's transaction, which stays alone if it is. */
  runOwn<Result>(handle: number, run: () => Result): Result {
    if (this.#alone !== handle || this.#isOwn) return this.runPlan(run);
    this.#isOwn = true;
    try {
      return this.runPlan(run);
    } finally {
      this.#isOwn = false;
    }
  }

  /** Somebody else comes, or the transaction does what it cannot do alone. Called ahead of every call that is not its own. */
  share(): void {
    if (this.#alone === 0) return;
    this.#alone = 0;
    this.#texts.forget();
    try {
      this.#exports.transaction_share();
    } catch (cause) {
      this.#fail(cause);
    }
    this.#memory.refresh();
  }

  /** The transaction that was alone has ended. */
  forgetAlone(handle: number): void {
    if (this.#alone === handle) this.#alone = 0;
  }

  // Ordered scans -------------------------------------------------------------------------------------------------------

  /** Goes on with the order of a database's keys by about `budget` keys; false when it is ready, or there is no memory for it. */
  orderKeys(database: number, budget: number): boolean {
    return this.#call(() => this.#exports.keys_order(database, budget)) === ORDER_BUILDING;
  }

  /**
   * Replies up to `count` keys of a range, fewer once there are `bytes` bytes of reply: how many, and whether a last key says where the
   * range goes on. Throws OUT_OF_MEMORY.
   */
  scanKeys(
    database: number,
    nowMs: number,
    range: KeyRange,
    count: number,
    bytes: number,
  ): { readonly found: number; readonly hasMore: boolean } {
    const low = range.low ?? NO_BYTES;
    const high = range.high ?? NO_BYTES;
    const length = low.length + high.length;
    const isLarge = length > this.#inputEnd - this.#input;
    const pointer = isLarge ? this.#call(() => this.#exports.replay_reserve(length)) >>> 0 : this.#input;
    if (pointer === 0) throw new DatabaseError("OUT_OF_MEMORY", "no memory for the ends of a range");
    this.#memory.write(pointer, low);
    this.#memory.write(pointer + low.length, high);
    const flags = rangeFlags(range);
    const behind = pointer + low.length;
    const found = this.#call(() =>
      this.#exports.keys_range(database, nowMs, flags, pointer, low.length, behind, high.length, count, bytes),
    );
    if (isLarge) this.endReplay();
    this.#check(found < 0 ? -found : STATUS_OK, "keys could not be scanned");
    return { found, hasMore: this.#memory.word(this.#control + CONTROL_RESULT) !== 0 };
  }

  // Background and log --------------------------------------------------------------------------------------------------

  /**
   * Frees, and expires if `expireActively` says so, at most about `budget` entries; true while it is worth calling again
   * soon. `nowMs` is Unix time.
   */
  maintain(nowMs: number, budget: number, expireActively: boolean): boolean {
    return this.#call(() => this.#exports.maintain(nowMs, budget, expireActively ? 1 : 0)) === 1;
  }

  /** Frees up to about `budget` old versions that nobody sees any more; true while there are more. */
  vacuum(budget: number): boolean {
    return this.#call(() => this.#exports.vacuum(budget)) === 1;
  }

  /** Versions of keys, and keys, that are gone since they were asked for last. */
  takeVacuumed(): { readonly versions: number; readonly keys: number } {
    return this.#call(() => {
      const taken = { versions: this.#exports.vacuum_versions() >>> 0, keys: this.#exports.vacuum_keys() >>> 0 };
      this.#exports.vacuum_forget();
      return taken;
    });
  }

  /** Bytes of effects that were logged and not taken yet. */
  get effectLength(): number {
    return this.#memory.word(this.#control + CONTROL_EFFECT_LENGTH);
  }

  /** The logged effects; valid until the next call. */
  effectView(): Uint8Array {
    return this.#memory.view(this.#memory.word(this.#control + CONTROL_EFFECT_POINTER), this.effectLength);
  }

  /** The logged effects have been taken. */
  clearEffects(): void {
    this.#call(() => this.#exports.effects_clear());
  }

  /** Bytes of notifications that were noted and not taken yet. */
  get notificationLength(): number {
    return this.#memory.word(this.#notifications + WORD_BYTES);
  }

  /** Something is to be passed on: effects or notifications. */
  get hasNews(): boolean {
    return this.effectLength !== 0 || this.notificationLength !== 0;
  }

  /** A copy of the notifications (assembly/abi/notification.ts), which are then forgotten. */
  takeNotifications(): Uint8Array {
    const records = this.#memory.copy(this.#memory.word(this.#notifications), this.notificationLength);
    this.#call(() => this.#exports.notifications_clear());
    return records;
  }

  /** A copy of the logged effects, which are then forgotten. */
  takeEffects(): Uint8Array {
    const effects = this.effectView().slice();
    this.clearEffects();
    return effects;
  }

  /**
   * Applies logged effects, whole commands of any length, with expiry off. Throws OUT_OF_MEMORY or ENGINE_INVALID; what
   * stood before the first bad effect has been applied then.
   */
  replay(effects: Uint8Array, nowMs: number): void {
    if (effects.length === 0) return;
    const pointer = this.#call(() => this.#exports.replay_reserve(effects.length)) >>> 0;
    if (pointer === 0) throw new DatabaseError("OUT_OF_MEMORY", `no memory to replay ${effects.length} bytes of effects`);
    this.#memory.write(pointer, effects);
    this.#check(
      this.#call(() => this.#exports.replay(pointer, effects.length, nowMs)),
      "the effects to replay are not well formed",
    );
  }

  /** Gives back the memory that replays have used. */
  endReplay(): void {
    this.#call(() => this.#exports.replay_reserve(0));
  }

  /** Begins to log the whole content once more. Requires: effects are on and have been taken. */
  startCompaction(): void {
    this.#call(() => this.#exports.compaction_start());
  }

  /** Logs about `budgetBytes` of content; false at its end. Throws OUT_OF_MEMORY, and the walk has not gone on then. */
  stepCompaction(budgetBytes: number): boolean {
    const result = this.#call(() => this.#exports.compaction_step(budgetBytes));
    if (result === COMPACTION_OUT_OF_MEMORY) throw new DatabaseError("OUT_OF_MEMORY", "no memory for the next effects of a compaction");
    return result !== COMPACTION_DONE;
  }

  /** Ends a compaction, or gives it up. Does nothing when the engine has failed. */
  stopCompaction(): void {
    if (this.#failure === undefined) this.#call(() => this.#exports.compaction_stop());
  }

  resetStatistics(): void {
    this.#call(() => this.#exports.statistics_reset());
  }

  /** Order-independent digest of a database's content as four u32; -1 stands for all databases. */
  digest(database: number): readonly number[] {
    this.#check(
      this.#call(() => this.#exports.digest(database)),
      `there is no database ${database}`,
    );
    const address = this.#control + CONTROL_RESULT;
    return [0, 4, 8, 12].map((offset) => this.#memory.word(address + offset));
  }

  /** 0, or the number of the first broken invariant. Release engines do not check and answer 0. */
  checkInvariants(): number {
    return this.#call(() => this.#exports.check_invariants());
  }

  // -----------------------------------------------------------------------------------------------------------------------

  /** A call off the hot path. Not from within `runOwn`: what runs there is a transaction's, and this would be taken for it. */
  #call<Result>(run: () => Result): Result {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isOwn) throw new DatabaseError("ENGINE_INVALID", "a transaction's own statement has called the engine for others");
    if (this.#alone !== 0) this.share();
    this.#texts.forget();
    try {
      return run();
    } catch (cause) {
      return this.#fail(cause);
    } finally {
      this.#memory.refresh();
    }
  }

  #check(status: number, problem: string): void {
    if (status === STATUS_OK) return;
    if (status === STATUS_OUT_OF_MEMORY) throw new DatabaseError("OUT_OF_MEMORY", `${problem}: out of memory`);
    throw new DatabaseError("ENGINE_INVALID", `${problem} (status ${status})`);
  }

  #fail(cause: unknown): never {
    const text = cause instanceof Error ? cause.message : String(cause);
    this.#failure = new DatabaseError("ENGINE_FAILED", `the engine has failed: ${text}`, { cause });
    throw this.#failure;
  }
}

function rangeFlags({ low, high, lowOpen, highOpen, reverse, keysOnly }: KeyRange): number {
  return (
    (reverse ? RANGE_REVERSE : 0) |
    (keysOnly ? RANGE_KEYS_ONLY : 0) |
    (lowOpen ? RANGE_LOW_OPEN : 0) |
    (highOpen ? RANGE_HIGH_OPEN : 0) |
    (low === undefined ? RANGE_NO_LOW : 0) |
    (high === undefined ? RANGE_NO_HIGH : 0)
  );
}
