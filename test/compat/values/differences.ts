/**
 * What differs from PostgreSQL in the functions that plans call, by the row's label, with the reason; and what cannot be compared.
 * A difference that is not listed fails the comparison.
 */
/** By the row's label. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  "#-(jsonb, text[]) jsonb_delete_path_array":
    "a path's element that is no number leads nowhere in an array, instead of an error; arrays of arrays as paths",
  "&&(text[], text[]) array_overlaps": "elements of inner arrays do not count",
  "<(jsonb, jsonb) jsonb_less": "an empty array is an array, not less than everything",
  "<=(jsonb, jsonb) jsonb_less_equal": "an empty array is an array, not less than everything",
  "<@(text[], text[]) array_contained": "elements of inner arrays do not count",
  ">(jsonb, jsonb) jsonb_greater": "an empty array is an array, not less than everything",
  ">=(jsonb, jsonb) jsonb_greater_equal": "an empty array is an array, not less than everything",
  "?&(jsonb, text[]) jsonb_exists_all": "elements of inner arrays do not count",
  "?|(jsonb, text[]) jsonb_exists_any": "elements of inner arrays do not count",
  "@>(text[], text[]) array_contains": "elements of inner arrays do not count",
  "age(timestamp with time zone, timestamp with time zone) timestamptz_age":
    "infinities are an error, not the ends of PostgreSQL's calendar",
  "age(timestamp without time zone, timestamp without time zone) timestamp_age":
    "infinities are an error, not the ends of PostgreSQL's calendar",
  "array_cat(text[], text[]) array_concat": "dimensions need not match",
  "cos(double precision) double_cos": "one unit in the last place at 1e15",
  "date(text) date_from_text": "no Julian days (J2451187)",
  "date_part(text, date) date_part": "zones of an infinity are an error, as of any other timestamp",
  "date_part(text, timestamp without time zone) timestamp_part": "zones of an infinity are an error, as of any other timestamp",
  "date_trunc(text, timestamp without time zone) timestamp_truncate": "an unknown unit is an error for an infinity too",
  "date_trunc(text, timestamp with time zone, text) timestamptz_truncate_zone":
    "the message has an unknown unit's letters beyond ASCII in lower case; no underscores in offsets",
  "decode(text, text) bytea_decode": "wording of a misplaced =",
  "double precision(text) double_from_text": "no hexadecimal numbers",
  "extract(text, timestamp without time zone) timestamp_extract": "zones of an infinity are an error, as of any other timestamp",
  "get_byte(bytea, integer) bytea_get_byte": "wording without the range",
  "interval(text) interval_from_text": "a unit may be given twice",
  "jsonb_exists_all(jsonb, text[]) jsonb_exists_all": "elements of inner arrays do not count",
  "jsonb_exists_any(jsonb, text[]) jsonb_exists_any": "elements of inner arrays do not count",
  "jsonb_set(jsonb, text[], jsonb) jsonb_set_array":
    "a path's element that is no number leads nowhere in an array, instead of an error; arrays of arrays as paths",
  "jsonb_set(jsonb, text[], jsonb, boolean) jsonb_set_array_create":
    "a path's element that is no number leads nowhere in an array, instead of an error; arrays of arrays as paths",
  "make_date(integer, integer, integer) date_make": "year in the message",
  "make_interval(integer, integer, integer, integer, integer, integer, double precision) interval_make": "overflow is an error",
  "make_time(integer, integer, double precision) time_make": "seconds in the message",
  "make_timestamp(integer, integer, integer, integer, integer, double precision) timestamp_make": "seconds and year in the message",
  "make_timestamptz(integer, integer, integer, integer, integer, double precision) timestamptz_make": "seconds and year in the message",
  "numeric(double precision) numeric_from_double": "5e-324 has one digit, not fifteen",
  "numeric(text) numeric_from_text": "no hexadecimal numbers and no underscores",
  "radians(double precision) double_radians": "an underflow is 0",
  "right(text, integer) text_right": "all but the last 2147483648 characters are none",
  "time without time zone(text) time_from_text": "no times without colons",
  "to_timestamp(double precision) timestamptz_from_epoch": "the message does not name the number",
  "upper(text) text_upper": "simple case mapping: ß stays",
  "format(text, text[]) text_format": "the message has the hint",
  "||(jsonb, jsonb) jsonb_concat": "fields keep their order",
  "||(text[], text[]) array_concat": "dimensions need not match",
  "to_char(interval, text) interval_to_char": "negative days are padded",
  "to_date(text, text) date_from_format": "wording of errors; the text may be shorter than the format",
  "to_timestamp(text, text) timestamptz_from_format": "wording of errors; the text may be shorter than the format",
};

/** Functions of our own, of chance, or of the present time. */
export const NOT_COMPARED: readonly string[] = [
  "double_random",
  "uuid_random",
  "timestamptz_now",
  "timestamptz_statement",
  "timestamptz_clock",
  "timestamp_now",
  "date_now",
  "time_now",
  "timestamp_age_now",
  "timestamptz_age_now",
  "jsonb_empty_array",
  "jsonb_empty_object",
  "text_like_escape",
  "text_similar_escape",
  "text_similar_escape_default",
  "jsonb_path",
  "jsonb_path_text",
  "any_path",
  "any_path_text",
];
