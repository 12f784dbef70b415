/**
 * The RESP encoder of the host: builds the replies of commands that the host answers, in RESP2 or RESP3.
 *
 * 1. One growing buffer. `take` hands out a copy and empties it; a buffer that has become larger than KEEP_BYTES is let go.
 * 2. Small values allocate nothing: lengths, integers and ASCII text are written byte by byte.
 * 3. The protocol may change between two values (HELLO answers in the protocol that it chooses).
 * 4. Types that RESP2 has not become what Redis answers there: a map is an array of keys and values, a set or push an array,
 *    a boolean 0 or 1, a double, big number or verbatim string a bulk string, both nulls a null of their kind.
 * 5. A line (simple string, error) ends at its first CR or LF in the protocol, so both become blanks.
 *
 * Cost: O(bytes written).
 */
import { DatabaseError, type ErrorCode } from "../common/error.ts";
import { errorPrefix } from "../common/reply-error.ts";

const CAPACITY = 1024;
const KEEP_BYTES = 65536;
/** Longest UTF-8 form of a UTF-16 unit. */
const UTF8_UNIT_BYTES = 3;
/** Room for a type byte, a number of 20 digits and CRLF. */
const HEAD_BYTES = 24;

const CR = 13;
const LF = 10;
const BLANK = 32;
const BULK = 36;
const PERCENT = 37;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;
const COLON = 58;
const EQUALS = 61;
const PUSH = 62;
const ARRAY = 42;
const PAREN = 40;
const HASH = 35;
const UNDERSCORE = 95;
const BAR = 124;
const TILDE = 126;

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);

export class ReplyWriter {
  #protocol: 2 | 3;
  #bytes = new Uint8Array(CAPACITY);
  #length = 0;

  constructor(protocol: 2 | 3) {
    this.#protocol = protocol;
  }

  get protocol(): 2 | 3 {
    return this.#protocol;
  }

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#length;
  }

  /** The protocol of the values that follow. */
  setProtocol(protocol: 2 | 3): void {
    this.#protocol = protocol;
  }

  /** A copy of what was written; the writer is then empty. */
  take(): Uint8Array {
    if (this.#length === 0) return EMPTY;
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    if (this.#bytes.length > KEEP_BYTES) this.#bytes = new Uint8Array(CAPACITY);
    return taken;
  }

  /** Bytes that are RESP already. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  ok(): void {
    this.simple("OK");
  }

  /** A simple string. */
  simple(text: string): void {
    this.#line(PLUS, text);
  }

  /** An error: of a DatabaseError, or of a code and a text without its prefix. */
  error(error: DatabaseError): void;
  error(code: ErrorCode, text: string): void;
  error(error: DatabaseError | ErrorCode, text = ""): void {
    if (error instanceof DatabaseError) this.#line(MINUS, `${errorPrefix(error.code)} ${error.message}`);
    else this.#line(MINUS, `${errorPrefix(error)} ${text}`);
  }

  /** An error line as it is, prefix and text. */
  errorLine(line: string): void {
    this.#line(MINUS, line);
  }

  /** An integer of 64 bits. Requires of a number: it is a safe integer. */
  integer(value: number | bigint): void {
    if (typeof value === "number" && value >= 0) this.#head(COLON, value);
    else this.#line(COLON, String(value));
  }

  /** A bulk string, text as UTF-8; null is the null of a missing value. */
  bulk(value: Uint8Array | string | null): void {
    if (value === null) this.null();
    else if (typeof value === "string") this.#bulkText(value);
    else {
      this.#head(BULK, value.length);
      this.raw(value);
      this.#end();
    }
  }

  /** The head of an array; `count` values follow. */
  array(count: number): void {
    this.#head(ARRAY, count);
  }

  /** The head of a map; `count` keys, each with its value, follow. */
  map(count: number): void {
    if (this.#protocol === 3) this.#head(PERCENT, count);
    else this.#head(ARRAY, count * 2);
  }

  /** The head of a set; `count` values follow. */
  set(count: number): void {
    this.#head(this.#protocol === 3 ? TILDE : ARRAY, count);
  }

  /** The head of a push message; `count` values follow. */
  push(count: number): void {
    this.#head(this.#protocol === 3 ? PUSH : ARRAY, count);
  }

  /** The head of an attribute; `count` keys, each with its value, and what it is about follow. Requires: RESP3. */
  attribute(count: number): void {
    this.#head(BAR, count);
  }

  /** The null that stands for a missing value. */
  null(): void {
    if (this.#protocol === 3) this.#line(UNDERSCORE, "");
    else this.#line(BULK, "-1");
  }

  /** The null that stands for a missing array. */
  nullArray(): void {
    if (this.#protocol === 3) this.#line(UNDERSCORE, "");
    else this.#line(ARRAY, "-1");
  }

  boolean(value: boolean): void {
    if (this.#protocol === 3) this.#line(HASH, value ? "t" : "f");
    else this.integer(value ? 1 : 0);
  }

  double(value: number): void {
    const text = doubleText(value);
    if (this.#protocol === 3) this.#line(COMMA, text);
    else this.#bulkText(text);
  }

  bigNumber(value: bigint): void {
    if (this.#protocol === 3) this.#line(PAREN, String(value));
    else this.#bulkText(String(value));
  }

  /** Text for people. Requires: `format` has three ASCII characters, such as txt or mkd. */
  verbatim(format: string, text: string): void {
    if (this.#protocol === 2) {
      this.#bulkText(text);
      return;
    }
    const bytes = encoder.encode(`${format}:${text}`);
    this.#head(EQUALS, bytes.length);
    this.raw(bytes);
    this.#end();
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  #end(): void {
    this.#reserve(2);
    this.#bytes[this.#length++] = CR;
    this.#bytes[this.#length++] = LF;
  }

  /** A type byte, a number ≥ 0 and CRLF. */
  #head(type: number, count: number): void {
    this.#reserve(HEAD_BYTES);
    const bytes = this.#bytes;
    bytes[this.#length++] = type;
    let digits = 1;
    for (let rest = count; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    let at = this.#length + digits;
    this.#length = at;
    for (let rest = count; at > this.#length - digits; rest = Math.floor(rest / 10)) bytes[--at] = ZERO + (rest % 10);
    bytes[this.#length++] = CR;
    bytes[this.#length++] = LF;
  }

  /** A type byte, text with line breaks as blanks, and CRLF. */
  #line(type: number, text: string): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = type;
    const start = this.#length;
    this.#text(text);
    for (let at = start; at < this.#length; at++) {
      const byte = this.#bytes[at];
      if (byte === CR || byte === LF) this.#bytes[at] = BLANK;
    }
    this.#end();
  }

  #bulkText(text: string): void {
    if (!isAscii(text)) {
      const bytes = encoder.encode(text);
      this.#head(BULK, bytes.length);
      this.raw(bytes);
    } else {
      this.#head(BULK, text.length);
      this.#text(text);
    }
    this.#end();
  }

  #text(text: string): void {
    this.#reserve(text.length * UTF8_UNIT_BYTES);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }
}

/** Longest text that is looked through byte by byte instead of being encoded apart. */
const ASCII_LOOK = 4096;

function isAscii(text: string): boolean {
  if (text.length > ASCII_LOOK) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** Shortest text that reads back as the same double, as RESP3 writes it. */
function doubleText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  if (Number.isNaN(value)) return "nan";
  return Object.is(value, -0) ? "-0" : String(value);
}
