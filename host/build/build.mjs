/**
 * The build, in order:
 *
 *   generated      host/command/table.ts, host/common/error-table.ts → what generate-commands.mjs makes of them;
 *                  grammar/*.g4 → grammar/generated/ (generate-grammars.mjs), when a grammar has changed
 *   engine         assembly/ → dist/engine.wasm, engine.wat (release) and engine.debug.wasm, compiled at the same time (the
 *                  release in two steps, optimize-engine.mjs); skipped when no source of the engine has changed, since it takes longest
 *   functions      assembly/functions/ → dist/functions.wasm, skipped likewise, and the transform that users compile theirs with
 *   programs       host/entry/{node,bun,deno}.ts → dist/{index,bun,deno}.js, host/cli/main.ts → dist/memflux.js; what they
 *                  import lazily becomes chunks of their own; packages stay imports
 *   browser        host/entry/browser{,-worker,-inline}.ts → one file each in dist/; the third holds worker and engine; SQL, which a
 *                  page loads with its first statement, is browser-sql.js, and for the third browser-inline-sql.js
 *   demo           web-demo/ → dist/demo/ (demo.mjs)
 *   declarations   dist/types/, for programs that import memflux (not checked: that is `npm run check:types`)
 *
 * Any failure ends the build with status 1 and its message on standard error; dist/.stamp is missing then (stamp.mjs).
 */
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minifySync } from "vite";
import { buildDemo } from "./demo.mjs";
import { generateCommands } from "./generate-commands.mjs";
import { generateGrammars } from "./generate-grammars.mjs";
import { sharedErrors } from "./shared-errors.mjs";
import { slimAntlr } from "./slim-antlr.mjs";
import { clearStamp, combine, ROOT, readSources, writeStamp } from "./stamp.mjs";

const DIST = join(ROOT, "dist");
const ENGINE_FILES = ["engine.wasm", "engine.wat", "engine.debug.wasm"];
const FUNCTION_FILES = ["functions.wasm"];
const FUNCTION_SOURCES = "assembly/functions/";
/** What a page loads with its first statement; the worker's own program does without. */
const SQL_PROGRAM = "query/executor/create.ts";
const TRANSFORM = "function-transform.mjs";
const BROWSER_FILES = ["browser.js", "browser-worker.js", "browser-sql.js", "browser-inline.js", "browser-inline-sql.js"];
const PROGRAM_FILES = ["index.js", "bun.js", "deno.js", "memflux.js", ...BROWSER_FILES];
/** Of packages whose code is compiled or bundled into the files of dist/. */
const LICENCES = ["antlr4ng/LICENSE.txt", "assemblyscript/LICENSE", "@assemblyscript/wasi-shim/LICENSE", "as-bind/LICENSE"];
const LICENCE_FILE = "third-party-licences.txt";
/** The first with sync access handles whose methods are all synchronous, and with `import()` in workers. */
const BROWSERS = ["chrome108", "firefox114", "safari16.4"];

/** Bundles a TypeScript module that imports no package, and imports the result. */
async function load(path) {
  const result = await build({
    entryPoints: [join(ROOT, path)],
    outdir: DIST,
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    logLevel: "silent",
  });
  return import(`data:text/javascript;base64,${Buffer.from(result.outputFiles[0].contents).toString("base64")}`);
}

/** Writes what has changed, so that times stay when nothing has; returns the paths of all generated files. */
async function generate() {
  const [table, errors, parsers] = await Promise.all([
    load("host/command/table.ts"),
    load("host/common/error-table.ts"),
    generateGrammars(ROOT, run),
  ]);
  const files = generateCommands(table.commandTable, errors.replyErrors);
  for (const [path, text] of Object.entries(files)) {
    const file = join(ROOT, path);
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return [...Object.keys(files), ...parsers];
}

/** Waits for all, so that a failed build leaves no compiler behind that still writes to dist/; then rejects as the first did. */
async function settle(steps) {
  const failed = (await Promise.allSettled(steps)).find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
}

/** Runs a program, by its path from the root; rejects with its output if it fails. */
function run(tool, args) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(ROOT, tool), ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (data) => {
      output += data;
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", fail);
    child.on("close", (status) => (status === 0 ? done() : fail(new Error(`${tool} ${args.join(" ")} failed:\n${output}`))));
  });
}

/** Runs `make` unless the `files` in dist/ were made of the very sources that `isSource` accepts; dist/<stamp> tells. */
async function makeOf(isSource, files, stamp, make) {
  const stampFile = join(DIST, stamp);
  const digest = combine(readSources(), (path) => isSource(path) || path === "package-lock.json");
  const made = files.every((name) => existsSync(join(DIST, name)));
  if (made && existsSync(stampFile) && readFileSync(stampFile, "utf8") === digest) return;
  rmSync(stampFile, { force: true });
  await make();
  writeFileSync(stampFile, digest);
}

