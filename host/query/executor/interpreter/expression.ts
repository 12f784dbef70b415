/**
 * Bound expressions as closures over the frame.
 *
 * A condition that is `any` counts as its boolean, and as NULL when it is none (host/query/README.md, "Dynamic values").
 * AND, OR, CASE, COALESCE and IN evaluate from left to right and stop when the answer is known.
 */
import { SLOT_BOOLEAN } from "../../../../assembly/abi/record.ts";
import { sqlError } from "../../../common/sql-state.ts";
import { engine } from "../../function/row.ts";
import { genericAggregate } from "../../function/table.ts";
import type {
  BoundCall,
  BoundCase,
  BoundExpression,
  BoundInList,
  BoundLogical,
  BoundProperty,
  BoundReduce,
  BoundSubquery,
} from "../../plan/expression.ts";
import { columnsOf } from "../../plan/walk.ts";
import { isCypherValue, machineOf, plainType, type SqlType, slotOf } from "../../type/type.ts";
import { constantValue } from "../constant.ts";
import type { Caller } from "../surroundings.ts";
import { bytesOfText, type Tagged, type Value } from "../value.ts";
import { type Context, type Evaluate, eachRow, step } from "./context.ts";
import { tagging } from "./tagging.ts";

/** The closure that computes an expression from the frame. */
export function compileExpression(expression: BoundExpression, context: Context): Evaluate {
  switch (expression.kind) {
    case "BoundConstant": {
      const value = constantValue(expression, context.surroundings.functions);
      return () => value;
    }
    case "BoundLiteral": {
      const position = context.literalAt(expression.slot, expression.negative, expression.type);
      return () => context.literals[position] ?? null;
    }
    case "BoundParameter": {
      const position = expression.index - 1;
      return () => context.parameters[position] ?? null;
    }
    case "BoundColumn": {
      const { frame } = context;
      const { column } = expression;
      return () => frame[column] ?? null;
    }
    case "BoundCall":
      return compileCall(expression, context);
    case "BoundLogical":
      return compileLogical(expression, context);
    case "BoundNot": {
      const operand = compileCondition(expression.operand, context);
      return () => {
        const truth = operand();
        return truth === null ? null : !truth;
      };
    }
    case "BoundIsNull": {
      const operand = compileExpression(expression.operand, context);
      const { negated } = expression;
      return () => (operand() === null) !== negated;
    }
    case "BoundIsBoolean": {
      const operand = compileCondition(expression.operand, context);
      const { test, negated } = expression;
      return () => (operand() === test) !== negated;
    }
    case "BoundCase":
      return compileCase(expression, context);
    case "BoundCoalesce": {
      const items = expression.items.map((item) => compileExpression(item, context));
      return () => firstValue(items);
    }
    case "BoundInList":
      return compileInList(expression, context);
    case "BoundField": {
      const operand = compileExpression(expression.operand, context);
      const name = bytesOfText(expression.name);
      const call = context.surroundings.functions.caller(FIELD, [expression.operand.type, plainType("text")], expression.type);
      return () => {
        const value = operand();
        return value === null ? null : call([value, name]);
      };
    }
    case "BoundSubquery":
      return compileSubquery(expression, context);
    case "BoundProperty":
      return compileProperty(expression, context);
    case "BoundList":
      return compileContainer(LIST_PARTS, undefined, expression.items, expression.type, context);
    case "BoundMap":
      return compileContainer(MAP_PARTS, expression.names, expression.items, expression.type, context);
    case "BoundReduce":
      return compileReduce(expression, context);
  }
}

/** As `compileExpression`, of a condition: true, false or null. */
export function compileCondition(expression: BoundExpression, context: Context): () => boolean | null {
  const evaluate = compileExpression(expression, context);
  if (machineOf(expression.type) !== "any") return evaluate as () => boolean | null;
  return () => {
    const value = evaluate() as Tagged | null;
    return value !== null && value.tag === SLOT_BOOLEAN ? (value.value as boolean) : null;
  };
}

/** The engine's function that reads a field of a dynamic or JSON value. */
const FIELD = { kind: "engine", name: "any_field", tagged: true, fails: false, extra: [] } as const;

