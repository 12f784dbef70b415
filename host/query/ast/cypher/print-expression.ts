/**
 * Cypher's expressions and patterns as text, with as few brackets as precedence allows.
 *
 * Two things look like others and get brackets of their own: `(x IN xs)` alone in a list, which would be a comprehension, and a sign in
 * front of a number that is subscripted.
 */
import type { ParsedCase } from "../expression.ts";
import type { ParsedName, ParsedNames } from "../name.ts";
import type { CypherExpression, ParsedFunction, ParsedMapEntry, ParsedProjectedItem } from "./expression.ts";
import type { ParsedNodePattern, ParsedPattern, ParsedProperties, ParsedRange, ParsedRelationshipPattern } from "./pattern.ts";
import { ADDITION, AND, ATOM, COMPARISON, LABEL, MULTIPLICATION, NOT, OR, POSTFIX, POWER, PREDICATE, SIGN, XOR } from "./precedence.ts";
import { printCypherQuery } from "./print-query.ts";

const LEVELS: ReadonlyMap<string, number> = new Map([
  ["OR", OR],
  ["XOR", XOR],
  ["AND", AND],
  ["=", COMPARISON],
  ["<>", COMPARISON],
  ["<", COMPARISON],
  ["<=", COMPARISON],
  [">", COMPARISON],
  [">=", COMPARISON],
  ["=~", PREDICATE],
  ["IN", PREDICATE],
  ["CONTAINS", PREDICATE],
  ["STARTS WITH", PREDICATE],
  ["ENDS WITH", PREDICATE],
  ["+", ADDITION],
  ["-", ADDITION],
  ["*", MULTIPLICATION],
  ["/", MULTIPLICATION],
  ["%", MULTIPLICATION],
  ["^", POWER],
]);

function levelOf(value: CypherExpression): number {
  switch (value.kind) {
    case "ParsedLogical":
    case "ParsedBinary":
      return LEVELS.get(value.operator)!;
    case "ParsedNot":
      return NOT;
    case "ParsedComparisonChain":
      return COMPARISON;
    case "ParsedIs":
      return PREDICATE;
    case "ParsedUnary":
      return SIGN;
    case "ParsedNumber":
      return value.negative ? SIGN : ATOM;
    case "ParsedLabelTest":
      return LABEL;
    case "ParsedProperty":
    case "ParsedSubscript":
    case "ParsedSlice":
      return POSTFIX;
    default:
      return ATOM;
  }
}

/** In brackets unless it binds at least as tightly as `lowest`. */
export function printCypherExpression(value: CypherExpression, lowest = OR): string {
  const text = printOperator(value);
  return levelOf(value) < lowest ? `(${text})` : text;
}

function printOperator(value: CypherExpression): string {
  const level = levelOf(value);
  switch (value.kind) {
    case "ParsedLogical":
      return value.operands.map((operand) => printCypherExpression(operand, level + 1)).join(` ${value.operator} `);
    case "ParsedBinary": {
      // Comparisons do not nest: a second one would make a chain.
      const left = printCypherExpression(value.left, level === COMPARISON ? level + 1 : level);
      return `${left} ${value.operator} ${printCypherExpression(value.right, level + 1)}`;
    }
    case "ParsedComparisonChain": {
      const [first, ...others] = value.operands.map((operand) => printCypherExpression(operand, level + 1));
      return first + others.map((operand, index) => ` ${value.operators[index]} ${operand}`).join("");
    }
    case "ParsedNot":
      return `NOT ${printCypherExpression(value.operand, NOT)}`;
    case "ParsedIs":
      return `${printCypherExpression(value.operand, level)} IS ${value.negated ? "NOT " : ""}NULL`;
    case "ParsedUnary": {
      const operand = printCypherExpression(value.operand, SIGN);
      return `${value.operator}${/^[-+]/.test(operand) ? " " : ""}${operand}`;
    }
    case "ParsedLabelTest":
      return printCypherExpression(value.operand, POSTFIX) + printLabels(value.labels);
    case "ParsedProperty":
      return `${printCypherExpression(value.operand, POSTFIX)}.${printCypherName(value.name)}`;
    case "ParsedSubscript":
      return `${printCypherExpression(value.operand, POSTFIX)}[${printCypherExpression(value.index)}]`;
    case "ParsedSlice":
      return `${printCypherExpression(value.operand, POSTFIX)}[${optional(value.lower)}..${optional(value.upper)}]`;
    default:
      return printAtom(value);
  }
}

