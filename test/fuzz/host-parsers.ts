/**
 * Fuzz of the host's parsers of foreign bytes: replies (host/resp/decoder.ts), options of all sources (host/common), and the
 * words of a command line (host/cli/words.ts), which must be those of the engine's inline commands.
 *
 * Findings: an error that is no DatabaseError, a result that depends on how bytes were cut, a value that its own row would
 * refuse, a word that does not come back as it was quoted.
 */
import { splitWords } from "../../host/cli/words.ts";
import { DatabaseError } from "../../host/common/error.ts";
import { resolveOptions } from "../../host/common/option-sources.ts";
import { OPTION_TABLE } from "../../host/common/option-table.ts";
import { flagOf, formatOption, parseOption, variableOf } from "../../host/common/options.ts";
import { type Reply, ReplyDecoder } from "../../host/resp/decoder.ts";
import { bulk, TestEngine } from "../support/engine.ts";
import { createRandom, type SeededRandom } from "../support/random.ts";

const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

function textOf(random: SeededRandom, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join("");
}

/** A valid reply of RESP3. */
function encodedReply(random: SeededRandom, depth: number): string {
  const kind = random.below(depth > 4 ? 9 : 14);
  const blob = textOf(random, "ab\r\n\0\xff:", random.below(40));
  const count = random.below(4);
  const items = (number: number): string => Array.from({ length: number }, () => encodedReply(random, depth + 1)).join("");
  if (kind < 2) return `+${textOf(random, "OK abc", random.below(20))}\r\n`;
  if (kind === 2) return `-ERR ${textOf(random, "xyz ", 5)}\r\n`;
  if (kind === 3) return `:${random.below(1e9) - 5e8}\r\n`;
  if (kind < 6) return `$${blob.length}\r\n${blob}\r\n`;
  if (kind === 6) return random.pick(["_\r\n", "$-1\r\n", "*-1\r\n", "#t\r\n", "#f\r\n"]);
  if (kind === 7) return `,${random.pick(["1.5", "-3e7", "inf", "-inf", "nan", "0"])}\r\n`;
  if (kind === 8) return `=${blob.length + 4}\r\ntxt:${blob}\r\n`;
  if (kind < 11) return `${random.pick(["*", "~", ">"])}${count}\r\n${items(count)}`;
  return `${random.pick(["%", "|"])}${count}\r\n${items(count * 2)}`;
}

/** What a decoder makes of bytes in pieces, as text: the replies, then how it ended. */
function decodePieces(random: SeededRandom | undefined, bytes: Uint8Array): string {
  const decoder = new ReplyDecoder();
  const replies: Reply[] = [];
  let end = "";
  try {
    for (let from = 0; from < bytes.length; ) {
      const size = random === undefined ? bytes.length : 1 + random.below(random.chance(0.5) ? 4 : 200);
      decoder.push(bytes.subarray(from, from + size));
      from += size;
      for (let reply = decoder.next(); reply !== undefined; reply = decoder.next()) replies.push(reply);
    }
    end = `pending ${decoder.pendingBytes}`;
  } catch (problem) {
    if (!(problem instanceof DatabaseError) || problem.code !== "PROTOCOL") throw problem;
    end = problem.message;
  }
  const show = (_: string, value: unknown): unknown =>
    typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)) ? `number ${value}` : value;
  return JSON.stringify([replies, end], show);
}

export function fuzzReplies(seed: number, steps: number): void {
  const random = createRandom(seed);
  for (let step = 0; step < steps; step++) {
    let wire = Array.from({ length: 1 + random.below(4) }, () => encodedReply(random, 0)).join("");
    const valid = random.chance(0.4);
    for (let change = valid ? 0 : 1 + random.below(3); change > 0; change--) {
      const at = random.below(wire.length + 1);
      wire = wire.slice(0, at) + textOf(random, "*$~%+-:,_#=|!(\r\n019", random.below(4)) + wire.slice(at + random.below(4));
    }
    const bytes = latin1(wire);
    const whole = decodePieces(undefined, bytes);
    if (valid && !whole.endsWith(',"pending 0"]')) throw new Error(`step ${step}: ${JSON.stringify(wire)} is valid, but: ${whole}`);
    const pieces = decodePieces(random, bytes);
    if (pieces !== whole) throw new Error(`step ${step}: ${JSON.stringify(wire)} whole: ${whole}; in pieces: ${pieces}`);
  }
}

const OPTION_TEXTS = [
  "",
  "0",
  "1",
  "yes",
  "No",
  "100mb",
  "1k",
  "-1",
  "9".repeat(15),
  "1e3",
  "0x10",
  " 5 ",
  "memory",
  "\0",
  "é",
  "[]",
  "__proto__",
];

