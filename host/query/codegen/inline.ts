/**
 * Inline functions: arithmetic, comparisons and casts that plans compute themselves, by the names of the function table
 * (`Implementation` of kind inline).
 *
 * Each takes operands that are not NULL where `flag` is not 0 and answers the result's value; the result is NULL where the flag is
 * 0. What may fail or trap looks at the flag, since the value of a NULL is anything.
 *
 * Doubles compare as in PostgreSQL: NaN equals itself and is greater than every other. Arithmetic on them fails where finite
 * operands give infinity, and where a product or quotient of others than 0 is 0.
 */
import {
  RUNTIME_ERROR_BIGINT_RANGE,
  RUNTIME_ERROR_DIVISION_BY_ZERO,
  RUNTIME_ERROR_INTEGER_RANGE,
  RUNTIME_ERROR_OVERFLOW,
  RUNTIME_ERROR_SMALLINT_RANGE,
  RUNTIME_ERROR_UNDERFLOW,
} from "../../../assembly/abi/runtime-error.ts";
import type { ValueType } from "./encoder.ts";
import * as op from "./opcodes.ts";
import { localPlace, type Operand, type Place, pushPlace } from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";

/** Writes the code of an inline function; answers its value. */
export type InlineFunction = (pipeline: Pipeline, operands: readonly Operand[], flag: Place | undefined) => Place;

type Comparison = "equal" | "not_equal" | "less" | "less_equal" | "greater" | "greater_equal";
const MACHINES: readonly string[] = ["i32", "i64", "f64", "word"];
const COMPARISONS: readonly Comparison[] = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"];

const I32_COMPARE: Readonly<Record<Comparison, number>> = {
  equal: op.OP_I32_EQ,
  not_equal: op.OP_I32_NE,
  less: op.OP_I32_LT_S,
  less_equal: op.OP_I32_LE_S,
  greater: op.OP_I32_GT_S,
  greater_equal: op.OP_I32_GE_S,
};
const I64_COMPARE: Readonly<Record<Comparison, number>> = {
  equal: op.OP_I64_EQ,
  not_equal: op.OP_I64_NE,
  less: op.OP_I64_LT_S,
  less_equal: op.OP_I64_LE_S,
  greater: op.OP_I64_GT_S,
  greater_equal: op.OP_I64_GE_S,
};

interface IntegerRange {
  readonly bits: number;
  readonly error: number;
}
const INTEGERS: Readonly<Record<string, IntegerRange>> = {
  smallint: { bits: 16, error: RUNTIME_ERROR_SMALLINT_RANGE },
  integer: { bits: 32, error: RUNTIME_ERROR_INTEGER_RANGE },
  bigint: { bits: 64, error: RUNTIME_ERROR_BIGINT_RANGE },
};
const BIGINT_MIN = -(2n ** 63n);

/** Keeps what is on the stack in a new local. */
export function keep(pipeline: Pipeline, type: ValueType): Place {
  const local = pipeline.code.local(type);
  pipeline.code.set(local);
  return localPlace(local);
}

function push(pipeline: Pipeline, operand: Operand | undefined): void {
  if (operand !== undefined) pushPlace(pipeline.code, operand.value);
}

/** Takes a condition: fails with an error if it and the flag are not 0. */
function raiseIf(pipeline: Pipeline, flag: Place | undefined, error: number): void {
  if (flag !== undefined) {
    pushPlace(pipeline.code, flag);
    pipeline.code.op(op.OP_I32_AND);
  }
  pipeline.branch(() => pipeline.raise(error));
}

// Comparisons -----------------------------------------------------------------------------------------------------------

/** True when a value is known not to be NaN. */
function isNumber(operand: Operand): boolean {
  return operand.isNumber === true || (operand.value.kind === "f64" && !Number.isNaN(operand.value.value));
}

/** Takes an i32 and pushes it and (or: or) whether the operand is (not) NaN. */
function withNaN(pipeline: Pipeline, operand: Operand, whenNaN: boolean): void {
  if (isNumber(operand)) return;
  push(pipeline, operand);
  push(pipeline, operand);
  pipeline.code.op(whenNaN ? op.OP_F64_NE : op.OP_F64_EQ);
  pipeline.code.op(whenNaN ? op.OP_I32_OR : op.OP_I32_AND);
}

