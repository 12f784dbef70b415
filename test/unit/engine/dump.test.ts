/**
 * Goal: RESTORE reads every form that Redis 2.6 to 7.4 has written for all its types but streams, DUMP and RESTORE are each other's inverse, and what is wrong
 * is refused and changes nothing.
 * Method: payloads put together by hand (support/rdb-payload.ts); content and encoding are asked for by commands. Debug build.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { SETTING_EFFECTS } from "../../../assembly/abi/status.ts";
import { bulk, engineBuilt, START_MS, TestEngine } from "../../support/engine.ts";
import {
  intset,
  listpack,
  payload,
  payloadValue,
  rdbCompressed,
  rdbDouble,
  rdbInteger,
  rdbLength,
  rdbString,
  rdbTime,
  ziplist,
  zipmap,
} from "../../support/rdb-payload.ts";
import { arrayOf } from "./reply.ts";

const BAD = "-ERR Bad data format\r\n";
const WRONG = "-ERR DUMP payload version or checksum are wrong\r\n";
const INTEGERS = [
  0,
  5,
  12,
  13,
  63,
  127,
  128,
  -1,
  -128,
  4095,
  4096,
  -4096,
  -4097,
  32767,
  -32768,
  8388607,
  -8388608,
  2147483647,
  -2147483648,
  2 ** 40,
];
const long = "y".repeat(300);

describe.skipIf(!engineBuilt)("DUMP and RESTORE", () => {
  let engine: TestEngine;
  let session: number;
  const run = (...args: string[]) => engine.command(session, args);
  const restore = (value: string, ...options: string[]) => run("RESTORE", "k", "0", payload(value), ...options);
  const dump = (key: string) => {
    const reply = run("DUMP", key);
    return reply.slice(reply.indexOf("\n") + 1, -2);
  };

  beforeEach(() => {
    engine = new TestEngine("debug");
    session = engine.open();
  });

  it.each([
    ["raw", rdbString("hello"), "hello"],
    ["empty", rdbString(""), ""],
    ["a length of 14 bits", rdbString(long), long],
    ["a length of 32 bits", `${rdbLength(5, 4)}hello`, "hello"],
    ["a length of 64 bits", `${rdbLength(5, 8)}hello`, "hello"],
    ["8 bits", rdbInteger(-7, 1), "-7"],
    ["16 bits", rdbInteger(-300, 2), "-300"],
    ["32 bits", rdbInteger(-70_000, 4), "-70000"],
    ["compressed, a run on itself", rdbCompressed("\u0001ab\u00e0\u0003\u0001", 14), "abababababababab".slice(0, 14)],
  ])("a string: %s", (_, value, expected) => {
    expect(restore(`\0${value}`)).toBe("+OK\r\n");
    expect(run("GET", "k")).toBe(bulk(expected));
  });

  const texts = ["a", "", "b c", "x".repeat(63), "x".repeat(64), long];
  const numbers = INTEGERS.map(String);
  it.each([
    ["strings", `\u0002${rdbLength(3)}${rdbString("a")}${rdbString("b")}${rdbInteger(7, 1)}`, ["7", "a", "b"], "listpack"],
    ["a listpack of integers", `\u0014${rdbString(listpack([3, 1, 2]))}`, ["1", "2", "3"], "listpack"],
    ["an intset of 16 bits", `\u000b${rdbString(intset([-5, 0, 300], 2))}`, ["-5", "0", "300"], "intset"],
    ["an intset of 32 bits", `\u000b${rdbString(intset([-70_000, 1], 4))}`, ["-70000", "1"], "intset"],
    ["an intset of 64 bits", `\u000b${rdbString(intset([-(2 ** 40), 2 ** 50], 8))}`, [String(-(2 ** 40)), String(2 ** 50)], "intset"],
    ["a listpack", `\u0014${rdbString(listpack([...INTEGERS, ...texts]))}`, [...numbers, ...texts], "hashtable"],
  ])("a set: %s", (_, value, members, encoding) => {
    expect(restore(value)).toBe("+OK\r\n");
    expect(arrayOf(run("SMEMBERS", "k")).sort()).toEqual([...members].sort());
    expect(run("OBJECT", "ENCODING", "k")).toBe(bulk(encoding));
    engine.check();
  });

  it("DEBUG DIGEST-VALUE tells equal values, and LISTPACK and HTSTATS-KEY how they are stored", () => {
    run("ZADD", "z", "1", "a", "2", "b");
    run("SADD", "s", "a", "b");
    for (const key of ["z", "s"]) {
      expect(run("RESTORE", `${key}2`, "0", dump(key))).toBe("+OK\r\n");
      const digests = () => run("DEBUG", "DIGEST-VALUE", key, `${key}2`, "nokey").slice("*3\r\n+".length, -2).split("\r\n+");
      const [first, second, none] = digests();
      expect([first === second, first === none, none]).toEqual([true, false, "0".repeat(32)]);
      expect(run("DEBUG", "LISTPACK", key)).toContain("encoding:listpack");
      run("PEXPIREAT", `${key}2`, String(START_MS + 1000));
      expect(digests()[1]).not.toBe(first);
      run("PERSIST", `${key}2`);
      run(...(key === "z" ? ["ZADD", "z2", "3", "b"] : ["SADD", "s2", "y".repeat(65)]));
      expect(digests()[1]).not.toBe(first);
    }
    expect(run("DEBUG", "HTSTATS-KEY", "s2")).toContain("encoding:hashtable");
    expect(run("DEBUG", "LISTPACK", "s2")).toBe("-ERR Not a listpack encoded object.\r\n");
  });

  const pairs: readonly (readonly [string, string])[] = [...texts.entries()].map(([index, text]) => [`f${index}`, text]);
  const flat = pairs.flat();
  const mixed = INTEGERS.flatMap((value, index) => [value, index]);
  it.each([
    ["strings", `\u0004${rdbLength(pairs.length)}${flat.map(rdbString).join("")}`, flat],
    ["a zipmap", `\u0009${rdbString(zipmap(pairs))}`, flat],
    ["a zipmap with spare bytes", `\u0009${rdbString(zipmap(pairs, 3))}`, flat],
    ["a ziplist", `\u000d${rdbString(ziplist(flat))}`, flat],
    ["a ziplist of integers", `\u000d${rdbString(ziplist(mixed))}`, mixed.map(String)],
    [
      "a ziplist with a long entry",
      `\u000d${rdbString(ziplist([long, "b", "c", "z".repeat(20_000)]))}`,
      [long, "b", "c", "z".repeat(20_000)],
    ],
    ["a listpack", `\u0010${rdbString(listpack(flat))}`, flat],
    ["a listpack of integers", `\u0010${rdbString(listpack(mixed))}`, mixed.map(String)],
    [
      "a listpack with a long entry",
      `\u0010${rdbString(listpack([long, "b", "c", "z".repeat(20_000)]))}`,
      [long, "b", "c", "z".repeat(20_000)],
    ],
  ])("a hash: %s", (_, value, expected) => {
    expect(restore(value)).toBe("+OK\r\n");
    const fields = expected.filter((_each, index) => index % 2 === 0);
    expect(run("HLEN", "k")).toBe(`:${fields.length}\r\n`);
    expect(arrayOf(run("HMGET", "k", ...fields))).toEqual(expected.filter((_each, index) => index % 2 === 1));
    engine.check();
  });

  const elements = ["a", "12", "", long, "-7", "a"];
  it.each([
    ["strings", `\u0001${rdbLength(6)}${elements.map(rdbString).join("")}`],
    ["a ziplist", `\u000a${rdbString(ziplist(["a", 12, "", long, -7, "a"]))}`],
    ["a quicklist", `\u000e${rdbLength(2)}${rdbString(ziplist(["a", 12, ""]))}${rdbString(ziplist([long, -7, "a"]))}`],
    [
      "a quicklist of 7.0",
      `\u0012${rdbLength(3)}\u0002${rdbString(listpack(["a", 12, ""]))}\u0001${rdbString(long)}\u0002${rdbString(listpack([-7, "a"]))}`,
    ],
  ])("a list: %s", (_, value) => {
    expect(restore(value)).toBe("+OK\r\n");
    expect(arrayOf(run("LRANGE", "k", "0", "-1"))).toEqual(elements);
    engine.check();
  });

  it.each([
    ["scores as text", `\u0003${rdbLength(3)}${rdbString("a")}\u00041.25${rdbString("b")}\u00fe${rdbString(long)}\u00ff`],
    [
      "scores as doubles",
      `\u0005${rdbLength(3)}${rdbString("a")}${rdbDouble(1.25)}${rdbString("b")}${rdbDouble(Infinity)}${rdbString(long)}${rdbDouble(-Infinity)}`,
    ],
    ["a ziplist", `\u000c${rdbString(ziplist([long, "-inf", "a", "1.25", "b", "inf"]))}`],
    ["a listpack", `\u0011${rdbString(listpack([long, "-inf", "a", "1.25", "b", "inf"]))}`],
  ])("a sorted set: %s", (_, value) => {
    expect(restore(value)).toBe("+OK\r\n");
    expect(arrayOf(run("ZRANGE", "k", "0", "-1", "WITHSCORES"))).toEqual([long, "-inf", "a", "1.25", "b", "inf"]);
    engine.check();
  });

  it.each([
    [
      "strings",
      `\u0018${rdbTime(START_MS + 50)}${rdbLength(2)}${rdbLength(11)}${rdbString("a")}${rdbString("1")}\0${rdbString("b")}${rdbString("2")}`,
    ],
    ["a listpack", `\u0019${rdbTime(START_MS + 60)}${rdbString(listpack(["a", "1", START_MS + 60, "b", "2", 0]))}`],
  ])("a hash whose fields expire: %s", (_, value) => {
    expect(run("RESTORE", "k", "0", payload(value, 12))).toBe("+OK\r\n");
    expect(run("HPEXPIRETIME", "k", "FIELDS", "2", "a", "b")).toBe(`*2\r\n:${START_MS + 60}\r\n:-1\r\n`);
    expect(arrayOf(run("HMGET", "k", "a", "b"))).toEqual(["1", "2"]);
    const copy = dump("k");
    expect(run("RESTORE", "copy", "0", copy)).toBe("+OK\r\n");
    expect(run("HPEXPIRETIME", "copy", "FIELDS", "2", "a", "b")).toBe(`*2\r\n:${START_MS + 60}\r\n:-1\r\n`);
    engine.check();
  });

  it.each([
    ["nothing", ""],
    ["an unknown type", "\u00ff"],
    ["a string that ends early", `\0${rdbLength(6)}hello`],
    ["bytes behind the value", `\0${rdbString("hello")}x`],
    ["an unknown encoding", "\0\u00c4"],
    ["a length of more than there is", `\0${rdbLength(2 ** 40, 8)}`],
    ["compressed: a distance before the beginning", `\0${rdbCompressed("\u0000a\u0020\u0005", 4)}`],
    ["compressed: too short", `\0${rdbCompressed("\u0000a", 2)}`],
    ["compressed: far too long", `\0${rdbCompressed("\u0000a", 100_000)}`],
    ["an empty set", `\u0002${rdbLength(0)}`],
    ["an empty list", `\u0001${rdbLength(0)}`],
    ["a quicklist with an unknown node", `\u0012${rdbLength(1)}\u0003${rdbString("a")}`],
    ["an empty sorted set", `\u0005${rdbLength(0)}`],
    ["a sorted set with a double member", `\u0005${rdbLength(2)}${rdbString("a")}${rdbDouble(1)}${rdbString("a")}${rdbDouble(2)}`],
    ["a score that is no number", `\u0005${rdbLength(1)}${rdbString("a")}${rdbDouble(Number.NaN)}`],
    ["a score that is text", `\u0011${rdbString(listpack(["a", "x"]))}`],
    ["an empty hash", `\u0004${rdbLength(0)}`],
    ["an empty listpack", `\u0010${rdbString(listpack([]))}`],
    ["a set with a double member", `\u0002${rdbLength(2)}${rdbString("a")}${rdbString("a")}`],
    ["a hash with a double field", `\u0010${rdbString(listpack(["a", "1", "a", "2"]))}`],
    ["a field without a value", `\u0010${rdbString(listpack(["a", "1", "b"]))}`],
    ["a count of more than there is", `\u0002${rdbLength(1000)}${rdbString("a")}`],
    ["an intset that does not ascend", `\u000b${rdbString(intset([2, 1], 2))}`],
    ["an intset with a wrong count", `\u000b${rdbString(intset([1, 2], 2).slice(0, -1))}`],
    ["a listpack without its end", `\u0010${rdbString(listpack(["a", "1"]).slice(0, -1))}`],
    ["a listpack with a wrong count", `\u0010${rdbString(listpack(["a", "1"]).replace("\u0002\0\u0081", "\u0004\0\u0081"))}`],
    ["a ziplist with a wrong size", `\u000d${rdbString(`\0${ziplist(["a", "1"]).slice(1)}`)}`],
  ])("refuses %s, and leaves the key as it is", (_, value) => {
    run("SET", "k", "old");
    expect(restore(value, "REPLACE")).toBe(BAD);
    expect(run("GET", "k")).toBe(bulk("old"));
    engine.check();
  });

  it("refuses payloads with another checksum, a later version, or none at all", () => {
    const good = payload(`\0${rdbString("v")}`);
    expect(run("RESTORE", "k", "0", `${good.slice(0, -1)}x`)).toBe(WRONG);
    expect(run("RESTORE", "k", "0", payload(`\0${rdbString("v")}`, 13))).toBe(WRONG);
    expect(run("RESTORE", "k", "0", "")).toBe(WRONG);
    expect(run("RESTORE", "k", "0", good.slice(0, 9))).toBe(WRONG);
    expect(run("EXISTS", "k")).toBe(":0\r\n");
  });

  it("gives the key its expiry, and logs what replay makes the same of", () => {
    engine.configure(SETTING_EFFECTS, 1);
    const twin = new TestEngine("debug");
    run("HSET", "h", ...Array.from({ length: 600 }, (_, index) => `f${index}`));
    run("HPEXPIREAT", "h", String(START_MS + 1000), "FIELDS", "1", "f2");
    run("SADD", "s", "1", "2", "x");
    run("SET", "t", "text");
    for (const key of ["h", "s", "t"]) expect(run("RESTORE", `${key}2`, "100000", dump(key))).toBe("+OK\r\n");
    expect(run("PEXPIRETIME", "h2")).toBe(`:${START_MS + 100_000}\r\n`);
    expect(run("RESTORE", "s2", String(START_MS + 5), dump("t"), "REPLACE", "ABSTTL")).toBe("+OK\r\n");
    expect(run("PEXPIRETIME", "s2")).toBe(`:${START_MS + 5}\r\n`);
    expect(run("RESTORE", "t2", "1", dump("t"), "REPLACE", "ABSTTL")).toBe("+OK\r\n");
    expect(run("EXISTS", "t2")).toBe(":0\r\n");
    expect(twin.replay(engine.takeEffects())).toBe(0);
    expect(twin.digest()).toBe(engine.digest());
    engine.check();
    twin.check();
    expect(payloadValue(dump("t"))).toBe("\0\u0004text");
  });
});
