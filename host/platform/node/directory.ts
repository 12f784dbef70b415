/**
 * Making directories. The `recursive` of Node's own mkdir is not asked for: it tries for ever, and cannot be interrupted,
 * where a directory exists but can get no entries, as in /proc.
 */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Makes a directory and those above it, unless it is there. Throws the system's error: EEXIST when something else is there. */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (cause) {
    const parent = dirname(path);
    if ((cause as NodeJS.ErrnoException).code === "ENOENT" && parent !== path && !existsSync(parent)) {
      makeDirectory(parent);
      makeDirectory(path);
    } else if (!isDirectory(path)) throw cause;
    // A root or a read-only system may say something else than EEXIST of a directory that is there.
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
