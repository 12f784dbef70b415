/**
 * Makes a plan smaller as long as it still fails: without whole transactions and sessions first, then without single steps,
 * items of the beginning and parts of operations. What is left is what a person reads.
 *
 * A smaller plan fails if it has any finding; it need not be the one that was found first.
 *
 * Cost: O(steps²) runs at worst, far fewer in practice. Source: Zeller & Hildebrandt 2002, "Simplifying and Isolating
 * Failure-Inducing Input", with chunks that know what belongs together.
 */
import type { Plan, Step } from "./history.ts";
import type { Operation } from "./operation.ts";

/** Whether a plan fails. It is run anew for each question. */
export type Fails = (plan: Plan) => Promise<boolean>;

/** Requires: the plan fails. The plan that is answered fails too. */
export async function shrink(plan: Plan, fails: Fails): Promise<Plan> {
  let smallest = plan;
  for (;;) {
    const before = sizeOf(smallest);
    for (const candidates of [withoutSessions, withoutTransactions, withoutSteps, withoutContents, withSmallerOperations]) {
      smallest = await descend(smallest, candidates, fails);
    }
    if (sizeOf(smallest) === before) return smallest;
  }
}

async function descend(plan: Plan, candidates: (plan: Plan) => Iterable<Plan>, fails: Fails): Promise<Plan> {
  let smallest = plan;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of candidates(smallest)) {
      if (sizeOf(candidate) >= sizeOf(smallest) || !(await fails(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** Steps, items and operations: each candidate has fewer, so that shrinking ends. */
function sizeOf({ steps, contents }: Plan): number {
  return contents.length + steps.reduce((sum, { action }) => sum + 1 + operationsIn(action), 0);
}

function operationsIn(action: Step["action"]): number {
  if (action.kind === "unit") return action.operations.reduce((sum, operation) => sum + weightOf(operation), 0);
  return action.kind === "execute" ? weightOf(action.operation) : 0;
}

function weightOf(operation: Operation): number {
  return "items" in operation ? operation.items.length : 1;
}

function* withoutSessions(plan: Plan): Generator<Plan> {
  for (const session of new Set(plan.steps.map((step) => step.session))) {
    yield { ...plan, steps: plan.steps.filter((step) => step.session !== session) };
  }
}

function* withoutTransactions(plan: Plan): Generator<Plan> {
  for (let index = 0; index < plan.steps.length; index++) {
    const { session, action } = plan.steps[index]!;
    if (action.kind !== "begin") continue;
    const end = plan.steps.findIndex((step, position) => position > index && step.session === session && isEnd(step));
    if (end === -1) continue;
    yield { ...plan, steps: plan.steps.filter((step, position) => step.session !== session || position < index || position > end) };
  }
}

function isEnd({ action }: Step): boolean {
  return action.kind === "commit" || action.kind === "rollback";
}

function* withoutSteps(plan: Plan): Generator<Plan> {
  for (let index = plan.steps.length - 1; index >= 0; index--) yield { ...plan, steps: plan.steps.toSpliced(index, 1) };
}

function* withoutContents(plan: Plan): Generator<Plan> {
  for (let index = 0; index < plan.contents.length; index++) yield { ...plan, contents: plan.contents.toSpliced(index, 1) };
}

/** Units of fewer operations, reads of fewer items. */
function* withSmallerOperations(plan: Plan): Generator<Plan> {
  for (const [index, { session, action }] of plan.steps.entries()) {
    const put = (changed: Step["action"]): Plan => ({ ...plan, steps: plan.steps.with(index, { session, action: changed }) });
    if (action.kind === "unit" && action.operations.length > 1) {
      for (let part = 0; part < action.operations.length; part++)
        yield put({ kind: "unit", operations: action.operations.toSpliced(part, 1) });
    }
    if (action.kind !== "execute" || !("items" in action.operation) || action.operation.items.length < 2) continue;
    const { operation } = action;
    // What is emptied is all that there may be.
    if (operation.kind === "remake" || operation.kind === "wipe") continue;
    for (let part = 0; part < operation.items.length; part++) {
      yield put({ kind: "execute", operation: { ...operation, items: operation.items.toSpliced(part, 1) } });
    }
  }
}
