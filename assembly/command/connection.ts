/**
 * PING ECHO SELECT QUIT. Everything else about connections (HELLO, AUTH, CLIENT ...) is the host's.
 */
import { DATABASE_COUNT, SESSION_DATABASE, SESSION_SUBSCRIPTIONS } from "../abi/layout";
import { ERROR_INDEX_OUT_OF_RANGE, ERROR_WRONG_ARITY } from "../abi/errors";
import { useDatabase } from "../keyspace/database";
import { argumentInt32, argumentLength, argumentPointer, argumentValue } from "./argument";
import { closeAfterReply, commandId } from "./call";
import { commandNameLength, commandNamePointer } from "./lookup";
import { protocol, replyArray, replyBulk, replyError, replyErrorNaming, replyOk, replySimple } from "./reply";
import { session } from "./session";

const PONG: usize = memory.data<u8>([80, 79, 78, 71]);
const PONG_MESSAGE: usize = memory.data<u8>([112, 111, 110, 103]);

/** WRONG_ARITY for the running command. */
export function replyArity(): void {
  replyErrorNaming(ERROR_WRONG_ARITY, commandNamePointer(commandId), commandNameLength(commandId));
}

export function pingCommand(argc: u32, argv: usize): void {
  if (argc > 2) replyArity();
  else if (load<u32>(session, SESSION_SUBSCRIPTIONS) && protocol == 2) {
    // To a subscriber all replies are messages.
    replyArray(2);
    replyBulk(PONG_MESSAGE, 4);
    if (argc == 2) replyBulk(argumentPointer(argv, 1), argumentLength(argv, 1));
    else replyBulk(0, 0);
  } else if (argc == 2) replyBulk(argumentPointer(argv, 1), argumentLength(argv, 1));
  else replySimple(PONG, 4);
}

export function echoCommand(argc: u32, argv: usize): void {
  replyBulk(argumentPointer(argv, 1), argumentLength(argv, 1));
}

export function selectCommand(argc: u32, argv: usize): void {
  if (!argumentInt32(argv, 1)) return;
  if (<u64>argumentValue >= <u64>DATABASE_COUNT) {
    replyError(ERROR_INDEX_OUT_OF_RANGE);
    return;
  }
  store<u32>(session, <u32>argumentValue, SESSION_DATABASE);
  useDatabase(<u32>argumentValue);
  replyOk();
}

export function quitCommand(argc: u32, argv: usize): void {
  replyOk();
  closeAfterReply();
}