type Operator = Extract<
  CypherExpression,
  {
    kind:
      | "ParsedLogical"
      | "ParsedBinary"
      | "ParsedComparisonChain"
      | "ParsedNot"
      | "ParsedIs"
      | "ParsedUnary"
      | "ParsedLabelTest"
      | "ParsedProperty"
      | "ParsedSubscript"
      | "ParsedSlice";
  }
>;

function printAtom(value: Exclude<CypherExpression, Operator>): string {
  switch (value.kind) {
    case "ParsedNumber":
      return (value.negative ? "-" : "") + value.text;
    case "ParsedString":
      return printCypherString(value.value);
    case "ParsedBoolean":
      return value.value ? "true" : "false";
    case "ParsedNull":
      return "null";
    case "ParsedNamedParameter":
      return printParameter(value.name);
    case "ParsedVariable":
      return printCypherName(value.name);
    case "ParsedList":
      return `[${printItems(value.items)}]`;
    case "ParsedMap":
      return `{${value.entries.map(printEntry).join(", ")}}`;
    case "ParsedMapProjection":
      return `${printCypherName(value.variable)} {${value.items.map(printProjected).join(", ")}}`;
    case "ParsedCase":
      return printCase(value);
    case "ParsedFunction":
      return printFunction(value);
    case "ParsedQueryExpression":
      return `${value.asks} { ${printCypherQuery(value.query)} }`;
    case "ParsedPatternExpression":
      return printPattern(value.pattern);
    default:
      return printComprehension(value);
  }
}

type Comprehension = Extract<
  CypherExpression,
  { kind: "ParsedListComprehension" | "ParsedPatternComprehension" | "ParsedQuantifier" | "ParsedReduce" }
>;

function printComprehension(value: Comprehension): string {
  switch (value.kind) {
    case "ParsedListComprehension": {
      const result = value.result ? ` | ${printCypherExpression(value.result)}` : "";
      return `[${printElement(value)}${printWhere(value.where)}${result}]`;
    }
    case "ParsedPatternComprehension":
      return `[${printPattern(value.pattern)}${printWhere(value.where)} | ${printCypherExpression(value.result)}]`;
    case "ParsedQuantifier":
      return `${value.quantifier.toLowerCase()}(${printElement(value)}${printWhere(value.where)})`;
    case "ParsedReduce": {
      const start = `${printCypherName(value.accumulator)} = ${printCypherExpression(value.initial)}`;
      return `reduce(${start}, ${printElement(value)} | ${printCypherExpression(value.result)})`;
    }
  }
}

function printElement({ variable, list }: { readonly variable: ParsedName; readonly list: CypherExpression }): string {
  return `${printCypherName(variable)} IN ${printCypherExpression(list)}`;
}

export function printWhere(where: CypherExpression | undefined): string {
  return where ? ` WHERE ${printCypherExpression(where)}` : "";
}

function optional(value: CypherExpression | undefined): string {
  return value ? printCypherExpression(value) : "";
}

function printItems(items: readonly CypherExpression[]): string {
  const text = printCypherList(items);
  return items.length === 1 && beginsAsElement(items[0]!) ? `(${text})` : text;
}

/** Whether the text of `value` begins with `name IN`, which would be a comprehension. */
function beginsAsElement(value: CypherExpression): boolean {
  if (value.kind === "ParsedBinary" && value.operator === "IN" && value.left.kind === "ParsedVariable") return true;
  const first = firstOperand(value);
  const lowest = levelOf(value) + (value.kind === "ParsedBinary" && levelOf(value) !== COMPARISON ? 0 : 1);
  return first !== undefined && levelOf(first) >= (value.kind === "ParsedIs" ? PREDICATE : lowest) && beginsAsElement(first);
}

