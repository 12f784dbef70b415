/**
 * GRAPH.EFFECT: applies a change of the graph from the log (durability/graph-effect.ts has the forms). Clients are refused. An error
 * means that the log is damaged, or that there is no memory.
 */
import { NAME_NUMBER } from "../abi/graph";
import {
  ERROR_GRAPH_INTERNAL,
  ERROR_GRAPH_LIMIT,
  ERROR_GRAPH_NAME,
  ERROR_GRAPH_PROPERTIES,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_SYNTAX,
} from "../abi/errors";
import { effectsOn } from "../durability/effect-log";
import { KIND_GONE, KIND_NODE, KIND_NUMBERS, KIND_RELATIONSHIP } from "../durability/graph-effect";
import { GRAPH_NODES, GRAPH_RELATIONSHIPS, KIND_LABEL, KIND_TYPE, graphMake, graphOwn, numbersGone } from "../graph/graph";
import { setAdd, setBegin, setMake } from "../graph/label-set";
import { NAME_MAX, nameMake } from "../graph/name";
import { nodeCollection, nodeCreate, nodeRelabel, nodeSlot, nodeWrite } from "../graph/node";
import { nodeRemove, relationshipCreate, relationshipDelete, relationshipSlot, relationshipWrite } from "../graph/relationship";
import { NUMBER_MAX } from "../structure/numbered-slots";
import { parseJson } from "../value/json-parse";
import { isObject } from "../value/packed";
import { packedAt } from "../value/packed-writer";
import { argumentInteger, argumentLength, argumentPointer, argumentValue } from "./argument";
import { replaying } from "./call";
import { effectRequest } from "./effect";
import { resetParsed } from "./json-target";
import { errorReplied, replyError, replyOk } from "./reply";

export function graphEffectCommand(argc: u32, argv: usize): void {
  if (!replaying) {
    replyError(ERROR_GRAPH_INTERNAL);
    return;
  }
  const kind = argumentLength(argv, 1) == 1 ? <u32>load<u8>(argumentPointer(argv, 1)) : 0;
  if (kind == KIND_NODE && argc >= 4) applyNode(argc, argv);
  else if (kind == KIND_RELATIONSHIP && argc == 7) applyRelationship(argv);
  else if (kind == KIND_GONE && argc == 4) applyGone(argv);
  else if (kind == KIND_NUMBERS && argc == 4) applyNumbers(argv);
  else replyError(ERROR_SYNTAX);
  // A transaction that commits is logged as what it applies.
  if (effectsOn && !errorReplied) effectRequest(argc, argv);
}

/** The number that `readNumber` has read. */
let number: u32 = 0;

/** Reads an argument as a number of a node or relationship. Replies an error and returns false if it is none. */
function readNumber(argv: usize, index: u32): bool {
  if (!argumentInteger(argv, index)) return false;
  number = <u32>argumentValue;
  if (<u64>argumentValue <= <u64>NUMBER_MAX) return true;
  replyError(ERROR_SYNTAX);
  return false;
}

/** Parses properties to the beginning of the packed writer. Replies an error and returns false if they are none. */
function readObject(argv: usize, index: u32): bool {
  resetParsed();
  if (parseJson(argumentPointer(argv, index), argumentLength(argv, index)) && isObject(packedAt(0))) return true;
  replyError(ERROR_GRAPH_PROPERTIES);
  return false;
}

/** The label or type that an argument names; 0: the error is replied. */
function readName(graph: usize, kind: u32, argv: usize, index: u32): usize {
  const length = argumentLength(argv, index);
  const isName = length > 0 && length <= NAME_MAX;
  const name = isName ? nameMake(graph, kind, argumentPointer(argv, index), length) : 0;
  if (!name) replyError(isName ? ERROR_OUT_OF_MEMORY_HOST : ERROR_GRAPH_NAME);
  return name;
}

/** Replies OK, or that there was no memory. */
function answer(done: bool): void {
  if (done) replyOk();
  else replyError(ERROR_OUT_OF_MEMORY_HOST);
}

function applyNode(argc: u32, argv: usize): void {
  if (!readNumber(argv, 2) || !readObject(argv, 3)) return;
  const graph = graphMake();
  if (!graph) {
    answer(false);
    return;
  }
  setBegin();
  for (let index: u32 = 4; index < argc; index++) {
    const label = readName(graph, KIND_LABEL, argv, index);
    if (!label) return;
    if (!setAdd(label)) {
      replyError(ERROR_GRAPH_LIMIT);
      return;
    }
  }
  const collection = setMake(graph);
  const slot = nodeSlot(graph, number);
  if (!collection) answer(false);
  else if (!slot) answer(nodeCreate(graph, number, collection, packedAt(0)));
  else if (nodeCollection(slot) == collection) answer(nodeWrite(graph, number, packedAt(0)));
  else relabelAndWrite(graph, number, collection, argv);
}

/** Gives a node other labels, then other properties: the first step uses the memory that the second ones were parsed to. */
function relabelAndWrite(graph: usize, node: u32, collection: usize, argv: usize): void {
  if (!nodeRelabel(graph, node, collection)) answer(false);
  else if (readObject(argv, 3)) answer(nodeWrite(graph, node, packedAt(0)));
}

function applyRelationship(argv: usize): void {
  if (!readNumber(argv, 3)) return;
  const start = number;
  if (!readNumber(argv, 4)) return;
  const end = number;
  if (!readNumber(argv, 2) || !readObject(argv, 6)) return;
  const graph = graphOwn();
  if (!nodeSlot(graph, start) || !nodeSlot(graph, end)) {
    answer(true);
    return;
  }
  const type = readName(graph, KIND_TYPE, argv, 5);
  if (!type) return;
  if (relationshipSlot(graph, number)) answer(relationshipWrite(graph, number, packedAt(0)));
  else answer(relationshipCreate(graph, number, start, end, load<u32>(type, NAME_NUMBER), packedAt(0)));
}

function applyGone(argv: usize): void {
  if (!readNumber(argv, 3)) return;
  const graph = graphOwn();
  const isRelationship = argumentLength(argv, 2) == 1 && <u32>load<u8>(argumentPointer(argv, 2)) == KIND_RELATIONSHIP;
  let done = true;
  if (isRelationship) {
    if (relationshipSlot(graph, number)) done = relationshipDelete(graph, number);
  } else if (nodeSlot(graph, number)) done = nodeRemove(graph, number);
  answer(done);
}

function applyNumbers(argv: usize): void {
  if (!readNumber(argv, 2)) return;
  const nodes = number;
  if (!readNumber(argv, 3)) return;
  const graph = graphMake();
  if (!graph) {
    answer(false);
    return;
  }
  numbersGone(graph, GRAPH_NODES, nodes);
  numbersGone(graph, GRAPH_RELATIONSHIPS, number);
  answer(true);
}
