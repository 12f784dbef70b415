/**
 * Goal: the library in a page is the library: all that it promises on every platform, and what only pages have: calls that travel
 * together, a worker that may fail to start, pages that are no secure place. The engine in it computes what it does elsewhere.
 * Method: a headless Chromium with a profile of its own, on pages from a static server. Not run where no browser is found.
 *
 * Functions that a page evaluates arrive there as their text: no imports, and no `using`, which the test's compiler replaces.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
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
import type { ProgramScope } from "./browser-program.ts";
import { playCallLog } from "./call-log.ts";

const CALLS = 2000 * TEST_LENGTH;
const INSECURE_HOST = "memflux.test";

async function bundleProgram(): Promise<Uint8Array> {
  const entry = fileURLToPath(new URL("browser-program.ts", import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false, logLevel: "silent" });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

describe.skipIf(CHROMIUM.path === undefined)(browserTitle("the library in a page"), () => {
  const profile = makeProfile();
  let site: Site;
  let browser: RunningBrowser;
  let page: Page;

  beforeAll(async () => {
    site = await startSite({ "/program.js": { body: await bundleProgram() } });
    browser = await startBrowser(profile.folder, [`--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`]);
    page = await browser.open(site.address);
    await page.addScriptTag({ type: "module", url: "/program.js" });
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    profile.remove();
  });

  it(`keeps what it promises on every platform (seed ${TEST_SEED})`, async () => {
    const passed = await page.evaluate((seed) => {
      const { memflux, program } = globalThis as unknown as PageScope & ProgramScope;
      return program.runLibrarySuite({ open: memflux.open, place: (name) => ({ name: `suite-${name}` }), seed });
    }, TEST_SEED);
    expect(passed.length).toBeGreaterThan(10);
  });

  it(`runs a call log of ${CALLS} calls to the same memory as this process (seed ${TEST_SEED})`, async () => {
    const log = { seed: TEST_SEED, calls: CALLS };
    const outcome = await page.evaluate(async (given) => {
      const engine = new Uint8Array(await (await fetch("/dist/engine.wasm")).arrayBuffer());
      return (globalThis as unknown as ProgramScope).program.playCallLog(engine, given);
    }, log);
    expect(outcome).toEqual(await playCallLog(readFileSync(join(DIST, "engine.wasm")), log));
  });

  it("calls user-defined functions, and outlives their failures", async () => {
    const outcome = await page.evaluate(async () => {
      const { loadExtension } = (globalThis as unknown as ProgramScope).program;
      const bytes = new Uint8Array(await (await fetch("/dist/functions.wasm")).arrayBuffer());
      const extension = loadExtension(bytes, { memoryPagesMax: 8 });
      const failure = (text: string): unknown => {
        try {
          return extension.call("levenshtein", [text, ""]);
        } catch (error) {
          return (error as { code: string }).code;
        }
      };
      return [failure("x".repeat(256)), failure("x".repeat(250_000)), failure("x"), extension.call("slugify", ["Größe: 1 \u{10400}"])];
    });
    expect(outcome).toEqual(["EXTENSION_FAILED", "EXTENSION_OUT_OF_MEMORY", 1, "grosse-1-\u{10428}"]);
  });

  it("takes calls that are not awaited, in their order, and copies their arguments at once", async () => {
    const outcome = await page.evaluate(async () => {
      const db = await (globalThis as unknown as PageScope).memflux.open();
      const bytes = new Uint8Array(1 << 20).fill(1).subarray(5, 8);
      const calls: Promise<unknown>[] = [];
      for (let index = 0; index < 1000; index++) calls.push(db.append("log", `${index},`));
      calls.push(db.set("bytes", bytes));
      bytes.fill(2);
      const lengths = await Promise.all(calls);
      const stored = [...((await db.bytes.get("bytes")) ?? [])];
      const log = await db.get("log");
      await db.close();
      return { lengths: lengths.length, log, bytes: stored, kept: bytes.length };
    });
    expect(outcome.log).toBe(Array.from({ length: 1000 }, (_, index) => `${index},`).join(""));
    expect(outcome).toMatchObject({ lengths: 1001, bytes: [1, 1, 1], kept: 3 });
  });

  it("works on other databases by number, and ends walks that are left early", async () => {
    const outcome = await page.evaluate(async () => {
      const db = await (globalThis as unknown as PageScope).memflux.open();
      await db.select(3).mset(Array.from({ length: 2000 }, (_, index): [string, number] => [`key:${index}`, index]));
      let seen = 0;
      for await (const key of db.select(3).scan({ match: "key:*" })) if (key.length > 0 && ++seen === 700) break;
      const ended = new AbortController();
      const walk = async (): Promise<void> => {
        for await (const _ of db.select(3).scan({ signal: ended.signal })) ended.abort(new Error("enough"));
      };
      const reason = await walk().catch((error: Error) => error.message);
      const code = await db
        .select(16)
        .get("x")
        .catch((error: { code: string }) => error.code);
      const [here, there] = [await db.dbsize(), await db.select(3).dbsize()];
      await db.close();
      return { seen, reason, code, here, there, same: db.select(0) === db };
    });
    expect(outcome).toEqual({ seen: 700, reason: "enough", code: "INDEX_OUT_OF_RANGE", here: 0, there: 2000, same: true });
  });

  it("refuses names, options and arguments that cannot be, each with its code", async () => {
    const codes = await page.evaluate(async () => {
      const { open } = (globalThis as unknown as PageScope).memflux;
      const codeOf = (error: { code: string }): string => error.code;
      const names = ["", "../up", "a/b", ".hidden", "x".repeat(65), "ends.", 7 as unknown as string];
      const refused = await Promise.all(names.map((name) => open({ name }).then(() => "opened", codeOf)));
      const db = await open();
      const strange = [(() => {}) as unknown as string, Symbol("s") as unknown as string, {} as unknown as string];
      const calls = await Promise.all(strange.map((value) => db.set("key", value).then(() => "set", codeOf)));
      const others = [await open({ dir: "data" }).catch(codeOf), await open({ hz: 0 }).catch(codeOf)];
      await db.close();
      return { refused, calls, others };
    });
    expect(codes.refused).toEqual(Array(7).fill("INVALID_OPTION"));
    expect(codes.calls).toEqual(["USAGE", "USAGE", "USAGE"]);
    expect(codes.others).toEqual(["INVALID_OPTION", "INVALID_OPTION"]);
  });

  it("says what is missing: the worker's program, the engine, or an engine that is one", async () => {
    const codes = await page.evaluate(async () => {
      const { open } = (globalThis as unknown as PageScope).memflux;
      const codeOf = (error: { code: string; message: string }): string => `${error.code}: ${error.message}`;
      const places = [{ worker: "/nowhere.js" }, { worker: "http://127.0.0.1:9/elsewhere.js" }, { wasm: "/nowhere.wasm" }, { wasm: "/" }];
      return Promise.all(places.map((place) => open({}, place).then(() => "opened", codeOf)));
    });
    expect(codes).toEqual([
      expect.stringMatching(/^WORKER_FAILED: /),
      expect.stringMatching(/^WORKER_FAILED: .*127\.0\.0\.1:9/),
      expect.stringMatching(/^ENGINE_INVALID: .*nowhere\.wasm: status 404/),
      expect.stringMatching(/^ENGINE_INVALID: .*cannot be compiled/),
    ]);
  });

  it("has databases in memory, and says why no others, on a page that is not secure", async () => {
    const insecure = await browser.open(site.address.replace("127.0.0.1", INSECURE_HOST));
    const outcome = await insecure.evaluate(async () => {
      const { open } = (globalThis as unknown as PageScope).memflux;
      const error = await open({ name: "kept" }).then(
        () => ({ code: "opened", message: "" }),
        ({ code, message }: { code: string; message: string }) => ({ code, message }),
      );
      const db = await open();
      const count = await db.incr("n");
      await db.close();
      return { ...error, isSecure: (globalThis as { isSecureContext?: boolean }).isSecureContext, count };
    });
    await insecure.close();
    expect(outcome).toMatchObject({ isSecure: false, code: "STORAGE_UNAVAILABLE", count: 1 });
    expect(outcome.message).toContain("https");
  });
});
