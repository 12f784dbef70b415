/**
 * Keys of rows that a scan looks up: the texts behind the colon that rows with given values of the primary key, or the `id`, have.
 *
 * Where equal values may have different texts (NUMERIC, doubles, CHAR) there is no answer, and the scan reads all rows; the
 * filter above it tests them anyway.
 */
import { SLOT_BOOLEAN, SLOT_INTEGER, SLOT_TEXT } from "../../../../assembly/abi/record.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { machineOf, type SqlType } from "../../type/type.ts";
import { Output } from "../output.ts";
import { bytesOfText, type Tagged, type Value } from "../value.ts";
import type { Context } from "./context.ts";
import { compileExpression } from "./expression.ts";

/** Types whose values have one text each. */
const EXACT: ReadonlySet<string> = new Set(["smallint", "integer", "bigint", "text", "character varying", "uuid"]);

/** No row has the value. */
const NO_KEY = 0;

/** What computes the keys from the frame; undefined: all rows have to be read. */
export function compileKeys(keys: readonly (readonly BoundExpression[])[], context: Context): () => readonly string[] | undefined {
  const output = new Output(context.surroundings.functions);
  const rows = keys.map((parts) => parts.map((part) => ({ type: part.type, evaluate: compileExpression(part, context) })));
  return () => {
    const texts: string[] = [];
    for (const parts of rows) {
      const found = parts.map(({ type, evaluate }) => partText(evaluate(), type, output));
      if (found.includes(undefined)) return undefined;
      if (!found.includes(NO_KEY)) texts.push(joinParts(found as string[]));
    }
    return texts;
  };
}

/** The text of a part of a key; NO_KEY: nothing is equal to it; undefined: unknown. */
function partText(value: Value, type: SqlType, output: Output): string | typeof NO_KEY | undefined {
  if (value === null) return NO_KEY;
  if (machineOf(type) !== "any") return EXACT.has(type.name) ? bytesOfText(output.text(value, type)) : undefined;
  const { tag, value: plain } = value as Tagged;
  if (tag === SLOT_TEXT) return plain as string;
  if (tag === SLOT_INTEGER) return String(plain);
  return tag === SLOT_BOOLEAN ? NO_KEY : undefined;
}

function joinParts(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] as string) : parts.map((part) => part.replace(/[:\\]/g, "\\$&")).join(":");
}
