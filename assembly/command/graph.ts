/**
 * GRAPH.ADDNODE GETNODE ADDREL GETRELS DELETE SETNODEPROP: nodes and relationships by their public ids, without Cypher; and what
 * the log has of them is in durability/graph-effect.ts.
 *
 * Properties that are null are not kept, as in openCypher. Deleting a node deletes its relationships. GETRELS answers a relationship's own
 * fields, `_id`, `_type`, `_start_id` and `_end_id`, before its properties, and a loop once.
 */
import {
  ADJACENCY_BLOCK,
  ADJACENCY_RUN,
  ADJACENCY_TYPE,
  DIRECTION_BOTH,
  NAME_COLLECTION,
  NAME_NUMBER,
  NODE_IN,
  NODE_NUMBER,
  NODE_OUT,
  PAIR_NEIGHBOUR,
  PAIR_RELATIONSHIP,
  RELATIONSHIP_END,
  RELATIONSHIP_START,
} from "../abi/graph";
import {
  ERROR_GRAPH_DIRECTION,
  ERROR_GRAPH_LIMIT,
  ERROR_GRAPH_NAME,
  ERROR_GRAPH_NODE_EXISTS,
  ERROR_GRAPH_NODE_LACKS,
  ERROR_GRAPH_NO_NODE,
  ERROR_GRAPH_PROPERTIES,
  ERROR_JSON_TOO_DEEP,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_SYNTAX,
} from "../abi/errors";
import { CELL_ERROR, CELL_ERROR_FIRST, CELL_ERROR_SECOND } from "../abi/record";
import { RUNTIME_ERROR_MEMORY, RUNTIME_ERROR_NODE_LACKS } from "../abi/runtime-error";
import { isUtf8 } from "../bytes/utf8";
import { effectsOn } from "../durability/effect-log";
import { admitGraphEffect, effectGone, effectNode, effectRelationship } from "../durability/graph-effect";
import { blockCount, blockPair } from "../graph/adjacency";
import {
  GRAPH_NODES,
  GRAPH_RELATIONSHIPS,
  GRAPH_SETS,
  KIND_LABEL,
  KIND_TYPE,
  graphMake,
  graphOf,
  graphOwn,
  listCount,
  numberNext,
} from "../graph/graph";
import { statementCommit, statementRollback } from "../keyspace/keyspace";
import { isInnerStatement, undoBegin } from "../keyspace/undo";
import { tracksReads } from "../keyspace/track";
import { trackNode, trackPairs, trackRelationship } from "../keyspace/track-graph";
import { constraintsHold } from "../graph/constraint";
import { hasConstraints } from "../graph/label-index";
import { SETS_MAX, setAdd, setBegin, setMake, setSize } from "../graph/label-set";
import { NAMES_MAX, NAME_MAX, nameCount, nameFind, nameLength, nameMake, nameText } from "../graph/name";
import { nodeCollection, nodeCreate, nodeEntry, nodeSlot, nodeWrite } from "../graph/node";
import { packProperty, packWithoutNulls, packedProperties, propertiesValue } from "../graph/property";
import { ID_BYTES, idIsRelationship, idNumber, idRead, idText } from "../graph/public-id";
import {
  nodeRemove,
  relationshipCreate,
  relationshipDelete,
  relationshipEntry,
  relationshipSlot,
  relationshipType,
} from "../graph/relationship";
import { cells } from "../value/cells";
import { depthOf } from "../value/edit";
import { parseError, parseJson } from "../value/json-parse";
import {
  printBytes,
  printClose,
  printColon,
  printFields,
  printOpen,
  printSeparator,
  printString,
  printValue,
  textFailed,
  textMark,
  textReset,
} from "../value/json-print";
import { DEPTH_MAX, childCount, isObject } from "../value/packed";
import { packedAt, packedFailed } from "../value/packed-writer";
import { SPILL_FIRST, SPILL_SECOND, wordBytes, wordLength } from "../value/word";
import { argumentLength, argumentPointer, argumentWord } from "./argument";
import { replyPrinted } from "./json-read";
import { resetParsed } from "./json-target";
import {
  replyArray,
  replyBulk,
  replyError,
  replyErrorNamingTwo,
  replyFail,
  replyFillArray,
  replyGap,
  replyInteger,
  replyNull,
} from "./reply";

