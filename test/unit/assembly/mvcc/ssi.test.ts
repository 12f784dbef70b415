/**
 * Goal: the rules of serializable snapshot isolation, one by one: what is refused and why, and what is not; bounds of ranges; and that what
 * is remembered stays within its limit.
 * Method: short histories written out, each followed by a look at the memory; ranges and keys against a comparison of texts.
 */
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { randomInput } from "../bytes/random-input.ts";
import {
  type Actor,
  ADMITTED,
  DOOMED,
  EXCLUSIVE,
  HIGH_OPEN,
  HIGH_UNBOUNDED,
  IS_PREFIX,
  LOST,
  LOW_OPEN,
  NO_MEMORY,
  PIVOT,
  SHARED,
  type Ssi,
  startSsi,
  TOUCH,
  type Transaction,
} from "./ssi-module.ts";

const SEED = 7_707;
const LIMIT = 64 * 1_048_576;
const [X, Y, Z] = [1, 2, 3] as const;
const SPACE = 5;

let ssi: Ssi;
let before: number;
/** Those of the running test. */
const begun: Transaction[] = [];

beforeAll(async () => {
  ssi = await startSsi("debug");
  before = ssi.memoryUsed();
}, 60_000);

afterEach(() => {
  ssi.limit(LIMIT);
  ssi.fail(0);
  const open = begun.splice(0).filter((transaction) => transaction.isActive());
  for (const transaction of open) transaction.abort();
  const isInOrder = ssi.check();
  while (ssi.step(100));
  expect(open).toEqual([]);
  expect(isInOrder).toBe(true);
  expect(ssi.isActive()).toBe(false);
  expect(ssi.targets()).toBe(0);
  expect(ssi.memoryUsed()).toBe(before);
});

function begin(isSerializable = true, isReadOnly = false): Transaction {
  const transaction = ssi.begin(isSerializable, isReadOnly);
  if (transaction === undefined) throw new Error("no memory for a transaction");
  begun.push(transaction);
  return transaction;
}

/** Commits or rolls back, as the verdict says, which it returns. */
function end(transaction: Transaction): number {
  const verdict = transaction.verdict();
  if (verdict === ADMITTED) transaction.commit();
  else transaction.abort();
  return verdict;
}

/** A transaction that reads and writes items, and is still active. */
function run(reads: readonly number[], writes: readonly number[], isSerializable = true): Transaction {
  const transaction = begin(isSerializable);
  for (const item of reads) transaction.read(item);
  for (const item of writes) transaction.write(item, EXCLUSIVE);
  return transaction;
}

function unit(work: (unit: Actor) => void): void {
  ssi.unit(work);
}

describe("what is taken back", () => {
  test("was not written: nobody loses by it, nor to it", () => {
    const [first, second] = [run([], [X, Y]), run([], [X])];
    second.forgetWrites();
    second.write(Z, EXCLUSIVE);
    expect([end(first), end(second)]).toEqual([ADMITTED, ADMITTED]);
    const [beaten, winner] = [begin(), run([], [X])];
    expect(end(winner)).toBe(ADMITTED);
    beaten.write(X, EXCLUSIVE);
    expect(beaten.doom()).toBe(LOST);
    beaten.forgetWrites();
    expect(end(beaten)).toBe(ADMITTED);
  });

  test("was read nevertheless", () => {
    const [first, second] = [run([X], [Z]), run([Y], [X])];
    first.forgetWrites();
    first.write(Y, EXCLUSIVE);
    expect([end(second), end(first)]).toEqual([ADMITTED, PIVOT]);
  });

  test("makes nobody a mere reader behind a pivot that has committed since he would not", () => {
    const pivot = run([X], []);
    expect(end(run([], [X]))).toBe(ADMITTED);
    const reader = run([X, Y], []);
    unit((it) => it.write(Z, EXCLUSIVE));
    reader.write(Z, EXCLUSIVE);
    expect(reader.doom()).toBe(LOST);
    pivot.write(Y, EXCLUSIVE);
    expect(end(pivot)).toBe(ADMITTED);
    reader.forgetWrites();
    expect(end(reader)).toBe(DOOMED);
  });
});

