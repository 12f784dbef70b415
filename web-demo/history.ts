/**
 * Lines that were typed, to walk through with the arrow keys; kept over reloads.
 *
 * 1. The line that was being typed is the newest end of the walk: going up and down again gives it back.
 * 2. A line equal to the one before it is kept once. Lines with passwords are not written down.
 * 3. Where the browser keeps nothing (storage refused or full), history lasts as long as the page.
 */
const LINES_MAX = 500;
const SECRET = /^\s*(auth\b|hello\b.*\bauth\b|config\s+set\b.*\brequirepass\b)/i;

/** The part of the browser's `localStorage` that is used. */
export interface LineStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export class History {
  readonly #store: LineStore | undefined;
  readonly #key: string;
  readonly #lines: string[];
  /** Place in the walk; `#lines.length` is the line being typed. */
  #position: number;
  #draft = "";

  constructor(store: LineStore | undefined, key: string) {
    this.#store = store;
    this.#key = key;
    this.#lines = readLines(store, key);
    this.#position = this.#lines.length;
  }

  /** Takes in a line that was run and ends the walk. */
  add(line: string): void {
    if (line.trim() !== "" && line !== this.#lines.at(-1)) {
      this.#lines.push(line);
      if (this.#lines.length > LINES_MAX) this.#lines.shift();
      this.#keep();
    }
    this.#position = this.#lines.length;
    this.#draft = "";
  }

  /** The line before; undefined at the oldest. `current` is what stands in the prompt. */
  previous(current: string): string | undefined {
    if (this.#position === 0) return undefined;
    if (this.#position === this.#lines.length) this.#draft = current;
    this.#position--;
    return this.#lines[this.#position];
  }

  /** The line behind, at last the one that was being typed; undefined when that is where we are. */
  next(): string | undefined {
    if (this.#position === this.#lines.length) return undefined;
    this.#position++;
    return this.#lines[this.#position] ?? this.#draft;
  }

  #keep(): void {
    const lines = this.#lines.filter((line) => !SECRET.test(line));
    try {
      this.#store?.setItem(this.#key, JSON.stringify(lines));
    } catch {
      // Rule 3: the page goes on without.
    }
  }
}

function readLines(store: LineStore | undefined, key: string): string[] {
  try {
    const value: unknown = JSON.parse(store?.getItem(key) ?? "[]");
    return Array.isArray(value) ? value.filter((line) => typeof line === "string").slice(-LINES_MAX) : [];
  } catch {
    return [];
  }
}
