/**
 * The browser's storage. Goal: what the browser does in corners that a real one seldom shows: short writes, a full quota, handles
 * that are given back late, no Web Locks, no private file system. Method: a private file system in memory, with one handle a file.
 */
import { expect, test, vi } from "vitest";
import { DatabaseError } from "../../../../host/common/error.ts";
import { writeAll } from "../../../../host/persistence/file.ts";
import type { BrowserScope, DirectoryHandle, SyncAccessHandle } from "../../../../host/platform/browser/runtime.ts";
import { BrowserStorage, checkName } from "../../../../host/platform/browser/storage.ts";
import { MemoryContent } from "../../../../host/platform/memory/storage.ts";

/** What a fake file system does at the moment. */
interface Mood {
  /** Bytes that may still be written; a write takes what there is, and throws if there is nothing. */
  room: number;
  /** Whether a write that finds no room takes nothing instead of throwing. */
  isSilent: boolean;
  failFlush: boolean;
  /** How often a handle is refused as if somebody had it. */
  busy: number;
}

/** Patience of a storage that is to be refused. */
const SHORT_MS = 60;

function refusal(name: string): DOMException {
  return new DOMException(`fake ${name}`, name);
}

class FakeFolder implements DirectoryHandle {
  readonly folders = new Map<string, FakeFolder>();
  readonly files = new Map<string, { content: MemoryContent; isOpen: boolean }>();
  readonly #mood: Mood;

