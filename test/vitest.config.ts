/**
 * vitest's projects. Run with `--root . --config test/vitest.config.ts`.
 *
 *   architecture   layers, heads, sizes, the built engine's imports
 *   units          TypeScript units, and units that drive the built engine
 *   engine-units   units of assembly/ that run inside WebAssembly
 *   system         golden transcripts, fuzz, real clients, soak: a running server
 *   redis          what compares with a redis-server: not run where none is installed
 */
import { defineConfig } from "vitest/config";
import { createAssemblyScriptPool } from "vitest-pool-assemblyscript/config";

const REDIS_TESTS = ["test/compat/**/*.test.ts", "test/differential/**/*.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./test/reporter.ts"],
    projects: [
      { test: { name: "architecture", include: ["test/architecture/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "units", include: ["test/unit/**/*.test.ts"], exclude: ["**/*.as.test.ts", "**/node_modules/**"], testTimeout: 60_000 } },
      {
        test: {
          name: "engine-units",
          include: ["test/unit/assembly/**/*.as.test.ts"],
          testTimeout: 120_000,
          pool: createAssemblyScriptPool({
            wasmImportsFactory: "test/imports.mjs",
            extraCompilerFlags: ["--config", "test/asconfig.json"],
            testMemoryPagesInitial: 64,
            testMemoryPagesMax: 65536,
          }),
        },
      },
      {
        test: {
          name: "system",
          include: ["test/{golden,fuzz,platform,soak}/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: "redis", include: REDIS_TESTS, testTimeout: 300_000, hookTimeout: 60_000 } },
    ],
  },
});
