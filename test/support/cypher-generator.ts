/**
 * Random Cypher statements as ASTs, from a seed: the same seed gives the same statement on every machine.
 *
 * 1. Only what the parser itself would make: printing a statement and parsing the text gives it back.
 * 2. Nothing is promised about meaning: variables need not exist, types need not fit.
 * 3. Depth is bounded by `depth`: at 0 only leaves are made.
 */
import type {
  CypherComparison,
  CypherExpression,
  ParsedMap,
  ParsedMapEntry,
  ParsedProjectedItem,
  ParsedProperty,
  ParsedQueryExpression,
} from "../../host/query/ast/cypher/expression.ts";
import type {
  ParsedNodePattern,
  ParsedPattern,
  ParsedProperties,
  ParsedRange,
  ParsedRelationshipPattern,
} from "../../host/query/ast/cypher/pattern.ts";
import type {
  ParsedClause,
  ParsedCypherQuery,
  ParsedLabelChange,
  ParsedMerge,
  ParsedProjection,
  ParsedReadingClause,
  ParsedSetItem,
  ParsedSingleQuery,
  ParsedWritingClause,
} from "../../host/query/ast/cypher/query.ts";
import type { ParsedCypherDefinition, ParsedCypherStatement } from "../../host/query/ast/cypher/statement.ts";
import type { ParsedBranch, ParsedOrder } from "../../host/query/ast/expression.ts";
import type { ParsedName } from "../../host/query/ast/name.ts";
import type { SeededRandom } from "./random.ts";

const VARIABLES = ["a", "b", "n", "r", "Name", "größe", "my node", "ti`ck", "", "index", "call", "match"];
/** Labels, types and keys: every word may be one. */
const WORDS = ["A", "Person", "KNOWS", "name", "match", "end", "case", "order", "as", "two words", "in", "Größe"];
const FUNCTIONS = ["f", "size", "toUpper", "count", "collect", "exists", "coalesce"];
const STRINGS = ["", "a", "it's", 'say "hi"', "two\nlines", "\\", "$x", "// no", "ünï", "17", "\u0001", "😀"];
const NUMBERS = ["0", "1", "2", "17", "9223372036854775807", "1.5", ".5", "1e3", "0.10", "1E-7"];
const PARAMETERS = ["x", "1", "limit", "two words", "größe"];
const OPERATORS = ["+", "-", "*", "/", "%", "^", "IN", "CONTAINS", "STARTS WITH", "ENDS WITH", "=~"];
const COMPARISONS: readonly CypherComparison[] = ["=", "<>", "<", "<=", ">", ">="];

/** No word of the grammar that is reserved, and no other character than those of a name. */
const RESERVED_VARIABLES = new Set(["match"]);
const BARE = /^[A-Za-z_\u00c0-\u024f][A-Za-z0-9_\u00c0-\u024f]*$/;

const position = 0;

type Use = "MATCH" | "CREATE" | "MERGE";

export class CypherGenerator {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  statement(depth: number): ParsedCypherStatement {
    const choice = this.#random.below(12);
    if (choice === 0) return this.#definition();
    const query = this.query(depth);
    if (choice === 1) return { kind: "ParsedCypherExplain", position, run: this.#random.chance(0.5), statement: query };
    return query;
  }

  #many<Item>(low: number, high: number, make: () => Item): Item[] {
    return Array.from({ length: this.#random.between(low, high) }, make);
  }

  #maybe<Item>(probability: number, make: () => Item): Item | undefined {
    return this.#random.chance(probability) ? make() : undefined;
  }

  #name(texts: readonly string[], reserved: ReadonlySet<string> = new Set()): ParsedName {
    const text = this.#random.pick(texts);
    const quoted = !BARE.test(text) || reserved.has(text) || this.#random.chance(0.1);
    const folded = quoted ? text : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    return { kind: "ParsedName", position, text, folded, quoted };
  }

