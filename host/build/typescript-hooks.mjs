/**
 * The module hooks behind typescript.mjs: `load` answers for files that end in `.ts`, everything else goes on to Node.
 * Runs on the loader's own thread. A syntax error is reported by esbuild with file and line. Source maps are inline, for
 * `--enable-source-maps`.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

export async function load(url, context, nextLoad) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const { code } = await transform(await readFile(path, "utf8"), {
    loader: "ts",
    format: "esm",
    target: "node20.19",
    sourcefile: path,
    sourcemap: "inline",
  });
  return { format: "module", source: code, shortCircuit: true };
}
