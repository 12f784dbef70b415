/**
 * Texts of values of each type, chosen at the edges, and the expressions that are made of them.
 */
import type { FunctionEntry } from "../../../host/query/function/entry.ts";
import type { SqlType, TypeName } from "../../../host/query/type/type.ts";

export const SAMPLES: Readonly<Partial<Record<TypeName, readonly string[]>>> = {
  boolean: ["true", "false"],
  smallint: ["0", "1", "-1", "7", "32767", "-32768"],
  integer: ["0", "1", "-1", "2", "3", "-3", "12", "100", "65", "2147483647", "-2147483648"],
  bigint: ["0", "1", "-1", "10", "-37", "123456789012", "9223372036854775807", "-9223372036854775808"],
  real: ["0", "1.5", "-2.25", "1e10", "3.4e38", "1e-40", "0.1", "NaN", "Infinity", "123456.7"],
  "double precision": [
    "0",
    "-0",
    "1",
    "-1",
    "0.5",
    "-0.5",
    "2.5",
    "1.5",
    "0.1",
    "1e20",
    "1e15",
    "123456789012345",
    "1e-5",
    "0.0001",
    "1.7976931348623157e308",
    "5e-324",
    "NaN",
    "Infinity",
    "-Infinity",
    "-2.25",
    "100",
  ],
  numeric: [
    "0",
    "1",
    "-1",
    "0.00",
    "1.10",
    "1.1",
    "-2.5",
    "2.5",
    "0.5",
    "3",
    "7",
    "-0.001",
    "123.456",
    "99999999999999.99",
    "12345678901234567890.123456789",
    "0.000000000000000000012345",
    "1e30",
    "-99999999999999999999999999999999999999",
    "NaN",
    "Infinity",
    "-Infinity",
    "10000",
    "1000000000",
    "9223372036854775807",
    "-9223372036854775808.5",
    "0.9999999999999999999999999999",
  ],
  text: [
    "",
    "a",
    "abc",
    "Hello World",
    "ÄÖÜ straße",
    "  padded  ",
    "日本語テキスト",
    "a,b,,c",
    "it's",
    'quo"te',
    "back\\slash",
    "ABC",
    "abcabcabc",
    "😀 emoji",
    "x1",
    "12",
    "1_000",
    "%",
    "aa",
  ],
  "character varying": ["", "abc", "Hello World"],
  character: ["a"],
  date: [
    "2024-02-29",
    "1970-01-01",
    "1999-12-31",
    "0044-03-15 BC",
    "infinity",
    "-infinity",
    "2000-01-31",
    "5874897-12-31",
    "4714-11-24 BC",
    "2024-03-15",
  ],
  "time without time zone": ["00:00", "13:14:15.678901", "23:59:59.999999", "24:00:00", "04:05", "01:02:03.5"],
  "timestamp without time zone": [
    "2024-02-29 13:14:15.678901",
    "1970-01-01 00:00:00",
    "1969-12-31 23:59:59.999999",
    "infinity",
    "-infinity",
    "2000-01-31 12:00",
    "0044-03-15 01:02:03 BC",
    "4714-11-24 00:00:00 BC",
    "2024-12-30 10:00",
    "2021-01-03",
    "9999-12-31 23:59:59",
  ],
  "timestamp with time zone": [
    "2024-02-29 13:14:15.678901+02",
    "1970-01-01 00:00:00Z",
    "infinity",
    "2000-01-31 12:00-05:30",
    "2021-01-03 EST",
  ],
  interval: [
    "0",
    "1 year 2 mons 3 days 04:05:06.7",
    "-1 year -2 mons +3 days -04:05:06",
    "1.5 months",
    "90 minutes",
    "P1Y2M3DT4H5M6.789S",
    "1-2",
    "3 days ago",
    "30 days",
    "1 mon",
    "24:00:00",
    "1 day -00:00:01",
    "100 hours",
    "1 week",
    "2.5 years",
    "0.5 day",
  ],
  uuid: ["0e37df36-f698-11e6-8dd4-cb9ced3df976", "00000000-0000-0000-0000-000000000000", "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}"],
  jsonb: [
    "null",
    "true",
    "1",
    "1.5",
    '"text"',
    "[]",
    "{}",
    "[1, 2, 3]",
    '{"a": 1, "b": [1, {"c": "x"}]}',
    '["a", "b", null]',
    '{"a": null, "b": {"a": null, "c": 1}}',
    "[[1, 2], [3]]",
    '"a"',
    '{"a": 1}',
    "-7",
    "[1]",
    '{"b": [1]}',
  ],
  bytea: ["\\x", "\\x68656c6c6f", "\\xdeadbeef00", "abc\\\\\\001"],
};

