/**
 * Goal: what a page has been told is kept, is kept: over a reload, a page that closes at once, a browser that is killed while it
 * writes; and what stands in the way is said clearly: another tab, a full quota, files of others, a newer format.
 * Method: a headless Chromium with a profile of its own, killed with all its processes where a test says so. Files are read and
 * changed through the private file system itself. Not run where no browser is found.
 *
 * Functions that a page evaluates arrive there as their text: no imports, and no `using`, which the test's compiler replaces.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crc32c } from "../../host/common/checksum.ts";
import { TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { createRandom } from "../support/random.ts";
import {
  browserTitle,
  CHROMIUM,
  DIST,
  makeProfile,
  type PageScope,
  type RunningBrowser,
  type Site,
  startBrowser,
  startSite,
} from "./browser-pages.ts";

const KILLS = 3 * TEST_LENGTH;
const WRITERS = 5;
/** A worker without Web Locks, as old browsers have it. */
const WITHOUT_LOCKS = `Object.defineProperty(navigator, "locks", { value: undefined });\n`;

type Refusal = { readonly code: string; readonly message: string };
/** What of the private file system a page uses to look at files. */
interface PageFileSystem {
  readonly storage: { getDirectory(): Promise<PageDirectory> };
}
interface PageDirectory {
  getDirectoryHandle(name: string, options?: { create: boolean }): Promise<PageDirectory>;
  getFileHandle(name: string, options?: { create: boolean }): Promise<PageFile>;
  keys(): AsyncIterable<string>;
}
interface PageFile {
  getFile(): Promise<Blob>;
  createWritable(): Promise<{ write(data: Uint8Array): Promise<void>; close(): Promise<void> }>;
}

