/**
 * Goal: the grammar's lists of words agree with each other and with PostgreSQL's Appendix C: what may be a name there may be one here.
 * Method: the lists are read from the grammar and checked by parsing each word in each place.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { KEYWORDS } from "../../../../host/query/parser/sql/lexer.ts";
import { parseSql } from "../../../../host/query/parser/sql/parse.ts";

const GRAMMAR = readFileSync(new URL("../../../../grammar/SqlParser.g4", import.meta.url), "utf8");

/** The tokens of a rule that is a choice of tokens. */
function rule(name: string): ReadonlySet<string> {
  const body = new RegExp(`^${name} :([^;]*);`, "m").exec(GRAMMAR)![1]!;
  return new Set(body.split("|").map((word) => word.trim().toLowerCase()));
}

function accepts(text: string): boolean {
  try {
    parseSql(text);
    return true;
  } catch {
    return false;
  }
}

/** Reserved in PostgreSQL 16: no name without quotes, save behind AS or a dot. */
const RESERVED = `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog
  current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for
  foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp not null offset on only or order
  placing primary references returning select session_user some symmetric system_user table then to trailing true union unique user using
  variadic when where window with`.split(/\s+/);
/** Names of functions or types only. */
const FUNCTION_OR_TYPE = `authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left like
  natural notnull outer overlaps right similar tablesample verbose`.split(/\s+/);
/** In PostgreSQL a column may have this name without quotes. */
const OURS = ["values"];

const words = [...KEYWORDS.keys()];
const free = words.filter((word) => ![...RESERVED, ...FUNCTION_OR_TYPE, ...OURS].includes(word));

test("every reserved word is a token", () => {
  expect([...RESERVED, ...FUNCTION_OR_TYPE].filter((word) => !KEYWORDS.has(word))).toEqual([]);
  expect(free.length).toBeGreaterThan(100);
});

test("a label may be any word, an identifier any that is not reserved", () => {
  expect([...rule("label")].sort()).toEqual(["ident", "quoted_ident", ...words].sort());
  expect([...rule("ident")].sort()).toEqual(["ident", "quoted_ident", ...free].sort());
});

test("the narrower lists are parts of the wider ones", () => {
  const ident = rule("ident");
  for (const name of ["exprName", "updateAlias", "windowName", "typeWord", "bareLabel"]) {
    expect([...rule(name)].filter((word) => !ident.has(word))).toEqual([]);
  }
  const missing = (name: string): string[] => [...rule("exprName")].filter((word) => !rule(name).has(word)).sort();
  expect(missing("updateAlias")).toEqual(["set"]);
  expect(missing("windowName")).toEqual(["groups", "partition", "range", "rows"]);
  expect(missing("typeWord")).toEqual(["double", "varying"]);
});

describe.each(free)("%s", (word) => {
  // PRECISION and BETWEEN begin nothing, and behind an operand they would go on with it.
  const inExpressions = !["between", "exists", "precision"].includes(word);

  test("is a name", () => {
    expect(accepts(`SELECT * FROM ${word} AS ${word} WHERE t.${word} = 1`)).toBe(true);
    expect(accepts(`CREATE TABLE ${word} (${word} int, PRIMARY KEY (${word}))`)).toBe(true);
    expect(accepts(`INSERT INTO ${word} (${word}) VALUES (1)`)).toBe(true);
    expect(accepts(`UPDATE t SET ${word} = 1`)).toBe(true);
    expect(accepts(`SELECT ${word} FROM t WHERE ${word} > 1 ORDER BY ${word}`)).toBe(inExpressions);
  });
});

describe.each([...RESERVED, ...FUNCTION_OR_TYPE])("%s", (word) => {
  test("is reserved, but a label", () => {
    expect(accepts(`SELECT 1 FROM t AS ${word}`)).toBe(false);
    expect(accepts(`CREATE TABLE t (${word} int)`)).toBe(false);
    expect(accepts(`SELECT 1 AS ${word}`)).toBe(true);
    expect(accepts(`SELECT t.${word} FROM t`)).toBe(true);
    expect(accepts(`CREATE TABLE t ("${word}" int)`)).toBe(true);
  });
});
