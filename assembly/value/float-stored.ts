/**
 * Floats of Cypher that JSON has no form for, as documents have them: an object whose only field is `$float`, with one of the texts NaN,
 * Infinity and -Infinity, `{"$float": "NaN"}`. Properties of nodes and relationships are no maps, so none is taken for one.
 */
import { TAG_OBJECT, childCount, fieldValue, firstChild, isString, namePointer, readLength, stringLength, tagOf } from "./packed";
import { closeObject, openContainer, writeName, writeString } from "./packed-writer";

/** $float */
export const FLOAT_NAME: usize = memory.data<u8>([36, 102, 108, 111, 97, 116]);
export const FLOAT_NAME_LENGTH: u32 = 6;
/** The same bytes as numbers. */
const NAME_FIRST: u32 = 0x6f6c6624;
const NAME_REST: u32 = 0x7461;
/** -Infinity */
const INFINITY_TEXT: usize = memory.data<u8>([45, 73, 110, 102, 105, 110, 105, 116, 121]);
const INFINITY_LENGTH: u32 = 9;
/** NaN */
const NAN_TEXT: usize = memory.data<u8>([78, 97, 78]);
const NAN_LENGTH: u32 = 3;

/** Whether a packed value is such a float. */
export function isStoredFloat(value: usize): bool {
  if (tagOf(value) != TAG_OBJECT || childCount(value) != 1) return false;
  const field = firstChild(value);
  if (readLength(field) != FLOAT_NAME_LENGTH || !isString(fieldValue(field))) return false;
  const name = namePointer(field);
  if (load<u32>(name) != NAME_FIRST || <u32>load<u16>(name, 4) != NAME_REST) return false;
  return isFloatText(stringLength(fieldValue(field)));
}

/** Whether one of the texts has this length. */
export function isFloatText(length: u32): bool {
  return length == NAN_LENGTH || length == INFINITY_LENGTH || length == INFINITY_LENGTH - 1;
}

/** The float whose text has this length. */
export function floatOfText(length: u32): f64 {
  return length == NAN_LENGTH ? NaN : length == INFINITY_LENGTH ? -Infinity : Infinity;
}

/** The float that is stored. Requires: `isStoredFloat`. */
export function storedFloat(value: usize): f64 {
  return floatOfText(stringLength(fieldValue(firstChild(value))));
}

/** Appends a float that is not finite as it is stored. */
export function writeStoredFloat(value: f64): void {
  const start = openContainer();
  writeName(FLOAT_NAME, FLOAT_NAME_LENGTH);
  if (isNaN(value)) writeString(NAN_TEXT, NAN_LENGTH);
  else if (value < 0) writeString(INFINITY_TEXT, INFINITY_LENGTH);
  else writeString(INFINITY_TEXT + 1, INFINITY_LENGTH - 1);
  closeObject(start, 1);
}
