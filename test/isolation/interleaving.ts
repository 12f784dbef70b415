/**
 * The catalogue's form: an anomaly is a table of steps, who takes them, and what must come of it at each level.
 *
 * 1. Sessions with a capital letter are transactions, begun by their first step; a step of several operations is an
 *    autocommit unit.
 * 2. A table that does not say when a transaction commits is run once for each order of the commits that are missing, all of
 *    them behind the last step.
 * 3. A step can say what it must see: the logs of the items, in the order of their names.
 * 4. Besides what a table says, the checker judges each history.
 */
import { type Judgement, judge } from "./checker.ts";
import type { Client, Contents } from "./client.ts";
import { type Action, type History, type Plan, run, type Step } from "./history.ts";
import { isKeyOperation, itemsNamed } from "./key-operation.ts";
import type { Level } from "./model.ts";
import { type ItemName, type Operation, type Outcome, type Space, sightsOf, spaceOf, spaceOfPredicate, type Value } from "./operation.ts";
import { printFinding, printHistory } from "./print.ts";

/**
 *   all       every transaction commits
 *   first     the first to commit does, no other
 *   not all   one at least commits, not all
 *   any       any of them may abort
 */
export type Verdict = "all" | "first" | "not all" | "any" | { readonly [session: string]: boolean };

/** null: an item that is absent. */
export type Expected = readonly (readonly number[] | null)[] | "refused" | number;

export type TableStep = readonly [
  session: string,
  what: Operation | readonly Operation[] | "begin" | "begin read only" | "commit" | "rollback",
  expected?: Expected,
];

export interface Anomaly {
  readonly name: string;
  readonly contents: Contents;
  readonly steps: readonly TableStep[];
  readonly serializable: Verdict;
  readonly snapshot: Verdict;
}

export interface Interleaving {
  /** The anomaly, the level, the order of commits. */
  readonly title: string;
  readonly anomaly: Anomaly;
  readonly level: Level;
  readonly plan: Plan;
  /** What the steps of the plan must see, by position. */
  readonly expected: ReadonlyMap<Step, Expected>;
}

/** An item's first value. Tags of first values are those of the item's number. */
export function holds(item: ItemName, tag: number, group = 0): readonly [ItemName, { group: number; log: number[] }] {
  return [item, { group, log: [tag] }];
}

/** Every run of an anomaly: both levels, every order of commits. */
export function interleavingsOf(anomaly: Anomaly): Interleaving[] {
  const transactions = transactionsOf(anomaly);
  const committed = new Set(anomaly.steps.filter(([, what]) => what === "commit" || what === "rollback").map(([session]) => session));
  const orders = permutations(transactions.filter((session) => !committed.has(session)));
  return (["serializable", "snapshot"] as const).flatMap((level) =>
    orders.map((order) => {
      const { plan, expected } = planOf(anomaly, level, order);
      return { title: `${anomaly.name}, ${level}, commits ${order.join(" ") || "as written"}`, anomaly, level, plan, expected };
    }),
  );
}

/** Whether all that an anomaly touches is of these spaces. */
export function isAbout({ contents, steps }: Anomaly, spaces: readonly Space[]): boolean {
  const operations = steps.flatMap(([, what]) => (typeof what === "string" ? [] : what));
  const touched = [...contents.map(([item]) => spaceOf(item)), ...operations.flatMap(spacesOf)];
  return touched.every((space) => spaces.includes(space));
}

function spacesOf(operation: Operation): Space[] {
  if (isKeyOperation(operation)) return itemsNamed(operation).map(spaceOf);
  switch (operation.kind) {
    case "read":
    case "putAll":
    case "insertAll":
    case "remake":
    case "wipe":
      return operation.items.map(spaceOf);
    case "scan":
    case "count":
    case "sweep":
      return [spaceOfPredicate(operation.predicate)];
    case "link":
      return ["node", "link"];
    default:
      return [spaceOf(operation.item)];
  }
}

function transactionsOf({ steps }: Anomaly): string[] {
  return [...new Set(steps.filter(([, what]) => !Array.isArray(what)).map(([session]) => session))];
}

export function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

function planOf(anomaly: Anomaly, level: Level, order: readonly string[]): { plan: Plan; expected: Map<Step, Expected> } {
  const names = [...new Set(anomaly.steps.map(([session]) => session))];
  const begun = new Set<string>();
  const steps: Step[] = [];
  const expected = new Map<Step, Expected>();
  for (const [name, what, wanted] of anomaly.steps) {
    const session = names.indexOf(name);
    if (!Array.isArray(what) && !begun.has(name)) {
      begun.add(name);
      steps.push({ session, action: { kind: "begin", level, readOnly: what === "begin read only" } });
    }
    if (what === "begin" || what === "begin read only") continue;
    const step = { session, action: actionOf(what) };
    steps.push(step);
    if (wanted !== undefined) expected.set(step, wanted);
  }
  for (const name of order) steps.push({ session: names.indexOf(name), action: { kind: "commit" } });
  return { plan: { contents: anomaly.contents, steps }, expected };
}

