/**
 * Queues of commands (multi.ts) of a database whose engine lives in a worker: the session of each is the worker's.
 */
import type { Data } from "./commands.ts";
import { createMulti, type Multi, type MultiOptions, type MultiPlace } from "./multi.ts";
import type { RemoteCalls } from "./remote-calls.ts";
import { RemoteView } from "./remote-view.ts";
import type { ReplyValue } from "./reply-reader.ts";

/** Queues by number. */
let lastQueue = 0;

/** A queue whose session is the worker's, which keeps what is wrong with a watch for `exec`. */
class RemotePlace implements MultiPlace {
  readonly #call: (method: string, args: readonly unknown[]) => Promise<unknown>;
  readonly #number = ++lastQueue;
  #hasWatched = false;

  constructor(call: (method: string, args: readonly unknown[]) => Promise<unknown>) {
    this.#call = call;
  }

  watch(keys: readonly Data[]): void {
    this.#hasWatched = true;
    this.#call("multiWatch", [this.#number, keys]).catch(() => {});
  }

  async exec(commands: readonly (readonly Data[])[]): Promise<readonly ReplyValue[] | null> {
    this.#hasWatched = false;
    return (await this.#call("multiExec", [this.#number, commands])) as readonly ReplyValue[] | null;
  }

  close(): void {
    if (this.#hasWatched) this.#call("multiDiscard", [this.#number]).catch(() => {});
  }
}

/** A database by its number, with queues of commands. */
export class RemoteQueueingView extends RemoteView {
  readonly #link: RemoteCalls;
  readonly #number: number;

  constructor(calls: RemoteCalls, database: number) {
    super(calls, database);
    this.#link = calls;
    this.#number = database;
  }

  /** A queue of commands that run as one unit, if none of the keys that it watches was changed (multi.ts). */
  multi(options?: { readonly bytes?: false }): Multi<string>;
  multi(options: { readonly bytes: true }): Multi<Uint8Array>;
  multi({ bytes = false }: MultiOptions = {}): Multi<string> | Multi<Uint8Array> {
    const place = new RemotePlace((method, args) => this.#link.call(method, this.#number, bytes, args));
    return bytes ? createMulti<Uint8Array>(place) : createMulti<string>(place);
  }
}
