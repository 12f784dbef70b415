/**
 * CREATE, ALTER and DROP SEQUENCE, and the sequences of identity columns and serials: what their options add up to, with PostgreSQL's errors.
 *
 * 1. A sequence that a column owns goes with the column's table.
 * 2. RESTART makes it another sequence of the same name (catalog/sequence-json.ts), so a transaction that is rolled back has restarted nothing; all
 *    other changes leave where it stands to those who count.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedAlterSequence, ParsedCreateSequence, ParsedSequenceOption } from "../ast/definition.ts";
import type { ParsedName, ParsedNames } from "../ast/name.ts";
import type { CatalogColumn } from "../catalog/catalog.ts";
import type { StoredTable } from "../catalog/schema-json.ts";
import {
  restartedId,
  SEQUENCE_KEYS,
  SEQUENCE_RANGES,
  SEQUENCE_VALUE_KEYS,
  type SequenceOwner,
  type SequenceType,
  type StoredSequence,
  writeSequence,
} from "../catalog/sequence-json.ts";
import { typeNamed } from "../type/name.ts";
import { SCHEMA_KEYS } from "./engine-tables.ts";
import { relationName, type Sequences } from "./sequences.ts";
import type { DefinitionPlace } from "./view-definition.ts";

/** What a column that counts says of its sequence. */
export interface ColumnSequence {
  readonly column: string;
  readonly type: string;
  readonly isIdentity: boolean;
  readonly options: readonly ParsedSequenceOption[];
}

type Option<Name extends string> = Extract<ParsedSequenceOption, { readonly option: Name }>;

/** The options, each at most once; YES and NO of one are one. */
class Options {
  readonly #known = new Map<string, ParsedSequenceOption>();

  constructor(options: readonly ParsedSequenceOption[]) {
    for (const each of options) {
      const name = each.option.replace("NO ", "");
      if (this.#known.has(name)) throw sqlError("42601", "conflicting or redundant options");
      this.#known.set(name, each);
    }
  }

  get<Name extends ParsedSequenceOption["option"]>(name: Name): Option<Name> | undefined {
    const found = this.#known.get(name.replace("NO ", ""));
    return found?.option === name ? (found as Option<Name>) : undefined;
  }

  has(name: ParsedSequenceOption["option"]): boolean {
    return this.get(name) !== undefined;
  }

  value(name: "INCREMENT" | "MINVALUE" | "MAXVALUE" | "START" | "CACHE" | "RESTART"): bigint | undefined {
    const value = this.get(name)?.value;
    if (value === undefined) return undefined;
    const [min, max] = SEQUENCE_RANGES.bigint;
    if (value < min || value > max) throw sqlError("22003", `value "${value}" is out of range for type bigint`);
    return value;
  }
}

function typeOf(option: Option<"AS"> | undefined): SequenceType | undefined {
  if (option === undefined) return undefined;
  const type = typeNamed(option.type);
  if ("state" in type) throw sqlError(type.state, type.message);
  return sequenceType(type.name, "sequence");
}

function sequenceType(name: string, what: "sequence" | "identity column"): SequenceType {
  if (name === "smallint" || name === "integer" || name === "bigint") return name;
  throw sqlError("22023", `${what} type must be smallint, integer, or bigint`);
}

/** A sequence with its options; `old`: what it was, of ALTER SEQUENCE. */
function withOptions(options: Options, base: StoredSequence, old: StoredSequence | undefined): StoredSequence {
  const type = typeOf(options.get("AS")) ?? base.type;
  const increment = options.value("INCREMENT") ?? base.increment;
  if (increment === 0n) throw sqlError("22023", "INCREMENT must not be zero");
  const cycles = options.has("CYCLE") || (base.cycles && !options.has("NO CYCLE"));
  const [least, most] = SEQUENCE_RANGES[type];
  const [oldLeast, oldMost] = SEQUENCE_RANGES[base.type];
  const isNew = old === undefined;
  // A bound that was the old type's becomes the new one's.
  const isRetyped = !isNew && type !== base.type;
  const [followsMost, followsLeast] = [isRetyped && base.max === oldMost, isRetyped && base.min === oldLeast];
  const usualMax = followsMost || increment > 0n ? most : -1n;
  const usualMin = followsLeast || increment < 0n ? least : 1n;
  const max = options.value("MAXVALUE") ?? (isNew || followsMost || options.has("NO MAXVALUE") ? usualMax : base.max);
  const min = options.value("MINVALUE") ?? (isNew || followsLeast || options.has("NO MINVALUE") ? usualMin : base.min);
  if (max < least || max > most) throw sqlError("22023", `MAXVALUE (${max}) is out of range for sequence data type ${type}`);
  if (min < least || min > most) throw sqlError("22023", `MINVALUE (${min}) is out of range for sequence data type ${type}`);
  if (min >= max) throw sqlError("22023", `MINVALUE (${min}) must be less than MAXVALUE (${max})`);
  const start = options.value("START") ?? (isNew ? (increment > 0n ? min : max) : base.start);
  refuseOutside("START", start, min, max);
  const restart = options.get("RESTART");
  const isRestarted = isNew || restart !== undefined;
  const last = restart === undefined ? (isNew ? start : base.last) : (options.value("RESTART") ?? start);
  refuseOutside("RESTART", last, min, max);
  const cache = options.value("CACHE") ?? base.cache;
  if (cache <= 0n) throw sqlError("22023", `CACHE (${cache}) must be greater than zero`);
  return { ...base, type, increment, cycles, min, max, start, cache, last, isCalled: isRestarted ? false : base.isCalled };
}

function refuseOutside(what: string, value: bigint, min: bigint, max: bigint): void {
  if (value < min) throw sqlError("22023", `${what} value (${value}) cannot be less than MINVALUE (${min})`);
  if (value > max) throw sqlError("22023", `${what} value (${value}) cannot be greater than MAXVALUE (${max})`);
}

export class SequenceDefinition {
  readonly #place: DefinitionPlace;
  readonly #sequences: Sequences;

