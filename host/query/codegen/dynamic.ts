/**
 * Dynamic values (types `any` and `value`): the common kinds inline, everything else by the engine's function.
 *
 * The two differ in NaN, which SQL has equal to itself and behind all others and Cypher nowhere (IEEE 754), and in equality, which Cypher has
 * NULL of what lists hold.
 *
 * Documents mostly hold numbers as numbers: where both are doubles, or integers that a double holds exactly, comparisons and
 * arithmetic need no call. So does the equality of two texts. Of a typed operand among them (a literal) nothing is to test.
 */
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_TEXT } from "../../../assembly/abi/record.ts";
import { combineFlags } from "./expression.ts";
import { keep, type pushCompare, pushDoubleCompare, pushWordsEqual } from "./inline.ts";
import * as op from "./opcodes.ts";
import {
  booleanOperand,
  EXACT_INTEGER,
  localPlace,
  type NumberView,
  type Operand,
  type Place,
  pushFlag,
  pushPayload,
  pushPlace,
  pushTag,
} from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";

type Comparison = Parameters<typeof pushCompare>[1];

const IEEE: Readonly<Record<Comparison, number>> = {
  equal: op.OP_F64_EQ,
  not_equal: op.OP_F64_NE,
  less: op.OP_F64_LT,
  less_equal: op.OP_F64_LE,
  greater: op.OP_F64_GT,
  greater_equal: op.OP_F64_GE,
};

/** A comparison by the name of the engine's function. */
interface Compared {
  readonly comparison: Comparison;
  readonly isCypher: boolean;
}

const COMPARISONS: ReadonlyMap<string, Compared> = new Map(
  (Object.keys(IEEE) as Comparison[]).flatMap((comparison): [string, Compared][] => [
    [`any_${comparison}`, { comparison, isCypher: false }],
    [`value_${comparison}`, { comparison, isCypher: true }],
  ]),
);

const ARITHMETIC: Readonly<Record<string, number>> = {
  any_add: op.OP_F64_ADD,
  any_subtract: op.OP_F64_SUB,
  any_multiply: op.OP_F64_MUL,
  value_add: op.OP_F64_ADD,
  value_subtract: op.OP_F64_SUB,
  value_multiply: op.OP_F64_MUL,
};

/** Of Cypher's floats: an instruction each. */
const FLOATS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(IEEE).map(([comparison, code]) => [`value_double_${comparison}`, code] as const),
  ["value_double_add", op.OP_F64_ADD],
  ["value_double_subtract", op.OP_F64_SUB],
  ["value_double_multiply", op.OP_F64_MUL],
  ["value_double_divide", op.OP_F64_DIV],
]);
const FLOAT_ARITHMETIC: ReadonlySet<number> = new Set([op.OP_F64_ADD, op.OP_F64_SUB, op.OP_F64_MUL, op.OP_F64_DIV]);

/** Code for a function on dynamic values, or undefined where there is nothing better than to call it. `filtered`: not for numbers. */
export function compileDynamic(
  pipeline: Pipeline,
  name: string,
  operands: readonly Operand[],
  call: () => Operand,
  filtered = false,
): Operand | undefined {
  const [left, right] = operands;
  if (left === undefined || right === undefined || operands.length !== 2) return undefined;
  const compared = COMPARISONS.get(name);
  if (compared !== undefined) return compileComparison(pipeline, compared, left, right, call, filtered);
  const arithmetic = ARITHMETIC[name];
  if (arithmetic !== undefined) return compileArithmetic(pipeline, arithmetic, left, right, call);
  const instruction = FLOATS.get(name);
  return instruction === undefined ? undefined : compileFloats(pipeline, instruction, left, right);
}

/** An instruction on two doubles; what it makes of a NULL is not looked at. */
function compileFloats(pipeline: Pipeline, instruction: number, left: Operand, right: Operand): Operand | undefined {
  const flag = combineFlags(pipeline, [left, right]);
  if (flag?.kind === "i32" || left.machine !== "f64" || right.machine !== "f64") return undefined;
  pushPlace(pipeline.code, left.value);
  pushPlace(pipeline.code, right.value);
  pipeline.code.op(instruction);
  if (!FLOAT_ARITHMETIC.has(instruction)) return booleanOperand(keep(pipeline, "i32"), flag);
  return { machine: "f64", slot: SLOT_DOUBLE, value: keep(pipeline, "f64"), flag };
}

