/**
 * Views when what they read gets another name, goes or changes its type. A view keeps its text, so names in it are written anew; which of
 * them mean the table or the column the binder tells.
 *
 * 1. What a view shows keeps its names, and `*` over declared tables what it stood for.
 * 2. A view that cannot follow (USING merges a column that gets another name) refuses the change.
 */
import { DatabaseError } from "../../common/error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedName, ParsedNames } from "../ast/name.ts";
import { printSql } from "../ast/print.ts";
import type { ParsedQuery, ParsedSelectItem, ParsedTable } from "../ast/query.ts";
import { bindStatement } from "../binder/bind.ts";
import type { NameUse, StarColumn } from "../binder/binding.ts";
import { type CatalogView, VIEW_KEYS } from "../catalog/catalog.ts";
import { writeView } from "../catalog/schema-json.ts";
import { parseSql } from "../parser/sql/parse.ts";
import type { PlanColumn } from "../plan/operator.ts";
import { identicalType } from "../type/category.ts";
import type { DefinitionPlace } from "./view-definition.ts";

/** A view as it is before something changes, with the columns in the place of each `*`. */
export interface BoundView {
  readonly view: CatalogView;
  /** Its text has a `*`. */
  readonly hadStar: boolean;
  readonly query: ParsedQuery;
  readonly uses: readonly NameUse[];
  /** What it shows, under its own names. */
  readonly output: readonly PlanColumn[];
}

/** The views that read a table or view and can be used, with what they use. O(views). */
export function viewsOf(place: DefinitionPlace, name: string): readonly BoundView[] {
  const { tables, catalog, database } = place;
  return tables.namesUnder(database, VIEW_KEYS).flatMap((each) => {
    const view = each === name ? undefined : catalog.view(each);
    if (view === undefined || !view.uses.includes(name)) return [];
    try {
      return [boundView(place, view)];
    } catch (error) {
      // What it reads has gone: nothing of it can follow.
      if (error instanceof DatabaseError && error.code !== "ENGINE_FAILED") return [];
      throw error;
    }
  });
}

function boundView(place: DefinitionPlace, view: CatalogView): BoundView {
  const bound = boundText(place, view);
  const stars = new Map(bound.uses.flatMap((use) => (use.kind === "star" ? [[use.qualifier, use.columns] as const] : [])));
  if (stars.size === 0) return bound;
  const text = printSql(rewritten(bound.query, { ...NOTHING, stars }) as ParsedQuery);
  return { ...boundText(place, { ...view, text }), hadStar: true };
}

function boundText({ catalog, functions, database }: DefinitionPlace, view: CatalogView): BoundView {
  const query = parseSql(view.text);
  if (query.kind !== "ParsedQuery") throw sqlError("XX001", `the stored view cannot be read: ${view.name}`);
  const uses: NameUse[] = [];
  const surroundings = { catalog, functions: functions.source(database), parameters: [], noteUse: (use: NameUse) => void uses.push(use) };
  const { output } = bindStatement(query, view.text, surroundings);
  const shown = output.map((column, index) => ({ ...column, name: view.columns[index] ?? column.name }));
  return { view, hadStar: false, query, uses, output: shown };
}

/** Writes views without the `*` that they had, since their tables get other columns. Requires: they are still there. */
export function keepStars({ tables, database }: DefinitionPlace, views: readonly BoundView[]): void {
  for (const { view, hadStar } of views) if (hadStar) tables.writeKey(database, VIEW_KEYS + view.name, writeView(view));
}

/** What a view shows. Throws when it cannot be used. */
export function outputOf(place: DefinitionPlace, view: CatalogView): readonly PlanColumn[] {
  return boundView(place, view).output;
}

/** Whether a view uses a column of a table. */
export function usesColumn({ uses }: BoundView, table: string, column: string): boolean {
  return uses.some((use) => use.kind === "column" && use.collection === table && use.column === column);
}

/** What gets another name: a table or view, or (`column`) a column of it. */
export interface Renaming {
  readonly table: string;
  readonly column?: string;
  readonly to: ParsedNames;
}

