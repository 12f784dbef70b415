/**
 * COMMIT of a transaction that has defined something.
 *
 * What a transaction defines is its own until then: the engine's declarations hang on its private state, and the catalog's keys are private
 * like all others. Publishing brings the keys and the rows to the committed state; what the keys say is then brought to the engine anew, as
 * after a restart (EngineTables.restore), for the collections concerned and those whose foreign keys refer to them.
 *
 * 1. New tables are declared behind the publishing, over rows that came as documents; dropped ones are undeclared behind it, when their
 *    rows have gone. Dropped indexes go before it, so that they refuse nothing that the transaction was allowed; new ones are made behind it.
 * 2. What was checked against the transaction's view holds for the committed rows only if they are the same: a collection that others have
 *    changed since refuses the commit, as does a catalog key (first committer wins).
 * 3. Whether the commit is done or refused, the declarations in the end are those of the committed keys.
 * 4. A table that is another one in the end (dropped and made anew, or without a foreign key) is undeclared before the publishing, so that its rows are
 *    not checked by what there was, and declared behind it; the engine is told that nobody else has undeclared it.
 *
 * 5. A table that is all that was altered, with its columns as they were, is declared anew behind the publishing and keeps its rows.
 *
 * Cost: O(rows) of new tables and indexes, O(keys) of the catalog for tables.
 */
import { sqlError } from "../../common/sql-state.ts";
import { LABEL_INDEX_KEYS, readLabelIndex } from "../catalog/graph.ts";
import { readIndex, readTable } from "../catalog/schema-json.ts";
import { type EngineTables, INDEX_KEYS, SCHEMA_KEYS } from "./engine-tables.ts";
import type { LabelIndexes } from "./label-indexes.ts";
import type { TransactionControl } from "./transaction-control.ts";

/** The name that stands for the graph where collections are asked about. */
const GRAPH = "";

/** Where declarations are made and ended. */
export interface DeclarationPlace {
  readonly tables: EngineTables;
  readonly labelIndexes: LabelIndexes;
  /** Runs what looks at a database, in the transaction or (undefined) in the committed state. */
  readonly within: <T>(database: number, run: () => T, transaction: TransactionControl | undefined) => T;
}

export interface CommitPlace extends DeclarationPlace {
  /** Whether somebody has changed a collection since the transaction began. */
  readonly isMoved: (database: number, collection: string) => boolean;
  /** Runs a commit that is not refused because these collections are not the tables any more that they were. */
  readonly excusing: (collections: readonly CollectionPlace[], commit: () => void) => void;
  /** A table whose rows the transaction has left as they are, since it has done nothing but alter that. */
  readonly redefined: CollectionPlace | undefined;
}

export interface CollectionPlace {
  readonly database: number;
  readonly name: string;
}

/** A key whose text the transaction has changed; undefined: there is none. */
export interface ChangedKey {
  readonly key: string;
  readonly own: string | undefined;
  readonly committed: string | undefined;
}

/** What has to be brought to the engine in one database. */
export interface Concerned {
  readonly database: number;
  readonly newTables: ReadonlySet<string>;
  readonly droppedTables: readonly string[];
  /** Those of the new ones that there are already, as others. */
  readonly changedTables: ReadonlySet<string>;
  /** Names of indexes of collections, and of labels, that are made, dropped or changed. */
  readonly indexes: readonly { readonly name: string; readonly committedOn: string | undefined }[];
  readonly labelIndexes: readonly string[];
}

/** Runs `publish`, which commits and says whether it has. Answers false, with nothing done, for what others have changed. */
export function commitDefinitions(place: CommitPlace, transaction: TransactionControl, publish: () => boolean): boolean {
  const concerned: Concerned[] = [];
  let redefined: ChangedKey | undefined;
  for (const [database, keys] of place.tables.changedBy(transaction)) {
    const changed = changedKeys(place, transaction, database, [...keys]);
    if (changed.length === 0) continue;
    if (place.within(database, () => touched(changed).some((name) => place.isMoved(database, name)), undefined)) return false;
    concerned.push(
      concernedBy(
        database,
        changed.filter((each) => !isRedefined(place, database, each)),
      ),
    );
    redefined = changed.find((each) => isRedefined(place, database, each)) ?? redefined;
  }
  const changed = concerned.flatMap(({ database, changedTables }) => [...changedTables].map((name) => ({ database, name })));
  let isDone = false;
  try {
    for (const each of concerned) place.within(each.database, () => withdraw(place, each), undefined);
    place.excusing(changed, () => {
      isDone = publish();
    });
  } finally {
    if (isDone && redefined !== undefined) redefine(place, redefined);
    bringBack(place, concerned, isDone, undefined);
  }
  return true;
}

