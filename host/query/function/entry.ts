/**
 * What the function table has for each function: names and types for the binder, properties for the optimiser, an
 * implementation for compiled plans and the interpreter. Operators and casts are functions too (`operator`, `cast`).
 */
import type { SqlType, TypeName } from "../type/type.ts";

/** Machine types of an engine function's parameters and result. */
export type WasmType = "i32" | "i64" | "f64";

/**
 * How a call is carried out:
 * engine: the exported runtime function `name`. Parameters in order of the arguments: i32, i64, f64, word as i64, any as two
 *   (i32 tag, i64 payload). `tagged`: the result's null flag (or tag, for `any`) is read from CELL_TAG after the call; `fails`:
 *   CELL_ERROR is read after the call. `extra`: constants (i32) behind the arguments, as a type's modifier.
 * inline: code that the code generator and the interpreter know by this name (integer and float arithmetic, comparisons).
 * extension: a function of a module of WebAssembly, called on the host: the module, and the name that it exports. A plan depends on
 *   what the catalog says under `dependsOn`.
 */
export type Implementation =
  | {
      readonly kind: "engine";
      readonly name: string;
      readonly tagged: boolean;
      readonly fails: boolean;
      readonly extra: readonly number[];
      /** It may ask the host for a time zone and is called again then: plans that have it are interpreted. */
      readonly asks?: boolean;
    }
  | { readonly kind: "inline"; readonly name: string; readonly fails: boolean }
  | { readonly kind: "extension"; readonly module: string; readonly name: string; readonly dependsOn: string | undefined };

export interface FunctionEntry {
  /** As in SQL: `lower`, `+`; casts are named after their target type. */
  readonly name: string;
  readonly role: "function" | "operator" | "cast";
  readonly parameters: readonly SqlType[];
  /** The last parameter may be repeated. */
  readonly variadic: boolean;
  readonly result: SqlType;
  /** NULL in, NULL out, without a call. Others get null flags: each argument is passed as any. */
  readonly strict: boolean;
  /** Parameters of a strict function that may be NULL all the same: the body takes them as any, and NULL as JSON's null. */
  readonly nullable?: readonly number[];
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly implementation: Implementation;
}

/**
 * An aggregate's state is `state` slots of 8 bytes in the group's row, all zero at first.
 * step and finish are inline names or engine functions: step(statePointer, arguments...), finish(statePointer) → result.
 */
export interface AggregateEntry {
  readonly name: string;
  readonly parameters: readonly SqlType[];
  readonly result: SqlType;
  readonly stateSlots: number;
  /** NULL arguments are skipped (all but count(*) and array_agg, json_agg). */
  readonly skipsNull: boolean;
  readonly step: Implementation;
  readonly finish: Implementation;
  /** The result without any input: 0 for count; what `finish` makes of slots of zeros for sum and collect of Cypher; else NULL. */
  readonly empty: "zero" | "null" | "finish";
}

/** Types as their names print, for tables and messages. */
export type { SqlType, TypeName };
