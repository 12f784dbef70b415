/**
 * The rules that make transactions isolated, each with a switch: a model without one of them is a planted bug, which the
 * random histories must find. They are those of assembly/mvcc: read views and private writes, first committer wins,
 * serializable snapshot isolation (Cahill, Röhm & Fekete 2008; Ports & Grittner 2012), autocommit units that leave marks.
 */

export const RULES = {
  privateWrites: "nobody sees what a transaction writes before it has committed",
  ownWrites: "a transaction sees its own writes",
  readView: "a transaction reads the state at its BEGIN",
  rollback: "ROLLBACK leaves nothing",
  savepointUndo: "ROLLBACK TO takes back what was written since",
  wholeCommit: "a commit appears as a whole",
  firstCommitterWins: "of two concurrent writers of an item the second to commit aborts",
  uniqueKeys: "keys of unique indexes count as written items",
  nodeRemoval: "removing a node conflicts with a relationship that somebody else ties to it",
  itemMarks: "a read item is marked",
  absentMarks: "an item that was looked for and was absent is marked",
  predicateMarks: "the condition of a scan is marked",
  walkMarks: "the list of relationships of a node is marked when it is walked",
  writeSide: "a writer finds the marks of those who have read before",
  readSide: "a reader finds the writers of what is newer than its view",
  marksOutlive: "marks of a committed transaction stay while a concurrent one is active",
  unitMarks: "autocommit units leave marks",
  unitWrites: "writes of autocommit units find marks",
  sourceMarks: "what is renamed, copied or merged is marked, and a deadline that is looked at",
  copiedValues: "what is copied is what its reader sees, whatever is there when he commits",
  copyTargets: "what is renamed, copied or merged to counts as written",
  viewTime: "a transaction judges deadlines by the time of its BEGIN",
  wipedViews: "whoever has begun before a database is emptied sees what there was",
  victimIn: "the first of the three aborts when the pivot has committed",
  victimPivot: "the pivot aborts when it is still active",
  savepointMarks: "marks outlive ROLLBACK TO",
} as const;

export type Rule = keyof typeof RULES;

/** The rules that hold. */
export type Rules = Readonly<Record<Rule, boolean>>;

export const RULE_NAMES = Object.keys(RULES) as Rule[];

/** All rules but those named. */
export function rulesWithout(...dropped: readonly Rule[]): Rules {
  return Object.fromEntries(RULE_NAMES.map((rule) => [rule, !dropped.includes(rule)])) as Rules;
}
