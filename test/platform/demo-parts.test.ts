/**
 * Goal: the parts of the demo page that know nothing of a page do what its console promises.
 * Method: they run on Node, the interpreter and the measurement on a real database in memory, everything else by itself.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EmbeddedDatabase } from "../../host/client/embedded.ts";
import { DatabaseError } from "../../host/common/error.ts";
import { replyError } from "../../host/common/reply-error.ts";
import { open } from "../../host/entry/node.ts";
import { Completion, hintOf } from "../../web-demo/completion.ts";
import type { DemoDatabase } from "../../web-demo/database.ts";
import { explain } from "../../web-demo/failure.ts";
import { History, type LineStore } from "../../web-demo/history.ts";
import { Interpreter } from "../../web-demo/interpreter.ts";
import { measure } from "../../web-demo/measure.ts";
import { formatBytes, formatMicroseconds, formatRate } from "../../web-demo/quantity.ts";
import { BYTES_SHOWN, ITEMS_SHOWN, printReply } from "../../web-demo/reply.ts";

/** The library on Node answers `memory` and `stats` at once, the one in a browser does not. */
function asDemo(database: EmbeddedDatabase): DemoDatabase {
  return {
    execute: (args, options) => database.execute(args, options),
    pipeline: (commands) => database.pipeline(commands),
    memory: async () => database.memory(),
    stats: async () => database.stats(),
    close: () => database.close(),
  };
}

/** A clock that goes on by `stepMs` whenever it is asked. */
function steppingClock(stepMs: number): () => number {
  let nowMs = 0;
  return () => {
    nowMs += stepMs;
    return nowMs;
  };
}

let database: EmbeddedDatabase;
beforeEach(async () => {
  database = await open();
});
afterEach(() => database.close());

