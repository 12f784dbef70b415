/**
 * The composition root of the page: the library's browser entry, the name of the database, the clock.
 */
import { open } from "../host/entry/browser.ts";
import { Page } from "./page.ts";

const NAME = "demo";

const page = new Page({
  name: NAME,
  open: (name) => open(name === undefined ? {} : { name }),
  nowMs: () => performance.now(),
});
await page.start(NAME);