const WORD_OUT: u64 = 0x74756f; // out
const WORD_IN: u64 = 0x6e69; // in
const WORD_BOTH: u64 = 0x68746f62; // both

const FIELD_ID: usize = memory.data<u8>([95, 105, 100]);
const FIELD_TYPE: usize = memory.data<u8>([95, 116, 121, 112, 101]);
const FIELD_START: usize = memory.data<u8>([95, 115, 116, 97, 114, 116, 95, 105, 100]);
const FIELD_END: usize = memory.data<u8>([95, 101, 110, 100, 95, 105, 100]);

/** Parses the JSON of an argument as properties, at `packedProperties`. Replies an error and returns false if it is no object. */
function readProperties(argv: usize, index: u32): bool {
  resetParsed();
  if (!parseJson(argumentPointer(argv, index), argumentLength(argv, index))) {
    replyError(parseError ? ERROR_GRAPH_PROPERTIES : ERROR_OUT_OF_MEMORY_HOST);
    return false;
  }
  if (!isObject(packedAt(0))) {
    replyError(ERROR_GRAPH_PROPERTIES);
    return false;
  }
  packWithoutNulls(0);
  if (packedFailed) replyError(ERROR_OUT_OF_MEMORY_HOST);
  return !packedFailed;
}

/** Whether an argument can name a label or a type; replies an error if not. */
function isName(argv: usize, index: u32): bool {
  const length = argumentLength(argv, index);
  if (length && length <= NAME_MAX && isUtf8(argumentPointer(argv, index), length)) return true;
  replyError(ERROR_GRAPH_NAME);
  return false;
}

/** The label or type that an argument names, made if there is none; 0: the error is replied. */
function makeName(graph: usize, kind: u32, argv: usize, index: u32): usize {
  const name = nameMake(graph, kind, argumentPointer(argv, index), argumentLength(argv, index));
  if (!name) replyError(nameCount(graph, kind) >= NAMES_MAX ? ERROR_GRAPH_LIMIT : ERROR_OUT_OF_MEMORY_HOST);
  return name;
}

/** Reads an argument as the id of a node; its slot, or 0. */
function nodeNamed(argv: usize, index: u32): usize {
  if (!idRead(argumentPointer(argv, index), argumentLength(argv, index)) || idIsRelationship) return 0;
  if (tracksReads) trackNode(idNumber);
  return nodeSlot(graphOf(), idNumber);
}

/** Begins a statement, so that constraints can take back what the command does; false: there are none, or the statement around it judges. */
function judgeBegin(): bool {
  if (!hasConstraints || isInnerStatement()) return false;
  undoBegin();
  return true;
}

/** Ends what `judgeBegin` has begun. False: the command was taken back, and the error is replied. */
function judgeEnd(isJudged: bool): bool {
  if (!isJudged) return true;
  if (constraintsHold()) {
    statementCommit();
    return true;
  }
  statementRollback();
  const error = load<u32>(cells, CELL_ERROR);
  store<u32>(cells, 0, CELL_ERROR);
  if (error == <u32>RUNTIME_ERROR_MEMORY) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return false;
  }
  const node = load<u64>(cells, CELL_ERROR_FIRST);
  const values = load<u64>(cells, CELL_ERROR_SECOND);
  const id = error == <u32>RUNTIME_ERROR_NODE_LACKS ? ERROR_GRAPH_NODE_LACKS : ERROR_GRAPH_NODE_EXISTS;
  replyErrorNamingTwo(id, wordBytes(node, SPILL_FIRST), wordLength(node), wordBytes(values, SPILL_SECOND), wordLength(values));
  return false;
}

/** Ends it when the command has failed in another way. */
function judgeFailed(isJudged: bool): void {
  if (isJudged) statementRollback();
}

