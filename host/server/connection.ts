/**
 * The loop between one socket and the engine: bytes arrive, the engine runs what it can, replies leave in order.
 *
 *   reading  --promise of a handler-->          answering --done-->  reading
 *   reading  --first piece of a long reply-->   streaming --last piece--> reading
 *   reading  --more output than may be pending-->  draining --drain--> reading
 *   reading  --a pause holds it back-->         paused   --the pause is over--> reading
 *   any      --QUIT, protocol error, kill-->    closing  --socket closed--> closed
 *
 * 1. Only in `reading` does input run. In any other state the socket is paused, what the engine has not read of the current
 *    chunk lies in its session (`suspend`), and what did not fit its input area lies in `#rest`. In `answering` it is paused when it has
 *    brought more than KEPT_MAX bytes, which lie in `#rest` too: the end of a client is seen, and ends what it waits for.
 * 2. Before other sessions can run, this one's reply has been taken: each way out of the loop flushes.
 * 3. A client that does not read costs at most the pause limit plus one yield's worth of replies (or one reply, if that is
 *    larger): past the limit its input is not run until the socket has drained. The hard limit, if set, closes it instead.
 * 4. A reply that the commit gate does not let out yet is held here, and so is every later one: order is kept. Held bytes count
 *    as pending output. If the log fails meanwhile, the client reads one error instead of all held replies and is closed, since
 *    none of them can be told apart from what was lost.
 * 5. Of a long reply (ReplyPieces) the next piece is made when the socket has taken enough of those before, and never twice in a turn
 *    of the event loop, so that other clients are served between two pieces. Pieces count as pending output like all replies.
 * 6. While EXEC runs its queue, what it asks the host for is answered at once and nothing leaves: no other session's input runs in
 *    between, and its reply is told when all of it is a commit.
 * 7. A message (push) is never in the middle of a reply: one that comes while input runs or a reply leaves in pieces waits until
 *    what is complete of it has left (`#pushes`). One that comes while replies wait for the log waits behind them.
 * 8. A handler may close any connection, its own included, and may fail; a reply that it had begun is dropped then.
 */
import {
  EXECUTE_CLOSE,
  EXECUTE_DONE,
  EXECUTE_HOST_COMMAND,
  EXECUTE_PAUSED,
  EXECUTE_READY,
  EXECUTE_STEP,
  EXECUTE_YIELD,
  OBSERVE_PAUSE,
  REPLY_ON,
  REPLY_YIELD_BYTES,
} from "../../assembly/abi/status.ts";
import type { Observer } from "../command/observer.ts";
import { type Answered, type CommandHandler, type ReplyPieces, writePieces } from "../command/session.ts";
import { DatabaseError, type ErrorCode } from "../common/error.ts";
import type { OutputLimit } from "../common/output-limits.ts";
import { errorPrefix, replyError } from "../common/reply-error.ts";
import type { Waiter } from "../database/commit.ts";
import type { Database } from "../database/database.ts";
import type { Engine } from "../engine/engine.ts";
import type { Clock, Socket, SocketHandler } from "../platform/types.ts";
import { ReplyWriter } from "../resp/reply-writer.ts";
import type { Pause, Paused } from "./pause.ts";
import { ConnectionSession, type SessionParts } from "./session.ts";

/** What a connection needs of its server. */
export interface ConnectionHost {
  readonly database: Database;
  readonly clock: Clock;
  readonly handlers: ReadonlyMap<number, CommandHandler>;
  readonly observer: Observer;
  readonly paused: Pause;
  /** Output that may be pending before input is held back, in bytes. */
  readonly outputPauseBytes: number;
  /** Pending output that closes a connection, and one that is subscribed to something. */
  readonly outputLimit: OutputLimit;
  readonly subscriberLimit: OutputLimit;
  countInput(bytes: number): void;
  countOutput(bytes: number): void;
  /** The connection is closed since too much output is pending. */
  countOutputLimit(): void;
  /** A handler has answered an error. */
  countError(code: ErrorCode): void;
  /** The connection is gone; called once. */
  closed(connection: Connection): void;
  warn(message: string): void;
}

