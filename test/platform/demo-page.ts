/**
 * The demo as its users have it: `npm run demo`'s server as a process, and pages of a headless Chromium on it.
 * Which Chromium, and what happens where there is none: browser-pages.ts.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "./browser-pages.ts";

const SERVER = fileURLToPath(new URL("../../host/build/serve-demo.mjs", import.meta.url));
/** No calls to the outside, and no sandbox, since tests may run as root. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser whose contexts have profiles of their own. Requires: CHROMIUM.path. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM.path ?? "", headless: true, args: FLAGS });
}

export interface DemoServer {
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts the server of `npm run demo` on a free port. Rejects when it ends before it is ready. */
export function startDemo(): Promise<DemoServer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SERVER], { env: { ...process.env, PORT: "0" }, stdio: ["ignore", "pipe", "pipe"] });
    const ended = new Promise<void>((done) => child.once("close", () => done()));
    let output = "";
    const collect = (text: string): void => {
      output += text;
      const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(output)?.[0];
      if (address !== undefined) resolve({ address, stop: () => stop(child, ended) });
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    child.once("error", reject);
    void ended.then(() => reject(new Error(`the server of the demo ended: ${output}`)));
  });
}

function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill();
  return ended;
}

/** Opens the demo in a page and waits until it takes lines. */
export async function openDemo(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator("#line:enabled").waitFor();
}

/** Types a line and answers what was printed for it. */
export async function say(page: Page, line: string): Promise<string> {
  const entries = page.locator(".entry");
  const before = await entries.count();
  await page.locator("#line").fill(line);
  await page.locator("#line").press("Enter");
  const answer = entries.nth(before).locator(".answer");
  await answer.waitFor({ state: "attached" });
  return (await answer.textContent()) ?? "";
}
