/**
 * Goal: a text of several statements is parted at its semicolons, and errors of one are told in positions of the whole.
 * Method: texts and their parts; errors thrown by parsing a part.
 */
import { describe, expect, test } from "vitest";
import { DatabaseError } from "../../../../host/common/error.ts";
import { parseSql } from "../../../../host/query/parser/sql/parse.ts";
import { locatedIn, splitScript } from "../../../../host/query/parser/sql/script.ts";

describe("parts", () => {
  test.each(["", ";", "SELECT 1", "SELECT 1;", "SELECT 1 ;; ; ", "SELECT ';' || $$;;$$", 'SELECT 1 AS "a;b";', "SELECT 1 -- ; two\n"])(
    "%j is no script",
    (text) => {
      expect(splitScript(text)).toBeUndefined();
    },
  );

  test.each<readonly [string, readonly (readonly [string, number])[]]>([
    [
      "SELECT 1; SELECT 2",
      [
        ["SELECT 1", 0],
        ["SELECT 2", 10],
      ],
    ],
    [" ;;SELECT 1", [["SELECT 1", 3]]],
    [
      "SELECT ';' ;\n /* ; */ SELECT $$;$$ ; ",
      [
        ["SELECT ';'", 0],
        ["SELECT $$;$$", 22],
      ],
    ],
  ])("%j", (text, parts) => {
    expect(splitScript(text)).toEqual(parts.map(([part, offset]) => ({ text: part, offset })));
  });

  test("what is no token is an error of the whole text", () => {
    expect(() => splitScript("SELECT 1;\nSELECT 'a")).toThrow(/unterminated quoted string .* at line 2:8 \[42601\]$/);
  });
});

describe("positions", () => {
  test.each([
    ["SELECT 1; SELEC 2", 1, 'syntax error at or near "SELEC" at line 1:11 [42601]'],
    ["SELECT 1;\n  SELECT FROM WHERE", 1, 'syntax error at or near "WHERE" at line 2:15 [42601]'],
    ["SELECT 1;\n  SELECT\n 1 +", 1, "syntax error at end of input at line 3:5 [42601]"],
  ])("%j", (text, index, message) => {
    const part = splitScript(text)![index]!;
    expect(() => locatedIn(text, part, () => parseSql(part.text))).toThrow(new DatabaseError("SQL_SYNTAX", message));
  });

  test("other errors pass as they are", () => {
    const part = splitScript("SELECT 1; SELECT 2")![1]!;
    const error = new DatabaseError("SQL_VALUE", "division by zero [22012]");
    expect(() =>
      locatedIn("SELECT 1; SELECT 2", part, () => {
        throw error;
      }),
    ).toThrow(error);
  });
});
