/**
 * Expressions to code: every node of plan/expression.ts, as operands (operand.ts).
 *
 * 1. A strict function runs only where its arguments are not NULL; what cannot fail or trap is computed anyway, since that is
 *    cheaper than a branch.
 * 2. AND, OR, CASE, COALESCE and IN stop at the operand that decides, so that an operand behind it does not fail.
 * 3. Calls of functions that are not volatile are remembered by their structure: the same expression is computed once in a row. What the
 *    others give stands in cursors, so that a row that is taken up again has what it had.
 * 4. `pushCondition` is for who only asks whether a condition is true: NULL is as good as false, and no flag is made.
 */

import { INPUT_PAYLOAD, INPUT_TAG } from "../../../assembly/abi/plan.ts";
import { CELL_TAG, SLOT_INTEGER, SLOT_TEXT } from "../../../assembly/abi/record.ts";
import { DatabaseError } from "../../common/error.ts";
import type { FunctionEntry } from "../function/entry.ts";
import type {
  BoundCall,
  BoundCase,
  BoundConstant,
  BoundExpression,
  BoundInList,
  BoundIsBoolean,
  BoundIsNull,
  BoundLiteral,
  BoundLogical,
  ColumnId,
} from "../plan/expression.ts";
import { isVolatile, partsOf } from "../plan/walk.ts";
import { machineOf, plainType, type SqlType, slotOf } from "../type/type.ts";
import { compileContainer } from "./container.ts";
import { compileDynamic, filterNumbers, isDynamicComparison, numberView, pushLikely } from "./dynamic.ts";
import type { ValueType } from "./encoder.ts";
import { INLINE_FUNCTIONS, isComparison, keep } from "./inline.ts";
import { filterNode } from "./node-filter.ts";
import { OP_I32_AND, OP_I32_EQ, OP_I32_EQZ, OP_I32_LOAD, OP_I32_NE, OP_I32_OR, OP_I32_XOR, OP_I64_EXTEND_I32_U } from "./opcodes.ts";
import {
  booleanOperand,
  fromPayload,
  isAlwaysNull,
  localPlace,
  type NumberView,
  nullOperand,
  type Operand,
  type Place,
  pushFlag,
  pushPayload,
  pushPlace,
  pushTag,
  typedOperand,
  valueType,
} from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";
import { compileProperty, propertyNumber } from "./property.ts";
import { compileSubquery } from "./subquery.ts";
import { assign, openTarget, targetOperand } from "./target.ts";

const TRUE: Place = { kind: "i32", value: 1 };
const FALSE: Place = { kind: "i32", value: 0 };
const INLINE_TEXT_MAX = 7;
/** Items of a list that are compared one by one. */
const LIST_MAX = 16;
const utf8 = new TextEncoder();

/** Writes code that computes an expression for the row at hand. */
export function compileExpression(pipeline: Pipeline, expression: BoundExpression): Operand {
  switch (expression.kind) {
    case "BoundConstant":
      return compileConstant(pipeline, expression);
    case "BoundLiteral":
      return compileInput(pipeline, `${literalKey(expression)} ${typeKey(expression.type)}`, expression.type, {
        kind: "literal",
        slot: expression.slot,
        negative: expression.negative,
      });
    case "BoundParameter":
      return compileInput(pipeline, `p${expression.index} ${typeKey(expression.type)}`, expression.type, {
        kind: "parameter",
        index: expression.index,
      });
    case "BoundColumn":
      return pipeline.column(expression.column);
    case "BoundCall":
      return compileCall(pipeline, expression);
    case "BoundLogical":
      return compileLogical(pipeline, expression);
    case "BoundNot": {
      const operand = asBoolean(pipeline, compileExpression(pipeline, expression.operand));
      pushPlace(pipeline.code, operand.value);
      pipeline.code.op(OP_I32_EQZ);
      return booleanOperand(keep(pipeline, "i32"), operand.flag);
    }
    case "BoundIsNull":
      return compileIsNull(pipeline, expression);
    case "BoundIsBoolean":
      return compileIsBoolean(pipeline, expression);
    case "BoundCase":
      return compileCase(pipeline, expression);
    case "BoundCoalesce":
      return compileCoalesce(pipeline, expression.type, expression.items);
    case "BoundInList":
      return compileInList(pipeline, expression);
    case "BoundField": {
      const name = compileConstant(pipeline, { kind: "BoundConstant", type: plainType("text"), value: expression.name });
      const operand = compileExpression(pipeline, expression.operand);
      return callEngine(pipeline, { name: "any_field", tagged: true, fails: false, extra: [] }, ["any", "word"], expression.type, [
        operand,
        name,
      ]);
    }
    case "BoundSubquery":
      return compileSubquery(pipeline, expression);
    case "BoundProperty":
      return compileProperty(pipeline, expression);
    case "BoundList":
    case "BoundMap":
      return compileContainer(pipeline, expression);
    case "BoundReduce":
      throw notCompiled("reduce()");
  }
}

