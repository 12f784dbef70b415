/**
 * Runs a TypeScript program of the tests on a Node that cannot do so by itself: bundles it with esbuild beside dist/ and
 * imports the bundle.
 *
 *   node test/support/run.mjs test/differential/main.ts --commands 1000
 */
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** Bundles the program at `path` (relative to the repository) and runs it with the arguments in process.argv. */
export async function runTypeScript(path) {
  const folder = join(ROOT, "dist/test-programs");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${path.replaceAll(/[^\w]/g, "-")}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(ROOT, path)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    packages: "external",
    sourcemap: "inline",
    logLevel: "warning",
  });
  process.once("exit", () => rmSync(outfile, { force: true }));
  await import(pathToFileURL(outfile).href);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [program] = process.argv.splice(2, 1);
  if (program === undefined) {
    process.stderr.write("usage: node test/support/run.mjs PROGRAM.ts [argument ...]\n");
    process.exitCode = 2;
  } else await runTypeScript(program);
}
