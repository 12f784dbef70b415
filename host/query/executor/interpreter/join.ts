/**
 * Joins: the right side is kept, and looked through once per left row.
 *
 * Where the condition has an equality of a left with a right expression, only right rows with an equal key are looked at
 * (a Map on the keys of key.ts); the whole condition is tested on each of them all the same. A dependent right side is
 * run once per left row.
 */
import type { FunctionEntry } from "../../function/entry.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalJoin } from "../../plan/operator.ts";
import { columnsOf, columnsUsed } from "../../plan/walk.ts";
import type { SqlType } from "../../type/type.ts";
import type { Value } from "../value.ts";
import { type Context, collect, type Evaluate, PAUSE, ROW, type Run, restore, type Steps, step, type Work } from "./context.ts";
import { compileCondition, compileExpression, tooManyRows } from "./expression.ts";
import { type Key, keyMaker } from "./key.ts";
import { tagging } from "./tagging.ts";

/** Right rows, by position, with what is needed to find those of a left row. */
interface RightSide {
  readonly rows: readonly (readonly Value[])[];
  /** Positions that may match the left row in the frame, in order. */
  readonly candidates: () => Iterable<number>;
}

/** An equality of the condition: an expression of each side, and how their values become keys. */
interface EquiKey {
  readonly left: Evaluate;
  readonly right: Evaluate;
  readonly key: (value: Value) => Key;
}

export function compileJoin(join: LogicalJoin, context: Context): Run {
  const { frame } = context;
  const runLeft = context.operator(join.left);
  const runRight = context.operator(join.right);
  const leftColumns = columnsOf(join.left).map(({ column }) => column);
  const rightColumns = columnsOf(join.right).map(({ column }) => column);
  const condition = join.condition === undefined ? () => true : compileCondition(join.condition, context);
  const equi = join.dependent ? undefined : findEquality(join, context);
  const mark = join.mark?.column ?? -1;
  const unmatchedRight = join.join === "right" || join.join === "full";

  function* open(): Work<RightSide> {
    return yield* openRight(yield* collect(context, runRight, rightColumns), rightColumns, equi, context);
  }
  function* truthsOf({ rows, candidates }: RightSide, matched: Set<number>): Truths {
    for (const position of candidates()) {
      if (step(context)) yield "pause";
      restore(frame, rightColumns, rows[position] as readonly Value[]);
      const truth = condition();
      if (truth === true && unmatchedRight) matched.add(position);
      yield truth;
    }
  }
  const takeLeft = leftRowHandler(join, () => restore(frame, rightColumns, []), mark, frame);
  return function* () {
    let right = join.dependent ? undefined : yield* open();
    const matched = new Set<number>();
    for (const isRow of runLeft()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      if (join.dependent) right = yield* open();
      const side = right as RightSide;
      yield* takeLeft(() => truthsOf(side, matched));
    }
    if (!unmatchedRight || right === undefined) return;
    for (const [position, row] of right.rows.entries()) {
      if (matched.has(position)) continue;
      if (step(context)) yield PAUSE;
      restore(frame, leftColumns, []);
      restore(frame, rightColumns, row);
      yield ROW;
    }
  };
}

/** The condition's truth for each right row that may match a left one, and pauses between them. */
type Truths = Iterable<boolean | null | "pause">;

/** The rows that a left row gives. */
function leftRowHandler({ join }: LogicalJoin, clearRight: () => void, mark: number, frame: Value[]): (truths: () => Truths) => Steps {
  switch (join) {
    case "inner":
    case "cross":
    case "right":
      return function* (truths) {
        for (const truth of truths()) {
          if (truth === true) yield ROW;
          else if (truth === "pause") yield PAUSE;
        }
      };
    case "left":
    case "full":
      return function* (truths) {
        let hasMatch = false;
        for (const truth of truths()) {
          if (truth === "pause") yield PAUSE;
          if (truth !== true) continue;
          hasMatch = true;
          yield ROW;
        }
        if (hasMatch) return;
        clearRight();
        yield ROW;
      };
    case "single":
      return function* (truths) {
        let count = 0;
        for (const truth of truths()) {
          if (truth === "pause") yield PAUSE;
          else if (truth === true && ++count > 1) throw tooManyRows();
        }
        if (count === 0) clearRight();
        // The one that matches, found once more: it lies in the frame then.
        else for (const truth of truths()) if (truth === true) break;
        yield ROW;
      };
    case "semi":
    case "anti":
      return function* (truths) {
        if ((yield* anyOf(truths)) === true ? join === "semi" : join === "anti") yield ROW;
      };
    case "mark":
      return function* (truths) {
        frame[mark] = yield* anyOf(truths);
        yield ROW;
      };
  }
}

