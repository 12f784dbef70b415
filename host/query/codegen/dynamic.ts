/**
 * Dynamic values (type `any`): the common kinds inline, everything else by the engine's function.
 *
 * Documents mostly hold numbers as numbers: where both tags say integer, both double, or one of each with an integer that a double
 * holds exactly, comparisons and arithmetic need no call. So does the equality of two texts. A typed operand among them
 * (a literal) leaves one tag to test.
 */
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_TEXT } from "../../../assembly/abi/record.ts";
import { combineFlags } from "./expression.ts";
import { keep, pushCompare, pushDoubleCompare, pushWordsEqual } from "./inline.ts";
import * as op from "./opcodes.ts";
import { booleanOperand, localPlace, type Operand, type Place, pushPayload, pushPlace, pushTag } from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";

type Comparison = Parameters<typeof pushCompare>[1];

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  any_equal: "equal",
  any_not_equal: "not_equal",
  any_less: "less",
  any_less_equal: "less_equal",
  any_greater: "greater",
  any_greater_equal: "greater_equal",
};

const ARITHMETIC: Readonly<Record<string, number>> = {
  any_add: op.OP_F64_ADD,
  any_subtract: op.OP_F64_SUB,
  any_multiply: op.OP_F64_MUL,
};

/** Largest integer magnitude for which integers and doubles are the same numbers. */
const EXACT = 2n ** 53n;

/** Code for a function on dynamic values, or undefined where there is nothing better than to call it. */
export function compileDynamic(pipeline: Pipeline, name: string, operands: readonly Operand[], call: () => Operand): Operand | undefined {
  const [left, right] = operands;
  if (left === undefined || right === undefined || operands.length !== 2) return undefined;
  const comparison = COMPARISONS[name];
  if (comparison !== undefined) return compileComparison(pipeline, comparison, left, right, call);
  const arithmetic = ARITHMETIC[name];
  if (arithmetic !== undefined) return compileArithmetic(pipeline, arithmetic, left, right, call);
  return undefined;
}

/** Pushes whether an operand is of a kind; nothing and false where it is known not to be. */
function pushIsKind(pipeline: Pipeline, operand: Operand, slot: number): void {
  pushTag(pipeline.code, operand);
  pipeline.code.i32(slot);
  pipeline.code.op(op.OP_I32_EQ);
}

function canBe(operand: Operand, slot: number): boolean {
  return operand.machine === "any" || operand.slot === slot;
}

/** The value of an operand that is known to be of a kind now. */
function asKind(pipeline: Pipeline, operand: Operand, slot: number): Operand {
  const machine = slot === SLOT_DOUBLE ? "f64" : slot === SLOT_TEXT ? "word" : slot === SLOT_BOOLEAN ? "i32" : "i64";
  if (operand.machine === machine) return operand;
  pushPayload(pipeline.code, operand);
  if (machine === "f64") pipeline.code.op(op.OP_F64_REINTERPRET_I64);
  else if (machine === "i32") pipeline.code.op(op.OP_I32_WRAP_I64);
  return { machine, slot, value: keep(pipeline, machine === "word" ? "i64" : machine), flag: undefined };
}

/** The double of an integer operand. */
function asDouble(pipeline: Pipeline, operand: Operand): Operand {
  pushPlace(pipeline.code, operand.value);
  pipeline.code.op(op.OP_F64_CONVERT_I64_S);
  return { machine: "f64", slot: SLOT_DOUBLE, value: keep(pipeline, "f64"), flag: undefined };
}

/** Pushes whether an integer is exactly a double. */
function pushIsExact(pipeline: Pipeline, operand: Operand): void {
  const { code } = pipeline;
  pushPlace(code, operand.value);
  code.i64(EXACT);
  code.op(op.OP_I64_ADD);
  code.i64(2n * EXACT);
  code.op(op.OP_I64_LE_U);
}

/** A pair of kinds that is done inline. */
interface Pair {
  readonly left: number;
  readonly right: number;
  /** Writes the result and goes to `done`, or falls through where it cannot. */
  readonly write: (left: Operand, right: Operand) => void;
}

/** Tries the pairs in order; behind them the code for everything else is to follow. */
function tryPairs(pipeline: Pipeline, left: Operand, right: Operand, pairs: readonly Pair[]): void {
  const { code } = pipeline;
  for (const pair of pairs) {
    if (!canBe(left, pair.left) || !canBe(right, pair.right)) continue;
    pushIsKind(pipeline, left, pair.left);
    pushIsKind(pipeline, right, pair.right);
    code.op(op.OP_I32_AND);
    pipeline.branch(() => pair.write(asKind(pipeline, left, pair.left), asKind(pipeline, right, pair.right)));
  }
}

