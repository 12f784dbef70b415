/**
 * What a host-answered command sees of its connection and of the server. server/ implements these interfaces and passes
 * them in, so that command handlers know nothing of sockets.
 */
import type { PubSub, Subscriptions } from "../database/pubsub.ts";
import type { Waiter, Waiting } from "../database/waiting.ts";
import type { Clock } from "../platform/types.ts";
import type { TransactionControl } from "../query/executor/transaction-control.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import type { Observer } from "./observer.ts";

/** One client connection, as CLIENT LIST shows it. */
export interface Session {
  readonly id: number;
  /** The engine's session handle. */
  readonly handle: number;
  /** False: the client is gone. */
  readonly isOpen: boolean;
  name: string;
  libraryName: string;
  libraryVersion: string;
  readonly address: string;
  readonly localAddress: string;
  readonly createdMs: number;
  readonly lastActiveMs: number;
  /** Engine fields, read from engine memory. */
  readonly database: number;
  readonly protocol: 2 | 3;
  readonly authenticated: boolean;
  /** A REPLY_* number. */
  readonly replyMode: number;
  readonly lastCommand: string;
  /** Commands that MULTI has queued, -1 outside of it; bytes that they take. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** EXEC runs its queue, so that handlers must answer before they return. */
  readonly isExecuting: boolean;
  /** A watched key was changed. */
  readonly isWatchBroken: boolean;
  /** BEGIN, COMMIT and what runs between them. */
  readonly transaction: TransactionControl;
  /** Bytes of an unfinished request, and of the chunk of input that runs or ran last. */
  readonly inputBytes: number;
  readonly chunkBytes: number;
  readonly inputCapacity: number;
  /** Reply bytes accepted but not yet taken by the socket. */
  readonly outputBytes: number;
  readonly totalBytesIn: number;
  readonly totalBytesOut: number;
  readonly fileDescriptor: number;
  /** It waits because of CLIENT PAUSE. */
  readonly isPaused: boolean;
  /** What it listens to; undefined: it takes replies only. */
  readonly subscriptions: Subscriptions | undefined;
  noEvict: boolean;
  noTouch: boolean;
  setProtocol(version: 2 | 3): void;
  setAuthenticated(authenticated: boolean): void;
  setDatabase(database: number): void;
  setReplyMode(mode: number): void;
  /** Sends what is no reply, whatever the reply mode is; behind a reply that is under way. The bytes are nobody's to change. */
  push(bytes: Uint8Array): void;
  /** Back to the state of a new connection (RESET). */
  reset(): void;
  /** It waits in a command. */
  readonly isBlocked: boolean;
  /** Waits until somebody is answered, or its time is over (undefined). Rejects when the wait is ended otherwise. */
  wait<T>(waiter: Waiter<T>): Promise<T | undefined>;
  /** Ends the wait in a blocking command, as if its time were over or with an error; false: it is in none. */
  unblock(withError: boolean): boolean;
  /** Closes the connection; the reply under way is sent first when `afterReply` is set. */
  close(afterReply: boolean): void;
}

/** What handlers may ask of the whole server. */
/** `Transactions` of host/database has this shape. */
export interface TransactionFacts {
  readonly count: number;
  /** How often a transaction has ended in each way. */
  readonly ended: Readonly<Record<string, number>>;
}

export interface CommandContext {
  readonly sessions: () => Iterable<Session>;
  readonly pubsub: PubSub;
  /** Clients that wait for values. */
  readonly waiting: Pick<Waiting, "wait" | "reply" | "keyCount" | "limitedCount">;
  readonly server: ServerState;
  /** What frees old versions, where there are any. */
  readonly vacuum?: { report(): Promise<{ readonly versions: number; readonly keys: number }> };
  /** Transactions that are open, and how others have ended, where they are counted. */
  readonly transactions?: TransactionFacts;
  /** The accounts of single commands, where they are kept: for connections. */
  readonly observer?: Observer;
}

/** Server-wide facts and switches; the server/ folder owns the object. */
export interface ServerState {
  readonly clock: Clock;
  readonly startedMs: number;
  readonly runId: string;
  /** What replicas would know this run by. */
  readonly replicationId: string;
  readonly processId: number;
  readonly port: number;
  readonly executable: string;
  readonly configFile: string;
  readonly connectionsReceived: number;
  readonly connectionsRejected: number;
  /** Connections that were closed since too much output was pending. */
  readonly outputLimitClosed: number;
  /** Errors that the host has answered, by prefix. */
  readonly errorReplies: ReadonlyMap<string, number>;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** How often input was taken from connections, and output given to them. */
  readonly readsProcessed: number;
  readonly writesProcessed: number;
  readonly maxClients: number;
  /** Sets the counters of connections and bytes back (CONFIG RESETSTAT). */
  resetCounters(): void;
  /** Has all connections wait, or those that want to write, until a time; the later time and the stricter mode win. */
  changeReplicationId(): void;
  /** Takes one line about something that an operator should know. */
  warn(message: string): void;
  pause(untilMs: number, writesOnly: boolean): void;
  unpause(): void;
  /** Ends the server; resolves never, the process or the caller goes on with what it planned after closing. */
  shutdown(): void;
}

/** A long reply, which is made while it leaves: the connection asks for the next piece when the client has read. */
export interface ReplyPieces {
  /** Writes the next piece; false: it was the last. */
  next(reply: ReplyWriter): boolean;
  /** Frees what the reply is made of; called once, behind the last piece or when nobody wants the next. */
  close(): void;
}

/** What a handler leaves to its caller: nothing when the reply is written. */
// biome-ignore lint/suspicious/noConfusingVoidType: most handlers end without a value.
export type Answered = void | ReplyPieces;

/** A handler of a host-answered command. `args[0]` is the command's name as sent. The arguments are copies. */
export type CommandHandler = (session: Session, args: readonly Uint8Array[], reply: ReplyWriter) => Answered | Promise<Answered>;

/** Writes all pieces of a reply. */
export function writePieces(pieces: ReplyPieces, reply: ReplyWriter): void {
  try {
    while (pieces.next(reply));
  } finally {
    pieces.close();
  }
}
