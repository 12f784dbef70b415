/**
 * Commands on lists that wait while there is nothing to pop: BLPOP BRPOP BLMOVE BRPOPLPUSH BLMPOP. Their effects are those of the commands that
 * do not wait.
 */
import { TYPE_LIST } from "../abi/status";
import { containerEntry } from "../types/container";
import { argumentHash, argumentLength, argumentPointer } from "./argument";
import { popOne, writeList } from "./list";
import { move, popFirst, readEnd } from "./list-move";
import { popKeys, readPop } from "./pop-arguments";
import { replyArray, replyBulk, replyNull, replyNullArray } from "./reply";
import { readTimeout, waitFor } from "./wait";
import { WORD_LEFT, WORD_RIGHT } from "./words";

export function blpopCommand(argc: u32, argv: usize): void {
  popOrWait(argc, argv, true);
}

export function brpopCommand(argc: u32, argv: usize): void {
  popOrWait(argc, argv, false);
}

function popOrWait(argc: u32, argv: usize, atHead: bool): void {
  const last = argc - 1;
  if (!readTimeout(argv, last)) return;
  for (let index: u32 = 1; index < last; index++) {
    if (!writeList(argv, index, argumentHash(argv, index))) return;
    if (!containerEntry) continue;
    replyArray(2);
    replyBulk(argumentPointer(argv, index), argumentLength(argv, index));
    popOne(argv, index, atHead);
    return;
  }
  if (!waitFor(TYPE_LIST, 1, last - 1)) replyNullArray();
}

export function blmoveCommand(argc: u32, argv: usize): void {
  const from = readEnd(argv, 3);
  if (from < 0) return;
  const to = readEnd(argv, 4);
  if (to >= 0 && readTimeout(argv, 5)) moveOrWait(argv, from != 0, to != 0);
}

export function brpoplpushCommand(argc: u32, argv: usize): void {
  if (readTimeout(argv, 3)) moveOrWait(argv, false, true);
}

function moveOrWait(argv: usize, fromHead: bool, toHead: bool): void {
  if (!move(argv, fromHead, toHead) && !waitFor(TYPE_LIST, 1, 1)) replyNull();
}

export function blmpopCommand(argc: u32, argv: usize): void {
  if (!readPop(argc, argv, 2, WORD_LEFT, WORD_RIGHT) || !readTimeout(argv, 1)) return;
  if (!popFirst(argv, 3) && !waitFor(TYPE_LIST, 3, popKeys)) replyNullArray();
}
