/**
 * Inline aggregates, by the names of the function table: steps that generated code carries out itself.
 *
 * A state has one value slot, and a second that is not 0 once there is a value (`count` needs none). The finish `state` answers the
 * value; without one, NULL or 0, as the table's row says.
 */

import { SUM_DOUBLE, SUM_INTEGER } from "../../../assembly/abi/plan.ts";
import { SLOT_DOUBLE, SLOT_INTEGER } from "../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_BIGINT_RANGE, RUNTIME_ERROR_OVERFLOW } from "../../../assembly/abi/runtime-error.ts";
import type { AggregateEntry } from "../function/entry.ts";
import { machineOf } from "../type/type.ts";
import type { ValueType } from "./encoder.ts";
import { keep, pushCompare } from "./inline.ts";
import * as op from "./opcodes.ts";
import {
  isFleeting,
  localPlace,
  type NumberView,
  type Operand,
  pushPayload,
  pushPlace,
  pushTag,
  typedOperand,
  valueType,
} from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";

/** The slots of one state, wherever they are. */
export interface StateAccess {
  readonly push: (slot: number, type: ValueType) => void;
  /** Stores what `push` pushes. */
  readonly store: (slot: number, type: ValueType, push: () => void) => void;
}

type Step = (pipeline: Pipeline, state: StateAccess, operands: readonly Operand[]) => void;

const VALUE = 0;
const SEEN = 1;

function markSeen(pipeline: Pipeline, state: StateAccess): void {
  state.store(SEEN, "i64", () => pipeline.code.i64(1n));
}

const count: Step = (pipeline, state) => {
  state.store(VALUE, "i64", () => {
    state.push(VALUE, "i64");
    pipeline.code.i64(1n);
    pipeline.code.op(op.OP_I64_ADD);
  });
};

/** Adds to a slot, or subtracts. */
function change(pipeline: Pipeline, state: StateAccess, slot: number, operator: number, push: () => void): void {
  state.store(slot, "i64", () => {
    state.push(slot, "i64");
    push();
    pipeline.code.op(operator);
  });
}

const countBack: Step = (pipeline, state) => change(pipeline, state, VALUE, op.OP_I64_SUB, () => pipeline.code.i64(1n));

/** Sums of values of 32 bits, which cannot be too large, and beside them how many there are; or without a value that was in it. */
function countedSum(operator: number): Step {
  return (pipeline, state, [operand]) => {
    if (operand === undefined) return;
    change(pipeline, state, VALUE, operator, () => pushPlace(pipeline.code, operand.value));
    change(pipeline, state, SEEN, operator, () => pipeline.code.i64(1n));
  };
}

/** Adds how many rows there are in the place of one. */
const countTimes: Step = (pipeline, state, [operand]) => {
  if (operand === undefined) return;
  state.store(VALUE, "i64", () => {
    state.push(VALUE, "i64");
    pushPlace(pipeline.code, operand.value);
    pipeline.code.op(op.OP_I64_ADD);
  });
};

/** Integers: fails when the sum leaves 64 bits. */
const sumBigint: Step = (pipeline, state, [operand]) => {
  const { code } = pipeline;
  if (operand === undefined) return;
  const before = code.local("i64");
  state.push(VALUE, "i64");
  code.set(before);
  code.get(before);
  pushPlace(code, operand.value);
  code.op(op.OP_I64_ADD);
  const sum = keep(pipeline, "i64");
  code.get(before);
  pushPlace(code, sum);
  code.op(op.OP_I64_XOR);
  pushPlace(code, operand.value);
  pushPlace(code, sum);
  code.op(op.OP_I64_XOR);
  code.op(op.OP_I64_AND);
  code.i64(0n);
  code.op(op.OP_I64_LT_S);
  pipeline.branch(() => pipeline.raise(RUNTIME_ERROR_BIGINT_RANGE));
  state.store(VALUE, "i64", () => pushPlace(code, sum));
  markSeen(pipeline, state);
};

