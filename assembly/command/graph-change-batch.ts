/**
 * Changes and deletions of nodes and relationships for many rows in one call: what SET, REMOVE and DELETE do for a batch of rows that a
 * compiled query has put out (abi/graph.ts, "Batch of changes").
 *
 * 1. Rows are done in their order, and in each the changes in theirs, until one is refused: its error lies in the cells (none where a
 *    node still has relationships), and the statement ends.
 * 2. What a row takes from the plan's arena is given back behind it.
 * 3. A target that is NULL, or was deleted by a row before, is left alone.
 *
 * Cost: O(1) calls for a batch, and for each change what its door (graph-write.ts) costs.
 */
import {
  BATCH_VALUE,
  CHANGE_BYTES,
  CHANGE_DELETE,
  CHANGE_DETACH,
  CHANGE_KIND,
  CHANGE_LABELS_ADD,
  CHANGE_LABELS_DROP,
  CHANGE_MERGE,
  CHANGE_NAME,
  CHANGE_NAME_BYTES,
  CHANGE_PROPERTY,
  CHANGE_TARGET,
  CHANGE_VALUE,
  DELETE_CONNECTED,
  DELETE_DONE,
  NAME_NUMBER,
} from "../abi/graph";
import { CELL_BUDGET, CELL_TAG, SLOT_DOUBLE, SLOT_JSON, SLOT_NODE, SLOT_NONE, SLOT_RELATIONSHIP, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_GRAPH_GONE, RUNTIME_ERROR_GRAPH_PROPERTIES } from "../abi/runtime-error";
import { KIND_LABEL, graphOwn } from "../graph/graph";
import { setHas } from "../graph/label-set";
import { nameFind } from "../graph/name";
import { nodeCollection, nodeSlot } from "../graph/node";
import { packedChanges } from "../graph/property";
import { cells, fail, hasFailed, planMark, planRelease } from "../value/cells";
import { storableMap, storableValue } from "../value/storable";
import {
  labelsAdd,
  labelsBegin,
  labelsDrop,
  mergeNode,
  mergeRelationship,
  removeNode,
  removeRelationship,
  writeLabels,
  writeNode,
  writeNodeProperty,
  writeRelationship,
  writeRelationshipProperty,
} from "./graph-write";

/** What the last batch has done, by kind of change: properties, labels, or nodes and relationships themselves. */
const counts: usize = memory.data(32, 8);

// @ts-ignore: decorator
@inline
function count(kind: u32, added: u32): void {
  const place = counts + ((<usize>kind) << 2);
  store<u32>(place, load<u32>(place) + added);
}

/** How much the last batch has changed by changes of a kind. */
export function batchChanged(kind: u32): u32 {
  return kind <= <u32>CHANGE_DETACH ? load<u32>(counts + ((<usize>kind) << 2)) : 0;
}

/** Carries the changes out for `rowCount` rows; how many rows were done until one was refused. */
export function changeBatch(rows: usize, rowCount: u32, rowBytes: u32, changes: usize, changeCount: u32): u32 {
  memory.fill(counts, 0, 32);
  let done: u32 = 0;
  while (done < rowCount) {
    const row = rows + <usize>done * rowBytes;
    const mark = planMark();
    const budget = load<u32>(cells, CELL_BUDGET);
    let goesOn = true;
    for (let index: u32 = 0; goesOn && index < changeCount; index++) goesOn = changeRow(row, changes + <usize>index * CHANGE_BYTES);
    planRelease(mark);
    store<u32>(cells, budget, CELL_BUDGET);
    if (!goesOn) break;
    done++;
  }
  return done;
}

