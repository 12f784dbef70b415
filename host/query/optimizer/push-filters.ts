/**
 * Rule push-filters: moves each conjunct of a predicate as far down as it means the same, turns outer joins whose NULL rows a
 * predicate refuses into inner ones, and joins' conditions into filters of one side where they speak of one side only.
 *
 * A volatile predicate stays where it is, and so does one above a join whose right side writes what the predicate may read. A predicate that can fail may run on rows that a join would have left out, as in
 * PostgreSQL.
 */
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import { graphColumns } from "../plan/graph-operator.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import { columnsOf, inputsOf, isVolatile, mapExpressions, rewriteExpression, substitute, withInputs, writes } from "../plan/walk.ts";
import { conjunction, conjunctsOf, rejectsNulls, usesSome } from "./predicate.ts";

type Predicates = readonly BoundExpression[];
type Walk = Extract<LogicalOperator, { readonly kind: "LogicalExpand" | "LogicalVarExpand" | "LogicalShortestPath" }>;
type Join = Extract<LogicalOperator, { readonly kind: "LogicalJoin" }>;

export function pushFilters(root: LogicalOperator): LogicalOperator {
  return push(root, []);
}

/** The operator below filters of all the predicates. */
function push(operator: LogicalOperator, predicates: Predicates): LogicalOperator {
  const inner = mapExpressions(operator, (expression) =>
    rewriteExpression(expression, (part) => (part.kind === "BoundSubquery" ? { ...part, plan: push(part.plan, []) } : part)),
  );
  switch (inner.kind) {
    case "LogicalFilter":
      return push(inner.input, [...predicates, ...conjunctsOf(inner.predicate)]);
    case "LogicalSort":
      return passing(inner, predicates, () => true);
    case "LogicalProject": {
      const values = new Map(inner.items.map(({ column, value }) => [column, value]));
      const fixed = new Set(inner.items.filter(({ value }) => isVolatile(value)).map(({ column }) => column));
      return passing(
        inner,
        predicates,
        (predicate) => !usesSome(predicate, fixed),
        (predicate) => substitute(predicate, values),
      );
    }
    case "LogicalAggregate": {
      const values = new Map(inner.groups.map(({ column, value }) => [column, value]));
      const groups = new Set(values.keys());
      const made = idsOf(inner);
      return passing(
        inner,
        predicates,
        (predicate) => groups.size > 0 && usesSome(predicate, groups) && !usesSome(predicate, without(made, groups)),
        (predicate) => substitute(predicate, values),
      );
    }
    case "LogicalWindow": {
      // What decides over whole partitions leaves the windows of the others as they are.
      const parts = new Set(inner.partitionBy.flatMap((part) => (part.kind === "BoundColumn" ? [part.column] : [])));
      const others = without(idsOf(inner), parts);
      return passing(inner, predicates, (predicate) => usesSome(predicate, parts) && !usesSome(predicate, others));
    }
    case "LogicalDistinct": {
      const keys = new Set(inner.on.flatMap((key) => (key.kind === "BoundColumn" ? [key.column] : [])));
      const others = without(idsOf(inner), keys);
      return passing(inner, predicates, (predicate) => !usesSome(predicate, others));
    }
    case "LogicalSetOperation":
      return pushSetOperation(inner, predicates);
    case "LogicalCommonTable":
      return { ...inner, definition: push(inner.definition, []), input: push(inner.input, predicates) };
    case "LogicalJoin":
      return pushJoin(inner, predicates);
    case "LogicalExpand":
    case "LogicalVarExpand":
    case "LogicalShortestPath":
      return pushWalk(inner, predicates);
    default:
      return filtered(
        withInputs(
          inner,
          inputsOf(inner).map((input) => push(input, [])),
        ),
        predicates,
      );
  }
}

function filtered(operator: LogicalOperator, predicates: Predicates): LogicalOperator {
  const predicate = conjunction(predicates);
  return predicate === undefined ? operator : { kind: "LogicalFilter", input: operator, predicate };
}

/** An operator with one input through which some predicates may pass, changed by `translate`. */
function passing(
  operator: LogicalOperator,
  predicates: Predicates,
  may: (predicate: BoundExpression) => boolean,
  translate: (predicate: BoundExpression) => BoundExpression = (predicate) => predicate,
): LogicalOperator {
  const through = predicates.filter((predicate) => !isVolatile(predicate) && may(predicate));
  const staying = predicates.filter((predicate) => !through.includes(predicate));
  const inputs = inputsOf(operator).map((input) => push(input, through.map(translate)));
  return filtered(withInputs(operator, inputs), staying);
}

