/**
 * What `subscribe` answers: messages of channels, one by one, to whoever iterates or to a listener.
 *
 * 1. Messages come in the order in which they were published. Nobody is called from within a publisher: a listener hears a message in a
 *    later turn, and the next one when the promise that it has answered is fulfilled.
 * 2. What is not taken yet waits in the inbox, up to a limit of bytes. Above it the subscription ends, and its reader is told
 *    SUBSCRIBER_SLOW: publishers are never held up, and nothing else is lost.
 * 3. It ends by `close`, with its database, or when the loop over it is left; then it reads as ended. A listener that throws ends it too,
 *    and `ended` is rejected with what it has thrown.
 *
 * Here and in a page alike: only where the messages come from differs (`MessageSource`).
 */
/// <reference lib="esnext.disposable" preserve="true" />
import { DatabaseError } from "../common/error.ts";
import type { Data } from "./commands.ts";

/** What to listen to: a channel, the channels that match a glob pattern, or a shard channel. */
export type Topic = Data | { readonly pattern: Data } | { readonly shard: Data };

/** A message as a program gets it. */
export interface PublishedMessage<T extends Data = string> {
  readonly channel: string;
  /** The pattern by which it came, if it came by one. */
  readonly pattern?: string;
  readonly message: T;
}

/** Hears of each message; one that answers a promise hears of the next when it is fulfilled. */
export type MessageListener<T extends Data = string> = (message: T, channel: string, whole: PublishedMessage<T>) => unknown;

export interface SubscribeOptions {
  /** Messages as bytes. */
  readonly bytes?: boolean;
  /** Bytes of messages that may wait to be read (32 MiB). */
  readonly limitBytes?: number;
}

/** Where messages come from. */
export interface MessageSource<T extends Data> {
  /** The next messages, one at least; none: it has ended. Rejects with why it could not go on. */
  take(): Promise<readonly PublishedMessage<T>[]>;
  close(): void;
}

export class Subscription<T extends Data = string> implements AsyncIterable<PublishedMessage<T>> {
  /** Fulfilled when it has ended. */
  readonly ended: Promise<void>;
  readonly #source: MessageSource<T>;
  readonly #hasListener: boolean;
  #end: () => void = () => {};

  constructor(source: MessageSource<T>, listener?: MessageListener<T>) {
    this.#source = source;
    this.#hasListener = listener !== undefined;
    this.ended =
      listener === undefined
        ? new Promise((resolve) => {
            this.#end = resolve;
          })
        : this.#listen(listener);
  }

  /** Ends it; what has not been read is lost. */
  close(): void {
    this.#source.close();
    this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PublishedMessage<T>, void, undefined> {
    if (this.#hasListener) throw new DatabaseError("USAGE", "the messages of this subscription go to its listener");
    yield* this.#messages();
  }

  async *#messages(): AsyncGenerator<PublishedMessage<T>, void, undefined> {
    try {
      for (;;) {
        const messages = await this.#source.take();
        if (messages.length === 0) return;
        yield* messages;
      }
    } finally {
      this.close();
    }
  }

  async #listen(listener: MessageListener<T>): Promise<void> {
    for await (const whole of this.#messages()) {
      const answer = listener(whole.message, whole.channel, whole);
      if (answer instanceof Promise) await answer;
    }
  }
}
