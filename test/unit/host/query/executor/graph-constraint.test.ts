/**
 * Constraints of labels.
 *
 * Goal: whatever writes nodes (Cypher one by one and in batches, GRAPH commands, transactions of either kind) leaves no two nodes with equal values
 * under a UNIQUE constraint, and none without a property that must be there; it is judged at the end of each statement, and what is refused has
 * changed nothing. Constraints outlive restarts, and a commit that others' commits would break is refused.
 * Method: the library; random writes against a model of the nodes; `dir` in a temporary directory for restarts.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { type RandomInput, randomInput } from "../../../assembly/bytes/random-input.ts";

const EXISTS = (node: number, rest: string): string =>
  `Node(${node}) already exists with label ${rest} [ConstraintValidationFailed: UniquenessViolation]`;

describe.skipIf(!engineBuilt)("a constraint of a label", () => {
  let db: EmbeddedDatabase;

  beforeEach(async () => {
    db = await open();
  });

  afterEach(() => db.close());

  const refused = (text: string, message: string): Promise<void> => expect(db.cypher(text)).rejects.toThrow(message);
  const rows = async (text: string): Promise<unknown[]> => [...(await db.cypher(text))];

  it("IS UNIQUE refuses equal values of nodes with the label, whatever else they have", async () => {
    await db.cypher("CREATE (:L {p: 1}), (:L {p: 2}), (:M {p: 1})");
    await db.cypher("CREATE CONSTRAINT one FOR (n:L) REQUIRE n.p IS UNIQUE");
    for (const text of ["CREATE (:L {p: 1})", "CREATE (:L:M {p: 1.0})", "MATCH (n:M) SET n:L", "MATCH (n:L {p: 2}) SET n.p = 1"]) {
      await refused(text, "Node(0) already exists with label `L` and property `p` = 1");
    }
    await refused("UNWIND range(1, 3000) + [7] AS x CREATE (:L {p: x + 2})", "and property `p` = 9");
    await db.cypher(
      "CREATE (:L {p: '1'}), (:L), (:L), (:L {p: 0.0 / 0}), (:L {p: 0.0 / 0}), (:L {p: [1, 2]}), (:L {p: date('2024-02-29')})",
    );
    await refused("CREATE (:L {p: [1, 2]})", "`p` = [1,2] [");
    await refused("CREATE (:L {p: date('2024-02-29')})", "`p` = ");
    const long = "x".repeat(3000);
    await db.cypher("CREATE (:L {p: $long})", { long: `${long}1` });
    await db.cypher("CREATE (:L {p: $long})", { long: `${long}2` });
    await expect(db.cypher("CREATE (:L {p: $long})", { long: `${long}1` })).rejects.toThrow(`= '${long}1' [`);
    expect(await rows("MATCH (n:M) RETURN labels(n) AS l, n.p AS p")).toEqual([{ l: ["M"], p: 1 }]);
    expect(await rows("MATCH (n:L) RETURN count(*) AS n")).toEqual([{ n: 11 }]);
    expect(await rows("MERGE (n:L {p: 2}) ON MATCH SET n.merged = true RETURN id(n) AS id")).toEqual([{ id: 1 }]);
  });

  it("is judged when the statement ends, not before", async () => {
    await db.cypher("CREATE (:L {p: 1}), (:L {p: 2})");
    await db.cypher("CREATE CONSTRAINT FOR (n:L) REQUIRE n.p IS UNIQUE");
    await db.cypher("CREATE CONSTRAINT FOR (n:N) REQUIRE n.p IS NOT NULL");
    await db.cypher("MATCH (a:L {p: 1}), (b:L {p: 2}) SET a.p = 2, b.p = 1");
    await db.cypher("MATCH (a:L {p: 1}) DELETE a CREATE (:L {p: 1})");
    await db.cypher("CREATE (n:N) SET n.p = 1");
    await refused("MATCH (n:N) REMOVE n.p", "with label `N` must have the property `p` [ConstraintValidationFailed: MissingProperty]");
    await refused("CREATE (:N {p: null})", "must have the property `p`");
    await db.cypher("MATCH (n:N) REMOVE n:N, n.p");
    await refused("CREATE (:N), (:Rest)", "must have the property");
    expect(await rows("MATCH (n:Rest) RETURN n")).toEqual([]);
  });

  it("IS NODE KEY demands all properties, and that nobody has the same", async () => {
    await db.cypher("CREATE CONSTRAINT k FOR (n:K) REQUIRE (n.a, n.b) IS NODE KEY");
    await db.cypher("CREATE (:K {a: 1, b: 'it'}), (:K {a: 1, b: 'other'})");
    await refused("CREATE (:K {a: 1})", "must have the property `b`");
    await refused("CREATE (:K {a: 1, b: 'it'})", EXISTS(0, "`K` and properties `a` = 1, `b` = 'it'"));
  });

  it("is not made over nodes that break it, and leaves nothing then", async () => {
    await db.cypher("CREATE (:D {p: 1}), (:D:E {p: 1.0}), (:D {p: 2})");
    await refused(
      "CREATE CONSTRAINT d FOR (n:D) REQUIRE n.p IS UNIQUE",
      "Both Node(0) and Node(1) have the label `D` and property `p` = 1",
    );
    await refused("CREATE CONSTRAINT d FOR (n:D) REQUIRE n.q IS NOT NULL", "Node(0) with label `D` must have the property `q`");
    expect([await rows("SHOW CONSTRAINTS"), await rows("SHOW INDEXES")]).toEqual([[], []]);
    await db.cypher("CREATE (:D {p: 1})");
  });

  it("is shown, found again by IF NOT EXISTS, and dropped by its name, its index with it", async () => {
    await db.cypher("CREATE CONSTRAINT one FOR (n:L) REQUIRE n.p IS UNIQUE");
    await db.cypher("CREATE CONSTRAINT FOR (n:L) REQUIRE n.p IS NOT NULL");
    await db.cypher("CREATE CONSTRAINT two IF NOT EXISTS FOR (n:L) REQUIRE n.p IS UNIQUE");
    await db.cypher("CREATE CONSTRAINT one IF NOT EXISTS FOR (n:M) REQUIRE n.q IS UNIQUE");
    await db.cypher("CREATE INDEX IF NOT EXISTS FOR (n:L) ON (n.p)");
    const refusals = [
      ["CREATE CONSTRAINT one FOR (n:M) REQUIRE n.q IS UNIQUE", "ConstraintAlreadyExists"],
      ["CREATE CONSTRAINT FOR (n:L) REQUIRE n.p IS UNIQUE", "EquivalentConstraintAlreadyExists"],
      ["CREATE CONSTRAINT FOR (n:L) REQUIRE n.p IS NODE KEY", "EquivalentConstraintAlreadyExists"],
      ["CREATE CONSTRAINT FOR (n:L) REQUIRE (n.p, n.p) IS UNIQUE", "RepeatedProperty"],
      ["CREATE CONSTRAINT FOR (n:L) REQUIRE (n.p, n.q) IS NOT NULL", "NotSupported"],
      ["CREATE CONSTRAINT FOR ()-[r:T]-() REQUIRE r.p IS NOT NULL", "NotSupported"],
      ["CREATE INDEX FOR (n:L) ON (n.p)", "ConstraintAlreadyExists"],
      ["DROP INDEX one", "IndexBelongsToConstraint"],
      ["DROP CONSTRAINT nope", "ConstraintNotFound"],
    ] as const;
    for (const [text, detail] of refusals) await refused(text, `[SemanticError: ${detail}]`);
    expect(await db.execute(["IDX.DROP", "one"])).toBe(0);
    expect(await rows("SHOW CONSTRAINTS YIELD name, type, properties, ownedIndex")).toEqual([
      { name: "one", type: "UNIQUENESS", properties: ["p"], ownedIndex: "one" },
      { name: "constraint_L_p", type: "NODE_PROPERTY_EXISTENCE", properties: ["p"], ownedIndex: "constraint_L_p" },
    ]);
    expect(await rows("SHOW UNIQUE CONSTRAINTS YIELD name")).toEqual([{ name: "one" }]);
    expect(await rows("SHOW NODE KEY CONSTRAINTS YIELD name")).toEqual([]);
    expect(await rows("SHOW INDEXES YIELD name, owningConstraint")).toEqual([{ name: "one", owningConstraint: "one" }]);
    expect(JSON.stringify(await rows("EXPLAIN MATCH (n:L {p: 1}) RETURN n"))).toContain("by index one");
    await db.cypher("DROP CONSTRAINT one");
    await db.cypher("DROP CONSTRAINT one IF EXISTS");
    await db.cypher("CREATE (:L {p: 1}), (:L {p: 1})");
    await refused("CREATE (:L)", "must have the property `p`");
    expect(await rows("SHOW INDEXES")).toEqual([]);
  });

  it("holds for GRAPH commands", async () => {
    await db.cypher("CREATE CONSTRAINT FOR (n:L) REQUIRE n.p IS NODE KEY");
    const id = await db.execute(["GRAPH.ADDNODE", "L", '{"p":1}']);
    const error = (args: readonly string[]): Promise<unknown> => db.execute(args).catch((reason: Error) => reason.message);
    expect(await error(["GRAPH.ADDNODE", "L", '{"p":1}'])).toContain(EXISTS(0, "`L` and property `p` = 1"));
    expect(await error(["GRAPH.ADDNODE", "L", "{}"])).toContain("with label `L` must have the property `p` [");
    const other = (await db.execute(["GRAPH.ADDNODE", "L", '{"p":2}'])) as string;
    expect(await error(["GRAPH.SETNODEPROP", other, "p", "1"])).toContain("already exists");
    expect(await error(["GRAPH.SETNODEPROP", other, "p", "null"])).toContain("must have");
    expect(await db.execute(["GRAPH.SETNODEPROP", other, "p", "3"])).toBe(1);
    expect(await rows("MATCH (n:L) RETURN n.p AS p ORDER BY p")).toEqual([{ p: 1 }, { p: 3 }]);
    expect(id).not.toBe(other);
  });

  it("holds in transactions, and against what others have committed", async () => {
    await db.cypher("CREATE CONSTRAINT FOR (n:L) REQUIRE n.p IS UNIQUE");
    for (const isolation of ["snapshot", "serializable"] as const) {
      const tx = await db.begin({ isolation });
      await tx.cypher(`CREATE (:L {p: '${isolation}'})`);
      await expect(tx.cypher(`CREATE (:L {p: '${isolation}'})`)).rejects.toThrow("already exists");
      await tx.execute(["GRAPH.ADDNODE", "L", '{"p":"more"}']);
      await db.cypher(`CREATE (:L {p: '${isolation}'})`);
      await expect(tx.commit()).rejects.toThrow("[40001]");
    }
    expect(await rows("MATCH (n:L) RETURN count(*) AS n")).toEqual([{ n: 2 }]);
    const both = (): void => db.transactionSync((tx) => [7, 7].forEach((p) => void tx.command(["GRAPH.ADDNODE", "L", `{"p":${p}}`])));
    expect(both).toThrow("already exists");
    await expect(
      db.transaction(async (tx) => await Promise.all([tx.cypher("CREATE (:L {p: 8})"), tx.cypher("CREATE (:L {p: 8})")])),
    ).rejects.toThrow("already exists");
    expect(await rows("MATCH (n:L) WHERE n.p > 6 RETURN n")).toEqual([]);
    // A constraint and nodes that break it, in two transactions: whoever commits later is refused.
    const [first, second] = [await db.begin(), await db.begin()];
    await first.cypher("CREATE CONSTRAINT late FOR (n:Late) REQUIRE n.p IS UNIQUE");
    await second.cypher("CREATE (:Late {p: 1}), (:Late {p: 1})");
    await second.commit();
    await expect(first.commit()).rejects.toThrow("[40001]");
    expect(await rows("SHOW CONSTRAINTS YIELD name")).toHaveLength(1);
    const [third, fourth] = [await db.begin(), await db.begin()];
    await third.cypher("CREATE (:Later {p: 1}), (:Later {p: 1})");
    await fourth.cypher("CREATE CONSTRAINT later FOR (n:Later) REQUIRE n.p IS UNIQUE");
    await fourth.commit();
    await expect(third.commit()).rejects.toThrow("[40001]");
    const gone = await db.begin();
    await gone.cypher("DROP CONSTRAINT later");
    await gone.cypher("CREATE (:Later {p: 1}), (:Later {p: 1})");
    await gone.rollback();
    await db.cypher("CREATE (:Later {p: 1})");
    await refused("CREATE (:Later {p: 1})", "already exists");
  });

  it(`leaves of random writes what a model leaves (seed ${TEST_SEED})`, async () => {
    const random = randomInput(TEST_SEED);
    await db.cypher("CREATE CONSTRAINT FOR (n:A) REQUIRE n.p IS UNIQUE");
    await db.cypher("CREATE CONSTRAINT FOR (n:B) REQUIRE (n.p, n.q) IS UNIQUE");
    await db.cypher("CREATE CONSTRAINT FOR (n:B) REQUIRE n.p IS NOT NULL");
    let model = new Map<number, { labels: string[]; p?: number; q?: number }>();
    let refusals = 0;
    for (let step = 0; step < 300 * TEST_LENGTH; step++) {
      const next = new Map([...model].map(([k, node]) => [k, { ...node, labels: [...node.labels] }]));
      const text = randomWrite(random, next, step);
      const isWhole = holds([...next.values()]);
      const done = await db.cypher(text).then(
        () => true,
        (error: Error) => !error.message.includes("ConstraintValidationFailed") && Promise.reject(error),
      );
      expect([text, done]).toEqual([text, isWhole]);
      if (done) model = next;
      else refusals++;
      if (step % 20 === 0) {
        const stored = await rows("MATCH (n) RETURN n.k AS k, labels(n) AS labels, n.p AS p, n.q AS q ORDER BY k");
        const wanted = [...model]
          .sort(([a], [b]) => a - b)
          .map(([k, node]) => ({ k, labels: node.labels.sort(), p: node.p ?? null, q: node.q ?? null }));
        expect(stored.map((row) => ({ ...(row as object), labels: (row as { labels: string[] }).labels.sort() }))).toEqual(wanted);
      }
    }
    expect(refusals).toBeGreaterThan(30);
  });
});

type Model = Map<number, { labels: string[]; p?: number; q?: number }>;

/** One statement, which is done to the model too. */
function randomWrite(random: RandomInput, model: Model, step: number): string {
  const keys = [...model.keys()];
  const value = (): number => random.below(8);
  const k = keys.length > 0 ? random.pick(keys) : -1;
  const node = model.get(k);
  switch (node === undefined ? 0 : random.below(8)) {
    case 1: {
      const p = value();
      node!.p = p;
      return `MATCH (n {k: ${k}}) SET n.p = ${p}`;
    }
    case 2:
      delete node!.p;
      return `MATCH (n {k: ${k}}) REMOVE n.p`;
    case 3: {
      const label = random.pick(["A", "B"]);
      if (!node!.labels.includes(label)) node!.labels.push(label);
      return `MATCH (n {k: ${k}}) SET n:${label}`;
    }
    case 4:
      node!.labels = node!.labels.filter((label) => label !== "A");
      return `MATCH (n {k: ${k}}) REMOVE n:A`;
    case 5:
      model.delete(k);
      return `MATCH (n {k: ${k}}) DELETE n`;
    case 6:
      for (const each of model.values()) if (each.p !== undefined) each.p += 1;
      return "MATCH (n) WHERE n.p IS NOT NULL SET n.p = n.p + 1";
    default: {
      const labels = ["A", "B", "C"].filter(() => random.below(2) === 0);
      const [p, q] = [value(), value()];
      model.set(step, { labels, p, q });
      return `CREATE (n${labels.map((label) => `:${label}`).join("")} {k: ${step}, q: ${q}}) SET n.p = ${p}`;
    }
  }
}

