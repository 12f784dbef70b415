/**
 * What was asked and answered, newest at the bottom.
 *
 * 1. The view stays at the bottom, unless the reader has scrolled up.
 * 2. At most ENTRIES_MAX entries are kept, the oldest go.
 */
import type { Printed } from "../reply.ts";
import { button, element } from "./element.ts";

const ENTRIES_MAX = 400;
/** The reader counts as being at the bottom up to this many pixels above it. */
const BOTTOM_PIXELS = 24;

export class Transcript {
  readonly #root: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** A line that was entered; returns what its answer is added to. */
  ask(sign: string, line: string): HTMLElement {
    const asked = element("p", "asked", element("span", "sign", sign), element("code", "", line));
    const entry = element("div", "entry", asked);
    this.#append(entry);
    return entry;
  }

  /** The answer to a line, with the time it took and a picture where there are such. */
  answer(entry: HTMLElement, printed: Printed, time: string | undefined, picture?: Element): void {
    this.#keepBottom(() => {
      if (time !== undefined) entry.firstElementChild?.append(element("span", "time", time));
      const answer = element("pre", "answer", printed.text);
      answer.dataset.tone = printed.tone;
      entry.append(answer);
      if (picture !== undefined) entry.append(picture);
    });
  }

  get isEmpty(): boolean {
    return this.#root.childElementCount === 0;
  }

  /** The words at the beginning, with lines to try; pressing one gives it to `onPick`. */
  welcome(text: string, lines: readonly string[], onPick: (line: string) => void): void {
    const examples = lines.map((line) => button("example", line, () => onPick(line)));
    this.#append(element("div", "entry welcome", element("p", "", text), element("div", "examples", ...examples)));
  }

  /** A remark of the page itself. */
  remark(text: string): void {
    this.#append(element("p", "entry remark", text));
  }

  /** Scrolls by a page, up (-1) or down (1). */
  page(direction: 1 | -1): void {
    this.#root.scrollBy({ top: direction * this.#root.clientHeight * 0.9 });
  }

  clear(): void {
    this.#root.replaceChildren();
  }

  #append(entry: HTMLElement): void {
    this.#root.append(entry);
    while (this.#root.childElementCount > ENTRIES_MAX) this.#root.firstElementChild?.remove();
    this.#root.scrollTop = this.#root.scrollHeight;
  }

  #keepBottom(change: () => void): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#root;
    const atBottom = scrollHeight - scrollTop - clientHeight <= BOTTOM_PIXELS;
    change();
    if (atBottom) this.#root.scrollTop = this.#root.scrollHeight;
  }
}
