/**
 * Time of a Node process (Bun and Deno serve the same modules). Timers keep the process alive only when a caller waits for
 * them: a server's listener does so itself, and a program with a database of its own ends when its own work does.
 */
import { performance } from "node:perf_hooks";
import type { Clock } from "../types.ts";

/** The system clock. */
export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(task, delayMs, isAwaited = false) {
    const timer = setTimeout(task, delayMs);
    if (!isAwaited) timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  endOfTurn(task) {
    setImmediate(task);
  },
};
