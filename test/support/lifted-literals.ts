/**
 * What lifting literals out of a text has to keep: ASTs with the values put back in, and the same text with other literals.
 */
import type { TextFingerprint, TextLiteral } from "../../host/query/parser/literal-lifter.ts";

/** `ast` without positions, with the values of lifted literals taken from `literals`; `used` collects their slots. */
export function substitute(ast: unknown, literals: readonly TextLiteral<string>[], used: Set<number>): unknown {
  if (Array.isArray(ast)) return ast.map((item) => substitute(item, literals, used));
  if (typeof ast !== "object" || ast === null) return ast;
  const fields = Object.entries(ast).filter(([name]) => name !== "position" && name !== "slot");
  const node = Object.fromEntries(fields.map(([name, value]) => [name, substitute(value, literals, used)]));
  const slot = "slot" in ast ? (ast.slot as number) : -1;
  if (slot < 0) return node;
  used.add(slot);
  return { ...node, [node.kind === "ParsedNumber" ? "text" : "value"]: literals[slot]!.value };
}

/** How another value of a class is spelled; different slots get different ones. */
export interface OtherLiteral {
  readonly value: (slot: number) => string;
  /** What stands in front of the value; its last character stands behind it, too. */
  readonly quote?: string;
}

/** Values at the edge of a class stay: their neighbours are of another one. */
const EDGES = /^(2147483648|9223372036854775808)$/;

/** The same text with other literals: equal ones stay equal where they share a slot. */
export function vary<Type extends string>(
  { tokens, slots, literals }: TextFingerprint<Type>,
  others: Readonly<Record<Type, OtherLiteral>>,
): string {
  let text = "";
  let copied = 0;
  for (const [index, slot] of slots.entries()) {
    const literal = literals[slot];
    if (literal === undefined) continue;
    const { value, quote = "" } = others[literal.type];
    const other = EDGES.test(literal.value) ? literal.value : value(slot);
    text += `${tokens.text.slice(copied, tokens.starts[index])}${quote}${other}${quote.slice(-1)}`;
    copied = tokens.ends[index]!;
  }
  return text + tokens.text.slice(copied);
}