/** Below a walk through the graph goes what does not speak of what it finds. An optional one is plain where a predicate refuses NULLs. */
function pushWalk(operator: Walk, predicates: Predicates): LogicalOperator {
  const made = new Set(graphColumns(operator).map(({ column }) => column));
  const isPlain = operator.kind === "LogicalExpand" && operator.optional && predicates.some((predicate) => rejectsNulls(predicate, made));
  const walk = isPlain ? { ...operator, optional: false } : operator;
  return passing(walk, predicates, (predicate) => !usesSome(predicate, made));
}

function pushSetOperation(
  operator: Extract<LogicalOperator, { readonly kind: "LogicalSetOperation" }>,
  predicates: Predicates,
): LogicalOperator {
  const through = predicates.filter((predicate) => !isVolatile(predicate));
  const side = (input: LogicalOperator, columns: readonly ColumnId[]): LogicalOperator => {
    const values = new Map<ColumnId, BoundExpression>();
    for (const [index, { column, name, type }] of operator.columns.entries()) {
      values.set(column, { kind: "BoundColumn", type, column: columns[index] as ColumnId, name });
    }
    return push(
      input,
      through.map((predicate) => substitute(predicate, values)),
    );
  };
  const pushed = {
    ...operator,
    left: side(operator.left, operator.leftColumns),
    right: side(operator.right, operator.rightColumns),
  };
  return filtered(pushed, predicates.filter(isVolatile));
}

/** The join that is left when predicates above it refuse rows filled up with NULLs. */
function strengthened(join: Join, predicates: Predicates): Join["join"] {
  const left = idsOf(join.left);
  const right = idsOf(join.right);
  const rejectsLeft = predicates.some((predicate) => rejectsNulls(predicate, left));
  const rejectsRight = predicates.some((predicate) => rejectsNulls(predicate, right));
  if (join.join === "left") return rejectsRight ? "inner" : "left";
  if (join.join === "right") return rejectsLeft ? "inner" : "right";
  if (join.join !== "full") return join.join;
  if (rejectsLeft) return rejectsRight ? "inner" : "left";
  return rejectsRight ? "right" : "full";
}

function pushJoin(join: Join, predicates: Predicates): LogicalOperator {
  if (writes(join.right)) return filtered({ ...join, left: push(join.left, []), right: push(join.right, []) }, predicates);
  const kind = strengthened(join, predicates);
  const left = idsOf(join.left);
  const right = idsOf(join.right);
  const inner = kind === "inner" || kind === "cross";
  const toLeft: BoundExpression[] = [];
  const toRight: BoundExpression[] = [];
  const above: BoundExpression[] = [];
  const condition: BoundExpression[] = [];
  for (const predicate of predicates) {
    const onRight = usesSome(predicate, right) || (join.mark !== undefined && usesSome(predicate, new Set([join.mark.column])));
    const onLeft = usesSome(predicate, left);
    if (isVolatile(predicate)) above.push(predicate);
    else if (!onRight && kind !== "right" && kind !== "full") toLeft.push(predicate);
    else if (!onLeft && (inner || kind === "right") && usesSome(predicate, right)) toRight.push(predicate);
    else if (inner) condition.push(predicate);
    else above.push(predicate);
  }
  for (const conjunct of conjunctsOf(join.condition)) {
    const onLeft = usesSome(conjunct, left);
    const onRight = usesSome(conjunct, right);
    if (inner && isTrue(conjunct)) continue;
    if (isVolatile(conjunct) || kind === "mark" || kind === "full") condition.push(conjunct);
    else if (onRight && !onLeft && kind !== "right" && !join.dependent) toRight.push(conjunct);
    else if (!onRight && (inner || kind === "semi" || (kind === "right" && onLeft))) toLeft.push(conjunct);
    else condition.push(conjunct);
  }
  const joined: Join = {
    ...join,
    join: inner ? (condition.length > 0 ? "inner" : "cross") : kind,
    left: push(join.left, toLeft),
    right: push(join.right, toRight),
    condition: conjunction(condition),
  };
  return filtered(joined, above);
}

function isTrue(predicate: BoundExpression): boolean {
  return predicate.kind === "BoundConstant" && predicate.value === true;
}

function idsOf(operator: LogicalOperator): ReadonlySet<ColumnId> {
  return new Set(columnsOf(operator).map(({ column }) => column));
}

function without(columns: ReadonlySet<ColumnId>, taken: ReadonlySet<ColumnId>): ReadonlySet<ColumnId> {
  return new Set([...columns].filter((column) => !taken.has(column)));
}
