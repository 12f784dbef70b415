/**
 * Fuzz of JSON documents: commands with values, paths and options that are whole, broken, or put together from pieces, on a few
 * keys, some of which hold strings.
 *
 * Findings: a trap, a failing assertion or invariant (debug build), an answer that is not one RESP reply, a document that is no
 * JSON any more, or effects whose replay differs.
 */
import { SETTING_EFFECTS, STATUS_OK } from "../../assembly/abi/status.ts";
import { request, START_MS, TestEngine } from "../support/engine.ts";
import { type RandomInput, randomInput } from "../unit/assembly/bytes/random-input.ts";
import { broken, type Json, randomJson, randomText, utf8 } from "../unit/engine/json-values.ts";
import { splitReplies } from "../unit/engine/reply.ts";

const KEYS = ["k", "l", "k.a", "c:1", "c:2", "c:3", "c:", "d:1", ":e", "missing"];
const PIECES = [".a", "..", "..a", "[0]", "[-1]", "['a b']", '["\\u00e9"]', "[*]", ".*", "[1:]", "[::-1]", "[?@.a]", "[?@>1]", "[0,1,'b']"];
const MORE = ["[?length(@)>1||!@.b]", "[?match(@,'[a-c]+|x{2,3}')]", "[?@.a==$.b]", "[?count(@..*)>2]", ".field 3", "[?search(@,'\\\\.')]"];
const PATH_ALPHABET = "$.[]()@?*'\"\\,:<>=!&|-0123ab \u0000é{}";
/** Longest text of a value, so that effects fit the input area of the replica. */
const TEXT_MAX = 4000;

function randomPath(random: RandomInput): string {
  const start = random.pick(["$", "$", "$", ".", ""]);
  const path = start + Array.from({ length: random.below(4) }, () => random.pick(random.below(3) === 0 ? MORE : PIECES)).join("");
  return random.below(6) === 0 ? broken(random, path) : random.below(20) === 0 ? random.text(PATH_ALPHABET, 12) : path;
}

function randomValue(random: RandomInput): string {
  const text = randomText(random, randomJson(random, random.below(5))).slice(0, TEXT_MAX);
  return random.below(10) === 0 ? broken(random, text) : text;
}

function randomCommand(random: RandomInput): string[] {
  const key = random.pick(KEYS);
  const path = randomPath(random);
  const value = randomValue(random);
  const number = String(random.below(12) - 6);
  switch (random.below(20)) {
    case 0:
      return ["JSON.DEL", key, path];
    case 1:
      return ["JSON.MERGE", key, path, value];
    case 2:
      return ["JSON.NUMINCRBY", key, path, random.pick(["1", "0.5", "1e308", number])];
    case 3:
      return ["JSON.NUMMULTBY", key, path, random.pick(["2", "-1e300", number])];
    case 4:
      return ["JSON.STRAPPEND", key, path, random.pick(['"\\ud83d"', '"\\ude00x"', value])];
    case 5:
      return ["JSON.ARRAPPEND", key, path, value, number];
    case 6:
      return ["JSON.ARRINSERT", key, path, number, value];
    case 7:
      return ["JSON.ARRPOP", key, path, number];
    case 8:
      return ["JSON.ARRTRIM", key, path, number, String(random.below(10))];
    case 9:
      return [random.pick(["JSON.TOGGLE", "JSON.CLEAR"]), key, path];
    case 10:
      return ["JSON.MSET", key, path, value, random.pick(KEYS), "$", randomValue(random)];
    case 11:
      return [random.pick(["JSON.TYPE", "JSON.STRLEN", "JSON.ARRLEN", "JSON.OBJLEN", "JSON.OBJKEYS", "JSON.RESP"]), key, path];
    case 12:
      return ["JSON.ARRINDEX", key, path, value, number];
    case 13:
      return ["JSON.GET", key, "INDENT", " ", path, randomPath(random)];
    case 14:
      return ["JSON.MGET", key, random.pick(KEYS), path];
    case 15:
      return random.pick([
        ["SET", key, value],
        ["RENAME", key, random.pick(KEYS)],
        ["COPY", key, random.pick(KEYS)],
        ["DEL", key],
        ["PEXPIREAT", key, String(START_MS + random.below(3) * 1_000_000)],
        ["PERSIST", key],
        ["MOVE", key, "1"],
        ["SWAPDB", "0", "1"],
        ["FLUSHDB"],
      ]);
    default:
      return ["JSON.SET", key, random.below(3) === 0 ? path : "$", value];
  }
}

function checkDocuments(engine: TestEngine, session: number): void {
  for (const key of KEYS) {
    const reply = engine.command(session, ["JSON.GET", key]);
    if (reply.startsWith("$") && reply !== "$-1\r\n")
      JSON.parse(Buffer.from(reply.slice(reply.indexOf("\r\n") + 2, -2), "latin1").toString());
  }
}

/** Makes the collection `c` large enough for shapes, with objects of a few random kinds. */
function fill(random: RandomInput): string[] {
  const names = ["a", "b", "field 3", "é"];
  const value = (depth: number): Json =>
    depth > 0 && random.below(3) === 0
      ? Object.fromEntries(names.filter(() => random.below(2) === 0).map((name) => [name, value(depth - 1)]))
      : random.pick<Json>([1, -7, 2 ** 50, 2 ** 53, 0.5, true, null, "text", "a longer text", [], [1, {}]]);
  const document = (): string => randomText(random, Object.fromEntries(names.map((name) => [name, value(2)])));
  return ["JSON.MSET", ...Array.from({ length: 40 }, (_, index) => [`c:${index + 10}`, "$", document()]).flat()];
}

/** One run; throws on a finding. */
export function fuzzJsonDocuments(seed: number, steps: number): void {
  const random = randomInput(seed);
  const build = seed % 3 === 0 ? "release" : "debug";
  const engine = new TestEngine(build, seed);
  const replica = new TestEngine(build, seed);
  engine.configure(SETTING_EFFECTS, 1);
  const session = engine.open();
  for (let step = 0; step < steps; step++) {
    const args = (step % 200 === 0 ? fill(random) : randomCommand(random)).map(utf8);
    const { reply } = engine.send(session, request(args));
    if (splitReplies(reply).length !== 1) throw new Error(`step ${step}: ${JSON.stringify(args)} has not one reply`);
    const effects = engine.takeEffects();
    if (reply.startsWith("-") && effects !== "") throw new Error(`step ${step}: ${JSON.stringify(args)} was refused and changed something`);
    if (effects.length > 200_000) engine.command(session, ["FLUSHALL"]);
    if (replica.replay(effects.length > 200_000 ? engine.takeEffects() : effects, START_MS) !== STATUS_OK) {
      throw new Error(`step ${step}: the effects of ${JSON.stringify(args)} cannot be replayed`);
    }
    if (replica.digest() !== engine.digest()) throw new Error(`step ${step}: ${JSON.stringify(args)} is replayed otherwise`);
    if (step % 50 === 0) {
      engine.check();
      checkDocuments(engine, session);
    }
  }
}
