/**
 * The document type: a JSON value in packed form (value/packed.ts) under a key, in the entry or in a block of its own.
 *
 * A stored document is never changed in place: a command makes the new form in scratch memory and stores it as a whole.
 * Out of memory: `storeDocument` returns false and has changed nothing.
 */
import { TYPE_DOCUMENT } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { ENCODING_BYTES, ENCODING_EXTERNAL, ENCODING_MASK, EXTERNAL_POINTER, TYPE_MASK } from "../keyspace/entry-release";
import { ENTRY_KIND, ENTRY_VALUE_LENGTH, valuePointer } from "../structure/entry";
import { INLINE_BYTES, storeExternal, storeRoot } from "./entry-store";

// @ts-ignore: decorator
@inline
export function isDocument(entry: usize): bool {
  return (load<u8>(entry, ENTRY_KIND) & (<u8>TYPE_MASK)) == <u8>TYPE_DOCUMENT;
}

/** Address of the packed value. Requires: the entry is a document. */
export function documentValue(entry: usize): usize {
  const value = valuePointer(entry);
  const external = ((<u32>load<u8>(entry, ENTRY_KIND)) & ENCODING_MASK) == ENCODING_EXTERNAL;
  return external ? <usize>load<u32>(value, EXTERNAL_POINTER) : value;
}

/** Bytes of the packed value. */
export function documentBytes(entry: usize): u32 {
  return load<u32>(entry, ENTRY_VALUE_LENGTH);
}

/** Makes the key hold a document, whatever it held. The packed value may not lie in the entry that is replaced. */
export function storeDocument(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, value: usize, bytes: u32, expiry: u64): bool {
  if (bytes > INLINE_BYTES) return storeExternal(hash, slot, old, key, keyBytes, value, bytes, expiry, TYPE_DOCUMENT);
  const entry = storeRoot(hash, slot, old, key, keyBytes, bytes, expiry, TYPE_DOCUMENT | ENCODING_BYTES);
  if (!entry) return false;
  store<u32>(entry, bytes, ENTRY_VALUE_LENGTH);
  copyBytes(valuePointer(entry), value, bytes);
  return true;
}
