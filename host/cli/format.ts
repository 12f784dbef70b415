/**
 * Replies as text: readable for people (as redis-cli prints them), raw for pipes, and JSON.
 */
import type { Reply } from "../resp/decoder.ts";

/** Wraps text in colour; the identity where colours are not wanted. */
export interface Colours {
  readonly error: (text: string) => string;
  readonly faint: (text: string) => string;
}

export const NO_COLOURS: Colours = { error: (text) => text, faint: (text) => text };

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** Bytes in double quotes; what is not printable UTF-8 is escaped as redis-cli does. */
export function quoteBytes(bytes: Uint8Array): string {
  let text = "";
  let printable: string | undefined;
  try {
    printable = decoder.decode(bytes);
  } catch {
    printable = undefined;
  }
  const units = printable === undefined ? Array.from(bytes, (byte) => String.fromCharCode(byte)) : Array.from(printable);
  for (const unit of units) text += quoteUnit(unit, printable === undefined);
  return `"${text}"`;
}

function quoteUnit(unit: string, binary: boolean): string {
  const code = unit.codePointAt(0) ?? 0;
  const named: Readonly<Record<string, string>> = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\u0007": "\\a",
    "\b": "\\b",
  };
  const short = named[unit];
  if (short !== undefined) return short;
  if (code < 32 || code === 127 || (binary && code > 126)) return `\\x${code.toString(16).padStart(2, "0")}`;
  return unit;
}

/** A reply as people read it, several lines for aggregates; ends without a newline. */
export function formatReadable(reply: Reply, colours: Colours = NO_COLOURS): string {
  return readable(reply, "", colours);
}

function readable(reply: Reply, indent: string, colours: Colours): string {
  switch (reply.kind) {
    case "simple":
      return reply.text;
    case "error":
      return colours.error(`(error) ${reply.text}`);
    case "integer":
    case "big-number":
      return `(integer) ${reply.value}`;
    case "double":
      return `(double) ${reply.text}`;
    case "boolean":
      return reply.value ? "(true)" : "(false)";
    case "null":
      return colours.faint("(nil)");
    case "bulk":
      return quoteBytes(reply.bytes);
    case "verbatim":
      return new TextDecoder().decode(reply.bytes).replace(/\n$/, "");
    case "array":
    case "set":
    case "push":
      return listed(
        reply.items.map((item) => (inner) => readable(item, inner, colours)),
        reply.kind,
        indent,
        colours,
      );
    case "map":
    case "attribute": {
      const entries = reply.entries.map(
        ([key, value]) =>
          (inner: string) =>
            `${readable(key, inner, colours)} => ${readable(value, `${inner}   `, colours)}`,
      );
      return listed(entries, reply.kind, indent, colours);
    }
  }
}

const MARKS: Readonly<Record<string, string>> = { array: ")", push: ")", set: "~", map: "#", attribute: "|" };
const EMPTY: Readonly<Record<string, string>> = {
  array: "(empty array)",
  push: "(empty push)",
  set: "(empty set)",
  map: "(empty hash)",
  attribute: "(empty attribute)",
};

/** Numbered lines; inner aggregates are indented by the width of the number. */
function listed(items: readonly ((indent: string) => string)[], kind: string, indent: string, colours: Colours): string {
  if (items.length === 0) return colours.faint(EMPTY[kind] ?? "(empty)");
  const width = String(items.length).length;
  const inner = `${indent}${" ".repeat(width + 2)}`;
  return items
    .map((item, index) => {
      const number = `${String(index + 1).padStart(width)}${MARKS[kind] ?? ")"} `;
      return `${index === 0 ? "" : indent}${number}${item(inner)}`;
    })
    .join("\n");
}

/** A reply for programs: bytes as they are, one line per element. */
export function formatRaw(reply: Reply): Uint8Array {
  const lines: Uint8Array[] = [];
  collectRaw(reply, lines);
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length + 1, 0));
  let offset = 0;
  for (const line of lines) {
    bytes.set(line, offset);
    offset += line.length;
    bytes[offset++] = 10;
  }
  return bytes;
}

function collectRaw(reply: Reply, lines: Uint8Array[]): void {
  switch (reply.kind) {
    case "simple":
    case "error":
    case "double":
      lines.push(encoder.encode(reply.text));
      return;
    case "bulk":
    case "verbatim":
      lines.push(reply.bytes);
      return;
    case "null":
      lines.push(new Uint8Array(0));
      return;
    case "integer":
    case "big-number":
    case "boolean":
      lines.push(encoder.encode(String(reply.value)));
      return;
    case "map":
    case "attribute":
      for (const entry of reply.entries) for (const part of entry) collectRaw(part, lines);
      return;
    case "array":
    case "set":
    case "push":
      for (const item of reply.items) collectRaw(item, lines);
      return;
  }
}

/** A reply as JSON. Integers beyond 2^53 and big numbers are text; bytes that are no UTF-8 are Latin-1. */
export function formatJson(reply: Reply): string {
  return JSON.stringify(jsonValue(reply));
}

function jsonText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }
}

function jsonValue(reply: Reply): unknown {
  switch (reply.kind) {
    case "simple":
      return reply.text;
    case "error":
      return { error: reply.text };
    case "integer":
    case "big-number":
      return Number.isSafeInteger(Number(reply.value)) ? Number(reply.value) : String(reply.value);
    case "double":
      return Number.isFinite(reply.value) ? reply.value : reply.text;
    case "boolean":
      return reply.value;
    case "null":
      return null;
    case "bulk":
    case "verbatim":
      return jsonText(reply.bytes);
    case "array":
    case "set":
    case "push":
      return reply.items.map(jsonValue);
    case "map":
    case "attribute":
      return Object.fromEntries(reply.entries.map(([key, value]) => [String(jsonValue(key)), jsonValue(value)]));
  }
}
