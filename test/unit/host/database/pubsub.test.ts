/**
 * Messages between subscribers. Goal: each gets what it listens to, in order, counted, and encoded once for all; names of events and
 * letters of classes are those that the engine means. Method: recording subscribers, and a model of sets for random subscriptions.
 */
import { describe, expect, it } from "vitest";
import * as abi from "../../../../assembly/abi/notification.ts";
import { readEventClasses, writeEventClasses } from "../../../../host/common/event-classes.ts";
import { EVENT_NAMES } from "../../../../host/database/event-names.ts";
import {
  bytesOfName,
  type Message,
  nameOfBytes,
  PubSub,
  type Subscriber,
  type SubscriptionKind,
} from "../../../../host/database/pubsub.ts";
import { SeededRandom } from "../../../../host/platform/memory/random.ts";

const SEED = 7;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

class Recorder implements Subscriber {
  readonly messages: Message[] = [];

  deliver(message: Message): void {
    this.messages.push(message);
  }

  take(): string[] {
    return this.messages.splice(0).map(({ kind, channel, pattern, payload }) => [kind, pattern, channel, decode(payload)].join(" "));
  }
}

describe("messages", () => {
  it("reach channels first, then patterns, once for each", () => {
    const hub = new PubSub();
    const reader = new Recorder();
    const own = hub.open(reader);
    own.add("pattern", "a*");
    own.add("pattern", "*");
    own.add("channel", "ab");
    own.add("shard", "ab");
    expect(hub.publish("ab", encode("x"))).toBe(3);
    expect(reader.take()).toEqual(["channel  ab x", "pattern a* ab x", "pattern * ab x"]);
    expect(hub.publishToShard("ab", encode("y"))).toBe(1);
    expect(reader.take()).toEqual(["shard  ab y"]);
    expect(hub.countReached("ab")).toBe(3);
    expect(hub.publish("AB", encode("z"))).toBe(1);
  });

  it("are encoded once for each protocol, whoever gets them", () => {
    const hub = new PubSub();
    const readers = [new Recorder(), new Recorder()];
    for (const reader of readers) hub.open(reader).add("channel", "c");
    hub.publish("c", encode("x"));
    const [left, right] = readers.map(({ messages }) => messages[0] as Message);
    expect(left?.frame(2)).toBe(right?.frame(2));
    expect(left?.frame(3)).toBe(right?.frame(3));
    expect(decode(left?.frame(2) ?? new Uint8Array(0))).toBe("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n");
    expect(decode(left?.frame(3) ?? new Uint8Array(0))).toBe(">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n");
  });

  it("let a subscriber leave while it is told", () => {
    const hub = new PubSub();
    const told: number[] = [];
    const join = (number: number): void => {
      const own = hub.open({
        deliver: () => {
          told.push(number);
          own.clear();
        },
      });
      own.add("channel", "c");
      own.add("pattern", "*");
    };
    for (let number = 0; number < 4; number++) join(number);
    expect(hub.publish("c", encode(""))).toBe(4);
    expect(told).toEqual([0, 1, 2, 3]);
    expect([hub.count("channel"), hub.count("pattern"), hub.publish("c", encode(""))]).toEqual([0, 0, 0]);
  });
});

describe("subscriptions", () => {
  it(`are what a model of sets says, at random (seed ${SEED})`, () => {
    const random = new SeededRandom(SEED);
    const hub = new PubSub();
    const kinds: readonly SubscriptionKind[] = ["channel", "pattern", "shard"];
    const byte = (): number => random.fill(new Uint8Array(1))[0] ?? 0;
    const members = Array.from({ length: 5 }, () => {
      const totals: number[] = [];
      return { model: new Set<string>(), totals, own: hub.open(new Recorder(), (total) => totals.push(total)) };
    });
    for (let step = 0; step < 5000; step++) {
      const { model, totals, own } = members[byte() % members.length] as (typeof members)[number];
      const kind = kinds[byte() % 3] as SubscriptionKind;
      const name = String.fromCharCode(97 + (byte() % 4));
      const known = model.has(kind + name);
      const before = totals.length;
      if (byte() % 100 === 0) {
        own.clear();
        model.clear();
      } else if (byte() % 2 === 0) {
        expect(own.add(kind, name)).toBe(!known);
        model.add(kind + name);
      } else {
        expect(own.remove(kind, name)).toBe(known);
        model.delete(kind + name);
      }
      expect(own.total).toBe(model.size);
      if (totals.length > before) expect(totals.at(-1)).toBe(model.size);
      const listeners = members.filter((member) => member.model.has(kind + name)).length;
      expect(hub.countSubscribers(kind, name)).toBe(listeners);
      expect([...hub.names(kind)].includes(name)).toBe(listeners > 0);
    }
  });

  it("have names of any bytes", () => {
    const bytes = new Uint8Array(20_000).map((_, at) => at % 256);
    expect(bytesOfName(nameOfBytes(bytes))).toEqual(bytes);
    expect(nameOfBytes(new Uint8Array(0))).toBe("");
  });
});

describe("events", () => {
  it("all have a name of their own", () => {
    const numbers = Object.entries(abi).filter(([name]) => name.startsWith("EVENT_"));
    expect([...EVENT_NAMES.keys()].sort((a, b) => a - b)).toEqual(numbers.map(([, number]) => number).sort((a, b) => a - b));
    expect(new Set(EVENT_NAMES.values()).size).toBe(EVENT_NAMES.size);
  });

  it("have classes whose letters are the engine's bits", () => {
    const letters: readonly (readonly [string, number])[] = [
      ["K", abi.NOTIFY_KEYSPACE],
      ["E", abi.NOTIFY_KEYEVENT],
      ["g", abi.NOTIFY_GENERIC],
      ["$", abi.NOTIFY_STRING],
      ["l", abi.NOTIFY_LIST],
      ["s", abi.NOTIFY_SET],
      ["h", abi.NOTIFY_HASH],
      ["z", abi.NOTIFY_SORTED_SET],
      ["x", abi.NOTIFY_EXPIRED],
      ["e", abi.NOTIFY_EVICTED],
      ["t", abi.NOTIFY_STREAM],
      ["m", abi.NOTIFY_KEY_MISS],
      ["d", abi.NOTIFY_MODULE],
      ["n", abi.NOTIFY_NEW],
      ["A", abi.NOTIFY_ALL],
    ];
    for (const [letter, bits] of letters) {
      expect(readEventClasses(letter)).toBe(bits);
      expect(writeEventClasses(bits)).toBe(letter);
    }
    expect(readEventClasses("g$lshzxetd")).toBe(abi.NOTIFY_ALL);
    expect(readEventClasses("gq")).toBeUndefined();
    for (let bits = 0; bits < 32768; bits += 37) {
      const known = bits & ~4096;
      expect(readEventClasses(writeEventClasses(known))).toBe(known);
    }
  });
});
