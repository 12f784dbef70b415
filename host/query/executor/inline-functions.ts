/**
 * The functions that the code generator writes out itself, in JavaScript: integer and float arithmetic, comparisons, casts
 * between numbers. host/query/function names them; none is called with NULL.
 *
 * Integers are bigints of 64 bits. A result outside its type is 22003, a zero divisor 22012. Doubles: a finite pair whose result is
 * infinite is an overflow, a nonzero pair whose product or quotient is zero an underflow, as in PostgreSQL. A real is rounded by Math.fround.
 */
import { SLOT_TEXT } from "../../../assembly/abi/record.ts";
import { cypherError } from "../../common/cypher-error.ts";
import { sqlError } from "../../common/sql-state.ts";
import { NORMAL_FORMS } from "../function/cypher/function-text.ts";
import { type SqlType, slotOf } from "../type/type.ts";
import type { Caller } from "./surroundings.ts";
import { bytesOfText, type Plain, type Tagged, textOfBytes, type Value } from "./value.ts";

/** What calls the inline function `name`. */
export function inlineCaller(name: string, parameters: readonly SqlType[]): Caller {
  if (name === "to_any") return boxing(parameters[0] as SqlType);
  const found = FUNCTIONS.get(name);
  if (found === undefined) throw sqlError("XX000", `there is no inline function ${name}`);
  return found;
}

/** Into `any`. A type of JSON values keeps its slot; the engine's functions tell them apart. */
function boxing(type: SqlType): Caller {
  const tag = slotOf(type);
  return ([value = null]) => (value === null || tag === 0 ? value : { tag, value: value as Plain });
}

interface Range {
  readonly name: string;
  readonly bits: number;
}

const INTEGERS: readonly Range[] = [
  { name: "smallint", bits: 16 },
  { name: "integer", bits: 32 },
  { name: "bigint", bits: 64 },
];

const FUNCTIONS: ReadonlyMap<string, Caller> = new Map([
  ...comparisons(),
  ...INTEGERS.flatMap(integerFunctions),
  ...floatFunctions("double", (value) => value),
  ...floatFunctions("real", Math.fround),
  ...bitFunctions(),
  ...castFunctions(),
  ...normalForms(),
]);

type Named = readonly [name: string, call: Caller];

/** Texts in a form of Unicode. */
function normalForms(): Named[] {
  return NORMAL_FORMS.map(
    (form): Named => [
      `normalize_${form}`,
      ([given]) => {
        const { tag, value } = given as Tagged;
        if (tag !== SLOT_TEXT) throw cypherError("TypeError", "InvalidArgumentValue", "expected a String, but got another value");
        return bytesOfText(textOfBytes(value as string).normalize(form));
      },
    ],
  );
}

function comparisons(): Named[] {
  const orders: readonly (readonly [string, (order: number) => boolean])[] = [
    ["equal", (order) => order === 0],
    ["not_equal", (order) => order !== 0],
    ["less", (order) => order < 0],
    ["less_equal", (order) => order <= 0],
    ["greater", (order) => order > 0],
    ["greater_equal", (order) => order >= 0],
  ];
  return ["i32", "i64", "f64", "word"].flatMap((machine) =>
    orders.map(([word, test]): Named => [`${machine}_${word}`, ([left, right]) => test(compare(left as Plain, right as Plain))]),
  );
}

/** NaN is equal to itself and greater than all numbers. */
function compare(left: Plain, right: Plain): number {
  if (left < right) return -1;
  if (left > right) return 1;
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : 1;
  return Number.isNaN(right) ? -1 : 0;
}

/** A value that its type can hold. */
function within(value: bigint, { name, bits }: Range): bigint {
  if (BigInt.asIntN(bits, value) !== value) throw sqlError("22003", `${name} out of range`);
  return value;
}

function nonzero(value: bigint): bigint {
  if (value === 0n) throw divisionByZero();
  return value;
}

