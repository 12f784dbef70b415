/**
 * Messages that wait for a program to read them: what lies between the channels of the database and a subscription (subscription.ts),
 * in the same thread or in a page.
 */
import { DatabaseError } from "../common/error.ts";
import { bytesOfName, type Message, nameOfBytes, type PubSub, type Subscriber, type SubscriptionKind } from "../database/pubsub.ts";
import type { Data } from "./commands.ts";
import type { MessageSource, PublishedMessage, SubscribeOptions, Topic } from "./subscription.ts";

/** Bytes of messages that may wait if nothing else is said, and what a message counts beside its own. */
const LIMIT_BYTES = 32 * 1024 * 1024;
const MESSAGE_BYTES = 64;
/** Most messages that are handed over at a time. */
const TAKE_MOST = 512;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Messages that wait for their reader. */
export class Inbox<T extends Data> implements MessageSource<T>, Subscriber {
  readonly #leave: () => void;
  readonly #asBytes: boolean;
  readonly #limitBytes: number;
  #waiting: Message[] = [];
  #bytes = 0;
  #isClosed = false;
  #problem: DatabaseError | undefined;
  #wake: (() => void) | undefined;

  /** `left` hears once that it has ended. */
  constructor(pubsub: PubSub, topics: readonly Topic[], { bytes = false, limitBytes = LIMIT_BYTES }: SubscribeOptions, left: () => void) {
    this.#asBytes = bytes;
    this.#limitBytes = limitBytes;
    const subscriptions = pubsub.open(this);
    for (const topic of topics) subscriptions.add(...nameOfTopic(topic));
    this.#leave = () => {
      subscriptions.clear();
      left();
    };
  }

  deliver(message: Message): void {
    if (this.#isClosed) return;
    this.#bytes += message.payload.length + message.channel.length + MESSAGE_BYTES;
    this.#waiting.push(message);
    if (this.#bytes > this.#limitBytes) {
      this.#problem = new DatabaseError("SUBSCRIBER_SLOW", `the subscription has ended: more than ${this.#limitBytes} bytes were not read`);
      this.close();
    } else this.#wakeUp();
  }

  async take(): Promise<readonly PublishedMessage<T>[]> {
    if (this.#waiting.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const { length } = this.#waiting;
    const messages = length <= TAKE_MOST ? this.#waiting : this.#waiting.slice(0, TAKE_MOST);
    this.#waiting = length <= TAKE_MOST ? [] : this.#waiting.slice(TAKE_MOST);
    for (const { payload, channel } of messages) this.#bytes -= payload.length + channel.length + MESSAGE_BYTES;
    if (messages.length === 0 && this.#problem !== undefined) throw this.#problem;
    return messages.map((message) => this.#published(message));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = [];
    this.#leave();
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  /** The reader's own copy. */
  #published({ channel, pattern, payload }: Message): PublishedMessage<T> {
    const message = (this.#asBytes ? payload.slice() : decoder.decode(payload)) as T;
    const whole = { channel: textOfName(channel), message };
    return pattern === undefined ? whole : { ...whole, pattern: textOfName(pattern) };
  }
}

/** The topics of one, or of several at once. Throws USAGE for none. */
export function topicsOf(given: Topic | readonly Topic[]): readonly Topic[] {
  const topics: readonly Topic[] = Array.isArray(given) ? given : [given];
  if (topics.length === 0) throw new DatabaseError("USAGE", "a subscription has at least one channel or pattern");
  return topics;
}

/** The name of a channel, as database/pubsub.ts has it. */
export function nameOf(given: Data): string {
  return nameOfBytes(typeof given === "string" ? encoder.encode(given) : given);
}

/** The bytes of a message, which stay as they are. */
export function payloadOf(given: Data): Uint8Array {
  return typeof given === "string" ? encoder.encode(given) : given.slice();
}

function nameOfTopic(topic: Topic): [kind: SubscriptionKind, name: string] {
  if (typeof topic === "string" || topic instanceof Uint8Array) return ["channel", nameOf(topic)];
  return "pattern" in topic ? ["pattern", nameOf(topic.pattern)] : ["shard", nameOf(topic.shard)];
}

function textOfName(name: string): string {
  return decoder.decode(bytesOfName(name));
}
