/**
 * A seeded pseudo-random generator whose whole state lies in memory, so that the same seed and the same calls give the same numbers on
 * every machine: xoshiro256** (Blackman, Vigna: "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47, 2021). Period 2^256 - 1.
 * Not for secrets.
 *
 * Seeding spreads two words over the four of the state with splitmix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
 * Generators", OOPSLA 2014), as the authors of xoshiro advise: two words from a sequence that starts at `lo`, two from one at `hi`.
 * An all-zero state, from which the generator would never leave, is replaced.
 *
 * State block (RANDOM_STATE_SIZE bytes, 8-byte aligned, owned by the caller):
 * offset 0, 8, 16, 24: u64 words s0 to s3.
 *
 * Invariant: not all four words are zero.
 * Cost: O(1); `randomBelow` draws 1 + n / 2^32 times on average.
 */

const DEBUG = isDefined(ENGINE_DEBUG);

/** Size of the state block, bytes. */
export const RANDOM_STATE_SIZE: u32 = 32;

const GOLDEN_GAMMA: u64 = 0x9e3779b97f4a7c15;

/** The state block, see the head of the file. */
@unmanaged
class RandomState {
  s0: u64;
  s1: u64;
  s2: u64;
  s3: u64;
}

/** Starts the generator at `state` from the 128-bit seed (hi, lo). */
export function randomSeed(state: usize, lo: u64, hi: u64): void {
  const words = changetype<RandomState>(state);
  words.s0 = mixed(lo + GOLDEN_GAMMA);
  words.s1 = mixed(hi + GOLDEN_GAMMA);
  words.s2 = mixed(lo + 2 * GOLDEN_GAMMA);
  words.s3 = mixed(hi + 2 * GOLDEN_GAMMA);
  if ((words.s0 | words.s1 | words.s2 | words.s3) == 0) words.s0 = GOLDEN_GAMMA;
}

/** The next 64 random bits. Requires: `randomSeed(state, ...)` was called. */
export function randomNext(state: usize): u64 {
  const words = changetype<RandomState>(state);
  const s0 = words.s0;
  const s1 = words.s1;
  const s2 = words.s2 ^ s0;
  const s3 = words.s3 ^ s1;
  if (DEBUG) assert((s0 | s1 | s2 | s3) != 0);
  words.s0 = s0 ^ s3;
  words.s1 = s1 ^ s2;
  words.s2 = s2 ^ (s1 << 17);
  words.s3 = rotl<u64>(s3, 45);
  return rotl<u64>(s1 * 5, 7) * 9;
}

/**
 * A number in 0 .. n - 1, each equally likely. Requires: n >= 1.
 * The upper half of a 32x32-bit product is the number; the few products that would make some numbers likelier are drawn again
 * (Lemire: "Fast Random Integer Generation in an Interval", ACM TOMACS 29, 2019).
 */
export function randomBelow(state: usize, n: u32): u32 {
  if (DEBUG) assert(n >= 1);
  let product = (randomNext(state) >> 32) * <u64>n;
  if (<u32>product < n) {
    const threshold = <u32>(0 - n) % n;
    while (<u32>product < threshold) product = (randomNext(state) >> 32) * <u64>n;
  }
  if (DEBUG) assert(<u32>(product >> 32) < n);
  return <u32>(product >> 32);
}

/** The output function of splitmix64. */
function mixed(word: u64): u64 {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}
