/**
 * Goal: the engine door hands bytes over unharmed, survives memory growth, and never uses an engine that has failed.
 * Method: the fake engine over a real WebAssembly memory; each test drives the calls as a connection would.
 */
import { describe, expect, it } from "vitest";
import { DATABASE_SIZE, SESSION_DATABASE, SESSION_LAST_COMMAND } from "../../../../assembly/abi/layout.ts";
import { EXECUTE_CLOSE, EXECUTE_DONE, EXECUTE_HOST_COMMAND, EXECUTE_YIELD, SETTING_MAX_MEMORY } from "../../../../assembly/abi/status.ts";
import { Engine } from "../../../../host/engine/engine.ts";
import { FAKE_COMMAND_COUNT, FAKE_HOST_COMMAND, FakeEngine } from "./fake-engine.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function open(options = {}): { fake: FakeEngine; engine: Engine } {
  const fake = new FakeEngine(options);
  return { fake, engine: new Engine(fake.exports, FAKE_COMMAND_COUNT) };
}

function execute(engine: Engine, handle: number, text: string): number {
  return engine.execute(handle, engine.loadInput(encode(text), 0), 1000);
}

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("requests", () => {
  it("runs input and shows the reply", () => {
    const { engine } = open();
    const handle = engine.openSession();
    expect(execute(engine, handle, "PING\nECHO hello\n")).toBe(EXECUTE_DONE);
    expect(decode(engine.replyView())).toBe("+PONG\r\n+hello\r\n");
    expect(engine.replyLength).toBe(15);
  });

  it("loads no more than fits, and goes on from an offset", () => {
    const { engine } = open({ inputCapacity: 4 });
    const bytes = encode("ECHO hi\n");
    expect(engine.loadInput(bytes, 0)).toBe(4);
    const handle = engine.openSession();
    engine.execute(handle, 4, 0);
    expect(engine.loadInput(bytes, 4)).toBe(4);
    engine.execute(handle, 4, 0);
    expect(decode(engine.replyView())).toBe("+hi\r\n");
    expect(engine.loadInput(bytes, 6)).toBe(2);
  });

  it("renews its views when memory grows in the middle of a pipeline", () => {
    const { engine } = open();
    const handle = engine.openSession();
    const before = engine.statistics.memoryReservedBytes;
    execute(engine, handle, "GROW\nECHO after\n");
    expect(decode(engine.replyView())).toBe("+OK\r\n+after\r\n");
    expect(engine.statistics.memoryReservedBytes).toBe(before + 65_536);
    execute(engine, handle, "PING\n");
    expect(decode(engine.replyView())).toBe("+PONG\r\n");
  });

  it("hands over a host command, takes the answer and goes on", () => {
    const { engine } = open();
    const handle = engine.openSession();
    expect(execute(engine, handle, "PING\nHOST a bc\nPING\n")).toBe(EXECUTE_HOST_COMMAND);
    expect(engine.hostCommandId).toBe(FAKE_HOST_COMMAND);
    expect(engine.arguments().map(decode)).toEqual(["HOST", "a", "bc"]);
    engine.appendReply(encode("+host\r\n"));
    expect(engine.resume(handle, 1000)).toBe(EXECUTE_DONE);
    expect(decode(engine.replyView())).toBe("+PONG\r\n+host\r\n+PONG\r\n");
  });

  it("copies the arguments: they outlive the next call and memory growth", () => {
    const { engine } = open();
    const handle = engine.openSession();
    execute(engine, handle, "HOST first\nGROW\n");
    const args = engine.arguments();
    engine.resume(handle, 1000);
    execute(engine, handle, "HOST other\n");
    expect(args.map(decode)).toEqual(["HOST", "first"]);
  });

  it("yields on a long reply, and other sessions run while it is suspended", () => {
    const { engine } = open({ yieldBytes: 10 });
    const [first, second] = [engine.openSession(), engine.openSession()];
    expect(execute(engine, first, "BIG 20\nPING\n")).toBe(EXECUTE_YIELD);
    engine.clearReply();
    engine.suspend(first);
    execute(engine, second, "ECHO between\n");
    expect(decode(engine.replyView())).toBe("+between\r\n");
    engine.clearReply();
    expect(engine.resume(first, 1000)).toBe(EXECUTE_DONE);
    expect(decode(engine.replyView())).toBe("+PONG\r\n");
  });

  it("passes CLOSE on", () => {
    const { engine } = open();
    expect(execute(engine, engine.openSession(), "QUIT\nPING\n")).toBe(EXECUTE_CLOSE);
    expect(decode(engine.replyView())).toBe("+OK\r\n");
  });
});

