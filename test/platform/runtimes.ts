/**
 * The runtimes that our program runs on: this Node, and Bun and Deno where test/package.json has brought them or the PATH has
 * them. MEMFLUX_REQUIRE_RUNTIMES=1 makes a missing one an error.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findProgram } from "../support/test-server.ts";

export interface Runtime {
  readonly name: "node" | "bun" | "deno";
  /** What to put before the program; undefined: not installed here. */
  readonly command: readonly string[] | undefined;
}

export const RUNTIMES: readonly Runtime[] = [
  { name: "node", command: [process.execPath] },
  { name: "bun", command: commandOf("bun", []) },
  { name: "deno", command: commandOf("deno", ["run", "-A", "--no-prompt"]) },
];

function commandOf(name: string, args: readonly string[]): readonly string[] | undefined {
  const installed = fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
  const path = existsSync(installed) ? installed : findProgram(name);
  if (path !== undefined) return [path, ...args];
  if (process.env.MEMFLUX_REQUIRE_RUNTIMES === "1") {
    throw new Error(`MEMFLUX_REQUIRE_RUNTIMES is 1, but ${name} is neither in test/node_modules nor on the PATH`);
  }
  return undefined;
}

/** Title of a suite, which says why it does not run. */
export function titleOf({ name, command }: Runtime): string {
  return command === undefined ? `${name} (not run: not installed, see test/package.json)` : name;
}
