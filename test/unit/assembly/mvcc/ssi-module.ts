/**
 * The conflict detector of assembly/mvcc as a module of its own, with calls that JavaScript likes: items are numbers, keys are texts.
 */
import { type BuildName, type BytesModule, compileFiles } from "../bytes/module.ts";

const FILES = [
  "ssi",
  "ssi-unit",
  "ssi-check",
  "ssi-rule",
  "mark-memory",
  "conflict",
  "participant",
  "sweep",
  "target",
  "key-range",
  "../memory/allocator",
  "../bytes/hash",
];
const SEED = 77n;
/** Bytes that the tests use for keys, behind the static data; the engine's memory begins behind them. */
const KEY_BYTES = 8192;
const PAGE = 65_536;

export const TOUCH = 1;
export const SHARED = 2;
export const EXCLUSIVE = 3;
export const ADMITTED = 0;
export const LOST = 1;
export const PIVOT = 2;
export const DOOMED = 3;
export const NO_MEMORY = 4;
export const LOW_OPEN = 1;
export const HIGH_OPEN = 2;
export const HIGH_UNBOUNDED = 4;
export const IS_PREFIX = 8;

/** Numbers of ssi-rule.ts. */
export const RULES = {
  firstCommitter: 1,
  pivot: 2,
  firstOfThree: 4,
  unit: 8,
  committedReader: 16,
  writtenSince: 32,
  writerReach: 64,
  range: 128,
  doomedWriter: 256,
  safe: 512,
} as const;

/** A transaction, or a unit that is under way: what both can do. */
export interface Actor {
  read(item: number): void;
  /** Of an item that is written in parts. */
  readMany(item: number): void;
  readRange(space: number, low: string, high: string, flags?: number): void;
  write(item: number, mode: number): void;
  writeKey(space: number, key: string, mode?: number): void;
}

export interface Transaction extends Actor {
  verdict(): number;
  /** Takes back what it has written. */
  forgetWrites(): void;
  doom(): number;
  commit(): void;
  abort(): void;
  /** Neither committed nor rolled back. */
  isActive(): boolean;
}

export interface Ssi {
  readonly module: BytesModule;
  /** Undefined: no memory. */
  begin(isSerializable?: boolean, isReadOnly?: boolean): Transaction | undefined;
  /** Runs a unit. */
  unit(work: (unit: Actor) => void): void;
  /** A unit that writes everything. */
  writeAll(): void;
  step(budget: number): boolean;
  /** Whether what is remembered is in order. */
  check(): boolean;
  drop(rules: number): void;
  limit(bytes: number): void;
  /** Makes an allocation fail: the `count`-th from now on. */
  fail(count: number): void;
  isActive(): boolean;
  memoryUsed(): number;
  targets(): number;
}

type Call = (...values: readonly (number | bigint | boolean)[]) => number;

/** Compiles the detector and starts it on memory of its own. */
export async function startSsi(build: BuildName): Promise<Ssi> {
  const module = await compileFiles("mvcc", FILES, build);
  const exports = module.exports as Record<string, Call> & { memory: WebAssembly.Memory };
  const call = (name: string): Call => exports[name] as Call;
  call("hashSeed")(SEED);
  const base = Math.ceil((module.heap + KEY_BYTES) / PAGE) * PAGE;
  if (!call("memoryInitialize")(base)) throw new Error("no memory to begin with");
  const low = module.heap;
  const high = module.heap + KEY_BYTES / 2;
  const put = (address: number, text: string): number => {
    const view = new Uint8Array(exports.memory.buffer);
    for (let index = 0; index < text.length; index++) view[address + index] = text.charCodeAt(index);
    return text.length;
  };
  const range = (from: string, to: string): [number, number, number, number] => [low, put(low, from), high, put(high, to)];
  const number = (name: string): number => Number((exports[name] as unknown as WebAssembly.Global).value);
  const unit: Actor = {
    read: (item) => void call("unitRead")(BigInt(item)),
    readMany: (item) => void call("unitReadMany")(BigInt(item)),
    readRange: (space, from, to, flags = HIGH_OPEN) => void call("unitReadRange")(BigInt(space), ...range(from, to), flags),
    write: (item, mode) => void call("unitWrite")(BigInt(item), mode),
    writeKey: (space, key, mode = EXCLUSIVE) => void call("unitWriteKey")(BigInt(space), low, put(low, key), mode),
  };
  const transaction = (handle: number): Transaction => {
    let isActive = true;
    const end = (name: string): void => {
      isActive = false;
      call(name)(handle);
    };
    return {
      read: (item) => void call("ssiRead")(handle, BigInt(item)),
      readMany: (item) => void call("ssiRead")(handle, BigInt(item)),
      readRange: (space, from, to, flags = HIGH_OPEN) => void call("ssiReadRange")(handle, BigInt(space), ...range(from, to), flags),
      write: (item, mode) => void call("ssiWrite")(handle, BigInt(item), mode),
      writeKey: (space, key, mode = EXCLUSIVE) => void call("ssiWriteKey")(handle, BigInt(space), low, put(low, key), mode),
      verdict: () => call("ssiVerdict")(handle),
      forgetWrites: () => void call("ssiForgetWrites")(handle),
      doom: () => call("ssiDoom")(handle),
      commit: () => end("ssiCommit"),
      abort: () => end("ssiAbort"),
      isActive: () => isActive,
    };
  };
  return {
    module,
    begin(isSerializable = true, isReadOnly = false) {
      const handle = call("ssiBegin")(isSerializable, isReadOnly);
      return handle === 0 ? undefined : transaction(handle);
    },
    unit(work) {
      call("unitBegin")();
      work(unit);
      call("unitEnd")();
    },
    writeAll() {
      call("unitBegin")();
      const clock = (exports.clock as unknown as WebAssembly.Global).value as bigint;
      call("everythingWritten")(clock + 1n, EXCLUSIVE);
      call("unitEnd")();
    },
    step: (budget) => call("ssiStep")(budget) !== 0,
    check: () => call("ssiCheck")() !== 0,
    drop: (rules) => void call("ruleDrop")(rules),
    limit: (bytes) => void call("markLimit")(bytes),
    fail: (count) => void call("markFail")(count),
    isActive: () => number("ssiActive") !== 0,
    memoryUsed: () => number("memoryUsed"),
    targets: () => number("targetCount"),
  };
}
