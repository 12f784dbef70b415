/**
 * Random queries and writes over random tables, in the dialect that PostgreSQL, SQLite and we share:
 *
 *   NULLs in ORDER BY always have their place written; LIMIT only behind an order over all columns
 *   LIKE minds the case (SQLite is told so); texts are compared byte by byte
 *   only sums and averages mix types; averages are never grouped, ordered, or compared for equality
 *   set operations have one operator, since INTERSECT binds differently, and ALL only with UNION
 *   a write reads other tables than its own in subqueries, since SQLite may see rows that it has written already
 *   integers stay within their type, and what a column gets stays within the bound of its domain
 */
import type { SeededRandom } from "../../support/random.ts";
import { COMPARABLE, ExpressionMaker, node, type Scope, type ScopeColumn } from "./expressions.ts";
import { type Column, ID_BOUND, printValue, type Table } from "./schema.ts";
import type {
  Assignment,
  ColumnType,
  Expression,
  OrderItem,
  Query,
  SelectItem,
  SelectQuery,
  SetQuery,
  Source,
  Statement,
} from "./statement.ts";

const ROWS_OF_JOIN_MAX = 10_000;
const DEPTH = 3;
const EMPTY: Scope = { columns: [], outer: [] };

/** What may stand in FROM, with the names and types of its columns. */
interface Relation {
  readonly from: string | Query;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly bound: number }[];
  readonly rows: number;
}

export class StatementGenerator {
  readonly #random: SeededRandom;
  readonly #tables: readonly Table[];
  readonly #expressions: ExpressionMaker;
  #aliases = 0;
  #nextId = 1000;
  #subqueries = 0;
  /** Table that the statement writes. */
  #written: string | undefined;

  /** `isDeclared`: the tables are. */
  constructor(random: SeededRandom, tables: readonly Table[], isDeclared: boolean) {
    this.#random = random;
    this.#tables = tables;
    this.#expressions = new ExpressionMaker(random, (scope, shape, type) => this.#subquery(scope, shape, type), isDeclared);
  }

