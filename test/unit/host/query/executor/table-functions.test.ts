/**
 * Goal: what goes wrong while a CHECK or a default is computed is the answer of the statement or command that asked for it, in its own words,
 * and of no other one.
 * Method: a check that divides by a column, in every way in which rows are written; behind each a write that is refused for another reason.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt } from "../../../../support/engine.ts";

let db: EmbeddedDatabase;

const DIVISION = /division by zero.*\[22012\]$/;
const NOT_NULL = /null value in column "x" .*\[23502\]$/;

const FAILING: readonly (readonly [string, () => unknown])[] = [
  ["an INSERT", () => db.query("INSERT INTO t VALUES (1, 0)")],
  ["an INSERT of parameters", () => db.query("INSERT INTO t VALUES ($1, $2)", [1, 0])],
  ["an INSERT of many rows", () => db.query("INSERT INTO t SELECT i, 0 FROM generate_series(10, 1000) i")],
  ["an UPDATE of all", () => db.query("UPDATE t SET x = 0")],
  ["an UPDATE by key", () => db.query("UPDATE t SET x = 0 WHERE id = 5")],
  ["ON CONFLICT", () => db.query("INSERT INTO t VALUES (5, 1) ON CONFLICT (id) DO UPDATE SET x = 0")],
  ["a default", () => db.query("INSERT INTO t (id, x) VALUES (1, DEFAULT)")],
  ["a command", async () => db.json.set("t:7", "$", { id: 7, x: 0 })],
];

describe.skipIf(!engineBuilt)("errors of what tables compute", () => {
  beforeEach(async () => {
    db = await open();
    await db.query("CREATE TABLE t (id integer PRIMARY KEY, x integer NOT NULL DEFAULT 3 / (1 - length('a')), CHECK (1 / x >= 0))");
    await db.query("INSERT INTO t VALUES (5, 1)");
  });

  afterEach(() => db.close());

  it.each(FAILING)("%s", async (_name, write) => {
    for (let time = 0; time < 3; time++) {
      await expect((async () => write())()).rejects.toThrow(DIVISION);
      expect(() => db.json.set("t:8", "$", { id: 8, x: null })).toThrow(NOT_NULL);
      await expect(db.query("INSERT INTO t VALUES (8, NULL)")).rejects.toThrow(NOT_NULL);
    }
    expect((await db.query("SELECT * FROM t")).rows).toEqual([{ id: 5, x: 1 }]);
  });
});