/** Texts that are cast to each type besides. */
export const TEXTS: Readonly<Partial<Record<TypeName, readonly string[]>>> = {
  boolean: ["t", "TRUE", " yes ", "y", "on", "off", "of", "o", "n", "no", "0", "1", "2", "f", "fals", "tru", "truex"],
  integer: ["+5", " 7 ", "-0", "007", "2147483648", "1.5", "", "-", "1e3", "99999999999999999999999"],
  bigint: ["9223372036854775808", "-9223372036854775808", "-9223372036854775809"],
  "double precision": [
    "1e400",
    "1e-400",
    "inf",
    "-Infinity",
    " 1.5 ",
    "1.",
    ".5",
    "1e",
    "0x10",
    "nan",
    "+1.5e+3",
    "1e5x",
    "4.9406564584124654e-324",
  ],
  real: ["1e39", "1e-46", "16777217", "0.1", "3.4028235e38", "1.17549435e-38", "123456789"],
  numeric: [
    "1e5",
    "1.5e-3",
    "-.5",
    "5.",
    "inf",
    "-Infinity",
    "nan",
    "+7",
    " 1 ",
    "1e",
    "0x1",
    "1e-20",
    "1.23e10",
    "00012.3400",
    "--1",
    "1e131072",
    "1e-16383",
  ],
  date: [
    "20240229",
    "Jan 5 2020",
    "January 5, 2020",
    "5 Jan 2020",
    "5-Jan-2020",
    "2020-Jan-05",
    "Jan-05-2020",
    "1/8/1999",
    "1/18/1999",
    "01/02/03",
    "2023-02-29",
    "2020-13-01",
    "99-01-08",
    "epoch",
    "2020-1-5",
    "foo",
    "",
    "2020-01-05 12:34",
    "2020-01-05T12:34:56Z",
    "J2451187",
    "0000-01-01",
    "Friday, January 5 2024",
    "2020-01",
    "12:34",
    "1999.Jan.08",
    "5874898-01-01",
  ],
  "time without time zone": [
    "04:05:06 PM",
    "12:00 AM",
    "04:05:06.789",
    "040506",
    "25:00",
    "04:60",
    "24:00:01",
    "4:5",
    "04:05:06-08",
    "x",
    "2020-01-01 04:05:06",
  ],
  "timestamp without time zone": [
    "2020-01-05T13:14:15",
    "2020-01-05 13:14:15.1234567",
    "2020-01-05 01:14 PM",
    "20200105T131415",
    "Jan 5 13:14:15 2020",
    "2020-01-05 24:00",
    "2020-01-05 13:14:15+05",
    "2020-01-05 13:61",
    "Sun Jan 5 13:14:15 2020 PST",
    "2020-01-05 13:14:60",
    "2020-01-05 x",
    "1/5/2020 1:02",
  ],
  "timestamp with time zone": [
    "2020-01-05 13:14:15+05",
    "2020-01-05 13:14:15-0330",
    "2020-01-05 13:14:15 PST",
    "2020-01-05 13:14:15.5Z",
    "2020-01-05",
    "2020-01-05 13:14:15+25",
  ],
  interval: [
    "1 day 2 hours",
    "1 year",
    "-1 day",
    "1 day ago",
    "5",
    "5 4:03",
    "4:03",
    "4:03:02",
    "1 fortnight",
    "",
    "1.5 hours",
    "PT36H",
    "P1W",
    "P1Y",
    "1 century 2 decades",
    "1e3 s",
    "0.1 sec",
    "1 mon 1 mon",
    "3 4:05:06",
    "-1-2",
    "1.25 years",
    "2 weeks ago",
    "x",
  ],
  uuid: [
    "a0eebc999c0b4ef8bb6d6bb9bd380a11",
    "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11",
    "x",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
    "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
  ],
  bytea: ["\\xABC", "\\xzz", "plain", "\\\\", "\\000", "\\9", "\\x 12 34", ""],
};

