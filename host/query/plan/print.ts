/**
 * Plans as text: EXPLAIN's answer, and what the goldens of binder and optimiser compare.
 *
 * One operator a line, its inputs indented below it. A column is printed as `name#number`, so that two of one name can be told apart;
 * without numbers (`numbers: false`) as its name. Casts are printed as `x::type`, implicit ones too; a lifted literal as `$lN`.
 */
import { formatType } from "../type/name.ts";
import type { BoundExpression, BoundSubquery, ColumnId } from "./expression.ts";
import type {
  Direction,
  ExpandTarget,
  GraphChange,
  GraphOperator,
  LogicalCreateGraph,
  NodeAccess,
  StepPredicate,
} from "./graph-operator.ts";
import type {
  LogicalAggregateItem,
  LogicalConflict,
  LogicalOperator,
  LogicalPlan,
  LogicalWindow,
  PlanColumn,
  ScanAccess,
  ScanColumn,
  SortKey,
  WindowBound,
  WindowFrame,
  WindowItem,
} from "./operator.ts";
import { columnsUsed, inputsOf } from "./walk.ts";

/** Window functions that look at a frame. */
const FRAMED: ReadonlySet<string> = new Set(["aggregate", "first_value", "last_value", "nth_value"]);

export interface PrintOptions {
  readonly numbers: boolean;
}

const DEFAULTS: PrintOptions = { numbers: true };

/** The output's columns, then the operators. */
export function printPlan({ root, output, parameters }: LogicalPlan, options: PrintOptions = DEFAULTS): string {
  const printer = new Printer(options);
  const columns = output.map((column) => `${printer.column(column.column, column.name)} ${formatType(column.type)}`);
  const lines = [`Output: ${columns.join(", ")}`];
  if (parameters.length > 0) lines.push(`Parameters: ${parameters.map(formatType).join(", ")}`);
  printer.operator(root, 0, lines);
  return lines.join("\n");
}

export function printOperator(operator: LogicalOperator, options: PrintOptions = DEFAULTS): string {
  const lines: string[] = [];
  new Printer(options).operator(operator, 0, lines);
  return lines.join("\n");
}

export function printExpression(expression: BoundExpression, options: PrintOptions = DEFAULTS): string {
  return new Printer(options).expression(expression);
}

class Printer {
  readonly #numbers: boolean;
  /** Plans of subqueries in the expressions of the operator that is being printed: they follow below it. */
  #subqueries: BoundSubquery[] = [];

  constructor({ numbers }: PrintOptions) {
    this.#numbers = numbers;
  }

  operator(operator: LogicalOperator, depth: number, lines: string[]): void {
    this.#subqueries = [];
    lines.push(`${"  ".repeat(depth)}${this.#head(operator)}`);
    const subqueries = this.#subqueries;
    for (const [index, subquery] of subqueries.entries()) {
      lines.push(`${"  ".repeat(depth + 1)}Subquery ${index + 1}${this.#outer(subquery)}`);
      this.operator(subquery.plan, depth + 2, lines);
    }
    for (const input of inputsOf(operator)) this.operator(input, depth + 1, lines);
  }

  column(column: ColumnId, name: string): string {
    return this.#numbers ? `${name}#${column}` : name;
  }

