/**
 * Goal: scans, filters and projections of compiled plans give what plain JavaScript gives.
 */
import { describe, expect, it } from "vitest";
import { BUILDS, engineBuilt, TEST_SEED } from "../../../../support/engine.ts";
import { PlanRunner, type TestValue } from "../../../../support/plan-runner.ts";
import {
  ANY,
  apply,
  BIGINT,
  constant,
  DOUBLE,
  documentScan,
  filter,
  logical,
  planColumn,
  planOf,
  project,
  TEXT,
  tableScan,
  use,
} from "../../../../support/plans.ts";
import { createRandom } from "../../../../support/random.ts";

describe.skipIf(!engineBuilt).each(BUILDS)("scan, %s build", (build) => {
  it(`filters and projects rows of a declared table (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED);
    const runner = new PlanRunner(build);
    const rows = Array.from({ length: 3000 }, (_, index): TestValue[] | undefined =>
      random.chance(0.05)
        ? undefined
        : [
            random.chance(0.1) ? null : BigInt(random.between(-50, 50)),
            random.chance(0.1) ? null : random.between(-50, 50) / 4,
            random.chance(0.1) ? null : "abc".repeat(random.below(6)) + (index % 7),
          ],
    );
    runner.table("t", [BIGINT, DOUBLE, TEXT], rows);
    const scan = tableScan("t", 1, [BIGINT, DOUBLE, TEXT]);
    const [a, b, c] = scan.columns.map(use) as [ReturnType<typeof use>, ReturnType<typeof use>, ReturnType<typeof use>];
    const root = project(
      filter(scan, logical("AND", apply(">", a, constant(BIGINT, -20n)), apply("<", b, constant(DOUBLE, 5)))),
      10,
      apply("+", apply("*", a, constant(BIGINT, 3n)), a),
      apply("*", b, b),
      c,
    );
    const expected = rows
      .filter(
        (row): row is TestValue[] =>
          row !== undefined && row[0] !== null && (row[0] as bigint) > -20n && row[1] !== null && (row[1] as number) < 5,
      )
      .map((row) => [(row[0] as bigint) * 4n, (row[1] as number) ** 2, row[2]]);
    for (const budget of [1, 100, 100000]) {
      const { rows: result } = runner.run(planOf(root, root.items), { budget });
      expect(result).toEqual(expected);
    }
  });

  it("reads documents by path", () => {
    const runner = new PlanRunner(build);
    const documents = Array.from({ length: 100 }, (_, index) => ({
      n: index % 3 === 0 ? index + 0.5 : index,
      user: { name: `user ${index}` },
      s: "x",
    }));
    runner.documents("d", documents);
    const scan = documentScan("d", 1, [["n"], ["user", "name"], ["nothing"]]);
    const [n, name, nothing] = scan.columns.map(use) as [ReturnType<typeof use>, ReturnType<typeof use>, ReturnType<typeof use>];
    const root = filter(scan, apply(">", n, constant(ANY, 90n)));
    const result = runner.run(planOf(root, [planColumn(2, ANY), planColumn(3, ANY), planColumn(1, ANY)]));
    expect(result.rows).toEqual(
      documents.filter(({ n }) => n > 90).map(({ n, user }) => [user.name, null, Number.isInteger(n) ? BigInt(n) : n]),
    );
    expect([name, nothing]).toBeDefined();
  });
});
