/**
 * Rows of JavaScript's values into the engine's memory, for batches: what a program loads.
 *
 *   row     for each value 16 bytes: u32 tag (SLOT_*, with BATCH_COERCE where the engine makes the value of the column), u32 0, 8 bytes
 *
 * 1. A value becomes what a parameter of an INSERT becomes (input.ts). What types hold as JavaScript has it is written straight into
 *    memory, texts of most types are left to the engine's casts, and all else goes through `Input`.
 * 2. One function per list of fields, written out as source where the runtime allows it, so that each access sees one shape of row.
 * 3. All that a batch takes lies in the arena until its statement ends.
 */
import {
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_NONE,
  SLOT_TEXT,
  WORD_HUGE,
  WORD_INLINE_MAX,
  WORD_LONG,
} from "../../../assembly/abi/record.ts";
import { BATCH_COERCE } from "../../../assembly/abi/table.ts";
import type { MemoryView } from "../../engine/memory-view.ts";
import { machineOf, type SqlType, slotOf } from "../type/type.ts";
import type { Input, Parameter } from "./input.ts";
import type { Plain, Tagged } from "./value.ts";
import type { WordCodec } from "./word-codec.ts";

/** What rows are read by: names of fields, or positions in an array. */
export type Field = string | number;

type Put = (value: Parameter) => void;

export const VALUE_BYTES = 16;
export const VALUE_PAYLOAD = 8;
const HIGH = 4294967296;
const TEXT_BYTES = 262144;
/** Bytes of UTF-8 that a unit of text takes at most. */
const UNIT_BYTES = 3;
const ASCII_MAX = 127;
const BYTE_MAX = 255;

/** Types whose texts the engine's casts read as a parameter's are read. */
const CAST_BY_ENGINE: ReadonlySet<string> = new Set([
  "numeric",
  "date",
  "time without time zone",
  "timestamp without time zone",
  "timestamp with time zone",
  "interval",
  "uuid",
  "character varying",
  "character",
]);

const INTEGER_RANGE: Readonly<Record<string, number>> = { smallint: 32767, integer: 2147483647, bigint: Number.MAX_SAFE_INTEGER };

export interface EncoderParts {
  readonly memory: MemoryView;
  readonly words: WordCodec;
  readonly input: Input;
  /** Bytes in the arena, aligned to 8. */
  readonly allocate: (sizeBytes: number) => number;
}

export class RowEncoder {
  readonly rowBytes: number;
  readonly #parts: EncoderParts;
  readonly #encode: (row: object) => void;
  /** Address of the row under way. */
  #row = 0;
  /** Where the next long text goes, and where its room ends. */
  #text = 0;
  #textEnd = 0;

  constructor(parts: EncoderParts, fields: readonly Field[], types: readonly SqlType[]) {
    this.#parts = parts;
    this.rowBytes = fields.length * VALUE_BYTES;
    this.#encode = composePuts(
      fields,
      types.map((type, index) => this.#put(type, index * VALUE_BYTES)),
    );
  }

  /** Encodes rows one behind the other; answers their address. */
  encode(rows: readonly object[]): number {
    this.#text = 0;
    this.#textEnd = 0;
    const start = this.#parts.allocate(rows.length * this.rowBytes);
    this.#row = start;
    for (const row of rows) {
      this.#encode(row);
      this.#row += this.rowBytes;
    }
    return start;
  }

