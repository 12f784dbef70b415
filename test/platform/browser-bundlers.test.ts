/**
 * Goal: a page finds the worker and the engine however the library gets there: as files beside each other, through esbuild and
 * Vite without configuration, under a content security policy, from a server that knows no WebAssembly. And it stays small.
 * Method: the packed package in a folder of its own, built by the bundlers themselves and opened in a headless Chromium.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build as bundle } from "esbuild";
import { build as buildWithVite, createServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  browserTitle,
  CHROMIUM,
  DIST,
  makeProfile,
  type PageScope,
  type RunningBrowser,
  type SiteFile,
  startBrowser,
  startSite,
} from "./browser-pages.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Most bytes, compressed, of what a page loads: to open a database, with its first statement, and when it calls one of the functions. */
const LIMITS = { base: 336_300, sql: 301_900, functions: 11_740 };
/** What `use` answers of a new database. */
const USED = [1, 3, 2, 3];
type Surroundings = Readonly<Partial<Record<"worker" | "wasm" | "sql" | "functions", string>>>;
const SCRIPT = (source: string): SiteFile => ({ body: `<!doctype html><script type="module">${source}</script>` });
const WAY_IN = (name: string): string => `import { open } from "${name}"; globalThis.memflux = { open };`;

/** A folder in which the packed package is installed. */
async function installPackage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "memflux-bundle-"));
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: ROOT });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  const target = join(folder, "node_modules/memflux");
  mkdirSync(target, { recursive: true });
  await run("tar", ["-xzf", join(folder, packed?.filename ?? ""), "--strip-components=1", "-C", target]);
  // What an installation brings besides: the library's types name its.
  symlinkSync(join(ROOT, "node_modules/antlr4ng"), join(folder, "node_modules/antlr4ng"));
  writeFileSync(join(folder, "package.json"), '{ "name": "app", "private": true, "type": "module" }');
  return folder;
}

describe("the browser's files", () => {
  it("are small: library, worker and engine together, what SQL adds, and the files that have all in one", () => {
    const sizeOf = (name: string): number => gzipSync(readFileSync(join(DIST, name)), { level: 9 }).length;
    expect(sizeOf("browser.js") + sizeOf("browser-worker.js") + sizeOf("engine.wasm")).toBeLessThan(LIMITS.base);
    expect(sizeOf("browser-sql.js")).toBeLessThan(LIMITS.sql);
    expect(sizeOf("functions.wasm")).toBeLessThan(LIMITS.functions);
    // They are compressed already, and base64 makes little of that undone.
    expect(sizeOf("browser-inline.js")).toBeLessThan(LIMITS.base * 1.01);
    expect(sizeOf("browser-inline-sql.js")).toBeLessThan((LIMITS.sql + LIMITS.functions) * 1.01);
  });

  it.each(["browser.js", "browser-worker.js", "browser-sql.js", "browser-inline.js"])(
    "%s names no module of Node and no other file of dist/ by import",
    (name) => {
      const source = readFileSync(join(DIST, name), "utf8");
      expect(source).not.toMatch(/["'`]node:/);
      expect(source).not.toMatch(/(^|[;}\n])import[\s{*"']/);
      expect(source).not.toMatch(/selfsigned|createServer|chunks\//);
    },
  );
});

/** A page's program: what fits the types, and what does not. */
const TYPED = `import { DatabaseError, open, type RemoteDatabase, type ReplyValue } from "memflux/browser";
const db: RemoteDatabase = await open({ name: "notes", durability: "full", maxmemory_mb: 64 }, { wasm: new URL("x", location.href) });
const stored: boolean = await db.set("k", 1, { ex: 5, nx: true });
const text: string | null = await db.get("k");
const bytes: Uint8Array | null = await db.bytes.get("k");
const list: (string | null)[] = await db.mget("a", ["b"]);
const replies: readonly ReplyValue[] = await db.pipeline([["GET", "k"]], { signal: AbortSignal.timeout(10) });
for await (const key of db.scan({ match: "k*" })) key.toUpperCase();
for await (const key of db.select(1).bytes.scan()) key.byteLength;
// @ts-expect-error an object is no value
await db.set("k", {});
// @ts-expect-error a name is text
await open({ name: 7 });
// @ts-expect-error results are promises
const wrong: string | null = db.get("k");
export const all = [stored, text, bytes, list, replies, wrong, (await db.stats()).log?.durable, DatabaseError];
await db.close();`;

describe("the browser's types", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await installPackage();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(["bundler", "nodenext"])("fit a strict project with the browser's own library (%s)", async (moduleResolution) => {
    const module = moduleResolution === "bundler" ? "esnext" : "nodenext";
    const basics = { target: "es2022", lib: ["es2022", "dom"], strict: true, noEmit: true, types: [], skipLibCheck: false };
    writeFileSync(join(folder, "typed.ts"), TYPED);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...basics, module, moduleResolution }, files: ["typed.ts"] }),
    );
    const check = run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder]);
    expect(
      await check.then(
        () => "",
        ({ stdout }: { stdout: string }) => stdout,
      ),
    ).toBe("");
  });
});

