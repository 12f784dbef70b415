/**
 * Literals: INTEGER, FLOAT, STRING, BOOLEAN and NULL.
 *
 * A lifted literal's value may not be looked at, only its class, which is part of the statement's key (parser/cypher/fingerprint.ts).
 */
import type { ParsedNumber, ParsedString } from "../../ast/expression.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { constant, FLOAT, INTEGER, STRING } from "./binding.ts";

/** A number of digits alone is an INTEGER, which the parser has seen to fit; any other is a FLOAT. */
export function bindNumber({ text, negative, slot }: ParsedNumber): BoundExpression {
  const type = /^\d+$/.test(text) ? INTEGER : FLOAT;
  if (slot >= 0) return { kind: "BoundLiteral", type, slot, negative };
  const written = `${negative ? "-" : ""}${text}`;
  return constant(type === INTEGER ? BigInt(written) : Number(written), type);
}

export function bindString({ value, slot }: ParsedString): BoundExpression {
  return slot >= 0 ? { kind: "BoundLiteral", type: STRING, slot, negative: false } : constant(value, STRING);
}