  constructor(mood: Mood) {
    this.#mood = mood;
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeFolder> {
    let folder = this.folders.get(name);
    if (folder === undefined) {
      if (!create) throw refusal("NotFoundError");
      folder = new FakeFolder(this.#mood);
      this.folders.set(name, folder);
    }
    return folder;
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<{ createSyncAccessHandle(): Promise<SyncAccessHandle> }> {
    if (!this.files.has(name)) {
      if (!create) throw refusal("NotFoundError");
      this.files.set(name, { content: new MemoryContent(), isOpen: false });
    }
    const file = this.files.get(name)!;
    return {
      createSyncAccessHandle: async () => {
        if (file.isOpen || this.#mood.busy-- > 0) throw refusal("NoModificationAllowedError");
        file.isOpen = true;
        return openHandle(file, this.#mood);
      },
    };
  }

  async removeEntry(name: string): Promise<void> {
    if (this.files.get(name)?.isOpen === true) throw refusal("NoModificationAllowedError");
    if (!this.files.delete(name)) throw refusal("NotFoundError");
  }

  async *keys(): AsyncGenerator<string> {
    yield* this.files.keys();
  }
}

function openHandle(file: { content: MemoryContent; isOpen: boolean }, mood: Mood): SyncAccessHandle {
  return {
    read: (target, { at }) => file.content.read(target, at),
    write: (bytes, { at }) => {
      const count = Math.min(bytes.length, mood.room);
      if (count === 0 && !mood.isSilent) throw refusal("QuotaExceededError");
      mood.room -= count;
      file.content.write(bytes.subarray(0, count), at);
      return count;
    },
    truncate: (sizeBytes) => file.content.truncate(sizeBytes),
    getSize: () => file.content.sizeBytes,
    flush: () => {
      if (mood.failFlush) throw refusal("InvalidStateError");
    },
    close: () => {
      file.isOpen = false;
    },
  };
}

function fakeScope(): { scope: BrowserScope; root: FakeFolder; mood: Mood } {
  const mood: Mood = { room: 1 << 20, isSilent: false, failFlush: false, busy: 0 };
  const root = new FakeFolder(mood);
  return { scope: { navigator: { storage: { getDirectory: async () => root } } }, root, mood };
}

test("files are made, listed, opened, read, cut and removed", async () => {
  const { scope, root } = fakeScope();
  const storage = new BrowserStorage("db", scope);
  await storage.lock();
  expect(storage.location).toBe("memflux/db");
  expect(await storage.open("a")).toBeUndefined();
  const file = await storage.create("a");
  expect(file.write(Uint8Array.of(1, 2, 3, 4), 2)).toBe(4);
  await file.sync();
  file.truncate(5);
  const target = new Uint8Array(9);
  expect([file.sizeBytes, file.read(target, 1), ...target.subarray(0, 5)]).toEqual([5, 4, 0, 1, 2, 3, 0]);
  file.close();
  expect((await storage.list()).sort()).toEqual(["a", "memflux.lock"]);
  const again = await storage.open("a");
  expect(again?.sizeBytes).toBe(5);
  again?.close();
  const anew = await storage.create("a");
  expect(anew.sizeBytes).toBe(0);
  anew.close();
  await storage.remove("a");
  await storage.remove("a");
  expect(await storage.open("a")).toBeUndefined();
  await storage.unlock();
  expect([...(root.folders.get("memflux")?.folders.keys() ?? [])]).toEqual(["db"]);
});

test.each([false, true])(
  "a full quota is STORAGE_FULL in the middle of a write, and what fitted is there (silent: %s)",
  async (isSilent) => {
    const { scope, mood } = fakeScope();
    const storage = new BrowserStorage("db", scope);
    await storage.lock();
    const file = await storage.create("a");
    Object.assign(mood, { room: 10, isSilent });
    expect(() => writeAll(file, new Uint8Array(30).fill(7), 0)).toThrow(
      expect.objectContaining({ code: "STORAGE_FULL", message: expect.stringContaining("memflux/db/a at 10") }),
    );
    expect(file.sizeBytes).toBe(10);
    mood.room = 100;
    writeAll(file, new Uint8Array(30).fill(7), 0);
    expect(file.sizeBytes).toBe(30);
  },
);

test("a sync that fails is STORAGE_FAILED with the browser's words", async () => {
  const { scope, mood } = fakeScope();
  const storage = new BrowserStorage("db", scope);
  await storage.lock();
  const file = await storage.create("a");
  mood.failFlush = true;
  await expect(file.sync()).rejects.toMatchObject({ code: "STORAGE_FAILED", message: expect.stringContaining("fake InvalidStateError") });
});

test("a sync fails when the data of the site was cleared, and no handle is closed any more", async () => {
  const { scope, root } = fakeScope();
  const storage = new BrowserStorage("db", scope);
  await storage.lock();
  const file = await storage.create("a");
  const files = (await (await root.getDirectoryHandle("memflux")).getDirectoryHandle("db")).files;
  const taken = files.get("a");
  files.delete("a");
  // What was looked at a moment ago is not looked at again.
  await file.sync();
  const nowMs = performance.now();
  const clock = vi.spyOn(performance, "now").mockReturnValue(nowMs + 2000);
  await expect(file.sync()).rejects.toMatchObject({ code: "STORAGE_FAILED", message: expect.stringContaining("cleared") });
  clock.mockRestore();
  file.close();
  expect(taken?.isOpen).toBe(true);
});

test("without Web Locks the handle of the lock's file keeps others off, until it is given back", async () => {
  const { scope, mood } = fakeScope();
  const first = new BrowserStorage("db", scope);
  await first.lock();
  await expect(new BrowserStorage("db", scope, SHORT_MS).lock()).rejects.toMatchObject({ code: "DIRECTORY_LOCKED" });
  await new BrowserStorage("other", scope).lock();
  await first.unlock();
  mood.busy = 2;
  await new BrowserStorage("db", scope).lock();
});

test("a Web Lock is held until the storage is unlocked, and given back when the lock's file is not to be had", async () => {
  const { scope, mood } = fakeScope();
  const held = new Set<string>();
  const locks = {
    request: async (name: string, _options: unknown, whileHeld: () => Promise<void>): Promise<void> => {
      held.add(name);
      await whileHeld();
      held.delete(name);
    },
  };
  const withLocks: BrowserScope = { navigator: { ...scope.navigator, locks } };
  const storage = new BrowserStorage("db", withLocks, SHORT_MS);
  await storage.lock();
  expect([...held]).toEqual(["memflux/db"]);
  await storage.unlock();
  expect([...held]).toEqual([]);
  mood.busy = Number.POSITIVE_INFINITY;
  await expect(storage.lock()).rejects.toMatchObject({ code: "DIRECTORY_LOCKED" });
  expect([...held]).toEqual([]);
});

test("where there is no private file system, STORAGE_UNAVAILABLE says why", async () => {
  const refuse = async (): Promise<DirectoryHandle> => {
    throw refusal("SecurityError");
  };
  const scopes: [BrowserScope, string][] = [
    [{ isSecureContext: false, navigator: {} }, "https"],
    [{ isSecureContext: true, navigator: { storage: {} } }, "does not have one"],
    [{ isSecureContext: true, navigator: { storage: { getDirectory: refuse } } }, "private windows"],
  ];
  for (const [scope, words] of scopes) {
    await expect(new BrowserStorage("db", scope).lock()).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      message: expect.stringContaining(words),
    });
  }
});

test("names that could be paths, or differ from system to system, are refused", () => {
  for (const name of ["a", "My notes", "app.v2", "x_1-y", "9"]) expect(() => checkName(name)).not.toThrow();
  for (const name of ["", ".", "..", "a/b", "a\\b", "a ", "a.", "-a", "caf\u00e9", "x".repeat(65), "a\n", undefined, 7]) {
    expect(() => checkName(name)).toThrow(DatabaseError);
  }
});