/** Doubles: fails when finite values give infinity. `counts`: the second slot is the number of values. */
function sumDouble(real: boolean, counts = false): Step {
  return (pipeline, state, [operand]) => {
    const { code } = pipeline;
    if (operand === undefined) return;
    const before = code.local("f64");
    state.push(VALUE, "f64");
    code.set(before);
    code.get(before);
    pushPlace(code, operand.value);
    code.op(op.OP_F64_ADD);
    if (real) {
      code.op(op.OP_F32_DEMOTE_F64);
      code.op(op.OP_F64_PROMOTE_F32);
    }
    const sum = keep(pipeline, "f64");
    pushPlace(code, sum);
    code.op(op.OP_F64_ABS);
    code.f64(Number.POSITIVE_INFINITY);
    code.op(op.OP_F64_EQ);
    pipeline.branch(() => {
      code.get(before);
      code.op(op.OP_F64_ABS);
      code.f64(Number.POSITIVE_INFINITY);
      code.op(op.OP_F64_EQ);
      pushPlace(code, operand.value);
      code.op(op.OP_F64_ABS);
      code.f64(Number.POSITIVE_INFINITY);
      code.op(op.OP_F64_EQ);
      code.op(op.OP_I32_OR);
      code.op(op.OP_I32_EQZ);
      pipeline.branch(() => pipeline.raise(RUNTIME_ERROR_OVERFLOW));
    });
    state.store(VALUE, "f64", () => pushPlace(code, sum));
    if (!counts) {
      markSeen(pipeline, state);
      return;
    }
    state.store(SEEN, "i64", () => {
      state.push(SEEN, "i64");
      code.i64(1n);
      code.op(op.OP_I64_ADD);
    });
  };
}

/** The type in which a machine's value is kept in a state. */
function stateType(operand: Operand): ValueType {
  return operand.machine === "f64" ? "f64" : "i64";
}

/** Pushes a value as the state keeps it. */
function pushKept(pipeline: Pipeline, operand: Operand): void {
  if (isFleeting(operand)) pipeline.keeps = true;
  if (operand.machine === "f64") pushPlace(pipeline.code, operand.value);
  else pushPayload(pipeline.code, operand);
}

/** What the state keeps, as an operand of the same machine. */
function keptOperand(pipeline: Pipeline, state: StateAccess, like: Operand): Operand {
  const { code } = pipeline;
  const type = stateType(like);
  state.push(VALUE, type);
  if (like.machine === "i32") code.op(op.OP_I32_WRAP_I64);
  return { ...like, value: keep(pipeline, like.machine === "i32" ? "i32" : type), flag: undefined };
}

/** Takes the value if there is none yet, or if it compares so with the one there is. */
function extreme(comparison: "less" | "greater"): Step {
  return (pipeline, state, [operand]) => {
    const { code } = pipeline;
    if (operand === undefined) return;
    state.push(SEEN, "i64");
    code.op(op.OP_I64_EQZ);
    code.if("i32");
    code.i32(1);
    code.else();
    pipeline.scoped(() => pushCompare(pipeline, comparison, operand, keptOperand(pipeline, state, operand)));
    code.end();
    pipeline.branch(() => {
      state.store(VALUE, stateType(operand), () => pushKept(pipeline, operand));
      markSeen(pipeline, state);
    });
  };
}

const first: Step = (pipeline, state, [operand]) => {
  const { code } = pipeline;
  if (operand === undefined) return;
  state.push(SEEN, "i64");
  code.op(op.OP_I64_EQZ);
  pipeline.branch(() => {
    state.store(VALUE, stateType(operand), () => pushKept(pipeline, operand));
    state.store(SEEN, "i64", () => {
      if (operand.machine === "any") {
        pushTag(code, operand);
        code.op(op.OP_I64_EXTEND_I32_U);
      } else {
        code.i64(1n);
      }
    });
  });
};

function logical(isAnd: boolean): Step {
  return (pipeline, state, [operand]) => {
    const { code } = pipeline;
    if (operand === undefined) return;
    state.store(VALUE, "i64", () => {
      pushPlace(code, operand.value);
      state.push(VALUE, "i64");
      code.op(op.OP_I32_WRAP_I64);
      if (isAnd) {
        state.push(SEEN, "i64");
        code.op(op.OP_I64_EQZ);
        code.op(op.OP_I32_OR);
      }
      code.op(isAnd ? op.OP_I32_AND : op.OP_I32_OR);
      code.op(op.OP_I64_EXTEND_I32_U);
    });
    markSeen(pipeline, state);
  };
}

const FORM = 1;
const SUM = 2;

/**
 * A sum or average of dynamic values: numbers inline where the sum is of their form already (SUM_*); `call` does the rest. The state
 * lies in memory, since both work on it. `load` gives the value itself, which may be NULL.
 */
