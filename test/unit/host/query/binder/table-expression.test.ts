/**
 * Goal: expressions of a table are bound over its columns and nothing else, and refused as PostgreSQL refuses them.
 * Method: expressions over the table `emp` of the fake catalog, as text with the columns that they read; then messages.
 */
import { describe, expect, test } from "vitest";
import { DatabaseError } from "../../../../../host/common/error.ts";
import { bindTableExpression, parseExpression, type TableExpressionUse } from "../../../../../host/query/binder/table-expression.ts";
import { printExpression } from "../../../../../host/query/plan/print.ts";
import { plainType } from "../../../../../host/query/type/type.ts";
import { fakeCatalog } from "./fake-catalog.ts";

const catalog = fakeCatalog();
const SURROUNDINGS = { catalog, functions: undefined, parameters: [] };
const CHECK: TableExpressionUse = { kind: "check" };
const INDEX: TableExpressionUse = { kind: "index" };
const DEFAULT: TableExpressionUse = { kind: "default", column: "id", type: plainType("integer") };

function bound(text: string, use: TableExpressionUse, name = "emp"): string {
  const parsed = parseExpression(text);
  const collection = { name, table: catalog.table(name) };
  const { expression, columns } = bindTableExpression(parsed.expression, parsed.text, collection, use, SURROUNDINGS);
  return `${printExpression(expression, { numbers: false })} of ${columns.map((column) => column.name).join(", ")}`;
}

function failure(text: string, use: TableExpressionUse): string {
  try {
    bound(text, use);
  } catch (error) {
    if (error instanceof DatabaseError) return error.message;
    throw error;
  }
  return "";
}

test("bound over the row", () => {
  expect(bound("salary > 0 AND emp.name <> ''", CHECK)).toBe("((salary > '0') and (name <> '')) of salary, name");
  expect(bound("lower(name)", INDEX)).toBe("lower(name) of name");
  expect(bound("data ->> 'a'", INDEX)).toBe("(data ->> 'a') of data");
  expect(bound("user.name", INDEX, "users")).toBe("Name of Name");
  expect(bound("'5'", DEFAULT)).toBe("'5'::integer of ");
  expect(bound("1.5 + 1", DEFAULT)).toBe("('1.5' + '1')::integer of ");
});

describe("refused", () => {
  test.each([
    ["salary", CHECK, "argument of CHECK must be type boolean, not type numeric(10,2) at line 1:8 [42804]"],
    ["count(*) > 1", CHECK, "aggregate functions are not allowed in check constraints at line 1:8 [42803]"],
    ["id > (SELECT 1)", CHECK, "cannot use subquery in check constraint at line 1:13 [0A000]"],
    ["id > $1", CHECK, "there is no parameter $1 at line 1:13 [42P02]"],
    ["nosuch > 1", CHECK, 'column "nosuch" does not exist at line 1:8 [42703]'],
    ["id + 1", DEFAULT, "cannot use column reference in DEFAULT expression at line 1:8 [0A000]"],
    [
      "true",
      DEFAULT,
      'column "id" is of type integer but default expression is of type boolean (HINT: You will need to rewrite or cast the expression.) at line 1:8 [42804]',
    ],
    ["sum(id)", INDEX, "aggregate functions are not allowed in index expressions at line 1:8 [42803]"],
    ["1, 2", INDEX, "an expression is expected at line 1:8 [42601]"],
    ["1 FROM emp", INDEX, "an expression is expected at line 1:8 [42601]"],
    ["1 AS a", INDEX, "an expression is expected at line 1:8 [42601]"],
  ] as const)("%s", (text, use, message) => {
    expect(failure(text, use)).toBe(message);
  });
});
