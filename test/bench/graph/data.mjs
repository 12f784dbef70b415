/**
 * The graph of bench:graph, from one seed: the same in every process.
 *
 *   nodes          100,000     (:Person {id, age, city}), ids from 0 on
 *   relationships  1,000,000   [:KNOWS {since}]; both ends are skewed: the nodes that are asked for most have thousands
 *
 * Ends are drawn by a power of a uniform number (the share of the first 1 % of the nodes is a tenth of all ends) and scattered over the
 * numbers, so that neighbours in the data are none in the graph. There are parallel relationships and loops.
 */
import { createNumbers } from "../query/data.mjs";

export const NODES = 100_000;
export const RELATIONSHIPS = 1_000_000;
const SEED = 5;
const SKEW = 2;
const CITIES = 100;
/** Coprime to the number of nodes. */
const SCATTER = 61_803;

function scattered(rank) {
  return (rank * SCATTER) % NODES;
}

/** Rows [id, age, city]. */
export function makeNodes() {
  const numbers = createNumbers(SEED);
  return Array.from({ length: NODES }, (_, id) => [id, numbers.between(1, 90), `city ${numbers.between(1, CITIES)}`]);
}

/** Rows [start, end, since]. */
export function makeRelationships() {
  const numbers = createNumbers(SEED + 1);
  const end = () => scattered(Math.floor(NODES * numbers.next() ** SKEW));
  return Array.from({ length: RELATIONSHIPS }, () => [end(), end(), numbers.between(1990, 2025)]);
}

/** Nodes to ask for, the same in every process. */
export function someNodes(count, seed) {
  const numbers = createNumbers(seed);
  return Array.from({ length: count }, () => numbers.between(0, NODES - 1));
}
