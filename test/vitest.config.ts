/**
 * vitest's projects. Run with `--root . --config test/vitest.config.ts`, chosen with `--project NAME`.
 *
 *   architecture   what a program can check of the house: layers, heads, sizes, the built engine's imports
 *   units          TypeScript units, and units that drive the built engine
 *   engine-units   units of assembly/ that run inside WebAssembly (test/unit/README.md)
 *   system         golden transcripts, fuzz, real clients, soak: a running server; one file after the other
 *   histories      long runs from a seed: simulated disks, transactions at the same time; one file on each core
 *   sql            what compares SQL with PostgreSQL, SQLite and public suites: not run where those are missing; at the same time
 *   redis          what compares with a redis-server, and any `*.redis.test.ts`: not run where none is installed
 *
 * The groups run one after the other, so that compilers do not slow down tests with timeouts on sockets.
 */
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { createAssemblyScriptPool } from "vitest-pool-assemblyscript/config";
import { SummaryReporter } from "./reporter.ts";

/** Files at the same time, where no test waits for a socket with a timeout. */
const CORES = availableParallelism();

const NOT_HERE = ["**/node_modules/**", "**/*.as.test.ts", "**/*.redis.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", new SummaryReporter()],
    projects: [
      {
        test: {
          name: "architecture",
          include: ["test/architecture/**/*.test.ts"],
          exclude: NOT_HERE,
          testTimeout: 60_000,
          maxWorkers: CORES,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "units",
          include: ["test/unit/**/*.test.ts"],
          exclude: NOT_HERE,
          testTimeout: 60_000,
          maxWorkers: CORES,
          sequence: { groupOrder: 0 },
        },
      },
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
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "system",
          include: ["test/{golden,fuzz,platform,soak,durability}/**/*.test.ts"],
          exclude: NOT_HERE,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "histories",
          include: ["test/{simulation,isolation}/**/*.test.ts"],
          exclude: NOT_HERE,
          testTimeout: 300_000,
          hookTimeout: 60_000,
          maxWorkers: CORES,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "sql",
          include: ["test/{compat,differential}/sql/**/*.test.ts", "test/compat/cypher/**/*.test.ts"],
          exclude: NOT_HERE,
          testTimeout: 300_000,
          hookTimeout: 60_000,
          maxWorkers: CORES,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "redis",
          include: ["test/{compat,differential}/**/*.test.ts", "test/**/*.redis.test.ts"],
          exclude: ["**/node_modules/**", "test/*/sql/**", "test/compat/cypher/**"],
          testTimeout: 300_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
