/**
 * Listener on Deno.listen and Deno.listenTls, which cost less than Deno's node:net.
 *
 * 1. With TLS the owner hears of a connection when its handshake is done. A client that has not finished it in time is
 *    dropped, and all that have not are when the listener closes.
 * 2. A failed accept (no descriptors left) concerns one connection; listening goes on a little later.
 */
import { DatabaseError } from "../../common/error.ts";
import { checkPort, listenError } from "../address.ts";
import type { Clock, Listener, ListeningServer, ListenOptions, Socket, SocketHandler } from "../types.ts";
import type { DenoConn, DenoListener, DenoRuntime } from "./runtime.ts";
import { DenoConnection } from "./socket.ts";

const DEFAULT_BACKLOG = 511;
/** A client that has not finished its TLS handshake after this long is dropped. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long nothing is accepted after an accept has failed. */
const ACCEPT_RETRY_MS = 50;

/** Deno's own names of errors, for those that carry no system code. */
const SYSTEM_CODES: Readonly<Record<string, string>> = {
  AddrInUse: "EADDRINUSE",
  AddrNotAvailable: "EADDRNOTAVAIL",
  PermissionDenied: "EACCES",
  NotCapable: "EACCES",
};

type Accept = (socket: Socket) => SocketHandler;

/** A listener for Deno. */
export function createDenoListener(deno: DenoRuntime, clock: Clock): Listener {
  return {
    async listen(options, accept) {
      checkPort(options);
      return new DenoServer(start(deno, options), clock, options.tls !== undefined, accept);
    },
  };
}

function start(deno: DenoRuntime, options: ListenOptions): DenoListener {
  const { host: hostname, port, tls } = options;
  const common = { hostname, port, tcpBacklog: options.backlog ?? DEFAULT_BACKLOG };
  try {
    return tls === undefined ? deno.listen(common) : deno.listenTls({ ...common, cert: tls.certificatePem, key: tls.keyPem });
  } catch (cause) {
    const problem = cause as Error & { readonly code?: string };
    if (tls !== undefined && problem.name === "InvalidData") {
      throw new DatabaseError("TLS_CREDENTIALS", `certificate and key cannot be used: ${problem.message}`, { cause });
    }
    const unknownHost = /failed to lookup address/.test(problem.message) ? "ENOTFOUND" : undefined;
    throw listenError(problem, problem.code ?? SYSTEM_CODES[problem.name] ?? unknownHost, options);
  }
}

class DenoServer implements ListeningServer {
  readonly host: string;
  readonly port: number;
  readonly #listener: DenoListener;
  readonly #clock: Clock;
  readonly #accept: Accept;
  /** Connections whose TLS handshake is under way. */
  readonly #handshakes = new Set<DenoConn>();
  /** Settles when no accept is under way, which would keep the port. */
  readonly #accepting: Promise<void>;
  #closed = false;

  constructor(listener: DenoListener, clock: Clock, tls: boolean, accept: Accept) {
    this.#listener = listener;
    this.#clock = clock;
    this.#accept = accept;
    this.host = listener.addr.hostname;
    this.port = listener.addr.port;
    this.#accepting = this.#acceptAll(tls);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    for (const conn of this.#handshakes) this.#drop(conn);
    await this.#accepting;
  }

  async #acceptAll(tls: boolean): Promise<void> {
    while (!this.#closed) {
      try {
        const conn = await this.#listener.accept();
        if (tls) void this.#shakeHands(conn);
        else this.#connect(conn);
      } catch {
        if (!this.#closed) await new Promise<void>((resolve) => this.#clock.setTimer(resolve, ACCEPT_RETRY_MS));
      }
    }
  }

  async #shakeHands(conn: DenoConn): Promise<void> {
    this.#handshakes.add(conn);
    const timer = this.#clock.setTimer(() => this.#drop(conn), HANDSHAKE_TIMEOUT_MS);
    try {
      await conn.handshake?.();
      if (this.#handshakes.has(conn)) this.#connect(conn);
    } catch {
      this.#drop(conn);
    } finally {
      timer.cancel();
      this.#handshakes.delete(conn);
    }
  }

  #connect(conn: DenoConn): void {
    conn.setNoDelay?.(true);
    const connection = new DenoConnection(conn);
    connection.attach(this.#accept(connection));
  }

  /** Closes a connection that nobody above knows of. */
  #drop(conn: DenoConn): void {
    if (!this.#handshakes.delete(conn)) return;
    try {
      conn.close();
    } catch {
      // The handshake has closed it.
    }
  }
}
