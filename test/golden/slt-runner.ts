/**
 * Plays `.slt` records on a database and tells what was not as written.
 *
 * 1. A file starts on an empty database and its records build on each other, so all are played, also behind one that fails.
 * 2. A failed record stops nothing. An Error that is no SqlFailure (a broken promise of the wire contract) fails its record; the third in a
 *    row is thrown, since then nothing works.
 * 3. A statement that must fail fails with the SQLSTATE and the message that are written. Where neither is, an answer that says the
 *    database lacks something (0A000) does not count.
 */
import { SqlFailure, type SqlPeer, type SqlResult } from "../support/sql/peer.ts";
import { isMeantFor, type QueryRecord, type SltRecord, type StatementRecord } from "./slt-records.ts";
import { type Exactness, judgeQuery } from "./slt-values.ts";

const BROKEN_MAX = 3;
const NOT_SUPPORTED = "0A000";

export interface SltMismatch {
  readonly line: number;
  readonly sql: string;
  readonly expected: string;
  readonly actual: string;
}

export interface SltOutcome {
  readonly statements: number;
  readonly queries: number;
  readonly skipped: number;
  readonly failedQueries: number;
  readonly mismatches: readonly SltMismatch[];
}

/** What came for a record: a result or a failure. */
export type Answer = { readonly result: SqlResult } | { readonly failure: SqlFailure } | { readonly broken: Error };

export interface SltOptions {
  /** Names that `skipif` and `onlyif` know the database by; those of the peer if absent. */
  readonly labels?: readonly string[];
  /** Sees every answer. */
  readonly observe?: (record: StatementRecord | QueryRecord, answer: Answer) => void;
}

/** Plays the records of a file on an emptied database. */
export async function playRecords(
  peer: SqlPeer,
  records: readonly SltRecord[],
  exactness: Exactness,
  options: SltOptions = {},
): Promise<SltOutcome> {
  const labels = new Map<string, string>();
  const mismatches: SltMismatch[] = [];
  const counts = { statements: 0, queries: 0, skipped: 0, failedQueries: 0 };
  let brokenInRow = 0;
  await peer.reset();
  for (const record of records) {
    if (record.kind === "threshold") continue;
    if (!isMeantFor(record, options.labels ?? peer.labels)) {
      if (record.kind !== "halt") counts.skipped++;
      continue;
    }
    if (record.kind === "halt") break;
    counts[record.kind === "query" ? "queries" : "statements"]++;
    const answer = await ask(peer, record);
    options.observe?.(record, answer);
    brokenInRow = "broken" in answer ? brokenInRow + 1 : 0;
    if ("broken" in answer && brokenInRow === BROKEN_MAX) throw answer.broken;
    const mismatch = record.kind === "query" ? judgeQueryAnswer(record, answer, labels, exactness) : judgeStatement(record, answer);
    if (mismatch === undefined) continue;
    if (record.kind === "query") counts.failedQueries++;
    mismatches.push({ line: record.line, sql: record.sql, ...mismatch });
  }
  return { ...counts, mismatches };
}

/** A mismatch as lines that a person reads. */
export function describeMismatch(file: string, peer: string, { line, sql, expected, actual }: SltMismatch): string {
  const indent = (text: string): string => text.replaceAll("\n", "\n            ");
  return `${file}:${line}\n  ${indent(sql)}\n  expected  ${indent(expected)}\n  ${peer.split(",")[0]!.padEnd(10)}${indent(actual)}`;
}

async function ask(peer: SqlPeer, { sql, parameters }: StatementRecord | QueryRecord): Promise<Answer> {
  try {
    return { result: await peer.run(sql, parameters) };
  } catch (error) {
    if (error instanceof SqlFailure) return { failure: error };
    return { broken: error instanceof Error ? error : new Error(String(error)) };
  }
}

type Verdict = Pick<SltMismatch, "expected" | "actual"> | undefined;

function judgeQueryAnswer(record: QueryRecord, answer: Answer, labels: Map<string, string>, exactness: Exactness): Verdict {
  const expected = (): string => record.expected?.join("\n") || "no rows";
  if (!("result" in answer)) return { expected: expected(), actual: printFailure(answer) };
  if (record.types === "?") return { expected: "something known", actual: `${answer.result.rows.length} rows` };
  const actual = judgeQuery(record, answer.result, labels, exactness);
  return actual === undefined ? undefined : { expected: expected(), actual };
}

function judgeStatement({ expect }: StatementRecord, answer: Answer): Verdict {
  const actual =
    "result" in answer ? `ok${answer.result.affected === undefined ? "" : `, ${answer.result.affected} rows`}` : printFailure(answer);
  switch (expect.kind) {
    case "ok":
      return "result" in answer ? undefined : { expected: "ok", actual };
    case "count":
      return "result" in answer && answer.result.affected === expect.count ? undefined : { expected: `ok, ${expect.count} rows`, actual };
    case "unknown":
      return { expected: "something known", actual };
    case "error":
      if ("failure" in answer && isExpectedFailure(expect, answer.failure)) return undefined;
      return { expected: `error ${expect.sqlstate ?? ""} ${expect.message ?? ""}`.trim(), actual };
  }
}

type ExpectedError = Extract<StatementRecord["expect"], { kind: "error" }>;

function isExpectedFailure({ sqlstate, message }: ExpectedError, failure: SqlFailure): boolean {
  if (sqlstate === undefined && message === undefined) return failure.sqlstate !== NOT_SUPPORTED;
  const isState = sqlstate === undefined || sqlstate === failure.sqlstate;
  return isState && (message === undefined || new RegExp(message, "s").test(failure.message));
}

function printFailure(answer: Exclude<Answer, { readonly result: SqlResult }>): string {
  return "failure" in answer ? `error ${answer.failure.sqlstate} ${answer.failure.message}` : `broken: ${answer.broken.message}`;
}
