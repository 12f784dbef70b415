/**
 * RFC 9535 as a model for tests: a parser of queries and an evaluator that walks plain JavaScript values. It is written after the
 * RFC's grammar rule by rule and knows nothing of the engine; slow and short. Besides the RFC it takes what the engine documents:
 * hyphens within shorthand names, a point before a bracket, `=~` (assembly/value/path-compile.ts), and `^` and `$` as anchors of patterns.
 */
import type { Json } from "./json-values.ts";

type Selector =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "slice"; readonly start?: number; readonly end?: number; readonly step: number }
  | { readonly kind: "wildcard" }
  | { readonly kind: "filter"; readonly test: Test };
interface Segment {
  readonly isDescendant: boolean;
  readonly selectors: readonly Selector[];
}
interface Query {
  readonly isAbsolute: boolean;
  readonly segments: readonly Segment[];
}
type Operand =
  | { readonly kind: "literal"; readonly value: Json }
  | { readonly kind: "query"; readonly query: Query }
  | { readonly kind: "function"; readonly name: string; readonly args: readonly Operand[] };
type Test =
  | { readonly kind: "or" | "and"; readonly left: Test; readonly right: Test }
  | { readonly kind: "not"; readonly test: Test }
  | { readonly kind: "test"; readonly operand: Operand }
  | { readonly kind: "compare"; readonly operator: string; readonly left: Operand; readonly right: Operand };

class Refused extends Error {}

const isSingular = ({ segments }: Query): boolean =>
  segments.every(({ isDescendant, selectors }) => !isDescendant && selectors.length === 1 && /name|index/.test(selectors[0]!.kind));
/** What a function takes and answers: values, nodes, truth. */
const FUNCTIONS: Readonly<Record<string, { readonly takes: readonly ("value" | "nodes")[]; readonly answers: "value" | "truth" }>> = {
  length: { takes: ["value"], answers: "value" },
  count: { takes: ["nodes"], answers: "value" },
  value: { takes: ["nodes"], answers: "value" },
  match: { takes: ["value", "value"], answers: "truth" },
  search: { takes: ["value", "value"], answers: "truth" },
};
const isValue = (operand: Operand): boolean =>
  operand.kind === "literal" || (operand.kind === "query" ? isSingular(operand.query) : FUNCTIONS[operand.name]!.answers === "value");

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Query {
    this.#need("$");
    const query = { isAbsolute: true, segments: this.#segments() };
    if (this.#at < this.#text.length) throw new Refused();
    return query;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) throw new Refused();
  }

  #blanks(): void {
    this.#match(/[ \t\n\r]*/y);
  }

  #segments(): Segment[] {
    const segments: Segment[] = [];
    while (true) {
      const before = this.#at;
      this.#blanks();
      if (this.#text[this.#at] === "[") segments.push({ isDescendant: false, selectors: this.#bracket() });
      else if (this.#take(".")) segments.push(this.#pointed(this.#take(".")));
      else {
        this.#at = before;
        return segments;
      }
    }
  }

  #pointed(isDescendant: boolean): Segment {
    if (this.#text[this.#at] === "[") return { isDescendant, selectors: this.#bracket() };
    if (this.#take("*")) return { isDescendant, selectors: [{ kind: "wildcard" }] };
    const name = this.#match(/[A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_\-\u0080-\u{10ffff}]*/uy);
    if (name === undefined) throw new Refused();
    return { isDescendant, selectors: [{ kind: "name", name }] };
  }

  #bracket(): Selector[] {
    this.#need("[");
    const selectors: Selector[] = [];
    do {
      this.#blanks();
      selectors.push(this.#selector());
      this.#blanks();
    } while (this.#take(","));
    this.#need("]");
    return selectors;
  }

  #selector(): Selector {
    if (this.#take("*")) return { kind: "wildcard" };
    if (this.#take("?")) {
      this.#blanks();
      return { kind: "filter", test: this.#or() };
    }
    const name = this.#string();
    if (name !== undefined) return { kind: "name", name };
    const start = this.#integer();
    const before = this.#at;
    this.#blanks();
    if (!this.#take(":")) {
      if (start === undefined) throw new Refused();
      this.#at = before;
      return { kind: "index", index: start };
    }
    this.#blanks();
    const end = this.#integer();
    const behind = this.#at;
    this.#blanks();
    let step: number | undefined;
    if (this.#take(":")) {
      this.#blanks();
      step = this.#integer();
    } else this.#at = behind;
    return { kind: "slice", ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }), step: step ?? 1 };
  }

  #integer(): number | undefined {
    const text = this.#match(/-?[0-9]+/y);
    if (text === undefined) return undefined;
    if (!/^(0|-?[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(Number(text))) throw new Refused();
    return Number(text);
  }

  #string(): string | undefined {
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") return undefined;
    const inner = this.#match(
      quote === '"' ? /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\["\\/bfnrtu])*"/uy : /'(?:[^'\\\p{Cc}]|[\x7f-\x9f]|\\['\\/bfnrtu])*'/uy,
    );
    if (inner === undefined) throw new Refused();
    let result = "";
    for (const part of inner.slice(1, -1).match(/\\u.{0,4}|\\.|[^\\]+/gs) ?? []) {
      if (part.startsWith("\\u")) {
        if (!/^\\u[0-9A-Fa-f]{4}$/.test(part)) throw new Refused();
        result += String.fromCharCode(Number.parseInt(part.slice(2), 16));
      } else if (part.startsWith("\\")) result += { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }[part[1]!] ?? part[1]!;
      else result += part;
    }
    // Halves of a pair that do not meet are refused: only escapes can make them.
    if (/\p{Surrogate}/u.test(result)) throw new Refused();
    return result;
  }

  #or(): Test {
    let left = this.#and();
    while (this.#operator(/[ \t\n\r]*\|\|/y) !== undefined) left = { kind: "or", left, right: this.#and() };
    return left;
  }

  #and(): Test {
    let left = this.#basic();
    while (this.#operator(/[ \t\n\r]*&&/y) !== undefined) left = { kind: "and", left, right: this.#basic() };
    return left;
  }

  #operator(pattern: RegExp): string | undefined {
    const found = this.#match(pattern)?.trim();
    if (found !== undefined) this.#blanks();
    return found;
  }

  #basic(): Test {
    const isNot = this.#take("!");
    if (isNot) this.#blanks();
    let test: Test;
    if (this.#take("(")) {
      this.#blanks();
      test = this.#or();
      this.#blanks();
      this.#need(")");
    } else test = this.#plain(isNot);
    return isNot ? { kind: "not", test } : test;
  }

  #plain(isNot: boolean): Test {
    const left = this.#operand();
    const operator = isNot ? undefined : this.#operator(/[ \t\n\r]*(?:==|!=|<=|>=|<|>|=~)/y);
    if (operator === undefined) {
      if (left.kind === "literal" || (left.kind === "function" && isValue(left))) throw new Refused();
      return { kind: "test", operand: left };
    }
    const right = this.#operand();
    if (!isValue(left) || !isValue(right)) throw new Refused();
    return operator === "=~"
      ? { kind: "test", operand: { kind: "function", name: "search", args: [left, right] } }
      : { kind: "compare", operator, left, right };
  }

  #operand(): Operand {
    const text = this.#string();
    if (text !== undefined) return { kind: "literal", value: text };
    if (this.#take("@")) return { kind: "query", query: { isAbsolute: false, segments: this.#segments() } };
    if (this.#take("$")) return { kind: "query", query: { isAbsolute: true, segments: this.#segments() } };
    const number = this.#match(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y);
    if (number !== undefined) return { kind: "literal", value: Number(number) };
    const name = this.#match(/[a-z][a-z_0-9]*(?=\()/y);
    if (name === undefined) {
      const word = this.#match(/true|false|null/y);
      if (word === undefined) throw new Refused();
      return { kind: "literal", value: JSON.parse(word) as Json };
    }
    return this.#call(name);
  }

  #call(name: string): Operand {
    const signature = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (signature === undefined) throw new Refused();
    this.#need("(");
    const args = signature.takes.map((wanted, index) => {
      this.#blanks();
      if (index > 0) {
        this.#need(",");
        this.#blanks();
      }
      const operand = this.#operand();
      if (wanted === "value" ? !isValue(operand) : operand.kind !== "query") throw new Refused();
      return operand;
    });
    this.#blanks();
    this.#need(")");
    return { kind: "function", name, args };
  }
}

