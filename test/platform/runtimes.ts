/**
 * The runtimes that our program runs on: this Node, Node 22 and 24, Bun and Deno, where test/package.json has brought them or,
 * Bun and Deno, the PATH has them. MEMFLUX_REQUIRE_RUNTIMES=1 makes a missing one an error.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findProgram } from "../support/test-server.ts";

export interface Runtime {
  /** What INFO calls it. */
  readonly name: "node" | "bun" | "deno";
  /** Name and, where there are several, release. */
  readonly title: string;
  /** What to put before the program; undefined: not installed here. */
  readonly command: readonly string[] | undefined;
}

export const RUNTIMES: readonly Runtime[] = [
  { name: "node", title: `node ${process.versions.node.split(".")[0]}`, command: [process.execPath] },
  { name: "node", title: "node 22", command: commandOf("node22", "node22/bin/node", []) },
  { name: "node", title: "node 24", command: commandOf("node24", "node24/bin/node", []) },
  { name: "bun", title: "bun", command: commandOf("bun", ".bin/bun", []) },
  { name: "deno", title: "deno", command: commandOf("deno", ".bin/deno", ["run", "-A", "--no-prompt"]) },
];

/** `file` is where test/package.json has installed it. */
function commandOf(name: string, file: string, args: readonly string[]): readonly string[] | undefined {
  const installed = fileURLToPath(new URL(`../node_modules/${file}`, import.meta.url));
  const path = existsSync(installed) ? installed : findProgram(name);
  if (path !== undefined) return [path, ...args];
  if (process.env.MEMFLUX_REQUIRE_RUNTIMES === "1") {
    throw new Error(`MEMFLUX_REQUIRE_RUNTIMES is 1, but ${name} is neither in test/node_modules nor on the PATH`);
  }
  return undefined;
}

/** Title of a suite, which says why it does not run. */
export function titleOf({ title, command }: Runtime): string {
  return command === undefined ? `${title} (not run: not installed, see test/package.json)` : title;
}
