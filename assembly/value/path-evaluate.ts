/**
 * Evaluates a compiled path over a packed document: finds the values that it leads to, in the order of RFC 9535 (of the
 * orders that it allows for objects, the one of the fields).
 *
 * A value found goes through the remaining segments at once, so there are no lists between segments. Recursion is bounded:
 * by the segments of the path, by the nesting of the document and by that of filters.
 *
 * `matchCount` and `matchAt` give the values found. When there is no memory for them, or there are more than MATCHES_MAX,
 * `matchesFailed` is set.
 *
 * Cost: O(values visited), for `$..` those of the whole document; a filter costs what its queries cost for each child.
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferClear, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { equalValues, isLess } from "./compare";
import { characterCount } from "./json-string";
import {
  TAG_INT64,
  afterValue,
  childCount,
  elementAt,
  fieldValue,
  findField,
  firstChild,
  isArray,
  isObject,
  isString,
  stringLength,
  stringPointer,
} from "./packed";
import {
  COMPARE_EQUAL,
  COMPARE_GREATER,
  COMPARE_GREATER_EQUAL,
  COMPARE_LESS,
  COMPARE_LESS_EQUAL,
  COMPARE_NOT_EQUAL,
  EXPRESSION_LEFT,
  EXPRESSION_OPERATOR,
  EXPRESSION_RIGHT,
  LOGICAL_AND,
  LOGICAL_NOT,
  LOGICAL_OR,
  OPERAND_COUNT,
  OPERAND_LENGTH,
  OPERAND_LITERAL,
  OPERAND_QUERY,
  QUERY_FIRST,
  QUERY_ROOT,
  RECORD_KIND,
  RECORD_NEXT,
  SEGMENT_DESCENDANT,
  SEGMENT_SELECTORS,
  SELECTOR_A,
  SELECTOR_BITS,
  SELECTOR_END,
  SELECTOR_LENGTH,
  SELECTOR_STEP,
  SELECT_INDEX,
  SELECT_NAME,
  SELECT_SLICE,
  SELECT_WILDCARD,
  SLICE_HAS_END,
  SLICE_HAS_START,
  TEST_COMPARE,
  TEST_EXISTS,
  TEST_SEARCH,
} from "./path";
import { expressionMatches } from "./regular-expression";

/** What happens to a value that is found: it is kept; it is counted; it ends the search. */
const COLLECT: u32 = 0;
const COUNT: u32 = 1;
const FIND: u32 = 2;

const matches: usize = memory.data(BUFFER_SIZE, 8);
export let matchCount: u32 = 0;
/** Set when not all values could be kept; `matchesTooMany`: because of MATCHES_MAX, else for want of memory. */
export let matchesFailed: bool = false;
export let matchesTooMany: bool = false;
/** Most values that are found: `$[0,0,0][0,0,0]...` leads to the same one as often as one likes. */
const MATCHES_MAX: u32 = 1 << 24;

let mode: u32 = COLLECT;
let found: u32 = 0;
let firstFound: usize = 0;
let stopped: bool = false;
let root: usize = 0;
/** The segment behind the last one to go through; 0: all. */
let stopSegment: usize = 0;

/** Numbers that functions make: packed, eight of them, used in turn. At most two are in use at once. */
const numbers: usize = memory.data(128, 8);
let numberTurn: u32 = 0;

/** Finds the values that the segments from `first` on, up to but without `stop`, lead to. */
export function findMatches(document: usize, first: usize, stop: usize): void {
  bufferInitialize(matches, PURPOSE_SCRATCH);
  bufferClear(matches);
  matchCount = 0;
  matchesFailed = false;
  matchesTooMany = false;
  mode = COLLECT;
  stopped = false;
  root = document;
  stopSegment = stop;
  visit(first, document);
}

/** Forgets the values found. */
export function matchesClear(): void {
  bufferClear(matches);
  matchCount = 0;
}

