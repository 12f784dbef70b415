/**
 * Replies to requests that are not commands: protocol errors, which end the connection, and unknown commands.
 */
import { ERROR_PROTOCOL_EXPECTED_DOLLAR, ERROR_UNKNOWN_COMMAND } from "../abi/errors";
import { EXECUTE_CLOSE } from "../abi/status";
import { argumentLength, argumentPointer } from "./argument";
import { decodeError, offendingByte } from "./decode";
import { ensure, replyBegin, replyCleaned, replyError, replyErrorNaming, replyErrorOpen, replyLineEnd, replyText } from "./reply";

/** Longest part of a command's name, and of its arguments together, that an unknown command is answered with. */
const SHOWN_BYTES: u32 = 128;
const QUOTE: usize = memory.data<u8>([39]);
const QUOTE_BLANK: usize = memory.data<u8>([39, 32]);
const offending: usize = memory.data(8, 8);

/** Answers the decoder's error and ends the connection. */
export function replyProtocolError(): i32 {
  if (replyBegin()) {
    if (decodeError == ERROR_PROTOCOL_EXPECTED_DOLLAR) {
      store<u8>(offending, <u8>offendingByte);
      replyErrorNaming(decodeError, offending, 1);
    } else replyError(decodeError);
  }
  return EXECUTE_CLOSE;
}

/** `-ERR unknown command 'x', with args beginning with: 'a' 'b' ` */
export function replyUnknownCommand(argc: u32, argv: usize): void {
  const nameLength = argumentLength(argv, 0);
  replyErrorOpen(ERROR_UNKNOWN_COMMAND, argumentPointer(argv, 0), nameLength < SHOWN_BYTES ? nameLength : SHOWN_BYTES);
  if (!ensure(SHOWN_BYTES << 2)) return;
  let shown: u32 = 0;
  for (let index: u32 = 1; index < argc && shown < SHOWN_BYTES; index++) {
    const length = argumentLength(argv, index);
    replyText(QUOTE, 1);
    shown += replyCleaned(argumentPointer(argv, index), length < SHOWN_BYTES - shown ? length : SHOWN_BYTES - shown) + 3;
    replyText(QUOTE_BLANK, 2);
  }
  replyLineEnd();
}
