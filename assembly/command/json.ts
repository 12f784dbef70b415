/**
 * JSON.SET and JSON.DEL.
 */
import { ERROR_OUT_OF_MEMORY_HOST, ERROR_WRONG_TYPE } from "../abi/errors";
import { effectsOn } from "../durability/effect-log";
import { foundSlot, lookupWrite, removeEntry } from "../keyspace/keyspace";
import { entryExpiry } from "../structure/entry";
import { isDocument, storeDocument } from "../types/document";
import { parseError, parseJson } from "../value/json-parse";
import { packedAt, packedMark, packedReset } from "../value/packed-writer";
import { argumentLength, argumentPointer } from "./argument";
import { keyHash } from "./call";
import { effectDelete, effectRequest } from "./effect";
import { replyError, replyInteger, replyOk } from "./reply";

export function jsonSetCommand(argc: u32, argv: usize): void {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const old = lookupWrite(keyHash, key, keyBytes);
  const slot = foundSlot;
  if (old && !isDocument(old)) {
    replyError(ERROR_WRONG_TYPE);
    return;
  }
  packedReset();
  if (!parseJson(argumentPointer(argv, 3), argumentLength(argv, 3))) {
    replyError(parseError ? parseError : ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (!storeDocument(keyHash, slot, old, key, keyBytes, packedAt(0), packedMark(), old ? entryExpiry(old) : 0)) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (effectsOn) effectRequest(argc, argv);
  replyOk();
}

export function jsonDelCommand(argc: u32, argv: usize): void {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  if (!lookupWrite(keyHash, key, keyBytes)) {
    replyInteger(0);
    return;
  }
  removeEntry(keyHash, foundSlot);
  if (effectsOn) effectDelete(key, keyBytes);
  replyInteger(1);
}
