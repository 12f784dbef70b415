/**
 * A disk that fails as real ones do, and the same way every time: all its choices come from one seed.
 *
 * What a file is: the bytes that a sync has made safe, the changes since then in order, and what a reader sees (both
 * together). A loss of power applies a random part of the changes, sector by sector and in no order; the end of a process
 * loses nothing that was written. Names behave alike: a new one is safe once its `create` is fulfilled, a removed one may be
 * back until the next `create` is.
 *
 *   crash after the n-th operation   the operation is done in part (a write: some of its bytes; a sync: done or not), and
 *                                    nothing works any more until `restart`
 *   torn sectors                     a write is lost or kept in pieces of SECTOR_BYTES, now and then in pieces of one byte
 *   short                            a write takes only some of its bytes
 *   full                             a write takes some of its bytes, and from then on none (STORAGE_FULL)
 *   error                            a write or sync fails (STORAGE_FAILED). After a failed sync its changes are kept or
 *                                    lost at random, and no later sync makes up for it (as Linux: Rebello et al., "Can
 *                                    Applications Recover from fsync Failures?", USENIX ATC 2020)
 *   flipped bits                     `flipBit`
 *
 * Operations that count are create, write, truncate, sync and remove. A sync is fulfilled some microtasks later. What has
 * been done and what has gone wrong is counted (`done`, `met`), so that a test can tell that it tests what it means to.
 */
import { DatabaseError } from "../../common/error.ts";

export const SECTOR_BYTES = 512;
const DELAY_MAX = 6;

export type CrashKind = "process" | "power";
export type FaultKind = "short" | "full" | "error";

export const OPERATIONS = ["create", "write", "truncate", "sync", "remove"] as const;
export type Operation = (typeof OPERATIONS)[number];

/**
 * What may go wrong. A loss of power loses writes (lost), keeps later ones than those (reordered) and parts of one (torn); a
 * failed sync is an error of its own kind, since it may lose what was written long before.
 */
export const TROUBLES = [
  "process ended",
  "power lost",
  "write lost",
  "writes reordered",
  "write torn",
  "short write",
  "disk full",
  "write failed",
  "sync failed",
  "bit flipped",
] as const;
export type Trouble = (typeof TROUBLES)[number];

/** One change of a file that no sync has made safe yet. */
type Change =
  | { readonly kind: "write"; readonly bytes: Uint8Array; readonly offset: number }
  | { readonly kind: "truncate"; readonly sizeBytes: number };

export interface SimulatedContent {
  safe: Uint8Array;
  changes: Change[];
  /** What a reader sees. */
  seen: Uint8Array;
}

export class SimulatedDisk {
  /** Names as the running process sees them. */
  files = new Map<string, SimulatedContent>();
  /** Names that a loss of power cannot change. */
  #safeNames = new Map<string, SimulatedContent>();
  locked = false;
  /** How often the machine was started; what an earlier life left behind gets errors. */
  boot = 0;
  operations = 0;
  /** How often each operation has begun. */
  readonly done = zeros(OPERATIONS);
  /** How often each trouble has really come to be. */
  readonly met = zeros(TROUBLES);
  #state: number;
  #crashAt = Number.POSITIVE_INFINITY;
  #crashKind: CrashKind = "power";
  #crashed = false;
  #isFull = false;
  readonly #faults = new Map<number, FaultKind>();

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** A disk in good order that holds these files. */
  static holding(files: ReadonlyMap<string, Uint8Array>, seed = 1): SimulatedDisk {
    const disk = new SimulatedDisk(seed);
    for (const [name, bytes] of files) disk.files.set(name, { safe: bytes.slice(), changes: [], seen: bytes.slice() });
    disk.syncNames();
    return disk;
  }

