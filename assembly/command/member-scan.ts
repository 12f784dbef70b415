/**
 * HSCAN, SSCAN and ZSCAN: what SCAN's relatives over the elements of one key have in common. Their cursors are places in the order of the
 * members' hashes (types/members.ts): an element that is there during the whole walk is answered at least once.
 */
import { ERROR_INVALID_CURSOR, ERROR_SYNTAX } from "../abi/errors";
import { globMatch } from "../bytes/glob";
import { integerLength, integerNext, integerPointer } from "../types/integer-order";
import { memberLength, memberPointer, memberScanNext, memberValue, memberValueLength, scanNext } from "../types/members";
import { readKept } from "../types/score";
import { isSortedSet } from "../types/sorted-set";
import { argumentInteger, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { replyArray, replyBulk, replyError, replyFailed, replyFillArray, replyFillBulkInteger, replyGap } from "./reply";
import { parseCursor, parsedCursor } from "./scan-cursor";
import { replyScoreText } from "./score";
import { WORD_COUNT, WORD_MATCH } from "./words";

const COUNT_DEFAULT: i64 = 10;

/** What the arguments ask for: where to begin, and about how many elements to look at. */
export let scanCursor: u32 = 0;
export let scanCount: i64 = 0;
let scanPattern: usize = 0;
let scanPatternBytes: u32 = 0;

/** Reads the cursor, argument 2; replies an error and returns false when it is none. The key is looked at behind that, and then the options. */
export function readScanCursor(argv: usize): bool {
  if (!parseCursor(argumentPointer(argv, 2), argumentLength(argv, 2))) {
    replyError(ERROR_INVALID_CURSOR);
    return false;
  }
  scanCursor = parsedCursor > <u64>u32.MAX_VALUE ? u32.MAX_VALUE : <u32>parsedCursor;
  return true;
}

/** Reads `[MATCH pattern] [COUNT count]` from argument 3 on; replies an error and returns false when something is wrong. */
export function readScanOptions(argc: u32, argv: usize): bool {
  scanCount = COUNT_DEFAULT;
  scanPattern = 0;
  for (let index: u32 = 3; index < argc; index += 2) {
    const word = argumentWord(argv, index);
    if (index + 1 >= argc || (word != WORD_COUNT && word != WORD_MATCH)) {
      replyError(ERROR_SYNTAX);
      return false;
    }
    if (word == WORD_COUNT) {
      if (!argumentInteger(argv, index + 1)) return false;
      scanCount = argumentValue;
      if (scanCount < 1) {
        replyError(ERROR_SYNTAX);
        return false;
      }
    } else {
      scanPattern = argumentPointer(argv, index + 1);
      scanPatternBytes = argumentLength(argv, index + 1);
      if (scanPatternBytes == 1 && load<u8>(scanPattern) == 42) scanPattern = 0;
    }
  }
  return true;
}

/** The element that `nextElement` has reached. */
let element: usize = 0;
let elementLength: u32 = 0;

/** Goes to the next element of the step, or of a walk over `integers`, which is the whole scan. */
function nextElement(integers: bool): bool {
  if (!integers) {
    const isThere = memberScanNext();
    element = memberPointer;
    elementLength = memberLength;
    return isThere;
  }
  const isThere = integerNext();
  element = integerPointer;
  elementLength = integerLength;
  return isThere;
}

/** Replies the step that `memberScan` has begun on an entry, or an empty one for 0; or all of a walk over `integers`. */
export function memberScanReply(entry: usize, hasValues: bool, integers: bool = false): void {
  const hasScores = entry != 0 && isSortedSet(entry);
  replyArray(2);
  const cursorGap = replyGap();
  const head = replyGap();
  let found: u32 = 0;
  while (entry && !replyFailed && nextElement(integers)) {
    if (scanPattern && !globMatch(scanPattern, scanPatternBytes, element, elementLength, false)) continue;
    replyBulk(element, elementLength);
    if (hasScores) replyScoreText(readKept(memberValue, memberValueLength));
    else if (hasValues) replyBulk(memberValue, memberValueLength);
    found += hasValues ? 2 : 1;
  }
  replyFillArray(head, found);
  replyFillBulkInteger(cursorGap, entry && !integers ? scanNext : 0);
}
