/**
 * Cypher's functions called through the engine, by their names in the table: JavaScript's values become arguments, and results the text
 * that JSON has for them (floats as the engine prints them), `NULL`, or the error.
 *
 * bigint: INTEGER; number: FLOAT; string: STRING; null: NULL; Json: a list or a map, by its text.
 */
import * as abi from "../../assembly/abi/record.ts";
import type { CypherRow } from "../../host/query/function/cypher/row.ts";
import { cypherAggregates, cypherFunctions } from "../../host/query/function/cypher/table.ts";
import type { Implementation } from "../../host/query/function/entry.ts";
import { runtimeError } from "../../host/query/function/error.ts";
import { machineOf, plainType, type SqlType, slotOf } from "../../host/query/type/type.ts";
import { ValueEngine } from "./value-engine.ts";

const ENGINE = new URL("../../dist/engine.wasm", import.meta.url).pathname;
const WORD_BITS = 64;
/** What value_convert is told for text. */
const TO_STRING = 3;

/** A list or a map. */
export class Json {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A list of values. */
export function list(...items: readonly (bigint | number | string | boolean | null)[]): Json {
  return new Json(`[${items.map(itemText).join()}]`);
}

/** A float keeps its point. */
function itemText(item: bigint | number | string | boolean | null): string {
  if (typeof item === "bigint") return String(item);
  if (typeof item === "number" && Number.isInteger(item)) return item.toFixed(1);
  return JSON.stringify(item);
}

/** A value with its tag: a node and the like. */
export interface Tagged {
  readonly tag: number;
  readonly payload: bigint;
}

export type Argument = bigint | number | string | boolean | null | Json | Tagged;

export class CypherFunctions {
  readonly engine = new ValueEngine(ENGINE);

  constructor() {
    this.engine.reset();
  }

  /** The result of a function as text; the row that takes values is called, or else the one of these types. */
  call(name: string, ...given: readonly Argument[]): string {
    const rows = cypherFunctions(name.toLowerCase()).filter(({ entry }) => entry.parameters.length === given.length);
    const row = rows.find(({ entry }) => entry.parameters.every((type) => type.name === "value")) ?? rows[0];
    if (row === undefined) throw new Error(`no function ${name} of ${given.length} arguments`);
    return this.callRow(row, ...given);
  }

