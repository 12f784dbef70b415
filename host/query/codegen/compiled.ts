/**
 * What the code generator gives: a module and all that a driver must know to run it (codegen/README.md, "Running a plan").
 */
import type { ConstantValue } from "../plan/expression.ts";
import type { SqlType } from "../type/type.ts";

/** A value that the driver writes into the state block before the plan starts (INPUT_* of assembly/abi/plan.ts). */
export interface StateInput {
  readonly offset: number;
  readonly type: SqlType;
  readonly source:
    | { readonly kind: "literal"; readonly slot: number; readonly negative: boolean }
    | { readonly kind: "parameter"; readonly index: number }
    | { readonly kind: "constant"; readonly value: ConstantValue };
}

/** A collection that is scanned: u32 its handle at `offset`, u32 numbers of its fields at theirs. */
export interface StateCollection {
  readonly offset: number;
  readonly collection: string;
  readonly fields: readonly { readonly offset: number; readonly names: readonly string[] }[];
  /** Not only rows with given keys are read. */
  readonly isWhole: boolean;
}

export interface OutputColumn {
  readonly name: string;
  readonly type: SqlType;
  /** Of the byte SLOT_* (0: NULL) and of the value in a row. */
  readonly tagOffset: number;
  readonly offset: number;
}

export interface CompiledPlan {
  /** The module: imports "e" (memory, cells, engine functions), exports `run(state) → PLAN_*`. */
  readonly bytes: Uint8Array;
  /** Names of the engine functions that it imports. */
  readonly imports: readonly string[];
  readonly stateBytes: number;
  readonly inputs: readonly StateInput[];
  readonly collections: readonly StateCollection[];
  /** It may look at the graph. */
  readonly readsGraph: boolean;
  readonly output: { readonly columns: readonly OutputColumn[]; readonly rowBytes: number };
  /** What each stage does, for EXPLAIN. */
  readonly stages: readonly string[];
}
