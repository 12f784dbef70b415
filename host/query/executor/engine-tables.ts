/**
 * Declared tables and indexes of an engine: what its collections are told to hold, and the catalog's keys (schema-json.ts), which
 * are ordinary string keys, so that they are logged, replayed and deleted like others.
 *
 * The engine decides what there is: a table is known here as long as its collection has the descriptor that was given to it. So
 * FLUSHDB, SWAPDB and a restart need no messages; what is not known here is read from its key.
 *
 * Requires: all calls are made inside of `Engine.runPlan`.
 */
import { CELL_BUDGET, CELL_ERROR, CELL_TAG, COLLECTION_TABLE, COLLECTION_VERSION, SLOT_NONE } from "../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_UNIQUE } from "../../../assembly/abi/runtime-error.ts";
import { STATUS_OK } from "../../../assembly/abi/status.ts";
import { DatabaseError } from "../../common/error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import { bindTableExpression, parseExpression, type TableExpression, type TableExpressionUse } from "../binder/table-expression.ts";
import {
  type Catalog,
  type CatalogForeignKey,
  type CatalogIndex,
  type CatalogKey,
  type CatalogTable,
  type CatalogView,
  VIEW_KEYS,
} from "../catalog/catalog.ts";
import { describeIndex, describeTable, type TableFunctions as Slots } from "../catalog/descriptor.ts";
import {
  catalogIndex,
  readIndex,
  readTable,
  readView,
  type StoredIndex,
  type StoredTable,
  writeIndex,
  writeTable,
} from "../catalog/schema-json.ts";
import type { FunctionSource } from "../function/table.ts";
import { type AlterPlace, alterRows, isSame, type TableAlteration } from "./altered-rows.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { type ForeignKeyPlace, needsIndex, tieForeignKeys } from "./foreign-keys.ts";
import { TableFunctions } from "./table-functions.ts";
import type { TransactionControl } from "./transaction-control.ts";
import { bytesOfText, stringOfBytes, textOfBytes } from "./value.ts";

export const SCHEMA_KEYS = "_internal:schemas:";
export const INDEX_KEYS = "_internal:indexes:";
const UNIQUE = 1;
const BUDGET_BYTES = 1 << 30;

interface Known {
  readonly stored: StoredTable;
  /** Address of the engine's descriptor. */
  readonly descriptor: number;
  readonly slots: Slots;
}

interface KnownView {
  readonly text: string;
  readonly version: number;
  readonly view: CatalogView;
}

interface KnownTable {
  readonly version: number;
  readonly table: CatalogTable;
}

export class EngineTables {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #tableFunctions: TableFunctions;
  readonly #source: (database: number) => FunctionSource;
  readonly #nowMs: () => number;
  /** The next value of a sequence. */
  readonly #nextValue: (database: number, sequence: string) => bigint;
  /** By database and name. */
  readonly #known = new Map<string, Known>();
  readonly #tables = new Map<string, KnownTable>();
  readonly #views = new Map<string, KnownView>();
  #viewVersion = 0;
  #redefined: { readonly database: number; readonly name: string } | undefined;
  /** The transaction that runs. */
  readonly #transaction: () => TransactionControl | undefined;
  /** Keys by database that transactions have changed. */
  readonly #changed = new Map<TransactionControl, Map<number, Set<string>>>();

  constructor(
    engine: Engine,
    functions: EngineFunctions,
    source: (database: number) => FunctionSource,
    nowMs: () => number,
    transaction: () => TransactionControl | undefined,
    nextValue: (database: number, sequence: string) => bigint,
  ) {
    this.#nextValue = nextValue;
    this.#transaction = transaction;
    this.#engine = engine;
    this.#functions = functions;
    this.#tableFunctions = new TableFunctions(engine, functions);
    this.#source = source;
    this.#nowMs = nowMs;
  }

  /** Handle of a collection, 0 if there is none. Good until the next write. */
  find(database: number, name: string): number {
    const find = this.#functions.required("collection_find");
    return this.#functions.withBytes(bytesOfText(name), (pointer, length) => Number(find(database, pointer, length)) >>> 0);
  }

