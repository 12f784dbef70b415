/**
 * Lets Node run TypeScript programs of this repository (differential tester, benchmarks):
 *
 *   node --import ./host/build/typescript.mjs test/bench/kv/main.ts ...
 *
 * Types are stripped by esbuild, file by file, without a check and without a bundle, so `import.meta.url` and the search
 * for packages stay those of the source. Imports carry the `.ts` extension, so nothing has to be resolved here.
 */
import { register } from "node:module";

register("./typescript-hooks.mjs", import.meta.url);
