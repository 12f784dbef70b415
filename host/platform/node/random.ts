/**
 * Entropy from the operating system, through node:crypto. It feeds hash seeds and run ids; the engine's own generator
 * starts from such a seed and is deterministic from there on.
 */
import { randomFillSync } from "node:crypto";
import type { Random } from "../types.ts";

/** The operating system's generator. */
export const nodeRandom: Random = {
  fill: (target) => randomFillSync(target),
};
