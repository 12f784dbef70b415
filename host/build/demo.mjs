/**
 * The page of web-demo/ with all that it needs, in one folder that any static host can serve:
 *
 *   dist/demo/   index.html, icon.svg, main.js, style.css; browser-worker.js, browser-sql.js, engine.wasm
 *                and functions.wasm as the library has them
 *
 * Requires: the library and the engine are built.
 */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./stamp.mjs";

const PAGE = join(ROOT, "web-demo");
const OUTPUT = join(ROOT, "dist/demo");

export async function buildDemo() {
  rmSync(OUTPUT, { recursive: true, force: true, maxRetries: 5 });
  mkdirSync(OUTPUT, { recursive: true });
  await build({
    entryPoints: { main: join(PAGE, "main.ts"), style: join(PAGE, "style/main.css") },
    outdir: OUTPUT,
    bundle: true,
    minify: true,
    platform: "browser",
    target: "esnext",
    format: "esm",
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"]) copyFileSync(join(PAGE, name), join(OUTPUT, name));
  for (const name of ["browser-worker.js", "browser-sql.js", "engine.wasm", "functions.wasm"])
    copyFileSync(join(ROOT, "dist", name), join(OUTPUT, name));
}