/** Both targets at once. The digest is taken behind `generate`, since the engine is made of generated files too. */
function buildEngine() {
  const optimizer = "host/build/optimize-engine.mjs";
  const programs = ["asconfig.json", optimizer, "host/build/order-functions.mjs"];
  const isSource = (path) => programs.includes(path) || (path.startsWith("assembly/") && !path.startsWith(FUNCTION_SOURCES));
  const compile = (target) => run("node_modules/assemblyscript/bin/asc.js", ["--target", target]);
  const release = async () => {
    await compile("release");
    await run(optimizer, [join(DIST, "engine.wasm")]);
  };
  return makeOf(isSource, ENGINE_FILES, ".engine", () => settle([release(), compile("debug")]));
}

/** The functions that come with MemFlux. */
async function buildFunctions() {
  const transform = `host/build/${TRANSFORM}`;
  copyFileSync(join(ROOT, transform), join(DIST, TRANSFORM));
  const args = ["--config", `${FUNCTION_SOURCES}asconfig.json`, "--target", "release", "--transform", `./${transform}`];
  const isSource = (path) => path === transform || path.startsWith(FUNCTION_SOURCES);
  await makeOf(isSource, FUNCTION_FILES, ".functions", () => run("node_modules/assemblyscript/bin/asc.js", args));
}

async function buildPrograms() {
  rmSync(join(DIST, "chunks"), { recursive: true, force: true, maxRetries: 5 });
  await build({
    entryPoints: {
      index: join(ROOT, "host/entry/node.ts"),
      bun: join(ROOT, "host/entry/bun.ts"),
      deno: join(ROOT, "host/entry/deno.ts"),
      memflux: join(ROOT, "host/cli/main.ts"),
    },
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

/** Bundles a program for browsers: the texts of its files by name. */
async function bundleForBrowsers(entry, name, { plugins = [], ...options }) {
  const result = await build({
    entryPoints: { [name]: join(ROOT, "host", entry) },
    outdir: DIST,
    bundle: true,
    minify: true,
    write: false,
    platform: "browser",
    target: BROWSERS,
    legalComments: "none",
    logLevel: "warning",
    plugins: [slimAntlr, ...plugins],
    ...options,
  });
  return Object.fromEntries(result.outputFiles.map(({ path, text }) => [basename(path), shrink(path, text, options.format === "esm")]));
}

/** What a second minifier makes of a minified program: about 3 % less. */
function shrink(path, text, module) {
  const { code, errors } = minifySync(basename(path), text, { module, compress: { target: "es2022" }, mangle: { toplevel: true } });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  return code;
}

/** A page's files. Requires: engine and functions are built. */
async function buildBrowser() {
  const parts = await Promise.all([
    bundleForBrowsers("entry/browser.ts", "browser", { format: "esm" }),
    bundleForBrowsers("entry/browser-worker.ts", "browser-worker", { format: "iife", external: [`*/${SQL_PROGRAM}`] }),
    bundleForBrowsers(SQL_PROGRAM, "browser-sql", { format: "esm", plugins: [sharedErrors] }),
  ]);
  const files = Object.assign({}, ...parts);
  const packed = (content) => JSON.stringify(gzipSync(content, { level: 9 }).toString("base64"));
  const define = {
    INLINE_WORKER: packed(files["browser-worker.js"]),
    INLINE_ENGINE: packed(readFileSync(join(DIST, "engine.wasm"))),
    INLINE_SQL: packed(files["browser-sql.js"]),
    INLINE_FUNCTIONS: packed(readFileSync(join(DIST, "functions.wasm"))),
  };
  const whole = { format: "esm", splitting: true, chunkNames: "[name]", define };
  Object.assign(files, await bundleForBrowsers("entry/browser-inline.ts", "browser-inline", whole));
  if (Object.keys(files).sort().join() !== [...BROWSER_FILES].sort().join()) throw new Error(`other files: ${Object.keys(files)}`);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(DIST, name), text);
}

/** The licences of what stands in the files, not beside them. */
function writeLicences() {
  const texts = LICENCES.map(
    (path) => `${path.slice(0, path.lastIndexOf("/"))}\n\n${readFileSync(join(ROOT, "node_modules", path), "utf8").trim()}\n`,
  );
  writeFileSync(join(DIST, LICENCE_FILE), texts.join(`\n${"-".repeat(80)}\n\n`));
}

async function buildDeclarations() {
  rmSync(join(DIST, "types"), { recursive: true, force: true, maxRetries: 5 });
  await run("node_modules/typescript/bin/tsc", ["-p", "host/build/tsconfig.json"]);
}

/** Paths of the files that were made: named ones, and all below the folders that the build has to itself. */
function outputs() {
  const below = ["chunks", "demo", "types"].flatMap((folder) => {
    const entries = readdirSync(join(DIST, folder), { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  });
  const named = [...ENGINE_FILES, ...FUNCTION_FILES, TRANSFORM, LICENCE_FILE, ...PROGRAM_FILES].map((name) => join(DIST, name));
  return [...named, ...below].map((path) => relative(ROOT, path).replaceAll("\\", "/"));
}

async function main() {
  const sources = readSources();
  clearStamp();
  const generated = await generate();
  await settle([Promise.all([buildEngine(), buildFunctions()]).then(buildBrowser).then(buildDemo), buildPrograms(), buildDeclarations()]);
  writeLicences();
  writeStamp(sources, outputs(), generated);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
