/**
 * Results of SQL.QUERY and CYPHER.QUERY as tables for people: aligned columns, numbers to the right, NULL shown, the number of rows below. A table
 * that is wider than the terminal is printed one field a line instead, record by record.
 *
 * Width counts characters: wide ones of East Asia are two columns, combining marks none. Line breaks and other control
 * characters inside of a value are shown escaped, so that a row stays a line.
 */
import type { Reply } from "../resp/decoder.ts";
import { cypherText } from "./cypher-text.ts";
import { type Colours, NO_COLOURS } from "./format.ts";

const NULL_TEXT = "NULL";
const NUMBERS = /^(smallint|integer|bigint|real|double precision|numeric)$/;
const decoder = new TextDecoder("utf-8", { fatal: true });
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;
const NO_WIDTH = /[\u{300}-\u{36f}]|[\u{200b}-\u{200f}]|[\u{fe00}-\u{fe0f}]/u;

interface SqlResult {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly Reply[])[];
  readonly affected: string | undefined;
  /** What Cypher has changed; undefined for SQL. */
  readonly changes: string | undefined;
}

/** The table of a reply of SQL.QUERY or CYPHER.QUERY; undefined for anything else. Ends without a newline. */
export function formatSqlTable(reply: Reply, width: number, colours: Colours = NO_COLOURS): string | undefined {
  const result = readResult(reply);
  if (result === undefined) return undefined;
  const { columns, rows, affected, changes } = result;
  if (columns.length === 0) return affected === undefined ? changes || "OK" : counted(affected, "written");
  const textOf = changes === undefined ? cellText : (cell: Reply) => cypherText(cell, cellText);
  const cells = rows.map((row) => columns.map((_, index) => textOf(row[index] ?? { kind: "null" })));
  const widths = columns.map((name, index) => Math.max(textWidth(name), ...cells.map((row) => textWidth(row[index] ?? ""))));
  const total = widths.reduce((sum, each) => sum + each + 3, -1);
  const lines = total > width && rows.length > 0 ? expanded(result, cells, colours) : aligned(result, cells, widths, colours);
  const note = affected === undefined ? counted(String(rows.length), "") : counted(affected, "written");
  return [...lines, colours.faint(`(${[note, changes].filter(Boolean).join("; ")})`)].join("\n");
}

function counted(count: string, what: string): string {
  return `${count} ${count === "1" ? "row" : "rows"}${what === "" ? "" : ` ${what}`}`;
}

function aligned(
  { columns, types, rows }: SqlResult,
  cells: readonly (readonly string[])[],
  widths: readonly number[],
  colours: Colours,
): string[] {
  const line = (parts: readonly string[]): string => ` ${parts.join(" | ")}`.trimEnd();
  const header = line(columns.map((name, index) => pad(name, widths[index] ?? 0, false)));
  const rule = widths.map((each) => "-".repeat(each + 2)).join("+");
  const body = cells.map((row, number) =>
    line(
      row.map((text, index) => {
        const padded = pad(text, widths[index] ?? 0, isNumber(types[index], rows[number]?.[index]));
        return rows[number]?.[index]?.kind === "null" ? padded.replace(NULL_TEXT, colours.faint(NULL_TEXT)) : padded;
      }),
    ),
  );
  return [header, colours.faint(rule), ...body];
}

function expanded({ columns, rows }: SqlResult, cells: readonly (readonly string[])[], colours: Colours): string[] {
  const width = Math.max(...columns.map(textWidth));
  return cells.flatMap((row, number) => [
    colours.faint(`-[ record ${number + 1} ]${"-".repeat(Math.max(0, width - 6))}`),
    ...row.map((text, index) => {
      const shown = rows[number]?.[index]?.kind === "null" ? colours.faint(text) : text;
      return `${pad(columns[index] ?? "", width, false)} | ${shown}`;
    }),
  ]);
}

function isNumber(type: string | undefined, cell: Reply | undefined): boolean {
  return NUMBERS.test(type ?? "") || cell?.kind === "integer" || cell?.kind === "double";
}

function pad(text: string, width: number, toTheRight: boolean): string {
  const blanks = " ".repeat(Math.max(0, width - textWidth(text)));
  return toTheRight ? blanks + text : text + blanks;
}

function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** A value on one line. */
function cellText(cell: Reply): string {
  switch (cell.kind) {
    case "null":
      return NULL_TEXT;
    case "bulk":
    case "verbatim":
      return bytesText(cell.bytes);
    case "simple":
    case "double":
    case "error":
      return cell.text;
    case "integer":
    case "big-number":
    case "boolean":
      return String(cell.value);
    case "array":
    case "set":
    case "push":
      return `{${cell.items.map(cellText).join(",")}}`;
    case "map":
    case "attribute":
      return `{${cell.entries.map(([key, value]) => `${cellText(key)}: ${cellText(value)}`).join(", ")}}`;
  }
}

/** Text with its control characters escaped; bytes that are no UTF-8 in hexadecimal. */
function bytesText(bytes: Uint8Array): string {
  try {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    return decoder.decode(bytes).replace(/[\0-\x1f\x7f]/g, escaped);
  } catch {
    return `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
}

function escaped(character: string): string {
  const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  return named[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

// Reading the reply ---------------------------------------------------------------------------------------------------

/** A map in RESP3, an array of keys and values in RESP2. */
function readResult(reply: Reply): SqlResult | undefined {
  const fields = new Map<string, Reply>();
  if (reply.kind === "map") for (const [key, value] of reply.entries) fields.set(nameOf(key), value);
  else if (reply.kind === "array") {
    for (let index = 0; index + 1 < reply.items.length; index += 2) {
      fields.set(nameOf(reply.items[index] as Reply), reply.items[index + 1] as Reply);
    }
  }
  const [columns, types, rows] = ["columns", "types", "rows"].map((name) => itemsOf(fields.get(name)));
  if (columns === undefined || rows === undefined) return undefined;
  const affected = fields.get("affected");
  return {
    columns: columns.map(nameOf),
    types: types?.map(nameOf) ?? [],
    rows: rows.map((row) => itemsOf(row) ?? []),
    affected: affected === undefined ? undefined : cellText(affected),
    changes: types === undefined ? changesText(fields.get("stats")) : undefined,
  };
}

/** `2 nodes created, 1 property set`; nothing where nothing was changed. */
function changesText(stats: Reply | undefined): string {
  const flat = stats?.kind === "map" ? stats.entries.flat() : (itemsOf(stats) ?? []);
  const parts: string[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [name, count] = [flat[index], flat[index + 1]].map((each) => cellText(each as Reply));
    const [what = "", verb = ""] = COUNTERS[name as string] ?? [`${name} `, ""];
    parts.push(`${count} ${count === "1" ? what : what.replace(/y$/, "ie").concat("s")} ${verb}`.trim());
  }
  return parts.join(", ");
}

/** Counters of CYPHER.QUERY: what was counted, and what happened to it. */
const COUNTERS: Readonly<Record<string, readonly [string, string]>> = {
  nodesCreated: ["node", "created"],
  nodesDeleted: ["node", "deleted"],
  relationshipsCreated: ["relationship", "created"],
  relationshipsDeleted: ["relationship", "deleted"],
  propertiesSet: ["property", "set"],
  labelsAdded: ["label", "added"],
  labelsRemoved: ["label", "removed"],
};

function itemsOf(reply: Reply | undefined): readonly Reply[] | undefined {
  return reply?.kind === "array" ? reply.items : undefined;
}

function nameOf(reply: Reply): string {
  return reply.kind === "bulk" || reply.kind === "simple" ? cellText(reply) : "";
}
