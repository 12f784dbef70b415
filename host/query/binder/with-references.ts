/**
 * Which tables of a WITH RECURSIVE name which: the order in which they are bound, and where a recursive query may name itself.
 *
 * As PostgreSQL has it (parse_cte.c): a table may name any other of the same WITH, before it or behind, but not in a circle; itself in
 * the second part of a UNION alone, once, in FROM, and not where rows could be missing later that were there before (an outer join's
 * inner side, EXCEPT). Tables of a WITH inside hide others of their name.
 */
import type { ParsedDelete, ParsedInsert, ParsedUpdate } from "../ast/modification.ts";
import type { ParsedName } from "../ast/name.ts";
import type {
  ParsedCommonTable,
  ParsedJoin,
  ParsedQuery,
  ParsedQueryBody,
  ParsedSetOperation,
  ParsedTableReference,
  ParsedWith,
} from "../ast/query.ts";
import type { Binding } from "./binding.ts";
import { matchName } from "./scope.ts";

/** A table of a WITH RECURSIVE. */
export interface OrderedTable {
  readonly table: ParsedCommonTable;
  /** Its UNION, of which the second part names the table itself; undefined: it does not name itself. */
  readonly union: ParsedSetOperation | undefined;
}

/** Where a name stands, as far as a recursive query may not be named there. */
type Place = "fits" | "its non-recursive term" | "a subquery" | "an outer join" | "INTERSECT" | "EXCEPT";

/** Called for each table in FROM whose name is none of a WITH further inside. */
type Found = (name: ParsedName, place: Place) => void;

/** The tables so that each stands behind those that it names. Throws where they name each other, or themselves, as they may not. */
export function orderTables(binding: Binding, { tables }: ParsedWith): readonly OrderedTable[] {
  const names = tables.map(({ name }) => name.folded);
  const named = new Map(tables.map((table) => [table, namedBy(table, names)]));
  const ordered: ParsedCommonTable[] = [];
  const rest = [...tables];
  while (rest.length > 0) {
    const isReady = (table: ParsedCommonTable): boolean =>
      rest.every((other) => other === table || !named.get(table)!.has(other.name.folded));
    const next = rest.findIndex(isReady);
    if (next < 0) throw binding.error("0A000", "mutual recursion between WITH items is not implemented", rest[0]!.position);
    ordered.push(...rest.splice(next, 1));
  }
  return ordered.map((table) => {
    const isRecursive = named.get(table)!.has(table.name.folded);
    return { table, union: isRecursive ? recursiveUnion(binding, table) : undefined };
  });
}

function namedBy({ statement }: ParsedCommonTable, names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  new References((name) => {
    const matched = matchName(names, name);
    if (matched !== undefined) found.add(matched);
  }).node(statement, "fits");
  return found;
}

/** The UNION of a query that names itself. */
function recursiveUnion(binding: Binding, { name, statement, position }: ParsedCommonTable): ParsedSetOperation {
  const query = `recursive query "${name.folded}"`;
  if (statement.kind !== "ParsedQuery") throw binding.error("42P19", `${query} must not contain data-modifying statements`, position);
  const { body } = statement;
  if (body.kind !== "ParsedSetOperation" || body.operator !== "UNION") {
    throw binding.error("42P19", `${query} does not have the form non-recursive-term UNION [ALL] recursive-term`, position);
  }
  refuseTail(binding, statement);
  let count = 0;
  const references = new References((reference, place) => {
    if (matchName([name.folded], reference) === undefined) return;
    const refused = place !== "fits" ? `within ${place}` : ++count > 1 ? "more than once" : undefined;
    if (refused === undefined) return;
    throw binding.error("42P19", `recursive reference to query "${name.folded}" must not appear ${refused}`, reference.position);
  });
  references.node(statement.with, "a subquery");
  references.body(body.left, "its non-recursive term");
  references.body(body.right, "fits");
  return body;
}

