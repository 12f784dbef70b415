/**
 * Commands that pop from one of several lists or move elements between two: LMOVE RPOPLPUSH LMPOP.
 *
 * Replies and errors are Redis's. Effects: LMOVE is a push and a pop, in this order, so that a list of one element keeps its expiry; an effect may
 * not carry a value from key to key while the log is compacted.
 */
import { COMMAND_LPOP, COMMAND_LPUSH, COMMAND_RPOP, COMMAND_RPUSH } from "../abi/commands";
import { ERROR_SYNTAX, ERROR_WRONG_TYPE } from "../abi/errors";
import { EVENT_DEL, EVENT_LPOP, EVENT_LPUSH, EVENT_RPOP, EVENT_RPUSH, NOTIFY_GENERIC, NOTIFY_LIST } from "../abi/notification";
import { effectWord, effectsAdmit, effectsOn } from "../durability/effect-log";
import { foundSlot, lookupWrite } from "../keyspace/keyspace";
import { notify, notifyMask } from "../keyspace/notify";
import { containerEntry } from "../types/container";
import { isList, listAt, listCount, listGrows, listInsert, listLength, listNote, listOpen, listPointer, listRemove } from "../types/list";
import { argumentHash, argumentLength, argumentPointer, argumentWord } from "./argument";
import { keyHash } from "./call";
import { effectCommand } from "./effect";
import { popSome, writeList } from "./list";
import { popCount, popIsFirst, popKeys, readPop } from "./pop-arguments";
import { out, replyArray, replyBulk, replyError, replyFail, replyFailed, replyLength, replyNull, replyNullArray } from "./reply";
import { WORD_LEFT, WORD_RIGHT } from "./words";

const LINE_END: u32 = 2;

/** Reads LEFT or RIGHT: 1 or 0, or -1 after an error was replied. */
export function readEnd(argv: usize, index: u32): i32 {
  const word = argumentWord(argv, index);
  if (word == WORD_LEFT) return 1;
  if (word == WORD_RIGHT) return 0;
  replyError(ERROR_SYNTAX);
  return -1;
}

export function lmoveCommand(argc: u32, argv: usize): void {
  const from = readEnd(argv, 3);
  if (from < 0) return;
  const to = readEnd(argv, 4);
  if (to >= 0 && !move(argv, from != 0, to != 0)) replyNull();
}

export function rpoplpushCommand(argc: u32, argv: usize): void {
  if (!move(argv, false, true)) replyNull();
}

/** Moves an element between the lists of arguments 1 and 2 and replies it, or an error; false: there is none, and nothing is replied. */
export function move(argv: usize, fromHead: bool, toHead: bool): bool {
  const source = lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!source) return false;
  const targetKey = argumentPointer(argv, 2);
  const targetBytes = argumentLength(argv, 2);
  const targetHash = argumentHash(argv, 2);
  const target = isList(source) ? lookupWrite(targetHash, targetKey, targetBytes) : 0;
  if (!isList(source) || (target && !isList(target))) {
    replyError(ERROR_WRONG_TYPE);
    return true;
  }
  listAt(source, fromHead ? 0 : listCount(source) - 1);
  const length = listLength;
  if (effectsOn && !effectsAdmit(<u64>length + ((<u64>targetBytes + argumentLength(argv, 1)) << 1))) {
    replyFail();
    return true;
  }
  replyBulk(listPointer, length);
  if (replyFailed) return true;
  const text = out - LINE_END - length;
  listOpen(targetHash, foundSlot, target, targetKey, targetBytes);
  const before = target ? listCount(target) : 0;
  listGrows(length, 1);
  if (!listInsert(toHead ? 0 : before, text, length)) {
    replyFail();
    return true;
  }
  listNote(false);
  if (!takeFrom(argv, fromHead, source == target, toHead)) {
    writeList(argv, 2, targetHash);
    listRemove(toHead ? 0 : before, 1);
    replyFail();
    return true;
  }
  sayMoved(argv, fromHead, toHead);
  if (effectsOn) {
    effectCommand(toHead ? COMMAND_LPUSH : COMMAND_RPUSH, 2);
    effectWord(targetKey, targetBytes);
    effectWord(text, length);
    effectCommand(fromHead ? COMMAND_LPOP : COMMAND_RPOP, 1);
    effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
  }
  return true;
}

/** Takes the element that has been copied out of the first list, which may be the other one too. */
function takeFrom(argv: usize, fromHead: bool, isSame: bool, toHead: bool): bool {
  writeList(argv, 1, keyHash);
  const behind: u32 = isSame && fromHead == toHead ? 1 : 0;
  const position = fromHead ? behind : listCount(containerEntry) - 1 - behind;
  if (!listRemove(position, 1)) return false;
  listNote(true);
  return true;
}

function sayMoved(argv: usize, fromHead: bool, toHead: bool): void {
  if (!notifyMask) return;
  notify(NOTIFY_LIST, toHead ? EVENT_LPUSH : EVENT_RPUSH, argumentPointer(argv, 2), argumentLength(argv, 2));
  notify(NOTIFY_LIST, fromHead ? EVENT_LPOP : EVENT_RPOP, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!containerEntry) notify(NOTIFY_GENERIC, EVENT_DEL, argumentPointer(argv, 1), argumentLength(argv, 1));
}

// Pops from one of several lists ------------------------------------------------------------------------------------------

export function lmpopCommand(argc: u32, argv: usize): void {
  if (readPop(argc, argv, 1, WORD_LEFT, WORD_RIGHT) && !popFirst(argv, 2)) replyNullArray();
}

/** Pops what `readPop` has read from the first list that is there and replies it, or an error; false: there is none, and nothing is replied. */
export function popFirst(argv: usize, firstKey: u32): bool {
  for (let index = firstKey; index < firstKey + popKeys; index++) {
    if (!writeList(argv, index, argumentHash(argv, index))) return true;
    if (!containerEntry) continue;
    const start = replyLength();
    replyArray(2);
    replyBulk(argumentPointer(argv, index), argumentLength(argv, index));
    popSome(argv, index, popCount, popIsFirst, start);
    return true;
  }
  return false;
}
