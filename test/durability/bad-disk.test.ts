/**
 * Goal: a directory or a disk in a bad state loses nothing: the server refuses to start with one line that names the path and
 * what to do, and leaves all files as they are, or goes on serving what it can.
 * Method: server processes on directories that are no directories, cannot be written to, hold files of others, of newer
 * formats or broken ones, on a disk that fills up, and whose files are deleted meanwhile.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClient, type RawClient } from "../support/raw-client.ts";
import type { Reply } from "../support/reply.ts";
import { startServer, type TestServer } from "../support/test-server.ts";
import { canMount, filesIn, filesUpTo, readOnlyAt, refusedStart, SmallDisk, UNPRIVILEGED } from "./bad-disk-surroundings.ts";

const FIRST = "wal-0000000001.log";
const SECOND = "wal-0000000002.log";
const HEADER_BYTES = 64;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "memflux-bad-disk-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
function newDirectory(): string {
  const path = join(folder, `database-${++made}`);
  mkdirSync(path);
  return path;
}

function optionsFor(directory: string, durability = "fsync"): Readonly<Record<string, string>> {
  return { persistence: "yes", dir: directory, durability };
}

function start(directory: string, durability = "fsync", prefix: readonly string[] = []): Promise<TestServer> {
  return startServer("memflux", { options: optionsFor(directory, durability), prefix });
}

/** Expects a start to be refused with one line. */
async function expectRefusal(directory: string, problem: RegExp, prefix: readonly string[] = []): Promise<void> {
  const { status, problems } = await refusedStart({ options: optionsFor(directory), prefix });
  expect(status).toBe(1);
  expect(problems).toMatch(/^memflux: [^\n]*\n$/);
  expect(problems).toMatch(problem);
}

/** The same, and all files stay as they were. */
async function expectUntouched(directory: string, problem: RegExp, prefix: readonly string[] = []): Promise<void> {
  const before = filesIn(directory);
  await expectRefusal(directory, problem, prefix);
  expect(filesIn(directory)).toEqual(before);
}

async function kill(server: TestServer): Promise<void> {
  process.kill(server.processId, "SIGKILL");
  await server.exited;
  await server.stop();
}

/** A directory with keys key:0 .. key:99, whose server was stopped or killed. */
async function newDatabase(ending: "stop" | "kill" = "stop"): Promise<string> {
  const directory = newDirectory();
  const server = await start(directory);
  const client = await openClient(server);
  await client.pipeline(Array.from({ length: 100 }, (_, number) => ["SET", `key:${number}`, `value ${number}`]));
  await client.close();
  if (ending === "stop") await server.stop();
  else await kill(server);
  return directory;
}

async function expectWhole(directory: string): Promise<void> {
  const server = await start(directory);
  const client = await openClient(server);
  expect(await client.call("DBSIZE")).toEqual({ kind: "integer", text: "100" });
  expect(await client.call("GET", "key:99")).toMatchObject({ text: "value 99" });
  expect(await client.call("SET", "key:99", "value 99")).toMatchObject({ text: "OK" });
  await client.close();
  await server.stop();
}

describe("a path that is no directory", () => {
  it.each<[string, (path: string) => string, RegExp]>([
    ["a file", (path) => write(path), /file is not a directory; choose another directory with --dir/],
    ["below a file", (path) => join(write(path), "below"), /cannot make the directory .*below: ENOTDIR.*--dir/],
    ["a loop of links", (path) => link(path, path), /file is not a directory; .*--dir/],
    ["below a loop of links", (path) => join(link(path, path), "below"), /cannot make the directory .*below: ELOOP.*--dir/],
    ["a link to nothing", (path) => link(`${path}.gone`, path), /file is not a directory; .*--dir/],
    ["a name too long", (path) => path + "x".repeat(300), /cannot make the directory .*ENAMETOOLONG.*--dir/],
  ])("%s", async (_name, make, problem) => {
    await expectRefusal(make(join(newDirectory(), "file")), problem);
  });

  it.runIf(process.platform === "linux")("a directory that takes no entries", async () => {
    await expectRefusal("/proc/memflux/database", /cannot make the directory \/proc\/memflux\/database: ENOENT.*--dir/);
  });

  function write(path: string): string {
    writeFileSync(path, "a file");
    return path;
  }

  function link(to: string, path: string): string {
    symlinkSync(to, path);
    return path;
  }
});

