/**
 * Makes a fresh or changed clone ready: installs packages when node_modules is missing or older than the lock file, and
 * builds when dist/ does not belong to the sources (stamp.mjs). Runs before `npm start` and `npm test`, so it may import
 * only what Node itself has.
 *
 *   node host/build/ensure.mjs            what `npm start` needs
 *   node host/build/ensure.mjs --test     also the test tools of test/package.json
 *   node host/build/ensure.mjs --bench    also the peers of test/bench/package.json
 *
 * `npm install` is used rather than `npm ci`: lock files written on one platform can lack packages of another. A
 * node_modules that is a link belongs to somebody else and is left alone. All output goes to standard error.
 */
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, statSync, utimesSync } from "node:fs";
import { join, relative } from "node:path";
import { isStale, ROOT } from "./stamp.mjs";

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (result.error) console.error(`memflux: ${command}: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status || 1);
}

/** npm writes node_modules/.package-lock.json last, and only when something has changed: hence the touch. */
function installIfStale(folder) {
  const modules = join(folder, "node_modules");
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const installed = join(modules, ".package-lock.json");
  const lock = join(folder, "package-lock.json");
  if (existsSync(installed) && existsSync(lock) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error(`memflux: installing packages in ${relative(ROOT, modules)}/ ...`);
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], folder);
  const now = new Date();
  utimesSync(installed, now, now);
}

installIfStale(ROOT);
if (process.argv.includes("--test")) installIfStale(join(ROOT, "test"));
if (process.argv.includes("--bench")) installIfStale(join(ROOT, "test/bench"));
if (isStale()) {
  console.error("memflux: building ...");
  run(process.execPath, [join(ROOT, "host/build/build.mjs")], ROOT);
}
