/**
 * Goal: text becomes the tokens that openCypher says, above all where one character more or less decides.
 * Method: texts and their tokens, written as the names of the types or, for words and literals, as values.
 */
import { expect, test } from "vitest";
import { tokenNames } from "../../../../../../grammar/generated/CypherParser.ts";
import { tokenize } from "../../../../../../host/query/parser/cypher/lexer.ts";

/** `NAME`, or `NAME(value)`; without the end. */
function tokens(text: string): string {
  const { types, values } = tokenize(text);
  return types
    .slice(0, -1)
    .map((type, index) => tokenNames[type]! + (values[index] === undefined ? "" : `(${values[index]})`))
    .join(" ");
}

test.each([
  ["a.b", "IDENT(a) DOT IDENT(b)"],
  ["1.5", "NUMBER(1.5)"],
  ["1..5", "NUMBER(1) DOT_DOT NUMBER(5)"],
  ["1...5", "NUMBER(1) DOT_DOT NUMBER(.5)"],
  ["..5", "DOT_DOT NUMBER(5)"],
  [".5.x", "NUMBER(.5) DOT IDENT(x)"],
  ["5.x", "NUMBER(5) DOT IDENT(x)"],
  ["1e5 1E-5 1.5e+3", "NUMBER(1e5) NUMBER(1E-5) NUMBER(1.5e+3)"],
  ["0x1F 0X1f 0o17 017 0 00", "NUMBER(31) NUMBER(31) NUMBER(15) NUMBER(15) NUMBER(0) NUMBER(0)"],
  ["12h 0xg 0o8 089 1e 1_0 0x 5é", "BAD_NUMBER BAD_NUMBER BAD_NUMBER BAD_NUMBER BAD_NUMBER BAD_NUMBER BAD_NUMBER BAD_NUMBER"],
  ["089.5", "NUMBER(089.5)"],
  ["a<-1", "IDENT(a) LT MINUS NUMBER(1)"],
  ["a<=b<>c>=d", "IDENT(a) LE IDENT(b) NEQ IDENT(c) GE IDENT(d)"],
  ["a=~b+=c", "IDENT(a) MATCHES IDENT(b) PLUS_EQ IDENT(c)"],
  ["a$b _c ünï 中", "IDENT(a$b) IDENT(_c) IDENT(ünï) IDENT(中)"],
  ["MATCH Match `Match` ``", "MATCH(match) MATCH(match) QUOTED_IDENT(Match) QUOTED_IDENT()"],
  ["`a``b`", "QUOTED_IDENT(a`b)"],
  ["$a $1 $`b c` $limit", "PARAMETER(a) PARAMETER(1) PARAMETER(b c) PARAMETER(limit)"],
  ["1/2//3\n/4", "NUMBER(1) SLASH NUMBER(2) SLASH NUMBER(4)"],
  ["1/*/ * /*/2", "NUMBER(1) NUMBER(2)"],
  ["a\u00a0b\u2003c\u001cd", "IDENT(a) IDENT(b) IDENT(c) IDENT(d)"],
  ["'a\\'b' \"c'd\" '\\u00e9\\U0001F600'", "STRING(a'b) STRING(c'd) STRING(é😀)"],
  ["'\\\\' '\\n\\T\\b'", "STRING(\\) STRING(\n\t\b)"],
  ["'\\uD83D\\uDE00'", "STRING(😀)"],
])("%s", (text, expected) => {
  expect(tokens(text)).toBe(expected);
});

/** Only the kinds of brackets, in order. */
function brackets(text: string): string {
  const shown: Readonly<Record<string, string>> = { LPAREN: "(", RPAREN: ")", PATTERN_START: "<", PATTERN_LINK: ">" };
  return tokenize(text)
    .types.map((type) => shown[tokenNames[type] ?? ""] ?? "")
    .join("");
}

test.each([
  ["(a)-->(b)", "<>()"],
  ["(a)-->(b)<--(c)", "<><>()"],
  ["(a:A:B {x: (1), y: f(2)})-[:R*1..2 {z: (3)}]-(b)", "<()()>()()".replace("<()()>()", "<()()>()")],
  ["()--()", "<>()"],
  ["(a {x: 1})<-[$p]-(b)", "<>()"],
  ["(a) - 1", "()"],
  ["(a) - -(b)", "<>()"],
  ["(a) - b", "()"],
  ["(a) - [1, 2] - (b)", "()()"],
  ["(a) - [b] - (c)", "<>()"],
  ["(a + b) - -(c)", "()()"],
  ["f(a) - -(b)", "()()"],
  ["f() - -(b)", "()()"],
  ["exists(a) - -(b)", "()()"],
  ["(a) < -(b)", "()()"],
  ["(a)-[b-(c)", "()()"],
  ["((a)-->(b))", "(<>())"],
  ["WHERE (a)-->(b) AND (c)", "<>()()"],
])("brackets of %s", (text, expected) => {
  expect(brackets(text)).toBe(expected);
});
