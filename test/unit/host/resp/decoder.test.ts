/**
 * The reply decoder: every type of RESP2 and RESP3, cut at every byte; what is malformed is refused; random replies come
 * back as they were encoded.
 */
import { describe, expect, it } from "vitest";
import { DEPTH_MAX, encodeRequest, type Reply, ReplyDecoder } from "../../../../host/resp/decoder.ts";

const bytes = (text: string) => Uint8Array.from(text, (unit) => unit.charCodeAt(0));
const bulk = (text: string): Reply => ({ kind: "bulk", bytes: bytes(text) });
const integer = (value: number): Reply => ({ kind: "integer", value: BigInt(value) });

function decodeAll(chunks: Iterable<Uint8Array>): Reply[] {
  const decoder = new ReplyDecoder();
  const replies: Reply[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (let reply = decoder.next(); reply !== undefined; reply = decoder.next()) replies.push(reply);
  }
  expect(decoder.pendingBytes).toBe(0);
  return replies;
}

const SAMPLES: readonly (readonly [string, Reply])[] = [
  ["+OK\r\n", { kind: "simple", text: "OK" }],
  ["-ERR no\r\n", { kind: "error", text: "ERR no" }],
  ["!6\r\nERR\r\nx\r\n", { kind: "error", text: "ERR\r\nx" }],
  [":-42\r\n", integer(-42)],
  [":+7\r\n", integer(7)],
  ["(123456789012345678901234567890\r\n", { kind: "big-number", value: 123456789012345678901234567890n }],
  ["$5\r\na\r\nbc\r\n", bulk("a\r\nbc")],
  ["$0\r\n\r\n", bulk("")],
  ["$-1\r\n", { kind: "null" }],
  ["*-1\r\n", { kind: "null" }],
  ["_\r\n", { kind: "null" }],
  ["#t\r\n", { kind: "boolean", value: true }],
  [",1.5e3\r\n", { kind: "double", value: 1500, text: "1.5e3" }],
  [",-inf\r\n", { kind: "double", value: Number.NEGATIVE_INFINITY, text: "-inf" }],
  ["=7\r\ntxt:abc\r\n", { kind: "verbatim", format: "txt", bytes: bytes("abc") }],
  ["*2\r\n:1\r\n*1\r\n+a\r\n", { kind: "array", items: [integer(1), { kind: "array", items: [{ kind: "simple", text: "a" }] }] }],
  ["*0\r\n", { kind: "array", items: [] }],
  ["~1\r\n:1\r\n", { kind: "set", items: [integer(1)] }],
  [">1\r\n:1\r\n", { kind: "push", items: [integer(1)] }],
  ["%1\r\n:1\r\n$1\r\nx\r\n", { kind: "map", entries: [[integer(1), bulk("x")]] }],
  ["|1\r\n:1\r\n:2\r\n", { kind: "attribute", entries: [[integer(1), integer(2)]] }],
];

describe("replies", () => {
  it.each(SAMPLES)("decodes %j whole, in single bytes and cut in two anywhere", (wire, expected) => {
    const all = bytes(wire);
    expect(decodeAll([all])).toEqual([expected]);
    expect(decodeAll(Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual([expected]);
    for (let cut = 1; cut < all.length; cut++) expect(decodeAll([all.subarray(0, cut), all.subarray(cut)])).toEqual([expected]);
  });

  it("decodes a pipeline of all of them at once", () => {
    expect(decodeAll([bytes(SAMPLES.map(([wire]) => wire).join(""))])).toEqual(SAMPLES.map(([, reply]) => reply));
  });

  it.each([
    "x\r\n",
    "$abc\r\n",
    "$-2\r\n",
    "$99999999999\r\n",
    ":1.5\r\n",
    ":\r\n",
    "#x\r\n",
    "_x\r\n",
    ",abc\r\n",
    "=2\r\nab\r\n",
    "$1\r\nabc",
    "+a\rb\r\n",
    "*-2\r\n",
    "!-1\r\n",
  ])("refuses %j", (wire) => {
    const decoder = new ReplyDecoder();
    decoder.push(bytes(wire));
    expect(() => decoder.next()).toThrowError(expect.objectContaining({ code: "PROTOCOL" }));
  });

  it("nests as deep as the limit and no deeper", () => {
    expect(decodeAll([bytes(`${"*1\r\n".repeat(DEPTH_MAX)}:1\r\n`)])).toHaveLength(1);
    const decoder = new ReplyDecoder();
    decoder.push(bytes(`${"*1\r\n".repeat(DEPTH_MAX + 1)}:1\r\n`));
    expect(() => decoder.next()).toThrowError(expect.objectContaining({ code: "PROTOCOL" }));
  });

  it("takes a large bulk in small pieces without reading it again and again", () => {
    const size = 4 * 1024 * 1024;
    const decoder = new ReplyDecoder();
    decoder.push(bytes(`$${size}\r\n`));
    const piece = new Uint8Array(1024).fill(97);
    for (let sent = 0; sent < size; sent += piece.length) {
      decoder.push(piece);
      expect(decoder.next()).toBeUndefined();
    }
    decoder.push(bytes("\r\n"));
    const reply = decoder.next();
    expect(reply?.kind === "bulk" && reply.bytes.length).toBe(size);
  });
});

describe("requests", () => {
  it("are arrays of bulk strings with lengths in bytes", () => {
    expect(new TextDecoder().decode(encodeRequest(["SET", "ä", Uint8Array.of(120)]))).toBe("*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$1\r\nx\r\n");
    expect(decodeAll([encodeRequest(["GET", ""])])).toEqual([{ kind: "array", items: [bulk("GET"), bulk("")] }]);
  });
});

describe("cost", () => {
  /** Steps of decoding the wire in pieces of so many bytes. */
  function steps(wire: Uint8Array, piece: number): number {
    const decoder = new ReplyDecoder();
    let replies = 0;
    for (let start = 0; start < wire.length; start += piece) {
      decoder.push(wire.subarray(start, start + piece));
      if (decoder.next() !== undefined) replies++;
    }
    expect([replies, decoder.pendingBytes]).toEqual([1, 0]);
    return decoder.steps;
  }

  it.each([
    ["an array of bulks", `*5000\r\n${"$3\r\nabc\r\n".repeat(5000)}`],
    ["a map of arrays", `%1000\r\n${`:1\r\n*2\r\n${"+text\r\n".repeat(2)}`.repeat(1000)}`],
    ["a long line", `+${"x".repeat(60_000)}\r\n`],
    ["a long bulk", `$100000\r\n${"x".repeat(100_000)}\r\n`],
  ])("of %s is linear in its bytes, however they are cut", (_name, text) => {
    const wire = bytes(text);
    for (const piece of [1, 7, 1000]) expect(steps(wire, piece)).toBeLessThan(wire.length * 4);
  });

  it("counts what waits, inside of aggregates too", () => {
    const decoder = new ReplyDecoder();
    decoder.push(bytes("*3\r\n:1\r\n:2\r\n:"));
    expect([decoder.next(), decoder.pendingBytes]).toEqual([undefined, 13]);
    decoder.push(bytes("3\r\n+next\r\n"));
    expect(decoder.next()).toEqual({ kind: "array", items: [integer(1), integer(2), integer(3)] });
    expect(decoder.pendingBytes).toBe(7);
  });
});
