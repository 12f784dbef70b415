/**
 * What is known of a value before the execution: which of openCypher's kinds it may be of. What is certainly wrong by it is an error at
 * once; a `value` may still turn out to be of another kind at run time.
 */
import type { CypherKind } from "../../function/cypher/row.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { SqlType, TypeName } from "../../type/type.ts";
import type { CypherBinding } from "./binding.ts";
import { isNull } from "./binding.ts";

/** One of these; undefined: any kind. */
export type Kinds = ReadonlySet<CypherKind> | undefined;

const KINDS: Readonly<Partial<Record<TypeName, CypherKind>>> = {
  boolean: "boolean",
  smallint: "integer",
  integer: "integer",
  bigint: "integer",
  real: "float",
  "double precision": "float",
  numeric: "float",
  text: "string",
  date: "temporal",
  "time without time zone": "temporal",
  "timestamp without time zone": "temporal",
  "timestamp with time zone": "temporal",
  interval: "temporal",
  array: "list",
  map: "map",
  node: "node",
  relationship: "relationship",
  path: "path",
};

/** The kind of all values of a type; undefined for types of many kinds. */
export function kindOfValues({ name }: SqlType): CypherKind | undefined {
  return KINDS[name];
}

/** Kinds of an expression's value; NULL is of any kind. */
export function kindsOf(binding: CypherBinding, expression: BoundExpression): Kinds {
  if (isNull(expression)) return undefined;
  const kind = kindOfValues(expression.type);
  if (kind !== undefined) return new Set([kind]);
  if (expression.kind === "BoundColumn") return binding.kindsOfColumn(expression.column);
  if (expression.kind === "BoundCall" && expression.function.role === "cast") return kindsOf(binding, expression.arguments[0]!);
  return undefined;
}

/** Kinds of the elements of a list that is written out. */
export function elementKinds(binding: CypherBinding, list: BoundExpression): Kinds {
  if (list.kind !== "BoundList") return undefined;
  const kinds = new Set<CypherKind>();
  for (const item of list.items) {
    if (isNull(item)) continue;
    const known = kindsOf(binding, item);
    if (known === undefined) return undefined;
    for (const kind of known) kinds.add(kind);
  }
  return kinds.size === 0 ? undefined : kinds;
}

/** Whether a value of these kinds may be one of `accepted`. */
export function mayBe(kinds: Kinds, accepted: readonly CypherKind[]): boolean {
  return kinds === undefined || accepted.some((kind) => kinds.has(kind));
}

/** As messages name it. */
export function kindText(kinds: Kinds): string {
  return kinds === undefined ? "ANY" : [...kinds].map((kind) => kind.toUpperCase()).join(" or ");
}
