/**
 * Rows through an index for the interpreter: the same engine functions as in compiled plans (assembly/runtime/access.ts).
 *
 * 1. What the index does not know (it is gone, a value is longer than its keys) is answered by nothing: all rows are read then, and the
 *    filter above the scan decides.
 * 2. Row numbers are taken a batch at a time; nothing is written meanwhile (engine-rows.ts).
 */
import { FOUND_BATCH, FOUND_COUNT, FOUND_ROWS } from "../../../assembly/abi/plan.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import type { ScanAccess, ScanBound, ScanColumn } from "../plan/operator.ts";
import { machineOf, type SqlType, slotOf } from "../type/type.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { EngineRows } from "./engine-rows.ts";
import type { IndexReader, IndexValues, RowCursor } from "./surroundings.ts";
import { bytesOfText, type Plain, type Tagged, type Value } from "./value.ts";

type IndexAccess = Extract<ScanAccess, { readonly kind: "index" }>;

/** What `access_rank` answers when it does not know. */
const UNKNOWN = 0xffffffff;

/** Positions of an index: those from `position` on and before `end`. */
interface Positions {
  /** Of the index among those of its collection: its address is another one when the execution has stood still. */
  readonly place: number;
  position: number;
  end: number;
}

export class IndexRows implements IndexReader {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #rows: EngineRows;
  readonly #begin: PlanFunction;
  readonly #part: PlanFunction;
  readonly #prefix: PlanFunction;
  readonly #rank: PlanFunction;
  readonly #fetch: PlanFunction;
  readonly #fetchBack: PlanFunction;

  constructor(engine: Engine, functions: EngineFunctions, database: number) {
    this.#engine = engine;
    this.#functions = functions;
    this.#rows = new EngineRows(engine, functions, database);
    this.#begin = functions.required("access_key_begin");
    this.#part = functions.required("access_key_part");
    this.#prefix = functions.required("access_key_prefix");
    this.#rank = functions.required("access_rank");
    this.#fetch = functions.required("access_fetch");
    this.#fetchBack = functions.required("access_fetch_back");
  }

  open(collection: string, access: IndexAccess, values: IndexValues, columns: readonly ScanColumn[]): RowCursor | undefined {
    const handle = this.#rows.find(collection);
    if (handle === 0) return undefined;
    const positions = this.#functions.released(() => this.#positions(handle, access, values));
    return positions && this.#rows.rows(collection, this.#batches(collection, positions, access.descending), columns);
  }

  #positions(handle: number, access: IndexAccess, values: IndexValues): Positions | undefined {
    const { index: name, equal, lower, upper, prefix, isUnordered } = access;
    const word = this.#functions.words.write(bytesOfText(name));
    const index = Number(this.#functions.required("access_index")(handle, word)) >>> 0;
    if (index === 0) return undefined;
    const make = (bound: ScanBound | undefined, value: Value): void => {
      this.#begin(index);
      for (const [at, { type }] of equal.entries()) this.#addPart(index, type, values.equal[at] ?? null);
      if (bound !== undefined) this.#addPart(index, bound.value.type, value);
      if (prefix !== undefined) this.#prefix(index, this.#functions.words.write(values.prefix as string));
    };
    const rank = (isBehind: boolean): number => Number(this.#rank(index, isBehind ? 1 : 0)) >>> 0;
    // Rows with the bound itself lie behind an excluded lower one, and before the end of an included upper one.
    make(lower, values.lower);
    const position = rank(lower !== undefined && !lower.inclusive);
    make(upper, values.upper);
    const end = rank(upper === undefined || upper.inclusive);
    if (position === UNKNOWN || end === UNKNOWN) return undefined;
    if (isUnordered === true && Number(this.#functions.required("access_few")(handle, position, end)) === 0) return undefined;
    return { place: Number(this.#functions.required("access_place")(handle, index)), position, end };
  }

  #addPart(index: number, type: SqlType, value: Value): void {
    const tagged = machineOf(type) === "any" ? (value as Tagged) : { tag: slotOf(type), value: value as Plain };
    this.#part(index, tagged.tag, this.#functions.words.payload(tagged));
  }

  /** Takes the next rows, none at the end. */
  #batches(collection: string, positions: Positions, backwards: boolean): () => readonly number[] {
    const bytes = FOUND_ROWS + FOUND_BATCH * 4;
    return () => {
      if (positions.position >= positions.end) return [];
      return this.#functions.released(() => {
        const index = Number(this.#functions.required("access_at")(this.#rows.find(collection), positions.place)) >>> 0;
        const found = Number(this.#functions.required("runtime_allocate")(bytes)) >>> 0;
        const { memory } = this.#engine;
        memory.refresh();
        this.#functions.check();
        (backwards ? this.#fetchBack : this.#fetch)(found, index, positions.position, positions.end);
        const count = memory.word(found + FOUND_COUNT);
        if (count === 0) positions.end = positions.position;
        else if (backwards) positions.end -= count;
        else positions.position += count;
        return Array.from({ length: count }, (_, at) => memory.word(found + FOUND_ROWS + at * 4));
      });
    };
  }
}
