/**
 * Errors of plan functions: what CELL_ERROR's numbers say, in PostgreSQL's words, with their SQLSTATE.
 *
 * `{1}` and `{2}` stand for the two words that the function left in the cells.
 */

import * as errors from "../../../assembly/abi/runtime-error.ts";
import { type CypherErrorClass, cypherError } from "../../common/cypher-error.ts";
import type { DatabaseError } from "../../common/error.ts";
import { sqlError } from "../../common/sql-state.ts";

export interface RuntimeError {
  readonly state: string;
  readonly template: string;
  /** Of Cypher's functions: openCypher's class and detail, which stand in the message instead of the state. */
  readonly cypher?: readonly [kind: CypherErrorClass, detail: string];
}

const NONE: RuntimeError = { state: "XX000", template: "internal error" };

/** Text and SQLSTATE of RUNTIME_ERROR_*. */
export function runtimeError(id: number): RuntimeError {
  return ERRORS.get(id) ?? NONE;
}

/** The message with the words of the cells put in. */
export function runtimeMessage(id: number, first: string, second: string): string {
  return runtimeError(id).template.replace(/\{([12])\}/g, (_all, index: string) => (index === "1" ? first : second));
}

/** The error itself. */
export function runtimeFailure(id: number, first: string, second: string): DatabaseError {
  const { state, cypher } = runtimeError(id);
  const message = runtimeMessage(id, first, second);
  return cypher === undefined ? sqlError(state, message) : cypherError(cypher[0], cypher[1], message);
}