export const TYPE_SPELLING: Readonly<Partial<Record<TypeName, string>>> = { character: "bpchar" };

export function spell(type: SqlType): string {
  if (type.element !== undefined) return type.element.name === "any" ? "text[]" : `${spell(type.element)}[]`;
  const name = TYPE_SPELLING[type.name] ?? type.name;
  return type.modifiers.length ? `${name}(${type.modifiers.join(",")})` : name;
}

export function literal(text: string, type: SqlType): string {
  return `'${text.replaceAll("'", "''")}'::${spell(type)}`;
}

/** Functions with a syntax of their own. */
const SYNTAX: Readonly<Record<string, (parts: readonly string[]) => string>> = {
  position: ([text, part]) => `position(${part} in ${text})`,
  overlay: ([text, other, from, count]) => `overlay(${text} placing ${other} from ${from}${count === undefined ? "" : ` for ${count}`})`,
};

/** The SQL expression that calls the row. */
export function expression(entry: FunctionEntry, parts: readonly string[]): string {
  if (entry.role === "cast") return `CAST(${parts[0]} AS ${spell(entry.result)})`;
  if (entry.role === "function") return SYNTAX[entry.name]?.(parts) ?? `"${entry.name}"(${parts.join(", ")})`;
  const operator = entry.name.replace("??", "?");
  return parts.length === 1 ? `${operator} (${parts[0]})` : `(${parts[0]}) ${operator} (${parts[1]})`;
}

/** Combinations of samples for a row: all of them, or `limit` that a fixed generator picks. */
export function* combinations(entry: FunctionEntry, limit: number): Generator<readonly string[]> {
  const { implementation } = entry;
  const own = implementation.kind === "engine" ? OWN_SAMPLES[implementation.name] : undefined;
  const first =
    /^(?!text_).*_(extract|part|truncate)$/.test(implementation.kind === "engine" ? implementation.name : "") &&
    entry.parameters[0]?.name === "text"
      ? UNITS
      : entry.name === "timezone" && entry.parameters[0]?.name === "text"
        ? ZONES
        : undefined;
  const lists = first
    ? [first, samplesOf(entry.parameters[1] as SqlType)]
    : (own ?? entry.parameters.map((type) => samplesOf(type, entry.role === "cast" ? entry.result : undefined)));
  const total = lists.reduce((product, list) => product * list.length, 1);
  let state = 12345;
  for (let index = 0; index < Math.min(total, limit); index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    let rest = total <= limit ? index : state % total;
    yield lists.map((list) => {
      const picked = list[rest % list.length] as string;
      rest = Math.floor(rest / list.length);
      return picked;
    });
  }
}

