/**
 * JavaScript has one type of number: a parameter without fraction is an INTEGER of Cypher. This is how a program says that it means a
 * FLOAT: a plain object, so that it can be sent to a worker.
 */

/** A number that is a FLOAT though it has no fraction. */
export interface CypherFloat {
  readonly $: "float";
  readonly value: number;
}

/** A parameter that is a FLOAT: `float(1)` is 1.0. */
export function float(value: number): CypherFloat {
  return Object.freeze({ $: "float", value });
}
