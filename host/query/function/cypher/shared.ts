/**
 * Functions of modules of WebAssembly under Cypher: those that come with MemFlux and those that users have defined, where Cypher's own table
 * has none of the name. Their integers are INTEGER and their floats FLOAT, of whatever width.
 *
 * Their parameters have types, so an argument that is held otherwise goes through `cypherArgument`, which fails where its kind is wrong.
 */
import { plainType, type SqlType, type TypeName } from "../../type/type.ts";
import type { FunctionEntry } from "../entry.ts";
import { EXTENSION_FUNCTIONS } from "../extension.ts";
import { engineFunction } from "../row.ts";
import type { FunctionSource } from "../table.ts";
import type { CypherKind, CypherRow } from "./row.ts";

/** Types of parameters: Cypher's type, the kinds that it takes, the engine's function that takes a value as one. */
const ARGUMENTS: Partial<Readonly<Record<TypeName, readonly [wide: SqlType, kinds: readonly CypherKind[], by: string]>>> = {
  smallint: [plainType("bigint"), ["integer"], "value_as_integer"],
  integer: [plainType("bigint"), ["integer"], "value_as_integer"],
  bigint: [plainType("bigint"), ["integer"], "value_as_integer"],
  real: [plainType("double precision"), ["integer", "float"], "value_as_float"],
  "double precision": [plainType("double precision"), ["integer", "float"], "value_as_float"],
  boolean: [plainType("boolean"), ["boolean"], "value_as_boolean"],
  text: [plainType("text"), ["string"], "value_as_string"],
  "character varying": [plainType("text"), ["string"], "value_as_string"],
};

/** A function from a `value` to a parameter's type; undefined: Cypher has no values of the type. */
export function cypherArgument(type: SqlType): FunctionEntry | undefined {
  const known = ARGUMENTS[type.name];
  return known && engineFunction(type.name, ["value"], type, known[2], { fails: true });
}

/** Rows of functions of modules. The name is in lower case. */
export function sharedFunctions(name: string, source: FunctionSource | undefined): readonly CypherRow[] {
  const own = EXTENSION_FUNCTIONS.filter((entry) => entry.name === name);
  return [...own, ...(source?.find(name) ?? [])].flatMap((entry) => rowOf(entry) ?? []);
}

/** Undefined: a parameter is of a type that Cypher has no values of. */
function rowOf(entry: FunctionEntry): CypherRow | undefined {
  const accepts: (readonly CypherKind[])[] = [];
  for (const { name } of entry.parameters) {
    const known = ARGUMENTS[name];
    if (known === undefined) return undefined;
    accepts.push(known[1]);
  }
  const result = ARGUMENTS[entry.result.name]?.[0] ?? entry.result;
  return { entry: { ...entry, result }, accepts };
}
