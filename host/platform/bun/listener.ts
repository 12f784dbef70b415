/**
 * Listener on Bun.listen, which costs less than Bun's node:net and takes TLS too.
 *
 * 1. The port is asked for exclusively: by default Bun shares it with whoever listens there already.
 * 2. With TLS the owner hears of a connection when its handshake is done. A client that has not finished it in time is
 *    dropped, and all that have not are when the listener closes.
 */
import { DatabaseError } from "../../common/error.ts";
import { checkPort, listenError } from "../address.ts";
import type { Clock, Listener, ListeningServer, ListenOptions, Socket, SocketHandler, Timer } from "../types.ts";
import type { BunRuntime, BunServer, BunSocket, BunSocketHandlers } from "./runtime.ts";
import { BunConnection } from "./socket.ts";

/** A client that has not finished its TLS handshake after this long is dropped. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

type Accept = (socket: Socket) => SocketHandler;

/** A listener for Bun. */
export function createBunListener(bun: BunRuntime, clock: Clock): Listener {
  return {
    async listen(options, accept) {
      checkPort(options);
      return options.tls === undefined ? listenPlain(bun, clock, options, accept) : listenTls(bun, clock, options, accept);
    },
  };
}

function listenPlain(bun: BunRuntime, clock: Clock, options: ListenOptions, accept: Accept): ListeningServer {
  const handlers: BunSocketHandlers = { ...EVENTS, open: (socket) => connect(socket, clock, accept) };
  return listening(start(bun, options, handlers));
}

function listenTls(bun: BunRuntime, clock: Clock, options: ListenOptions, accept: Accept): ListeningServer {
  const handshakes = new Map<BunSocket, Timer>();
  const forget = (socket: BunSocket): void => {
    handshakes.get(socket)?.cancel();
    handshakes.delete(socket);
  };
  const handlers: BunSocketHandlers = {
    ...EVENTS,
    open: (socket) =>
      void handshakes.set(
        socket,
        clock.setTimer(() => socket.terminate(), HANDSHAKE_TIMEOUT_MS),
      ),
    handshake(socket, success) {
      if (!handshakes.has(socket)) return;
      forget(socket);
      if (success) connect(socket, clock, accept);
      else socket.terminate();
    },
    close(socket, error) {
      forget(socket);
      EVENTS.close(socket, error);
    },
  };
  const server = start(bun, options, handlers);
  return listening(server, () => {
    for (const socket of handshakes.keys()) socket.terminate();
  });
}

function connectionOf(socket: BunSocket): BunConnection | undefined {
  return socket.data instanceof BunConnection ? socket.data : undefined;
}

const EVENTS: Omit<BunSocketHandlers, "open"> = {
  data: (socket, bytes) => connectionOf(socket)?.onData(bytes),
  drain: (socket) => connectionOf(socket)?.onDrain(),
  end: (socket) => connectionOf(socket)?.onEnd(),
  error: (socket, error) => connectionOf(socket)?.onError(error),
  close: (socket, error) => connectionOf(socket)?.onClose(error),
};

function connect(socket: BunSocket, clock: Clock, accept: Accept): void {
  socket.setNoDelay(true);
  const connection = new BunConnection(socket, clock);
  socket.data = connection;
  connection.attach(accept(connection));
}

function start(bun: BunRuntime, options: ListenOptions, socket: BunSocketHandlers): BunServer {
  const { host: hostname, port, tls } = options;
  const common = { hostname, port, exclusive: true, allowHalfOpen: true, socket } as const;
  try {
    return bun.listen(tls === undefined ? common : { ...common, tls: { cert: tls.certificatePem, key: tls.keyPem } });
  } catch (cause) {
    const problem = cause as Error & { readonly code?: string };
    // What OpenSSL says has a code of its own (ERR_OSSL_...) or none; the system's codes are for addresses.
    if (tls !== undefined && !/^E(?!RR_)/.test(problem.code ?? "")) {
      throw new DatabaseError("TLS_CREDENTIALS", `certificate and key cannot be used: ${problem.message}`, { cause });
    }
    throw listenError(problem, problem.code, options);
  }
}

function listening(server: BunServer, closing: () => void = () => {}): ListeningServer {
  return {
    host: server.hostname,
    port: server.port,
    async close() {
      server.stop(false);
      closing();
    },
  };
}
