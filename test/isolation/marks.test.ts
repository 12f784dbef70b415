/**
 * Goal: what a serializable transaction reads is what it marks: who changes that conflicts with it, and who changes something beside it
 * does not.
 * Method: pairs of a reading and a writing statement, in a skew: one transaction reads, then writes a key that the other one has
 * read, which writes. If the write is seen by the read there is no order for both, so exactly one may commit; if not, both must. Reads are
 * run interpreted and compiled, and after enough rows that documents have shapes.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { open } from "../../host/entry/node.ts";
import { DEFINITIONS, GRAPH_PAIRS, type Pair, TABLE_PAIRS } from "./marks.ts";

type Database = Awaited<ReturnType<typeof open>>;
type Words = readonly string[];

let database: Database;

beforeAll(async () => {
  database = await open();
});

afterAll(() => database.close());

async function prepare(): Promise<void> {
  await database.execute(["FLUSHALL"]);
  for (const words of DEFINITIONS) await database.execute(words);
}

/** Whether both commit. */
async function runSkew({ read, write }: Pair, mode: string): Promise<boolean> {
  await prepare();
  const reader = await database.begin({ isolation: "serializable" });
  const writer = await database.begin({ isolation: "serializable" });
  await reader.execute(["SQL.QUERY", `SET execution_mode TO '${mode}'`]);
  await reader.execute(read as Words);
  await writer.execute(["GET", "flag"]);
  await reader.execute(["SET", "flag", "1"]);
  await writer.execute(write as Words);
  await writer.commit();
  try {
    await reader.commit();
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes("40001")) return false;
    throw error;
  }
}

const PAIRS: Readonly<Record<string, readonly Pair[]>> = { tables: TABLE_PAIRS, graph: GRAPH_PAIRS };

describe.each(Object.entries(PAIRS))("%s", (_, pairs) => {
  describe.each(["interpreted", "compiled"])("%s", (mode) => {
    test.each(pairs)("$name", async (pair) => {
      expect(await runSkew(pair, mode)).toBe(!pair.conflicts);
    });
  });
});
