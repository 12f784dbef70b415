/**
 * A transaction of a database behind a worker: the methods of an embedded one's, each with a promise of the same result.
 */
/// <reference lib="esnext.disposable" preserve="true" />
import type { Data, Promised, Value } from "./commands.ts";
import { type ExecuteOptions, orAborted } from "./execution.ts";
import type { RemoteCalls } from "./remote-calls.ts";
import { RemoteView } from "./remote-view.ts";
import type { ReplyValue } from "./reply-reader.ts";
import { type Endable, runSavepoint, type Savepoints } from "./retry.ts";
import type { ReadingCommands, ReadingJson } from "./snapshot.ts";

export class RemoteTransaction extends RemoteView implements Endable, Savepoints {
  #isOpen = true;
  #savepoints = 0;

  /** Requires: the worker has begun it under this number. */
  constructor(calls: RemoteCalls, number: number) {
    super({ call: (method, database, asBytes, args, alone) => calls.call(method, database, asBytes, args, alone, number) }, 0);
  }

  /** Whether it can still be committed or rolled back. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Runs any command but those that begin and end transactions, and answers its reply. Rejects with a DatabaseError when the reply is one. */
  async execute(args: readonly Value[], { bytes = false, signal }: ExecuteOptions = {}): Promise<ReplyValue> {
    signal?.throwIfAborted();
    return orAborted(this.call("execute", [args, bytes]), signal) as Promise<ReplyValue>;
  }

  /** Runs commands one behind the other, no other call of this object between them. An error is an element of the answer and ends nothing. */
  async pipeline(commands: readonly (readonly Value[])[], { bytes = false, signal }: ExecuteOptions = {}): Promise<ReplyValue[]> {
    signal?.throwIfAborted();
    return orAborted(this.call("pipeline", [commands, bytes]), signal) as Promise<ReplyValue[]>;
  }

  /** Sends a message when it commits, behind what it has changed; how often it would be delivered now. */
  publish(channel: Data, message: Value): Promise<number> {
    return this.call("publish", [channel, message]) as Promise<number>;
  }

  /** Has others see what it did, all at once. Rejects with SQL_ABORT when another transaction stands in its way: nothing of it is there then. */
  async commit(): Promise<void> {
    await this.#end("commit");
  }

  /** Undoes everything. */
  async rollback(): Promise<void> {
    await this.#end("rollback");
  }

  /** Rolls back, unless it has ended. */
  async close(): Promise<void> {
    if (this.#isOpen) await this.rollback();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Marks a place to which `rollbackTo` takes back what comes behind it. */
  savepoint(name: string): Promise<void>;
  /** Runs a part of the transaction: if it fails, what it did is undone, and the transaction may go on. One such part at a time. */
  savepoint<R>(work: () => R | Promise<R>): Promise<R>;
  async savepoint<R>(given: string | (() => R | Promise<R>)): Promise<R | undefined> {
    if (typeof given === "function") return runSavepoint(this, `\0${++this.#savepoints}`, given);
    await this.call("savepoint", [given]);
    return undefined;
  }

  /** Undoes what was done since a savepoint, which stays. */
  async rollbackTo(name: string): Promise<void> {
    await this.call("rollbackTo", [name]);
  }

  /** Forgets a savepoint and those behind it; what was done stays. */
  async release(name: string): Promise<void> {
    await this.call("release", [name]);
  }

  /** The call is made before anything else can be, so that what follows is behind the end. */
  #end(how: "commit" | "rollback"): Promise<unknown> {
    const ending = this.call(how, [], true);
    this.#isOpen = false;
    return ending;
  }
}

/** The database as it was when this was made. */
export interface RemoteSnapshot
  extends Promised<ReadingCommands<string>>,
    Pick<
      RemoteTransaction,
      | "scan"
      | "range"
      | "prefix"
      | "rangeCursor"
      | "prefixCursor"
      | "sql"
      | "query"
      | "cursor"
      | "prepare"
      | "cypher"
      | "cypherResult"
      | "cypherCursor"
      | "prepareCypher"
      | "execute"
      | "pipeline"
      | "close"
      | "isOpen"
    > {
  readonly bytes: Promised<ReadingCommands<Uint8Array>> &
    Pick<RemoteTransaction["bytes"], "scan" | "range" | "prefix" | "rangeCursor" | "prefixCursor">;
  readonly json: ReadingJson<"later">;
  [Symbol.asyncDispose](): Promise<void>;
}
