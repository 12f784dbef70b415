/**
 * What a session may not run while it has a transaction, or has just lost one (abi/transaction.ts).
 *
 * The command table says which commands do not run inside (`outside`), and which run whatever has become of it (`always`): those that end
 * it, and statements, which say so themselves.
 */
import { COMMAND_FLAG_ALWAYS, COMMAND_FLAG_OUTSIDE, COMMAND_FLAG_READONLY, COMMAND_FLAG_WRITE } from "../abi/commands";
import {
  ERROR_NOT_IN_TRANSACTION,
  ERROR_TRANSACTION_CANCELLED,
  ERROR_TRANSACTION_FAILED,
  ERROR_TRANSACTION_IDLE,
  ERROR_TRANSACTION_READS,
} from "../abi/errors";
import { SESSION_TRANSACTION } from "../abi/layout";
import { TRANSACTION_CANCELLED, TRANSACTION_FAILED, TRANSACTION_IDLE } from "../abi/transaction";
import { commandNameLength, commandNamePointer } from "./lookup";
import { replyError, replyErrorNaming } from "./reply";
import { session } from "./session";
import { transactionIsReadOnly, transactionRuns } from "./transaction";

/** The name of a command in upper case; names have 32 bytes at most. */
const upper: usize = memory.data(32);

/** Replies why a command may not run now; false: it may. Requires: the session has a transaction, or had one. */
export function refusedInTransaction(command: u32, flags: u32): bool {
  if (flags & COMMAND_FLAG_ALWAYS) return false;
  const transaction = load<u32>(session, SESSION_TRANSACTION);
  if (transaction == <u32>TRANSACTION_IDLE) replyError(ERROR_TRANSACTION_IDLE);
  else if (transaction == <u32>TRANSACTION_CANCELLED) {
    store<u32>(session, TRANSACTION_FAILED, SESSION_TRANSACTION);
    replyError(ERROR_TRANSACTION_CANCELLED);
  } else if (transaction == <u32>TRANSACTION_FAILED) replyError(ERROR_TRANSACTION_FAILED);
  else if (flags & COMMAND_FLAG_OUTSIDE) replyNaming(ERROR_NOT_IN_TRANSACTION, command);
  else if (flags & COMMAND_FLAG_WRITE && transactionIsReadOnly(session)) replyNaming(ERROR_TRANSACTION_READS, command);
  else {
    if (flags & (COMMAND_FLAG_WRITE | COMMAND_FLAG_READONLY)) transactionRuns(session);
    return false;
  }
  return true;
}

function replyNaming(error: u32, command: u32): void {
  const name = commandNamePointer(command);
  const length = commandNameLength(command);
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(name + index);
    store<u8>(upper + index, <u8>(byte - 97 < 26 ? byte - 32 : byte));
  }
  replyErrorNaming(error, upper, length);
}