describe("first committer wins", () => {
  test.each([true, false])("a lost update is refused, serializable: %s", (isSerializable) => {
    const [first, second] = [run([X], [X], isSerializable), run([X], [X], isSerializable)];
    expect([end(first), end(second)]).toEqual([ADMITTED, LOST]);
  });

  test("a unit's write wins at once, before and after the transaction's own", () => {
    const [early, late] = [run([], [X], false), begin(false)];
    unit((it) => it.write(X, EXCLUSIVE));
    expect(early.doom()).toBe(ADMITTED);
    late.write(X, EXCLUSIVE);
    expect(late.doom()).toBe(LOST);
    expect([end(early), end(late)]).toEqual([LOST, LOST]);
  });

  test("who began behind the commit does not lose to it", () => {
    const bystander = begin(false);
    expect(end(run([], [X], false))).toBe(ADMITTED);
    expect(end(run([], [X], false))).toBe(ADMITTED);
    expect(end(bystander)).toBe(ADMITTED);
  });

  test.each([
    [EXCLUSIVE, EXCLUSIVE, LOST],
    [EXCLUSIVE, SHARED, LOST],
    [SHARED, EXCLUSIVE, LOST],
    [SHARED, SHARED, ADMITTED],
    [TOUCH, EXCLUSIVE, ADMITTED],
    [EXCLUSIVE, TOUCH, ADMITTED],
  ])("mode %i committed, then mode %i: %i", (committed, mode, verdict) => {
    for (const byUnit of [false, true]) {
      const late = begin(false);
      late.write(X, TOUCH);
      late.write(X, mode);
      late.write(X, TOUCH);
      const early = begin(false);
      if (byUnit) unit((it) => it.write(X, committed));
      else early.write(X, committed);
      expect([end(early), end(late)]).toEqual([ADMITTED, verdict]);
    }
  });

  test("of one key in a space the second writer loses, of two nobody does", () => {
    const [first, same, other] = [begin(false), begin(false), begin(false)];
    first.writeKey(SPACE, "key");
    same.writeKey(SPACE, "key");
    other.writeKey(SPACE, "key2");
    expect([end(first), end(same), end(other)]).toEqual([ADMITTED, LOST, ADMITTED]);
  });
});

