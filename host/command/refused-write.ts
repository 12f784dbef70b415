/**
 * Commands of the engine that write, when the row-write door has refused what they would have written: the engine hands such a
 * command to the host, which knows the words of the error (`-CONSTRAINT duplicate key ... [23505]`).
 */
import { DatabaseError } from "../common/error.ts";
import type { CommandHandler } from "./session.ts";
import type { QuerySource } from "./sql.ts";

/** The handler of all of them. */
export function refusedWrite(queries: QuerySource): CommandHandler {
  const refuse = (error: unknown): never => {
    if (!(error instanceof DatabaseError)) throw error;
    // What a table forbids is a constraint to a command that is not SQL, be it a value that does not fit its column.
    throw error.code === "SQL_OUT_OF_MEMORY" ? error : new DatabaseError("SQL_CONSTRAINT", error.message, { cause: error });
  };
  return () => {
    const { engine } = queries;
    if (engine !== undefined) return refuse(engine.refusal());
    return queries.load().then((loaded) => refuse(loaded.refusal()));
  };
}
