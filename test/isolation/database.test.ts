/**
 * Goal: the database isolates transactions as their level promises, in the library and on sockets.
 * Method: the catalogue in every order of commits, and random histories, held against the checker. The same tables and seeds run
 * on the model (anomalies.test.ts, planted-bugs.test.ts), so what fails here is the database's.
 *
 * A failure prints the history, what is wrong and the seed; `node test/isolation/run.mjs --seed N` repeats it.
 * MEMFLUX_TEST_TRANSACTIONS chooses how many transactions each campaign has.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CATALOGUE } from "./anomalies/catalogue.ts";
import { type CampaignOptions, campaign } from "./campaign.ts";
import { findWrong, interleavingsOf, isAbout } from "./interleaving.ts";
import type { Level } from "./model.ts";
import type { Space } from "./operation.ts";
import { ALL_SPACES } from "./random-plan.ts";
import { openTarget, type Target, type TargetName } from "./target.ts";

const TRANSACTIONS = Number(process.env.MEMFLUX_TEST_TRANSACTIONS ?? 3000);
const SEED = 1;

/** What the database keeps so far: the other spaces are tried by run.mjs. */
const KEPT: Readonly<Record<Level, readonly Space[]>> = {
  serializable: ["key"],
  snapshot: ALL_SPACES,
};
/** Where nobody aborts for nothing: writers of different nodes still do. */
const EXACT: readonly Space[] = ["key", "document", "row", "claim"];
const TARGETS: readonly TargetName[] = ["library", "server"];

describe.each(TARGETS)("%s", (name) => {
  let target: Target;

  beforeAll(async () => {
    target = await openTarget(name);
  });

  afterAll(async () => {
    await target.close();
  });

  describe.each(Object.entries(CATALOGUE))("%s", (_, anomalies) => {
    test.each(["serializable", "snapshot"] as const)("%s", async (level) => {
      let runs = 0;
      for (const anomaly of anomalies.filter((candidate) => isAbout(candidate, KEPT[level]) && isAbout(candidate, EXACT))) {
        for (const interleaving of interleavingsOf(anomaly).filter((candidate) => candidate.level === level)) {
          runs++;
          expect(await findWrong(target.client, interleaving), interleaving.title).toBeUndefined();
        }
      }
      expect(runs).toBeGreaterThan(0);
    });
  });

  test.each(["serializable", "snapshot", "mixed"] as const)("random histories, %s", async (level) => {
    const spaces = KEPT[level === "mixed" ? "snapshot" : level];
    const options: CampaignOptions = { level, spaces, seed: SEED, transactions: TRANSACTIONS };
    const result = await campaign(target.client, options);
    expect(result.failure?.text, `seed ${result.failure?.seed}`).toBeUndefined();
    expect(result.commits).toBeGreaterThan(result.transactions / 2);
    expect(result.aborts).toBeGreaterThan(0);
  });
});
