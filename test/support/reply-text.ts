/**
 * Replies as text that a person reads and that tells every type apart; transcripts and differences are written in it.
 *
 *   +OK  -ERR text         simple string, error: at the top of a reply the rest of the line, inside a list in quotes (+"OK")
 *   :1  ,1.5  (123  #t     integer, double, big number, boolean
 *   "text"                 bulk string; escapes as in command-line.ts
 *   !"text"  ="txt:text"   bulk error, verbatim string
 *   (nil)  (nil array)  (null)     RESP2's two nulls, RESP3's null
 *   [a, b]  ~[a, b]  >[a, b]       array, set, push
 *   %{a => b, c => d}  |{a => b}   map, attribute
 *
 * Where a value is inherently variable, a matcher stands for it; each has a name and says how far the value may vary:
 *
 *   <integer>  <integer 1 100>     an integer, in a closed range
 *   <bulk>  <bulk /regexp/>        a bulk string, matched by a regular expression (on its latin1 text, flag s)
 *   <simple /regexp/>  <error /regexp/>  <verbatim /regexp/>
 *   <array>  <any>                 an array of anything, anything
 *   <unordered [a, b]>             an array or set with these elements in any order
 *   <subset [a, b]>                an array or set that has these elements among others; for maps: these entries
 */
import { quote, readQuoted } from "./command-line.ts";
import type { Reply } from "./reply.ts";

export type Expected =
  | Exclude<Reply, { items: unknown }>
  | { readonly kind: ListKind; readonly items: readonly Expected[] }
  | { readonly kind: "matcher"; readonly of: "any" | "array" }
  | { readonly kind: "matcher"; readonly of: "integer"; readonly low: bigint; readonly high: bigint }
  | { readonly kind: "matcher"; readonly of: TextKind; readonly pattern: RegExp }
  | { readonly kind: "matcher"; readonly of: "unordered" | "subset"; readonly inner: Expected };

type ListKind = "array" | "set" | "push" | "map" | "attribute";
type TextKind = "bulk" | "simple" | "error" | "verbatim";

const LIST_OPENERS: readonly (readonly [string, string, ListKind])[] = [
  ["[", "]", "array"],
  ["~[", "]", "set"],
  [">[", "]", "push"],
  ["%{", "}", "map"],
  ["|{", "}", "attribute"],
];
const NULLS = [
  ["(nil array)", "null-array"],
  ["(nil)", "null-bulk"],
  ["(null)", "null"],
] as const;
const QUOTED = [
  ['"', "bulk"],
  ['!"', "bulk-error"],
  ['="', "verbatim"],
  ['+"', "simple"],
  ['-"', "error"],
] as const;
const NUMBERS = [
  [/^:(-?\d+)/, "integer"],
  [/^,([-+.\w]+)/, "double"],
  [/^\((-?\d+)/, "big-number"],
  [/^#([tf])/, "boolean"],
] as const;

// Printing ------------------------------------------------------------------------------------------------------------

/** Prints a reply on one line. */
export function printReply(reply: Reply): string {
  if (reply.kind === "simple" && isPlain(reply.text)) return `+${reply.text}`;
  if (reply.kind === "error" && isPlain(reply.text)) return `-${reply.text}`;
  return printItem(reply);
}

function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text) && !text.startsWith('"') && text.trim() === text;
}

function printItem(reply: Reply): string {
  if ("items" in reply) return printList(reply.kind, reply.items.map(printItem));
  switch (reply.kind) {
    case "null":
      return "(null)";
    case "null-bulk":
      return "(nil)";
    case "null-array":
      return "(nil array)";
    case "integer":
      return `:${reply.text}`;
    case "double":
      return `,${reply.text}`;
    case "big-number":
      return `(${reply.text}`;
    case "boolean":
      return `#${reply.text}`;
    default: {
      const sign = QUOTED.find(([, kind]) => kind === reply.kind)![0].slice(0, -1);
      return sign + quote(reply.text);
    }
  }
}

function printList(kind: ListKind, items: readonly string[]): string {
  const [open, close] = LIST_OPENERS.find(([, , name]) => name === kind)!;
  if (kind !== "map" && kind !== "attribute") return `${open}${items.join(", ")}${close}`;
  const entries: string[] = [];
  for (let i = 0; i < items.length; i += 2) entries.push(`${items[i]} => ${items[i + 1]}`);
  return `${open}${entries.join(", ")}${close}`;
}

// Parsing -------------------------------------------------------------------------------------------------------------

