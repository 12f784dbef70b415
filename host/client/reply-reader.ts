/**
 * From reply bytes of the engine to JavaScript values, without anything in between.
 *
 *   simple, bulk, verbatim   string; bulk as Uint8Array when bytes are asked for
 *   integer                  number; bigint beyond 2^53 - 1, so that no digit is lost
 *   big number               bigint
 *   double, boolean, null    number, boolean, null
 *   array, push              array
 *   set, map                 Set, Map
 *   attribute                left out: it describes the value behind it
 *   error                    DatabaseError as a value; who called decides whether it is thrown
 *
 * The bytes are our own engine's, whole replies, in RESP2 or RESP3; they are read where they lie. What comes from a network
 * goes through host/resp/decoder.ts.
 */
import { DatabaseError, type ErrorCode } from "../common/error.ts";
import { replyErrors } from "../common/error-table.ts";
import { sqlErrorCode } from "../common/sql-state.ts";
import type { MemoryView } from "../engine/memory-view.ts";

/** What `execute` answers: see the table at the top of reply-reader.ts. */
export type ReplyValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | DatabaseError
  | readonly ReplyValue[]
  | ReadonlySet<ReplyValue>
  | ReadonlyMap<ReplyValue, ReplyValue>;

const MINUS = 0x2d;
const CR = 0x0d;
const LETTER_O = 0x4f;
const LETTER_K = 0x4b;
/** Digits of a number that is exact whatever they are. */
const SAFE_DIGITS = 15;
/** Format and colon in front of a verbatim string. */
const VERBATIM_HEAD = 4;

export class ReplyReader {
  readonly #memory: MemoryView;
  #position = 0;
  #asBytes = false;

  constructor(memory: MemoryView) {
    this.#memory = memory;
  }

  /** Where the reply behind the last one begins. */
  get position(): number {
    return this.#position;
  }

  /** The reply that begins at an address; `asBytes` keeps bulk strings as bytes. */
  read(address: number, asBytes: boolean): ReplyValue {
    this.#position = address;
    this.#asBytes = asBytes;
    return this.#value();
  }

  #value(): ReplyValue {
    const kind = this.#memory.byte(this.#position++);
    switch (kind) {
      case 0x24: // $
        return this.#bulk();
      case 0x3a: // :
        return this.#integer();
      case 0x2b: // +
        return this.#line();
      case 0x2d: // -
        return errorOfLine(this.#line());
      case 0x5f: // _
        this.#line();
        return null;
      case 0x23: // #
        return this.#line() === "t";
      case 0x2c: // ,
        return double(this.#line());
      case 0x28: // (
        return BigInt(this.#line());
      case 0x3d: // =
        return this.#verbatim();
      case 0x2a: // *
      case 0x3e: // >
        return this.#array();
      case 0x7e: // ~
        return new Set(this.#items(this.#count()));
      case 0x25: // %
        return this.#map();
      case 0x7c: // |
        this.#items(this.#count() * 2);
        return this.#value();
      default:
        throw new DatabaseError("INTERNAL", `the engine replied with type ${kind}`);
    }
  }

  #bulk(): ReplyValue {
    const length = this.#count();
    if (length < 0) return null;
    const start = this.#position;
    this.#position += length + 2;
    return this.#asBytes ? this.#memory.copy(start, length) : this.#memory.readText(start, length);
  }

  #verbatim(): string {
    const length = this.#count();
    const start = this.#position + VERBATIM_HEAD;
    this.#position += length + 2;
    return this.#memory.readText(start, length - VERBATIM_HEAD);
  }

  #array(): ReplyValue {
    const count = this.#count();
    return count < 0 ? null : this.#items(count);
  }

  #items(count: number): ReplyValue[] {
    const items: ReplyValue[] = [];
    for (let index = 0; index < count; index++) items.push(this.#value());
    return items;
  }

  #map(): ReplyValue {
    const map = new Map<ReplyValue, ReplyValue>();
    for (let left = this.#count(); left > 0; left--) {
      const key = this.#value();
      map.set(key, this.#value());
    }
    return map;
  }

  #integer(): number | bigint {
    const start = this.#position;
    const value = this.#count();
    const digits = this.#position - start - 2;
    if (digits <= SAFE_DIGITS) return value;
    const exact = BigInt(this.#memory.readAscii(start, digits));
    const rounded = Number(exact);
    return Number.isSafeInteger(rounded) ? rounded : exact;
  }

  /** A decimal number up to the end of its line. */
  #count(): number {
    const memory = this.#memory;
    const isNegative = memory.byte(this.#position) === MINUS;
    let position = isNegative ? this.#position + 1 : this.#position;
    let value = 0;
    for (let byte = memory.byte(position); byte !== CR; byte = memory.byte(++position)) value = value * 10 + byte - 48;
    this.#position = position + 2;
    return isNegative ? -value : value;
  }

  /** Text up to the end of its line. */
  #line(): string {
    const memory = this.#memory;
    const at = this.#position;
    // What most commands that write answer.
    if (memory.byte(at) === LETTER_O && memory.byte(at + 1) === LETTER_K && memory.byte(at + 2) === CR) {
      this.#position = at + 4;
      return "OK";
    }
    const start = this.#position;
    let end = start;
    while (this.#memory.byte(end) !== CR) end++;
    this.#position = end + 2;
    return this.#memory.readText(start, end - start);
  }
}

function double(text: string): number {
  if (text === "inf") return Number.POSITIVE_INFINITY;
  if (text === "-inf") return Number.NEGATIVE_INFINITY;
  return Number(text);
}

/** The error of a line such as `WRONGTYPE Operation against ...`. Its code is the row of the error table that fits best. */
export function errorOfLine(line: string): DatabaseError {
  const space = line.indexOf(" ");
  const prefix = space < 0 ? line : line.slice(0, space);
  const text = space < 0 ? "" : line.slice(space + 1);
  return new DatabaseError(codeOf(prefix, text), text);
}

function codeOf(prefix: string, text: string): ErrorCode {
  const state = /\[([0-9A-Z]{5})\]$/.exec(text)?.[1];
  if (state !== undefined) return sqlErrorCode(state);
  const candidates = replyErrors.filter((row) => row.prefix === prefix);
  const row = candidates.find(({ text: known }) => fits(known, text)) ?? (prefix === "ERR" ? undefined : candidates[0]);
  return row?.name ?? "REPLY";
}

/** Whether `text` is the table's text with anything in place of each `%s`; what follows UNKNOWN_COMMAND's text does not matter. */
function fits(known: string, text: string): boolean {
  const parts = known.split("%s");
  let position = 0;
  for (const [index, part] of parts.entries()) {
    const found = text.indexOf(part, position);
    if (found < 0 || (index === 0 && found !== 0)) return false;
    position = found + part.length;
  }
  return position === text.length || known.endsWith(" ") || known.endsWith("%s");
}
