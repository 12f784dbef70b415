/**
 * Goal: the commands say what the operations mean, and their replies are read rightly.
 * Method: random histories of autocommit units of one operation each, on the library; the checker knows what each must see.
 * These need no transactions, so they hold the vocabulary against the database by itself.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { attempt, planOf } from "./campaign.ts";
import type { Plan, Step } from "./history.ts";
import { printFinding, printHistory } from "./print.ts";
import { type DatabaseTarget, openDatabase } from "./target.ts";

const HISTORIES = 60;

let target: DatabaseTarget;

beforeAll(async () => {
  target = await openDatabase("library");
});

afterAll(async () => {
  await target.close();
});

/** Every operation as a unit of its own. */
function apart(plan: Plan): Plan {
  const steps = plan.steps.flatMap(({ session, action }): Step[] => {
    const operations = action.kind === "unit" ? action.operations : action.kind === "execute" ? [action.operation] : [];
    return operations.map((operation) => ({ session, action: { kind: "execute", operation } }));
  });
  return { ...plan, steps };
}

test("operations on the library see what the ones before them have left", async () => {
  let operations = 0;
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const { history, judgement } = await attempt(target.client, apart(planOf(seed, { level: "serializable", seed, hasTime: true })));
    operations += history.events.length;
    expect(judgement.findings.map(printFinding), `seed ${seed}\n${printHistory(history, judgement)}`).toEqual([]);
  }
  expect(operations).toBeGreaterThan(10 * HISTORIES);
});
