/**
 * Errors of functions that query plans call (CELL_ERROR of record.ts). host/query/function/error.ts has the text and SQLSTATE of
 * each; `{1}` and `{2}` of a text are CELL_ERROR_FIRST and CELL_ERROR_SECOND.
 */
export const RUNTIME_ERROR_NONE = 0;
export const RUNTIME_ERROR_MEMORY = 1;
export const RUNTIME_ERROR_SMALLINT_RANGE = 2;
export const RUNTIME_ERROR_INTEGER_RANGE = 3;
export const RUNTIME_ERROR_BIGINT_RANGE = 4;
export const RUNTIME_ERROR_DIVISION_BY_ZERO = 5;
export const RUNTIME_ERROR_OVERFLOW = 6;
export const RUNTIME_ERROR_UNDERFLOW = 7;
export const RUNTIME_ERROR_SUBQUERY_ROWS = 8;
export const RUNTIME_ERROR_SUBQUERY_COLUMNS = 9;
/** `invalid input syntax for type T: "{1}"`, and `value "{1}" is out of range for type T`. */
export const RUNTIME_ERROR_INVALID_SMALLINT = 16;
export const RUNTIME_ERROR_INVALID_INTEGER = 17;
export const RUNTIME_ERROR_INVALID_BIGINT = 18;
export const RUNTIME_ERROR_INVALID_REAL = 19;
export const RUNTIME_ERROR_INVALID_DOUBLE = 20;
export const RUNTIME_ERROR_INVALID_NUMERIC = 21;
export const RUNTIME_ERROR_INVALID_BOOLEAN = 22;
export const RUNTIME_ERROR_INVALID_UUID = 23;
export const RUNTIME_ERROR_INVALID_BYTEA = 24;
export const RUNTIME_ERROR_INVALID_DATE = 25;
export const RUNTIME_ERROR_INVALID_TIME = 26;
export const RUNTIME_ERROR_INVALID_TIMESTAMP = 27;
export const RUNTIME_ERROR_INVALID_TIMESTAMPTZ = 28;
export const RUNTIME_ERROR_INVALID_INTERVAL = 29;
export const RUNTIME_ERROR_INVALID_JSON = 30;
export const RUNTIME_ERROR_MALFORMED_ARRAY = 31;
export const RUNTIME_ERROR_SMALLINT_TEXT_RANGE = 32;
export const RUNTIME_ERROR_INTEGER_TEXT_RANGE = 33;
export const RUNTIME_ERROR_BIGINT_TEXT_RANGE = 34;
export const RUNTIME_ERROR_REAL_TEXT_RANGE = 35;
export const RUNTIME_ERROR_DOUBLE_TEXT_RANGE = 36;
/** Numbers. */
export const RUNTIME_ERROR_NUMERIC_FIELD_OVERFLOW = 48;
export const RUNTIME_ERROR_NUMERIC_OVERFLOW = 49;
export const RUNTIME_ERROR_NEGATIVE_ROOT = 50;
export const RUNTIME_ERROR_LOG_OF_ZERO = 51;
export const RUNTIME_ERROR_LOG_OF_NEGATIVE = 52;
export const RUNTIME_ERROR_ZERO_TO_NEGATIVE = 53;
export const RUNTIME_ERROR_NEGATIVE_TO_FRACTION = 54;
export const RUNTIME_ERROR_INPUT_RANGE = 55;
export const RUNTIME_ERROR_NAN_TO_INTEGER = 56;
export const RUNTIME_ERROR_INFINITY_TO_INTEGER = 57;
export const RUNTIME_ERROR_BUCKET_COUNT = 58;
export const RUNTIME_ERROR_BUCKET_BOUNDS = 59;
export const RUNTIME_ERROR_BUCKET_LIMITS = 60;
export const RUNTIME_ERROR_NEGATIVE_FACTORIAL = 61;
/** Text. */
export const RUNTIME_ERROR_VARCHAR_TOO_LONG = 80;
export const RUNTIME_ERROR_CHAR_TOO_LONG = 81;
export const RUNTIME_ERROR_NEGATIVE_SUBSTRING = 82;
export const RUNTIME_ERROR_LIKE_ESCAPE = 83;
export const RUNTIME_ERROR_LIKE_PATTERN_END = 84;
export const RUNTIME_ERROR_REGULAR_EXPRESSION = 85;
export const RUNTIME_ERROR_FIELD_POSITION = 86;
export const RUNTIME_ERROR_CHARACTER_NULL = 87;
export const RUNTIME_ERROR_CHARACTER_LARGE = 88;
export const RUNTIME_ERROR_UNKNOWN_ENCODING = 89;
export const RUNTIME_ERROR_HEX_DIGIT = 90;
export const RUNTIME_ERROR_HEX_ODD = 91;
export const RUNTIME_ERROR_BASE64_SYMBOL = 92;
export const RUNTIME_ERROR_BASE64_END = 93;
export const RUNTIME_ERROR_LENGTH = 94;
export const RUNTIME_ERROR_REGULAR_OPTION = 95;
export const RUNTIME_ERROR_CHARACTER_NEGATIVE = 96;
export const RUNTIME_ERROR_INVALID_UTF8 = 97;
export const RUNTIME_ERROR_REGULAR_COMPLEX = 98;
export const RUNTIME_ERROR_SIMILAR_SEPARATORS = 99;
/** Dates and times. */
export const RUNTIME_ERROR_DATETIME_FIELD = 112;
export const RUNTIME_ERROR_TIMESTAMP_RANGE = 113;
export const RUNTIME_ERROR_DATE_RANGE = 114;
export const RUNTIME_ERROR_INTERVAL_RANGE = 115;
export const RUNTIME_ERROR_UNIT_UNKNOWN = 116;
export const RUNTIME_ERROR_UNIT_UNSUPPORTED = 117;
export const RUNTIME_ERROR_TIME_ZONE = 118;
export const RUNTIME_ERROR_MAKE_DATE = 119;
export const RUNTIME_ERROR_MAKE_TIME = 120;
export const RUNTIME_ERROR_FORMAT_VALUE = 121;
export const RUNTIME_ERROR_FORMAT_HOUR = 229;
export const RUNTIME_ERROR_FORMAT_UNSUPPORTED = 122;
export const RUNTIME_ERROR_INFINITE_INTERVAL = 123;
export const RUNTIME_ERROR_TIME_FIELD = 124;
export const RUNTIME_ERROR_TIMESTAMP_TEXT_RANGE = 125;
export const RUNTIME_ERROR_DATE_TEXT_RANGE = 126;
export const RUNTIME_ERROR_DATE_TIMESTAMP = 127;
export const RUNTIME_ERROR_INFINITE_DATES = 128;
export const RUNTIME_ERROR_ZONE_OFFSET = 129;
/** JSON, arrays and dynamic values. */
export const RUNTIME_ERROR_JSON_NULL_CAST = 144;
export const RUNTIME_ERROR_JSON_CAST = 145;
export const RUNTIME_ERROR_JSON_SCALAR_DELETE = 146;
export const RUNTIME_ERROR_JSON_OBJECT_DELETE = 147;
export const RUNTIME_ERROR_JSON_ARRAY_LENGTH = 148;
export const RUNTIME_ERROR_JSON_ODD_ARGUMENTS = 149;
export const RUNTIME_ERROR_JSON_NULL_KEY = 150;
export const RUNTIME_ERROR_JSON_CONCATENATE = 151;
export const RUNTIME_ERROR_JSON_DEPTH = 152;
export const RUNTIME_ERROR_JSON_LENGTH_OBJECT = 153;
export const RUNTIME_ERROR_DYNAMIC_CAST = 154;
export const RUNTIME_ERROR_JSON_SET_SCALAR = 155;
export const RUNTIME_ERROR_JSON_PATH_INTEGER = 156;
/** Rows of tables and indexes. */
export const RUNTIME_ERROR_UNIQUE = 176;
export const RUNTIME_ERROR_NOT_NULL = 177;
export const RUNTIME_ERROR_CHECK = 178;
export const RUNTIME_ERROR_INDEX_ROW_SIZE = 179;
export const RUNTIME_ERROR_ROW_KIND = 180;
export const RUNTIME_ERROR_ROW_KEY = 181;
/**
 * The graph: too many labels or types, a name that cannot be one, a node that is gone, properties that are no object, a value that cannot
 * be a property, an end of a relationship that is no node.
 */
