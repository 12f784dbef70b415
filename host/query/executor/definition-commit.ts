/**
 * COMMIT of a transaction that has defined something.
 *
 * What a transaction defines is its own until then: the engine's declarations hang on its private state, and the catalog's keys are private
 * like all others. Publishing brings the keys and the rows to the committed state; what the keys say is then brought to the engine anew, as
 * after a restart (EngineTables.restore), for the collections concerned and those whose foreign keys refer to them.
 *
 * 1. Rows are published as documents of collections that are not declared: those that are, are undeclared before.
 * 2. What was checked against the transaction's view holds for the committed rows only if they are the same: a collection that others have
 *    changed since refuses the commit, as does a catalog key (first committer wins).
 * 3. Whether the commit is done or refused, the declarations in the end are those of the committed keys.
 *
 * Cost: O(rows) of the collections concerned, O(keys) of the catalog.
 */
import { sqlError } from "../../common/sql-state.ts";
import { LABEL_INDEX_KEYS } from "../catalog/graph.ts";
import { readIndex } from "../catalog/schema-json.ts";
import { type EngineTables, INDEX_KEYS, SCHEMA_KEYS } from "./engine-tables.ts";
import type { LabelIndexes } from "./label-indexes.ts";
import type { TransactionControl } from "./transaction-control.ts";

export interface CommitPlace {
  readonly tables: EngineTables;
  readonly labelIndexes: LabelIndexes;
  /** Runs what looks at a database, in the transaction or (undefined) in the committed state. */
  readonly within: <T>(database: number, run: () => T, transaction: TransactionControl | undefined) => T;
  /** Whether somebody has changed a collection since the transaction began. */
  readonly isMoved: (database: number, collection: string) => boolean;
}

/** What has to be brought to the engine anew in one database. */
interface Concerned {
  readonly database: number;
  readonly collections: ReadonlySet<string>;
  /** Names of indexes of labels. */
  readonly labelIndexes: readonly string[];
}

/** Runs `publish`, which commits and says whether it has. Answers false, with nothing done, for what others have changed. */
export function commitDefinitions(place: CommitPlace, transaction: TransactionControl, publish: () => void): boolean {
  const concerned: Concerned[] = [];
  for (const [database, keys] of place.tables.changedBy(transaction)) {
    const found = concernedBy(place, transaction, database, [...keys]);
    if (found === undefined) return false;
    if (found.collections.size + found.labelIndexes.length > 0) concerned.push(found);
  }
  for (const each of concerned) place.within(each.database, () => withdraw(place, each), undefined);
  const restore = (): readonly string[] =>
    concerned.flatMap((each) => place.within(each.database, () => bringBack(place, each), undefined));
  try {
    publish();
  } catch (error) {
    restore();
    throw error;
  }
  const [problem] = restore();
  if (problem !== undefined) throw sqlError("XX000", problem);
  return true;
}

/** Undefined: somebody else has changed a collection. */
function concernedBy(
  place: CommitPlace,
  transaction: TransactionControl,
  database: number,
  keys: readonly string[],
): Concerned | undefined {
  const { tables } = place;
  const texts = (): readonly (string | undefined)[] => keys.map((key) => tables.readKey(database, key));
  const own = place.within(database, texts, transaction);
  return place.within(
    database,
    () => {
      const committed = texts();
      const changed = keys.filter((_, index) => own[index] !== committed[index]);
      const both = (key: string): readonly string[] => {
        const index = keys.indexOf(key);
        return [own[index], committed[index]].flatMap((text) => text ?? []);
      };
      const collections = new Set<string>();
      for (const key of changed) {
        if (key.startsWith(SCHEMA_KEYS)) collections.add(key.slice(SCHEMA_KEYS.length));
        else if (key.startsWith(INDEX_KEYS)) for (const text of both(key)) collections.add(readIndex(text).table);
      }
      if ([...collections].some((name) => place.isMoved(database, name))) return undefined;
      for (const name of collections) for (const { table } of tables.referringTo(database, name)) collections.add(table);
      const labelIndexes = changed.flatMap((key) => (key.startsWith(LABEL_INDEX_KEYS) ? [key.slice(LABEL_INDEX_KEYS.length)] : []));
      return { database, collections, labelIndexes };
    },
    undefined,
  );
}

function withdraw({ tables, labelIndexes }: CommitPlace, { database, collections, labelIndexes: names }: Concerned): void {
  for (const name of collections) tables.withdraw(database, name);
  for (const name of names) labelIndexes.withdraw(database, name);
}

function bringBack({ tables, labelIndexes }: CommitPlace, { database, collections, labelIndexes: names }: Concerned): readonly string[] {
  return [...tables.restore(database, collections), ...(names.length > 0 ? labelIndexes.restore(database, new Set(names)) : [])];
}
