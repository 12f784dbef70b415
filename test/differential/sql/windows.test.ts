/**
 * Window functions, grouping sets and ordered-set aggregates against PostgreSQL 16.
 *
 * Goal: the same rows (or both refuse), interpreted, compiled, standing still at each row, and without the optimiser.
 * Method: random statements (windows.ts) over a random table.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../support/random.ts";
import { isSqlThere, SEED } from "./agreement.ts";
import { judge, runStatement } from "./compare.ts";
import { type OpenSide, openSide, type SideName } from "./sides.ts";
import { WindowGenerator, windowTable } from "./windows.ts";

const QUERIES = Number(process.env.MEMFLUX_WINDOW_QUERIES ?? 60);
const SIDES: readonly SideName[] = ["library-interpreted", "library-compiled", "library-sliced", "library-unoptimised"];

describe.skipIf(!isSqlThere)(`windows, grouping sets, ordered sets (seed ${SEED})`, () => {
  let postgres: OpenSide | undefined;
  beforeAll(async () => {
    postgres = await openSide("postgresql");
  });
  afterAll(async () => {
    await postgres?.close();
  });

  it(`${QUERIES} random queries on each of ${SIDES.length} sides`, async ({ skip }) => {
    if (postgres === undefined) return skip("PGlite is not installed");
    const random = createRandom(SEED);
    const sides = await Promise.all(SIDES.map(async (name) => ({ name, side: (await openSide(name))! })));
    const tables = windowTable(random);
    for (const { side } of sides) for (const text of side.prepare?.([]) ?? []) await side.runner.run(text);
    for (const { runner } of [postgres, ...sides.map(({ side }) => side)]) for (const text of tables) await runner.run(text);
    const generator = new WindowGenerator(random);
    let refused = 0;
    for (let number = 0; number < QUERIES; number++) {
      const text = generator.query();
      const expected = await runStatement(() => postgres!.runner.run(text));
      if (expected.kind === "failure") refused++;
      for (const { name, side } of sides) {
        const outcome = await runStatement(() => side.runner.run(text));
        expect(judge(outcome, expected, false)?.text, `${number} ${name}: ${text}`).toBeUndefined();
      }
    }
    expect(refused).toBeLessThan(QUERIES / 10);
    for (const { side } of sides) await side.close();
  });
});
