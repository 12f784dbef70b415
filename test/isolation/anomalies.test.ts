/**
 * Goal: no anomaly of the catalogue happens that its level forbids, and nobody aborts who need not.
 * Method: each table in every order of commits at both levels, on the model. That the tables can fail is shown by dropping
 * rules: each rule that a table needs is missed by one.
 */
import { describe, expect, test } from "vitest";
import { CATALOGUE } from "./anomalies/catalogue.ts";
import { findWrong, interleavingsOf } from "./interleaving.ts";
import { ModelClient } from "./model-client.ts";
import { RULE_NAMES, type Rule, rulesWithout } from "./rules.ts";

/**
 * ROLLBACK TO stands in no table, nor does time, nor emptying, which flushes.ts has in the words of the database. Nobody reads behind a commit what
 * was copied before a change of it: a database may abort then.
 */
const UNTOLD: readonly Rule[] = ["savepointUndo", "savepointMarks", "wipedViews", "viewTime", "copiedValues"];

describe.each(Object.entries(CATALOGUE))("%s", (_, anomalies) => {
  test("on the model", async () => {
    const client = new ModelClient(rulesWithout());
    for (const anomaly of anomalies) {
      for (const interleaving of interleavingsOf(anomaly)) {
        expect(await findWrong(client, interleaving), interleaving.title).toBeUndefined();
      }
    }
  });
});

test("names are given once", () => {
  const names = Object.values(CATALOGUE).flatMap((anomalies) => anomalies.map(({ name }) => name));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.each(RULE_NAMES.filter((rule) => !UNTOLD.includes(rule)))("the model without %s is found out", async (rule) => {
  const client = new ModelClient(rulesWithout(rule));
  const failing: string[] = [];
  for (const anomaly of Object.values(CATALOGUE).flat()) {
    for (const interleaving of interleavingsOf(anomaly)) {
      if ((await findWrong(client, interleaving)) !== undefined) failing.push(interleaving.title);
    }
  }
  expect(failing.length).toBeGreaterThan(0);
});
