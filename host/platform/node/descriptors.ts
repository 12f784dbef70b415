/**
 * How many files and sockets this process may open. Beyond that limit the kernel drops connections without a word, so a
 * server keeps its own limit below it, where it can still say what is wrong. Node has raised the soft limit to the hard one
 * before any of our code runs.
 */
import { readFile } from "node:fs/promises";

/** Descriptors that a process needs besides its connections: standard streams, event loop, listener, files. */
export const RESERVED_DESCRIPTORS = 32;

/** The soft limit of open files, or undefined where the system does not tell (only Linux does, through /proc). */
export async function descriptorLimit(): Promise<number | undefined> {
  try {
    const limits = await readFile("/proc/self/limits", "utf8");
    const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.NaN);
    return Number.isNaN(limit) ? undefined : limit;
  } catch {
    return undefined;
  }
}
