/**
 * Measures how many commands a second go through the page's own door: pipelines of SET, then of GET.
 *
 * Each phase runs until PHASE_MS have gone by and every one of KEYS keys was met, with values of 16 bytes, one pipeline of PIPELINE commands after
 * the other, as a page would send them. The keys have a prefix of their own and are deleted at the end, also when a phase fails.
 */
import type { DemoDatabase, Word } from "./database.ts";

export const PIPELINE = 1000;
const KEYS = 10_000;
const PHASE_MS = 400;
const PREFIX = "memflux-demo:speed:";
const VALUE = "0123456789abcdef";

/** Commands a second. */
export interface Speed {
  readonly set: number;
  readonly get: number;
}

/** Runs both phases. `nowMs`: a clock. Rejects with the first error of a command. */
export async function measure(database: DemoDatabase, nowMs: () => number): Promise<Speed> {
  try {
    const set = await phase(database, nowMs, (key) => ["SET", key, VALUE]);
    const get = await phase(database, nowMs, (key) => ["GET", key]);
    return { set, get };
  } finally {
    for (const batch of batches((key) => ["DEL", key])) await database.pipeline(batch);
  }
}

async function phase(database: DemoDatabase, nowMs: () => number, command: (key: string) => readonly Word[]): Promise<number> {
  const work = batches(command);
  const start = nowMs();
  for (let done = 0; ; ) {
    const replies = await database.pipeline(work[(done / PIPELINE) % work.length] ?? []);
    const failure = replies.find((reply) => reply instanceof Error);
    if (failure !== undefined) throw failure;
    done += PIPELINE;
    const elapsedMs = nowMs() - start;
    if (elapsedMs >= PHASE_MS && done >= KEYS) return (done / elapsedMs) * 1000;
  }
}

function batches(command: (key: string) => readonly Word[]): (readonly Word[])[][] {
  return Array.from({ length: KEYS / PIPELINE }, (_, batch) =>
    Array.from({ length: PIPELINE }, (_, index) => command(`${PREFIX}${batch * PIPELINE + index}`)),
  );
}
