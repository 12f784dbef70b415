/**
 * Results of interpreted plans: rows in the host's memory, and what a result says of what was written.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { isCypher, writes } from "../plan/walk.ts";
import { changesOf, type GraphCounters, newCounters } from "./interpreter/graph-counters.ts";
import type { QueryResult } from "./query-result.ts";
import type { RowForm } from "./result-rows.ts";
import type { PlannedStatement } from "./statement.ts";
import type { Value } from "./value.ts";

/** Values of a result that lies in the host's memory. */
const LISTED_VALUES_MAX = 1 << 24;

/** Rows of a result that the interpreter gives. */
export class ResultList<T> {
  readonly rows: T[] = [];
  readonly #toRow: (row: readonly Value[]) => T;
  readonly #rowsMax: number;

  constructor(statement: PlannedStatement, form: RowForm<T>) {
    this.#toRow = statement.rowMaker(form);
    this.#rowsMax = Math.floor(LISTED_VALUES_MAX / Math.max(1, statement.columns.length));
  }

  /** Throws 53200. */
  take(row: readonly Value[]): boolean {
    if (this.rows.length === this.#rowsMax) throw sqlError("53200", "out of memory");
    this.rows.push(this.#toRow(row));
    return true;
  }
}

/** Whether the statement itself writes, and not only parts of its WITH. */
function mainWrites(root: LogicalOperator): boolean {
  return root.kind === "LogicalCommonTable" ? mainWrites(root.input) : writes(root);
}

/** What a result says of what was written. */
export function doneBy(
  plan: LogicalPlan,
  affected = 0,
  counters: GraphCounters = newCounters(),
): Pick<QueryResult<never>, "affected" | "stats"> {
  if (isCypher(plan)) return { affected: undefined, stats: changesOf(counters) };
  return { affected: mainWrites(plan.root) ? affected : undefined };
}