describe("the interpreter", () => {
  const say = async (interpreter: Interpreter, line: string): Promise<string> => {
    const outcome = await interpreter.run(line);
    return "printed" in outcome ? `${outcome.printed.tone}: ${outcome.printed.text}` : outcome.kind;
  };

  test.each([
    ["SET k v", "status: OK"],
    ["set k 'a b'", "status: OK"],
    ["GET nothing", "nil: (nil)"],
    ["INCR n", "number: (integer) 1"],
    ['ECHO "a\\xff\\n"', 'text: "a\\xff\\n"'],
    ['ECHO "grüß"', 'text: "grüß"'],
    ['ECHO "OK"', 'text: "OK"'],
    ["MGET a b", "list: 1) (nil)\n2) (nil)"],
    ["KEYS *", "list: (empty array)"],
    ["GET", "error: (error) ERR wrong number of arguments for 'get' command"],
    ["NOPE 1", "error: (error) ERR unknown command 'NOPE', with args beginning with: '1' "],
    ['GET "k', "error: The quotes are not balanced."],
    ["  ", "nothing"],
    ["clear", "clear"],
  ])("answers %s", async (line, expected) => {
    expect(await say(new Interpreter(asDemo(database), steppingClock(1)), line)).toBe(expected);
  });

  test("prints INFO as lines and explains commands", async () => {
    const interpreter = new Interpreter(asDemo(database), steppingClock(1));
    expect(await say(interpreter, "info memory")).toMatch(/^status: # Memory\r?\nused_memory:\d+/);
    await interpreter.run("HELLO 2");
    expect(await say(interpreter, "INFO memory")).toMatch(/^status: # Memory\r?\nused_memory:\d+(\r?\n\S+)+$/);
    expect(await say(interpreter, "help config get")).toContain("note: CONFIG GET");
    expect(await say(interpreter, "help nope")).toContain('No command is called "nope"');
  });

  test("follows SELECT only when it succeeds", async () => {
    const interpreter = new Interpreter(asDemo(database), steppingClock(1));
    await interpreter.run("SELECT 3");
    expect(interpreter.number).toBe(3);
    expect(await say(interpreter, "SELECT 99")).toContain("error: (error) ERR DB index is out of range");
    expect(interpreter.number).toBe(3);
    await interpreter.run("RESET");
    expect(interpreter.number).toBe(0);
  });

  test("tells the time of the command alone", async () => {
    const outcome = await new Interpreter(asDemo(database), steppingClock(0.25)).run("PING");
    expect(outcome).toEqual({ kind: "reply", printed: { text: "PONG", tone: "status" }, microseconds: 250 });
  });
});

describe("replies", () => {
  test("long ones are cut, and say so", () => {
    const many = printReply(Array.from({ length: ITEMS_SHOWN + 5 }, (_, index) => index));
    expect(many.text.split("\n").slice(-2)).toEqual([`${ITEMS_SHOWN}) (integer) ${ITEMS_SHOWN - 1}`, "... and 5 more"]);
    const long = printReply(new Uint8Array(BYTES_SHOWN + 7).fill(97));
    expect(long.text).toBe(`"${"a".repeat(BYTES_SHOWN)}"\n... and 7 bytes more`);
  });

  test("a cut never splits a character", () => {
    const text = new TextEncoder().encode(`a${"ü".repeat(BYTES_SHOWN / 2)}`);
    expect(printReply(text).text).toBe(`"a${"ü".repeat(BYTES_SHOWN / 2 - 1)}"\n... and 2 bytes more`);
  });

  test("every kind of value has a form", () => {
    const print = (value: Parameters<typeof printReply>[0]): string => printReply(value).text;
    expect(print(1.5)).toBe("(double) 1.5");
    expect(print(2n ** 63n)).toBe("(integer) 9223372036854775808");
    expect(print(true)).toBe("(true)");
    expect(print(new Set(["a"]))).toBe("1~ a");
    expect(print(new Map([["a", 1]]))).toBe("1# a => (integer) 1");
    expect(print([replyError("WRONG_TYPE")])).toContain("1) (error) WRONGTYPE Operation");
  });
});

describe("completion", () => {
  const after = (line: string): Completion => {
    const completion = new Completion();
    completion.type(line);
    return completion;
  };

  test("Tab goes through the offers and comes back to what was typed", () => {
    const completion = after("getr");
    expect(completion.offers).toEqual(["getrange"]);
    expect(completion.walk(1)).toBe("getrange ");
    const several = after("DEC");
    expect(several.offers).toEqual(["DECR", "DECRBY"]);
    expect([several.walk(1), several.walk(1), several.walk(1), several.walk(-1)]).toEqual(["DECR ", "DECRBY ", "DEC", "DECRBY "]);
  });

  test("offers are open only while they say more than the line", () => {
    expect(["g", "config s", "getrang", "config"].map((line) => after(line).isOpen)).toEqual([true, true, true, false]);
    expect(["", "getrange", "config set", "get key"].map((line) => after(line).isOpen)).toEqual([false, false, false, false]);
  });

  test("subcommands are completed, arguments and an empty line are not", () => {
    expect(after("config g").walk(1)).toBe("config get ");
    expect(after("get key").offers).toEqual([]);
    expect(after("").offers).toEqual([]);
    expect(after("get key").walk(1)).toBeUndefined();
  });

  test("hints", () => {
    expect(hintOf("get k")?.syntax).toBe("GET key");
    expect(hintOf("config get")?.syntax).toBe("CONFIG GET parameter [parameter ...]");
    expect(hintOf("set")?.syntax).toMatch(/^SET key value \[NX\|XX\] \[GET\] \[EX seconds\|.*\|KEEPTTL\]$/);
    expect(hintOf("mset a")?.syntax).toBe("MSET key value [key value ...]");
    expect(hintOf("del a")?.syntax).toBe("DEL key [key ...]");
    expect(hintOf("incrby n")?.syntax).toBe("INCRBY key increment");
    expect(hintOf("config")?.syntax).toMatch(/^CONFIG .*GET \|/);
    expect(hintOf("nope")).toBeUndefined();
  });
});

describe("the history", () => {
  const memory = (): LineStore & { readonly texts: Map<string, string> } => {
    const texts = new Map<string, string>();
    return { texts, getItem: (key) => texts.get(key) ?? null, setItem: (key, text) => void texts.set(key, text) };
  };

  test("walks up and down and keeps the line that was being typed", () => {
    const history = new History(memory(), "h");
    for (const line of ["a", "b", "b", " ", "c"]) history.add(line);
    expect([history.previous("draft"), history.previous("c"), history.previous("b"), history.previous("a")]).toEqual([
      "c",
      "b",
      "a",
      undefined,
    ]);
    expect([history.next(), history.next(), history.next(), history.next()]).toEqual(["b", "c", "draft", undefined]);
  });

  test("outlives the page, save for lines with passwords", () => {
    const store = memory();
    const history = new History(store, "h");
    for (const line of ["GET k", "AUTH secret", "config set requirepass secret", "INCR n"]) history.add(line);
    expect([...store.texts.values()].join()).not.toContain("secret");
    const later = new History(store, "h");
    expect([later.previous(""), later.previous(""), later.previous("")]).toEqual(["INCR n", "GET k", undefined]);
  });

  test("works where the browser stores nothing, or nonsense", () => {
    const refusing: LineStore = {
      getItem: () => "{broken",
      setItem: () => {
        throw new RangeError("quota");
      },
    };
    const history = new History(refusing, "h");
    history.add("a");
    expect(history.previous("")).toBe("a");
  });
});

describe("the measurement", () => {
  test("counts what went through and leaves no key behind", async () => {
    database.set("mine", "1");
    const clock = steppingClock(100);
    expect(await measure(asDemo(database), clock)).toEqual({ set: 10_000, get: 10_000 });
    expect(database.stats().keys).toBe(1);
  });

  test("tells the first error of a command", async () => {
    const refusing: DemoDatabase = { ...asDemo(database), pipeline: async () => [replyError("READ_ONLY")] };
    await expect(measure(refusing, steppingClock(100))).rejects.toMatchObject({ code: "READ_ONLY" });
  });
});

test("quantities", () => {
  expect([0, 1023, 1024, 1536, 10 * 1024, 5 * 1024 ** 3].map(formatBytes)).toEqual([
    "0 B",
    "1,023 B",
    "1.0 KiB",
    "1.5 KiB",
    "10 KiB",
    "5.0 GiB",
  ]);
  expect([85, 1234, 45_600, 3_400_000].map(formatMicroseconds)).toEqual(["85 µs", "1.2 ms", "46 ms", "3.4 s"]);
  expect([950, 312_400, 1_250_000].map(formatRate)).toEqual(["950/s", "312k/s", "1.3M/s"]);
});

test("failures are explained by their code", () => {
  expect(explain(new DatabaseError("DIRECTORY_LOCKED", "locked"), "demo").title).toBe("Another tab has this database");
  expect(explain(new DatabaseError("STORAGE_FULL", "no room"), "demo")).toMatchObject({
    title: "There is no room left",
    detail: "no room",
  });
  expect(explain("odd", "demo")).toMatchObject({ title: "The database could not be opened", detail: "odd" });
});
