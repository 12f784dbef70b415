/**
 * WITH and RETURN.
 *
 * The plan, from below: Aggregate; Project (what is computed); Distinct; Sort; Limit; Filter (WHERE behind WITH). A column that is a
 * column below is not made again.
 *
 * What ORDER BY and WHERE see: the projected names first, then what was in sight before, unless the projection aggregates or is
 * DISTINCT. Both know the expressions of the projection again as they are written, ORDER BY aggregates too.
 */
import type { CypherExpression } from "../../ast/cypher/expression.ts";
import type { ParsedProjection, ParsedProjectionItem, ParsedReturnClause, ParsedWithClause } from "../../ast/cypher/query.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator, PlanColumn, SortKey } from "../../plan/operator.ts";
import { type CypherBinding, columnReference } from "./binding.ts";
import { type AggregateCollector, bindCondition, bindExpression, type ExpressionContext } from "./expression.ts";
import { Grouping, isSimple } from "./grouping.ts";
import { kindsOf } from "./kind.ts";
import { limited } from "./limit.ts";
import { containsAggregate, parsedKey } from "./parsed-key.ts";
import { type ClauseState, kindOfType, readVariable, type Scope, type Variable, type VariableKind } from "./scope.ts";

export function bindWith(binding: CypherBinding, { projection, where }: ParsedWithClause, state: ClauseState): ClauseState {
  const projected = bindProjection(binding, projection, state);
  const { ordered, behind } = projected;
  for (const { alias, value } of projection.items) {
    if (alias !== undefined || value.kind === "ParsedVariable") continue;
    throw binding.syntaxError("NoExpressionAlias", "an expression in WITH needs a name: AS", value.position);
  }
  const scope = namesOf(binding, projection, projected, state.scope);
  const operator = limited(binding, projection, ordered, state.scope);
  if (where === undefined) return { operator, scope };
  const predicate = bindCondition(behind, where);
  return { operator: { kind: "LogicalFilter", input: operator, predicate }, scope };
}

export function bindReturn(binding: CypherBinding, { projection }: ParsedReturnClause, state: ClauseState): ClauseState {
  const projected = bindProjection(binding, projection, state);
  if (projected.variables.length === 0) {
    throw binding.syntaxError("NoVariablesInScope", "there are no variables that RETURN * could mean", projection.position);
  }
  const scope = namesOf(binding, projection, projected, state.scope);
  return { operator: limited(binding, projection, projected.ordered, state.scope), scope };
}

/** The scope behind a projection, in which names are not equal. */
function namesOf(binding: CypherBinding, projection: ParsedProjection, { variables }: Projected, before: Scope): Scope {
  const stars = variables.length - projection.items.length;
  variables.forEach(({ name }, index) => {
    if (variables.findIndex((other) => other.name === name) === index) return;
    const { position } = projection.items[index - stars]!.value;
    throw binding.syntaxError("ColumnNameConflict", `there are several columns of the name \`${name}\``, position);
  });
  return before.emptied().with(...variables);
}

interface Projected {
  /** With DISTINCT and ORDER BY. */
  readonly ordered: LogicalOperator;
  /** What is projected, in order. */
  readonly variables: readonly Variable[];
  /** What WHERE is bound against. */
  readonly behind: ExpressionContext;
}

/** An item as it is bound below the projection. */
interface Item {
  readonly name: string;
  /** Undefined: of `*`. */
  readonly parsed: ParsedProjectionItem | undefined;
  readonly value: BoundExpression;
  readonly kind: VariableKind;
}

function bindProjection(binding: CypherBinding, projection: ParsedProjection, state: ClauseState): Projected {
  const collector: AggregateCollector = { items: [], written: new Map() };
  const items = bindItems({ binding, scope: state.scope, aggregates: collector }, projection);
  return collector.items.length === 0
    ? bindPlain(binding, projection, state, items)
    : bindGrouped(binding, projection, state, items, collector);
}

/** `*` is all variables in order of name. */
function bindItems(context: ExpressionContext, { star, items }: ParsedProjection): readonly Item[] {
  const { scope } = context;
  const all = star ? [...scope.variables()].sort((left, right) => (left.name < right.name ? -1 : 1)) : [];
  const stars = all.map((variable): Item => {
    return { name: variable.name, parsed: undefined, value: readVariable(variable), kind: variable.kind };
  });
  const bound = items.map((parsed): Item => {
    const value = bindExpression(context, parsed.value);
    const known = parsed.value.kind === "ParsedVariable" ? scope.find(parsed.value.name.text) : undefined;
    return { name: parsed.name, parsed, value, kind: known?.kind ?? kindOfType(value.type) };
  });
  return [...stars, ...bound];
}

type MadeColumn = PlanColumn & { readonly value: BoundExpression };