function compileComparison(pipeline: Pipeline, comparison: Comparison, left: Operand, right: Operand, call: () => Operand): Operand {
  const { code } = pipeline;
  const value = code.local("i32");
  const isOrder = comparison !== "equal" && comparison !== "not_equal";
  const given = combineFlags(pipeline, [left, right]);
  const flag = isOrder || given !== undefined ? code.local("i32") : undefined;
  const setFlag = (push: () => void): void => {
    if (flag === undefined) return;
    push();
    code.set(flag);
  };
  const done = code.block();
  const finish = (): void => {
    code.set(value);
    setFlag(() => code.i32(1));
    code.br(done);
  };
  const mixed = (doubleLeft: Operand, doubleRight: Operand, integer: Operand): void => {
    pushIsExact(pipeline, integer);
    pipeline.branch(() => {
      pushDoubleCompare(pipeline, comparison, doubleLeft, doubleRight);
      finish();
    });
  };
  const same = (slot: number): Pair => ({
    left: slot,
    right: slot,
    write: (first, second) => {
      if (slot === SLOT_TEXT) pushWordsEqual(pipeline, first.value, second.value);
      else pushCompare(pipeline, comparison, first, second);
      if (slot === SLOT_TEXT && comparison === "not_equal") code.op(op.OP_I32_EQZ);
      finish();
    },
  });
  const pairs: Pair[] = [
    same(SLOT_INTEGER),
    same(SLOT_DOUBLE),
    { left: SLOT_INTEGER, right: SLOT_DOUBLE, write: (first, second) => mixed(asDouble(pipeline, first), second, first) },
    { left: SLOT_DOUBLE, right: SLOT_INTEGER, write: (first, second) => mixed(first, asDouble(pipeline, second), second) },
  ];
  // Only equality: texts that spell numbers have the order of numbers.
  if (!isOrder) pairs.push(same(SLOT_TEXT));
  tryPairs(pipeline, left, right, relevant(left, right, pairs));
  pipeline.scoped(() => {
    const result = call();
    pushPlace(code, result.value);
    code.set(value);
    setFlag(() => (result.flag === undefined ? code.i32(1) : pushPlace(code, result.flag)));
  });
  code.end();
  return booleanOperand(localPlace(value), flag === undefined ? undefined : localPlace(flag));
}

/** Two columns of unknown kind are mostly of the same: the mixed pairs stay with the engine, to keep the code short. */
function relevant(left: Operand, right: Operand, pairs: readonly Pair[]): readonly Pair[] {
  return left.machine === "any" && right.machine === "any" ? pairs.filter((pair) => pair.left === pair.right) : pairs;
}

function compileArithmetic(pipeline: Pipeline, opcode: number, left: Operand, right: Operand, call: () => Operand): Operand {
  const { code } = pipeline;
  const value = code.local("i64");
  const tag = code.local("i32");
  const done = code.block();
  const doubles = (first: Operand, second: Operand): void => {
    pushPlace(code, first.value);
    pushPlace(code, second.value);
    code.op(opcode);
    const result = keep(pipeline, "f64");
    // Infinity and zero may be errors: the engine's function knows.
    pushPlace(code, result);
    code.op(op.OP_F64_ABS);
    code.f64(Number.MIN_VALUE);
    code.op(op.OP_F64_GE);
    pushPlace(code, result);
    code.op(op.OP_F64_ABS);
    code.f64(Number.MAX_VALUE);
    code.op(op.OP_F64_LE);
    code.op(op.OP_I32_AND);
    pipeline.branch(() => {
      pushPlace(code, result);
      code.op(op.OP_I64_REINTERPRET_F64);
      code.set(value);
      code.i32(SLOT_DOUBLE);
      code.set(tag);
      code.br(done);
    });
  };
  const integers = (first: Operand, second: Operand): void => {
    pushSmall(pipeline, first.value);
    pushSmall(pipeline, second.value);
    code.op(op.OP_I32_AND);
    pipeline.branch(() => {
      pushPlace(code, first.value);
      pushPlace(code, second.value);
      code.op(opcode === op.OP_F64_ADD ? op.OP_I64_ADD : opcode === op.OP_F64_SUB ? op.OP_I64_SUB : op.OP_I64_MUL);
      code.set(value);
      code.i32(SLOT_INTEGER);
      code.set(tag);
      code.br(done);
    });
  };
  tryPairs(
    pipeline,
    left,
    right,
    relevant(left, right, [
      { left: SLOT_DOUBLE, right: SLOT_DOUBLE, write: doubles },
      { left: SLOT_INTEGER, right: SLOT_INTEGER, write: integers },
      { left: SLOT_DOUBLE, right: SLOT_INTEGER, write: (first, second) => doubles(first, asDouble(pipeline, second)) },
      { left: SLOT_INTEGER, right: SLOT_DOUBLE, write: (first, second) => doubles(asDouble(pipeline, first), second) },
    ]),
  );
  pipeline.scoped(() => {
    const result = call();
    pushPayload(code, result);
    code.set(value);
    pushTag(code, result);
    code.set(tag);
  });
  code.end();
  return { machine: "any", slot: 0, value: localPlace(value), flag: localPlace(tag) };
}

/** Pushes whether an integer has at most 31 bits and a sign: sums and products of two such fit 64. */
function pushSmall(pipeline: Pipeline, place: Place): void {
  const { code } = pipeline;
  pushPlace(code, place);
  code.i64(2n ** 31n);
  code.op(op.OP_I64_ADD);
  code.i64(32n);
  code.op(op.OP_I64_SHR_U);
  code.op(op.OP_I64_EQZ);
}
