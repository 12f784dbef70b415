/**
 * A program of the tests as somebody else's: bundled to one file in a folder of its own, which has our package installed beside it,
 * so that a runtime finds the library by its name and chooses among package.json's `exports`.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface InstalledProgram {
  readonly file: string;
  readonly folder: string;
  remove(): void;
}

/** Installs the program that lies there. */
export async function installProgram(source: URL): Promise<InstalledProgram> {
  const folder = mkdtempSync(join(tmpdir(), "memflux-installed-"));
  const file = join(folder, "program.mjs");
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/memflux"), "junction");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    logLevel: "silent",
  });
  return { file, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
