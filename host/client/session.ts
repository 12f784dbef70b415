/**
 * The session of an embedded database: an engine session that command handlers see as a connection without a socket, and
 * the ways to run commands in it.
 *
 * 1. A session speaks RESP3 and is authenticated: whoever holds the object holds the data.
 * 2. `call` and the fast paths run at once. `run` does too, unless a host-answered command returns a promise: the session is
 *    suspended then, others may run, and requests to this one must wait for it (its owner queues them).
 * 3. Changes reach the commit gate at the end of the turn at the latest, and before the next call's once they are many: so
 *    a loop of writes costs one pass. `run` passes on its way out.
 * 4. A command that ends a connection (QUIT, a request that is too large) ends the engine's session; the next call has a new one.
 */
import { EXECUTE_CLOSE, EXECUTE_DONE, EXECUTE_HOST_COMMAND, EXECUTE_READY, REPLY_ON } from "../../assembly/abi/status.ts";
import { EngineSession } from "../command/engine-session.ts";
import { type CommandHandler, type Session, writePieces } from "../command/session.ts";
import { commandTable } from "../command/table.ts";
import { DatabaseError } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";
import type { Database } from "../database/database.ts";
import { runRequest } from "../database/run-request.ts";
import type { Waiter } from "../database/waiting.ts";
import type { Clock } from "../platform/types.ts";
import { ReplyWriter } from "../resp/reply-writer.ts";
import type { Data } from "./commands.ts";
import { type KeyBatch, type KeyScan, type RawItem, scanBehind } from "./key-range.ts";
import { ReplyReader, type ReplyValue } from "./reply-reader.ts";

/** Logged bytes at which a synchronous caller passes them on at once. */
const PASS_BYTES = 262_144;
/** Keys that are put in order without letting others run. */
const ORDER_STEP = 2048;

export interface EmbeddedSessionParts {
  readonly id: number;
  readonly database: Database;
  readonly clock: Clock;
  readonly handlers: () => ReadonlyMap<number, CommandHandler>;
}

/** Commands under way. */
interface Run {
  readonly commands: readonly (readonly Data[])[];
  /** The first command that has not begun. */
  next: number;
  readonly replies: ReplyValue[];
  readonly asBytes: boolean;
}

export class EmbeddedSession extends EngineSession implements Session {
  readonly id: number;
  readonly address = "embedded";
  readonly localAddress = "embedded";
  readonly fileDescriptor = -1;
  readonly outputBytes = 0;
  /** Programs listen by the methods of the database. */
  readonly subscriptions = undefined;
  /** There is no network. */
  readonly chunkBytes = 0;
  readonly totalBytesIn = 0;
  readonly totalBytesOut = 0;
  /** A pause is for connections. */
  readonly isPaused = false;
  readonly createdMs: number;
  readonly lastCommand = "";
  name = "";
  libraryName = "memflux";
  libraryVersion = "";
  noEvict = false;
  lastActiveMs: number;
  readonly #parts: EmbeddedSessionParts;
  readonly #reader: ReplyReader;
  #passScheduled = false;

  constructor(parts: EmbeddedSessionParts) {
    super(parts.database.engine, parts.database.engine.openSession(), parts.database.transactions);
    this.#parts = parts;
    this.id = parts.id;
    this.#reader = new ReplyReader(parts.database.engine.memory);
    this.createdMs = parts.clock.nowMs();
    this.lastActiveMs = this.createdMs;
    this.setAuthenticated(true);
    this.setProtocol(3);
  }

  /** Every call has its reply: CLIENT REPLY is for connections. */
  override setReplyMode(mode: number): void {
    if (mode !== REPLY_ON) throw new DatabaseError("USAGE", "CLIENT REPLY is for connections; an embedded session always replies");
  }

  reset(): void {
    this.discardTransaction();
    this.transaction.end();
    this.name = "";
    this.noTouch = false;
    this.setDatabase(0);
    this.setProtocol(3);
    this.setAuthenticated(true);
  }

  /** Sends a message when the session's transaction commits; how often it would be delivered now. Requires: it has one. */
  publishLater(channel: string, payload: Uint8Array): number {
    const { pubsub } = this.#parts.database;
    this.transaction.afterCommit(() => pubsub.publish(channel, payload));
    return pubsub.countReached(channel);
  }

  /** A caller gets replies only. */
  push(): void {}

  /** An embedded session ends with its database, not by a command. */
  close(): void {}

  /** The text of a string, or null. Answers undefined when GET has to be called for it. */
  getText(key: Data): string | null | undefined {
    return this.engine.directText(this.handle, key);
  }

  /** The bytes of a string, as `getText`. */
  getBytes(key: Data): Uint8Array | null | undefined {
    return this.engine.directBytes(this.handle, key);
  }

  /** Stores a string; false when SET has to be called for it. */
  set(key: Data, value: Data): boolean {
    const { engine } = this;
    const done = engine.directSet(this.handle, key, value);
    if (engine.effectLength !== 0) this.#passLater();
    return done;
  }

