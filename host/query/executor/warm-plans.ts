/**
 * Compiled plans that keep their state block from one execution to the next, so that a statement which runs again and again takes and
 * frees no memory. There are few, each keeps little (compiled-plan.ts), and the one that was opened first goes when there are too many.
 *
 * Cost: O(1) when a plan opens, nothing when it runs.
 */

/** Plans that are kept. */
const WARM_MAX = 32;

/** What can be closed, and opens again by itself. */
interface Warm {
  close(): void;
}

export class WarmPlans {
  /** In the order in which they were opened. */
  readonly #plans = new Set<Warm>();

  /** A plan opens. */
  keep(plan: Warm): void {
    this.#plans.add(plan);
    if (this.#plans.size <= WARM_MAX) return;
    for (const oldest of this.#plans) {
      oldest.close();
      return;
    }
  }

  /** A plan has closed. */
  forget(plan: Warm): void {
    this.#plans.delete(plan);
  }
}
