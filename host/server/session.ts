/**
 * A connection as command handlers see it: names, counters and the session fields that live in engine memory. It knows
 * nothing of the loop that reads and answers; closing is passed on to the connection, which releases the session in the end.
 */
import { SESSION_LAST_COMMAND, SESSION_SUBSCRIPTIONS } from "../../assembly/abi/layout.ts";
import { REPLY_ON } from "../../assembly/abi/status.ts";
import { EngineSession } from "../command/engine-session.ts";
import type { Session } from "../command/session.ts";
import type { Message, PubSub, Subscriber, Subscriptions } from "../database/pubsub.ts";
import type { Transactions } from "../database/transactions.ts";
import type { Engine } from "../engine/engine.ts";
import type { Socket } from "../platform/types.ts";

/** What a session is made of, besides its socket. */
export interface SessionParts {
  readonly id: number;
  readonly handle: number;
  readonly engine: Engine;
  readonly transactions: Transactions;
  readonly pubsub: PubSub;
  readonly createdMs: number;
  /** A new session may run commands without AUTH. */
  readonly openAccess: () => boolean;
  readonly commandName: (id: number) => string;
  readonly close: (afterReply: boolean) => void;
  /** Sends a message behind the reply that is under way. */
  readonly push: (bytes: Uint8Array) => void;
  readonly isPaused: () => boolean;
  /** It is a new connection again (RESET). */
  readonly forget: () => void;
}

export class ConnectionSession extends EngineSession implements Session, Subscriber {
  readonly id: number;
  readonly createdMs: number;
  readonly address: string;
  readonly localAddress: string;
  readonly fileDescriptor: number;
  readonly subscriptions: Subscriptions;
  name = "";
  libraryName = "";
  libraryVersion = "";
  noEvict = false;
  lastActiveMs: number;
  chunkBytes = 0;
  totalBytesIn = 0;
  totalBytesOut = 0;
  readonly #parts: SessionParts;
  readonly #socket: Socket;

  constructor(parts: SessionParts, socket: Socket) {
    super(parts.engine, parts.handle, parts.transactions);
    this.id = parts.id;
    this.createdMs = parts.createdMs;
    this.lastActiveMs = parts.createdMs;
    this.address = socket.remoteAddress;
    this.localAddress = socket.localAddress;
    this.fileDescriptor = socket.fileDescriptor;
    this.#parts = parts;
    this.#socket = socket;
    this.subscriptions = parts.pubsub.open(this, (total) => this.setField(SESSION_SUBSCRIPTIONS, total));
    this.setAuthenticated(parts.openAccess());
  }

  /** Lower-case name of the last command that ran, or "" before the first. */
  get lastCommand(): string {
    const next = this.field(SESSION_LAST_COMMAND, 0);
    return next === 0 ? "" : this.#parts.commandName(next - 1);
  }

  get outputBytes(): number {
    return this.isOpen ? this.#socket.pendingBytes : 0;
  }

  deliver(message: Message): void {
    this.push(message.frame(this.protocol));
  }

  push(bytes: Uint8Array): void {
    if (this.isOpen) this.#parts.push(bytes);
  }

  override release(): void {
    this.subscriptions.clear();
    super.release();
  }

  /** As Redis's RESET, and a transaction is rolled back: what a library has told about itself and NO-EVICT stay. */
  reset(): void {
    this.discardTransaction();
    this.transaction.end();
    this.#parts.forget();
    this.subscriptions.clear();
    this.name = "";
    this.noTouch = false;
    this.setDatabase(0);
    this.setProtocol(2);
    this.setReplyMode(REPLY_ON);
    this.setAuthenticated(this.#parts.openAccess());
  }

  get isPaused(): boolean {
    return this.#parts.isPaused();
  }

  close(afterReply: boolean): void {
    if (this.isOpen) this.#parts.close(afterReply);
  }
}
