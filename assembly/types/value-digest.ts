/**
 * A hash of a value of any type, which depends on its type and content alone (container-digest.ts for containers).
 */
import { TYPE_DOCUMENT } from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { ENTRY_KIND } from "../structure/entry";
import { valueBytes } from "../value/packed";
import { packedReset } from "../value/packed-writer";
import { isContainer } from "./container";
import { containerHash } from "./container-digest";
import { documentValue, isDocument } from "./document";
import { readText, textLength, textPointer } from "./string";

const TYPE_BITS: u8 = 15;

/** Hash of type and content; 0 of a document for which there is no memory. */
export function valueHash(entry: usize): u64 {
  if (isDocument(entry)) {
    packedReset();
    const value = documentValue(entry);
    return value ? hashBytes(value, valueBytes(value)) + TYPE_DOCUMENT : 0;
  }
  if (isContainer(entry)) return containerHash(entry);
  readText(entry);
  return hashBytes(textPointer, textLength) + <u64>(load<u8>(entry, ENTRY_KIND) & TYPE_BITS);
}
