/**
 * Entropy from the browser's Web Cryptography API, which gives at most 65,536 bytes a call.
 */
import type { Random } from "../types.ts";

const CALL_BYTES = 65_536;

/** The browser's generator. */
export const browserRandom: Random = {
  fill(target) {
    for (let start = 0; start < target.length; start += CALL_BYTES) {
      crypto.getRandomValues(target.subarray(start, start + CALL_BYTES));
    }
    return target;
  },
};