/** Puts a file into a database's folder. */
function putFile(page: Page, database: string, name: string, content: Uint8Array): Promise<void> {
  return page.evaluate(
    async ({ path, bytes }) => {
      let folder = await (navigator as unknown as PageFileSystem).storage.getDirectory();
      for (const part of path.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
      const file = await folder.getFileHandle(path.at(-1) ?? "", { create: true });
      const target = await file.createWritable();
      await target.write(Uint8Array.from(bytes));
      await target.close();
    },
    { path: ["memflux", database, name], bytes: [...content] },
  );
}

/** All files of a database's folder, by name. */
async function readFiles(page: Page, database: string): Promise<Map<string, Uint8Array>> {
  const files = await page.evaluate(async (name) => {
    let folder = await (navigator as unknown as PageFileSystem).storage.getDirectory();
    for (const part of ["memflux", name]) folder = await folder.getDirectoryHandle(part);
    const found: [string, number[]][] = [];
    for await (const key of folder.keys()) {
      const content = await (await folder.getFileHandle(key)).getFile();
      found.push([key, [...new Uint8Array(await content.arrayBuffer())]]);
    }
    return found;
  }, database);
  return new Map(files.map(([name, bytes]) => [name, Uint8Array.from(bytes)]));
}

/** Tries to open a database, and closes it again; "opened" or the code of what is in the way. */
function tryOpen(page: Page, name: string, worker?: string): Promise<Refusal> {
  return page.evaluate(
    async ({ name, places }) => {
      try {
        const db = await (globalThis as unknown as PageScope).memflux.open({ name }, places);
        await db.close();
        return { code: "opened", message: "" };
      } catch (error) {
        const { code, message } = error as Refusal;
        return { code, message };
      }
    },
    { name, places: worker === undefined ? {} : { worker } },
  );
}

describe.skipIf(CHROMIUM.path === undefined)(browserTitle("databases that a browser keeps"), () => {
  const profile = makeProfile();
  let site: Site;
  let browser: RunningBrowser;

  beforeAll(async () => {
    const worker = WITHOUT_LOCKS + readFileSync(join(DIST, "browser-worker.js"), "utf8");
    site = await startSite({ "/without-locks.js": { body: worker } });
    browser = await startBrowser(profile.folder);
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    profile.remove();
  });

  it("are there after a reload, again and again, while the page before has not been closed in order", async () => {
    const page = await browser.open(site.address);
    for (let visit = 1; visit <= 5; visit++) {
      const found = await page.evaluate(async () => {
        const scope = globalThis as unknown as PageScope;
        scope.db = await scope.memflux.open({ name: "reload" });
        return [await scope.db.incr("visits"), await scope.db.getset("greeting", "hello")];
      });
      expect(found).toEqual([visit, visit === 1 ? null : "hello"]);
      await page.reload();
    }
    await page.close();
  });

  it("are there when the page closes right behind a flush of writes that were not awaited", async () => {
    const page = await browser.open(site.address);
    await page.evaluate(async () => {
      const db = await (globalThis as unknown as PageScope).memflux.open({ name: "flush", durability: "none", flush_interval: 60_000 });
      for (let index = 0; index < 5000; index++) db.set(`key:${index}`, `value ${index}`).catch(() => {});
      await db.flush();
    });
    await page.close();
    const next = await browser.open(site.address);
    const found = await next.evaluate(async () => {
      const db = await (globalThis as unknown as PageScope).memflux.open({ name: "flush" });
      const values = [await db.dbsize(), await db.get("key:4999")];
      await db.close();
      return values;
    });
    await next.close();
    expect(found).toEqual([5000, "value 4999"]);
  });

  it.each(["fsync", "full"] as const)(
    `have all that was acknowledged when the browser is killed amid writes (${KILLS} times at %s, seed ${TEST_SEED})`,
    async (durability) => {
      const random = createRandom(TEST_SEED);
      const name = `killed-${durability}`;
      const acknowledged: number[][] = Array.from({ length: WRITERS }, () => []);
      for (let turn = 0; turn < KILLS; turn++) {
        const page = await browser.open(site.address);
        expect(await findLost(page, name, durability, acknowledged), `before kill ${turn}`).toEqual([]);
        const enough = random.between(40, 400);
        let seen = 0;
        const reached = new Promise<void>((done) => {
          const hear = (writer: number, count: number): void => {
            acknowledged[writer]?.push(count);
            if (++seen === enough) done();
          };
          void page.exposeFunction("acknowledge", hear).then(() => page.evaluate(write, { name, durability, writers: WRITERS }));
        });
        await reached;
        await browser.kill();
        browser = await startBrowser(profile.folder);
      }
      const page = await browser.open(site.address);
      expect(await findLost(page, name, durability, acknowledged)).toEqual([]);
      await page.close();
    },
  );

  it("are whole when the log has gone over many files and was compacted on the way", async () => {
    const page = await browser.open(site.address);
    const written = await page.evaluate(async () => {
      const scope = globalThis as unknown as PageScope;
      scope.db = await scope.memflux.open({ name: "long", wal_size_threshold_mb: 20 });
      for (let round = 0; round < 60; round++) {
        const pairs = Array.from({ length: 10 }, (_, key): [string, string] => [`key:${key}`, `${round}:${"v".repeat(100_000)}`]);
        await scope.db.mset(pairs);
      }
      return (await scope.db.stats()).log?.bytes ?? 0;
    });
    const files = await page.evaluate(async () => {
      const root = await (navigator as unknown as PageFileSystem).storage.getDirectory();
      const names: string[] = [];
      for await (const name of (await (await root.getDirectoryHandle("memflux")).getDirectoryHandle("long")).keys()) names.push(name);
      return names.filter((name) => name.startsWith("wal-")).sort();
    });
    expect(files[0]).not.toBe("wal-0000000001.log");
    expect(written).toBeLessThan(45_000_000);
    await page.reload();
    const found = await page.evaluate(async () => {
      const db = await (globalThis as unknown as PageScope).memflux.open({ name: "long" });
      const values = await db.mget(Array.from({ length: 10 }, (_, key) => `key:${key}`));
      await db.close();
      return values.map((value) => [value?.slice(0, 3), value?.length]);
    });
    await page.close();
    expect(found).toEqual(Array(10).fill(["59:", 100_003]));
  });

  it("belong to one tab: another is refused at first, and gets it when the first has closed it", async () => {
    const [first, second] = [await browser.open(site.address), await browser.open(site.address)];
    await first.evaluate(async () => {
      const scope = globalThis as unknown as PageScope;
      scope.db = await scope.memflux.open({ name: "tabs" });
      await scope.db.set("from", "first");
    });
    for (const page of [first, second]) {
      expect(await tryOpen(page, "tabs")).toMatchObject({ code: "DIRECTORY_LOCKED", message: expect.stringContaining("tab") });
    }
    expect(await tryOpen(second, "tabs", "/without-locks.js")).toMatchObject({ code: "DIRECTORY_LOCKED" });
    expect(await tryOpen(second, "other-tabs")).toMatchObject({ code: "opened" });
    // A tab that waits gets the database as soon as the other gives it back.
    const [, waited] = await Promise.all([first.evaluate(() => (globalThis as unknown as PageScope).db.close()), tryOpen(second, "tabs")]);
    expect(waited.code).toBe("opened");
    expect(await tryOpen(first, "tabs", "/without-locks.js")).toMatchObject({ code: "opened" });
    await first.close();
    await second.close();
  });

  it("refuse writes when the quota is full, say so, serve reads, and have all that was acknowledged afterwards", async () => {
    const page = await browser.open(site.address);
    const session = await page.context().newCDPSession(page);
    const usage = async (): Promise<number> => (await session.send("Storage.getUsageAndQuota", { origin: site.address })).usage;
    await page.evaluate(async () => {
      const scope = globalThis as unknown as PageScope;
      scope.db = await scope.memflux.open({ name: "quota", durability: "full" }, { report: (line) => Object.assign(scope, { line }) });
      await scope.db.set("before", "here");
    });
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.address, quotaSize: (await usage()) + 3_000_000 });
    const outcome = await page.evaluate(async () => {
      const { db, line } = globalThis as unknown as PageScope & { line?: string };
      const codes: string[] = [];
      let stored = 0;
      while (codes.length < 3 && stored < 1000) {
        const value = `${stored}:${"v".repeat(50_000)}`;
        await db.set(`value:${stored}`, value).then(
          () => stored++,
          (error: Refusal) => codes.push(error.code),
        );
      }
      const reads = [await db.get("before"), (await db.get("value:0"))?.length];
      const last = (globalThis as unknown as { line?: string }).line ?? line;
      return { codes, stored, reads, last, failed: (await db.stats()).log?.failed };
    });
    expect(outcome.codes).toEqual(["OUTCOME_UNKNOWN", "READ_ONLY", "READ_ONLY"]);
    expect(outcome).toMatchObject({ reads: ["here", 50_002], failed: true, last: expect.stringContaining("the log has failed") });
    expect(outcome.stored).toBeGreaterThan(5);
    expect(outcome.stored).toBeLessThan(100);
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.address });
    await page.reload();
    const found = await page.evaluate(async (stored) => {
      const db = await (globalThis as unknown as PageScope).memflux.open({ name: "quota" });
      const lengths = (await db.mget(Array.from({ length: stored }, (_, index) => `value:${index}`))).map((value) => value?.length ?? 0);
      const more = await db.set("more", "goes");
      await db.close();
      return { missing: lengths.filter((length) => length < 50_000).length, more };
    }, outcome.stored);
    await page.close();
    expect(found).toEqual({ missing: 0, more: true });
  });

  it("say so when somebody clears the data of the site under an open one", async () => {
    const page = await browser.open(site.address.replace("127.0.0.1", "localhost"));
    const origin = new URL(page.url()).origin;
    await page.evaluate(async () => {
      const scope = globalThis as unknown as PageScope;
      scope.db = await scope.memflux.open({ name: "cleared", durability: "full" });
      await scope.db.set("key", "value");
    });
    await (await page.context().newCDPSession(page)).send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
    const outcome = await page.evaluate(async () => {
      const { db, memflux } = globalThis as unknown as PageScope;
      const deadline = performance.now() + 30_000;
      let code = "";
      while (code === "" && performance.now() < deadline)
        code = await db.incr("n").then(
          () => "",
          (error: Refusal) => error.code,
        );
      const later = await db.set("key", "other").catch((error: Refusal) => error.code);
      const read = await db.get("key");
      await db.close();
      const again = await memflux.open({ name: "cleared" });
      const left = await again.dbsize();
      await again.close();
      return { code, later, read, left };
    });
    await page.close();
    expect(outcome).toEqual({ code: "OUTCOME_UNKNOWN", later: "READ_ONLY", read: "value", left: 0 });
  });

  it("leave files of others alone, and are not made where their names are taken", async () => {
    const page = await browser.open(site.address);
    const text = new TextEncoder().encode("a letter that somebody keeps here, longer than any header".repeat(5));
    await putFile(page, "beside", "letter.txt", text);
    expect(await tryOpen(page, "beside")).toMatchObject({ code: "opened" });
    expect((await readFiles(page, "beside")).get("letter.txt")).toEqual(text);
    await putFile(page, "taken", "manifest", text);
    expect(await tryOpen(page, "taken")).toMatchObject({
      code: "FILE_FOREIGN",
      message: expect.stringContaining("memflux/taken/manifest"),
    });
    expect((await readFiles(page, "taken")).get("manifest")).toEqual(text);
    await page.close();
  });

  it("refuse a newer format, and stay as they are", async () => {
    const page = await browser.open(site.address);
    expect(await tryOpen(page, "newer")).toMatchObject({ code: "opened" });
    const manifest = (await readFiles(page, "newer")).get("manifest")?.slice() ?? new Uint8Array();
    for (const slot of [0, 4096]) {
      const view = new DataView(manifest.buffer, slot, Math.min(128, manifest.length - slot));
      view.setUint32(8, 99, true);
      view.setUint32(124, crc32c(manifest, 0, slot, slot + 124), true);
    }
    await putFile(page, "newer", "manifest", manifest);
    const before = await readFiles(page, "newer");
    expect(await tryOpen(page, "newer")).toMatchObject({ code: "FILE_VERSION", message: expect.stringContaining("99") });
    expect(await readFiles(page, "newer")).toEqual(before);
    await page.close();
  });

  it("say where a log is damaged, and give what lies before it when that is asked for", async () => {
    const page = await browser.open(site.address);
    await page.evaluate(async () => {
      const db = await (globalThis as unknown as PageScope).memflux.open({ name: "damaged" });
      for (let index = 0; index < 20; index++) await db.set(`key:${index}`, "v".repeat(100));
      await db.close();
    });
    const [name = "", log = new Uint8Array()] =
      [...(await readFiles(page, "damaged"))].filter(([file]) => file.startsWith("wal-")).sort(([, a], [, b]) => b.length - a.length)[0] ??
      [];
    const damaged = log.slice();
    damaged[damaged.length >> 1]! ^= 1;
    await putFile(page, "damaged", name, damaged);
    expect(await tryOpen(page, "damaged")).toMatchObject({
      code: "FILE_CORRUPT",
      message: expect.stringMatching(`${name}.* at offset \\d+`),
    });
    const kept = await page.evaluate(async () => {
      const db = await (globalThis as unknown as PageScope).memflux.open({ name: "damaged", recover: "truncate" });
      const count = await db.dbsize();
      await db.close();
      return count;
    });
    expect(kept).toBeGreaterThan(5);
    expect(kept).toBeLessThan(20);
    await page.close();
  });
});

