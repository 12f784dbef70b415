/**
 * Goal: `SELECT *` of a collection without schema has `id` and the fields of the documents that its reader sees, no others: none that only an
 * uncommitted, rolled back or failed write has brought, or a document that is gone; whatever plan was cached before.
 * Method: random writes in and outside of two transactions against what `JSON.GET` shows, the same texts again and again; prepared ones too.
 */
import { expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import type { Transaction } from "../../../../../host/client/transaction.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { type RandomInput, randomInput } from "../../../assembly/bytes/random-input.ts";

type Session = EmbeddedDatabase | Transaction;

const NAMES = ["a", "b", "c", "deep", "id", "x y"];
const STEPS = 250;

function document(random: RandomInput): Record<string, unknown> {
  const names = NAMES.filter(() => random.below(4) === 0);
  return Object.fromEntries(names.map((name) => [name, name === "deep" ? { a: 1 } : random.below(3) === 0 ? null : name]));
}

async function write(random: RandomInput, session: Session, bounds: number): Promise<void> {
  const key = `d:${random.below(bounds)}`;
  switch (random.below(6)) {
    case 0:
      await session.execute(["DEL", key]);
      return;
    case 1:
      await session
        .query(`INSERT INTO d (id, "${random.pick(NAMES.filter((name) => name !== "id"))}") VALUES ('0', 1), ('0', 2)`)
        .catch(() => {});
      return;
    case 2:
      await session.query(`UPDATE d SET "${random.pick(["a", "b", "late"])}" = 1 WHERE id = '${random.below(bounds)}'`);
      return;
    default:
      session.json.set(key, "$", document(random) as never);
  }
}

/** The columns that there must be, `id` apart. */
async function fieldsOf(session: Session): Promise<string[]> {
  const keys = (await session.execute(["KEYS", "d:*"])) as string[];
  const documents = await Promise.all(keys.map((key) => session.execute(["JSON.GET", key])));
  const names = documents.flatMap((text) => Object.keys(JSON.parse(text as string) as object));
  return [...new Set(names)].filter((name) => name !== "id").sort();
}

async function columnsOf(session: Session, text: string): Promise<string[]> {
  const { columns } = await session.query(text);
  const names = columns.map(({ name }) => name);
  expect(names.filter((name) => name === "id")).toEqual(["id"]);
  return names.filter((name) => name !== "id").sort();
}

it.skipIf(!engineBuilt).each([
  [8, true],
  [30, true],
  [200, false],
])(`of %i documents (seed ${TEST_SEED})`, async (bounds, isExact) => {
  const random = randomInput(TEST_SEED + bounds);
  await using db = await open();
  const prepared = await db.prepare("SELECT * FROM d");
  let hidden = 0;
  for (let step = 0; step < STEPS * TEST_LENGTH; step++) {
    const tx = random.below(3) === 0 ? await db.begin({ isolation: "snapshot" }) : undefined;
    for (let count = random.below(4); count >= 0; count--) await write(random, tx ?? db, bounds);
    for (const session of tx === undefined ? [db] : [tx, db, tx]) {
      const wanted = await fieldsOf(session);
      for (const text of ["SELECT * FROM d", "SELECT d.* FROM d WHERE id <> 'none'"]) {
        const columns = await columnsOf(session, text);
        if (isExact) expect([step, columns]).toEqual([step, wanted]);
        else expect(columns).toEqual(expect.arrayContaining(wanted));
        if (columns.length < NAMES.length - 1) hidden++;
      }
    }
    const rows = prepared.all() as Record<string, unknown>[];
    const own = (await fieldsOf(db)).filter(() => rows.length > 0);
    if (isExact)
      expect(
        Object.keys(rows[0] ?? {})
          .filter((name) => name !== "id")
          .sort(),
      ).toEqual(own);
    if (tx !== undefined) await (random.below(2) === 0 ? tx.commit().catch(() => {}) : tx.rollback());
  }
  if (bounds === 8) expect(hidden).toBeGreaterThan(STEPS / 2);
});
