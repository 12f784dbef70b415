/**
 * VACUUM: frees at once what maintenance would free by and by, the old versions that nobody sees any more, and tells how much was reclaimed
 * since it was asked last, however that went. Others run between its steps.
 */
import type { Engine } from "../engine/engine.ts";
import type { Clock } from "../platform/types.ts";

/** Old versions of one step: well below a millisecond of work. */
const STEP = 2048;

export interface Vacuumed {
  /** Versions of keys that were overwritten or removed. */
  readonly versions: number;
  /** Keys that were removed. */
  readonly keys: number;
}

export class Vacuum {
  readonly #engine: Engine;
  readonly #clock: Clock;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** Runs to its end; what was freed is not told. */
  async run(): Promise<void> {
    while (this.#engine.vacuum(STEP)) await new Promise<void>((resolve) => this.#clock.endOfTurn(resolve));
  }

  /** Runs, and tells what was reclaimed since it was told last. */
  async report(): Promise<Vacuumed> {
    await this.run();
    return this.#engine.takeVacuumed();
  }
}
