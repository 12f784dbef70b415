/**
 * Access paths of scans: rows by key, and rows through an index. The filter above the scan keeps its predicate, so where a path does not
 * know its rows all of them are read.
 */
import type { LogicalScan, ScanAccess, ScanColumn } from "../../plan/operator.ts";
import type { RowCursor } from "../surroundings.ts";
import type { Context, Evaluate } from "./context.ts";
import { compileExpression } from "./expression.ts";
import { compileKeys } from "./row-key.ts";

/** What opens the rows of a path; undefined: all rows have to be read. */
type Open = () => RowCursor | undefined;

const NO_ROWS: RowCursor = { next: () => false, value: () => null };

export function compileAccess(collection: string, columns: readonly ScanColumn[], access: LogicalScan["access"], context: Context): Open {
  switch (access?.kind) {
    case undefined:
      return () => undefined;
    case "key": {
      const keysOf = compileKeys(access.keys, context);
      return () => {
        const keys = keysOf();
        return keys && context.surroundings.rows.lookup(collection, keys, columns);
      };
    }
    case "index":
      return compileIndex(collection, columns, access, context);
  }
}

function compileIndex(
  collection: string,
  columns: readonly ScanColumn[],
  access: Extract<ScanAccess, { readonly kind: "index" }>,
  context: Context,
): Open {
  const { indexes } = context.surroundings;
  const bounds = [access.lower, access.upper].flatMap((bound) => (bound === undefined ? [] : [bound.value]));
  if (indexes === undefined || [...access.equal, ...bounds].some(({ type }) => type.name === "character")) return () => undefined;
  const equal = access.equal.map((value) => compileExpression(value, context));
  const lower = access.lower && compileExpression(access.lower.value, context);
  const upper = access.upper && compileExpression(access.upper.value, context);
  const prefix = access.prefix && compileExpression(access.prefix, context);
  return () => {
    const values = {
      equal: equal.map((evaluate) => evaluate()),
      lower: lower?.() ?? null,
      upper: upper?.() ?? null,
      prefix: prefix?.() ?? null,
    };
    // Nothing is equal to a NULL, nor on a side of it.
    if (values.equal.includes(null) || isNull(lower, values.lower) || isNull(upper, values.upper) || isNull(prefix, values.prefix))
      return NO_ROWS;
    return indexes.open(collection, access, values, columns);
  };
}

function isNull(evaluate: Evaluate | undefined, value: unknown): boolean {
  return evaluate !== undefined && value === null;
}