/** In the page: writers that write for ever and tell what was acknowledged. */
async function write({ name, durability, writers }: { name: string; durability: "fsync" | "full"; writers: number }): Promise<void> {
  const scope = globalThis as unknown as PageScope & { acknowledge(writer: number, count: number): Promise<void> };
  const db = await scope.memflux.open({ name, durability });
  for (let writer = 0; writer < writers; writer++) {
    const turn = async (): Promise<void> => {
      for (;;) {
        const count = Number(await db.incr(`count:${writer}`));
        const value = `${writer}/${count}/${"x".repeat((count * 37) % 3000)}`;
        const [, reply] = await Promise.all([
          db.set(`typed:${writer}:${count}`, value),
          db.execute(["SET", `any:${writer}:${count}`, value]),
        ]);
        if (reply !== "OK") return;
        void scope.acknowledge(writer, count);
      }
    };
    void turn();
  }
}

/** What a database lacks of what was acknowledged. */
function findLost(page: Page, name: string, durability: "fsync" | "full", acknowledged: readonly (readonly number[])[]): Promise<string[]> {
  return page.evaluate(
    async ({ name, durability, acknowledged }) => {
      const db = await (globalThis as unknown as PageScope).memflux.open({ name, durability });
      const lost: string[] = [];
      for (const [writer, numbers] of acknowledged.entries()) {
        const count = Number((await db.get(`count:${writer}`)) ?? 0);
        if (count < Math.max(0, ...numbers)) lost.push(`count:${writer} is ${count}`);
        for (const number of numbers) {
          const value = `${writer}/${number}/${"x".repeat((number * 37) % 3000)}`;
          const found = await db.mget(`typed:${writer}:${number}`, `any:${writer}:${number}`);
          if (found[0] !== value || found[1] !== value) lost.push(`${writer}:${number}`);
        }
      }
      await db.close();
      return lost;
    },
    { name, durability, acknowledged },
  );
}