  #put(type: SqlType, offset: number): Put {
    const slow = this.#slow(type, offset);
    switch (type.name) {
      case "smallint":
      case "integer":
      case "bigint":
        return this.#integer(offset, INTEGER_RANGE[type.name] as number, slow);
      case "double precision":
        return this.#double(offset, slow);
      case "boolean":
        return this.#boolean(offset, slow);
      case "text":
        return this.#texts(offset, SLOT_TEXT, slow);
      case "any":
        return this.#dynamic(offset, slow);
      default:
        return CAST_BY_ENGINE.has(type.name) ? this.#texts(offset, SLOT_TEXT + BATCH_COERCE, slow) : slow;
    }
  }

  #integer(offset: number, largest: number, slow: Put): Put {
    const { memory } = this.#parts;
    return (value) => {
      if (typeof value !== "number" || !Number.isInteger(value) || value > largest || value < -largest) {
        slow(value);
        return;
      }
      const at = this.#row + offset;
      memory.setWord(at, SLOT_INTEGER);
      memory.setWord(at + VALUE_PAYLOAD, value);
      memory.setWord(at + VALUE_PAYLOAD + 4, Math.floor(value / HIGH));
    };
  }

  #double(offset: number, slow: Put): Put {
    const { memory } = this.#parts;
    return (value) => {
      if (typeof value !== "number") {
        slow(value);
        return;
      }
      const at = this.#row + offset;
      memory.setWord(at, SLOT_DOUBLE);
      memory.setFloat(at + VALUE_PAYLOAD, value);
    };
  }

  #boolean(offset: number, slow: Put): Put {
    const { memory } = this.#parts;
    return (value) => {
      if (typeof value !== "boolean") {
        slow(value);
        return;
      }
      const at = this.#row + offset;
      memory.setWord(at, SLOT_BOOLEAN);
      memory.setWord(at + VALUE_PAYLOAD, value ? 1 : 0);
      memory.setWord(at + VALUE_PAYLOAD + 4, 0);
    };
  }

  #texts(offset: number, tag: number, slow: Put): Put {
    const { memory } = this.#parts;
    return (value) => {
      if (typeof value !== "string" || value.length * UNIT_BYTES >= WORD_HUGE) {
        slow(value);
        return;
      }
      const at = this.#row + offset;
      this.#writeText(at + VALUE_PAYLOAD, value);
      memory.setWord(at, tag);
    };
  }

  #dynamic(offset: number, slow: Put): Put {
    const integer = this.#integer(offset, Number.MAX_SAFE_INTEGER, slow);
    const double = this.#double(offset, slow);
    const text = this.#texts(offset, SLOT_TEXT, slow);
    return (value) => {
      if (typeof value === "string") text(value);
      else if (typeof value === "number" && Number.isInteger(value) && !Object.is(value, -0)) integer(value);
      else if (typeof value === "number") double(value);
      else slow(value);
    };
  }

  /** Writes the word of a text. */
  #writeText(at: number, text: string): void {
    const { memory } = this.#parts;
    const { length } = text;
    if (length <= WORD_INLINE_MAX && writeInline(memory, at, text, ASCII_MAX)) return;
    if (this.#textEnd - this.#text < length * UNIT_BYTES) this.#growText(length * UNIT_BYTES);
    const address = this.#text;
    const bytes = memory.writeText(address, text);
    if (bytes <= WORD_INLINE_MAX) {
      writeInline(memory, at, String.fromCharCode(...memory.view(address, bytes)), BYTE_MAX);
      return;
    }
    memory.setWord(at, WORD_LONG + bytes * 256);
    memory.setWord(at + 4, address);
    this.#text = (address + bytes + 3) & ~3;
  }

  #growText(sizeBytes: number): void {
    const room = Math.max(TEXT_BYTES, (sizeBytes + 3) & ~3);
    this.#text = this.#parts.allocate(room);
    this.#textEnd = this.#text + room;
  }

  /** Whatever a parameter may be. */
  #slow(type: SqlType, offset: number): Put {
    const { memory, words, input } = this.#parts;
    const isDynamic = machineOf(type) === "any";
    return (given) => {
      const value = input.fromParameter(given, type);
      const tagged = isDynamic || value === null ? (value as Tagged | null) : { tag: slotOf(type), value: value as Plain };
      const payload = tagged === null ? 0n : words.payload(tagged);
      const at = this.#row + offset;
      memory.setWord(at, tagged === null ? SLOT_NONE : tagged.tag);
      memory.setLong(at + VALUE_PAYLOAD, payload);
    };
  }
}

/** Writes the word of up to seven characters; false: one is beyond `limit`, and nothing is promised. */
function writeInline(memory: MemoryView, at: number, text: string, limit: number): boolean {
  const { length } = text;
  let low = length;
  let high = 0;
  let seen = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    seen |= code;
    if (index < 3) low |= code << (8 * (index + 1));
    else high |= code << (8 * (index - 3));
  }
  if (seen > limit) return false;
  memory.setWord(at, low);
  memory.setWord(at + 4, high);
  return true;
}

/** Whether source may be turned into a function here; found out once. */
let isAllowed = true;

/** Hands each field of a row to its function. */
function composePuts(fields: readonly Field[], puts: readonly Put[]): (row: object) => void {
  if (isAllowed) {
    try {
      const calls = fields.map((field, index) => `p${index}(row[${JSON.stringify(field)}]);`);
      const make = new Function(...puts.map((_, index) => `p${index}`), `return (row) => { ${calls.join(" ")} };`) as (
        ...given: readonly Put[]
      ) => (row: object) => void;
      return make(...puts);
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
      isAllowed = false;
    }
  }
  return (row) => {
    for (let index = 0; index < fields.length; index++) {
      (puts[index] as Put)((row as Readonly<Record<Field, Parameter>>)[fields[index] as Field]);
    }
  };
}