/** Address of a value found. */
export function matchAt(index: u32): usize {
  return <usize>load<u32>(<usize>load<u32>(matches, BUFFER_POINTER) + ((<usize>index) << 2));
}

function visit(segment: usize, node: usize): void {
  if (!segment || segment == stopSegment) {
    take(node);
    return;
  }
  if (load<u32>(segment, RECORD_KIND) == SEGMENT_DESCENDANT) descend(segment, node);
  else select(segment, node);
}

function take(node: usize): void {
  if (mode != COLLECT) {
    if (!found++) firstFound = node;
    if (mode == FIND) stopped = true;
    return;
  }
  const place = matchCount < MATCHES_MAX ? bufferReserve(matches, 4) : 0;
  if (!place) {
    matchesTooMany = matchCount == MATCHES_MAX;
    matchesFailed = true;
    stopped = true;
    return;
  }
  store<u32>(place, <u32>node);
  store<u32>(matches, load<u32>(matches, BUFFER_LENGTH) + 4, BUFFER_LENGTH);
  matchCount++;
}

/** Applies the selectors to a node and to all below it. */
function descend(segment: usize, node: usize): void {
  const named = isObject(node);
  if (!named && !isArray(node)) return;
  select(segment, node);
  let count = childCount(node);
  let child = firstChild(node);
  while (count-- && !stopped) {
    if (named) child = fieldValue(child);
    descend(segment, child);
    child = afterValue(child);
  }
}

function select(segment: usize, node: usize): void {
  const named = isObject(node);
  if (!named && !isArray(node)) return;
  const next = <usize>load<u32>(segment, RECORD_NEXT);
  let selector = <usize>load<u32>(segment, SEGMENT_SELECTORS);
  while (selector && !stopped) {
    const kind = load<u32>(selector, RECORD_KIND);
    if (kind == SELECT_NAME) {
      const value = named ? findField(node, <usize>load<u32>(selector, SELECTOR_A), load<u32>(selector, SELECTOR_LENGTH)) : 0;
      if (value) visit(next, value);
    } else if (kind == SELECT_INDEX) {
      if (!named) selectIndex(node, load<i64>(selector, SELECTOR_A), next);
    } else if (kind == SELECT_SLICE) {
      if (!named) selectSlice(node, selector, next);
    } else selectEach(node, named, kind == SELECT_WILDCARD ? 0 : <usize>load<u32>(selector, SELECTOR_A), next);
    selector = <usize>load<u32>(selector, RECORD_NEXT);
  }
}

function selectIndex(array: usize, index: i64, next: usize): void {
  const count = <i64>childCount(array);
  if (index < 0) index += count;
  if (index >= 0 && index < count) visit(next, elementAt(array, <u32>index));
}

/** All children, or those for which the filter (0: none) is true. */
function selectEach(node: usize, named: bool, filter: usize, next: usize): void {
  let count = childCount(node);
  let child = firstChild(node);
  while (count-- && !stopped) {
    if (named) child = fieldValue(child);
    if (!filter || test(filter, child)) visit(next, child);
    child = afterValue(child);
  }
}

/** RFC 9535, section 2.3.4.2.2. */
function selectSlice(array: usize, selector: usize, next: usize): void {
  const count = <i64>childCount(array);
  const stepping = load<i64>(selector, SELECTOR_STEP);
  const bits = load<u32>(selector, SELECTOR_BITS);
  if (!stepping) return;
  const forward = stepping > 0;
  const start = bits & SLICE_HAS_START ? normal(load<i64>(selector, SELECTOR_A), count) : forward ? 0 : count - 1;
  const end = bits & SLICE_HAS_END ? normal(load<i64>(selector, SELECTOR_END), count) : forward ? count : -1;
  if (forward) {
    const last = clamp(end, 0, count);
    const first = clamp(start, 0, count);
    for (let index = first; index < last && !stopped; index += stepping) visit(next, elementAt(array, <u32>index));
  } else {
    const last = clamp(end, -1, count - 1);
    const first = clamp(start, -1, count - 1);
    for (let index = first; index > last && !stopped; index += stepping) visit(next, elementAt(array, <u32>index));
  }
}

