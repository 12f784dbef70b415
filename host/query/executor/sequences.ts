/**
 * Sequences: where they stand, and the functions of SQL that count.
 *
 * 1. What a sequence is, is its key (catalog/sequence-json.ts), an ordinary one: definitions are of the transaction that makes them.
 * 2. Where it stands is kept here, outside of all transactions and statements: a value that was given is never given again, whatever becomes of
 *    who asked for it, and nobody conflicts with anybody over it.
 * 3. A value may be told when the log has it: whenever values are given beyond what the sequence's second key says, that key is written (`flush`)
 *    before the replies of the batch leave, as a unit of its own. It is written AHEAD values ahead, so those are skipped after a crash.
 * 4. currval and lastval are of the session that runs.
 *
 * Requires: all calls are made inside of `Engine.runPlan`, save `isDue`.
 */
import { DatabaseError } from "../../common/error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { CatalogView } from "../catalog/catalog.ts";
import {
  originOf,
  readPosition,
  readSequence,
  relationLiteral,
  SEQUENCE_KEYS,
  SEQUENCE_VALUE_KEYS,
  type StoredSequence,
  writePosition,
} from "../catalog/sequence-json.ts";
import type { FunctionEntry } from "../function/entry.ts";
import { extensionFunction } from "../function/extension.ts";
import type { RowType } from "../function/row.ts";
import type { ExtensionCaller } from "./engine-functions.ts";
import type { EngineTables } from "./engine-tables.ts";
import type { SessionSettings } from "./settings.ts";
import type { Caller } from "./surroundings.ts";
import type { TransactionControl } from "./transaction-control.ts";
import { bytesOfText, textOfBytes, type Value } from "./value.ts";

/** Values that may be given before the key is written again, as in PostgreSQL. */
const AHEAD = 32;
/** What was given could not be written. */
const LOST = -1;
/** What plans name instead of a module. */
const MODULE = ":sequences ";

interface Known {
  readonly text: string;
  readonly version: number;
  readonly sequence: StoredSequence;
}

interface Position {
  database: number;
  sequence: StoredSequence;
  last: bigint;
  isCalled: boolean;
  /** How many more values the written key covers. */
  ahead: number;
}

/** What a session was given, by what ids begin with. */
interface Given {
  readonly values: Map<string, bigint>;
  /** The name under which it asked last, and of what. */
  last: { readonly database: number; readonly name: string; readonly origin: string } | undefined;
}

export interface SequencePlace {
  readonly tables: () => EngineTables;
  /** The session whose statement runs. */
  readonly session: () => SessionSettings | undefined;
  readonly transaction: () => TransactionControl | undefined;
  /** A number that each execution has of its own; 0: a command runs. */
  readonly execution: () => number;
}

export class Sequences {
  readonly #place: SequencePlace;
  /** By database and name. */
  readonly #known = new Map<string, Known>();
  /** By id. */
  readonly #positions = new Map<string, Position>();
  /** Positions whose keys are to be written. */
  readonly #due = new Set<Position>();
  readonly #sessions = new WeakMap<SessionSettings, Given>();
  #version = 0;
  /** The sequence by which a column has counted last. */
  #last: { readonly execution: number; readonly database: number; readonly name: string; readonly sequence: StoredSequence } | undefined;

  constructor(place: SequencePlace) {
    this.#place = place;
  }

  /** A sequence as its key has it. Who runs relies on it. */
  find(database: number, name: string): StoredSequence | undefined {
    this.#place.tables().tell("key_tell", database, SEQUENCE_KEYS + name);
    return this.#find(database, name)?.sequence;
  }

  /** 0: there is none of this name. */
  version(database: number, name: string): number {
    return this.#find(database, name)?.version ?? 0;
  }

  /** A sequence as FROM has it: a row. */
  view(database: number, name: string): CatalogView | undefined {
    if (this.find(database, name) === undefined) return undefined;
    const literal = relationLiteral(name);
    const items = ["last_value", "log_cnt", "is_called"].map((item) => `pg_sequence_${item}(${literal}) AS ${item}`);
    return { name, columns: [], text: `SELECT ${items.join(", ")}`, uses: [] };
  }

  /** Sequences of a database; all, or those that a table owns. O(sequences). */
  all(database: number, table?: string): readonly StoredSequence[] {
    const names = this.#place.tables().namesUnder(database, SEQUENCE_KEYS);
    const sequences = names.flatMap((name) => this.find(database, name) ?? []);
    return table === undefined ? sequences : sequences.filter(({ owner }) => owner?.table === table);
  }

  /** Where it stands now. */
  position(database: number, sequence: StoredSequence): { readonly last: bigint; readonly isCalled: boolean } {
    return this.#position(database, sequence);
  }

  // Functions ---------------------------------------------------------------------------------------------------------------

