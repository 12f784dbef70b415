/**
 * A directory of the origin's private file system: `memflux/NAME`. Files are sync access handles, so this works in dedicated
 * workers only. Reads, writes and syncs are synchronous; making, opening and removing files are not.
 *
 * The lock is a Web Lock (where the browser has them) and, in any case, the sync access handle of `memflux.lock`: a browser
 * gives out one handle of a file at a time. Both end with the worker that has them, so nothing is left behind to take over.
 *
 * 1. What a reloaded page's old worker holds goes away soon, but perhaps after the new page asks for it: locks and handles
 *    that are taken are waited for, two seconds at most.
 * 2. There is no sync of a directory. The browser keeps the names; nothing above relies on one that was not read back: the
 *    commit point is inside the manifest (host/persistence/README.md).
 * 3. A write that the quota cuts short takes fewer bytes, or none and throws STORAGE_FULL; the same for a full disk.
 * 4. A write has gone to the operating system when it returns (a killed browser does not lose it); `sync` is `flush`.
 * 5. Whoever clears the data of the site takes the files away from under their handles, which go on working. So a sync looks
 *    once a second whether the file still has its name, and fails if it has not: nobody would find what it made safe. From
 *    then on no handle is closed, since Chromium 153 waits for ever in `close` of such a one; they end with the worker.
 */
import { DatabaseError } from "../../common/error.ts";
import type { Storage, StorageFile } from "../types.ts";
import { type BrowserScope, browserScope, type DirectoryHandle, type SyncAccessHandle } from "./runtime.ts";

const ROOT = "memflux";
const LOCK_NAME = "memflux.lock";
/** How long a lock of a worker that may be about to end is waited for, and how often it is tried. */
const WAIT_MS = 2000;
const RETRY_MS = 25;
/** How often a sync looks whether the file still has its name, which takes as long as a flush. */
const LOOK_MS = 1000;
const NAME_LENGTH_MAX = 64;
const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/;

/** Throws INVALID_OPTION unless a name can be that of a directory everywhere. */
export function checkName(name: unknown): asserts name is string {
  if (typeof name === "string" && name.length <= NAME_LENGTH_MAX && NAME_PATTERN.test(name) && !/[ .]$/.test(name)) return;
  throw new DatabaseError(
    "INVALID_OPTION",
    `name: ${JSON.stringify(name)} cannot be the name of a database; up to ${NAME_LENGTH_MAX} of A-Z a-z 0-9 . _ - and inner spaces, a letter or digit first`,
  );
}

export class BrowserStorage implements Storage {
  readonly location: string;
  readonly #name: string;
  readonly #scope: BrowserScope;
  readonly #waitMs: number;
  #directory: DirectoryHandle | undefined;
  #lockFile: SyncAccessHandle | undefined;
  #releaseLock: (() => void) | undefined;
  #lookedMs = performance.now();
  #isCleared = false;

  /** Requires: `checkName(name)`. */
  constructor(name: string, scope: BrowserScope = browserScope, waitMs: number = WAIT_MS) {
    this.location = `${ROOT}/${name}`;
    this.#name = name;
    this.#scope = scope;
    this.#waitMs = waitMs;
  }

  async lock(): Promise<void> {
    const root = await this.#root();
    await this.#takeWebLock();
    try {
      const parent = await root.getDirectoryHandle(ROOT, { create: true });
      this.#directory = await parent.getDirectoryHandle(this.#name, { create: true });
      this.#lockFile = await this.#access(LOCK_NAME, true);
    } catch (cause) {
      await this.unlock();
      if (nameOf(cause) === "NoModificationAllowedError") throw this.#locked();
      throw failure(`cannot make ${this.location}`, cause);
    }
  }

