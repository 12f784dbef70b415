/**
 * `transactionSync`: transactions of functions that wait for nothing.
 *
 * Goal: they commit what they did and answer what the function answers, or leave nothing, whatever kind of values they wrote and whoever was asked in between;
 * they are transactions among the others; nothing of them is left in memory, and all that was committed is in the log.
 * Method: the built engine; transactions at random against maps, in which statements, other transactions, and the database itself come in between; cases.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import type { SqlStatement } from "../../../../host/client/queries.ts";
import type { Transaction } from "../../../../host/client/transaction.ts";
import { DatabaseError } from "../../../../host/common/error.ts";
import { open } from "../../../../host/entry/node.ts";
import { engineBuilt } from "../../../support/engine.ts";
import { createRandom, type SeededRandom } from "../../../support/random.ts";

const SEED = Number(process.env.MEMFLUX_TEST_SEED ?? "20261");
const KEYS = 24;
const ROWS = 8;
const TRANSACTIONS = 1500;
const FAR_SECONDS = 100_000;
const LENGTHS = [0, 1, 7, 8, 9, 30, 100, 448, 449, 2000];

/** What keys hold and what rows add up to; the catalog has one key more. */
interface State {
  readonly texts: Map<string, string>;
  readonly amounts: number[];
}

const copyOf = ({ texts, amounts }: State): State => ({ texts: new Map(texts), amounts: [...amounts] });

class Stop extends Error {}

interface Statements {
  readonly add: SqlStatement<unknown>;
  readonly get: SqlStatement<{ amount: number }>;
}

function text(random: SeededRandom): string {
  if (random.chance(0.5)) return String(random.between(-100_000, 100_000));
  return random.pick(["x", "ü"]).repeat(random.pick(LENGTHS));
}

function isNumber(value: string): boolean {
  return /^(?:0|-?[1-9]\d{0,8})$/.test(value);
}

/** A step of a transaction by direct calls. */
function directStep(random: SeededRandom, tx: Transaction | EmbeddedDatabase, { texts }: State): void {
  const key = `key:${random.below(KEYS)}`;
  const before = texts.get(key);
  const kind = random.below(10);
  if (kind < 4) expect(tx.get(key)).toBe(before ?? null);
  else if (kind < 7) {
    const value = text(random);
    expect(tx.set(key, value)).toBe(true);
    texts.set(key, value);
  } else if (before === undefined || isNumber(before)) {
    const amount = random.between(-50, 50);
    expect(tx.incrby(key, amount)).toBe(Number(before ?? "0") + amount);
    texts.set(key, String(Number(before ?? "0") + amount));
  } else expect(() => tx.incrby(key, 1)).toThrow(/not an integer/);
}

/** One by the ordinary commands, or by a statement. */
function ordinaryStep(random: SeededRandom, tx: Transaction, { add, get }: Statements, { texts, amounts }: State): void {
  const key = `key:${random.below(KEYS)}`;
  const id = random.below(ROWS);
  const kind = random.below(10);
  if (kind < 3) expect(tx.statement(get).get(id)?.amount).toBe(amounts[id]);
  else if (kind < 6) {
    const amount = random.between(-9, 9);
    expect(tx.statement(add).run(id, amount).affected).toBe(1);
    amounts[id] = (amounts[id] ?? 0) + amount;
  } else if (kind < 7) {
    tx.append(key, "+");
    texts.set(key, `${texts.get(key) ?? ""}+`);
  } else if (kind < 8) expect(tx.del(key)).toBe(texts.delete(key) ? 1 : 0);
  else if (kind < 9) expect(tx.dbsize()).toBe(texts.size + ROWS + 1);
  else if (texts.has(key)) tx.expire(key, FAR_SECONDS);
}

