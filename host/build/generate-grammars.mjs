/**
 * Makes grammar/generated/ from the grammars with antlr-ng: for each the classes of its contexts, and its network (ATN).
 *
 * Code for each rule and each context, which antlr-ng writes too, would be most of what a browser has to load for SQL. So the
 * network is walked instead (host/query/parser/atn-parser.ts), the contexts' classes are made at run time of a list of their
 * accessors (host/query/parser/contexts.ts), and of what antlr-ng writes is kept:
 *
 * 1. The contexts as declarations of types. Accessors of tokens in the rules that only list words (`ident`, `label`, ...) are
 *    left out: nobody calls them, and they are half of all.
 * 2. The numbers of tokens, as constants: what is not used is not bundled.
 * 3. The network and the accessors as text (grammar-network.mjs), which is a fraction of code or of lists of numbers.
 * 4. Labels (`name=ident`): at which state of the network which field of the context is set, since only the functions know.
 * 5. `@ts-nocheck` stands on top, since the declarations are not written for our compiler settings.
 *
 * The digest of the grammar stands in the first line, and a file with the right digest is left alone.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packAccessors, packNetwork } from "./grammar-network.mjs";

const GENERATOR = "node_modules/antlr-ng/dist/cli/runner.js";
/** Changes here are to be seen in the digest. */
const VERSION = "8";

/**
 * `run(tool, args)` runs a program, by its path from the root. Answers the paths of the generated files, from the project's root. Throws
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
    writeFileSync(file, head + slim(readFileSync(join(folder, `${name}.ts`), "utf8"), wordRules(source)));
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

/** What is kept of the generated text: see the head. */
function slim(text, words) {
  const constants = [...text.matchAll(/public static readonly (\w+) = (\d+);/g)].map(([, name, number]) => [name, number]);
  const tokens = constants.filter(([name]) => !name.startsWith("RULE_"));
  const ruleNames = listOf(text, "ruleNames");
  const contexts = contextsOf(text, words);
  return [
    'import type * as antlr from "antlr4ng";',
    "",
    ...tokens.map(([name, number]) => `export const ${name} = ${number};`),
    `export const tokenNames = ${JSON.stringify(listOf(text, "symbolicNames").join(" "))}.split(" ");`,
    `export const ruleNames = ${JSON.stringify(ruleNames.join(" "))}.split(" ");`,
    ...contexts.map(declarationOf),
    `export const grammar = {`,
    `    ruleNames,`,
    `    tokenNames,`,
    `    network: ${JSON.stringify(packNetwork(networkOf(text)))},`,
    `    labels: ${JSON.stringify(labelsOf(text))} as Readonly<Record<number, string>>,`,
    `    accessors: ${JSON.stringify(packAccessors(contexts, ruleNames, new Map([...tokens, ["EOF", "-1"]])))},`,
    "};",
    "",
  ].join("\n");
}

/** Name, fields and accessors of each context: an accessor of many answers an array, one of one a context, a token or null. */
function contextsOf(text, words) {
  const bodies = text
    .slice(text.indexOf("\nexport class ", text.indexOf("decisionsToDFA")))
    .split("\nexport class ")
    .slice(1);
  return bodies.map((body) => {
    const name = body.slice(0, body.indexOf(" "));
    const fields = [...body.matchAll(/^ {4}public (_\w+\?): (\w+);/gm)].map(([, field, type]) => ({ field, type }));
    const all = [...body.matchAll(/^ {4}public (\w+)\(\): ([\w. |]+?)(\[\])?( \{|;)$/gm)];
    const accessors = all.map(([, accessor, type, list]) => ({ accessor, type, list: list !== undefined }));
    const isWords = words.includes(`${name[0].toLowerCase()}${name.slice(1, -"Context".length)}`);
    return { name, fields, accessors: isWords ? accessors.filter(({ type }) => !type.includes("TerminalNode")) : accessors };
  });
}

function declarationOf({ name, fields, accessors }) {
  const members = [
    ...fields.map(({ field, type }) => `    ${field}: ${type};`),
    ...accessors.map(({ accessor, type, list }) =>
      list ? `    ${accessor}(): ${type}[];\n    ${accessor}(i: number): ${type} | null;` : `    ${accessor}(): ${type};`,
    ),
  ];
  return [`export declare class ${name} extends antlr.ParserRuleContext {`, ...members, "}"].join("\n");
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