/** Pushes 1 where a condition is true, 0 where it is false or NULL. */
export function pushCondition(pipeline: Pipeline, expression: BoundExpression): void {
  const { code } = pipeline;
  if (expression.kind === "BoundLogical") {
    const [first, ...rest] = expression.operands;
    if (first === undefined) throw new DatabaseError("INTERNAL", `${expression.operator} without operands`);
    pushCondition(pipeline, first);
    if (rest.length === 0) return;
    const others: BoundExpression = { ...expression, operands: rest };
    code.if("i32");
    if (expression.operator === "AND") pipeline.scoped(() => pushCondition(pipeline, others));
    else code.i32(1);
    code.else();
    if (expression.operator === "AND") code.i32(0);
    else pipeline.scoped(() => pushCondition(pipeline, others));
    code.end();
    return;
  }
  if (expression.kind === "BoundInList" && expression.operand.kind === "BoundColumn" && expression.items.length <= LIST_MAX) {
    pushCondition(pipeline, equalities(expression));
    return;
  }
  const operand = asBoolean(pipeline, compileExpression(pipeline, expression));
  pushPlace(code, operand.value);
  if (operand.flag === undefined) return;
  pushPlace(code, operand.flag);
  code.op(OP_I32_AND);
}

/** A list as equalities, which stop at the first that is true and need not know of NULLs. */
function equalities({ type, equality, operand, items }: BoundInList): BoundExpression {
  const operands = items.map((item): BoundExpression => ({ kind: "BoundCall", type, function: equality, arguments: [operand, item] }));
  const [only] = operands;
  return only !== undefined && operands.length === 1 ? only : { kind: "BoundLogical", type, operator: "OR", operands };
}

/** Drops the row at hand unless a condition is true. */
export function filterRow(pipeline: Pipeline, expression: BoundExpression): void {
  if (expression.kind === "BoundLogical" && expression.operator === "AND") {
    for (const operand of expression.operands) filterRow(pipeline, operand);
    return;
  }
  if (filterNode(pipeline, expression)) return;
  if (expression.kind === "BoundCall" && isDynamicCall(expression)) {
    filterDynamic(pipeline, expression);
    return;
  }
  if (expression.kind !== "BoundLogical") {
    skipUnlessTrue(pipeline, compileExpression(pipeline, expression));
    return;
  }
  pushCondition(pipeline, expression);
  pipeline.code.op(OP_I32_EQZ);
  pipeline.code.brIf(pipeline.next);
}

function isDynamicCall({ function: { implementation } }: BoundCall): boolean {
  return implementation.kind === "engine" && isDynamicComparison(implementation.name);
}

/** A filter by a comparison of dynamic values: they are loaded as numbers, and as what they are where that does not do. */
function filterDynamic(pipeline: Pipeline, { function: entry, arguments: given, type }: BoundCall): void {
  const { name } = entry.implementation;
  const [left, right] = given.map((argument) => expressionView(pipeline, argument));
  const filter = (isNumber: boolean): void => {
    const operands = given.map((argument, index) => [left, right][index]?.operand ?? compileExpression(pipeline, argument));
    const call = (): Operand => callEntry(pipeline, entry, type, operands);
    skipUnlessTrue(pipeline, compileDynamic(pipeline, name, operands, call, !isNumber) ?? call());
  };
  if (left?.view === undefined || right?.view === undefined) filter(true);
  else filterNumbers(pipeline, name, left.view, right.view, () => filter(false));
}