describe("a directory that can be read only", () => {
  it.runIf(process.platform === "linux")("by its permissions, empty or with a database", async () => {
    const directory = await newDatabase();
    for (const path of [newDirectory(), directory]) {
      await expectUntouched(path, /cannot write to .*: EACCES.*--dir/, ["sh", "-c", `chmod 555 "$0"; exec "$@"`, path, ...UNPRIVILEGED]);
    }
    await expectRefusalOfFile(directory);
    await expectWhole(directory);
  });

  /** The directory may be written to, but not the log in it. */
  async function expectRefusalOfFile(directory: string): Promise<void> {
    const prefix = (mode: string): string[] => ["sh", "-c", `chmod 755 "$0"; chmod ${mode} "$0"/wal-*; exec "$@"`, directory];
    await expectUntouched(directory, /cannot open .*wal-0000000001\.log: EACCES.*--dir/, [...prefix("444"), ...UNPRIVILEGED]);
  }

  it.runIf(canMount)("by its disk", async () => {
    const directory = await newDatabase();
    for (const path of [newDirectory(), directory]) await expectUntouched(path, /cannot write to .*: EROFS.*--dir/, readOnlyAt(path));
    await expectWhole(directory);
  });
});

describe("files that are not ours", () => {
  it("are kept, whatever they are called", async () => {
    const directory = newDirectory();
    const names = ["notes.txt", "wal-1.log", `${FIRST}.bak`, "wal-0000000000.log", "manifest~", "MANIFEST", "memflux.lock.old"];
    for (const name of names) writeFileSync(join(directory, name), `this is ${name}`);
    mkdirSync(join(directory, "wal-0000000099"));
    const server = await start(directory);
    const client = await openClient(server);
    await client.pipeline(Array.from({ length: 100 }, (_, number) => ["SET", `key:${number}`, `value ${number}`]));
    expect(await client.call("SAVE")).toMatchObject({ text: "OK" });
    await client.close();
    await server.stop();
    await expectWhole(directory);
    const files = filesIn(directory);
    expect(files.get("wal-0000000099")).toBe("(directory)");
    for (const name of names) expect(files.get(name)).toBe(`this is ${name}`);
  });

  it("where ours should be are refused and kept", async () => {
    for (const [name, problem] of [
      ["manifest", /manifest is not a manifest of MemFlux.*--dir/],
      [FIRST, /wal-0000000001\.log is not a log of MemFlux.*--dir/],
    ] as const) {
      for (const text of ["short", "a text that is longer than any header, so that it is read as if it were one ".repeat(3)]) {
        const directory = newDirectory();
        writeFileSync(join(directory, name), text);
        await expectUntouched(directory, problem);
      }
    }
    const directory = await newDatabase();
    for (const name of readdirSync(directory).filter((each) => each > SECOND)) rmSync(join(directory, name));
    writeFileSync(join(directory, SECOND), "not a log");
    await expectUntouched(directory, /wal-0000000002\.log is not a log of MemFlux.*--dir/);
  });

  it("of a newer format are refused and kept", async () => {
    const directory = await newDatabase();
    const files = filesIn(directory);
    const versionsAt = { manifest: [8, 4096 + 8], [FIRST]: [8] } as const;
    for (const [name, offsets] of Object.entries(versionsAt)) {
      const bytes = readFileSync(join(directory, name));
      for (const offset of offsets) bytes[offset] = 2;
      writeFileSync(join(directory, name), bytes);
      await expectUntouched(
        directory,
        new RegExp(`${name} has format version 2; this MemFlux reads up to 1\\. Use a newer MemFlux, or .*--dir`),
      );
      writeFileSync(join(directory, name), files.get(name) as string, "latin1");
    }
    await expectWhole(directory);
  });
});

describe("broken files", () => {
  it.each(["stop", "kill"] as const)("a log cut to nothing, to less than its header, or lost, after a %s", async (ending) => {
    const directory = await newDatabase(ending);
    const content = readFileSync(join(directory, FIRST));
    for (const size of [0, 10, HEADER_BYTES - 1]) {
      truncateSync(join(directory, FIRST), size);
      await expectUntouched(directory, /wal-0000000001\.log has no whole header\. Restore .*--recover truncate/);
    }
    rmSync(join(directory, FIRST));
    await expectUntouched(directory, /wal-0000000001\.log is missing\. Restore .*--recover truncate/);
    writeFileSync(join(directory, FIRST), content);
    await expectWhole(directory);
  });

  it("an empty manifest, both slots broken, or none", async () => {
    const directory = await newDatabase();
    const path = join(directory, "manifest");
    const content = readFileSync(path);
    const broken = Buffer.from(content);
    for (const slot of [0, 4096]) broken[slot + 60] = (broken[slot + 60] as number) ^ 1;
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(content.length), broken, content.subarray(0, 100)]) {
      writeFileSync(path, bytes);
      await expectUntouched(directory, /has a log \(wal-\d+\.log\) but no whole manifest.*Restore .*--dir/);
    }
    rmSync(path);
    await expectUntouched(directory, /but no whole manifest.*Restore .*--recover truncate .*--dir/);
    const server = await startServer("memflux", { options: { ...optionsFor(directory), recover: "truncate" } });
    await server.stop();
    await expectWhole(directory);
  });
});

