/**
 * Goal: who waits for an element is served by a commit, by nothing before it, and takes part then like anybody else: what it pops and reads is a
 * unit behind that commit.
 * Method: transactions that push, read and write around the key that somebody waits for, in every order of their commits at both levels.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EmbeddedDatabase, open } from "../../host/entry/node.ts";
import { permutations } from "./interleaving.ts";

type Words = readonly string[];
type Level = "serializable" | "snapshot";
type Transaction = Awaited<ReturnType<EmbeddedDatabase["begin"]>>;

const LEVELS: readonly Level[] = ["serializable", "snapshot"];

let database: EmbeddedDatabase;

beforeEach(async () => {
  database = await open();
});

afterEach(() => database.close());

/** A command that waits for an element under `q`. */
interface Wait {
  readonly name: string;
  readonly words: Words;
  /** Puts an element there. */
  readonly fill: (element: string) => Words;
  /** What is answered when it gets that. */
  readonly answer: (element: string) => unknown;
  /** Where the element is then, or nowhere. */
  readonly target?: Words;
}

const push = (element: string): Words => ["RPUSH", "q", element];
const WAITS: readonly Wait[] = [
  { name: "BLPOP", words: ["BLPOP", "q", "0"], fill: push, answer: (element) => ["q", element] },
  { name: "BLMPOP", words: ["BLMPOP", "0", "2", "p", "q", "LEFT"], fill: push, answer: (element) => ["q", [element]] },
  {
    name: "BLMOVE",
    words: ["BLMOVE", "q", "done", "LEFT", "RIGHT", "0"],
    fill: push,
    answer: (element) => element,
    target: ["LRANGE", "done", "0", "-1"],
  },
  {
    name: "BZPOPMIN",
    words: ["BZPOPMIN", "q", "0"],
    fill: (element) => ["ZADD", "q", "1", element],
    answer: (element) => ["q", element, 1],
  },
];

/** Somebody who waits, and what he has been answered so far. */
function startWaiting(words: Words): { readonly answers: unknown[]; readonly answer: Promise<unknown> } {
  const answers: unknown[] = [];
  const answer = database.execute(words).then((value) => {
    answers.push(value);
    return value;
  });
  return { answers, answer };
}

/** Whether it was committed. */
async function commits(transaction: Transaction): Promise<boolean> {
  try {
    await transaction.commit();
    return true;
  } catch (error) {
    expect((error as Error).message).toContain("[40001]");
    return false;
  }
}

