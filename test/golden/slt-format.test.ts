/**
 * Goal: `.slt` files mean what they seem to mean, and a wrong answer is found.
 * Method: records written out here, played on a peer of a few lines that is told what to answer.
 */
import { describe, expect, it } from "vitest";
import { SqlFailure, type SqlPeer, type SqlResult } from "../support/sql/peer.ts";
import { parseRecords } from "./slt-records.ts";
import { playRecords } from "./slt-runner.ts";
import { readSltFiles } from "./slt-suite.ts";
import type { Exactness } from "./slt-values.ts";

type Scripted = Partial<SqlResult> | SqlFailure;

/** Answers the statements in order. */
function peerOf(answers: readonly Scripted[]): SqlPeer & { readonly seen: string[] } {
  const left = [...answers];
  const seen: string[] = [];
  return {
    name: "scripted",
    labels: ["scripted"],
    seen,
    run: async (sql, parameters = []) => {
      seen.push([sql, ...parameters.map(String)].join("|"));
      const answer = left.shift() ?? {};
      if (answer instanceof SqlFailure) throw answer;
      return { columns: (answer.types ?? []).map((_, position) => `c${position}`), types: [], rows: [], affected: undefined, ...answer };
    },
    reset: async () => {},
    close: async () => {},
  };
}

async function play(text: string, answers: readonly Scripted[], exactness: Exactness = "exact"): Promise<string[]> {
  const { mismatches } = await playRecords(peerOf(answers), parseRecords(text, "test.slt"), exactness);
  return mismatches.map(({ line, actual }) => `${line}: ${actual}`);
}

const TWO: SqlResult = {
  columns: ["a", "b"],
  types: ["integer", "text"],
  rows: [
    [2n, "x y"],
    [1n, null],
  ],
  affected: undefined,
};

describe("queries", () => {
  it("are as written, in order or sorted, a row or a value a line", async () => {
    expect(await play("query IT\nq\n----\n2\tx y\n1\tNULL\n", [TWO])).toEqual([]);
    expect(await play("query IT rowsort\nq\n----\n1\tNULL\n2\tx y\n", [TWO])).toEqual([]);
    expect(await play("query IT valuesort\nq\n----\n1\n2\nNULL\nx y\n", [TWO])).toEqual([]);
    expect(await play("query IT\nq\n----\n2\nx y\n1\nNULL\n", [TWO], "lenient")).toEqual([]);
  });

  it.each([
    ["another order", "query IT\nq\n----\n1\tNULL\n2\tx y\n"],
    ["a row too few", "query IT\nq\n----\n2\tx y\n"],
    ["a row too many", "query IT\nq\n----\n2\tx y\n1\tNULL\n1\tNULL\n"],
    ["another value", "query IT\nq\n----\n2\tx y\n1\t(empty)\n"],
    ["a column less", "query I\nq\n----\n2\n1\n"],
    ["another type", "query NT\nq\n----\n2\tx y\n1\tNULL\n"],
    ["another name", "names a c\nquery IT\nq\n----\n2\tx y\n1\tNULL\n"],
    ["another hash", "query IT\nq\n----\n4 values hashing to 00000000000000000000000000000000\n"],
    ["nothing known", "query ?\nq\n"],
  ])("%s is found", async (_, text) => {
    expect(await play(text, [TWO])).toHaveLength(1);
  });

  it("may be written as a hash", async () => {
    const hash = "ee1e4339d44ca0c53fdb704454913b40";
    expect(await play(`query IT\nq\n----\n4 values hashing to ${hash}\n`, [TWO])).toEqual([]);
    expect(await play(`query IT\nq\n----\n3 values hashing to ${hash}\n`, [TWO])).toEqual([`1: 4 values hashing to ${hash}`]);
  });

  it("with one label have one result", async () => {
    const [other] = [{ ...TWO, rows: [...TWO.rows].reverse() }];
    expect(await play("query IT nosort l\nq\n\nquery IT nosort l\nq\n", [TWO, TWO])).toEqual([]);
    expect(await play("query IT nosort l\nq\n\nquery IT nosort l\nq\n", [TWO, other])).toHaveLength(1);
  });

  it("that fail are failures", async () => {
    expect(await play("query I\nq\n", [new SqlFailure("no", "42601")])).toEqual(["1: error 42601 no"]);
  });

  it("print values as the format wants", async () => {
    const values: SqlResult["rows"] = [[1.5, "1.50", true, "", "a\tb", Number.NaN]];
    const types = ["double precision", "numeric", "boolean", "text", "text", "real"];
    expect(await play("query RNBTTR\nq\n----\n1.500\t1.50\ttrue\t(empty)\ta\\x09b\tNaN\n", [{ types, rows: values }])).toEqual([]);
    const rows: SqlResult["rows"] = [["12abc", 3.7, "ä", true]];
    expect(await play("query IITI\nq\n----\n12\n3\n@\n1\n", [{ types: ["", "", "", ""], rows }], "lenient")).toEqual([]);
  });
});

