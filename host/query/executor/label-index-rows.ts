/**
 * Rows of one set of labels through a label's index, for the interpreter (assembly/graph/label-index.ts, assembly/runtime/access.ts).
 *
 * 1. Keys have SQL's norm: a text that spells a number is that number, and booleans come before numbers, those before texts. So a range
 *    of texts is looked for among all numbers too; a bound that spells a number itself says nothing.
 * 2. Bounds are taken as if they were included, and rows come in no order that is promised: the filter above the scan decides.
 * 3. What the index does not know (lists and maps, which have equal ones with other keys; values longer than its keys) is answered by
 *    undefined: the scan reads all nodes of the label.
 */
import { FOUND_BATCH, FOUND_COUNT, FOUND_ROWS } from "../../../assembly/abi/plan.ts";
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_TEXT } from "../../../assembly/abi/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { NodeAccess } from "../plan/graph-operator.ts";
import { machineOf, type SqlType, slotOf } from "../type/type.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { IndexValues } from "./surroundings.ts";
import { bytesOfText, type Plain, type Tagged, type Value } from "./value.ts";

type IndexAccess = Extract<NodeAccess, { readonly kind: "index" }>;

/** What `access_rank` answers when it does not know. */
const UNKNOWN = 0xffffffff;
const WORD_BYTES = 4;
/** Kinds whose equal values have equal keys. */
const SCALARS: ReadonlySet<number> = new Set([SLOT_BOOLEAN, SLOT_INTEGER, SLOT_DOUBLE, SLOT_TEXT]);
/** Beginnings of texts that may spell numbers. */
const NUMBER_START = /^[-0-9]/;
const LEAST: Tagged = { tag: SLOT_DOUBLE, value: Number.NEGATIVE_INFINITY };
const GREATEST: Tagged = { tag: SLOT_DOUBLE, value: Number.POSITIVE_INFINITY };

/** Positions of an index: those from `from` on and before `end`. */
interface Stretch {
  readonly from: number;
  readonly end: number;
}

export class LabelIndexRows {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;

  constructor(engine: Engine, functions: EngineFunctions) {
    this.#engine = engine;
    this.#functions = functions;
  }

  /** The rows of an access in the collection of a set of labels; undefined: the index does not know. */
  rows(collection: number, access: IndexAccess, values: IndexValues): readonly number[] | "no index" | undefined {
    return this.#functions.released(() => {
      const name = this.#functions.words.write(bytesOfText(access.index));
      const index = Number(this.#functions.required("access_index")(collection, name)) >>> 0;
      if (index === 0) return "no index";
      const stretches = this.#stretches(index, access, values);
      if (stretches === undefined || stretches.some(({ from, end }) => from === UNKNOWN || end === UNKNOWN)) return undefined;
      return stretches.flatMap((stretch) => this.#fetch(index, stretch));
    });
  }

  #stretches(index: number, { equal, lower, upper, prefix }: IndexAccess, values: IndexValues): readonly Stretch[] | undefined {
    const fixed = equal.map(({ type }, at) => taggedOf(values.equal[at] ?? null, type));
    if (!fixed.every((value) => value !== undefined && SCALARS.has(value.tag))) return undefined;
    const rank = (isBehind: boolean, next?: Tagged): number => this.#rank(index, fixed as readonly Tagged[], next, isBehind);
    // The engine takes two ranks that are asked for one behind the other for the ends of what is read.
    const stretch = (low: Tagged | undefined, high: Tagged | undefined): Stretch => ({ from: rank(false, low), end: rank(true, high) });
    if (prefix !== undefined) {
      const text = taggedOf(values.prefix, prefix.type);
      if (text?.tag === SLOT_TEXT) return this.#prefixed(index, fixed as readonly Tagged[], text.value as string);
      return [stretch(undefined, undefined)];
    }
    const low = lower && taggedOf(values.lower, lower.value.type);
    const high = upper && taggedOf(values.upper, upper.value.type);
    const kinds = [low, high].filter((bound) => bound !== undefined).map(rangeKind);
    if (kinds.includes("other")) return [stretch(undefined, undefined)];
    if (!kinds.includes("text")) return [stretch(low, high)];
    // Texts, and the numbers that texts may spell.
    const last = high === undefined || rangeKind(high) !== "text" ? undefined : high;
    if (low === undefined || rangeKind(low) !== "text") return [stretch(LEAST, last)];
    return [stretch(LEAST, GREATEST), stretch(low, last)].filter(({ from, end }) => end > from);
  }

  /** All texts that begin so, or undefined where they may spell numbers. */
  #prefixed(index: number, fixed: readonly Tagged[], text: string): readonly Stretch[] | undefined {
    const word = this.#functions.words.write(text);
    const make = (isBehind: boolean): number => {
      this.#begin(index, fixed);
      const isKnown = Number(this.#functions.required("key_text_prefix")(word)) === 1;
      return isKnown ? this.#rankOfKey(index, isBehind) : UNKNOWN;
    };
    const [from, end] = [make(false), make(true)];
    return from === UNKNOWN || end === UNKNOWN ? undefined : [{ from, end }];
  }

  #rank(index: number, fixed: readonly Tagged[], next: Tagged | undefined, isBehind: boolean): number {
    this.#begin(index, fixed);
    if (next !== undefined) this.#addPart(index, next);
    return this.#rankOfKey(index, isBehind);
  }

  #rankOfKey(index: number, isBehind: boolean): number {
    return Number(this.#functions.required("access_rank")(index, isBehind ? 1 : 0)) >>> 0;
  }

  #begin(index: number, fixed: readonly Tagged[]): void {
    this.#functions.required("access_key_begin")(index);
    for (const value of fixed) this.#addPart(index, value);
  }

  #addPart(index: number, value: Tagged): void {
    this.#functions.required("access_key_part")(index, value.tag, this.#functions.words.payload(value));
  }

  #fetch(index: number, { from, end }: Stretch): readonly number[] {
    const found = this.#functions.allocate(FOUND_ROWS + FOUND_BATCH * WORD_BYTES);
    const fetch = this.#functions.required("access_fetch");
    const { memory } = this.#engine;
    const rows: number[] = [];
    for (let position = from; position < end; ) {
      fetch(found, index, position, end);
      const count = memory.word(found + FOUND_COUNT);
      if (count === 0) break;
      for (let at = 0; at < count; at++) rows.push(memory.word(found + FOUND_ROWS + at * WORD_BYTES));
      position += count;
    }
    return rows;
  }
}

/** A value with its tag; undefined for NULL. */
function taggedOf(value: Value, type: SqlType): Tagged | undefined {
  if (value === null) return undefined;
  return machineOf(type) === "any" ? (value as Tagged) : { tag: slotOf(type), value: value as Plain };
}

/** How a range with such a bound is searched. */
function rangeKind({ tag, value }: Tagged): "number" | "text" | "other" {
  if (tag === SLOT_TEXT) return NUMBER_START.test(value as string) ? "other" : "text";
  return tag === SLOT_INTEGER || tag === SLOT_BOOLEAN || (tag === SLOT_DOUBLE && !Number.isNaN(value)) ? "number" : "other";
}
