/**
 * The session of an embedded database: an engine session that command handlers see as a connection without a socket, and
 * the loop that runs requests in it.
 *
 * 1. A session speaks RESP3 and is authenticated: whoever holds the object holds the data.
 * 2. `run` is synchronous unless a host-answered command returns a promise; the session is suspended meanwhile, so others may
 *    run, and requests to this one must wait for it (`Embedded` queues them).
 * 3. Each way out of the loop passes the commit gate first, so that listeners know a change before its caller does.
 */
import {
  SESSION_AUTHENTICATED,
  SESSION_DATABASE,
  SESSION_HELD_CAPACITY,
  SESSION_HELD_LENGTH,
  SESSION_NO_TOUCH,
  SESSION_PROTOCOL,
  SESSION_REPLY_MODE,
} from "../../assembly/abi/layout.ts";
import { EXECUTE_CLOSE, EXECUTE_DONE, EXECUTE_HOST_COMMAND, EXECUTE_YIELD, REPLY_ON } from "../../assembly/abi/status.ts";
import type { CommandHandler, Session } from "../command/session.ts";
import { DatabaseError } from "../common/error.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../platform/types.ts";
import { encodeRequest, type Reply, ReplyDecoder } from "../resp/decoder.ts";
import { ReplyWriter } from "../resp/reply-writer.ts";

export interface EmbeddedSessionParts {
  readonly id: number;
  readonly database: Database;
  readonly clock: Clock;
  readonly handlers: () => ReadonlyMap<number, CommandHandler>;
}

export class EmbeddedSession implements Session {
  readonly id: number;
  readonly handle: number;
  readonly address = "embedded";
  readonly localAddress = "embedded";
  readonly fileDescriptor = -1;
  readonly outputBytes = 0;
  readonly createdMs: number;
  readonly lastCommand = "";
  name = "";
  libraryName = "memflux";
  libraryVersion = "";
  noEvict = false;
  lastActiveMs: number;
  totalBytesIn = 0;
  totalBytesOut = 0;
  readonly #parts: EmbeddedSessionParts;
  #decoder = new ReplyDecoder();

  constructor(parts: EmbeddedSessionParts) {
    this.#parts = parts;
    this.id = parts.id;
    this.handle = parts.database.engine.openSession();
    this.createdMs = parts.clock.nowMs();
    this.lastActiveMs = this.createdMs;
    this.setAuthenticated(true);
    this.setProtocol(3);
  }

  get database(): number {
    return this.#field(SESSION_DATABASE);
  }

  get protocol(): 2 | 3 {
    return this.#field(SESSION_PROTOCOL) === 3 ? 3 : 2;
  }

  get authenticated(): boolean {
    return this.#field(SESSION_AUTHENTICATED) !== 0;
  }

  get replyMode(): number {
    return this.#field(SESSION_REPLY_MODE);
  }

  get inputBytes(): number {
    return this.#field(SESSION_HELD_LENGTH);
  }

  get inputCapacity(): number {
    return this.#field(SESSION_HELD_CAPACITY);
  }

  get noTouch(): boolean {
    return this.#field(SESSION_NO_TOUCH) !== 0;
  }

  set noTouch(noTouch: boolean) {
    this.#setField(SESSION_NO_TOUCH, noTouch ? 1 : 0);
  }

  setProtocol(version: 2 | 3): void {
    this.#setField(SESSION_PROTOCOL, version);
  }

  setAuthenticated(authenticated: boolean): void {
    this.#setField(SESSION_AUTHENTICATED, authenticated ? 1 : 0);
  }

  setDatabase(database: number): void {
    this.#setField(SESSION_DATABASE, database);
  }

  setReplyMode(mode: number): void {
    this.#setField(SESSION_REPLY_MODE, mode);
  }

  reset(): void {
    this.name = "";
    this.noTouch = false;
    this.setDatabase(0);
    this.setProtocol(3);
    this.setReplyMode(REPLY_ON);
    this.setAuthenticated(true);
  }

