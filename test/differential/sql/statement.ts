/**
 * Random statements as trees: enough structure to print them, and to take parts away from one that shows a difference.
 *
 * An expression is text with expressions and queries in between; it knows its type, a bound of its absolute value (so that integers never
 * overflow), and whether it can be NULL does not matter. Conjunctions of WHERE, ON and HAVING are lists, so that each can be dropped.
 */

/** `numeric` is a sum of bigints; `approx` a number that two databases may round differently: it is shown, never compared for equality. */
export type ColumnType = "integer" | "bigint" | "double" | "text" | "boolean" | "numeric" | "approx";

export interface Expression {
  readonly type: ColumnType;
  readonly bound: number;
  readonly parts: readonly (string | Expression | Query)[];
  /** A constant without any column: not to be grouped or ordered by. */
  readonly constant: boolean;
}

export interface Source {
  readonly join: "" | ", " | "JOIN" | "LEFT JOIN" | "CROSS JOIN";
  /** A table's or WITH query's name, or a derived table. */
  readonly from: string | Query;
  readonly alias: string;
  readonly on: readonly Expression[];
}

export interface SelectItem {
  readonly expression: Expression;
  readonly name: string;
}

export interface OrderItem {
  readonly position: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

interface Tail {
  readonly with: readonly { readonly name: string; readonly query: Query }[];
  readonly order: readonly OrderItem[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

export interface SelectQuery extends Tail {
  readonly kind: "select";
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly sources: readonly Source[];
  readonly where: readonly Expression[];
  readonly group: readonly Expression[];
  readonly having: readonly Expression[];
}

export interface SetQuery extends Tail {
  readonly kind: "set";
  readonly operator: "UNION" | "UNION ALL" | "INTERSECT" | "EXCEPT";
  readonly operands: readonly SelectQuery[];
}

export type Query = SelectQuery | SetQuery;

export interface Assignment {
  readonly column: string;
  readonly value: Expression;
}

/** What an INSERT does with a row whose id is there: fail, nothing, or an update. */
export type ConflictAction = "none" | "nothing" | readonly Assignment[];

export type Statement =
  | { readonly kind: "query"; readonly query: Query }
  | {
      readonly kind: "insert";
      readonly table: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Expression[])[];
      readonly conflict: ConflictAction;
      readonly returning: boolean;
    }
  | { readonly kind: "insert-select"; readonly table: string; readonly columns: readonly string[]; readonly query: Query }
  | {
      readonly kind: "update";
      readonly table: string;
      readonly set: readonly Assignment[];
      readonly where: readonly Expression[];
      readonly returning: boolean;
    }
  | { readonly kind: "delete"; readonly table: string; readonly where: readonly Expression[]; readonly returning: boolean };

/** Whether rows come in an order that leaves nothing open. */
export function isOrdered(statement: Statement): boolean {
  return statement.kind === "query" && statement.query.order.length === columnCount(statement.query) && !hasApprox(statement.query);
}

export function columnCount(query: Query): number {
  return query.kind === "select" ? query.items.length : query.operands[0]!.items.length;
}

export function hasApprox(query: Query): boolean {
  const items = query.kind === "select" ? query.items : query.operands.flatMap((operand) => operand.items);
  return items.some(({ expression }) => expression.type === "approx");
}

export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case "query":
      return printQuery(statement.query);
    case "insert": {
      const rows = statement.rows.map((row) => `(${row.map(printExpression).join(", ")})`).join(", ");
      const head = `INSERT INTO ${statement.table} (${statement.columns.join(", ")}) VALUES ${rows}`;
      return `${head}${printConflict(statement.conflict)}${printReturning(statement.returning)}`;
    }
    case "insert-select":
      return `INSERT INTO ${statement.table} (${statement.columns.join(", ")}) ${printQuery(statement.query)}`;
    case "update":
      return `UPDATE ${statement.table} SET ${printAssignments(statement.set)}${printConditions(" WHERE ", statement.where)}${printReturning(statement.returning)}`;
    case "delete":
      return `DELETE FROM ${statement.table}${printConditions(" WHERE ", statement.where)}${printReturning(statement.returning)}`;
  }
}

export function printExpression(expression: Expression): string {
  return expression.parts
    .map((part) => (typeof part === "string" ? part : "type" in part ? printExpression(part) : `(${printQuery(part)})`))
    .join("");
}

function printQuery(query: Query): string {
  const ctes = query.with.map(({ name, query: body }) => `${name} AS (${printQuery(body)})`);
  const body = query.kind === "select" ? printSelect(query) : query.operands.map(printSelect).join(` ${query.operator} `);
  return (ctes.length > 0 ? `WITH ${ctes.join(", ")} ` : "") + body + printOrder(query);
}

function printSelect({ distinct, items, sources, where, group, having }: SelectQuery): string {
  const list = items.map(({ expression, name }) => `${printExpression(expression)} AS ${name}`).join(", ");
  const from = sources.length > 0 ? ` FROM ${sources.map(printSource).join("")}` : "";
  const grouping = group.length > 0 ? ` GROUP BY ${group.map(printExpression).join(", ")}` : "";
  return `SELECT ${distinct ? "DISTINCT " : ""}${list}${from}${printConditions(" WHERE ", where)}${grouping}${printConditions(" HAVING ", having)}`;
}

function printSource({ join, from, alias, on }: Source): string {
  const what = `${typeof from === "string" ? from : `(${printQuery(from)})`} ${alias}`;
  if (join === "" || join === ", ") return join + what;
  if (join === "CROSS JOIN") return ` CROSS JOIN ${what}`;
  return ` ${join} ${what} ON ${on.length > 0 ? on.map(printExpression).join(" AND ") : "true"}`;
}

function printOrder({ order, limit, offset }: Tail): string {
  const keys = order.map(
    ({ position, descending, nullsFirst }) => `${position}${descending ? " DESC" : ""} NULLS ${nullsFirst ? "FIRST" : "LAST"}`,
  );
  const sorting = keys.length > 0 ? ` ORDER BY ${keys.join(", ")}` : "";
  return `${sorting}${limit === undefined ? "" : ` LIMIT ${limit}`}${offset === undefined ? "" : ` OFFSET ${offset}`}`;
}

function printConditions(word: string, conditions: readonly Expression[]): string {
  return conditions.length > 0 ? word + conditions.map(printExpression).join(" AND ") : "";
}

function printAssignments(assignments: readonly Assignment[]): string {
  return assignments.map(({ column, value }) => `${column} = ${printExpression(value)}`).join(", ");
}

function printConflict(action: ConflictAction): string {
  if (action === "none") return "";
  return action === "nothing" ? " ON CONFLICT DO NOTHING" : ` ON CONFLICT (id) DO UPDATE SET ${printAssignments(action)}`;
}

function printReturning(returning: boolean): string {
  return returning ? " RETURNING *" : "";
}
