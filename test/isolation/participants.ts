/**
 * Who took part in a history: transactions and autocommit units, with what each saw and what it leaves if it commits, read off
 * the events.
 */
import type { History, HistoryEvent } from "./history.ts";
import type { Level } from "./model.ts";
import { type Effect, effectsOf, type Operation, type Outcome } from "./operation.ts";

export interface Look {
  readonly event: number;
  readonly operation: Operation;
  readonly outcome: Outcome;
  /** What the participant itself had written until then. */
  readonly own: readonly Effect[];
}

export interface Participant {
  readonly number: number;
  readonly session: number;
  readonly isUnit: boolean;
  readonly level: Level;
  readonly readOnly: boolean;
  /** Positions in the events: those that had ended before `begin` are what it may see. */
  readonly begin: number;
  /** The time at which it began: what was to be gone by then is gone for it. */
  readonly nowMs: number;
  end: number;
  state: "active" | "committed" | "conflict" | "rolled back";
  readonly looks: Look[];
  effects: Effect[];
  /** Tags of effects that ROLLBACK TO has taken back. */
  readonly undone: Effect[];
}

export function participantsOf(history: History): Participant[] {
  const participants: Participant[] = [];
  const open = new Map<number, Participant>();
  const savepoints = new Map<Participant, Map<string, number>>();
  let nowMs = 0;
  history.events.forEach((event, position) => {
    const { session, action } = event;
    const current = open.get(session);
    switch (action.kind) {
      case "begin": {
        const begun = participant(participants, session, position, nowMs, action);
        open.set(session, begun);
        savepoints.set(begun, new Map());
        return;
      }
      case "unit":
      case "execute": {
        const who = current ?? participant(participants, session, position, nowMs);
        lookAll(who, event, position);
        if (who.isUnit) finish(who, position, "committed");
        else if (event.outcomes.some(({ kind }) => kind === "conflict")) {
          finish(who, position, "conflict");
          open.delete(session);
        }
        return;
      }
      case "commit":
      case "rollback":
        finish(current!, position, action.kind === "rollback" ? "rolled back" : event.isCommitted ? "committed" : "conflict");
        open.delete(session);
        return;
      case "savepoint":
        savepoints.get(current!)!.set(action.name, current!.effects.length);
        return;
      case "rollbackTo": {
        const kept = savepoints.get(current!)!.get(action.name)!;
        current!.undone.push(...current!.effects.slice(kept));
        current!.effects = current!.effects.slice(0, kept);
        return;
      }
      case "pass":
        nowMs += action.durationMs;
        return;
      case "release":
        return;
    }
  });
  return participants;
}

function participant(
  all: Participant[],
  session: number,
  begin: number,
  nowMs: number,
  how?: { readonly level: Level; readonly readOnly: boolean },
): Participant {
  const made: Participant = {
    number: all.length,
    session,
    isUnit: how === undefined,
    level: how?.level ?? "serializable",
    readOnly: how?.readOnly ?? false,
    begin,
    nowMs,
    end: Number.POSITIVE_INFINITY,
    state: "active",
    looks: [],
    effects: [],
    undone: [],
  };
  all.push(made);
  return made;
}

function lookAll(who: Participant, event: HistoryEvent, position: number): void {
  const { action } = event;
  const operations = action.kind === "unit" ? action.operations : action.kind === "execute" ? [action.operation] : [];
  operations.forEach((operation, index) => {
    const outcome = event.outcomes[index]!;
    who.looks.push({ event: position, operation, outcome, own: who.effects });
    who.effects = [...who.effects, ...effectsOf(operation, outcome)];
  });
}

function finish(who: Participant, end: number, state: Participant["state"]): void {
  who.end = end;
  who.state = state;
}
