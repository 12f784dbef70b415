/**
 * Goal: the library in a page is the library: typed methods, any command, pipelines, errors and bytes; and what it keeps is there
 * after a reload, a closed page, a killed browser.
 * Method: a headless Chromium with a profile of its own, on pages from a static server. Not run where no browser is found.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  browserTitle,
  CHROMIUM,
  makeProfile,
  type PageScope,
  type RunningBrowser,
  type Site,
  startBrowser,
  startSite,
} from "./browser-pages.ts";

describe.skipIf(CHROMIUM.path === undefined)(browserTitle("the library in a page"), () => {
  const profile = makeProfile();
  let site: Site;
  let browser: RunningBrowser;
  let page: Page;

  beforeAll(async () => {
    site = await startSite();
    browser = await startBrowser(profile.folder);
    page = await browser.open(site.address);
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    profile.remove();
  });

  it("keeps what was written over a reload", async () => {
    const written = await page.evaluate(async () => {
      const scope = globalThis as unknown as PageScope;
      scope.db = await scope.memflux.open({ name: "reload" });
      await scope.db.set("greeting", "hello");
      return [await scope.db.incr("visits"), await scope.db.get("greeting")];
    });
    expect(written).toEqual([1, "hello"]);
    await page.reload();
    const found = await page.evaluate(async () => {
      const scope = globalThis as unknown as PageScope;
      scope.db = await scope.memflux.open({ name: "reload" });
      const values = [await scope.db.incr("visits"), await scope.db.get("greeting")];
      await scope.db.close();
      return values;
    });
    expect(found).toEqual([2, "hello"]);
  });
});