const ERRORS: ReadonlyMap<number, RuntimeError> = new Map<number, RuntimeError>([
  [errors.RUNTIME_ERROR_MEMORY, { state: "53200", template: "out of memory" }],
  [errors.RUNTIME_ERROR_SMALLINT_RANGE, { state: "22003", template: "smallint out of range" }],
  [errors.RUNTIME_ERROR_INTEGER_RANGE, { state: "22003", template: "integer out of range" }],
  [errors.RUNTIME_ERROR_BIGINT_RANGE, { state: "22003", template: "bigint out of range" }],
  [errors.RUNTIME_ERROR_DIVISION_BY_ZERO, { state: "22012", template: "division by zero" }],
  [errors.RUNTIME_ERROR_OVERFLOW, { state: "22003", template: "value out of range: overflow" }],
  [errors.RUNTIME_ERROR_UNDERFLOW, { state: "22003", template: "value out of range: underflow" }],
  [errors.RUNTIME_ERROR_SUBQUERY_ROWS, { state: "21000", template: "more than one row returned by a subquery used as an expression" }],
  [errors.RUNTIME_ERROR_SUBQUERY_COLUMNS, { state: "42601", template: "subquery must return only one column" }],
  [errors.RUNTIME_ERROR_LIMIT_NEGATIVE, { state: "2201W", template: "LIMIT must not be negative" }],
  [errors.RUNTIME_ERROR_OFFSET_NEGATIVE, { state: "2201X", template: "OFFSET must not be negative" }],
  [
    errors.RUNTIME_ERROR_ROW_COUNT_KIND,
    { state: "42804", template: "SKIP and LIMIT take an INTEGER", cypher: ["SyntaxError", "InvalidArgumentType"] },
  ],
  [
    errors.RUNTIME_ERROR_ROW_COUNT_NEGATIVE,
    { state: "2201W", template: "SKIP and LIMIT cannot be negative", cypher: ["SyntaxError", "NegativeIntegerArgument"] },
  ],
  [errors.RUNTIME_ERROR_STEP_ZERO, { state: "22023", template: "step size cannot equal zero" }],
  [errors.RUNTIME_ERROR_INVALID_SMALLINT, { state: "22P02", template: 'invalid input syntax for type smallint: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_INTEGER, { state: "22P02", template: 'invalid input syntax for type integer: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_BIGINT, { state: "22P02", template: 'invalid input syntax for type bigint: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_REAL, { state: "22P02", template: 'invalid input syntax for type real: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_DOUBLE, { state: "22P02", template: 'invalid input syntax for type double precision: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_NUMERIC, { state: "22P02", template: 'invalid input syntax for type numeric: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_BOOLEAN, { state: "22P02", template: 'invalid input syntax for type boolean: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_UUID, { state: "22P02", template: 'invalid input syntax for type uuid: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_BYTEA, { state: "22P02", template: "invalid input syntax for type bytea" }],
  [errors.RUNTIME_ERROR_INVALID_DATE, { state: "22007", template: 'invalid input syntax for type date: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_TIME, { state: "22007", template: 'invalid input syntax for type time: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_TIMESTAMP, { state: "22007", template: 'invalid input syntax for type timestamp: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_TIMESTAMPTZ, { state: "22007", template: 'invalid input syntax for type timestamp with time zone: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_INTERVAL, { state: "22007", template: 'invalid input syntax for type interval: "{1}"' }],
  [errors.RUNTIME_ERROR_INVALID_JSON, { state: "22P02", template: "invalid input syntax for type json" }],
  [errors.RUNTIME_ERROR_MALFORMED_ARRAY, { state: "22P02", template: 'malformed array literal: "{1}"' }],
  [errors.RUNTIME_ERROR_SMALLINT_TEXT_RANGE, { state: "22003", template: 'value "{1}" is out of range for type smallint' }],
  [errors.RUNTIME_ERROR_INTEGER_TEXT_RANGE, { state: "22003", template: 'value "{1}" is out of range for type integer' }],
  [errors.RUNTIME_ERROR_BIGINT_TEXT_RANGE, { state: "22003", template: 'value "{1}" is out of range for type bigint' }],
  [errors.RUNTIME_ERROR_REAL_TEXT_RANGE, { state: "22003", template: '"{1}" is out of range for type real' }],
  [errors.RUNTIME_ERROR_DOUBLE_TEXT_RANGE, { state: "22003", template: '"{1}" is out of range for type double precision' }],
  [errors.RUNTIME_ERROR_NUMERIC_FIELD_OVERFLOW, { state: "22003", template: "numeric field overflow" }],
  [errors.RUNTIME_ERROR_NUMERIC_OVERFLOW, { state: "22003", template: "value overflows numeric format" }],
  [errors.RUNTIME_ERROR_NEGATIVE_ROOT, { state: "2201F", template: "cannot take square root of a negative number" }],
  [errors.RUNTIME_ERROR_LOG_OF_ZERO, { state: "2201E", template: "cannot take logarithm of zero" }],
  [errors.RUNTIME_ERROR_LOG_OF_NEGATIVE, { state: "2201E", template: "cannot take logarithm of a negative number" }],
  [errors.RUNTIME_ERROR_ZERO_TO_NEGATIVE, { state: "2201F", template: "zero raised to a negative power is undefined" }],
  [
    errors.RUNTIME_ERROR_NEGATIVE_TO_FRACTION,
    { state: "2201F", template: "a negative number raised to a non-integer power yields a complex result" },
  ],
  [errors.RUNTIME_ERROR_PERCENTILE, { state: "22003", template: "percentile value {1} is not between 0 and 1" }],
  [errors.RUNTIME_ERROR_FRAME_START_NULL, { state: "22004", template: "frame starting offset must not be null" }],
  [errors.RUNTIME_ERROR_FRAME_START_NEGATIVE, { state: "22013", template: "frame starting offset must not be negative" }],
  [errors.RUNTIME_ERROR_FRAME_END_NULL, { state: "22004", template: "frame ending offset must not be null" }],
  [errors.RUNTIME_ERROR_FRAME_END_NEGATIVE, { state: "22013", template: "frame ending offset must not be negative" }],
  [errors.RUNTIME_ERROR_NTILE, { state: "22014", template: "argument of ntile must be greater than zero" }],
  [errors.RUNTIME_ERROR_NTH_VALUE, { state: "22016", template: "argument of nth_value must be greater than zero" }],
  [errors.RUNTIME_ERROR_INPUT_RANGE, { state: "22003", template: "input is out of range" }],
  [errors.RUNTIME_ERROR_NAN_TO_INTEGER, { state: "0A000", template: "cannot convert NaN to {1}" }],
  [errors.RUNTIME_ERROR_INFINITY_TO_INTEGER, { state: "0A000", template: "cannot convert infinity to {1}" }],
  [errors.RUNTIME_ERROR_BUCKET_COUNT, { state: "2201G", template: "count must be greater than zero" }],
  [errors.RUNTIME_ERROR_BUCKET_BOUNDS, { state: "2201G", template: "lower bound cannot equal upper bound" }],
  [errors.RUNTIME_ERROR_BUCKET_LIMITS, { state: "2201G", template: "operand, lower bound, and upper bound cannot be NaN" }],
  [errors.RUNTIME_ERROR_NEGATIVE_FACTORIAL, { state: "22003", template: "factorial of a negative number is undefined" }],
  [errors.RUNTIME_ERROR_VARCHAR_TOO_LONG, { state: "22001", template: "value too long for type character varying({1})" }],
  [errors.RUNTIME_ERROR_CHAR_TOO_LONG, { state: "22001", template: "value too long for type character({1})" }],
  [errors.RUNTIME_ERROR_NEGATIVE_SUBSTRING, { state: "22011", template: "negative substring length not allowed" }],
  [errors.RUNTIME_ERROR_LIKE_ESCAPE, { state: "22025", template: "invalid escape string" }],
  [
    errors.RUNTIME_ERROR_SIMILAR_SEPARATORS,
    { state: "2200C", template: "SQL regular expression may not contain more than two escape-double-quote separators" },
  ],
  [errors.RUNTIME_ERROR_LIKE_PATTERN_END, { state: "22025", template: "LIKE pattern must not end with escape character" }],
  [errors.RUNTIME_ERROR_REGULAR_EXPRESSION, { state: "2201B", template: "invalid regular expression: {1}" }],
  [errors.RUNTIME_ERROR_FIELD_POSITION, { state: "22023", template: "field position must not be zero" }],
  [errors.RUNTIME_ERROR_CHARACTER_NULL, { state: "54000", template: "null character not permitted" }],
  [errors.RUNTIME_ERROR_CHARACTER_LARGE, { state: "54000", template: "requested character too large for encoding: {1}" }],
  [errors.RUNTIME_ERROR_UNKNOWN_ENCODING, { state: "22023", template: 'unrecognized encoding: "{1}"' }],
  [errors.RUNTIME_ERROR_HEX_DIGIT, { state: "22023", template: 'invalid hexadecimal digit: "{1}"' }],
  [errors.RUNTIME_ERROR_HEX_ODD, { state: "22023", template: "invalid hexadecimal data: odd number of digits" }],
  [errors.RUNTIME_ERROR_BASE64_SYMBOL, { state: "22023", template: 'invalid symbol "{1}" found while decoding base64 sequence' }],
  [errors.RUNTIME_ERROR_BASE64_END, { state: "22023", template: "invalid base64 end sequence" }],
  [errors.RUNTIME_ERROR_LENGTH, { state: "54000", template: "requested length too large" }],
  [errors.RUNTIME_ERROR_REGULAR_OPTION, { state: "22023", template: 'invalid regular expression option: "{1}"' }],
  [errors.RUNTIME_ERROR_CHARACTER_NEGATIVE, { state: "22023", template: "character number must be positive" }],
  [errors.RUNTIME_ERROR_INVALID_UTF8, { state: "22021", template: 'invalid byte sequence for encoding "UTF8"' }],
  [errors.RUNTIME_ERROR_REGULAR_COMPLEX, { state: "2201B", template: "invalid regular expression: regular expression is too complex" }],
  [errors.RUNTIME_ERROR_DATETIME_FIELD, { state: "22008", template: 'date/time field value out of range: "{1}"' }],
  [errors.RUNTIME_ERROR_TIMESTAMP_RANGE, { state: "22008", template: "timestamp out of range" }],
  [errors.RUNTIME_ERROR_DATE_RANGE, { state: "22008", template: "date out of range" }],
  [errors.RUNTIME_ERROR_INTERVAL_RANGE, { state: "22008", template: "interval out of range" }],
  [errors.RUNTIME_ERROR_UNIT_UNKNOWN, { state: "22023", template: 'unit "{1}" not recognized for type {2}' }],
  [errors.RUNTIME_ERROR_UNIT_UNSUPPORTED, { state: "0A000", template: 'unit "{1}" not supported for type {2}' }],
  [errors.RUNTIME_ERROR_TIME_ZONE, { state: "22023", template: 'time zone "{1}" not recognized' }],
  [errors.RUNTIME_ERROR_MAKE_DATE, { state: "22008", template: "date field value out of range: {1}" }],
  [errors.RUNTIME_ERROR_MAKE_TIME, { state: "22008", template: "time field value out of range: {1}" }],
  [errors.RUNTIME_ERROR_FORMAT_VALUE, { state: "22007", template: 'invalid value "{1}" for "{2}"' }],
  [
    errors.RUNTIME_ERROR_FORMAT_HOUR,
    {
      state: "22007",
      template: 'hour "{1}" is invalid for the 12-hour clock (HINT: Use the 24-hour clock, or give an hour between 1 and 12.)',
    },
  ],
  [errors.RUNTIME_ERROR_FORMAT_UNSUPPORTED, { state: "0A000", template: 'formatting field "{1}" is not supported' }],
  [errors.RUNTIME_ERROR_INFINITE_INTERVAL, { state: "22008", template: "cannot subtract infinite timestamps" }],
  [errors.RUNTIME_ERROR_TIME_FIELD, { state: "22008", template: 'date/time field value out of range: "{1}"' }],
  [errors.RUNTIME_ERROR_JSON_NULL_CAST, { state: "22023", template: "cannot cast jsonb null to type {1}" }],
  [errors.RUNTIME_ERROR_JSON_CAST, { state: "22023", template: "cannot cast jsonb {1} to type {2}" }],
  [errors.RUNTIME_ERROR_JSON_SCALAR_DELETE, { state: "22023", template: "cannot delete from scalar" }],
  [errors.RUNTIME_ERROR_JSON_OBJECT_DELETE, { state: "22023", template: "cannot delete from object using integer index" }],
  [errors.RUNTIME_ERROR_JSON_ARRAY_LENGTH, { state: "22023", template: "cannot get array length of a scalar" }],
  [errors.RUNTIME_ERROR_JSON_ODD_ARGUMENTS, { state: "22023", template: "argument list must have even number of elements" }],
  [errors.RUNTIME_ERROR_JSON_NULL_KEY, { state: "22023", template: "argument {1}: key must not be null" }],
  [errors.RUNTIME_ERROR_JSON_CONCATENATE, { state: "22023", template: "invalid concatenation of jsonb objects" }],
  [errors.RUNTIME_ERROR_JSON_DEPTH, { state: "54001", template: "stack depth limit exceeded" }],
  [errors.RUNTIME_ERROR_JSON_LENGTH_OBJECT, { state: "22023", template: "cannot get array length of a non-array" }],
  [errors.RUNTIME_ERROR_DYNAMIC_CAST, { state: "42846", template: "cannot cast type {1} to {2}" }],
  [errors.RUNTIME_ERROR_JSON_SET_SCALAR, { state: "22023", template: "cannot set path in scalar" }],
  [errors.RUNTIME_ERROR_JSON_PATH_INTEGER, { state: "22P02", template: 'path element at position {1} is not an integer: "{2}"' }],
  [errors.RUNTIME_ERROR_UNIQUE, { state: "23505", template: 'duplicate key value violates unique constraint "{1}"' }],
  [
    errors.RUNTIME_ERROR_NOT_NULL,
    { state: "23502", template: 'null value in column "{1}" of relation "{2}" violates not-null constraint' },
  ],
  [errors.RUNTIME_ERROR_CHECK, { state: "23514", template: 'new row for relation "{1}" violates check constraint "{2}"' }],
  [errors.RUNTIME_ERROR_INDEX_ROW_SIZE, { state: "54000", template: 'index row size exceeds maximum 8192 for index "{1}"' }],
  [errors.RUNTIME_ERROR_GRAPH_LIMIT, { state: "54000", template: "too many labels, relationship types or sets of labels" }],
  [errors.RUNTIME_ERROR_GRAPH_NAME, { state: "42602", template: "a label or relationship type must have 1 to 255 bytes" }],
  [
    errors.RUNTIME_ERROR_GRAPH_GONE,
    { state: "55000", template: "the node or relationship has been deleted", cypher: ["EntityNotFound", "DeletedEntityAccess"] },
  ],
  [
    errors.RUNTIME_ERROR_GRAPH_PROPERTIES,
    { state: "22023", template: "properties must be a map", cypher: ["TypeError", "InvalidArgumentType"] },
  ],
  [
    errors.RUNTIME_ERROR_GRAPH_END,
    { state: "22023", template: "cannot create a relationship: a node at its end is NULL", cypher: ["EntityNotFound", "MissingNode"] },
  ],
  [
    errors.RUNTIME_ERROR_GRAPH_PROPERTY,
    {
      state: "22023",
      template: "a property must be a boolean, number, string, temporal value, or a list of one of these",
      cypher: ["TypeError", "InvalidPropertyType"],
    },
  ],
  [
    errors.RUNTIME_ERROR_REFERENCE_MISSING,
    { state: "23503", template: 'insert or update on table "{1}" violates foreign key constraint "{2}"' },
  ],
  [
    errors.RUNTIME_ERROR_REFERENCE_NEEDED,
    { state: "23503", template: 'update or delete on table "{1}" violates foreign key constraint "{2}"' },
  ],
  [errors.RUNTIME_ERROR_ROW_KIND, { state: "23514", template: 'key is in table "{1}", whose rows are JSON objects' }],
  [errors.RUNTIME_ERROR_ROW_KEY, { state: "23514", template: 'key "{1}" does not match the primary key of its row in table "{2}"' }],
  [errors.RUNTIME_ERROR_TIMESTAMP_TEXT_RANGE, { state: "22008", template: 'timestamp out of range: "{1}"' }],
  [errors.RUNTIME_ERROR_DATE_TEXT_RANGE, { state: "22008", template: 'date out of range: "{1}"' }],
  [errors.RUNTIME_ERROR_DATE_TIMESTAMP, { state: "22008", template: "date out of range for timestamp" }],
  [errors.RUNTIME_ERROR_INFINITE_DATES, { state: "22008", template: "cannot subtract infinite dates" }],
  [errors.RUNTIME_ERROR_ZONE_OFFSET, { state: "22009", template: 'time zone displacement out of range: "{1}"' }],
  [errors.RUNTIME_ERROR_REGULAR_PARENTHESES, { state: "2201B", template: "invalid regular expression: parentheses () not balanced" }],
  [errors.RUNTIME_ERROR_REGULAR_BRACKETS, { state: "2201B", template: "invalid regular expression: brackets [] not balanced" }],
  [errors.RUNTIME_ERROR_REGULAR_QUANTIFIER, { state: "2201B", template: "invalid regular expression: quantifier operand invalid" }],
  [errors.RUNTIME_ERROR_REGULAR_ESCAPE, { state: "2201B", template: "invalid regular expression: invalid escape \\ sequence" }],
  [errors.RUNTIME_ERROR_REGULAR_REPETITION, { state: "2201B", template: "invalid regular expression: invalid repetition count(s)" }],
  [errors.RUNTIME_ERROR_REGULAR_RANGE, { state: "2201B", template: "invalid regular expression: invalid character range" }],
  [errors.RUNTIME_ERROR_REGULAR_CLASS, { state: "2201B", template: "invalid regular expression: invalid character class" }],
  [
    errors.RUNTIME_ERROR_REGULAR_UNSUPPORTED,
    { state: "0A000", template: "lookaround and back references of regular expressions are not supported" },
  ],
  [errors.RUNTIME_ERROR_REGULAR_BRACES, { state: "2201B", template: "invalid regular expression: braces {} not balanced" }],
  [errors.RUNTIME_ERROR_JSON_SCALAR_DELETE_PATH, { state: "22023", template: "cannot delete path in scalar" }],
  [errors.RUNTIME_ERROR_BYTE_INDEX, { state: "2202E", template: "index out of valid range" }],
  [errors.RUNTIME_ERROR_BUCKET_FINITE, { state: "2201G", template: "lower and upper bounds must be finite" }],
  [errors.RUNTIME_ERROR_STRIDE, { state: "0A000", template: "timestamps cannot be binned into intervals containing months or years" }],
  [errors.RUNTIME_ERROR_ORIGIN, { state: "22008", template: "origin out of range" }],
  [errors.RUNTIME_ERROR_STRIDE_SIZE, { state: "22008", template: "stride must be greater than zero" }],
  [errors.RUNTIME_ERROR_ZONE_INTERVAL, { state: "22023", template: 'interval time zone "{1}" must not include months or days' }],
  [errors.RUNTIME_ERROR_FORMAT_FEW, { state: "22023", template: "too few arguments for format()" }],
  [
    errors.RUNTIME_ERROR_FORMAT_SPECIFIER,
    { state: "22023", template: 'unrecognized format() type specifier "{1}" (HINT: For a single "%" use "%%".)' },
  ],
  [
    errors.RUNTIME_ERROR_FORMAT_UNTERMINATED,
    { state: "22023", template: 'unterminated format() type specifier (HINT: For a single "%" use "%%".)' },
  ],
  [errors.RUNTIME_ERROR_OBJECT_KEY, { state: "22004", template: "null value not allowed for object key" }],
  [errors.RUNTIME_ERROR_FIELD_NAME_NULL, { state: "22023", template: "field name must not be null" }],
  [errors.RUNTIME_ERROR_FORMAT_NULL, { state: "22004", template: "null values cannot be formatted as an SQL identifier" }],
  [
    errors.RUNTIME_ERROR_FORMAT_ARGUMENT_ZERO,
    { state: "22023", template: "format specifies argument 0, but arguments are numbered from 1" },
  ],
  [errors.RUNTIME_ERROR_FORMAT_NUMBER, { state: "22003", template: "number is out of range" }],
  [errors.RUNTIME_ERROR_FORMAT_WIDTH_END, { state: "22023", template: 'width argument position must be ended by "$"' }],
  [errors.RUNTIME_ERROR_SERIES_VALUE, { state: "22023", template: "{1} cannot be {2}" }],
  [errors.RUNTIME_ERROR_JSON_ELEMENTS_SCALAR, { state: "22023", template: "cannot extract elements from a scalar" }],
  [errors.RUNTIME_ERROR_JSON_ELEMENTS_OBJECT, { state: "22023", template: "cannot extract elements from an object" }],
  [errors.RUNTIME_ERROR_JSON_EACH, { state: "22023", template: "cannot call jsonb_each on a non-object" }],
  [errors.RUNTIME_ERROR_JSON_KEYS_ARRAY, { state: "22023", template: "cannot call jsonb_object_keys on an array" }],
  [errors.RUNTIME_ERROR_JSON_KEYS_SCALAR, { state: "22023", template: "cannot call jsonb_object_keys on a scalar" }],
  [errors.RUNTIME_ERROR_ARRAY_DIMENSIONS, { state: "54000", template: "number of array dimensions (7) exceeds the maximum allowed (6)" }],
  [
    errors.RUNTIME_ERROR_VALUE_KIND,
    { state: "42804", template: "expected {1}, but got {2}", cypher: ["TypeError", "InvalidArgumentType"] },
  ],
  [
    errors.RUNTIME_ERROR_VALUE_KEY,
    { state: "42804", template: "expected {1} as key, but got {2}", cypher: ["TypeError", "MapElementAccessByNonString"] },
  ],
  [errors.RUNTIME_ERROR_VALUE_OVERFLOW, { state: "22003", template: "integer overflow", cypher: ["ArithmeticError", "NumberOutOfRange"] }],
  [errors.RUNTIME_ERROR_VALUE_DIVISION, { state: "22012", template: "/ by zero", cypher: ["ArithmeticError", "DivisionByZero"] }],
  [
    errors.RUNTIME_ERROR_VALUE_DELETED,
    { state: "55000", template: "{1} has been deleted in this statement", cypher: ["EntityNotFound", "DeletedEntityAccess"] },
  ],
  [
    errors.RUNTIME_ERROR_VALUE_ARGUMENT,
    { state: "42804", template: "expected {1}, but got {2}", cypher: ["TypeError", "InvalidArgumentValue"] },
  ],
  [errors.RUNTIME_ERROR_ARGUMENT_RANGE, { state: "22003", template: "{1} is out of range", cypher: ["ArgumentError", "NumberOutOfRange"] }],
  [
    errors.RUNTIME_ERROR_ARGUMENT_KIND,
    { state: "42804", template: "expected {1}, but got {2}", cypher: ["ArgumentError", "InvalidArgumentType"] },
  ],
  [
    errors.RUNTIME_ERROR_TEMPORAL_TEXT,
    { state: "22007", template: "this makes no date, time or duration", cypher: ["ArgumentError", "InvalidArgumentValue"] },
  ],
  [
    errors.RUNTIME_ERROR_TEMPORAL_FIELD,
    {
      state: "22007",
      template: "{1} cannot be a field here, or its value is of the wrong type",
      cypher: ["ArgumentError", "InvalidArgumentValue"],
    },
  ],
  [
    errors.RUNTIME_ERROR_ZONE_UNKNOWN,
    { state: "22023", template: "time zone {1} is not known", cypher: ["ArgumentError", "InvalidArgumentValue"] },
  ],
  [
    errors.RUNTIME_ERROR_TEMPORAL_UNIT,
    { state: "22023", template: "{1} is no unit of this value", cypher: ["ArgumentError", "InvalidArgumentValue"] },
  ],
]);