describe("dangerous structures", () => {
  test("write skew: the second of the two is refused, at snapshot level none is", () => {
    for (const isSerializable of [true, false]) {
      const [first, second] = [run([X, Y], [X], isSerializable), run([X, Y], [Y], isSerializable)];
      expect([end(first), end(second)]).toEqual([ADMITTED, isSerializable ? PIVOT : ADMITTED]);
    }
  });

  test("a single antidependency hurts nobody, in either order", () => {
    const [reader, writer] = [run([X], [Y]), run([Z], [X])];
    expect([end(writer), end(reader)]).toEqual([ADMITTED, ADMITTED]);
    const [reader2, writer2] = [run([X], [Y]), run([Z], [X])];
    expect([end(reader2), end(writer2)]).toEqual([ADMITTED, ADMITTED]);
  });

  test("three in a row are refused only if the last was the first to commit", () => {
    const [a, b, c] = [run([X], [Z]), run([Y], [X]), run([], [Y])];
    expect([end(a), end(b), end(c)]).toEqual([ADMITTED, ADMITTED, ADMITTED]);
    const [a2, b2, c2] = [run([X], [Z]), run([Y], [X]), run([], [Y])];
    expect([end(c2), end(b2), end(a2)]).toEqual([ADMITTED, PIVOT, ADMITTED]);
  });

  test("who reads what a committed pivot has overwritten is doomed", () => {
    const first = begin();
    const pivot = run([Y], [X]);
    const last = run([], [Y]);
    expect([end(last), end(pivot)]).toEqual([ADMITTED, ADMITTED]);
    first.read(X);
    expect(first.doom()).toBe(ADMITTED);
    first.write(Z, EXCLUSIVE);
    expect(first.doom()).toBe(DOOMED);
    expect(end(first)).toBe(DOOMED);
  });

  test("so is a mere reader whose view has the last of the three", () => {
    const pivot = run([Y], [X]);
    expect(end(run([], [Y]))).toBe(ADMITTED);
    const first = begin();
    expect(end(pivot)).toBe(ADMITTED);
    first.read(X);
    expect(end(first)).toBe(DOOMED);
  });

  test("a mere reader whose view lacks it lets the pivot pass, and may not write then", () => {
    const [reader, writer] = [begin(), begin()];
    reader.read(X);
    writer.read(X);
    const pivot = run([Y], [X]);
    expect(end(run([], [Y]))).toBe(ADMITTED);
    expect(end(pivot)).toBe(ADMITTED);
    writer.write(Z, EXCLUSIVE);
    expect([end(reader), end(writer)]).toEqual([ADMITTED, DOOMED]);
  });

  test("the read-only anomaly: the report makes the pivot, whether it says that it is read-only or not", () => {
    for (const isReadOnly of [false, true]) {
      const withdrawal = run([X, Y], [X]);
      expect(end(run([Y], [Y]))).toBe(ADMITTED);
      const report = begin(true, isReadOnly);
      report.read(X);
      report.read(Y);
      expect(end(report)).toBe(ADMITTED);
      expect(end(withdrawal)).toBe(PIVOT);
    }
  });

  test("without the report the same withdrawal commits", () => {
    const withdrawal = run([X, Y], [X]);
    expect(end(run([Y], [Y]))).toBe(ADMITTED);
    expect(end(withdrawal)).toBe(ADMITTED);
  });

  test("who is rolled back, or will be, is no danger", () => {
    const [reader, doomed, pivot] = [run([X], [Z]), run([X, 9], [9]), run([Y], [X])];
    expect(end(run([], [Y]))).toBe(ADMITTED);
    unit((it) => it.write(9, EXCLUSIVE));
    doomed.write(9, EXCLUSIVE);
    doomed.write(10, EXCLUSIVE);
    reader.abort();
    expect(end(pivot)).toBe(ADMITTED);
    expect(end(doomed)).toBe(LOST);
  });

  test("a snapshot transaction overwrites for others and never suffers", () => {
    const [reader, pivot] = [run([X], [Z]), run([Y], [X])];
    expect(end(run([], [Y], false))).toBe(ADMITTED);
    expect([end(pivot), end(reader)]).toEqual([PIVOT, ADMITTED]);
  });
});

describe("read-only transactions", () => {
  test("are safe at once when no read-write transaction is active: they leave no mark", () => {
    const report = begin(true, true);
    expect(ssi.isActive()).toBe(false);
    report.read(X);
    expect(ssi.targets()).toBe(0);
    expect(end(report)).toBe(ADMITTED);
  });

  test("become safe when those have ended that were active", () => {
    const [first, second] = [run([X], [X]), run([Y], [Y])];
    const report = begin(true, true);
    report.read(X);
    expect(end(first)).toBe(ADMITTED);
    expect(ssi.isActive()).toBe(true);
    expect(end(second)).toBe(ADMITTED);
    expect(ssi.isActive()).toBe(false);
    expect(end(report)).toBe(ADMITTED);
  });

  test("do not, if one of those was a pivot with an end before their begin", () => {
    const pivot = run([Y], [X]);
    expect(end(run([], [Y]))).toBe(ADMITTED);
    const report = begin(true, true);
    expect(end(pivot)).toBe(ADMITTED);
    expect(ssi.isActive()).toBe(true);
    report.read(X);
    expect(end(report)).toBe(DOOMED);
  });

  test("at snapshot level are nobody's concern", () => {
    const report = begin(false, true);
    expect(ssi.isActive()).toBe(false);
    expect(end(report)).toBe(ADMITTED);
  });
});

