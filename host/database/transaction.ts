/**
 * The transaction of one session: BEGIN, COMMIT, ROLLBACK and savepoints, whatever spelling they were asked in, with what is wrong in the
 * words and states of PostgreSQL.
 *
 *   none    --begin-->  open    --commit, rollback-->  none
 *   open    --a conflict that is seen before COMMIT-->  failed  --commit (40001), rollback-->  none
 *   open    --idle for too long-->  expired  --commit (25P03), rollback-->  none
 *   open    --memory is full-->  cancelled  --the next command (40001)-->  failed
 *
 * 1. The state lies in the engine's session, which asks for it before every command; names of savepoints and modes lie here.
 * 2. A statement that fails leaves the transaction as it was. A conflict ends it, and so does a client's silence: what it has written is gone
 *    at once, and all but COMMIT and ROLLBACK is refused, since what was meant to run in it must not run outside.
 * 3. A transaction that a program holds (`beginHeld`) is ended by its holder alone.
 * 4. Savepoints are SQL's: a name may be set again and hides the older one; going back to one keeps it and forgets those behind it.
 */
import { DatabaseError } from "../common/error.ts";
import type { Listed } from "../common/open-list.ts";
import { sqlError } from "../common/sql-state.ts";
import type { AskedModes, TransactionModes } from "../common/transaction-modes.ts";
import type { EntryWay, TransactionControl, TransactionPart } from "../query/executor/transaction-control.ts";

export type TransactionState = "none" | "open" | "failed" | "expired" | "cancelled";

export type CommitOutcome = "done" | "conflict" | "refused" | "memory";

/** What the engine does for the transactions of its sessions, which are named by their handles. */
export interface TransactionCore {
  state(session: number): TransactionState;
  /** Answers its time, in Unix milliseconds; NaN if it is not timed, since it ends before others run. Requires: state `none`. Throws OUT_OF_MEMORY. */
  begin(session: number, modes: TransactionModes, isTimed: boolean): number;
  /** Has it a time where it has none, and answers that. It needs one for all but direct calls. */
  time(session: number): number;
  /** Whether nobody else has met it (mvcc/README.md). */
  isAlone(session: number): boolean;
  /** Whether commands have read or written anything in it. Requires: state `open`, as for all that follow. */
  isUsed(session: number): boolean;
  /** Has it refuse commands that write from now on, or run them again. */
  forbidWrites(session: number, isForbidden: boolean): void;
  /** In the end the state is `none`, whatever is answered. `nowMs`: Unix time; NaN: as of the last call that had one. */
  commit(session: number, nowMs?: number): CommitOutcome;
  /** For any state. */
  rollback(session: number): void;
  /** Rolls back, and has the next command told so. */
  fail(session: number, state: "failed" | "expired"): void;
  /** A savepoint behind those that there are; they are counted from 0. Throws OUT_OF_MEMORY. */
  setSavepoint(session: number): void;
  /**
   * Undoes what was done behind a savepoint, and forgets those behind it: it begins anew, and does again what it had done until then.
   * False: there is no memory for that, and it cannot go on.
   */
  rollbackTo(session: number, savepoint: number, beforeReplay: () => void): boolean;
  /** Forgets a savepoint and those behind it. */
  release(session: number, savepoint: number): void;
  /** What runs from now on runs in it. False: it is known by now that it cannot commit. */
  enter(session: number, way: EntryWay): boolean;
  leave(): void;
}

/** Whose transaction it is. */
export interface TransactionOwner {
  /** The engine's handle of the session. */
  readonly handle: number;
  /** When it was heard of last, in Unix milliseconds. */
  readonly lastActiveMs: number;
  /** A limit is set from now on: who does not look at the clock without one counts as heard of. */
  beginTiming?(): void;
  /** EXEC runs its queue. */
  readonly isExecuting?: boolean;
}

/** How a transaction has ended. */
export type Ending = "committed" | "rolled_back" | "conflict" | "constraint" | "memory" | "snapshot_too_old" | "idle" | "disconnected";

const ENDINGS = { done: "committed", conflict: "conflict", memory: "memory", refused: "constraint" } as const;

