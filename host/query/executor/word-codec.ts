/**
 * Values between JavaScript (value.ts) and the engine's memory: words, and the payloads of `any`.
 *
 * A word that is read is copied; one that is written lies in the plan's arena and lives as long as its mark. Views are renewed
 * after each allocation, since it can grow the memory.
 */
import { SLOT_BOOLEAN, SLOT_DOUBLE, WORD_HUGE, WORD_INLINE_MAX, WORD_LONG } from "../../../assembly/abi/record.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import type { Machine } from "../type/type.ts";
import { type Plain, stringOfBytes, type Tagged } from "./value.ts";

/** Bytes in front of a huge string, of which the last four are its length. */
const HUGE_HEAD = 8;
const BYTE = 0xffn;
const LENGTH_MASK = 0xffffffn;

const cell = new DataView(new ArrayBuffer(8));

/** The bits of a double as an i64. */
export function bitsOfDouble(value: number): bigint {
  cell.setFloat64(0, value, true);
  return cell.getBigInt64(0, true);
}

/** The double whose bits are an i64. */
export function doubleOfBits(bits: bigint): number {
  cell.setBigInt64(0, bits, true);
  return cell.getFloat64(0, true);
}

/** How values are held whose tag is SLOT_*. */
export function machineOfSlot(tag: number): Exclude<Machine, "any"> {
  return MACHINES[tag] ?? "word";
}

const MACHINES: readonly (Exclude<Machine, "any"> | undefined)[] = [
  undefined,
  "i32",
  "i64",
  "f64",
  "f64",
  "word",
  "word",
  "i64",
  "i64",
  "i64",
  "i64",
  "word",
  "word",
  "word",
  "word",
  "word",
  // Nodes and relationships.
  "i64",
  "i64",
];

export class WordCodec {
  readonly #engine: Engine;
  readonly #allocate: PlanFunction;

  constructor(engine: Engine, allocate: PlanFunction) {
    this.#engine = engine;
    this.#allocate = allocate;
  }

  /** The same with words written to memory of another sort. */
  inMemory(allocate: (sizeBytes: number) => number): WordCodec {
    return new WordCodec(this.#engine, (sizeBytes) => allocate(Number(sizeBytes)));
  }

  /** The bytes of a word. */
  read(word: bigint): string {
    const low = Number(word & BYTE);
    if (low <= WORD_INLINE_MAX) {
      let text = "";
      for (let rest = word >> 8n, left = low; left > 0; left--, rest >>= 8n) text += String.fromCharCode(Number(rest & BYTE));
      return text;
    }
    const { memory } = this.#engine;
    const address = Number((word >> 32n) & 0xffffffffn);
    const field = Number((word >> 8n) & LENGTH_MASK);
    const length = field === WORD_HUGE ? memory.word(address - 4) : field;
    return stringOfBytes(memory.view(address, length));
  }

  /** A word with these bytes. Throws 53200. */
  write(bytes: string): bigint {
    const { length } = bytes;
    if (length <= WORD_INLINE_MAX) {
      let word = 0n;
      for (let index = length - 1; index >= 0; index--) word = (word << 8n) | BigInt(bytes.charCodeAt(index));
      return BigInt.asIntN(64, (word << 8n) | BigInt(length));
    }
    const head = length < WORD_HUGE ? 0 : HUGE_HEAD;
    const block = Number(this.#allocate(length + head)) >>> 0;
    const { memory } = this.#engine;
    memory.refresh();
    if (block === 0) throw sqlError("53200", "out of memory");
    const address = block + head;
    if (head !== 0) memory.setWord(address - 4, length);
    const target = memory.view(address, length);
    for (let index = 0; index < length; index++) target[index] = bytes.charCodeAt(index);
    const field = Math.min(length, WORD_HUGE);
    return BigInt.asIntN(64, (BigInt(address) << 32n) | BigInt(field * 256 + WORD_LONG));
  }

  /** The payload of a value whose tag is SLOT_*. */
  payload({ tag, value }: Tagged): bigint {
    switch (machineOfSlot(tag)) {
      case "i32":
        return value === true ? 1n : 0n;
      case "i64":
        return value as bigint;
      case "f64":
        return bitsOfDouble(value as number);
      case "word":
        return this.write(value as string);
    }
  }

  /** The value of a payload. */
  plain(tag: number, payload: bigint): Plain {
    if (tag === SLOT_BOOLEAN) return payload !== 0n;
    if (tag === SLOT_DOUBLE) return doubleOfBits(payload);
    return machineOfSlot(tag) === "i64" ? payload : this.read(payload);
  }
}
