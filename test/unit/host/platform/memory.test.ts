/**
 * Goal: the in-process adapters behave as the real ones do, and as their heads say, so that tests built on them mean something.
 * Method: direct steps; bytes move in microtasks, which a turn of the event loop runs.
 */
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../../host/platform/memory/clock.ts";
import { MemoryListener } from "../../../../host/platform/memory/listener.ts";
import { SeededRandom } from "../../../../host/platform/memory/random.ts";
import { nodeClock } from "../../../../host/platform/node/clock.ts";
import { nodeRandom } from "../../../../host/platform/node/random.ts";
import type { Socket } from "../../../../host/platform/types.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("manual clock", () => {
  it("runs timers in order of time, then of creation, the ones they set included", () => {
    const clock = new ManualClock(1_000_000);
    const seen: string[] = [];
    clock.setTimer(() => seen.push(`b${clock.nowMs()}`), 20);
    clock.setTimer(() => {
      seen.push(`a${clock.nowMs()}`);
      clock.setTimer(() => seen.push(`c${clock.nowMs()}`), 10);
    }, 10);
    clock.setTimer(() => seen.push("cancelled"), 15).cancel();
    clock.advance(19);
    expect(seen).toEqual(["a1000010"]);
    clock.advance(1);
    expect(seen).toEqual(["a1000010", "b1000020", "c1000020"]);
    expect(clock.timerCount).toBe(0);
  });

  it("lets the wall clock go backwards while monotonic time goes on", () => {
    const clock = new ManualClock(5000);
    clock.advance(100);
    clock.setNow(1000);
    clock.spend(5);
    expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1005, 105]);
  });
});

describe("random", () => {
  it("repeats itself from a seed, and only then", () => {
    const bytes = (seed: number): number[] => [...new SeededRandom(seed).fill(new Uint8Array(32))];
    expect(bytes(7)).toEqual(bytes(7));
    expect(bytes(7)).not.toEqual(bytes(8));
    const random = new SeededRandom(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) counts[random.below(10)] = (counts[random.below(10)] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(800);
  });

  it("takes entropy from the operating system on Node", () => {
    const first = nodeRandom.fill(new Uint8Array(32));
    expect(first).not.toEqual(nodeRandom.fill(new Uint8Array(32)));
  });
});

describe("node clock", () => {
  it("tells time and runs a timer that was not cancelled", async () => {
    const before = nodeClock.monotonicMs();
    let cancelledRan = false;
    nodeClock
      .setTimer(() => {
        cancelledRan = true;
      }, 0)
      .cancel();
    await new Promise<void>((resolve) => nodeClock.setTimer(resolve, 1));
    expect(nodeClock.monotonicMs()).toBeGreaterThan(before);
    expect(Math.abs(nodeClock.nowMs() - Date.now())).toBeLessThan(1000);
    expect(cancelledRan).toBe(false);
  });
});

describe("in-process sockets", () => {
  async function open(bufferBytes?: number) {
    const listener = new MemoryListener(bufferBytes);
    const events: string[] = [];
    let socket: Socket | undefined;
    await listener.listen({ host: "memory", port: 1 }, (accepted) => {
      socket = accepted;
      return {
        data: (bytes) => events.push(decode(bytes)),
        drain: () => events.push("drain"),
        close: (error) => events.push(`close ${error?.message ?? "orderly"}`),
      };
    });
    const client = listener.connect();
    return { listener, client, events, socket: socket as Socket };
  }

  it("carries bytes both ways, and none while paused", async () => {
    const { client, events, socket } = await open();
    client.send(encode("a"));
    expect(events).toEqual([]);
    await turn();
    socket.pause();
    client.send(encode("b"));
    await turn();
    expect(events).toEqual(["a"]);
    socket.resume();
    expect(events).toEqual(["a"]);
    await turn();
    expect(events).toEqual(["a", "b"]);
    socket.write(encode("reply"));
    expect(decode(client.take())).toBe("reply");
  });

  it("holds output that a client does not read, and drains", async () => {
    const { client, events, socket } = await open(10);
    client.stopReading();
    expect(socket.write(encode("12345678"))).toBe(true);
    expect(socket.write(encode("9abcdef"))).toBe(false);
    expect(socket.pendingBytes).toBe(5);
    client.startReading();
    await turn();
    expect(events).toEqual(["drain"]);
    expect(decode(client.take())).toBe("123456789abcdef");
  });

  it("ends after pending output, or at once, and says so once", async () => {
    const first = await open(2);
    first.client.stopReading();
    first.socket.write(encode("pending"));
    first.socket.end();
    await turn();
    expect(first.client.closed).toBe(false);
    first.client.startReading();
    await turn();
    expect(decode(first.client.take())).toBe("pending");
    expect(first.events.filter((event) => event.startsWith("close"))).toEqual(["close orderly"]);
    const second = await open();
    second.client.close(new Error("reset"));
    second.socket.destroy();
    await turn();
    expect(second.events).toEqual(["close reset"]);
  });

  it("refuses a second listener and connections to none", async () => {
    const { listener } = await open();
    await expect(listener.listen({ host: "memory", port: 1 }, () => ({ data() {}, drain() {}, close() {} }))).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
    });
    expect(() => new MemoryListener().connect()).toThrow(expect.objectContaining({ code: "ADDRESS_INVALID" }));
  });
});
