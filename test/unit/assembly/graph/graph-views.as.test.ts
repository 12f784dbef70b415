/**
 * Goal: a read view and a transaction go on showing exactly the graph that there was when they were opened (and what the transaction has
 * changed since), whatever others write; all memory comes back when they are closed; without memory a change has changed nothing.
 * Method: random changes of a graph and of plain arrays, which are copied when a view or a transaction is opened; now and then every node,
 * label, property, relationship, run and bitmap that one of them sees is compared with its copy, and `graphCheck` looks at the invariants.
 * A hub has enough relationships for chains of blocks. Statements are taken back in between.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import {
  DIRECTION_BOTH,
  DIRECTION_IN,
  DIRECTION_OUT,
  NAME_COLLECTION,
  NAME_COUNT,
  NAME_NUMBER,
  PAIR_NEIGHBOUR,
  PAIR_RELATIONSHIP,
  RELATIONSHIP_END,
  RELATIONSHIP_START,
  TYPE_ANY,
} from "../../../../assembly/abi/graph";
import { COLLECTION_LIVE, COLLECTION_ROWS, RECORD_ROW, RECORD_SHAPE, SHAPES_MAX } from "../../../../assembly/abi/record";
import { PURPOSE_SESSION } from "../../../../assembly/abi/status";
import { copyBytes, equalBytes } from "../../../../assembly/bytes/copy";
import { hashSeed } from "../../../../assembly/bytes/hash";
import { randomBelow, randomSeed } from "../../../../assembly/bytes/random";
import { graphCheck } from "../../../../assembly/graph/check";
import { expandBegin, expandNext } from "../../../../assembly/graph/expand";
import { graphBury, graphDig } from "../../../../assembly/graph/free";
import {
  GRAPH_NODES,
  GRAPH_RELATIONSHIPS,
  GRAPH_SETS,
  KIND_LABEL,
  KIND_TYPE,
  graphMake,
  graphOf,
  graphOwn,
  listAt,
  listCount,
  numberNext,
} from "../../../../assembly/graph/graph";
import { setAdd, setBegin, setHas, setMake, setSize } from "../../../../assembly/graph/label-set";
import { NAME_BITMAP, nameFind, nameMake } from "../../../../assembly/graph/name";
import { nodeCollection, nodeCreate, nodeEntry, nodeRelabel, nodeSlot, nodeWrite } from "../../../../assembly/graph/node";
import { propertiesValue } from "../../../../assembly/graph/property";
import {
  nodeRemove,
  relationshipCreate,
  relationshipDelete,
  relationshipEntry,
  relationshipSlot,
  relationshipType,
  relationshipWrite,
} from "../../../../assembly/graph/relationship";
import { graphInitialize } from "../../../../assembly/graph/rollback";
import { scanNodes, scanRelationships } from "../../../../assembly/graph/scan";
import { COLLECTION_SHAPES, collectionSeen, rowEntry } from "../../../../assembly/keyspace/collection";
import { databaseAt, databasesInitialize, setNow, useDatabase } from "../../../../assembly/keyspace/database";
import { valueAddress } from "../../../../assembly/keyspace/entry-release";
import { keyspaceInitialize, statementCommit, statementRollback } from "../../../../assembly/keyspace/keyspace";
import { contextExit, privateEnter, privateForget, viewEnter } from "../../../../assembly/keyspace/private-state";
import { sweep } from "../../../../assembly/keyspace/sweep";
import { undoBegin } from "../../../../assembly/keyspace/undo";
import { allocate, allocatorCheck, memoryInitialize, memoryLimit, memoryUsed, release } from "../../../../assembly/memory/allocator";
import { transactionFree, transactionOpen } from "../../../../assembly/mvcc/context";
import { viewClose, viewIsCancelled, viewOpen, viewsBury, viewsLinger } from "../../../../assembly/mvcc/view";
import { bitmapCount, bitmapHas } from "../../../../assembly/structure/bitmap";
import { isRecord } from "../../../../assembly/types/document";
import { valueBytes } from "../../../../assembly/value/packed";
import {
  closeObject,
  openContainer,
  packedAt,
  packedFailed,
  packedReset,
  writeInteger,
  writeName,
  writeString,
} from "../../../../assembly/value/packed-writer";
import { SHAPE_RECORDS, shapeAt, shapeIs } from "../../../../assembly/value/shape";

const NODES_MAX: u32 = 400;
const RELATIONSHIPS_MAX: u32 = 3200;
const LABELS: u32 = 4;
const TYPES: u32 = 3;
/** A node is {u32 PRESENT and its labels as bits, u32 property}, a relationship {u32 start, u32 end, u32 PRESENT and type, u32 property or 0}. */
const PRESENT: u32 = 0x80000000;
const STATE_BYTES: u32 = NODES_MAX * 8 + RELATIONSHIPS_MAX * 16;
/** State 0 is the committed one, 1 keeps one for the time of a statement, the rest belong to views and transactions. */
const HOLDERS: u32 = 6;
/** Of this one the largest object is made. */
const LARGEST: u32 = 51;
const states = memory.data(435200, 8);
const holders = memory.data(64, 8);
const object = memory.data(1024, 8);
const area = memory.data(1024, 8);
const name = memory.data(8, 8);
const cursor = memory.data(64, 8);
const pairs = memory.data(512, 8);
const found = memory.data(16384, 8);
const generator = memory.data(32, 8);
const emptyObject: usize = memory.data<u8>([18, 0, 0]);
let state: usize = states;

