/**
 * MERGE: for all rows of the input what is to be done is found first, and done then, so that the statement never sees its own rows. A row
 * of the target that would be updated or removed twice is an error.
 */
import { sqlError } from "../../../common/sql-state.ts";
import type { LogicalMerge } from "../../plan/operator.ts";
import type { RowValue } from "../surroundings.ts";
import type { Value } from "../value.ts";
import { type Context, PAUSE, type Run, step } from "./context.ts";
import { compileCondition } from "./expression.ts";
import { compileAssignments, touchedRows } from "./modification.ts";

interface Change {
  readonly action: "insert" | "update" | "delete";
  /** Of what is updated or removed. */
  readonly row: number;
  readonly values: readonly RowValue[];
}

export function compileMerge(merge: LogicalMerge, context: Context): Run {
  const { frame } = context;
  const { rows } = context.surroundings;
  const { collection } = merge;
  const run = context.operator(merge.input);
  const branches = merge.branches.map(({ matched, condition, action, assignments }) => ({
    matched,
    action,
    fits: condition === undefined ? () => true : compileCondition(condition, context),
    values: compileAssignments(assignments, context),
  }));
  /** What is to be done with the row at hand. */
  const choose = (row: Value): Change | undefined => {
    const branch = branches.find(({ matched, fits }) => matched === (row !== null) && fits() === true);
    if (branch === undefined || branch.action === "nothing") return undefined;
    return { action: branch.action, row: Number(row ?? 0), values: branch.values() };
  };
  return function* () {
    const touched = new Set<number>();
    const changes: Change[] = [];
    for (const isRow of run()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      const change = choose(frame[merge.row] ?? null);
      if (change === undefined) continue;
      if (change.action !== "insert" && touched.has(change.row)) throw affectedTwice();
      if (change.action !== "insert") touched.add(change.row);
      changes.push(change);
    }
    const written = touchedRows(context, collection);
    for (const { action, row, values } of changes) {
      step(context);
      if (action !== "insert" && written.has(row)) continue;
      if (action === "insert") rows.insert(collection, values);
      else if (action === "update") rows.update(collection, row, values);
      else rows.remove(collection, row);
      context.affected++;
    }
  };
}

function affectedTwice(): Error {
  const hint = "Ensure that not more than one source row matches any one target row.";
  return sqlError("21000", `MERGE command cannot affect row a second time (HINT: ${hint})`);
}