  /** Adds to the whole number that a key holds, as the command of this id; NaN when that has to be called for it. Requires: a safe integer. */
  add(key: Data, amount: number, command: number): number {
    const { engine } = this;
    const sum = engine.directAdd(this.handle, key, amount, command);
    if (engine.effectLength !== 0) this.#passLater();
    return sum;
  }

  /**
   * Runs one command of the engine at once and answers its reply, which is a USAGE error for a command that the host answers.
   * Throws OUT_OF_MEMORY or ENGINE_FAILED. Requires: no `run` is under way.
   */
  call(args: readonly Data[], asBytes: boolean): ReplyValue {
    const { engine } = this;
    this.lastActiveMs = this.#parts.clock.nowMs();
    const status = this.#begin(args);
    const refusal = status === EXECUTE_HOST_COMMAND ? this.#refuse() : undefined;
    const value = refusal ?? this.#reader.read(engine.replyPointer, asBytes);
    if (engine.replyLength > PASS_BYTES) engine.clearReply();
    if (status === EXECUTE_DONE) this.#serve();
    if (engine.hasNews) this.#passLater();
    if (status === EXECUTE_CLOSE) this.#renew();
    return value;
  }

  /**
   * Runs commands in order and answers their replies; a promise when one of them has to wait. A command that ends a connection
   * ends the run, and the others are answered with an error. Throws or rejects with OUT_OF_MEMORY or ENGINE_FAILED.
   */
  run(commands: readonly (readonly Data[])[], asBytes: boolean): ReplyValue[] | Promise<ReplyValue[]> {
    const run: Run = { commands, next: 0, replies: [], asBytes };
    try {
      const pending = this.#advance(run);
      return pending === undefined ? run.replies : this.#finish(run, pending);
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  /**
   * Goes on with putting the keys in order, which makes `readKeys` fast; false at the end. A transaction from before they were has to
   * do it for itself. Throws what `readKeys` throws.
   */
  orderKeys(): boolean {
    const step = (): boolean => this.engine.orderKeys(this.database, ORDER_STEP);
    return step() || (this.transaction.isOpen && this.#inTransaction(step));
  }

  /** Lets others run. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.endOfTurn(resolve));
  }

  /** The next keys of a scan, `count` at most and fewer when they are large. Throws OUT_OF_MEMORY or ENGINE_FAILED. */
  readKeys(scan: KeyScan, count: number, bytes: number, asBytes: boolean): KeyBatch {
    const { engine } = this;
    const reader = this.#reader;
    this.lastActiveMs = this.#parts.clock.nowMs();
    const { found, hasMore } = this.#inTransaction(() =>
      engine.scanKeys(this.database, this.lastActiveMs, scan, Math.min(count, scan.limit), bytes),
    );
    const items: RawItem[] = [];
    let position = engine.replyPointer;
    const next = (): ReplyValue => {
      const value = reader.read(position, asBytes);
      position = reader.position;
      return value;
    };
    for (let left = found; left > 0; left--) {
      const key = next() as Data;
      items.push(scan.keysOnly ? key : ([key, next()] as RawItem));
    }
    const rest = hasMore ? scanBehind(scan, reader.read(position, true) as Uint8Array, found) : undefined;
    if (engine.replyLength > PASS_BYTES) engine.clearReply();
    return { items, rest };
  }

  /** Reads in the state of the session's transaction, if it has one. Throws what its commands are told when it has ended. */
  #inTransaction<T>(read: () => T): T {
    this.transaction.enter();
    try {
      return read();
    } finally {
      this.transaction.leave();
    }
  }

  /** Ends the host's command that the engine waits for. An error line would not say its code, so the error is the reply. */
  #refuse(): DatabaseError {
    const error = this.#reasonOfRefusal();
    const writer = new ReplyWriter(this.protocol);
    writer.error(error);
    this.engine.appendReply(writer.take());
    this.engine.resume(this.handle, this.lastActiveMs);
    return error;
  }

