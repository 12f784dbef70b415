/**
 * What INFO calls a run of a server or a database: as many digits as Redis's.
 */
import type { Random } from "../platform/types.ts";

const RUN_ID_BYTES = 20;

/** 40 random hexadecimal digits. */
export function newRunId(random: Random): string {
  return Array.from(random.fill(new Uint8Array(RUN_ID_BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
