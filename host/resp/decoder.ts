/**
 * Incremental decoder of RESP2 and RESP3 replies, and the encoder of requests: the client side of the protocol.
 *
 * `ReplyDecoder` takes bytes in pieces cut anywhere and hands out whole replies. Aggregates that are not complete are kept
 * with the elements that have come. An element that is not complete is read again from its start when more bytes arrive:
 * a line is searched on from where its end has not been found, and a bulk is waited for until all of it is there. So the
 * cost is O(bytes), however they are cut (`steps`).
 *
 * Values keep what the wire says: text and bytes are `Uint8Array` (a user decides when they become text), maps keep order
 * and arbitrary keys. Untrusted input: depth and size are limited, and whatever is malformed throws PROTOCOL; a decoder
 * that has thrown must not be used again.
 */
import { DatabaseError } from "../common/error.ts";

/** Deepest nesting of arrays, sets and maps. */
export const DEPTH_MAX = 128;
/** Longest bulk, and most elements of an aggregate. */
export const BULK_BYTES_MAX = 512 * 1024 * 1024;
export const ELEMENTS_MAX = 1024 * 1024 * 64;
const LINE_BYTES_MAX = 64 * 1024;

const CR = 13;
const LF = 10;

export type Reply =
  | { readonly kind: "simple"; readonly text: string }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "bulk"; readonly bytes: Uint8Array }
  | { readonly kind: "verbatim"; readonly format: string; readonly bytes: Uint8Array }
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "double"; readonly value: number; readonly text: string }
  | { readonly kind: "big-number"; readonly value: bigint }
  | { readonly kind: "array" | "set" | "push"; readonly items: readonly Reply[] }
  | { readonly kind: "map" | "attribute"; readonly entries: readonly (readonly [Reply, Reply])[] };

/** An aggregate some of whose elements have not come yet; of a map, keys and values count by themselves. */
interface OpenAggregate {
  readonly kind: "array" | "set" | "push" | "map" | "attribute";
  readonly count: number;
  readonly elements: Reply[];
}

/** Thrown inside the decoder when the bytes end before the element does. */
const INCOMPLETE = Symbol("incomplete");

const AGGREGATES: ReadonlyMap<string, OpenAggregate["kind"]> = new Map([
  ["*", "array"],
  ["~", "set"],
  [">", "push"],
  ["%", "map"],
  ["|", "attribute"],
]);

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function malformed(problem: string): DatabaseError {
  return new DatabaseError("PROTOCOL", `malformed reply: ${problem}`);
}

export class ReplyDecoder {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #position = 0;
  /** Bytes that must be there before decoding is tried again. */
  #needed = 0;
  /** Bytes from the start of the present element that hold no end of its line. */
  #searched = 0;
  /** Aggregates that are being read, the outermost first, and the bytes of theirs that have been read. */
  readonly #open: OpenAggregate[] = [];
  #openBytes = 0;
  #steps = 0;

  /** Bytes taken in that belong to no reply handed out yet. */
  get pendingBytes(): number {
    return this.#openBytes + this.#end - this.#start;
  }

  /** Bytes searched for the end of a line and elements begun so far: what decoding has cost beside copying. */
  get steps(): number {
    return this.#steps;
  }