  /** Functions of SQL over the sequences of a database. */
  functions(database: number, name: string): readonly FunctionEntry[] {
    return FUNCTIONS.filter((row) => row.name === name).map(({ parameters, result }) => {
      const place = { module: MODULE + database, symbol: name };
      return extensionFunction(name, parameters, result, place, SEQUENCE_KEYS, { volatility: "volatile" });
    });
  }

  /** What calls such a function; undefined: it is none. */
  caller({ module, name }: Parameters<ExtensionCaller>[0]): Caller | undefined {
    if (!module.startsWith(MODULE)) return undefined;
    const database = Number(module.slice(MODULE.length));
    return (values) => this.#call(database, name, values);
  }

  #call(database: number, name: string, [first = null, second = null, third = null]: readonly Value[]): Value {
    const relation = typeof first === "string" ? relationName(textOfBytes(first)) : "";
    switch (name) {
      case "nextval":
        this.#refuseReadOnly(name);
        return this.next(database, this.#required(database, relation));
      case "currval":
        return this.#current(this.#required(database, relation));
      case "lastval":
        return this.#lastGiven();
      case "setval":
        this.#refuseReadOnly(name);
        return this.#set(database, this.#required(database, relation), second as bigint, third !== false);
      case "pg_get_serial_sequence":
        return this.#ofColumn(database, relation, textOfBytes(second as string));
      case "pg_sequence_log_cnt":
        return BigInt(this.#position(database, this.#required(database, relation)).ahead);
      case "pg_sequence_is_called":
        return this.#position(database, this.#required(database, relation)).isCalled;
      default:
        return this.#position(database, this.#required(database, relation)).last;
    }
  }

  /** The next value of the sequence of a column, which is looked up once in each execution. */
  nextOf(database: number, name: string): bigint {
    const execution = this.#place.execution();
    if (execution === 0 || this.#last?.execution !== execution || this.#last.name !== name || this.#last.database !== database) {
      this.#last = { execution, database, name, sequence: this.#required(database, name) };
    }
    return this.next(database, this.#last.sequence);
  }

  /** The next value of a sequence, which nobody gets again. */
  next(database: number, sequence: StoredSequence): bigint {
    const position = this.#position(database, sequence);
    if (position.ahead === LOST) throw sqlError("53200", "out of memory");
    const value = position.isCalled ? after(sequence, position.last) : position.last;
    if (position.isCalled && position.ahead > 0) position.ahead--;
    else {
      position.ahead = AHEAD;
      this.#due.add(position);
    }
    position.last = value;
    position.isCalled = true;
    const given = this.#given();
    const origin = originOf(sequence.id);
    given?.values.set(origin, value);
    if (given !== undefined) given.last = { database, name: sequence.name, origin };
    return value;
  }

  #current({ id, name }: StoredSequence): bigint {
    const value = this.#given()?.values.get(originOf(id));
    if (value === undefined) throw sqlError("55000", `currval of sequence "${shortName(name)}" is not yet defined in this session`);
    return value;
  }

  #lastGiven(): bigint {
    const given = this.#given();
    const last = given?.last;
    const found = last && this.find(last.database, last.name);
    const value = found && originOf(found.id) === last.origin ? given?.values.get(last.origin) : undefined;
    if (value === undefined) throw sqlError("55000", "lastval is not yet defined in this session");
    return value;
  }

