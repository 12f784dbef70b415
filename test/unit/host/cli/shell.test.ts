/**
 * The shell's parts without a terminal: quoting, readable, raw and JSON replies, completion and help.
 */
import { describe, expect, it } from "vitest";
import { complete, helpText } from "../../../../host/cli/completion.ts";
import { formatJson, formatRaw, formatReadable, quoteBytes } from "../../../../host/cli/format.ts";
import { helpServe, wrap } from "../../../../host/cli/help.ts";
import { splitWords } from "../../../../host/cli/words.ts";
import { OPTION_TABLE } from "../../../../host/common/option-table.ts";
import { flagOf } from "../../../../host/common/options.ts";
import type { Reply } from "../../../../host/resp/decoder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const bulk = (text: string): Reply => ({ kind: "bulk", bytes: bytes(text) });
const words = (line: string) => splitWords(line)?.map((word) => Array.from(word, (byte) => String.fromCharCode(byte)).join(""));

describe("words", () => {
  it.each([
    ["set a b", ["set", "a", "b"]],
    ["  get\t a  ", ["get", "a"]],
    ['set "a b" c', ["set", "a b", "c"]],
    ['"\\x00\\xff\\n\\t\\"\\\\"', ['\x00\xff\n\t"\\']],
    ["'it\\'s \\n'", ["it's \\n"]],
    ['""', [""]],
    ["", []],
  ])("splits %j", (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it.each(['"a', "'a", '"a"b', "'a'b", '"a\\"'])("refuses %j", (line) => {
    expect(splitWords(line)).toBeUndefined();
  });

  it("keeps text beyond ASCII as UTF-8", () => {
    expect(splitWords("ä€😀")?.map((word) => new TextDecoder().decode(word))).toEqual(["ä€😀"]);
  });
});

describe("replies", () => {
  const nested: Reply = {
    kind: "array",
    items: [bulk("a"), { kind: "array", items: [{ kind: "integer", value: 1n }, { kind: "null" }] }, { kind: "array", items: [] }],
  };
  const map: Reply = { kind: "map", entries: [[bulk("k"), { kind: "double", value: 1.5, text: "1.5" }]] };

  it("are readable", () => {
    expect(formatReadable(nested)).toBe('1) "a"\n2) 1) (integer) 1\n   2) (nil)\n3) (empty array)');
    expect(formatReadable(map)).toBe('1# "k" => (double) 1.5');
    expect(formatReadable({ kind: "error", text: "ERR x" }, { error: (text) => `<${text}>`, faint: (text) => text })).toBe(
      "<(error) ERR x>",
    );
  });

  it("are raw", () => {
    expect(new TextDecoder().decode(formatRaw(nested))).toBe("a\n1\n\n");
    expect(formatRaw({ kind: "bulk", bytes: Uint8Array.of(0, 255) })).toEqual(Uint8Array.of(0, 255, 10));
  });

  it("are JSON", () => {
    expect(formatJson(nested)).toBe('["a",[1,null],[]]');
    expect(formatJson(map)).toBe('{"k":1.5}');
    expect(formatJson({ kind: "integer", value: 9007199254740993n })).toBe('"9007199254740993"');
  });

  it("quote what is not printable", () => {
    expect(quoteBytes(bytes('a"\\\n\x01ä'))).toBe('"a\\"\\\\\\n\\x01ä"');
    expect(quoteBytes(Uint8Array.of(0x61, 0xff))).toBe('"a\\xff"');
  });
});

describe("completion and help", () => {
  it("completes names and subcommands in the case that was typed", () => {
    expect(complete("getr")).toEqual([["getrange "], "getr"]);
    expect(complete("CONFIG GE")[0]).toEqual(["GET "]);
    expect(complete("help conf")[0]).toEqual(["config "]);
    expect(complete("zzz")[0]).toEqual([]);
  });

  it("tells what a command and a subcommand do", () => {
    expect(helpText(["get"], 80)).toMatch(/^GET key\n/);
    expect(helpText(["config", "get"], 80)).toMatch(/^CONFIG GET /);
    expect(helpText(["nothing"], 80)).toContain('"nothing"');
  });

  it("lists every option of serve within the width", () => {
    for (const width of [40, 80, 120]) {
      const text = helpServe(width);
      for (const row of OPTION_TABLE) expect(text).toContain(flagOf(row).slice(2));
      const long = text.split("\n").filter((line) => line.startsWith("      ") && line.length > width);
      expect(long).toEqual([]);
    }
    expect(wrap("a bb ccc", 4)).toEqual(["a bb", "ccc"]);
  });
});
