/**
 * Goal: compiled plans give the rows that the interpreter gives, whatever the plan, and wherever they stop on the way.
 * Method: random plans (test/support/random-plan.ts) over random rows; results are compared as multisets, errors by their number.
 * Each plan runs in one piece and with a budget so small that it stops at every loop.
 */
import { describe, expect, it } from "vitest";
import { DatabaseError } from "../../../../../host/common/error.ts";
import { compilePlan } from "../../../../../host/query/codegen/compile.ts";
import { inlineAccumulator } from "../../../../../host/query/executor/inline-aggregates.ts";
import { inlineCaller } from "../../../../../host/query/executor/inline-functions.ts";
import { interpret } from "../../../../../host/query/executor/interpreter/interpret.ts";
import type { Functions, Rows } from "../../../../../host/query/executor/surroundings.ts";
import { bytesOfText, textOfBytes } from "../../../../../host/query/executor/value.ts";
import { runtimeError } from "../../../../../host/query/function/error.ts";
import { physicalOperator, planPhysically } from "../../../../../host/query/physical/plan.ts";
import type { LogicalPlan } from "../../../../../host/query/plan/operator.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { NO_FACTS, PlanRunner, type TestValue } from "../../../../support/plan-runner.ts";
import { createRandom } from "../../../../support/random.ts";
import { PlanGenerator, randomRows, TABLE_TYPES, TABLES } from "../../../../support/random-plan.ts";
import { bind } from "../binder/bound.ts";

const PLANS = 150 * TEST_LENGTH;

const functions: Functions = {
  caller: (implementation, parameters) => inlineCaller(implementation.kind === "inline" ? implementation.name : "", parameters),
  accumulator: ({ step, finish }) => inlineAccumulator(step.kind === "inline" ? step.name : "", finish),
  items: () => {
    throw new DatabaseError("INTERNAL", "these plans have no lists");
  },
  ordering: () => {
    throw new DatabaseError("INTERNAL", "these plans have no types that the engine compares");
  },
  released: (read) => read(),
};

/** Text of a value that is equal for values that SQL does not tell apart. */
function textOf(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "number") return `${value === 0 ? 0 : value}f`;
  return String(value);
}

function textsOf(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => row.map(textOf).join(" ")).sort();
}

/** The interpreter's rows, or the SQLSTATE of its error. */
function interpreted(plan: LogicalPlan, tables: ReadonlyMap<string, readonly (TestValue[] | undefined)[]>): string[] | string {
  const rows: Partial<Rows> = {
    scan: (collection, columns) => {
      const present = (tables.get(collection) ?? []).filter((row) => row !== undefined);
      let at = -1;
      return {
        next: () => ++at < present.length,
        value: (index) => {
          const source = columns[index]?.source;
          const value = source?.kind === "column" ? (present[at]?.[source.number] ?? null) : null;
          return typeof value === "string" ? bytesOfText(value) : (value as bigint | number | boolean | null);
        },
      };
    },
  };
  const result: unknown[][] = [];
  try {
    interpret(plan, { functions, rows: rows as Rows, pause: () => false }).run([], [], (row) => {
      result.push(row.map((value) => (typeof value === "string" ? textOfBytes(value) : value)));
      return true;
    });
  } catch (error) {
    const state = /\[([0-9A-Z]{5})\]$/.exec((error as Error).message)?.[1];
    if (state === undefined) throw error;
    return state;
  }
  return textsOf(result);
}

describe.skipIf(!engineBuilt)("compiled plans against the interpreter", () => {
  it(`${PLANS} random plans (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED);
    const runner = new PlanRunner("debug");
    const tables = new Map(TABLES.map((name, index) => [name as string, randomRows(random, [0, 7, 40][index] ?? 0)]));
    for (const [name, rows] of tables) runner.table(name, TABLE_TYPES, rows);
    let errors = 0;
    for (let number = 0; number < PLANS; number++) {
      const plan = new PlanGenerator(random).plan(1 + (number % 4));
      const expected = interpreted(plan, tables);
      const physical = planPhysically(plan, { ...NO_FACTS, rows: () => random.below(100) });
      const compiled = compilePlan(physical, (operator) => physicalOperator(operator, NO_FACTS));
      const run = runner.instantiate(compiled);
      for (const budget of [1, 1_000_000]) {
        const outcome = runner.execute(compiled, run, { budget });
        const result = outcome.error === 0 ? textsOf(outcome.rows) : runtimeError(outcome.error).state;
        expect(
          result,
          `plan ${number}, budget ${budget}: ${JSON.stringify(plan.root, (_, value) => (typeof value === "bigint" ? `${value}` : value))}`,
        ).toEqual(expected);
      }
      if (typeof expected === "string") errors++;
    }
    expect(errors).toBeLessThan(PLANS / 2);
  });

  it("what differs from call to call is computed once for a row, also where it is used in a branch first", () => {
    const draws = "SELECT random() AS r FROM generate_series(1, 100)";
    const plan = bind(`SELECT c, r FROM (SELECT coalesce(CASE WHEN r > 2 THEN 0.0 END, r) AS c, r FROM (${draws}) x) y WHERE c <> r`);
    const outcome = new PlanRunner("debug").run(planPhysically(plan, NO_FACTS));
    expect([outcome.error, outcome.rows]).toEqual([0, []]);
  });
});
