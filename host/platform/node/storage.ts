/**
 * A directory of the operating system. Reads and writes are synchronous, since a write to the page cache costs less than a
 * trip to the thread pool; syncs are fdatasync in the thread pool, so that the loop goes on meanwhile.
 *
 * The lock is a file that names its owner: process id and, where /proc tells it, the start time of that process, since ids
 * are used again. It is made with `link`, which fails if it is there, so of two that come at once one wins. A lock whose
 * owner is dead is moved aside first; if what was moved turns out to be a newer lock, it is put back.
 *
 * 1. A new file's name is made durable by a sync of the directory. Systems that cannot sync one (Windows) keep names by
 *    themselves.
 * 2. Nothing here retries after a failed sync: the system may have dropped the pages and would call the next one a success.
 * 3. A sync of a file that has lost its name fails: nobody would find what it made safe.
 */
import * as fs from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseError } from "../../common/error.ts";
import type { Storage, StorageFile } from "../types.ts";
import { makeDirectory } from "./directory.ts";

const LOCK_NAME = "memflux.lock";
/** Field of /proc/PID/stat behind the name of the program: clock ticks from boot to the start of the process. */
const START_TIME_FIELD = 19;
/** Zombie and dead. */
const ENDED_STATES = ["Z", "X"];
const FULL_CODES: readonly string[] = ["ENOSPC", "EDQUOT", "EFBIG"];

const ANOTHER_DIRECTORY = "choose another directory with --dir";

/** Directories that this process has locked, by their real paths. */
const held = new Set<string>();

export class NodeStorage implements Storage {
  readonly location: string;
  /** What `held` has while this storage owns the directory. */
  #locked: string | undefined;

  constructor(directory: string) {
    this.location = resolve(directory);
  }

  async lock(): Promise<void> {
    prepare(this.location);
    const realPath = attempt(`cannot read the directory ${this.location}`, () => fs.realpathSync(this.location));
    if (held.has(realPath)) throw this.#lockedBy(String(process.pid));
    const path = join(this.location, LOCK_NAME);
    const own = `${path}.${process.pid}`;
    try {
      attempt(
        `cannot write to ${this.location}`,
        () => fs.writeFileSync(own, `${process.pid} ${startTime(process.pid)}\n`),
        ANOTHER_DIRECTORY,
      );
      while (!linked(own, path)) {
        const text = readText(path);
        if (text === undefined) continue;
        if (isAlive(text)) throw this.#lockedBy(text.split(" ")[0] ?? "?");
        setAside(path, text);
      }
    } finally {
      removeIfPossible(own);
    }
    held.add(realPath);
    this.#locked = realPath;
  }

  async unlock(): Promise<void> {
    if (this.#locked === undefined) return;
    held.delete(this.#locked);
    this.#locked = undefined;
    removeIfPossible(join(this.location, LOCK_NAME));
  }

  async list(): Promise<string[]> {
    return attempt(`cannot read the directory ${this.location}`, () => fs.readdirSync(this.location));
  }

  async open(name: string): Promise<StorageFile | undefined> {
    const path = join(this.location, name);
    try {
      return new NodeFile(name, path, fs.openSync(path, "r+"));
    } catch (cause) {
      if (codeOf(cause) === "ENOENT") return undefined;
      throw failure(`cannot open ${path}`, cause, ANOTHER_DIRECTORY);
    }
  }

  async create(name: string): Promise<StorageFile> {
    const path = join(this.location, name);
    const descriptor = attempt(`cannot make ${path}`, () => fs.openSync(path, "w+"));
    try {
      await this.#syncNames();
    } catch (error) {
      fs.closeSync(descriptor);
      throw error;
    }
    return new NodeFile(name, path, descriptor);
  }

  async remove(name: string): Promise<void> {
    const path = join(this.location, name);
    attempt(`cannot remove ${path}`, () => fs.rmSync(path, { force: true }));
  }

  async #syncNames(): Promise<void> {
    if (process.platform === "win32") return;
    const descriptor = attempt(`cannot open ${this.location}`, () => fs.openSync(this.location, "r"));
    try {
      await synced(descriptor, this.location, fs.fsync);
    } finally {
      fs.closeSync(descriptor);
    }
  }

  #lockedBy(owner: string): DatabaseError {
    return new DatabaseError("DIRECTORY_LOCKED", `${this.location} is in use by process ${owner}: stop it, or ${ANOTHER_DIRECTORY}`);
  }
}

class NodeFile implements StorageFile {
  readonly name: string;
  readonly #path: string;
  readonly #descriptor: number;
  /** Whether the system counts a file's names; some that are mounted from afar do not. */
  readonly #countsNames: boolean;

  constructor(name: string, path: string, descriptor: number) {
    this.name = name;
    this.#path = path;
    this.#descriptor = descriptor;
    this.#countsNames = this.#nameCount() > 0;
  }