/** left < right: as IEEE 754 has it where right is a number; else not left >= right, unless left is NaN. */
function pushDoubleLess(pipeline: Pipeline, left: Operand, right: Operand): void {
  push(pipeline, left);
  push(pipeline, right);
  if (isNumber(right)) {
    pipeline.code.op(op.OP_F64_LT);
    return;
  }
  pipeline.code.op(op.OP_F64_GE);
  pipeline.code.op(op.OP_I32_EQZ);
  withNaN(pipeline, left, false);
}

/** left <= right: not right < left where left is a number; else right >= left, or right is NaN. */
function pushDoubleLessEqual(pipeline: Pipeline, left: Operand, right: Operand): void {
  push(pipeline, right);
  push(pipeline, left);
  if (isNumber(left)) {
    pipeline.code.op(op.OP_F64_LT);
    pipeline.code.op(op.OP_I32_EQZ);
    return;
  }
  pipeline.code.op(op.OP_F64_GE);
  withNaN(pipeline, right, true);
}

function pushDoubleEqual(pipeline: Pipeline, left: Operand, right: Operand): void {
  const { code } = pipeline;
  push(pipeline, left);
  push(pipeline, right);
  code.op(op.OP_F64_EQ);
  if (isNumber(left) || isNumber(right)) return;
  for (const operand of [left, right]) {
    push(pipeline, operand);
    push(pipeline, operand);
    code.op(op.OP_F64_NE);
  }
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_OR);
}

/** Pushes whether two doubles compare so. */
export function pushDoubleCompare(pipeline: Pipeline, comparison: Comparison, left: Operand, right: Operand): void {
  switch (comparison) {
    case "equal":
      pushDoubleEqual(pipeline, left, right);
      break;
    case "not_equal":
      pushDoubleEqual(pipeline, left, right);
      pipeline.code.op(op.OP_I32_EQZ);
      break;
    case "less":
      pushDoubleLess(pipeline, left, right);
      break;
    case "less_equal":
      pushDoubleLessEqual(pipeline, left, right);
      break;
    case "greater":
      pushDoubleLess(pipeline, right, left);
      break;
    case "greater_equal":
      pushDoubleLessEqual(pipeline, right, left);
      break;
  }
}

/** Pushes whether two words have the same bytes; the engine is asked only when both are long. */
export function pushWordsEqual(pipeline: Pipeline, left: Place, right: Place): void {
  const { code } = pipeline;
  pushPlace(code, left);
  pushPlace(code, right);
  code.op(op.OP_I64_EQ);
  if (isInlineConstant(left) || isInlineConstant(right)) return;
  const result = code.local("i32");
  code.set(result);
  code.get(result);
  code.op(op.OP_I32_EQZ);
  // Bit 3 of the length is set in long words alone.
  pushPlace(code, left);
  pushPlace(code, right);
  code.op(op.OP_I64_AND);
  code.op(op.OP_I32_WRAP_I64);
  code.i32(3);
  code.op(op.OP_I32_SHR_U);
  code.op(op.OP_I32_AND);
  code.if();
  pushPlace(code, left);
  pushPlace(code, right);
  pipeline.call("word_equal", ["i64", "i64"], "i32");
  code.set(result);
  code.end();
  code.get(result);
}

function isInlineConstant(place: Place): boolean {
  return place.kind === "i64" && (place.value & 8n) === 0n;
}

function pushWordCompare(pipeline: Pipeline, comparison: Comparison, left: Operand, right: Operand): void {
  const { code } = pipeline;
  if (comparison === "equal" || comparison === "not_equal") {
    pushWordsEqual(pipeline, left.value, right.value);
    if (comparison === "not_equal") code.op(op.OP_I32_EQZ);
    return;
  }
  push(pipeline, left);
  push(pipeline, right);
  pipeline.call("word_compare", ["i64", "i64"], "i32");
  code.i32(0);
  code.op(I32_COMPARE[comparison]);
}

/**
 * Pushes whether two operands of one machine compare so. A NULL's word may be stale: words are compared only where the flag is
 * not 0.
 */
export function pushCompare(pipeline: Pipeline, comparison: Comparison, left: Operand, right: Operand): void {
  const { code } = pipeline;
  switch (left.machine) {
    case "f64":
      pushDoubleCompare(pipeline, comparison, left, right);
      break;
    case "word":
      pushWordCompare(pipeline, comparison, left, right);
      break;
    default:
      push(pipeline, left);
      push(pipeline, right);
      code.op(left.machine === "i32" ? I32_COMPARE[comparison] : I64_COMPARE[comparison]);
  }
}