describe("units", () => {
  /** The read-only anomaly with the report as a unit. */
  function withdrawalBeside(report: (unit: Actor) => void): number {
    const withdrawal = run([X, Y], [X]);
    unit((it) => it.write(Y, EXCLUSIVE));
    unit(report);
    return end(withdrawal);
  }

  test("that read two items leave marks", () => {
    const reports: ((it: Actor) => void)[] = [
      (it) => [Y, X].forEach((item) => void it.read(item)),
      (it) => [X, Y, X].forEach((item) => void it.read(item)),
      (it) => it.readMany(X),
    ];
    for (const report of reports) expect(withdrawalBeside(report)).toBe(PIVOT);
  });

  test("that read one item and write another leave marks, in either order", () => {
    for (const isReadFirst of [true, false]) {
      const verdict = withdrawalBeside((it) => {
        if (isReadFirst) it.read(X);
        it.write(Z, EXCLUSIVE);
        if (!isReadFirst) it.read(X);
      });
      expect(verdict).toBe(PIVOT);
    }
  });

  test("that read one item, or read and write one, leave none", () => {
    expect(withdrawalBeside((it) => it.read(X))).toBe(ADMITTED);
    expect(withdrawalBeside((it) => [X, X].forEach((item) => void it.read(item)))).toBe(ADMITTED);
    const withdrawal = run([X, Y], [Z]);
    unit((it) => it.write(Y, EXCLUSIVE));
    unit((it) => {
      it.read(X);
      it.write(X, EXCLUSIVE);
      it.read(X);
    });
    expect(end(withdrawal)).toBe(ADMITTED);
  });

  test("leave nothing when nobody is active, and no marks when only readers are", () => {
    unit((it) => [X, Y].forEach((item) => void it.read(item)));
    unit((it) => it.write(X, EXCLUSIVE));
    expect(ssi.targets()).toBe(0);
    const snapshot = begin(false);
    unit((it) => [X, Y].forEach((item) => void it.read(item)));
    expect(ssi.targets()).toBe(0);
    snapshot.abort();
  });

  test("that write everything overwrite what was read before and what is read behind, and win", () => {
    const [early, late, loser] = [begin(), run([], [Y]), run([], [Z], false)];
    early.readRange(SPACE, "a", "b");
    ssi.writeAll();
    early.write(X, EXCLUSIVE);
    const reader = run([X, Y], []);
    late.read(9);
    expect([end(loser), end(reader), end(early), end(late)]).toEqual([LOST, ADMITTED, LOST, LOST]);
    const [pivot, other] = [run([9], []), run([X], [])];
    ssi.writeAll();
    other.write(10, TOUCH);
    pivot.write(X, TOUCH);
    expect(end(pivot)).toBe(PIVOT);
    other.abort();
  });

  test("that write everything are behind whoever begins later", () => {
    const witness = begin();
    ssi.writeAll();
    const later = run([X, Y], [X]);
    expect(end(later)).toBe(ADMITTED);
    witness.abort();
  });

  test("are never in the middle: what they overwrite and read commits around them", () => {
    const reader = run([X], [Z]);
    unit((it) => {
      it.read(Y);
      it.write(X, EXCLUSIVE);
    });
    unit((it) => it.write(Y, EXCLUSIVE));
    expect(end(reader)).toBe(ADMITTED);
  });
});

