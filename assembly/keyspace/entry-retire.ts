/**
 * The end of an entry: it is freed at once when nobody else can see it, else kept for the read views that may (mvcc/view.ts).
 *
 * A record keeps its shape as long as it is there: what the views keep counts among the records of the shape, whose list of shapes
 * is kept with it.
 */
import { RECORD_SHAPE } from "../abi/record";
import { contextTransaction } from "../mvcc/context";
import { DEAD_ENTRY, DEAD_UNCOUNTED, DEAD_REMOVED, viewKeepDead } from "../mvcc/view";
import { ENTRY_KIND, entryBirth, isEntryOwn, keyLength, keyPointer } from "../structure/entry";
import { shapeCount } from "../value/shape";
import { COLLECTION_SHAPES, collectionOfKey, isDocumentEntry } from "./collection";
import { versionGone } from "./reclaimed";
import { KIND_RECORD, releaseEntry, valueAddress } from "./entry-release";

/** The shapes of a document's collection when it is a record, else 0. */
function shapesOf(entry: usize): usize {
  if (!isDocumentEntry(entry) || !((<u32>load<u8>(entry, ENTRY_KIND)) & KIND_RECORD)) return 0;
  const collection = collectionOfKey(keyPointer(entry), keyLength(entry));
  return collection ? <usize>load<u32>(collection, COLLECTION_SHAPES) : 0;
}

/** An entry of the current database has left it, as one of DEAD_ENTRY, DEAD_REMOVED and DEAD_UNCOUNTED. */
// @ts-ignore: decorator
@inline
export function retireEntry(entry: usize, kind: u32): void {
  if (isEntryOwn(entry)) {
    if (!contextTransaction && kind != DEAD_UNCOUNTED) versionGone(entry, kind == DEAD_REMOVED);
    releaseEntry(entry);
  } else if (!contextTransaction) keep(entry, kind, shapesOf(entry));
}

/** Properties of a node or relationship have left the rows of their collection; `wasFresh`: those of the statement that made them. */
export function retireProperties(entry: usize, collection: usize, wasFresh: bool): void {
  if (isEntryOwn(entry)) {
    if (!contextTransaction && !wasFresh) versionGone(entry, false);
    releaseEntry(entry);
  } else if (!contextTransaction) {
    const isRecord = ((<u32>load<u8>(entry, ENTRY_KIND)) & KIND_RECORD) != 0;
    keep(entry, wasFresh ? DEAD_UNCOUNTED : DEAD_ENTRY, isRecord ? <usize>load<u32>(collection, COLLECTION_SHAPES) : 0);
  }
}

function keep(entry: usize, kind: u32, shapes: usize): void {
  if (shapes) shapeCount(shapes, load<u16>(valueAddress(entry), RECORD_SHAPE), 1);
  viewKeepDead(entry, kind, entryBirth(entry), <u32>shapes);
}

/** No view can see the entry any more. */
export function buryEntry(entry: usize, kind: u32, shapes: u32): void {
  if (kind != DEAD_UNCOUNTED) versionGone(entry, kind == DEAD_REMOVED);
  if (shapes) shapeCount(<usize>shapes, load<u16>(valueAddress(entry), RECORD_SHAPE), -1);
  releaseEntry(entry);
}
