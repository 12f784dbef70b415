/**
 * Random expressions of a wanted type over the columns in scope, in the dialect that PostgreSQL, SQLite and we share.
 *
 * What the databases do differently is not made: division by what may be zero, overflow, rounding of doubles to integers, LIKE with
 * backslashes, functions that round, texts of doubles, comparisons between types of different classes, a constant alone in GROUP BY.
 */
import type { SeededRandom } from "../../support/random.ts";
import { printValue } from "./schema.ts";
import type { ColumnType, Expression, Query } from "./statement.ts";

export interface ScopeColumn {
  readonly text: string;
  readonly type: ColumnType;
  readonly bound: number;
}

export interface Scope {
  readonly columns: readonly ScopeColumn[];
  /** Columns of the queries around. */
  readonly outer: readonly ScopeColumn[];
}

/** Makes a query of one column for use inside of an expression; undefined where none fits any more. */
export type SubqueryMaker = (scope: Scope, shape: "scalar" | "column" | "exists", type: ColumnType) => Query | undefined;

/** Types that may be compared, grouped and set against each other. */
export const COMPARABLE: readonly ColumnType[] = ["integer", "bigint", "double", "text", "boolean"];

const INT_MAX = 2 ** 31 - 1;
const BIG_MAX = 2 ** 53;
const TEXT_MAX = 200;
const COMPARISONS = ["=", "=", "<>", "<", "<=", ">", ">="];
const PATTERNS = ["%", "a%", "%b", "%a%", "_", "__%", "a_", "%-0%", "2020%", "100%", "Abc", ""];
const LITERAL_WORDS = ["", "a", "b", "abc", "Abc", "zz", "2020-01-31", "x", "it''s"];
const CASTS: Readonly<Partial<Record<ColumnType, string>>> = {
  integer: "integer",
  bigint: "bigint",
  double: "double precision",
  text: "text",
  boolean: "boolean",
};

export function node(type: ColumnType, bound: number, ...parts: readonly (string | Expression | Query)[]): Expression {
  const constant = parts.every((part) => typeof part === "string" || ("type" in part && part.constant));
  return { type, bound, parts, constant };
}

export function columnNode({ text, type, bound }: ScopeColumn): Expression {
  return { type, bound, parts: [text], constant: false };
}

export class ExpressionMaker {
  readonly #random: SeededRandom;
  readonly #subquery: SubqueryMaker;
  readonly #isDeclared: boolean;

  /**
   * `isDeclared`: columns have declared types. If not, a double that is whole is divided as an integer, and a text that spells a number
   * is one: none is made.
   */
  constructor(random: SeededRandom, subquery: SubqueryMaker, isDeclared: boolean) {
    this.#random = random;
    this.#subquery = subquery;
    this.#isDeclared = isDeclared;
  }

  /** An expression of a type that can be compared. */
  make(type: ColumnType, scope: Scope, depth: number): Expression {
    const random = this.#random;
    if (depth <= 0 || random.chance(0.35)) return this.#leaf(type, scope);
    if (random.chance(0.25)) return this.#common(type, scope, depth);
    switch (type) {
      case "integer":
        return this.#integer(scope, depth);
      case "bigint":
        return this.#bigint(scope, depth);
      case "double":
        return this.#double(scope, depth);
      case "text":
        return this.#text(scope, depth);
      default:
        return this.condition(scope, depth);
    }
  }