  /** An embedded session ends with its database, not by a command. */
  close(): void {}

  /** Frees the engine's session. */
  release(): void {
    this.#parts.database.engine.closeSession(this.handle);
  }

  /** Runs whole requests and answers their replies in order. Rejects with OUT_OF_MEMORY or ENGINE_FAILED. */
  async run(request: Uint8Array): Promise<Reply[]> {
    const { engine } = this.#parts.database;
    const replies: Reply[] = [];
    this.lastActiveMs = this.#parts.clock.nowMs();
    this.totalBytesIn += request.length;
    for (let offset = 0; offset < request.length; ) {
      const length = engine.loadInput(request, offset);
      offset += length;
      let status = engine.execute(this.handle, length, this.lastActiveMs);
      while (status !== EXECUTE_DONE && status !== EXECUTE_CLOSE) {
        if (status === EXECUTE_HOST_COMMAND) {
          const pending = this.#answer();
          if (pending !== undefined) engine.appendReply(await this.#wait(pending, replies));
        } else if (status === EXECUTE_YIELD) this.#take(replies);
        status = engine.resume(this.handle, this.lastActiveMs);
      }
      this.#take(replies);
    }
    return replies;
  }

  /**
   * Runs one command of the engine at once and answers its reply. Throws OUT_OF_MEMORY, ENGINE_FAILED, or USAGE for a
   * command that the host answers. Requires: no `run` is under way.
   */
  call(args: readonly (string | Uint8Array)[]): Reply {
    const { engine } = this.#parts.database;
    const replies: Reply[] = [];
    this.lastActiveMs = this.#parts.clock.nowMs();
    let status = engine.callArguments(this.handle, args, this.lastActiveMs);
    if (status < 0) {
      const request = encodeRequest(args);
      for (let offset = 0; offset < request.length; ) {
        const length = engine.loadInput(request, offset);
        offset += length;
        status = engine.execute(this.handle, length, this.lastActiveMs);
        if (offset < request.length) this.#take(replies);
        if (status === EXECUTE_CLOSE) break;
      }
    }
    if (status === EXECUTE_HOST_COMMAND) {
      const writer = new ReplyWriter(this.protocol);
      writer.error(new DatabaseError("USAGE", "this command needs execute"));
      engine.appendReply(writer.take());
      engine.resume(this.handle, this.lastActiveMs);
    }
    this.#take(replies);
    const [reply] = replies;
    if (reply === undefined) throw new DatabaseError("PROTOCOL", "the command has no reply");
    return reply;
  }

  /** Has the host's command answered: at once, or by the promise that is returned. */
  #answer(): Promise<Uint8Array> | undefined {
    const { engine } = this.#parts.database;
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
      const pending = handler(this, args, writer);
      if (pending instanceof Promise) return pending.catch(problem).then(() => writer.take());
    } catch (error) {
      problem(error);
    }
    engine.appendReply(writer.take());
    return undefined;
  }

  async #wait(pending: Promise<Uint8Array>, replies: Reply[]): Promise<Uint8Array> {
    this.#take(replies);
    this.#parts.database.engine.suspend(this.handle);
    const answer = await pending;
    this.#parts.database.engine.clearReply();
    return answer;
  }

  /** Passes the commit gate and decodes what has been replied. */
  #take(replies: Reply[]): void {
    const { engine, commits } = this.#parts.database;
    commits.pass();
    if (engine.replyLength === 0) return;
    this.totalBytesOut += engine.replyLength;
    this.#decoder.push(engine.replyView());
    engine.clearReply();
    for (let reply = this.#decoder.next(); reply !== undefined; reply = this.#decoder.next()) replies.push(reply);
  }

  #field(field: number): number {
    return this.#parts.database.engine.sessionField(this.handle, field);
  }

  #setField(field: number, value: number): void {
    this.#parts.database.engine.setSession(this.handle, field, value);
  }
}