describe("ranges", () => {
  test("a phantom makes write skew", () => {
    const [first, second] = [begin(), begin()];
    for (const transaction of [first, second]) transaction.readRange(SPACE, "a", "m");
    first.writeKey(SPACE, "b");
    second.writeKey(SPACE, "c");
    expect([end(first), end(second)]).toEqual([ADMITTED, PIVOT]);
    const [third, fourth] = [begin(), begin()];
    for (const transaction of [third, fourth]) transaction.readRange(SPACE, "a", "m");
    third.writeKey(SPACE, "b");
    fourth.writeKey(SPACE, "n");
    expect([end(third), end(fourth)]).toEqual([ADMITTED, ADMITTED]);
  });

  test("an absent key that is looked for is met by who adds it", () => {
    const [first, second] = [begin(), begin()];
    first.readRange(SPACE, "b", "b", 0);
    second.readRange(SPACE, "c", "c", 0);
    first.writeKey(SPACE, "c");
    second.writeKey(SPACE, "b");
    expect([end(first), end(second)]).toEqual([ADMITTED, PIVOT]);
  });

  test("an empty range is no read", () => {
    const reader = begin();
    reader.readRange(SPACE, "b", "b", HIGH_OPEN);
    reader.readRange(SPACE, "c", "b", 0);
    expect(ssi.targets()).toBe(0);
    reader.abort();
  });

  /** Whether a text lies in a range, by the definition; texts are Latin-1. */
  function isIn(key: string, low: string, high: string, flags: number): boolean {
    if ((flags & IS_PREFIX) !== 0) return key.startsWith(low);
    const isAbove = (flags & LOW_OPEN) !== 0 ? key > low : key >= low;
    const isBelow = (flags & HIGH_UNBOUNDED) !== 0 || ((flags & HIGH_OPEN) !== 0 ? key < high : key <= high);
    return isAbove && isBelow;
  }

  test("meet exactly the keys that lie in them, whichever is first, by transactions and by units", () => {
    const random = randomInput(SEED);
    const text = (): string => random.text("\u0000a\u007f\u00ff", random.below(4));
    for (let round = 0; round < 3000; round++) {
      const flags = random.pick([0, LOW_OPEN, HIGH_OPEN, LOW_OPEN | HIGH_OPEN, HIGH_UNBOUNDED, IS_PREFIX]);
      const ranges = Array.from({ length: 1 + random.below(6) }, () => [text(), text()] as const);
      const keys = Array.from({ length: 1 + random.below(4) }, text);
      const isMet = ranges.some(([low, high]) => keys.some((key) => isIn(key, low, high, flags)));
      const [isReadLater, byUnit] = [random.below(2) === 0, random.below(2) === 0];
      // Write skew by one item and the ranges: the second is refused iff the keys of the first are in its ranges.
      const second = begin();
      const read = (): void => {
        for (const [low, high] of ranges) second.readRange(SPACE, low, high, flags);
      };
      if (!isReadLater) read();
      const write = (it: Actor): void => {
        it.read(X);
        for (const key of keys) it.writeKey(SPACE, key);
      };
      if (byUnit) unit(write);
      else {
        const first = begin();
        write(first);
        expect(end(first)).toBe(ADMITTED);
      }
      if (isReadLater) read();
      second.write(X, EXCLUSIVE);
      expect(end(second), `seed ${SEED} round ${round}`).toBe(isMet ? PIVOT : ADMITTED);
      if (round % 50 === 0) expect(ssi.check()).toBe(true);
    }
  });

  test("bounds beyond the longest that is kept miss nothing", () => {
    const long = "k".repeat(1500);
    for (const [low, high, key] of [
      [`${long}a`, `${long}c`, `${long}b`],
      ["a", `${long}c`, `${long}b`],
      [`${long}a`, "z", `${long}b`],
      [`${long}b`, `${long}b`, `${long}b`],
      ["\u00ff".repeat(1100), "\u00ff".repeat(1200), "\u00ff".repeat(1150)],
    ] as const) {
      const [first, second] = [begin(), begin()];
      for (const transaction of [first, second]) transaction.readRange(SPACE, low, high, 0);
      first.writeKey(SPACE, key);
      second.writeKey(SPACE, key);
      first.write(X, EXCLUSIVE);
      expect(end(first)).toBe(ADMITTED);
      expect(end(second)).not.toBe(ADMITTED);
      const [reader, writer] = [begin(), begin()];
      writer.read(Y);
      writer.writeKey(SPACE, key);
      expect(end(writer)).toBe(ADMITTED);
      reader.readRange(SPACE, low, high, 0);
      reader.write(Y, EXCLUSIVE);
      expect(end(reader)).toBe(PIVOT);
    }
  });

  test("long keys that begin alike are apart as keys, and one in ranges", () => {
    const [long, other] = [`${"k".repeat(1500)}a`, `${"k".repeat(1500)}b`];
    const transactions = [long, other, long].map((key) => {
      const transaction = begin();
      transaction.writeKey(SPACE, key);
      transaction.readRange(SPACE, long, other, 0);
      return transaction;
    });
    expect(ssi.check()).toBe(true);
    expect(transactions.map(end)).toEqual([ADMITTED, PIVOT, LOST]);
    unit((it) => it.writeKey(SPACE, other));
  });

  test("spaces are apart, and a space is not the item of its number", () => {
    const [first, second] = [begin(), begin()];
    first.readRange(SPACE, "a", "z");
    second.readRange(SPACE + 1, "a", "z");
    first.writeKey(SPACE, "b");
    second.writeKey(SPACE + 1, "b");
    first.read(SPACE + 2);
    second.writeKey(SPACE + 2, "b");
    expect([end(first), end(second)]).toEqual([ADMITTED, ADMITTED]);
  });
});

