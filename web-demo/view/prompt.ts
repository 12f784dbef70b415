/**
 * The prompt: a line, its history, its completion and what is known about the command in it.
 *
 * Keys: Enter runs; Up and Down walk through the history; Tab and Shift+Tab through the offers, when there are any and the
 * caret is at the end, and move the focus otherwise; Escape takes a completion back, or empties the line; Ctrl+L clears the
 * transcript, PageUp and PageDown scroll it. Offers can be pressed too, for screens without a Tab key.
 */
import { Completion, hintOf } from "../completion.ts";
import type { History } from "../history.ts";
import { element, find } from "./element.ts";

const IDLE_SYNTAX = "Tab completes · ↑ recalls · help explains";

export interface PromptEvents {
  onLine(line: string): void;
  onClear(): void;
  /** Up (-1) or down (1) by a page. */
  onScroll(direction: 1 | -1): void;
}

export class Prompt {
  readonly #history: History;
  readonly #events: PromptEvents;
  readonly #completion = new Completion();
  readonly #sign = find("sign", HTMLLabelElement);
  readonly #line = find("line", HTMLInputElement);
  readonly #offers = find("offers", HTMLDivElement);
  readonly #syntax = find("syntax", HTMLParagraphElement);
  readonly #summary = find("summary", HTMLParagraphElement);
  readonly #run: HTMLButtonElement | null;

  constructor(history: History, events: PromptEvents) {
    this.#history = history;
    this.#events = events;
    const form = find("prompt", HTMLFormElement);
    this.#run = form.querySelector("button");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(this.#line.value);
    });
    this.#line.addEventListener("input", () => this.#typed());
    this.#line.addEventListener("keydown", (event) => this.#key(event));
    this.#show();
  }

  /** Lets lines in, or keeps them out. */
  enable(enabled: boolean): void {
    this.#line.disabled = !enabled;
    if (this.#run !== null) this.#run.disabled = !enabled;
  }

  focus(): void {
    this.#line.focus();
  }

  /** The text in front of the line. */
  set sign(text: string) {
    this.#sign.textContent = text;
  }

  /** Runs a line as if it had been typed. */
  submit(line: string): void {
    if (this.#line.disabled) return;
    this.#history.add(line);
    this.#set("");
    this.#typed();
    this.#events.onLine(line);
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (event.ctrlKey) {
      if (event.key.toLowerCase() === "l") this.#take(event, () => this.#events.onClear());
    } else if (event.key === "Tab") this.#tab(event);
    else if (event.key === "ArrowUp") this.#take(event, () => this.#recall(this.#history.previous(this.#line.value)));
    else if (event.key === "ArrowDown") this.#take(event, () => this.#recall(this.#history.next()));
    else if (event.key === "PageUp") this.#take(event, () => this.#events.onScroll(-1));
    else if (event.key === "PageDown") this.#take(event, () => this.#events.onScroll(1));
    else if (event.key === "Escape") this.#take(event, () => this.#escape());
  }

  #take(event: KeyboardEvent, act: () => void): void {
    event.preventDefault();
    act();
  }

  #tab(event: KeyboardEvent): void {
    if (this.#line.selectionStart !== this.#line.value.length) return;
    const line = this.#completion.walk(event.shiftKey ? -1 : 1);
    if (line === undefined) return;
    event.preventDefault();
    this.#set(line);
    if (this.#completion.offers.length === 1) this.#typed();
    else this.#show();
  }

  #escape(): void {
    let line = this.#line.value;
    while (this.#completion.selected >= 0) line = this.#completion.walk(-1) ?? "";
    this.#set(line === this.#line.value ? "" : line);
    this.#typed();
  }

  #recall(line: string | undefined): void {
    if (line === undefined) return;
    this.#set(line);
    this.#completion.type("");
    this.#show();
  }

  #set(line: string): void {
    this.#line.value = line;
    this.#line.setSelectionRange(line.length, line.length);
  }

  #typed(): void {
    this.#completion.type(this.#line.value);
    this.#show();
  }

  #show(): void {
    const { offers, selected, isOpen } = this.#completion;
    const hint = hintOf(this.#line.value);
    this.#offers.hidden = !isOpen;
    this.#syntax.hidden = isOpen;
    this.#offers.replaceChildren(...(isOpen ? offers.map((offer, position) => this.#offer(offer, position)) : []));
    this.#line.setAttribute("aria-expanded", String(isOpen));
    if (selected >= 0 && isOpen) {
      this.#line.setAttribute("aria-activedescendant", `offer-${selected}`);
      this.#offers.children[selected]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else this.#line.removeAttribute("aria-activedescendant");
    this.#syntax.textContent = hint?.syntax ?? (this.#line.value === "" ? IDLE_SYNTAX : "");
    this.#summary.textContent = hint?.summary ?? "";
  }

  #offer(offer: string, position: number): HTMLElement {
    const made = element("span", "offer", offer);
    made.id = `offer-${position}`;
    made.role = "option";
    made.ariaSelected = String(position === this.#completion.selected);
    // On pointerdown, so that the line keeps the focus and a phone its keyboard.
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    made.addEventListener("click", () => {
      this.#set(this.#completion.accept(position));
      this.#typed();
      this.focus();
    });
    return made;
  }
}