  #variable(): ParsedName {
    return this.#name(VARIABLES, RESERVED_VARIABLES);
  }

  #word(): ParsedName {
    return this.#name(WORDS);
  }

  // ---- Expressions ----

  /** `condition`: a pattern may stand here. */
  expression(depth: number, condition = false): CypherExpression {
    if (depth <= 0 || this.#random.chance(0.2)) return this.#leaf();
    switch (this.#random.below(7)) {
      case 0:
        return this.#logical(depth - 1, condition);
      case 1:
        return this.#suffixed(depth - 1);
      case 2:
        return this.#container(depth - 1);
      case 3:
        return this.#compound(depth - 1);
      case 4:
        return condition ? this.#patternExpression(depth - 1) : this.#operator(depth - 1);
      default:
        return this.#operator(depth - 1);
    }
  }

  #leaf(): CypherExpression {
    switch (this.#random.below(9)) {
      case 0:
      case 1:
        return this.#number();
      case 2:
        return { kind: "ParsedString", position, value: this.#random.pick(STRINGS), slot: -1 };
      case 3:
        return { kind: "ParsedBoolean", position, value: this.#random.chance(0.5) };
      case 4:
        return { kind: "ParsedNull", position };
      case 5:
        return this.#parameter();
      default:
        return { kind: "ParsedVariable", position, name: this.#variable() };
    }
  }

  #parameter(): { readonly kind: "ParsedNamedParameter"; readonly position: number; readonly name: string } {
    return { kind: "ParsedNamedParameter", position, name: this.#random.pick(PARAMETERS) };
  }

  #number(): CypherExpression {
    if (this.#random.chance(0.05)) return { kind: "ParsedNumber", position, text: "9223372036854775808", negative: true, slot: -1 };
    return { kind: "ParsedNumber", position, text: this.#random.pick(NUMBERS), negative: this.#random.chance(0.2), slot: -1 };
  }

  #logical(depth: number, condition: boolean): CypherExpression {
    if (this.#random.chance(0.3)) return { kind: "ParsedNot", position, operand: this.expression(depth, condition) };
    const operator = this.#random.pick(["AND", "OR", "XOR"] as const);
    return { kind: "ParsedLogical", position, operator, operands: this.#many(2, 4, () => this.expression(depth, condition)) };
  }

  #operator(depth: number): CypherExpression {
    const operand = (): CypherExpression => this.expression(depth);
    switch (this.#random.below(6)) {
      case 0: {
        const value = operand();
        const operator = this.#random.pick(["-", "+"]);
        // The parser makes a number negative instead.
        if (operator === "-" && value.kind === "ParsedNumber" && !value.negative) return value;
        return { kind: "ParsedUnary", position, operator, operand: value };
      }
      case 1:
        return { kind: "ParsedIs", position, test: "NULL", negated: this.#random.chance(0.5), operand: operand() };
      case 2:
        return { kind: "ParsedBinary", position, operator: this.#random.pick(COMPARISONS), left: operand(), right: operand() };
      case 3: {
        const operators = this.#many(2, 3, () => this.#random.pick(COMPARISONS));
        return { kind: "ParsedComparisonChain", position, operators, operands: [operand(), ...operators.map(operand)] };
      }
      default:
        return { kind: "ParsedBinary", position, operator: this.#random.pick(OPERATORS), left: operand(), right: operand() };
    }
  }

  #suffixed(depth: number): CypherExpression {
    const part = (): CypherExpression => this.expression(depth);
    switch (this.#random.below(5)) {
      case 0:
        return { kind: "ParsedSubscript", position, operand: part(), index: part() };
      case 1:
        return { kind: "ParsedSlice", position, operand: part(), lower: this.#maybe(0.6, part), upper: this.#maybe(0.6, part) };
      case 2:
        return { kind: "ParsedLabelTest", position, operand: part(), labels: this.#many(1, 3, () => this.#word()) };
      default:
        return this.#property(depth);
    }
  }

  #property(depth: number): ParsedProperty {
    return { kind: "ParsedProperty", position, operand: this.expression(depth), name: this.#word() };
  }

  #container(depth: number): CypherExpression {
    switch (this.#random.below(5)) {
      case 0:
        return { kind: "ParsedList", position, items: this.#many(0, 3, () => this.expression(depth)) };
      case 1:
        return this.#map(depth);
      case 2:
        return { kind: "ParsedMapProjection", position, variable: this.#variable(), items: this.#many(0, 3, () => this.#projected(depth)) };
      default:
        return this.#function(depth);
    }
  }

  #map(depth: number): ParsedMap {
    return { kind: "ParsedMap", position, entries: this.#many(0, 3, () => this.#entry(depth)) };
  }

  #entry(depth: number): ParsedMapEntry {
    return { kind: "ParsedMapEntry", position, name: this.#word(), value: this.expression(depth) };
  }

  #projected(depth: number): ParsedProjectedItem {
    switch (this.#random.below(4)) {
      case 0:
        return { kind: "ParsedProjectedAll", position };
      case 1:
        return { kind: "ParsedProjectedProperty", position, name: this.#word() };
      case 2:
        return { kind: "ParsedProjectedVariable", position, name: this.#variable() };
      default:
        return this.#entry(depth);
    }
  }

  #function(depth: number): CypherExpression {
    const star = this.#random.chance(0.1);
    const count: ParsedName = { kind: "ParsedName", position, text: "count", folded: "count", quoted: false };
    const names = star ? [count] : [...this.#many(0, 1, () => this.#name(["apoc", "text"])), this.#name(FUNCTIONS)];
    const values = star ? [] : this.#many(0, 3, () => this.expression(depth));
    return {
      kind: "ParsedFunction",
      position,
      names,
      arguments: values,
      star,
      distinct: values.length > 0 && this.#random.chance(0.2),
    };
  }

  #compound(depth: number): CypherExpression {
    const part = (): CypherExpression => this.expression(depth);
    const where = (): CypherExpression => this.expression(depth, true);
    const variable = this.#variable();
    switch (this.#random.below(7)) {
      case 0: {
        const subject = this.#maybe(0.4, part);
        const condition = (): CypherExpression => this.expression(depth, subject === undefined);
        const branch = (): ParsedBranch<CypherExpression> => ({
          kind: "ParsedBranch",
          position,
          condition: condition(),
          result: part(),
        });
        return { kind: "ParsedCase", position, subject, branches: this.#many(1, 3, branch), otherwise: this.#maybe(0.5, part) };
      }
      case 1:
      case 2:
        return {
          kind: "ParsedListComprehension",
          position,
          variable,
          list: part(),
          where: this.#maybe(0.5, where),
          result: this.#maybe(0.5, part),
        };
      case 3: {
        const pattern = { ...this.#pattern(depth, "MATCH", 1), variable: this.#maybe(0.4, () => this.#variable()) };
        return { kind: "ParsedPatternComprehension", position, pattern, where: this.#maybe(0.5, where), result: part() };
      }
      case 4: {
        const quantifier = this.#random.pick(["ALL", "ANY", "NONE", "SINGLE"] as const);
        return { kind: "ParsedQuantifier", position, quantifier, variable, list: part(), where: where() };
      }
      case 5:
        return { kind: "ParsedReduce", position, accumulator: this.#variable(), initial: part(), variable, list: part(), result: part() };
      default:
        return this.#exists(depth);
    }
  }

  #exists(depth: number): ParsedQueryExpression {
    const clauses = this.#many(1, 2, () => this.#match(depth));
    const part: ParsedSingleQuery = { kind: "ParsedSingleQuery", position, clauses };
    const asks = this.#random.pick(["EXISTS", "COUNT", "COLLECT"] as const);
    return { kind: "ParsedQueryExpression", position, asks, query: { kind: "ParsedCypherQuery", position, parts: [part], all: false } };
  }

  #patternExpression(depth: number): CypherExpression {
    const pattern = this.#pattern(depth, "MATCH", 1);
    return { kind: "ParsedPatternExpression", position, pattern: this.#random.chance(0.2) ? this.#shortest(depth) : pattern };
  }

  // ---- Patterns ----

  #shortest(depth: number): ParsedPattern {
    const whole = this.#pattern(depth, "MATCH", 1);
    const shortest = this.#random.pick(["ONE", "ALL"] as const);
    return { ...whole, shortest, nodes: whole.nodes.slice(0, 2), relationships: whole.relationships.slice(0, 1) };
  }

  #pattern(depth: number, use: Use, least: number): ParsedPattern {
    const relationships = this.#many(least, 2, () => this.#relationship(depth, use));
    const nodes = this.#many(relationships.length + 1, relationships.length + 1, () => this.#node(depth, use));
    return { kind: "ParsedPattern", position, variable: undefined, shortest: undefined, nodes, relationships };
  }

  #path(depth: number, use: Use): ParsedPattern {
    const pattern = use === "MATCH" && this.#random.chance(0.1) ? this.#shortest(depth) : this.#pattern(depth, use, 0);
    return { ...pattern, variable: this.#maybe(0.2, () => this.#variable()) };
  }

  #properties(depth: number, use: Use): ParsedProperties {
    return use === "CREATE" && this.#random.chance(0.2) ? this.#parameter() : this.#map(Math.min(depth, 2));
  }

  #node(depth: number, use: Use): ParsedNodePattern {
    return {
      kind: "ParsedNodePattern",
      position,
      variable: this.#maybe(0.6, () => this.#variable()),
      labels: this.#many(0, 2, () => this.#word()),
      properties: this.#maybe(0.3, () => this.#properties(depth - 1, use)),
    };
  }

  #relationship(depth: number, use: Use): ParsedRelationshipPattern {
    return {
      kind: "ParsedRelationshipPattern",
      position,
      direction: use === "CREATE" ? this.#random.pick(["RIGHT", "LEFT"] as const) : this.#random.pick(["RIGHT", "LEFT", "BOTH"] as const),
      variable: this.#maybe(0.4, () => this.#variable()),
      types: use === "MATCH" ? this.#many(0, 3, () => this.#word()) : [this.#word()],
      range: use === "MATCH" ? this.#maybe(0.3, () => this.#range()) : undefined,
      properties: this.#maybe(0.2, () => this.#properties(depth - 1, use)),
    };
  }

  #range(): ParsedRange {
    const bound = (): number | undefined => this.#maybe(0.6, () => this.#random.below(6));
    return { kind: "ParsedRange", position, minimum: bound(), maximum: bound() };
  }

  // ---- Queries ----

  query(depth: number): ParsedCypherQuery {
    const parts = this.#many(1, this.#random.chance(0.15) ? 3 : 1, () => this.#single(depth));
    return { kind: "ParsedCypherQuery", position, parts, all: parts.length > 1 && this.#random.chance(0.5) };
  }

  #single(depth: number): ParsedSingleQuery {
    const stages = this.#many(0, 2, () => [...this.#stage(depth), this.#with(depth)]).flat();
    const last = this.#stage(depth);
    const writes = last.some(({ kind }) => !READING.has(kind));
    const result: ParsedClause[] = writes && this.#random.chance(0.5) ? [] : [this.#return(depth)];
    return { kind: "ParsedSingleQuery", position, clauses: [...stages, ...last, ...result] };
  }

  /** What reads, then what writes. */
  #stage(depth: number): ParsedClause[] {
    return [...this.#many(0, 2, () => this.#reading(depth)), ...this.#many(0, 1, () => this.#writing(depth))];
  }

  #match(depth: number): ParsedReadingClause {
    return {
      kind: "ParsedMatch",
      position,
      optional: this.#random.chance(0.2),
      patterns: this.#many(1, 2, () => this.#path(depth, "MATCH")),
      where: this.#maybe(0.5, () => this.expression(depth, true)),
    };
  }

  #reading(depth: number): ParsedReadingClause {
    switch (this.#random.below(8)) {
      case 0:
        return { kind: "ParsedUnwind", position, list: this.expression(depth), variable: this.#variable() };
      case 1: {
        const yields = this.#maybe(0.6, () => (this.#random.chance(0.2) ? "ALL" : this.#many(0, 2, () => this.#yield())));
        const list = this.#maybe(0.8, () => this.#many(0, 2, () => this.expression(depth)));
        const filtered = Array.isArray(yields) && yields.length > 0;
        const where = filtered ? this.#maybe(0.3, () => this.expression(depth, true)) : undefined;
        return { kind: "ParsedProcedureCall", position, names: this.#many(1, 3, () => this.#word()), arguments: list, yields, where };
      }
      case 2:
        return depth > 0 ? { kind: "ParsedSubqueryCall", position, query: this.query(depth - 1) } : this.#match(depth);
      default:
        return this.#match(depth);
    }
  }

  #yield(): { readonly kind: "ParsedYield"; readonly position: number; readonly name: ParsedName; readonly alias: ParsedName | undefined } {
    return { kind: "ParsedYield", position, name: this.#variable(), alias: this.#maybe(0.4, () => this.#variable()) };
  }

  #writing(depth: number): ParsedWritingClause {
    switch (this.#random.below(6)) {
      case 0:
        return { kind: "ParsedCreatePatterns", position, patterns: this.#many(1, 2, () => this.#path(depth, "CREATE")) };
      case 1:
        return this.#merge(depth);
      case 2:
        return { kind: "ParsedSetClause", position, items: this.#many(1, 3, () => this.#setItem(depth)) };
      case 3: {
        const item = (): ParsedProperty | ParsedLabelChange => (this.#random.chance(0.5) ? this.#property(depth - 1) : this.#labelChange());
        return { kind: "ParsedRemoveClause", position, items: this.#many(1, 3, item) };
      }
      case 4: {
        const value = (): CypherExpression => ({ kind: "ParsedVariable", position, name: this.#variable() });
        return { kind: "ParsedDeleteClause", position, detach: this.#random.chance(0.5), values: this.#many(1, 3, value) };
      }
      default: {
        const clauses = this.#many(1, 2, () => this.#writing(depth - 1));
        return { kind: "ParsedForeach", position, variable: this.#variable(), list: this.expression(depth), clauses };
      }
    }
  }

  #merge(depth: number): ParsedMerge {
    const actions = this.#many(0, 2, () => ({
      kind: "ParsedMergeAction" as const,
      position,
      on: this.#random.pick(["CREATE", "MATCH"] as const),
      items: this.#many(1, 2, () => this.#setItem(depth)),
    }));
    return { kind: "ParsedMerge", position, pattern: this.#path(depth, "MERGE"), actions };
  }

  #setItem(depth: number): ParsedSetItem {
    switch (this.#random.below(3)) {
      case 0:
        return { kind: "ParsedSetProperty", position, target: this.#property(depth - 1), value: this.expression(depth) };
      case 1: {
        const merge = this.#random.chance(0.5);
        return { kind: "ParsedSetProperties", position, variable: this.#variable(), merge, value: this.expression(depth) };
      }
      default:
        return this.#labelChange();
    }
  }

  #labelChange(): ParsedLabelChange {
    return { kind: "ParsedLabelChange", position, variable: this.#variable(), labels: this.#many(1, 2, () => this.#word()) };
  }

  #with(depth: number): ParsedClause {
    const where = this.#maybe(0.3, () => this.expression(depth, true));
    return { kind: "ParsedWithClause", position, projection: this.#projection(depth, true), where };
  }

  #return(depth: number): ParsedClause {
    return { kind: "ParsedReturnClause", position, projection: this.#projection(depth, false) };
  }

  /** `named`: an expression that is no variable has an alias. */
  #projection(depth: number, named: boolean): ParsedProjection {
    const star = this.#random.chance(0.15);
    const order = (): ParsedOrder<CypherExpression> => ({
      kind: "ParsedOrder",
      position,
      value: this.expression(depth),
      descending: this.#random.chance(0.4),
      nulls: undefined,
    });
    const items = this.#many(star ? 0 : 1, 3, () => {
      const value = this.expression(depth);
      const alias = this.#maybe(named && value.kind !== "ParsedVariable" ? 1 : 0.5, () => this.#variable());
      return { kind: "ParsedProjectionItem" as const, position, value, alias, name: alias?.text ?? "" };
    });
    return {
      kind: "ParsedProjection",
      position,
      distinct: this.#random.chance(0.2),
      star,
      items,
      orderBy: this.#random.chance(0.3) ? this.#many(1, 2, order) : [],
      skip: this.#maybe(0.15, () => this.expression(Math.min(depth, 1))),
      limit: this.#maybe(0.25, () => this.expression(Math.min(depth, 1))),
    };
  }

  #definition(): ParsedCypherDefinition {
    const name = this.#maybe(0.6, () => this.#variable());
    const chance = this.#random.chance(0.4);
    const object = this.#random.pick(["INDEX", "CONSTRAINT"] as const);
    if (name && this.#random.chance(0.3)) return { kind: "ParsedDropGraphObject", position, object, name, ifExists: chance };
    const entity = this.#random.pick(["NODE", "RELATIONSHIP"] as const);
    const defined = {
      position,
      name,
      ifNotExists: chance,
      entity: { kind: "ParsedGraphEntity" as const, position, entity, variable: this.#variable(), name: this.#word() },
      properties: this.#many(1, 3, () => this.#word()),
    };
    if (object === "INDEX") return { kind: "ParsedCreateGraphIndex", ...defined };
    return { kind: "ParsedCreateGraphConstraint", ...defined, rule: this.#random.pick(["UNIQUE", "NOT NULL", "KEY"] as const) };
  }
}

const READING: ReadonlySet<string> = new Set(["ParsedMatch", "ParsedUnwind", "ParsedProcedureCall", "ParsedSubqueryCall"]);