  /** Copies of all files as a reader sees them. */
  contents(): Map<string, Uint8Array> {
    return new Map([...this.files].map(([name, { seen }]) => [name, seen.slice()]));
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  /** The disk crashes within the n-th operation from now on, the first being 1. */
  crashAfter(operations: number, kind: CrashKind): void {
    this.#crashAt = this.operations + operations;
    this.#crashKind = kind;
  }

  /** The n-th operation from now on has a fault. */
  faultAt(operation: number, kind: FaultKind): void {
    this.#faults.set(this.operations + operation, kind);
  }

  /** Ends the process or the power now. */
  crash(kind: CrashKind): void {
    this.#crashed = true;
    this.#crashKind = kind;
  }

  /** After a crash, or instead of one: what the disk holds is what a new process finds. Faults that were left are gone. */
  restart(): void {
    if (this.#crashed) this.met[this.#crashKind === "power" ? "power lost" : "process ended"]++;
    if (this.#crashed && this.#crashKind === "power") this.#losePower();
    this.#crashed = false;
    this.#isFull = false;
    this.#crashAt = Number.POSITIVE_INFINITY;
    this.#faults.clear();
    this.locked = false;
    this.boot++;
  }

  /** Turns one bit of a file over, wherever it is kept. */
  flipBit(name: string, bit: number): void {
    const content = this.files.get(name);
    if (content === undefined) throw new DatabaseError("STORAGE_FAILED", `there is no ${name}`);
    for (const bytes of [content.safe, content.seen]) {
      const position = bit >>> 3;
      if (position < bytes.length) bytes[position] = (bytes[position] as number) ^ (1 << (bit & 7));
    }
    this.met["bit flipped"]++;
  }

  /** A whole number below `limit`. */
  choose(limit: number): number {
    // xorshift32 (Marsaglia 2003).
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  /** Throws unless the disk works and was not restarted since `boot`. */
  check(boot = this.boot): void {
    if (this.#crashed || boot !== this.boot) throw new DatabaseError("STORAGE_FAILED", "the simulated machine is down");
  }

  // Operations of SimulatedStorage ----------------------------------------------------------------------------------------

  create(name: string): SimulatedContent {
    const fails = this.#begin("create");
    if (fails === "error" || fails === "full") throw this.#failed(fails, `cannot make ${name}`);
    const old = this.files.get(name);
    if (old !== undefined) {
      this.#change(old, { kind: "truncate", sizeBytes: 0 });
      this.#checkCrash();
      return old;
    }
    const content: SimulatedContent = { safe: new Uint8Array(0), changes: [], seen: new Uint8Array(0) };
    this.files.set(name, content);
    this.#checkCrash();
    return content;
  }

  /** All names are safe now. */
  syncNames(): void {
    this.#safeNames = new Map(this.files);
  }

  remove(name: string): void {
    const fails = this.#begin("remove");
    if (fails === "error") throw this.#failed(fails, `cannot remove ${name}`);
    this.files.delete(name);
    this.#checkCrash();
  }

  write(content: SimulatedContent, bytes: Uint8Array, offset: number): number {
    const fault = this.#begin("write");
    if (fault === "error") throw this.#failed(fault, "cannot write");
    let count = bytes.length;
    if (this.operations === this.#crashAt) count = this.choose(bytes.length + 1);
    else if (fault !== undefined) count = Math.max(1, this.choose(bytes.length));
    if (this.#isFull) throw this.#failed("full", "cannot write");
    if (fault === "full") this.#isFull = true;
    if (fault === "short" && count < bytes.length) this.met["short write"]++;
    if (count > 0) this.#change(content, { kind: "write", bytes: bytes.slice(0, count), offset });
    this.#checkCrash();
    return count;
  }

  truncate(content: SimulatedContent, sizeBytes: number): void {
    const fault = this.#begin("truncate");
    if (fault === "error") throw this.#failed(fault, "cannot truncate");
    if (this.operations !== this.#crashAt || this.choose(2) === 0) this.#change(content, { kind: "truncate", sizeBytes });
    this.#checkCrash();
  }

  async sync(content: SimulatedContent): Promise<void> {
    const fault = this.#begin("sync");
    const count = content.changes.length;
    const isLast = this.operations === this.#crashAt;
    if (isLast && this.choose(2) === 0) this.#crashed = true;
    const { boot } = this;
    await this.delay();
    this.check(boot);
    const changes = content.changes.splice(0, count);
    if (fault === "error") {
      content.safe = this.#survivors(content.safe, changes);
      this.met["sync failed"]++;
      throw broken("cannot sync");
    }
    for (const change of changes) content.safe = applied(content.safe, change);
    if (isLast) this.#crashed = true;
    this.check();
  }

  /** Some microtasks. */
  async delay(): Promise<void> {
    for (let turns = this.choose(DELAY_MAX); turns >= 0; turns--) await Promise.resolve();
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #begin(operation: Operation): FaultKind | undefined {
    this.check();
    this.operations++;
    this.done[operation]++;
    return this.#faults.get(this.operations);
  }

  /** Counts a failure and says what it is. */
  #failed(kind: "full" | "error", problem: string): DatabaseError {
    this.met[kind === "full" ? "disk full" : "write failed"]++;
    return kind === "full" ? new DatabaseError("STORAGE_FULL", `${problem}: no space left on the simulated disk`) : broken(problem);
  }

  #checkCrash(): void {
    if (this.operations >= this.#crashAt) this.#crashed = true;
    this.check();
  }

  #change(content: SimulatedContent, change: Change): void {
    content.changes.push(change);
    content.seen = applied(content.seen, change);
  }

  #losePower(): void {
    const names = new Set([...this.#safeNames.keys(), ...this.files.keys()]);
    const kept = new Map<string, SimulatedContent>();
    for (const name of names) {
      const safe = this.#safeNames.get(name);
      const seen = this.files.get(name);
      const content = safe === seen || this.choose(2) === 0 ? seen : safe;
      if (content !== undefined) kept.set(name, content);
    }
    for (const content of kept.values()) {
      content.safe = this.#survivors(content.safe, content.changes);
      content.changes = [];
      content.seen = content.safe.slice();
    }
    this.files = kept;
    this.#safeNames = new Map(kept);
  }

  /** What is left of changes that no sync has covered. */
  #survivors(safe: Uint8Array, changes: readonly Change[]): Uint8Array {
    // Mostly some, now and then none or all.
    const share = this.choose(4) * 33;
    let bytes = safe;
    let sizeBytes = safe.length;
    let hasLost = false;
    for (const change of changes) {
      if (change.kind === "truncate") {
        if (this.choose(2) === 0) bytes = applied(bytes, change);
        sizeBytes = change.sizeBytes;
        continue;
      }
      sizeBytes = Math.max(sizeBytes, change.offset + change.bytes.length);
      let kept = 0;
      let lost = 0;
      for (const piece of this.#pieces(change.bytes, change.offset)) {
        if (this.choose(100) <= share) {
          bytes = applied(bytes, piece);
          kept++;
        } else lost++;
      }
      if (hasLost && kept > 0) this.met["writes reordered"]++;
      if (lost > 0) this.met[kept > 0 ? "write torn" : "write lost"]++;
      hasLost ||= lost > 0;
    }
    // The size may be safe although the bytes are not: they read as zeros.
    return sizeBytes > bytes.length && this.choose(3) === 0 ? applied(bytes, { kind: "truncate", sizeBytes }) : bytes;
  }

  *#pieces(bytes: Uint8Array, offset: number): Iterable<Change> {
    const sizeBytes = this.choose(16) === 0 && bytes.length <= SECTOR_BYTES ? 1 + this.choose(SECTOR_BYTES) : SECTOR_BYTES;
    for (let start = 0; start < bytes.length; ) {
      const end = Math.min(bytes.length, start + sizeBytes - ((offset + start) % sizeBytes));
      yield { kind: "write", bytes: bytes.subarray(start, end), offset: offset + start };
      start = end;
    }
  }
}

function applied(bytes: Uint8Array, change: Change): Uint8Array {
  const sizeBytes = change.kind === "truncate" ? change.sizeBytes : Math.max(bytes.length, change.offset + change.bytes.length);
  const result = new Uint8Array(sizeBytes);
  result.set(bytes.subarray(0, sizeBytes));
  if (change.kind === "write") result.set(change.bytes, change.offset);
  return result;
}

function broken(problem: string): DatabaseError {
  return new DatabaseError("STORAGE_FAILED", `${problem}: the simulated disk has failed`);
}

/** A count of nothing for each name. */
function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
