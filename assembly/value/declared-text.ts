/**
 * The text of values of kinds that only declared columns and casts have.
 */
import {
  SLOT_BYTEA,
  SLOT_DATE,
  SLOT_INTERVAL,
  SLOT_NUMERIC,
  SLOT_TEMPORAL,
  SLOT_TIME,
  SLOT_TIMESTAMP,
  SLOT_TIMESTAMPTZ,
  SLOT_UUID,
} from "../abi/record";
import { putBytea, putUuid } from "./binary-text";
import { putDate, putInterval, putTime, putTimestamp, putTimestamptz } from "./datetime-text";
import { putNumeric } from "./numeric-text";
import { putTemporal } from "./temporal-text";

/** Appends a value to the builder. */
export function putDeclared(tag: u32, payload: u64): void {
  switch (tag) {
    case SLOT_NUMERIC:
      putNumeric(payload);
      break;
    case SLOT_DATE:
      putDate(payload);
      break;
    case SLOT_TIME:
      putTime(payload);
      break;
    case SLOT_TIMESTAMP:
      putTimestamp(payload);
      break;
    case SLOT_TIMESTAMPTZ:
      putTimestamptz(payload);
      break;
    case SLOT_INTERVAL:
      putInterval(payload);
      break;
    case SLOT_UUID:
      putUuid(payload);
      break;
    case SLOT_TEMPORAL:
      putTemporal(payload);
      break;
    case SLOT_BYTEA:
      putBytea(payload);
      break;
  }
}
