/**
 * The part of Deno that the adapter uses, as types: Deno's own would bring its globals into every file. Seen with Deno 2.9.
 */

export interface DenoAddress {
  readonly hostname: string;
  readonly port: number;
}

/** A connection; `setNoDelay` and `setKeepAlive` exist for plain TCP, `handshake` for TLS. */
export interface DenoConn {
  readonly remoteAddr: DenoAddress;
  readonly localAddr: DenoAddress;
  /** Resolves with how many bytes were read, or null at the end of the stream. */
  read(target: Uint8Array): Promise<number | null>;
  /** Resolves with how many bytes were taken. */
  write(bytes: Uint8Array): Promise<number>;
  /** Tells the client that nothing more comes. */
  closeWrite(): Promise<void>;
  /** Closes at once; reads and writes under way reject. */
  close(): void;
  setNoDelay?(enable: boolean): void;
  setKeepAlive?(enable: boolean): void;
  handshake?(): Promise<unknown>;
}

export interface DenoListener {
  readonly addr: DenoAddress;
  accept(): Promise<DenoConn>;
  close(): void;
}

export interface DenoListenOptions {
  readonly hostname: string;
  readonly port: number;
  readonly tcpBacklog?: number;
}

export interface DenoRuntime {
  listen(options: DenoListenOptions): DenoListener;
  listenTls(options: DenoListenOptions & { readonly cert: string; readonly key: string }): DenoListener;
}

/** Deno, or undefined in another runtime. */
export function findDeno(): DenoRuntime | undefined {
  return (globalThis as { readonly Deno?: DenoRuntime }).Deno;
}