/** Pushes 1 where a condition (`isBranchless`) is true, else 0, without branches; sets `open` to 1 where that takes a closer look. */
export function pushBranchless(pipeline: Pipeline, condition: BoundExpression, open: number): void {
  const { code } = pipeline;
  if (condition.kind === "BoundCall" && isDynamicCall(condition)) {
    const [left, right] = condition.arguments.map((argument) => expressionView(pipeline, argument).view);
    if (left === undefined || right === undefined) throw new DatabaseError("INTERNAL", "a condition without branches is on numbers");
    const constant = condition.arguments[0]?.kind === "BoundColumn" ? right : left;
    pushLikely(pipeline, condition.function.implementation.name, left, right, constant, open);
    return;
  }
  const operand = compileExpression(pipeline, condition);
  pushPlace(code, operand.value);
  if (operand.flag === undefined) return;
  pushPlace(code, operand.flag);
  code.op(OP_I32_AND);
}

/** Whether a condition compares a column (`isColumn`) with a number that is the same for all rows, so that it costs less than a branch that is guessed wrong. */
export function isBranchless(condition: BoundExpression, isColumn: (column: ColumnId) => boolean): boolean {
  if (condition.kind !== "BoundCall") return false;
  const { implementation } = condition.function;
  const [left, right] = condition.arguments;
  if (left === undefined || right === undefined || condition.arguments.length !== 2) return false;
  const [column, other] = left.kind === "BoundColumn" ? [left, withoutCast(right)] : [right, withoutCast(left)];
  if (column.kind !== "BoundColumn" || !isColumn(column.column)) return false;
  if (other.kind !== "BoundLiteral" && other.kind !== "BoundParameter" && (other.kind !== "BoundConstant" || other.value === null))
    return false;
  if (isDynamicCall(condition)) return isNumeric(other.type) && machineOf(column.type) === "any";
  return (
    implementation.kind === "inline" && isComparison(implementation.name) && [column, other].every(({ type }) => machineOf(type) !== "word")
  );
}

/** What is made dynamic, without that. */
function withoutCast(expression: BoundExpression): BoundExpression {
  if (expression.kind !== "BoundCall" || expression.function.implementation.name !== "to_any") return expression;
  return expression.arguments[0] ?? expression;
}

/** Whether values of a type are integers or doubles for the generated code. */
function isNumeric(type: SqlType): boolean {
  return machineOf(type) === "f64" || (machineOf(type) === "i64" && slotOf(type) === SLOT_INTEGER);
}

/** An expression as a number, if it may be one; and its operand, unless it is a column that need not be loaded for that. */
export function expressionView(
  pipeline: Pipeline,
  expression: BoundExpression,
): { readonly view: NumberView | undefined; readonly operand: Operand | undefined } {
  const loaded = expression.kind === "BoundColumn" ? pipeline.number(expression.column) : undefined;
  if (loaded !== undefined) return { view: loaded, operand: undefined };
  const property = expression.kind === "BoundProperty" ? propertyNumber(pipeline, expression) : undefined;
  if (property !== undefined) return { view: property, operand: undefined };
  const operand = compileExpression(pipeline, expression);
  return { view: numberView(pipeline, operand), operand };
}

/** Drops the row at hand unless a condition is true. */
function skipUnlessTrue(pipeline: Pipeline, condition: Operand): void {
  const { code } = pipeline;
  const operand = asBoolean(pipeline, condition);
  const { flag } = operand;
  // NULLs of a record are rare: their own branch is foreseen.
  if (flag?.kind === "clear") {
    pushPlace(code, flag);
    code.op(OP_I32_EQZ);
    code.brIf(pipeline.next);
  }
  pushPlace(code, operand.value);
  if (flag !== undefined && flag.kind !== "clear") {
    pushPlace(code, flag);
    code.op(OP_I32_AND);
  }
  code.op(OP_I32_EQZ);
  code.brIf(pipeline.next);
}

// Constants and inputs --------------------------------------------------------------------------------------------------

export function typeKey(type: SqlType): string {
  return `${type.name}(${type.modifiers.join()})${type.element === undefined ? "" : typeKey(type.element)}`;
}

function literalKey({ slot, negative }: BoundLiteral): string {
  return `l${negative ? "-" : ""}${slot}`;
}

/** A word of up to 7 bytes. */
function inlineWord(bytes: Uint8Array): bigint {
  let word = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) word = (word << 8n) | BigInt(bytes[index] as number);
  return BigInt.asIntN(64, (word << 8n) | BigInt(bytes.length));
}

