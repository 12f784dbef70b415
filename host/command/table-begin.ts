/**
 * Commands that begin and end transactions, and what lies between: SQL's statements, word by word.
 */
import { type CommandRow, command } from "./table-types.ts";

const MODES = "[(level:ISOLATION LEVEL (name:SNAPSHOT|SERIALIZABLE))] [(access:READ ONLY|READ WRITE)]";

function row(name: string, arity: number, syntax: string, summary: string, more: { readonly always?: boolean } = {}): CommandRow {
  return command({
    name,
    arity,
    flags: "noscript loading stale no_multi",
    acl: "slow transaction",
    since: "1.0.0",
    group: "transactions",
    host: "transaction",
    transaction: more.always === true ? "always" : "inside",
    complexity: "O(N), N things written in the transaction",
    syntax,
    summary,
  });
}

const SINCE_SAVEPOINT = "Undoes what was done since a savepoint, which stays.";
const RELEASE = "Forgets a savepoint and those behind it; what was done stays.";
const END = { always: true };

export const beginCommands: readonly CommandRow[] = [
  row("BEGIN", -1, `[TRANSACTION] ${MODES}`, "Begins a transaction: what follows is seen by others at COMMIT, all at once."),
  row("START", -2, `TRANSACTION ${MODES}`, "Another name of BEGIN."),
  row("COMMIT", -1, "[TRANSACTION]", "Ends the transaction and keeps what it did, or answers ABORT and keeps nothing.", END),
  row("END", -1, "[TRANSACTION]", "Another name of COMMIT.", END),
  row(
    "ROLLBACK",
    -1,
    "[(savepoint:TO [SAVEPOINT] name)]",
    "Ends the transaction and undoes what it did, or what was done since a savepoint.",
    END,
  ),
  row("ABORT", -1, "", "Another name of ROLLBACK.", END),
  row("SAVEPOINT", 2, "name", "Marks a place in the transaction to which it can be taken back."),
  row("ROLLBACK_TO", -2, "[SAVEPOINT] name", SINCE_SAVEPOINT),
  row("ROLLBACK_TO_SAVEPOINT", 2, "name", SINCE_SAVEPOINT),
  row("RELEASE", -2, "[SAVEPOINT] name", RELEASE),
  row("RELEASE_SAVEPOINT", 2, "name", RELEASE),
];