/** A trap tells where it was. */
function demand(holds: bool): void {
  assert(holds);
}
function below(limit: u32): u32 {
  return randomBelow(generator, limit);
}
function start(seed: u64): void {
  randomSeed(generator, seed, 3);
  hashSeed(seed);
  demand(memoryInitialize((<usize>memory.size()) << 16));
  databasesInitialize();
  keyspaceInitialize();
  graphInitialize();
  useDatabase(0);
  setNow(1000000);
  memory.fill(states, 0, STATE_BYTES);
  state = states;
  makeObject(LARGEST);
}
function stateOf(index: u32): usize {
  return states + <usize>index * STATE_BYTES;
}
function nodeOf(number: u32): usize {
  return state + ((<usize>number) << 3);
}
function linkOf(number: u32): usize {
  return state + NODES_MAX * 8 + ((<usize>number) << 4);
}
function hasNode(number: u32): bool {
  return number < NODES_MAX && (load<u32>(nodeOf(number)) & PRESENT) != 0;
}
function hasLink(number: u32): bool {
  return number < RELATIONSHIPS_MAX && (load<u32>(linkOf(number), 8) & PRESENT) != 0;
}

// What is written ---------------------------------------------------------------------------------------------------------------

/** Makes an object of a number at `object`: some have two fields, some do not fit in their entry. */
function makeObject(value: u32): void {
  packedReset();
  const start = openContainer();
  store<u8>(area, 112);
  writeName(area, 1);
  writeInteger(value);
  if (value % 3 == 0) {
    memory.fill(area, <u8>(97 + (value % 7)), 400);
    writeName(area, 1);
    writeString(area, value % 17 ? value % 40 : 300);
  }
  closeObject(start, value % 3 ? 1 : 2);
  if (packedFailed) store<u8>(object, 0);
  else copyBytes(object, packedAt(start), valueBytes(packedAt(start)));
}
function nameOf(kind: u32, index: u32): usize {
  store<u8>(name, <u8>((kind == KIND_LABEL ? 65 : 97) + index));
  return name;
}
/** The collection of labels that are given as bits; 0: no memory. */
function collectionOf(graph: usize, labels: u32): usize {
  setBegin();
  for (let index: u32 = 0; index < LABELS; index++) {
    if (!((labels >> index) & 1)) continue;
    const label = nameMake(graph, KIND_LABEL, nameOf(KIND_LABEL, index), 1);
    if (!label || !setAdd(label)) return 0;
  }
  return setMake(graph);
}
function createNode(): bool {
  const graph = graphMake();
  if (!graph) return false;
  const number = numberNext(graph, GRAPH_NODES);
  if (number >= NODES_MAX) return true;
  const labels = below(1 << LABELS);
  const value = 1 + below(5000);
  const collection = collectionOf(graph, labels);
  makeObject(value);
  if (!collection || !load<u8>(object) || !nodeCreate(graph, number, collection, object)) return false;
  store<u32>(nodeOf(number), labels | PRESENT);
  store<u32>(nodeOf(number), value, 4);
  return true;
}
function writeNode(number: u32): bool {
  const value = 1 + below(5000);
  makeObject(value);
  const graph = load<u8>(object) ? graphOwn() : 0;
  if (!graph || !nodeWrite(graph, number, object)) return false;
  store<u32>(nodeOf(number), value, 4);
  return true;
}
function relabelNode(number: u32): bool {
  const labels = below(1 << LABELS);
  const graph = graphOwn();
  const collection = graph ? collectionOf(graph, labels) : 0;
  packedReset();
  if (!collection || !nodeRelabel(graph, number, collection)) return false;
  store<u32>(nodeOf(number), labels | PRESENT);
  return true;
}
function removeNode(number: u32): bool {
  const graph = graphOwn();
  if (!graph || !nodeRemove(graph, number)) return false;
  store<u64>(nodeOf(number), 0);
  for (let link: u32 = 0; link < RELATIONSHIPS_MAX; link++) {
    const place = linkOf(link);
    if (load<u32>(place) == number || load<u32>(place, 4) == number) memory.fill(place, 0, 16);
  }
  return true;
}
function createLink(from: u32, to: u32): bool {
  const graph = graphOwn();
  if (!graph) return false;
  const number = numberNext(graph, GRAPH_RELATIONSHIPS);
  if (number >= RELATIONSHIPS_MAX) return true;
  const kind = below(10) < 7 ? 0 : below(TYPES);
  const type = nameMake(graph, KIND_TYPE, nameOf(KIND_TYPE, kind), 1);
  const value = below(3) ? 0 : 1 + below(5000);
  if (value) makeObject(value);
  if (!type || (value && !load<u8>(object))) return false;
  if (!relationshipCreate(graph, number, from, to, load<u32>(type, NAME_NUMBER), value ? object : emptyObject)) return false;
  store<u32>(linkOf(number), from);
  store<u32>(linkOf(number), to, 4);
  store<u32>(linkOf(number), kind | PRESENT, 8);
  store<u32>(linkOf(number), value, 12);
  return true;
}
function writeLink(number: u32): bool {
  const value = below(3) ? 1 + below(5000) : 0;
  if (value) makeObject(value);
  const graph = graphOwn();
  if (!graph || (value && !load<u8>(object))) return false;
  if (!relationshipWrite(graph, number, value ? object : emptyObject)) return false;
  store<u32>(linkOf(number), value, 12);
  return true;
}
function removeLink(number: u32): bool {
  const graph = graphOwn();
  if (!graph || !relationshipDelete(graph, number)) return false;
  memory.fill(linkOf(number), 0, 16);
  return true;
}
/** A random change of the graph and of the state; false: it was refused. */
function change(): bool {
  const kind = below(100);
  const node = below(8) ? below(NODES_MAX) : below(3);
  const link = below(RELATIONSHIPS_MAX);
  if (kind < 10) return createNode();
  if (kind < 25) return !hasNode(node) || writeNode(node);
  if (kind < 35) return !hasNode(node) || relabelNode(node);
  if (kind < 38) return node < 3 || !hasNode(node) || removeNode(node);
  if (kind < 80) {
    const from = below(4) ? below(2) : node;
    const to = below(8) ? node : from;
    return !hasNode(from) || !hasNode(to) || createLink(from, to);
  }
  if (kind < 88) return !hasLink(link) || writeLink(link);
  return !hasLink(link) || removeLink(link);
}
/** Some changes as a statement, which is taken back or kept. */
function statement(): void {
  copyBytes(stateOf(1), state, STATE_BYTES);
  undoBegin();
  for (let index = 0; index < 12; index++) demand(change());
  if (below(2)) statementCommit();
  else {
    statementRollback();
    copyBytes(state, stateOf(1), STATE_BYTES);
  }
}

