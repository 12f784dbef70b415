/**
 * Values of known types where a dynamic one is wanted: they get their tag.
 */
import { machineOf, type SqlType, slotOf } from "../../type/type.ts";
import type { Tagged, Value } from "../value.ts";
import type { Evaluate } from "./context.ts";

/** A value of a type as a dynamic one. */
export function tagged(given: SqlType, value: Value): Value {
  return value === null || machineOf(given) === "any" ? value : ({ tag: slotOf(given), value } as Tagged);
}

/** An argument where a parameter is dynamic though the value's type is known. */
export function tagging(given: SqlType, parameter: SqlType, evaluate: Evaluate): Evaluate {
  if (machineOf(parameter) !== "any" || machineOf(given) === "any") return evaluate;
  return () => tagged(given, evaluate());
}