  /** A command of the engine waits for the host when a table has refused what it writes; one of the host's own is not for `call`. */
  #reasonOfRefusal(): DatabaseError {
    const { engine } = this;
    const id = engine.hostCommandId;
    const handler = this.#parts.handlers().get(id);
    if (commandTable[id]?.host !== undefined || handler === undefined) return new DatabaseError("USAGE", "this command needs execute");
    try {
      const answered = handler(this, engine.arguments(), new ReplyWriter(this.protocol));
      if (answered instanceof Promise) answered.catch(() => {});
    } catch (error) {
      if (error instanceof DatabaseError && error.code !== "ENGINE_FAILED") return error;
      throw error;
    }
    return new DatabaseError("SQL_CONSTRAINT", "a table refuses this write; execute says why");
  }

  /** Runs a command that may wait, beside what runs in this session: its reply, or who waits for it; see Waiting.run. */
  runWaiting(args: readonly Data[], asBytes: boolean): { readonly answer: ReplyValue } | Waiter<ReplyValue> {
    const { waiting } = this.#parts.database;
    const { database, protocol } = this;
    const run = waiting.run({ args, database, protocol }, () => this.#reader.read(this.engine.replyPointer, asBytes));
    this.#serve();
    return run;
  }

  protected nowMs(): number {
    return this.#parts.clock.nowMs();
  }

  /** Goes on with a run until it is over, or until a handler's promise is to be waited for. */
  #advance(run: Run, resumed?: number): Promise<Uint8Array> | undefined {
    const { engine } = this;
    const { commits } = this.#parts.database;
    this.lastActiveMs = this.#parts.clock.nowMs();
    let status = resumed;
    while (status !== undefined || run.next < run.commands.length) {
      status ??= this.#begin(run.commands[run.next++] as readonly Data[]);
      if (status === EXECUTE_HOST_COMMAND) {
        const pending = this.#answer();
        if (pending !== undefined) {
          commits.pass();
          engine.suspend(this.handle);
          return pending;
        }
        status = engine.resume(this.handle, this.lastActiveMs);
        continue;
      }
      // What was made ready is served below, behind the reply.
      if (status === EXECUTE_READY) status = engine.resume(this.handle, this.lastActiveMs);
      run.replies.push(this.#reader.read(engine.replyPointer, run.asBytes));
      this.#serve();
      if (engine.effectLength > PASS_BYTES) commits.pass();
      if (status === EXECUTE_CLOSE) this.#endRun(run);
      status = undefined;
    }
    commits.pass();
    return undefined;
  }

  /** A command has ended the session: those behind it are answered with an error. */
  #endRun(run: Run): void {
    this.#renew();
    for (; run.next < run.commands.length; run.next++) {
      run.replies.push(new DatabaseError("CONNECTION_CLOSED", "a command before this one ended the session"));
    }
  }

  async #finish(run: Run, first: Promise<Uint8Array>): Promise<ReplyValue[]> {
    const { engine } = this;
    try {
      for (let pending: Promise<Uint8Array> | undefined = first; pending !== undefined; ) {
        const answer = await pending;
        engine.observe(0);
        engine.clearReply();
        engine.appendReply(answer);
        pending = this.#advance(run, engine.resume(this.handle, this.lastActiveMs));
      }
      return run.replies;
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  /** A run has ended in the middle of a command: what is left of it must not run before the next. */
  #giveUp(): void {
    if (this.engine.failure === undefined) this.#renew();
  }

  /** Runs one command as far as the engine can. Returns an EXECUTE_* number. */
  #begin(args: readonly Data[]): number {
    this.engine.observe(0);
    return runRequest(this.engine, this.handle, args, this.lastActiveMs);
  }

  /** Serves those who wait for what a command has brought. Requires: its reply was read. */
  #serve(): void {
    if (this.#parts.database.waiting.isDue) this.#parts.database.waiting.serve();
  }

  /** What has run besides the session's commands may have changed something, which is to be passed on. */
  changed(): void {
    if (this.#parts.database.engine.hasNews) this.#passLater();
  }

  /** Has the changes passed on at the end of the turn, or now if they are many. */
  #passLater(): void {
    const { engine } = this;
    const { commits } = this.#parts.database;
    if (engine.effectLength > PASS_BYTES) {
      commits.pass();
      commits.relieve();
    }
    if (this.#passScheduled) return;
    this.#passScheduled = true;
    this.#parts.clock.endOfTurn(() => {
      this.#passScheduled = false;
      if (engine.failure === undefined) commits.pass();
    });
  }

  /** A new engine session in the place of one that was ended. */
  #renew(): void {
    const { database } = this;
    this.replaceSession();
    this.reset();
    this.setDatabase(database);
    this.renewed();
  }

  /** A command has ended the engine session, and with it the transaction that it had. */
  protected renewed(): void {}

  /** Has the host's command answered: at once, or by the promise that is returned. */
  #answer(): Promise<Uint8Array> | undefined {
    const { engine } = this;
    const id = engine.hostCommandId;
    const args = engine.arguments();
    const writer = new ReplyWriter(this.protocol);
    const problem = (error: unknown): void => {
      writer.take();
      if (!(error instanceof DatabaseError) || error.code === "ENGINE_FAILED") throw error;
      writer.error(error);
    };
    try {
      const handler = this.#parts.handlers().get(id);
      if (handler === undefined) throw new DatabaseError("ENGINE_INVALID", `no handler for command ${id}`);
      const answered = handler(this, args, writer);
      if (answered instanceof Promise) {
        if (this.isExecuting) {
          answered.then((pieces) => pieces?.close()).catch(() => {});
          throw replyError("NOT_IN_MULTI");
        }
        return answered
          .then((pieces) => pieces && writePieces(pieces, writer))
          .catch(problem)
          .then(() => writer.take());
      }
      if (answered) writePieces(answered, writer);
    } catch (error) {
      problem(error);
    }
    engine.appendReply(writer.take());
    return undefined;
  }
}