// What is read -------------------------------------------------------------------------------------------------------------------

function checkObject(collection: usize, entry: usize, value: u32): void {
  makeObject(value);
  packedReset();
  const seen = propertiesValue(collection, entry);
  const bytes = valueBytes(object);
  demand(seen != 0 && valueBytes(seen) == bytes && equalBytes(seen, object, bytes));
}
function checkNode(graph: usize, number: u32): void {
  const slot = nodeSlot(graph, number);
  demand((slot != 0) == hasNode(number));
  const labels = load<u32>(nodeOf(number)) & ~PRESENT;
  for (let index: u32 = 0; index < LABELS; index++) {
    const label = nameFind(graph, KIND_LABEL, nameOf(KIND_LABEL, index), 1);
    const has = ((labels >> index) & 1) != 0;
    demand(label ? bitmapHas(label + NAME_BITMAP, number) == has : !has);
    if (slot && label) demand(setHas(nodeCollection(slot), load<u32>(label, NAME_NUMBER)) == has);
  }
  if (!slot) return;
  const collection = nodeCollection(slot);
  demand(setSize(collection) == <u32>popcnt(labels));
  demand(rowEntry(collectionSeen(collection), load<u32>(valueAddress(nodeEntry(slot)), RECORD_ROW)) == nodeEntry(slot));
  checkObject(collection, nodeEntry(slot), load<u32>(nodeOf(number), 4));
}
function checkLink(graph: usize, number: u32): void {
  const slot = relationshipSlot(graph, number);
  demand((slot != 0) == hasLink(number));
  if (!slot) return;
  const place = linkOf(number);
  demand(load<u32>(slot, RELATIONSHIP_START) == load<u32>(place) && load<u32>(slot, RELATIONSHIP_END) == load<u32>(place, 4));
  const type = relationshipType(graph, slot);
  demand(type == nameFind(graph, KIND_TYPE, nameOf(KIND_TYPE, load<u32>(place, 8) & ~PRESENT), 1));
  const entry = relationshipEntry(slot);
  demand((entry != 0) == (load<u32>(place, 12) != 0));
  if (entry) checkObject(<usize>load<u32>(type, NAME_COLLECTION), entry, load<u32>(place, 12));
}
/** Pairs of a node in a direction: each is that of a relationship that is there, and none comes twice. Returns how many. */
function expanded(graph: usize, number: u32, direction: u32): u32 {
  let count: u32 = 0;
  memory.fill(found, 0, RELATIONSHIPS_MAX);
  expandBegin(cursor, nodeSlot(graph, number), direction, TYPE_ANY);
  for (let got = expandNext(cursor, pairs, 60); got; got = expandNext(cursor, pairs, 60)) {
    for (let index: u32 = 0; index < got; index++) {
      const pair = pairs + ((<usize>index) << 3);
      const link = load<u32>(pair, PAIR_RELATIONSHIP);
      demand(hasLink(link) && !load<u8>(found + link));
      store<u8>(found + link, 1);
      const near = load<u32>(linkOf(link));
      const far = load<u32>(linkOf(link), 4);
      const other = load<u32>(pair, PAIR_NEIGHBOUR);
      demand(
        (direction != DIRECTION_IN && near == number && far == other) || (direction != DIRECTION_OUT && far == number && near == other),
      );
      count++;
    }
  }
  return count;
}
function checkPairs(graph: usize, number: u32): void {
  let out: u32 = 0;
  let into: u32 = 0;
  let loops: u32 = 0;
  for (let link: u32 = 0; link < RELATIONSHIPS_MAX; link++) {
    if (!hasLink(link)) continue;
    const begins = load<u32>(linkOf(link)) == number;
    const ends = load<u32>(linkOf(link), 4) == number;
    if (begins) out++;
    if (ends) into++;
    if (begins && ends) loops++;
  }
  demand(expanded(graph, number, DIRECTION_OUT) == out && expanded(graph, number, DIRECTION_IN) == into);
  demand(expanded(graph, number, DIRECTION_BOTH) == out + into - loops);
}
/** Compares a graph with the state. */
function compare(graph: usize): void {
  demand(graphCheck(databaseAt(0)) == 0);
  if (!graph) {
    for (let number: u32 = 0; number < NODES_MAX; number++) demand(!hasNode(number));
    return;
  }
  let nodes: u32 = 0;
  for (let number: u32 = 0; number < NODES_MAX; number++) {
    checkNode(graph, number);
    if (hasNode(number)) nodes++;
    if (hasNode(number) && (number < 3 || !below(20))) checkPairs(graph, number);
  }
  for (let number: u32 = 0; number < RELATIONSHIPS_MAX; number++) checkLink(graph, number);
  demand(scanNodes(graph, 0, 0, 0, found, 4096) == nodes);
  for (let index: u32 = 0; index < LABELS; index++) {
    const label = nameFind(graph, KIND_LABEL, nameOf(KIND_LABEL, index), 1);
    if (!label) continue;
    let members: u32 = 0;
    for (let number: u32 = 0; number < NODES_MAX; number++) if ((load<u32>(nodeOf(number)) >> index) & 1) members++;
    demand(bitmapCount(label + NAME_BITMAP) == members && load<u32>(label, NAME_COUNT) == members);
  }
  let rows: u32 = 0;
  for (let set: u32 = 0; set < listCount(graph + GRAPH_SETS); set++) {
    rows += load<u32>(collectionSeen(listAt(graph + GRAPH_SETS, set)), COLLECTION_LIVE);
  }
  demand(rows == nodes);
  demand(scanRelationships(graph, 0, 0, 0, found, 1) <= 1);
}
/** Whether shapes count exactly the records that there are. Requires: nobody but the committed state is left. */
function compareShapes(graph: usize): void {
  for (let set: u32 = 0; set < listCount(graph + GRAPH_SETS); set++) {
    const collection = listAt(graph + GRAPH_SETS, set);
    const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
    memory.fill(found, 0, SHAPES_MAX << 2);
    for (let row: u32 = 0; row < load<u32>(collection, COLLECTION_ROWS); row++) {
      const entry = rowEntry(collection, row);
      if (!entry || !isRecord(entry)) continue;
      const place = found + ((<usize>load<u16>(valueAddress(entry), RECORD_SHAPE)) << 2);
      store<u32>(place, load<u32>(place) + 1);
    }
    for (let shape: u32 = 0; shape < <u32>SHAPES_MAX; shape++) {
      const records = shapeIs(shapes, shape) ? load<u32>(shapeAt(shapes, shape), SHAPE_RECORDS) : 0;
      demand(records == load<u32>(found + ((<usize>shape) << 2)));
    }
  }
}