  constructor(place: DefinitionPlace) {
    this.#place = place;
    this.#sequences = place.sequences;
  }

  create({ sequence, ifNotExists, temporary, options }: ParsedCreateSequence, name: string): void {
    if (temporary) throw sqlError("0A000", "CREATE TEMPORARY SEQUENCE is not supported");
    if (name.includes(":")) throw sqlError("42602", `invalid sequence name "${name}"`);
    const isTaken = this.#isTaken(name);
    if (isTaken && ifNotExists) return;
    const given = new Options(options);
    const made = withOptions(given, this.#fresh(name, "bigint", undefined), undefined);
    if (isTaken) throw sqlError("42P07", `relation "${sequence.at(-1)?.folded}" already exists`);
    this.#write({ ...made, owner: this.#owner(given, undefined) });
  }

  alter({ sequence, ifExists, options }: ParsedAlterSequence, name: string): void {
    const { database } = this.#place;
    const old = this.#sequences.find(database, name);
    if (old === undefined) {
      if (this.#isTaken(name)) throw sqlError("42809", `"${sequence.at(-1)?.folded}" is not a sequence`);
      if (ifExists) return;
      throw sqlError("42P01", `relation "${sequence.at(-1)?.folded}" does not exist`);
    }
    const given = new Options(options);
    const changed = withOptions(given, { ...old, ...this.#standing(old) }, old);
    const owner = this.#owner(given, old);
    if (given.has("RESTART")) this.#write({ ...changed, owner, id: restartedId(old, this.#place.newId()) }, old);
    else this.#write({ ...changed, owner, last: old.last, isCalled: old.isCalled });
  }

  drop(name: string, ifExists: boolean, cascade: boolean): void {
    const found = this.#sequences.find(this.#place.database, name);
    if (found === undefined) {
      if (this.#isTaken(name)) throw sqlError("42809", `"${name}" is not a sequence`);
      if (ifExists) return;
      throw sqlError("42P01", `sequence "${name}" does not exist`);
    }
    const { owner } = found;
    if (owner?.isIdentity === true) {
      const { table, column } = owner;
      const hint = `(HINT: You can drop column ${column} of table ${table} instead.)`;
      throw sqlError("2BP01", `cannot drop sequence ${name} because column ${column} of table ${table} requires it ${hint}`);
    }
    const users = this.#users(name);
    if (users.length > 0 && !cascade) {
      const detail = users.map(({ table, column }) => `default value for column ${column} of table ${table} depends on sequence ${name}`);
      const hint = "(HINT: Use DROP ... CASCADE to drop the dependent objects too.)";
      throw sqlError("2BP01", `cannot drop sequence ${name} because other objects depend on it (DETAIL: ${detail.join("; ")}) ${hint}`);
    }
    if (users.length > 0) throw sqlError("0A000", "DROP SEQUENCE ... CASCADE of a sequence that defaults use is not supported");
    this.#remove(found);
  }

  /** Columns whose default counts by it. O(tables). */
  #users(name: string): readonly { readonly table: string; readonly column: string }[] {
    const { database, tables } = this.#place;
    return tables.namesUnder(database, SCHEMA_KEYS).flatMap((table) =>
      (tables.table(database, table)?.columns ?? []).flatMap(({ name: column, defaultText, sequence }) => {
        const named = [...(defaultText ?? "").matchAll(/nextval\('((?:[^']|'')*)'/gi)].map(([, text = ""]) =>
          relationName(text.replaceAll("''", "'")),
        );
        return sequence === name || named.includes(name) ? [{ table, column }] : [];
      }),
    );
  }

  /** The columns of a table that is about to be declared, those that count with names of sequences to come; and these. */
  planned(
    table: StoredTable,
    counted: readonly ColumnSequence[],
  ): { readonly table: StoredTable; readonly sequences: readonly StoredSequence[] } {
    const sequences: StoredSequence[] = [];
    const columns = table.columns.map((column) => {
      const own = counted.find(({ column: name }) => name === column.name);
      if (own === undefined) return column;
      const base = `${table.name}_${column.name}_seq`;
      let name = base;
      for (let number = 1; this.#isTaken(name) || sequences.some((other) => other.name === name); number++) name = `${base}${number}`;
      const owner: SequenceOwner = { table: table.name, column: column.name, isIdentity: own.isIdentity };
      const options = new Options(own.options);
      if (options.has("OWNED BY") || options.has("AS")) throw sqlError("42601", "conflicting or redundant options");
      sequences.push(withOptions(options, this.#fresh(name, sequenceType(own.type, "identity column"), owner), undefined));
      return { ...column, sequence: name };
    });
    return { table: { ...table, columns }, sequences };
  }

  /** Makes sequences that were planned. */
  make(sequences: readonly StoredSequence[]): void {
    for (const sequence of sequences) this.#write(sequence);
  }

  /** A table is dropped. */
  dropOwned(table: string): void {
    for (const sequence of this.#sequences.all(this.#place.database, table)) this.#remove(sequence);
  }

  /** A column is dropped. `cascade`: what else counts by its sequences is to go with it. */
  dropOwnedBy(table: string, column: string, cascade: boolean): void {
    for (const sequence of this.#sequences.all(this.#place.database, table)) {
      if (sequence.owner?.column !== column) continue;
      const others = this.#users(sequence.name).filter((user) => user.table !== table || user.column !== column);
      if (others.length > 0) {
        if (cascade) throw sqlError("0A000", "DROP ... CASCADE of a sequence that other defaults use is not supported");
        const detail = others.map(
          (user) => `default value for column ${user.column} of table ${user.table} depends on sequence ${sequence.name}`,
        );
        const hint = "(HINT: Use DROP ... CASCADE to drop the dependent objects too.)";
        const what = `column ${column} of table ${table}`;
        throw sqlError("2BP01", `cannot drop ${what} because other objects depend on it (DETAIL: ${detail.join("; ")}) ${hint}`);
      }
      this.#remove(sequence);
    }
  }

  /** A table, or a column of it, has another name: its sequences are owned under that one. */
  followOwner(table: string, rename: (owner: SequenceOwner) => SequenceOwner): void {
    for (const sequence of this.#sequences.all(this.#place.database, table)) {
      if (sequence.owner !== undefined) this.#write({ ...sequence, owner: rename(sequence.owner) });
    }
  }

  /** Whether a column is GENERATED AS IDENTITY, rather than a serial. */
  isIdentity({ sequence, identity }: Pick<CatalogColumn, "sequence" | "identity">): boolean {
    if (identity === undefined) return false;
    return sequence === undefined || this.#sequences.find(this.#place.database, sequence)?.owner?.isIdentity === true;
  }

  /** TRUNCATE ... RESTART IDENTITY. */
  restartOwned(table: string): void {
    for (const sequence of this.#sequences.all(this.#place.database, table)) {
      this.#write({ ...sequence, last: sequence.start, isCalled: false, id: restartedId(sequence, this.#place.newId()) }, sequence);
    }
  }

  #fresh(name: string, type: SequenceType, owner: SequenceOwner | undefined): StoredSequence {
    const [least, most] = SEQUENCE_RANGES[type];
    const counts = { start: 1n, increment: 1n, min: least, max: most, cache: 1n, cycles: false, last: 1n, isCalled: false };
    return { name, id: this.#place.newId(), type, ...counts, owner };
  }

  #standing(sequence: StoredSequence): Pick<StoredSequence, "last" | "isCalled"> {
    const { last, isCalled } = this.#sequences.position(this.#place.database, sequence);
    return { last, isCalled };
  }

  #owner(options: Options, old: StoredSequence | undefined): SequenceOwner | undefined {
    const owned = options.get("OWNED BY");
    if (owned === undefined) return old?.owner;
    const owner = this.#named(owned.names);
    if (old?.owner?.isIdentity === true) {
      const detail = `Sequence "${old.name}" is linked to table "${old.owner.table}".`;
      throw sqlError("0A000", `cannot change ownership of identity sequence (DETAIL: ${detail})`);
    }
    return owner;
  }

  #named(names: ParsedNames): SequenceOwner | undefined {
    if (names.length === 1) {
      if (names[0]?.folded === "none") return undefined;
      throw sqlError("42601", "invalid OWNED BY option (HINT: Specify OWNED BY table.column or OWNED BY NONE.)");
    }
    const table = relationOf(names.slice(0, -1));
    const column = (names.at(-1) as ParsedName).folded;
    const known = this.#place.tables.table(this.#place.database, table);
    if (known === undefined) throw sqlError("42P01", `relation "${table}" does not exist`);
    if (!known.columns.some(({ name }) => name === column)) {
      throw sqlError("42703", `column "${column}" of relation "${table}" does not exist`);
    }
    return { table, column, isIdentity: false };
  }

  #isTaken(name: string): boolean {
    const { tables, catalog, database } = this.#place;
    return tables.table(database, name) !== undefined || catalog.view(name) !== undefined || tables.index(database, name) !== undefined;
  }

  /** `old`: the sequence of the same name that this one takes the place of. */
  #write(sequence: StoredSequence, old?: StoredSequence): void {
    const { tables, database } = this.#place;
    tables.writeKey(database, SEQUENCE_KEYS + sequence.name, writeSequence(sequence));
    if (old !== undefined) tables.deleteKey(database, SEQUENCE_VALUE_KEYS + old.id);
  }

  #remove({ name, id }: StoredSequence): void {
    const { tables, database } = this.#place;
    tables.deleteKey(database, SEQUENCE_KEYS + name);
    tables.deleteKey(database, SEQUENCE_VALUE_KEYS + id);
  }
}

function relationOf(names: ParsedNames): string {
  const parts = names.length > 1 && names[0]?.folded === "public" ? names.slice(1) : names;
  return parts.map(({ folded }) => folded).join(".");
}
