/**
 * Sequences as the keys `_internal:sequences:<name>` hold them, JSON text:
 *
 *   {"sequence_name", "id", "type", "start", "increment", "min", "max", "cache", "cycle", "last", "called",
 *    "owner"?: {"table", "column", "identity"}}
 *
 * and where they stand, text under `_internal:sequence_values:<id>`: `<last> <0 or 1: it was given>`. A sequence that was never used has no such key:
 * it stands where its own key says. A sequence that is restarted gets another id, so that a transaction can take that back.
 *
 * Numbers are strings: they are bigints. Reading what was written gives the same; reading anything else gives the sequence or an error (XX001).
 */
import { JsonReader } from "./schema-json.ts";

export const SEQUENCE_KEYS = "_internal:sequences:";
export const SEQUENCE_VALUE_KEYS = "_internal:sequence_values:";

export type SequenceType = "smallint" | "integer" | "bigint";

/** The column that counts by it, with which it goes. */
export interface SequenceOwner {
  readonly table: string;
  readonly column: string;
  /** GENERATED AS IDENTITY, or serial. */
  readonly isIdentity: boolean;
}

/** Where a sequence stands: its last value, or, if that was not given yet, its first. */
export interface SequencePosition {
  readonly last: bigint;
  readonly isCalled: boolean;
}

export interface StoredSequence extends SequencePosition {
  readonly name: string;
  readonly id: string;
  readonly type: SequenceType;
  readonly start: bigint;
  readonly increment: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly cache: bigint;
  readonly cycles: boolean;
  readonly owner: SequenceOwner | undefined;
}

/** What a type of a sequence holds. */
export const SEQUENCE_RANGES: Readonly<Record<SequenceType, readonly [min: bigint, max: bigint]>> = {
  smallint: [-32768n, 32767n],
  integer: [-2147483648n, 2147483647n],
  bigint: [-9223372036854775808n, 9223372036854775807n],
};

export function writeSequence(sequence: StoredSequence): string {
  const { name, id, type, start, increment, min, max, cache, cycles, last, isCalled, owner } = sequence;
  return JSON.stringify({
    sequence_name: name,
    id,
    type,
    start: String(start),
    increment: String(increment),
    min: String(min),
    max: String(max),
    cache: String(cache),
    cycle: cycles,
    last: String(last),
    called: isCalled,
    owner: owner && { table: owner.table, column: owner.column, identity: owner.isIdentity },
  });
}

export function readSequence(text: string): StoredSequence {
  const reader = new JsonReader("sequence", text);
  const root = reader.object(reader.root, "");
  const type = root.get("type");
  if (type !== "smallint" && type !== "integer" && type !== "bigint") throw reader.broken("type");
  const flag = (from: ReadonlyMap<string, unknown>, name: string): boolean => {
    const value = from.get(name);
    if (typeof value !== "boolean") throw reader.broken(name);
    return value;
  };
  const number = (name: string): bigint => {
    const digits = reader.text(root.get(name), name);
    const value = /^-?\d{1,19}$/.test(digits) ? BigInt(digits) : undefined;
    const [min, max] = SEQUENCE_RANGES.bigint;
    if (value === undefined || value < min || value > max) throw reader.broken(name);
    return value;
  };
  const owned = root.get("owner") === undefined ? undefined : reader.object(root.get("owner"), "owner");
  const sequence: StoredSequence = {
    name: reader.text(root.get("sequence_name"), "sequence_name"),
    id: reader.text(root.get("id"), "id"),
    type,
    start: number("start"),
    increment: number("increment"),
    min: number("min"),
    max: number("max"),
    cache: number("cache"),
    cycles: flag(root, "cycle"),
    last: number("last"),
    isCalled: flag(root, "called"),
    owner: owned && {
      table: reader.text(owned.get("table"), "table"),
      column: reader.text(owned.get("column"), "column"),
      isIdentity: flag(owned, "identity"),
    },
  };
  if (sequence.increment === 0n || sequence.min > sequence.max) throw reader.broken("increment");
  return sequence;
}

export function writePosition({ last, isCalled }: SequencePosition): string {
  return `${last} ${isCalled ? 1 : 0}`;
}

/** The id of a sequence that is restarted: it begins as that which it was. */
export function restartedId({ id }: Pick<StoredSequence, "id">, other: string): string {
  return `${originOf(id)}-${other}`;
}

/** What an id begins with, however often the sequence was restarted. */
export function originOf(id: string): string {
  return id.split("-", 1)[0] ?? id;
}

/** Undefined for what was not written so. */
export function readPosition(text: string): SequencePosition | undefined {
  const [, last, called] = /^(-?\d{1,19}) ([01])$/.exec(text) ?? [];
  return last === undefined ? undefined : { last: BigInt(last), isCalled: called === "1" };
}

/** The default of a column that a sequence counts. */
export function nextvalText(name: string): string {
  return `nextval(${relationLiteral(name)})`;
}

/** The name of a relation as a text of SQL that names it. */
export function relationLiteral(name: string): string {
  const quoted = name
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
  return `'${quoted.replaceAll("'", "''")}'`;
}