function comparison(kind: Comparison): InlineFunction {
  return (pipeline, [left, right], flag) => {
    const { code } = pipeline;
    const result = code.local("i32");
    const compare = (): void => {
      pushCompare(pipeline, kind, left as Operand, right as Operand);
      code.set(result);
    };
    if (flag === undefined || left?.machine !== "word") {
      compare();
    } else {
      pushPlace(code, flag);
      pipeline.branch(compare);
    }
    return localPlace(result);
  };
}

// Integers --------------------------------------------------------------------------------------------------------------

/** Fails when an i64 is outside of a narrower type. */
function checkRange(pipeline: Pipeline, value: Place, { bits, error }: IntegerRange, flag: Place | undefined): void {
  const { code } = pipeline;
  if (bits === 64) return;
  pushPlace(code, value);
  code.i64(2n ** BigInt(bits - 1));
  code.op(op.OP_I64_ADD);
  code.i64(2n ** BigInt(bits) - 1n);
  code.op(op.OP_I64_GT_U);
  raiseIf(pipeline, flag, error);
}

/** Sum or difference: 64 bits overflow when the signs say so. */
function integerSum(range: IntegerRange, subtract: boolean): InlineFunction {
  return (pipeline, [left, right], flag) => {
    const { code } = pipeline;
    push(pipeline, left);
    push(pipeline, right);
    code.op(subtract ? op.OP_I64_SUB : op.OP_I64_ADD);
    const result = keep(pipeline, "i64");
    if (range.bits < 64) {
      checkRange(pipeline, result, range, flag);
      return result;
    }
    push(pipeline, left);
    pushPlace(code, subtract && right !== undefined ? right.value : result);
    code.op(op.OP_I64_XOR);
    if (subtract) push(pipeline, left);
    else push(pipeline, right);
    pushPlace(code, result);
    code.op(op.OP_I64_XOR);
    code.op(op.OP_I64_AND);
    code.i64(0n);
    code.op(op.OP_I64_LT_S);
    raiseIf(pipeline, flag, range.error);
    return result;
  };
}

/** Pushes whether left * right, whose low bits are `product`, does not fit 64 bits. */
export function pushProductOverflows(pipeline: Pipeline, left: Place, right: Place, product: Place): void {
  const { code } = pipeline;
  // Both of 32 bits: fits.
  for (const place of [left, right]) {
    pushPlace(code, place);
    code.i64(2n ** 31n);
    code.op(op.OP_I64_ADD);
  }
  code.op(op.OP_I64_OR);
  code.i64(32n);
  code.op(op.OP_I64_SHR_U);
  code.op(op.OP_I64_EQZ);
  code.if("i32");
  code.i32(0);
  code.else();
  pushPlace(code, left);
  code.op(op.OP_I64_EQZ);
  code.if("i32");
  code.i32(0);
  code.else();
  pushPlace(code, left);
  code.i64(-1n);
  code.op(op.OP_I64_EQ);
  code.if("i32");
  pushPlace(code, right);
  code.i64(BIGINT_MIN);
  code.op(op.OP_I64_EQ);
  code.else();
  pushPlace(code, product);
  pushPlace(code, left);
  code.op(op.OP_I64_DIV_S);
  pushPlace(code, right);
  code.op(op.OP_I64_NE);
  code.end();
  code.end();
  code.end();
}

function integerProduct(range: IntegerRange): InlineFunction {
  return (pipeline, [left, right], flag) => {
    push(pipeline, left);
    push(pipeline, right);
    pipeline.code.op(op.OP_I64_MUL);
    const result = keep(pipeline, "i64");
    if (range.bits < 64) {
      checkRange(pipeline, result, range, flag);
    } else {
      pushProductOverflows(pipeline, (left as Operand).value, (right as Operand).value, result);
      raiseIf(pipeline, flag, range.error);
    }
    return result;
  };
}

/** Runs `body` where the flag is not 0. */
function whereFlag(pipeline: Pipeline, flag: Place | undefined, body: () => void): void {
  if (flag === undefined) {
    body();
  } else {
    pushPlace(pipeline.code, flag);
    pipeline.branch(body);
  }
}

