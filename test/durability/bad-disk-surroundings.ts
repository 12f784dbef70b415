/**
 * Disks and directories in a bad state, for servers in processes of their own: a small disk that fills up, a directory that
 * must not be written to, a start that is refused. Nothing here changes the machine: mounts live in a namespace of their own,
 * which ends with the process that holds it.
 *
 * Mounts need root on Linux; `canMount` says whether they work here.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ServerSettings, startServer } from "../support/test-server.ts";

export const canMount = spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

/** Prefix of a command that may not write where permissions forbid it, not even as root. */
export const UNPRIVILEGED: readonly string[] =
  process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"] : [];

/** Prefix of a command for which a directory is on a read-only disk. */
export function readOnlyAt(directory: string): readonly string[] {
  return ["unshare", "-m", "sh", "-c", `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"`, directory];
}

/** Prefix of a command that may make files of so many kilobytes at most. */
export function filesUpTo(kilobytes: number): readonly string[] {
  return ["sh", "-c", `ulimit -f ${kilobytes * 2} && exec "$@"`, "sh"];
}

/** A disk of a megabyte or so in memory. It is gone after `end`. */
export class SmallDisk {
  readonly #holder: ChildProcess;
  /** Where processes that were started with `prefix` see it. */
  readonly inside: string;
  readonly prefix: readonly string[];

  private constructor(holder: ChildProcess, inside: string) {
    this.#holder = holder;
    this.inside = inside;
    this.prefix = ["nsenter", "-m", "-t", String(holder.pid), "--"];
  }

  /** Requires: `canMount`, and `directory` is there. */
  static async make(directory: string, size: string): Promise<SmallDisk> {
    const script = `mount -t tmpfs -o size=${size} tmpfs "$0" && echo ready && exec cat`;
    const holder = spawn("unshare", ["-m", "sh", "-c", script, directory], { stdio: ["pipe", "pipe", "inherit"] });
    await new Promise<void>((resolve, reject) => {
      holder.once("error", reject);
      holder.once("exit", () => reject(new Error("the small disk cannot be mounted")));
      holder.stdout?.once("data", () => resolve());
    });
    return new SmallDisk(holder, directory);
  }

  /** The disk as this process sees it. */
  get outside(): string {
    return `/proc/${this.#holder.pid}/root${this.inside}`;
  }

  async end(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#holder.once("exit", () => resolve()));
    this.#holder.stdin?.end();
    await ended;
  }
}

/** A start that must fail: its status and what it printed. Throws if the server is ready. */
export async function refusedStart(settings: ServerSettings): Promise<{ status: number; problems: string }> {
  const outcome = await startServer("memflux", settings).then(
    async (server) => {
      await server.stop();
      return "the server started";
    },
    (error: unknown) => String(error),
  );
  const match = /ended with code (\d+) before it was ready; it printed:\n(.*)$/s.exec(outcome);
  if (match === null) throw new Error(`expected a refusal: ${outcome}`);
  return { status: Number(match[1]), problems: match[2] ?? "" };
}

/** All files of a directory but the lock, by name; directories within are only named. */
export function filesIn(directory: string): ReadonlyMap<string, string> {
  const names = readdirSync(directory)
    .filter((name) => name !== "memflux.lock")
    .sort();
  return new Map(
    names.map((name) => {
      const path = join(directory, name);
      return [name, statSync(path).isDirectory() ? "(directory)" : readFileSync(path, "latin1")];
    }),
  );
}
