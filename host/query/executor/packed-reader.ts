/**
 * Reads the packed form (assembly/value/packed.ts) on the host, value by value: lists, maps, and the entities in which results carry
 * nodes, relationships, paths, and dates and times of Cypher.
 *
 * `next` reads the head of a value and tells its kind; fields of the reader hold what belongs to the kind. The elements of a list or a map
 * and the parts of an entity follow through `each`, in which every element is read by `next` once.
 *
 * Requires: the bytes are the engine's own. Cost: O(bytes).
 */
import {
  PACKED_ARRAY,
  PACKED_ARRAY_LONG,
  PACKED_DECIMAL8,
  PACKED_DECIMAL16,
  PACKED_DECIMAL32,
  PACKED_DOUBLE,
  PACKED_ENTITY,
  PACKED_ENTITY_NODE,
  PACKED_ENTITY_PATH,
  PACKED_ENTITY_RELATIONSHIP,
  PACKED_ENTITY_TEMPORAL,
  PACKED_FALSE,
  PACKED_INT8,
  PACKED_INT16,
  PACKED_INT32,
  PACKED_INT64,
  PACKED_NULL,
  PACKED_NUMBER_TEXT,
  PACKED_OBJECT,
  PACKED_OBJECT_LONG,
  PACKED_SHORT_STRING,
  PACKED_SMALL_INTEGER,
  PACKED_STRING,
  PACKED_TRUE,
  PACKED_TYPED,
} from "../../../assembly/abi/packed.ts";
import { SLOT_BOOLEAN, SLOT_DOUBLE } from "../../../assembly/abi/record.ts";
import { sqlError } from "../../common/sql-state.ts";
import { bytesOfString, type Tagged, textOfBytes } from "./value.ts";
import { doubleOfBits, machineOfSlot } from "./word-codec.ts";

/** integer: `integer`; float: `float`; text: `text`; list, map and entities: `count` and `each`; temporal: `temporal`, `text`; typed: `typed`. */
export type PackedKind =
  | "null"
  | "false"
  | "true"
  | "integer"
  | "float"
  | "text"
  | "list"
  | "map"
  | "node"
  | "relationship"
  | "path"
  | "temporal"
  | "typed";

/** Powers of ten up to this one are exact doubles. */
const EXACT_POWER_MAX = 22;
const GROUP_BITS = 7;
const GROUP_MASK = 127;

/** Entities by the number that stands first in them. */
const ENTITIES: Readonly<Record<number, PackedKind>> = {
  [PACKED_ENTITY_NODE]: "node",
  [PACKED_ENTITY_RELATIONSHIP]: "relationship",
  [PACKED_ENTITY_PATH]: "path",
};

/** Names of the only field of dates and times as documents have them, and the types. */
const TEMPORAL_FIELDS: ReadonlyMap<string, string> = new Map(
  ["datetime", "localdatetime", "date", "time", "localtime", "duration"].map((type) => [`$${type}`, type]),
);

export class PackedReader {
  integer: number | bigint = 0;
  float = 0;
  text = "";
  /** Elements of the list or map, or parts of the entity, that are still to be read. */
  count = 0;
  /** The name of the map's field whose value comes next. */
  name = "";
  /** datetime, localdatetime, date, time, localtime or duration; `text` is its text. */
  temporal = "";
  typed: Tagged = { tag: SLOT_BOOLEAN, value: false };
  readonly #bytes: string;
  readonly #view: DataView;
  #at = 0;
  /** End of the list or map whose head was read, and whether it has names. */
  #end = 0;
  #named = false;