  async unlock(): Promise<void> {
    if (!this.#isCleared) this.#lockFile?.close();
    this.#lockFile = undefined;
    this.#directory = undefined;
    this.#releaseLock?.();
    this.#releaseLock = undefined;
  }

  async list(): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const name of this.#open().keys()) names.push(name);
    } catch (cause) {
      throw failure(`cannot read ${this.location}`, cause);
    }
    return names;
  }

  async open(name: string): Promise<StorageFile | undefined> {
    const path = `${this.location}/${name}`;
    try {
      return new BrowserFile(name, path, await this.#access(name, false), this);
    } catch (cause) {
      if (nameOf(cause) === "NotFoundError") return undefined;
      throw failure(`cannot open ${path}`, cause);
    }
  }

  async create(name: string): Promise<StorageFile> {
    const path = `${this.location}/${name}`;
    let handle: SyncAccessHandle | undefined;
    try {
      handle = await this.#access(name, true);
      handle.truncate(0);
      handle.flush();
      return new BrowserFile(name, path, handle, this);
    } catch (cause) {
      handle?.close();
      throw failure(`cannot make ${path}`, cause);
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await this.#open().removeEntry(name);
    } catch (cause) {
      if (nameOf(cause) !== "NotFoundError") throw failure(`cannot remove ${this.location}/${name}`, cause);
    }
  }

  /** The private file system. Throws STORAGE_UNAVAILABLE where there is none. */
  async #root(): Promise<DirectoryHandle> {
    const storage = this.#scope.navigator?.storage;
    if (storage?.getDirectory === undefined) {
      const reason =
        this.#scope.isSecureContext === false ? "the page must come over https (or from localhost)" : "the browser does not have one";
      throw unavailable(reason);
    }
    try {
      return await storage.getDirectory();
    } catch (cause) {
      throw unavailable("the browser refuses it, as some do in private windows", cause);
    }
  }

  /** Holds the Web Lock of this directory from now on. Does nothing where there are none. */
  async #takeWebLock(): Promise<void> {
    const locks = this.#scope.navigator?.locks;
    if (locks === undefined) return;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), this.#waitMs);
    try {
      await new Promise<void>((taken, refused) => {
        const held = (): Promise<void> =>
          new Promise((release) => {
            this.#releaseLock = release;
            taken();
          });
        locks.request(this.location, { mode: "exclusive", signal: patience.signal }, held).catch(refused);
      });
    } catch (cause) {
      if (patience.signal.aborted) throw this.#locked();
      throw failure(`cannot lock ${this.location}`, cause);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The handle of a file, which is waited for a while if somebody else has it. Rejects with the browser's own errors. */
  async #access(name: string, create: boolean): Promise<SyncAccessHandle> {
    const file = await this.#open().getFileHandle(name, { create });
    if (file.createSyncAccessHandle === undefined) throw unavailable("files can be written in a dedicated worker only");
    const deadline = performance.now() + this.#waitMs;
    for (;;) {
      try {
        return await file.createSyncAccessHandle();
      } catch (cause) {
        if (nameOf(cause) !== "NoModificationAllowedError" || performance.now() > deadline) throw cause;
      }
      await new Promise<void>((tried) => setTimeout(tried, RETRY_MS));
    }
  }

  /** Whether files have lost their names, as far as is known. */
  get isCleared(): boolean {
    return this.#isCleared;
  }

  /** Throws STORAGE_FAILED if a file has lost its name; looks only now and then. */
  async look(name: string): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#lookedMs < LOOK_MS) return;
    this.#lookedMs = nowMs;
    try {
      await this.#open().getFileHandle(name);
    } catch (cause) {
      this.#isCleared = true;
      throw failure(`${this.location}/${name} is gone: has somebody cleared the data of this site?`, cause);
    }
  }

  #open(): DirectoryHandle {
    if (this.#directory === undefined) throw new DatabaseError("INTERNAL", `${this.location} is used without its lock`);
    return this.#directory;
  }

  #locked(): DatabaseError {
    return new DatabaseError(
      "DIRECTORY_LOCKED",
      `the database ${JSON.stringify(this.#name)} is open already, in another tab or in this one: close it there, or choose another name`,
    );
  }
}

class BrowserFile implements StorageFile {
  readonly name: string;
  readonly #path: string;
  readonly #handle: SyncAccessHandle;
  readonly #storage: BrowserStorage;

  constructor(name: string, path: string, handle: SyncAccessHandle, storage: BrowserStorage) {
    this.name = name;
    this.#path = path;
    this.#handle = handle;
    this.#storage = storage;
  }

  get sizeBytes(): number {
    return attempt(`cannot ask for the size of ${this.#path}`, () => this.#handle.getSize());
  }

  read(target: Uint8Array, offset: number): number {
    let done = 0;
    while (done < target.length) {
      const count = attempt(`cannot read ${this.#path} at ${offset + done}`, () =>
        this.#handle.read(done === 0 ? target : target.subarray(done), { at: offset + done }),
      );
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  write(bytes: Uint8Array, offset: number): number {
    const count = attempt(`cannot write ${this.#path} at ${offset}`, () => this.#handle.write(bytes, { at: offset }));
    if (count === 0 && bytes.length > 0) {
      throw new DatabaseError("STORAGE_FULL", `cannot write ${this.#path} at ${offset}: the browser takes no more bytes`);
    }
    return count;
  }

  truncate(sizeBytes: number): void {
    attempt(`cannot cut ${this.#path}`, () => this.#handle.truncate(sizeBytes));
  }

  async sync(): Promise<void> {
    attempt(`cannot sync ${this.#path}`, () => this.#handle.flush());
    await this.#storage.look(this.name);
  }

  close(): void {
    if (!this.#storage.isCleared) attempt(`cannot close ${this.#path}`, () => this.#handle.close());
  }
}

function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : "";
}

function unavailable(reason: string, cause?: unknown): DatabaseError {
  const message = `there is no private file system to keep the database in: ${reason}. Without a name a database is in memory`;
  return new DatabaseError("STORAGE_UNAVAILABLE", message, { cause });
}

function failure(problem: string, cause: unknown): DatabaseError {
  if (cause instanceof DatabaseError) return cause;
  const isFull = nameOf(cause) === "QuotaExceededError";
  const words = cause instanceof Error ? cause.message : String(cause);
  return new DatabaseError(isFull ? "STORAGE_FULL" : "STORAGE_FAILED", `${problem}: ${words}`, { cause });
}

function attempt<Result>(problem: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    throw failure(problem, cause);
  }
}