describe("a directory that is in use", () => {
  it("by another process: it is named", async () => {
    const directory = newDirectory();
    const server = await start(directory);
    await expectRefusal(directory, new RegExp(`${directory} is in use by process ${server.processId}: stop it, or .*--dir`));
    const alias = join(newDirectory(), "alias");
    symlinkSync(directory, alias);
    await expectRefusal(alias, new RegExp(`alias is in use by process ${server.processId}: stop it, or .*--dir`));
    await server.stop();
  });

  it("by a process that is dead, or whose id another one has now: it is taken over", async () => {
    const directory = await newDatabase("kill");
    expect(readdirSync(directory)).toContain("memflux.lock");
    await expectWhole(directory);
    writeFileSync(join(directory, "memflux.lock"), `${process.pid} 1\n`);
    await expectWhole(directory);
    expect(readdirSync(directory)).not.toContain("memflux.lock");
  });
});

/** Writes numbered keys of 10 kB until one fails; answers how many were acknowledged and the error. */
async function fill(client: RawClient): Promise<{ acknowledged: number; error: string }> {
  for (let number = 0; ; number++) {
    const reply = await client.call("SET", `large:${number}`, `${number}:${"x".repeat(10_000)}`);
    if (reply.kind === "error") return { acknowledged: number, error: reply.text };
    if (number > 10_000) throw new Error("the disk does not fill up");
  }
}

/** The log has failed and the server has said why: reads are answered, writes refused. */
async function expectReadOnly(server: TestServer, key: string, why: RegExp): Promise<void> {
  const client = await openClient(server);
  // What is printed comes by a way of its own; each question is a round trip, nothing waits for time.
  while (!server.output().includes("the log has failed")) await client.call("PING");
  expect(server.output()).toMatch(/ the log has failed, writes are refused from now on: [^\n]*\n/);
  expect(server.output()).toMatch(why);
  const replies: Reply[] = await client.pipeline([
    ["SET", "another", "1"],
    ["GET", "another"],
    ["STRLEN", key],
    ["INFO", "persistence"],
  ]);
  expect(replies[0]).toMatchObject({ kind: "error", text: expect.stringMatching(/^MISCONF /) });
  expect(replies[1]).toEqual({ kind: "null-bulk" });
  expect(Number((replies[2] as { text: string }).text)).toBeGreaterThan(0);
  expect(replies[3]).toMatchObject({ text: expect.stringContaining("aof_last_write_status:err") });
  await client.close();
}

async function expectLarge(server: TestServer, acknowledged: number): Promise<void> {
  const client = await openClient(server);
  for (let number = 0; number < acknowledged; number++) {
    const reply = await client.call("GETRANGE", `large:${number}`, "0", "7");
    expect(reply).toMatchObject({ text: `${number}:xxxxxxxx`.slice(0, 8) });
  }
  expect(await client.call("SET", "room", "again")).toMatchObject({ text: "OK" });
  await client.close();
}

describe.each(["fsync", "full"])("a disk that fills up in the middle of a frame (%s)", (durability) => {
  it.runIf(canMount)("is read from until a new start with room, which has all that was acknowledged", async () => {
    const disk = await SmallDisk.make(newDirectory(), "1m");
    writeFileSync(join(disk.outside, "filler"), Buffer.alloc(300_000));
    const server = await start(disk.inside, durability, disk.prefix);
    const client = await openClient(server);
    const { acknowledged, error } = await fill(client);
    expect(error).toMatch(/^UNCERTAIN /);
    expect(acknowledged).toBeGreaterThan(20);
    await expectReadOnly(server, "large:0", /cannot write .*wal-.*ENOSPC.*; make room/);
    // Room alone is no reason to go on: what the failed write left is sorted out by a start.
    await kill(server);
    await expectRefusal(disk.inside, /ENOSPC.*; make room/, disk.prefix);
    rmSync(join(disk.outside, "filler"));
    const next = await start(disk.inside, durability, disk.prefix);
    await expectLarge(next, acknowledged);
    await next.stop();
    expect(next.output()).toMatch(/ends in a frame that a crash left unfinished/);
    await disk.end();
  });

  it.runIf(canMount)("goes on refusing writes when it has room again", async () => {
    const disk = await SmallDisk.make(newDirectory(), "1m");
    writeFileSync(join(disk.outside, "filler"), Buffer.alloc(300_000));
    const server = await start(disk.inside, durability, disk.prefix);
    const client = await openClient(server);
    const { acknowledged } = await fill(client);
    rmSync(join(disk.outside, "filler"));
    await expectReadOnly(server, "large:0", /cannot write .*wal-.*ENOSPC.*; make room/);
    await server.stop();
    expect(await server.exited).toBe(0);
    const next = await start(disk.inside, durability, disk.prefix);
    await expectLarge(next, acknowledged);
    await next.stop();
    await disk.end();
  });
});

