/**
 * Twins: the same document under a key of a collection, where it may be a record, and under a key of none, where it is packed. Whatever
 * is done to both, both answer the same, to the byte. For units and fuzz.
 */
import type { TestEngine } from "../../support/engine.ts";
import type { RandomInput } from "../assembly/bytes/random-input.ts";
import { randomJson, utf8 } from "./json-values.ts";

const NAMES = ["a", "b", "name", "IMDB Rating", "é", "", "long name of a field"];
// biome-ignore format: a table
const TEXTS = [
  "1", "1.0", "-0", "-0.0", "0", "0.0", "1e3", "1e400", "123456789012345678901234567890", "9223372036854775807", "-9223372036854775808", "0.1",
  "1125899906842624", "-1125899906842623", "-1125899906842624", "1e-7", "1.7976931348623157e308", "5e-324", "0.30000000000000004", "true", "false",
  "null", '""', '"seven c"', '"eight ch"', '"\\ud83d"', '"\\ude00\\ud83d"', '"é€"', '"a\\u0000b"', "[]", "{}", "[1,2]", '[{"a":1}]', '"2020-01-01"',
  `"${"x".repeat(300)}"`,
];
const PATHS = ["$", "$.b.a", "$..a", "$.b", ".b.b", "$.*", '$["é","a"]'];
const COUNT = 200;

/** The text of an object with some of the names in their order; `mixed`: in any order, with values of all kinds. */
function objectText(random: RandomInput, depth: number, mixed: boolean): string {
  const some = NAMES.filter(() => random.below(3) > 0);
  const names = mixed && random.below(4) === 0 ? some.reverse() : some;
  const value = (name: string): string => {
    if (depth > 0 && (name === "b" || (mixed && random.below(6) === 0)))
      return random.below(9) === 0 ? "null" : objectText(random, depth - 1, mixed);
    if (mixed) return random.pick(TEXTS);
    return name === "a"
      ? String(random.below(1000))
      : name === "é"
        ? random.pick(["0.5", "3", "1e20"])
        : `"${"t".repeat(random.below(12))}"`;
  };
  return `{${names.map((name) => `${JSON.stringify(name)}:${value(name)}`).join(",")}}`;
}

/** A command on a key `c:n`. */
function change(random: RandomInput, key: string, mixed: boolean): string[] {
  switch (random.below(9)) {
    case 0:
      return ["JSON.DEL", key, random.pick(["$.a", "$.b", "$.b.a", "$"])];
    case 1:
      return ["JSON.SET", key, random.pick(["$.a", "$.b.name", "$.new", "$.b"]), mixed ? random.pick(TEXTS) : "5"];
    case 2:
      return ["JSON.MERGE", key, "$", objectText(random, 1, mixed)];
    case 3:
      return ["COPY", key, `c:${random.below(COUNT)}`, "REPLACE"];
    case 4:
      return random.pick([
        ["RENAME", key, `c:${random.below(COUNT)}`],
        ["JSON.NUMINCRBY", key, "$..a", "1"],
        ["JSON.CLEAR", key, "$.b"],
        ["PEXPIRE", key, "100000000"],
      ]);
    default:
      return ["JSON.SET", key, "$", mixed && random.below(10) === 0 ? JSON.stringify(randomJson(random, 3)) : objectText(random, 2, mixed)];
  }
}

const twinOf = (argument: string): string => (/^c:\d+$/.test(argument) ? `plain-${argument.slice(2)}` : argument);

/** Sends a command for both twins; throws when they answer differently. */
function both(engine: TestEngine, session: number, args: readonly string[]): void {
  const shaped = engine.command(session, args.map(utf8));
  const plain = engine.command(session, args.map(twinOf).map(utf8));
  if (shaped !== plain) throw new Error(`${JSON.stringify(args)} answered ${shaped} instead of ${plain}`);
}

function compare(engine: TestEngine, session: number, key: string, path: string): void {
  both(engine, session, ["JSON.GET", key]);
  both(engine, session, ["JSON.GET", key, "INDENT", " ", "NEWLINE", "\n", "SPACE", " ", "$"]);
  both(engine, session, ["JSON.GET", key, path]);
  both(engine, session, ["JSON.OBJKEYS", key, path]);
  both(engine, session, ["JSON.DEBUG", "MEMORY", key]);
}

/** Changes and compares twins; throws on a difference. The keys are those of `COUNT` documents, `c:n` and `plain-n`. */
export function runTwins(engine: TestEngine, session: number, random: RandomInput, steps: number, mixed: boolean): void {
  for (let step = 0; step < steps; step++) {
    const key = `c:${random.below(COUNT)}`;
    both(engine, session, change(random, key, mixed));
    compare(engine, session, key, random.pick(PATHS));
    if (step % 100 === 0) engine.check();
  }
  for (let index = 0; index < COUNT; index++) compare(engine, session, `c:${index}`, "$..a");
  engine.check();
}
