/**
 * The shell's connection: one socket, requests answered in order, push messages aside.
 */
import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { DatabaseError } from "../common/error.ts";
import { encodeRequest, type Reply, ReplyDecoder } from "../resp/decoder.ts";

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Accept a certificate that no authority has signed, such as the server's self-made one. */
  readonly insecure: boolean;
}

interface Waiter {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: DatabaseError) => void;
}

export class ShellConnection {
  readonly #socket: Socket;
  readonly #decoder = new ReplyDecoder();
  readonly #waiters: Waiter[] = [];
  #closed: DatabaseError | undefined;
  /** Takes push messages and unexpected replies. */
  onPush: (reply: Reply) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#take(bytes));
    socket.on("error", (error) => this.#end(new DatabaseError("CONNECTION_CLOSED", error.message, { cause: error })));
    socket.on("close", () => this.#end(new DatabaseError("CONNECTION_CLOSED", "the server closed the connection")));
  }

  /** Connects. Rejects with CONNECTION_CLOSED and the reason. */
  static async open(options: ConnectionOptions): Promise<ShellConnection> {
    const where = { host: options.host, port: options.port };
    const socket = options.tls
      ? (await import("node:tls")).connect({ ...where, rejectUnauthorized: !options.insecure, servername: options.host })
      : connectPlain(where);
    try {
      await once(socket, options.tls ? "secureConnect" : "connect");
    } catch (cause) {
      socket.destroy();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new DatabaseError("CONNECTION_CLOSED", `could not connect to ${options.host}:${options.port}: ${reason}`, { cause });
    }
    socket.setNoDelay(true);
    return new ShellConnection(socket);
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Sends a request; resolves with its reply, rejects when the connection ends first. */
  request(args: readonly (string | Uint8Array)[]): Promise<Reply> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#socket.write(encodeRequest(args));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Uint8Array): void {
    try {
      this.#decoder.push(bytes);
      for (let reply = this.#decoder.next(); reply !== undefined; reply = this.#decoder.next()) {
        const waiter = reply.kind === "push" ? undefined : this.#waiters.shift();
        if (waiter === undefined) this.onPush(reply);
        else waiter.resolve(reply);
      }
    } catch (error) {
      this.#end(error instanceof DatabaseError ? error : new DatabaseError("PROTOCOL", String(error), { cause: error }));
      this.#socket.destroy();
    }
  }

  #end(error: DatabaseError): void {
    this.#closed ??= error;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#closed);
  }
}