/** The type that a constant of type `any` has by itself. */
function ownType(value: Exclude<BoundConstant["value"], null>): SqlType {
  if (typeof value === "bigint") return plainType("bigint");
  if (typeof value === "number") return plainType("double precision");
  if (typeof value === "boolean") return plainType("boolean");
  return plainType(typeof value === "string" ? "text" : "jsonb");
}

export function compileConstant(pipeline: Pipeline, { type: declared, value }: BoundConstant): Operand {
  if (value === null) return nullOperand(declared);
  const type = machineOf(declared) === "any" ? ownType(value) : declared;
  switch (machineOf(type)) {
    case "i32":
      return typedOperand(type, value ? TRUE : FALSE, undefined);
    case "i64":
      return typedOperand(type, { kind: "i64", value: BigInt.asIntN(64, BigInt(value as bigint)) }, undefined);
    case "f64":
      return typedOperand(type, { kind: "f64", value: Number(value) }, undefined);
    default: {
      // Text is its bytes; what other types make of a constant's text the driver knows.
      const bytes = typeof value === "string" && slotOf(type) === SLOT_TEXT ? utf8.encode(value) : undefined;
      if (bytes !== undefined && bytes.length <= INLINE_TEXT_MAX) {
        return typedOperand(type, { kind: "i64", value: inlineWord(bytes) }, undefined);
      }
      const key = `k${value instanceof Uint8Array ? [...value].join() : `${typeof value}${String(value)}`} ${typeKey(type)}`;
      return { ...compileInput(pipeline, key, type, { kind: "constant", value }), flag: undefined };
    }
  }
}

function compileInput(pipeline: Pipeline, key: string, type: SqlType, source: Parameters<Pipeline["plan"]["input"]>[2]): Operand {
  const offset = pipeline.plan.input(key, type, source);
  const machine = machineOf(type);
  const value = localPlace(pipeline.inputLocal(offset + INPUT_PAYLOAD, valueType(machine)));
  const flag = source.kind === "literal" && machine !== "any" ? undefined : localPlace(pipeline.inputLocal(offset + INPUT_TAG, "i32"));
  return { ...typedOperand(type, value, flag), isStable: true };
}

// Flags -----------------------------------------------------------------------------------------------------------------

/** Where an operand's flag is 1 or 0: the tag of an `any` becomes one. */
function plainFlag(pipeline: Pipeline, operand: Operand): Place | undefined {
  if (operand.flag === undefined || operand.machine !== "any") return operand.flag;
  pushPlace(pipeline.code, operand.flag);
  pipeline.code.i32(0);
  pipeline.code.op(OP_I32_NE);
  return keep(pipeline, "i32");
}

/** The flag of a strict function: 1 where no operand is NULL. */
export function combineFlags(pipeline: Pipeline, operands: readonly Operand[]): Place | undefined {
  let all: Place | undefined;
  for (const operand of operands) {
    const flag = plainFlag(pipeline, operand);
    if (flag === undefined || (all !== undefined && samePlace(all, flag))) continue;
    if (all === undefined || (flag.kind === "i32" && flag.value === 0)) {
      all = flag;
    } else if (all.kind === "clear" && flag.kind === "clear" && all.local === flag.local) {
      all = { ...all, bits: all.bits | flag.bits };
    } else if (all.kind !== "i32") {
      pushPlace(pipeline.code, all);
      pushPlace(pipeline.code, flag);
      pipeline.code.op(OP_I32_AND);
      all = keep(pipeline, "i32");
    }
  }
  return all;
}

function samePlace(left: Place, right: Place): boolean {
  if (left.kind === "clear") return right.kind === "clear" && left.local === right.local && left.bits === right.bits;
  return left.kind === "local" && right.kind === "local" && left.local === right.local;
}

/** A condition that is `any` is NULL unless it is a boolean. */
export function asBoolean(pipeline: Pipeline, operand: Operand): Operand {
  if (operand.machine === "i32") return operand;
  const { code } = pipeline;
  if (operand.machine !== "any") return nullOperand(plainType("boolean"));
  pushTag(code, operand);
  code.i32(slotOf(plainType("boolean")));
  code.op(OP_I32_EQ);
  const flag = keep(pipeline, "i32");
  pushPlace(code, operand.value);
  fromPayload(code, "i32");
  return booleanOperand(keep(pipeline, "i32"), flag);
}

// Calls -----------------------------------------------------------------------------------------------------------------

