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
import { definitions, tellingLookUps } from "./anomalies/definitions.ts";
import { flushes } from "./anomalies/flushes.ts";
import { remade } from "./anomalies/remade.ts";
import { type CampaignOptions, campaign } from "./campaign.ts";
import { findWrong, interleavingsOf, isAbout } from "./interleaving.ts";
import type { Level } from "./model.ts";
import { COLLECTION_SPACES, type Space } from "./operation.ts";
import { ALL_SPACES, EVERY_SPACE, EXPIRING, WIPED_SPACES } from "./random-plan.ts";
import { findWrongRaw } from "./raw-interleaving.ts";
import { type DatabaseTarget, type DoorName, openDatabase } from "./target.ts";

/** Of each campaign in the library; the others have a share of it, and so have those with definitions, whose statements are planned anew each time. */
const TRANSACTIONS = Number(process.env.MEMFLUX_TEST_TRANSACTIONS ?? 30_000);
const SHARE: Readonly<Record<string, number>> = { library: 1, "library, with a log": 0.1, server: 0.1, "server, with a log": 0.05 };
const SHARE_WITH_DEFINITIONS = 0.1;
const SHARE_WITH_TIME = 0.4;
const CAMPAIGN_TIMEOUT_MS = 900_000;
const SEED = 1;

/** Where nobody aborts for nothing. Elsewhere the database marks more than what was read: all nodes, a unique index as a whole. */
const EXACT: Readonly<Record<Level, readonly Space[]>> = {
  serializable: ["key", "far", "document", "row", ...COLLECTION_SPACES],
  snapshot: ["key", "far", "document", "row", "claim", ...COLLECTION_SPACES],
};
const TARGETS: readonly (readonly [string, DoorName, boolean])[] = [
  ["library", "library", false],
  ["library, with a log", "library", true],
  ["server", "server", false],
  ["server, with a log", "server", true],
];

describe.each(TARGETS)("%s", (title, name, isPersistent) => {
  let target: DatabaseTarget;

  beforeAll(async () => {
    target = await openDatabase(name, { isPersistent });
  });

  afterAll(async () => {
    await target.close();
  });

  // What is on disk is the same whoever stands in front of it.
  describe.each(isPersistent ? [] : Object.entries(CATALOGUE))("%s", (_, anomalies) => {
    test.each(["serializable", "snapshot"] as const)("%s", async (level) => {
      let runs = 0;
      for (const anomaly of anomalies) {
        const mayAbort = !isAbout(anomaly, EXACT[level]);
        for (const interleaving of interleavingsOf(anomaly).filter((candidate) => candidate.level === level)) {
          runs++;
          expect(await findWrong(target.client, interleaving, mayAbort), interleaving.title).toBeUndefined();
        }
      }
      expect(runs).toBeGreaterThan(0);
    });
  });

  // Emptying is the engine's alone.
  const raw = [...definitions, ...remade, ...(name === "library" ? flushes : [])];
  for (const anomaly of isPersistent ? [] : raw) {
    test.each(anomaly.levels ?? (["serializable", "snapshot"] as const))(`${anomaly.name}, %s`, async (level) => {
      const fresh = await openDatabase(name);
      try {
        expect(await findWrongRaw(fresh.client, anomaly, level)).toBeUndefined();
      } finally {
        await fresh.close();
      }
    });
  }

  test.runIf(!isPersistent)("every look-up in the catalog is a read", async () => {
    const fresh = await openDatabase(name);
    try {
      for (const lookUp of tellingLookUps) expect(await findWrongRaw(fresh.client, lookUp, "serializable"), lookUp.name).toBeUndefined();
    } finally {
      await fresh.close();
    }
  });

  test.each(["serializable", "snapshot", "mixed"] as const)("random histories, %s", { timeout: CAMPAIGN_TIMEOUT_MS }, async (level) => {
    const options: CampaignOptions = { level, seed: SEED, transactions: TRANSACTIONS * SHARE[title]!, spaces: ALL_SPACES };
    const result = await campaign(target.client, options);
    expect(result.failure?.text, `seed ${result.failure?.seed}`).toBeUndefined();
    expect(result.commits).toBeGreaterThan(result.transactions / 2);
    expect(result.aborts).toBeGreaterThan(0);
  });

  test.runIf(!isPersistent)("random histories of databases that are emptied", { timeout: CAMPAIGN_TIMEOUT_MS }, async () => {
    // Tables are made anew behind each of them.
    const transactions = TRANSACTIONS * SHARE[title]! * SHARE_WITH_DEFINITIONS;
    const options: CampaignOptions = { level: "mixed", seed: SEED, transactions, spaces: WIPED_SPACES, hasWipes: true };
    const result = await campaign(target.client, options);
    expect(result.failure?.text, `seed ${result.failure?.seed}`).toBeUndefined();
    expect(result.aborts).toBeGreaterThan(0);
  });

  // Only the library's clock stands until it is told to go on.
  test.runIf(title === "library")("random histories while time goes on", { timeout: CAMPAIGN_TIMEOUT_MS }, async () => {
    const transactions = TRANSACTIONS * SHARE_WITH_TIME;
    const options: CampaignOptions = { level: "mixed", seed: SEED, transactions, spaces: EXPIRING, hasTime: true };
    const result = await campaign(target.client, options);
    expect(result.failure?.text, `seed ${result.failure?.seed}`).toBeUndefined();
    expect(result.aborts).toBeGreaterThan(0);
  });

  test.runIf(title === "library")("random histories with definitions", { timeout: CAMPAIGN_TIMEOUT_MS }, async () => {
    const transactions = TRANSACTIONS * SHARE_WITH_DEFINITIONS;
    const result = await campaign(target.client, { level: "mixed", seed: SEED, transactions, spaces: EVERY_SPACE, hasTime: true });
    expect(result.failure?.text, `seed ${result.failure?.seed}`).toBeUndefined();
    expect(result.aborts).toBeGreaterThan(0);
  });
});
