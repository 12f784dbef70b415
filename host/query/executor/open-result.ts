/**
 * Results whose rows are taken piece by piece: those of a compiled query are decoded when they are taken, out of the engine's memory;
 * all others are a list already.
 *
 * 1. Rows are what they were when the query ended, whatever is written between two pieces.
 * 2. Who has a result closes it; once it is closed it has no more rows. One that nobody has any more is closed in time.
 */
import type { GatheredRows } from "./gathered-rows.ts";
import type { QueryResult } from "./query-result.ts";

export interface OpenResult<T> extends Omit<QueryResult<T>, "rows"> {
  /** Rows in all. */
  readonly count: number;
  /** The next rows, at most so many; none at the end. */
  take(countMax: number): readonly T[];
  close(): void;
}

/** Runs what decodes rows, or frees them. Throws when the engine has failed. */
export type Decoding = <R>(run: () => R) => R;

/** What closes results that nobody has any more. */
const abandoned = new FinalizationRegistry<() => void>((close) => close());

/** A result that is a list. */
export function listedResult<T>({ kind, columns, affected, stats, rows }: QueryResult<T>): OpenResult<T> {
  let position = 0;
  let end = rows.length;
  return {
    kind,
    columns,
    affected,
    stats,
    count: rows.length,
    take: (countMax) => {
      const taken = rows.slice(position, Math.min(end, position + countMax));
      position += taken.length;
      return taken;
    },
    close: () => {
      end = 0;
    },
  };
}

/** A result in the engine's memory. `read` makes a row of its address. */
export function gatheredResult<T>(
  rows: GatheredRows,
  columns: QueryResult["columns"],
  read: (address: number) => T,
  decoding: Decoding,
): OpenResult<T> {
  const free = (): void => {
    try {
      decoding(() => rows.close());
    } catch {
      // A failed engine keeps nothing.
    }
  };
  const result: OpenResult<T> = {
    kind: "query",
    columns,
    affected: undefined,
    count: rows.count,
    take: (countMax) => decoding(() => decode(rows, read, countMax)),
    close: () => {
      abandoned.unregister(result);
      free();
    },
  };
  abandoned.register(result, free, result);
  return result;
}

function decode<T>(rows: GatheredRows, read: (address: number) => T, countMax: number): readonly T[] {
  const taken: T[] = [];
  while (taken.length < countMax) {
    const { rows: first, count, rowBytes } = rows.take(countMax - taken.length);
    if (count === 0) break;
    for (let index = 0; index < count; index++) taken.push(read(first + index * rowBytes));
  }
  return taken;
}
