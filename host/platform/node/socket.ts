/**
 * A net or TLS socket behind the platform's Socket interface, with two ways to send.
 *
 * - Public path: a copy (of bytes that may change) goes to `socket.write`. Works for every kind of socket and on every runtime.
 * - Direct path (plain TCP, when the listener found a file descriptor): while nothing is pending, `fs.writeSync` hands the
 *   caller's bytes to the kernel without copy, queue or request object; what the kernel does not take (EAGAIN, a partial
 *   write) goes the public way as a copy. Order is kept since the direct path is taken only when nothing is pending.
 *
 * 1. A descriptor is only used while the socket still owns the handle it came from: Node closes handle and descriptor in
 *    one step, and the number may be another connection's a moment later.
 * 2. `drain` is reported once after a `write` that returned false, when the last pending byte has gone.
 * 3. `close` is reported once, from the socket's own event, hence never inside one of our methods.
 * 4. A client that closes its side still gets what it is owed: Node may see the end of the stream although the socket is
 *    paused (it stops reading only on the fast path), so ours is closed no earlier than the owner wants more input.
 */
import { writeSync } from "node:fs";
import type { Socket as NetSocket } from "node:net";
import { formatAddress } from "../address.ts";
import type { Socket, SocketHandler } from "../types.ts";

/** What we touch of a handle: not public, hence every field is checked where it is used. */
export interface RawHandle {
  readonly fd?: number;
}

/** The handle under a socket, or null once the socket has let go of it. */
export function rawHandle(socket: NetSocket): RawHandle | null {
  return (socket as unknown as { readonly _handle?: RawHandle | null })._handle ?? null;
}

export class NodeSocket implements Socket {
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly fileDescriptor: number;
  readonly #socket: NetSocket;
  /** The handle whose descriptor may be written to directly, or undefined on the public path. */
  readonly #directHandle: RawHandle | undefined;
  readonly #afterWrite: () => void;
  #handler: SocketHandler | undefined;
  #awaitsDrain = false;
  #ended = false;
  #paused = false;
  /** The client has closed its side, and all that it sent has been delivered. */
  #peerEnded = false;

  /** `direct`: replies may go straight to the descriptor. Requires: a plain TCP socket whose handle has one. */
  constructor(socket: NetSocket, direct: boolean) {
    const handle = rawHandle(socket);
    this.#socket = socket;
    this.#directHandle = direct && handle !== null ? handle : undefined;
    this.fileDescriptor = handle?.fd ?? -1;
    this.remoteAddress = formatAddress(socket.remoteAddress, socket.remotePort);
    this.localAddress = formatAddress(socket.localAddress, socket.localPort);
    this.#afterWrite = () => {
      if (!this.#awaitsDrain || socket.writableLength > 0 || socket.destroyed) return;
      this.#awaitsDrain = false;
      this.#handler?.drain();
    };
  }

  /** Connects the socket's events to its owner. Called once, before the first byte can arrive. */
  attach(handler: SocketHandler): void {
    this.#handler = handler;
    let problem: Error | undefined;
    this.#socket.on("error", (error) => {
      problem = error;
    });
    this.#socket.once("end", () => {
      this.#peerEnded = true;
      if (!this.#paused) this.end();
    });
    this.#socket.once("close", () => handler.close(problem));
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array, isKept = false): boolean {
    const socket = this.#socket;
    if (this.#ended || socket.destroyed || !socket.writable) return true;
    let sent = 0;
    if (this.#directHandle !== undefined && socket.writableLength === 0) {
      sent = this.#writeDirect(bytes);
      if (sent === bytes.length) return true;
    }
    const left = sent === 0 ? bytes : bytes.subarray(sent);
    socket.write(isKept ? left : Buffer.from(left), this.#afterWrite);
    if (socket.writableLength === 0) return true;
    this.#awaitsDrain = true;
    return false;
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#peerEnded) this.end();
    else if (!this.#socket.destroyed) this.#socket.resume();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  setKeepAlive(delayMs: number): void {
    this.#socket.setKeepAlive(delayMs > 0, delayMs);
  }

  /** Sends what the kernel takes at once; returns how much. An error destroys the socket and counts as sent. */
  #writeDirect(bytes: Uint8Array): number {
    const handle = this.#directHandle as RawHandle;
    if (rawHandle(this.#socket) !== handle) return 0;
    try {
      return writeSync(handle.fd as number, bytes, 0, bytes.length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
      this.#socket.destroy(error as Error);
      return bytes.length;
    }
  }
}
