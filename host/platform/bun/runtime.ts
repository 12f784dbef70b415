/**
 * The part of Bun that the adapter uses, as types: Bun's own type package would bring its globals into every file. Seen
 * with Bun 1.4.
 */

/** A connection. Bun keeps nothing that the kernel has not taken: what `write` leaves is the caller's. */
export interface BunSocket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** The owner's own value. */
  data: unknown;
  /** Returns how many bytes were taken, or -1 on a closed socket. */
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  /** Tells the client that nothing more comes; reading goes on. (With an argument of true Bun would shut the reading side.) */
  shutdown(): void;
  /** Closes in order; the close handler may run within the call. */
  end(): void;
  /** Closes at once; the close handler may run within the call. */
  terminate(): void;
  setKeepAlive(enable: boolean, delayMs: number): boolean;
  setNoDelay(enable: boolean): boolean;
}

export interface BunSocketHandlers {
  open(socket: BunSocket): void;
  data(socket: BunSocket, bytes: Uint8Array): void;
  drain(socket: BunSocket): void;
  end(socket: BunSocket): void;
  error(socket: BunSocket, error: Error): void;
  close(socket: BunSocket, error?: Error): void;
  /** TLS only: whether the handshake has led to a connection. */
  handshake?(socket: BunSocket, success: boolean, problem: Error | null): void;
}

export interface BunListenOptions {
  readonly hostname: string;
  readonly port: number;
  /** Nobody else may listen on the port; otherwise Bun shares it. */
  readonly exclusive: true;
  readonly allowHalfOpen: true;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly socket: BunSocketHandlers;
}

export interface BunServer {
  readonly hostname: string;
  readonly port: number;
  stop(closeConnections: boolean): void;
}

export interface BunRuntime {
  readonly version: string;
  listen(options: BunListenOptions): BunServer;
}

/** Bun, or undefined in another runtime. */
export function findBun(): BunRuntime | undefined {
  return (globalThis as { readonly Bun?: BunRuntime }).Bun;
}
