/**
 * Compiles filter expressions of paths (RFC 9535, section 2.3.5), with the types of functions checked:
 *
 *   length(value) → value     count(nodes) → value     value(nodes) → value
 *   match(value, value), search(value, value) → truth
 *
 * Precedence: parentheses, `!`, comparisons, `&&`, `||`.
 */
import {
  COMPARE_EQUAL,
  COMPARE_GREATER,
  COMPARE_GREATER_EQUAL,
  COMPARE_LESS,
  COMPARE_LESS_EQUAL,
  COMPARE_NOT_EQUAL,
  EXPRESSION_BYTES,
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
  OPERAND_VALUE,
  QUERY_SINGULAR,
  RECORD_KIND,
  TEST_COMPARE,
  TEST_EXISTS,
  TEST_MATCH,
  TEST_SEARCH,
  programBytes,
  programRecord,
} from "./path";
import { copyBytes } from "../bytes/copy";
import { parseJsonNumber, scanStopped } from "./json-number";
import { TAG_FALSE, TAG_NULL, TAG_TRUE } from "./packed";
import { packedAt, packedFailed, packedMark, packedRewind, writeByte, writeString } from "./packed-writer";
import { compileQuery, enter, leave } from "./path-compile";
import { advance, cursor, limit, peek, quotedLength, quotedPointer, setCursor, skipBlanks, take, takeQuoted } from "./path-text";

const AND: u32 = 38;
const BAR: u32 = 124;
const BANG: u32 = 33;
const OPEN: u32 = 40;
const CLOSE: u32 = 41;
const COMMA: u32 = 44;
const EQUAL: u32 = 61;
const LESS: u32 = 60;
const GREATER: u32 = 62;
const TILDE: u32 = 126;
const AT: u32 = 64;
const DOLLAR: u32 = 36;
const NO_OPERATOR: u32 = 100;
/** RedisJSON's `=~`. */
const OPERATOR_SEARCH: u32 = 101;

const NAMES: usize = memory.data<u8>([
  108, 101, 110, 103, 116, 104, 99, 111, 117, 110, 116, 118, 97, 108, 117, 101, 109, 97, 116, 99, 104, 115, 101, 97, 114, 99, 104,
]);
const WORDS: usize = memory.data<u8>([116, 114, 117, 101, 102, 97, 108, 115, 101, 110, 117, 108, 108]);

function newExpression(kind: u32, left: usize, right: usize): usize {
  const expression = programRecord(EXPRESSION_BYTES);
  store<u32>(expression, kind, RECORD_KIND);
  store<u32>(expression, <u32>left, EXPRESSION_LEFT);
  store<u32>(expression, <u32>right, EXPRESSION_RIGHT);
  return expression;
}

/** Compiles a logical expression; returns 0 when it is none. */
export function compileFilter(): usize {
  if (!enter()) return 0;
  const expression = compileOr();
  leave();
  return expression;
}

function compileOr(): usize {
  let left = compileAnd();
  while (left && takePair(BAR)) {
    const right = compileAnd();
    left = right ? newExpression(LOGICAL_OR, left, right) : 0;
  }
  return left;
}

function compileAnd(): usize {
  let left = compileBasic();
  while (left && takePair(AND)) {
    const right = compileBasic();
    left = right ? newExpression(LOGICAL_AND, left, right) : 0;
  }
  return left;
}

/** Takes `&&` or `||` and the blanks around it. */
function takePair(byte: u32): bool {
  const start = cursor;
  skipBlanks();
  if (peek() == byte && peek(1) == byte) {
    advance(2);
    skipBlanks();
    return true;
  }
  setCursor(start);
  return false;
}

function compileBasic(): usize {
  if (peek() == BANG) {
    advance(1);
    skipBlanks();
    const inner = peek() == OPEN ? compileParenthesis() : compileTest(false);
    return inner ? newExpression(LOGICAL_NOT, inner, 0) : 0;
  }
  return peek() == OPEN ? compileParenthesis() : compileTest(true);
}

function compileParenthesis(): usize {
  advance(1);
  skipBlanks();
  const inner = compileFilter();
  if (!inner) return 0;
  skipBlanks();
  return take(CLOSE) ? inner : 0;
}

/** Compiles an existence test, a function of truth or a comparison (only if `comparable`). */
function compileTest(comparable: bool): usize {
  const left = compileOperand();
  if (!left) return 0;
  const behind = cursor;
  skipBlanks();
  const operator = comparable ? takeOperator() : NO_OPERATOR;
  if (operator == NO_OPERATOR) {
    setCursor(behind);
    return asTest(left);
  }
  if (!isComparable(left)) return 0;
  skipBlanks();
  const right = compileOperand();
  if (!right || !isComparable(right)) return 0;
  if (operator == OPERATOR_SEARCH) return newExpression(TEST_SEARCH, left, right);
  const test = newExpression(TEST_COMPARE, left, right);
  store<u32>(test, operator, EXPRESSION_OPERATOR);
  return test;
}