export const RUNTIME_ERROR_GRAPH_LIMIT = 183;
export const RUNTIME_ERROR_GRAPH_NAME = 184;
export const RUNTIME_ERROR_GRAPH_GONE = 185;
export const RUNTIME_ERROR_GRAPH_PROPERTIES = 186;
export const RUNTIME_ERROR_GRAPH_PROPERTY = 187;
export const RUNTIME_ERROR_GRAPH_END = 188;
/** Foreign keys: a row refers to nothing (table, constraint); a row is needed (table, constraint and the other table). */
export const RUNTIME_ERROR_REFERENCE_MISSING = 230;
export const RUNTIME_ERROR_REFERENCE_NEEDED = 231;
/** The same of a key that has NULL beside values, where MATCH FULL forbids that. */
export const RUNTIME_ERROR_REFERENCE_MIXED = 253;
/** A function of the host has failed: the host knows why. */
export const RUNTIME_ERROR_HOST = 182;
/** Regular expressions: what is wrong with them. */
export const RUNTIME_ERROR_REGULAR_PARENTHESES = 160;
export const RUNTIME_ERROR_REGULAR_BRACKETS = 161;
export const RUNTIME_ERROR_REGULAR_QUANTIFIER = 162;
export const RUNTIME_ERROR_REGULAR_ESCAPE = 163;
export const RUNTIME_ERROR_REGULAR_REPETITION = 164;
export const RUNTIME_ERROR_REGULAR_RANGE = 165;
export const RUNTIME_ERROR_REGULAR_CLASS = 166;
export const RUNTIME_ERROR_REGULAR_UNSUPPORTED = 167;
/** Clauses of queries. */
export const RUNTIME_ERROR_LIMIT_NEGATIVE = 200;
export const RUNTIME_ERROR_OFFSET_NEGATIVE = 201;
export const RUNTIME_ERROR_STEP_ZERO = 202;
export const RUNTIME_ERROR_ROW_COUNT_KIND = 217;
export const RUNTIME_ERROR_ROW_COUNT_NEGATIVE = 218;
export const RUNTIME_ERROR_REGULAR_BRACES = 168;
export const RUNTIME_ERROR_JSON_SCALAR_DELETE_PATH = 169;
export const RUNTIME_ERROR_BYTE_INDEX = 170;
export const RUNTIME_ERROR_BUCKET_FINITE = 171;
export const RUNTIME_ERROR_STRIDE = 172;
export const RUNTIME_ERROR_ORIGIN = 173;
export const RUNTIME_ERROR_STRIDE_SIZE = 174;
export const RUNTIME_ERROR_ZONE_INTERVAL = 175;
/** Names of an object that is gathered. */
export const RUNTIME_ERROR_OBJECT_KEY = 219;
export const RUNTIME_ERROR_FIELD_NAME_NULL = 228;
/** format(). */
export const RUNTIME_ERROR_FORMAT_FEW = 203;
export const RUNTIME_ERROR_FORMAT_SPECIFIER = 204;
export const RUNTIME_ERROR_FORMAT_UNTERMINATED = 205;
export const RUNTIME_ERROR_FORMAT_NULL = 206;
export const RUNTIME_ERROR_FORMAT_ARGUMENT_ZERO = 207;
export const RUNTIME_ERROR_FORMAT_WIDTH_END = 208;
export const RUNTIME_ERROR_FORMAT_NUMBER = 209;
/** Functions that answer rows. */
export const RUNTIME_ERROR_SERIES_VALUE = 210;
export const RUNTIME_ERROR_JSON_ELEMENTS_SCALAR = 211;
export const RUNTIME_ERROR_JSON_ELEMENTS_OBJECT = 212;
export const RUNTIME_ERROR_JSON_EACH = 213;
export const RUNTIME_ERROR_JSON_KEYS_ARRAY = 214;
export const RUNTIME_ERROR_JSON_KEYS_SCALAR = 215;
export const RUNTIME_ERROR_ARRAY_DIMENSIONS = 216;
/** An assignment to a place that arrays do not have; to an element of an array of several dimensions. */
export const RUNTIME_ERROR_ARRAY_SUBSCRIPT = 244;
export const RUNTIME_ERROR_ARRAY_SUBSCRIPTS = 245;
export const RUNTIME_ERROR_ARRAY_SUBSCRIPT_NULL = 246;
/**
 * Cypher: a value of the wrong kind (what is wanted, what is there); a key that is no string; an integer too large; division by zero; a
 * node or relationship (which) that this statement has deleted; a value that a function does not take; an argument out of range; one of
 * the wrong kind.
 */