describe("many at once", () => {
  /** What a transaction does that meets no other one: items and keys of its own, and a catalog that all read. */
  function work(it: Actor, number: number): void {
    it.read(X);
    for (let index = 0; index < 4; index++) {
      const item = 1000 + number * 4 + index;
      it.read(item);
      it.readRange(SPACE, `k${item}`, `k${item}~`);
      if (index < 2) it.write(item, EXCLUSIVE);
      else it.writeKey(SPACE, `k${item}!`);
    }
    it.write(Y, TOUCH);
  }

  test("of transactions and units that share nothing none is refused", () => {
    const random = randomInput(SEED);
    const open: Transaction[] = [];
    for (let number = 0; number < 2000; number++) {
      if (random.below(3) === 0) unit((it) => work(it, number));
      else {
        const transaction = begin();
        work(transaction, number);
        open.push(transaction);
      }
      if (open.length > 20) expect(end(open.splice(random.below(open.length), 1)[0] as Transaction)).toBe(ADMITTED);
    }
    for (const transaction of open) expect(end(transaction)).toBe(ADMITTED);
  });

  test("what is remembered stays small when somebody is always active", () => {
    const open = [begin(), begin(), begin()];
    let highest = 0;
    for (let number = 0; number < 20_000; number++) {
      const transaction = begin();
      work(transaction, number);
      open.push(transaction);
      unit((it) => work(it, 1_000_000 + number));
      expect(end(open.shift() as Transaction)).toBe(ADMITTED);
      if (number > 100) highest = Math.max(highest, ssi.memoryUsed() - before);
    }
    expect(highest).toBeLessThan(100_000);
    expect(ssi.check()).toBe(true);
    for (const transaction of open) expect(end(transaction)).toBe(ADMITTED);
  });
});