function actionOf(what: Exclude<TableStep[1], "begin" | "begin read only">): Action {
  if (what === "commit" || what === "rollback") return { kind: what };
  if (!Array.isArray(what)) return { kind: "execute", operation: what as Operation };
  const operations = what as readonly Operation[];
  return operations.length === 1 ? { kind: "execute", operation: operations[0]! } : { kind: "unit", operations };
}

/**
 * What is wrong with one run, in words; nothing if all is well. `mayAbort`: aborts for nothing are no fault, for databases that
 * mark more than what was read.
 */
export async function findWrong(
  client: Client,
  { anomaly, level, plan, expected }: Interleaving,
  mayAbort = false,
): Promise<string | undefined> {
  const history = await run(client, plan);
  const judgement = judge(history, level);
  const wrong = [
    ...judgement.findings.map(printFinding),
    ...history.events.flatMap(({ session, action, outcomes }) => {
      const step = plan.steps.find((candidate) => candidate.session === session && candidate.action === action);
      const wanted = step === undefined ? undefined : expected.get(step);
      const isCut = mayAbort && outcomes.some(({ kind }) => kind === "conflict");
      return wanted === undefined || isCut || isSeen(wanted, outcomes[0]!) ? [] : [`a step should have seen ${JSON.stringify(wanted)}`];
    }),
    ...judgeCommits(anomaly, level, history, judgement, mayAbort),
  ];
  return wrong.length === 0 ? undefined : [printHistory(history, judgement), ...wrong].join("\n");
}

function isSeen(wanted: Expected, outcome: Outcome): boolean {
  if (wanted === "refused") return outcome.kind === "refused";
  if (outcome.kind !== "done") return false;
  if (typeof wanted === "number") return outcome.count === wanted;
  const sights = [...sightsOf(outcome)].sort((one, other) => (one.item < other.item ? -1 : 1));
  const values = sights.flatMap((sight): Value[] => (sight.kind === "value" ? [sight.value] : []));
  return JSON.stringify(values.map((value) => value?.log ?? null)) === JSON.stringify(wanted);
}

function judgeCommits(anomaly: Anomaly, level: Level, history: History, { participants }: Judgement, mayAbort: boolean): string[] {
  const names = [...new Set(anomaly.steps.map(([session]) => session))];
  const rolledBack = new Set(anomaly.steps.filter(([, what]) => what === "rollback").map(([session]) => session));
  const transactions = participants
    .filter(({ isUnit, session }) => !isUnit && !rolledBack.has(names[session]!))
    .sort((one, other) => one.end - other.end)
    .map(({ session, state }) => ({ name: names[session]!, isCommitted: state === "committed" }));
  const did = transactions.map(({ name, isCommitted }) => `${name} ${isCommitted ? "committed" : "aborted"}`).join(", ");
  const verdict = anomaly[level];
  return (mayAbort ? isSafe : isRight)(verdict, transactions)
    ? []
    : [`${history.events.length} steps: ${did}; should be: ${JSON.stringify(verdict)}`];
}

type Ends = readonly { readonly name: string; readonly isCommitted: boolean }[];

/** Nobody committed who must not. Where somebody aborted who need not, others may commit instead; the checker judges them. */
function isSafe(verdict: Verdict, transactions: Ends): boolean {
  const commits = transactions.filter(({ isCommitted }) => isCommitted).length;
  if (verdict === "first") return commits <= 1;
  if (verdict === "not all") return commits < transactions.length;
  if (typeof verdict === "string") return true;
  if (transactions.some(({ name, isCommitted }) => verdict[name] === true && !isCommitted)) return true;
  return transactions.every(({ name, isCommitted }) => verdict[name] !== false || !isCommitted);
}

function isRight(verdict: Verdict, transactions: Ends): boolean {
  const commits = transactions.filter(({ isCommitted }) => isCommitted).length;
  switch (verdict) {
    case "any":
      return true;
    case "all":
      return commits === transactions.length;
    case "first":
      return commits === 1 && transactions[0]!.isCommitted;
    case "not all":
      return commits > 0 && commits < transactions.length;
    default:
      return transactions.every(({ name, isCommitted }) => verdict[name] === undefined || verdict[name] === isCommitted);
  }
}
