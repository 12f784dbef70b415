/**
 * Goal: replies depend on the bytes of a request, never on how they arrive; nonsense is answered, never trapped on; every
 * limit holds at its edge; host commands and yields keep the order of replies, whatever other sessions do meanwhile.
 * Method: pipelines cut at every byte and mutated at random, compared with the whole; a conversation plays the host.
 */
import { describe, expect, it } from "vitest";
import { CONTROL_INPUT_CAPACITY, SESSION_HELD_LENGTH, SESSION_PROTOCOL, SESSION_REPLY_MODE } from "../../../assembly/abi/layout.ts";
import {
  EXECUTE_CLOSE,
  EXECUTE_DONE,
  EXECUTE_HOST_COMMAND,
  EXECUTE_YIELD,
  MAX_ARGUMENTS,
  MAX_BULK_BYTES,
  MAX_INLINE_BYTES,
  REPLY_OFF,
  REPLY_ON,
  REPLY_SKIP,
  REPLY_YIELD_BYTES,
  SETTING_MAX_BULK,
  SETTING_MAX_HELD,
  SETTING_REQUIRE_AUTH,
} from "../../../assembly/abi/status.ts";
import { bulk, engineBuilt, request, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { randomInput } from "../assembly/bytes/random-input.ts";
import { Conversation } from "./conversation.ts";
import { errorReply } from "./model.ts";
import { splitReplies } from "./reply.ts";

const OK = "+OK\r\n";

/** Whole requests of all kinds; none changes what a later one answers. */
const PIPELINES: readonly string[] = [
  request(["SET", "a", "1"]) + request(["GET", "a"]) + request(["ECHO", "x\r\ny"]),
  "PING\r\nSET a \"quoted \\x41\\n\" \r\n\r\nGET a\nECHO 'it\\'s'\r\n",
  `*0\r\n*-1\r\n${request(["PING"])}${request(["NOTHING", "a", "b"])}${request(["GET"])}`,
  request(["MSET", ...Array.from({ length: 40 }, (_, index) => `k${index}`)]) + request(["MGET", "k0", "k2", "missing"]),
  request(["PING"]) + request(["CONFIG", "GET", "maxmemory"]) + request(["ECHO", "behind"]) + request(["CLIENT", "ID"]),
  `${request(["PING"])}*1\r\n+PING\r\n${request(["PING"])}`,
  `${request(["PING"])}*x\r\n`,
  `${request(["PING"])}*2\r\n$4\r\nECHO\r\n$-5\r\n`,
  `PING\r\nECHO "open\r\n`,
  `${request(["SET", "", ""])}${request(["GET", ""])}${request(["STRLEN", "\0\r\n$5"])}`,
];

describe.skipIf(!engineBuilt)("requests in pieces", () => {
  it("cut at any byte, in two and in single bytes, give the replies of the whole", () => {
    const engine = new TestEngine("debug");
    for (const pipeline of PIPELINES) {
      const whole = new Conversation(engine).feedCut(pipeline, []);
      expect(splitReplies(whole.reply).length).toBeGreaterThan(1);
      for (let cut = 1; cut < pipeline.length; cut++) {
        const parts = new Conversation(engine).feedCut(pipeline, [cut]);
        expect([cut, parts.reply, parts.closed]).toEqual([cut, whole.reply, whole.closed]);
        parts.close();
      }
      const bytes = new Conversation(engine).feedPieces(pipeline, 1);
      expect([bytes.reply, bytes.closed]).toEqual([whole.reply, whole.closed]);
      bytes.close();
      whole.close();
    }
    engine.check();
  });

  it("long requests cut at random give the replies of the whole", () => {
    const engine = new TestEngine("debug");
    const random = randomInput(TEST_SEED);
    const value = "v".repeat(150_000);
    const many = Array.from({ length: 3000 }, (_, index) => `key:${index}`);
    const pipeline =
      request(["SET", "long", value]) +
      request(["DEL", ...many]) +
      request(["STRLEN", "long"]) +
      request(["ECHO", value]) +
      request(["PING"]);
    const whole = new Conversation(engine).feedPieces(pipeline, 200_000).reply;
    expect(whole).toBe(`${OK}:0\r\n:150000\r\n${bulk(value)}+PONG\r\n`);
    for (let round = 0; round < 60 * TEST_LENGTH; round++) {
      const cuts = Array.from({ length: 3 + random.below(6) }, () => random.below(pipeline.length)).sort((a, b) => a - b);
      const parts = new Conversation(engine).feedCut(pipeline, [...cuts.filter((cut) => cut > 0 && cut < 200_000), 200_000]);
      if (parts.reply !== whole) throw new Error(`cut at ${cuts}: ${parts.reply.length} bytes of reply`);
      parts.close();
    }
    engine.check();
  });

  it(`mutated requests are answered and leave no memory behind (seed ${TEST_SEED})`, () => {
    const engine = new TestEngine("debug");
    const before = engine.memoryByPurpose();
    const random = randomInput(TEST_SEED);
    let closed = 0;
    for (let round = 0; round < 6000 * TEST_LENGTH; round++) {
      let input = random.pick(PIPELINES) + random.pick(PIPELINES);
      for (let change = random.below(5); change >= 0; change--) {
        const at = random.below(input.length);
        input = input.slice(0, at) + random.text("*$\r\n0123456789-\"'\\x\0\xff", random.below(4)) + input.slice(at + random.below(4));
      }
      const parts = new Conversation(engine).feedPieces(input, 1 + random.below(input.length));
      splitReplies(parts.reply);
      if (parts.closed) closed++;
      parts.close();
    }
    expect(closed).toBeGreaterThan(1000);
    const session = engine.open();
    engine.command(session, ["FLUSHALL"]);
    engine.settle();
    engine.finish(session);
    engine.check();
    expect(engine.memoryByPurpose()).toEqual(before);
  });
});

/** Feeds input to a new session of the engine; its reply and whether it was closed. */
function answerTo(engine: TestEngine, input: string, authenticated = true): readonly [string, boolean] {
  const conversation = new Conversation(engine, undefined, authenticated).feedPieces(input, engine.control(CONTROL_INPUT_CAPACITY));
  conversation.close();
  return [conversation.reply, conversation.closed];
}

describe.skipIf(!engineBuilt)("limits", () => {
  it("inline commands: 64 KiB and not a byte more, whole or not", () => {
    const engine = new TestEngine("debug");
    const words = `ECHO ${"x".repeat(MAX_INLINE_BYTES - 5)}`;
    const refused = [errorReply("PROTOCOL_INLINE_TOO_BIG"), true];
    expect(answerTo(engine, `${words}\n`)).toEqual([bulk(words.slice(5)), false]);
    expect(answerTo(engine, `${words}x\n`)).toEqual(refused);
    expect(answerTo(engine, words)).toEqual(["", false]);
    expect(answerTo(engine, `${words}x`)).toEqual(refused);
    const blanks = `${" a".repeat(32_000)}\n`;
    expect(answerTo(engine, blanks)[0]).toMatch(/^-ERR unknown command 'a'/);
  });

  it("lengths of requests and bulks", () => {
    const engine = new TestEngine("debug");
    const invalidCount = [errorReply("PROTOCOL_INVALID_MULTIBULK"), true];
    const invalidBulk = [errorReply("PROTOCOL_INVALID_BULK"), true];
    expect(answerTo(engine, `*${MAX_ARGUMENTS}\r\n`)).toEqual(["", false]);
    expect(answerTo(engine, `*${MAX_ARGUMENTS + 1}\r\n`)).toEqual(invalidCount);
    for (const count of ["99999999999999999999", "1x", "", "01", "--1"]) expect(answerTo(engine, `*${count}\r\n`)).toEqual(invalidCount);
    expect(answerTo(engine, `*1\r\n$${MAX_BULK_BYTES}\r\n`)).toEqual(["", false]);
    expect(answerTo(engine, `*1\r\n$${MAX_BULK_BYTES + 1}\r\n`)).toEqual(invalidBulk);
    for (const length of ["-1", "4294967297", "x", ""]) expect(answerTo(engine, `*1\r\n$${length}\r\n`)).toEqual(invalidBulk);
    engine.configure(SETTING_MAX_BULK, 100);
    expect(answerTo(engine, request(["ECHO", "x".repeat(100)]))).toEqual([bulk("x".repeat(100)), false]);
    expect(answerTo(engine, request(["ECHO", "x".repeat(101)]))).toEqual(invalidBulk);
    const line = "1".repeat(MAX_INLINE_BYTES + 1);
    expect(answerTo(engine, `*${line}`)).toEqual([errorReply("PROTOCOL_MULTIBULK_COUNT_TOO_BIG"), true]);
    expect(answerTo(engine, `*1\r\n$${line}`)).toEqual([errorReply("PROTOCOL_BULK_COUNT_TOO_BIG"), true]);
  });

  it("sessions that have not authenticated: ten arguments of 16 KiB", () => {
    const engine = new TestEngine("debug");
    engine.configure(SETTING_REQUIRE_AUTH, 1);
    const noAuth = errorReply("NOAUTH");
    const ten = ["MGET", ...Array.from({ length: 9 }, () => "k")];
    expect(answerTo(engine, request(ten), false)).toEqual([noAuth, false]);
    expect(answerTo(engine, request([...ten, "k"]), false)).toEqual([errorReply("PROTOCOL_UNAUTHENTICATED_MULTIBULK"), true]);
    expect(answerTo(engine, request(["GET", "k".repeat(16_384)]), false)).toEqual([noAuth, false]);
    expect(answerTo(engine, request(["GET", "k".repeat(16_385)]), false)).toEqual([errorReply("PROTOCOL_UNAUTHENTICATED_BULK"), true]);
    expect(answerTo(engine, request([...ten, "k"]))[0].startsWith("*10\r\n")).toBe(true);
    expect(answerTo(engine, request(["GET", "k".repeat(16_385)]))).toEqual(["$-1\r\n", false]);
  });

  it("held input: as much as the setting says", () => {
    const engine = new TestEngine("debug");
    engine.configure(SETTING_MAX_HELD, 400_000);
    expect(answerTo(engine, request(["ECHO", "x".repeat(399_000)]))[1]).toBe(false);
    expect(answerTo(engine, request(["ECHO", "x".repeat(500_000)]))).toEqual([errorReply("HELD_TOO_BIG"), true]);
  });

  it("a million arguments, and a value of 100 MB", () => {
    const engine = new TestEngine("release");
    const session = engine.open();
    const keys = Array.from({ length: 1_000_000 }, () => "k");
    expect(engine.command(session, ["SET", "k", "v"])).toBe(OK);
    expect(engine.command(session, ["EXISTS", ...keys])).toBe(":1000000\r\n");
    expect(engine.word(session + SESSION_HELD_LENGTH)).toBe(0);
    const value = "v".repeat(100_000_000);
    expect(engine.command(session, ["SET", "big", value])).toBe(OK);
    expect(engine.command(session, ["STRLEN", "big"])).toBe(":100000000\r\n");
    expect(engine.command(session, ["GETRANGE", "big", "-2", "-1"])).toBe(bulk("vv"));
    engine.command(session, ["DEL", "big", "k"]);
    engine.settle();
    expect(engine.memoryByPurpose().reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(20_000_000);
  });
});

describe.skipIf(!engineBuilt)("stops within a pipeline", () => {
  const pipeline =
    request(["SET", "key", "1"]) +
    request(["CONFIG", "GET", "one"]) +
    request(["INCR", "key"]) +
    request(["CONFIG", "GET", "two"]) +
    request(["CONFIG", "GET", "three"]) +
    request(["GET", "key"]);
  const replies = `${OK}${bulk("CONFIG\0GET\0one")}:2\r\n${bulk("CONFIG\0GET\0two")}${bulk("CONFIG\0GET\0three")}${bulk("2")}`;

  it("host commands are answered in their place", () => {
    const engine = new TestEngine("debug");
    const conversation = new Conversation(engine).feedCut(pipeline, []);
    expect(conversation.reply).toBe(replies);
    expect(conversation.hostCommands).toBe(3);
  });

  it("a suspended session goes on where it was, whatever others run meanwhile, wherever it was cut", () => {
    const engine = new TestEngine("debug");
    const before = engine.memoryByPurpose();
    const other = new Conversation(engine);
    const nested = new Conversation(engine, () => other.feed(request(["SET", "other", "z".repeat(3000)])));
    const meanwhile = (): void => {
      nested.feed(request(["CONFIG", "SET", "nested"]) + request(["GET", "other"]));
      other.feed("*2\r\n$4\r\nECHO\r\n$3\r\nab");
      other.feed("c\r\n");
    };
    for (let cut = 1; cut <= pipeline.length; cut += 3) {
      const conversation = new Conversation(engine, meanwhile).feedCut(pipeline, [cut]);
      expect([cut, conversation.reply]).toEqual([cut, replies]);
      conversation.close();
    }
    nested.close();
    other.close();
    const last = engine.open();
    engine.command(last, ["FLUSHALL"]);
    engine.settle();
    engine.finish(last);
    expect(engine.memoryByPurpose()).toEqual(before);
  });

  it("large replies yield again and again, and arrive whole and in order", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const value = "0123456789".repeat(10_000);
    engine.command(session, ["SET", "big", value]);
    const pings = Array.from({ length: 30 }, (_, index) => request(["GET", "big"]) + request(["ECHO", String(index)])).join("");
    const first = engine.run(session, pings);
    expect(first.status).toBe(EXECUTE_YIELD);
    expect(first.reply.length).toBeGreaterThanOrEqual(REPLY_YIELD_BYTES);
    expect(first.reply.length).toBeLessThan(REPLY_YIELD_BYTES + 2 * value.length);
    engine.call("reply_clear");
    engine.close(session);
    const conversation = new Conversation(engine).feedCut(pings, []);
    expect(conversation.yields).toBeGreaterThan(8);
    expect(conversation.reply).toBe(Array.from({ length: 30 }, (_, index) => bulk(value) + bulk(String(index))).join(""));
  });

  it("a pipeline larger than the input area, cut wherever the area ends", () => {
    const engine = new TestEngine("debug");
    const capacity = engine.control(CONTROL_INPUT_CAPACITY);
    const count = 30_000;
    const input = Array.from({ length: count }, (_, index) => request(["ECHO", String(index)])).join("");
    expect(input.length).toBeGreaterThan(2 * capacity);
    const expected = Array.from({ length: count }, (_, index) => bulk(String(index))).join("");
    for (const size of [capacity, capacity - 1, 65_537, 9973])
      expect(new Conversation(engine).feedPieces(input, size).reply === expected).toBe(true);
  });

  it("reply modes hold for commands of the engine, of the host, and for errors", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    engine.set(session, SESSION_REPLY_MODE, REPLY_OFF);
    expect(engine.send(session, request(["SET", "a", "1"]) + request(["NOTHING"]) + request(["GET"])).reply).toBe("");
    engine.set(session, SESSION_REPLY_MODE, REPLY_ON);
    expect(engine.command(session, ["GET", "a"])).toBe(bulk("1"));
    for (const suspended of [false, true]) {
      const stopped = engine.run(
        session,
        request(["PING"]) + request(["CLIENT", "REPLY", "SKIP"]) + request(["GET", "a"]) + request(["ECHO", "b"]),
      );
      expect(stopped).toEqual({ status: EXECUTE_HOST_COMMAND, reply: "+PONG\r\n" });
      if (suspended) {
        engine.call("suspend", session);
        engine.call("reply_clear");
      }
      engine.set(session, SESSION_REPLY_MODE, REPLY_SKIP);
      engine.answer(OK);
      expect(engine.resume(session)).toEqual({ status: EXECUTE_DONE, reply: (suspended ? "" : "+PONG\r\n") + bulk("b") });
    }
    expect(engine.run(session, "*1\r\n?").status).toBe(EXECUTE_CLOSE);
  });

  it("RESP3 is a property of the session", () => {
    const engine = new TestEngine("debug");
    const [two, three] = [engine.open(), engine.open()];
    engine.set(three, SESSION_PROTOCOL, 3);
    for (let round = 0; round < 2; round++) {
      expect(engine.command(two, ["GET", "missing"])).toBe("$-1\r\n");
      expect(engine.command(three, ["GET", "missing"])).toBe("_\r\n");
    }
  });
});