function optionText(random: SeededRandom): string {
  const row = random.pick(OPTION_TABLE);
  const kind = random.below(4);
  if (kind === 0) return formatOption(row, row.default);
  if (kind === 1 && row.choices !== undefined && row.choices.length > 0) return random.pick(row.choices);
  return kind === 2 ? String(random.below(100_000)) : random.pick(OPTION_TEXTS);
}

function optionFile(random: SeededRandom): string {
  const entries = Array.from({ length: random.below(4) }, () => [
    random.chance(0.9) ? random.pick(OPTION_TABLE).name : textOf(random, "ab_c", 4),
    random.pick<unknown>([optionText(random), random.below(9), true, null, [], { a: 1 }, -1, 0.5]),
  ]);
  const text = JSON.stringify(Object.fromEntries(entries));
  return random.chance(0.8) ? text : text.slice(0, random.below(text.length)) + textOf(random, '{}[]",:', random.below(3));
}

export function fuzzOptions(seed: number, steps: number): void {
  const random = createRandom(seed);
  for (let step = 0; step < steps; step++) {
    const argv: string[] = [];
    for (let count = random.below(5); count > 0; count--) {
      const flag = random.chance(0.9)
        ? flagOf(random.pick(OPTION_TABLE))
        : random.pick(["--", "-", "--=", "--no-such", "word", "--__proto__"]);
      if (random.chance(0.5)) argv.push(`${flag}=${optionText(random)}`);
      else argv.push(flag, ...(random.chance(0.8) ? [optionText(random)] : []));
    }
    if (random.chance(0.3)) argv.push("--config", "file");
    const env: Record<string, string> = {};
    for (let count = random.below(3); count > 0; count--) env[variableOf(random.pick(OPTION_TABLE))] = optionText(random);
    const file = optionFile(random);
    try {
      const { options } = resolveOptions({ argv, env, readFile: () => file });
      for (const { row, value } of options.entries()) {
        const again = parseOption(row, formatOption(row, value), row.name);
        if (again !== value) throw new Error(`step ${step}: ${row.name} is ${value}, and ${again} when it is read again`);
      }
    } catch (problem) {
      if (problem instanceof DatabaseError) continue;
      throw new Error(`step ${step}: ${JSON.stringify({ argv, env, file })}: ${String(problem)}`);
    }
  }
}

/** The bytes as one word of a command line. */
function quoted(random: SeededRandom, bytes: Uint8Array): string {
  const escapes: Readonly<Record<number, string>> = { 10: "\\n", 13: "\\r", 9: "\\t", 8: "\\b", 7: "\\a", 34: '\\"', 92: "\\\\" };
  const texts = Array.from(bytes, (byte) => {
    const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92;
    if (plain && random.chance(0.8)) return String.fromCharCode(byte);
    return escapes[byte] !== undefined && random.chance(0.5) ? escapes[byte] : `\\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `"${texts.join("")}"`;
}

export function fuzzWords(seed: number, steps: number): void {
  const random = createRandom(seed);
  const engine = new TestEngine("release");
  for (let step = 0; step < steps; step++) {
    const words = Array.from({ length: random.below(4) }, () => random.bytes(random.below(12)));
    const back = splitWords(words.map((word) => quoted(random, word)).join(textOf(random, " \t", 1 + random.below(3))));
    const same =
      back !== undefined && back.length === words.length && back.every((word, index) => Buffer.compare(word, words[index]!) === 0);
    if (!same) throw new Error(`step ${step}: ${words.map((word) => Buffer.from(word).toString("hex"))} came back as ${String(back)}`);
    splitWords(textOf(random, "ab\"' \\\ud83d\ude00\u2028é\0x4", random.below(30)));
    const line = textOf(random, "ab\"'\\ \tnrx4F{", random.below(16));
    compareWithEngine(engine, line, step);
  }
}

/** The shell and the engine's inline commands split a line alike. */
function compareWithEngine(engine: TestEngine, line: string, step: number): void {
  const session = engine.open();
  const words = splitWords(`ECHO ${line}`);
  const { reply, status } = engine.run(session, `ECHO ${line}\r\n`);
  engine.close(session);
  const expected =
    words === undefined
      ? /^-ERR Protocol error: unbalanced/
      : words.length === 2
        ? undefined
        : /^-ERR wrong number of arguments for 'echo'/;
  const alike = expected === undefined ? reply === bulk(Buffer.from(words![1]!).toString("latin1")) : expected.test(reply);
  if (!alike) throw new Error(`step ${step}: ${JSON.stringify(line)} is ${String(words)} to the shell; the engine: ${reply} (${status})`);
}