/** Quotient towards zero, or the remainder with the sign of the dividend. */
function integerQuotient(range: IntegerRange, remainder: boolean): InlineFunction {
  return (pipeline, [left, right], flag) => {
    const { code } = pipeline;
    const result = code.local("i64");
    whereFlag(pipeline, flag, () => {
      push(pipeline, right);
      code.op(op.OP_I64_EQZ);
      raiseIf(pipeline, undefined, RUNTIME_ERROR_DIVISION_BY_ZERO);
      push(pipeline, right);
      code.i64(-1n);
      code.op(op.OP_I64_EQ);
      code.if();
      code.i64(0n);
      if (!remainder) {
        push(pipeline, left);
        code.op(op.OP_I64_SUB);
      }
      code.set(result);
      if (!remainder && range.bits === 64) {
        push(pipeline, left);
        code.i64(BIGINT_MIN);
        code.op(op.OP_I64_EQ);
        raiseIf(pipeline, undefined, range.error);
      }
      code.else();
      push(pipeline, left);
      push(pipeline, right);
      code.op(remainder ? op.OP_I64_REM_S : op.OP_I64_DIV_S);
      code.set(result);
      code.end();
      if (!remainder) checkRange(pipeline, localPlace(result), range, undefined);
    });
    return localPlace(result);
  };
}

/** The negated value, of negative ones only where `absolute` says so. */
function integerNegate(range: IntegerRange, absolute: boolean): InlineFunction {
  return (pipeline, [operand], flag) => {
    const { code } = pipeline;
    push(pipeline, operand);
    code.i64(-(2n ** BigInt(range.bits - 1)));
    code.op(op.OP_I64_EQ);
    raiseIf(pipeline, flag, range.error);
    code.i64(0n);
    push(pipeline, operand);
    code.op(op.OP_I64_SUB);
    if (absolute) {
      push(pipeline, operand);
      push(pipeline, operand);
      code.i64(0n);
      code.op(op.OP_I64_LT_S);
      code.op(op.OP_SELECT);
    }
    return keep(pipeline, "i64");
  };
}

function binary(type: ValueType, opcode: number): InlineFunction {
  return (pipeline, [left, right]) => {
    push(pipeline, left);
    push(pipeline, right);
    pipeline.code.op(opcode);
    return keep(pipeline, type);
  };
}

/** Shifts as C does on PostgreSQL's machines: the count counts modulo the width; what leaves a narrow type's width is cut off. */
function integerShift({ bits }: IntegerRange, left: boolean): InlineFunction {
  return (pipeline, [operand, count]) => {
    const { code } = pipeline;
    push(pipeline, operand);
    push(pipeline, count);
    code.i64(bits === 64 ? 63n : 31n);
    code.op(op.OP_I64_AND);
    code.op(left ? op.OP_I64_SHL : op.OP_I64_SHR_S);
    if (bits < 64) {
      code.i64(BigInt(64 - bits));
      code.op(op.OP_I64_SHL);
      code.i64(BigInt(64 - bits));
      code.op(op.OP_I64_SHR_S);
    }
    return keep(pipeline, "i64");
  };
}

// Doubles ---------------------------------------------------------------------------------------------------------------

/** Pushes whether a place is infinite. */
function pushInfinite(pipeline: Pipeline, place: Place): void {
  pushPlace(pipeline.code, place);
  pipeline.code.op(op.OP_F64_ABS);
  pipeline.code.f64(Number.POSITIVE_INFINITY);
  pipeline.code.op(op.OP_F64_EQ);
}

/** Rounds to a real's 24 bits. */
function roundReal(pipeline: Pipeline): void {
  pipeline.code.op(op.OP_F32_DEMOTE_F64);
  pipeline.code.op(op.OP_F64_PROMOTE_F32);
}

/** Bits 52 to 62 of a double: all 0 for zero and the smallest numbers, all 1 for infinity and NaN. */
const EXPONENT_SHIFT = 52n;
const EXPONENT_MAX = 0x7ff;

/** Runs `check` where a result may be wrong: infinite or NaN, and, where `small` says so, zero or nearly so. One test for all. */
function whereUnusual(pipeline: Pipeline, result: Place, small: boolean, check: () => void): void {
  const { code } = pipeline;
  pushPlace(code, result);
  code.op(op.OP_I64_REINTERPRET_F64);
  code.i64(EXPONENT_SHIFT);
  code.op(op.OP_I64_SHR_U);
  code.op(op.OP_I32_WRAP_I64);
  // All ones become zero by adding 1 (the bit that is carried is cut off), all zeros become 1, which is cut off too.
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.i32(small ? EXPONENT_MAX - 1 : EXPONENT_MAX);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_EQZ);
  pipeline.branch(check);
}

