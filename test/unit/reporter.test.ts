/**
 * Goal: the last line of a test program tells the truth: nothing that failed or did not run is lost.
 * Method: modules as vitest hands them to a reporter, reduced to what is read.
 */
import { expect, test } from "vitest";
import type { TestModule } from "vitest/node";
import { summarize } from "../reporter.ts";

type State = "passed" | "failed" | "skipped" | "pending";

interface Shape {
  readonly project?: string;
  /** Errors of the file itself, and of its suites' hooks. */
  readonly errors?: number;
  readonly suiteErrors?: number;
}

function module(states: readonly State[], { project = "units", errors = 0, suiteErrors = 0 }: Shape = {}): TestModule {
  const list = (count: number): unknown[] => Array.from({ length: count });
  const children = {
    allTests: () => states.map((state) => ({ result: () => ({ state }) })),
    allSuites: () => [{ errors: () => list(suiteErrors) }],
  };
  return { project: { name: project }, errors: () => list(errors), children } as unknown as TestModule;
}

test("tests are counted by what became of them", () => {
  const modules = [module(["passed", "passed", "failed"]), module(["skipped", "passed", "pending"])];
  expect(summarize(modules, 0, false)).toEqual({ passed: 3, failed: 1, notRun: 2 });
});

test("files that did not load, failed hooks and errors outside of tests are failures", () => {
  expect(summarize([module([], { errors: 2 })], 0, false)).toEqual({ passed: 0, failed: 1, notRun: 0 });
  expect(summarize([module(["skipped"], { suiteErrors: 1 })], 0, false)).toEqual({ passed: 0, failed: 1, notRun: 1 });
  expect(summarize([module(["passed"])], 3, false)).toEqual({ passed: 1, failed: 3, notRun: 0 });
});

test("where redis is required, its tests must run; others need not", () => {
  const modules = [module(["passed", "skipped"], { project: "redis" }), module(["skipped"])];
  expect(summarize(modules, 0, true)).toEqual({ passed: 1, failed: 1, notRun: 1 });
  expect(summarize(modules, 0, false)).toEqual({ passed: 1, failed: 0, notRun: 2 });
});
