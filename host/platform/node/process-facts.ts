/**
 * What only the process knows, for INFO and CONFIG REWRITE: the system it runs on, what it uses, and the file its options
 * came from.
 *
 * A configuration file is replaced whole: the new text is written beside it, synced and renamed over it, so that after a
 * crash there is the old file or the new one. The new file keeps the old one's permissions.
 */
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { release, totalmem, type } from "node:os";
import { resolve } from "node:path";

const MICROSECONDS = 1e6;
const PERMISSION_BITS = 0o777;

/** Facts about this process. `configFile`: the file of its options, relative to the current folder; empty: there is none. */
export function processFacts(configFile: string) {
  const facts = {
    operatingSystem: `${type()} ${release()} ${process.arch}`,
    runtime: `node ${process.versions.node}`,
    usage() {
      const { user, system } = process.cpuUsage();
      return {
        residentBytes: process.memoryUsage.rss(),
        systemBytes: totalmem(),
        userSeconds: user / MICROSECONDS,
        systemSeconds: system / MICROSECONDS,
      };
    },
  };
  if (configFile === "") return facts;
  const path = resolve(configFile);
  return { ...facts, configFile: { read: () => readFile(path, "utf8"), write: (content: string) => replaceFile(path, content) } };
}

async function replaceFile(path: string, content: string): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  try {
    const { mode } = await stat(path);
    const file = await open(draft, "wx", mode & PERMISSION_BITS);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
