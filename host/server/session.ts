/**
 * A connection as command handlers see it: names, counters and the session fields that live in engine memory. It knows
 * nothing of the loop that reads and answers; closing is passed on to the connection.
 *
 * After the connection has closed the engine's session is gone, but a handler that was waiting may still hold this object:
 * reads then answer the state of a new session and writes do nothing.
 */
import {
  SESSION_AUTHENTICATED,
  SESSION_DATABASE,
  SESSION_HELD_CAPACITY,
  SESSION_HELD_LENGTH,
  SESSION_LAST_COMMAND,
  SESSION_NO_TOUCH,
  SESSION_PROTOCOL,
  SESSION_REPLY_MODE,
} from "../../assembly/abi/layout.ts";
import { REPLY_ON } from "../../assembly/abi/status.ts";
import type { Session } from "../command/session.ts";
import type { Engine } from "../engine/engine.ts";
import type { Socket } from "../platform/types.ts";

/** What a session is made of, besides its socket. */
export interface SessionParts {
  readonly id: number;
  readonly handle: number;
  readonly engine: Engine;
  readonly createdMs: number;
  /** A new session may run commands without AUTH. */
  readonly openAccess: () => boolean;
  readonly commandName: (id: number) => string;
  readonly close: (afterReply: boolean) => void;
}

export class ConnectionSession implements Session {
  readonly id: number;
  readonly handle: number;
  readonly createdMs: number;
  readonly address: string;
  readonly localAddress: string;
  readonly fileDescriptor: number;
  name = "";
  libraryName = "";
  libraryVersion = "";
  noEvict = false;
  lastActiveMs: number;
  totalBytesIn = 0;
  totalBytesOut = 0;
  readonly #parts: SessionParts;
  readonly #socket: Socket;
  #open = true;

  constructor(parts: SessionParts, socket: Socket) {
    this.id = parts.id;
    this.handle = parts.handle;
    this.createdMs = parts.createdMs;
    this.lastActiveMs = parts.createdMs;
    this.address = socket.remoteAddress;
    this.localAddress = socket.localAddress;
    this.fileDescriptor = socket.fileDescriptor;
    this.#parts = parts;
    this.#socket = socket;
    this.setAuthenticated(parts.openAccess());
  }

  get database(): number {
    return this.#field(SESSION_DATABASE, 0);
  }

  get protocol(): 2 | 3 {
    return this.#field(SESSION_PROTOCOL, 2) === 3 ? 3 : 2;
  }

  get authenticated(): boolean {
    return this.#field(SESSION_AUTHENTICATED, 0) !== 0;
  }

  get replyMode(): number {
    return this.#field(SESSION_REPLY_MODE, REPLY_ON);
  }

  /** Lower-case name of the last command that ran, or "" before the first. */
  get lastCommand(): string {
    const next = this.#field(SESSION_LAST_COMMAND, 0);
    return next === 0 ? "" : this.#parts.commandName(next - 1);
  }

  get inputBytes(): number {
    return this.#field(SESSION_HELD_LENGTH, 0);
  }

  get inputCapacity(): number {
    return this.#field(SESSION_HELD_CAPACITY, 0);
  }

  get outputBytes(): number {
    return this.#open ? this.#socket.pendingBytes : 0;
  }

  get noTouch(): boolean {
    return this.#field(SESSION_NO_TOUCH, 0) !== 0;
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

  /** As Redis's RESET: what a library has told about itself and NO-EVICT stay. */
  reset(): void {
    this.name = "";
    this.noTouch = false;
    this.setDatabase(0);
    this.setProtocol(2);
    this.setReplyMode(REPLY_ON);
    this.setAuthenticated(this.#parts.openAccess());
  }

  close(afterReply: boolean): void {
    if (this.#open) this.#parts.close(afterReply);
  }

  /** Frees the engine's session. Called once, by the connection. */
  release(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#parts.engine.closeSession(this.handle);
  }

  #field(field: number, whenClosed: number): number {
    return this.#open ? this.#parts.engine.sessionField(this.handle, field) : whenClosed;
  }

  #setField(field: number, value: number): void {
    if (this.#open) this.#parts.engine.setSession(this.handle, field, value);
  }
}