describe.skipIf(CHROMIUM.path === undefined)(browserTitle("ways into a page"), () => {
  const profile = makeProfile();
  let folder = "";
  let browser: RunningBrowser;

  beforeAll(async () => {
    folder = await installPackage();
    browser = await startBrowser(profile.folder);
  });

  afterAll(async () => {
    await browser?.close();
    profile.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the page and has it keep something, twice, so that the second time it is found; answers what it found. */
  async function use(address: string, surroundings: Surroundings = {}): Promise<readonly unknown[]> {
    const page = await browser.open(address);
    try {
      await page.waitForFunction(() => "memflux" in globalThis);
      return await page.evaluate(async (places) => {
        const { memflux } = globalThis as unknown as PageScope;
        const found: unknown[] = [];
        for (let round = 0; round < 2; round++) {
          const db = await memflux.open({ name: "bundled" }, places);
          const { rows } = await db.query<{ n: number }>("SELECT levenshtein('kitten', 'sitting') AS n");
          found.push(await db.incr("rounds"), rows[0]?.n);
          await db.close();
        }
        return found;
      }, surroundings);
    } finally {
      await page.close();
    }
  }

  async function useSite(files: Record<string, SiteFile>, surroundings?: Surroundings): Promise<readonly unknown[]> {
    const site = await startSite(files);
    try {
      return await use(`${site.address}/page`, surroundings);
    } finally {
      await site.close();
    }
  }

  it("plain module script", async () => {
    expect(await useSite({ "/page": SCRIPT(WAY_IN("/dist/browser.js")) })).toEqual(USED);
  });

  it("SQL is loaded with the first statement, its functions with the first call", async () => {
    const site = await startSite({ "/page": SCRIPT(WAY_IN("/dist/browser.js")) });
    const page = await browser.open(`${site.address}/page`);
    const run = (text: string): Promise<unknown> =>
      page.evaluate(async (statement) => {
        const scope = globalThis as unknown as PageScope & { db?: Awaited<ReturnType<PageScope["memflux"]["open"]>> };
        scope.db ??= await scope.memflux.open({});
        if (statement === "") return scope.db.set("k", "v");
        return (await scope.db.query<{ n: unknown }>(statement)).rows[0]?.n;
      }, text);
    const loaded = (): readonly string[] => site.requested.filter((path) => /sql|functions/.test(path));
    try {
      await page.waitForFunction(() => "memflux" in globalThis);
      expect([await run(""), loaded()]).toEqual([true, []]);
      expect([await run("SELECT 1 AS n"), loaded()]).toEqual([1, ["/dist/browser-sql.js"]]);
      expect([await run("SELECT soundex('Robert') AS n"), loaded()]).toEqual(["R163", ["/dist/browser-sql.js", "/dist/functions.wasm"]]);
      await expect(run("SELECT nothing(1)")).rejects.toThrow(/function nothing\(integer\) does not exist.*\[42883\]/);
    } finally {
      await page.close();
      await site.close();
    }
  });

  it("a page whose SQL cannot be loaded keeps the rest, and may ask again", async () => {
    const site = await startSite({ "/page": SCRIPT(WAY_IN("/dist/browser.js")) });
    const page = await browser.open(`${site.address}/page`);
    try {
      await page.waitForFunction(() => "memflux" in globalThis);
      const outcome = await page.evaluate(async () => {
        const db = await (globalThis as unknown as PageScope).memflux.open({}, { sql: "/nowhere.js" });
        const ask = () => db.query("SELECT 1").then(String, (error: { readonly code?: string }) => error.code);
        return [await ask(), await ask(), await db.set("k", "v"), await db.get("k")];
      });
      expect(outcome).toEqual(["WORKER_FAILED", "WORKER_FAILED", true, "v"]);
    } finally {
      await page.close();
      await site.close();
    }
  });

  it("plain module script of the file that has all in one", async () => {
    expect(await useSite({ "/page": SCRIPT(WAY_IN("/dist/browser-inline.js")) })).toEqual(USED);
  });

  it("an engine that is served with a type of its own", async () => {
    const engine = { body: readFileSync(join(DIST, "engine.wasm")), headers: { "content-type": "application/octet-stream" } };
    expect(await useSite({ "/page": SCRIPT(WAY_IN("/dist/browser.js")), "/dist/engine.wasm": engine })).toEqual(USED);
  });

  it("other places for worker and engine, under a policy that allows nothing but them", async () => {
    const policy = "default-src 'none'; script-src 'self' 'nonce-page' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
    const page = {
      body: `<!doctype html><script type="module" nonce="page">${WAY_IN("/dist/browser-inline.js")}</script>`,
      headers: { "content-security-policy": policy },
    };
    const files = {
      "/page": page,
      "/assets/worker-1.js": { body: readFileSync(join(DIST, "browser-worker.js")), headers: { "content-security-policy": policy } },
      "/assets/engine-1.wasm": { body: readFileSync(join(DIST, "engine.wasm")) },
      "/assets/sql-1.js": { body: readFileSync(join(DIST, "browser-sql.js")) },
      "/assets/functions-1.wasm": { body: readFileSync(join(DIST, "functions.wasm")) },
    };
    const places = { worker: "/assets/worker-1.js", wasm: "assets/engine-1.wasm", sql: "/assets/sql-1.js" };
    expect(await useSite(files, { ...places, functions: "assets/functions-1.wasm" })).toEqual(USED);
    await expect(useSite({ "/page": page })).rejects.toThrow(/WORKER_FAILED|worker/);
  });

  it.each(["memflux/browser", "memflux", "memflux/browser/inline"])("esbuild, importing %s", async (name) => {
    const entry = join(folder, "esbuild-app.js");
    writeFileSync(entry, WAY_IN(name));
    const { outputFiles } = await bundle({ entryPoints: [entry], bundle: true, format: "esm", write: false, logLevel: "silent" });
    expect(await useSite({ "/page": SCRIPT('import "/app.js";'), "/app.js": { body: outputFiles[0]?.contents ?? "" } })).toEqual(USED);
  });

  it.each(["memflux/browser", "memflux"])("Vite, built, importing %s", async (name) => {
    const out = join(folder, "vite-out");
    writeFileSync(join(folder, "vite-app.js"), WAY_IN(name));
    writeFileSync(join(folder, "index.html"), '<!doctype html><script type="module" src="/vite-app.js"></script>');
    await buildWithVite({ root: folder, configFile: false, logLevel: "silent", build: { outDir: out, emptyOutDir: true } });
    const assets = readdirSync(join(out, "assets")).map((file) => [`/assets/${file}`, { body: readFileSync(join(out, "assets", file)) }]);
    expect(await useSite({ ...Object.fromEntries(assets), "/page": { body: readFileSync(join(out, "index.html")) } })).toEqual(USED);
  });

  it.each(["memflux/browser", "memflux"])("Vite's server for development, importing %s", async (name) => {
    writeFileSync(join(folder, "vite-app.js"), WAY_IN(name));
    writeFileSync(join(folder, "index.html"), '<!doctype html><script type="module" src="/vite-app.js"></script>');
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: "silent",
      cacheDir: join(folder, `cache-${name.replace("/", "-")}`),
      server: { host: "127.0.0.1", port: 0, hmr: false, watch: null, ws: false },
    });
    try {
      await server.listen();
      expect(await use(server.resolvedUrls?.local[0] ?? "")).toEqual(USED);
    } finally {
      await server.close();
    }
  });
});