describe("memory", () => {
  test("many items grow the table and all of it goes", () => {
    const [reader, writer] = [begin(), begin()];
    for (let item = 0; item < 20_000; item++) {
      reader.read(item * 7);
      if (item % 4 === 0) writer.write(item * 7, EXCLUSIVE);
    }
    expect(ssi.targets()).toBe(20_000);
    expect(ssi.check()).toBe(true);
    reader.read(1);
    expect([end(writer), end(reader)]).toEqual([ADMITTED, ADMITTED]);
  });

  test("over the limit items share groups: what is remembered stops growing, and nothing is missed", () => {
    ssi.limit(500_000);
    const [reader, other] = [run([], [70_000_000]), begin()];
    for (let item = 0; item < 50_000; item++) {
      reader.read(item);
      unit((it) => it.write(1_000_000 + item, EXCLUSIVE));
    }
    const used = ssi.memoryUsed() - before;
    expect(used).toBeLessThan(1_500_000);
    expect(ssi.check()).toBe(true);
    for (const item of [3, 49_999]) {
      const pivot = run([77_777_777], [item]);
      unit((it) => it.write(77_777_777, EXCLUSIVE));
      expect(end(pivot)).toBe(PIVOT);
    }
    other.write(1_049_999, EXCLUSIVE);
    expect(other.doom()).toBe(LOST);
    reader.abort();
    other.abort();
  });

  test("a transaction with very many ranges reads its whole space", () => {
    const reader = begin();
    for (let index = 0; index < 10_000; index++) reader.readRange(SPACE, `a${index}`, `a${index}~`);
    expect(ssi.targets()).toBeLessThan(4_200);
    const pivot = begin();
    pivot.read(X);
    pivot.writeKey(SPACE, "zzz");
    unit((it) => it.write(X, EXCLUSIVE));
    reader.write(Y, EXCLUSIVE);
    expect([end(pivot), end(reader)]).toEqual([PIVOT, ADMITTED]);
  });

  test("very many keys that nobody has read by ranges, written by a transaction and by a unit, are not missed", () => {
    for (const byUnit of [false, true]) {
      const [reader, late, writer] = [begin(), begin(), begin()];
      reader.readRange(SPACE, "y", "z");
      const write = (it: Actor): void => {
        it.read(X);
        for (let index = 0; index < 10_000; index++) it.writeKey(SPACE, `a${index}`);
        it.writeKey(SPACE, "yy");
      };
      if (byUnit) unit(write);
      else write(writer);
      expect(end(writer)).toBe(ADMITTED);
      late.readRange(SPACE, "y", "z");
      for (const transaction of [reader, late]) {
        transaction.write(X, EXCLUSIVE);
        expect(transaction.verdict()).toBe(PIVOT);
      }
      reader.abort();
      late.abort();
    }
  });

  test("no memory for a mark dooms the transaction and says so; none for a unit's writes dooms whom they may concern", () => {
    const reader = begin();
    ssi.fail(1);
    reader.read(X);
    expect(end(reader)).toBe(NO_MEMORY);
    const writer = begin();
    ssi.fail(2);
    writer.write(X, EXCLUSIVE);
    expect(end(writer)).toBe(NO_MEMORY);
    const [loser, skewed] = [begin(false), begin()];
    ssi.fail(1);
    unit((it) => it.write(Z, EXCLUSIVE));
    loser.write(X, EXCLUSIVE);
    skewed.read(Y);
    expect(end(loser)).toBe(LOST);
    expect(end(skewed)).toBe(ADMITTED);
    expect(end(run([Y], [X]))).toBe(ADMITTED);
  });

  test("no memory for a range, or its mark, leaves nothing of it, and of its space", () => {
    // Marks lie in chunks: with one item more read before, the mark of the range needs no chunk, or a new one, or fails.
    for (let items = 0; items < 130; items++) {
      for (let failing = 1; failing <= 4; failing++) {
        const reader = begin();
        for (let item = 0; item < items; item++) reader.read(1000 + item);
        ssi.fail(failing);
        reader.readRange(SPACE, "a", "m");
        ssi.fail(0);
        expect(ssi.check()).toBe(true);
        reader.abort();
        while (ssi.step(100));
        expect([items, failing, ssi.targets(), ssi.memoryUsed()]).toEqual([items, failing, 0, before]);
      }
    }
  });

  test("no memory for a transaction is none", () => {
    ssi.fail(1);
    expect(ssi.begin()).toBeUndefined();
  });

  test("a view that stays open costs one interval for each view between, and what closed views needed goes", () => {
    const old = begin();
    unit((it) => it.write(X, EXCLUSIVE));
    const used = ssi.memoryUsed();
    for (let count = 0; count < 1000; count++) {
      const view = begin(false);
      unit((it) => it.write(X, EXCLUSIVE));
      view.abort();
    }
    expect(ssi.memoryUsed() - used).toBeLessThan(1000);
    const views = Array.from({ length: 30 }, () => {
      const view = begin(false);
      unit((it) => it.write(X, EXCLUSIVE));
      return view;
    });
    expect(ssi.check()).toBe(true);
    for (const view of views) {
      view.write(X, EXCLUSIVE);
      expect(end(view)).toBe(LOST);
    }
    old.write(X, EXCLUSIVE);
    expect(end(old)).toBe(LOST);
  });
});