type State = "reading" | "answering" | "streaming" | "draining" | "paused" | "closing" | "closed";

const encoder = new TextEncoder();
/** Input that is read ahead while a client waits for an answer. */
const KEPT_MAX = 65_536;
const INTERNAL_ERROR = "-ERR internal error\r\n";

export class Connection implements SocketHandler, Waiter, Paused {
  readonly session: ConnectionSession;
  readonly #host: ConnectionHost;
  readonly #engine: Engine;
  readonly #socket: Socket;
  #state: State = "reading";
  #closeAfterReply = false;
  /** A handler of this connection runs right now. */
  #handling = false;
  /** The engine's session is suspended and must be resumed before input runs. */
  #suspended = false;
  /** Bytes of a chunk larger than the engine's input area that have not been loaded yet. */
  #rest: Uint8Array | undefined;
  #writer: ReplyWriter | undefined;
  /** The reply that leaves in pieces, and what they are written with. */
  #pieces: ReplyPieces | undefined;
  #pieceWriter: ReplyWriter | undefined;
  /** The next piece is made in a later turn. */
  #pieceDue = false;
  /** Replies that wait for the log, oldest first; each was announced to the commit gate. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Input runs, so that there may be a reply that is not complete. */
  #running = false;
  /** Messages that wait for the end of a reply. */
  #pushes: Uint8Array[] = [];
  #pushBytes = 0;
  /** The socket ends behind the last held reply. */
  #endWhenTold = false;
  /** Since when more output has been pending than the soft limit. */
  #aboveSoftMs: number | undefined;

  /** Requires: `parts.handle` is an open session of the host's engine; the connection owns it from here on. */
  constructor(
    host: ConnectionHost,
    socket: Socket,
    parts: Omit<SessionParts, "close" | "engine" | "forget" | "isPaused" | "push" | "pubsub" | "transactions">,
  ) {
    this.#host = host;
    this.#engine = host.database.engine;
    this.#socket = socket;
    this.session = new ConnectionSession(
      {
        ...parts,
        engine: this.#engine,
        transactions: host.database.transactions,
        pubsub: host.database.pubsub,
        close: (afterReply) => this.#closeOnRequest(afterReply),
        push: (bytes) => this.#push(bytes),
        isPaused: () => this.#state === "paused",
        forget: () => host.observer.forget(this.session),
      },
      socket,
    );
  }

  /** The connection waits for its client, so that an idle limit applies to it. */
  get mayIdle(): boolean {
    return this.#state !== "answering" && this.#state !== "paused";
  }

  // From the socket -----------------------------------------------------------------------------------------------------

