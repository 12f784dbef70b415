/**
 * What ORDER BY, GROUP BY and DISTINCT ON share: ordinals and names of the select list.
 */
import type { ParsedExpression, ParsedOrder } from "../ast/expression.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { Binding } from "./binding.ts";
import { keyOf } from "./key.ts";
import { matchName } from "./scope.ts";

export function nullsFirst({ descending, nulls }: ParsedOrder): boolean {
  return nulls === undefined ? descending : nulls === "FIRST";
}

/** The column that a number means; undefined for anything that is no constant. */
export function ordinal<T>(binding: Binding, value: ParsedExpression, columns: readonly T[], clause: string): T | undefined {
  if (value.kind === "ParsedString" || value.kind === "ParsedNumber") {
    if (value.kind === "ParsedString" || !/^\d+$/.test(value.text)) {
      throw binding.error("42601", `non-integer constant in ${clause}`, value.position);
    }
    const position = value.negative ? 0 : Number(value.text);
    const column = columns[position - 1];
    if (column !== undefined) return column;
    const written = `${value.negative ? "-" : ""}${value.text}`;
    throw binding.error("42P10", `${clause} position ${written} is not in select list`, value.position);
  }
  return undefined;
}

/** The column of the select list that a bare name means. Two that are not the same make it ambiguous. */
export function matchOutput<T extends { readonly name: string; readonly value?: BoundExpression }>(
  binding: Binding,
  value: ParsedExpression,
  columns: readonly T[],
  clause: string,
): T | undefined {
  if (value.kind !== "ParsedColumn" || value.names.length !== 1) return undefined;
  const name = value.names[0]!;
  const matched = matchName([...new Set(columns.map((column) => column.name))], name);
  if (matched === undefined) return undefined;
  const [first, ...others] = columns.filter((column) => column.name === matched);
  const same = (other: T) => other.value !== undefined && first?.value !== undefined && keyOf(other.value) === keyOf(first.value);
  if (!others.every(same)) {
    throw binding.error("42702", `${clause} "${name.folded}" is ambiguous`, name.position);
  }
  return first;
}
