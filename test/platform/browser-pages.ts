/**
 * A Chromium and the pages for it: the browser that CHROMIUM_PATH names, or one of the system, or the one that test/package.json
 * brings. MEMFLUX_REQUIRE_BROWSER=1 makes a missing one an error.
 *
 * The browser is a process group of our own, spoken to over its debugging port, so that a test may kill it at any moment. Its
 * profile is a folder that outlives it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import type * as memflux from "../../host/entry/browser.ts";
import { findProgram } from "../support/test-server.ts";

export const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const ARGUMENTS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-default-browser-check"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
  ...["--password-store=basic", "--use-mock-keychain", "--remote-debugging-port=0"],
];
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** What a page of `startSite` has among its globals. */
export interface PageScope {
  readonly memflux: typeof memflux;
  /** For what one evaluation leaves to the next. */
  db: memflux.RemoteDatabase;
}

/** Path of a Chromium, or why there is none. */
export const CHROMIUM = await findChromium();

async function findChromium(): Promise<{ readonly path?: string; readonly reason?: string }> {
  const given = process.env.CHROMIUM_PATH;
  const path = given !== undefined && given !== "" ? given : (findProgram("chromium") ?? findProgram("chromium-browser"));
  if (path !== undefined) {
    if (existsSync(path)) return { path };
    throw new Error(`CHROMIUM_PATH is ${path}, where no file is`);
  }
  try {
    const { default: packaged } = await import("@sparticuz/chromium");
    return { path: await packaged.executablePath() };
  } catch (cause) {
    const reason = `no Chromium: ${(cause as Error).message.split("\n")[0]}`;
    if (process.env.MEMFLUX_REQUIRE_BROWSER === "1") throw new Error(`MEMFLUX_REQUIRE_BROWSER is 1, but there is ${reason}`, { cause });
    return { reason };
  }
}

/** Title of a suite, which says why it does not run. */
export function browserTitle(title: string): string {
  return CHROMIUM.path === undefined ? `${title} (not run: ${CHROMIUM.reason})` : title;
}

/** An empty folder for a profile; `remove` deletes it. */
export function makeProfile(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "memflux-browser-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }) };
}

export interface RunningBrowser {
  readonly browser: Browser;
  /** A new tab on an address, with everything on it loaded. */
  open(address: string): Promise<Page>;
  /** Ends it in order. */
  close(): Promise<void>;
  /** Ends all its processes at once, as a crash would. */
  kill(): Promise<void>;
}

/** Starts a browser on a profile. Requires: CHROMIUM.path. */
export async function startBrowser(profile: string, more: readonly string[] = []): Promise<RunningBrowser> {
  const child = spawn(CHROMIUM.path ?? "", [...ARGUMENTS, ...more, `--user-data-dir=${profile}`, "about:blank"], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const gone = once(child, "exit");
  const killAll = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
  };
  // A group of its own would outlive a test program that ends before its time.
  process.once("exit", killAll);
  void gone.then(() => process.off("exit", killAll));
  const browser = await chromium.connectOverCDP(await debuggingAddress(child));
  const kill = async (): Promise<void> => {
    killAll();
    await gone;
    await browser.close();
  };
  return {
    browser,
    async open(address) {
      const context = browser.contexts()[0];
      if (context === undefined) throw new Error("the browser has no context");
      const page = await context.newPage();
      await page.goto(address, { waitUntil: "load" });
      return page;
    },
    async close() {
      const session = await browser.newBrowserCDPSession();
      await session.send("Browser.close").catch(() => {});
      await gone;
      await browser.close();
    },
    kill,
  };
}

/** Where a starting browser can be spoken to. Rejects with what it said if it ends instead. */
async function debuggingAddress({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error("the browser's errors are not piped");
  const said: string[] = [];
  for await (const line of createInterface(stderr)) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) {
      stderr.resume();
      return address;
    }
    said.push(line);
  }
  throw new Error(`the browser ended: ${said.slice(-5).join("\n")}`);
}

/** A file of a site: its text or bytes, and headers besides Content-Type. */
export interface SiteFile {
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Site {
  readonly address: string;
  /** Paths of all requests so far. */
  readonly requested: readonly string[];
  close(): Promise<void>;
}

/** The page that tests work in: it has the library as a plain module script. */
const PAGE =
  '<!doctype html><title>test</title><script type="module">import * as memflux from "/dist/browser.js"; globalThis.memflux = memflux;</script>';

/** Serves `/`, the files of dist/ and what is given, by path, on 127.0.0.1. */
export async function startSite(files: Readonly<Record<string, SiteFile>> = {}): Promise<Site> {
  const requested: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://site").pathname;
    requested.push(path);
    const file = files[path] ?? ownFile(path);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(path) === "" ? ".html" : extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "cache-control": "no-store", ...file.headers }).end(file.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    requested,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function ownFile(path: string): SiteFile | undefined {
  if (path === "/") return { body: PAGE };
  const name = /^\/dist\/([\w.-]+)$/.exec(path)?.[1];
  return name !== undefined && existsSync(join(DIST, name)) ? { body: readFileSync(join(DIST, name)) } : undefined;
}
