/**
 * Cypher in the library: what a program gets from `cypher`, `cypherCursor` and `prepareCypher`.
 *
 * Goal: every way to run a statement gives the same rows, with JavaScript's values; parameters are values, never text.
 * Method: an embedded database in memory on the built engine.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { float, open } from "../../../../host/entry/node.ts";
import { engineBuilt } from "../../../support/engine.ts";

let db: EmbeddedDatabase;

describe.skipIf(!engineBuilt)("Cypher in the library", () => {
  beforeEach(async () => {
    db = await open();
  });

  afterEach(() => db.close());

  it("a template's values are parameters, and the rows know their columns", async () => {
    const rows = await db.cypher`UNWIND ${[3, 1, 2]} AS x WITH x WHERE x < ${3} RETURN x, ${"a' OR true"} AS text ORDER BY x`;
    expect([...rows]).toEqual([
      { x: 1, text: "a' OR true" },
      { x: 2, text: "a' OR true" },
    ]);
    expect(rows.columns).toEqual(["x", "text"]);
    expect(rows.stats).toEqual({});
  });

  it("parameters have names, and all that a statement uses must be there", async () => {
    expect([...(await db.cypher("RETURN $a + $b AS sum", { a: 1, b: 2, unused: "x" }))]).toEqual([{ sum: 3 }]);
    expect([...(await db.cypher("RETURN $a AS a", { a: undefined }))]).toEqual([{ a: null }]);
    await expect(db.cypher("RETURN $a AS a, $missing AS m", { a: 1 })).rejects.toThrow(
      "expected parameter(s): missing [ParameterMissing: MissingParameter]",
    );
    await expect(db.cypher("RETURN $toString AS t", {})).rejects.toThrow("[ParameterMissing: MissingParameter]");
  });

  it("values come as JavaScript's, and go as they came", async () => {
    const values = {
      i: 1,
      big: 9007199254740993n,
      least: -(2n ** 63n),
      f: 1.5,
      tiny: 5e-324,
      zero: -0,
      nan: Number.NaN,
      infinite: Number.NEGATIVE_INFINITY,
      text: "Zoë 🦊",
      long: "x".repeat(300),
      yes: true,
      nothing: null,
      empty: [],
      list: [1, 1.25, "a", [null, false], { x: -7 }],
      map: { a: { b: [1, 70000, -129, 2n ** 40n] }, ["__proto__"]: 1, é: "e" },
    };
    const names = Object.keys(values);
    const [row] = await db.cypher(`RETURN ${names.map((name) => `$${name} AS ${name}`).join(", ")}`, values);
    expect(row).toEqual({ ...values, map: { ...values.map, a: { b: [1, 70000, -129, 2 ** 40] } } });
    expect(Object.is(row?.zero, -0)).toBe(true);
  });

  it("numbers without fraction are INTEGERs, unless they say otherwise", async () => {
    const [row] = await db.cypher("RETURN 7 / $i AS i, 7 / $f AS f, 7 / $l[0] AS l, 7 / $m.x AS m", {
      i: 2,
      f: float(2),
      l: [float(2)],
      m: { x: float(2) },
    });
    expect(row).toEqual({ i: 3, f: 3.5, l: 3.5, m: 3.5 });
  });

  it("long lists come back as they went", async () => {
    const list = Array.from({ length: 1000 }, (_, index) => ({ index, text: `item ${index}`, half: index / 2 + 0.25 }));
    const [row] = await db.cypher("RETURN $list AS list, $list[777].index AS one", { list });
    expect(row).toEqual({ list, one: 777 });
  });

  it("what is no value of Cypher is refused", async () => {
    await expect(db.cypher("RETURN $x AS x", { x: 2n ** 63n })).rejects.toThrow("[ArgumentError: InvalidArgumentValue]");
    await expect(db.cypher("RETURN $x AS x", { x: [() => 1] })).rejects.toThrow("[ArgumentError: InvalidArgumentValue]");
    const deep: unknown[] = [];
    let inner = deep;
    for (let depth = 0; depth < 200; depth++) {
      const next: unknown[] = [];
      inner.push(next);
      inner = next;
    }
    await expect(db.cypher("RETURN $x AS x", { x: deep })).rejects.toThrow("[ArgumentError: InvalidArgumentValue]");
  });

  it("a cursor and a prepared statement give the same rows", async () => {
    const text = "UNWIND range(1, $n) AS x RETURN x, x % 2 = 0 AS even";
    const rows = [...(await db.cypher(text, { n: 1200 }))];
    expect(rows.length).toBe(1200);
    const taken: unknown[] = [];
    for await (const row of db.cypherCursor(text, { n: 1200 })) taken.push(row);
    expect(taken).toEqual(rows);
    const statement = await db.prepareCypher(text);
    expect(statement.all({ n: 1200 })).toEqual(rows);
    expect([...statement.iterate({ n: 1200 })]).toEqual(rows);
    expect(statement.get({ n: 2 })).toEqual({ x: 1, even: false });
    expect(statement.get({ n: 0 })).toBeUndefined();
    expect(() => statement.all()).toThrow("[ParameterMissing: MissingParameter]");
  });

  it("mistakes are told with openCypher's words, before and while a statement runs", async () => {
    await expect(db.cypher("RETURN")).rejects.toMatchObject({ code: "CYPHER_SYNTAX" });
    await expect(db.cypher("RETURN a")).rejects.toThrow("at line 1:8 [SyntaxError: UndefinedVariable]");
    await expect(db.prepareCypher("RETURN a")).rejects.toThrow("[SyntaxError: UndefinedVariable]");
    await expect(db.cypher("RETURN $l[$k] AS x", { l: [1], k: "a" })).rejects.toThrow("[TypeError: ");
  });

  it("rows may be arrays, a statement may be stopped, and SQL is not mixed up with it", async () => {
    expect([...(await db.cypher<unknown[]>("RETURN 1 AS a, 'x' AS b", {}, { rowMode: "array" }))]).toEqual([[1, "x"]]);
    await expect(db.cypher("RETURN 1 AS x", {}, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    const endless = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b WITH a WHERE a < 0 RETURN count(*) AS n";
    await expect(db.cypher(endless, {}, { timeout: 50 })).rejects.toThrow("canceling statement due to statement timeout [57014]");
    await expect(db.query("RETURN 1")).rejects.toMatchObject({ code: "SQL_SYNTAX" });
    expect((await db.query("SELECT 1 AS x")).rows).toEqual([{ x: 1 }]);
  });
});
