/**
 * Goal: Cypher's functions give what openCypher and Neo4j's manual say, for all kinds of arguments: NULL, other kinds, Unicode, the edges of
 * numbers and positions; errors have openCypher's class and detail; what a function takes of memory it gives back.
 * Method: rows of the function table called by name through the engine; cases as tables.
 */
import { describe, expect, test } from "vitest";
import { cypherFunctions } from "../../../../host/query/function/cypher/table.ts";
import { type Argument, CypherFunctions, Json, list } from "../../../support/cypher-functions.ts";

const KIND = "TypeError: InvalidArgumentValue";
const RANGE = "ArgumentError: NumberOutOfRange";
const functions = new CypherFunctions();

type Case = readonly [name: string, given: readonly Argument[], answer: string];

/** Runs each case as a test of its own. */
function cases(rows: readonly Case[]): void {
  test.each(rows)("%s(%o) is %s", (name, given, answer) => {
    functions.engine.reset();
    expect(functions.call(name, ...given)).toBe(answer);
  });
}

describe("strings", () => {
  cases([
    ["toUpper", ["straße ñ"], '"STRAßE Ñ"'],
    ["toLower", ["ÄÖÜ Σ"], '"äöü σ"'],
    ["toUpper", [1n], KIND],
    ["toUpper", [null], "NULL"],
    ["left", ["aß𝒳b", 3n], '"aß𝒳"'],
    ["left", ["ab", 9n], '"ab"'],
    ["left", ["ab", 0n], '""'],
    ["left", ["ab", -1n], RANGE],
    ["left", ["ab", 1.0], KIND],
    ["left", [null, null], "NULL"],
    ["right", ["aß𝒳b", 3n], '"ß𝒳b"'],
    ["right", ["ab", 9n], '"ab"'],
    ["right", ["ab", -1n], RANGE],
    ["substring", ["hello", 1n], '"ello"'],
    ["substring", ["hello", 1n, 2n], '"el"'],
    ["substring", ["𝒳𝒴𝒵", 1n, 1n], '"𝒴"'],
    ["substring", ["hello", 9n, 2n], '""'],
    ["substring", ["hello", 9223372036854775807n, 9223372036854775807n], '""'],
    ["substring", ["hello", -1n], RANGE],
    ["substring", ["hello", 0n, -1n], RANGE],
    ["trim", ["\u2003\t a b \n\u3000"], '"a b"'],
    ["ltrim", ["  a "], '"a "'],
    ["rtrim", ["  a "], '"  a"'],
    ["btrim", ["xyxaxyx", "xy"], '"a"'],
    ["ltrim", ["xyxaxyx", "xy"], '"axyx"'],
    ["rtrim", ["xyxaxyx", "xy"], '"xyxa"'],
    ["trim", ["   "], '""'],
    ["trim", ["\u00a0a"], '"\u00a0a"'],
    ["replace", ["a long text, a longer one", "long", "short"], '"a short text, a shorter one"'],
    ["replace", ["ab", "", "-"], '"-a-b-"'],
    ["replace", ["ab", "b", true], KIND],
    ["replace", ["ab", null, "x"], "NULL"],
    ["split", ["one,two,,three", ","], '["one","two","","three"]'],
    ["split", ["𝒳b𝒴", ""], '["𝒳","b","𝒴"]'],
    ["split", ["", ","], '[""]'],
    ["split", ["a", "a"], '["",""]'],
    ["split", ["a;b,c", list(",", ";")], '["a","b","c"]'],
    ["split", ["a--b-c", list("-", "--")], '["a","b","c"]'],
    ["split", ["abc", list("b", 1n)], KIND],
    ["split", ["abc", 1n], KIND],
    ["char_length", ["aß𝒳"], "3"],
    ["reverse", ["aß𝒳"], '"𝒳ßa"'],
  ]);
});

