/**
 * Cypher's procedures: what CALL may name, with the columns that YIELD may name.
 *
 * `list` makes all rows at once: an element is the value of the only column, or a list with a value for each column; so a call is an UNWIND.
 * Procedures that say what this program has (`rows`) have them here. All columns are of type `value`; `type` says what is in them.
 */
import { arrayOf, plainType, type SqlType } from "../../type/type.ts";
import type { FunctionEntry } from "../entry.ts";
import { engine, entry } from "../row.ts";
import type { CypherKind } from "./row.ts";
import { CYPHER_FUNCTION_ROWS } from "./table.ts";

export interface ProcedureColumn {
  readonly name: string;
  readonly type: CypherKind;
}

/** A value of a column that is known without an execution. */
export type ProcedureValue = string | bigint | boolean | null;

export interface CypherProcedure {
  /** As it is written: `db.labels`. */
  readonly name: string;
  readonly parameters: readonly (ProcedureColumn & { readonly sqlType: SqlType })[];
  readonly columns: readonly ProcedureColumn[];
  readonly rows:
    | { readonly kind: "list"; readonly list: FunctionEntry }
    | { readonly kind: "constant"; readonly rows: () => readonly (readonly ProcedureValue[])[] };
  readonly description: string;
}

const LIST = arrayOf(plainType("value"));

/** A procedure without arguments whose list the engine makes. */
function listed(
  name: string,
  columns: readonly ProcedureColumn[],
  by: string,
  extra: readonly number[],
  description: string,
): CypherProcedure {
  const flags = { fails: true, volatility: "stable" } as const;
  const list = entry("function", name, [], LIST, engine(by, flags, extra), flags);
  return { name, parameters: [], columns, rows: { kind: "list", list }, description };
}

/** A procedure whose rows are known here. */
function constant(
  name: string,
  columns: readonly ProcedureColumn[],
  rows: () => readonly (readonly ProcedureValue[])[],
  description: string,
): CypherProcedure {
  return { name, parameters: [], columns, rows: { kind: "constant", rows }, description };
}

const string = (name: string): ProcedureColumn => ({ name, type: "string" });

const PROCEDURES: readonly CypherProcedure[] = [
  listed("db.labels", [string("label")], "procedure_names", [0], "Labels that nodes have."),
  listed("db.relationshipTypes", [string("relationshipType")], "procedure_names", [1], "Types that relationships have."),
  listed("db.propertyKeys", [string("propertyKey")], "procedure_property_keys", [], "Names of properties that are or were in use."),
  listed(
    "db.indexes",
    [string("name"), string("label"), { name: "properties", type: "list" }, string("owningConstraint")],
    "procedure_indexes",
    [],
    "Indexes of labels.",
  ),
  listed(
    "db.constraints",
    [string("name"), string("type"), string("label"), { name: "properties", type: "list" }],
    "procedure_constraints",
    [],
    "Constraints of labels.",
  ),
  constant(
    "dbms.procedures",
    [string("name"), string("signature"), string("description")],
    () => PROCEDURES.map((procedure) => [procedure.name, signatureOf(procedure), procedure.description]),
    "The procedures.",
  ),
  constant("dbms.functions", [string("name"), string("signature")], functionRows, "The functions and aggregates."),
  constant(
    "dbms.components",
    [string("name"), string("edition")],
    () => [
      ["MemFlux", "community"],
      ["openCypher", "9"],
    ],
    "What this database is.",
  ),
];

const BY_NAME: ReadonlyMap<string, CypherProcedure> = new Map(PROCEDURES.map((procedure) => [procedure.name.toLowerCase(), procedure]));

/** The procedure of a name in lower case, `db.labels`. */
export function cypherProcedure(name: string): CypherProcedure | undefined {
  return BY_NAME.get(name);
}

/** `db.labels() :: (label :: STRING)` */
function signatureOf({ name, parameters, columns }: CypherProcedure): string {
  const spell = (list: readonly ProcedureColumn[]): string => list.map((each) => `${each.name} :: ${each.type.toUpperCase()}`).join(", ");
  return `${name}(${spell(parameters)}) :: (${spell(columns)})`;
}

/** Each name with each number of arguments once: of several rows the last one takes values of all kinds. */
function functionRows(): readonly (readonly ProcedureValue[])[] {
  const signatures = new Map<string, readonly ProcedureValue[]>();
  for (const { entry: row, accepts } of CYPHER_FUNCTION_ROWS) {
    const parameters = accepts.map((kinds) => kinds?.map((kind) => kind.toUpperCase()).join(" | ") ?? "ANY");
    signatures.set(`${row.name} ${accepts.length}`, [row.name, `${row.name}(${parameters.join(", ")})`]);
  }
  return [...signatures.values()].sort((left, right) => (String(left[1]) < String(right[1]) ? -1 : 1));
}
