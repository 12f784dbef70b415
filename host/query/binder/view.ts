/**
 * Views: a name in FROM that stands for a query. The query is bound anew at each use, in sight of nothing around it; its text was
 * printed from an AST when the view was made, so literals in it are constants of the plan.
 *
 * A declared table is found before a view, a view before a collection without schema.
 */
import type { ParsedNames } from "../ast/name.ts";
import { type CatalogView, VIEW_KEYS } from "../catalog/catalog.ts";
import { parseSql } from "../parser/sql/parse.ts";
import type { Binding } from "./binding.ts";
import { collectionName } from "./from.ts";
import { bindQuery, type Relation } from "./query.ts";

/** The view that a name means. The plan depends on the view, and on there being none. */
export function findView(binding: Binding, names: ParsedNames): CatalogView | undefined {
  const name = collectionName(names, binding);
  if (binding.catalog.table(name) !== undefined) return undefined;
  binding.dependOn(VIEW_KEYS + name);
  return binding.catalog.view(name);
}

/** The view's query as a part of the statement. */
export function bindView(binding: Binding, { name, text, columns: names }: CatalogView, position: number): Relation {
  return binding.inView(name, text, position, () => {
    const query = parseSql(text);
    if (query.kind !== "ParsedQuery") throw binding.error("XX001", `the stored view cannot be read: ${name}`, 0);
    const { operator, columns } = bindQuery(binding, undefined, false, query);
    return { operator, columns: columns.map((column, index) => ({ ...column, name: names[index] ?? column.name })) };
  });
}

/** A statement that writes names a view. */
export function refuseView(binding: Binding, names: ParsedNames, verb: string): void {
  const view = findView(binding, names);
  if (view !== undefined) throw binding.error("55000", `cannot ${verb} view "${view.name}"`, names[0]!.position);
}
