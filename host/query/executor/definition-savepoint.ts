/**
 * Savepoints of a transaction that has defined something.
 *
 * Going back to a savepoint takes a transaction to where it began and does again what it had done until the savepoint. Its log has the keys
 * of the catalog and the rows, but not what the engine was told of them: that is brought to its private state anew, as COMMIT brings it to
 * the committed one (definition-commit.ts).
 *
 * 1. What it had dropped goes before its rows and keys are written again, so that it refuses nothing; what it had made comes behind them.
 * 2. A table that it had changed is ended and declared anew, whatever the change was.
 *
 * Cost: nothing without definitions; else O(rows) of the tables and indexes that it had made or changed.
 */

import {
  bringBack,
  type ChangedKey,
  type Concerned,
  concernedBy,
  type DeclarationPlace,
  keyTexts,
  withdrawIndexes,
} from "./definition-commit.ts";
import { SCHEMA_KEYS } from "./engine-tables.ts";
import type { TransactionControl } from "./transaction-control.ts";

/** Keys that a transaction has changed, by database, with what they say in it. */
export type Definitions = ReadonlyMap<number, readonly { readonly key: string; readonly own: string | undefined }[]>;

export function definitionsOf(place: DeclarationPlace, transaction: TransactionControl): Definitions {
  const found = [...place.tables.changedBy(transaction)].map(([database, changed]) => {
    const keys = [...changed];
    const texts = keyTexts(place, database, keys, transaction);
    return [database, keys.map((key, index) => ({ key, own: texts[index] }))] as const;
  });
  return new Map(found);
}

/** Takes a transaction back to a savepoint by `rollBack`, with what it had defined then. False: it cannot go on. */
export function redefine(
  place: DeclarationPlace,
  transaction: TransactionControl,
  definitions: Definitions,
  rollBack: (beforeReplay: () => void) => boolean,
): boolean {
  const { tables } = place;
  if (tables.changedBy(transaction).size === 0) return rollBack(() => {});
  let concerned: readonly Concerned[] = [];
  const isDone = rollBack(() => {
    concerned = [...definitions].map(([database, keys]) => {
      const before = keyTexts(
        place,
        database,
        keys.map(({ key }) => key),
        transaction,
      );
      const all = keys.map(({ key, own }, index): ChangedKey => ({ key, own, committed: before[index] }));
      const changed = all.filter(({ own, committed }) => own !== committed);
      const each = concernedBy(database, changed);
      place.within(database, () => withdrawAll(place, each, changed), transaction);
      return each;
    });
  });
  // What it takes back may be definitions alone, and so may be what it keeps.
  tables.setChanges(transaction, new Map([...definitions].map(([database, keys]) => [database, keys.map(({ key }) => key)])));
  if (isDone) bringBack(place, concerned, true, transaction);
  return isDone;
}

function withdrawAll(place: DeclarationPlace, concerned: Concerned, changed: readonly ChangedKey[]): void {
  withdrawIndexes(place, concerned);
  for (const { key, committed } of changed) {
    if (key.startsWith(SCHEMA_KEYS) && committed !== undefined) place.tables.withdraw(concerned.database, key.slice(SCHEMA_KEYS.length));
  }
}