  /** The result as an argument. Requires: there is no error. */
  value(name: string, ...given: readonly Argument[]): Tagged {
    const rows = cypherFunctions(name.toLowerCase()).filter(({ entry }) => entry.parameters.length === given.length);
    const { implementation, result } = (rows[rows.length - 1] as CypherRow).entry;
    if (implementation.kind !== "engine") throw new Error(`implemented as ${implementation.kind}`);
    const values = given.flatMap((each) => this.#passed(each, plainType("value")));
    const payload = this.engine.raw(implementation.name, [...values, ...implementation.extra]) as bigint;
    const error = this.#error();
    if (error !== undefined) throw new Error(`${name} failed: ${error}`);
    return { tag: implementation.tagged ? this.engine.tag() : slotOf(result), payload };
  }

  callRow({ entry }: CypherRow, ...given: readonly Argument[]): string {
    if (entry.strict && given.includes(null)) return "NULL";
    const values = given.flatMap((value, index) => this.#passed(value, entry.parameters[index] as SqlType));
    return this.#run(entry.implementation, values, entry.result);
  }

  /** A result that is an argument again. Requires: no error, and a row of one value. */
  tagged(name: string, given: Tagged): Tagged {
    const row = cypherFunctions(name.toLowerCase()).find(({ entry }) => entry.parameters.length === 1);
    if (row?.entry.implementation.kind !== "engine") throw new Error(`no function ${name}`);
    const { implementation, result } = row.entry;
    const payload = this.engine.raw(implementation.name, [given.tag, given.payload, ...implementation.extra]) as bigint;
    return { tag: implementation.tagged ? this.engine.tag() : slotOf(result), payload };
  }

  /** What an aggregate makes of rows of arguments; NULLs are skipped. */
  aggregate(name: string, rows: readonly (readonly Argument[])[]): string {
    const row = cypherAggregates(name.toLowerCase()).find(({ entry }) => entry.parameters.every((type) => type.name === "value"));
    if (row === undefined) throw new Error(`no aggregate ${name}`);
    const { step, finish, result, stateSlots, empty } = row.entry;
    if (step.kind !== "engine") throw new Error(`${name} is ${step.kind}`);
    const state = this.engine.state(8 * stateSlots);
    const taken = rows.filter((values) => !values.includes(null));
    for (const values of taken) {
      const passed = values.flatMap((value, index) => this.#passed(value, row.entry.parameters[index] as SqlType));
      this.engine.raw(step.name, [state, ...passed, ...step.extra]);
    }
    const error = this.#error();
    if (error !== undefined) return error;
    if (taken.length === 0 && empty === "null") return "NULL";
    return this.#run(finish, [state], result);
  }

  #run(implementation: Implementation, values: readonly (number | bigint)[], result: SqlType): string {
    if (implementation.kind !== "engine") throw new Error(`implemented as ${implementation.kind}`);
    const raw = this.engine.raw(implementation.name, [...values, ...implementation.extra]);
    const error = this.#error();
    if (error !== undefined) return error;
    const isDynamic = machineOf(result) === "any";
    const tag = implementation.tagged ? this.engine.tag() : slotOf(result);
    if (tag === abi.SLOT_NONE) return "NULL";
    return this.print(isDynamic ? tag : slotOf(result), raw);
  }

  /** The text of a raw result. */
  print(tag: number, raw: number | bigint): string {
    switch (tag) {
      case abi.SLOT_BOOLEAN:
        return BigInt(raw) === 0n ? "false" : "true";
      case abi.SLOT_INTEGER:
        return String(BigInt.asIntN(WORD_BITS, BigInt(raw)));
      case abi.SLOT_DOUBLE: {
        const value = typeof raw === "number" ? raw : (new Float64Array(new BigInt64Array([raw]).buffer)[0] as number);
        return Number.isInteger(value) ? value.toFixed(1) : String(value);
      }
      case abi.SLOT_TEMPORAL: {
        const text = this.engine.raw("value_convert", [tag, raw, TO_STRING]) as bigint;
        const printed = new TextDecoder().decode(this.engine.bytes(text));
        return printed;
      }
      case abi.SLOT_NODE:
        return `node ${raw}`;
      case abi.SLOT_TEXT:
        return JSON.stringify(new TextDecoder().decode(this.engine.bytes(raw as bigint)));
      default:
        return this.engine.print(raw as bigint, plainType("jsonb"))?.replaceAll(", ", ",") ?? "NULL";
    }
  }

  #error(): string | undefined {
    const id = this.engine.errorNumber();
    if (id === 0) return undefined;
    const { cypher } = runtimeError(id);
    const message = this.engine.error() as string;
    this.engine.reset();
    return cypher === undefined ? message : `${cypher[0]}: ${cypher[1]}`;
  }

  #passed(value: Argument, type: SqlType): (number | bigint)[] {
    const [tag, payload] = this.#tagged(value);
    const machine = machineOf(type);
    if (machine === "any") return [tag, payload];
    return machine === "f64" || machine === "i32" ? [Number(value)] : [payload];
  }

  #tagged(value: Argument): [tag: number, payload: bigint] {
    if (value === null) return [abi.SLOT_NONE, 0n];
    if (typeof value === "bigint") return [abi.SLOT_INTEGER, value];
    if (typeof value === "number") return [abi.SLOT_DOUBLE, new BigInt64Array(new Float64Array([value]).buffer)[0] as bigint];
    if (typeof value === "boolean") return [abi.SLOT_BOOLEAN, value ? 1n : 0n];
    if (typeof value === "string") return [abi.SLOT_TEXT, this.engine.word(new TextEncoder().encode(value))];
    if (value instanceof Json) return [abi.SLOT_JSON, this.engine.read(value.text, plainType("jsonb")) as bigint];
    return [value.tag, value.payload];
  }
}
