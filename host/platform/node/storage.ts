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
 */
import * as fs from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseError } from "../../common/error.ts";
import type { Storage, StorageFile } from "../types.ts";

const LOCK_NAME = "memflux.lock";
/** Field of /proc/PID/stat behind the name of the program: clock ticks from boot to the start of the process. */
const START_TIME_FIELD = 19;
/** Zombie and dead. */
const ENDED_STATES = ["Z", "X"];
const FULL_CODES: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG"];

/** Directories that this process has locked: a lock file with our own id is ours only if it is listed here. */
const held = new Set<string>();

export class NodeStorage implements Storage {
  readonly location: string;
  #locked = false;

  constructor(directory: string) {
    this.location = resolve(directory);
  }

  async lock(): Promise<void> {
    attempt(`cannot make the directory ${this.location}`, () => fs.mkdirSync(this.location, { recursive: true }));
    const path = join(this.location, LOCK_NAME);
    const own = `${path}.${process.pid}`;
    if (held.has(this.location)) throw this.#lockedBy(String(process.pid));
    attempt(`cannot write to ${this.location}`, () => fs.writeFileSync(own, `${process.pid} ${startTime(process.pid)}\n`));
    try {
      while (!linked(own, path)) {
        const text = readText(path);
        if (text === undefined) continue;
        if (isAlive(text)) throw this.#lockedBy(text.split(" ")[0] ?? "?");
        setAside(path, text);
      }
    } finally {
      fs.rmSync(own, { force: true });
    }
    held.add(this.location);
    this.#locked = true;
  }

  async unlock(): Promise<void> {
    if (!this.#locked) return;
    this.#locked = false;
    held.delete(this.location);
    fs.rmSync(join(this.location, LOCK_NAME), { force: true });
  }

  async list(): Promise<string[]> {
    return attempt(`cannot read the directory ${this.location}`, () => fs.readdirSync(this.location));
  }

  async open(name: string): Promise<StorageFile | undefined> {
    const path = join(this.location, name);
    if (!fs.existsSync(path)) return undefined;
    return new NodeFile(
      name,
      path,
      attempt(`cannot open ${path}`, () => fs.openSync(path, "r+")),
    );
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
    return new DatabaseError(
      "DIRECTORY_LOCKED",
      `${this.location} is in use by process ${owner}: stop it, or choose another directory with --dir`,
    );
  }
}

class NodeFile implements StorageFile {
  readonly name: string;
  readonly #path: string;
  readonly #descriptor: number;

  constructor(name: string, path: string, descriptor: number) {
    this.name = name;
    this.#path = path;
    this.#descriptor = descriptor;
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

  sync(): Promise<void> {
    return synced(this.#descriptor, this.#path, fs.fdatasync);
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

function failure(problem: string, cause: unknown): DatabaseError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new DatabaseError(FULL_CODES.includes(code) ? "STORAGE_FULL" : "STORAGE_FAILED", `${problem}: ${message}`, { cause });
}

function attempt<Result>(problem: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    throw failure(problem, cause);
  }
}

/** Gives a file a second name; false when that name is taken. */
function linked(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw failure(`cannot make the lock ${to}`, cause);
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
  // Our own id without an entry in `held` is that of an earlier process.
  if (!Number.isInteger(id) || id <= 0 || id === process.pid) return false;
  try {
    process.kill(id, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
  const fields = statFields(id);
  // A process that has ended stays listed until its parent asks for it, which in a container may be never.
  if (ENDED_STATES.includes(fields[0] ?? "")) return false;
  const now = fields[START_TIME_FIELD] ?? "0";
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
