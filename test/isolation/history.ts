/**
 * Plans and histories: what several sessions do, step by step, and what they were answered.
 *
 * A plan is data, so that it can be made from a seed (random-plan.ts), written by hand (anomalies/), repeated on another
 * client, and made smaller (shrink.ts). A step whose session cannot take it (its transaction is over, or has not begun) is
 * skipped, so every subset of a plan's steps is a plan.
 */
import type { Client, Contents } from "./client.ts";
import type { Level } from "./model.ts";
import { isWriting, type Operation, type Outcome } from "./operation.ts";

export type Action =
  /** `isView`: a read view, which is at the level `snapshot` and only reads. */
  | { readonly kind: "begin"; readonly level: Level; readonly readOnly: boolean; readonly isView?: boolean }
  | { readonly kind: "execute"; readonly operation: Operation }
  /** Operations as one autocommit unit. */
  | { readonly kind: "unit"; readonly operations: readonly Operation[] }
  | { readonly kind: "commit" }
  | { readonly kind: "rollback" }
  | { readonly kind: "savepoint" | "rollbackTo" | "release"; readonly name: string }
  /** Time goes on, whichever session says so. */
  | { readonly kind: "pass"; readonly durationMs: number };

export interface Step {
  readonly session: number;
  readonly action: Action;
}

export interface Plan {
  readonly contents: Contents;
  readonly steps: readonly Step[];
}

/** A step that was taken. */
export interface HistoryEvent extends Step {
  /** One per operation. */
  readonly outcomes: readonly Outcome[];
  /** Of a commit: whether it did. */
  readonly isCommitted?: boolean;
}

export interface History {
  readonly contents: Contents;
  readonly events: readonly HistoryEvent[];
}

/** Where a session stands in its plan. */
interface Standing {
  isInside: boolean;
  isReadOnly: boolean;
  readonly savepoints: string[];
}

/** Takes the steps of a plan, and adds them to the events. Transactions that are left open are rolled back, without an event. */
export async function run(client: Client, plan: Plan, events: HistoryEvent[] = []): Promise<History> {
  await client.reset(plan.contents);
  const standings = new Map<number, Standing>();
  for (const step of plan.steps) {
    const standing = standings.get(step.session) ?? { isInside: false, isReadOnly: false, savepoints: [] };
    standings.set(step.session, standing);
    if (!canTake(step.action, standing)) continue;
    const event = await take(client, step);
    note(event, standing);
    events.push(event);
  }
  for (const [number, { isInside }] of standings) if (isInside) await (await client.session(number)).rollback();
  return { contents: plan.contents, events };
}

function canTake(action: Action, { isInside, isReadOnly, savepoints }: Standing): boolean {
  switch (action.kind) {
    case "begin":
    case "unit":
      return !isInside;
    case "execute":
      // Of a plan that was made smaller.
      return !(isInside && isReadOnly && isWriting(action.operation));
    case "savepoint":
      return isInside && !savepoints.includes(action.name);
    case "rollbackTo":
    case "release":
      return isInside && savepoints.includes(action.name);
    case "commit":
    case "rollback":
      return isInside;
    case "pass":
      return true;
  }
}

async function take(client: Client, step: Step): Promise<HistoryEvent> {
  if (step.action.kind === "pass") {
    client.pass(step.action.durationMs);
    return { ...step, outcomes: [] };
  }
  const session = await client.session(step.session);
  const { action } = step;
  switch (action.kind) {
    case "begin":
      await (action.isView === true ? session.view() : session.begin(action.level, action.readOnly));
      return { ...step, outcomes: [] };
    case "execute":
      return { ...step, outcomes: [await session.execute(action.operation)] };
    case "unit":
      return { ...step, outcomes: await session.unit(action.operations) };
    case "commit":
      return { ...step, outcomes: [], isCommitted: await session.commit() };
    case "rollback":
      await session.rollback();
      return { ...step, outcomes: [] };
    default:
      await session[action.kind](action.name);
      return { ...step, outcomes: [] };
  }
}

function note({ action, outcomes }: HistoryEvent, standing: Standing): void {
  const { savepoints } = standing;
  if (action.kind === "begin") {
    standing.isInside = true;
    standing.isReadOnly = action.readOnly;
  }
  if (action.kind === "savepoint") savepoints.push(action.name);
  if (action.kind === "rollbackTo") savepoints.length = savepoints.indexOf(action.name) + 1;
  if (action.kind === "release") savepoints.length = savepoints.indexOf(action.name);
  if (action.kind === "commit" || action.kind === "rollback" || (standing.isInside && outcomes.some(({ kind }) => kind === "conflict"))) {
    standing.isInside = false;
    savepoints.length = 0;
  }
}
