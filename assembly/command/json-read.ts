/**
 * The JSON commands that read.
 */
import { ERROR_WRONG_TYPE } from "../abi/errors";
import { lookupRead } from "../keyspace/keyspace";
import { documentValue, isDocument } from "../types/document";
import { printValue, textAt, textMark, textReset } from "../value/json-print";
import { argumentLength, argumentPointer } from "./argument";
import { keyHash } from "./call";
import { replyBulk, replyError, replyNull } from "./reply";

export function jsonGetCommand(argc: u32, argv: usize): void {
  const entry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!entry) {
    replyNull();
    return;
  }
  if (!isDocument(entry)) {
    replyError(ERROR_WRONG_TYPE);
    return;
  }
  textReset();
  printValue(documentValue(entry));
  replyBulk(textAt(0), textMark());
}