// Who reads ----------------------------------------------------------------------------------------------------------------------

function holderOf(index: u32): usize {
  return <usize>load<u32>(holders + ((<usize>index) << 2));
}
function setHolder(index: u32, holder: usize): void {
  store<u32>(holders + ((<usize>index) << 2), <u32>holder);
}
/** Opens a view, or a transaction, with a copy of the committed state. */
function open(index: u32, ofTransaction: bool): void {
  const holder = ofTransaction ? transactionOpen(0) : viewOpen(0);
  demand(holder != 0);
  copyBytes(stateOf(2 + index), states, STATE_BYTES);
  setHolder(index, holder);
}
function compareView(index: u32): void {
  if (viewIsCancelled(holderOf(index))) return;
  viewEnter(holderOf(index));
  useDatabase(0);
  state = stateOf(2 + index);
  compare(graphOf());
  contextExit();
  state = states;
}
function closeView(index: u32): void {
  viewClose(holderOf(index));
  setHolder(index, 0);
}
function enter(index: u32): void {
  privateEnter(holderOf(index));
  useDatabase(0);
  state = stateOf(2 + index);
}
function leave(): void {
  contextExit();
  state = states;
}
function closeTransaction(index: u32): void {
  enter(index);
  privateForget(holderOf(index));
  leave();
  transactionFree(holderOf(index));
  setHolder(index, 0);
}
/** Frees what is left of the graph, and demands that everything is back. */
function finish(before: u64): void {
  while (viewsBury(1000)) continue;
  demand(!viewsLinger());
  compare(graphOf());
  compareShapes(graphOf());
  graphBury(databaseAt(0));
  while (graphDig(100)) continue;
  while (sweep(1000, false)) continue;
  makeObject(LARGEST);
  expect(memoryUsed).toBe(before);
  expect(allocatorCheck()).toBe(0);
}
/** Bytes that are in use when there is no graph, with all scratch memory as large as it gets. */
function emptied(): u64 {
  demand(createNode() && createNode() && createNode());
  for (let index = 0; index < 100; index++) demand(change());
  makeObject(LARGEST);
  demand(nodeWrite(graphOwn(), 0, object));
  store<u32>(nodeOf(0), LARGEST, 4);
  compare(graphOf());
  graphBury(databaseAt(0));
  while (graphDig(100)) continue;
  while (sweep(1000, false)) continue;
  memory.fill(states, 0, STATE_BYTES);
  makeObject(LARGEST);
  return memoryUsed;
}