  #outer({ outer }: BoundSubquery): string {
    return outer.length === 0 || !this.#numbers ? "" : ` (outer ${outer.map((column) => `#${column}`).join(", ")})`;
  }

  #head(operator: LogicalOperator): string {
    switch (operator.kind) {
      case "LogicalScan": {
        const alias = operator.alias === operator.collection ? "" : ` ${operator.alias}`;
        const columns = operator.columns.map((column) => this.#scanColumn(column)).join(", ");
        return `Scan ${operator.collection}${alias} (${columns})${this.#access(operator.access)}`;
      }
      case "LogicalValues":
        return `Values ${this.#columns(operator.columns)}: ${operator.rows.map((row) => `(${this.#list(row)})`).join(", ")}`;
      case "LogicalFunctionScan": {
        const columns = operator.ordinality === undefined ? operator.columns : [...operator.columns, operator.ordinality];
        return `FunctionScan ${operator.name}(${this.#list(operator.arguments)}) ${this.#columns(columns)}`;
      }
      case "LogicalFilter":
        return `Filter ${this.expression(operator.predicate)}`;
      case "LogicalProject":
        return `Project ${this.#items(operator.items)}`;
      case "LogicalJoin": {
        const mark = operator.mark === undefined ? "" : ` ${this.column(operator.mark.column, operator.mark.name)}`;
        const condition = operator.condition === undefined ? "" : ` on ${this.expression(operator.condition)}`;
        return `Join ${operator.join}${operator.dependent ? " dependent" : ""}${mark}${condition}`;
      }
      case "LogicalAggregate": {
        const groups = operator.groups.length === 0 ? "" : ` by ${this.#items(operator.groups)}`;
        const aggregates = operator.aggregates.map((item) => this.#aggregate(item)).join(", ");
        return `Aggregate${groups}${aggregates === "" ? "" : `: ${aggregates}`}`;
      }
      case "LogicalWindow":
        return `WindowAgg ${operator.items.map((item) => this.#windowItem(item)).join(", ")}${this.#window(operator)}`;
      default:
        return this.#otherHead(operator);
    }
  }

  #otherHead(operator: Exclude<LogicalOperator, { readonly kind: "LogicalScan" | "LogicalValues" | "LogicalFunctionScan" }>): string {
    switch (operator.kind) {
      case "LogicalDistinct":
        return `Distinct on ${this.#list(operator.on)}`;
      case "LogicalSort":
        return `Sort ${operator.keys.map((key) => this.#key(key)).join(", ")}`;
      case "LogicalLimit": {
        const limit = operator.limit === undefined ? "" : ` ${this.expression(operator.limit)}`;
        const offset = operator.offset === undefined ? "" : ` offset ${this.expression(operator.offset)}`;
        return `Limit${limit}${offset}`;
      }
      case "LogicalSetOperation": {
        const sides = [operator.leftColumns, operator.rightColumns].map((side) => `(${side.map((column) => `#${column}`).join(", ")})`);
        const of = this.#numbers ? ` of ${sides.join(" and ")}` : "";
        return `SetOperation ${operator.operator}${operator.all ? " all" : ""} ${this.#columns(operator.columns)}${of}`;
      }
      case "LogicalCommonTable": {
        const columns = this.#numbers ? ` (${operator.definitionColumns.map((column) => `#${column}`).join(", ")})` : "";
        return `CommonTable ${operator.name}${columns}`;
      }
      case "LogicalCommonReference":
        return `CommonReference ${operator.name} ${this.#columns(operator.columns)}`;
      case "LogicalInsert": {
        const values = operator.values.map(({ target, name, column }) => `${targetName(target, name)} = #${column}`).join(", ");
        const conflict = operator.conflict === undefined ? "" : this.#conflict(operator.conflict);
        return `Insert ${operator.collection} (${values})${conflict}${this.#returning(operator)}`;
      }
      case "LogicalUpdate": {
        const set = operator.assignments
          .map(({ target, name, value }) => `${targetName(target, name)} = ${this.expression(value)}`)
          .join(", ");
        return `Update ${operator.collection} #${operator.row} set ${set}${this.#returning(operator)}`;
      }
      case "LogicalDelete":
        return `Delete ${operator.collection} #${operator.row}${this.#returning({ ...operator, written: [] })}`;
      default:
        return this.#graphHead(operator as GraphOperator);
    }
  }

  #graphHead(operator: GraphOperator): string {
    switch (operator.kind) {
      case "LogicalNodeScan":
        return `NodeScan ${this.#made(operator.node)}${labelText(operator.labels)}${this.#nodeAccess(operator.access)}`;
      case "LogicalRelationshipScan": {
        const { relationship, start, end, types, access } = operator;
        return `RelationshipScan (${this.#made(start)})-[${this.#made(relationship)}${typeText(types)}]->(${this.#made(end)})${this.#nodeAccess(access)}`;
      }
      case "LogicalExpand": {
        const { from, direction, types, target, relationship, optional } = operator;
        const walk = this.#walk(from, direction, `${this.#made(relationship)}${typeText(types)}`, this.#target(target));
        return `Expand${optional ? " optional" : ""} ${walk}`;
      }
      case "LogicalCountExpand": {
        const { from, direction, types, node, relationship, labels, condition, others, count } = operator;
        const isTested = condition !== undefined && columnsUsed(condition).has(relationship.column);
        const name = isTested ? this.#made(relationship) : "";
        const walk = this.#walk(from, direction, `${name}${typeText(types)}`, this.#target({ kind: "new", node, labels }));
        const test = condition === undefined ? "" : ` where ${this.expression(condition)}`;
        const without = others.length === 0 ? "" : ` without ${others.map((other) => this.expression(other)).join(", ")}`;
        return `CountExpand ${this.#made(count)} = ${walk}${test}${without}`;
      }
      case "LogicalVarExpand": {
        const { from, direction, types, target, relationships, minimum, maximum, step, reachable } = operator;
        const range = `${this.#made(relationships)}${typeText(types)}*${minimum}..${maximum ?? ""}`;
        return `VarExpand${reachable ? " reachable" : ""} ${this.#walk(from, direction, range, this.#target(target))}${this.#step(step)}`;
      }
      case "LogicalShortestPath": {
        const { from, to, direction, types, relationships, minimum, maximum, step, all } = operator;
        const range = `${this.#made(relationships)}${typeText(types)}*${minimum}..${maximum ?? ""}`;
        return `ShortestPath${all ? " all" : ""} ${this.#walk(from, direction, range, this.expression(to))}${this.#step(step)}`;
      }
      case "LogicalCreateGraph":
        return `CreateGraph ${this.#created(operator)}`;
      case "LogicalMergeGraph": {
        const { onCreate, onMatch } = operator;
        const created = onCreate.length === 0 ? "" : ` on create ${this.#changes(onCreate)}`;
        const matched = onMatch.length === 0 ? "" : ` on match ${this.#changes(onMatch)}`;
        return `MergeGraph ${this.#created(operator)}${created}${matched}`;
      }
      case "LogicalSetGraph":
        return `SetGraph ${this.#changes(operator.changes)}`;
      case "LogicalDeleteGraph":
        return `DeleteGraph${operator.detach ? " detach" : ""} ${this.#list(operator.values)}`;
      case "LogicalForeach":
        return `Foreach ${this.#made(operator.item)} in ${this.expression(operator.list)}`;
    }
  }

  #made({ column, name }: PlanColumn): string {
    return this.column(column, name);
  }

  #walk(from: BoundExpression, direction: Direction, middle: string, to: string): string {
    const [left, right] = direction === "in" ? ["<-", "-"] : direction === "out" ? ["-", "->"] : ["-", "-"];
    return `(${this.expression(from)})${left}[${middle}]${right}(${to})`;
  }

  #target(target: ExpandTarget): string {
    return target.kind === "new" ? `${this.#made(target.node)}${labelText(target.labels)}` : `into ${this.expression(target.node)}`;
  }

  #step(step: StepPredicate | undefined): string {
    return step === undefined ? "" : ` each ${this.#made(step.relationship)} ${this.expression(step.condition)}`;
  }

  #nodeAccess(access: NodeAccess | undefined): string {
    if (access === undefined) return "";
    if (access.kind !== "index") return ` by ${access.kind} ${this.#list(access.values)}`;
    return this.#indexAccess(access);
  }

  #created({ nodes, relationships }: Pick<LogicalCreateGraph, "nodes" | "relationships">): string {
    const properties = (map: BoundExpression | undefined): string => (map === undefined ? "" : ` ${this.expression(map)}`);
    const made = nodes.map(({ node, labels, properties: map }) => `(${this.#made(node)}${labelText(labels)}${properties(map)})`);
    const joined = relationships.map(({ relationship, type, start, end, properties: map }) =>
      this.#walk(start, "out", `${this.#made(relationship)}:${type}${properties(map)}`, this.expression(end)),
    );
    return [...made, ...joined].join(", ");
  }

  #changes(changes: readonly GraphChange[]): string {
    const texts = changes.map((change) => {
      const target = this.expression(change.target);
      if (change.kind === "labels") return `${change.remove ? "remove " : ""}${target}${labelText(change.labels)}`;
      if (change.kind === "property") return `${target}.${change.name} = ${this.expression(change.value)}`;
      return `${target} ${change.merge ? "+=" : "="} ${this.expression(change.value)}`;
    });
    return texts.join(", ");
  }

  #returning({
    returning,
    written,
  }: {
    readonly returning: { readonly items: readonly Item[] } | undefined;
    readonly written: readonly ScanColumn[];
  }) {
    if (returning === undefined) return "";
    const columns = written.length === 0 ? "" : ` (${written.map((column) => this.#scanColumn(column)).join(", ")})`;
    return ` returning ${this.#items(returning.items)}${columns}`;
  }

  #conflict(conflict: LogicalConflict): string {
    const target = conflict.target.length === 0 ? "" : ` (${conflict.target.join(", ")})`;
    if (conflict.action !== "update") return ` on conflict${target} ${conflict.action}`;
    const set = conflict.assignments.map(({ target: to, name, value }) => `${targetName(to, name)} = ${this.expression(value)}`).join(", ");
    const rows = [conflict.existing, conflict.excluded].map(
      (columns) => `(${columns.map((column) => this.#scanColumn(column)).join(", ")})`,
    );
    const where = conflict.where === undefined ? "" : ` where ${this.expression(conflict.where)}`;
    return ` on conflict${target} set ${set}${where} existing ${rows[0]} excluded ${rows[1]}`;
  }

  #scanColumn({ column, name, source }: ScanColumn): string {
    return `${this.column(column, name)}${this.#numbers ? ` ${targetName(source, name)}` : ""}`;
  }

  #access(access: ScanAccess | undefined): string {
    if (access === undefined) return "";
    if (access.kind === "key") return ` by key ${access.keys.map((key) => `(${this.#list(key)})`).join(", ")}`;
    return this.#indexAccess(access);
  }

  #indexAccess(access: Extract<ScanAccess | NodeAccess, { readonly kind: "index" }>): string {
    const parts = access.equal.map((value) => `= ${this.expression(value)}`);
    if (access.lower !== undefined) parts.push(`>${access.lower.inclusive ? "=" : ""} ${this.expression(access.lower.value)}`);
    if (access.upper !== undefined) parts.push(`<${access.upper.inclusive ? "=" : ""} ${this.expression(access.upper.value)}`);
    if (access.prefix !== undefined) parts.push(`like ${this.expression(access.prefix)}`);
    return ` by index ${access.index}${access.descending ? " backwards" : ""}${parts.length === 0 ? "" : ` ${parts.join(" and ")}`}`;
  }

  #columns(columns: readonly PlanColumn[]): string {
    return `(${columns.map(({ column, name }) => this.column(column, name)).join(", ")})`;
  }

  #list(expressions: readonly BoundExpression[]): string {
    return expressions.map((expression) => this.expression(expression)).join(", ");
  }

  #items(items: readonly Item[]): string {
    return items.map(({ column, name, value }) => `${this.column(column, name)} = ${this.expression(value)}`).join(", ");
  }

  #key({ value, descending, nullsFirst }: SortKey): string {
    const nulls = nullsFirst === descending ? "" : nullsFirst ? " nulls first" : " nulls last";
    return `${this.expression(value)}${descending ? " desc" : ""}${nulls}`;
  }

  #aggregate({ column, name, aggregate, arguments: arguments_, distinct, filter, orderBy }: LogicalAggregateItem): string {
    const values = aggregate.parameters.length === 0 ? "*" : this.#list(arguments_);
    const order = orderBy.length === 0 ? "" : ` order by ${orderBy.map((key) => this.#key(key)).join(", ")}`;
    const only = filter === undefined ? "" : ` filter ${this.expression(filter)}`;
    return `${this.column(column, name)} = ${aggregate.name}(${distinct ? "distinct " : ""}${values}${order})${only}`;
  }

  #windowItem({ column, name, function: made, arguments: given, filter, frame }: WindowItem): string {
    const called = made.kind === "aggregate" ? made.aggregate.name : made.kind;
    const values = made.kind === "aggregate" && made.aggregate.parameters.length === 0 ? "*" : this.#list(given);
    const only = filter === undefined ? "" : ` filter ${this.expression(filter)}`;
    const within = FRAMED.has(made.kind) ? this.#frame(frame) : "";
    return `${this.column(column, name)} = ${called}(${values})${only}${within}`;
  }

  #window({ partitionBy, orderBy }: LogicalWindow): string {
    const parts = partitionBy.length === 0 ? "" : ` partition by ${this.#list(partitionBy)}`;
    return `${parts}${orderBy.length === 0 ? "" : ` order by ${orderBy.map((key) => this.#key(key)).join(", ")}`}`;
  }

  /** Nothing for the default frame. */
  #frame({ unit, start, end, exclude }: WindowFrame): string {
    if (unit === "range" && start.kind === "unbounded" && end.kind === "current" && exclude === "none") return "";
    const bound = (side: WindowBound, unbounded: string): string => {
      if (side.kind === "current") return "current row";
      return side.kind === "unbounded" ? `unbounded ${unbounded}` : `${this.expression(side.offset)} ${side.kind}`;
    };
    const without = exclude === "none" ? "" : ` exclude ${exclude === "current" ? "current row" : exclude}`;
    return ` ${unit} between ${bound(start, "preceding")} and ${bound(end, "following")}${without}`;
  }

  expression(expression: BoundExpression): string {
    switch (expression.kind) {
      case "BoundProperty":
        return `${this.expression(expression.operand)}.${expression.name}`;
      case "BoundList":
        return `[${this.#list(expression.items)}]`;
      case "BoundMap":
        return `{${expression.items.map((item, index) => `${expression.names[index]}: ${this.expression(item)}`).join(", ")}}`;
      case "BoundReduce": {
        const { list, initial, accumulator, item, result } = expression;
        const from = `${this.column(accumulator, "accumulator")} = ${this.expression(initial)}`;
        return `reduce(${from}, ${this.column(item, "item")} in ${this.expression(list)} | ${this.expression(result)})`;
      }
      case "BoundConstant":
        return constantText(expression.value);
      case "BoundLiteral":
        return `${expression.negative ? "-" : ""}$l${expression.slot}:${formatType(expression.type)}`;
      case "BoundParameter":
        return `$${expression.index}`;
      case "BoundColumn":
        return this.column(expression.column, expression.name);
      case "BoundCall":
        return this.#call(expression);
      case "BoundLogical":
        return `(${expression.operands.map((operand) => this.expression(operand)).join(` ${expression.operator.toLowerCase()} `)})`;
      case "BoundNot":
        return `not ${this.expression(expression.operand)}`;
      case "BoundIsNull":
        return `${this.expression(expression.operand)} is ${expression.negated ? "not " : ""}null`;
      case "BoundIsBoolean":
        return `${this.expression(expression.operand)} is ${expression.negated ? "not " : ""}${expression.test}`;
      case "BoundCase": {
        const branches = expression.branches.map(
          ({ condition, result }) => ` when ${this.expression(condition)} then ${this.expression(result)}`,
        );
        const otherwise = expression.otherwise === undefined ? "" : ` else ${this.expression(expression.otherwise)}`;
        return `case${branches.join("")}${otherwise} end`;
      }
      case "BoundCoalesce":
        return `coalesce(${this.#list(expression.items)})`;
      case "BoundInList":
        return `${this.expression(expression.operand)} in (${this.#list(expression.items)})`;
      case "BoundField":
        return `${this.expression(expression.operand)}.${expression.name}`;
      case "BoundSubquery":
        return this.#subquery(expression);
    }
  }

  #call({ function: { name, role }, arguments: arguments_, type }: Extract<BoundExpression, { readonly kind: "BoundCall" }>): string {
    const [first, second] = arguments_;
    if (role === "cast" && first !== undefined) return `${this.expression(first)}::${formatType(type)}`;
    if (role === "operator" && first !== undefined) {
      return second === undefined
        ? `(${name} ${this.expression(first)})`
        : `(${this.expression(first)} ${name} ${this.expression(second)})`;
    }
    return `${name}(${this.#list(arguments_)})`;
  }

  #subquery(subquery: BoundSubquery): string {
    const operand = subquery.operand === undefined ? "" : `${this.expression(subquery.operand)} ${subquery.comparison?.name ?? ""} `;
    this.#subqueries.push(subquery);
    const column = subquery.column === undefined || !this.#numbers ? "" : ` #${subquery.column}`;
    return `${operand}${subquery.test}(subquery ${this.#subqueries.length}${column})`;
  }
}

type Item = PlanColumn & { readonly value: BoundExpression };

function constantText(value: Extract<BoundExpression, { readonly kind: "BoundConstant" }>["value"]): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (value instanceof Uint8Array) return `x'${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
  return String(value);
}

function labelText(labels: readonly string[]): string {
  return labels.map((label) => `:${label}`).join("");
}

function typeText(types: readonly string[]): string {
  return types.length === 0 ? "" : `:${types.join("|")}`;
}

/** What of a row is meant: a column's number, a path, or a word. */
function targetName(source: ScanColumn["source"], name: string): string {
  if (source.kind === "column") return `${name}@${source.number}`;
  return source.kind === "path" ? `.${source.names.join(".")}` : source.kind;
}