export const RUNTIME_ERROR_VALUE_KIND = 220;
export const RUNTIME_ERROR_VALUE_KEY = 221;
export const RUNTIME_ERROR_VALUE_OVERFLOW = 222;
export const RUNTIME_ERROR_VALUE_DIVISION = 223;
export const RUNTIME_ERROR_VALUE_DELETED = 224;
export const RUNTIME_ERROR_VALUE_ARGUMENT = 225;
export const RUNTIME_ERROR_ARGUMENT_RANGE = 226;
export const RUNTIME_ERROR_ARGUMENT_KIND = 227;
/** Constraints of labels (which node, label and values): another node has them; two have them; one lacks a property. */
export const RUNTIME_ERROR_NODE_EXISTS = 250;
export const RUNTIME_ERROR_NODE_BOTH = 251;
export const RUNTIME_ERROR_NODE_LACKS = 252;
/**
 * Cypher's dates and times: a text or fields that make none; a field that there is not, or of another kind; a zone that the engine does not
 * know yet; a unit that a value does not have.
 */
export const RUNTIME_ERROR_TEMPORAL_TEXT = 240;
export const RUNTIME_ERROR_TEMPORAL_FIELD = 241;
export const RUNTIME_ERROR_ZONE_UNKNOWN = 242;
export const RUNTIME_ERROR_TEMPORAL_UNIT = 243;
/** Fractions of ordered-set aggregates; arguments of window functions. */
export const RUNTIME_ERROR_PERCENTILE = 232;
export const RUNTIME_ERROR_NTILE = 233;
export const RUNTIME_ERROR_NTH_VALUE = 234;
export const RUNTIME_ERROR_FRAME_START_NULL = 235;
export const RUNTIME_ERROR_FRAME_START_NEGATIVE = 236;
export const RUNTIME_ERROR_FRAME_END_NULL = 237;
export const RUNTIME_ERROR_FRAME_END_NEGATIVE = 238;
