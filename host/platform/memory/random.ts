/**
 * Random bytes that follow from a seed, for tests and simulation: a 32-bit counter mixed by multiply and shift (the
 * finaliser of MurmurHash3, Appleby 2011). Not for passwords or for a server that anybody can reach.
 */
import type { Random } from "../types.ts";

const COUNTER_STEP = 0x9e3779b9;

export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  fill(target: Uint8Array): Uint8Array {
    for (let i = 0; i < target.length; i++) target[i] = this.#next() & 0xff;
    return target;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * limit);
  }

  #next(): number {
    this.#state = (this.#state + COUNTER_STEP) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }
}