/** Makes columns of what is none already. */
class Maker {
  readonly #binding: CypherBinding;
  readonly #made: MadeColumn[] = [];

  constructor(binding: CypherBinding) {
    this.#binding = binding;
  }

  variable({ name, kind }: Item, value: BoundExpression): Variable {
    if (value.kind === "BoundColumn") return { name, kind, column: value.column, type: value.type };
    const column = this.#binding.newPlanColumn(name, value.type);
    this.#binding.noteKinds(column.column, kindsOf(this.#binding, value));
    this.#made.push({ ...column, value });
    return { name, kind, column: column.column, type: value.type };
  }

  operator(input: LogicalOperator): LogicalOperator {
    return this.#made.length === 0 ? input : { kind: "LogicalProject", input, items: this.#made };
  }
}

function bindPlain(binding: CypherBinding, projection: ParsedProjection, state: ClauseState, items: readonly Item[]): Projected {
  const maker = new Maker(binding);
  const variables = items.map((item) => maker.variable(item, item.value));
  const seen = (projection.distinct ? state.scope.emptied() : state.scope).with(...variables);
  const again = knownAgain(items, variables);
  const known = (parsed: CypherExpression) => (parsed.kind === "ParsedVariable" ? undefined : again(parsed)?.value);
  const behind = { binding, scope: seen, aggregates: undefined, known };
  const keys = bindKeys(behind, projection);
  return { ordered: sorted(distinct(maker.operator(state.operator), projection, variables), keys), variables, behind };
}

function bindGrouped(
  binding: CypherBinding,
  projection: ParsedProjection,
  state: ClauseState,
  items: readonly Item[],
  collector: AggregateCollector,
): Projected {
  const grouping = new Grouping(binding, state.operator, collector.items);
  const groups = items.map((item) => (grouping.aggregates(item.value) ? undefined : grouping.add(item.name, item.value)));
  const maker = new Maker(binding);
  const variables = items.map((item, index) => {
    const group = groups[index];
    const value = group === undefined ? grouping.above(item.value, item.parsed!.value.position) : columnReference(group);
    return maker.variable(item, value);
  });
  const seen = state.scope.emptied().with(...variables);
  const again = knownAgain(items, variables);
  const context = { binding, scope: seen, aggregates: collector, aggregateScope: state.scope.emptied() };
  const keys = projection.orderBy.map(({ value, descending }): SortKey => {
    const aggregates = containsAggregate(value);
    const known = (parsed: CypherExpression): BoundExpression | undefined => {
      if (parsed.kind === "ParsedVariable") return undefined;
      const found = again(parsed);
      const aggregate = found === undefined ? collector.written.get(parsedKey(parsed)) : undefined;
      if (aggregate !== undefined) return columnReference(aggregate);
      if (found === undefined || !aggregates || isSimple(found.item.value) || grouping.aggregates(found.item.value)) return found?.value;
      const message = "an expression by which rows are grouped stands beside an aggregate: give it a name and use that";
      throw binding.syntaxError("AmbiguousAggregationExpression", message, parsed.position);
    };
    return { value: bindExpression({ ...context, known }, value), descending, nullsFirst: descending };
  });
  const ofKey = (parsed: CypherExpression): BoundExpression | undefined => {
    const found = parsed.kind === "ParsedVariable" ? undefined : again(parsed);
    return found === undefined || grouping.aggregates(found.item.value) ? undefined : found.value;
  };
  const behind = { binding, scope: seen, aggregates: undefined, known: ofKey };
  return { ordered: sorted(distinct(maker.operator(grouping.operator()), projection, variables), keys), variables, behind };
}

interface KnownItem {
  readonly item: Item;
  readonly value: BoundExpression;
}

/** Finds the item that is written like an expression. */
function knownAgain(items: readonly Item[], variables: readonly Variable[]): (parsed: CypherExpression) => KnownItem | undefined {
  const found = new Map<string, KnownItem>();
  items.forEach((item, index) => {
    if (item.parsed !== undefined) found.set(parsedKey(item.parsed.value), { item, value: readVariable(variables[index]!) });
  });
  return (parsed) => found.get(parsedKey(parsed));
}

function bindKeys(context: ExpressionContext, { orderBy }: ParsedProjection): readonly SortKey[] {
  return orderBy.map(({ value, descending }) => ({ value: bindExpression(context, value), descending, nullsFirst: descending }));
}

function distinct(input: LogicalOperator, projection: ParsedProjection, variables: readonly Variable[]): LogicalOperator {
  return projection.distinct ? { kind: "LogicalDistinct", input, on: variables.map(readVariable) } : input;
}

function sorted(input: LogicalOperator, keys: readonly SortKey[]): LogicalOperator {
  return keys.length === 0 ? input : { kind: "LogicalSort", input, keys };
}