const SUBJECTS = [
  "",
  "abc",
  "foobarbequebaz",
  "Hello World",
  "a\nb",
  "ÄÖÜ straße 日本",
  "aaa",
  "x.y*z",
  "2024-03-15",
  "foo bar  baz",
  "a%b_c",
  "ab\\c",
  "key=value;k2=v2",
  "AbC123_x",
];
const LIKES = [
  "%",
  "_",
  "a%",
  "%c",
  "%b%",
  "a_c",
  "",
  "Hello%",
  "%World",
  "_____",
  "%\\%%",
  "a\\_%",
  "ab\\\\c",
  "%ö%",
  "abc\\",
  "%e%e%",
  "h%D",
];
const EXPRESSIONS = [
  "abc",
  "^a",
  "c$",
  "b.r",
  "(b[^b]+)(b[^b]+)",
  "ba.|barbeque",
  "o+?",
  "o+",
  "(o)(x)?",
  "[[:alpha:]]+",
  "\\d{4}-(\\d\\d)",
  "\\mfoo",
  "o\\M",
  "^$",
  "",
  "a|b|c",
  "[a-c]{2,3}",
  "(a)|(b)",
  ".",
  "\\s+",
  "x\\.y\\*",
  "[^a-z]",
  "(",
  "[a",
  "*a",
  "a{3",
  "a{2,1}",
  "(?:fo|ba)+",
  "\\w+=(\\w+)",
  "é?",
  "[ä-ü]",
  "a**",
  "\\q",
  "b*?",
  "^.*$",
  "(a*)*",
  "(a|ab)(c|bcd)*",
  "\\y\\w",
  "[\\d_]+",
];
const SIMILARS = ["abc", "%(b|d)%", "a_c", "(a|b)%", "%[0-9]+%", "a{3}", "%", "_+", "x.y%", "[^a-f]%"];

const FORMATS = [
  "YYYY-MM-DD HH24:MI:SS",
  "YY-Y-YYY",
  "Month MONTH month Mon MON mon",
  "FMMonth FMDay",
  "Day DAY day Dy DY dy",
  "DDD D ID IDDD",
  "WW W IW",
  "IYYY-IW-ID",
  "HH12:MI:SS AM",
  "HH am P.M. a.m.",
  "MS US FF3 FF6",
  "SSSS",
  "CC Q J",
  "BC AD b.c.",
  "FMDD FMMM",
  "DDth DDTH",
  '"at" HH24',
  "YYYY\\\\Y",
  "RM rm FMRM",
  "Y,YYY",
  "FMHH24:FMMI",
  "DD.MM.YYYY, x",
];
const NUMBER_FORMATS = [
  "999",
  "9999.99",
  "0999.9",
  "FM999.99",
  "FM0.00",
  "9,999",
  "9G999D99",
  "S999",
  "999S",
  "MI999",
  "999MI",
  "PL999",
  "SG999",
  "999PR",
  "99.9",
  "0.9",
  "000",
  "FM9,999,999.99",
  "9.99",
  "990.00",
  "L999",
  "999th",
  "FM999TH",
  "B9",
  '"x"999',
];
const DATE_TEXTS = [
  "2024-03-15",
  "15.03.2024",
  "20240315",
  "15 Mar 2024",
  "March 15, 2024",
  "2024 75",
  "2460385",
  "24-3-5",
  "2024-13-01",
  "x",
  "2023-02-29",
];
const DATE_FORMATS = ["YYYY-MM-DD", "DD.MM.YYYY", "YYYYMMDD", "DD Mon YYYY", "Month DD, YYYY", "YYYY DDD", "YY-MM-DD"];
const ENCODINGS = ["hex", "base64", "escape", "utf9"];

