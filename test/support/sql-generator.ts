/**
 * Random SQL statements as ASTs, from a seed: the same seed gives the same statement on every machine.
 *
 * 1. Only what the parser itself would make: printing a statement and parsing the text gives it back.
 * 2. Nothing is promised about meaning: names need not exist, types need not fit. A test that wants to run statements passes its own
 *    names in `GeneratorNames` and draws until something fits.
 * 3. Depth is bounded by `depth`: at 0 only leaves are made.
 */
import type {
  ParsedBranch,
  ParsedCall,
  ParsedExpression,
  ParsedFrame,
  ParsedOrder,
  ParsedWindow,
} from "../../host/query/ast/expression.ts";
import type { ParsedAssignment, ParsedDelete, ParsedInsert, ParsedTarget, ParsedUpdate } from "../../host/query/ast/modification.ts";
import type { ParsedName, ParsedType } from "../../host/query/ast/name.ts";
import type {
  ParsedGroupItem,
  ParsedQuery,
  ParsedQueryBody,
  ParsedSelect,
  ParsedSelectItem,
  ParsedTableReference,
  ParsedWith,
} from "../../host/query/ast/query.ts";
import type { ParsedDataStatement } from "../../host/query/ast/statement.ts";
import type { SeededRandom } from "./random.ts";

export interface GeneratorNames {
  readonly tables: readonly string[];
  readonly columns: readonly string[];
  readonly functions: readonly string[];
}

/** Words that PostgreSQL's grammar uses, spellings that fold, and names that need quotes. */
export const ANY_NAMES: GeneratorNames = {
  tables: ["t", "users", "Orders", "conflict", "share", "My Table"],
  columns: ["a", "b", "id", "Name", "key", "data", "level", 'od"d', "größe", "select", "SELECT"],
  functions: ["f", "lower", "concat", "count", "sum", "date_part", "date_trunc", "replace", "left"],
};

const TYPES = [
  "int",
  "text",
  "numeric",
  "varchar",
  "double precision",
  "timestamp with time zone",
  "interval",
  "jsonb",
  "character varying",
];
const OPERATORS = ["+", "-", "*", "/", "%", "^", "||", "->", "->>", "#>", "@>", "<@", "?", "?|", "~", "!~*", "&", "<<"];
const COMPARISONS = ["=", "<>", "<", "<=", ">", ">="];
const STRINGS = ["", "a", "it's", "two\nlines", "50%", "\\", "$1", "-- no", "ünï", "17"];
const NUMBERS = ["0", "1", "2", "17", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "1.5", ".5", "1e3", "0.10"];
const UNARY = ["-", "+", "~", "@"];

/** Behind a dot every word is a name, in front of it only some: reserved words get quotes everywhere. */
const NEEDS_QUOTES = /^(select)$|[^a-z0-9_\u0080-\uffff]/i;

export class SqlGenerator {
  readonly #random: SeededRandom;
  readonly #names: GeneratorNames;

  constructor(random: SeededRandom, names: GeneratorNames = ANY_NAMES) {
    this.#random = random;
    this.#names = names;
  }

  statement(depth: number): ParsedDataStatement {
    const choice = this.#random.below(8);
    if (choice === 0) return this.insert(depth);
    if (choice === 1) return this.update(depth);
    if (choice === 2) return this.removal(depth);
    return this.query(depth);
  }

