/**
 * Goal: the commands say what the operations mean, and their replies are read rightly.
 * Method: random histories of autocommit units of one operation each, on the library; the checker knows what each must see.
 * These need no transactions, so they hold the vocabulary against the database by itself.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { open } from "../../host/entry/node.ts";
import { attempt, planOf } from "./campaign.ts";
import type { CommandClient } from "./command-client.ts";
import type { Plan, Step } from "./history.ts";
import { createLibraryClient } from "./library-client.ts";
import { printFinding, printHistory } from "./print.ts";

const HISTORIES = 60;

let database: Awaited<ReturnType<typeof open>>;
let client: CommandClient;

beforeAll(async () => {
  database = await open();
  client = await createLibraryClient(database);
});

afterAll(async () => {
  await database.close();
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
    const { history, judgement } = await attempt(client, apart(planOf(seed, { level: "serializable", seed })));
    operations += history.events.length;
    expect(judgement.findings.map(printFinding), `seed ${seed}\n${printHistory(history, judgement)}`).toEqual([]);
  }
  expect(operations).toBeGreaterThan(10 * HISTORIES);
});