  /**
   * Runs a definition: all that it looks up in the catalog, there or not, and all that it writes is one unit, or its transaction's. The
   * look-ups tell by themselves what they read.
   */
  unit<T>(run: () => T): T {
    this.#redefined = undefined;
    // Definitions keep or take back by themselves what they have done.
    this.#functions.required("statement_end")(1);
    const isUnit = this.#functions.required("definition_begin")() === 1;
    try {
      return run();
    } finally {
      if (isUnit && this.#engine.failure === undefined) this.#functions.required("definition_end")();
    }
  }

  /** Tells who runs that it relies on a key of the catalog, or on all that begin so, or on the rows of a collection; there or not. */
  tell(teller: "key_tell" | "keys_tell" | "track_collection", database: number, name: string): void {
    if (this.#functions.readsTold === 0) return;
    const tell = this.#functions.required(teller);
    this.#functions.withBytes(bytesOfText(name), (pointer, length) => tell(database, pointer, length));
  }

  /** A declared table. */
  table(database: number, name: string): CatalogTable | undefined {
    this.tell("key_tell", database, SCHEMA_KEYS + name);
    const handle = this.find(database, name);
    const { memory } = this.#engine;
    const descriptor = handle === 0 ? 0 : memory.looseWord(handle + COLLECTION_TABLE);
    if (descriptor === 0) return undefined;
    const version = memory.looseWord(handle + COLLECTION_VERSION);
    const key = `${database} ${name}`;
    const isPrivate = this.isPrivateNow;
    const cached = isPrivate ? undefined : this.#tables.get(key);
    if (cached?.version === version) return cached.table;
    const stored = this.#stored(database, name, descriptor);
    if (stored === undefined) return undefined;
    const table = { ...stored, indexes: this.#indexesOf(database, handle, stored), version };
    if (!isPrivate) this.#tables.set(key, { version, table });
    return table;
  }

  /** Indexes of a collection that is not declared. */
  indexes(database: number, name: string): readonly CatalogIndex[] {
    const handle = this.find(database, name);
    return handle === 0 ? [] : this.#indexesOf(database, handle, undefined);
  }

  view(database: number, name: string): CatalogView | undefined {
    return this.#view(database, name)?.view;
  }

  /** 0: there is no such view. */
  viewVersion(database: number, name: string): number {
    return this.#view(database, name)?.version ?? 0;
  }

  /** The key decides what there is; each text that it gets makes a new version. */
  #view(database: number, name: string): KnownView | undefined {
    const place = `${database} ${name}`;
    const text = this.readKey(database, VIEW_KEYS + name);
    const cached = this.#views.get(place);
    if (cached !== undefined && cached.text === text) return cached;
    if (text === undefined) {
      this.#views.delete(place);
      return undefined;
    }
    const known = { text, version: ++this.#viewVersion, view: readView(text) };
    this.#views.set(place, known);
    return known;
  }

  #stored(database: number, name: string, descriptor: number): StoredTable | undefined {
    const known = this.#known.get(`${database} ${name}`);
    // A transaction may have changed the key and left the declaration.
    if (known?.descriptor === descriptor && !this.isPrivateNow) return known.stored;
    const text = this.readKey(database, SCHEMA_KEYS + name);
    return text === undefined ? undefined : readTable(text);
  }

  /** The indexes that the engine holds, by their names: those of UNIQUE constraints are the table's, others have keys. */
  #indexesOf(database: number, handle: number, table: StoredTable | undefined): readonly CatalogIndex[] {
    const at = this.#functions.required("collection_index");
    const nameOf = this.#functions.required("index_name");
    const found: CatalogIndex[] = [];
    for (let position = 0; ; position++) {
      const index = Number(at(handle, position)) >>> 0;
      if (index === 0) return found;
      const name = textOfBytes(this.#functions.words.read(nameOf(index) as bigint));
      // The optimiser knows the primary key's by the table (engine-catalog.ts).
      if (table?.primaryKey !== undefined && keyName(table) === name) continue;
      const unique = table?.uniques.find((key) => uniqueName(table, key) === name);
      const foreign = table?.foreignKeys?.find((key) => key.name === name);
      const constraint = unique ?? foreign;
      if (constraint !== undefined) found.push({ name, unique: unique !== undefined, parts: columnParts(constraint) });
      else {
        const text = this.readKey(database, INDEX_KEYS + name);
        const index = text === undefined ? undefined : readIndex(text);
        // The index of a referenced primary key has no key of its own, and may have the name of another table's.
        if (index !== undefined && (table === undefined || index.table === table.name))
          found.push(catalogIndex(index, table?.columns ?? []));
      }
    }
  }

  // Definitions -----------------------------------------------------------------------------------------------------------

  /** Declares a table over what its prefix has, and writes its key. Throws what is wrong; nothing has changed then. */
  define(database: number, table: StoredTable): void {
    this.tell("track_collection", database, table.name);
    this.#declare(database, table);
    try {
      tieForeignKeys(this.#foreignKeyPlace(database), table, true);
      this.writeKey(database, SCHEMA_KEYS + table.name, writeTable(table));
    } catch (error) {
      this.#undeclare(database, table.name);
      throw error;
    }
  }

  /**
   * Makes a table another one, and writes its key; the keys of its indexes are the caller's, and say already what they are to say. Throws what is
   * wrong: what it leaves then is taken back with the transaction. Requires: one is open.
   */
  alter(database: number, { from, to, rows, indexes, checks }: TableAlteration): void {
    for (const { name } of [from, to]) this.tell("track_collection", database, name);
    this.#redefined = rows === undefined ? { database, name: to.name } : undefined;
    if (rows === undefined) {
      this.writeKey(database, SCHEMA_KEYS + to.name, writeTable(to));
      this.redefine(database, from, to, checks);
      return;
    }
    const [handle, place] = [this.find(database, from.name), `${database} ${from.name}`];
    const known = this.#known.get(place);
    for (const index of handle === 0 ? [] : this.#indexNames(handle)) this.#dropIndex(database, from.name, index);
    if (to.name !== from.name) this.deleteKey(database, SCHEMA_KEYS + from.name);
    this.writeKey(database, SCHEMA_KEYS + to.name, writeTable(to));
    const slots = this.#compile(database, to);
    alterRows(this.#alterPlace(database), from, to, slots, rows);
    this.#known.delete(place);
    this.#tables.delete(place);
    if (known !== undefined) this.#release(known.slots);
    this.#know(database, to, slots);
    this.#createKeys(database, to);
    for (const index of indexes) this.#createIndex(database, to.name, catalogIndex(index, to.columns));
    tieForeignKeys(this.#foreignKeyPlace(database), to, true);
    this.#tieAgain(database, new Set([to.name]), false, true);
  }

  /** The table that was altered last, if its rows have stayed what they are. */
  get redefined(): { readonly database: number; readonly name: string } | undefined {
    return this.#redefined;
  }

  /** Declares a table anew that has the same columns, with the keys that it is to have. */
  redefine(database: number, from: StoredTable, to: StoredTable, checks: boolean): void {
    const place = `${database} ${to.name}`;
    const known = this.#known.get(place);
    const slots = this.#compile(database, to);
    try {
      this.#withTexts([bytesOfText(to.name), stringOfBytes(describeTable(to, slots))], ([name, descriptor]) => {
        const redefine = this.#functions.required("table_redefine");
        this.#expect(Number(redefine(database, name!.pointer, name!.length, descriptor!.pointer, checks ? 1 : 0, this.#nowMs())));
      });
    } catch (error) {
      this.#release(slots);
      throw error;
    }
    if (known !== undefined) this.#release(known.slots);
    this.#know(database, to, slots);
    this.#tables.delete(place);
    const same = (key: CatalogKey, other: CatalogKey): boolean =>
      uniqueName(from, key) === uniqueName(to, other) && JSON.stringify(key.columns) === JSON.stringify(other.columns);
    for (const key of from.uniques) {
      if (!to.uniques.some((other) => same(key, other))) this.#dropIndex(database, to.name, uniqueName(from, key));
    }
    const references = (from.foreignKeys ?? []).filter((key) => !(to.foreignKeys ?? []).some((other) => isSame(key, other)));
    for (const { name } of references) this.#dropIndex(database, to.name, name);
    for (const key of to.uniques) if (!from.uniques.some((other) => same(other, key))) this.#createUnique(database, to, key);
    const added = (to.foreignKeys ?? []).filter((key) => !(from.foreignKeys ?? []).some((other) => isSame(key, other)));
    tieForeignKeys(this.#foreignKeyPlace(database), { ...to, foreignKeys: added }, checks);
    if (keyName(from) !== keyName(to)) {
      this.#dropIndex(database, to.name, keyName(from));
      this.#createKey(database, to);
    }
    const isTied =
      from.primaryKey?.name === to.primaryKey?.name && from.uniques.every((key) => to.uniques.some((other) => same(key, other)));
    // What others refer to has another index now.
    if (!isTied) this.#tieAgain(database, new Set([to.name]), true, checks);
  }

  #know(database: number, table: StoredTable, slots: Slots): void {
    const descriptor = this.#engine.memory.looseWord(this.find(database, table.name) + COLLECTION_TABLE);
    this.#known.set(`${database} ${table.name}`, { stored: table, descriptor, slots });
  }

  /** The indexes of a table's keys. */
  #createKeys(database: number, table: StoredTable): void {
    this.#createKey(database, table);
    for (const key of table.uniques) this.#createUnique(database, table, key);
  }

  /** The index of the primary key, for its order and its first columns: whole keys are looked up among the keys of the database. */
  #createKey(database: number, table: StoredTable): void {
    const { primaryKey: key } = table;
    if (key !== undefined) this.#createIndex(database, table.name, { name: keyName(table), unique: false, parts: columnParts(key) });
  }

  #createUnique(database: number, table: StoredTable, key: CatalogKey): void {
    this.#createIndex(database, table.name, { name: uniqueName(table, key), unique: true, parts: columnParts(key) });
  }

  #alterPlace(database: number): AlterPlace {
    return {
      database,
      functions: this.#functions,
      tableFunctions: this.#tableFunctions,
      nowMs: this.#nowMs(),
      withTexts: (texts, call) => this.#withTexts(texts, call),
      expect: (status) => this.#expect(status),
    };
  }

