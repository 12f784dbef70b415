/**
 * RESP as the tests see it: replies as values that tell every type of RESP2 and RESP3 apart, a decoder for streams, and an
 * encoder for requests. Written from the protocol's description alone and independent of the decoders in assembly/ and
 * host/, so that a mistake there is not repeated here.
 *
 * 1. Bytes are kept as they came: bulk strings, errors and simple strings hold bytes as latin1 text, one character a byte
 *    (cheap to compare, to print and to put into a map).
 * 2. The decoder is strict: a wrong length, a missing CRLF or an unknown type byte throws ProtocolError with the position.
 *    A server that sends such bytes is broken, and guessing on would hide where.
 * 3. Numbers stay text: the tests compare what was sent, so `1.10` and `1.1` differ.
 */

export type Reply =
  | { readonly kind: "simple"; readonly text: string }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "bulk-error"; readonly text: string }
  | { readonly kind: "integer"; readonly text: string }
  | { readonly kind: "double"; readonly text: string }
  | { readonly kind: "big-number"; readonly text: string }
  | { readonly kind: "boolean"; readonly text: string }
  | { readonly kind: "bulk"; readonly text: string }
  | { readonly kind: "verbatim"; readonly text: string }
  | { readonly kind: "null" }
  | { readonly kind: "null-bulk" }
  | { readonly kind: "null-array" }
  | { readonly kind: "array" | "set" | "push"; readonly items: readonly Reply[] }
  | { readonly kind: "map" | "attribute"; readonly items: readonly Reply[] };

/** The server sent something that is not RESP. */
export class ProtocolError extends Error {
  readonly position: number;

  constructor(problem: string, position: number) {
    super(`${problem} at byte ${position} of the stream`);
    this.position = position;
  }
}

const LINE_KINDS = {
  "+": "simple",
  "-": "error",
  ":": "integer",
  ",": "double",
  "(": "big-number",
  "#": "boolean",
} as const;
const BODY_KINDS = { $: "bulk", "!": "bulk-error", "=": "verbatim" } as const;
const LIST_KINDS = { "*": "array", "~": "set", ">": "push", "%": "map", "|": "attribute" } as const;

const LINE_FORMS: Partial<Record<string, RegExp>> = {
  ":": /^-?\d+$/,
  ",": /^(-?\d+(\.\d+)?(e[-+]?\d+)?|-?inf|nan)$/,
  "(": /^-?\d+$/,
  "#": /^[tf]$/,
};

const CR = 13;
const LF = 10;

/** Takes a stream in pieces and gives complete replies. */
export class ReplyDecoder {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #consumed = 0;

  /** Takes the next piece of the stream. The bytes are copied. */
  push(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#start), bytes]);
    this.#start = 0;
  }

  /** The next complete reply, or undefined when bytes are missing. Throws ProtocolError. */
  next(): Reply | undefined {
    const cursor = { at: this.#start };
    const reply = this.#read(cursor);
    if (reply === undefined) return undefined;
    this.#consumed += cursor.at - this.#start;
    this.#start = cursor.at;
    return reply;
  }

  /** Bytes that belong to no complete reply yet. */
  get pending(): Buffer {
    return this.#bytes.subarray(this.#start);
  }

  #read(cursor: { at: number }): Reply | undefined {
    const from = cursor.at;
    const line = this.#line(cursor);
    if (line === undefined) return undefined;
    const type = line.charAt(0);
    const rest = line.slice(1);
    if (type === "_") {
      if (rest !== "") throw this.#problem("text after a null", from);
      return { kind: "null" };
    }
    if (isKeyOf(type, LINE_KINDS)) {
      if (!(LINE_FORMS[type]?.test(rest) ?? true)) throw this.#problem(`bad ${LINE_KINDS[type]} ${JSON.stringify(rest)}`, from);
      return { kind: LINE_KINDS[type], text: rest };
    }
    if (isKeyOf(type, BODY_KINDS)) return this.#body(cursor, type, rest, from);
    if (isKeyOf(type, LIST_KINDS)) return this.#list(cursor, type, rest, from);
    throw this.#problem(`unknown type byte ${JSON.stringify(type)}`, from);
  }

  #line(cursor: { at: number }): string | undefined {
    const end = this.#bytes.indexOf(CR, cursor.at);
    if (end < 0 || end + 1 >= this.#bytes.length) return undefined;
    if (this.#bytes[end + 1] !== LF) throw this.#problem("CR without LF", end);
    const line = this.#bytes.toString("latin1", cursor.at, end);
    if (line.includes("\n")) throw this.#problem("LF inside a line", cursor.at);
    cursor.at = end + 2;
    return line;
  }

  #body(cursor: { at: number }, type: keyof typeof BODY_KINDS, rest: string, from: number): Reply | undefined {
    if (type === "$" && rest === "-1") return { kind: "null-bulk" };
    const length = this.#length(rest, from);
    const end = cursor.at + length;
    if (end + 2 > this.#bytes.length) return undefined;
    if (this.#bytes[end] !== CR || this.#bytes[end + 1] !== LF) throw this.#problem("no CRLF behind a bulk string", end);
    const text = this.#bytes.toString("latin1", cursor.at, end);
    cursor.at = end + 2;
    return { kind: BODY_KINDS[type], text };
  }

  #list(cursor: { at: number }, type: keyof typeof LIST_KINDS, rest: string, from: number): Reply | undefined {
    if (type === "*" && rest === "-1") return { kind: "null-array" };
    const kind = LIST_KINDS[type];
    const count = this.#length(rest, from) * (kind === "map" || kind === "attribute" ? 2 : 1);
    const items: Reply[] = [];
    for (let i = 0; i < count; i++) {
      const item = this.#read(cursor);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { kind, items };
  }

  #length(text: string, from: number): number {
    if (!/^\d{1,10}$/.test(text)) throw this.#problem(`bad length ${JSON.stringify(text)}`, from);
    return Number(text);
  }

  #problem(text: string, at: number): ProtocolError {
    return new ProtocolError(text, this.#consumed + at - this.#start);
  }
}

function isKeyOf<Table extends object>(key: string, table: Table): key is keyof Table & string {
  return Object.hasOwn(table, key);
}

/** Encodes a request as an array of bulk strings. Strings are taken as latin1: one character a byte. */
export function encodeRequest(args: readonly string[]): Buffer {
  const parts = [`*${args.length}\r\n`];
  for (const argument of args) parts.push(`$${argument.length}\r\n${argument}\r\n`);
  return Buffer.from(parts.join(""), "latin1");
}

/** A string's UTF-8 bytes as latin1 text, the form that requests and replies of the tests have. */
export function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
