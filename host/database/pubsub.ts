/**
 * Publish and subscribe: who listens to which channels, and messages on their way to them. One of these belongs to a database, so that
 * the clients of all its servers and the program that embeds it hear each other.
 *
 * 1. Channels, patterns and shard channels are three name spaces. Names are bytes; here they are texts of one character a byte.
 * 2. A message reaches the subscribers of its channel in the order in which they subscribed, then those of each pattern in the order
 *    of the patterns; a subscriber gets it once for its channel and once for each pattern.
 * 3. A message is encoded once for each protocol (and pattern), however many get it; all get the same bytes.
 * 4. Messages are told at once and kept for nobody. A subscriber takes them (`deliver`) without running anybody else's code.
 *
 * Cost: publishing O(patterns + subscribers that it reaches), subscribing O(1).
 */
import { matchesGlobExactly } from "../common/glob.ts";
import { ReplyWriter } from "../resp/reply-writer.ts";

/** The three name spaces. */
export type SubscriptionKind = "channel" | "pattern" | "shard";

export interface Subscriber {
  /** Takes a message; throws nothing. */
  deliver(message: Message): void;
}

/** First word of a message by what it came through. */
const WORDS: Readonly<Record<SubscriptionKind, string>> = { channel: "message", pattern: "pmessage", shard: "smessage" };
const writers = { 2: new ReplyWriter(2), 3: new ReplyWriter(3) } as const;
/** Longest run of bytes that becomes text in one call. */
const TEXT_STEP = 8192;

/** A message as one kind of subscribers gets it. Its bytes are shared: nobody changes them. */
export class Message {
  readonly kind: SubscriptionKind;
  /** The pattern that its channel has matched, if it came through one. */
  readonly pattern: string | undefined;
  readonly channel: string;
  readonly payload: Uint8Array;
  readonly #frames: { 2?: Uint8Array; 3?: Uint8Array } = {};

  constructor(kind: SubscriptionKind, channel: string, payload: Uint8Array, pattern?: string) {
    this.kind = kind;
    this.channel = channel;
    this.payload = payload;
    this.pattern = pattern;
  }

  /** The message in RESP. */
  frame(protocol: 2 | 3): Uint8Array {
    const known = this.#frames[protocol];
    if (known !== undefined) return known;
    const writer = writers[protocol];
    writer.push(this.pattern === undefined ? 3 : 4);
    writer.bulk(WORDS[this.kind]);
    if (this.pattern !== undefined) writer.bulk(bytesOfName(this.pattern));
    writer.bulk(bytesOfName(this.channel));
    writer.bulk(this.payload);
    const frame = writer.take();
    this.#frames[protocol] = frame;
    return frame;
  }
}

type Listeners = Map<string, Set<Subscriber>>;

export class PubSub {
  /** Has everything told that has happened before a message. */
  precede: () => void = () => {};
  readonly #listeners: Readonly<Record<SubscriptionKind, Listeners>> = { channel: new Map(), pattern: new Map(), shard: new Map() };

