/**
 * Goal: names of documents are found by the rules of host/query/README.md ("Names"), and refused only where they could mean two things.
 * Method: statements over collections of the fake catalog, and over one whose fields are not all listed.
 */
import { describe, expect, test } from "vitest";
import { DatabaseError } from "../../../../../host/common/error.ts";
import { bindStatement } from "../../../../../host/query/binder/bind.ts";
import type { Catalog } from "../../../../../host/query/catalog/catalog.ts";
import { parseSql } from "../../../../../host/query/parser/sql/parse.ts";
import { failure, signature } from "./bound.ts";
import { fakeCatalog } from "./fake-catalog.ts";

describe("a field's own name is the column's", () => {
  test.each([
    ["SELECT TITLE FROM movies", "Title any"],
    ['SELECT "Title", "TITLE" FROM movies', "Title any, TITLE any"],
    ["SELECT Unheard FROM movies", "unheard any"],
    ["SELECT m.YEAR y FROM movies m", "y any"],
    ["SELECT USER.NAME, u.user.address.CITY FROM users u", "Name any, city any"],
    ["SELECT title FROM movies, users WHERE age = 1", "Title any"],
    ["SELECT name FROM users, nobody", "name any"],
    ["SELECT unheard FROM users, nobody", "unheard any"],
    ["SELECT id, name FROM emp WHERE EXISTS (SELECT 1 FROM nobody WHERE salary > 1)", "id integer, name text"],
    ["SELECT * FROM nobody", "id any"],
  ])("%s", (text, columns) => {
    expect(signature(text)).toBe(columns);
  });
});

describe("what could mean two things", () => {
  test.each([
    ["SELECT id FROM movies, users", 'column reference "id" is ambiguous at line 1:8 [42702]'],
    ["SELECT name FROM users a, users b", 'column reference "name" is ambiguous at line 1:8 [42702]'],
    [
      "SELECT 1 FROM movies JOIN users USING (x), emp JOIN owned USING (nosuch)",
      'column "nosuch" specified in USING clause does not exist in left table at line 1:66 [42703]',
    ],
    [
      "INSERT INTO movies VALUES (1)",
      'INSERT INTO "movies" needs a list of columns, since the collection has no schema at line 1:1 [42601]',
    ],
    ["INSERT INTO movies (id, Title, title) VALUES (1, 2, 3)", 'column "Title" specified more than once at line 1:32 [42701]'],
    [
      "INSERT INTO movies (id) VALUES (1) ON CONFLICT (title) DO NOTHING",
      "there is no unique or exclusion constraint matching the ON CONFLICT specification at line 1:36 [42P10]",
    ],
  ])("%s", (text, message) => {
    expect(failure(text).message).toBe(message);
  });
});

describe("fields that are not all listed", () => {
  const catalog: Catalog = { ...fakeCatalog(), fields: () => ({ names: ["a"], open: true }) };
  const message = (text: string): string => {
    try {
      return bindStatement(parseSql(text), text, { catalog, functions: undefined, parameters: [] })
        .output.map(({ name }) => name)
        .join(", ");
    } catch (error) {
      if (error instanceof DatabaseError) return error.message;
      throw error;
    }
  };

  test("all of them cannot be shown", () => {
    expect(message("SELECT * FROM wide")).toBe("target lists can have at most 1664 entries at line 1:8 [54011]");
  });

  test("any of them can be named, below other fields as it is written", () => {
    expect(message("SELECT Other, a.Below, A FROM wide")).toBe("other, Below, a");
  });

  test("one that is not listed may be in either of two collections", () => {
    expect(message("SELECT b FROM wide, narrow")).toBe('column reference "b" is ambiguous at line 1:8 [42702]');
  });
});
