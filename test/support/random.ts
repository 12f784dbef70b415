/**
 * A small seeded generator of random numbers for tests (sfc32 by Chris Doty-Humphrey, from PractRand): the same seed gives
 * the same run on every machine. Tests print their seed, so that a failure can be repeated.
 *
 * Not for anything that must be hard to guess.
 */

export interface SeededRandom {
  /** A whole number from 0 up to, but not including, `bound`. Requires: 1 ≤ bound ≤ 2^32. */
  below(bound: number): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the items. Requires: there is one. */
  pick<Item>(items: readonly Item[]): Item;
  /** `length` random bytes. */
  bytes(length: number): Uint8Array;
}

/** Makes a generator; `seed` is taken modulo 2^32. */
export function createRandom(seed: number): SeededRandom {
  let a = seed >>> 0;
  let b = 0x9e3779b9;
  let c = 0x243f6a88;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum;
  };
  for (let i = 0; i < 15; i++) next();
  const below = (bound: number): number => Math.floor((next() / 2 ** 32) * bound);
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => next() / 2 ** 32 < probability,
    pick: (items) => items[below(items.length)]!,
    bytes: (length) => Uint8Array.from({ length }, () => next() & 255),
  };
}