  data(bytes: Uint8Array): void {
    if (this.#state !== "reading" && this.#state !== "answering") return;
    this.session.totalBytesIn += bytes.length;
    this.#host.countInput(bytes.length);
    if (this.#state === "answering") {
      this.#keepForLater(bytes);
      return;
    }
    try {
      if (this.#host.paused.holdsAll) this.#keepPaused(bytes);
      else this.#feed(bytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  drain(): void {
    if (this.#state === "streaming") this.#schedulePiece();
    if (this.#state !== "draining" || this.#held.length > 0) return;
    this.session.lastActiveMs = this.#host.clock.nowMs();
    try {
      this.#state = "reading";
      if (!this.#suspended || this.#resumeSuspended()) this.#readOn();
    } catch (error) {
      this.#fail(error);
    }
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#leave("closed");
    this.#dropHeld();
    this.#host.closed(this);
  }

  // From a pause --------------------------------------------------------------------------------------------------------

  unpaused(): void {
    if (this.#state !== "paused") return;
    if (this.#host.paused.holdsAll) {
      this.#host.paused.wait(this);
      return;
    }
    this.session.lastActiveMs = this.#host.clock.nowMs();
    try {
      this.#state = "reading";
      if (!this.#suspended || this.#resumeSuspended()) this.#readOn();
    } catch (error) {
      this.#fail(error);
    }
  }

  // From the commit gate ------------------------------------------------------------------------------------------------

  reached(): void {
    const bytes = this.#held.shift();
    if (bytes === undefined) return;
    this.#heldBytes -= bytes.length;
    this.#send(bytes);
    this.#afterHeld();
  }

  failed(error: DatabaseError): void {
    if (this.#held.length === 0) return;
    this.#dropHeld();
    this.#send(encoder.encode(`-${errorPrefix(error.code)} ${error.message}\r\n`));
    if (this.#endWhenTold) this.#socket.end();
    else this.finish();
  }

  // From the server -----------------------------------------------------------------------------------------------------

  /** Closes once what is pending has been sent. */
  finish(): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#leave("closing");
    this.#socket.pause();
    if (this.#held.length > 0) this.#endWhenTold = true;
    else this.#socket.end();
  }

  /** Closes at once; what is pending is lost. */
  destroy(): void {
    if (this.#state === "closed") return;
    this.#leave("closing");
    this.#dropHeld();
    this.#socket.destroy();
  }

  // The loop ------------------------------------------------------------------------------------------------------------

  /** Runs a chunk, piece by piece if it is larger than the input area. */
  #feed(bytes: Uint8Array): void {
    const nowMs = this.#host.clock.nowMs();
    this.session.lastActiveMs = nowMs;
    this.session.chunkBytes = bytes.length;
    let offset = 0;
    while (offset < bytes.length) {
      this.#observe();
      const length = this.#engine.loadInput(bytes, offset);
      offset += length;
      if (this.#run(this.#engine.execute(this.session.handle, length, nowMs))) continue;
      if (offset < bytes.length && this.#waiting()) this.#rest = bytes.slice(offset);
      return;
    }
  }

  /** Goes on with the rest of a chunk, and then with the socket. Requires: state `reading`. */
  #readOn(): void {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) this.#feed(rest);
    if (this.#state === "reading") this.#socket.resume();
  }

  /** Keeps what comes before an answer is there, and has the socket wait with the rest if it is much. */
  #keepForLater(bytes: Uint8Array): void {
    const before = this.#rest ?? new Uint8Array(0);
    const rest = new Uint8Array(before.length + bytes.length);
    rest.set(before);
    rest.set(bytes, before.length);
    this.#rest = rest;
    if (rest.length > KEPT_MAX) this.#socket.pause();
  }

  #waiting(): boolean {
    return this.#state !== "reading" && this.#state !== "closing" && this.#state !== "closed";
  }

  /** Acts on an EXECUTE_* status until the engine wants more input. False: this connection waits or ends. */
  #run(first: number): boolean {
    this.#running = true;
    try {
      return this.#runOn(first);
    } finally {
      this.#running = false;
    }
  }

  #runOn(first: number): boolean {
    let status = first;
    for (;;) {
      switch (status) {
        case EXECUTE_DONE:
          this.#flush();
          return this.#keepReading();
        case EXECUTE_HOST_COMMAND: {
          if (!this.#answer()) return false;
          if (this.#host.paused.holdsAll && !this.session.isExecuting) return this.#suspendPaused();
          this.#observe();
          break;
        }
        case EXECUTE_STEP:
          this.#host.observer.ran(this.session, this.#engine);
          if (this.session.isExecuting || !this.#mustLeave) break;
          if (!this.#leaveReply()) return false;
          break;
        case EXECUTE_READY:
          if (!this.#serveWaiting()) return false;
          break;
        case EXECUTE_PAUSED:
          return this.#suspendPaused();
        case EXECUTE_YIELD:
          if (!this.#leaveReply()) return false;
          break;
        case EXECUTE_CLOSE:
          this.#flush();
          this.finish();
          return false;
        default:
          throw new DatabaseError("ENGINE_INVALID", `the engine answered status ${status}`);
      }
      status = this.#engine.resume(this.session.handle, this.session.lastActiveMs);
    }
  }

  /** The reply so far leaves before input runs on: it is long, or the last. */
  get #mustLeave(): boolean {
    return this.#closeAfterReply || this.#engine.replyLength >= REPLY_YIELD_BYTES;
  }

  /** Sends the reply so far. False: this connection waits or ends. */
  #leaveReply(): boolean {
    this.#flush();
    if (this.#state !== "reading") return false;
    if (this.#closeAfterReply) {
      this.finish();
      return false;
    }
    this.#engine.clearReply();
    return this.#mustRest ? this.#suspendUntilDrained() : true;
  }

  /** Serves those who wait for what the last command has brought, before input runs on. False: this connection waits or ends. */
  #serveWaiting(): boolean {
    const goesOn = this.#leaveReply();
    if (this.#state === "reading") this.#engine.suspend(this.session.handle);
    else this.#engine.clearReply();
    this.#host.database.waiting.serve();
    if (goesOn) this.#observe();
    return goesOn;
  }

  /** Says what the engine stops behind from here on. */
  #observe(): void {
    const { observer, paused } = this.#host;
    this.#engine.observe(observer.begin() | (paused.holdsWrites ? OBSERVE_PAUSE : 0));
  }

  /** After a complete batch: false if the socket must drain first, or is closing. */
  #keepReading(): boolean {
    if (this.#state !== "reading") return false;
    if (this.#closeAfterReply) {
      this.finish();
      return false;
    }
    if (!this.#mustRest) return true;
    this.#state = "draining";
    this.#socket.pause();
    return false;
  }

  #suspendUntilDrained(): false {
    this.#engine.suspend(this.session.handle);
    this.#suspended = true;
    this.#state = "draining";
    this.#socket.pause();
    return false;
  }

  /** Lets a pause pass before input runs on. */
  #suspendPaused(): false {
    this.#flush();
    if (this.#state !== "reading") return false;
    if (this.#closeAfterReply) {
      this.finish();
      return false;
    }
    this.#restIn("paused");
    this.#host.paused.wait(this);
    return false;
  }

  /** Keeps input that has come during a pause. */
  #keepPaused(bytes: Uint8Array): void {
    this.#rest = bytes.slice();
    this.#state = "paused";
    this.#socket.pause();
    this.#host.paused.wait(this);
  }

  // Host commands -------------------------------------------------------------------------------------------------------

  /** Has the host's command answered. True: its reply is appended, and the engine may go on. */
  #answer(): boolean {
    const id = this.#engine.hostCommandId;
    const args = this.#engine.arguments();
    const writer = this.#takeWriter();
    const startedMs = this.#host.clock.monotonicMs();
    let problem: ErrorCode | undefined;
    let pending: ReplyPieces | Promise<Answered> | undefined;
    this.#handling = true;
    try {
      const handler = this.#host.handlers.get(id);
      if (handler === undefined) throw new DatabaseError("ENGINE_INVALID", `no handler for command ${id}`);
      pending = handler(this.session, args, writer) ?? undefined;
    } catch (error) {
      problem = this.#writeProblem(writer, error);
    } finally {
      this.#handling = false;
    }
    const answered = (code: ErrorCode | undefined): void =>
      this.#host.observer.answered(this.session, id, args, this.#host.clock.monotonicMs() - startedMs, code);
    if (this.session.isExecuting) {
      answered(this.#answerInside(pending, writer) ?? problem);
      return true;
    }
    if (pending instanceof Promise) {
      this.#host.observer.waits(this.session, id, args);
      this.#await(pending, writer, answered);
      return false;
    }
    answered(problem);
    const pieces = this.#wanted(pending);
    if (pieces === undefined) return this.#appendAnswer(writer);
    this.#stream(pieces, writer);
    return false;
  }

  /** Appends the whole answer to a command inside of EXEC. Answers what went wrong in the end. */
  #answerInside(pending: ReplyPieces | Promise<Answered> | undefined, writer: ReplyWriter): ErrorCode | undefined {
    let problem: ErrorCode | undefined;
    try {
      if (pending instanceof Promise) {
        pending.then((pieces) => pieces?.close()).catch(() => {});
        throw replyError("NOT_IN_MULTI");
      }
      if (pending !== undefined) writePieces(pending, writer);
    } catch (error) {
      problem = this.#writeProblem(writer, error);
    }
    this.#engine.appendReply(writer.take());
    this.#writer = writer;
    return problem;
  }

  /** Lets other sessions run until a handler's promise settles. */
  #await(pending: Promise<Answered>, writer: ReplyWriter, answered: (problem: ErrorCode | undefined) => void): void {
    this.#flush();
    if (this.#state !== "reading") {
      pending.then((pieces) => pieces?.close()).catch(() => {});
      return;
    }
    this.#restIn("answering");
    let problem: ErrorCode | undefined;
    pending
      .catch((error: unknown) => {
        problem = this.#writeProblem(writer, error);
      })
      .then((answer) => {
        answered(problem);
        const pieces = this.#state === "answering" ? this.#wanted(answer) : answer;
        if (this.#state !== "answering") {
          pieces?.close();
          return;
        }
        this.session.lastActiveMs = this.#host.clock.nowMs();
        try {
          if (pieces !== undefined) this.#begin(pieces, writer);
          else this.#goOn(writer);
        } catch (error) {
          this.#fail(error);
        }
      });
  }

  /** Ends a rest with the answer that it was for. */
  #goOn(writer: ReplyWriter): void {
    this.#state = "reading";
    if (this.#resumeSuspended(writer)) this.#readOn();
  }

  /** Leaves the engine to other sessions; what is said of input that waits holds until `reading`. */
  #restIn(state: "answering" | "streaming" | "paused"): void {
    this.#engine.clearReply();
    this.#engine.suspend(this.session.handle);
    this.#suspended = true;
    this.#state = state;
    if (state !== "answering") this.#socket.pause();
  }

  // Long replies --------------------------------------------------------------------------------------------------------

  /** What is left of a reply; undefined: it is complete, or nobody reads it, since the client has asked for no replies. */
  #wanted(answered: Answered): ReplyPieces | undefined {
    const pieces = answered ?? undefined;
    if (pieces === undefined || this.session.replyMode === REPLY_ON) return pieces;
    pieces.close();
    return undefined;
  }

  /** Sends a reply in pieces, of which the writer has the first. */
  #stream(pieces: ReplyPieces, writer: ReplyWriter): void {
    this.#flush();
    if (this.#state !== "reading") {
      pieces.close();
      return;
    }
    this.#restIn("streaming");
    this.#begin(pieces, writer);
  }

  #begin(pieces: ReplyPieces, writer: ReplyWriter): void {
    this.#state = "streaming";
    this.#pieces = pieces;
    this.#pieceWriter = writer;
    this.#host.database.commits.pass();
    this.#sendPiece(writer);
  }

  #sendPiece(writer: ReplyWriter): void {
    const bytes = writer.take();
    this.session.totalBytesOut += bytes.length;
    this.#host.countOutput(bytes.length);
    if (this.#held.length > 0 || this.#host.database.commits.holding) this.#hold(bytes);
    else this.#send(bytes);
    if (this.#state === "streaming" && !this.#mustRest) this.#schedulePiece();
  }

  #schedulePiece(): void {
    if (this.#pieceDue || this.#mustRest) return;
    this.#pieceDue = true;
    this.#host.clock.endOfTurn(() => {
      this.#pieceDue = false;
      if (this.#state === "streaming") this.#nextPiece();
    });
  }

  #nextPiece(): void {
    const pieces = this.#pieces;
    const writer = this.#pieceWriter;
    if (pieces === undefined || writer === undefined) return;
    try {
      if (pieces.next(writer)) {
        this.session.lastActiveMs = this.#host.clock.nowMs();
        this.#sendPiece(writer);
        return;
      }
      // The last piece is what an ordinary answer is.
      this.#closePieces();
      this.session.lastActiveMs = this.#host.clock.nowMs();
      this.#goOn(writer);
    } catch (error) {
      // What has left cannot be taken back.
      this.#fail(error);
    }
  }

  #closePieces(): void {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    this.#pieceWriter = undefined;
    pieces?.close();
  }

  /** Takes up a suspended session, with the answer that it waited for if there is one. True: ready for more input. */
  #resumeSuspended(writer?: ReplyWriter): boolean {
    this.#suspended = false;
    this.#engine.clearReply();
    if (writer !== undefined && !this.#appendAnswer(writer)) return false;
    this.#observe();
    return this.#run(this.#engine.resume(this.session.handle, this.session.lastActiveMs));
  }

  /** Appends what a handler wrote. False: the connection ends with this reply, or has ended. */
  #appendAnswer(writer: ReplyWriter): boolean {
    const answer = writer.take();
    this.#writer = writer;
    if (this.#state !== "reading") return false;
    if (this.#closeAfterReply) {
      if (this.session.replyMode === REPLY_ON) this.#engine.appendReply(answer);
      this.#flush();
      this.finish();
      return false;
    }
    this.#engine.appendReply(answer);
    if (this.#pushes.length > 0 && this.session.replyMode === REPLY_ON) this.#appendPushes();
    return true;
  }

  #takeWriter(): ReplyWriter {
    const writer = this.#writer ?? new ReplyWriter(this.session.protocol);
    this.#writer = undefined;
    writer.setProtocol(this.session.protocol);
    return writer;
  }

  /** Replaces whatever a failed handler had written by an error, and answers its code. */
  #writeProblem(writer: ReplyWriter, error: unknown): ErrorCode {
    writer.take();
    if (error instanceof DatabaseError && error.code !== "ENGINE_FAILED") {
      writer.error(error);
      this.#host.countError(error.code);
      return error.code;
    }
    this.#host.warn(`a command failed: ${describe(error)}`);
    writer.raw(encoder.encode(INTERNAL_ERROR));
    this.#host.countError("INTERNAL");
    if (error instanceof DatabaseError) this.#host.database.reportFailure(error);
    return "INTERNAL";
  }

  // Output and the end --------------------------------------------------------------------------------------------------

  /** Passes the batch through the commit gate and its reply to the socket. */
  #flush(): void {
    const { commits } = this.#host.database;
    commits.pass();
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#flushReply();
    if (this.#pushes.length > 0) this.#sendPushes();
  }

  #flushReply(): void {
    const { commits } = this.#host.database;
    const length = this.#engine.replyLength;
    // A client that wants no replies must rest all the same while the log cannot take more: it holds an empty one.
    if (length === 0 && !(commits.congested && this.#held.length === 0)) return;
    this.session.totalBytesOut += length;
    this.#host.countOutput(length);
    if (this.#held.length > 0 || commits.holding) this.#hold(this.#engine.replyView().slice());
    else this.#send(this.#engine.replyView());
    // `execute` clears small replies for nothing; the memory of a long one must not wait for the next request.
    if (length > REPLY_YIELD_BYTES) this.#engine.clearReply();
  }

  /** Sends bytes; `isKept`: nobody changes them afterwards. */
  #send(bytes: Uint8Array, isKept = false): void {
    if (!this.#socket.write(bytes, isKept)) this.checkOutput();
  }

  /** Closes the connection if more output is pending than its kind may have, or for longer. */
  checkOutput(): void {
    const pending = this.#pendingBytes;
    const limit = this.session.subscriptions.total > 0 ? this.#host.subscriberLimit : this.#host.outputLimit;
    const nowMs = this.#host.clock.nowMs();
    if (limit.softBytes === 0 || pending <= limit.softBytes) this.#aboveSoftMs = undefined;
    else this.#aboveSoftMs ??= nowMs;
    const isTooMuch = limit.hardBytes > 0 && pending > limit.hardBytes;
    const isTooLong = this.#aboveSoftMs !== undefined && nowMs - this.#aboveSoftMs >= limit.softSeconds * 1000;
    if (!isTooMuch && !isTooLong) return;
    this.#host.warn(`closing client ${this.session.id} at ${this.session.address}: ${pending} bytes of output are pending`);
    this.#host.countOutputLimit();
    this.destroy();
  }

  get #pendingBytes(): number {
    return this.#socket.pendingBytes + this.#heldBytes + this.#pushBytes;
  }

  // Messages ------------------------------------------------------------------------------------------------------------

  /** Sends a message at once, or behind the reply that is under way. */
  #push(frame: Uint8Array): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    if (this.#running || this.#state === "streaming") {
      this.#pushes.push(frame);
      this.#pushBytes += frame.length;
      this.checkOutput();
    } else this.#sendPush(frame);
  }

  #sendPushes(): void {
    const frames = this.#pushes;
    this.#dropPushes();
    for (const frame of frames) this.#sendPush(frame);
  }

