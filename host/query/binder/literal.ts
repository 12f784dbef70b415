/**
 * Literals, types as written, and words that stand for values.
 *
 * A lifted literal's value may not be looked at (host/query/parser/README.md): only its class, which is part of the statement's key.
 */
import type { ParsedKeywordValue, ParsedNumber, ParsedString, ParsedTypedLiteral } from "../ast/expression.ts";
import type { ParsedType } from "../ast/name.ts";
import { findFunctions } from "../function/table.ts";
import type { BoundExpression } from "../plan/expression.ts";
import { intervalUnit, typeNamed } from "../type/name.ts";
import { plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { call, coerce, constant } from "./coerce.ts";

const INTEGER_MAX = 2147483647n;
const BIGINT_MAX = 9223372036854775807n;

/** integer, bigint or numeric, by PostgreSQL's rule; the most negative numbers count as what they are. */
export function numberType({ text, negative }: { readonly text: string; readonly negative: boolean }): SqlType {
  if (!/^\d+$/.test(text)) return plainType("numeric");
  const magnitude = BigInt(text) - (negative ? 1n : 0n);
  if (magnitude <= INTEGER_MAX) return plainType("integer");
  return plainType(magnitude <= BIGINT_MAX ? "bigint" : "numeric");
}

export function bindNumber(parsed: ParsedNumber): BoundExpression {
  const type = numberType(parsed);
  const { slot, negative } = parsed;
  if (slot >= 0) return { kind: "BoundLiteral", type, slot, negative };
  const text = `${negative ? "-" : ""}${parsed.text}`;
  return constant(type.name === "numeric" ? text : BigInt(text), type);
}

/** Untyped, until something says what it is. */
export function bindString({ value, slot }: ParsedString): BoundExpression {
  const type = plainType("unknown");
  return slot >= 0 ? { kind: "BoundLiteral", type, slot, negative: false } : constant(value, type);
}

export function bindType(binding: Binding, parsed: ParsedType): SqlType {
  const type = typeNamed(parsed);
  if ("state" in type) throw binding.error(type.state, type.message, parsed.position);
  return type;
}

/** `DATE '2020-02-29'`: a cast that is done before the execution. */
export function bindTypedLiteral(binding: Binding, parsed: ParsedTypedLiteral): BoundExpression {
  const type = bindType(binding, parsed.type);
  const { slot } = parsed;
  const unit = intervalUnit(type);
  const value = unit !== undefined && /^\s*[-+]?\d+(\.\d*)?\s*$/.test(parsed.value) ? `${parsed.value} ${unit}` : parsed.value;
  const unknown = plainType("unknown");
  const literal: BoundExpression = slot >= 0 ? { kind: "BoundLiteral", type: unknown, slot, negative: false } : constant(value, unknown);
  return coerce(binding, literal, type, "explicit")!;
}

/** Words whose value is a name: there is one user, one catalog and one schema. */
export const NAMES: Readonly<Record<string, string>> = {
  USER: "default",
  CURRENT_USER: "default",
  CURRENT_ROLE: "default",
  SESSION_USER: "default",
  CURRENT_CATALOG: "memflux",
  CURRENT_SCHEMA: "public",
};

/** CURRENT_DATE and its like are functions without brackets, whose result has the precision that is given. */
export function bindKeywordValue(binding: Binding, parsed: ParsedKeywordValue): BoundExpression {
  const name = NAMES[parsed.name];
  if (name !== undefined) return constant(name, plainType("text"));
  const [row] = findFunctions(parsed.name.toLowerCase(), undefined).filter(({ parameters }) => parameters.length === 0);
  if (row === undefined) throw binding.notSupported(parsed.name, parsed.position);
  const value = call(row);
  if (parsed.precision === undefined) return value;
  return coerce(binding, value, { ...row.result, modifiers: [Math.min(parsed.precision, 6)] }, "explicit")!;
}