/** True if one is, else NULL if one is. */
function* anyOf(truths: () => Truths): Work<boolean | null> {
  let answer: boolean | null = false;
  for (const truth of truths()) {
    if (truth === true) return true;
    if (truth === null) answer = null;
    else if (truth === "pause") yield PAUSE;
  }
  return answer;
}

// The right side ------------------------------------------------------------------------------------------------------

function* openRight(
  rows: readonly (readonly Value[])[],
  columns: readonly number[],
  equi: EquiKey | undefined,
  context: Context,
): Work<RightSide> {
  const all = rows.map((_, position) => position);
  if (equi === undefined) return { rows, candidates: () => all };
  const byKey = new Map<Key, number[]>();
  for (const [position, row] of rows.entries()) {
    if (step(context)) yield PAUSE;
    restore(context.frame, columns, row);
    const value = equi.right();
    if (value === null) continue;
    const key = equi.key(value);
    const bucket = byKey.get(key);
    if (bucket === undefined) byKey.set(key, [position]);
    else bucket.push(position);
  }
  const none: readonly number[] = [];
  return {
    rows,
    candidates: () => {
      const value = equi.left();
      return value === null ? none : (byKey.get(equi.key(value)) ?? none);
    },
  };
}

/** An equality between the sides. A mark needs every right row, since NULLs count: it has none. */
function findEquality(join: LogicalJoin, context: Context): EquiKey | undefined {
  if (join.condition === undefined || join.join === "mark") return undefined;
  const left = new Set(columnsOf(join.left).map(({ column }) => column));
  const right = new Set(columnsOf(join.right).map(({ column }) => column));
  for (const conjunct of conjuncts(join.condition)) {
    if (conjunct.kind !== "BoundCall" || !isEquality(conjunct.function)) continue;
    const [first, second] = conjunct.arguments as readonly [BoundExpression, BoundExpression];
    const types = conjunct.function.parameters as readonly [SqlType, SqlType];
    const side = (expression: BoundExpression): "left" | "right" | undefined => sideOf(expression, left, right);
    const evaluate = (expression: BoundExpression, index: 0 | 1): Evaluate =>
      tagging(expression.type, types[index], compileExpression(expression, context));
    const key = keyMaker(types[0], context.surroundings.functions);
    if (side(first) === "left" && side(second) === "right") return { left: evaluate(first, 0), right: evaluate(second, 1), key };
    if (side(first) === "right" && side(second) === "left") return { left: evaluate(second, 1), right: evaluate(first, 0), key };
  }
  return undefined;
}

function conjuncts(condition: BoundExpression): readonly BoundExpression[] {
  return condition.kind === "BoundLogical" && condition.operator === "AND" ? condition.operands.flatMap(conjuncts) : [condition];
}

function isEquality({ name, role, parameters }: FunctionEntry): boolean {
  return role === "operator" && name === "=" && parameters.length === 2 && parameters[0]?.name === parameters[1]?.name;
}

/** The one side whose columns an expression uses; undefined where it uses both, none, or others. */
function sideOf(expression: BoundExpression, left: ReadonlySet<number>, right: ReadonlySet<number>): "left" | "right" | undefined {
  const used = [...columnsUsed(expression)];
  if (used.length === 0) return undefined;
  if (used.every((column) => left.has(column))) return "left";
  return used.every((column) => right.has(column)) ? "right" : undefined;
}