// Full memory ----------------------------------------------------------------------------------------------------------------------

/** Takes all memory in blocks of many sizes: a list of them. */
function takeAll(): usize {
  memoryLimit(<u32>memory.size());
  let list: usize = 0;
  for (let size: u32 = 262144; size >= 8; size = size <= 512 ? size - 8 : (size * 3) >> 2) {
    for (let block = allocate(size, PURPOSE_SESSION); block; block = allocate(size, PURPOSE_SESSION)) {
      store<u32>(block, <u32>list);
      list = block;
    }
  }
  return list;
}
/** Gives some blocks of a list back, but not its first one. */
function spare(list: usize, count: u32): void {
  let before = list;
  for (let left = count; left > 0; left--) {
    for (let skipped = below(60); skipped > 0 && load<u32>(<usize>load<u32>(before)); skipped--) before = <usize>load<u32>(before);
    const block = <usize>load<u32>(before);
    if (!block || !load<u32>(block)) return;
    store<u32>(before, load<u32>(block));
    release(block, PURPOSE_SESSION);
  }
}
function giveAll(list: usize): void {
  let block = list;
  while (block) {
    const next = <usize>load<u32>(block);
    release(block, PURPOSE_SESSION);
    block = next;
  }
}

describe("read views of a graph", () => {
  test("show what there was when they were opened", () => {
    start(31);
    const before = emptied();
    memory.fill(holders, 0, 64);
    let opened: u32 = 0;
    for (let index = 0; index < 3; index++) demand(createNode());
    for (let step = 0; step < 7000; step++) {
      demand(change());
      const index = below(HOLDERS);
      const dice = below(60);
      if (dice < 2 && !holderOf(index)) {
        open(index, false);
        opened++;
      } else if (dice == 2 && holderOf(index)) {
        compareView(index);
        closeView(index);
      } else if (dice == 3) viewsBury(10);
      else if (dice == 4) statement();
      else if (dice == 5 && holderOf(index)) compareView(index);
      else if (dice == 6) compare(graphOf());
    }
    for (let index: u32 = 0; index < HOLDERS; index++) {
      if (!holderOf(index)) continue;
      compareView(index);
      closeView(index);
    }
    expect(opened > 50).toBe(true);
    expect(numberNext(graphOf(), GRAPH_RELATIONSHIPS) > 1500).toBe(true);
    finish(before);
  });

  test("outlive the graph", () => {
    start(32);
    const before = emptied();
    for (let index = 0; index < 3; index++) demand(createNode());
    for (let step = 0; step < 500; step++) demand(change());
    open(0, false);
    graphBury(databaseAt(0));
    memory.fill(states, 0, STATE_BYTES);
    demand(!graphDig(1000) && graphOf() == 0);
    for (let index = 0; index < 3; index++) demand(createNode());
    for (let step = 0; step < 300; step++) demand(change());
    compareView(0);
    compare(graphOf());
    closeView(0);
    finish(before);
  });
});

