/**
 * Orders, like TPC-C's five transactions on one warehouse: a hot district, stock that orders take from, payments, and readers.
 *
 * Deviation from TPC-C: the warehouse is a document, districts and stock are rows, customers nodes, orders rows of a table
 * with a unique number; sizes are tiny, and amounts are tags. It shows what aborts and why, not how fast it is.
 */
import type { SeededRandom } from "../../support/random.ts";
import { append, count, inGroup, inRange, insert, item, read, scan, sweep } from "../anomalies/words.ts";
import type { ItemName, Operation } from "../operation.ts";
import type { Workload } from "./workload.ts";

const DISTRICTS = 4;
const STOCK = 20;
const CUSTOMERS = 10;
const STOCK_FIRST = 11;
const STOCK_LAST = STOCK_FIRST + STOCK - 1;
const WAREHOUSE: ItemName = "document:1";
const GROUP_NEW = 1;
const GROUP_DELIVERED = 2;
/** Rows: group 3 are districts, group 4 is stock. */
const GROUP_DISTRICT = 3;
const GROUP_STOCK = 4;

function filled(names: readonly ItemName[], group: number): [ItemName, { group: number; log: number[] }][] {
  return names.map((name, index) => [name, { group, log: [index + 1] }]);
}

function numbered(space: "row" | "node", low: number, length: number): ItemName[] {
  return Array.from({ length }, (_, index) => item(space, low + index));
}

export const orders: Workload = {
  name: "orders, one warehouse",
  contents: [
    ...filled([WAREHOUSE], 1),
    ...filled(numbered("row", 1, DISTRICTS), GROUP_DISTRICT),
    ...filled(numbered("row", STOCK_FIRST, STOCK), GROUP_STOCK),
    ...filled(numbered("node", 1, CUSTOMERS), 1),
  ],
  transaction: (random, _, tag) => transaction(random, tag),
};

function transaction(random: SeededRandom, tag: number): Operation[] {
  const district = item("row", random.between(1, DISTRICTS));
  const customer = item("node", random.between(1, CUSTOMERS));
  const chance = random.below(100);
  if (chance < 45) return newOrder(random, district, customer, tag);
  if (chance < 88) return [append(WAREHOUSE, tag), append(district, tag + 1), append(customer, tag + 2)];
  if (chance < 92) return [read(customer), scan(inGroup("claim", GROUP_NEW))];
  if (chance < 96) return [sweep("claim", GROUP_NEW, GROUP_DELIVERED, tag)];
  return [read(district), count(inRange("row", STOCK_FIRST, STOCK_LAST))];
}

function newOrder(random: SeededRandom, district: ItemName, customer: ItemName, tag: number): Operation[] {
  const lines = new Set(Array.from({ length: random.between(2, 4) }, () => random.between(STOCK_FIRST, STOCK_LAST)));
  return [
    read(WAREHOUSE),
    read(customer),
    append(district, tag),
    ...[...lines].map((number, index) => append(item("row", number), tag + 1 + index)),
    insert(item("claim", tag), tag + 9, GROUP_NEW),
  ];
}
