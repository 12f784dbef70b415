/**
 * Workloads: plans of transactions as programs have them, to see how many abort, and how many of those for nothing.
 *
 * A workload makes transactions from a seeded generator; `planOf` interleaves those of several sessions at random. They are
 * plans as others, so the checker judges each history too.
 */
import { createRandom, type SeededRandom } from "../../support/random.ts";
import { judge } from "../checker.ts";
import type { Client, Contents } from "../client.ts";
import { type Action, type Plan, run, type Step } from "../history.ts";
import type { Level } from "../model.ts";
import { countAborts } from "../needless.ts";
import type { Operation } from "../operation.ts";
import { printFinding } from "../print.ts";

export interface Workload {
  readonly name: string;
  readonly contents: Contents;
  /** The operations of one transaction; `tag` is free, and so are those up to `tag` + 9. */
  transaction(random: SeededRandom, session: number, tag: number): readonly Operation[];
}

export interface WorkloadOptions {
  readonly seed: number;
  readonly level: Level;
  readonly sessions: number;
  /** Of one history; there are as many histories as it takes. */
  readonly transactions: number;
  readonly histories: number;
}

export interface WorkloadResult {
  readonly commits: number;
  readonly aborts: number;
  readonly needless: number;
  readonly findings: readonly string[];
}

const TAGS_A_TRANSACTION = 10;
/** Tags up to here are those of the first values. */
const FIRST_TAG = 200;

export async function runWorkload(client: Client, workload: Workload, options: WorkloadOptions): Promise<WorkloadResult> {
  const total = { commits: 0, aborts: 0, needless: 0, findings: [] as string[] };
  for (let history = 0; history < options.histories; history++) {
    const outcome = await run(client, planOf(workload, { ...options, seed: options.seed + history }));
    const { participants, findings } = judge(outcome, options.level);
    const { aborts, needless } = countAborts(outcome, options.level);
    total.commits += participants.filter(({ state }) => state === "committed").length;
    total.aborts += aborts;
    total.needless += needless.length;
    total.findings.push(...findings.map((finding) => `seed ${options.seed + history}: ${printFinding(finding)}`));
  }
  return total;
}

export function planOf(workload: Workload, { seed, level, sessions, transactions }: WorkloadOptions): Plan {
  const random = createRandom(seed);
  const queues: Action[][] = Array.from({ length: sessions }, () => []);
  for (let made = 0; made < transactions; made++) {
    const session = made % sessions;
    const operations = workload.transaction(random, session, FIRST_TAG + made * TAGS_A_TRANSACTION);
    queues[session]!.push(
      { kind: "begin", level, readOnly: false },
      ...operations.map((operation) => ({ kind: "execute", operation }) as const),
      { kind: "commit" },
    );
  }
  const steps: Step[] = [];
  for (;;) {
    const waiting = queues.flatMap((queue, session) => (queue.length > 0 ? [session] : []));
    if (waiting.length === 0) return { contents: workload.contents, steps };
    const session = random.pick(waiting);
    steps.push({ session, action: queues[session]!.shift()! });
  }
}
