/**
 * Goal: every kind of value is encoded as the RESP2 and RESP3 specifications say, however long it is, and the writer can be
 * used again. Method: exact bytes per kind and protocol; lengths around the buffer's growth; text of one to four UTF-8 bytes.
 */
import { describe, expect, it } from "vitest";
import { replyError } from "../../../../host/common/reply-error.ts";
import { ReplyWriter } from "../../../../host/resp/reply-writer.ts";

/** What `write` makes in a protocol, as text (latin1: one character a byte). */
function written(protocol: 2 | 3, write: (writer: ReplyWriter) => void): string {
  const writer = new ReplyWriter(protocol);
  write(writer);
  return Buffer.from(writer.take()).toString("latin1");
}

/** Kinds with their bytes in RESP2 and RESP3. */
const kinds: readonly (readonly [name: string, write: (writer: ReplyWriter) => void, resp2: string, resp3: string])[] = [
  ["ok", (w) => w.ok(), "+OK\r\n", "+OK\r\n"],
  ["simple", (w) => w.simple("a b"), "+a b\r\n", "+a b\r\n"],
  ["simple with line breaks", (w) => w.simple("a\r\nb"), "+a  b\r\n", "+a  b\r\n"],
  ["empty bulk", (w) => w.bulk(""), "$0\r\n\r\n", "$0\r\n\r\n"],
  [
    "bulk of text",
    (w) => w.bulk("aß€😀"),
    "$10\r\na\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80\r\n",
    "$10\r\na\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80\r\n",
  ],
  ["bulk of bytes", (w) => w.bulk(new Uint8Array([0, 13, 10, 255])), "$4\r\n\0\r\n\xff\r\n", "$4\r\n\0\r\n\xff\r\n"],
  ["null", (w) => w.null(), "$-1\r\n", "_\r\n"],
  ["null bulk", (w) => w.bulk(null), "$-1\r\n", "_\r\n"],
  ["null array", (w) => w.nullArray(), "*-1\r\n", "_\r\n"],
  ["array", (w) => w.array(12), "*12\r\n", "*12\r\n"],
  ["map", (w) => w.map(7), "*14\r\n", "%7\r\n"],
  ["set", (w) => w.set(3), "*3\r\n", "~3\r\n"],
  ["push", (w) => w.push(2), "*2\r\n", ">2\r\n"],
  ["true", (w) => w.boolean(true), ":1\r\n", "#t\r\n"],
  ["false", (w) => w.boolean(false), ":0\r\n", "#f\r\n"],
  ["double", (w) => w.double(1.5), "$3\r\n1.5\r\n", ",1.5\r\n"],
  ["infinity", (w) => w.double(Number.POSITIVE_INFINITY), "$3\r\ninf\r\n", ",inf\r\n"],
  ["minus infinity", (w) => w.double(Number.NEGATIVE_INFINITY), "$4\r\n-inf\r\n", ",-inf\r\n"],
  ["not a number", (w) => w.double(Number.NaN), "$3\r\nnan\r\n", ",nan\r\n"],
  ["minus zero", (w) => w.double(-0), "$2\r\n-0\r\n", ",-0\r\n"],
  ["big number", (w) => w.bigNumber(-(2n ** 64n)), "$21\r\n-18446744073709551616\r\n", "(-18446744073709551616\r\n"],
  ["verbatim", (w) => w.verbatim("txt", "a\nß"), "$4\r\na\n\xc3\x9f\r\n", "=8\r\ntxt:a\n\xc3\x9f\r\n"],
];

describe("ReplyWriter", () => {
  it.each(kinds)("encodes %s", (_name, write, resp2, resp3) => {
    expect(written(2, write)).toBe(resp2);
    expect(written(3, write)).toBe(resp3);
  });

  it.each([0, 1, 9, 10, 99, 100, 1234567890, Number.MAX_SAFE_INTEGER, -1, -1234, 9223372036854775807n, -9223372036854775808n])(
    "encodes the integer %s",
    (value) => {
      expect(written(2, (writer) => writer.integer(value))).toBe(`:${value}\r\n`);
    },
  );

  it("prefixes errors as their code says", () => {
    expect(written(2, (writer) => writer.error(replyError("WRONG_TYPE")))).toBe(
      "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
    );
    expect(written(3, (writer) => writer.error(replyError("WRONG_ARITY", "get")))).toBe(
      "-ERR wrong number of arguments for 'get' command\r\n",
    );
    expect(written(2, (writer) => writer.error("INVALID_OPTION", "bad\r\n+OK"))).toBe("-ERR bad  +OK\r\n");
  });

  it("switches the protocol between values", () => {
    const writer = new ReplyWriter(2);
    writer.null();
    writer.setProtocol(3);
    writer.null();
    expect(writer.protocol).toBe(3);
    expect(Buffer.from(writer.take()).toString()).toBe("$-1\r\n_\r\n");
  });

  it("grows at every length around the buffer's, for bytes, ASCII and longer text", () => {
    for (let length = 1000; length < 1050; length++) {
      for (const unit of ["x", "€"]) {
        const text = unit.repeat(length);
        const bytes = Buffer.from(text);
        const expected = `$${bytes.length}\r\n${bytes.toString("latin1")}\r\n+end\r\n`;
        for (const value of [text, new Uint8Array(bytes)]) {
          const result = written(2, (writer) => {
            writer.bulk(value);
            writer.simple("end");
          });
          expect(result === expected, `length ${length} of ${unit}`).toBe(true);
        }
      }
    }
  });

  it("is empty after take, and what was taken stays as it was", () => {
    const writer = new ReplyWriter(2);
    expect(writer.take()).toHaveLength(0);
    writer.bulk("x".repeat(200_000));
    const first = writer.take();
    expect(writer.length).toBe(0);
    writer.bulk("y".repeat(200_000));
    expect(first[20]).toBe("x".charCodeAt(0));
    expect(writer.take()).toHaveLength(first.length);
  });
});
