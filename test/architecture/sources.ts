/**
 * Reads the repository for the checks: which files there are and what they import.
 *
 * Files are what git tracks or would track: ignored files (dist/, generated sources, packages) do not count. The checks
 * themselves take `SourceFile` values, so that each can be shown a bad example in memory.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A file by its path below the root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A broken rule: where, and what to do about it in words. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path below the root for relative imports (extension as written); undefined for packages and built-in modules. */
  readonly target: string | undefined;
}

/** Paths of all files of the repository. Throws if git cannot tell. */
export function listFiles(): string[] {
  const args = ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const output = execFileSync("git", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 << 20 });
  return output.split("\0").filter((path) => path !== "" && existsSync(`${ROOT}/${path}`));
}

export function readText(path: string): string {
  return readFileSync(`${ROOT}/${path}`, "utf8");
}

/** Programs in TypeScript, AssemblyScript or JavaScript. */
export function isCode(path: string): boolean {
  return /\.(ts|mts|mjs|js)$/.test(path) && !path.endsWith(".d.ts");
}

/** Everything that a file imports or re-exports: values, types, `import()` with a literal, `import("...")` in types. */
export function importsOf(file: SourceFile): Import[] {
  const found = ts.preProcessFile(file.text, true, true).importedFiles.map((entry) => entry.fileName);
  return found.map((specifier) => ({
    specifier,
    target: specifier.startsWith(".") ? posix.join(posix.dirname(file.path), specifier) : undefined,
  }));
}

/** Violations as lines, for messages of failing tests. */
export function report(violations: readonly Violation[]): string[] {
  return violations.map(({ path, message }) => `${path}: ${message}`);
}
