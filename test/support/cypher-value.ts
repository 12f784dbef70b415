/**
 * openCypher's values as tests know them, and what openCypher says of two of them, written down once more in plain JavaScript: equality,
 * equivalence, comparability and orderability (CIP2016-06-14).
 *
 * An INTEGER is a bigint, a FLOAT a number, a list an array, a map a Map; nodes, relationships and paths are objects of their own.
 */
import type { SeededRandom } from "./random.ts";

export interface TestNode {
  readonly node: number;
}

export interface TestRelationship {
  readonly relationship: number;
}

export type CypherTestValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly CypherTestValue[]
  | ReadonlyMap<string, CypherTestValue>
  | TestNode
  | TestRelationship;

type Truth = boolean | null;

const isList = (value: CypherTestValue): value is readonly CypherTestValue[] => Array.isArray(value);
const isMap = (value: CypherTestValue): value is ReadonlyMap<string, CypherTestValue> => value instanceof Map;
const isNumber = (value: CypherTestValue): value is bigint | number => typeof value === "bigint" || typeof value === "number";
const isNotANumber = (value: CypherTestValue): boolean => typeof value === "number" && Number.isNaN(value);
const isNode = (value: CypherTestValue): value is TestNode => typeof value === "object" && value !== null && "node" in value;
const isRelationship = (value: CypherTestValue): value is TestRelationship =>
  typeof value === "object" && value !== null && "relationship" in value;

/** False if one is, else NULL if one is, else true. */
function all(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

/** Goes through two values in step; `leaf` decides of what is neither a pair of lists nor one of maps. */
function walk(
  left: CypherTestValue,
  right: CypherTestValue,
  leaf: (left: CypherTestValue, right: CypherTestValue) => Truth | undefined,
): Truth {
  const decided = leaf(left, right);
  if (decided !== undefined) return decided;
  if (isList(left) && isList(right)) {
    return left.length !== right.length ? false : all(left.map((item, index) => walk(item, right[index] as CypherTestValue, leaf)));
  }
  if (isMap(left) && isMap(right)) {
    if (left.size !== right.size || [...left.keys()].some((name) => !right.has(name))) return false;
    return all([...left].map(([name, value]) => walk(value, right.get(name) as CypherTestValue, leaf)));
  }
  if (isNumber(left) && isNumber(right)) return left <= right && left >= right;
  if (isNode(left) && isNode(right)) return left.node === right.node;
  if (isRelationship(left) && isRelationship(right)) return left.relationship === right.relationship;
  return left === right;
}

/** `=` */
export function equalTest(left: CypherTestValue, right: CypherTestValue): Truth {
  return walk(left, right, (first, second) => {
    if (first === null || second === null) return null;
    return isNotANumber(first) || isNotANumber(second) ? false : undefined;
  });
}

/** What DISTINCT goes by. */
export function equivalentTest(left: CypherTestValue, right: CypherTestValue): boolean {
  const truth = walk(left, right, (first, second) => (isNotANumber(first) && isNotANumber(second) ? true : undefined));
  return truth === true;
}

const utf8 = new TextEncoder();

function orderTexts(left: string, right: string): number {
  return Math.sign(Buffer.compare(utf8.encode(left), utf8.encode(right)));
}

function orderNumbers(left: bigint | number, right: bigint | number): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `<` as -1, 0, 1; NULL where there is no order, undefined where every comparison is false. */
export function comparedTest(left: CypherTestValue, right: CypherTestValue): number | null | undefined {
  if (isNumber(left) && isNumber(right)) return isNotANumber(left) || isNotANumber(right) ? undefined : orderNumbers(left, right);
  if (typeof left === "string" && typeof right === "string") return orderTexts(left, right);
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  if (!isList(left) || !isList(right)) return null;
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const first = left[index] as CypherTestValue;
    const second = right[index] as CypherTestValue;
    const truth = equalTest(first, second);
    if (truth === null) return null;
    if (!truth) return comparedTest(first, second);
  }
  return Math.sign(left.length - right.length);
}

function rank(value: CypherTestValue): number {
  if (isMap(value)) return 0;
  if (isNode(value)) return 1;
  if (isRelationship(value)) return 2;
  if (isList(value)) return 3;
  if (typeof value === "string") return 4;
  if (typeof value === "boolean") return 5;
  return value === null ? 7 : 6;
}

function firstOf(orders: Iterable<number>): number {
  for (const order of orders) if (order !== 0) return order;
  return 0;
}

/** What ORDER BY goes by. */
export function orderTest(left: CypherTestValue, right: CypherTestValue): number {
  if (rank(left) !== rank(right)) return Math.sign(rank(left) - rank(right));
  if (isMap(left) && isMap(right)) return orderMaps(left, right);
  if (isList(left) && isList(right)) {
    const common = left.slice(0, right.length);
    return firstOf([
      ...common.map((item, index) => orderTest(item, right[index] as CypherTestValue)),
      Math.sign(left.length - right.length),
    ]);
  }
  if (isNode(left) && isNode(right)) return Math.sign(left.node - right.node);
  if (isRelationship(left) && isRelationship(right)) return Math.sign(left.relationship - right.relationship);
  if (isNumber(left) && isNumber(right)) {
    if (isNotANumber(left) || isNotANumber(right)) return Number(isNotANumber(left)) - Number(isNotANumber(right));
    return orderNumbers(left, right);
  }
  return comparedTest(left, right) ?? 0;
}

function orderMaps(left: ReadonlyMap<string, CypherTestValue>, right: ReadonlyMap<string, CypherTestValue>): number {
  if (left.size !== right.size) return Math.sign(left.size - right.size);
  const names = [...left.keys()].sort(orderTexts);
  const others = [...right.keys()].sort(orderTexts);
  return firstOf(
    names.flatMap((name, index) => {
      const other = others[index] as string;
      const order = orderTexts(name, other);
      return order === 0 ? [orderTest(left.get(name) as CypherTestValue, right.get(name) as CypherTestValue)] : [order];
    }),
  );
}

const SCALARS: readonly CypherTestValue[] = [
  null,
  true,
  false,
  0n,
  1n,
  -1n,
  127n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  0,
  -0,
  1,
  0.5,
  2 ** 53,
  2 ** 63,
  1e300,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  "",
  "a",
  "b",
  "1",
  "a\0b",
  "abcdefgh",
  "abcdefghi",
  "é",
  "\u{1f600}",
  "\uffee",
  { node: 0 },
  { node: 7 },
  { relationship: 0 },
  { relationship: 7 },
];
const NAMES = ["a", "b", "name", "a longer name"];

/** A random value; small lists and maps of few different scalars, so that many are equal. */
export function randomCypherValue(random: SeededRandom, depth = 3): CypherTestValue {
  const kind = depth === 0 ? 0 : random.below(10);
  if (kind < 5) return random.pick(SCALARS);
  if (kind < 8) return Array.from({ length: random.below(4) }, () => randomCypherValue(random, depth - 1));
  const names = NAMES.filter(() => random.chance(0.4));
  if (random.chance(0.5)) names.reverse();
  return new Map(names.map((name) => [name, randomCypherValue(random, depth - 1)]));
}

export function printCypherValue(value: CypherTestValue): string {
  if (isList(value)) return `[${value.map(printCypherValue).join(", ")}]`;
  if (isMap(value)) return `{${[...value].map(([name, item]) => `${name}: ${printCypherValue(item)}`).join(", ")}}`;
  if (isNode(value)) return `(${value.node})`;
  if (isRelationship(value)) return `[:${value.relationship}]`;
  if (typeof value === "number") return `${Object.is(value, -0) ? "-0" : value}.f`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