let functionNumbers = 0;
const functionKeys = new WeakMap<FunctionEntry, number>();
const expressionKeys = new WeakMap<BoundExpression, string>();
let otherExpressions = 0;

function functionKey(entry: FunctionEntry): number {
  const known = functionKeys.get(entry);
  if (known !== undefined) return known;
  functionKeys.set(entry, ++functionNumbers);
  return functionNumbers;
}

/** Equal for expressions of equal structure and value. */
export function expressionKey(expression: BoundExpression): string {
  switch (expression.kind) {
    case "BoundColumn":
      return `c${expression.column}`;
    case "BoundLiteral":
      return `${literalKey(expression)} ${typeKey(expression.type)}`;
    case "BoundParameter":
      return `p${expression.index} ${typeKey(expression.type)}`;
    case "BoundConstant":
      if (expression.value instanceof Uint8Array) break;
      return `k${typeof expression.value}${String(expression.value)} ${typeKey(expression.type)}`;
    case "BoundCall":
      return `${functionKey(expression.function)}(${expression.arguments.map(expressionKey).join()})`;
    case "BoundProperty":
      return `${expressionKey(expression.operand)}.${JSON.stringify(expression.name)}`;
    default:
      break;
  }
  const known = expressionKeys.get(expression);
  if (known !== undefined) return known;
  const key = `o${++otherExpressions}`;
  expressionKeys.set(expression, key);
  return key;
}

function compileCall(pipeline: Pipeline, call: BoundCall): Operand {
  if (call.function.volatility === "volatile") return held(pipeline, call.type, compileFunction(pipeline, call));
  if (isVolatile(call)) return compileFunction(pipeline, call);
  return pipeline.memo(expressionKey(call), () => compileFunction(pipeline, call));
}

function compileFunction(pipeline: Pipeline, call: BoundCall): Operand {
  const { implementation } = call.function;
  const operands = call.arguments.map((argument) => compileExpression(pipeline, argument));
  return applyFunction(pipeline, call.function, call.type, operands, implementation);
}

/** The operand as it was computed first for the row at hand. */
function held(pipeline: Pipeline, type: SqlType, operand: Operand): Operand {
  const { code } = pipeline;
  const machine = machineOf(type);
  const level = pipeline.level();
  const value = pipeline.cursor(level, valueType(machine));
  const flag = pipeline.cursor(level, "i32");
  pipeline.enter(level, () => {
    if (machine === "any") pushPayload(code, operand);
    else pushPlace(code, operand.value);
    code.set(value);
    if (machine === "any") pushTag(code, operand);
    else pushFlag(code, operand);
    code.set(flag);
  });
  return typedOperand(type, localPlace(value), localPlace(flag));
}

/** Whether an expression may have levels of its own. */
function hasLevels(expression: BoundExpression): boolean {
  if (expression.kind === "BoundSubquery") return true;
  return (expression.kind === "BoundCall" && expression.function.volatility === "volatile") || partsOf(expression).some(hasLevels);
}

/** Computes what of these expressions has levels. Answers what gives their operands inside of `Pipeline.enter`. */
export function computeBefore(pipeline: Pipeline, expressions: readonly BoundExpression[]): (expression: BoundExpression) => Operand {
  const known = new Map(expressions.filter(hasLevels).map((expression) => [expression, compileExpression(pipeline, expression)]));
  return (expression) => known.get(expression) ?? compileExpression(pipeline, expression);
}

/** Applies a function of the table to operands. */
export function applyFunction(
  pipeline: Pipeline,
  entry: FunctionEntry,
  type: SqlType,
  operands: readonly Operand[],
  implementation = entry.implementation,
): Operand {
  if (implementation.kind === "extension") throw notCompiled(`the function ${entry.name} of a user`);
  if (implementation.kind === "inline") {
    // A typed value is a dynamic one as it stands.
    if (implementation.name === "to_any") return operands[0] as Operand;
    if (implementation.name === "identity" && machineOf(type) === "any") return operands[0] as Operand;
    const write = INLINE_FUNCTIONS.get(implementation.name);
    if (write === undefined) throw notCompiled(`the inline function ${implementation.name}`);
    const flag = combineFlags(pipeline, operands);
    if (flag?.kind === "i32") return nullOperand(type);
    return typedOperand(type, write(pipeline, operands, flag), flag);
  }
  const dynamic = compileDynamic(pipeline, implementation.name, operands, () => callEntry(pipeline, entry, type, operands));
  return dynamic ?? callEntry(pipeline, entry, type, operands);
}

