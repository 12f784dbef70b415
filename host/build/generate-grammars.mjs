/**
 * Makes grammar/generated/ from the grammars with antlr-ng: for each the classes of its contexts, and its network (ATN).
 *
 * A function for each rule, which antlr-ng writes too, would be half of what a browser has to load for SQL. So the network is
 * walked instead (host/query/parser/atn-parser.ts), and of what antlr-ng writes is kept:
 *
 * 1. The contexts, without the accessors of tokens in the rules that only list words (`ident`, `label`, ...): nobody calls them,
 *    and they are half of the rest. They extend `RuleContext`, which has antlr4ng's prototype and a plain constructor: class fields
 *    are defined one by one through a slow path when a hundred classes share them. The fields are those of antlr4ng 3.0.16.
 * 2. The numbers of tokens, as constants: what is not used is not bundled.
 * 3. The network as text, in columns of differences (grammar-network.mjs), which is half as large as the list of numbers.
 * 4. Labels (`name=ident`): at which state of the network which field of the context is set, since only the functions know.
 * 5. `@ts-nocheck` stands on top, since the code is not written for our compiler settings.
 *
 * The digest of the grammar stands in the first line, and a file with the right digest is left alone.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packNetwork } from "./grammar-network.mjs";

const GENERATOR = "antlr-ng/dist/cli/runner.js";
/** Changes here are to be seen in the digest. */
const VERSION = "5";
const RULE_CONTEXT = `
const RuleContext = function (parent, invokingState = -1) {
    this.start = null;
    this.stop = null;
    this.children = [];
    this.parent = parent;
    this.invokingState = invokingState;
} as unknown as typeof antlr.ParserRuleContext;
RuleContext.prototype = antlr.ParserRuleContext.prototype;
`;

/**
 * `run(tool, args)` runs a program of node_modules. Answers the paths of the generated files, from the project's root. Throws
 * with the generator's output when a grammar is wrong.
 */
export async function generateGrammars(root, run) {
  const names = readdirSync(join(root, "grammar")).filter((name) => name.endsWith(".g4"));
  return Promise.all(names.map((name) => generate(root, run, name.slice(0, -3))));
}

async function generate(root, run, name) {
  const path = `grammar/generated/${name}.ts`;
  const file = join(root, path);
  const grammar = `grammar/${name}.g4`;
  const source = readFileSync(join(root, grammar), "utf8");
  const head = `// Generated from ${grammar} ${createHash("sha256").update(`${VERSION}\n${source}`).digest("hex")}\n// @ts-nocheck\n`;
  if (existsSync(file) && readFileSync(file, "utf8").startsWith(head)) return path;
  const folder = join(root, "grammar/generated", `.${name}`);
  mkdirSync(folder, { recursive: true });
  try {
    await run(GENERATOR, ["-D", "language=TypeScript", "-l", "false", "-v", "false", "-w", "true", "-o", folder, join(root, grammar)]);
    writeFileSync(file, head + slim(readFileSync(join(folder, `${name}.ts`), "utf8"), name, wordRules(source)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return path;
}

/** Names of the rules that are nothing but a choice of tokens, and have many. */
function wordRules(grammar) {
  const rules = [...grammar.matchAll(/^([a-z]\w*)\s*:\s*([A-Z_\s|]+?)\s*;/gm)];
  return rules.filter(([, , body]) => body.split("|").length > 20).map(([, rule]) => rule);
}

/** What is kept of the generated text of class `parser`: see the head. */
function slim(text, parser, rules) {
  const constants = [...text.matchAll(/public static readonly (\w+) = (\d+);/g)].map(([, name, number]) => [name, number]);
  const numbers = new Map([...constants, ["EOF", "-1"]]);
  const contextsAt = text.indexOf("\nexport class ", text.indexOf("decisionsToDFA"));
  const contexts = withoutWords(text.slice(contextsAt), rules)
    .replace(/^\s*\/\/.*\n/gm, "")
    .replaceAll("extends antlr.ParserRuleContext", "extends RuleContext")
    .replace(/ {4}public constructor\(.*\n.*\n {4}\}\n/g, "")
    .replace(new RegExp(`\\b${parser}\\.([A-Z]\\w*)\\b`, "g"), (whole, name) => numbers.get(name) ?? whole);
  const classes = [...contexts.matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
  const tokens = constants.filter(([name]) => !name.startsWith("RULE_"));
  return [
    'import * as antlr from "antlr4ng";',
    RULE_CONTEXT,
    ...tokens.map(([name, number]) => `export const ${name} = ${number};`),
    `export const tokenNames = ${JSON.stringify(listOf(text, "symbolicNames").join(" "))}.split(" ");`,
    `export const ruleNames = ${JSON.stringify(listOf(text, "ruleNames").join(" "))}.split(" ");`,
    contexts,
    `export const grammar = {`,
    `    network: ${JSON.stringify(packNetwork(networkOf(text)))},`,
    `    labels: ${JSON.stringify(labelsOf(text))} as Readonly<Record<number, string>>,`,
    `    contexts: [${classes.join(", ")}],`,
    "};",
    "",
  ].join("\n");
}

/** The contexts without the accessors of words. */
function withoutWords(contexts, rules) {
  let slimmed = contexts;
  for (const rule of rules) {
    const name = `${rule[0].toUpperCase()}${rule.slice(1)}Context`;
    const start = slimmed.indexOf(`export class ${name} `);
    const found = slimmed.indexOf("\nexport class ", start + 1);
    const end = found < 0 ? slimmed.length : found;
    const body = slimmed.slice(start, end).replace(/ {4}public [A-Z][A-Z0-9_]*\(\): antlr\.TerminalNode \| null \{\n.*\n {4}\}\n/g, "");
    slimmed = slimmed.slice(0, start) + body + slimmed.slice(end);
  }
  return slimmed;
}

/** The names in a static list; the empty one where it has null. */
function listOf(text, list) {
  const start = text.indexOf(`static readonly ${list} = [`);
  return [...text.slice(start, text.indexOf("];", start)).matchAll(/\bnull\b|"(\w+)"/g)].map(([, name]) => name ?? "");
}

function networkOf(text) {
  const start = text.indexOf("_serializedATN: number[] = [");
  return [...text.slice(text.indexOf("= [", start), text.indexOf("]", text.indexOf("= [", start))).matchAll(/\d+/g)].map(Number);
}

/** State → field, from `this.state = 284; localContext._name = this.ident();`. */
function labelsOf(text) {
  const found = text.matchAll(/this\.state = (\d+);\s*localContext\.(_\w+) = this\.[a-z]/g);
  const labels = Object.fromEntries([...found].map(([, state, field]) => [state, field]));
  const count = [...text.matchAll(/localContext\._\w+ = /g)].length;
  if (count !== Object.keys(labels).length) throw new Error(`${count} labels are set, ${Object.keys(labels).length} were found`);
  return labels;
}
