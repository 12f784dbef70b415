/**
 * How tightly Cypher's operators bind (openCypher 9, chapter 4, and its grammar). The parser climbs by these levels, and the printer
 * sets brackets by them.
 */
export const OR = 1;
export const XOR = 2;
export const AND = 3;
export const NOT = 4;
/** Chains: a < b <= c. */
export const COMPARISON = 5;
/** IN, CONTAINS, STARTS WITH, ENDS WITH, =~, IS NULL: from left to right. */
export const PREDICATE = 6;
export const ADDITION = 7;
export const MULTIPLICATION = 8;
/** From left to right, too. */
export const POWER = 9;
export const SIGN = 10;
/** Labels come behind all other suffixes. */
export const LABEL = 11;
/** Properties, subscripts, slices. */
export const POSTFIX = 12;
export const ATOM = 13;