/** What all transactions of a database share. */
export interface TransactionPlace {
  readonly core: TransactionCore;
  readonly initial: TransactionModes;
  /** The constraint that has refused a commit. */
  refusal(): unknown;
  /** Whether it has defined anything. */
  defines(transaction: SessionTransaction): boolean;
  /** Commits by `publish`, which says whether it has, with what has been defined. False: it was not called, since others have changed what that is about. */
  committing(transaction: SessionTransaction, publish: () => boolean): boolean;
  /** What it has defined until now, for `redefining`. */
  defined(transaction: SessionTransaction): unknown;
  /** Goes back to a savepoint by `rollBack`, with what had been defined at that: `mark`. False: it cannot go on. */
  redefining(transaction: SessionTransaction, mark: unknown, rollBack: (beforeReplay: () => void) => boolean): boolean;
  /** Does something as soon as it may be known what was committed just now. */
  tell(action: () => void): void;
  /** Whether it matters when their clients are heard of. */
  readonly isTimed: boolean;
  /** Unix milliseconds. */
  nowMs(): number;
  /** Clients of these may become silent. */
  begun(transaction: SessionTransaction): void;
  /** One has committed of which nothing else was told. */
  committedAtOnce(): void;
  /** `how`: undefined if there was none. */
  end(transaction: SessionTransaction, how: Ending | undefined): void;
}

/** What was so when it was set. */
interface Savepoint {
  readonly name: string;
  /** What had been defined. */
  readonly mark: unknown;
  /** How much was to be done behind COMMIT. */
  readonly actions: number;
  readonly readOnly: boolean;
  /** What the session had said of its transactions. */
  readonly asked: AskedModes;
  /** That of the session's part. */
  readonly partMark: unknown;
}

export class SessionTransaction implements TransactionControl, Listed {
  position = -1;
  readonly #place: TransactionPlace;
  readonly #owner: TransactionOwner;
  /** What the session has said of its transactions. */
  #asked: AskedModes = {};
  /** The same at its BEGIN. */
  #askedBefore: AskedModes = {};
  #part: TransactionPart | undefined;
  #modes: TransactionModes | undefined;
  /** A statement has run in it. */
  #hasRun = false;
  #beganMs: number | undefined;
  /** The oldest first. */
  #savepoints: Savepoint[] = [];
  /** What is done behind COMMIT. */
  #actions: (() => void)[] = [];
  #isEntered = false;
  #isClosed = false;
  #isHeld = false;
  /** It is a transaction of a client, and no view of one. */
  #isCounted = true;
  /** Its view was taken away, and it was told so. */
  #isTooOld = false;
  /** When something was done in it last, if that matters. */
  #ranMs = 0;

  constructor(place: TransactionPlace, owner: TransactionOwner) {
    this.#place = place;
    this.#owner = owner;
  }

  get session(): number {
    return this.#owner.handle;
  }

  get owner(): TransactionOwner {
    return this.#owner;
  }

  get beganMs(): number | undefined {
    this.needTime();
    return this.#beganMs;
  }

