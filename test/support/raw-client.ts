/**
 * A client for tests that sends exactly the bytes it is told to and returns exactly what came back. It retries nothing,
 * negotiates nothing, and knows of no command.
 *
 * 1. Replies come in the order of the stream; `read` waits for the next, `readMany` for several.
 * 2. Waiting ends with an Error when the stream ends, is broken, or stays silent for `timeoutMs` (a bound for tests that
 *    would otherwise hang; nothing waits for it when all is well).
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { encodeRequest, type Reply, ReplyDecoder } from "./reply.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  /** PEM of the certificate that the server must show; plain TCP if absent. */
  readonly tlsCertificatePem?: string;
}

export class RawClient {
  readonly #socket: Socket;
  readonly #decoder = new ReplyDecoder();
  readonly #timeoutMs: number;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  /** Requires: `socket` is connected. Use `openClient`. */
  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      this.#decoder.push(bytes);
      this.#notify();
    });
    socket.on("end", () => this.#end(undefined));
    socket.on("close", () => this.#end(undefined));
    socket.on("error", (error) => this.#end(error));
  }

  /** Sends bytes as they are. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Sends requests in one write. */
  send(...requests: readonly (readonly string[])[]): void {
    this.write(Buffer.concat(requests.map(encodeRequest)));
  }

  /** Sends one request and waits for its reply. */
  async call(...args: readonly string[]): Promise<Reply> {
    this.send(args);
    return this.read();
  }

  /** Sends requests in one write and waits for as many replies. */
  async pipeline(requests: readonly (readonly string[])[]): Promise<Reply[]> {
    this.send(...requests);
    return this.readMany(requests.length);
  }

  /** The next reply. Rejects when there will be none. */
  async read(): Promise<Reply> {
    for (;;) {
      const reply = this.#decoder.next();
      if (reply !== undefined) return reply;
      if (this.#ended)
        throw this.#failure ?? new Error(`the server closed the connection; unread: ${this.#decoder.pending.toString("latin1")}`);
      await this.#arrival();
    }
  }

  async readMany(count: number): Promise<Reply[]> {
    const replies: Reply[] = [];
    while (replies.length < count) replies.push(await this.read());
    return replies;
  }

  /** Waits until the server has closed the connection. Rejects when it sends a reply instead. */
  async readEnd(): Promise<void> {
    while (!this.#ended) {
      if (this.#decoder.pending.length > 0) break;
      await this.#arrival();
    }
    const rest = this.#decoder.pending;
    if (rest.length > 0) throw new Error(`instead of closing the connection the server sent ${JSON.stringify(rest.toString("latin1"))}`);
  }

  /** Stops taking bytes from the socket, so that the server's send buffer fills. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Bytes that were written but not taken by the kernel yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Closes the connection and waits until it is closed. */
  async close(): Promise<void> {
    if (this.#socket.destroyed) return;
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    this.#socket.destroy();
    await closed;
  }

  #arrival(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#wake = undefined;
        const unread = this.#decoder.pending;
        reject(new Error(`no reply within ${this.#timeoutMs} ms; unread: ${JSON.stringify(unread.toString("latin1", 0, 200))}`));
      }, this.#timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #end(error: Error | undefined): void {
    this.#failure ??= error;
    this.#ended = true;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Connects. Rejects when the server does not accept. */
export function openClient(address: Address, timeoutMs = 20_000): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    const { host, port, tlsCertificatePem: ca } = address;
    const socket = ca === undefined ? connect({ host, port }) : connectTls({ host, port, ca, checkServerIdentity: () => undefined });
    socket.once("error", reject);
    socket.once(ca === undefined ? "connect" : "secureConnect", () => {
      socket.off("error", reject);
      resolve(new RawClient(socket, timeoutMs));
    });
  });
}
