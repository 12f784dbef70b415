/**
 * Compiles a path to a program (path.ts). Two languages:
 *
 *   JSONPath   a text that begins with `$`: RFC 9535 to the letter; besides, as in RedisJSON, a hyphen may stand inside a
 *              shorthand name (`$.first-name`), a point before a bracket, and `=~` in filters searches a regular expression
 *   legacy     any other text, RedisJSON's first path language: `.`, `.a.b[0]`, `a.b`, `["a"]`; the first point may be
 *              missing, names go up to the next point or bracket, and all that follows a name is as in JSONPath
 *
 * Errors: `compilePath` returns false; `pathError` is an ERROR_JSON_PATH_* id (0: no memory), `pathErrorOffset` a byte.
 */
import { ERROR_JSON_PATH_LIMIT, ERROR_JSON_PATH_SYNTAX } from "../abi/errors";
import { isUtf8 } from "../bytes/utf8";
import {
  PATH_BYTES_MAX,
  PATH_DEPTH_MAX,
  QUERY_BYTES,
  QUERY_FIRST,
  QUERY_ROOT,
  QUERY_SINGULAR,
  RECORD_KIND,
  RECORD_NEXT,
  SEGMENT_BYTES,
  SEGMENT_CHILD,
  SEGMENT_DESCENDANT,
  SEGMENT_SELECTORS,
  SELECTOR_A,
  SELECTOR_BITS,
  SELECTOR_BYTES,
  SELECTOR_END,
  SELECTOR_LENGTH,
  SELECTOR_STEP,
  SELECT_FILTER,
  SELECT_INDEX,
  SELECT_NAME,
  SELECT_SLICE,
  SELECT_WILDCARD,
  SLICE_HAS_END,
  SLICE_HAS_START,
  programRecord,
  programReset,
} from "./path";
import { compileFilter } from "./path-filter";
import {
  NO_BYTE,
  advance,
  cursor,
  limit,
  peek,
  quotedLength,
  quotedPointer,
  setCursor,
  skipBlanks,
  startText,
  take,
  takeInteger,
  takeQuoted,
  takenInteger,
} from "./path-text";

const DOLLAR: u32 = 36;
const POINT: u32 = 46;
const STAR: u32 = 42;
const OPEN: u32 = 91;
const CLOSE: u32 = 93;
const COMMA: u32 = 44;
const COLON: u32 = 58;
const QUESTION: u32 = 63;

export let pathError: u32 = 0;
export let pathErrorOffset: u32 = 0;
/** First and last segment of the compiled path; 0: the path is the root. */
export let pathFirst: usize = 0;
export let pathLast: usize = 0;
/** Whether the path leads to one place at most: names and indexes only. */
export let pathSingular: bool = false;
export let pathLegacy: bool = false;

/** Nesting of filters and parentheses at the cursor. */
let depth: u32 = 0;
let tooDeep: bool = false;

/** Compiles a path; the program is good until the next call. Requires: the packed writer has been reset. */
export function compilePath(text: usize, length: u32): bool {
  pathError = ERROR_JSON_PATH_LIMIT;
  pathErrorOffset = 0;
  pathFirst = 0;
  pathLast = 0;
  pathSingular = true;
  depth = 0;
  tooDeep = false;
  if (length > PATH_BYTES_MAX) return false;
  pathError = 0;
  if (!programReset(length)) return false;
  startText(text, length);
  pathLegacy = peek() != DOLLAR;
  const done = isUtf8(text, length) && (pathLegacy ? compileLegacy(length) : compileRooted());
  if (done && cursor == limit) return true;
  pathError = tooDeep ? ERROR_JSON_PATH_LIMIT : ERROR_JSON_PATH_SYNTAX;
  pathErrorOffset = <u32>(cursor - text);
  return false;
}

function compileRooted(): bool {
  advance(1);
  return compileTop(0);
}

function compileLegacy(length: u32): bool {
  if (length == 0) return false;
  if (length == 1 && peek() == POINT) {
    advance(1);
    return true;
  }
  if (peek() == POINT || peek() == OPEN) return compileTop(0);
  const segment = newSegment(SEGMENT_CHILD);
  return takeShorthand(segment) && compileTop(segment);
}

function compileTop(before: usize): bool {
  const first = compileSegments(before, pathLegacy);
  pathFirst = before ? before : first;
  pathLast = lastSegment ? lastSegment : before;
  pathSingular = segmentsSingular;
  return !segmentsFailed;
}

function newSegment(kind: u32): usize {
  const segment = programRecord(SEGMENT_BYTES);
  store<u32>(segment, kind, RECORD_KIND);
  return segment;
}

/** Results of `compileSegments`. */
let lastSegment: usize = 0;
let segmentsSingular: bool = false;
let segmentsFailed: bool = false;

/** Compiles segments as long as there are some, behind `before` (0: none); returns the first. */
function compileSegments(before: usize, lenient: bool): usize {
  let first: usize = 0;
  let last = before;
  let singular = true;
  segmentsFailed = false;
  while (true) {
    const start = cursor;
    skipBlanks();
    const byte = peek();
    if (byte != POINT && byte != OPEN) {
      setCursor(start);
      break;
    }
    const segment = compileSegment(lenient);
    if (!segment) {
      segmentsFailed = true;
      return 0;
    }
    if (last) store<u32>(last, <u32>segment, RECORD_NEXT);
    if (!first) first = segment;
    last = segment;
    if (!isSingularSegment(segment)) singular = false;
  }
  lastSegment = last;
  segmentsSingular = singular;
  return first;
}

