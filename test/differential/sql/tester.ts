/**
 * Runs random statements on two sides and finds where they differ: ours and SQLite, or ours with something switched on and off.
 *
 * 1. A round has fresh tables on both sides, then queries with writes among them. After a write, the table is compared as a whole.
 * 2. The first difference ends the run, made as small as it gets: fewer writes, clauses, rows.
 * 3. The same seed gives the same statements. A round has a seed of its own, so that it can be repeated alone.
 */
import { createRandom } from "../../support/random.ts";
import type { SqlRunner } from "../../support/sql/peer.ts";
import { type Judgement, judge, type Outcome, runStatement } from "./compare.ts";
import { StatementGenerator } from "./generator.ts";
import { createTable, insertRows, makeTables, type Table } from "./schema.ts";
import { type Scenario, smallerScenarios } from "./shrink.ts";
import { isOrdered, printStatement, type SelectItem, type Statement } from "./statement.ts";

/** One of two databases that are compared. */
export interface Side {
  readonly runner: SqlRunner;
  /** Its tables are never created: they are collections of documents. There are no writes then, since nothing forbids any. */
  readonly isUndeclared?: boolean;
  /** Drops everything. */
  reset(): Promise<void>;
  /** Statements behind the creation of the tables that only this side gets: indexes, settings. */
  prepare?(tables: readonly Table[]): readonly string[];
}

export interface Difference {
  readonly scenario: Scenario;
  readonly judgement: Judgement;
  readonly roundSeed: number;
}

export interface DifferentialOutcome {
  readonly queries: number;
  readonly writes: number;
  /** Queries that both sides refused, and those without rows: few, or the test tests little. */
  readonly refused: number;
  readonly empty: number;
  readonly difference: Difference | undefined;
}

const STATEMENTS_OF_ROUND = 60;
const WRITE_SHARE = 0.12;
const SHRINK_ATTEMPTS = 3000;

/** Runs until so many queries are compared or a difference is found. */
export async function runSqlDifferential(
  sides: readonly [Side, Side],
  seed: number,
  queries: number,
  progress: (done: number) => void = () => {},
): Promise<DifferentialOutcome> {
  const counts = { queries: 0, writes: 0, refused: 0, empty: 0 };
  for (let round = 0; counts.queries < queries; round++) {
    const roundSeed = seed + round * 7919;
    const found = await runRound(sides, roundSeed, queries, counts);
    progress(counts.queries);
    if (found === undefined) continue;
    return { ...counts, difference: { ...(await shrink(sides, found)), roundSeed } };
  }
  return { ...counts, difference: undefined };
}

/** The difference as SQL that shows it. */
export function describeSqlDifference({ scenario, judgement, roundSeed }: Difference, sides: readonly [Side, Side]): string {
  const setup = scenario.tables.flatMap((table) => [createTable(table), ...insertRows(table)]);
  const statements = [...setup, ...scenario.writes.map(printStatement), printStatement(scenario.statement)];
  const names = sides.map(({ runner }, side) => `${side === 0 ? "left" : "right"}: ${runner.name}`).join(", ");
  return `${statements.map((text) => `${text};`).join("\n")}\n\n${names} (seed of the round ${roundSeed})\n${judgement.text}`;
}

interface Counts {
  queries: number;
  writes: number;
  refused: number;
  empty: number;
}

interface Found {
  readonly scenario: Scenario;
  readonly judgement: Judgement;
}

async function runRound(sides: readonly [Side, Side], seed: number, limit: number, counts: Counts): Promise<Found | undefined> {
  const random = createRandom(seed);
  const isDeclared = sides.every((side) => side.isUndeclared !== true);
  const tables = makeTables(random, isDeclared);
  const generator = new StatementGenerator(random, tables, isDeclared);
  const writes: Statement[] = [];
  await load(sides, tables);
  for (let i = 0; i < STATEMENTS_OF_ROUND && counts.queries < limit; i++) {
    const statement = isDeclared && random.chance(WRITE_SHARE) ? generator.write() : generator.query();
    const { judgement, left } = await compare(sides, statement).catch((cause: unknown) => {
      // A side is broken: what it was asked is all that can be told.
      const setup = tables.flatMap((table) => [createTable(table), ...insertRows(table)]);
      const asked = [...setup, ...writes.map(printStatement), printStatement(statement)].map((text) => `${text};`).join("\n");
      throw new Error(`seed of the round ${seed}\n${asked}\n${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
    if (judgement !== undefined) return { scenario: { tables, writes, statement }, judgement };
    if (statement.kind === "query") {
      counts.queries++;
      if (left.kind === "failure") counts.refused++;
      else if (left.result.rows.length === 0) counts.empty++;
      continue;
    }
    counts.writes++;
    writes.push(statement);
    const whole = wholeTable(tables.find(({ name }) => name === statement.table)!);
    const after = await compare(sides, whole);
    if (after.judgement !== undefined) return { scenario: { tables, writes, statement: whole }, judgement: after.judgement };
  }
  return undefined;
}

async function load(sides: readonly [Side, Side], tables: readonly Table[]): Promise<void> {
  for (const side of sides) {
    await side.reset();
    for (const table of tables) {
      if (side.isUndeclared !== true) await side.runner.run(createTable(table));
      for (const sql of insertRows(table)) await side.runner.run(sql);
    }
    for (const sql of side.prepare?.(tables) ?? []) await side.runner.run(sql);
  }
}

async function compare(sides: readonly [Side, Side], statement: Statement): Promise<{ judgement: Judgement | undefined; left: Outcome }> {
  const sql = printStatement(statement);
  const left = await runStatement(() => sides[0].runner.run(sql));
  const right = await runStatement(() => sides[1].runner.run(sql));
  return { judgement: judge(left, right, isOrdered(statement)), left };
}

function wholeTable({ name, columns }: Table): Statement {
  const items = columns.map(
    (column): SelectItem => ({
      name: column.name,
      expression: { type: column.type, bound: column.bound, parts: [`a.${column.name}`], constant: false },
    }),
  );
  const empty = { distinct: false, where: [], group: [], having: [], with: [], order: [], limit: undefined, offset: undefined };
  return { kind: "query", query: { kind: "select", items, sources: [{ join: "", from: name, alias: "a", on: [] }], ...empty } };
}

/** The smallest scenario found that differs in the same way. */
async function shrink(sides: readonly [Side, Side], found: Found): Promise<Found> {
  let best = found;
  let attempts = SHRINK_ATTEMPTS;
  for (let smaller = true; smaller && attempts > 0; ) {
    smaller = false;
    for (const scenario of smallerScenarios(best.scenario)) {
      if (attempts-- <= 0) break;
      const judgement = await replay(sides, scenario);
      if (judgement?.kind !== best.judgement.kind) continue;
      best = { scenario, judgement };
      smaller = true;
      break;
    }
  }
  return best;
}

/** What differs at the end of a scenario; undefined also where it cannot be set up. */
async function replay(sides: readonly [Side, Side], { tables, writes, statement }: Scenario): Promise<Judgement | undefined> {
  await load(sides, tables);
  for (const write of writes) await compare(sides, write);
  return (await compare(sides, statement)).judgement;
}
