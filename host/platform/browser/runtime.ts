/**
 * The part of a browser that the adapters and entries use, as types: the browser's own type library would bring its globals
 * into every file. Standards: File System (whatwg), Web Locks (w3c), HTML's Worker and MessageChannel.
 */

/** A file of the origin's private file system with a lock on it. Its methods are synchronous; workers only. */
export interface SyncAccessHandle {
  read(target: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(sizeBytes: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

export interface FileHandle {
  /** Rejects with NoModificationAllowedError while somebody else has one. Absent outside of dedicated workers. */
  createSyncAccessHandle?(): Promise<SyncAccessHandle>;
}

export interface DirectoryHandle {
  getDirectoryHandle(name: string, options?: { readonly create?: boolean }): Promise<DirectoryHandle>;
  getFileHandle(name: string, options?: { readonly create?: boolean }): Promise<FileHandle>;
  removeEntry(name: string): Promise<void>;
  keys(): AsyncIterable<string>;
}

export interface LockRequest {
  readonly mode: "exclusive";
  readonly signal: AbortSignal;
}

/** What of `navigator` we use; parts are missing in old browsers and on pages that came over http. */
export interface BrowserNavigator {
  readonly storage?: { getDirectory?(): Promise<DirectoryHandle> };
  readonly locks?: { request(name: string, options: LockRequest, held: () => Promise<void>): Promise<unknown> };
}

interface MessageEvent {
  readonly data: unknown;
}

/** Both ends of a worker: the page's object of it, and the worker's own global object. */
export interface MessageEnd {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

export interface WorkerObject extends MessageEnd {
  onerror: ((event: { readonly message?: string; preventDefault?(): void }) => void) | null;
  onmessageerror: (() => void) | null;
  terminate(): void;
}

/** A request that is answered when `send` returns; workers only. */
export interface RequestAtOnce {
  responseType: "arraybuffer";
  readonly status: number;
  readonly response: unknown;
  open(method: "GET", url: string, waits: false): void;
  send(): void;
}

/** The global object of a page or a worker. */
export interface BrowserScope {
  readonly navigator?: BrowserNavigator;
  readonly isSecureContext?: boolean;
  readonly XMLHttpRequest?: new () => RequestAtOnce;
  readonly Worker?: new (url: string | URL, options?: { readonly type?: "module" | "classic"; readonly name?: string }) => WorkerObject;
}

/** The browser, as far as it is one: elsewhere parts are undefined. */
export const browserScope = globalThis as unknown as BrowserScope;

/** A line of messages to the other end: what host/client calls a MessageLink. */
export function linkTo(end: MessageEnd): {
  send(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  listen(receive: (message: unknown) => void): void;
} {
  return {
    send: (message, transfer = []) => end.postMessage(message, transfer),
    listen: (receive) => {
      end.onmessage = ({ data }) => receive(data);
    },
  };
}
