/**
 * Texts that were read from engine memory since its last change. Reading a value again then costs no decoding and makes no
 * garbage: most of what a `get` of a program costs.
 *
 * 1. What lies at an address is only known until something else than a read runs in the engine: every other call forgets all,
 *    which costs one addition.
 * 2. A slot has room for one text; another with the same slot takes its place.
 */

const SLOTS = 4096;
/** Values begin at multiples of 8 at the least; neighbours get slots of their own. */
const ADDRESS_SHIFT = 4;
/** Longer texts would hold much memory, and gain little. */
const LENGTH_MAX = 256;

export class TextCache {
  readonly #addresses = new Uint32Array(SLOTS);
  readonly #lengths = new Uint32Array(SLOTS);
  /** As f64, so that no generation comes twice. */
  readonly #generations = new Float64Array(SLOTS);
  readonly #texts: string[] = new Array<string>(SLOTS).fill("");
  #generation = 1;

  /** What was read is out of date. */
  forget(): void {
    this.#generation++;
  }

  /** Whether nothing was forgotten since this was asked for: compare two answers. */
  get generation(): number {
    return this.#generation;
  }

  /** The text of so many bytes at an address, if it is known. */
  find(address: number, length: number): string | undefined {
    const slot = (address >>> ADDRESS_SHIFT) & (SLOTS - 1);
    if (this.#addresses[slot] !== address || this.#lengths[slot] !== length || this.#generations[slot] !== this.#generation)
      return undefined;
    return this.#texts[slot];
  }

  keep(address: number, length: number, text: string): void {
    if (length > LENGTH_MAX) return;
    const slot = (address >>> ADDRESS_SHIFT) & (SLOTS - 1);
    this.#addresses[slot] = address;
    this.#lengths[slot] = length;
    this.#generations[slot] = this.#generation;
    this.#texts[slot] = text;
  }
}