export function graphAddnodeCommand(argc: u32, argv: usize): void {
  if (!isName(argv, 1)) return;
  for (let index: u32 = 3; index < argc; index++) if (!isName(argv, index)) return;
  if (!readProperties(argv, 2)) return;
  const graph = graphMake();
  if (!graph || !admitGraphEffect(packedAt(packedProperties), argc)) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  setBegin();
  for (let index: u32 = 1; index < argc; index++) {
    if (index == 2) continue;
    const label = makeName(graph, KIND_LABEL, argv, index);
    if (!label) return;
    if (!setAdd(label)) {
      replyError(ERROR_GRAPH_LIMIT);
      return;
    }
  }
  const collection = setMake(graph);
  const number = numberNext(graph, GRAPH_NODES);
  const isJudged = judgeBegin();
  if (!collection || !nodeCreate(graph, number, collection, packedAt(packedProperties))) {
    judgeFailed(isJudged);
    replyError(!collection && listCount(graph + GRAPH_SETS) >= SETS_MAX ? ERROR_GRAPH_LIMIT : ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (!judgeEnd(isJudged)) return;
  if (effectsOn) effectNode(graph, nodeSlot(graph, number));
  replyBulk(idText(number, false), ID_BYTES);
}

export function graphGetnodeCommand(argc: u32, argv: usize): void {
  const slot = nodeNamed(argv, 1);
  if (!slot) {
    replyNull();
    return;
  }
  resetParsed();
  const value = propertiesValue(nodeCollection(slot), nodeEntry(slot));
  textReset();
  if (value) printValue(value);
  if (value) replyPrinted();
  else replyFail();
}

export function graphAddrelCommand(argc: u32, argv: usize): void {
  if (!isName(argv, 3) || !readProperties(argv, 4)) return;
  const isStart = nodeNamed(argv, 1) != 0;
  const start = idNumber;
  if (!isStart || !nodeNamed(argv, 2)) {
    replyError(ERROR_GRAPH_NO_NODE);
    return;
  }
  const end = idNumber;
  const graph = graphOwn();
  if (!graph || !admitGraphEffect(packedAt(packedProperties), 1)) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  const type = makeName(graph, KIND_TYPE, argv, 3);
  if (!type) return;
  const number = numberNext(graph, GRAPH_RELATIONSHIPS);
  if (!relationshipCreate(graph, number, start, end, load<u32>(type, NAME_NUMBER), packedAt(packedProperties))) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (effectsOn) effectRelationship(graph, number);
  replyBulk(idText(number, true), ID_BYTES);
}

export function graphGetrelsCommand(argc: u32, argv: usize): void {
  if (argc > 4) {
    replyError(ERROR_SYNTAX);
    return;
  }
  const direction = argc > 2 ? argumentWord(argv, 2) : WORD_BOTH;
  if (direction != WORD_OUT && direction != WORD_IN && direction != WORD_BOTH) {
    replyError(ERROR_GRAPH_DIRECTION);
    return;
  }
  const slot = nodeNamed(argv, 1);
  const number = idNumber;
  if (slot && tracksReads) trackPairs(number, DIRECTION_BOTH, 0);
  const graph = graphOf();
  const type = argc > 3 && slot ? nameFind(graph, KIND_TYPE, argumentPointer(argv, 3), argumentLength(argv, 3)) : 0;
  if (!slot || (argc > 3 && !type)) {
    replyArray(0);
    return;
  }
  resetParsed();
  const gap = replyGap();
  let count: u32 = 0;
  if (direction != WORD_IN) count += replyRuns(graph, slot + NODE_OUT, type, 0, false);
  if (direction != WORD_OUT) count += replyRuns(graph, slot + NODE_IN, type, number, direction == WORD_BOTH);
  replyFillArray(gap, count);
}

/** Replies the relationships of the runs at `head`, those of a type (0: of all), loops only if they have not been before. Returns how many. */
function replyRuns(graph: usize, head: usize, type: usize, number: u32, skipLoops: bool): u32 {
  let count: u32 = 0;
  for (let run = <usize>load<u32>(head); run; run = <usize>load<u32>(run, ADJACENCY_RUN)) {
    if (type && load<u32>(type, NAME_NUMBER) != <u32>load<u16>(run, ADJACENCY_TYPE)) continue;
    for (let block = run; block; block = <usize>load<u32>(block, ADJACENCY_BLOCK)) {
      const pairs = blockCount(block);
      for (let index: u32 = 0; index < pairs; index++) {
        const pair = blockPair(block, index);
        if (skipLoops && load<u32>(pair, PAIR_NEIGHBOUR) == number) continue;
        replyRelationship(graph, load<u32>(pair, PAIR_RELATIONSHIP));
        count++;
      }
    }
  }
  return count;
}

function replyRelationship(graph: usize, number: u32): void {
  const slot = relationshipSlot(graph, number);
  const type = relationshipType(graph, slot);
  const entry = relationshipEntry(slot);
  const value = entry ? propertiesValue(<usize>load<u32>(type, NAME_COLLECTION), entry) : 0;
  if (entry && !value) {
    replyFail();
    return;
  }
  textReset();
  printOpen(123);
  printIdField(FIELD_ID, 3, number, true);
  printSeparator(false);
  printString(FIELD_TYPE, 5);
  printColon();
  printString(nameText(type), nameLength(type));
  printSeparator(false);
  printIdField(FIELD_START, 9, load<u32>(slot, RELATIONSHIP_START), false);
  printSeparator(false);
  printIdField(FIELD_END, 7, load<u32>(slot, RELATIONSHIP_END), false);
  if (value) printFields(value, false);
  printClose(125, false);
  replyPrinted();
}

function printIdField(name: usize, length: u32, number: u32, ofRelationship: bool): void {
  printString(name, length);
  printColon();
  printString(idText(number, ofRelationship), ID_BYTES);
}

export function graphDeleteCommand(argc: u32, argv: usize): void {
  const graph = graphOwn();
  const isId = idRead(argumentPointer(argv, 1), argumentLength(argv, 1));
  const number = idNumber;
  if (isId && tracksReads && idIsRelationship) trackRelationship(number);
  else if (isId && tracksReads) trackNode(number);
  if (!isId || !(idIsRelationship ? relationshipSlot(graph, number) : nodeSlot(graph, number))) {
    replyInteger(0);
    return;
  }
  if (!(idIsRelationship ? relationshipDelete(graph, number) : nodeRemove(graph, number))) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (effectsOn) effectGone(number, idIsRelationship);
  replyInteger(1);
}

export function graphSetnodepropCommand(argc: u32, argv: usize): void {
  const name = argumentPointer(argv, 2);
  const length = argumentLength(argv, 2);
  if (!isUtf8(name, length)) {
    replyError(ERROR_GRAPH_PROPERTIES);
    return;
  }
  resetParsed();
  if (!parseJson(argumentPointer(argv, 3), argumentLength(argv, 3))) {
    replyError(parseError ? ERROR_GRAPH_PROPERTIES : ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  const slot = nodeNamed(argv, 1);
  if (!slot) {
    replyInteger(0);
    return;
  }
  if (depthOf(packedAt(0)) >= DEPTH_MAX) {
    replyError(ERROR_JSON_TOO_DEEP);
    return;
  }
  const old = propertiesValue(nodeCollection(slot), nodeEntry(slot));
  if (old) packProperty(old, name, length, 0);
  const number = load<u32>(slot, NODE_NUMBER);
  const object = packedAt(packedProperties);
  const isAdmitted = old != 0 && !packedFailed && admitGraphEffect(object, setSize(nodeCollection(slot)));
  const graph = graphOwn();
  const isJudged = judgeBegin();
  if (!isAdmitted || !graph || !nodeWrite(graph, number, object)) {
    judgeFailed(isJudged);
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (!judgeEnd(isJudged)) return;
  if (effectsOn) effectNode(graph, nodeSlot(graph, number));
  replyInteger(1);
}
