/**
 * Connections inside one process, both ends in hand: the server's end is a Socket like any other, the client's end is a
 * MemoryClient. Used by tests, and by whoever wants to speak RESP to a server without a network.
 *
 * Each direction keeps order. Between the ends stands a "kernel buffer" of a fixed size: what a client does not read fills
 * it, and what does not fit is the server's pending output, as on a real socket.
 *
 * 1. Bytes are delivered from a microtask, never from within `send`, `resume` or `write`; so are `drain` and `close`.
 * 2. A paused socket's handler gets no data; what the client sends waits in order.
 */
import { DatabaseError } from "../../common/error.ts";
import type { Listener, ListeningServer, ListenOptions, Socket, SocketHandler } from "../types.ts";

const DEFAULT_BUFFER_BYTES = 65536;
const CLIENT_PORT_BASE = 50_000;

export class MemoryListener implements Listener {
  readonly #bufferBytes: number;
  #accept: ((socket: Socket) => SocketHandler) | undefined;
  #port = 0;
  #accepted = 0;

  /** `bufferBytes`: what fits between the ends of a connection, in the server's direction of sending. */
  constructor(bufferBytes: number = DEFAULT_BUFFER_BYTES) {
    this.#bufferBytes = bufferBytes;
  }

  listen(options: ListenOptions, accept: (socket: Socket) => SocketHandler): Promise<ListeningServer> {
    if (this.#accept !== undefined) return Promise.reject(new DatabaseError("ADDRESS_IN_USE", "the in-process listener is in use"));
    this.#accept = accept;
    this.#port = options.port;
    const close = (): Promise<void> => {
      this.#accept = undefined;
      return Promise.resolve();
    };
    return Promise.resolve({ host: options.host, port: options.port, close });
  }

  /** Opens a connection. Throws ADDRESS_INVALID when nobody listens. */
  connect(): MemoryClient {
    if (this.#accept === undefined) throw new DatabaseError("ADDRESS_INVALID", "nobody listens in this process");
    const socket = new MemorySocket(this.#bufferBytes, `memory:${CLIENT_PORT_BASE + this.#accepted++}`, `memory:${this.#port}`);
    socket.attach(this.#accept(socket));
    return new MemoryClient(socket);
  }
}

/** The client's end. */
export class MemoryClient {
  readonly #socket: MemorySocket;

  constructor(socket: MemorySocket) {
    this.#socket = socket;
  }

  /** Sends a copy of `bytes`. Bytes to a closed connection are lost, as they are on a network. */
  send(bytes: Uint8Array): void {
    this.#socket.receive(bytes.slice());
  }

  /** Everything received and not taken yet. */
  take(): Uint8Array {
    return this.#socket.takeOutput();
  }

  /** From here on the server's bytes stay in the kernel buffer. */
  stopReading(): void {
    this.#socket.setReading(false);
  }

  startReading(): void {
    this.#socket.setReading(true);
  }

  /** Closes the connection, with an error if it is to look like a broken one. */
  close(error?: Error): void {
    this.#socket.hangUp(error);
  }

  /** The server has closed, and every byte before that was delivered or lies in `take`. */
  get closed(): boolean {
    return this.#socket.closed;
  }
}

/** The server's end, and what lies between the ends. */
class MemorySocket implements Socket {
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly fileDescriptor = -1;
  readonly #bufferBytes: number;
  #handler: SocketHandler | undefined;
  #input: Uint8Array[] = [];
  #output: Uint8Array[] = [];
  #outputBytes = 0;
  #received: Uint8Array[] = [];
  #reading = true;
  #paused = false;
  #awaitsDrain = false;
  #ending = false;
  #scheduled = false;
  closed = false;

  constructor(bufferBytes: number, remoteAddress: string, localAddress: string) {
    this.#bufferBytes = bufferBytes;
    this.remoteAddress = remoteAddress;
    this.localAddress = localAddress;
  }

  attach(handler: SocketHandler): void {
    this.#handler = handler;
  }

  get pendingBytes(): number {
    return Math.max(0, this.#outputBytes - this.#bufferBytes);
  }

  write(bytes: Uint8Array): boolean {
    if (this.closed || this.#ending || bytes.length === 0) return true;
    if (this.#reading) {
      this.#received.push(bytes.slice());
      return true;
    }
    this.#output.push(bytes.slice());
    this.#outputBytes += bytes.length;
    if (this.pendingBytes === 0) return true;
    this.#awaitsDrain = true;
    return false;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  end(): void {
    this.#ending = true;
    this.#schedule();
  }

  destroy(): void {
    this.#finish(undefined);
  }

  setKeepAlive(): void {}

  receive(bytes: Uint8Array): void {
    if (this.closed || this.#ending) return;
    this.#input.push(bytes);
    this.#schedule();
  }

  takeOutput(): Uint8Array {
    const bytes = joinChunks(this.#received);
    this.#received = [];
    return bytes;
  }

  setReading(reading: boolean): void {
    this.#reading = reading;
    if (!reading) return;
    this.#received.push(...this.#output);
    this.#output = [];
    this.#outputBytes = 0;
    this.#schedule();
  }

  hangUp(error: Error | undefined): void {
    this.#finish(error);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#awaitsDrain && this.#outputBytes === 0 && !this.closed) {
      this.#awaitsDrain = false;
      this.#handler?.drain();
    }
    while (!this.#paused && !this.closed && !this.#ending && this.#input.length > 0) this.#handler?.data(this.#input.shift() as Uint8Array);
    if (this.#ending && this.pendingBytes === 0) this.#finish(undefined);
  }

  #finish(error: Error | undefined): void {
    if (this.closed) return;
    this.closed = true;
    this.#input = [];
    queueMicrotask(() => this.#handler?.close(error));
  }
}

function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}