/** An error that says what plans cannot be compiled with: they are interpreted. */
export function notCompiled(what: string): DatabaseError {
  return new DatabaseError("SQL_NOT_SUPPORTED", `compiled plans do not have ${what} [0A000]`);
}

function callEntry(pipeline: Pipeline, entry: FunctionEntry, type: SqlType, operands: readonly Operand[]): Operand {
  const { implementation } = entry;
  if (implementation.kind !== "engine" || implementation.asks) throw notCompiled(entry.name);
  const last = entry.parameters.length - 1;
  const machines = operands.map((_, index) => (entry.strict ? machineOf(entry.parameters[Math.min(index, last)] as SqlType) : "any"));
  return callEngine(pipeline, implementation, machines, type, operands, entry.strict);
}

interface EngineCall {
  readonly name: string;
  readonly tagged: boolean;
  readonly fails: boolean;
  readonly extra: readonly number[];
}

/** Pushes an operand as an engine function takes it; an `any` is two arguments. */
export function pushArgument(pipeline: Pipeline, machine: string, operand: Operand): readonly ValueType[] {
  const { code } = pipeline;
  if (machine === "any") {
    pushTag(code, operand);
    pushPayload(code, operand);
    return ["i32", "i64"];
  }
  pushPlace(code, operand.value);
  return [valueType(operand.machine)];
}

/** Calls an engine function; where it is strict, only if no operand is NULL. */
export function callEngine(
  pipeline: Pipeline,
  call: EngineCall,
  machines: readonly string[],
  type: SqlType,
  operands: readonly Operand[],
  strict = true,
): Operand {
  const { code } = pipeline;
  const machine = machineOf(type);
  const flag = strict ? combineFlags(pipeline, operands) : undefined;
  if (flag?.kind === "i32") return nullOperand(type);
  const value = code.local(valueType(machine));
  const tag = call.tagged || machine === "any" ? code.local("i32") : undefined;
  if ([machine, ...machines].some((held) => held === "word" || held === "any")) pipeline.allocates = true;
  const write = (): void => {
    const parameters = operands.flatMap((operand, index) => pushArgument(pipeline, machines[index] ?? "any", operand));
    for (const constant of call.extra) code.i32(constant);
    pipeline.call(call.name, [...parameters, ...call.extra.map((): ValueType => "i32")], valueType(machine));
    code.set(value);
    if (call.fails) pipeline.checkError();
    if (tag === undefined) return;
    code.cells();
    code.memory(OP_I32_LOAD, CELL_TAG);
    if (machine !== "any") {
      code.i32(0);
      code.op(OP_I32_NE);
    }
    code.set(tag);
  };
  if (flag === undefined) {
    write();
  } else {
    pushPlace(code, flag);
    pipeline.branch(
      write,
      tag === undefined
        ? undefined
        : () => {
            code.i32(0);
            code.set(tag);
          },
    );
  }
  return typedOperand(type, localPlace(value), tag === undefined ? flag : localPlace(tag));
}

// Three-valued logic ----------------------------------------------------------------------------------------------------

/** AND: false if one is, else NULL if one is, else true. OR: with true and false exchanged. */
function compileLogical(pipeline: Pipeline, { operator, operands }: BoundLogical): Operand {
  const { code } = pipeline;
  const deciding = operator === "OR" ? 1 : 0;
  const value = code.local("i32");
  const unknown = code.local("i32");
  code.i32(0);
  code.set(unknown);
  const done = code.block();
  const isNullable = pipeline.scoped(() => {
    let nullable = false;
    for (const item of operands) {
      const operand = asBoolean(pipeline, compileExpression(pipeline, item));
      pushPlace(code, operand.value);
      if (deciding === 0) code.op(OP_I32_EQZ);
      if (operand.flag !== undefined) {
        nullable = true;
        pushPlace(code, operand.flag);
        code.op(OP_I32_AND);
        code.get(unknown);
        pushPlace(code, operand.flag);
        code.op(OP_I32_EQZ);
        code.op(OP_I32_OR);
        code.set(unknown);
      }
      code.if();
      code.i32(deciding);
      code.set(value);
      code.i32(0);
      code.set(unknown);
      code.br(done);
      code.end();
    }
    return nullable;
  });
  code.i32(1 - deciding);
  code.set(value);
  code.end();
  if (!isNullable) return booleanOperand(localPlace(value), undefined);
  code.get(unknown);
  code.op(OP_I32_EQZ);
  return booleanOperand(localPlace(value), keep(pipeline, "i32"));
}

