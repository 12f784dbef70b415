/**
 * Goal: tokens end where PostgreSQL ends them, and where our rule for `?` says.
 * Method: texts and their tokens as written; then values of literals.
 */
import { describe, expect, test } from "vitest";
import { fold } from "../../../../host/query/parser/scanner.ts";
import { tokenize } from "../../../../host/query/parser/sql/lexer.ts";

function words(text: string): readonly string[] {
  const { starts, ends } = tokenize(text);
  return starts.slice(0, -1).map((start, index) => text.slice(start, ends[index]));
}

function values(text: string): readonly (string | undefined)[] {
  return tokenize(text).values.slice(0, -1);
}

describe("where tokens end", () => {
  test.each([
    ["a<-1", ["a", "<", "-", "1"]],
    ["a*-1", ["a", "*", "-", "1"]],
    ["a->-1", ["a", "->", "-", "1"]],
    ["a@-1", ["a", "@-", "1"]],
    ["a||-1", ["a", "||-", "1"]],
    ["a!=-1", ["a", "!=-", "1"]],
    ["a<=b>=c<>d", ["a", "<=", "b", ">=", "c", "<>", "d"]],
    ["a=?", ["a", "=", "?"]],
    ["a=?+?", ["a", "=", "?", "+", "?"]],
    ["a??b", ["a", "??", "b"]],
    ["a??|b??&c@??d", ["a", "??|", "b", "??&", "c", "@??", "d"]],
    ["a+--x\nb", ["a", "+", "b"]],
    ["a-/*x*/-b", ["a", "-", "-", "b"]],
    ["a/*/**/*/b", ["a", "b"]],
    ["1..2", ["1", ".", ".2"]],
    ["1.5.a", ["1.5", ".", "a"]],
    [".5e-3,1.e2", [".5e-3", ",", "1.e2"]],
    ["a.b.*", ["a", ".", "b", ".", "*"]],
    ["a::b:c:=d=>e", ["a", "::", "b", ":", "c", ":=", "d", "=>", "e"]],
    ["$1$2", ["$1", "$2"]],
    ["a$1", ["a$1"]],
    ["e'x'n'y'b'1'x'f'", ["e'x'", "n'y'", "b'1'", "x'f'"]],
    ["u&'x' uescape '!' u&\"y\"", ["u&'x' uescape '!'", 'u&"y"']],
    ["$$a$$$b$c$b$", ["$$a$$", "$b$c$b$"]],
    ["'a'\n'b' 'c'", ["'a'\n'b'", "'c'"]],
  ])("%j", (text, expected) => {
    expect(words(text)).toEqual(expected);
  });
});

test("values", () => {
  expect(values("'it''s' E'\\n\\x41\\101\\u00e9\\\\' $$a'b$$ U&'\\0041\\+01F600' U&'!0041!!' UESCAPE '!'")).toEqual([
    "it's",
    "\nAA\u00e9\\",
    "a'b",
    "A\u{1F600}",
    "A!",
  ]);
  expect(values("E'\\xc3\\xa9' E'\\uD83D\\uDE00' 'a'\n  -- and\n 'b'")).toEqual(["\u00e9", "\u{1F600}", "ab"]);
  expect(values("1_000 0xFF 0b11 0o17 1.50 .5 1e3")).toEqual(["1000", "255", "3", "15", "1.50", ".5", "1e3"]);
  expect(values('Name "Name" SELECT ? ? $7 ??|')).toEqual(["name", "Name", "select", "1", "2", "7", "?|"]);
});

test("folding is for ASCII alone", () => {
  expect(fold("ÄBC_İ")).toBe("Äbc_İ");
});