function isRedefined({ redefined }: CommitPlace, database: number, { key, own, committed }: ChangedKey): boolean {
  if (own === undefined || committed === undefined || redefined === undefined) return false;
  return redefined.database === database && key === SCHEMA_KEYS + redefined.name;
}

function redefine({ tables, within, redefined }: CommitPlace, { own, committed }: ChangedKey): void {
  if (own === undefined || committed === undefined || redefined === undefined) return;
  const { database } = redefined;
  within(database, () => tables.redefine(database, readTable(committed), readTable(own), false), undefined);
}

function changedKeys(
  place: CommitPlace,
  transaction: TransactionControl,
  database: number,
  keys: readonly string[],
): readonly ChangedKey[] {
  const own = keyTexts(place, database, keys, transaction);
  const committed = keyTexts(place, database, keys, undefined);
  const all = keys.map((key, index) => ({ key, own: own[index], committed: committed[index] }));
  return all.filter((each) => each.own !== each.committed);
}

/** What keys say, in a transaction or in the committed state. */
export function keyTexts(
  { tables, within }: DeclarationPlace,
  database: number,
  keys: readonly string[],
  transaction: TransactionControl | undefined,
): readonly (string | undefined)[] {
  return within(database, () => keys.map((key) => tables.readKey(database, key)), transaction);
}

/** Collections on whose rows the changes rely; GRAPH: on its nodes. */
function touched(changed: readonly ChangedKey[]): readonly string[] {
  return changed.flatMap(({ key, own, committed }) => {
    const texts = [own, committed].flatMap((text) => text ?? []);
    if (key.startsWith(INDEX_KEYS)) return texts.map((text) => readIndex(text).table);
    if (key.startsWith(LABEL_INDEX_KEYS)) return own !== undefined && readLabelIndex(own).constraint !== undefined ? [GRAPH] : [];
    if (!key.startsWith(SCHEMA_KEYS)) return [];
    return [key.slice(SCHEMA_KEYS.length), ...texts.flatMap((text) => readTable(text).foreignKeys?.map(({ table }) => table) ?? [])];
  });
}

export function concernedBy(database: number, changed: readonly ChangedKey[]): Concerned {
  const named = (prefix: string): readonly (ChangedKey & { readonly name: string })[] =>
    changed.flatMap((each) => (each.key.startsWith(prefix) ? [{ ...each, name: each.key.slice(prefix.length) }] : []));
  return {
    database,
    newTables: new Set(named(SCHEMA_KEYS).flatMap(({ name, own }) => (own === undefined ? [] : [name]))),
    droppedTables: named(SCHEMA_KEYS).flatMap(({ name, own }) => (own === undefined ? [name] : [])),
    changedTables: new Set(
      named(SCHEMA_KEYS).flatMap(({ name, own, committed }) => (own === undefined || committed === undefined ? [] : [name])),
    ),
    indexes: named(INDEX_KEYS).map(({ name, committed }) => ({
      name,
      committedOn: committed === undefined ? undefined : readIndex(committed).table,
    })),
    labelIndexes: named(LABEL_INDEX_KEYS).map(({ name }) => name),
  };
}

/** Drops the indexes that are to go, or to be others, and undeclares the tables that are to be others. */
function withdraw(place: DeclarationPlace, concerned: Concerned): void {
  withdrawIndexes(place, concerned);
  for (const name of concerned.changedTables) place.tables.withdraw(concerned.database, name);
}

/** Drops the indexes that are to go, or to be others. */
export function withdrawIndexes({ tables, labelIndexes }: DeclarationPlace, { database, indexes, labelIndexes: names }: Concerned): void {
  for (const { name, committedOn } of indexes) if (committedOn !== undefined) tables.withdrawIndex(database, committedOn, name);
  for (const name of names) labelIndexes.withdraw(database, name);
}

/** Makes the declarations those of the keys that are there now. */
export function bringBack(
  place: DeclarationPlace,
  concerned: readonly Concerned[],
  isDone: boolean,
  transaction: TransactionControl | undefined,
): void {
  const { tables, labelIndexes } = place;
  for (const { database, newTables, droppedTables, changedTables, indexes, labelIndexes: names } of concerned) {
    // Those that were undeclared before are what they were if nothing has come of it.
    const declared = isDone ? newTables : changedTables;
    place.within(
      database,
      () => {
        if (isDone) for (const name of droppedTables) tables.withdraw(database, name);
        const problems = declared.size > 0 ? [...tables.restore(database, declared)] : [];
        for (const { name } of indexes) problems.push(...tables.restoreIndex(database, name, declared));
        if (names.length > 0) problems.push(...labelIndexes.restore(database, new Set(names)));
        if (problems[0] !== undefined) throw sqlError("XX000", problems[0]);
      },
      transaction,
    );
  }
}