function holds(nodes: readonly { labels: string[]; p?: number; q?: number }[]): boolean {
  const of = (label: string): typeof nodes => nodes.filter(({ labels }) => labels.includes(label));
  const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;
  return (
    distinct(of("A").flatMap(({ p }) => (p === undefined ? [] : [`${p}`]))) &&
    of("B").every(({ p }) => p !== undefined) &&
    distinct(of("B").map(({ p, q }) => `${p} ${q}`))
  );
}

it.skipIf(!engineBuilt)("constraints are there again after a restart, before and after a snapshot", async () => {
  const dir = await mkdtemp(join(tmpdir(), "memflux-constraint-"));
  try {
    for (let life = 0; life < 3; life++) {
      const db = await open({ dir });
      if (life === 0) {
        await db.cypher("CREATE (:L {p: 1})");
        await db.cypher("CREATE CONSTRAINT one FOR (n:L) REQUIRE n.p IS NODE KEY");
      }
      await expect(db.cypher("CREATE (:L {p: 1})")).rejects.toThrow("Node(0) already exists");
      await expect(db.cypher("CREATE (:L)")).rejects.toThrow("must have the property");
      await db.cypher("CREATE (:L {p: $life})", { life: life + 10 });
      if (life === 1) await db.execute(["SAVE"]);
      expect([...(await db.cypher("SHOW CONSTRAINTS YIELD name, type"))]).toEqual([{ name: "one", type: "NODE_KEY" }]);
      await db.close();
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});
