/**
 * Many random histories on one client: the first that is wrong is made smaller and told in words, with the seed that repeats
 * it.
 */

import { createRandom } from "../support/random.ts";
import { type Judgement, judge } from "./checker.ts";
import type { Client } from "./client.ts";
import { type History, type HistoryEvent, type Plan, run } from "./history.ts";
import type { Level } from "./model.ts";
import { participantsOf } from "./participants.ts";
import { printFinding, printHistory } from "./print.ts";
import { EVERY_SPACE, type PlanOptions, randomPlan } from "./random-plan.ts";
import { shrink } from "./shrink.ts";

export interface CampaignOptions {
  readonly level: Level | "mixed";
  readonly seed: number;
  /** Ends when so many transactions and units have run, or so many histories. */
  readonly transactions?: number;
  readonly histories?: number;
  readonly spaces?: PlanOptions["spaces"];
  readonly hasWipes?: PlanOptions["hasWipes"];
  readonly hasTime?: PlanOptions["hasTime"];
}

export interface CampaignResult {
  readonly histories: number;
  readonly transactions: number;
  readonly commits: number;
  readonly aborts: number;
  /** What was wrong, in words. */
  readonly failure?: { readonly seed: number; readonly names: readonly string[]; readonly text: string };
}

/** Runs histories until there have been enough transactions or one is wrong. */
export async function campaign(client: Client, options: CampaignOptions): Promise<CampaignResult> {
  const total = { histories: 0, transactions: 0, commits: 0, aborts: 0 };
  const { transactions = Number.POSITIVE_INFINITY, histories = Number.POSITIVE_INFINITY } = options;
  for (let seed = options.seed; total.transactions < transactions && total.histories < histories; seed++) {
    const plan = planOf(seed, options);
    const { history, judgement } = await attempt(client, plan);
    total.histories++;
    for (const { state } of judgement.participants) {
      total.transactions++;
      if (state === "committed") total.commits++;
      if (state === "conflict") total.aborts++;
    }
    if (judgement.findings.length > 0) return { ...total, failure: { seed, ...(await explain(client, plan, tell(history, judgement))) } };
  }
  return total;
}

/** The plan of a seed: most are short, since short ones are dense and quickly told; some are long. */
export function planOf(seed: number, { level, spaces = EVERY_SPACE, hasWipes, hasTime }: CampaignOptions): Plan {
  const transactions = createRandom(seed ^ 0x5eed).pick([4, 6, 8, 12, 20, 40]);
  return randomPlan(seed, { level, spaces, transactions, hasWipes, hasTime });
}

/** An error that no plan can expect is a finding, and the database behind it another one. */
export async function attempt(client: Client, plan: Plan): Promise<{ history: History; judgement: Judgement }> {
  const events: HistoryEvent[] = [];
  try {
    await run(client, plan, events);
  } catch (error) {
    if (client.renew === undefined) throw error;
    await client.renew();
    const finding = { name: "crash", message: error instanceof Error ? error.message : String(error), participants: [] };
    const history = { contents: plan.contents, events };
    return { history, judgement: { participants: participantsOf(history), findings: [finding] } };
  }
  const history = { contents: plan.contents, events };
  return { history, judgement: judge(history, "serializable") };
}

interface Tale {
  readonly names: string[];
  readonly text: string;
}

/** What is wrong, in a smaller history if there is one: what depends on the histories before it may not happen again. */
async function explain(client: Client, plan: Plan, original: Tale): Promise<Tale> {
  const small = await shrink(plan, async (candidate) => (await attempt(client, candidate)).judgement.findings.length > 0);
  const { history, judgement } = await attempt(client, small);
  if (judgement.findings.length > 0) return tell(history, judgement);
  return { ...original, text: `${original.text}\nbut not always: once with these steps alone\n${printHistory(history, judgement)}` };
}

function tell(history: History, judgement: Judgement): Tale {
  const names = judgement.findings.map(({ name }) => name);
  return { names, text: [printHistory(history, judgement), ...judgement.findings.map(printFinding)].join("\n") };
}
