/**
 * Stacks of the states that rules return to, many in one graph: what a prediction knows of the calls that it is in. Parr, Harwell,
 * Fisher: Adaptive LL(*) Parsing (2014), section 5.4.
 *
 * 1. A stack is a list of (state returned to, stack below), by rising states, without duplicates: it stands for each of them.
 * 2. The bottom is BOTTOM alone. Where calls outside of the decision are unknown (`isOpen`) it stands for any stack, and swallows
 *    what it is joined with; else it is one among others.
 * 3. Equal stacks of one graph are one object, with a number.
 */

/** See 1. */
export interface Stack {
  readonly id: number;
  readonly returns: readonly number[];
  readonly below: readonly (Stack | null)[];
}

/** Returns to nowhere; above all numbers of states. */
export const BOTTOM = 0x7fffffff;

/** Bits of a stack's number in the key of a pair. */
const ID_BITS = 2 ** 26;

/** All stacks of one kind of prediction. */
export class StackGraph {
  readonly #isOpen: boolean;
  readonly #stacks = new Map<string, Stack>();
  readonly #joined = new Map<number, Stack>();
  readonly bottom: Stack;

  constructor(isOpen: boolean) {
    this.#isOpen = isOpen;
    this.bottom = this.#stack([BOTTOM], [null]);
  }

  /** A stack with one more call on top. */
  push(below: Stack, returns: number): Stack {
    return this.#stack([returns], [below]);
  }

  /** What stands for the stacks of both. */
  join(left: Stack, right: Stack): Stack {
    if (left === right) return left;
    if (this.#isOpen && (left === this.bottom || right === this.bottom)) return this.bottom;
    const [low, high] = left.id < right.id ? [left, right] : [right, left];
    const key = low.id * ID_BITS + high.id;
    let joined = this.#joined.get(key);
    if (joined === undefined) {
      joined = this.#join(low, high);
      this.#joined.set(key, joined);
    }
    return joined;
  }

  #join(left: Stack, right: Stack): Stack {
    const all = new Map<number, Stack | null>();
    for (const { returns, below } of [left, right]) {
      for (const [index, state] of returns.entries()) {
        const known = all.get(state);
        const other = below[index]!;
        all.set(state, known && other ? this.join(known, other) : other);
      }
    }
    const returns = [...all.keys()].sort((first, second) => first - second);
    return this.#stack(
      returns,
      returns.map((state) => all.get(state)!),
    );
  }

  #stack(returns: readonly number[], below: readonly (Stack | null)[]): Stack {
    const key = returns.map((state, index) => `${state}:${below[index]?.id}`).join();
    let stack = this.#stacks.get(key);
    if (stack === undefined) {
      stack = { id: this.#stacks.size, returns, below };
      this.#stacks.set(key, stack);
    }
    return stack;
  }
}