/** Fails where finite operands gave infinity. */
function checkOverflow(pipeline: Pipeline, result: Place, operands: readonly Operand[], flag: Place | undefined): void {
  const { code } = pipeline;
  pushInfinite(pipeline, result);
  code.if();
  code.i32(0);
  for (const operand of operands) {
    pushInfinite(pipeline, operand.value);
    code.op(op.OP_I32_OR);
  }
  code.op(op.OP_I32_EQZ);
  raiseIf(pipeline, flag, RUNTIME_ERROR_OVERFLOW);
  code.end();
}

/** Fails where operands other than 0 gave 0; an infinite divisor is right to. */
function checkUnderflow(pipeline: Pipeline, result: Place, operands: readonly Operand[], flag: Place | undefined, divides: boolean): void {
  const { code } = pipeline;
  pushPlace(code, result);
  code.f64(0);
  code.op(op.OP_F64_EQ);
  code.if();
  (divides ? operands.slice(0, 1) : operands).forEach((operand, index) => {
    push(pipeline, operand);
    code.f64(0);
    code.op(op.OP_F64_NE);
    if (index > 0) code.op(op.OP_I32_AND);
  });
  if (divides && operands[1] !== undefined) {
    pushInfinite(pipeline, operands[1].value);
    code.op(op.OP_I32_EQZ);
    code.op(op.OP_I32_AND);
  }
  raiseIf(pipeline, flag, RUNTIME_ERROR_UNDERFLOW);
  code.end();
}

function doubleArithmetic(opcode: number, real: boolean): InlineFunction {
  return (pipeline, operands, flag) => {
    const [left, right] = operands;
    const divides = opcode === op.OP_F64_DIV;
    if (divides) {
      push(pipeline, right);
      pipeline.code.f64(0);
      pipeline.code.op(op.OP_F64_EQ);
      if (left !== undefined && !isNumber(left)) {
        push(pipeline, left);
        push(pipeline, left);
        pipeline.code.op(op.OP_F64_EQ);
        pipeline.code.op(op.OP_I32_AND);
      }
      raiseIf(pipeline, flag, RUNTIME_ERROR_DIVISION_BY_ZERO);
    }
    push(pipeline, left);
    push(pipeline, right);
    pipeline.code.op(opcode);
    if (real) roundReal(pipeline);
    const result = keep(pipeline, "f64");
    const isProduct = divides || opcode === op.OP_F64_MUL;
    whereUnusual(pipeline, result, isProduct, () => {
      checkOverflow(pipeline, result, operands, flag);
      if (isProduct) checkUnderflow(pipeline, result, operands, flag, divides);
    });
    return result;
  };
}

function unaryDouble(opcode: number): InlineFunction {
  return (pipeline, [operand]) => {
    push(pipeline, operand);
    pipeline.code.op(opcode);
    return keep(pipeline, "f64");
  };
}

// Casts -----------------------------------------------------------------------------------------------------------------

function integerFromInteger(range: IntegerRange): InlineFunction {
  return (pipeline, [operand], flag) => {
    checkRange(pipeline, (operand as Operand).value, range, flag);
    return (operand as Operand).value;
  };
}

/** Rounded half to even; NaN and what is out of range fail. */
function integerFromDouble({ bits, error }: IntegerRange): InlineFunction {
  return (pipeline, [operand], flag) => {
    const { code } = pipeline;
    push(pipeline, operand);
    code.op(op.OP_F64_NEAREST);
    const rounded = keep(pipeline, "f64");
    pushPlace(code, rounded);
    code.f64(-(2 ** (bits - 1)));
    code.op(op.OP_F64_GE);
    pushPlace(code, rounded);
    code.f64(2 ** (bits - 1));
    code.op(op.OP_F64_LT);
    code.op(op.OP_I32_AND);
    code.op(op.OP_I32_EQZ);
    raiseIf(pipeline, flag, error);
    pushPlace(code, rounded);
    code.saturate();
    return keep(pipeline, "i64");
  };
}

