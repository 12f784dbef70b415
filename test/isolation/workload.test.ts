/**
 * Goal: nobody aborts for nothing where nothing is shared; how many abort elsewhere, and how many of them for nothing, is known.
 * Method: workloads on the model, which marks nothing but what is read. Disjoint ones must not abort at all; of the others all
 * histories must hold, and the count of needless aborts must be one that can be: some, since two edges are no cycle.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ModelClient } from "./model-client.ts";
import type { Space } from "./operation.ts";
import { ALL_SPACES } from "./random-plan.ts";
import { rulesWithout } from "./rules.ts";
import { type DatabaseTarget, openDatabase } from "./target.ts";
import { disjoint } from "./workload/disjoint.ts";
import { orders } from "./workload/orders.ts";
import { smallBank } from "./workload/small-bank.ts";
import { runWorkload, type WorkloadOptions } from "./workload/workload.ts";

const OPTIONS: WorkloadOptions = { seed: 1, level: "serializable", sessions: 6, transactions: 40, histories: 10 };

test.each(["serializable", "snapshot"] as const)("disjoint work does not abort, %s", async (level) => {
  const result = await runWorkload(new ModelClient(rulesWithout()), disjoint(OPTIONS.sessions, ALL_SPACES), { ...OPTIONS, level });
  expect(result).toEqual({ commits: OPTIONS.transactions * OPTIONS.histories, aborts: 0, needless: 0, findings: [] });
});

test.each([smallBank(4), smallBank(100), orders])("$name", async (workload) => {
  const result = await runWorkload(new ModelClient(rulesWithout()), workload, OPTIONS);
  expect(result.findings).toEqual([]);
  expect(result.commits + result.aborts).toBe(OPTIONS.transactions * OPTIONS.histories);
  expect(result.needless).toBeLessThan(result.aborts);
});

test("an abort that was needed is not called needless", async () => {
  const client = new ModelClient(rulesWithout("firstCommitterWins", "victimPivot", "victimIn"));
  const lax = await runWorkload(client, smallBank(4), OPTIONS);
  expect(lax.aborts).toBe(0);
  expect(lax.findings.length).toBeGreaterThan(0);
  const strict = await runWorkload(new ModelClient(rulesWithout()), smallBank(4), OPTIONS);
  expect(strict.aborts - strict.needless).toBeGreaterThan(0);
});

describe("the database", () => {
  let target: DatabaseTarget;

  beforeAll(async () => {
    target = await openDatabase("library");
  });

  afterAll(async () => {
    await target.close();
  });

  /** Models in which disjoint work still aborts: the list must get shorter. */
  const OWED: readonly (readonly Space[])[] = [["node"], ["node", "link"], ALL_SPACES];
  const MODELS: readonly (readonly Space[])[] = [["key"], ["document"], ["row"], ["claim"], ["node"], ["node", "link"], ALL_SPACES];

  describe.each(["serializable", "snapshot"] as const)("%s", (level) => {
    for (const spaces of MODELS) {
      const declare = OWED.some((owed) => owed.join() === spaces.join()) ? test.fails : test;
      declare(`disjoint work on ${spaces.join(" ")} does not abort`, async () => {
        const result = await runWorkload(target.client, disjoint(OPTIONS.sessions, spaces), { ...OPTIONS, level });
        expect(result).toEqual({ commits: OPTIONS.transactions * OPTIONS.histories, aborts: 0, needless: 0, findings: [] });
      });
    }

    test.each([smallBank(20), orders])("$name", async (workload) => {
      const result = await runWorkload(target.client, workload, { ...OPTIONS, level });
      expect(result.findings).toEqual([]);
      expect(result.commits + result.aborts).toBe(OPTIONS.transactions * OPTIONS.histories);
    });
  });
});
