/**
 * WITH RECURSIVE: the rows of each turn are handed on before the next turn begins, so whoever wants no more ends it.
 */
import { sqlError } from "../../../common/sql-state.ts";
import type { LogicalRecursion } from "../../plan/operator.ts";
import type { Value } from "../value.ts";
import { type Context, PAUSE, ROW, type Run, restore, type Work } from "./context.ts";
import { type Key, rowKeyMaker } from "./key.ts";

/** Values that the rows of a turn, and those that came out before, may have: they lie in the host's memory. */
const VALUES_MAX = 1 << 24;

export function compileRecursion(recursion: LogicalRecursion, context: Context): Run {
  const { frame, commonTables } = context;
  const { all, table, leftColumns, rightColumns } = recursion;
  const runLeft = context.operator(recursion.left);
  const runRight = context.operator(recursion.right);
  const columns = recursion.columns.map(({ column }) => column);
  const keyOf = rowKeyMaker(
    recursion.columns.map(({ type }) => type),
    context.surroundings.functions,
  );
  /** The rows of a side that have not come out before. */
  function* turn(run: Run, from: readonly number[], known: Set<Key> | undefined): Work<Value[][]> {
    const rows: Value[][] = [];
    for (const isRow of run()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      const row = from.map((column) => frame[column] ?? null);
      if (known !== undefined) {
        const key = keyOf(row);
        if (known.has(key)) continue;
        known.add(key);
      }
      rows.push(row);
      if ((rows.length + (known?.size ?? 0)) * columns.length > VALUES_MAX) throw sqlError("53200", "out of memory");
    }
    return rows;
  }
  return function* () {
    const known = all ? undefined : new Set<Key>();
    for (let rows = yield* turn(runLeft, leftColumns, known); rows.length > 0; ) {
      for (const row of rows) {
        restore(frame, columns, row);
        yield ROW;
      }
      commonTables.set(table, rows);
      rows = yield* turn(runRight, rightColumns, known);
    }
  };
}