  #name(names: readonly string[]): ParsedName {
    const text = this.#random.pick(names);
    const quoted = NEEDS_QUOTES.test(text) || this.#random.chance(0.1);
    const folded = quoted ? text : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    return { kind: "ParsedName", position: 0, text, folded, quoted };
  }

  #column(): ParsedName {
    return this.#name(this.#names.columns);
  }

  #table(): ParsedName {
    return this.#name(this.#names.tables);
  }

  #many<Item>(low: number, high: number, make: () => Item): Item[] {
    return Array.from({ length: this.#random.between(low, high) }, make);
  }

  #maybe<Item>(probability: number, make: () => Item): Item | undefined {
    return this.#random.chance(probability) ? make() : undefined;
  }

  type(): ParsedType {
    const name = this.#random.pick(TYPES);
    const fields = name === "interval" ? this.#maybe(0.4, () => this.#random.pick(["YEAR", "DAY TO SECOND", "HOUR TO MINUTE"])) : undefined;
    const second = fields?.endsWith("SECOND") ?? true;
    const modified = /numeric|var|time|interval/.test(name) && second && this.#random.chance(0.4);
    const modifiers = modified
      ? name === "numeric"
        ? this.#many(1, 2, () => this.#random.between(1, 9))
        : [this.#random.between(1, 6)]
      : [];
    return {
      kind: "ParsedType",
      position: 0,
      name: [name],
      modifiers,
      fields,
      dimensions: this.#random.chance(0.2) ? this.#random.between(1, 2) : 0,
    };
  }

  /** Only types of time take modifiers in front of a literal, and VARYING does not go there. */
  #literalType(): ParsedType {
    const type = this.type();
    const timed = /^(interval|time)/.test(type.name[0]!);
    const name = type.name[0]!.endsWith("varying") ? ["date"] : type.name;
    return { ...type, name, modifiers: timed ? type.modifiers : [], dimensions: 0 };
  }

  expression(depth: number): ParsedExpression {
    if (depth <= 0 || this.#random.chance(0.2)) return this.#leaf();
    const choice = this.#random.below(5);
    if (choice === 0) return this.#predicate(depth - 1);
    if (choice === 1) return this.#container(depth - 1);
    if (choice === 2) return this.#compound(depth - 1);
    return this.#operator(depth - 1);
  }

  #leaf(): ParsedExpression {
    const position = 0;
    switch (this.#random.below(11)) {
      case 0:
      case 1:
        return this.number();
      case 2:
      case 3:
        return { kind: "ParsedString", position, value: this.#random.pick(STRINGS), slot: -1 };
      case 4:
        return { kind: "ParsedBoolean", position, value: this.#random.chance(0.5) };
      case 5:
        return { kind: "ParsedNull", position };
      case 6:
        return { kind: "ParsedParameter", position, index: this.#random.between(1, 9) };
      case 7:
        return this.#random.chance(0.5)
          ? { kind: "ParsedBits", position, base: "binary", value: "0101", slot: -1 }
          : { kind: "ParsedKeywordValue", position, name: "CURRENT_TIMESTAMP", precision: this.#maybe(0.5, () => 3) };
      case 8:
        return {
          kind: "ParsedTypedLiteral",
          position,
          type: this.#literalType(),
          value: this.#random.pick(STRINGS),
          slot: -1,
        };
      default:
        return { kind: "ParsedColumn", position, names: this.#many(1, 3, () => this.#column()) };
    }
  }

  number(): ParsedExpression {
    return { kind: "ParsedNumber", position: 0, text: this.#random.pick(NUMBERS), negative: this.#random.chance(0.2), slot: -1 };
  }

  #operator(depth: number): ParsedExpression {
    const position = 0;
    const operand = (): ParsedExpression => this.expression(depth);
    switch (this.#random.below(9)) {
      case 0: {
        const operator = this.#random.pick(UNARY);
        const value = operand();
        // The parser makes a number negative instead.
        return value.kind === "ParsedNumber" ? value : { kind: "ParsedUnary", position, operator, operand: value };
      }
      case 1:
        return { kind: "ParsedNot", position, operand: operand() };
      case 2:
        return {
          kind: "ParsedLogical",
          position,
          operator: this.#random.pick(["AND", "OR"] as const),
          operands: this.#many(2, 4, operand),
        };
      case 3:
      case 4:
        return { kind: "ParsedBinary", position, operator: this.#random.pick(COMPARISONS), left: operand(), right: operand() };
      case 5:
        return { kind: "ParsedCast", position, operand: operand(), type: this.type() };
      case 6:
        return { kind: "ParsedAtTimeZone", position, operand: operand(), zone: operand() };
      case 7:
        return { kind: "ParsedCollate", position, operand: operand(), collation: [this.#column()] };
      default:
        return { kind: "ParsedBinary", position, operator: this.#random.pick(OPERATORS), left: operand(), right: operand() };
    }
  }

  #predicate(depth: number): ParsedExpression {
    const position = 0;
    const negated = this.#random.chance(0.4);
    const operand = (): ParsedExpression => this.expression(depth);
    switch (this.#random.below(8)) {
      case 0:
        return {
          kind: "ParsedIs",
          position,
          test: this.#random.pick(["NULL", "TRUE", "FALSE", "UNKNOWN"] as const),
          negated,
          operand: operand(),
        };
      case 1:
        return { kind: "ParsedDistinctFrom", position, negated, left: operand(), right: operand() };
      case 2: {
        const operator = this.#random.pick(["LIKE", "ILIKE", "SIMILAR TO"] as const);
        return {
          kind: "ParsedLike",
          position,
          operator,
          negated,
          operand: operand(),
          pattern: operand(),
          escape: this.#maybe(0.3, operand),
        };
      }
      case 3: {
        const symmetric = this.#random.chance(0.2);
        return { kind: "ParsedBetween", position, negated, symmetric, operand: operand(), lower: operand(), upper: operand() };
      }
      case 4: {
        const items = this.#many(1, 3, operand);
        // The parser takes a lone subquery for the list.
        const first = items[0]!;
        if (items.length > 1 || first.kind !== "ParsedSubquery")
          return { kind: "ParsedInList", position, negated, operand: operand(), items };
        return { kind: "ParsedInSubquery", position, negated, operand: operand(), query: first.query };
      }
      case 5:
        return { kind: "ParsedInSubquery", position, negated, operand: operand(), query: this.query(depth) };
      case 6: {
        const operator = this.#random.pick(["=", "<", "LIKE", "NOT ILIKE", "@>"]);
        const quantifier = this.#random.pick(["ANY", "ALL"] as const);
        return { kind: "ParsedQuantified", position, operator, quantifier, left: operand(), right: operand() };
      }
      default:
        return { kind: "ParsedExists", position, query: this.query(depth) };
    }
  }

  #container(depth: number): ParsedExpression {
    const position = 0;
    const part = (): ParsedExpression => this.expression(depth);
    switch (this.#random.below(6)) {
      case 0:
        return { kind: "ParsedRow", position, items: this.#many(0, 3, part) };
      case 1:
        return { kind: "ParsedArray", position, items: this.#many(0, 3, part) };
      case 2:
        return { kind: "ParsedSubscript", position, operand: part(), index: part() };
      case 3:
        return { kind: "ParsedSlice", position, operand: part(), lower: this.#maybe(0.6, part), upper: this.#maybe(0.6, part) };
      case 4:
        return { kind: "ParsedField", position, operand: part(), name: this.#column() };
      default:
        return { kind: "ParsedArraySubquery", position, query: this.query(depth) };
    }
  }

  #compound(depth: number): ParsedExpression {
    const position = 0;
    const part = (): ParsedExpression => this.expression(depth);
    switch (this.#random.below(4)) {
      case 0: {
        const branch = (): ParsedBranch => ({ kind: "ParsedBranch", position, condition: part(), result: part() });
        return {
          kind: "ParsedCase",
          position,
          subject: this.#maybe(0.4, part),
          branches: this.#many(1, 3, branch),
          otherwise: this.#maybe(0.5, part),
        };
      }
      case 1:
        return { kind: "ParsedSubquery", position, query: this.query(depth) };
      default:
        return this.call(depth);
    }
  }

  call(depth: number): ParsedCall {
    const over = this.#maybe(0.2, () => (this.#random.chance(0.3) ? this.#column() : this.window(depth)));
    const star = this.#random.chance(0.15);
    const distinct = !star && this.#random.chance(0.2);
    const orderBy = star ? [] : this.#orders(0.15, depth);
    return {
      kind: "ParsedCall",
      position: 0,
      names: [this.#name(this.#names.functions)],
      arguments: star ? [] : this.#many(1, 3, () => this.expression(depth)),
      star,
      distinct,
      orderBy,
      withinGroup: distinct || orderBy.length > 0 ? [] : this.#orders(0.1, depth),
      filter: this.#maybe(0.15, () => this.expression(depth)),
      over,
    };
  }

  #orders(probability: number, depth: number): readonly ParsedOrder[] {
    if (!this.#random.chance(probability)) return [];
    return this.#many(1, 2, () => ({
      kind: "ParsedOrder",
      position: 0,
      value: this.expression(Math.min(depth, 1)),
      descending: this.#random.chance(0.4),
      nulls: this.#maybe(0.3, () => this.#random.pick(["FIRST", "LAST"] as const)),
    }));
  }

  window(depth: number): ParsedWindow {
    const frame = (): ParsedFrame => ({
      kind: "ParsedFrame",
      position: 0,
      unit: this.#random.pick(["ROWS", "RANGE", "GROUPS"] as const),
      start: { kind: "ParsedFrameBound", position: 0, bound: "PRECEDING", offset: this.number() },
      end: this.#maybe(0.5, () => ({ kind: "ParsedFrameBound", position: 0, bound: "UNBOUNDED FOLLOWING", offset: undefined })),
      exclude: this.#maybe(0.3, () => this.#random.pick(["CURRENT ROW", "GROUP", "TIES"] as const)),
    });
    return {
      kind: "ParsedWindow",
      position: 0,
      base: this.#maybe(0.2, () => this.#column()),
      partitionBy: this.#many(0, 2, () => this.expression(Math.min(depth, 1))),
      orderBy: this.#orders(0.6, depth),
      frame: this.#maybe(0.3, frame),
    };
  }

  query(depth: number): ParsedQuery {
    const orderBy = this.#orders(0.3, depth);
    return {
      kind: "ParsedQuery",
      position: 0,
      with: this.#maybe(depth > 1 ? 0.15 : 0, () => this.#with(depth - 1)),
      body: this.#body(depth - 1),
      orderBy,
      ...this.#limits(orderBy.length > 0),
      locking: [],
    };
  }

  /** WITH TIES needs an order. */
  #limits(ordered: boolean): Pick<ParsedQuery, "limit" | "offset" | "withTies"> {
    const limit = this.#maybe(0.25, () => this.number());
    return { limit, offset: this.#maybe(0.1, () => this.number()), withTies: ordered && limit !== undefined && this.#random.chance(0.2) };
  }

  #with(depth: number): ParsedWith {
    return {
      kind: "ParsedWith",
      position: 0,
      recursive: this.#random.chance(0.2),
      tables: this.#many(1, 2, () => ({
        kind: "ParsedCommonTable",
        position: 0,
        name: this.#table(),
        columns: this.#many(0, 2, () => this.#column()),
        materialized: this.#maybe(0.3, () => this.#random.chance(0.5)),
        statement: this.statement(depth),
      })),
    };
  }

  #body(depth: number): ParsedQueryBody {
    if (depth > 0 && this.#random.chance(0.2)) {
      const operator = this.#random.pick(["UNION", "INTERSECT", "EXCEPT"] as const);
      const all = this.#random.chance(0.3);
      return { kind: "ParsedSetOperation", position: 0, operator, all, left: this.#operand(depth - 1), right: this.#operand(depth - 1) };
    }
    if (this.#random.chance(0.1)) {
      const row = this.#many(1, 3, () => this.expression(depth));
      return { kind: "ParsedValues", position: 0, rows: this.#many(1, 3, () => row) };
    }
    return this.#select(depth);
  }

  /** A side of a set operation: a body, or a query that has more than a body. */
  #operand(depth: number): ParsedQueryBody {
    if (this.#random.chance(0.8)) return this.#body(depth);
    return { ...this.query(depth), limit: this.number() };
  }

  #select(depth: number): ParsedSelect {
    const part = (): ParsedExpression => this.expression(depth);
    const from = this.#random.chance(0.9) ? this.#many(1, 2, () => this.#reference(depth)) : [];
    const distinct = this.#random.chance(0.15);
    const group = (): ParsedGroupItem => this.#groupItem(depth);
    return {
      kind: "ParsedSelect",
      position: 0,
      distinct,
      distinctOn: distinct && this.#random.chance(0.4) ? this.#many(1, 2, part) : [],
      items: this.#many(1, 3, () => this.#item(depth)),
      from,
      where: this.#maybe(0.6, part),
      groupBy: this.#maybe(0.2, () => ({
        kind: "ParsedGroupBy",
        position: 0,
        distinct: this.#random.chance(0.1),
        items: this.#many(1, 3, group),
      })),
      having: this.#maybe(0.1, part),
      windows: this.#random.chance(0.1)
        ? [{ kind: "ParsedWindowDefinition", position: 0, name: this.#column(), window: this.window(depth) }]
        : [],
    };
  }

  #groupItem(depth: number): ParsedGroupItem {
    if (this.#random.chance(0.8)) return this.expression(Math.min(depth, 2));
    const grouping = this.#random.pick(["EMPTY", "ROLLUP", "CUBE", "SETS"] as const);
    const items = grouping === "EMPTY" ? [] : this.#many(1, 2, () => this.expression(Math.min(depth, 1)));
    return { kind: "ParsedGroupingSet", position: 0, grouping, items };
  }

  #item(depth: number): ParsedSelectItem {
    if (this.#random.chance(0.1)) {
      const star: ParsedExpression = { kind: "ParsedStar", position: 0, qualifier: this.#many(0, 1, () => this.#table()) };
      return { kind: "ParsedSelectItem", position: 0, value: star, alias: undefined };
    }
    return { kind: "ParsedSelectItem", position: 0, value: this.expression(depth), alias: this.#maybe(0.3, () => this.#column()) };
  }

  #reference(depth: number): ParsedTableReference {
    const position = 0;
    const alias = this.#maybe(0.5, () => ({
      kind: "ParsedTableAlias" as const,
      position,
      name: this.#table(),
      columns: this.#many(0, 2, () => ({ kind: "ParsedAliasColumn" as const, position, name: this.#column(), type: undefined })),
    }));
    if (depth <= 0 || this.#random.chance(0.4))
      return { kind: "ParsedTable", position, names: this.#many(1, 2, () => this.#table()), alias };
    const lateral = this.#random.chance(0.1);
    if (this.#random.chance(0.3)) return { kind: "ParsedDerivedTable", position, query: this.query(depth - 1), lateral, alias };
    if (this.#random.chance(0.2)) {
      const call: ParsedCall = { ...this.call(depth - 1), withinGroup: [], filter: undefined, over: undefined, names: [this.#table()] };
      return { kind: "ParsedFunctionTable", position, call, lateral, ordinality: this.#random.chance(0.2), returns: [], alias };
    }
    const join = this.#random.pick(["INNER", "LEFT", "RIGHT", "FULL", "CROSS"] as const);
    const natural = join !== "CROSS" && this.#random.chance(0.2);
    const conditional = join !== "CROSS" && !natural;
    const on = conditional ? this.#maybe(0.7, () => this.expression(depth - 1)) : undefined;
    const using = conditional && !on ? this.#many(1, 2, () => this.#column()) : [];
    const [left, right] = [this.#reference(depth - 1), this.#reference(depth - 1)];
    return { kind: "ParsedJoin", position, join, natural, left, right, on, using, usingAlias: undefined, alias };
  }

  #target(): ParsedTarget {
    return { kind: "ParsedTarget", position: 0, column: this.#column(), path: this.#many(0, 1, () => this.#column()) };
  }

  insert(depth: number): ParsedInsert {
    const conflict = this.#maybe(0.3, () => ({
      kind: "ParsedOnConflict" as const,
      position: 0,
      target: [],
      targetWhere: undefined,
      constraint: this.#maybe(0.3, () => this.#column()),
      assignments: this.#many(0, 2, () => this.#assignment(depth - 1)),
      where: undefined,
    }));
    const source = this.#maybe(0.9, () => ({ ...this.query(depth - 1), with: undefined }));
    return {
      kind: "ParsedInsert",
      position: 0,
      with: undefined,
      table: [this.#table()],
      alias: this.#maybe(0.2, () => this.#table()),
      replace: false,
      columns: source ? this.#many(0, 3, () => this.#target()) : [],
      overriding: this.#maybe(0.1, () => this.#random.pick(["SYSTEM", "USER"] as const)),
      source,
      onConflict: conflict,
      returning: this.#many(0, 2, () => this.#item(depth - 1)),
    };
  }

  #assignment(depth: number): ParsedAssignment {
    const row = this.#random.chance(0.3);
    const count = row ? this.#random.between(1, 3) : 1;
    const values = this.#random.chance(0.15) ? { kind: "ParsedDefault" as const, position: 0 } : undefined;
    return {
      kind: "ParsedAssignment",
      position: 0,
      targets: this.#many(count, count, () => this.#target()),
      values: this.#many(count, count, () => values ?? this.expression(depth)),
      row,
    };
  }

  update(depth: number): ParsedUpdate {
    return {
      kind: "ParsedUpdate",
      position: 0,
      with: undefined,
      table: [this.#table()],
      alias: this.#maybe(0.3, () => this.#table()),
      assignments: this.#many(1, 3, () => this.#assignment(depth - 1)),
      from: this.#many(0, 1, () => this.#reference(depth - 1)),
      where: this.#maybe(0.7, () => this.expression(depth)),
      returning: this.#many(0, 2, () => this.#item(depth - 1)),
    };
  }

  removal(depth: number): ParsedDelete {
    return {
      kind: "ParsedDelete",
      position: 0,
      with: undefined,
      table: [this.#table()],
      alias: this.#maybe(0.3, () => this.#table()),
      using: this.#many(0, 1, () => this.#reference(depth - 1)),
      where: this.#maybe(0.7, () => this.expression(depth)),
      returning: this.#many(0, 2, () => this.#item(depth - 1)),
    };
  }
}