  /** Ties foreign keys to these tables once more, whose indexes have gone; `isOwn`: their own to each other too. O(rows of the others). */
  #tieAgain(database: number, names: ReadonlySet<string>, isOwn: boolean, checks: boolean): void {
    for (const name of this.namesUnder(database, SCHEMA_KEYS)) {
      if (names.has(name) && !isOwn) continue;
      const table = this.table(database, name);
      const foreignKeys = (table?.foreignKeys ?? []).filter((key) => names.has(key.table));
      if (table === undefined || foreignKeys.length === 0) continue;
      for (const key of foreignKeys) this.#dropIndex(database, name, key.name);
      tieForeignKeys(this.#foreignKeyPlace(database), { ...table, foreignKeys }, checks);
    }
  }

  /** Foreign keys of other tables that refer to a table. O(keys). */
  referringTo(database: number, name: string): readonly { readonly table: string; readonly key: CatalogForeignKey }[] {
    return this.namesUnder(database, SCHEMA_KEYS).flatMap((table) => {
      const keys = table === name ? [] : (this.table(database, table)?.foreignKeys ?? []);
      return keys.filter((key) => key.table === name).map((key) => ({ table, key }));
    });
  }

  /** Drops a foreign key. */
  dropForeignKey(database: number, name: string, constraint: string): void {
    const place = `${database} ${name}`;
    const table = this.table(database, name);
    const known = this.#known.get(place);
    if (table === undefined) return;
    const { indexes: _indexes, version: _version, ...stored } = table;
    const left = { ...stored, foreignKeys: stored.foreignKeys?.filter((key) => key.name !== constraint) ?? [] };
    this.writeKey(database, SCHEMA_KEYS + name, writeTable(left));
    this.#dropIndex(database, name, constraint);
    if (known !== undefined && !this.isPrivateNow) this.#known.set(place, { ...known, stored: left });
    this.#tables.delete(place);
  }

