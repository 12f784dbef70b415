/**
 * The seams to a JavaScript runtime. Nothing above platform/ names a runtime; the composition roots (entry/) choose adapters.
 */

/** Time. `nowMs` is Unix time in milliseconds and may go backwards; `monotonicMs` never does. */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
  /** Calls `task` once after about `delayMs`. Keeps the process alive only if `isAwaited`: somebody waits for what `task` ends. */
  setTimer(task: () => void, delayMs: number, isAwaited?: boolean): Timer;
  /** Calls `task` once, behind the events that are being delivered now and before time is spent on waiting for others. */
  endOfTurn(task: () => void): void;
}

export interface Timer {
  cancel(): void;
}

/** Entropy for hash seeds, run ids and passwords; never used by the engine itself. */
export interface Random {
  /** Fills `target` with random bytes and returns it. */
  fill(target: Uint8Array): Uint8Array;
}

/** Where a listener accepts connections. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsCredentials | undefined;
  /** Most connections that wait to be accepted. */
  readonly backlog?: number | undefined;
}

export interface TlsCredentials {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** What a connection's owner must provide. */
export interface SocketHandler {
  /** Bytes in a buffer of the platform's own, valid during the call only. Not called between `pause` and `resume`. */
  data(bytes: Uint8Array): void;
  /** Everything written so far has gone to the kernel; called after a `write` that returned false. */
  drain(): void;
  /** The connection is gone; called once, never from within a method of the socket. `error` is absent for an orderly end. */
  close(error?: Error): void;
}

export interface Socket {
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** The operating system's number for the connection, or -1 where there is none. */
  readonly fileDescriptor: number;
  /** Bytes accepted by `write` that the kernel has not taken yet. */
  readonly pendingBytes: number;
  /**
   * Sends bytes, which the caller may change after the call unless `isKept` says that nobody does. Returns false when some are
   * pending: wait for `drain`.
   */
  write(bytes: Uint8Array, isKept?: boolean): boolean;
  pause(): void;
  resume(): void;
  /** Sends what is pending, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
  /** Asks the kernel to probe a silent peer after `delayMs`; 0 turns that off. */
  setKeepAlive(delayMs: number): void;
}

export interface Listener {
  /** Starts accepting; rejects with DatabaseError ADDRESS_IN_USE and the like. `accept` returns the handler of a new connection. */
  listen(options: ListenOptions, accept: (socket: Socket) => SocketHandler): Promise<ListeningServer>;
}

export interface ListeningServer {
  readonly host: string;
  readonly port: number;
  /** Stops accepting; open connections are not touched. */
  close(): Promise<void>;
}

/**
 * A directory with the files of one database. Names are plain file names. What fails throws a DatabaseError: STORAGE_FULL when
 * there is no room, STORAGE_FAILED for everything else, with the path and the system's words in the message.
 */
export interface Storage {
  /** What to call the directory in messages. */
  readonly location: string;
  /**
   * Takes the directory for this owner, and makes it when it is missing. Rejects with DIRECTORY_LOCKED while somebody else
   * has it; what a dead process left behind is taken over. Requires: called before anything else.
   */
  lock(): Promise<void>;
  /** Gives the directory back. */
  unlock(): Promise<void>;
  list(): Promise<string[]>;
  /** Opens a file, or answers undefined when there is none of that name. */
  open(name: string): Promise<StorageFile | undefined>;
  /** Makes a file, empty even if there was one. Its name survives a power loss once the promise is fulfilled. */
  create(name: string): Promise<StorageFile>;
  /** Removes a file if it is there. It may be back after a power loss, until the next `create` is fulfilled. */
  remove(name: string): Promise<void>;
}

export interface StorageFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Reads into `target` and returns how many bytes there were; fewer than asked for only at the end of the file. */
  read(target: Uint8Array, offset: number): number;
  /**
   * Hands bytes to the operating system, which survive the end of this process but not a power loss. Returns how many were
   * taken, at least one; the caller goes on with the rest.
   */
  write(bytes: Uint8Array, offset: number): number;
  truncate(sizeBytes: number): void;
  /** Fulfilled when all that was written before the call survives a power loss. */
  sync(): Promise<void>;
  close(): void;
}

/** Modules of functions for SQL that lie outside of the database. Both throw a DatabaseError when they cannot be had. */
export interface ModuleSource {
  /** The module that comes with MemFlux. */
  own(): Uint8Array;
  /** A module by its path. `byProgram`: the program that holds the database asks, not a client of a server. */
  read(path: string, byProgram: boolean): Uint8Array;
}
