/**
 * Numbers of rows in Cypher's SKIP and LIMIT that are known only at execution.
 */
import { SLOT_INTEGER } from "../abi/record";
import { RUNTIME_ERROR_ROW_COUNT_KIND, RUNTIME_ERROR_ROW_COUNT_NEGATIVE } from "../abi/runtime-error";
import { fail } from "../value/cells";

/** An INTEGER that is not negative as it is; anything else, NULL too, is an error. */
export function value_row_count(tag: i32, payload: i64): i64 {
  if (tag != SLOT_INTEGER) {
    fail(RUNTIME_ERROR_ROW_COUNT_KIND);
    return 0;
  }
  if (payload < 0) fail(RUNTIME_ERROR_ROW_COUNT_NEGATIVE);
  return payload;
}
