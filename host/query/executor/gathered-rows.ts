/**
 * All rows of a compiled query in the memory of its plan: what the engine has put out, not yet decoded.
 *
 * 1. Rows and their words lie in the plan's memory alone (assembly/runtime/output.ts), so they are what they were when the query ended,
 *    whatever is written afterwards.
 * 2. They count against the plan's budget: a result that is larger has ended the query with 53200. Results that are held, over all
 *    clients, leave less for the plans that come later, so that slow readers cannot fill the memory.
 * 3. Who has them closes them, once; that gives the plan's memory back.
 */
import { CHUNK_END, CHUNK_NEXT, CHUNK_TUPLES, LIST_FIRST } from "../../../assembly/abi/plan.ts";
import type { Engine } from "../../engine/engine.ts";
import type { CompiledPlan } from "../codegen/compiled.ts";
import type { RowStretch } from "./batch-writer.ts";
import type { EngineFunctions } from "./engine-functions.ts";

/** Where the rows lie: their list, and what a row is made of. */
interface GatheredPlace {
  readonly list: number;
  readonly output: CompiledPlan["output"];
}

/** Bytes of all results that somebody holds. */
export class HeldBytes {
  bytes = 0;
}

export class GatheredRows {
  readonly count: number;
  /** Address of the engine's list of them. */
  readonly list: number;
  readonly output: CompiledPlan["output"];
  readonly #engine: Engine;
  /** The stretch that comes next, as far as it has been taken. */
  #chunk: number;
  #row: number;
  #isOpen = true;
  #giveBack: () => void = () => {};

  /** Requires: inside of `Engine.runPlan`, as `take` is. */
  constructor(engine: Engine, functions: EngineFunctions, { list, output }: GatheredPlace) {
    const { memory } = engine;
    functions.required("output_seal")(list);
    this.#engine = engine;
    this.output = output;
    this.list = list;
    this.#chunk = memory.word(list + LIST_FIRST);
    this.#row = this.#chunk + CHUNK_TUPLES;
    this.count = this.#count();
  }

  #count(): number {
    const { memory } = this.#engine;
    let bytes = 0;
    for (let chunk = this.#chunk; chunk !== 0; chunk = memory.word(chunk + CHUNK_NEXT)) {
      bytes += memory.word(chunk + CHUNK_END) - chunk - CHUNK_TUPLES;
    }
    return bytes / this.output.rowBytes;
  }

  /** The next rows, at most so many, none at the end. They are good until these rows are closed. */
  take(countMax: number): RowStretch {
    const { memory } = this.#engine;
    const { rowBytes } = this.output;
    memory.refresh();
    while (this.#chunk !== 0) {
      const rows = this.#row;
      const left = (memory.word(this.#chunk + CHUNK_END) - rows) / rowBytes;
      const count = Math.min(left, countMax);
      this.#row += count * rowBytes;
      if (count === left) {
        this.#chunk = memory.word(this.#chunk + CHUNK_NEXT);
        this.#row = this.#chunk + CHUNK_TUPLES;
      }
      if (count > 0) return { rows, count, rowBytes };
    }
    return { rows: 0, count: 0, rowBytes };
  }

  /** The next rows are the first ones again. */
  rewind(): void {
    this.#chunk = this.#engine.memory.word(this.list + LIST_FIRST);
    this.#row = this.#chunk + CHUNK_TUPLES;
  }

  /** They are held from now on: their plan's memory, of that size, counts among all that is held until `giveBack` gets it. */
  hold(held: HeldBytes, sizeBytes: number, giveBack: () => void): void {
    held.bytes += sizeBytes;
    this.#giveBack = () => {
      held.bytes -= sizeBytes;
      giveBack();
    };
  }

  /** Frees them; once more does nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#chunk = 0;
    this.#giveBack();
    this.#engine.memory.refresh();
  }
}