/** The query that a text is, or undefined where it is none. */
export function parsedQuery(text: string): Query | undefined {
  try {
    return new Parser(text).whole();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** The values that a query leads to, in the order of a walk from the top. */
export function queried(root: Json, query: Query): Json[] {
  return walked(root, root, query);
}

function walked(root: Json, current: Json, query: Query): Json[] {
  let nodes: Json[] = [query.isAbsolute ? root : current];
  for (const { isDescendant, selectors } of query.segments) {
    const places = isDescendant ? nodes.flatMap(withDescendants) : nodes;
    nodes = places.flatMap((node) => selectors.flatMap((selector) => selected(root, node, selector)));
  }
  return nodes;
}

const children = (node: Json): Json[] => (typeof node === "object" && node !== null ? Object.values(node) : []);
const withDescendants = (node: Json): Json[] => [node, ...children(node).flatMap(withDescendants)];

function selected(root: Json, node: Json, selector: Selector): Json[] {
  switch (selector.kind) {
    case "name":
      return typeof node === "object" && node !== null && !Array.isArray(node) && Object.hasOwn(node, selector.name)
        ? [node[selector.name]!]
        : [];
    case "index":
      return Array.isArray(node) ? node.slice(selector.index, selector.index + 1 || undefined) : [];
    case "slice":
      return Array.isArray(node) ? sliced(node, selector.start, selector.end, selector.step) : [];
    case "wildcard":
      return children(node);
    case "filter":
      return children(node).filter((child) => holds(root, child, selector.test));
  }
}

/** RFC 9535, section 2.3.4.2.2. */
function sliced(array: Json[], start: number | undefined, end: number | undefined, step: number): Json[] {
  const { length } = array;
  const normal = (index: number): number => (index >= 0 ? index : length + index);
  const within = (index: number, low: number, high: number): number => Math.min(Math.max(index, low), high);
  const result: Json[] = [];
  if (step > 0) {
    const upper = within(normal(end ?? length), 0, length);
    for (let at = within(normal(start ?? 0), 0, length); at < upper; at += step) result.push(array[at]!);
  } else if (step < 0) {
    const lower = within(normal(end ?? -length - 1), -1, length - 1);
    for (let at = within(normal(start ?? length - 1), -1, length - 1); at > lower; at += step) result.push(array[at]!);
  }
  return result;
}

function holds(root: Json, current: Json, test: Test): boolean {
  switch (test.kind) {
    case "or":
      return holds(root, current, test.left) || holds(root, current, test.right);
    case "and":
      return holds(root, current, test.left) && holds(root, current, test.right);
    case "not":
      return !holds(root, current, test.test);
    case "compare":
      return compared(test.operator, evaluated(root, current, test.left), evaluated(root, current, test.right));
    case "test":
      if (test.operand.kind === "query") return walked(root, current, test.operand.query).length > 0;
      if (test.operand.kind === "function") return matches(root, current, test.operand.name, test.operand.args);
      throw new Refused();
  }
}

/** A value, or undefined for nothing. */
function evaluated(root: Json, current: Json, operand: Operand): Json | undefined {
  if (operand.kind === "literal") return operand.value;
  if (operand.kind === "query") return walked(root, current, operand.query)[0];
  const [argument] = operand.args as readonly [Operand];
  if (operand.name === "length") {
    const value = evaluated(root, current, argument);
    if (typeof value === "string") return [...value].length;
    return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
  }
  if (argument.kind !== "query") throw new Refused();
  const nodes = walked(root, current, argument.query);
  if (operand.name === "count") return nodes.length;
  return nodes.length === 1 ? nodes[0] : undefined;
}

const isScalar = (value: Json): boolean => typeof value !== "object" || value === null;

function isEqual(left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined || isScalar(left) || isScalar(right)) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const names = Object.keys(left as object);
  const of = (value: Json, name: string): Json | undefined =>
    Object.hasOwn(value as object, name) ? (value as Record<string, Json>)[name] : undefined;
  return names.length === Object.keys(right as object).length && names.every((name) => isEqual(of(left, name), of(right, name)));
}

function isLess(left: Json | undefined, right: Json | undefined): boolean {
  if (typeof left === "number" && typeof right === "number") return left < right;
  return typeof left === "string" && typeof right === "string" && Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
}

function compared(operator: string, left: Json | undefined, right: Json | undefined): boolean {
  switch (operator) {
    case "==":
      return isEqual(left, right);
    case "!=":
      return !isEqual(left, right);
    case "<":
      return isLess(left, right);
    case ">":
      return isLess(right, left);
    case "<=":
      return isLess(left, right) || isEqual(left, right);
    default:
      return isLess(right, left) || isEqual(left, right);
  }
}

function matches(root: Json, current: Json, name: string, args: readonly Operand[]): boolean {
  const [text, pattern] = args.map((operand) => evaluated(root, current, operand));
  if (typeof text !== "string" || typeof pattern !== "string") return false;
  const source = asJavaScript(pattern);
  return source !== undefined && new RegExp(name === "match" ? `^(?:${source})$` : source, "u").test(text);
}

const CLASS_CHARACTER = String.raw`(?:[^\-\[\\\]]|\\[$()*+\-.?\[\\\]^nrt{|}]|\\[pP]\{[A-Z][a-z]?\})`;
const CLASS = String.raw`\[\^?-?${CLASS_CHARACTER}(?:-?${CLASS_CHARACTER})*-?\]`;
const ATOM = new RegExp(String.raw`(?:[^()*+.?\[\\\]{|}]|\\[$()*+\-.?\[\\\]^nrt{|}]|\\[pP]\{[A-Z][a-z]?\}|\.|${CLASS})`, "uy");
const QUANTIFIER = /[*+?]|\{[0-9]+(?:,[0-9]*)?\}/y;

/** An I-Regexp (RFC 9485) with anchors in JavaScript's notation; undefined where it is none. */
function asJavaScript(pattern: string): string | undefined {
  let at = 0;
  let result = "";
  let open = 0;
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at;
    const found = expression.exec(pattern)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  while (at < pattern.length) {
    const character = pattern[at]!;
    if (character === "|" || character === "(") {
      result += character === "(" ? "(?:" : "|";
      open += character === "(" ? 1 : 0;
      at++;
      continue;
    }
    if (character === ")") {
      if (open-- === 0) return undefined;
      result += ")";
      at++;
    } else {
      const atom = take(ATOM);
      if (atom === undefined) return undefined;
      if (atom === ".") result += "[^\\n\\r]";
      else result += atom === "/" ? "\\/" : atom === "\\-" ? "-" : atom;
    }
    const quantifier = take(QUANTIFIER);
    // An anchor has no quantifier.
    if (quantifier !== undefined && /(?<!\\)[$^]$/.test(result)) return undefined;
    result += quantifier ?? "";
  }
  return open === 0 ? result : undefined;
}
