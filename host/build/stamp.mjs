/**
 * Tells whether dist/ still belongs to the sources, by content: times lie after a checkout or a copy, and a file that is
 * saved while a build runs would look older than what the build wrote.
 *
 * dist/.stamp = { sources, outputs, generated }: the digest of all sources as they were when the build began, the files
 * that it made in dist/, and the sources that it generated (left out of the digest, since others determine them). It is
 * removed first and written last, so a build that was cut off is stale.
 *
 * Only what Node itself has may be imported here: this runs before any package is installed. Cost: it reads all sources,
 * some ten milliseconds.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const STAMP = join(ROOT, "dist/.stamp");
const FOLDERS = ["assembly", "host", "grammar", "web-demo"];
const FILES = ["package.json", "package-lock.json", "asconfig.json", "tsconfig.json"];

/** Digests of all sources by path (relative to the root, with slashes). Documents are no sources. */
export function readSources() {
  const digests = new Map();
  const add = (path) =>
    digests.set(
      path,
      createHash("sha256")
        .update(readFileSync(join(ROOT, path)))
        .digest("hex"),
    );
  const walk = (folder) => {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
      if (entry.isDirectory()) walk(`${folder}/${entry.name}`);
      else if (!entry.name.endsWith(".md")) add(`${folder}/${entry.name}`);
    }
  };
  for (const folder of FOLDERS) if (existsSync(join(ROOT, folder))) walk(folder);
  for (const file of FILES) add(file);
  return digests;
}

/** One digest of those sources whose path `wanted` accepts. */
export function combine(sources, wanted) {
  const hash = createHash("sha256");
  for (const path of [...sources.keys()].sort()) if (wanted(path)) hash.update(`${path}\0${sources.get(path)}\n`);
  return hash.digest("hex");
}

/** True if dist/ has to be built: never built, cut off, a source has changed, or a file that was made is gone. */
export function isStale() {
  if (!existsSync(STAMP)) return true;
  const { sources, outputs, generated } = JSON.parse(readFileSync(STAMP, "utf8"));
  if (![...outputs, ...generated].every((path) => existsSync(join(ROOT, path)))) return true;
  return sources !== combine(readSources(), (path) => !generated.includes(path));
}

/** Marks dist/ as unfinished. */
export function clearStamp() {
  mkdirSync(dirname(STAMP), { recursive: true });
  rmSync(STAMP, { force: true });
}

/** Marks dist/ as finished; `sources` is what `readSources` told when the build began. */
export function writeStamp(sources, outputs, generated) {
  const digest = combine(sources, (path) => !generated.includes(path));
  writeFileSync(STAMP, `${JSON.stringify({ sources: digest, outputs, generated })}\n`);
}