/** Samples of the parameters of functions that read patterns, by the engine's name. */
const OWN_SAMPLES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  text_like: [SUBJECTS, LIKES],
  text_ilike: [SUBJECTS, LIKES],
  text_like_escape: [
    ["a%b", "a\\b", "x#%y", "##", "#", ""],
    ["#", "\\", "", "ab"],
  ],
  text_regexp: [SUBJECTS, EXPRESSIONS],
  text_iregexp: [SUBJECTS, EXPRESSIONS],
  regexp_like: [SUBJECTS, EXPRESSIONS, ["i", "n", "c", "in", "z", ""]],
  regexp_match: [SUBJECTS, EXPRESSIONS],
  regexp_match_flags: [SUBJECTS, EXPRESSIONS, ["i", "n", ""]],
  regexp_replace: [SUBJECTS, EXPRESSIONS, ["X", "<\\1>", "[\\&]", "\\\\", ""]],
  regexp_replace_flags: [SUBJECTS, EXPRESSIONS, ["X", "<\\1>", "[\\&]"], ["g", "gi", "i", "gn"]],
  regexp_count: [SUBJECTS, EXPRESSIONS],
  regexp_instr: [SUBJECTS, EXPRESSIONS],
  regexp_substr: [SUBJECTS, EXPRESSIONS],
  regexp_split_to_array: [SUBJECTS, EXPRESSIONS],
  text_regexp_substring: [SUBJECTS, EXPRESSIONS],
  text_similar: [SUBJECTS, SIMILARS],
  bigint_to_char: [["0", "1", "-1", "12", "485", "-485", "1485", "123456", "-7"], NUMBER_FORMATS],
  numeric_to_char: [["0", "0.1", "-0.1", "12", "-12.345", "485.8", "1485.26", "-1485", "99999.99", "0.00", "1234567.891"], NUMBER_FORMATS],
  double_to_char: [["0", "0.5", "-2.25", "148.5", "-1485.126"], NUMBER_FORMATS],
  timestamp_to_char: [SAMPLES["timestamp without time zone"] ?? [], FORMATS],
  timestamptz_to_char: [SAMPLES["timestamp with time zone"] ?? [], [...FORMATS, "TZ", "tz", "OF", "TZH:TZM"]],
  interval_to_char: [SAMPLES.interval ?? [], ["HH24:MI:SS", "DD HH12", "YYYY-MM-DD", "MS US", "SSSS"]],
  date_from_format: [DATE_TEXTS, DATE_FORMATS],
  timestamptz_from_format: [
    ["2024-03-15 13:14:15", "2024-03-15 01:14:15 PM", "20240315131415", "2024-03-15T13:14:15.678", "15/03/2024 23:59"],
    ["YYYY-MM-DD HH24:MI:SS", "YYYY-MM-DD HH12:MI:SS AM", "YYYYMMDDHH24MISS", 'YYYY-MM-DD"T"HH24:MI:SS.MS', "DD/MM/YYYY HH24:MI"],
  ],
  bytea_encode: [SAMPLES.bytea ?? [], ENCODINGS],
  bytea_decode: [["aGVsbG8=", "aGVs bG8", "68656c", "6", "zz", "a\\\\b", "\\\\001", "", "====", "YQ=="], ENCODINGS],
};

/** The samples of a parameter; texts that become another type are that type's. */
const UNITS = [
  "microseconds",
  "milliseconds",
  "second",
  "minute",
  "hour",
  "day",
  "week",
  "month",
  "quarter",
  "year",
  "decade",
  "century",
  "millennium",
  "epoch",
  "dow",
  "isodow",
  "doy",
  "isoyear",
  "julian",
  "timezone",
  "timezone_hour",
  "timezone_minute",
  "foo",
  "YEAR",
  "mons",
  "",
];
const ZONES = ["UTC", "+05", "-03:30", "EST", "UTC+3", "foo", "GMT", "cet"];

function samplesOf(type: SqlType, target?: SqlType): readonly string[] {
  const texts = target && type.name === "text" ? [...(TEXTS[target.name] ?? []), ...(SAMPLES[target.name] ?? [])] : [];
  if (texts.length > 0) return texts;
  if (type.element !== undefined)
    return type.element.name === "text" || type.element.name === "any"
      ? ["{}", "{a,b,NULL}", "{1,2,3}", '{"x y","q\\\\t"}', "{b,0}", "{a}", "{{a,b},{c,d}}", "{-1}"]
      : ["{}", "{1,2,NULL}"];
  const samples = SAMPLES[type.name];
  if (samples === undefined) throw new Error(`no samples of ${type.name}`);
  return samples;
}
