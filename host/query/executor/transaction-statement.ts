/**
 * BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE and SET TRANSACTION: what they say goes to the session's transaction (transaction-control.ts).
 *
 * They run by themselves, outside of the frame of statements: what stands between them is what a frame keeps or takes back.
 */
import { sqlError } from "../../common/sql-state.ts";
import { type AskedModes, findIsolationLevel } from "../../common/transaction-modes.ts";
import type {
  ParsedBegin,
  ParsedCommit,
  ParsedRelease,
  ParsedRollback,
  ParsedSavepoint,
  ParsedSetTransaction,
  ParsedTransactionModes,
} from "../ast/control.ts";
import type { ParsedStatement } from "../ast/statement.ts";
import type { TransactionControl } from "./transaction-control.ts";

export type TransactionStatement = ParsedBegin | ParsedCommit | ParsedRollback | ParsedSavepoint | ParsedRelease | ParsedSetTransaction;

export function isTransactionStatement(statement: ParsedStatement): statement is TransactionStatement {
  switch (statement.kind) {
    case "ParsedBegin":
    case "ParsedCommit":
    case "ParsedRollback":
    case "ParsedSavepoint":
    case "ParsedRelease":
    case "ParsedSetTransaction":
      return true;
    default:
      return false;
  }
}

/** Throws what the control throws, and 0A000 where there is none: who calls the library directs transactions by its methods. */
export function runTransaction(statement: TransactionStatement, control: TransactionControl | undefined): void {
  if (control === undefined) throw sqlError("0A000", "transactions are begun and ended by methods here, not by statements");
  switch (statement.kind) {
    case "ParsedBegin":
      control.begin(askedModes(statement.modes));
      break;
    case "ParsedSetTransaction":
      if (statement.scope === "SESSION") control.setDefaults(namedModes(statement.modes));
      else control.change(askedModes(statement.modes));
      break;
    case "ParsedCommit":
      ending(control, statement.chain, () => control.commit());
      break;
    case "ParsedRollback": {
      const { savepoint, chain } = statement;
      if (savepoint === undefined) ending(control, chain, () => control.rollback());
      else control.rollbackTo(savepoint.text, savepoint.folded);
      break;
    }
    case "ParsedSavepoint":
      control.setSavepoint(statement.name.folded);
      break;
    case "ParsedRelease":
      control.releaseSavepoint(statement.name.text, statement.name.folded);
  }
}

/** Ends a transaction, and with AND CHAIN begins the next, which is as it was. */
function ending(control: TransactionControl, chain: boolean, end: () => void): void {
  const { modes } = control;
  end();
  if (chain) control.begin(modes);
}

function askedModes({ isolation, readOnly, deferrable }: ParsedTransactionModes): AskedModes {
  if (deferrable === true) throw sqlError("0A000", "DEFERRABLE transactions are not supported");
  return { isolation: isolation === undefined ? undefined : findIsolationLevel(isolation), readOnly };
}

/** Only what is named: what is there and undefined stands for DEFAULT. */
function namedModes(modes: ParsedTransactionModes): AskedModes {
  const { isolation, readOnly } = askedModes(modes);
  return { ...(isolation !== undefined && { isolation }), ...(readOnly !== undefined && { readOnly }) };
}

/** What a statement that writes is called by, as it begins. */
const WRITES = /^\s*(?:prepare\b.*?\bas\s+)?(insert|update|delete|truncate|create|drop|alter|merge|set|remove)\b/is;

/** Refuses what writes in a transaction that only reads (25006). */
export function refuseWrite(text: string, transaction: TransactionControl | undefined): void {
  if (transaction?.modes.readOnly !== true) return;
  const [, word = "what writes"] = WRITES.exec(text) ?? [];
  throw sqlError("25006", `cannot execute ${word.includes(" ") ? word : word.toUpperCase()} in a read-only transaction`);
}

/** A name that no statement can give a savepoint. */
const OWN_SAVEPOINT = "";

/** Runs a definition, which takes back by itself what it has done when it fails: within a transaction it is nothing then, not even for others at COMMIT. */
export function behindSavepoint<R>(transaction: TransactionControl | undefined, run: () => R): R {
  if (transaction?.isOpen !== true) return run();
  transaction.setSavepoint(OWN_SAVEPOINT);
  try {
    const result = run();
    transaction.releaseSavepoint(OWN_SAVEPOINT, OWN_SAVEPOINT);
    return result;
  } catch (error) {
    // What has ended the transaction has ended its savepoints too.
    if (!transaction.isFailed) {
      transaction.rollbackTo(OWN_SAVEPOINT, OWN_SAVEPOINT);
      transaction.releaseSavepoint(OWN_SAVEPOINT, OWN_SAVEPOINT);
    }
    throw error;
  }
}