  #set(database: number, sequence: StoredSequence, value: bigint, isCalled: boolean): bigint {
    const { name, min, max, id } = sequence;
    if (value < min || value > max) {
      throw sqlError("22003", `setval: value ${value} is out of bounds for sequence "${shortName(name)}" (${min}..${max})`);
    }
    const position = this.#position(database, sequence);
    position.last = value;
    position.isCalled = isCalled;
    position.ahead = 0;
    this.#due.add(position);
    if (isCalled) this.#given()?.values.set(originOf(id), value);
    return value;
  }

  #ofColumn(database: number, table: string, column: string): Value {
    const found = this.#place.tables().table(database, table);
    if (found === undefined) throw sqlError("42P01", `relation "${table}" does not exist`);
    const known = found.columns.find(({ name }) => name === column);
    if (known === undefined) throw sqlError("42703", `column "${column}" of relation "${table}" does not exist`);
    const owned = known.sequence ?? this.all(database, table).find(({ owner }) => owner?.column === column)?.name;
    if (owned === undefined) return null;
    return bytesOfText(owned.includes(".") ? owned : `public.${owned}`);
  }

  #refuseReadOnly(name: string): void {
    if (this.#place.transaction()?.modes.readOnly === true) {
      throw sqlError("25006", `cannot execute ${name}() in a read-only transaction`);
    }
  }

  #given(): Given | undefined {
    const session = this.#place.session();
    if (session === undefined) return undefined;
    const given = this.#sessions.get(session) ?? { values: new Map(), last: undefined };
    this.#sessions.set(session, given);
    return given;
  }

  // Positions ---------------------------------------------------------------------------------------------------------------

  /** Whether keys are to be written. */
  get isDue(): boolean {
    return this.#due.size > 0;
  }

  /** The last values are to be written as they are: nobody counts any more, so nothing need be left out later. */
  close(): void {
    for (const position of this.#positions.values()) {
      if (position.ahead <= 0) continue;
      position.ahead = 0;
      this.#due.add(position);
    }
  }

  /** Writes the keys that are due. Requires: no transaction runs. What cannot be written is tried again, and gives no values until then. */
  flush(): void {
    const tables = this.#place.tables();
    for (const position of this.#due) {
      const { sequence, database, last, isCalled } = position;
      if (this.#find(database, sequence.name)?.sequence.id !== sequence.id) {
        // Nobody sees it but the transaction that has made it, until that commits; or it is gone.
        if (!tables.hasPrivate) this.#due.delete(position);
        continue;
      }
      const ahead = Math.max(0, position.ahead);
      const covered = isCalled ? stepped(sequence, last, BigInt(ahead)) : last;
      position.ahead = LOST;
      try {
        tables.writeKey(database, SEQUENCE_VALUE_KEYS + sequence.id, writePosition({ last: covered, isCalled }));
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.code === "ENGINE_FAILED") throw error;
        continue;
      }
      position.ahead = ahead;
      this.#due.delete(position);
    }
  }

  #required(database: number, name: string): StoredSequence {
    const found = this.find(database, name);
    if (found !== undefined) return found;
    const tables = this.#place.tables();
    if (tables.table(database, name) === undefined && tables.view(database, name) === undefined) {
      throw sqlError("42P01", `relation "${name}" does not exist`);
    }
    throw sqlError("42809", `"${shortName(name)}" is not a sequence`);
  }

  #find(database: number, name: string): Known | undefined {
    const text = this.#place.tables().peekKey(database, SEQUENCE_KEYS + name);
    const key = `${database} ${name}`;
    const cached = this.#known.get(key);
    if (cached !== undefined && cached.text === text) return cached;
    if (text === undefined) return undefined;
    const known = { text, version: ++this.#version, sequence: readSequence(text) };
    this.#known.set(key, known);
    return known;
  }

  /** Known in memory once it was used, since only what is here changes it. */
  #position(database: number, sequence: StoredSequence): Position {
    const known = this.#positions.get(sequence.id);
    if (known !== undefined) {
      known.database = database;
      known.sequence = sequence;
      return known;
    }
    const text = this.#place.tables().peekKey(database, SEQUENCE_VALUE_KEYS + sequence.id);
    const { last, isCalled } = (text === undefined ? undefined : readPosition(text)) ?? sequence;
    const position = { database, sequence, last, isCalled, ahead: 0 };
    this.#positions.set(sequence.id, position);
    return position;
  }
}

interface Row {
  readonly name: string;
  readonly parameters: readonly RowType[];
  readonly result: RowType;
}

const FUNCTIONS: readonly Row[] = [
  { name: "nextval", parameters: ["text"], result: "bigint" },
  { name: "currval", parameters: ["text"], result: "bigint" },
  { name: "lastval", parameters: [], result: "bigint" },
  { name: "setval", parameters: ["text", "bigint"], result: "bigint" },
  { name: "setval", parameters: ["text", "bigint", "boolean"], result: "bigint" },
  { name: "pg_get_serial_sequence", parameters: ["text", "text"], result: "text" },
  { name: "pg_sequence_last_value", parameters: ["text"], result: "bigint" },
  { name: "pg_sequence_log_cnt", parameters: ["text"], result: "bigint" },
  { name: "pg_sequence_is_called", parameters: ["text"], result: "boolean" },
];

/** The value behind another one. */
function after(sequence: StoredSequence, value: bigint): bigint {
  const { increment, min, max, cycles, name } = sequence;
  const next = value + increment;
  if (next >= min && next <= max) return next;
  if (cycles) return increment > 0n ? min : max;
  const [what, bound] = increment > 0n ? ["maximum", max] : ["minimum", min];
  throw sqlError("2200H", `nextval: reached ${what} value of sequence "${shortName(name)}" (${bound})`);
}

/** The value so many steps on, or the last one before the bound. */
function stepped({ increment, min, max }: StoredSequence, value: bigint, steps: bigint): bigint {
  const left = (increment > 0n ? max - value : min - value) / increment;
  return value + increment * (steps < left ? steps : left);
}

/** PostgreSQL's messages have the name without its schema. */
function shortName(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

/** The relation of a text as `regclass` reads it: names in quotes are as they are, others in lower case; `public` is left away. */
export function relationName(text: string): string {
  const parts = [...text.trim().matchAll(/\s*(?:"((?:[^"]|"")*)"|([^".\s]+))\s*(\.|$)/gy)];
  if (parts.length === 0 || parts.reduce((length, [all]) => length + all.length, 0) !== text.trim().length) {
    throw sqlError("42602", "invalid name syntax");
  }
  const names = parts.map(([, exact, plain = ""]) => exact?.replaceAll('""', '"') ?? plain.toLowerCase());
  return (names[0] === "public" && names.length > 1 ? names.slice(1) : names).join(".");
}