/** Pushes how two doubles compare. */
function pushNumberCompare(pipeline: Pipeline, { comparison, isCypher }: Compared, left: Operand, right: Operand): void {
  if (!isCypher) {
    pushDoubleCompare(pipeline, comparison, left, right);
    return;
  }
  pushPlace(pipeline.code, left.value);
  pushPlace(pipeline.code, right.value);
  pipeline.code.op(IEEE[comparison]);
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
export function pushIsExact(pipeline: Pipeline, value: Place): void {
  const { code } = pipeline;
  pushPlace(code, value);
  code.i64(EXACT_INTEGER);
  code.op(op.OP_I64_ADD);
  code.i64(2n * EXACT_INTEGER);
  code.op(op.OP_I64_LE_U);
}

// Numbers ---------------------------------------------------------------------------------------------------------------

/** An operand as a number, without branches: integers and doubles come mixed. Undefined where it is known to be none. */
export function numberView(pipeline: Pipeline, operand: Operand): NumberView | undefined {
  if (operand.machine === "any") return dynamicView(pipeline, operand);
  if (operand.flag?.kind === "i32") return undefined;
  if (operand.machine === "f64") return { double: { ...operand, flag: undefined }, isExact: operand.flag, pushIsNull: nullTest(operand) };
  return operand.slot === SLOT_INTEGER && operand.machine === "i64" ? integerView(pipeline, operand) : undefined;
}

function nullTest(operand: Operand): NumberView["pushIsNull"] {
  return (code) => {
    pushFlag(code, operand);
    code.op(op.OP_I32_EQZ);
  };
}

/** An integer; those of inputs are converted once. */
function integerView(pipeline: Pipeline, operand: Operand): NumberView {
  const { code } = pipeline;
  const { value, flag } = operand;
  const pushIsNull = nullTest(operand);
  const like = { machine: "f64", slot: SLOT_DOUBLE, flag: undefined, isNumber: true } as const;
  if (value.kind === "i64") {
    const isExact = value.value >= -EXACT_INTEGER && value.value <= EXACT_INTEGER;
    return {
      double: { ...like, value: { kind: "f64", value: Number(value.value) } },
      isExact: isExact ? flag : { kind: "i32", value: 0 },
      pushIsNull,
    };
  }
  const push = (): void => {
    pushPlace(code, value);
    code.op(op.OP_F64_CONVERT_I64_S);
  };
  const pushExact = (): void => {
    pushIsExact(pipeline, value);
    if (flag === undefined) return;
    pushPlace(code, flag);
    code.op(op.OP_I32_AND);
  };
  if (value.kind === "local" && pipeline.isInput(value) && (flag === undefined || pipeline.isInput(flag))) {
    const double = pipeline.beforeAll(`double ${value.local}`, "f64", push);
    return {
      double: { ...like, value: localPlace(double) },
      isExact: localPlace(pipeline.beforeAll(`exact ${value.local}`, "i32", pushExact)),
      pushIsNull,
    };
  }
  push();
  const double = keep(pipeline, "f64");
  pushExact();
  return { double: { ...like, value: double }, isExact: keep(pipeline, "i32"), pushIsNull };
}

function dynamicView(pipeline: Pipeline, operand: Operand): NumberView | undefined {
  const { code } = pipeline;
  if (operand.value.kind !== "local" || operand.flag?.kind !== "local") return undefined;
  const { local } = operand.value;
  const double = pipeline.memo(`double ${local}`, () => {
    // The bits of the integer's double, or the double's own.
    code.get(local);
    code.op(op.OP_F64_CONVERT_I64_S);
    code.op(op.OP_I64_REINTERPRET_F64);
    code.get(local);
    pushIsKind(pipeline, operand, SLOT_INTEGER);
    code.op(op.OP_SELECT);
    code.op(op.OP_F64_REINTERPRET_I64);
    return { machine: "f64", slot: SLOT_DOUBLE, value: keep(pipeline, "f64"), flag: undefined };
  });
  const isExact = pipeline.memo(`exact ${local}`, () => {
    pushIsKind(pipeline, operand, SLOT_INTEGER);
    pushIsExact(pipeline, localPlace(local));
    code.op(op.OP_I32_AND);
    pushIsKind(pipeline, operand, SLOT_DOUBLE);
    code.op(op.OP_I32_OR);
    return booleanOperand(keep(pipeline, "i32"), undefined);
  });
  return { double, isExact: isExact.value, pushIsNull: nullTest(operand) };
}

/** Pushes whether both are exactly doubles. */
function pushBothExact(pipeline: Pipeline, left: NumberView, right: NumberView): void {
  const { code } = pipeline;
  const flags = [left.isExact, right.isExact].filter((flag) => flag !== undefined);
  if (flags.length === 0) code.i32(1);
  flags.forEach((flag, index) => {
    pushPlace(code, flag);
    if (index > 0) code.op(op.OP_I32_AND);
  });
}

// Comparisons -----------------------------------------------------------------------------------------------------------

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

function compileComparison(
  pipeline: Pipeline,
  compared: Compared,
  left: Operand,
  right: Operand,
  call: () => Operand,
  filtered: boolean,
): Operand {
  const { comparison, isCypher } = compared;
  const { code } = pipeline;
  const value = code.local("i32");
  const isOrder = comparison !== "equal" && comparison !== "not_equal";
  const given = combineFlags(pipeline, [left, right]);
  const flag = isOrder || isCypher || given !== undefined ? code.local("i32") : undefined;
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
  const views = [numberView(pipeline, left), numberView(pipeline, right)] as const;
  if (!filtered && views[0] !== undefined && views[1] !== undefined) {
    pushBothExact(pipeline, views[0], views[1]);
    code.if();
    pushNumberCompare(pipeline, compared, views[0].double, views[1].double);
    finish();
    code.end();
  }
  // Only equality: texts that spell numbers have the order of numbers.
  if (!isOrder) {
    const texts = (first: Operand, second: Operand): void => {
      pushWordsEqual(pipeline, first.value, second.value);
      if (comparison === "not_equal") code.op(op.OP_I32_EQZ);
      finish();
    };
    tryPairs(pipeline, left, right, [{ left: SLOT_TEXT, right: SLOT_TEXT, write: texts }]);
  }
  pipeline.scoped(() => {
    const result = call();
    pushPlace(code, result.value);
    code.set(value);
    setFlag(() => (result.flag === undefined ? code.i32(1) : pushPlace(code, result.flag)));
  });
  code.end();
  return booleanOperand(localPlace(value), flag === undefined ? undefined : localPlace(flag));
}

export function isDynamicComparison(name: string): boolean {
  return COMPARISONS.has(name);
}

/** Drops the row at hand unless a comparison of dynamic values is true: numbers here; `filter` does so for all others. */
export function filterNumbers(pipeline: Pipeline, name: string, left: NumberView, right: NumberView, filter: () => void): void {
  const { code } = pipeline;
  const compared = COMPARISONS.get(name) ?? { comparison: "equal", isCypher: false };
  pushNumberCompare(pipeline, compared, left.double, right.double);
  pushBothExact(pipeline, left, right);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_EQZ);
  pipeline.branch(() => {
    // Behind one branch that may go either way: numbers that compare otherwise, and NULL.
    pushBothExact(pipeline, left, right);
    for (const view of [left, right]) {
      view.pushIsNull(code);
      code.op(op.OP_I32_OR);
    }
    code.brIf(pipeline.next);
    filter();
  });
}

/** Pushes 1 where a comparison of a number with a constant is true, without branches; sets `open` where the constant is no double. */
export function pushLikely(
  pipeline: Pipeline,
  name: string,
  left: NumberView,
  right: NumberView,
  constant: NumberView,
  open: number,
): void {
  const { code } = pipeline;
  const compared = COMPARISONS.get(name) ?? { comparison: "equal", isCypher: false };
  if (constant.isExact !== undefined) {
    pushPlace(code, constant.isExact);
    code.op(op.OP_I32_EQZ);
    code.get(open);
    code.op(op.OP_I32_OR);
    code.set(open);
  }
  pushNumberCompare(pipeline, compared, left.double, right.double);
  const { isExact } = constant === left ? right : left;
  if (isExact === undefined) return;
  pushPlace(code, isExact);
  code.op(op.OP_I32_AND);
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