  #foreignKeyPlace(database: number): ForeignKeyPlace {
    return {
      functions: this.#functions,
      table: (name) => this.table(database, name),
      find: (name) => this.find(database, name),
      createIndex: (collection, index) => this.#createIndex(database, collection, index),
      dropIndex: (collection, name) => this.#dropIndex(database, collection, name),
      refusal: () => this.refusal(),
    };
  }

  /** Ends a declaration: the rows stay as documents. */
  undefine(database: number, name: string): void {
    this.#undeclare(database, name);
    this.deleteKey(database, SCHEMA_KEYS + name);
  }

  /** Makes an index over the rows that there are, and writes its key. */
  addIndex(database: number, index: StoredIndex): void {
    const table = this.table(database, index.table);
    this.tell("track_collection", database, index.table);
    this.#createIndex(database, index.table, catalogIndex(index, table?.columns ?? []));
    try {
      this.writeKey(database, INDEX_KEYS + index.name, writeIndex(index));
    } catch (error) {
      this.#dropIndex(database, index.table, index.name);
      throw error;
    }
  }

  /** Drops an index by its name; false when there is none. */
  dropIndex(database: number, name: string): boolean {
    const index = this.index(database, name);
    if (index === undefined) return false;
    this.#refuseNeeded(database, index);
    this.#dropIndex(database, index.table, name);
    return this.deleteKey(database, INDEX_KEYS + name);
  }

  #refuseNeeded(database: number, { name, table, unique }: StoredIndex): void {
    const declared = unique ? this.table(database, table) : undefined;
    if (declared === undefined) return;
    const own = (declared.foreignKeys ?? []).filter((key) => key.table === table).map((key) => ({ table, key }));
    const needs = [...own, ...this.referringTo(database, table)].find(({ key }) => needsIndex(declared, name, key));
    if (needs === undefined) return;
    const detail = `constraint ${needs.key.name} on table ${needs.table} depends on index ${name}`;
    throw sqlError("2BP01", `cannot drop index ${name} because other objects depend on it (DETAIL: ${detail})`);
  }

  /** The index of a name as its key has it. */
  index(database: number, name: string): StoredIndex | undefined {
    const text = this.readKey(database, INDEX_KEYS + name);
    return text === undefined ? undefined : readIndex(text);
  }

  /**
   * Brings a database's tables and indexes to the engine, those of all collections or of these: when only their keys are there, after
   * a restart for instance. What cannot be restored stays undone; why is answered.
   */
  restore(database: number, collections?: ReadonlySet<string>): readonly string[] {
    const keys = this.catalogKeys(database);
    const isWanted = (name: string): boolean => collections === undefined || collections.has(name);
    const tables = keys.filter((key) => key.startsWith(SCHEMA_KEYS) && isWanted(key.slice(SCHEMA_KEYS.length)));
    const problems: string[] = [];
    const attempt = (key: string, act: () => void): void => {
      try {
        act();
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.code === "ENGINE_FAILED") throw error;
        this.#engine.memory.setWord(this.#functions.cells + CELL_ERROR, 0);
        problems.push(`${key} of database ${database} cannot be restored: ${error.message}`);
      }
    };
    const read = (key: string, act: (text: string) => void): void =>
      attempt(key, () => {
        const text = this.readKey(database, key);
        if (text !== undefined) act(text);
      });
    for (const key of tables) read(key, (text) => this.#declare(database, readTable(text)));
    for (const key of keys) {
      if (!key.startsWith(INDEX_KEYS)) continue;
      read(key, (text) => {
        const index = readIndex(text);
        if (!isWanted(index.table)) return;
        this.#createIndex(database, index.table, catalogIndex(index, this.table(database, index.table)?.columns ?? []));
      });
    }
    for (const key of tables) read(key, (text) => tieForeignKeys(this.#foreignKeyPlace(database), readTable(text), false));
    // Others that refer to tables which were withdrawn do so no more.
    if (collections !== undefined) attempt(SCHEMA_KEYS, () => this.#tieAgain(database, collections, false, false));
    return problems;
  }

  /** Ends a declaration and drops the indexes of a collection; keys are not touched. */
  withdraw(database: number, name: string): void {
    this.#undeclare(database, name);
  }

  /** Drops an index of a collection; its key stays. */
  withdrawIndex(database: number, collection: string, name: string): void {
    this.#dropIndex(database, collection, name);
  }

  /** Makes the index of a key, if there is one and its collection is none of `done`. Answers why it could not be. */
  restoreIndex(database: number, name: string, done: ReadonlySet<string>): readonly string[] {
    const index = this.index(database, name);
    if (index === undefined || done.has(index.table)) return [];
    try {
      this.#createIndex(database, index.table, catalogIndex(index, this.table(database, index.table)?.columns ?? []));
      return [];
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code === "ENGINE_FAILED") throw error;
      return [`index ${name} of database ${database} cannot be restored: ${error.message}`];
    }
  }

  /** Keys that an open transaction has changed, by database. */
  changedBy(transaction: TransactionControl): ReadonlyMap<number, ReadonlySet<string>> {
    return this.#changed.get(transaction) ?? new Map();
  }

  /**
   * Whether a transaction has definitions of its own. Versions of collections are then no proof that two have the same in mind: nothing
   * that is made for it is kept for others, nor the other way round.
   */
  isPrivate(transaction: TransactionControl | undefined): boolean {
    return this.#changed.size > 0 && transaction?.isOpen === true && this.#changed.has(transaction);
  }

  /** Whether any transaction has. */
  get hasPrivate(): boolean {
    return this.#changed.size > 0;
  }

  /** The same of the one that runs. */
  get isPrivateNow(): boolean {
    return this.isPrivate(this.#transaction());
  }

  /** Its end is near, or a new one has begun. */
  forgetChanges(transaction: TransactionControl): void {
    if (this.#changed.size > 0) this.#changed.delete(transaction);
  }

  /** It has changed these keys, and no others. */
  setChanges(transaction: TransactionControl, changed: ReadonlyMap<number, readonly string[]>): void {
    const own = new Map([...changed].map(([database, keys]) => [database, new Set(keys)]));
    if (own.size > 0) this.#changed.set(transaction, own);
    else this.#changed.delete(transaction);
  }

  #noteChange(database: number, key: string): void {
    const transaction = this.#transaction();
    if (transaction?.isOpen !== true) return;
    const databases = this.#changed.get(transaction) ?? new Map<number, Set<string>>();
    this.#changed.set(transaction, databases);
    databases.set(database, (databases.get(database) ?? new Set()).add(key));
  }

  #declare(database: number, table: StoredTable): void {
    const slots = this.#compile(database, table);
    try {
      this.#withTexts([bytesOfText(table.name), stringOfBytes(describeTable(table, slots))], ([name, descriptor]) => {
        const define = this.#functions.required("table_define");
        this.#expect(Number(define(database, name!.pointer, name!.length, descriptor!.pointer, this.#nowMs())));
      });
    } catch (error) {
      this.#release(slots);
      throw error;
    }
    this.#know(database, table, slots);
    try {
      this.#createKeys(database, table);
    } catch (error) {
      this.#undeclare(database, table.name);
      throw error;
    }
  }

  #undeclare(database: number, name: string): void {
    const key = `${database} ${name}`;
    const handle = this.find(database, name);
    const known = this.#known.get(key);
    for (const index of handle === 0 ? [] : this.#indexNames(handle)) this.#dropIndex(database, name, index);
    this.#withTexts([bytesOfText(name)], ([text]) => this.#functions.required("table_undefine")(database, text!.pointer, text!.length));
    this.#known.delete(key);
    this.#tables.delete(key);
    if (known !== undefined) this.#release(known.slots);
  }

  #indexNames(handle: number): readonly string[] {
    const names: string[] = [];
    for (let position = 0; ; position++) {
      const index = Number(this.#functions.required("collection_index")(handle, position)) >>> 0;
      if (index === 0) return names;
      names.push(textOfBytes(this.#functions.words.read(this.#functions.required("index_name")(index) as bigint)));
    }
  }

  /**
   * Frees compiled functions. Those of a transaction's time are kept: a declaration that others see may call them, and which one does is
   * the engine's to know; so each declaration that is changed while transactions are open costs the functions of one.
   */
  #release({ defaults, checks }: Slots): void {
    if (Number(this.#functions.required("views_open")()) > 0) return;
    this.#tableFunctions.free([...defaults, ...checks]);
  }

  /** Binds checks and defaults against the table itself. Throws what is wrong with them. */
  #compile(database: number, stored: StoredTable): Slots {
    const table: CatalogTable = { ...stored, indexes: [], version: 0 };
    const catalog: Catalog = {
      table: (name) => (name === table.name ? table : undefined),
      fields: () => ({ names: [], open: false }),
      indexes: () => [],
      view: () => undefined,
      version: () => 0,
    };
    const surroundings = { catalog, functions: this.#source(database), parameters: [] };
    const own = { name: table.name, table };
    const bind = (text: string, use: TableExpressionUse): TableExpression => {
      const { expression, text: whole } = parseExpression(text);
      return withoutPosition(() => bindTableExpression(expression, whole, own, use, surroundings));
    };
    const defaults = stored.columns.map(({ name, type, defaultText, identity, sequence }) => {
      if (sequence !== undefined) return this.#tableFunctions.addCounter(() => this.#nextValue(database, sequence), type);
      if (defaultText === undefined || identity !== undefined) return 0;
      const { expression } = bind(defaultText, { kind: "default", column: name, type });
      return expression.kind === "BoundConstant" && expression.value === null ? 0 : this.#tableFunctions.addDefault(expression);
    });
    const checks = stored.checks.map(({ text }) => this.#tableFunctions.addCheck(own.name, bind(text, { kind: "check" })));
    return { defaults, checks };
  }

  /** Indexes of constraints too: what is looked up by a name is the one index of that name. */
  #createIndex(database: number, collection: string, { name, unique, parts }: CatalogIndex): void {
    const handle = this.find(database, collection);
    if (handle !== 0 && this.#indexNames(handle).includes(name)) throw sqlError("42P07", `relation "${name}" already exists`);
    const fields = stringOfBytes(describeIndex(parts));
    const status = this.#withTexts([bytesOfText(collection), fields, bytesOfText(name)], ([prefix, field, text]) =>
      this.#functions.required("index_create")(
        database,
        prefix!.pointer,
        prefix!.length,
        unique ? UNIQUE : 0,
        field!.pointer,
        field!.length,
        parts.length,
        text!.pointer,
        text!.length,
      ),
    );
    const { memory } = this.#engine;
    if (Number(status) !== STATUS_OK && memory.word(this.#functions.cells + CELL_ERROR) === RUNTIME_ERROR_UNIQUE) {
      memory.setWord(this.#functions.cells + CELL_ERROR, 0);
      throw sqlError("23505", `could not create unique index "${name}"`);
    }
    this.#expect(Number(status));
  }

  #dropIndex(database: number, collection: string, name: string): void {
    this.#withTexts([bytesOfText(collection), bytesOfText(name)], ([prefix, text]) =>
      this.#functions.required("index_drop")(database, prefix!.pointer, prefix!.length, text!.pointer, text!.length),
    );
  }

  // Keys --------------------------------------------------------------------------------------------------------------------

  /** The text of a string key, or undefined. */
  readKey(database: number, key: string): string | undefined {
    return this.#functions.released(() => {
      const word = this.#functions.withBytes(bytesOfText(key), (pointer, length) =>
        this.#functions.words.read(this.#functions.required("key_value")(database, pointer, length) as bigint),
      );
      return this.#engine.memory.word(this.#functions.cells + CELL_TAG) === SLOT_NONE ? undefined : textOfBytes(word);
    });
  }

  /** The same without a trace: nobody is told that it was read. Good in the middle of a write too. */
  peekKey(database: number, key: string): string | undefined {
    return this.#functions.released(() => {
      const word = this.#functions.withBytes(bytesOfText(key), (pointer, length) =>
        this.#functions.words.read(this.#functions.required("key_peek")(database, pointer, length) as bigint),
      );
      return this.#engine.memory.word(this.#functions.cells + CELL_TAG) === SLOT_NONE ? undefined : textOfBytes(word);
    });
  }

  writeKey(database: number, key: string, text: string): void {
    this.#noteChange(database, key);
    const status = this.#withTexts([bytesOfText(key), bytesOfText(text)], ([name, value]) =>
      this.#functions.required("key_set")(database, name!.pointer, name!.length, value!.pointer, value!.length),
    );
    this.#expect(Number(status));
  }

  deleteKey(database: number, key: string): boolean {
    this.#noteChange(database, key);
    const done = this.#withTexts([bytesOfText(key)], ([name]) =>
      this.#functions.required("key_delete")(database, name!.pointer, name!.length),
    );
    return Number(done) === 1;
  }

  /** What is behind a prefix in the catalog's keys, in order; told as read. O(keys). */
  namesUnder(database: number, prefix: string): readonly string[] {
    this.tell("keys_tell", database, prefix);
    const keys = this.catalogKeys(database).filter((key) => key.startsWith(prefix));
    return keys.map((key) => key.slice(prefix.length)).sort();
  }

  /** Keys of the catalog in a database, which nobody is told of. O(keys). */
  catalogKeys(database: number): readonly string[] {
    const next = this.#functions.required("catalog_key");
    const keys: string[] = [];
    for (let word = next(database, 1) as bigint; word !== 0n; word = next(database, 0) as bigint) {
      keys.push(textOfBytes(this.#functions.words.read(word)));
    }
    return keys;
  }

  /** The error that a refused row has left, or what the host knows of it. */
  refusal(): unknown {
    const { memory } = this.#engine;
    const id = memory.word(this.#functions.cells + CELL_ERROR);
    return id === 0 ? sqlError("53200", "out of memory") : this.#functions.noted(id);
  }

  /** Requires: what an error names lies in the arena still. */
  #expect(status: number): void {
    this.#engine.memory.refresh();
    if (status !== STATUS_OK) throw this.refusal();
  }

  /** Calls with texts that lie in the arena for the time of the call. */
  #withTexts<T>(texts: readonly string[], call: (places: readonly { readonly pointer: number; readonly length: number }[]) => T): T {
    const places: { readonly pointer: number; readonly length: number }[] = [];
    const { memory } = this.#engine;
    memory.setWord(this.#functions.cells + CELL_BUDGET, BUDGET_BYTES);
    const next = (index: number): T => {
      const text = texts[index];
      if (text === undefined) {
        const result = call(places);
        memory.refresh();
        return result;
      }
      return this.#functions.withBytes(text, (pointer, length) => {
        places.push({ pointer, length });
        return next(index + 1);
      });
    };
    return next(0);
  }
}

/** Errors of what the catalog keeps as text have no position: nobody has written that text as it stands there. */
function withoutPosition<T>(bind: () => T): T {
  try {
    return bind();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new DatabaseError(error.code, error.message.replace(/ at line \d+:\d+(?= \[)/, ""), { cause: error });
  }
}

/** The name of the primary key. */
export function keyName({ name, primaryKey }: Pick<StoredTable, "name" | "primaryKey">): string {
  return primaryKey?.name ?? `${name}_pkey`;
}

/** PostgreSQL's name of a UNIQUE constraint. */
export function uniqueName(table: Pick<StoredTable, "name" | "columns">, key: CatalogKey): string {
  return key.name ?? `${[table.name, ...key.columns.map((number) => table.columns[number]?.name ?? "")].join("_")}_key`;
}

export function columnParts(key: Pick<CatalogKey, "columns">): CatalogIndex["parts"] {
  return key.columns.map((number) => ({ kind: "column", number, descending: false, nullsFirst: false }));
}
