/**
 * What is defined, as items: tables, indexes, and tables that are dropped and made anew, in the words of the database.
 *
 *   space   where it lies                                                          log
 *   table   table made_1, made_2 ...                                               one tag, the name of its only column: c0042
 *   index   on the groups of claims, documents, nodes and rows, in this order      nothing tells of it but whether it is there
 *
 * A table that nobody has declared is a collection without schema: `SELECT *` of it has the column `id`.
 */
import { isKeyOperation } from "./key-operation.ts";
import { numberOf, type Operation, type Outcome, type Sight, spaceOf, type Value } from "./operation.ts";
import { WireError, type WireReply, type Words } from "./wire.ts";

/** An item that is defined by a statement. */
type Definition = Extract<Operation, { readonly kind: "insert" | "remove" }>;

const TAG_DIGITS = 4;
/** Tables and indexes have numbers up to this. */
export const DEFINED_MAX = 4;

const ITEM = ["CREATE TABLE item (id integer PRIMARY KEY, grp integer NOT NULL, log text NOT NULL)", "CREATE INDEX item_grp ON item (grp)"];
const CLAIM = ["CREATE TABLE claim (id integer PRIMARY KEY, name integer NOT NULL UNIQUE, grp integer NOT NULL, log text NOT NULL)"];

/** The tables that must be there before the first history, and an index by which nodes are found one by one. */
export const TABLES: readonly Words[] = [
  ...[...ITEM, ...CLAIM].map((text): Words => ["SQL.QUERY", text]),
  ["CYPHER.QUERY", "CREATE INDEX spot_id FOR (n:Spot) ON (n.id)"],
];

/** Indexes by their numbers, from 1 on. */
const INDEXES: readonly { readonly name: string; readonly make: string; readonly language: "SQL.QUERY" | "CYPHER.QUERY" }[] = [
  { name: "claim_grp", make: "CREATE INDEX claim_grp ON claim (grp)", language: "SQL.QUERY" },
  { name: "doc_grp", make: "CREATE INDEX doc_grp ON doc (grp)", language: "SQL.QUERY" },
  { name: "spot_grp", make: "CREATE INDEX spot_grp FOR (n:Spot) ON (n.grp)", language: "CYPHER.QUERY" },
  { name: "item_both", make: "CREATE INDEX item_both ON item (grp, id)", language: "SQL.QUERY" },
];

/** Removes what histories have defined. */
export const DEFINITION_CLEARINGS: readonly Words[] = [
  ["SQL.QUERY", `DROP TABLE IF EXISTS ${Array.from({ length: DEFINED_MAX }, (_, index) => `made_${index + 1}`).join(", ")}`],
  ["SQL.QUERY", "DROP INDEX IF EXISTS claim_grp, doc_grp, item_both"],
  ["CYPHER.QUERY", "DROP INDEX spot_grp IF EXISTS"],
];

/** Whether an operation defines something, or looks at a definition. */
export function isAboutDefinitions(operation: Operation): boolean {
  if (operation.kind === "remake") return true;
  if (isKeyOperation(operation)) return false;
  const space = "item" in operation ? spaceOf(operation.item) : operation.kind === "read" ? spaceOf(operation.items[0]!) : undefined;
  return space === "table" || space === "index";
}

export function definitionRequest(operation: Operation): Words {
  switch (operation.kind) {
    case "read":
      return ["SQL.QUERY", `SELECT * FROM made_${numberOf(operation.items[0]!)}`];
    case "remake":
      return [
        "SQL.QUERY",
        [`DROP TABLE ${operation.space === "row" ? "item" : "claim"}`, ...(operation.space === "row" ? ITEM : CLAIM)].join("; "),
      ];
    case "insert":
    case "remove":
      return spaceOf(operation.item) === "table" ? tableRequest(operation) : indexRequest(operation);
    default:
      throw new RangeError(`nothing is defined by ${operation.kind}`);
  }
}

function tableRequest(operation: Definition): Words {
  const table = `made_${numberOf(operation.item)}`;
  if (operation.kind === "remove") return ["SQL.QUERY", `DROP TABLE ${table}`];
  return ["SQL.QUERY", `CREATE TABLE ${table} (c${String(operation.tag).padStart(TAG_DIGITS, "0")} integer)`];
}

function indexRequest(operation: Definition): Words {
  const { name, make, language } = INDEXES[numberOf(operation.item) - 1]!;
  return [language, operation.kind === "insert" ? make : `DROP INDEX ${name}`];
}

/** What a reply says. */
export function definitionOutcome(operation: Operation, reply: WireReply): Outcome {
  if (reply instanceof WireError) return failureOf(operation, reply);
  switch (operation.kind) {
    case "read":
      return done([{ item: operation.items[0]!, kind: "value", value: tableRead(reply) }]);
    case "insert":
    case "remove":
      return done([{ item: operation.item, kind: "presence", present: operation.kind === "remove" }]);
    default:
      return done([]);
  }
}

const THERE = ["[42P07]", "IndexAlreadyExists"];
const MISSING = ["[42P01]", "[42704]", "IndexNotFound"];

function failureOf(operation: Operation, { prefix, message }: WireError): Outcome {
  if (prefix === "ABORT") return { kind: "conflict" };
  const tells = (codes: readonly string[]): boolean => codes.some((code) => message.includes(code));
  if (operation.kind === "insert" && tells(THERE))
    return { kind: "refused", sights: [{ item: operation.item, kind: "presence", present: true }] };
  if (operation.kind === "remove" && tells(MISSING)) return done([{ item: operation.item, kind: "presence", present: false }]);
  return { kind: "failed", message: `${prefix} ${message}` };
}

function done(sights: readonly Sight[]): Outcome {
  return { kind: "done", sights, others: [] };
}

function tableRead(reply: WireReply): Value {
  const columns = reply instanceof Map ? reply.get("columns") : undefined;
  if (!Array.isArray(columns) || columns.length !== 1) throw new RangeError("not one column");
  const name = String(columns[0]);
  if (name === "id") return null;
  if (!/^c\d{4}$/.test(name)) throw new RangeError(`a column ${name}`);
  return { group: 0, log: [Number(name.slice(1))] };
}
