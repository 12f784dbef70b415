/**
 * Goal: the notation of arguments reads as its grammar says, and broken notation is refused. Method: each rule once, whole
 * trees compared through their plain form and through single fields.
 */
import { describe, expect, it } from "vitest";
import { parseSyntax, plainSyntax } from "../../../../host/command/syntax.ts";

describe("parseSyntax", () => {
  it("types values by their names or by what stands behind the colon", () => {
    const types = parseSyntax("key pattern seconds unix-time-seconds cursor:integer by:double other k2:key ip:port").map((node) => [
      node.name,
      node.type,
    ]);
    expect(types).toEqual([
      ["key", "key"],
      ["pattern", "pattern"],
      ["seconds", "integer"],
      ["unix-time-seconds", "unix-time"],
      ["cursor", "integer"],
      ["by", "double"],
      ["other", "string"],
      ["k2", "key"],
      ["ip:port", "string"],
    ]);
  });

  it("reads tokens, alone and with a value", () => {
    expect(parseSyntax("[GET] [MATCH pattern] [DB n:integer]")).toMatchObject([
      { name: "get", type: "pure-token", token: "GET", optional: true },
      { name: "pattern", type: "pattern", token: "MATCH", optional: true },
      { name: "n", type: "integer", token: "DB", optional: true },
    ]);
  });

  it("reads alternatives, blocks and repetition", () => {
    expect(parseSyntax("[when:NX|EX seconds|(pair:a b)] (kv:key value)... name...")).toMatchObject([
      {
        name: "when",
        type: "oneof",
        optional: true,
        multiple: false,
        children: [
          { token: "NX" },
          { token: "EX", type: "integer" },
          { name: "pair", type: "block", children: [{ name: "a" }, { name: "b" }] },
        ],
      },
      { name: "kv", type: "block", multiple: true, children: [{ name: "key" }, { name: "value" }] },
      { name: "name", type: "string", multiple: true },
    ]);
  });

  it.each(["(a", "a)", "[a|b", "(a b) c]"])("refuses %s", (broken) => {
    expect(() => parseSyntax(broken)).toThrow();
  });

  it("has a plain form for people", () => {
    expect(plainSyntax("key n:integer [when:NX|EX seconds] (kv:key value)... [id:integer...] [TYPE (t:A|B)]")).toBe(
      "key n [NX|EX seconds] (key value) [(key value) ...] [id ...] [TYPE (A|B)]",
    );
  });
});