  /** It is about to do more than direct calls. */
  needTime(): void {
    if (Number.isNaN(this.#beganMs)) this.#beganMs = this.#place.core.time(this.session);
  }

  get isOpen(): boolean {
    const state = this.#state;
    return state === "open" || state === "failed" || state === "cancelled";
  }

  /** Whether it matters when the client is heard of. */
  get isTimed(): boolean {
    return this.#place.isTimed;
  }

  /** Since when its client is silent, in Unix milliseconds: while a statement runs it is not. */
  get idleSinceMs(): number {
    return Math.max(this.#owner.lastActiveMs, this.#ranMs);
  }

  /** A conflict has ended what it was. */
  get isFailed(): boolean {
    const state = this.#state;
    return state === "failed" || state === "cancelled";
  }

  /** Throws when what runs now would not run in a transaction, or could not go on in it: 25P01, 25P02, 25P03. */
  requireOpen(): void {
    if (this.#state !== "open") this.#requireOpen();
    this.heardOf();
  }

  /** Its client has done something. */
  heardOf(): void {
    if (this.#place.isTimed) this.#ranMs = this.#place.nowMs();
  }

  get modes(): TransactionModes {
    return this.#modes ?? this.defaults;
  }

  get defaults(): TransactionModes {
    return completed(this.#asked, this.#place.initial);
  }

  setDefaults(modes: AskedModes): void {
    this.#asked = { ...this.#asked, ...modes };
  }

  begin(asked: AskedModes): void {
    this.#refuseHeld();
    this.#begin(asked);
    this.#place.begun(this);
  }

  /** Begins one that only `endHeld` ends. `isWatched`: it is rolled back when nothing is heard of it for too long. */
  beginHeld(asked: AskedModes, isWatched: boolean): void {
    this.#begin(asked);
    this.#isHeld = true;
    this.#isCounted = isWatched;
    if (isWatched) this.#place.begun(this);
  }

  /** Ends what `beginHeld` has begun; it has ended even if this throws. */
  endHeld(how: "commit" | "rollback"): void {
    this.#isHeld = false;
    if (how === "commit") this.#commit();
    else this.end();
  }

  /** Begins one as `beginHeld`, which `endAtOnce` ends before anything else happens: no clock is looked at unless it has to. */
  beginAtOnce(asked: AskedModes): TransactionModes {
    if (this.#isClosed || this.#state !== "none") this.#begin(asked);
    const modes = completed(asked, this.#place.initial);
    const { core } = this.#place;
    this.#beganMs = core.begin(this.session, modes, false);
    this.#modes = modes;
    this.#askedBefore = this.#asked;
    this.#isCounted = true;
    this.#isHeld = true;
    if (!core.isAlone(this.session)) this.needTime();
    return modes;
  }

  /** It has ended even if this throws. */
  endAtOnce(how: "commit" | "rollback"): void {
    const { core } = this.#place;
    if (how === "rollback" || !core.isAlone(this.session) || this.#actions.length > 0 || this.#place.defines(this)) {
      this.endHeld(how);
      return;
    }
    this.#isHeld = false;
    const outcome = core.commit(this.session, this.#beganMs);
    if (outcome === "done") {
      this.#modes = undefined;
      this.#beganMs = undefined;
      this.#hasRun = false;
      this.#place.committedAtOnce();
    } else this.#ended(outcome);
  }

  #begin(asked: AskedModes): void {
    if (this.#isClosed) throw new DatabaseError("CONNECTION_CLOSED", "the session has ended");
    const isOpen = this.#state !== "none";
    if (this.#state === "expired") throw expired();
    if (this.#owner.isExecuting === true) throw sqlError("25001", "BEGIN cannot be executed inside of MULTI");
    if (isOpen) throw sqlError("25001", "there is already a transaction in progress");
    const modes = completed(asked, this.defaults);
    this.#beganMs = this.#place.core.begin(this.session, modes, true);
    this.#modes = modes;
    this.#askedBefore = this.#asked;
    this.#isCounted = true;
  }

  change(asked: AskedModes): void {
    this.#refuseHeld();
    this.#requireOpen();
    const { modes } = this;
    const next = completed(asked, modes);
    const isUsed = this.#hasRun || this.#place.core.isUsed(this.session);
    if (next.isolation !== modes.isolation) {
      const level = "SET TRANSACTION ISOLATION LEVEL";
      if (isUsed) throw sqlError("25001", `${level} must be called before any query`);
      if (this.#savepoints.length > 0) throw sqlError("25001", `${level} must not be called in a subtransaction`);
    }
    if (modes.readOnly && !next.readOnly) {
      if (this.#savepoints.at(-1)?.readOnly === true)
        throw sqlError("25001", "cannot set transaction read-write mode inside a read-only transaction");
      if (isUsed) throw sqlError("25001", "transaction read-write mode must be set before any query");
    }
    if (next.isolation === modes.isolation && next.readOnly === modes.readOnly) return;
    if (isUsed || this.#savepoints.length > 0) this.#setReadOnly(next.readOnly);
    else this.#restart(next);
  }

  /** Says whether what comes now may write. */
  #setReadOnly(readOnly: boolean): void {
    if (this.#modes === undefined || this.#modes.readOnly === readOnly) return;
    this.#place.core.forbidWrites(this.session, readOnly);
    this.#modes = { ...this.#modes, readOnly };
  }

  /** Begins anew what has done nothing but say what is to be done behind COMMIT. */
  #restart(modes: TransactionModes): void {
    const { core } = this.#place;
    core.rollback(this.session);
    try {
      this.#beganMs = core.begin(this.session, modes, true);
    } catch (error) {
      this.#forget("memory");
      throw error;
    }
    this.#modes = modes;
  }

  commit(): void {
    this.#refuseHeld();
    this.#commit();
  }

  #commit(): void {
    if (this.#state === "expired") {
      this.#place.core.rollback(this.session);
      throw expired();
    }
    if (this.#state !== "open" && this.#requireSome() === "failed") {
      this.#rollbackFailed();
      throw conflict();
    }
    this.needTime();
    this.#ended(this.#publish());
  }

  #ended(outcome: CommitOutcome): void {
    const actions = this.#actions;
    this.#forget(ENDINGS[outcome]);
    if (outcome === "done") {
      if (actions.length > 0) this.#place.tell(() => runAll(actions));
      return;
    }
    if (outcome === "conflict") throw conflict();
    throw outcome === "memory" ? sqlError("53200", "out of memory") : this.#place.refusal();
  }

  part(make: () => TransactionPart): TransactionPart | undefined {
    if (this.#modes === undefined || this.#isHeld) return undefined;
    this.#part ??= make();
    return this.#part;
  }

  afterCommit(action: () => void): void {
    this.requireOpen();
    this.#actions.push(action);
  }

  #publish(): CommitOutcome {
    const { core } = this.#place;
    if (!this.#place.defines(this)) return core.commit(this.session);
    let outcome: CommitOutcome = "conflict";
    const publish = (): boolean => {
      outcome = core.commit(this.session);
      return outcome === "done";
    };
    try {
      if (!this.#place.committing(this, publish)) core.rollback(this.session);
    } catch (error) {
      if (this.#state !== "none") core.rollback(this.session);
      this.#forget("constraint");
      throw error;
    }
    return outcome;
  }

  rollback(): void {
    this.#refuseHeld();
    if (this.#state === "expired") {
      this.#place.core.rollback(this.session);
      return;
    }
    if (this.#requireSome() === "failed") {
      this.#rollbackFailed();
      return;
    }
    this.#place.core.rollback(this.session);
    this.#forget("rolled_back");
  }

  get #lostView(): boolean {
    return this.#isTooOld || this.#state === "cancelled";
  }

  /** Ends what a conflict, or a view that was taken away, has ended already. */
  #rollbackFailed(): void {
    const how = this.#lostView ? "snapshot_too_old" : "conflict";
    this.#place.core.rollback(this.session);
    this.#forget(how);
  }

  /** Rolls back whatever there is: the session begins anew. */
  end(how: Ending = "rolled_back"): void {
    const ending = this.#lostView ? "snapshot_too_old" : how;
    if (this.#state !== "none") this.#place.core.rollback(this.session);
    this.#forget(ending);
    this.#isHeld = false;
    this.#asked = {};
  }

  /** The session goes, and its transaction with it; of an engine that has failed nothing is left to roll back. */
  close(isEngineAlive: boolean): void {
    if (isEngineAlive) this.end("disconnected");
    else this.#forget("disconnected");
    this.#isClosed = true;
  }

  /** Rolls back because the client is idle. */
  expire(): void {
    if (this.#state === "open") this.#place.core.fail(this.session, "expired");
    this.#forget("idle");
  }

  setSavepoint(name: string): void {
    this.requireOpen();
    this.#place.core.setSavepoint(this.session);
    this.#savepoints.push({
      name,
      mark: this.#place.defined(this),
      actions: this.#actions.length,
      readOnly: this.modes.readOnly,
      asked: this.#asked,
      partMark: this.#part?.mark(),
    });
  }

  rollbackTo(name: string, folded: string): void {
    this.requireOpen();
    const position = this.#find(name, folded);
    const { mark, actions, readOnly, asked, partMark } = this.#savepoints[position] as Savepoint;
    const { core } = this.#place;
    const rollBack = (beforeReplay: () => void): boolean => core.rollbackTo(this.session, position, beforeReplay);
    let isDone = false;
    try {
      isDone = this.#place.redefining(this, mark, rollBack);
    } finally {
      if (!isDone) core.fail(this.session, "failed");
    }
    if (!isDone) throw sqlError("53200", "out of memory");
    this.#setReadOnly(readOnly);
    this.#savepoints.length = position + 1;
    this.#actions.length = actions;
    this.#asked = asked;
    this.#part?.rollbackTo(partMark);
  }

  releaseSavepoint(name: string, folded: string): void {
    this.requireOpen();
    const position = this.#find(name, folded);
    const { readOnly } = this.#savepoints[position] as Savepoint;
    this.#place.core.release(this.session, position);
    this.#setReadOnly(readOnly);
    this.#savepoints.length = position;
  }

  enter(way: EntryWay = "any"): void {
    const state = this.#state;
    if (state === "none") return;
    if (state !== "open") this.#requireOpen();
    this.needTime();
    this.#hasRun = true;
    if (this.#place.core.enter(this.session, way)) {
      this.#isEntered = true;
      return;
    }
    this.#place.core.fail(this.session, "failed");
    throw conflict();
  }

  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    this.#place.core.leave();
    this.heardOf();
  }

  // -----------------------------------------------------------------------------------------------------------------------

  get #state(): TransactionState {
    return this.#isClosed ? "none" : this.#place.core.state(this.session);
  }

  /** The state of a transaction that can be ended. */
  #requireSome(): "open" | "failed" {
    let state = this.#state;
    if (state === "expired") throw expired();
    if (state === "cancelled") state = "failed";
    if (state !== "open" && state !== "failed") throw sqlError("25P01", "there is no transaction in progress");
    return state;
  }

  #requireOpen(): void {
    if (this.#state === "cancelled") {
      this.#place.core.fail(this.session, "failed");
      this.#isTooOld = true;
      throw sqlError("40001", "snapshot too old, please retry the transaction");
    }
    if (this.#requireSome() === "failed") {
      throw sqlError("25P02", "current transaction is aborted, commands ignored until end of transaction block");
    }
  }

  #refuseHeld(): void {
    if (this.#isHeld) throw sqlError("0A000", "this transaction is ended by the methods of its object");
  }

  #find(name: string, folded: string): number {
    const exact = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name);
    const found = exact >= 0 ? exact : this.#savepoints.findLastIndex((savepoint) => savepoint.name === folded);
    if (found < 0) throw sqlError("3B001", `savepoint "${folded}" does not exist`);
    return found;
  }

  #forget(how: Ending | undefined): void {
    const ending = this.#modes === undefined || !this.#isCounted ? undefined : how;
    if (this.#modes !== undefined && how !== "committed") this.#asked = this.#askedBefore;
    this.#part?.ended(how === "committed");
    this.#part = undefined;
    this.#modes = undefined;
    this.#beganMs = undefined;
    this.#isTooOld = false;
    this.#hasRun = false;
    this.#ranMs = 0;
    if (this.#savepoints.length > 0) this.#savepoints = [];
    if (this.#actions.length > 0) this.#actions = [];
    this.#place.end(this, ending);
  }
}

function completed(asked: AskedModes, rest: TransactionModes): TransactionModes {
  if (asked.isolation === undefined && asked.readOnly === undefined) return rest;
  return { isolation: asked.isolation ?? rest.isolation, readOnly: asked.readOnly ?? rest.readOnly };
}

function runAll(actions: readonly (() => void)[]): void {
  for (const action of actions) action();
}

function expired(): Error {
  return sqlError("25P03", "the transaction was rolled back due to idle-in-transaction timeout");
}

function conflict(): Error {
  return sqlError("40001", "could not serialize access due to concurrent transactions, please retry the transaction");
}
