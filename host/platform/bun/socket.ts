/**
 * A connection of Bun.listen behind the platform's Socket interface.
 *
 * Bun hands bytes to the kernel within `write` and keeps none, so what the kernel does not take waits here as copies and goes
 * out when Bun says that there is room again.
 *
 * 1. While anything waits, later bytes wait behind it: order is kept.
 * 2. Bun reports a close from within the call that caused it; the owner hears of it behind the call, in a microtask.
 * 3. A chunk that arrives although the socket is paused (one TLS read can give several) waits as a copy until `resume`.
 * 4. A connection that has ended is closed for its owner when all is sent; what is left of it is no matter of the owner's.
 * 5. A client that closes its side still gets what it is owed: ours is closed no earlier than the owner wants more input.
 */
import { formatAddress } from "../address.ts";
import type { Clock, Socket, SocketHandler, Timer } from "../types.ts";
import type { BunSocket } from "./runtime.ts";

/** How long a connection that has ended waits for its client to close. */
const LINGER_MS = 250;

export class BunConnection implements Socket {
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly fileDescriptor = -1;
  readonly #socket: BunSocket;
  readonly #clock: Clock;
  #handler: SocketHandler | undefined;
  /** Output that the kernel has not taken, oldest first. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #awaitsDrain = false;
  /** Input that came while paused, oldest first. */
  #unread: Uint8Array[] = [];
  #delivering = false;
  #paused = false;
  #peerEnded = false;
  #ended = false;
  #closed = false;
  #problem: Error | undefined;
  /** Runs while an ended connection waits for its client to close. */
  #linger: Timer | undefined;

  /** Requires: `socket` is open. */
  constructor(socket: BunSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.remoteAddress = formatAddress(socket.remoteAddress, socket.remotePort);
    this.localAddress = formatAddress(socket.localAddress, socket.localPort);
  }

  /** Names the owner. Called once, before the first byte can arrive. */
  attach(handler: SocketHandler): void {
    this.#handler = handler;
  }

  get pendingBytes(): number {
    return this.#waitingBytes;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#closed || bytes.length === 0) return true;
    const sent = this.#waitingBytes > 0 ? 0 : Math.max(this.#socket.write(bytes), 0);
    if (sent === bytes.length || this.#closed) return true;
    this.#waiting.push(bytes.slice(sent));
    this.#waitingBytes += bytes.length - sent;
    this.#awaitsDrain = true;
    return false;
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    if (!this.#closed) this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#unread.length > 0 || this.#peerEnded) this.#deliverLater();
    else if (!this.#closed) this.#socket.resume();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unread = [];
    if (this.#waitingBytes === 0) this.#shut();
  }

  destroy(): void {
    this.#ended = true;
    this.#dropAll();
    if (!this.#closed) this.#socket.terminate();
  }

  setKeepAlive(delayMs: number): void {
    if (!this.#closed) this.#socket.setKeepAlive(delayMs > 0, delayMs);
  }

  // From Bun ------------------------------------------------------------------------------------------------------------

  onData(bytes: Uint8Array): void {
    if (this.#ended) return;
    if (this.#paused || this.#delivering) this.#unread.push(bytes.slice());
    else this.#handler?.data(bytes);
  }

  onDrain(): void {
    if (this.#closed) return;
    while (this.#waiting.length > 0) {
      const bytes = this.#waiting[0] as Uint8Array;
      const sent = Math.max(this.#socket.write(bytes), 0);
      if (this.#closed) return;
      this.#waitingBytes -= sent;
      if (sent < bytes.length) {
        this.#waiting[0] = bytes.subarray(sent);
        return;
      }
      this.#waiting.shift();
    }
    if (this.#ended) this.#shut();
    else if (this.#awaitsDrain) {
      this.#awaitsDrain = false;
      this.#handler?.drain();
    }
  }

  onEnd(): void {
    this.#peerEnded = true;
    if (this.#linger !== undefined) this.#closeSocket();
    if (!this.#paused && this.#unread.length === 0) this.end();
  }

  onError(error: Error): void {
    this.#problem ??= error;
  }

  onClose(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#linger?.cancel();
    if (!this.#ended) this.#problem ??= error;
    this.#dropAll();
    this.#tellClosed();
  }

  // Inside --------------------------------------------------------------------------------------------------------------

  /**
   * Says that nothing more comes, and closes when the client has closed too or does not want to. What it sends meanwhile is
   * read away: a close with unread input would be a reset, which can overtake the last reply on its way.
   */
  #shut(): void {
    if (this.#closed) return;
    if (this.#peerEnded) {
      this.#socket.end();
      return;
    }
    this.#socket.shutdown();
    if (this.#closed) return;
    this.#socket.resume();
    this.#tellClosed();
    this.#linger = this.#clock.setTimer(() => this.#closeSocket(), LINGER_MS);
  }

  #tellClosed(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    if (handler !== undefined) queueMicrotask(() => handler.close(this.#problem));
  }

  #closeSocket(): void {
    if (!this.#closed) this.#socket.end();
  }

  #dropAll(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#unread = [];
  }

  /** Gives the owner what came while paused, and then the socket's own input. */
  #deliverLater(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    queueMicrotask(() => {
      while (!this.#paused && !this.#ended && this.#unread.length > 0) this.#handler?.data(this.#unread.shift() as Uint8Array);
      this.#delivering = false;
      if (this.#paused || this.#closed) return;
      if (this.#peerEnded) this.end();
      else this.#socket.resume();
    });
  }
}
