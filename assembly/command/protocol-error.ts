/**
 * Replies to requests that are not commands: protocol errors, which end the connection, and unknown commands and subcommands.
 */
import { ERROR_PROTOCOL_EXPECTED_DOLLAR, ERROR_UNKNOWN_COMMAND, ERROR_UNKNOWN_SUBCOMMAND } from "../abi/errors";
import { EXECUTE_CLOSE } from "../abi/status";
import { argumentLength, argumentPointer } from "./argument";
import { decodeError, offendingByte } from "./decode";
import { commandNameLength, commandNamePointer } from "./lookup";
import {
  ensure,
  replyBegin,
  replyCleaned,
  replyError,
  replyErrorNaming,
  replyErrorNamingTwo,
  replyErrorOpen,
  replyLineEnd,
  replyText,
} from "./reply";

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

/** `-ERR unknown subcommand 'x'. Try CONTAINER HELP.` */
export function replyUnknownSubcommand(command: u32, argv: usize): void {
  const nameLength = argumentLength(argv, 1);
  const length = commandNameLength(command);
  const name = commandNamePointer(command);
  for (let index: u32 = 0; index < length; index++) {
    const byte = load<u8>(name + index);
    store<u8>(containerName + index, byte - 97 < 26 ? byte - 32 : byte);
  }
  const shown = nameLength < SHOWN_BYTES ? nameLength : SHOWN_BYTES;
  replyErrorNamingTwo(ERROR_UNKNOWN_SUBCOMMAND, argumentPointer(argv, 1), shown, containerName, length);
}

const containerName: usize = memory.data(32, 1);