describe("numbers", () => {
  cases([
    ["abs", [-3n], "3"],
    ["abs", [-3.5], "3.5"],
    ["abs", [-9223372036854775808n], "ArithmeticError: NumberOutOfRange"],
    ["abs", ["1"], KIND],
    ["ceil", [1.2], "2.0"],
    ["ceil", [1n], "1.0"],
    ["floor", [-1.2], "-2.0"],
    ["round", [1.5], "2.0"],
    ["round", [-1.5], "-1.0"],
    ["round", [0.49999999999999994], "0.0"],
    ["round", [2251799813685248.5], "2251799813685249.0"],
    ["round", [-9007199254740992.0], "-9007199254740992.0"],
    ["round", [2.718949, 3n], "2.719"],
    ["round", [-1.55, 1n], "-1.6"],
    ["round", [-1.5, 0n], "-1.0"],
    ["round", [1.005, 2n], "1.01"],
    ["round", [1e300, 5n], "1e+300"],
    ["round", [1.5, -1n], RANGE],
    ["round", [1.249, 1n, "UP"], "1.3"],
    ["round", [1.251, 1n, "down"], "1.2"],
    ["round", [-1.251, 1n, "CEILING"], "-1.2"],
    ["round", [-1.251, 1n, "FLOOR"], "-1.3"],
    ["round", [1.25, 1n, "HALF_UP"], "1.3"],
    ["round", [1.25, 1n, "HALF_DOWN"], "1.2"],
    ["round", [1.25, 1n, "HALF_EVEN"], "1.2"],
    ["round", [1.35, 1n, "HALF_EVEN"], "1.4"],
    ["round", [-1.5, 0n, "HALF_UP"], "-2.0"],
    ["round", [1.25, 1n, "HALF"], RANGE],
    ["sign", [-2.5], "-1"],
    ["sign", [0n], "0"],
    ["sign", [3n], "1"],
    ["sqrt", [12.96], "3.6"],
    ["sqrt", [-1n], "NaN"],
    ["sqrt", ["4"], KIND],
    ["log", [0n], "-Infinity"],
    ["log10", [1000n], "3.0"],
    ["exp", [0n], "1.0"],
    ["acos", [2n], "NaN"],
    ["haversin", [0.5], String((1 - Math.cos(0.5)) / 2)],
    ["atan2", [1n, 1.0], String(Math.PI / 4)],
    ["degrees", [Math.PI], "180.0"],
    ["isNaN", [Number.NaN], "true"],
    ["isNaN", [1n], "false"],
    ["e", [], String(Math.E)],
    ["pi", [], String(Math.PI)],
    ["timestamp", [], "1710508455678"],
  ]);

  test("what is random differs from call to call and has its form", () => {
    functions.engine.reset();
    const [first, second] = [functions.call("randomUUID"), functions.call("randomUUID")];
    expect(first).toMatch(/^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$/);
    expect(second).not.toBe(first);
    expect(functions.call("rand")).not.toBe(functions.call("rand"));
  });
});

