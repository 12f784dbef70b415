/**
 * Makes grammar/generated/ from the grammars: one parser in TypeScript for each, by antlr-ng.
 *
 * What antlr-ng writes is changed, so that it costs less and passes the house's checks:
 *
 * 1. The accessors of tokens in the rules that only list words (`ident`, `label`, ...) go: nobody calls them, and they are half
 *    of the file.
 * 2. `SqlParser.SELECT` and `SqlParser.RULE_query` become numbers inside of the file: property names survive a minifier, and there
 *    are thousands.
 * 3. Contexts extend `RuleContext`, which has antlr4ng's prototype and a plain constructor. Class fields, which antlr4ng's own has,
 *    are defined one by one through a slow path when a hundred classes share them: half of the time of a parse. The fields are those of
 *    antlr4ng 3.0.16.
 * 4. `@ts-nocheck` stands on top, since the code is not written for our compiler settings.
 *
 * The digest of the grammar stands in the first line, and a file with the right digest is left alone.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const GENERATOR = "antlr-ng/dist/cli/runner.js";
/** Changes here are to be seen in the digest. */
const VERSION = "4";
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

/** The generated text of class `parser`, shorter: see the head; and without comments of the generator. */
function slim(text, parser, rules) {
  const numbers = new Map([...text.matchAll(/public static readonly (\w+) = (\d+);/g)].map(([, constant, number]) => [constant, number]));
  let slimmed = text
    .replace(/^\s*\/\/.*\n/gm, "")
    .replace("\nexport class", `${RULE_CONTEXT}\nexport class`)
    .replaceAll("extends antlr.ParserRuleContext", "extends RuleContext")
    .replace(new RegExp(`\\b${parser}\\.([A-Z]\\w*)\\b`, "g"), (whole, constant) => numbers.get(constant) ?? whole);
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