describe.skipIf(!engineBuilt)("transactionSync", () => {
  let db: EmbeddedDatabase;

  beforeEach(async () => {
    db = await open();
  });

  afterEach(() => db.close());

  async function bank(of: EmbeddedDatabase): Promise<Statements> {
    await of.query("CREATE TABLE account (id INT PRIMARY KEY, amount INT)");
    for (let id = 0; id < ROWS; id++) await of.query("INSERT INTO account VALUES ($1, 0)", [id]);
    return {
      add: await of.prepare("UPDATE account SET amount = amount + $2 WHERE id = $1"),
      get: await of.prepare("SELECT amount FROM account WHERE id = $1"),
    };
  }

  function expectState(of: EmbeddedDatabase, { texts, amounts }: State, { get }: Statements, where: string): void {
    for (let key = 0; key < KEYS; key++) expect(of.get(`key:${key}`), where).toBe(texts.get(`key:${key}`) ?? null);
    for (let id = 0; id < ROWS; id++) expect(get.get(id)?.amount, where).toBe(amounts[id]);
  }

  it.each([
    ["direct calls", 0, 0],
    ["statements and commands", 0.2, 0],
    ["others in between", 0.1, 0.1],
  ])("at random: %s", async (_name, ordinary, others) => {
    const folder = await mkdtemp(join(tmpdir(), "memflux-"));
    const random = createRandom(SEED);
    let of = await open({ dir: folder });
    try {
      const statements = await bank(of);
      let committed: State = { texts: new Map(), amounts: Array.from({ length: ROWS }, () => 0) };
      const counts = { committed: 0, rolledBack: 0 };
      for (let made = 0; made < TRANSACTIONS; made++) {
        const where = `seed ${SEED}, transaction ${made}`;
        const own = copyOf(committed);
        const stops = random.chance(0.3);
        // What somebody else changes meanwhile has to be other keys: the transaction would be in its way.
        let met = 0;
        const work = (tx: Transaction): number => {
          for (let left = random.below(8); left > 0; left--) {
            if (random.chance(others)) {
              met++;
              of.transactionSync((inner) => inner.incr("met"));
            } else if (random.chance(ordinary)) ordinaryStep(random, tx, statements, own);
            else directStep(random, tx, own);
          }
          if (stops) throw new Stop();
          return made;
        };
        if (stops) expect(() => of.transactionSync(work), where).toThrow(Stop);
        else expect(of.transactionSync(work), where).toBe(made);
        if (!stops) committed = own;
        counts[stops ? "rolledBack" : "committed"]++;
        if (met > 0) expect(of.del("met")).toBe(1);
        expectState(of, committed, statements, where);
        if (made % 500 === 0) {
          await of.close();
          of = await open({ dir: folder });
          Object.assign(statements, {
            add: await of.prepare("UPDATE account SET amount = amount + $2 WHERE id = $1"),
            get: await of.prepare("SELECT amount FROM account WHERE id = $1"),
          });
          expectState(of, committed, statements, `${where}, after a start`);
        }
      }
      expect(counts.committed).toBeGreaterThan(TRANSACTIONS / 2);
      expect(counts.rolledBack).toBeGreaterThan(TRANSACTIONS / 5);
    } finally {
      await of.close();
      await rm(folder, { recursive: true });
    }
  });

  it("leaves no memory behind, and counts versions as one transaction does", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `key:${index}`);
    for (const name of names) db.set(name, "1");
    const work = (value: string, stops: boolean) => (tx: Transaction) => {
      for (const name of names) {
        tx.set(name, value);
        tx.set(name, "17");
        tx.incrby(name, -16);
        tx.get(name);
      }
      if (stops) throw new Stop();
    };
    db.transactionSync(work("1", false));
    const { used } = db.memory();
    await db.execute(["VACUUM"]);
    for (let round = 0; round < 50; round++) {
      db.transactionSync(work("x".repeat(8), false));
      expect(() => db.transactionSync(work("y".repeat(700), true))).toThrow(Stop);
      expect(db.get("key:3")).toBe("1");
    }
    expect(db.memory().used).toBe(used);
    expect(await db.execute(["VACUUM"])).toBe("Removed 2000 versions and 0 keys");
  });

  it("answers what the function answers, which throws or answers no promise", async () => {
    expect(db.transactionSync((tx) => Number(tx.incr("n")) + 1)).toBe(2);
    expect(() =>
      db.transactionSync((tx) => {
        tx.incr("n");
        throw new Stop();
      }),
    ).toThrow(Stop);
    expect(() =>
      db.transactionSync(async (tx) => {
        tx.incr("n");
        await Promise.resolve();
        tx.incr("n");
      }),
    ).toThrow(/must not answer a promise/);
    expect(db.get("n")).toBe("1");
    let kept: Transaction | undefined;
    db.transactionSync((tx) => {
      kept = tx;
      expect(tx.isOpen).toBe(true);
    });
    expect(kept?.isOpen).toBe(false);
    for (const call of [
      () => kept?.get("n"),
      () => kept?.set("n", "9"),
      () => kept?.incr("n"),
      () => kept?.append("n", "9"),
      () => kept?.bytes.get("n"),
    ])
      expect(call).toThrow(/the transaction has ended: it was committed/);
    await expect(kept?.commit()).rejects.toThrow(/has ended/);
    expect(db.get("n")).toBe("1");
  });

  it("ended by itself it is not ended again", async () => {
    db.transactionSync((tx) => {
      tx.set("a", "1");
      void tx.rollback();
    });
    expect(db.get("a")).toBe(null);
    db.transactionSync((tx) => {
      tx.set("a", "2");
      void tx.commit();
      expect(() => tx.set("a", "3")).toThrow(/it was committed/);
    });
    expect(db.get("a")).toBe("2");
    expect(db.transactionSync((tx) => tx.get("a"))).toBe("2");
  });

  it("as it was asked for", () => {
    db.set("a", "1");
    expect(db.transactionSync((tx) => [tx.isolation, tx.readOnly])).toEqual(["serializable", false]);
    expect(db.transactionSync((tx) => [tx.isolation, tx.readOnly], { isolation: "snapshot", readOnly: true })).toEqual(["snapshot", true]);
    for (const write of [
      (tx: Transaction): unknown => tx.set("a", "2"),
      (tx: Transaction): unknown => tx.incr("a"),
      (tx: Transaction): unknown => tx.append("a", "2"),
    ])
      expect(() => db.transactionSync(write, { readOnly: true })).toThrow(/25006/);
    expect(db.get("a")).toBe("1");
    expect(
      db.transactionSync((tx) => {
        tx.command(["SELECT", "3"]);
        tx.set("a", "3");
        return tx.get("a");
      }),
    ).toBe("3");
    expect([db.get("a"), db.select(3).get("a"), db.transactionSync((tx) => tx.get("a"))]).toEqual(["1", "3", "1"]);
  });

  it("within each other, each by itself", () => {
    db.set("a", "1");
    const seen = db.transactionSync((outer) => {
      outer.set("b", "outer");
      const inner = db.transactionSync((tx) => [tx.set("a", "2"), tx.get("c")]);
      return [inner, outer.get("a"), outer.get("b"), db.get("a"), db.get("b")];
    });
    expect(seen).toEqual([[true, null], "1", "outer", "2", null]);
    expect([db.get("a"), db.get("b")]).toEqual(["2", "outer"]);
    // Each reads what the other writes.
    const skewed = (): void =>
      db.transactionSync((outer) => {
        outer.get("a");
        db.transactionSync((inner) => [inner.get("b"), inner.set("a", "3")]);
        outer.set("b", "skewed");
      });
    expect(skewed).toThrow(/40001/);
    expect([db.get("a"), db.get("b")]).toEqual(["3", "outer"]);
  });

  it("among others: what it does is met by those that are open", async () => {
    db.mset({ x: "1", y: "1" });
    const tx = await db.begin();
    expect(tx.get("x")).toBe("1");
    db.transactionSync((sync) => {
      sync.get("y");
      sync.set("x", "2");
    });
    tx.set("y", "2");
    await expect(tx.commit()).rejects.toMatchObject({ code: "SQL_ABORT" });
    const watching = db.multi().watch("x").set("seen", "1");
    expect(() =>
      db.transactionSync((sync) => {
        sync.set("x", "3");
        throw new Stop();
      }),
    ).toThrow(Stop);
    expect(await watching.exec()).toEqual([true]);
    const broken = db.multi().watch("x").set("seen", "2");
    db.transactionSync((sync) => sync.set("x", "4"));
    expect(await broken.exec()).toBe(null);
  });

  it("its time is one time, and keys end by it", async () => {
    db.set("short", "1", { px: 30 });
    const statement = await db.prepare<{ at: number }>("SELECT extract(epoch FROM now()) * 1000 AS at");
    const [first, second] = db.transactionSync((tx) => {
      tx.get("none");
      const one = tx.statement(statement).get()?.at;
      const begin = Date.now();
      while (Date.now() - begin < 5);
      return [one, tx.statement(statement).get()?.at];
    });
    expect(second).toBe(first);
    expect(Math.abs(Number(first) - Date.now())).toBeLessThan(60_000);
    const begin = Date.now();
    while (Date.now() - begin < 40);
    expect(db.transactionSync((tx) => tx.get("short"))).toBe(null);
  });

  it("of a database that is closed", async () => {
    const other = await open();
    other.transactionSync((tx) => tx.set("a", "1"));
    await other.close();
    expect(() => other.transactionSync(() => 1)).toThrow(DatabaseError);
  });
});