/** What stands behind a UNION would need all of its rows. */
function refuseTail(binding: Binding, { orderBy, offset, limit, locking }: ParsedQuery): void {
  const refused = (clause: string, position: number): Error =>
    binding.error("0A000", `${clause} in a recursive query is not implemented`, position);
  if (orderBy.length > 0) throw refused("ORDER BY", orderBy[0]!.value.position);
  if (offset !== undefined) throw refused("OFFSET", offset.position);
  if (limit !== undefined) throw refused("LIMIT", limit.position);
  if (locking.length > 0) throw refused("FOR UPDATE/SHARE", locking[0]!.position);
}

/** Goes through a part of a statement and finds what its FROMs name. */
class References {
  readonly #found: Found;
  /** Names of the WITHs around. */
  #hidden: readonly string[] = [];

  constructor(found: Found) {
    this.#found = found;
  }

  /** Any node, and everything below it. A query that is none of those known here stands in an expression. */
  node(node: unknown, place: Place): void {
    if (Array.isArray(node)) for (const part of node) this.node(part, place);
    if (typeof node !== "object" || node === null || Array.isArray(node) || !("kind" in node)) return;
    const known = node as Known | { readonly kind: "" };
    switch (known.kind) {
      case "ParsedTable":
        if (known.names.length === 1) this.#name(known.names[0]!, place);
        break;
      case "ParsedJoin":
        this.#join(known, place);
        break;
      case "ParsedDerivedTable":
        this.#query(known.query, place);
        break;
      case "ParsedSetOperation":
        this.#setOperation(known, place);
        break;
      case "ParsedQuery":
        this.#query(known, place === "fits" ? "a subquery" : place);
        break;
      case "ParsedInsert":
      case "ParsedUpdate":
      case "ParsedDelete":
        this.#within(known.with, place, () => this.#parts(known, place));
        break;
      default:
        this.#parts(known, place);
    }
  }

  /** A body: of a query, or a side of a set operation. */
  body(body: ParsedQueryBody, place: Place): void {
    if (body.kind === "ParsedQuery") this.#query(body, place);
    else this.node(body, place);
  }

  #query(query: ParsedQuery, place: Place): void {
    this.#within(query.with, place, () => {
      this.body(query.body, place);
      for (const part of [query.orderBy, query.limit, query.offset]) this.node(part, place);
    });
  }

  #parts(node: object, place: Place): void {
    for (const [name, part] of Object.entries(node)) if (name !== "with") this.node(part, place);
  }

  #name(name: ParsedName, place: Place): void {
    if (matchName(this.#hidden, name) === undefined) this.#found(name, place);
  }

  /** `body` in sight of a WITH, and the WITH itself. */
  #within(clause: ParsedWith | undefined, place: Place, body: () => void): void {
    const before = this.#hidden;
    const tables = clause?.tables ?? [];
    if (clause?.recursive) this.#hidden = [...before, ...tables.map(({ name }) => name.folded)];
    for (const { name, statement } of tables) {
      if (statement.kind === "ParsedQuery") this.#query(statement, place);
      else this.node(statement, place);
      if (!clause?.recursive) this.#hidden = [...this.#hidden, name.folded];
    }
    body();
    this.#hidden = before;
  }

  #join({ join, left, right, on }: ParsedJoin, place: Place): void {
    const outer = place === "fits" ? "an outer join" : place;
    this.node(left, join === "RIGHT" || join === "FULL" ? outer : place);
    this.node(right, join === "LEFT" || join === "FULL" ? outer : place);
    this.node(on, place);
  }

  #setOperation({ operator, all, left, right }: ParsedSetOperation, place: Place): void {
    const limited = operator === "UNION" || place !== "fits" ? place : operator;
    this.body(left, all || operator === "UNION" ? limited : place);
    this.body(right, all || operator !== "INTERSECT" ? limited : place);
  }
}

type Known = ParsedTableReference | ParsedQueryBody | ParsedInsert | ParsedUpdate | ParsedDelete;
