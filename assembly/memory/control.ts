/**
 * The control block: the one static area that the host reads after a call (offsets: abi/layout.ts). It lies at the bottom
 * of the layers because the keyspace counts hits in it and the command layer points to replies in it.
 */
import { CONTROL_SIZE } from "../abi/layout";

export const control: usize = memory.data(CONTROL_SIZE, 16);

/** Adds one to an f64 statistic. */
// @ts-ignore: decorator
@inline
export function countOne(statistic: usize): void {
  store<f64>(control + statistic, load<f64>(control + statistic) + 1);
}