describe("lists", () => {
  cases([
    ["size", [list(1n, null, "a")], "3"],
    ["size", ["aß𝒳"], "3"],
    ["size", [new Json("{}")], KIND],
    ["size", [null], "NULL"],
    ["isEmpty", [list()], "true"],
    ["isEmpty", [""], "true"],
    ["isEmpty", [new Json('{"a":1}')], "false"],
    ["isEmpty", [1n], KIND],
    ["head", [list(1.0, 2n)], "1.0"],
    ["head", [list()], "NULL"],
    ["head", [list(null)], "NULL"],
    ["head", [new Json('[{"a":[1]}]')], '{"a": [1]}'],
    ["last", [list(1n, "z")], '"z"'],
    ["last", [list()], "NULL"],
    ["last", ["abc"], KIND],
    ["tail", [list(1n, 2n, 3n)], "[2,3]"],
    ["tail", [list()], "[]"],
    ["reverse", [list(1n, null, "a")], '["a",null,1]'],
    ["reverse", [1n], KIND],
    ["range", [1n, 5n], "[1,2,3,4,5]"],
    ["range", [5n, 1n], "[]"],
    ["range", [0n, 0n], "[0]"],
    ["range", [1381n, -3412n, -1298n], "[1381,83,-1215,-2513]"],
    ["range", [0n, -1n, 1n], "[]"],
    ["range", [9223372036854775806n, 9223372036854775807n], "[9223372036854775806,9223372036854775807]"],
    ["range", [-9223372036854775808n, 9223372036854775807n, 9223372036854775807n], "[-9223372036854775808,-1,9223372036854775806]"],
    ["range", [2n, 8n, 0n], RANGE],
    ["range", [0n, 1n, true], "ArgumentError: InvalidArgumentType"],
    ["range", [0.0, 1n, 1n], "ArgumentError: InvalidArgumentType"],
    ["range", [0n, "xyz"], "ArgumentError: InvalidArgumentType"],
    ["keys", [new Json('{"b":1,"a":null}')], '["b","a"]'],
    ["keys", [new Json("{}")], "[]"],
    ["keys", [list()], KIND],
    ["properties", [new Json('{"b":1}')], '{"b": 1}'],
    ["properties", [1n], KIND],
    ["labels", [1n], KIND],
    ["type", [""], KIND],
    ["nodes", [list()], KIND],
  ]);

  test("a range that would not fit is refused", () => {
    functions.engine.reset();
    expect(functions.call("range", 0n, 9223372036854775807n)).toContain("54000");
    expect(functions.call("range", -9223372036854775808n, 9223372036854775807n)).toContain("54000");
  });
});

describe("conversions", () => {
  cases([
    ["toBoolean", ["TrUe"], "true"],
    ["toBoolean", [" false "], "false"],
    ["toBoolean", ["tru"], "NULL"],
    ["toBoolean", [""], "NULL"],
    ["toBoolean", [0n], "false"],
    ["toBoolean", [1.0], KIND],
    ["toBoolean", [list()], KIND],
    ["toInteger", ["2.9"], "2"],
    ["toInteger", ["-2.9"], "-2"],
    ["toInteger", ["foo"], "NULL"],
    ["toInteger", [""], "NULL"],
    ["toInteger", ["1e3"], "1000"],
    ["toInteger", ["9223372036854775807"], "9223372036854775807"],
    ["toInteger", ["9007199254740993.9"], "9007199254740993"],
    ["toInteger", ["9223372036854775808"], "ArithmeticError: NumberOutOfRange"],
    ["toInteger", ["1e999"], "ArithmeticError: NumberOutOfRange"],
    ["toInteger", ["NaN"], "NULL"],
    ["toInteger", [82.9], "82"],
    ["toInteger", [-82.9], "-82"],
    ["toInteger", [1e300], "9223372036854775807"],
    ["toInteger", [Number.NaN], "0"],
    ["toInteger", [true], "1"],
    ["toInteger", [new Json("{}")], KIND],
    ["toIntegerOrNull", ["9223372036854775808"], "NULL"],
    ["toIntegerOrNull", [list()], "NULL"],
    ["toFloat", ["11.5"], "11.5"],
    ["toFloat", [" 5 "], "5.0"],
    ["toFloat", ["1e400"], "Infinity"],
    ["toFloat", ["1,5"], "NULL"],
    ["toFloat", [4n], "4.0"],
    ["toFloat", [true], KIND],
    ["toFloatOrNull", [true], "NULL"],
    ["toString", [42n], '"42"'],
    ["toString", [1.0], '"1.0"'],
    ["toString", [-0.5], '"-0.5"'],
    ["toString", [false], '"false"'],
    ["toString", ["ß"], '"ß"'],
    ["toString", [list()], KIND],
    ["toStringOrNull", [new Json("{}")], "NULL"],
    ["toIntegerList", [list("1", 2.5, "x", null, true)], "[1,2,null,null,1]"],
    ["toBooleanList", [list("true", 0n, 1.5)], "[true,false,null]"],
    ["toFloatList", [list("1.5", "a")], "[1.5,null]"],
    ["toStringList", [list(1n, true, null, "a")], '["1","true",null,"a"]'],
    ["toStringList", [1n], KIND],
    ["toInteger", [null], "NULL"],
  ]);
});

