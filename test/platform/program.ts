/**
 * The program `memflux` run to its end, for tests of what it says and how it ends.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ownEnvironment } from "../support/test-server.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/memflux.js", import.meta.url));
/** A program that has not ended by then is ended, and its status is null. */
const LIMIT_MS = 15_000;

export interface Outcome {
  /** Exit status; null: it did not end by itself. */
  readonly status: number | null;
  readonly output: string;
  /** Standard error. */
  readonly problems: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

/** Runs `memflux` with these arguments until it ends. */
export function runProgram(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = { ...ownEnvironment(), ...surroundings.env };
    const options = { env, timeout: LIMIT_MS, ...(surroundings.cwd === undefined ? {} : { cwd: surroundings.cwd }) };
    const child = spawn(process.execPath, [PROGRAM, ...args], options);
    let output = "";
    let problems = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      problems += text;
    });
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, output, problems }));
    child.stdin.on("error", () => {});
    child.stdin.end(surroundings.input ?? "");
  });
}