const identity: InlineFunction = (_, [operand]) => (operand as Operand).value;

const doubleFromInteger: InlineFunction = (pipeline, [operand]) => {
  push(pipeline, operand);
  pipeline.code.op(op.OP_F64_CONVERT_I64_S);
  return keep(pipeline, "f64");
};

/** Rounded once, from the integer. */
const realFromInteger: InlineFunction = (pipeline, [operand]) => {
  push(pipeline, operand);
  pipeline.code.op(op.OP_F32_CONVERT_I64_S);
  pipeline.code.op(op.OP_F64_PROMOTE_F32);
  return keep(pipeline, "f64");
};

const realFromDouble: InlineFunction = (pipeline, operands, flag) => {
  push(pipeline, operands[0]);
  roundReal(pipeline);
  const result = keep(pipeline, "f64");
  whereUnusual(pipeline, result, true, () => {
    checkOverflow(pipeline, result, operands, flag);
    checkUnderflow(pipeline, result, operands, flag, false);
  });
  return result;
};

const booleanFromInteger: InlineFunction = (pipeline, [operand]) => {
  push(pipeline, operand);
  pipeline.code.i64(0n);
  pipeline.code.op(op.OP_I64_NE);
  return keep(pipeline, "i32");
};

const integerFromBoolean: InlineFunction = (pipeline, [operand]) => {
  push(pipeline, operand);
  pipeline.code.op(op.OP_I64_EXTEND_I32_U);
  return keep(pipeline, "i64");
};

/** Whether an inline function compares two values. */
export function isComparison(name: string): boolean {
  return COMPARISONS.some((kind) => MACHINES.some((machine) => name === `${machine}_${kind}`));
}

// The table -------------------------------------------------------------------------------------------------------------

function buildTable(): Map<string, InlineFunction> {
  const table = new Map<string, InlineFunction>();
  for (const machine of MACHINES) for (const kind of COMPARISONS) table.set(`${machine}_${kind}`, comparison(kind));
  for (const [name, range] of Object.entries(INTEGERS)) {
    table.set(`${name}_add`, integerSum(range, false));
    table.set(`${name}_subtract`, integerSum(range, true));
    table.set(`${name}_multiply`, integerProduct(range));
    table.set(`${name}_divide`, integerQuotient(range, false));
    table.set(`${name}_modulo`, integerQuotient(range, true));
    table.set(`${name}_negate`, integerNegate(range, false));
    table.set(`${name}_absolute`, integerNegate(range, true));
    table.set(`${name}_shift_left`, integerShift(range, true));
    table.set(`${name}_shift_right`, integerShift(range, false));
    table.set(`${name}_from_bigint`, integerFromInteger(range));
    table.set(`${name}_from_double`, integerFromDouble(range));
  }
  for (const [name, real] of [
    ["double", false],
    ["real", true],
  ] as const) {
    table.set(`${name}_add`, doubleArithmetic(op.OP_F64_ADD, real));
    table.set(`${name}_subtract`, doubleArithmetic(op.OP_F64_SUB, real));
    table.set(`${name}_multiply`, doubleArithmetic(op.OP_F64_MUL, real));
    table.set(`${name}_divide`, doubleArithmetic(op.OP_F64_DIV, real));
    table.set(`${name}_negate`, unaryDouble(op.OP_F64_NEG));
    table.set(`${name}_absolute`, unaryDouble(op.OP_F64_ABS));
  }
  table.set("i64_and", binary("i64", op.OP_I64_AND));
  table.set("i64_or", binary("i64", op.OP_I64_OR));
  table.set("i64_xor", binary("i64", op.OP_I64_XOR));
  table.set("i64_not", (pipeline, [operand]) => {
    push(pipeline, operand);
    pipeline.code.i64(-1n);
    pipeline.code.op(op.OP_I64_XOR);
    return keep(pipeline, "i64");
  });
  table.set("identity", identity);
  table.set("double_from_bigint", doubleFromInteger);
  table.set("real_from_bigint", realFromInteger);
  table.set("real_from_double", realFromDouble);
  table.set("boolean_from_bigint", booleanFromInteger);
  table.set("bigint_from_boolean", integerFromBoolean);
  return table;
}

/** Inline functions by name. `to_any` is not here: a typed operand is a dynamic value as it is. */
export const INLINE_FUNCTIONS: ReadonlyMap<string, InlineFunction> = buildTable();
