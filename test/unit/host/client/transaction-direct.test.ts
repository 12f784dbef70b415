/**
 * GET and SET in a transaction by the library's fast paths.
 *
 * Goal: what they see and leave is what the ordinary commands see and leave, whatever runs between them; who writes beside a transaction by
 * the fast path is met by it.
 * Method: the built engine in memory; transactions at random against maps, beside autocommit writes. What fast paths do not do on their own
 * is in between: deletions, counters, savepoints, keys with a time, more keys than they remember.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import type { Transaction } from "../../../../host/client/transaction.ts";
import { DatabaseError } from "../../../../host/common/error.ts";
import { open } from "../../../../host/entry/node.ts";
import { engineBuilt } from "../../../support/engine.ts";
import { createRandom, type SeededRandom } from "../../../support/random.ts";

const KEYS = 30;
const TRANSACTIONS = 600;
const STEPS = 25;
const SEED = Number(process.env.MEMFLUX_TEST_SEED ?? "20260");
const FAR_SECONDS = 100_000;

type State = Map<string, string>;

/** A transaction beside what it is to see. */
interface Played {
  readonly tx: Transaction;
  state: State;
  written: Set<string>;
  saved: { state: State; written: Set<string> } | undefined;
}

function value(random: SeededRandom): string {
  if (random.chance(0.5)) return String(random.between(-1_000_000, 1_000_000));
  return (random.chance(0.5) ? "v" : "ü").repeat(random.pick([1, 9, 10, 99, 100, 1000]));
}

async function step(random: SeededRandom, played: Played): Promise<void> {
  const { tx, state, written } = played;
  const key = `key:${random.below(KEYS)}`;
  const kind = random.below(100);
  if (kind < 40) expect(tx.get(key)).toBe(state.get(key) ?? null);
  else if (kind < 45) expect(tx.bytes.get(key)).toEqual(state.has(key) ? new TextEncoder().encode(state.get(key)) : null);
  else if (kind < 80) {
    const text = value(random);
    expect(tx.set(key, text)).toBe(true);
    state.set(key, text);
    written.add(key);
  } else if (kind < 84) {
    if (state.delete(key)) written.add(key);
    tx.del(key);
  } else if (kind < 88) {
    const before = state.get(key) ?? "0";
    if (!/^-?\d+$/.test(before)) return;
    expect(tx.incr(key)).toBe(Number(before) + 1);
    state.set(key, String(Number(before) + 1));
    written.add(key);
  } else if (kind < 91) expect(tx.dbsize()).toBe(state.size);
  else if (kind < 95) {
    await tx.savepoint("s");
    played.saved = { state: new Map(state), written: new Set(written) };
  } else if (played.saved !== undefined) {
    await tx.rollbackTo("s");
    played.state = new Map(played.saved.state);
    played.written = new Set(played.saved.written);
  }
}

function outside(random: SeededRandom, db: EmbeddedDatabase, committed: State): string {
  const key = `key:${random.below(KEYS)}`;
  const text = value(random);
  if (random.chance(0.1)) db.set(key, text, { ex: FAR_SECONDS });
  else expect(db.set(key, text)).toBe(true);
  expect(db.get(key)).toBe(text);
  committed.set(key, text);
  return key;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (error instanceof DatabaseError) return error.code;
    throw error;
  }
}

describe.skipIf(!engineBuilt)("GET and SET in transactions", () => {
  let db: EmbeddedDatabase;

  beforeEach(async () => {
    db = await open();
  });

  afterEach(() => db.close());

  it.each(["snapshot", "serializable"] as const)("at random, %s", async (isolation) => {
    const random = createRandom(SEED);
    const committed: State = new Map();
    const counts = { done: 0, conflicts: 0 };
    for (let made = 0; made < TRANSACTIONS; made++) {
      const tx = await db.begin({ isolation });
      const played: Played = { tx, state: new Map(committed), written: new Set(), saved: undefined };
      const others = new Set<string>();
      for (let left = random.between(1, STEPS); left > 0; left--) {
        if (random.chance(0.03)) others.add(outside(random, db, committed));
        await step(random, played);
      }
      if (random.chance(0.1)) await tx.rollback();
      else {
        const isMet = [...played.written].some((key) => others.has(key));
        expect(await codeOf(tx.commit()), `seed ${SEED}, transaction ${made}`).toBe(isMet ? "SQL_ABORT" : "done");
        counts[isMet ? "conflicts" : "done"]++;
        if (!isMet) {
          for (const key of played.written) {
            const text = played.state.get(key);
            if (text === undefined) committed.delete(key);
            else committed.set(key, text);
          }
        }
      }
      for (let key = 0; key < KEYS; key++) expect(db.get(`key:${key}`)).toBe(committed.get(`key:${key}`) ?? null);
    }
    expect(counts.done).toBeGreaterThan(TRANSACTIONS / 2);
    expect(counts.conflicts).toBeGreaterThan(TRANSACTIONS / 50);
  });

  it("leave no memory behind", async () => {
    for (let key = 0; key < KEYS; key++) db.set(`key:${key}`, "before");
    // The session of the first transaction is kept for those that follow.
    await db.transaction(() => {});
    const used = db.memory().used;
    for (let round = 0; round < 100; round++) {
      await db
        .transaction((tx) => {
          for (let key = 0; key < KEYS; key++) tx.set(`key:${key}`, "behind");
          expect(tx.get("key:0")).toBe("behind");
          if (round % 2 === 0) throw new RangeError("no");
          for (let key = 0; key < KEYS; key++) tx.set(`key:${key}`, "before");
        })
        .catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
    }
    expect(db.memory().used).toBe(used);
  });

  it("two that read what the other writes do not both commit", async () => {
    db.set("x", "1");
    db.set("y", "1");
    const one = await db.begin();
    const two = await db.begin();
    expect([one.get("x"), one.get("y"), two.get("x"), two.get("y")]).toEqual(["1", "1", "1", "1"]);
    one.set("x", "0");
    two.set("y", "0");
    expect([await codeOf(one.commit()), await codeOf(two.commit())].sort()).toEqual(["SQL_ABORT", "done"]);
    expect([db.get("x"), db.get("y")].sort()).toEqual(["0", "1"]);
  });

  it("what the ordinary command refuses is refused", async () => {
    await db.query("CREATE TABLE person (id INT PRIMARY KEY, name TEXT)");
    const tx = await db.begin();
    expect(() => tx.set("person:1", "text")).toThrow(DatabaseError);
    tx.set("doc", "text");
    tx.del("doc");
    tx.json.set("doc", "$", { a: 1 });
    expect(() => tx.get("doc")).toThrow(DatabaseError);
    expect(tx.set("doc", "text")).toBe(true);
    expect(tx.get("doc")).toBe("text");
    await tx.commit();
    expect(db.get("doc")).toBe("text");
    const reader = await db.begin({ readOnly: true });
    expect(reader.get("doc")).toBe("text");
    expect(() => reader.set("doc", "other")).toThrow(/25006/);
    await reader.rollback();
    expect(() => reader.get("doc")).toThrow(/rolled back/);
  });

  it("in the database that was selected", async () => {
    const tx = await db.begin();
    tx.set("a", "0");
    await tx.execute(["SELECT", "3"]);
    expect(tx.get("a")).toBe(null);
    tx.set("a", "3");
    await tx.execute(["SELECT", "0"]);
    expect(tx.get("a")).toBe("0");
    tx.set("b", "0");
    await tx.commit();
    expect([db.get("a"), db.get("b"), db.select(3).get("a"), db.select(3).get("b")]).toEqual(["0", "0", "3", null]);
  });
});
