/**
 * Goal: the questions over vega-datasets are asked rightly: PostgreSQL gives the answers that their JavaScript gives.
 * Method: the documents as rows of the declared tables, on PGlite. Not run where it is not installed.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cellsOf, findDifference } from "../../golden/vega/compare.ts";
import { COLLECTIONS, DEFINITIONS, documentsOf, type Field, loadVega } from "../../golden/vega/data.ts";
import { QUESTIONS } from "../../golden/vega/questions.ts";
import { openPostgres } from "../../support/sql/postgres.ts";

const BATCH = 500;
const data = loadVega();
const peer = await openPostgres();

function literal(field: Field): string {
  return typeof field === "string" ? `'${field.replaceAll("'", "''")}'` : String(field);
}

describe.skipIf(peer === undefined)("questions over vega-datasets on PostgreSQL", () => {
  beforeAll(async () => {
    for (const definition of DEFINITIONS) await peer!.run(definition);
    for (const name of COLLECTIONS) {
      const rows = documentsOf(data, name, true).map(({ document }) => document);
      const columns = Object.keys(rows[0]!);
      for (let first = 0; first < rows.length; first += BATCH) {
        const values = rows.slice(first, first + BATCH).map((row) => `(${columns.map((column) => literal(row[column]!)).join(", ")})`);
        await peer!.run(`INSERT INTO ${name} (${columns.map((column) => `"${column}"`).join(", ")}) VALUES ${values.join(", ")}`);
      }
    }
  });
  afterAll(() => peer?.close());

  it.each(QUESTIONS)("$title", async ({ sql, answer, ordered }) => {
    const expected = answer(data);
    expect(expected.length).toBeGreaterThan(0);
    expect(findDifference(expected, cellsOf(await peer!.run(sql)), ordered === true)).toBeUndefined();
  });

  it("would find a wrong answer", async () => {
    for (const { sql, answer, ordered } of QUESTIONS) {
      const actual = cellsOf(await peer!.run(sql));
      const wrong = answer(data).map((row, position) =>
        position > 0
          ? row
          : row.map((cell, column) => (column < row.length - 1 ? cell : typeof cell === "number" ? cell * 1.000001 + 1e-6 : `${cell}!`)),
      );
      expect(findDifference(wrong, actual, ordered === true), sql).toBeDefined();
      expect(findDifference(answer(data).slice(1), actual, ordered === true), sql).toBeDefined();
    }
  });
});
