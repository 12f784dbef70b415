/**
 * Goal: the checker of random histories can be believed.
 * Method: the model with all rules shows nothing wrong, at either level and with levels mixed; the model without one of them
 * is found out within a bounded number of transactions, by the phenomena that the rule stands for, and what is told of it is
 * short. Seeds are fixed; a failure prints the seed and the history.
 */
import { describe, expect, test } from "vitest";
import { campaign } from "./campaign.ts";
import type { Level } from "./model.ts";
import { ModelClient } from "./model-client.ts";
import { WIPED_SPACES } from "./random-plan.ts";
import { RULE_NAMES, RULES, type Rule, rulesWithout } from "./rules.ts";

const SOUND = 20_000;
/** Every planted bug must show within so many transactions. */
const BOUND = 20_000;
/** The longest counter-example that is accepted, in lines. */
const LINES_MAX = 22;

/** The level whose promise the rule upholds; rules of both are tried at the weaker one. */
const LEVEL_OF: Readonly<Record<Rule, Level>> = {
  privateWrites: "snapshot",
  ownWrites: "snapshot",
  readView: "snapshot",
  rollback: "snapshot",
  savepointUndo: "snapshot",
  wholeCommit: "snapshot",
  firstCommitterWins: "snapshot",
  uniqueKeys: "snapshot",
  nodeRemoval: "snapshot",
  itemMarks: "serializable",
  absentMarks: "serializable",
  predicateMarks: "serializable",
  walkMarks: "serializable",
  writeSide: "serializable",
  readSide: "serializable",
  marksOutlive: "serializable",
  unitMarks: "serializable",
  unitWrites: "serializable",
  sourceMarks: "serializable",
  copiedValues: "snapshot",
  copyTargets: "snapshot",
  viewTime: "snapshot",
  wipedViews: "snapshot",
  victimIn: "serializable",
  victimPivot: "serializable",
  savepointMarks: "serializable",
};

describe("the model with all its rules", () => {
  test.each(["serializable", "snapshot", "mixed"] as const)("%s: nothing is wrong", async (level) => {
    const result = await campaign(new ModelClient(rulesWithout()), { level, seed: 1, transactions: SOUND });
    expect(result.failure?.text).toBeUndefined();
    expect(result.commits).toBeGreaterThan(SOUND / 2);
    expect(result.aborts).toBeGreaterThan(SOUND / 100);
  });
});

test("the model with all its rules, emptied now and then: nothing is wrong", async () => {
  const options = { level: "mixed", seed: 1, transactions: SOUND, spaces: WIPED_SPACES, hasWipes: true } as const;
  const result = await campaign(new ModelClient(rulesWithout()), options);
  expect(result.failure?.text).toBeUndefined();
  expect(result.commits).toBeGreaterThan(SOUND / 2);
});

test("the model with all its rules, while time goes on: nothing is wrong", async () => {
  const result = await campaign(new ModelClient(rulesWithout()), { level: "mixed", seed: 1, transactions: SOUND, hasTime: true });
  expect(result.failure?.text).toBeUndefined();
  expect(result.commits).toBeGreaterThan(SOUND / 2);
});

describe("the model without a rule", () => {
  test.each(RULE_NAMES)("%s is missed", async (rule) => {
    const level = LEVEL_OF[rule];
    const wiped = rule === "wipedViews" ? { hasWipes: true, spaces: WIPED_SPACES } : { hasTime: rule === "viewTime" };
    const result = await campaign(new ModelClient(rulesWithout(rule)), { level, seed: 1, transactions: BOUND, ...wiped });
    expect(result.failure, `nobody noticed that ${RULES[rule]} no more`).toBeDefined();
    const { text, names } = result.failure!;
    expect(text.split("\n").length, text).toBeLessThanOrEqual(LINES_MAX);
    if (level === "serializable") expect(names[0]).toMatch(/^G2/);
  });
});