  get sizeBytes(): number {
    return attempt(`cannot ask for the size of ${this.#path}`, () => fs.fstatSync(this.#descriptor).size);
  }

  read(target: Uint8Array, offset: number): number {
    let done = 0;
    while (done < target.length) {
      const count = attempt(`cannot read ${this.#path} at ${offset + done}`, () =>
        fs.readSync(this.#descriptor, target, done, target.length - done, offset + done),
      );
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  write(bytes: Uint8Array, offset: number): number {
    try {
      return fs.writeSync(this.#descriptor, bytes, 0, bytes.length, offset);
    } catch (cause) {
      throw failure(`cannot write ${this.#path} at ${offset}`, cause);
    }
  }

  truncate(sizeBytes: number): void {
    attempt(`cannot cut ${this.#path}`, () => fs.ftruncateSync(this.#descriptor, sizeBytes));
  }

  async sync(): Promise<void> {
    await synced(this.#descriptor, this.#path, fs.fdatasync);
    if (!this.#countsNames || this.#nameCount() > 0) return;
    throw new DatabaseError("STORAGE_FAILED", `${this.#path} has been deleted while it was in use`);
  }

  #nameCount(): number {
    return attempt(`cannot ask for the names of ${this.#path}`, () => fs.fstatSync(this.#descriptor).nlink);
  }

  close(): void {
    attempt(`cannot close ${this.#path}`, () => fs.closeSync(this.#descriptor));
  }
}

type SyncCall = (descriptor: number, done: (error: Error | null) => void) => void;

function synced(descriptor: number, path: string, call: SyncCall): Promise<void> {
  return new Promise((fulfil, reject) => {
    call(descriptor, (cause) => (cause === null ? fulfil() : reject(failure(`cannot sync ${path}`, cause))));
  });
}

function codeOf(cause: unknown): string | undefined {
  return (cause as NodeJS.ErrnoException).code;
}

/** What went wrong in the system's words, and `advice` for the operator. */
function failure(problem: string, cause: unknown, advice?: string): DatabaseError {
  const code = codeOf(cause) ?? "";
  const { message } = cause as Error;
  // Deno leaves the code out of some of its messages.
  const text = `${problem}: ${message.includes(code) ? message : `${code}: ${message}`}`;
  const isFull = FULL_CODES.includes(code);
  const wanted = isFull ? "make room" : advice;
  return new DatabaseError(isFull ? "STORAGE_FULL" : "STORAGE_FAILED", wanted === undefined ? text : `${text}; ${wanted}`, { cause });
}

function attempt<Result>(problem: string, run: () => Result, advice?: string): Result {
  try {
    return run();
  } catch (cause) {
    throw failure(problem, cause, advice);
  }
}

/** Makes the directory of a database. */
function prepare(path: string): void {
  try {
    makeDirectory(path);
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw failure(`cannot make the directory ${path}`, cause, ANOTHER_DIRECTORY);
    throw new DatabaseError("STORAGE_FAILED", `${path} is not a directory; ${ANOTHER_DIRECTORY}`, { cause });
  }
}

/** Removes a file of the lock. One that stays does no harm: its owner is this process, and later a dead one. */
function removeIfPossible(path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch {
    // The directory cannot be written any more.
  }
}

/** Gives a file a second name; false when that name is taken. */
function linked(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw failure(`cannot make the lock ${to}`, cause, ANOTHER_DIRECTORY);
  }
}

function readText(path: string): string | undefined {
  try {
    return fs.readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}

/** Start time of a process, or "0" where the system does not tell. */
function startTime(processId: number): string {
  return statFields(processId)[START_TIME_FIELD] ?? "0";
}

/** What Linux tells of a process behind its name, its state first (proc(5)); nothing elsewhere. */
function statFields(processId: number): readonly string[] {
  const stat = readText(`/proc/${processId}/stat`);
  return stat === undefined ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Whether the process that wrote a lock still runs. */
function isAlive(lock: string): boolean {
  const [idText = "", started = "0"] = lock.trim().split(" ");
  const id = Number(idText);
  if (!Number.isInteger(id) || id <= 0) return false;
  const now = startTime(id);
  // Our own id may be an earlier process's, or ours: another thread, or another copy of this file, has a `held` of its own.
  if (id === process.pid) return now !== "0" && started === now;
  try {
    process.kill(id, 0);
  } catch (cause) {
    return codeOf(cause) === "EPERM";
  }
  // A process that has ended stays listed until its parent asks for it, which in a container may be never.
  if (ENDED_STATES.includes(statFields(id)[0] ?? "")) return false;
  return started === "0" || now === "0" || started === now;
}

/** Moves a dead owner's lock away, unless somebody else has just done so and made a new one. */
function setAside(path: string, text: string): void {
  const aside = `${path}.dead.${process.pid}`;
  try {
    fs.renameSync(path, aside);
  } catch {
    return;
  }
  if (readText(aside) !== text) {
    try {
      fs.linkSync(aside, path);
    } catch {
      // A third one has locked by now; both it and the owner of this lock cannot go on, and the next start says so.
    }
  }
  fs.rmSync(aside, { force: true });
}