function firstOperand(value: CypherExpression): CypherExpression | undefined {
  switch (value.kind) {
    case "ParsedLogical":
    case "ParsedComparisonChain":
      return value.operands[0];
    case "ParsedBinary":
      return value.left;
    case "ParsedIs":
      return value.operand;
    default:
      return undefined;
  }
}

export function printCypherList(items: readonly CypherExpression[]): string {
  return items.map((item) => printCypherExpression(item)).join(", ");
}

function printEntry({ name, value }: ParsedMapEntry): string {
  return `${printCypherName(name)}: ${printCypherExpression(value)}`;
}

function printProjected(item: ParsedProjectedItem): string {
  switch (item.kind) {
    case "ParsedProjectedAll":
      return ".*";
    case "ParsedProjectedProperty":
      return `.${printCypherName(item.name)}`;
    case "ParsedProjectedVariable":
      return printCypherName(item.name);
    case "ParsedMapEntry":
      return printEntry(item);
  }
}

function printCase(value: ParsedCase<CypherExpression>): string {
  const subject = value.subject ? ` ${printCypherExpression(value.subject)}` : "";
  const branches = value.branches.map(
    ({ condition, result }) => ` WHEN ${printCypherExpression(condition)} THEN ${printCypherExpression(result)}`,
  );
  const otherwise = value.otherwise ? ` ELSE ${printCypherExpression(value.otherwise)}` : "";
  return `CASE${subject}${branches.join("")}${otherwise} END`;
}

function printFunction(value: ParsedFunction): string {
  const inside = value.star ? "*" : printCypherList(value.arguments);
  return `${printCypherNames(value.names)}(${value.distinct ? "DISTINCT " : ""}${inside})`;
}

// ---- Names and values ----

export function printCypherName({ text, quoted }: ParsedName): string {
  return quoted ? `\`${text.replaceAll("`", "``")}\`` : text;
}

export function printCypherNames(names: ParsedNames): string {
  return names.map(printCypherName).join(".");
}

function printParameter(name: string): string {
  return /^(?:\d+|[A-Za-z_]\w*)$/.test(name) ? `$${name}` : `$\`${name.replaceAll("`", "``")}\``;
}

export function printCypherString(value: string): string {
  const escaped = value.replace(/[\\'\b\f\n\r\t\0]/g, (character) => ESCAPES[character]!);
  return `'${escaped}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\0": "\\u0000",
};

// ---- Patterns ----

export function printPattern({ variable, shortest, nodes, relationships }: ParsedPattern): string {
  const [first, ...others] = nodes.map(printNode);
  const chain = first + others.map((node, index) => printRelationship(relationships[index]!) + node).join("");
  const path = shortest ? `${shortest === "ONE" ? "shortestPath" : "allShortestPaths"}(${chain})` : chain;
  return variable ? `${printCypherName(variable)} = ${path}` : path;
}

function printNode({ variable, labels, properties }: ParsedNodePattern): string {
  return `(${printParts(variable, printLabels(labels), properties)})`;
}

function printRelationship({ direction, variable, types, range, properties }: ParsedRelationshipPattern): string {
  const names = types.length > 0 ? `:${types.map(printCypherName).join("|")}` : "";
  const inside = printParts(variable, names + printRange(range), properties);
  const detail = inside === "" ? "--" : `-[${inside}]-`;
  return `${direction === "LEFT" ? "<" : ""}${detail}${direction === "RIGHT" ? ">" : ""}`;
}

function printParts(variable: ParsedName | undefined, middle: string, properties: ParsedProperties | undefined): string {
  const head = (variable ? printCypherName(variable) : "") + middle;
  const tail = properties ? printCypherExpression(properties) : "";
  return head !== "" && tail !== "" ? `${head} ${tail}` : head + tail;
}

export function printLabels(labels: ParsedNames): string {
  return labels.map((label) => `:${printCypherName(label)}`).join("");
}

function printRange(range: ParsedRange | undefined): string {
  if (!range) return "";
  const { minimum, maximum } = range;
  if (minimum === maximum) return minimum === undefined ? "*" : `*${minimum}`;
  return `*${minimum ?? ""}..${maximum ?? ""}`;
}