function normal(index: i64, count: i64): i64 {
  return index < 0 ? index + count : index;
}

function clamp(value: i64, least: i64, most: i64): i64 {
  return value < least ? least : value > most ? most : value;
}

/** Runs a query of a filter; `found` and `firstFound` tell what it found, the search around it goes on. */
let queryFound: u32 = 0;
let queryFirst: usize = 0;
function runQuery(query: usize, current: usize, kind: u32): void {
  const outerMode = mode;
  const outerFound = found;
  const outerFirst = firstFound;
  const outerStop = stopSegment;
  mode = kind;
  found = 0;
  firstFound = 0;
  stopSegment = 0;
  visit(<usize>load<u32>(query, QUERY_FIRST), load<u32>(query, QUERY_ROOT) ? root : current);
  queryFound = found;
  queryFirst = firstFound;
  mode = outerMode;
  found = outerFound;
  firstFound = outerFirst;
  stopSegment = outerStop;
  stopped = matchesFailed;
}

/** Value of a logical expression for a child. */
function test(expression: usize, current: usize): bool {
  const left = <usize>load<u32>(expression, EXPRESSION_LEFT);
  const right = <usize>load<u32>(expression, EXPRESSION_RIGHT);
  const kind = load<u32>(expression, RECORD_KIND);
  if (kind == LOGICAL_AND) return test(left, current) && test(right, current);
  if (kind == LOGICAL_OR) return test(left, current) || test(right, current);
  if (kind == LOGICAL_NOT) return !test(left, current);
  if (kind == TEST_EXISTS) {
    runQuery(left, current, FIND);
    return queryFound != 0;
  }
  const first = operand(left, current);
  const second = operand(right, current);
  if (kind == TEST_COMPARE) return compare(load<u32>(expression, EXPRESSION_OPERATOR), first, second);
  if (!first || !second || !isString(first) || !isString(second)) return false;
  return expressionMatches(stringPointer(second), stringLength(second), stringPointer(first), stringLength(first), kind == TEST_SEARCH);
}

/** Address of an operand's packed value; 0: nothing. */
function operand(expression: usize, current: usize): usize {
  const kind = load<u32>(expression, RECORD_KIND);
  const left = <usize>load<u32>(expression, EXPRESSION_LEFT);
  if (kind == OPERAND_LITERAL) return left;
  if (kind == OPERAND_LENGTH) return lengthOf(operand(left, current));
  runQuery(left, current, kind == OPERAND_QUERY ? FIND : COUNT);
  if (kind == OPERAND_COUNT) return number(queryFound);
  return queryFound == 1 ? queryFirst : 0;
}

function lengthOf(value: usize): usize {
  if (!value) return 0;
  if (isString(value)) return number(characterCount(stringPointer(value), stringLength(value)));
  return isArray(value) || isObject(value) ? number(childCount(value)) : 0;
}

function number(value: u32): usize {
  numberTurn = (numberTurn + 1) & 7;
  const place = numbers + ((<usize>numberTurn) << 4);
  store<u8>(place, <u8>TAG_INT64);
  store<i64>(place, value, 1);
  return place;
}

function compare(operator: u32, left: usize, right: usize): bool {
  const equal = left && right ? operator != COMPARE_LESS && operator != COMPARE_GREATER && equalValues(left, right) : left == right;
  if (operator == COMPARE_EQUAL) return equal;
  if (operator == COMPARE_NOT_EQUAL) return !equal;
  if (equal && (operator == COMPARE_LESS_EQUAL || operator == COMPARE_GREATER_EQUAL)) return true;
  if (!left || !right) return false;
  return operator == COMPARE_LESS || operator == COMPARE_LESS_EQUAL ? isLess(left, right) : isLess(right, left);
}