  query(): Statement {
    this.#begin(undefined);
    return { kind: "query", query: this.#topQuery() };
  }

  write(): Statement {
    const random = this.#random;
    const table = random.pick(this.#tables);
    this.#begin(table.name);
    switch (random.below(6)) {
      case 0:
      case 1:
        return this.#insert(table);
      case 2:
        return this.#insertSelect(table);
      case 3:
        return { kind: "delete", table: table.name, where: this.#writeConditions(table, 1), returning: random.chance(0.4) };
      default: {
        const where = random.chance(0.15) ? [] : this.#writeConditions(table, random.between(1, 2));
        return {
          kind: "update",
          table: table.name,
          set: this.#assignments(table, scopeOf(table, table.name)),
          where,
          returning: random.chance(0.4),
        };
      }
    }
  }

  #begin(written: string | undefined): void {
    this.#aliases = 0;
    this.#subqueries = 0;
    this.#written = written;
  }

  #topQuery(): Query {
    const random = this.#random;
    const ctes = random.chance(0.15) ? [this.#cte()] : [];
    const relations = ctes.map(({ name, relation }): Relation => ({ ...relation, from: name }));
    const body = random.chance(0.15) ? this.#setQuery(relations) : this.#select(EMPTY, relations, DEPTH);
    return { ...this.#sorted(body), with: ctes.map(({ name, relation }) => ({ name, query: relation.from as Query })) };
  }

  #cte(): { name: string; relation: Relation } {
    return { name: `w${this.#aliases++}`, relation: this.#derived(2) };
  }

  /** With an order over all columns, perhaps limited; or with none. */
  #sorted<Kind extends Query>(query: Kind): Kind {
    const random = this.#random;
    const items = query.kind === "select" ? query.items : query.operands[0]!.items;
    if (random.chance(0.5) || items.some(({ expression }) => expression.type === "approx")) return query;
    const positions = items.map((_, position) => position + 1);
    const order: OrderItem[] = [];
    while (positions.length > 0) {
      const [position] = positions.splice(random.below(positions.length), 1);
      order.push({ position: position!, descending: random.chance(0.4), nullsFirst: random.chance(0.5) });
    }
    const limit = random.chance(0.5) ? random.pick([0, 1, 1, 2, 2, 3, 3, 5, 5, 10, 10, 100, 100]) : undefined;
    const offset = limit !== undefined && random.chance(0.3) ? random.pick([0, 1, 1, 2, 10]) : undefined;
    return { ...query, order, limit, offset };
  }

  #setQuery(relations: readonly Relation[]): SetQuery {
    const random = this.#random;
    const types = Array.from({ length: random.between(1, 3) }, () => random.pick(COMPARABLE));
    const operands = Array.from({ length: random.chance(0.8) ? 2 : 3 }, () => this.#plainSelect(EMPTY, relations, types));
    const operator = random.pick(["UNION", "UNION ALL", "INTERSECT", "EXCEPT"] as const);
    return { kind: "set", operator, operands, with: [], order: [], limit: undefined, offset: undefined };
  }

  #select(scope: Scope, relations: readonly Relation[], depth: number): SelectQuery {
    const random = this.#random;
    if (random.chance(0.4)) return this.#aggregateSelect(scope, relations, depth);
    const types = Array.from({ length: random.between(1, 4) }, () => random.pick(COMPARABLE));
    const query = this.#plainSelect(scope, relations, types);
    return random.chance(0.2) ? { ...query, distinct: true } : query;
  }

  /** A query without groups, its columns of these types. */
  #plainSelect(around: Scope, relations: readonly Relation[], types: readonly ColumnType[]): SelectQuery {
    const { sources, scope } = this.#from(around, relations);
    const items = types.map((type, position) => ({ name: `r${position}`, expression: this.#expressions.make(type, scope, DEPTH - 1) }));
    return { ...emptySelect(items, sources), where: this.#conditions(scope) };
  }

  #aggregateSelect(around: Scope, relations: readonly Relation[], depth: number): SelectQuery {
    const random = this.#random;
    const { sources, scope } = this.#from(around, relations);
    const group = random.chance(0.75) ? this.#groupKeys(scope, depth) : [];
    const aggregates = Array.from({ length: random.between(group.length > 0 ? 0 : 1, 3) }, () => this.#aggregate(scope));
    const items = [...group.filter(() => random.chance(0.9)), ...aggregates];
    if (items.length === 0) items.push(this.#aggregate(scope));
    const having = group.length > 0 && random.chance(0.3) ? [this.#havingCondition(scope)] : [];
    const named = items.map((expression, position) => ({ name: `r${position}`, expression }));
    const distinct = random.chance(0.1) && named.every(({ expression }) => expression.type !== "approx");
    return { ...emptySelect(named, sources), where: this.#conditions(scope), group, having, distinct };
  }

  #groupKeys(scope: Scope, depth: number): Expression[] {
    const keys = Array.from({ length: this.#random.between(1, 2) }, () => {
      const type = this.#random.pick(COMPARABLE);
      // SQLite takes (c IS NULL) for 0 where c is NOT NULL, and then for the position of a column: only columns are boolean keys.
      const isSimple = type === "boolean" || this.#random.chance(0.5);
      const key = this.#expressions.make(type, { ...scope, outer: [] }, isSimple ? 0 : depth - 1);
      return key.constant || containsQuery(key) ? undefined : key;
    });
    return keys.filter((key) => key !== undefined);
  }

  #aggregate(scope: Scope): Expression {
    const random = this.#random;
    const inner = { ...scope, outer: [] };
    const filter = random.chance(0.15) ? [" FILTER (WHERE ", this.#flatCondition(inner), ")"] : [];
    const argument = (types: readonly ColumnType[]): Expression => this.#argument(inner, types);
    const distinct = random.chance(0.2) ? "DISTINCT " : "";
    switch (random.below(6)) {
      case 0:
        return node("bigint", ROWS_OF_JOIN_MAX, "count(*)", ...filter);
      case 1:
        return node("bigint", ROWS_OF_JOIN_MAX, `count(${distinct}`, argument(COMPARABLE), ")", ...filter);
      case 2: {
        const of = argument(["integer", "integer", "bigint", "double"]);
        const type = of.type === "integer" ? "bigint" : of.type === "bigint" ? "numeric" : "double";
        return node(type, of.bound * ROWS_OF_JOIN_MAX, `sum(${distinct}`, of, ")", ...filter);
      }
      case 3:
        return node("approx", 1e12, `avg(${distinct}`, argument(["integer", "bigint", "double"]), ")", ...filter);
      default: {
        const of = argument(["integer", "bigint", "double", "text"]);
        return node(of.type, of.bound, random.chance(0.5) ? "min(" : "max(", of, ")", ...filter);
      }
    }
  }

  /** Without subqueries, which PostgreSQL and SQLite take differently inside of aggregates when they look outside. */
  #argument(scope: Scope, types: readonly ColumnType[]): Expression {
    const type = this.#random.pick(types);
    const made = this.#expressions.make(type, scope, this.#random.below(3));
    if (!containsQuery(made) && made.bound * ROWS_OF_JOIN_MAX < 2 ** 62) return made;
    return this.#expressions.make(type, scope, 0);
  }

  #flatCondition(scope: Scope): Expression {
    const made = this.#expressions.condition(scope, 1);
    return containsQuery(made) ? this.#expressions.condition(scope, 0) : made;
  }

  #havingCondition(scope: Scope): Expression {
    const random = this.#random;
    const aggregate = this.#aggregate(scope);
    if (random.chance(0.2)) return node("boolean", 1, "(", aggregate, " IS NOT NULL)");
    if (aggregate.type === "text") return node("boolean", 1, "(", aggregate, random.pick([" > 'a'", " < 'b'", " <> ''"]), ")");
    // A quarter: no average of few integers and halves is that close to it.
    const than = aggregate.type === "approx" ? `${random.between(-2, 10)}.26` : String(random.between(-2, 10));
    return node("boolean", 1, "(", aggregate, random.pick([" > ", " < "]), than, ")");
  }

  #conditions(scope: Scope): Expression[] {
    const count = this.#random.pick([0, 0, 0, 1, 1, 1, 2]);
    return Array.from({ length: count }, () => this.#expressions.condition(scope, this.#random.between(0, DEPTH - 1)));
  }

  /** Tables, joined, and what can be named behind them. */
  #from(around: Scope, relations: readonly Relation[]): { sources: Source[]; scope: Scope } {
    const random = this.#random;
    const sources: Source[] = [];
    const columns: ScopeColumn[] = [];
    const outer = [...around.columns, ...around.outer];
    let rows = 1;
    const count = random.pick([1, 1, 1, 2, 2, 3]);
    while (sources.length < count) {
      const relation = this.#relation(relations);
      if (sources.length > 0 && rows * Math.max(1, relation.rows) > ROWS_OF_JOIN_MAX) break;
      rows *= Math.max(1, relation.rows);
      const alias = `a${this.#aliases++}`;
      const own = relation.columns.map(({ name, type, bound }) => ({ text: `${alias}.${name}`, type, bound }));
      const join = sources.length === 0 ? "" : random.pick(["JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "CROSS JOIN", ", "] as const);
      // A comma binds less than JOIN: behind one, ON may not name what stands before it.
      const usable = sources.some((source) => source.join === ", ") || join === ", " ? [] : columns;
      const on = join === "JOIN" || join === "LEFT JOIN" ? this.#joinConditions(usable, own) : [];
      sources.push({ join, from: relation.from, alias, on });
      columns.push(...own);
    }
    return { sources, scope: { columns, outer } };
  }

  #joinConditions(left: readonly ScopeColumn[], right: readonly ScopeColumn[]): Expression[] {
    const random = this.#random;
    const pairs = left.flatMap((a) => right.filter((b) => b.type === a.type).map((b) => [a, b] as const));
    const conditions: Expression[] = [];
    if (pairs.length > 0 && random.chance(0.9)) {
      const [a, b] = random.pick(pairs);
      conditions.push({ type: "boolean", bound: 1, constant: false, parts: [`${a.text} = ${b.text}`] });
    }
    if (conditions.length === 0 || random.chance(0.25)) conditions.push(this.#flatCondition({ columns: [...left, ...right], outer: [] }));
    return conditions;
  }

  #relation(relations: readonly Relation[]): Relation {
    const random = this.#random;
    if (relations.length > 0 && random.chance(0.5)) return random.pick(relations);
    if (this.#written === undefined && this.#subqueries < 2 && random.chance(0.1)) return this.#derived(1);
    const table = random.pick(this.#readable());
    return { from: table.name, columns: table.columns, rows: table.rows.length + 10 };
  }

  #readable(): readonly Table[] {
    return this.#tables.filter(({ name }) => name !== this.#written);
  }

  #derived(depth: number): Relation {
    this.#subqueries++;
    const query = this.#sorted(this.#select(EMPTY, [], depth));
    const columns = query.items.map(({ name, expression: { type, bound } }) => ({ name, type, bound }));
    return { from: query, columns: columns.filter(({ type, bound }) => COMPARABLE.includes(type) && bound < 2 ** 31), rows: 60 };
  }

  #subquery(around: Scope, shape: "scalar" | "column" | "exists", type: ColumnType): Query | undefined {
    if (this.#subqueries >= 3) return undefined;
    this.#subqueries++;
    const random = this.#random;
    const table = random.pick(this.#readable());
    const alias = `a${this.#aliases++}`;
    const correlated = random.chance(0.5);
    const outer = correlated ? [...around.columns, ...around.outer] : [];
    const scope: Scope = { columns: scopeOf(table, alias).columns, outer };
    const where = this.#conditions(scope);
    const pairs = outer.flatMap((a) => scope.columns.filter((b) => b.type === a.type).map((b) => `${b.text} = ${a.text}`));
    if (pairs.length > 0 && random.chance(0.7)) where.push({ type: "boolean", bound: 1, constant: false, parts: [random.pick(pairs)] });
    const expression = shape === "scalar" ? this.#scalar(type, scope) : this.#expressions.make(type, { ...scope, outer: [] }, 1);
    const sources: Source[] = [{ join: "", from: table.name, alias, on: [] }];
    return { ...emptySelect([{ name: "r0", expression }], sources), where };
  }

  /** An aggregate of a type, so that there is one row. */
  #scalar(type: ColumnType, scope: Scope): Expression {
    if (type === "bigint" && this.#random.chance(0.5)) return node("bigint", ROWS_OF_JOIN_MAX, "count(*)");
    const of = this.#argument({ ...scope, outer: [] }, [type]);
    if (type === "boolean") return node("boolean", 1, "(count(*) > ", String(this.#random.below(4)), ")");
    return node(type, of.bound, this.#random.chance(0.5) ? "min(" : "max(", of, ")");
  }

  #writeConditions(table: Table, count: number): Expression[] {
    const scope = scopeOf(table, table.name);
    return Array.from({ length: count }, () => this.#expressions.condition(scope, this.#random.between(0, 2)));
  }

  #insert(table: Table): Statement {
    const random = this.#random;
    const columns = this.#insertedColumns(table);
    const rows = Array.from({ length: random.between(1, 4) }, () =>
      columns.map((column) => {
        if (column.name !== "id") return this.#value(column);
        const id = random.chance(0.5) ? this.#nextId++ : random.between(1, 40);
        return node("integer", ID_BOUND, String(id));
      }),
    );
    const conflict = random.pick(["none", "nothing", "update"] as const);
    const action =
      conflict === "update" ? this.#assignments(table, scopeOf(table, random.chance(0.5) ? table.name : "excluded")) : conflict;
    // A row that an INSERT meets twice is an error in PostgreSQL alone.
    const kept = conflict === "update" ? rows.slice(0, 1) : rows;
    return {
      kind: "insert",
      table: table.name,
      columns: columns.map(({ name }) => name),
      rows: kept,
      conflict: action,
      returning: random.chance(0.4),
    };
  }

  #insertSelect(table: Table): Statement {
    const source = this.#random.pick(this.#readable());
    const alias = `a${this.#aliases++}`;
    const scope = scopeOf(source, alias);
    const columns = this.#insertedColumns(table);
    const base = this.#nextId;
    this.#nextId += 1000;
    const items = columns.map((column, position) => {
      const id = node("integer", ID_BOUND, `${base} + ${alias}.id % 1000`);
      return { name: `r${position}`, expression: column.name === "id" ? id : this.#bounded(column, scope) };
    });
    const query: SelectQuery = {
      ...emptySelect(items, [{ join: "", from: source.name, alias, on: [] }]),
      where: this.#conditions(scope),
    };
    return { kind: "insert-select", table: table.name, columns: columns.map(({ name }) => name), query };
  }

  #insertedColumns(table: Table): Column[] {
    return table.columns.filter(({ name, nullable }) => name === "id" || !nullable || this.#random.chance(0.8));
  }

  #value(column: Column): Expression {
    const value = column.nullable && this.#random.chance(0.15) ? null : column.draw(this.#random);
    return node(column.type, column.bound, printValue(value));
  }

  #assignments(table: Table, scope: Scope): Assignment[] {
    const columns = table.columns.slice(1).filter(() => this.#random.chance(0.4));
    const chosen = columns.length > 0 ? columns : [table.columns[1]!];
    return chosen.map((column) => ({ column: column.name, value: this.#bounded(column, scope) }));
  }

  /** An expression whose value the column may hold without leaving its bound. */
  #bounded(column: Column, scope: Scope): Expression {
    const made = this.#expressions.make(column.type, scope, 2);
    if (made.bound <= column.bound) return made;
    switch (column.type) {
      case "integer":
      case "bigint":
        return node(column.type, column.bound, "(", made, ` % ${column.bound})`);
      case "text":
        return node("text", column.bound, "substr(", made, `, 1, ${column.bound})`);
      default:
        return this.#value(column);
    }
  }
}

function scopeOf(table: Table, alias: string): Scope {
  return { columns: table.columns.map(({ name, type, bound }) => ({ text: `${alias}.${name}`, type, bound })), outer: [] };
}

function emptySelect(items: readonly SelectItem[], sources: readonly Source[]): SelectQuery {
  return {
    kind: "select",
    distinct: false,
    items,
    sources,
    where: [],
    group: [],
    having: [],
    with: [],
    order: [],
    limit: undefined,
    offset: undefined,
  };
}

function containsQuery(expression: Expression): boolean {
  return expression.parts.some((part) => typeof part !== "string" && ("kind" in part || containsQuery(part)));
}
