/**
 * A connection of Deno.listen behind the platform's Socket interface.
 *
 * Deno reads and writes by promises only. So there is one loop that reads, which rests while the owner has paused, and one
 * that writes what waits, joined to one block: a reply leaves in the turn in which it was written, the next ones wait for it.
 *
 * 1. Whatever was written is pending until the kernel has taken it: `write` of an open connection answers false, and one
 *    `drain` follows when nothing waits any more.
 * 2. A read that was under way when the owner paused is delivered after `resume`.
 * 3. The close is told once, in a turn of its own, after both loops have ended.
 * 4. A client that closes its side still gets what it is owed: ours is closed no earlier than the owner wants more input.
 *
 * Memory: a read buffer per connection, since a read holds it while it waits. It starts small and grows when reads fill it.
 */
import { formatAddress } from "../address.ts";
import type { Socket, SocketHandler } from "../types.ts";
import type { DenoConn } from "./runtime.ts";

const READ_BUFFER_BYTES_MIN = 4096;
const READ_BUFFER_BYTES_MAX = 65_536;
const READ_BUFFER_GROWTH = 4;

export class DenoConnection implements Socket {
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly fileDescriptor = -1;
  readonly #conn: DenoConn;
  #handler: SocketHandler | undefined;
  /** Output that no write has begun with, oldest first. */
  #waiting: Uint8Array[] = [];
  #pendingBytes = 0;
  #awaitsDrain = false;
  #writing: Promise<void> | undefined;
  #paused = false;
  /** Wakes the reading loop when the owner resumes or the connection ends. */
  #wake: (() => void) | undefined;
  /** No more output: the owner has ended or destroyed. */
  #ended = false;
  #closed = false;
  #problem: Error | undefined;

  /** Requires: `conn` is open, with its TLS handshake done. */
  constructor(conn: DenoConn) {
    this.#conn = conn;
    this.remoteAddress = formatAddress(conn.remoteAddr.hostname, conn.remoteAddr.port);
    this.localAddress = formatAddress(conn.localAddr.hostname, conn.localAddr.port);
  }

  /** Starts reading for the owner. Called once. */
  attach(handler: SocketHandler): void {
    this.#handler = handler;
    void this.#live(handler);
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#closed || bytes.length === 0) return true;
    this.#waiting.push(bytes.slice());
    this.#pendingBytes += bytes.length;
    this.#awaitsDrain = true;
    this.#writing ??= this.#writeAll();
    return false;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wakeReader();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#writing === undefined) this.#writing = this.#finish();
  }

  destroy(): void {
    this.#ended = true;
    this.#close();
  }

  /** Deno has no delay to set: the system's own counts. */
  setKeepAlive(delayMs: number): void {
    if (!this.#closed) this.#conn.setKeepAlive?.(delayMs > 0);
  }

  // The loops -----------------------------------------------------------------------------------------------------------

  /** Reads until the connection ends, and tells the owner when it has. */
  async #live(handler: SocketHandler): Promise<void> {
    try {
      await this.#readAll(handler);
      this.end();
    } catch (error) {
      this.#fail(error);
    }
    await this.#writing;
    this.#close();
    handler.close(this.#problem);
  }

  async #readAll(handler: SocketHandler): Promise<void> {
    let buffer = new Uint8Array(READ_BUFFER_BYTES_MIN);
    while (!this.#ended) {
      const count = await this.#conn.read(buffer);
      while (this.#paused && !this.#ended) await this.#resumed();
      if (count === null || this.#ended) return;
      handler.data(buffer.subarray(0, count));
      if (count === buffer.length && count < READ_BUFFER_BYTES_MAX) buffer = new Uint8Array(count * READ_BUFFER_GROWTH);
      while (this.#paused && !this.#ended) await this.#resumed();
    }
  }

  #resumed(): Promise<void> {
    return new Promise((wake) => {
      this.#wake = wake;
    });
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Writes what waits and what comes meanwhile. */
  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeBlock(this.#takeWaiting());
    } catch (error) {
      this.#writing = undefined;
      this.#fail(error);
      return;
    }
    if (this.#ended) return this.#finish();
    this.#writing = undefined;
    if (!this.#awaitsDrain || this.#closed) return;
    this.#awaitsDrain = false;
    this.#handler?.drain();
  }

  async #writeBlock(block: Uint8Array): Promise<void> {
    let sent = 0;
    while (sent < block.length) {
      const count = await this.#conn.write(sent === 0 ? block : block.subarray(sent));
      if (this.#closed) return;
      sent += count;
      this.#pendingBytes -= count;
    }
  }

  #takeWaiting(): Uint8Array {
    const parts = this.#waiting;
    this.#waiting = [];
    if (parts.length === 1) return parts[0] as Uint8Array;
    const block = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      block.set(part, offset);
      offset += part.length;
    }
    return block;
  }

  // The end -------------------------------------------------------------------------------------------------------------

  /** All is sent: says so to the client, and closes. */
  async #finish(): Promise<void> {
    try {
      if (!this.#closed) await this.#conn.closeWrite();
    } catch {
      // The client is gone already, which is what we wanted.
    }
    this.#close();
  }

  /** Whatever breaks a connection that nobody has ended is the reason of its close. */
  #fail(error: unknown): void {
    if (!this.#ended) this.#problem ??= error as Error;
    this.#ended = true;
    this.#close();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#pendingBytes = 0;
    try {
      this.#conn.close();
    } catch {
      // It was closed by a failed read or write.
    }
    this.#wakeReader();
  }
}
