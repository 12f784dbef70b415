/**
 * Goal: a scan through an index of a label leaves out no node that openCypher's comparison lets through, though the index takes a text that
 * spells a number for that number: equality, ranges with one bound or two, prefixes; over several sets of labels, after changes.
 * Method: random properties of all kinds, texts that spell numbers among them; what an access finds is compared with what it must find,
 * and with all nodes of the label.
 */
import { describe, expect, it } from "vitest";
import type { BoundExpression } from "../../../../../host/query/plan/expression.ts";
import type { LogicalNodeScan, NodeAccess } from "../../../../../host/query/plan/graph-operator.ts";
import { plainType } from "../../../../../host/query/type/type.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { GraphModel } from "../../../../support/graph-model.ts";
import { column, constant, GraphRig, INTEGER, NODE, TEXT } from "../../../../support/graph-rig.ts";
import { createRandom, type SeededRandom } from "../../../../support/random.ts";

type Scalar = number | string | boolean;
type IndexAccess = Extract<NodeAccess, { readonly kind: "index" }>;

const FLOAT = plainType("double precision");
const BOOLEAN = plainType("boolean");
const NODES = 120;
const ROUNDS = 150 * TEST_LENGTH;
const TEXTS = ["", "a", "ab", "abc", "b", "B", "5", "-3", "10", "05", "1e5", "5 apples", "é", "x".repeat(50), "+", "~"];

function randomScalar(random: SeededRandom): Scalar {
  const kind = random.below(8);
  if (kind < 2) return random.between(-12, 12);
  if (kind < 3) return random.between(-12, 12) + 0.5;
  if (kind < 4) return random.chance(0.5);
  return random.pick(TEXTS);
}

function bound(value: Scalar | null): BoundExpression {
  if (value === null) return constant(null, TEXT);
  if (typeof value === "boolean") return constant(value, BOOLEAN);
  if (typeof value === "string") return constant(value, TEXT);
  return Number.isInteger(value) ? constant(BigInt(value), INTEGER) : constant(value, FLOAT);
}

/** Whether two values are of kinds that openCypher puts in order. */
const isComparable = (left: unknown, right: unknown): boolean => typeof left === typeof right;
const compareBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
function compare(left: Scalar, right: Scalar): number {
  if (typeof left === "string") return compareBytes(left, right as string);
  return Number(left) - Number(right);
}

describe.skipIf(!engineBuilt)(`indexes of labels (seed ${TEST_SEED})`, () => {
  const random = createRandom(TEST_SEED);
  const model = new GraphModel();
  for (let number = 0; number < NODES; number++) {
    const labels = ["L", "M", "N"].filter((label) => label === "L" || random.chance(0.3)).filter((label) => label !== "L" || number % 10);
    model.nodes.set(number, { labels, properties: random.below(8) === 0 ? {} : { p: randomScalar(random) } });
  }
  const rig = new GraphRig();
  rig.fill(model);
  rig.createIndex("of_p", "L", "p");
  const labelled = model.nodesWith(["L"]);
  const propertyOf = (node: number): unknown => model.nodes.get(node)!.properties.p;
  const base: IndexAccess = { kind: "index", index: "of_p", equal: [], lower: undefined, upper: undefined, descending: false };

  function find(access: Partial<IndexAccess>, labels: readonly string[] = ["L"]): number[] {
    const scan: LogicalNodeScan = { kind: "LogicalNodeScan", node: column(1, NODE), labels, access: { ...base, ...access } };
    return rig.run(scan).map(([number]) => number as number);
  }

  /** What was found has what must be found, only nodes of the label, and each once. */
  function check(found: readonly number[], matches: (value: unknown) => boolean, what: unknown): void {
    expect(new Set(found).size, JSON.stringify(what)).toBe(found.length);
    for (const node of found) expect(labelled).toContain(node);
    const missing = labelled.filter((node) => matches(propertyOf(node)) && !found.includes(node));
    expect(missing, JSON.stringify(what)).toEqual([]);
  }

  it("equality", () => {
    for (let round = 0; round < ROUNDS; round++) {
      const value = randomScalar(random);
      const found = find({ equal: [bound(value)] });
      check(found, (each) => each === value, value);
      // The index knows which: it gives no others but those that spell the same number.
      for (const node of found) expect(String(propertyOf(node))).toBe(String(value));
    }
    expect(find({ equal: [bound(null)] })).toEqual([]);
  });

  it("ranges", () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [low, high] = [randomScalar(random), randomScalar(random)];
      const sides = random.below(3);
      const inclusive = random.chance(0.5);
      const access: Partial<IndexAccess> = {
        lower: sides === 1 ? undefined : { value: bound(low), inclusive },
        upper: sides === 0 ? undefined : { value: bound(high), inclusive },
      };
      const matches = (each: unknown): boolean => {
        if (each === undefined) return false;
        if (access.lower !== undefined && (!isComparable(each, low) || compare(each as Scalar, low) < 0)) return false;
        return access.upper === undefined || (isComparable(each, high) && compare(each as Scalar, high) <= 0);
      };
      check(find(access), matches, { low, high, sides, inclusive });
    }
    expect(find({ lower: { value: bound(null), inclusive: true } })).toEqual([]);
    // It does leave out what is far from the range.
    expect(find({ lower: { value: bound(11), inclusive: true }, upper: { value: bound(12), inclusive: true } }).length).toBeLessThan(20);
  });

  it("prefixes", () => {
    for (const prefix of [...TEXTS, "ab%", "_"]) {
      const matches = (each: unknown): boolean => typeof each === "string" && each.startsWith(prefix);
      check(find({ prefix: bound(prefix) }), matches, prefix);
    }
    expect(
      find({ prefix: bound("ab") })
        .map(propertyOf)
        .every((each) => String(each).startsWith("ab")),
    ).toBe(true);
  });

  it("other labels are the scan's own, and without an index all nodes of the label are read", () => {
    const both = find({ lower: { value: bound(-12), inclusive: true } }, ["L", "M"]);
    expect(both.length).toBeGreaterThan(0);
    for (const node of both) expect(model.nodesWith(["L", "M"])).toContain(node);
    expect(find({ index: "none", equal: [bound(1)] })).toEqual(labelled);
    const long = "x".repeat(20_000);
    expect(find({ equal: [bound(long)] })).toEqual(labelled);
  });
});