function compileCall(call: BoundCall, context: Context): Evaluate {
  const { parameters, strict, implementation } = call.function;
  const last = parameters[parameters.length - 1];
  const types = call.arguments.map((_, index) => parameters[index] ?? last ?? plainType("any"));
  const passed = strict ? types : types.map(() => plainType("any"));
  const items = call.arguments.map((argument, index) =>
    tagging(argument.type, passed[index] as SqlType, compileExpression(argument, context)),
  );
  const invoke = context.surroundings.functions.caller(implementation, passed, call.type);
  return strict ? strictCall(items, invoke) : () => invoke(items.map((item) => item()));
}

function strictCall(items: readonly Evaluate[], invoke: Caller): Evaluate {
  const values: Value[] = items.map(() => null);
  return () => {
    const given = values.slice();
    for (let index = 0; index < items.length; index++) {
      const value = (items[index] as Evaluate)();
      if (value === null) return null;
      given[index] = value;
    }
    return invoke(given);
  };
}

function compileLogical({ operator, operands }: BoundLogical, context: Context): Evaluate {
  const conditions = operands.map((operand) => compileCondition(operand, context));
  const decisive = operator === "OR";
  return () => {
    let isUnknown = false;
    for (const condition of conditions) {
      const truth = condition();
      if (truth === decisive) return decisive;
      if (truth === null) isUnknown = true;
    }
    return isUnknown ? null : !decisive;
  };
}

function compileCase({ branches, otherwise }: BoundCase, context: Context): Evaluate {
  const conditions = branches.map(({ condition }) => compileCondition(condition, context));
  const results = branches.map(({ result }) => compileExpression(result, context));
  const rest = otherwise === undefined ? () => null : compileExpression(otherwise, context);
  return () => {
    const found = conditions.findIndex((condition) => condition() === true);
    return found < 0 ? rest() : (results[found] as Evaluate)();
  };
}

function firstValue(items: readonly Evaluate[]): Value {
  for (const item of items) {
    const value = item();
    if (value !== null) return value;
  }
  return null;
}

function compileInList({ equality, operand, items }: BoundInList, context: Context): Evaluate {
  const test = compileComparison(equality.implementation, equality.parameters, operand, context);
  const evaluate = compileExpression(operand, context);
  const candidates = items.map((item) => tagging(item.type, equality.parameters[1] as SqlType, compileExpression(item, context)));
  return () => {
    const value = evaluate();
    if (value === null) return null;
    let isUnknown = false;
    for (const candidate of candidates) {
      const other = candidate();
      const truth = other === null ? null : test(value, other);
      if (truth === true) return true;
      if (truth === null) isUnknown = true;
    }
    return isUnknown ? null : false;
  };
}

/** A comparison of a value of the operand's type with one of the second parameter's. */
function compileComparison(
  implementation: BoundCall["function"]["implementation"],
  parameters: readonly SqlType[],
  operand: BoundExpression,
  context: Context,
): (left: Value, right: Value) => boolean | null {
  const call = context.surroundings.functions.caller(implementation, parameters, plainType("boolean"));
  const isTagged = machineOf(parameters[0] as SqlType) === "any" && machineOf(operand.type) !== "any";
  const tag = slotOf(operand.type);
  return (left, right) => call([isTagged ? ({ tag, value: left } as Tagged) : left, right]) as boolean | null;
}

// Nodes, lists and maps -----------------------------------------------------------------------------------------------

function compileProperty({ operand, name, type }: BoundProperty, context: Context): Evaluate {
  const evaluate = compileExpression(operand, context);
  const key = bytesOfText(name);
  const implementation = operand.type.name === "node" ? NODE_PROPERTY : RELATIONSHIP_PROPERTY;
  const call = context.surroundings.functions.caller(implementation, [operand.type, plainType("text")], type);
  return () => {
    const value = evaluate();
    return value === null ? null : call([value, key]);
  };
}

/** The engine's functions that make a list or a map (assembly/runtime/value-list.ts). */
const LIST_PARTS = { begin: engine("value_list_begin"), push: engine("value_list_push"), end: engine("value_list_end", { fails: true }) };
const MAP_PARTS = { begin: engine("value_map_begin"), push: engine("value_map_push"), end: engine("value_map_end", { fails: true }) };
const NODE_PROPERTY = engine("node_property_value", { fails: true, tagged: true });
const RELATIONSHIP_PROPERTY = engine("relationship_property_value", { fails: true, tagged: true });