  #sendPush(frame: Uint8Array): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.session.totalBytesOut += frame.length;
    this.#host.countOutput(frame.length);
    if (this.#held.length > 0) this.#hold(frame);
    else this.#send(frame, true);
  }

  /** Puts messages between two replies. */
  #appendPushes(): void {
    const frames = this.#pushes;
    this.#dropPushes();
    for (const frame of frames) this.#engine.appendReply(frame);
  }

  #dropPushes(): void {
    this.#pushes = [];
    this.#pushBytes = 0;
  }

  // Replies that wait for the log ---------------------------------------------------------------------------------------

  /** Input has to wait: for the client to read, for the log to let replies out, or for the log to take more. */
  get #mustRest(): boolean {
    if (this.#socket.pendingBytes + this.#heldBytes > this.#host.outputPauseBytes) return true;
    return this.#held.length > 0 && this.#host.database.commits.congested;
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    this.#host.database.commits.hold(this);
  }

  /** One held reply has left: goes on with what waited for that. */
  #afterHeld(): void {
    if (this.#state === "streaming") this.#schedulePiece();
    if (this.#held.length > 0) return;
    if (this.#state === "closing" && this.#endWhenTold) this.#socket.end();
    else if (this.#socket.pendingBytes === 0) this.drain();
  }

  #dropHeld(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** Whatever goes wrong in the loop ends this connection, and a failed engine ends them all. */
  #fail(error: unknown): void {
    const expected = error instanceof DatabaseError && error.code === "OUT_OF_MEMORY";
    if (!expected) this.#host.warn(`closing client ${this.session.id} at ${this.session.address}: ${describe(error)}`);
    if (this.#state !== "closing" && this.#state !== "closed") {
      const line = encoder.encode(expected ? `-OOM ${error.message}\r\n` : INTERNAL_ERROR);
      if (this.#held.length > 0) this.#hold(line);
      else this.#send(line);
      this.finish();
    }
    if (error instanceof DatabaseError && error.code === "ENGINE_FAILED") this.#host.database.reportFailure(error);
  }

  #closeOnRequest(afterReply: boolean): void {
    if (!afterReply) this.destroy();
    else if (this.#handling || this.#state === "answering" || this.#state === "streaming") this.#closeAfterReply = true;
    else this.finish();
  }

  /** Gives up what the engine and this loop hold for the connection. */
  #leave(state: "closing" | "closed"): void {
    this.#state = state;
    this.#rest = undefined;
    this.#writer = undefined;
    this.#dropPushes();
    this.#closePieces();
    this.#host.paused.forget(this);
    this.#host.observer.forget(this.session);
    this.session.release();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
