/**
 * The beginning of a statement: its time, by which rows expire, and the database whose rows it writes.
 */
import { DATABASE_COUNT } from "../abi/layout";
import { setNow, useDatabase } from "../keyspace/database";

/** `now` is Unix time in milliseconds. Requires: `database` is one of the databases. */
export function statement_begin(database: u32, now: f64): void {
  if (database >= <u32>DATABASE_COUNT) unreachable();
  setNow(now);
  useDatabase(database);
}