/** What stands alone: a query tests whether it finds something. Values are no tests. */
function asTest(operand: usize): usize {
  const kind = load<u32>(operand, RECORD_KIND);
  if (kind == OPERAND_QUERY) return newExpression(TEST_EXISTS, <usize>load<u32>(operand, EXPRESSION_LEFT), 0);
  return kind == TEST_MATCH || kind == TEST_SEARCH ? operand : 0;
}

/** Whether an operand has one value or none: literals, singular queries, functions of values. */
function isComparable(operand: usize): bool {
  const kind = load<u32>(operand, RECORD_KIND);
  if (kind == OPERAND_QUERY) return load<u32>(<usize>load<u32>(operand, EXPRESSION_LEFT), QUERY_SINGULAR) != 0;
  return kind != TEST_MATCH && kind != TEST_SEARCH;
}

function takeOperator(): u32 {
  const first = peek();
  const second = peek(1);
  let operator = NO_OPERATOR;
  if (second == EQUAL) {
    if (first == EQUAL) operator = COMPARE_EQUAL;
    else if (first == BANG) operator = COMPARE_NOT_EQUAL;
    else if (first == LESS) operator = COMPARE_LESS_EQUAL;
    else if (first == GREATER) operator = COMPARE_GREATER_EQUAL;
  } else if (first == EQUAL && second == TILDE) operator = OPERATOR_SEARCH;
  if (operator != NO_OPERATOR) {
    advance(2);
    return operator;
  }
  if (first != LESS && first != GREATER) return NO_OPERATOR;
  advance(1);
  return first == LESS ? COMPARE_LESS : COMPARE_GREATER;
}

function compileOperand(): usize {
  const byte = peek();
  if (byte == AT || byte == DOLLAR) {
    const query = compileQuery();
    return query ? newExpression(OPERAND_QUERY, query, 0) : 0;
  }
  const mark = packedMark();
  if (byte == 34 || byte == 39) {
    if (!takeQuoted()) return 0;
    writeString(quotedPointer, quotedLength);
    return literal(mark);
  }
  if (byte == 45 || byte - 48 <= 9) {
    const after = parseJsonNumber(cursor, limit);
    setCursor(after ? after : scanStopped);
    return after ? literal(mark) : 0;
  }
  if (takeWord(WORDS, 4)) return constant(TAG_TRUE);
  if (takeWord(WORDS + 4, 5)) return constant(TAG_FALSE);
  if (takeWord(WORDS + 9, 4)) return constant(TAG_NULL);
  return compileFunction();
}

function constant(tag: u32): usize {
  const mark = packedMark();
  writeByte(tag);
  return literal(mark);
}

/** Moves the packed value written since `mark` to the program. */
function literal(mark: u32): usize {
  if (packedFailed) return 0;
  const bytes = packedMark() - mark;
  const value = programBytes(bytes);
  copyBytes(value, packedAt(mark), bytes);
  packedRewind(mark);
  return newExpression(OPERAND_LITERAL, value, 0);
}

function takeWord(word: usize, length: u32): bool {
  if (cursor + length > limit || memory.compare(cursor, word, length)) return false;
  advance(length);
  return true;
}

/** Takes a function's name and its opening parenthesis. */
function takeFunction(name: usize, length: u32): bool {
  if (peek(length) != OPEN || !takeWord(name, length)) return false;
  advance(1);
  skipBlanks();
  return true;
}

function compileFunction(): usize {
  if (takeFunction(NAMES, 6)) return oneArgument(OPERAND_LENGTH, false);
  if (takeFunction(NAMES + 6, 5)) return oneArgument(OPERAND_COUNT, true);
  if (takeFunction(NAMES + 11, 5)) return oneArgument(OPERAND_VALUE, true);
  if (takeFunction(NAMES + 16, 5)) return twoArguments(TEST_MATCH);
  return takeFunction(NAMES + 21, 6) ? twoArguments(TEST_SEARCH) : 0;
}

function oneArgument(kind: u32, nodes: bool): usize {
  if (!enter()) return 0;
  const argument = compileOperand();
  leave();
  if (!argument) return 0;
  skipBlanks();
  if (!take(CLOSE)) return 0;
  if (!nodes) return isComparable(argument) ? newExpression(kind, argument, 0) : 0;
  if (load<u32>(argument, RECORD_KIND) != OPERAND_QUERY) return 0;
  return newExpression(kind, <usize>load<u32>(argument, EXPRESSION_LEFT), 0);
}

function twoArguments(kind: u32): usize {
  if (!enter()) return 0;
  const first = compileOperand();
  if (!first || !isComparable(first)) return 0;
  skipBlanks();
  if (!take(COMMA)) return 0;
  skipBlanks();
  const second = compileOperand();
  leave();
  if (!second || !isComparable(second)) return 0;
  skipBlanks();
  return take(CLOSE) ? newExpression(kind, first, second) : 0;
}