  /** A condition that is not just a constant. */
  condition(scope: Scope, depth: number): Expression {
    const random = this.#random;
    const type = this.#typeInScope(scope);
    const left = this.make(type, scope, depth - 1);
    switch (depth <= 0 ? 0 : random.below(14)) {
      case 1:
        return node("boolean", 1, "(", this.condition(scope, depth - 1), " AND ", this.condition(scope, depth - 1), ")");
      case 2:
      case 3:
        return node("boolean", 1, "(", this.condition(scope, depth - 1), " OR ", this.condition(scope, depth - 1), ")");
      case 4:
        return node("boolean", 1, "(NOT ", this.condition(scope, depth - 1), ")");
      case 5:
        return node("boolean", 1, "(", left, random.chance(0.5) ? " IS NULL)" : " IS NOT NULL)");
      case 6:
        return this.#between(scope, depth);
      case 7:
        return this.#inList(left, scope);
      case 8:
        return node("boolean", 1, "(", this.make("text", scope, depth - 1), this.#not(" LIKE "), `'${random.pick(PATTERNS)}')`);
      case 9:
        return node(
          "boolean",
          1,
          "(",
          left,
          random.chance(0.5) ? " IS DISTINCT FROM " : " IS NOT DISTINCT FROM ",
          this.make(type, scope, 0),
          ")",
        );
      case 10:
        return node(
          "boolean",
          1,
          "(",
          this.condition(scope, depth - 1),
          random.pick([" IS TRUE)", " IS NOT TRUE)", " IS FALSE)", " IS NOT FALSE)"]),
        );
      case 11:
      case 12:
        return this.#subqueryCondition(left, scope);
      default:
        return this.#comparison(left, scope, depth);
    }
  }

  /** A literal of a type. */
  literal(type: ColumnType): Expression {
    const random = this.#random;
    if (random.chance(0.04)) return node(type, 0, `CAST(NULL AS ${CASTS[type] ?? "integer"})`);
    switch (type) {
      case "integer":
      case "bigint": {
        const value = random.chance(0.8) ? random.between(-3, 12) : random.between(-1000, 1000);
        return node(type, Math.abs(value), type === "bigint" ? `CAST(${value} AS bigint)` : value < 0 ? `(${value})` : String(value));
      }
      case "double": {
        const value = random.between(-8, 20) / 2;
        return node(type, 10, value < 0 ? `(${value.toFixed(1)})` : value.toFixed(1));
      }
      case "text":
        return node(type, 10, `'${random.pick(LITERAL_WORDS)}'`);
      default:
        return node("boolean", 1, printValue(random.chance(0.5)));
    }
  }

  #leaf(type: ColumnType, scope: Scope): Expression {
    const near = scope.columns.filter((column) => column.type === type);
    const far = scope.outer.filter((column) => column.type === type);
    const random = this.#random;
    if (far.length > 0 && random.chance(0.35)) return columnNode(random.pick(far));
    if (near.length > 0 && random.chance(0.8)) return columnNode(random.pick(near));
    return this.literal(type);
  }