  /** Takes in bytes, which are copied. */
  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) {
      const length = this.#end - this.#start;
      const wanted = length + bytes.length;
      const target = wanted * 2 <= this.#bytes.length ? this.#bytes : new Uint8Array(Math.max(1024, wanted * 2));
      target.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = target;
      this.#start = 0;
      this.#end = length;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The next whole reply, or undefined when more bytes are needed. Throws PROTOCOL. */
  next(): Reply | undefined {
    while (this.#start < this.#end && this.#end - this.#start >= this.#needed) {
      this.#position = this.#start;
      let element: Reply | undefined;
      try {
        element = this.#read();
      } catch (problem) {
        if (problem !== INCOMPLETE) throw problem;
        return undefined;
      }
      this.#openBytes += this.#position - this.#start;
      this.#start = this.#position;
      this.#needed = 0;
      const reply = element === undefined ? undefined : this.#place(element);
      if (reply === undefined) continue;
      this.#openBytes = 0;
      return reply;
    }
    return undefined;
  }

  /** Puts an element where it belongs; answers the reply that is complete with it. */
  #place(element: Reply): Reply | undefined {
    let whole = element;
    for (let open = this.#open.at(-1); open !== undefined; open = this.#open.at(-1)) {
      open.elements.push(whole);
      if (open.elements.length < open.count) return undefined;
      this.#open.pop();
      whole = aggregateOf(open);
    }
    return whole;
  }

  #line(): string {
    const from = this.#position;
    const limit = Math.min(this.#end, from + LINE_BYTES_MAX);
    for (let index = Math.max(from, this.#start + this.#searched); index < limit; index++) {
      this.#steps++;
      if (this.#bytes[index] !== CR) continue;
      this.#searched = index - this.#start;
      if (index + 1 === this.#end) throw INCOMPLETE;
      if (this.#bytes[index + 1] !== LF) throw malformed("CR without LF");
      this.#position = index + 2;
      this.#searched = 0;
      return decoder.decode(this.#bytes.subarray(from, index));
    }
    if (this.#end - from >= LINE_BYTES_MAX) throw malformed("a line is too long");
    this.#searched = this.#end - this.#start;
    throw INCOMPLETE;
  }

  /** A length line: -1 for null, else 0..limit. */
  #length(limit: number): number {
    const line = this.#line();
    if (line === "-1") return -1;
    if (!/^\d{1,10}$/.test(line) || Number(line) > limit) throw malformed(`length "${line}"`);
    return Number(line);
  }

  #blob(): Uint8Array | undefined {
    const length = this.#length(BULK_BYTES_MAX);
    if (length === -1) return undefined;
    const end = this.#position + length;
    if (end + 2 > this.#end) {
      this.#needed = end + 2 - this.#start;
      throw INCOMPLETE;
    }
    if (this.#bytes[end] !== CR || this.#bytes[end + 1] !== LF) throw malformed("a bulk does not end in CR LF");
    const bytes = this.#bytes.slice(this.#position, end);
    this.#position = end + 2;
    return bytes;
  }

  /** The next element, or undefined when it is an aggregate whose elements come behind. */
  #read(): Reply | undefined {
    if (this.#open.length > DEPTH_MAX) throw malformed("nested too deep");
    this.#steps++;
    const type = String.fromCharCode(this.#bytes[this.#position++] ?? 0);
    switch (type) {
      case "+":
        return { kind: "simple", text: this.#line() };
      case "-":
        return { kind: "error", text: this.#line() };
      case ":":
        return { kind: "integer", value: this.#integer() };
      case "(":
        return { kind: "big-number", value: this.#integer() };
      case ",":
        return this.#double();
      case "#":
        return this.#boolean();
      case "_":
        if (this.#line() !== "") throw malformed("null with content");
        return { kind: "null" };
      case "$": {
        const bytes = this.#blob();
        return bytes === undefined ? { kind: "null" } : { kind: "bulk", bytes };
      }
      case "!": {
        const bytes = this.#blob();
        if (bytes === undefined) throw malformed("an error without text");
        return { kind: "error", text: decoder.decode(bytes) };
      }
      case "=":
        return this.#verbatim();
      default:
        return this.#aggregate(type);
    }
  }

  #aggregate(type: string): Reply | undefined {
    const kind = AGGREGATES.get(type);
    if (kind === undefined) throw malformed(`type byte ${JSON.stringify(type)}`);
    const length = this.#length(ELEMENTS_MAX);
    if (kind === "array" && length === -1) return { kind: "null" };
    const count = Math.max(0, kind === "map" || kind === "attribute" ? length * 2 : length);
    const open: OpenAggregate = { kind, count, elements: [] };
    if (count === 0) return aggregateOf(open);
    this.#open.push(open);
    return undefined;
  }

  #integer(): bigint {
    const line = this.#line();
    if (!/^[+-]?\d{1,1000}$/.test(line)) throw malformed(`integer "${line}"`);
    return BigInt(line.startsWith("+") ? line.slice(1) : line);
  }

  #boolean(): Reply {
    const line = this.#line();
    if (line !== "t" && line !== "f") throw malformed(`boolean "${line}"`);
    return { kind: "boolean", value: line === "t" };
  }

  #double(): Reply {
    const text = this.#line();
    const special: Readonly<Record<string, number>> = { inf: Infinity, "-inf": -Infinity, nan: NaN };
    const value = special[text] ?? (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined);
    if (value === undefined) throw malformed(`double "${text}"`);
    return { kind: "double", value, text };
  }

  #verbatim(): Reply {
    const bytes = this.#blob();
    if (bytes === undefined || bytes.length < 4 || bytes[3] !== 58) throw malformed("verbatim text without a format");
    return { kind: "verbatim", format: decoder.decode(bytes.subarray(0, 3)), bytes: bytes.slice(4) };
  }
}

function aggregateOf({ kind, elements }: OpenAggregate): Reply {
  if (kind !== "map" && kind !== "attribute") return { kind, items: elements };
  const entries: (readonly [Reply, Reply])[] = [];
  for (let index = 0; index + 1 < elements.length; index += 2) entries.push([elements[index] as Reply, elements[index + 1] as Reply]);
  return { kind, entries };
}

/** A request as an array of bulk strings. */
export function encodeRequest(args: readonly (string | Uint8Array)[]): Uint8Array {
  const parts: Uint8Array[] = [encoder.encode(`*${args.length}\r\n`)];
  for (const arg of args) {
    const bytes = typeof arg === "string" ? encoder.encode(arg) : arg;
    parts.push(encoder.encode(`$${bytes.length}\r\n`), bytes, encoder.encode("\r\n"));
  }
  const request = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    request.set(part, offset);
    offset += part.length;
  }
  return request;
}