/** Lets whoever can be served be served. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await database.pipeline([["PING"]]);
}

const EACH = WAITS.flatMap((wait) => LEVELS.map((level) => ({ ...wait, level })));

describe.each(EACH)("$name, $level", ({ words, fill, answer, target, level }) => {
  const targetHolds = async (...elements: string[]): Promise<void> => {
    if (target !== undefined) expect(await database.pipeline([target])).toEqual([elements]);
  };

  test("is served by a commit, and by nothing before it", async () => {
    const waiter = startWaiting(words);
    const taken = await database.begin({ isolation: level });
    await taken.execute(fill("never"));
    await turn();
    await taken.rollback();
    const given = await database.begin({ isolation: level });
    await given.execute(fill("a"));
    await turn();
    expect(waiter.answers).toEqual([]);
    await given.commit();
    expect(await waiter.answer).toEqual(answer("a"));
    expect(await database.pipeline([["EXISTS", "q"]])).toEqual([0]);
    await targetHolds("a");
  });

  test("two fill it: the first to commit serves, and no other", async () => {
    for (const order of permutations(["a", "b"])) {
      const waiter = startWaiting(words);
      const transactions = new Map<string, Transaction>();
      for (const name of ["a", "b"]) {
        const transaction = await database.begin({ isolation: level });
        await transaction.execute(fill(name));
        transactions.set(name, transaction);
      }
      expect(await commits(transactions.get(order[0]!)!)).toBe(true);
      expect(await waiter.answer).toEqual(answer(order[0]!));
      // What it has added to is another key by now, as what was popped tells.
      expect(await commits(transactions.get(order[1]!)!)).toBe(false);
      await turn();
      expect(await database.pipeline([["EXISTS", "q"]])).toEqual([0]);
      await targetHolds(order[0]!);
      await database.pipeline([["FLUSHALL"]]);
    }
  });

  test("skew between who fills it and who has seen it empty", async () => {
    for (const order of permutations(["filler", "looker"])) {
      const waiter = startWaiting(words);
      const filler = await database.begin({ isolation: level });
      const looker = await database.begin({ isolation: level });
      expect(await filler.execute(["GET", "flag"])).toBe(null);
      await filler.execute(fill("a"));
      expect(await looker.execute(["EXISTS", "q"])).toBe(0);
      await looker.execute(["SET", "flag", "1"]);
      const ends = new Map<string, boolean>();
      for (const name of order) ends.set(name, await commits(name === "filler" ? filler : looker));
      expect([...ends.values()]).toEqual([true, level === "snapshot"]);
      await turn();
      expect(waiter.answers).toEqual(ends.get("filler") === true ? [answer("a")] : []);
      if (ends.get("filler") !== true) await database.pipeline([fill("later")]);
      expect(await waiter.answer).toEqual(answer(ends.get("filler") === true ? "a" : "later"));
      await database.pipeline([["FLUSHALL"]]);
    }
  });

  test("who has seen it empty sees it so, whoever was served meanwhile", async () => {
    const waiter = startWaiting(words);
    const reader = await database.begin({ isolation: level, readOnly: true });
    const writer = await database.begin({ isolation: level });
    expect(await reader.execute(["EXISTS", "q", "done"])).toBe(0);
    await writer.execute(fill("a"));
    await writer.commit();
    expect(await waiter.answer).toEqual(answer("a"));
    expect(await reader.execute(["EXISTS", "q", "done"])).toBe(0);
    await reader.commit();
  });
});

describe.each(LEVELS)("at the level %s", (level) => {
  test("who is served has seen that the first of its keys was empty", async () => {
    const waiter = startWaiting(["BLPOP", "p", "q", "0"]);
    const pivot = await database.begin({ isolation: level });
    // Before the one that serves, since it has not seen what that writes; behind who is served, since that has not seen what it writes.
    expect(await pivot.execute(["EXISTS", "q"])).toBe(0);
    await pivot.execute(["RPUSH", "p", "b"]);
    const writer = await database.begin({ isolation: level });
    await writer.execute(["RPUSH", "q", "a"]);
    expect(await commits(writer)).toBe(true);
    expect(await waiter.answer).toEqual(["q", "a"]);
    expect(await commits(pivot)).toBe(level === "snapshot");
    expect(await database.pipeline([["LRANGE", "p", "0", "-1"]])).toEqual([level === "snapshot" ? ["b"] : []]);
  });

  test("where an element is moved to is written by who is served", async () => {
    const waiter = startWaiting(["BLMOVE", "q", "done", "LEFT", "RIGHT", "0"]);
    const late = await database.begin({ isolation: level });
    await late.execute(["RPUSH", "done", "b"]);
    const writer = await database.begin({ isolation: level });
    await writer.execute(["RPUSH", "q", "a"]);
    expect(await commits(writer)).toBe(true);
    expect(await waiter.answer).toBe("a");
    expect(await commits(late)).toBe(false);
    expect(await database.pipeline([["LRANGE", "done", "0", "-1"]])).toEqual([["a"]]);
  });

  test("a key that a commit gives its name serves", async () => {
    const waiter = startWaiting(["BLPOP", "q", "0"]);
    await database.pipeline([["RPUSH", "spare", "a"]]);
    for (const words of [["RENAME", "spare", "q"] as const, ["COPY", "spare", "q"] as const]) {
      const transaction = await database.begin({ isolation: level });
      await transaction.execute(words);
      await turn();
      expect(waiter.answers).toEqual([]);
      if (words[0] === "COPY") await transaction.commit();
      else await transaction.rollback();
    }
    expect(await waiter.answer).toEqual(["q", "a"]);
    expect(await database.pipeline([["LRANGE", "spare", "0", "-1"]])).toEqual([["a"]]);
  });
});
