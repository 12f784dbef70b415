/**
 * A catalog for tests: three declared tables, two views, collections without schema whose fields are given, and a graph.
 */
import type { Catalog, CatalogColumn, CatalogTable, CatalogView } from "../../../../../host/query/catalog/catalog.ts";
import type { GraphCatalog } from "../../../../../host/query/catalog/graph.ts";
import { typeNamed } from "../../../../../host/query/type/name.ts";

/** `name type [not null]`; a default stands behind `=`. */
function column(text: string): CatalogColumn {
  const [definition, defaultText] = text.split(" = ") as [string, string?];
  const [, name, type, modifiers, , notNull] = /^(\w+) ([a-z ]+?)(?:\(([\d,]+)\))?( (not null))?$/.exec(definition)!;
  const numbers = modifiers === undefined ? [] : modifiers.split(",").map(Number);
  const sqlType = typeNamed({ name: [type!], modifiers: numbers, fields: undefined, dimensions: 0 });
  if ("state" in sqlType) throw new TypeError(sqlType.message);
  return { name: name!, type: sqlType, notNull: notNull !== undefined, defaultText, identity: undefined };
}

function table(
  name: string,
  key: readonly number[],
  columns: readonly string[],
  uniques: readonly (readonly number[])[] = [],
): CatalogTable {
  return {
    name,
    columns: columns.map(column),
    primaryKey: { name: `${name}_pkey`, columns: key },
    uniques: uniques.map((numbers, index) => ({ name: `${name}_unique_${index}`, columns: numbers })),
    checks: [],
    indexes: [],
    version: 1,
  };
}

const TABLES: readonly CatalogTable[] = [
  table("emp", [0], ["id integer not null", "name text", "salary numeric(10,2)", "dept integer", "hired date", "data jsonb"], [[1]]),
  table("dept", [0], ["id integer not null", "name varchar(20) not null", "budget bigint = 0", "open boolean = true"]),
  table("sales", [0, 1], ["day date not null", "shop integer not null", "amount double precision", "at timestamp", "note char(5)"]),
];

const VIEWS: readonly CatalogView[] = [
  { name: "rich", columns: ["number", "earns"], text: "SELECT id, salary, name FROM emp WHERE salary > 1000", uses: ["emp"] },
  { name: "circle", columns: [], text: "SELECT * FROM circle", uses: ["circle"] },
];

/** Fields by collection and path. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  movies: ["Title", "IMDB Rating", "Year", "genre"],
  users: ["name", "age", "user", "tags"],
  "users/user": ["Name", "address"],
  "users/user/address": ["city"],
  owned: ["id", "owner"],
  ":label:Person": ["name", "born", "fullName", "id", "properties"],
  ":type:KNOWS": ["since"],
};

/** Some of the labels are tables too. */
const LABELS: Readonly<Record<string, number>> = { Person: 20, "Two Words": 3, emp: 5, KNOWS: 1 };
const TYPES: Readonly<Record<string, number>> = { KNOWS: 40, Emp: 1, likes: 7 };
const ONLY_IN_GRAPH: ReadonlySet<string> = new Set(["Person", "person", "Two Words", "KNOWS", "knows", "likes"]);

const GRAPH: GraphCatalog = {
  nodes: () => 29,
  relationships: () => 48,
  label: (name) => LABELS[name],
  type: (name) => TYPES[name],
  labels: () => Object.keys(LABELS),
  types: () => Object.keys(TYPES),
  indexes: () => [],
};

export function fakeCatalog(): Catalog {
  return {
    table: (name) => TABLES.find((known) => known.name === name),
    fields: (collection, path) => ({ names: FIELDS[[collection, ...path].join("/")] ?? [], open: false }),
    indexes: () => [],
    view: (name) => VIEWS.find((known) => known.name === name),
    graph: GRAPH,
    version: (name) => (ONLY_IN_GRAPH.has(name) ? 0 : 1),
  };
}