  /** Reads a string of bytes. */
  constructor(bytes: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytesOfString(bytes).buffer);
  }

  /** How far the bytes were read. */
  get position(): number {
    return this.#at;
  }

  /** Reads the head of the next value. */
  next(): PackedKind {
    const tag = this.#byte();
    if (tag >= PACKED_SMALL_INTEGER) {
      this.integer = tag - PACKED_SMALL_INTEGER;
      return "integer";
    }
    if (tag >= PACKED_SHORT_STRING) return this.#textOf(tag - PACKED_SHORT_STRING);
    switch (tag) {
      case PACKED_NULL:
        return "null";
      case PACKED_FALSE:
        return "false";
      case PACKED_TRUE:
        return "true";
      case PACKED_STRING:
        return this.#textOf(this.#length());
      case PACKED_ARRAY:
      case PACKED_OBJECT:
        return this.#short(tag === PACKED_OBJECT) === "map" && this.#isStored() ? "temporal" : this.#named ? "map" : "list";
      case PACKED_ARRAY_LONG:
      case PACKED_OBJECT_LONG:
        return this.#long(tag === PACKED_OBJECT_LONG);
      case PACKED_ENTITY:
        return this.#entity();
      case PACKED_TYPED:
        return this.#typedValue();
      default:
        return this.#number(tag);
    }
  }

  /** Hands each element over to be read, by its position. Requires: `next` has just answered a list, a map or an entity. */
  each(read: (position: number) => void): void {
    const count = this.count;
    const end = this.#end;
    const named = this.#named;
    for (let position = 0; position < count; position++) {
      if (named) this.name = this.#bytesAsText(this.#length());
      read(position);
    }
    this.#at = end;
  }

  /** Reads the texts of a list. Requires: a list of texts comes next. */
  texts(): readonly string[] {
    const texts: string[] = [];
    this.next();
    this.each(() => {
      this.next();
      texts.push(this.text);
    });
    return texts;
  }

  /** The bytes of the next value, which is read over. */
  raw(): string {
    const start = this.#at;
    this.#skip();
    return this.#bytes.slice(start, this.#at);
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #skip(): void {
    const kind = this.next();
    if (kind === "list" || kind === "map" || kind === "node" || kind === "relationship" || kind === "path") this.#at = this.#end;
  }

  #byte(): number {
    return this.#bytes.charCodeAt(this.#at++);
  }

  /** A length in groups of seven bits, lowest first. */
  #length(): number {
    let length = 0;
    for (let shift = 0; ; shift += GROUP_BITS) {
      const group = this.#byte();
      length |= (group & GROUP_MASK) << shift;
      if (group <= GROUP_MASK) return length >>> 0;
    }
  }

  #bytesAsText(length: number): string {
    const text = textOfBytes(this.#bytes.slice(this.#at, this.#at + length));
    this.#at += length;
    return text;
  }

  #textOf(length: number): PackedKind {
    this.text = this.#bytesAsText(length);
    return "text";
  }

  #short(named: boolean): PackedKind {
    const sizeBytes = this.#byte();
    this.count = this.#byte();
    return this.#container(sizeBytes, named);
  }

  #long(named: boolean): PackedKind {
    const sizeBytes = this.#view.getUint32(this.#at, true);
    this.count = this.#view.getUint32(this.#at + 4, true);
    this.#at += 8;
    return this.#container(sizeBytes, named);
  }

  #container(sizeBytes: number, named: boolean): PackedKind {
    this.#end = this.#at + sizeBytes;
    this.#named = named;
    return named ? "map" : "list";
  }

  /** The array behind the tag begins with what it is; the parts follow. */
  #entity(): PackedKind {
    this.next();
    const end = this.#end;
    const parts = this.count - 1;
    this.next();
    const kind = this.integer;
    if (kind === PACKED_ENTITY_TEMPORAL) return this.#temporal();
    this.count = parts;
    this.#end = end;
    this.#named = false;
    return ENTITIES[Number(kind)] ?? "path";
  }

  /** A type and a text follow. */
  #temporal(): PackedKind {
    this.next();
    const type = this.text;
    this.next();
    this.temporal = type;
    return "temporal";
  }

  /** Whether the map whose head was read is a date or time as documents have it; it is read then (assembly/value/temporal-stored.ts). */
  #isStored(): boolean {
    if (this.count !== 1) return false;
    const start = this.#at;
    const type = TEMPORAL_FIELDS.get(this.#bytesAsText(this.#length()));
    if (type !== undefined && this.next() === "text") {
      this.temporal = type;
      return true;
    }
    this.#at = start;
    return false;
  }

  #typedValue(): PackedKind {
    const tag = this.#byte();
    const length = this.#length();
    const start = this.#at;
    this.#at += length;
    const machine = machineOfSlot(tag);
    if (machine === "word") this.typed = { tag, value: this.#bytes.slice(start, start + length) };
    else {
      const bits = this.#view.getBigInt64(start, true);
      this.typed = { tag, value: tag === SLOT_BOOLEAN ? bits !== 0n : tag === SLOT_DOUBLE ? doubleOfBits(bits) : bits };
    }
    return "typed";
  }

  #number(tag: number): PackedKind {
    const view = this.#view;
    const at = this.#at;
    switch (tag) {
      case PACKED_INT8:
        return this.#integer(view.getInt8(at), 1);
      case PACKED_INT16:
        return this.#integer(view.getInt16(at, true), 2);
      case PACKED_INT32:
        return this.#integer(view.getInt32(at, true), 4);
      case PACKED_INT64:
        return this.#integer(view.getBigInt64(at, true), 8);
      case PACKED_DOUBLE:
        return this.#float(view.getFloat64(at, true), 8);
      case PACKED_DECIMAL8:
        return this.#float(decimal(view.getInt8(at + 1), view.getUint8(at)), 2);
      case PACKED_DECIMAL16:
        return this.#float(decimal(view.getInt16(at + 1, true), view.getUint8(at)), 3);
      case PACKED_DECIMAL32:
        return this.#float(decimal(view.getInt32(at + 1, true), view.getUint8(at)), 5);
      case PACKED_NUMBER_TEXT:
        this.float = Number(this.#bytesAsText(this.#length()));
        return "float";
      default:
        throw sqlError("XX000", `a result has a value of tag ${tag}`);
    }
  }

  #integer(value: number | bigint, sizeBytes: number): PackedKind {
    this.#at += sizeBytes;
    const number = Number(value);
    this.integer = Number.isSafeInteger(number) ? number : value;
    return "integer";
  }

  #float(value: number, sizeBytes: number): PackedKind {
    this.#at += sizeBytes;
    this.float = value;
    return "float";
  }
}

/** The double nearest to digits / 10^scale. */
function decimal(digits: number, scale: number): number {
  return scale <= EXACT_POWER_MAX ? digits / 10 ** scale : Number(`${digits}e-${scale}`);
}