// The system ends Deno with a signal when a file gets too large; nothing can be done about that from within.
const canMeetLimit = process.platform === "linux" && !/deno/.test(process.env.MEMFLUX_TEST_RUNTIME ?? "");
it.runIf(canMeetLimit)("a limit on the size of files is a full disk", async () => {
  const directory = newDirectory();
  const server = await start(directory, "fsync", filesUpTo(200));
  const client = await openClient(server);
  const { acknowledged, error } = await fill(client);
  expect(error).toMatch(/^UNCERTAIN /);
  expect(acknowledged).toBeGreaterThan(10);
  await expectReadOnly(server, "large:0", /cannot write .*EFBIG/);
  await server.stop();
  expect(await server.exited).toBe(0);
  const next = await start(directory);
  await expectLarge(next, acknowledged);
  await next.stop();
});

describe("files that are deleted while the server runs", () => {
  it.each(["the log", "the directory"])("%s: nothing is acknowledged that a start would not find", async (what) => {
    const directory = newDirectory();
    const server = await start(directory, "full");
    const client = await openClient(server);
    expect(await client.call("SET", "key", "value")).toMatchObject({ text: "OK" });
    if (what === "the log") rmSync(join(directory, FIRST));
    else rmSync(directory, { recursive: true });
    expect(await client.call("SET", "lost", "1")).toMatchObject({ kind: "error", text: expect.stringMatching(/^UNCERTAIN /) });
    await expectReadOnly(server, "key", /wal-0000000001\.log has been deleted while it was in use/);
    await client.close();
    await server.stop();
    expect(await server.exited).toBe(0);
    if (what === "the log") await expectRefusal(directory, /wal-0000000001\.log is missing\. Restore/);
  });

  it("the log, at the level that syncs behind the reply: writes are refused from the next sync on", async () => {
    const directory = newDirectory();
    const server = await start(directory);
    const client = await openClient(server);
    expect(await client.call("SET", "key", "value")).toMatchObject({ text: "OK" });
    rmSync(join(directory, FIRST));
    for (let reply = await client.call("SET", "late", "1"); reply.kind !== "error"; ) reply = await client.call("SET", "late", "1");
    await client.close();
    await expectReadOnly(server, "key", /wal-0000000001\.log has been deleted while it was in use/);
    await server.stop();
  });

  it("an older part of the log: a SAVE makes the log whole again", async () => {
    const directory = await newDatabase();
    const server = await start(directory);
    rmSync(join(directory, FIRST));
    const client = await openClient(server);
    expect(await client.call("SAVE")).toMatchObject({ text: "OK" });
    await client.close();
    await server.stop();
    await expectWhole(directory);
  });
});

describe("the size at which the log is compacted", () => {
  it("is one megabyte at least", async () => {
    const directory = newDirectory();
    const { status, problems } = await refusedStart({ options: { ...optionsFor(directory), wal_size_threshold_mb: "0" } });
    expect([status, problems]).toEqual([
      2,
      expect.stringMatching(/^memflux: .*wal[-_]size[-_]threshold[-_]mb.* 0 is not between 1 and [^\n]*\n$/),
    ]);
    const server = await startServer("memflux", { options: { ...optionsFor(directory), wal_size_threshold_mb: "1" } });
    const client = await openClient(server);
    await client.pipeline(Array.from({ length: 300 }, (_, number) => ["SET", `key:${number % 100}`, `${number}:${"x".repeat(10_000)}`]));
    // The compaction is started by the server itself; each question is a round trip, nothing waits for time.
    for (let size = Number.POSITIVE_INFINITY; size > 2_200_000; ) {
      const info = (await client.call("INFO", "persistence")) as { text: string };
      size = Number(/aof_current_size:(\d+)/.exec(info.text)?.[1]);
    }
    await client.close();
    await server.stop();
    const next = await start(directory);
    const reader = await openClient(next);
    expect(await reader.call("GETRANGE", "key:99", "0", "3")).toMatchObject({ text: "299:" });
    await reader.close();
    await next.stop();
  });
});
