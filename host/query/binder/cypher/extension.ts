/**
 * Functions of WebAssembly modules: those that come with MemFlux, and those that users have defined (CREATE FUNCTION). Their parameters
 * have SQL's types: a dynamic value that is of another kind is NULL to them.
 */

import { findCast, softCast } from "../../function/cast.ts";
import type { FunctionEntry } from "../../function/entry.ts";
import { findFunctions } from "../../function/table.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { sameType } from "../../type/category.ts";
import { plainType, type SqlType, type TypeName } from "../../type/type.ts";
import { type CypherBinding, constant, FLOAT, INTEGER, isNull } from "./binding.ts";
import { callOf, toValue } from "./convert.ts";
import { type Argument, type Use, wrongArgument, wrongCount } from "./function-row.ts";
import { kindOfValues } from "./kind.ts";

/** The function's rows; none: there is no such function. */
export function extensionRows(binding: CypherBinding, name: string): readonly FunctionEntry[] {
  return findFunctions(name, binding.surroundings.functions).filter(({ implementation }) => implementation.kind === "extension");
}

/** A call of the row whose parameters the arguments fit. */
export function bindExtension(
  binding: CypherBinding,
  rows: readonly FunctionEntry[],
  given: readonly Argument[],
  use: Use,
): BoundExpression {
  const counted = rows.filter(({ parameters }) => parameters.length === given.length);
  if (counted.length === 0) throw wrongCount(binding, rows, given.length, use);
  for (const row of counted) {
    const converted = given.map(({ value }, index) => asSqlType(value, row.parameters[index]!));
    if (!converted.every((value) => value !== undefined)) continue;
    const { implementation } = row;
    if (implementation.kind === "extension" && implementation.dependsOn !== undefined) binding.dependOn(implementation.dependsOn);
    return asCypherType(callOf(row, ...converted));
  }
  const wrong = given.findIndex(({ value }, index) => asSqlType(value, counted[0]!.parameters[index]!) === undefined);
  throw wrongArgument(binding, given[Math.max(wrong, 0)]!, use);
}

/** The value as the type; undefined: it is never one. */
function asSqlType(value: BoundExpression, to: SqlType): BoundExpression | undefined {
  if (sameType(value.type, to)) return value;
  if (isNull(value)) return constant(null, to);
  if (value.type.name !== "value") {
    const cast = findCast(value.type, to);
    // An INTEGER fits a narrower parameter, or ends the statement.
    const narrowed = value.type.name === "bigint" && kindOfValues(to) === "integer";
    return cast?.context === "implicit" || (cast !== undefined && narrowed) ? callOf(cast.function, value) : undefined;
  }
  const any = plainType("any");
  const dynamic = callOf(findCast(value.type, any)!.function, value);
  return to.name === "any" ? dynamic : callOf(softCast(any, to), dynamic);
}

/** Types of results that Cypher holds as another one. */
const HELD: Readonly<Partial<Record<TypeName, SqlType>>> = { smallint: INTEGER, integer: INTEGER, real: FLOAT };

function asCypherType(value: BoundExpression): BoundExpression {
  const held = HELD[value.type.name];
  if (held !== undefined) return callOf(findCast(value.type, held)!.function, value);
  const isKnown = kindOfValues(value.type) !== undefined && value.type.name !== "array" && value.type.name !== "numeric";
  return isKnown ? value : toValue(value);
}