  /** What a subscriber listens to: nothing yet. `changed` hears how much it is after each change. */
  open(subscriber: Subscriber, changed: (total: number) => void = () => {}): Subscriptions {
    return new Subscriptions(this.#listeners, subscriber, changed);
  }

  /**
   * Sends a message to the subscribers of a channel and of patterns, behind the notifications of what was done before; how many times it was
   * delivered. `isInside`: what was done is not committed yet, so that its notifications come later.
   */
  publish(channel: string, payload: Uint8Array, isInside = false): number {
    if (!isInside) this.precede();
    return this.send(channel, payload);
  }

  /** The same without a look at what was before. */
  send(channel: string, payload: Uint8Array): number {
    let delivered = tell(this.#listeners.channel.get(channel), () => new Message("channel", channel, payload));
    for (const [pattern, subscribers] of this.#listeners.pattern) {
      if (!matchesGlobExactly(pattern, channel)) continue;
      delivered += tell(subscribers, () => new Message("pattern", channel, payload, pattern));
    }
    return delivered;
  }

  /** The same of a shard channel, which patterns don't concern. */
  publishToShard(channel: string, payload: Uint8Array): number {
    return tell(this.#listeners.shard.get(channel), () => new Message("shard", channel, payload));
  }

  /** How often a message would be delivered now. */
  countReached(channel: string): number {
    let count = this.countSubscribers("channel", channel);
    for (const [pattern, subscribers] of this.#listeners.pattern) if (matchesGlobExactly(pattern, channel)) count += subscribers.size;
    return count;
  }

  /** Subscribers of a name. */
  countSubscribers(kind: SubscriptionKind, name: string): number {
    return this.#listeners[kind].get(name)?.size ?? 0;
  }

  /** Names that somebody is subscribed to. */
  names(kind: SubscriptionKind): Iterable<string> {
    return this.#listeners[kind].keys();
  }

  /** How many they are. */
  count(kind: SubscriptionKind): number {
    return this.#listeners[kind].size;
  }

  /** Nobody listens to anything but shard channels. */
  get isSilent(): boolean {
    return this.#listeners.channel.size === 0 && this.#listeners.pattern.size === 0;
  }
}

/** What one subscriber listens to. */
export class Subscriptions {
  readonly #listeners: Readonly<Record<SubscriptionKind, Listeners>>;
  readonly #subscriber: Subscriber;
  readonly #changed: (total: number) => void;
  readonly #own: Partial<Record<SubscriptionKind, Set<string>>> = {};

  constructor(listeners: Readonly<Record<SubscriptionKind, Listeners>>, subscriber: Subscriber, changed: (total: number) => void) {
    this.#listeners = listeners;
    this.#subscriber = subscriber;
    this.#changed = changed;
  }

  count(kind: SubscriptionKind): number {
    return this.#own[kind]?.size ?? 0;
  }

  get total(): number {
    return this.count("channel") + this.count("pattern") + this.count("shard");
  }

  /** What it listens to, in the order in which it began. */
  names(kind: SubscriptionKind): readonly string[] {
    return [...(this.#own[kind] ?? [])];
  }

  /** Listens to one more; false: it did already. */
  add(kind: SubscriptionKind, name: string): boolean {
    let own = this.#own[kind];
    if (own === undefined) {
      own = new Set();
      this.#own[kind] = own;
    }
    if (own.has(name)) return false;
    own.add(name);
    const listeners = this.#listeners[kind];
    const subscribers = listeners.get(name);
    if (subscribers === undefined) listeners.set(name, new Set([this.#subscriber]));
    else subscribers.add(this.#subscriber);
    this.#changed(this.total);
    return true;
  }

  /** Ends that; false: it did not listen to it. */
  remove(kind: SubscriptionKind, name: string): boolean {
    if (this.#own[kind]?.delete(name) !== true) return false;
    this.#leave(kind, name);
    this.#changed(this.total);
    return true;
  }

  /** Ends them all. */
  clear(): void {
    if (this.total === 0) return;
    for (const kind of ["channel", "pattern", "shard"] as const) {
      for (const name of this.#own[kind] ?? []) this.#leave(kind, name);
      delete this.#own[kind];
    }
    this.#changed(0);
  }

  #leave(kind: SubscriptionKind, name: string): void {
    const listeners = this.#listeners[kind];
    const subscribers = listeners.get(name);
    subscribers?.delete(this.#subscriber);
    if (subscribers?.size === 0) listeners.delete(name);
  }
}

/** Tells subscribers of a message, which is made if there are any; how many there are. One that is told may leave. */
function tell(subscribers: Set<Subscriber> | undefined, make: () => Message): number {
  if (subscribers === undefined) return 0;
  const count = subscribers.size;
  const message = make();
  for (const subscriber of subscribers) subscriber.deliver(message);
  return count;
}

/** The name with these bytes. */
export function nameOfBytes(bytes: Uint8Array): string {
  if (bytes.length <= TEXT_STEP) return String.fromCharCode(...bytes);
  let name = "";
  for (let at = 0; at < bytes.length; at += TEXT_STEP) name += String.fromCharCode(...bytes.subarray(at, at + TEXT_STEP));
  return name;
}

/** The bytes of a name. */
export function bytesOfName(name: string): Uint8Array {
  const bytes = new Uint8Array(name.length);
  for (let at = 0; at < name.length; at++) bytes[at] = name.charCodeAt(at);
  return bytes;
}