export function dynamicSum(
  pipeline: Pipeline,
  state: StateAccess,
  view: NumberView,
  load: () => Operand,
  call: (operand: Operand) => void,
): void {
  const { code } = pipeline;
  const counted = (): void =>
    state.store(VALUE, "i64", () => {
      state.push(VALUE, "i64");
      code.i64(1n);
      code.op(op.OP_I64_ADD);
    });
  state.push(FORM, "i32");
  code.i32(SUM_DOUBLE);
  code.op(op.OP_I32_EQ);
  if (view.isExact !== undefined) {
    pushPlace(code, view.isExact);
    code.op(op.OP_I32_AND);
  }
  pipeline.branch(
    () => {
      state.store(SUM, "f64", () => {
        state.push(SUM, "f64");
        pushPlace(code, view.double.value);
        code.op(op.OP_F64_ADD);
      });
      counted();
    },
    () => {
      const done = code.block();
      const operand = load();
      if (operand.flag !== undefined) {
        pushPlace(code, operand.flag);
        code.op(op.OP_I32_EQZ);
        code.brIf(done);
      }
      integerSum(pipeline, state, operand, () => {
        counted();
        code.br(done);
      });
      call(operand);
      code.end();
    },
  );
}

/** Adds an integer to a sum of integers, and runs `added`; falls through where it is none or the sum leaves 64 bits. */
function integerSum(pipeline: Pipeline, state: StateAccess, operand: Operand, added: () => void): void {
  const { code } = pipeline;
  if (operand.machine === "f64") return;
  pushTag(code, operand);
  code.i32(SLOT_INTEGER);
  code.op(op.OP_I32_EQ);
  state.push(FORM, "i32");
  code.i32(SUM_INTEGER);
  code.op(op.OP_I32_EQ);
  code.op(op.OP_I32_AND);
  pipeline.branch(() => {
    state.push(SUM, "i64");
    const before = keep(pipeline, "i64");
    pushPlace(code, before);
    pushPlace(code, operand.value);
    code.op(op.OP_I64_ADD);
    const sum = keep(pipeline, "i64");
    for (const side of [before, operand.value]) {
      pushPlace(code, side);
      pushPlace(code, sum);
      code.op(op.OP_I64_XOR);
    }
    code.op(op.OP_I64_AND);
    code.i64(0n);
    code.op(op.OP_I64_GE_S);
    pipeline.branch(() => {
      state.store(SUM, "i64", () => pushPlace(code, sum));
      added();
    });
  });
}

const MACHINES = ["i32", "i64", "f64", "word"] as const;

export const INLINE_AGGREGATES: ReadonlyMap<string, Step> = new Map<string, Step>([
  ["count", count],
  ["count_times", countTimes],
  ["sum_bigint", sumBigint],
  ["count_back", countBack],
  ["sum_counted", countedSum(op.OP_I64_ADD)],
  ["sum_back", countedSum(op.OP_I64_SUB)],
  ["sum_double", sumDouble(false)],
  ["sum_real", sumDouble(true)],
  // The engine's function does the same; a state belongs to one plan, so either may keep it.
  ["double_avg_step", sumDouble(false, true)],
  ["bool_and", logical(true)],
  ["bool_or", logical(false)],
  ...MACHINES.map((machine): [string, Step] => [`min_${machine}`, extreme("less")]),
  ...MACHINES.map((machine): [string, Step] => [`max_${machine}`, extreme("greater")]),
  ...[...MACHINES, "any"].map((machine): [string, Step] => [`first_${machine}`, first]),
]);

/** The average of doubles: the sum by the count, which is its second slot. */
export function averageFinish(pipeline: Pipeline, state: StateAccess): Operand {
  const { code } = pipeline;
  state.push(VALUE, "f64");
  state.push(SEEN, "i64");
  code.op(op.OP_F64_CONVERT_I64_S);
  code.op(op.OP_F64_DIV);
  const value = keep(pipeline, "f64");
  state.push(SEEN, "i64");
  code.i64(0n);
  code.op(op.OP_I64_NE);
  return { machine: "f64", slot: SLOT_DOUBLE, value, flag: keep(pipeline, "i32") };
}

/** The finish `state`: the value; NULL while nothing was seen, of counts 0. */
export function inlineFinish(pipeline: Pipeline, { result, empty }: AggregateEntry, state: StateAccess): Operand {
  const { code } = pipeline;
  const machine = machineOf(result);
  state.push(VALUE, machine === "f64" ? "f64" : "i64");
  if (machine === "i32") code.op(op.OP_I32_WRAP_I64);
  const value = keep(pipeline, valueType(machine));
  if (empty === "zero") return typedOperand(result, value, undefined);
  const flag = code.local("i32");
  state.push(SEEN, "i64");
  if (machine === "any") {
    code.op(op.OP_I32_WRAP_I64);
  } else {
    code.i64(0n);
    code.op(op.OP_I64_NE);
  }
  code.set(flag);
  return typedOperand(result, value, localPlace(flag));
}
