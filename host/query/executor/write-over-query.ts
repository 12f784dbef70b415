/**
 * Writing over a query, of what is not written in batches (clauses of Cypher; RETURNING, ON CONFLICT): what a statement reads before
 * it writes first is compiled, where it can be, and its rows are given to the interpreter, which writes and does what stands behind.
 *
 * Whatever writes takes in all of its input before, so nothing of what is read can change meanwhile. Rows lie in the host's memory, which
 * has a budget (53200).
 */
import { sqlError } from "../../common/sql-state.ts";
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { columnsOf, writes } from "../plan/walk.ts";
import type { CompiledStatement, PlanRun } from "./compiled-plan.ts";
import { InterpretedQuery } from "./interpreted-query.ts";
import type { Interpreted } from "./interpreter/interpret.ts";
import type { Pace } from "./pace.ts";
import type { RowForm } from "./result-rows.ts";
import type { Slices } from "./slice.ts";
import type { Course } from "./suspended-statement.ts";
import type { Value } from "./value.ts";

/** Number of the WITH query that stands for what is read: beyond all that a binder gives. */
export const READ_TABLE = 1 << 29;
/** Values that rows of the query may have. */
const VALUES_MAX = 1 << 24;

const CLAUSES: ReadonlySet<LogicalOperator["kind"]> = new Set([
  "LogicalCreateGraph",
  "LogicalMergeGraph",
  "LogicalSetGraph",
  "LogicalDeleteGraph",
  "LogicalForeach",
  "LogicalInsert",
  "LogicalUpdate",
  "LogicalDelete",
  "LogicalMerge",
]);

/** Rows of the query by the number of their table. */
export type ReadRows = ReadonlyMap<number, readonly (readonly Value[])[]>;

/** A plan that writes, as a query and what is done with its rows. */
export interface DividedPlan {
  readonly reading: LogicalPlan;
  /** Its rows come from READ_TABLE. */
  readonly writing: LogicalPlan;
  /** The collection that is written, where it is one of SQL. */
  readonly target: string | undefined;
}

/** Divides a plan before what writes first; undefined where there is nothing of the kind, or something else writes too. */
export function dividePlan(plan: LogicalPlan): DividedPlan | undefined {
  const part = readingPart(plan.root);
  if (part === undefined) return undefined;
  const { root } = plan;
  const output = columnsOf(part);
  const leaf: LogicalOperator = { kind: "LogicalCommonReference", table: READ_TABLE, name: "", columns: output };
  return {
    reading: { ...plan, root: part, output, modifies: false },
    writing: { ...plan, root: withLeaf(root, part, leaf) },
    target: "collection" in root && writes(root) ? root.collection : undefined,
  };
}

/** What is read before something is written first. Clauses stand one on the other, or on the left side of joins. */
function readingPart(operator: LogicalOperator): LogicalOperator | undefined {
  if (operator.kind === "LogicalJoin") return writes(operator.left) && !writes(operator.right) ? readingPart(operator.left) : undefined;
  if (!("input" in operator) || operator.kind === "LogicalCommonTable") return undefined;
  if (writes(operator.input)) return readingPart(operator.input);
  return CLAUSES.has(operator.kind) ? operator.input : undefined;
}

function withLeaf(operator: LogicalOperator, part: LogicalOperator, leaf: LogicalOperator): LogicalOperator {
  if (operator === part) return leaf;
  if (operator.kind === "LogicalJoin") return { ...operator, left: withLeaf(operator.left, part, leaf) };
  return "input" in operator ? { ...operator, input: withLeaf(operator.input, part, leaf) } : operator;
}

/** The two parts, ready to run. */
export class WriteOverQuery {
  readonly interpreted: Interpreted;
  readonly query: CompiledStatement | InterpretedQuery;
  /** The collection that is written, where it is one of SQL. */
  readonly target: string | undefined;

  constructor(query: CompiledStatement | InterpretedQuery, interpreted: Interpreted, target: string | undefined) {
    this.query = query;
    this.interpreted = interpreted;
    this.target = target;
  }

  /** Rows of the query, as the interpreter takes them. */
  read(run: PlanRun, form: RowForm<readonly Value[]>): ReadRows {
    if (!(this.query instanceof InterpretedQuery)) return tableOf(this.query.run(run, form));
    const kept = new KeptRows();
    this.query.run({ ...this.query.values(run), take: kept.take });
    return tableOf(kept.rows);
  }

  /** The same in slices. */
  *readSlices(run: PlanRun, form: RowForm<readonly Value[]>, slices: Slices, usePace: (pace: Pace) => void): Course<ReadRows> {
    if (!(this.query instanceof InterpretedQuery)) return tableOf(yield* this.query.runSlices(run, form, slices));
    const kept = new KeptRows();
    yield* this.query.runSlices(run, slices, { ...this.query.values(run), take: kept.take, usePace });
    return tableOf(kept.rows);
  }
}

/** Rows of a query that is interpreted. */
class KeptRows {
  readonly rows: (readonly Value[])[] = [];

  readonly take = (row: readonly Value[]): boolean => {
    if ((this.rows.length + 1) * row.length > VALUES_MAX) throw outOfMemory();
    this.rows.push(row);
    return true;
  };
}

function tableOf(rows: readonly (readonly Value[])[]): ReadRows {
  if (rows.length * (rows[0]?.length ?? 0) > VALUES_MAX) throw outOfMemory();
  return new Map([[READ_TABLE, rows]]);
}

function outOfMemory(): Error {
  return sqlError("53200", "out of memory");
}