describe("sessions, settings and facts", () => {
  it("sets and reads session fields, and refuses a field that is read only", () => {
    const { engine } = open();
    const handle = engine.openSession();
    engine.setSession(handle, SESSION_DATABASE, 7);
    expect(engine.sessionField(handle, SESSION_DATABASE)).toBe(7);
    expect(thrownBy(() => engine.setSession(handle, SESSION_LAST_COMMAND, 1))).toMatchObject({ code: "ENGINE_INVALID" });
  });

  it("says so when there is no memory for a session or a reply, and stays usable", () => {
    const { fake, engine } = open();
    const handle = engine.openSession();
    fake.outOfMemory = true;
    expect(thrownBy(() => engine.openSession())).toMatchObject({ code: "OUT_OF_MEMORY" });
    expect(thrownBy(() => engine.appendReply(encode("x")))).toMatchObject({ code: "OUT_OF_MEMORY" });
    fake.outOfMemory = false;
    expect(execute(engine, handle, "PING\n")).toBe(EXECUTE_DONE);
    expect(engine.failure).toBeUndefined();
  });

  it("configures, and refuses what the engine refuses", () => {
    const { fake, engine } = open();
    engine.configure(SETTING_MAX_MEMORY, 1e10);
    expect(fake.settings.get(SETTING_MAX_MEMORY)).toBe(1e10);
    expect(thrownBy(() => engine.configure(100, 1))).toMatchObject({ code: "ENGINE_INVALID" });
  });

  it("reads counters, databases, calls and memory at their offsets", () => {
    const { fake, engine } = open();
    const { databases, calls, purposes } = fake.addresses;
    fake.setWord(databases + 3 * DATABASE_SIZE, 4_000_000_000);
    fake.setWord(databases + 3 * DATABASE_SIZE + 4, 12);
    for (const [i, value] of [11, 12, 13, 14, 21, 22, 23, 24, 31, 32, 33, 34].entries()) fake.setFloat(calls + i * 8, value);
    for (let i = 0; i < 7; i++) fake.setFloat(purposes + i * 8, 2 ** i * 1e9);
    expect(engine.statistics.database(3)).toEqual({ keys: 4_000_000_000, expiring: 12 });
    expect(engine.statistics.calls(2)).toEqual({ calls: 13, failed: 23, rejected: 33 });
    expect(engine.statistics.memoryBytes(2)).toBe(4e9);
    expect(engine.statistics.memoryUsedBytes).toBe(127e9);
  });

  it("answers a digest as four unsigned words", () => {
    const { engine } = open();
    expect(engine.digest(2)).toEqual([0xf0000002, 0xf0000003, 0xf0000004, 0xf0000005]);
    expect(thrownBy(() => engine.digest(16))).toMatchObject({ code: "ENGINE_INVALID" });
  });

  it("takes effects once, and replays them", () => {
    const { engine } = open();
    engine.replay(encode("SET a 1;"), 5);
    expect(decode(engine.takeEffects())).toBe("SET a 1;");
    expect(engine.effectLength).toBe(0);
    expect(thrownBy(() => engine.replay(encode("broken"), 5))).toMatchObject({ code: "ENGINE_INVALID" });
    expect(thrownBy(() => engine.replay(new Uint8Array(65_537), 5))).toMatchObject({ message: expect.stringContaining("65537 bytes") });
  });
});

describe("a failed engine", () => {
  it("keeps the first cause and refuses every later call with it", () => {
    const { engine } = open();
    const handle = engine.openSession();
    const first = thrownBy(() => execute(engine, handle, "TRAP\n"));
    expect(first).toMatchObject({ code: "ENGINE_FAILED", message: expect.stringContaining("unreachable") });
    expect((first as { cause: unknown }).cause).toBeInstanceOf(Error);
    expect(engine.failure).toBe(first);
    const calls: ReadonlyArray<() => unknown> = [
      () => engine.execute(handle, 0, 0),
      () => engine.resume(handle, 0),
      () => engine.suspend(handle),
      () => engine.clearReply(),
      () => engine.appendReply(encode("x")),
      () => engine.openSession(),
      () => engine.setSession(handle, 0, 0),
      () => engine.configure(0, 0),
      () => engine.maintain(0, 1, true),
      () => engine.takeEffects(),
      () => engine.replay(encode("x"), 0),
      () => engine.digest(-1),
      () => engine.resetStatistics(),
      () => engine.checkInvariants(),
    ];
    for (const call of calls) expect(thrownBy(call)).toBe(first);
    expect(() => engine.closeSession(handle)).not.toThrow();
  });
});
