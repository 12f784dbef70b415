/**
 * Cypher's comparisons for plans (value/cypher-equal.ts, cypher-order.ts, cypher-hash.ts). None is called with NULL, but for those of keys;
 * what a list holds may make an answer NULL all the same, which CELL_TAG says.
 */
import { SLOT_BOOLEAN, SLOT_NONE } from "../abi/record";
import { RUNTIME_ERROR_VALUE_KIND } from "../abi/runtime-error";
import { setTag } from "../value/cells";
import { EQUAL, UNKNOWN, equalCypher, equivalentCypher } from "../value/cypher-equal";
import { hashCypher } from "../value/cypher-hash";
import { itemPayload, itemTag, readValue } from "../value/cypher-item";
import { NAME_BOOLEAN, failKind } from "../value/cypher-kind";
import { ORDER_UNKNOWN, knownOrder, orderCypher } from "../value/cypher-order";

export function value_equal(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  const equal = equalCypher(leftTag, left, rightTag, right);
  setTag(equal == UNKNOWN ? SLOT_NONE : SLOT_BOOLEAN);
  return equal == EQUAL ? 1 : 0;
}

export function value_not_equal(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return value_equal(leftTag, left, rightTag, right) ? 0 : 1;
}

/** Equivalence: what DISTINCT, groups and joins by keys go by. NULL is equivalent to NULL. */
export function value_equivalent(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return equivalentCypher(leftTag, left, rightTag, right) ? 1 : 0;
}

/** The total order, NULL behind all: negative, 0 or positive. */
export function value_compare(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return orderCypher(leftTag, left, rightTag, right);
}

/** Agrees with equivalence. */
export function value_hash(tag: i32, payload: i64): u64 {
  return hashCypher(tag, payload);
}

/** -1, 0, 1, or ORDER_NEVER; NULL where there is no order. */
function known(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  const order = knownOrder(leftTag, left, rightTag, right);
  setTag(order == ORDER_UNKNOWN ? SLOT_NONE : SLOT_BOOLEAN);
  return order;
}

export function value_less(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return known(leftTag, left, rightTag, right) == -1 ? 1 : 0;
}

export function value_less_equal(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return known(leftTag, left, rightTag, right) <= 0 ? 1 : 0;
}

export function value_greater(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return known(leftTag, left, rightTag, right) == 1 ? 1 : 0;
}

export function value_greater_equal(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  const order = known(leftTag, left, rightTag, right);
  return order == 0 || order == 1 ? 1 : 0;
}

// Doubles: NaN differs from all, itself too, and stands nowhere -----------------------------------------------------------

export function value_double_equal(left: f64, right: f64): i32 {
  return left == right ? 1 : 0;
}

export function value_double_not_equal(left: f64, right: f64): i32 {
  return left != right ? 1 : 0;
}

export function value_double_less(left: f64, right: f64): i32 {
  return left < right ? 1 : 0;
}

export function value_double_less_equal(left: f64, right: f64): i32 {
  return left <= right ? 1 : 0;
}

export function value_double_greater(left: f64, right: f64): i32 {
  return left > right ? 1 : 0;
}

export function value_double_greater_equal(left: f64, right: f64): i32 {
  return left >= right ? 1 : 0;
}

// Conditions --------------------------------------------------------------------------------------------------------------

function booleanOf(tag: u32, payload: u64): bool {
  readValue(tag, payload);
  if (itemTag != SLOT_BOOLEAN) failKind(RUNTIME_ERROR_VALUE_KIND, NAME_BOOLEAN, tag, payload);
  return itemPayload != 0;
}

/** A value where a condition is wanted. */
export function value_condition(tag: i32, payload: i64): i32 {
  return booleanOf(tag, payload) ? 1 : 0;
}

export function value_xor(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  const first = booleanOf(leftTag, left);
  return first != booleanOf(rightTag, right) ? 1 : 0;
}
