/**
 * Short ways to write rows of the function table. A row that is not strict, or has anything else unusual, is written out.
 *
 * `fails`: the function can end the statement with an error. `tagged`: its result may be NULL though no argument is, or it is an
 * `any`.
 */
import { plainType, type SqlType, type TypeName } from "../type/type.ts";
import type { FunctionEntry, Implementation } from "./entry.ts";

/** A type by its name; `integer[]` is an array. */
export type RowType = Exclude<TypeName, "array"> | SqlType;

export interface RowFlags {
  readonly fails?: boolean;
  readonly tagged?: boolean;
  readonly volatility?: FunctionEntry["volatility"];
  readonly variadic?: boolean;
  readonly strict?: boolean;
  readonly nullable?: readonly number[];
}

export function rowType(type: RowType): SqlType {
  return typeof type === "string" ? plainType(type) : type;
}

export function engine(name: string, flags: RowFlags = {}, extra: readonly number[] = []): Implementation {
  return { kind: "engine", name, tagged: flags.tagged ?? false, fails: flags.fails ?? false, extra };
}

export function inline(name: string, fails = false): Implementation {
  return { kind: "inline", name, fails };
}

/** An operator whose implementation is an engine function. */
export function engineOperator(
  name: string,
  parameters: readonly RowType[],
  result: RowType,
  by: string,
  flags: RowFlags = {},
): FunctionEntry {
  return entry("operator", name, parameters, result, engine(by, flags), flags);
}

export function inlineOperator(name: string, parameters: readonly RowType[], result: RowType, by: string, fails = false): FunctionEntry {
  return entry("operator", name, parameters, result, inline(by, fails), {});
}

/** A function of SQL whose implementation is an engine function. */
export function engineFunction(
  name: string,
  parameters: readonly RowType[],
  result: RowType,
  by: string,
  flags: RowFlags = {},
): FunctionEntry {
  return entry("function", name, parameters, result, engine(by, flags), flags);
}

export function entry(
  role: FunctionEntry["role"],
  name: string,
  parameters: readonly RowType[],
  result: RowType,
  implementation: Implementation,
  flags: RowFlags,
): FunctionEntry {
  return {
    name,
    role,
    parameters: parameters.map(rowType),
    variadic: flags.variadic ?? false,
    result: rowType(result),
    strict: flags.strict ?? true,
    ...(flags.nullable && { nullable: flags.nullable }),
    volatility: flags.volatility ?? "immutable",
    implementation,
  };
}
