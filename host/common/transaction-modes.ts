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