/** Writes the names in a view anew. Requires: the catalog has the new names. */
export function renameInView(place: DefinitionPlace, bound: BoundView, { table, column, to }: Renaming): void {
  const { view, uses, output } = bound;
  const names = new Set<ParsedName>();
  const tables = new Set<ParsedNames>();
  for (const use of uses) {
    if (use.kind === "star" || use.collection !== table) continue;
    if (column === undefined && use.kind === "table") tables.add(use.names);
    else if (use.kind === "column" && use.column === column && use.name !== undefined) names.add(use.name);
  }
  const text = printSql(rewritten(bound.query, { ...NOTHING, names, tables, to }) as ParsedQuery);
  const target = to.map(({ folded }) => folded).join(".");
  const used = column === undefined ? view.uses.map((each) => (each === table ? target : each)) : view.uses;
  const renamed: CatalogView = { ...view, text, uses: used, columns: output.map(({ name }) => name) };
  refuseLost(place, bound, renamed);
  place.tables.writeKey(place.database, VIEW_KEYS + view.name, writeView(renamed));
}

/** Throws when a view would show something else. */
function refuseLost(place: DefinitionPlace, { view, output }: BoundView, renamed: CatalogView): void {
  let after: readonly PlanColumn[] = [];
  try {
    after = boundView(place, renamed).output;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code === "ENGINE_FAILED") throw error;
  }
  const isSame = after.length === output.length && output.every(({ type }, index) => identicalType(type, after[index]!.type));
  if (!isSame) throw sqlError("0A000", `renaming what view "${view.name}" merges by USING is not supported`);
}

/** What is written otherwise: names of columns and tables, by the objects that they are in the AST, and stars. */
interface Rewriting {
  readonly names: ReadonlySet<ParsedName>;
  readonly tables: ReadonlySet<ParsedNames>;
  readonly to: readonly ParsedName[];
  readonly stars: ReadonlyMap<readonly ParsedName[], readonly StarColumn[]>;
}

const NOTHING: Rewriting = { names: new Set(), tables: new Set(), to: [], stars: new Map() };

function rewritten(node: unknown, rewriting: Rewriting): unknown {
  const { names, tables, to, stars } = rewriting;
  const visit = (each: unknown): unknown => {
    if (names.has(each as ParsedName)) return to[0];
    if (Array.isArray(each)) return each.flatMap((item: unknown): readonly unknown[] => starItems(item, stars) ?? [visit(item)]);
    if (typeof each !== "object" || each === null) return each;
    const copy = Object.fromEntries(Object.entries(each).map(([key, value]) => [key, visit(value)]));
    const { kind } = each as { readonly kind?: string };
    if (kind === "ParsedTable" && tables.has((each as ParsedTable).names)) {
      const { alias, names: old } = each as ParsedTable;
      const shown = old[old.length - 1] as ParsedName;
      return { ...copy, names: to, alias: alias?.name === undefined ? { name: shown, columns: alias?.columns ?? [] } : alias };
    }
    if (kind !== "ParsedSelectItem") return copy;
    const { value, alias } = each as ParsedSelectItem;
    const last = value.kind === "ParsedColumn" ? value.names.at(-1) : undefined;
    return alias === undefined && last !== undefined && names.has(last) ? { ...copy, alias: last } : copy;
  };
  return visit(node);
}

/** The items of a select list that stand for a star. */
function starItems(item: unknown, stars: Rewriting["stars"]): readonly ParsedSelectItem[] | undefined {
  if (typeof item !== "object" || item === null || (item as ParsedSelectItem).kind !== "ParsedSelectItem") return undefined;
  const { value, position } = item as ParsedSelectItem;
  const columns = value.kind === "ParsedStar" ? stars.get(value.qualifier) : undefined;
  return columns?.map(({ source, name }) => {
    const names = [...(source === undefined ? [] : [source]), name].map(
      (text): ParsedName => ({ kind: "ParsedName", position, text, folded: text, quoted: true }),
    );
    return {
      kind: "ParsedSelectItem",
      position,
      value: { kind: "ParsedColumn", position, names: names as unknown as ParsedNames },
      alias: undefined,
    };
  });
}
