/**
 * Goal: host and engine agree on the contract of assembly/abi/README.md, where a fake engine can only agree with the host.
 * Method: the built debug engine (its own assertions on) driven through the door; not run in a tree that was not built.
 */
import { existsSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { COMMAND_COUNT, COMMAND_PING, COMMAND_TIME } from "../../../../assembly/abi/commands.ts";
import { SESSION_AUTHENTICATED, SESSION_HELD_LENGTH, SESSION_LAST_COMMAND, SESSION_REPLY_MODE } from "../../../../assembly/abi/layout.ts";
import {
  EXECUTE_CLOSE,
  EXECUTE_DONE,
  EXECUTE_HOST_COMMAND,
  EXECUTE_YIELD,
  PURPOSE_SESSION,
  REPLY_OFF,
  REPLY_ON,
  SETTING_EFFECTS,
} from "../../../../assembly/abi/status.ts";
import { Engine } from "../../../../host/engine/engine.ts";
import { compileEngine, instantiateEngine } from "../../../../host/engine/instance.ts";

const FILE = new URL("../../../../dist/engine.debug.wasm", import.meta.url);
const NOW_MS = 1_700_000_000_000;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.skipIf(!existsSync(FILE))("the built engine", () => {
  let engine: Engine;
  const open = (): number => {
    const handle = engine.openSession();
    engine.setSession(handle, SESSION_AUTHENTICATED, 1);
    return handle;
  };
  const execute = (handle: number, text: string): number => engine.execute(handle, engine.loadInput(encode(text), 0), NOW_MS);
  const reply = (): string => new TextDecoder().decode(engine.replyView());

  beforeEach(async () => {
    const module = await compileEngine(readFileSync(FILE));
    engine = new Engine(
      instantiateEngine(module, new Uint8Array(8), () => {}),
      COMMAND_COUNT,
    );
  });

  it("runs, counts and digests", () => {
    const handle = open();
    const empty = engine.digest(-1);
    expect(execute(handle, "SET a 1\r\nGET a\r\nGET b\r\nPING\r\n")).toBe(EXECUTE_DONE);
    expect(reply()).toBe("+OK\r\n$1\r\n1\r\n$-1\r\n+PONG\r\n");
    const { statistics } = engine;
    expect([statistics.hits, statistics.misses, statistics.commands]).toEqual([1, 1, 4]);
    expect(statistics.database(0)).toEqual({ keys: 1, expiring: 0 });
    expect(statistics.calls(COMMAND_PING)).toEqual({ calls: 1, failed: 0, rejected: 0 });
    expect(engine.sessionField(handle, SESSION_LAST_COMMAND)).toBe(COMMAND_PING + 1);
    expect(engine.digest(-1)).not.toEqual(empty);
    engine.resetStatistics();
    expect(statistics.commands).toBe(0);
  });

  it("holds unfinished input, and frees it with the session", () => {
    const before = engine.statistics.memoryBytes(PURPOSE_SESSION);
    const handle = open();
    const unfinished = "*2\r\n$4\r\nECHO\r\n$1000\r\nabc";
    expect(execute(handle, unfinished)).toBe(EXECUTE_DONE);
    expect(engine.replyLength).toBe(0);
    expect(engine.sessionField(handle, SESSION_HELD_LENGTH)).toBe(unfinished.length);
    engine.closeSession(handle);
    expect(engine.statistics.memoryBytes(PURPOSE_SESSION)).toBe(before);
    expect(engine.checkInvariants()).toBe(0);
  });

  it("takes the host's answer at once, and after other sessions ran", () => {
    const [first, second] = [open(), open()];
    expect(execute(first, "PING\r\nTIME\r\nECHO x\r\n")).toBe(EXECUTE_HOST_COMMAND);
    expect(engine.hostCommandId).toBe(COMMAND_TIME);
    expect(engine.arguments()).toEqual([encode("TIME")]);
    engine.appendReply(encode("+now\r\n"));
    expect(engine.resume(first, NOW_MS)).toBe(EXECUTE_DONE);
    expect(reply()).toBe("+PONG\r\n+now\r\n$1\r\nx\r\n");

    expect(execute(first, "TIME\r\nECHO y\r\nECHO z")).toBe(EXECUTE_HOST_COMMAND);
    engine.clearReply();
    engine.suspend(first);
    expect(execute(second, "TIME\r\nPING\r\n")).toBe(EXECUTE_HOST_COMMAND);
    engine.appendReply(encode("+other\r\n"));
    engine.resume(second, NOW_MS);
    expect(reply()).toBe("+other\r\n+PONG\r\n");
    engine.clearReply();
    engine.appendReply(encode("+late\r\n"));
    expect(engine.resume(first, NOW_MS)).toBe(EXECUTE_DONE);
    expect(reply()).toBe("+late\r\n$1\r\ny\r\n");
    expect(execute(first, "\r\n")).toBe(EXECUTE_DONE);
    expect(reply()).toBe("$1\r\nz\r\n");
  });

  it("lets a session be closed in every state", () => {
    const before = engine.statistics.memoryBytes(PURPOSE_SESSION);
    const other = open();
    const pending = open();
    expect(execute(pending, "TIME\r\nPING\r\n")).toBe(EXECUTE_HOST_COMMAND);
    engine.closeSession(pending);
    const suspended = open();
    expect(execute(suspended, "TIME\r\nPING\r\n")).toBe(EXECUTE_HOST_COMMAND);
    engine.suspend(suspended);
    engine.closeSession(suspended);
    expect(execute(other, "PING\r\n")).toBe(EXECUTE_DONE);
    expect(reply()).toBe("+PONG\r\n");
    engine.closeSession(other);
    expect(engine.statistics.memoryBytes(PURPOSE_SESSION)).toBe(before);
    expect(engine.checkInvariants()).toBe(0);
  });

  it("drops answers of a session that wants none", () => {
    const handle = open();
    execute(handle, "TIME\r\nPING\r\n");
    engine.setSession(handle, SESSION_REPLY_MODE, REPLY_OFF);
    engine.appendReply(encode("+hidden\r\n"));
    expect(engine.resume(handle, NOW_MS)).toBe(EXECUTE_DONE);
    expect(reply()).toBe("");
    engine.setSession(handle, SESSION_REPLY_MODE, REPLY_ON);
    execute(handle, "PING\r\n");
    expect(reply()).toBe("+PONG\r\n");
  });

  it("yields on long replies and goes on, suspended or not", () => {
    const handle = open();
    execute(handle, `SET big ${"x".repeat(50_000)}\r\n`);
    let status = execute(handle, "GET big\r\n".repeat(100));
    let replies = 0;
    let yields = 0;
    for (; status === EXECUTE_YIELD; yields++) {
      replies += engine.replyLength;
      engine.clearReply();
      if (yields % 2 === 0) engine.suspend(handle);
      status = engine.resume(handle, NOW_MS);
    }
    expect(status).toBe(EXECUTE_DONE);
    expect(yields).toBeGreaterThan(1);
    expect(replies + engine.replyLength).toBe(100 * 50_010);
  });

  it("closes after QUIT and after a broken request", () => {
    expect(execute(open(), "QUIT\r\nPING\r\n")).toBe(EXECUTE_CLOSE);
    expect(reply()).toBe("+OK\r\n");
    expect(execute(open(), "*1\r\nnonsense\r\n")).toBe(EXECUTE_CLOSE);
    expect(reply()).toMatch(/^-ERR Protocol error/);
  });

  it("logs effects only while they are wanted, and replays them", () => {
    const handle = open();
    execute(handle, "SET before 1\r\n");
    expect(engine.effectLength).toBe(0);
    engine.configure(SETTING_EFFECTS, 1);
    execute(handle, "FLUSHALL\r\nSET a 1\r\nINCR a\r\nSET gone x PX 5\r\n");
    engine.maintain(NOW_MS + 10, 1000, true);
    const effects = engine.takeEffects();
    expect(effects.length).toBeGreaterThan(0);
    expect(engine.effectLength).toBe(0);
    engine.configure(SETTING_EFFECTS, 0);
    const content = engine.digest(-1);
    execute(handle, "SET a other\r\nSET c 3\r\n");
    engine.replay(effects, NOW_MS + 10);
    expect(engine.digest(-1)).toEqual(content);
    expect(() => engine.replay(encode("*1\r\n$4\r\nPI"), NOW_MS)).toThrow(expect.objectContaining({ code: "ENGINE_INVALID" }));
    expect(engine.checkInvariants()).toBe(0);
  });
});