/** One change of one row; false: refused. */
function changeRow(row: usize, change: usize): bool {
  const tag = <u32>load<u8>(row + load<u32>(change, CHANGE_TARGET));
  if (tag == <u32>SLOT_NONE) return true;
  const number = load<u32>(row + <usize>load<u32>(change, CHANGE_TARGET + BATCH_VALUE));
  const kind = load<u32>(change, CHANGE_KIND);
  if (kind == CHANGE_DELETE || kind == CHANGE_DETACH) return deleteOne(kind, tag, number);
  if (kind == CHANGE_LABELS_ADD || kind == CHANGE_LABELS_DROP) return changeLabels(kind, number, change);
  const isNode = tag == <u32>SLOT_NODE;
  if (!isNode && tag != <u32>SLOT_RELATIONSHIP) fail(RUNTIME_ERROR_GRAPH_PROPERTIES);
  else if (kind == CHANGE_PROPERTY) changeProperty(isNode, number, row, change);
  else changeAll(kind == CHANGE_MERGE, isNode, number, row, change);
  if (hasFailed()) return false;
  count(kind, packedChanges);
  return true;
}

function deleteOne(kind: u32, tag: u32, number: u32): bool {
  if (tag == <u32>SLOT_RELATIONSHIP) {
    if (removeRelationship(number)) count(kind, 1);
    return !hasFailed();
  }
  const done = removeNode(number, kind == CHANGE_DETACH);
  if (done == DELETE_DONE) count(kind, 1);
  return done != DELETE_CONNECTED && !hasFailed();
}

function changeProperty(isNode: bool, number: u32, row: usize, change: usize): void {
  let tag = <u32>load<u8>(row + load<u32>(change, CHANGE_VALUE));
  let payload = load<u64>(row + <usize>load<u32>(change, CHANGE_VALUE + BATCH_VALUE));
  // Of the other kinds all may be stored as they are.
  if (tag > <u32>SLOT_TEXT || (tag == <u32>SLOT_DOUBLE && !isFinite(reinterpret<f64>(payload)))) {
    payload = storableValue(tag, payload);
    tag = load<u32>(cells, CELL_TAG);
    if (hasFailed()) return;
  }
  const name = <usize>load<u32>(change, CHANGE_NAME);
  const length = load<u32>(change, CHANGE_NAME_BYTES);
  if (isNode) writeNodeProperty(number, name, length, tag, payload);
  else writeRelationshipProperty(number, name, length, tag, payload);
}

function changeAll(isMerge: bool, isNode: bool, number: u32, row: usize, change: usize): void {
  const tag = <u32>load<u8>(row + load<u32>(change, CHANGE_VALUE));
  if (tag != <u32>SLOT_JSON) {
    fail(RUNTIME_ERROR_GRAPH_PROPERTIES);
    return;
  }
  const map = storableMap(load<u64>(row + <usize>load<u32>(change, CHANGE_VALUE + BATCH_VALUE)));
  if (hasFailed()) return;
  if (isMerge) {
    if (isNode) mergeNode(number, map);
    else mergeRelationship(number, map);
  } else if (isNode) writeNode(number, map);
  else writeRelationship(number, map);
}

/** Adds or takes away those of the labels {u32 address, u32 bytes} that the node has not, or has. */
function changeLabels(kind: u32, number: u32, change: usize): bool {
  const graph = graphOwn();
  const slot = nodeSlot(graph, number);
  if (!slot) {
    fail(RUNTIME_ERROR_GRAPH_GONE);
    return false;
  }
  const drops = kind == CHANGE_LABELS_DROP;
  const labels = <usize>load<u32>(change, CHANGE_NAME);
  const labelCount = load<u32>(change, CHANGE_NAME_BYTES);
  let changing: u32 = 0;
  for (let index: u32 = 0; index < labelCount; index++) {
    const item = labels + ((<usize>index) << 3);
    const name = <usize>load<u32>(item);
    const length = load<u32>(item, 4);
    const label = nameFind(graph, KIND_LABEL, name, length);
    const isThere = label != 0 && setHas(nodeCollection(slot), load<u32>(label, NAME_NUMBER));
    if (isThere != drops) continue;
    if (!changing) labelsBegin(number);
    if (drops) labelsDrop(name, length);
    else labelsAdd(name, length);
    changing++;
  }
  if (hasFailed()) return false;
  count(kind, changing);
  return !changing || writeLabels(number);
}
