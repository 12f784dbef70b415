/**
 * Fills the `?` records of `.slt` files with what PostgreSQL 16 answers:
 *
 *   node --import ./host/build/typescript.mjs test/golden/slt-record.ts test/golden/join.slt ...
 *
 * `query ?` becomes a query with its letters and rows (`rowsort` unless the SQL orders them or there is one row at most), or
 * `statement error` where it fails; `statement ?` becomes ok, count or error; `names ?` the names of the columns. What is recorded is a
 * proposal: read it, shorten a message to what matters, and ask whether it is what we want before it is committed. Records that are
 * known already and differ are told.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { openPostgres } from "../support/sql/postgres.ts";
import { parseRecords, type QueryRecord, type StatementRecord } from "./slt-records.ts";
import { type Answer, describeMismatch, playRecords } from "./slt-runner.ts";
import { lettersOf, printRows } from "./slt-values.ts";

const ORDERED = /\border\s+by\b/i;

/** The lines of a record that take the place of the old ones, from its head on. */
function recordedLines(record: StatementRecord | QueryRecord, answer: Answer): string[] {
  const sql = record.sql.split("\n");
  if ("broken" in answer) throw answer.broken;
  if ("failure" in answer) {
    const { sqlstate, message } = answer.failure;
    return [`statement error ${sqlstate} ${message.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&").replaceAll("\n", "\\n")}`, ...sql];
  }
  const { result } = answer;
  if (record.kind === "statement" || result.columns.length === 0)
    return [result.affected === undefined ? "statement ok" : `statement count ${result.affected}`, ...sql];
  const types = lettersOf(result);
  const sort = record.sort === "nosort" && result.rows.length > 1 && !ORDERED.test(record.sql) ? "rowsort" : record.sort;
  const rows = printRows(result, types, sort, "exact").map((row) => row.join("\t"));
  return [
    ["query", types, ...(sort === "nosort" ? [] : [sort]), ...(record.label ? [record.label] : [])].join(" "),
    ...sql,
    "----",
    ...rows,
  ];
}

function quoteName(name: string): string {
  return /^[\w.]+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

const peer = await openPostgres();
if (peer === undefined) throw new Error("PGlite is not installed in test/node_modules");
for (const file of process.argv.slice(2)) {
  const lines = readFileSync(file, "utf8").split("\n");
  const unknown = new Map<number, { record: StatementRecord | QueryRecord; answer: Answer }>();
  const observe = (record: StatementRecord | QueryRecord, answer: Answer): void => {
    const isUnknown = record.kind === "query" ? record.types === "?" : record.expect.kind === "unknown";
    if (isUnknown) unknown.set(record.line, { record, answer });
  };
  const { mismatches } = await playRecords(peer, parseRecords(lines.join("\n"), file), "exact", { observe });
  const out: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const found = unknown.get(at + 1);
    if (found === undefined) {
      out.push(lines[at]!);
      continue;
    }
    const { record, answer } = found;
    const names = out.findLastIndex((line) => line.trim() === "" || line === "names ?");
    if (out[names] === "names ?" && "result" in answer) out[names] = `names ${answer.result.columns.map(quoteName).join(" ")}`;
    out.push(...recordedLines(record, answer));
    while (at + 1 < lines.length && lines[at + 1]!.trim() !== "") at++;
  }
  writeFileSync(file, out.join("\n"));
  const others = mismatches.filter(({ line }) => !unknown.has(line));
  for (const mismatch of others) process.stdout.write(`${describeMismatch(file, peer.name, mismatch)}\n\n`);
  process.stdout.write(`${file}: ${unknown.size} recorded, ${others.length} differ\n`);
}
await peer.close();
