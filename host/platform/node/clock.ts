/**
 * Time of a Node process (Bun and Deno serve the same modules). Timers never keep the process alive: what must, the
 * listener, does so itself.
 */
import { performance } from "node:perf_hooks";
import type { Clock } from "../types.ts";

/** The system clock. */
export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(task, delayMs) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  endOfTurn(task) {
    setImmediate(task);
  },
};
