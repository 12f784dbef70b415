/**
 * Arguments of commands that pop from the first of several keys that is there: LMPOP, BLMPOP, ZMPOP, BZMPOP.
 */
import { ERROR_COUNT_NOT_POSITIVE, ERROR_NUMKEYS_NOT_POSITIVE, ERROR_SYNTAX } from "../abi/errors";
import { parsedInteger, parseInteger } from "../bytes/integer";
import { argumentLength, argumentPointer, argumentWord } from "./argument";
import { replyError } from "./reply";
import { WORD_COUNT } from "./words";

/** What `readPop` has read: how many keys there are, whether the first one of its two words was given, and how many elements. */
export let popKeys: u32 = 0;
export let popIsFirst: bool = false;
export let popCount: i64 = 1;

/** Reads `numkeys key... FIRST|SECOND [COUNT count]` from an argument on. Replies an error and returns false when it is not that. */
export function readPop(argc: u32, argv: usize, from: u32, firstWord: u64, secondWord: u64): bool {
  if (!parseInteger(argumentPointer(argv, from), argumentLength(argv, from)) || parsedInteger < 1) {
    replyError(ERROR_NUMKEYS_NOT_POSITIVE);
    return false;
  }
  const isThere = parsedInteger < <i64>(argc - from - 1);
  popKeys = isThere ? <u32>parsedInteger : 0;
  const end = from + 1 + popKeys;
  const word = isThere ? argumentWord(argv, end) : 0;
  popIsFirst = word == firstWord;
  popCount = 1;
  if (popIsFirst || word == secondWord) {
    if (end + 1 == argc) return true;
    if (end + 2 < argc && argumentWord(argv, end + 1) == WORD_COUNT) {
      // As in Redis a count that is none is told before what follows it.
      if (!parseInteger(argumentPointer(argv, end + 2), argumentLength(argv, end + 2)) || parsedInteger < 1) {
        replyError(ERROR_COUNT_NOT_POSITIVE);
        return false;
      }
      popCount = parsedInteger;
      if (end + 3 == argc) return true;
    }
  }
  replyError(ERROR_SYNTAX);
  return false;
}