/** A list, or a map of `names`: all items are computed before it is begun. */
function compileContainer(
  { begin, push, end }: typeof LIST_PARTS,
  names: readonly string[] | undefined,
  items: readonly BoundExpression[],
  type: SqlType,
  context: Context,
): Evaluate {
  const { functions } = context.surroundings;
  const value = plainType("value");
  const keys = names?.map(bytesOfText);
  const evaluated = items.map((item) => tagging(item.type, value, compileExpression(item, context)));
  const open = functions.caller(begin, [], plainType("bigint"));
  const add = functions.caller(push, keys === undefined ? [value] : [plainType("text"), value], plainType("bigint"));
  const close = functions.caller(end, [], type);
  return () => {
    const values = evaluated.map((evaluate) => evaluate());
    open([]);
    for (const [index, item] of values.entries()) add(keys === undefined ? [item] : [keys[index] as string, item]);
    return close([]);
  };
}

/** The accumulator and the item stand in the frame while an item is worked on. */
function compileReduce({ list, initial, accumulator, item, result, type }: BoundReduce, context: Context): Evaluate {
  const { frame, surroundings } = context;
  const count = (): boolean => step(context);
  const items = tagging(list.type, plainType("value"), compileExpression(list, context));
  const first = tagging(initial.type, type, compileExpression(initial, context));
  const next = tagging(result.type, type, compileExpression(result, context));
  return () => {
    const source = items();
    if (source === null) return null;
    frame[accumulator] = first();
    for (const each of surroundings.functions.items(source, count)) {
      count();
      frame[item] = each;
      frame[accumulator] = next();
    }
    return frame[accumulator] ?? null;
  };
}

// Subqueries ----------------------------------------------------------------------------------------------------------

function compileSubquery(subquery: BoundSubquery, context: Context): Evaluate {
  const run = context.operator(subquery.plan);
  const column = subquery.column ?? -1;
  const { frame } = context;
  switch (subquery.test) {
    case "exists":
      return () => {
        for (const isRow of run()) if (isRow) return true;
        return false;
      };
    case "scalar":
      return () => {
        let found: Value = null;
        let count = 0;
        eachRow(run, () => {
          if (++count > 1) throw tooManyRows();
          found = frame[column] ?? null;
        });
        return found;
      };
    case "any":
    case "all":
      return compileQuantified(subquery, context);
    case "array": {
      const { functions } = context.surroundings;
      const element = subquery.type.element ?? plainType("any");
      const aggregate = genericAggregate("array_agg", element);
      if (aggregate === undefined) throw sqlError("0A000", "ARRAY(SELECT ...) is not supported");
      const make = functions.accumulator(aggregate, aggregate.parameters, subquery.type);
      const empty = emptyArray(subquery.type, context);
      const item = tagging(element, aggregate.parameters[0] as SqlType, () => frame[column] ?? null);
      return () => {
        const items = make();
        let isEmpty = true;
        eachRow(run, () => {
          isEmpty = false;
          items.step([item()]);
        });
        return isEmpty ? empty() : items.finish();
      };
    }
  }
}

/** What an array is made of without rows. */
function emptyArray(type: SqlType, context: Context): Evaluate {
  if (isCypherValue(type)) return compileContainer(LIST_PARTS, undefined, [], type, context);
  const empty = constantValue({ value: "{}", type }, context.surroundings.functions);
  return () => empty;
}

/** More than one row where one value is wanted (21000). */
export function tooManyRows(): Error {
  return sqlError("21000", "more than one row returned by a subquery used as an expression");
}

function compileQuantified(subquery: BoundSubquery, context: Context): Evaluate {
  const { operand, comparison, column = -1 } = subquery;
  if (operand === undefined || comparison === undefined) throw sqlError("XX000", "a quantified subquery has no comparison");
  const run = context.operator(subquery.plan);
  const { frame } = context;
  const test = compileComparison(comparison.implementation, comparison.parameters, operand, context);
  const evaluate = compileExpression(operand, context);
  const found = columnsOf(subquery.plan).find((each) => each.column === column);
  const other = tagging(found?.type ?? plainType("any"), comparison.parameters[1] as SqlType, () => frame[column] ?? null);
  const decisive = subquery.test === "any";
  return () => {
    const value = evaluate();
    let answer: boolean | null = !decisive;
    for (const isRow of run()) {
      if (!isRow) continue;
      const candidate = other();
      const truth = value === null || candidate === null ? null : test(value, candidate);
      if (truth === decisive) return decisive;
      if (truth === null) answer = null;
    }
    return answer;
  };
}