describe("transactions on a graph", () => {
  test("see what they have changed, and nobody else does", () => {
    start(41);
    const before = emptied();
    memory.fill(holders, 0, 64);
    let opened: u32 = 0;
    for (let index = 0; index < 3; index++) demand(createNode());
    for (let step = 0; step < 5000; step++) {
      const index = below(4);
      const dice = below(100);
      if (!holderOf(index)) {
        if (dice < 10) open(index, true);
        if (dice < 10) opened++;
        else demand(change());
        continue;
      }
      if (dice < 40) {
        demand(change());
        if (dice < 2) statement();
        continue;
      }
      enter(index);
      demand(change());
      if (dice < 44) statement();
      if (dice < 45) compare(graphOf());
      leave();
      if (dice == 98) compare(graphOf());
      if (dice == 99) closeTransaction(index);
    }
    for (let index: u32 = 0; index < 4; index++) {
      if (!holderOf(index)) continue;
      enter(index);
      compare(graphOf());
      leave();
      closeTransaction(index);
    }
    expect(opened > 20).toBe(true);
    finish(before);
  });

  test("make a graph where there was none", () => {
    start(42);
    const before = emptied();
    open(0, true);
    open(1, true);
    for (let index: u32 = 0; index < 2; index++) {
      enter(index);
      for (let count = 0; count < 3; count++) demand(createNode());
      leave();
    }
    enter(0);
    const next = numberNext(graphOf(), GRAPH_NODES);
    compare(graphOf());
    leave();
    expect(next).toBe(6);
    for (let count = 0; count < 3; count++) demand(createNode());
    for (let step = 0; step < 200; step++) demand(change());
    enter(1);
    for (let step = 0; step < 200; step++) demand(change());
    compare(graphOf());
    leave();
    closeTransaction(0);
    closeTransaction(1);
    finish(before);
  });
});

describe("a graph that is shared, without memory", () => {
  test("refuses a change, or has done it whole", () => {
    start(51);
    for (let index = 0; index < 3; index++) demand(createNode());
    for (let step = 0; step < 1500; step++) demand(change());
    memory.fill(holders, 0, 64);
    let done: u32 = 0;
    let refused: u32 = 0;
    for (let round: u32 = 0; round < 160; round++) {
      const ofTransaction = (round & 1) != 0;
      open(0, ofTransaction);
      if (ofTransaction) enter(0);
      const hog = takeAll();
      spare(hog, below(12));
      for (let index = 0; index < 4; index++) {
        if (change()) done++;
        else refused++;
      }
      giveAll(hog);
      compare(graphOf());
      if (ofTransaction) leave();
      if (!ofTransaction) compareView(0);
      compare(graphOf());
      if (ofTransaction) closeTransaction(0);
      else closeView(0);
      while (viewsBury(1000)) continue;
      if (round % 20 == 0) for (let index = 0; index < 20; index++) demand(change());
    }
    expect(refused > 40).toBe(true);
    expect(done > 40).toBe(true);
    compareShapes(graphOf());
    expect(allocatorCheck()).toBe(0);
  });
});
