/**
 * Goal: every storage keeps the promises of host/platform/types.ts; the directory of Node is locked against others, alive or dead.
 * Method: one suite over all adapters; for the lock of Node, lock files as other processes would leave them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { MemoryDirectory, MemoryStorage } from "../../../../host/platform/memory/storage.ts";
import { NodeStorage } from "../../../../host/platform/node/storage.ts";
import { SimulatedDisk } from "../../../../host/platform/simulated/disk.ts";
import { SimulatedStorage } from "../../../../host/platform/simulated/storage.ts";
import type { Storage, StorageFile } from "../../../../host/platform/types.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const directories: string[] = [];

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "memflux-storage-"));
  directories.push(directory);
  return directory;
}

/** Each adapter as a maker of storages that show one directory. */
const ADAPTERS: Readonly<Record<string, () => () => Storage>> = {
  node: () => {
    const directory = join(newDirectory(), "made", "on demand");
    return () => new NodeStorage(directory);
  },
  memory: () => {
    const directory = new MemoryDirectory();
    return () => new MemoryStorage(directory);
  },
  simulated: () => {
    const disk = new SimulatedDisk(1);
    return () => new SimulatedStorage(disk);
  },
};

function text(file: StorageFile, offset = 0, length = 100): string {
  const target = new Uint8Array(length);
  return new TextDecoder().decode(target.subarray(0, file.read(target, offset)));
}

describe.each(Object.entries(ADAPTERS))("%s", (_name, adapter) => {
  it("writes anywhere, reads to the end, fills gaps with zeros, and cuts", async () => {
    const storage = adapter()();
    await storage.lock();
    const file = await storage.create("a");
    expect([file.name, file.sizeBytes, text(file)]).toEqual(["a", 0, ""]);
    expect(file.write(encode("hello"), 2)).toBe(5);
    expect([file.sizeBytes, text(file), text(file, 4, 2), text(file, 9)]).toEqual([7, "\0\0hello", "ll", ""]);
    file.truncate(4);
    file.write(encode("X"), 6);
    expect(text(file)).toBe("\0\0he\0\0X");
    await file.sync();
    file.close();
    await storage.unlock();
  });

  it("opens what is there, and makes files empty", async () => {
    const make = adapter();
    const storage = make();
    await storage.lock();
    expect(await storage.open("a")).toBeUndefined();
    const first = await storage.create("a");
    first.write(encode("one"), 0);
    await first.sync();
    first.close();
    await storage.unlock();
    const again = make();
    await again.lock();
    expect(text((await again.open("a")) as StorageFile)).toBe("one");
    expect((await again.create("a")).sizeBytes).toBe(0);
    await again.create("b");
    expect((await again.list()).filter((name) => !name.includes("lock")).sort()).toEqual(["a", "b"]);
    await again.remove("a");
    await again.remove("never there");
    expect(await again.open("a")).toBeUndefined();
    await again.unlock();
  });

  it("has one owner at a time", async () => {
    const make = adapter();
    const [first, second] = [make(), make()];
    await first.lock();
    await expect(second.lock()).rejects.toMatchObject({ code: "DIRECTORY_LOCKED" });
    await second.unlock();
    await expect(make().lock()).rejects.toMatchObject({ code: "DIRECTORY_LOCKED" });
    await first.unlock();
    await second.lock();
    await second.unlock();
  });
});

describe("node", () => {
  const LOCK = "memflux.lock";

  it("takes over the lock of a dead process, of an id used again, and of a broken one", async () => {
    for (const owner of ["4194000 123\n", `${process.pid} 1\n`, "1 99999999999\n", "nonsense", ""]) {
      const directory = newDirectory();
      writeFileSync(join(directory, LOCK), owner);
      const storage = new NodeStorage(directory);
      await storage.lock();
      expect(readFileSync(join(directory, LOCK), "latin1").startsWith(`${process.pid} `)).toBe(true);
      await storage.unlock();
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  it("respects this process over another path, and in another thread with a copy of this program", async () => {
    const directory = newDirectory();
    const storage = new NodeStorage(directory);
    await storage.lock();
    const alias = join(newDirectory(), "alias");
    symlinkSync(directory, alias);
    const locked = { code: "DIRECTORY_LOCKED", message: expect.stringContaining(`process ${process.pid}:`) };
    await expect(new NodeStorage(alias).lock()).rejects.toMatchObject(locked);
    const lock = readFileSync(join(directory, LOCK), "latin1");
    await storage.unlock();
    // What a thread finds: a lock of this very process that is not in its list.
    writeFileSync(join(directory, LOCK), lock);
    await expect(new NodeStorage(directory).lock()).rejects.toMatchObject(locked);
    expect(readdirSync(directory)).toEqual([LOCK]);
  });

  it("a file that has lost its name cannot be synced", async () => {
    const directory = newDirectory();
    const storage = new NodeStorage(directory);
    await storage.lock();
    const file = await storage.create("a");
    await file.sync();
    rmSync(join(directory, "a"));
    file.write(encode("lost"), 0);
    await expect(file.sync()).rejects.toMatchObject({ code: "STORAGE_FAILED", message: expect.stringMatching(/a has been deleted/) });
    file.close();
    await storage.unlock();
  });

  it("respects a living process, and says which", async () => {
    const directory = newDirectory();
    const started = readFileSync(`/proc/${process.ppid}/stat`, "latin1").split(") ")[1]?.split(" ")[19];
    writeFileSync(join(directory, LOCK), `${process.ppid} ${started}\n`);
    await expect(new NodeStorage(directory).lock()).rejects.toMatchObject({
      code: "DIRECTORY_LOCKED",
      message: expect.stringContaining(`process ${process.ppid}:`),
    });
    expect(existsSync(join(directory, LOCK))).toBe(true);
  });

  it("takes over the lock of a process that has ended and waits for its parent to notice", async () => {
    // A shell's child stays a zombie once another program has taken the shell's place, which asks for no children: the child waits for that.
    const child = '(until read name < /proc/$$/comm && [ "$name" = sleep ]; do :; done)';
    const parent = spawn("sh", ["-c", `${child} & echo $!; exec sleep 600`], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const [output] = (await once(parent.stdout, "data")) as [Buffer];
      const id = Number(String(output));
      const fields = (): string[] => readFileSync(`/proc/${id}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
      await vi.waitUntil(() => fields()[0] === "Z");
      const directory = newDirectory();
      writeFileSync(join(directory, LOCK), `${id} ${fields()[19]}\n`);
      const storage = new NodeStorage(directory);
      await storage.lock();
      await storage.unlock();
    } finally {
      parent.kill("SIGKILL");
    }
  });

  it("says what is wrong with a path that is a file, or that holds a directory where a file should be", async () => {
    const directory = newDirectory();
    const path = join(directory, "file");
    writeFileSync(path, "");
    await expect(new NodeStorage(path).lock()).rejects.toMatchObject({ code: "STORAGE_FAILED", message: expect.stringContaining(path) });
    mkdirSync(join(directory, "manifest"));
    const storage = new NodeStorage(directory);
    await storage.lock();
    await expect(storage.open("manifest")).rejects.toMatchObject({ code: "STORAGE_FAILED", message: expect.stringContaining("manifest") });
    await storage.unlock();
  });
});
