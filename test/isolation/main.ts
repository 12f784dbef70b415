/**
 * The program behind run.mjs: campaigns of random histories, one level after the other, in slices, so that progress is seen and
 * a time limit kept. The same arguments run the same histories.
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type CampaignOptions, type CampaignResult, campaign } from "./campaign.ts";
import type { Client } from "./client.ts";
import type { Space } from "./operation.ts";
import { ALL_SPACES, EVERY_SPACE, WIPED_SPACES } from "./random-plan.ts";
import { openTarget, type TargetName } from "./target.ts";
import { disjoint } from "./workload/disjoint.ts";
import { orders } from "./workload/orders.ts";
import { smallBank } from "./workload/small-bank.ts";
import { runWorkload, type Workload } from "./workload/workload.ts";

/** Histories of a slice. */
const SLICE = 500;
const SLICES_A_LINE = 20;

const SESSIONS = 6;
const TRANSACTIONS_A_HISTORY = 60;
const WORKLOADS: readonly Workload[] = [disjoint(SESSIONS, ALL_SPACES), smallBank(4), smallBank(20), smallBank(100), orders];

const { values } = parseArgs({
  options: {
    transactions: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    on: { type: "string", default: "library" },
    level: { type: "string", default: "all" },
    spaces: { type: "string", default: EVERY_SPACE.join(",") },
    workload: { type: "string" },
    engine: { type: "string" },
    time: { type: "boolean", default: false },
    wipes: { type: "boolean", default: false },
    persistent: { type: "boolean", default: false },
    minutes: { type: "string", default: "1000000" },
  },
});

const wanted = Number(values.transactions);
const firstSeed = Number(values.seed);
const deadline = performance.now() + Number(values.minutes) * 60_000;
if (!Number.isSafeInteger(wanted) || !Number.isSafeInteger(firstSeed)) throw new RangeError("--transactions and --seed are whole numbers");
const levels = (values.level === "all" ? ["serializable", "snapshot", "mixed"] : [values.level]) as CampaignOptions["level"][];
const spaces = values.wipes ? WIPED_SPACES : (values.spaces.split(",") as Space[]);

const engineFile = values.engine === undefined ? {} : { engineFile: pathToFileURL(values.engine) };
const target = await openTarget(values.on as TargetName, { isPersistent: values.persistent, ...engineFile });
process.exitCode = (await (values.workload === undefined ? runAll(target.client) : runWorkloads(target.client, values.workload))) ? 0 : 1;
await target.close();

async function runAll(client: Client): Promise<boolean> {
  const total = { histories: 0, transactions: 0, commits: 0, aborts: 0 };
  const started = performance.now();
  for (let slice = 0; total.transactions < wanted && performance.now() < deadline; slice++) {
    const level = levels[slice % levels.length]!;
    const result: CampaignResult = await campaign(client, {
      level,
      spaces,
      hasWipes: values.wipes,
      hasTime: values.time,
      seed: firstSeed + slice * SLICE,
      histories: SLICE,
    });
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += result[name];
    if (result.failure !== undefined) {
      process.stdout.write(`seed ${result.failure.seed}, ${level}:\n${result.failure.text}\n`);
      return false;
    }
    if (slice % SLICES_A_LINE === SLICES_A_LINE - 1) report(total, started);
  }
  report(total, started);
  return true;
}

/** How many abort, and how many of those for nothing: a line for each workload and level. */
async function runWorkloads(client: Client, names: string): Promise<boolean> {
  let isRight = true;
  for (const workload of WORKLOADS.filter(({ name }) => names === "all" || name.startsWith(names))) {
    for (const level of ["serializable", "snapshot"] as const) {
      const histories = Math.ceil(wanted / TRANSACTIONS_A_HISTORY);
      const options = { seed: firstSeed, level, sessions: SESSIONS, transactions: TRANSACTIONS_A_HISTORY, histories };
      const { findings, ...counts } = await runWorkload(client, workload, options);
      process.stdout.write(`${workload.name}, ${level}: ${JSON.stringify(counts)}\n${findings.map((finding) => `${finding}\n`).join("")}`);
      isRight &&= findings.length === 0;
    }
  }
  return isRight;
}

function report(total: Readonly<Record<string, number>>, started: number): void {
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${JSON.stringify(total)} in ${seconds.toFixed(1)} s, nothing wrong\n`);
}
