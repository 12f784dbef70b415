/**
 * Aborts that were not needed: had the transaction committed where it was aborted, what had committed until then would have
 * been isolated all the same.
 *
 * A transaction that was ended by a statement, before its COMMIT, met a committed write to what it wrote itself, so that one
 * was needed. What is still active counts for nothing: it can abort later. So serializable snapshot isolation, which looks at
 * two edges and not at cycles, has needless aborts by design; how many, says how coarse its marks are.
 */
import { judge } from "./checker.ts";
import type { History } from "./history.ts";
import type { Level } from "./model.ts";
import { type Participant, participantsOf } from "./participants.ts";

export interface AbortCount {
  readonly aborts: number;
  readonly needless: readonly Participant[];
}

export function countAborts(history: History, level: Level): AbortCount {
  const aborted = participantsOf(history).filter(({ state }) => state === "conflict");
  const needless = aborted.filter(({ end }) => history.events[end]!.action.kind === "commit" && wouldHold(history, end, level));
  return { aborts: aborted.length, needless };
}

/** Whether the history until an event holds, if that COMMIT had succeeded. */
function wouldHold(history: History, end: number, level: Level): boolean {
  const events = history.events.slice(0, end + 1);
  events[end] = { ...events[end]!, isCommitted: true };
  return judge({ contents: history.contents, events }, level).findings.length === 0;
}