  /** What every type has: CASE, COALESCE, NULLIF, a scalar subquery. */
  #common(type: ColumnType, scope: Scope, depth: number): Expression {
    const random = this.#random;
    const first = this.make(type, scope, depth - 1);
    const second = this.make(type, scope, depth - 1);
    const bound = Math.max(first.bound, second.bound);
    switch (random.below(5)) {
      case 0:
        return node(type, bound, "CASE WHEN ", this.condition(scope, depth - 1), " THEN ", first, " ELSE ", second, " END");
      case 1: {
        const key = this.#typeInScope(scope);
        const of = this.make(key, scope, depth - 1);
        return node(
          type,
          bound,
          "CASE ",
          of,
          " WHEN ",
          this.literal(key),
          " THEN ",
          first,
          " WHEN ",
          this.literal(key),
          " THEN ",
          second,
          " END",
        );
      }
      case 2:
        return node(type, bound, "COALESCE(", first, ", ", second, ")");
      case 3:
        return node(type, first.bound, "NULLIF(", first, ", ", second, ")");
      default: {
        const query = this.#subquery(scope, "scalar", type);
        if (query === undefined || query.kind !== "select") return first;
        return node(type, query.items[0]!.expression.bound, query);
      }
    }
  }

  #integer(scope: Scope, depth: number): Expression {
    const random = this.#random;
    const left = this.make("integer", scope, depth - 1);
    const right = this.make("integer", scope, depth - 1);
    switch (random.below(7)) {
      case 0:
        return this.#within(INT_MAX, left, node("integer", left.bound + right.bound, "(", left, " + ", right, ")"));
      case 1:
        return this.#within(INT_MAX, left, node("integer", left.bound + right.bound, "(", left, " - ", right, ")"));
      case 2:
        return this.#within(INT_MAX, left, node("integer", left.bound * right.bound, "(", left, " * ", right, ")"));
      case 3:
        return node("integer", left.bound, "(", left, ` / ${random.pick(["2", "3", "(-2)", "7"])})`);
      case 4:
        return node("integer", 10, "(", left, ` % ${random.pick(["2", "3", "5", "10"])})`);
      case 5:
        return node("integer", left.bound, random.chance(0.5) ? "abs(" : "(- ", left, ")");
      default:
        return node("integer", TEXT_MAX, "length(", this.make("text", scope, depth - 1), ")");
    }
  }

  #bigint(scope: Scope, depth: number): Expression {
    const random = this.#random;
    const left = this.make("bigint", scope, depth - 1);
    const right = this.make(random.chance(0.5) ? "bigint" : "integer", scope, depth - 1);
    switch (random.below(4)) {
      case 0:
        return this.#within(BIG_MAX, left, node("bigint", left.bound + right.bound, "(", left, " + ", right, ")"));
      case 1:
        return this.#within(BIG_MAX, left, node("bigint", left.bound + right.bound, "(", left, " - ", right, ")"));
      case 2:
        return node("bigint", left.bound, "(", left, ` ${random.pick(["/", "%"])} ${random.pick(["2", "1000", "(-7)"])})`);
      default:
        return node("bigint", right.bound, "CAST(", right, " AS bigint)");
    }
  }

  #double(scope: Scope, depth: number): Expression {
    const random = this.#random;
    const left = this.make("double", scope, depth - 1);
    const right = this.make(random.chance(0.6) ? "double" : "integer", scope, depth - 1);
    switch (random.below(5)) {
      case 0:
      case 1:
        return node("double", left.bound + right.bound, "(", left, random.pick([" + ", " - "]), right, ")");
      case 2:
        return this.#within(1e9, left, node("double", left.bound * right.bound, "(", left, " * ", right, ")"));
      case 3:
        if (!this.#isDeclared) return left;
        return node("double", left.bound * 2, "(", left, ` / ${random.pick(["2.0", "0.5", "4"])})`);
      default:
        return node("double", right.bound, "CAST(", right, " AS double precision)");
    }
  }

  #text(scope: Scope, depth: number): Expression {
    const random = this.#random;
    const inner = this.make("text", scope, depth - 1);
    switch (random.below(8)) {
      case 0: {
        const right = this.make("text", scope, depth - 1);
        return this.#within(TEXT_MAX, inner, node("text", inner.bound + right.bound, "(", inner, " || ", right, ")"));
      }
      case 1: {
        const right = this.make("integer", scope, depth - 1);
        return this.#within(
          TEXT_MAX,
          inner,
          node("text", inner.bound + 12, "(", inner, this.#isDeclared ? " || " : " || '#' || ", right, ")"),
        );
      }
      case 2:
        return node("text", inner.bound, "lower(", inner, ")");
      case 3:
        return node("text", inner.bound, "upper(", inner, ")");
      case 4:
        return this.#spelled(inner.bound, "substr(", inner, `, ${random.between(1, 4)}, ${random.between(0, 3)})`);
      case 5:
        return node(
          "text",
          inner.bound * 2,
          "replace(",
          inner,
          `, ${random.pick(["'a'", "'b'", "'20'", this.#isDeclared ? "'-'" : "'B'"])}, ${random.pick(["''", "'x'", "'aa'"])})`,
        );
      case 6:
        return node("text", inner.bound, random.pick(["trim(", "ltrim(", "rtrim("]), inner, ")");
      default:
        return this.#spelled(12, "CAST(", this.make("integer", scope, depth - 1), " AS text)");
    }
  }

  /** A text that may spell a number. */
  #spelled(bound: number, ...parts: readonly (string | Expression)[]): Expression {
    return this.#isDeclared ? node("text", bound, ...parts) : node("text", bound + 1, "('#' || ", ...parts, ")");
  }

  #comparison(left: Expression, scope: Scope, depth: number): Expression {
    const random = this.#random;
    const isNumber = left.type === "integer" || left.type === "bigint" || left.type === "double";
    const type = isNumber && random.chance(0.3) ? random.pick(["integer", "bigint", "double"] as const) : left.type;
    return node("boolean", 1, "(", left, ` ${random.pick(COMPARISONS)} `, this.make(type, scope, depth - 1), ")");
  }

  #between(scope: Scope, depth: number): Expression {
    const type = this.#random.pick(["integer", "bigint", "double", "text"] as const);
    const make = (levels: number): Expression => this.make(type, scope, levels);
    return node("boolean", 1, "(", make(depth - 1), this.#not(" BETWEEN "), make(0), " AND ", make(0), ")");
  }

  #inList(left: Expression, scope: Scope): Expression {
    const items = Array.from({ length: this.#random.between(1, 5) }, () => this.#leaf(left.type, { ...scope, outer: [] }));
    return node("boolean", 1, "(", left, this.#not(" IN "), "(", ...items.flatMap((item, at) => (at === 0 ? [item] : [", ", item])), "))");
  }

  #subqueryCondition(left: Expression, scope: Scope): Expression {
    const shape = this.#random.chance(0.5) ? "exists" : "column";
    const query = this.#subquery(scope, shape, left.type);
    if (query === undefined) return node("boolean", 1, "(", left, " IS NOT NULL)");
    if (shape === "exists") return node("boolean", 1, this.#random.chance(0.5) ? "(EXISTS " : "(NOT EXISTS ", query, ")");
    return node("boolean", 1, "(", left, this.#not(" IN "), query, ")");
  }

  #not(words: string): string {
    return this.#random.chance(0.3) ? ` NOT${words}` : words;
  }

  #typeInScope(scope: Scope): ColumnType {
    const types = scope.columns.map(({ type }) => type).filter((type) => COMPARABLE.includes(type));
    return types.length > 0 && this.#random.chance(0.9) ? this.#random.pick(types) : "integer";
  }

  /** The expression, or what it was made of where it could leave the bounds. */
  #within(limit: number, instead: Expression, expression: Expression): Expression {
    return expression.bound < limit ? expression : instead;
  }
}
