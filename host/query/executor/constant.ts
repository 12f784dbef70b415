/**
 * Constants of plans as values: a string is text, or the text of a value of another type; other words are bytes.
 */
import { SLOT_TEXT } from "../../../assembly/abi/record.ts";
import { findCast } from "../function/cast.ts";
import type { BoundConstant } from "../plan/expression.ts";
import { machineOf, plainType, slotOf } from "../type/type.ts";
import type { Functions } from "./surroundings.ts";
import { bytesOfText, stringOfBytes, type Value } from "./value.ts";

/** The value of a constant. */
export function constantValue({ value, type }: Pick<BoundConstant, "value" | "type">, functions: Functions): Value {
  if (value === null) return null;
  if (value instanceof Uint8Array) return stringOfBytes(value);
  if (typeof value === "string") {
    const cast = slotOf(type) === SLOT_TEXT ? undefined : findCast(plainType("text"), type)?.function;
    const text = bytesOfText(value);
    return cast === undefined ? text : functions.caller(cast.implementation, cast.parameters, type)([text]);
  }
  return machineOf(type) === "i64" && typeof value === "number" ? BigInt(value) : value;
}