/** Parses an expected reply. Throws an Error that names what could not be read. */
export function parseExpected(source: string): Expected {
  const text = source.trim();
  if (/^\+(?!")/.test(text)) return { kind: "simple", text: text.slice(1) };
  if (/^-(?!")/.test(text)) return { kind: "error", text: text.slice(1) };
  const cursor = { rest: text };
  const expected = parseItem(cursor);
  if (cursor.rest.trim() !== "") throw new Error(`text behind a reply: ${cursor.rest}`);
  return expected;
}

interface Cursor {
  rest: string;
}

function parseItem(cursor: Cursor): Expected {
  cursor.rest = cursor.rest.trimStart();
  if (cursor.rest.startsWith("<")) return parseMatcher(cursor);
  for (const [text, kind] of NULLS) {
    if (take(cursor, text)) return { kind };
  }
  for (const [opener, kind] of QUOTED) {
    if (!cursor.rest.startsWith(opener)) continue;
    const sign = opener.length - 1;
    const { text, length } = readQuoted(cursor.rest.slice(sign));
    cursor.rest = cursor.rest.slice(sign + length);
    return { kind, text };
  }
  for (const [pattern, kind] of NUMBERS) {
    const match = pattern.exec(cursor.rest);
    if (match === null) continue;
    cursor.rest = cursor.rest.slice(match[0].length);
    return { kind, text: match[1]! };
  }
  for (const [open, close, kind] of LIST_OPENERS) {
    if (take(cursor, open)) return { kind, items: parseItems(cursor, close, kind === "map" || kind === "attribute") };
  }
  throw new Error(`not a reply: ${cursor.rest}`);
}

function parseItems(cursor: Cursor, close: string, isMap: boolean): Expected[] {
  const items: Expected[] = [];
  cursor.rest = cursor.rest.trimStart();
  if (take(cursor, close)) return items;
  for (;;) {
    items.push(parseItem(cursor));
    cursor.rest = cursor.rest.trimStart();
    if (isMap && items.length % 2 === 1) {
      if (!take(cursor, "=>")) throw new Error(`=> is missing: ${cursor.rest}`);
      continue;
    }
    if (take(cursor, close)) return items;
    if (!take(cursor, ",")) throw new Error(`, or ${close} is missing: ${cursor.rest}`);
    cursor.rest = cursor.rest.trimStart();
    if (take(cursor, close)) return items;
  }
}

function parseMatcher(cursor: Cursor): Expected {
  const simple = /^<(any|array)>/.exec(cursor.rest);
  if (simple) {
    cursor.rest = cursor.rest.slice(simple[0].length);
    return { kind: "matcher", of: simple[1] as "any" | "array" };
  }
  const integer = /^<integer(?: (-?\d+) (-?\d+))?>/.exec(cursor.rest);
  if (integer) {
    cursor.rest = cursor.rest.slice(integer[0].length);
    const limit = 2n ** 63n;
    return { kind: "matcher", of: "integer", low: BigInt(integer[1] ?? -limit), high: BigInt(integer[2] ?? limit) };
  }
  const text = /^<(bulk|simple|error|verbatim)(?: \/((?:\\.|[^/])*)\/)?>/.exec(cursor.rest);
  if (text) {
    cursor.rest = cursor.rest.slice(text[0].length);
    return { kind: "matcher", of: text[1] as TextKind, pattern: new RegExp(text[2] ?? "", "s") };
  }
  const list = /^<(unordered|subset)\s+/.exec(cursor.rest);
  if (list === null) throw new Error(`unknown matcher: ${cursor.rest}`);
  cursor.rest = cursor.rest.slice(list[0].length);
  const inner = parseItem(cursor);
  cursor.rest = cursor.rest.trimStart();
  if (!take(cursor, ">")) throw new Error(`> is missing: ${cursor.rest}`);
  return { kind: "matcher", of: list[1] as "unordered" | "subset", inner };
}

function take(cursor: Cursor, text: string): boolean {
  if (!cursor.rest.startsWith(text)) return false;
  cursor.rest = cursor.rest.slice(text.length);
  return true;
}

// Matching ------------------------------------------------------------------------------------------------------------

/** True when the reply is what was expected. */
export function matches(expected: Expected, reply: Reply): boolean {
  if (expected.kind === "matcher") return matchesMatcher(expected, reply);
  if ("items" in expected) {
    if (!("items" in reply) || reply.kind !== expected.kind || reply.items.length !== expected.items.length) return false;
    return expected.items.every((item, i) => matches(item, reply.items[i]!));
  }
  if (reply.kind !== expected.kind) return false;
  return !("text" in expected) || ("text" in reply && reply.text === expected.text);
}

function matchesMatcher(expected: Extract<Expected, { kind: "matcher" }>, reply: Reply): boolean {
  switch (expected.of) {
    case "any":
      return true;
    case "array":
      return reply.kind === "array";
    case "integer":
      return reply.kind === "integer" && BigInt(reply.text) >= expected.low && BigInt(reply.text) <= expected.high;
    case "unordered":
    case "subset":
      return matchesLoosely(expected.inner, reply, expected.of === "unordered");
    default:
      return reply.kind === expected.of && "text" in reply && expected.pattern.test(reply.text);
  }
}

/** Elements in any order; a map's entries count as elements. Greedy: no expected element may match what another needs. */
function matchesLoosely(expected: Expected, reply: Reply, whole: boolean): boolean {
  if (!("items" in expected) || !("items" in reply) || reply.kind !== expected.kind) return false;
  const width = reply.kind === "map" || reply.kind === "attribute" ? 2 : 1;
  if (whole && reply.items.length !== expected.items.length) return false;
  const left = chunk(reply.items, width);
  return chunk(expected.items, width).every((wanted) => {
    const at = left.findIndex((candidate) => wanted.every((item, i) => matches(item, candidate[i]!)));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function chunk<Item>(items: readonly Item[], width: number): Item[][] {
  const chunks: Item[][] = [];
  for (let i = 0; i < items.length; i += width) chunks.push(items.slice(i, i + width));
  return chunks;
}
