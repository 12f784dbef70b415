/**
 * Goal: a document takes at most 1.3 times the bytes of its compact text, whatever its field names are.
 * Method: vega-datasets' movies and cars as single documents and as one each, and a seeded crowd of documents with random names;
 * the bytes that JSON.DEBUG MEMORY tells against those of JSON.stringify. The content is compared too.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { engineBuilt, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import { fromUtf8, type Json, utf8 } from "./json-values.ts";

const LIMIT = 1.3;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

function dataSet(name: string): Json[] {
  return JSON.parse(readFileSync(new URL(`../../node_modules/vega-datasets/data/${name}`, import.meta.url), "utf8")) as Json[];
}

/** A document whose fields have names that no other has. */
function strange(random: RandomInput): Json {
  const value = (): Json =>
    random.pick<Json>([random.below(1000), random.below(100_000) / 100, random.text(LETTERS, 10), true, null, [random.below(9), "x"]]);
  return Object.fromEntries(Array.from({ length: 12 }, () => [random.text(LETTERS, 8), value()]));
}

/** Packed bytes by text bytes of the documents, each stored and read back. */
function ratio(documents: readonly Json[]): number {
  const engine = new TestEngine("release");
  const session = engine.open();
  let packed = 0;
  let text = 0;
  for (const document of documents) {
    const bytes = utf8(JSON.stringify(document));
    expect(engine.command(session, ["JSON.SET", "k", "$", bytes])).toBe("+OK\r\n");
    const reply = engine.command(session, ["JSON.GET", "k"]);
    expect(JSON.parse(fromUtf8(reply.slice(reply.indexOf("\r\n") + 2, -2)))).toEqual(document);
    packed += Number(engine.command(session, ["JSON.DEBUG", "MEMORY", "k"]).slice(1, -2));
    text += bytes.length;
  }
  return packed / text;
}

describe.skipIf(!engineBuilt)("bytes of documents", () => {
  it.each(["movies.json", "cars.json"])("%s, record by record and as a whole", (name) => {
    const records = dataSet(name);
    expect(records.length).toBeGreaterThan(300);
    expect(ratio(records)).toBeLessThan(LIMIT);
    expect(ratio([records])).toBeLessThan(LIMIT);
  });

  it(`documents with random names (seed ${TEST_SEED})`, () => {
    const random = randomInput(TEST_SEED);
    expect(ratio(Array.from({ length: 2000 }, () => strange(random)))).toBeLessThan(LIMIT);
  });
});
