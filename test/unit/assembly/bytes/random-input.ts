/**
 * Seeded random input for the tests of this folder (mulberry32). The seed is a constant of each test, so a failure repeats; the tests
 * name it in their messages.
 */
export interface RandomInput {
  /** An integer in 0 .. n - 1. */
  below(n: number): number;
  /** 64 random bits. */
  bits64(): bigint;
  /** One element of `choices`. */
  pick<T>(choices: readonly T[] | string): T;
  /** A string of `length` characters out of `alphabet`. */
  text(alphabet: string, length: number): string;
}

export function randomInput(seed: number): RandomInput {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  };
  const below = (n: number): number => Math.floor((next() / 4294967296) * n);
  return {
    below,
    bits64: () => (BigInt(next()) << 32n) | BigInt(next()),
    pick: <T>(choices: readonly T[] | string): T => choices[below(choices.length)] as T,
    text: (alphabet, length) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(""),
  };
}