describe("statements", () => {
  const failure = new SqlFailure('relation "t" does not exist', "42P01");

  it.each([
    ["statement ok", {}, failure],
    ["statement error", failure, {}],
    ["statement error", failure, new SqlFailure("not yet", "0A000")],
    ["statement error 42P01", failure, new SqlFailure("x", "42601")],
    ["statement error 42P01 relation .* exist", failure, new SqlFailure("table is missing", "42P01")],
    ["statement error relation", failure, new SqlFailure("x", "42P01")],
    ["statement count 2", { affected: 2 }, { affected: 1 }],
    ["statement count 0", { affected: 0 }, {}],
  ] satisfies [string, Scripted, Scripted][])("%s", async (head, good, bad) => {
    expect(await play(`${head}\ns\n`, [good])).toEqual([]);
    expect(await play(`${head}\ns\n`, [bad])).toHaveLength(1);
  });
});

describe("files", () => {
  it("have records for some databases, parameters and an end", async () => {
    const peer = peerOf([]);
    const text =
      "# c\nskipif scripted\nstatement ok\nA\n\nonlyif other # why\nstatement ok\nB\n\nparameters 1 'it''s' NULL \"NULL\"\nstatement ok\nC\nD\n\nonlyif other\nhalt\n\nstatement ok\nE\n\nhalt\n\nstatement ok\nF\n";
    const { statements, skipped } = await playRecords(peer, parseRecords(text, "test.slt"), "exact");
    expect(peer.seen).toEqual(["C\nD|1|it's|null|NULL", "E"]);
    expect([statements, skipped]).toEqual([2, 2]);
  });

  it("fail where a promise is broken, and end where all are", async () => {
    const broken = (positions: readonly number[]): SqlPeer => {
      let calls = 0;
      const run = async (): Promise<SqlResult> => {
        if (positions.includes(calls++)) throw new Error("no map");
        return { columns: [], types: [], rows: [], affected: undefined };
      };
      return { name: "broken", labels: [], run, reset: async () => {}, close: async () => {} };
    };
    const records = parseRecords("statement ok\na\n\nstatement error\nb\n\nstatement ok\nc\n", "test.slt");
    expect((await playRecords(broken([0]), records, "exact")).mismatches.map(({ line }) => line)).toEqual([1, 4]);
    expect((await playRecords(broken([1]), records, "exact")).mismatches.map(({ line, actual }) => `${line} ${actual}`)).toEqual([
      "4 broken: no map",
    ]);
    await expect(playRecords(broken([0, 1, 2]), records, "exact")).rejects.toThrow("no map");
  });

  it.each(["nonsense\nq\n", "query\nq\n", "statement maybe\ns\n", "statement ok\n\n", "parameters 'open\nstatement ok\ns\n"])(
    "%j is refused",
    (text) => {
      expect(() => parseRecords(text, "test.slt")).toThrow("test.slt:");
    },
  );

  it("of this folder know all answers", () => {
    for (const { file, records } of readSltFiles()) {
      for (const record of records) {
        const isKnown = record.kind === "query" ? record.types !== "?" : record.kind !== "statement" || record.expect.kind !== "unknown";
        expect(isKnown, `${file}:${record.line}`).toBe(true);
      }
    }
  });
});