function divisionByZero(): Error {
  return sqlError("22012", "division by zero");
}

function integerFunctions(range: Range): Named[] {
  const { name, bits } = range;
  const binary = (word: string, compute: (left: bigint, right: bigint) => bigint): Named => [
    `${name}_${word}`,
    ([left, right]) => within(compute(left as bigint, right as bigint), range),
  ];
  // The count is taken by the width of the type (integers below 32 bits are shifted as such), as the processor does.
  const width = BigInt(Math.max(bits, 32));
  return [
    binary("add", (left, right) => left + right),
    binary("subtract", (left, right) => left - right),
    binary("multiply", (left, right) => left * right),
    binary("divide", (left, right) => left / nonzero(right)),
    binary("modulo", (left, right) => left % nonzero(right)),
    binary("shift_left", (left, right) => BigInt.asIntN(bits, left << (right & (width - 1n)))),
    binary("shift_right", (left, right) => left >> (right & (width - 1n))),
    [`${name}_absolute`, ([value]) => within((value as bigint) < 0n ? -(value as bigint) : (value as bigint), range)],
    [`${name}_negate`, ([value]) => within(-(value as bigint), range)],
    [`${name}_from_bigint`, ([value]) => within(value as bigint, range)],
    [`${name}_from_double`, ([value]) => integerOf(value as number, range)],
  ];
}

/** Rounded half to even, as PostgreSQL's rint. */
function integerOf(value: number, range: Range): bigint {
  if (!Number.isFinite(value)) throw sqlError("22003", `${range.name} out of range`);
  const floor = Math.floor(value);
  const rest = value - floor;
  const rounded = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return within(BigInt(rounded), range);
}

function floatFunctions(name: string, round: (value: number) => number): Named[] {
  const checked = (word: string, compute: (left: number, right: number) => number, canVanish: boolean): Named => [
    `${name}_${word}`,
    ([first, second]) => {
      const left = first as number;
      const right = second as number;
      if (word === "divide" && right === 0 && !Number.isNaN(left)) throw divisionByZero();
      const result = round(compute(left, right));
      if (!Number.isFinite(result) && Number.isFinite(left) && Number.isFinite(right)) throw outOfRange("overflow");
      if (canVanish && result === 0 && left !== 0 && Number.isFinite(right) && (word === "divide" || right !== 0))
        throw outOfRange("underflow");
      return result;
    },
  ];
  return [
    checked("add", (left, right) => left + right, false),
    checked("subtract", (left, right) => left - right, false),
    checked("multiply", (left, right) => left * right, true),
    checked("divide", (left, right) => left / right, true),
    [`${name}_absolute`, ([value]) => Math.abs(value as number)],
    [`${name}_negate`, ([value]) => -(value as number)],
    [`${name}_from_bigint`, ([value]) => round(Number(value as bigint))],
    [
      `${name}_from_double`,
      ([value]) => {
        const result = round(value as number);
        if (!Number.isFinite(result) && Number.isFinite(value)) throw outOfRange("overflow");
        if (result === 0 && value !== 0) throw outOfRange("underflow");
        return result;
      },
    ],
  ];
}

function outOfRange(what: string): Error {
  return sqlError("22003", `value out of range: ${what}`);
}

function bitFunctions(): Named[] {
  return [
    ["i64_and", ([left, right]) => (left as bigint) & (right as bigint)],
    ["i64_or", ([left, right]) => (left as bigint) | (right as bigint)],
    ["i64_xor", ([left, right]) => (left as bigint) ^ (right as bigint)],
    ["i64_not", ([value]) => ~(value as bigint)],
  ];
}

function castFunctions(): Named[] {
  return [
    ["identity", ([value]): Value => value ?? null],
    ["boolean_from_bigint", ([value]) => value !== 0n],
    ["bigint_from_boolean", ([value]) => (value === true ? 1n : 0n)],
  ];
}