function isSingularSegment(segment: usize): bool {
  if (load<u32>(segment, RECORD_KIND) != SEGMENT_CHILD) return false;
  const selector = <usize>load<u32>(segment, SEGMENT_SELECTORS);
  const kind = load<u32>(selector, RECORD_KIND);
  return !load<u32>(selector, RECORD_NEXT) && (kind == SELECT_NAME || kind == SELECT_INDEX);
}

/** Compiles the segment at the cursor; returns 0 when it is none. */
function compileSegment(lenient: bool): usize {
  if (peek() == OPEN) return compileBrackets(newSegment(SEGMENT_CHILD));
  advance(1);
  const descendant = take(POINT);
  const segment = newSegment(descendant ? SEGMENT_DESCENDANT : SEGMENT_CHILD);
  if (peek() == OPEN) return compileBrackets(segment);
  if (take(STAR)) {
    addSelector(segment, 0, SELECT_WILDCARD);
    return segment;
  }
  return (lenient ? takeShorthand(segment) : takeName(segment)) ? segment : 0;
}

function addSelector(segment: usize, before: usize, kind: u32): usize {
  const selector = programRecord(SELECTOR_BYTES);
  store<u32>(selector, kind, RECORD_KIND);
  if (before) store<u32>(before, <u32>selector, RECORD_NEXT);
  else store<u32>(segment, <u32>selector, SEGMENT_SELECTORS);
  return selector;
}

function addName(segment: usize, before: usize, pointer: usize, length: u32): usize {
  const selector = addSelector(segment, before, SELECT_NAME);
  store<u32>(selector, <u32>pointer, SELECTOR_A);
  store<u32>(selector, length, SELECTOR_LENGTH);
  return selector;
}

/** Takes a shorthand name of JSONPath: letters, digits but not first, `_`, anything beyond ASCII, and a hyphen inside. */
function takeName(segment: usize): bool {
  const start = cursor;
  while (true) {
    const byte = peek();
    const letter = (byte | 32) - 97 < 26 || byte == 95 || (byte >= 128 && byte != NO_BYTE);
    if (!letter && (cursor == start || (byte - 48 > 9 && byte != 45))) break;
    advance(1);
  }
  if (cursor == start) return false;
  addName(segment, 0, start, <u32>(cursor - start));
  return true;
}

/** Takes a name of a legacy path: all up to the next point or bracket. */
function takeShorthand(segment: usize): bool {
  const start = cursor;
  while (peek() != POINT && peek() != OPEN && peek() != NO_BYTE) advance(1);
  if (cursor == start) return false;
  addName(segment, 0, start, <u32>(cursor - start));
  return true;
}

/** Takes `[selector, ...]`. */
function compileBrackets(segment: usize): usize {
  advance(1);
  let selector: usize = 0;
  do {
    skipBlanks();
    selector = compileSelector(segment, selector);
    if (!selector) return 0;
    skipBlanks();
  } while (take(COMMA));
  return take(CLOSE) ? segment : 0;
}

function compileSelector(segment: usize, before: usize): usize {
  const byte = peek();
  if (byte == 34 || byte == 39) return takeQuoted() ? addName(segment, before, quotedPointer, quotedLength) : 0;
  if (byte == STAR) {
    advance(1);
    return addSelector(segment, before, SELECT_WILDCARD);
  }
  if (byte != QUESTION) return compileIndexOrSlice(segment, before);
  advance(1);
  skipBlanks();
  const expression = compileFilter();
  if (!expression) return 0;
  const selector = addSelector(segment, before, SELECT_FILTER);
  store<u32>(selector, <u32>expression, SELECTOR_A);
  return selector;
}

function compileIndexOrSlice(segment: usize, before: usize): usize {
  const selector = addSelector(segment, before, SELECT_INDEX);
  let bits: u32 = 0;
  if (takeInteger()) {
    store<i64>(selector, takenInteger, SELECTOR_A);
    bits = SLICE_HAS_START;
  }
  const behind = cursor;
  skipBlanks();
  if (!take(COLON)) {
    setCursor(behind);
    return bits ? selector : 0;
  }
  store<u32>(selector, SELECT_SLICE, RECORD_KIND);
  store<i64>(selector, 1, SELECTOR_STEP);
  skipBlanks();
  if (takeInteger()) {
    store<i64>(selector, takenInteger, SELECTOR_END);
    bits |= SLICE_HAS_END;
    skipBlanks();
  }
  if (take(COLON)) {
    skipBlanks();
    if (takeInteger()) store<i64>(selector, takenInteger, SELECTOR_STEP);
  }
  store<u32>(selector, bits, SELECTOR_BITS);
  return selector;
}

/** Compiles a query inside a filter, `@...` or `$...`; returns 0 when it is none. */
export function compileQuery(): usize {
  const query = programRecord(QUERY_BYTES);
  store<u32>(query, peek() == DOLLAR ? 1 : 0, QUERY_ROOT);
  advance(1);
  if (!enter()) return 0;
  const first = compileSegments(0, false);
  leave();
  if (segmentsFailed) return 0;
  store<u32>(query, <u32>first, QUERY_FIRST);
  store<u32>(query, segmentsSingular ? 1 : 0, QUERY_SINGULAR);
  return query;
}

/** Goes one level deeper. False: too deep. */
export function enter(): bool {
  if (depth == PATH_DEPTH_MAX) {
    tooDeep = true;
    return false;
  }
  depth++;
  return true;
}

export function leave(): void {
  depth--;
}
