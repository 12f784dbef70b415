/**
 * Sorting with pauses: runs of a few rows by the language's own sort, then merged two by two until there is one. Stable.
 *
 * Cost: O(n log n) comparisons, and a second list of the rows.
 */
import { type Context, PAUSE, step, type Work } from "./context.ts";

/** Rows of a run. */
const RUN_ROWS = 512;

/** The rows in order; the list that is given may be the one that is answered. */
export function* sorted<T>(rows: T[], compare: (left: T, right: T) => number, context: Context): Work<readonly T[]> {
  if (rows.length <= RUN_ROWS) return rows.sort(compare);
  let from: T[] = [];
  for (let begin = 0; begin < rows.length; begin += RUN_ROWS) {
    for (const row of rows.slice(begin, begin + RUN_ROWS).sort(compare)) {
      if (step(context)) yield PAUSE;
      from.push(row);
    }
  }
  let to = rows;
  for (let width = RUN_ROWS; width < rows.length; width *= 2) {
    for (let begin = 0; begin < rows.length; begin += 2 * width) {
      yield* merge(from, to, begin, Math.min(begin + width, rows.length), Math.min(begin + 2 * width, rows.length), compare, context);
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Merges the rows from `begin` on with those from `middle` on, up to `end`. */
function* merge<T>(
  from: readonly T[],
  to: T[],
  begin: number,
  middle: number,
  end: number,
  compare: (left: T, right: T) => number,
  context: Context,
): Work<void> {
  let left = begin;
  let right = middle;
  // In order already: the left ones come first without being compared.
  const isOrdered = middle === end || compare(from[middle - 1] as T, from[middle] as T) <= 0;
  for (let at = begin; at < end; at++) {
    if (step(context)) yield PAUSE;
    const isLeft = left < middle && (isOrdered || right === end || compare(from[left] as T, from[right] as T) <= 0);
    to[at] = from[isLeft ? left++ : right++] as T;
  }
}
