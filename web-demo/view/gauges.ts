/**
 * Sizes and speed beside the console: keys, engine memory, log, the last command, and the measurement of pipelines.
 */
import type { MemorySizes, Statistics } from "../database.ts";
import { PIPELINE, type Speed } from "../measure.ts";
import { formatBytes, formatCount, formatMicroseconds, formatRate } from "../quantity.ts";
import { button, element } from "./element.ts";

const UNKNOWN = "–";

/** A number with its name, and a word about it. */
class Gauge {
  readonly root: HTMLElement;
  readonly #value = element("dd", "value", UNKNOWN);
  readonly #detail = element("dd", "detail");

  constructor(name: string, title: string) {
    this.root = element("div", "gauge", element("dt", "", title), this.#value, this.#detail);
    this.root.dataset.gauge = name;
  }

  show(value: string, detail = ""): void {
    this.#value.textContent = value;
    this.#detail.textContent = detail;
  }
}

/** A rate with a bar of its share of the largest. */
class Bar {
  readonly root: HTMLElement;
  readonly #value = element("span", "rate", UNKNOWN);
  readonly #fill = element("span", "fill");

  constructor(name: string) {
    this.root = element("div", "bar", element("span", "name", name), element("span", "track", this.#fill), this.#value);
    this.root.dataset.bar = name;
  }

  show(rate: number, largest: number): void {
    this.#value.textContent = formatRate(rate);
    this.#fill.style.width = `${Math.round((rate / largest) * 100)}%`;
  }
}

export class Gauges {
  readonly #keys = new Gauge("keys", "Keys");
  readonly #memory = new Gauge("memory", "Memory");
  readonly #log = new Gauge("log", "Log");
  readonly #last = new Gauge("last", "Last reply");
  readonly #set = new Bar("SET");
  readonly #get = new Bar("GET");
  readonly #button: HTMLButtonElement;
  readonly #message = element("p", "message");

  constructor(root: HTMLElement, onMeasure: () => void) {
    this.#button = button("measure", "Measure", onMeasure);
    this.#button.disabled = true;
    const numbers = element("dl", "numbers", this.#keys.root, this.#memory.root, this.#log.root, this.#last.root);
    const head = element("div", "head", element("h2", "", "Speed"), this.#button);
    root.replaceChildren(numbers, element("div", "speed", head, this.#set.root, this.#get.root, this.#message));
    this.measured(undefined);
  }

  showSizes({ used, reserved }: MemorySizes, { keys, expiring, log }: Statistics): void {
    this.#keys.show(formatCount(keys), `${formatCount(expiring)} with an expiry`);
    this.#memory.show(formatBytes(used), `used of ${formatBytes(reserved)}`);
    if (log === undefined) this.#log.show("none", "in memory only");
    else this.#log.show(formatBytes(log.bytes), `on disk, durability ${log.durability}`);
  }

  showLast(microseconds: number, name: string): void {
    this.#last.show(formatMicroseconds(microseconds), name);
  }

  /** Whether the button can be pressed, and what it says. */
  measuring(enabled: boolean, text: string): void {
    this.#button.disabled = !enabled;
    this.#button.textContent = text;
  }

  /** What was measured, or why it was not. */
  measured(result: Speed | string | undefined): void {
    this.#message.dataset.tone = typeof result === "string" ? "error" : "note";
    this.#message.textContent = typeof result === "string" ? result : `Commands a second, in pipelines of ${formatCount(PIPELINE)}`;
    if (result === undefined || typeof result === "string") return;
    const largest = Math.max(result.set, result.get);
    this.#set.show(result.set, largest);
    this.#get.show(result.get, largest);
  }
}
