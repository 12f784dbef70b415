/**
 * Runs one behind the other: those of one session, of which some have to wait for promises.
 */

export class Turns {
  /** The end of the last run that had to wait; undefined while none is under way. */
  #tail: Promise<void> | undefined;

  /** Runs behind the runs that have to wait, or at once when there are none. */
  run<T>(run: () => T | Promise<T>): T | Promise<T> {
    const result = this.#tail === undefined ? run() : this.#tail.then(run);
    if (!(result instanceof Promise)) return result;
    const done = (): void => {
      if (this.#tail === tail) this.#tail = undefined;
    };
    const tail = result.then(done, done);
    this.#tail = tail;
    return result;
  }

  /** Whether one is under way. */
  get isBusy(): boolean {
    return this.#tail !== undefined;
  }

  /** Resolves when none is under way. */
  async over(): Promise<void> {
    await this.#tail;
  }
}
