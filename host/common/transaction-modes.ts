/**
 * What a transaction is asked to be.
 */

/** snapshot: it sees one state, and the first of two that have written the same commits; serializable: as if transactions had run one after the other. */
export type IsolationLevel = "snapshot" | "serializable";

export interface TransactionModes {
  readonly isolation: IsolationLevel;
  readonly readOnly: boolean;
}

/** Modes where what is not said is as the session has it. */
export type AskedModes = { readonly [Mode in keyof TransactionModes]?: TransactionModes[Mode] | undefined };

/** Levels by SQL's words. PostgreSQL's REPEATABLE READ is snapshot isolation; the weaker ones get it too, since a level may be stronger than was asked for. */
const LEVELS: ReadonlyMap<string, IsolationLevel> = new Map([
  ["SERIALIZABLE", "serializable"],
  ["SNAPSHOT", "snapshot"],
  ["REPEATABLE READ", "snapshot"],
  ["READ COMMITTED", "snapshot"],
  ["READ UNCOMMITTED", "snapshot"],
]);

/** The level of a name in any case, its words one blank apart. */
export function findIsolationLevel(name: string): IsolationLevel | undefined {
  return LEVELS.get(name.toUpperCase());
}
