/**
 * Ends a test program with one line: `N passed, N failed, N not run`.
 *
 * Failed counts failed tests, files that could not be loaded, failed hooks of whole files, and errors outside of tests.
 * Not run counts tests that were skipped, for example because no redis-server is installed. Where that is not acceptable
 * (MEMFLUX_REQUIRE_REDIS=1: continuous integration has installed one), a test of the project `redis` that did not run
 * counts as failed, and so does the program.
 */
import type { Reporter, TestModule } from "vitest/node";

export interface Summary {
  passed: number;
  failed: number;
  notRun: number;
}

/** Counts the tests of finished modules; `outsideErrors` are errors that belong to no test. */
export function summarize(modules: readonly TestModule[], outsideErrors: number, requireRedis: boolean): Summary {
  const summary: Summary = { passed: 0, failed: outsideErrors, notRun: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) summary.failed++;
    const required = requireRedis && module.project.name === "redis";
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") summary.passed++;
      else if (state === "failed" || required) summary.failed++;
      else summary.notRun++;
    }
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) summary.failed++;
  }
  return summary;
}

export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const { passed, failed, notRun } = summarize(modules, errors.length, process.env.MEMFLUX_REQUIRE_REDIS === "1");
    if (failed > 0) process.exitCode = 1;
    process.on("exit", () => process.stdout.write(`\n${passed} passed, ${failed} failed, ${notRun} not run\n`));
  }
}
