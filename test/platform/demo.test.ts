/**
 * Goal: the page of `npm run demo` works for its users: commands, errors, completion, history, sizes and speed; the data is
 * there after a reload; a second tab is told; it fits a phone and a desk, light and dark, and needs no mouse.
 * Method: the built page from its own server in headless Chromium, by keys and presses. MEMFLUX_SCREENSHOTS=FOLDER keeps
 * pictures for human eyes.
 */
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { browserTitle, CHROMIUM } from "./browser-pages.ts";
import { type DemoServer, launch, openDemo, say, startDemo } from "./demo-page.ts";

const folder = process.env.MEMFLUX_SCREENSHOTS;

describe.skipIf(CHROMIUM.path === undefined)(browserTitle("the demo"), () => {
  let server: DemoServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What went wrong inside a page; no test may leave something here. */
  let problems: string[];

  const newPage = async (): Promise<Page> => {
    const made = await context.newPage();
    made.on("pageerror", (error) => problems.push(error.message));
    made.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    return made;
  };
  const gauge = (name: string): Promise<string | null> => page.locator(`[data-gauge=${name}] .value`).textContent();

  beforeAll(async () => {
    server = await startDemo();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    problems = [];
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await newPage();
  });
  afterEach(async () => {
    await context.close();
    expect(problems).toEqual([]);
  });

  test("answers commands as redis-cli prints them, and errors", async () => {
    await openDemo(page, server.address);
    expect(await say(page, "SET greeting 'hello world'")).toBe("OK");
    expect(await say(page, "GET greeting")).toBe('"hello world"');
    expect(await say(page, "INCR greeting")).toBe("(error) ERR value is not an integer or out of range");
    expect(await say(page, "MGET greeting nothing")).toBe('1) "hello world"\n2) (nil)');
    expect(await say(page, "SELECT 2")).toBe("OK");
    expect(await page.locator("#sign").textContent()).toBe("demo[2]>");
    expect(await page.locator(".answer[data-tone=error]").count()).toBe(1);
    expect(await page.locator(".time").last().textContent()).toMatch(/^[\d,.]+ (µs|ms)$/);
  });

  test("shows values that look like markup as text", async () => {
    await openDemo(page, server.address);
    const markup = "<img src=x onerror=alert(1)><b>bold</b>";
    expect(await say(page, `SET m '${markup}'`)).toBe("OK");
    expect(await say(page, "GET m")).toBe(`"${markup}"`);
    expect(await page.locator("#transcript img, #transcript b").count()).toBe(0);
  });

  test("completes with Tab and explains the command", async () => {
    await openDemo(page, server.address);
    const line = page.locator("#line");
    await line.pressSequentially("getr");
    await line.press("Tab");
    expect(await line.inputValue()).toBe("getrange ");
    expect(await page.locator("#syntax").textContent()).toBe("GETRANGE key start end");
    await line.fill("config s");
    expect(await page.locator(".offer").allTextContents()).toEqual(["set"]);
    await line.fill("dec");
    await line.press("Tab");
    await line.press("Tab");
    expect(await line.inputValue()).toBe("decrby ");
    expect(await page.locator(".offer[aria-selected=true]").textContent()).toBe("decrby");
    await line.press("Escape");
    expect(await line.inputValue()).toBe("dec");
    await page.locator(".offer", { hasText: /^decr$/ }).click();
    expect(await line.inputValue()).toBe("decr ");
    expect(await line.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test("recalls lines with the arrow keys, after a reload too", async () => {
    await openDemo(page, server.address);
    await say(page, "SET a 1");
    await say(page, "GET a");
    const line = page.locator("#line");
    await line.fill("unfinished");
    for (const [key, expected] of [
      ["ArrowUp", "GET a"],
      ["ArrowUp", "SET a 1"],
      ["ArrowDown", "GET a"],
      ["ArrowDown", "unfinished"],
    ] as const) {
      await line.press(key);
      expect(await line.inputValue()).toBe(expected);
    }
    await page.reload();
    await page.locator("#line:enabled").waitFor();
    await line.press("ArrowUp");
    expect(await line.inputValue()).toBe("GET a");
  });

  test("has the data after a reload", async () => {
    await openDemo(page, server.address);
    await say(page, "MSET a 1 b 2 c 3");
    expect(await say(page, "INCRBY a 41")).toBe("(integer) 42");
    await page.reload();
    await page.locator("#line:enabled").waitFor();
    expect(await say(page, "MGET a b c")).toBe('1) "42"\n2) "2"\n3) "3"');
  });

  test("tells a second tab, which goes on when the first is closed", async () => {
    await openDemo(page, server.address);
    await say(page, "SET kept yes");
    const second = await newPage();
    await second.goto(server.address);
    await second.getByRole("heading", { name: "Another tab has this database" }).waitFor();
    expect(await second.locator("#console").isVisible()).toBe(false);
    expect(await say(page, "GET kept")).toBe('"yes"');
    await page.close();
    await second.getByRole("button", { name: "Try again" }).click();
    await second.locator("#line:enabled").waitFor();
    expect(await say(second, "GET kept")).toBe('"yes"');
  });

  test("a second tab can work in memory meanwhile", async () => {
    await openDemo(page, server.address);
    await say(page, "SET kept yes");
    const second = await newPage();
    await second.goto(server.address);
    await second.getByRole("button", { name: "Use a database in memory" }).click();
    await second.locator("#line:enabled").waitFor();
    expect(await second.locator("#state").textContent()).toBe("In memory only");
    expect(await say(second, "GET kept")).toBe("(nil)");
  });

  test("can be opened again when a command has closed it", async () => {
    await openDemo(page, server.address);
    await say(page, "SET kept yes");
    await say(page, "SHUTDOWN");
    await page.getByRole("heading", { name: "The database is closed" }).waitFor();
    await page.getByRole("button", { name: "Open again" }).click();
    await page.locator("#line:enabled").waitFor();
    expect(await say(page, "GET kept")).toBe('"yes"');
  });

  test("shows sizes, and measures without leaving keys behind", async () => {
    await openDemo(page, server.address);
    await say(page, "MSET a 1 b 2");
    await expect.poll(() => gauge("keys")).toBe("2");
    expect(await gauge("memory")).toMatch(/^[\d.,]+ (KiB|MiB)$/);
    expect(await gauge("log")).toMatch(/^[\d.,]+ (B|KiB|MiB)$/);
    expect(await gauge("last")).toMatch(/^[\d.,]+ (µs|ms)$/);
    await page.getByRole("button", { name: "Measure" }).click();
    await expect.poll(() => page.locator("[data-bar=GET] .rate").textContent(), { timeout: 20_000 }).toMatch(/\/s$/);
    expect(await page.locator("[data-bar=SET] .rate").textContent()).toMatch(/\/s$/);
    expect(await say(page, "DBSIZE")).toBe("(integer) 2");
  });

  test("clears with Ctrl+L, runs an example, and leaves the line with Tab", async () => {
    await openDemo(page, server.address);
    await page.getByRole("button", { name: "INCR visits" }).click();
    await expect.poll(() => page.locator(".answer").allTextContents()).toEqual(["(integer) 1"]);
    await page.locator("#line").press("Control+l");
    expect(await page.locator(".entry").count()).toBe(0);
    await page.locator("#line").press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe("line");
  });

  test.each([
    ["wide", 1280, 800],
    ["narrow", 360, 640],
    ["narrow and low", 390, 400],
  ])("fits a %s window, light and dark", async (name, width, height) => {
    const grounds: string[] = [];
    await page.setViewportSize({ width, height });
    await openDemo(page, server.address);
    await say(page, "SET a-rather-long-name-of-a-key 'and a value that is longer than any line of a phone could be, in words'");
    await say(page, "GET a-rather-long-name-of-a-key");
    await say(page, `ECHO ${"x".repeat(400)}`);
    await say(page, "SCAN 0");
    await page.locator("#line").fill("ge");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { ground, overflow } = await page.evaluate(() => ({
        ground: getComputedStyle(document.body).backgroundColor,
        overflow: document.documentElement.scrollWidth - window.innerWidth,
      }));
      grounds.push(ground);
      expect(overflow).toBeLessThanOrEqual(0);
      const place = await page.locator(".guide").boundingBox();
      expect((place?.y ?? height) + (place?.height ?? 0)).toBeLessThanOrEqual(height);
      if (folder !== undefined) await page.screenshot({ path: join(folder, `demo-${name.replaceAll(" ", "-")}-${colorScheme}.png`) });
    }
    expect(new Set(grounds).size).toBe(2);
  });
});
