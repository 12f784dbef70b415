/**
 * Makes a fresh or changed clone ready: installs packages when node_modules is older than the lock file, and builds when
 * dist/ is older than any source. Runs before `npm start` and `npm test`, so it may use only what Node itself has.
 *
 *   node host/build/ensure.mjs            what `npm start` needs
 *   node host/build/ensure.mjs --test     and the test tools of test/package.json
 *
 * `npm install` is used rather than `npm ci`: lock files written on one platform can lack packages of another.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const STAMP = join(ROOT, "dist/.built");
const SOURCES = ["assembly", "host", "grammar"];
const SOURCE_FILES = ["package.json", "package-lock.json", "asconfig.json", "tsconfig.json"];

function modifiedMs(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** Latest modification below a folder, folders included, so that a deleted file counts. */
function newestMs(folder) {
  if (!existsSync(folder)) return 0;
  let newest = modifiedMs(folder);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMs(path) : modifiedMs(path));
  }
  return newest;
}

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, stdio: ["ignore", 2, "inherit"], shell: process.platform === "win32" });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function installIfStale(folder) {
  const lock = join(folder, "package-lock.json");
  if (modifiedMs(join(folder, "node_modules/.package-lock.json")) >= modifiedMs(lock) && modifiedMs(lock) > 0) return;
  console.error(`memflux: installing packages${folder === ROOT ? "" : ` in ${folder.slice(ROOT.length + 1)}/`} ...`);
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], folder);
}

installIfStale(ROOT);
if (process.argv.includes("--test")) installIfStale(join(ROOT, "test"));
const newest = Math.max(...SOURCES.map((folder) => newestMs(join(ROOT, folder))), ...SOURCE_FILES.map((file) => modifiedMs(join(ROOT, file))));
if (modifiedMs(STAMP) < newest) {
  console.error("memflux: building ...");
  run(process.execPath, [join(ROOT, "host/build/build.mjs")], ROOT);
}
