/**
 * The rules of serializable snapshot isolation, by number, so that a test can drop one and see that histories go wrong: a test
 * of the whole that no dropped rule fails is no test. Only debug builds listen.
 */
import { DEBUG } from "../memory/debug";

export const RULE_FIRST_COMMITTER: u32 = 1;
/** A pivot that is still active is refused. */
export const RULE_PIVOT: u32 = 2;
/** Who reads what a pivot has overwritten that has committed is refused. */
export const RULE_FIRST_OF_THREE: u32 = 4;
/** Units leave marks. */
export const RULE_UNIT: u32 = 8;
/** The marks of those that have committed count. */
export const RULE_COMMITTED_READER: u32 = 16;
/** A read meets what was written since its view. */
export const RULE_WRITTEN_SINCE: u32 = 32;
/** Who writes reaches to its commit, not only to its view. */
export const RULE_WRITER_REACH: u32 = 64;
/** Keys that are written meet ranges. */
export const RULE_RANGE: u32 = 128;
/** A reader that has let a pivot pass may not write. */
export const RULE_DOOMED_WRITER: u32 = 256;
/** A read-only transaction is safe only when those have ended that could harm it. */
export const RULE_SAFE: u32 = 512;

let dropped: u32 = 0;

/** Drops rules, by the sum of their numbers; 0: all hold. */
export function ruleDrop(rules: u32): void {
  dropped = rules;
}

/** True if a rule holds. */
// @ts-ignore: decorator
@inline
export function holds(rule: u32): bool {
  return !DEBUG || !(dropped & rule);
}