function compileIsNull(pipeline: Pipeline, { operand: inner, negated }: BoundIsNull): Operand {
  const operand = compileExpression(pipeline, inner);
  if (operand.flag === undefined) return booleanOperand(negated ? TRUE : FALSE, undefined);
  if (isAlwaysNull(operand)) return booleanOperand(negated ? FALSE : TRUE, undefined);
  pushPlace(pipeline.code, operand.flag);
  pipeline.code.op(OP_I32_EQZ);
  if (negated) pipeline.code.op(OP_I32_EQZ);
  return booleanOperand(keep(pipeline, "i32"), undefined);
}

function compileIsBoolean(pipeline: Pipeline, { operand: inner, test, negated }: BoundIsBoolean): Operand {
  const { code } = pipeline;
  const operand = asBoolean(pipeline, compileExpression(pipeline, inner));
  pushPlace(code, operand.value);
  if (!test) code.op(OP_I32_EQZ);
  if (operand.flag !== undefined) {
    pushPlace(code, operand.flag);
    code.op(OP_I32_AND);
  }
  if (negated) {
    code.i32(1);
    code.op(OP_I32_XOR);
  }
  return booleanOperand(keep(pipeline, "i32"), undefined);
}

// Choices ---------------------------------------------------------------------------------------------------------------

function compileCase(pipeline: Pipeline, { type, branches, otherwise }: BoundCase): Operand {
  const { code } = pipeline;
  const target = openTarget(pipeline, type);
  const done = code.block();
  pipeline.scoped(() => {
    for (const branch of branches) {
      pushCondition(pipeline, branch.condition);
      pipeline.branch(() => {
        assign(pipeline, target, compileExpression(pipeline, branch.result));
        code.br(done);
      });
    }
    assign(pipeline, target, otherwise === undefined ? nullOperand(type) : compileExpression(pipeline, otherwise));
  });
  code.end();
  return targetOperand(target);
}

function compileCoalesce(pipeline: Pipeline, type: SqlType, items: readonly BoundExpression[]): Operand {
  const { code } = pipeline;
  const target = openTarget(pipeline, type);
  const done = code.block();
  pipeline.scoped(() => {
    for (const item of items) {
      assign(pipeline, target, compileExpression(pipeline, item));
      code.get(target.flag);
      code.brIf(done);
    }
  });
  code.end();
  return targetOperand(target);
}

/** True at the first equal item; else NULL if the operand or an item is; else false. */
function compileInList(pipeline: Pipeline, { equality, operand: inner, items }: BoundInList): Operand {
  const { code } = pipeline;
  const operand = compileExpression(pipeline, inner);
  const value = code.local("i32");
  const unknown = code.local("i32");
  code.i32(0);
  code.set(unknown);
  code.i32(1);
  code.set(value);
  const done = code.block();
  const isNullable = pipeline.scoped(() => {
    let nullable = false;
    for (const item of items) {
      const equal = applyFunction(pipeline, equality, plainType("boolean"), [operand, compileExpression(pipeline, item)]);
      pushPlace(code, equal.value);
      if (equal.flag !== undefined) {
        nullable = true;
        pushPlace(code, equal.flag);
        code.op(OP_I32_AND);
      }
      code.brIf(done);
      if (equal.flag === undefined) continue;
      code.get(unknown);
      pushPlace(code, equal.flag);
      code.op(OP_I32_EQZ);
      code.op(OP_I32_OR);
      code.set(unknown);
    }
    return nullable;
  });
  code.i32(0);
  code.set(value);
  code.end();
  if (!isNullable) return booleanOperand(localPlace(value), undefined);
  // NULL unless an item was equal.
  code.get(unknown);
  code.op(OP_I32_EQZ);
  code.get(value);
  code.op(OP_I32_OR);
  return booleanOperand(localPlace(value), keep(pipeline, "i32"));
}

/** Pushes an i32 as an i64. */
export function extend(pipeline: Pipeline): void {
  pipeline.code.op(OP_I64_EXTEND_I32_U);
}