describe("aggregates", () => {
  const column = (...values: readonly Argument[]): readonly (readonly Argument[])[] => values.map((value) => [value]);
  const aggregates: readonly (readonly [name: string, rows: readonly (readonly Argument[])[], answer: string])[] = [
    ["sum", [], "0"],
    ["sum", column(null), "0"],
    ["sum", column(1n, 2n), "3"],
    ["sum", column(1n, 2.5, 3n), "6.5"],
    ["sum", column(9223372036854775807n, 1n), "ArithmeticError: NumberOutOfRange"],
    ["sum", column("1"), KIND],
    ["avg", [], "NULL"],
    ["avg", column(1n, 2n), "1.5"],
    ["avg", column(null, 4.0), "4.0"],
    ["min", column(1n, "a", null, list(1n, 2n), 0.2, "b"), "[1,2]"],
    ["max", column(1n, "a", null, list(1n, 2n), 0.2, "b"), "1"],
    ["max", column(list(1n), list(2n), list(2n, 1n)), "[2,1]"],
    ["min", column("a", "b", "B", null), '"B"'],
    ["max", column(null), "NULL"],
    ["collect", [], "[]"],
    ["collect", column(null), "[]"],
    ["collect", column(1n, null, "a", list(1n)), '[1,"a",[1]]'],
    ["stDev", [], "0.0"],
    ["stDev", column(5n), "0.0"],
    ["stDev", column(1n, 3n), String(Math.sqrt(2))],
    ["stDevP", column(1n, 3n), "1.0"],
    ["percentileDisc", [], "NULL"],
    ["percentileDisc", [10.0, 30.0, 20.0].map((price) => [price, 0n]), "10.0"],
    ["percentileDisc", [10.0, 30.0, 20.0].map((price) => [price, 0.5]), "20.0"],
    ["percentileDisc", [10n, 30n, 20n].map((price) => [price, 1.0]), "30"],
    ["percentileCont", [10.0, 30.0, 20.0].map((price) => [price, 0.5]), "20.0"],
    ["percentileCont", [10n, 20n].map((price) => [price, 0.25]), "12.5"],
    ["percentileCont", [10n, 20n].map((price) => [price, 1n]), "20.0"],
    ["percentileCont", [[1n, 1000n]], RANGE],
    ["percentileDisc", [[1n, -1n]], RANGE],
    ["percentileDisc", [[1n, Number.NaN]], RANGE],
    ["percentileDisc", [["a", 0.5]], KIND],
  ];
  test.each(aggregates)("%s of %o is %s", (name, rows, answer) => {
    functions.engine.reset();
    expect(functions.aggregate(name, rows)).toBe(answer);
  });

  test("percentiles go through the values in their order, however many", () => {
    functions.engine.reset();
    const count = 1000;
    const rows = Array.from({ length: count }, (_, index) => [BigInt((index * 577) % count), 0.9]);
    expect(functions.aggregate("percentileDisc", rows)).toBe("899");
  });
});

describe("memory", () => {
  test("what functions take goes with the execution", () => {
    const long = "ab,".repeat(2000);
    const run = (): void => {
      functions.engine.reset();
      functions.call("split", long, ",");
      functions.call("range", 0n, 5000n);
      functions.call("toUpper", long);
      functions.call("toStringList", list(...Array.from({ length: 500 }, (_, index) => BigInt(index))));
      functions.aggregate("collect", [[long], [long]]);
      functions.aggregate("percentileCont", [[1n, 0.5]]);
      functions.engine.raw("runtime_reset", []);
    };
    run();
    const before = functions.engine.used();
    for (let round = 0; round < 3; round++) run();
    expect(functions.engine.used()).toBe(before);
  });
});

describe("the table", () => {
  test("names are found in lower case only, and rows with typed parameters come first", () => {
    expect(cypherFunctions("toupper").map(({ entry }) => entry.name)).toEqual(["toUpper", "toUpper"]);
    expect(cypherFunctions("toUpper")).toEqual([]);
  });
});
