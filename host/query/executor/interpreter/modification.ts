/**
 * INSERT, UPDATE, DELETE: what is to be written is computed for all rows first, then written row by row, so that a statement
 * never sees its own rows.
 *
 * The engine's row functions check constraints and undo the whole statement when one fails; a row is updated or removed
 * once, however often the input has it (the first time counts), and however many parts of the statement write (WITH): what another part
 * has written or removed, the one that comes behind leaves alone.
 */
import { sqlError } from "../../../common/sql-state.ts";
import type {
  LogicalAssignment,
  LogicalConflict,
  LogicalDelete,
  LogicalInsert,
  LogicalUpdate,
  Returning,
  ScanColumn,
} from "../../plan/operator.ts";
import { columnsOf } from "../../plan/walk.ts";
import { plainType, type SqlType } from "../../type/type.ts";
import type { Rows, RowValue } from "../surroundings.ts";
import type { Value } from "../value.ts";
import { type Context, collect, type Evaluate, PAUSE, ROW, type Run, restore, step } from "./context.ts";
import { compileCondition, compileExpression } from "./expression.ts";

export function compileInsert(insert: LogicalInsert, context: Context): Run {
  const { frame, surroundings } = context;
  const { rows } = surroundings;
  const { collection, conflict } = insert;
  const run = context.operator(insert.input);
  const sources = insert.values.map(({ column }) => column);
  const typeOf = new Map(columnsOf(insert.input).map(({ column, type }) => [column, type]));
  const types = sources.map((column) => typeOf.get(column) ?? plainType("any"));
  const answer = compileReturning(collection, insert.written, insert.returning, context);
  const resolve = conflict === undefined || conflict.action === "replace" ? undefined : compileConflict(collection, conflict, context);
  return function* () {
    const inputs = yield* collect(context, run, sources);
    // The n-th row may not touch what the statement itself has written (ON CONFLICT DO UPDATE, 21000).
    const touched = touchedRows(context, collection);
    for (const values of inputs) {
      step(context);
      restore(frame, sources, values);
      const row = insert.values.map(
        ({ target, name }, index): RowValue => ({ target, name, type: types[index] as SqlType, value: values[index] ?? null }),
      );
      if (conflict?.action === "replace") removeConflicting(rows, collection, row, conflict);
      let written: number | undefined;
      if (conflict === undefined || resolve === undefined) written = rows.insert(collection, row);
      else {
        const found = rows.insertUnless(collection, row, conflict);
        written = found.isNew ? found.row : resolve(found.row, row, touched);
      }
      if (written === undefined) continue;
      touched.add(written);
      context.affected++;
      if (answer(written)) yield ROW;
    }
  };
}

/** Removes all rows that are in the way of a new one: one for each key at most. */
function removeConflicting(rows: Rows, collection: string, row: readonly RowValue[], conflict: LogicalConflict): void {
  for (;;) {
    const existing = rows.conflicting(collection, row, conflict);
    if (existing === undefined) return;
    rows.remove(collection, existing);
  }
}

/** What happens to the row in the way: answers the row that was written, or undefined. */
function compileConflict(
  collection: string,
  conflict: LogicalConflict,
  context: Context,
): (existing: number, row: readonly RowValue[], touched: ReadonlySet<number>) => number | undefined {
  const { frame, surroundings } = context;
  const { rows } = surroundings;
  if (conflict.action === "nothing") return () => undefined;
  const existingColumns = conflict.existing.map(({ column }) => column);
  const excludedColumns = conflict.excluded.map(({ column }) => column);
  const where = conflict.where === undefined ? () => true : compileCondition(conflict.where, context);
  const assign = compileAssignments(conflict.assignments, context);
  return (existing, row, touched) => {
    if (touched.has(existing)) throw sqlError("21000", "ON CONFLICT DO UPDATE command cannot affect row a second time");
    restore(frame, existingColumns, rows.read(collection, existing, conflict.existing));
    restore(frame, excludedColumns, rows.coerced(collection, row, conflict.excluded));
    return where() === true ? rows.update(collection, existing, assign()) : undefined;
  };
}

export function compileUpdate(update: LogicalUpdate, context: Context): Run {
  const { frame, surroundings } = context;
  const { collection } = update;
  const run = context.operator(update.input);
  const columns = columnsOf(update.input).map(({ column }) => column);
  const assign = compileAssignments(update.assignments, context);
  const answer = compileReturning(collection, update.written, update.returning, context);
  return function* () {
    const seen = new Set<Value>();
    const changes: { readonly row: number; readonly values: readonly RowValue[]; readonly input: readonly Value[] }[] = [];
    for (const isRow of run()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      const row = frame[update.row] ?? null;
      if (seen.has(row)) continue;
      seen.add(row);
      changes.push({ row: Number(row), values: assign(), input: columns.map((column) => frame[column] ?? null) });
    }
    const touched = touchedRows(context, collection);
    for (const { row, values, input } of changes) {
      step(context);
      if (touched.has(row)) continue;
      const written = surroundings.rows.update(collection, row, values);
      if (written === undefined) continue;
      touched.add(row).add(written);
      context.affected++;
      restore(frame, columns, input);
      if (answer(written)) yield ROW;
    }
  };
}

export function compileDelete(deletion: LogicalDelete, context: Context): Run {
  const { frame, surroundings } = context;
  const { collection, returning } = deletion;
  const run = context.operator(deletion.input);
  const items = returning?.items.map(({ column, value }) => ({ column, evaluate: compileExpression(value, context) })) ?? [];
  const columns = items.map(({ column }) => column);
  return function* () {
    const removals = new Map<Value, readonly Value[]>();
    for (const isRow of run()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      const row = frame[deletion.row] ?? null;
      if (removals.has(row)) continue;
      removals.set(
        row,
        items.map(({ evaluate }) => evaluate()),
      );
    }
    const touched = touchedRows(context, collection);
    for (const [row, values] of removals) {
      step(context);
      if (touched.has(Number(row)) || !surroundings.rows.remove(collection, Number(row))) continue;
      touched.add(Number(row));
      context.affected++;
      restore(frame, columns, values);
      if (returning !== undefined) yield ROW;
    }
  };
}

/** Rows of a collection that the statement has written. */
export function touchedRows({ touched }: Context, collection: string): Set<number> {
  let rows = touched.get(collection);
  if (rows === undefined) {
    rows = new Set();
    touched.set(collection, rows);
  }
  return rows;
}

/** Evaluates assignments for the row at hand. */
export function compileAssignments(assignments: readonly LogicalAssignment[], context: Context): () => readonly RowValue[] {
  const evaluators = assignments.map(({ value }) => compileExpression(value, context));
  return () =>
    assignments.map(({ target, name, value }, index) => ({ target, name, type: value.type, value: (evaluators[index] as Evaluate)() }));
}

/** Puts the row of RETURNING for a row that was written into the frame; false: there is none. */
function compileReturning(
  collection: string,
  written: readonly ScanColumn[],
  returning: Returning | undefined,
  context: Context,
): (row: number) => boolean {
  if (returning === undefined) return () => false;
  const { frame, surroundings } = context;
  const columns = written.map(({ column }) => column);
  const items = returning.items.map(({ column, value }) => ({ column, evaluate: compileExpression(value, context) }));
  return (row) => {
    restore(frame, columns, surroundings.rows.read(collection, row, written));
    for (const { column, evaluate } of items) frame[column] = evaluate();
    return true;
  };
}
