/**
 * Listener on node:net and node:tls; the latter is loaded when it is asked for, since that takes milliseconds.
 *
 * Plain TCP takes the *fast path* when it is asked for and possible: the accepted handle is moved from the socket that Node
 * made for it to one of ours whose reads land in one buffer shared by all connections (`onread`), so that a chunk costs no
 * allocation, and whose replies go straight to the descriptor (socket.ts). `onread` is public; taking over a handle and
 * knowing its descriptor are not, so every connection checks for them and quietly takes the public path where they are
 * missing (Windows, other runtimes, a later Node).
 *
 * The shared buffer is safe because a read is delivered in the same turn of the event loop in which it was made (libuv on
 * Unix; on Windows reads are posted ahead, hence never there), and `data` promises its bytes for the call only. It is
 * host memory on purpose: the kernel would write through a stale address if engine memory moved while growing.
 */
import { createServer, Socket as NetSocket, type Server } from "node:net";
import { DatabaseError } from "../../common/error.ts";
import { formatAddress, listenError } from "../address.ts";
import type { Listener, ListeningServer, ListenOptions, Socket, SocketHandler } from "../types.ts";
import { NodeSocket, rawHandle } from "./socket.ts";

/** Bytes that one read can deliver: what libuv would use itself. */
const READ_BUFFER_BYTES = 65536;
const DEFAULT_BACKLOG = 511;
/** A client that has not finished its TLS handshake after this long is dropped. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

type Accept = (socket: Socket) => SocketHandler;

/** Options of a Socket that takes over a handle; `handle` is missing from the public types. */
interface TakeOverOptions {
  readonly handle: unknown;
  readonly allowHalfOpen: true;
  readonly readable: true;
  readonly writable: true;
  readonly onread: { readonly buffer: Uint8Array; readonly callback: (length: number, buffer: Uint8Array) => boolean };
}

const TakeOverSocket = NetSocket as unknown as new (options: TakeOverOptions) => NetSocket;

/** A listener for Node; `fastIo` allows the fast path where it is possible. */
export function createNodeListener(fastIo: boolean): Listener {
  const fast = fastIo && process.platform !== "win32";
  return {
    listen(options, accept) {
      return options.tls === undefined ? listenPlain(options, accept, fast) : listenTls(options, accept);
    },
  };
}

function listenPlain(options: ListenOptions, accept: Accept, fast: boolean): Promise<ListeningServer> {
  const readBuffer = fast ? Buffer.allocUnsafeSlow(READ_BUFFER_BYTES) : undefined;
  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: fast });
  server.on("connection", (socket) => {
    if (readBuffer !== undefined && canTakeOver(socket)) acceptFast(socket, accept, readBuffer);
    else acceptPublic(socket, accept);
  });
  return startListening(server, options);
}

async function listenTls(options: ListenOptions, accept: Accept): Promise<ListeningServer> {
  const { createServer: createTlsServer } = await import("node:tls");
  const credentials = { cert: options.tls?.certificatePem, key: options.tls?.keyPem };
  const handshakes = new Handshakes();
  let server: Server;
  try {
    const behaviour = { noDelay: true, allowHalfOpen: true, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, minVersion: "TLSv1.2" } as const;
    server = createTlsServer({ ...credentials, ...behaviour }, (socket) => {
      handshakes.finish(socket);
      acceptPublic(socket, accept);
    });
  } catch (cause) {
    throw new DatabaseError("TLS_CREDENTIALS", `certificate and key cannot be used: ${(cause as Error).message}`, { cause });
  }
  server.on("connection", (socket: NetSocket) => handshakes.begin(socket));
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return startListening(server, options, () => handshakes.abandon());
}

/**
 * Connections whose TLS handshake is under way. Nobody above knows of them yet, so the listener ends them when it closes;
 * otherwise a silent client would keep a stopped process alive until its handshake times out.
 */
class Handshakes {
  /** By the client's address and port, which the plain socket and the TLS socket on top of it share. */
  readonly #sockets = new Map<string, NetSocket>();

  begin(socket: NetSocket): void {
    const client = formatAddress(socket.remoteAddress, socket.remotePort);
    this.#sockets.set(client, socket);
    socket.once("close", () => {
      if (this.#sockets.get(client) === socket) this.#sockets.delete(client);
    });
  }

  finish(socket: NetSocket): void {
    this.#sockets.delete(formatAddress(socket.remoteAddress, socket.remotePort));
  }

  abandon(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#sockets.clear();
  }
}

function canTakeOver(socket: NetSocket): boolean {
  const handle = rawHandle(socket) as { readonly fd?: unknown; readonly useUserBuffer?: unknown } | null;
  return handle !== null && Number.isInteger(handle.fd) && (handle.fd as number) >= 0 && typeof handle.useUserBuffer === "function";
}

function acceptFast(accepted: NetSocket, accept: Accept, readBuffer: Uint8Array): void {
  const handle = rawHandle(accepted);
  // The accepted socket lets go of its handle without closing it, and its server forgets the connection.
  (accepted as unknown as { _handle: null })._handle = null;
  accepted.on("error", () => {});
  accepted.destroy();
  let handler: SocketHandler | undefined;
  const socket = new TakeOverSocket({
    handle,
    allowHalfOpen: true,
    readable: true,
    writable: true,
    onread: {
      buffer: readBuffer,
      callback(length, buffer) {
        handler?.data(buffer.subarray(0, length));
        return true;
      },
    },
  });
  const wrapped = new NodeSocket(socket, true);
  handler = accept(wrapped);
  wrapped.attach(handler);
}

function acceptPublic(socket: NetSocket, accept: Accept): void {
  const wrapped = new NodeSocket(socket, false);
  const handler = accept(wrapped);
  wrapped.attach(handler);
  socket.on("data", (bytes: Uint8Array) => handler.data(bytes));
  if (socket.isPaused()) socket.resume();
}

function startListening(server: Server, options: ListenOptions, closing: () => void = () => {}): Promise<ListeningServer> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => reject(listenError(cause, cause.code, options));
    server.once("error", refuse);
    try {
      server.listen({ host: options.host, port: options.port, backlog: options.backlog ?? DEFAULT_BACKLOG }, () => {
        server.off("error", refuse);
        // A failed accept (no descriptors left) concerns one connection, which the kernel drops; listening goes on.
        server.on("error", () => {});
        resolve(listening(server, closing));
      });
    } catch (cause) {
      refuse(cause as NodeJS.ErrnoException);
    }
  });
}

function listening(server: Server, closing: () => void): ListeningServer {
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address : { address: "", port: 0 };
  return {
    host: bound.address,
    port: bound.port,
    close() {
      // Resolves when the port is free; the callback of `close` would wait for every open connection.
      if (server.listening) server.close();
      closing();
      return Promise.resolve();
    },
  };
}
