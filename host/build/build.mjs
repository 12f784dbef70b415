/**
 * The build, in order: generated sources, engine (release and debug at once), programs, type declarations.
 *
 *   generated    host/command/table.ts, host/common/error-table.ts → assembly/abi/{commands,errors}.ts, assembly/command/...
 *   engine       assembly/ → dist/engine.wasm, engine.wat, engine.debug.wasm   (skipped when no source has changed)
 *   programs     host/entry/node.ts → dist/index.js, host/cli/main.ts → dist/memflux.js, with shared lazy chunks
 *   declarations dist/types/
 *
 * dist/.built is touched last, so a build that was cut off is done again.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { generateCommands } from "./generate-commands.mjs";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const DIST = join(ROOT, "dist");

/** Bundles a TypeScript module that has no dependencies but its own files, and imports it. */
async function load(path) {
  const outfile = join(DIST, `.load-${path.replaceAll("/", "-")}.mjs`);
  await build({ entryPoints: [join(ROOT, path)], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  const module = await import(`${pathToFileURL(outfile).href}?${Date.now()}`);
  rmSync(outfile);
  return module;
}

function writeIfChanged(path, text) {
  const file = join(ROOT, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function generate() {
  const [table, errors] = await Promise.all([load("host/command/table.ts"), load("host/common/error-table.ts")]);
  for (const [path, text] of Object.entries(generateCommands(table.COMMAND_TABLE, errors.REPLY_ERRORS))) writeIfChanged(path, text);
}

function sourcesHash() {
  const hash = createHash("sha256");
  const add = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) add(path);
      else if (entry.name.endsWith(".ts")) hash.update(path.slice(ROOT.length)).update(readFileSync(path));
    }
  };
  add(join(ROOT, "assembly"));
  for (const file of ["asconfig.json", "package-lock.json"]) hash.update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

function asc(target) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(ROOT, "node_modules/assemblyscript/bin/asc.js"), "--target", target], { cwd: ROOT });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.on("close", (status) => {
      if (status === 0) done();
      else fail(new Error(`asc --target ${target} failed:\n${output}`));
    });
  });
}

async function buildEngine() {
  const stamp = join(DIST, ".engine");
  const hash = sourcesHash();
  const files = ["engine.wasm", "engine.wat", "engine.debug.wasm"].map((name) => join(DIST, name));
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash && files.every(existsSync)) return;
  await Promise.all([asc("release"), asc("debug")]);
  writeFileSync(stamp, hash);
}

async function buildPrograms() {
  await build({
    entryPoints: { index: join(ROOT, "host/entry/node.ts"), memflux: join(ROOT, "host/cli/main.ts") },
    outdir: DIST,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    packages: "external",
    chunkNames: "chunks/[name]-[hash]",
    logLevel: "warning",
  });
  const program = join(DIST, "memflux.js");
  writeFileSync(program, `#!/usr/bin/env node\n${readFileSync(program, "utf8").replace(/^#!.*\n/, "")}`);
  chmodSync(program, 0o755);
}

function declarations() {
  return new Promise((done, fail) => {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const args = [tsc, "-p", "tsconfig.json", "--noEmit", "false", "--emitDeclarationOnly", "--declaration", "--outDir", "dist/types"];
    const child = spawn(process.execPath, [...args, "--rewriteRelativeImportExtensions", "--noCheck"], { cwd: ROOT });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.on("close", (status) => (status === 0 ? done() : fail(new Error(`declarations failed:\n${output}`))));
  });
}

async function main() {
  mkdirSync(DIST, { recursive: true });
  rmSync(join(DIST, ".built"), { force: true });
  rmSync(join(DIST, "chunks"), { recursive: true, force: true });
  await generate();
  await buildEngine();
  await Promise.all([buildPrograms(), declarations()]);
  writeFileSync(join(DIST, ".built"), "");
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
