/**
 * Windows: the WINDOW clause, OVER (...), and the operators that compute window functions.
 *
 * 1. A window is copied from another by its name: PARTITION BY cannot be given again, ORDER BY only if the other has none, and what has a
 *    frame cannot be copied (42P20).
 * 2. Functions over windows of one partition and order are one operator, and stand on one sort with those whose keys begin the same
 *    way: rows that are sorted by (a, b, c) are sorted by (a, b).
 * 3. Windows are computed above groups and HAVING, and below what the select list makes.
 * 4. What a window operator reads of a row is a column: expressions are computed below the sort.
 */
import type { ParsedFrame, ParsedFrameBound, ParsedWindow } from "../ast/expression.ts";
import type { ParsedName } from "../ast/name.ts";
import type { ParsedWindowDefinition } from "../ast/query.ts";
import type { BoundColumn, BoundExpression } from "../plan/expression.ts";
import type {
  LogicalOperator,
  LogicalProject,
  LogicalSort,
  SortKey,
  WindowBound,
  WindowFrame,
  WindowFunction,
  WindowItem,
} from "../plan/operator.ts";
import { columnsOf, columnsUsed, isVolatile, mapExpressions } from "../plan/walk.ts";
import { formatPlainType, formatType } from "../type/name.ts";
import { plainType, type SqlType } from "../type/type.ts";
import { bindOrder } from "./call.ts";
import { coerce, coerceImplicitly, constant, settle } from "./coerce.ts";
import { bindExpression, type Context, startOf } from "./expression.ts";
import { keyOf } from "./key.ts";
import { bindOperator } from "./operation.ts";

export interface Window {
  readonly partitionBy: readonly BoundExpression[];
  readonly orderBy: readonly SortKey[];
  readonly frame: WindowFrame;
  /** The frame was written. */
  readonly isFramed: boolean;
}

const DEFAULT_FRAME: WindowFrame = { unit: "range", start: { kind: "unbounded" }, end: { kind: "current" }, exclude: "none" };
/** All rows of the partition. */
export const WHOLE_FRAME: WindowFrame = { ...DEFAULT_FRAME, end: { kind: "unbounded" } };

/** A function as it is asked for. */
export interface WindowUse {
  readonly name: string;
  readonly type: SqlType;
  readonly function: WindowFunction;
  readonly arguments: readonly BoundExpression[];
  readonly filter: BoundExpression | undefined;
}

interface Collected {
  readonly window: Window;
  readonly item: WindowItem;
}

/** The windows of a query and the functions over them. */
export class WindowCollector {
  readonly #context: Context;
  readonly #named = new Map<string, Window>();
  readonly #items = new Map<string, Collected>();

  /** `context` is that of the select list: aggregates may stand in windows. */
  constructor(context: Context, definitions: readonly ParsedWindowDefinition[]) {
    const { binding } = context;
    this.#context = { ...context, clause: "window definitions" };
    for (const { name, window } of definitions) {
      if (this.#named.has(name.folded)) {
        throw binding.error("42P20", `window "${name.folded}" is already defined`, this.#bracket(window));
      }
      this.#named.set(name.folded, this.#bind(window));
    }
  }

  /** The window of OVER. */
  over(parsed: ParsedWindow | ParsedName): Window {
    return parsed.kind === "ParsedName" ? this.#find(parsed) : this.#bind(parsed);
  }

  /** The column of a function over a window; the same for uses that give the same. */
  add(window: Window, use: WindowUse): BoundColumn {
    const { binding } = this.#context;
    const key = JSON.stringify([windowKey(window), frameKey(window.frame), useKey(use)]);
    const volatile = [...use.arguments, ...(use.filter === undefined ? [] : [use.filter])].some(isVolatile);
    let known = volatile ? undefined : this.#items.get(key);
    if (known === undefined) {
      const { name, type, filter } = use;
      const item = {
        column: binding.newColumn(),
        name,
        type,
        function: use.function,
        arguments: use.arguments,
        filter,
        frame: window.frame,
      };
      known = { window, item };
      this.#items.set(volatile ? `${key} ${item.column}` : key, known);
    }
    return { kind: "BoundColumn", type: known.item.type, column: known.item.column, name: known.item.name };
  }

  isIn(expression: BoundExpression): boolean {
    const used = columnsUsed(expression);
    return [...this.#items.values()].some(({ item }) => used.has(item.column));
  }

  /** What computes the functions above an operator; `above` makes expressions over its columns of what was bound below. */
  placed(above: (value: BoundExpression) => BoundExpression): (input: LogicalOperator) => LogicalOperator {
    const placed = [...this.#items.values()].map((collected) => mapCollected(collected, above));
    return (input) => (placed.length === 0 ? input : this.#operators(input, placed));
  }

  // Binding ---------------------------------------------------------------------------------------------------------------

  #find(name: ParsedName): Window {
    const window = this.#named.get(name.folded);
    if (window === undefined) throw this.#context.binding.error("42704", `window "${name.folded}" does not exist`, name.position);
    return window;
  }

  #bind(parsed: ParsedWindow): Window {
    const { binding } = this.#context;
    const base = parsed.base && this.#find(parsed.base);
    const refuse = (message: string) => binding.error("42P20", message, this.#bracket(parsed));
    const named = `window "${parsed.base?.folded}"`;
    const [firstPart] = parsed.partitionBy;
    const [firstKey] = parsed.orderBy;
    if (base !== undefined && firstPart !== undefined) {
      throw refuse(`cannot override PARTITION BY clause of ${named}`);
    }
    const hasOrder = (base?.orderBy.length ?? 0) > 0;
    if (hasOrder && firstKey !== undefined) throw refuse(`cannot override ORDER BY clause of ${named}`);
    if (base?.isFramed === true) {
      const isBare = firstKey === undefined && parsed.frame === undefined;
      const hint = isBare ? " (HINT: Omit the parentheses in this OVER clause.)" : "";
      throw refuse(`cannot copy ${named} because it has a frame clause${hint}`);
    }
    const orderBy = hasOrder ? base!.orderBy : parsed.orderBy.map((order) => bindOrder(this.#context, order));
    const partitionBy = base?.partitionBy ?? parsed.partitionBy.map((part) => settle(binding, bindExpression(this.#context, part)));
    for (const { value } of orderBy) this.#refuseJson(value, "an ordering");
    for (const value of partitionBy) this.#refuseJson(value, "an equality");
    const frame = parsed.frame === undefined ? DEFAULT_FRAME : this.#frame(parsed.frame, orderBy, this.#bracket(parsed));
    return { partitionBy, orderBy, frame, isFramed: parsed.frame !== undefined };
  }

  /** JSON that is kept as text is not compared. */
  #refuseJson(value: BoundExpression, operator: string): void {
    const { binding } = this.#context;
    if (value.type.name !== "json") return;
    throw binding.error("42883", `could not identify ${operator} operator for type json`, binding.positionOf(value) ?? 0);
  }

  /** Where PostgreSQL says that a window stands: its bracket. */
  #bracket({ position }: ParsedWindow): number {
    return this.#context.binding.text.lastIndexOf("(", position - 1);
  }

  #frame(parsed: ParsedFrame, orderBy: readonly SortKey[], position: number): WindowFrame {
    const { binding } = this.#context;
    const isOffset = (bound: ParsedFrameBound | undefined): boolean => bound?.offset !== undefined;
    if (parsed.unit === "GROUPS" && orderBy.length === 0) {
      throw binding.error("42P20", "GROUPS mode requires an ORDER BY clause", position);
    }
    if (parsed.unit === "RANGE" && (isOffset(parsed.start) || isOffset(parsed.end)) && orderBy.length !== 1) {
      throw binding.error("42P20", "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column", position);
    }
    const bound = (side: ParsedFrameBound): WindowBound => this.#bound(parsed, side, orderBy);
    return {
      unit: UNITS[parsed.unit],
      start: bound(parsed.start),
      end: parsed.end === undefined ? { kind: "current" } : bound(parsed.end),
      exclude: parsed.exclude === undefined ? "none" : EXCLUSIONS[parsed.exclude],
    };
  }

  #bound(frame: ParsedFrame, { bound, offset: parsed }: ParsedFrameBound, [key]: readonly SortKey[]): WindowBound {
    const { binding, level } = this.#context;
    if (parsed === undefined) return bound === "CURRENT ROW" ? { kind: "current" } : { kind: "unbounded" };
    const kind = bound === "PRECEDING" ? "preceding" : "following";
    const given = bindExpression({ binding, level, clause: `window ${frame.unit}`, aggregates: undefined }, parsed);
    const made: WindowBound =
      frame.unit === "RANGE" ? this.#range(kind, given, key!, startOf(parsed)) : this.#distance(kind, given, frame.unit, startOf(parsed));
    if ([...columnsUsed(given)].every((column) => level.outer.has(column))) return made;
    throw binding.error("42P10", `argument of ${frame.unit} must not contain variables`, startOf(parsed));
  }

  /** Rows or groups. */
  #distance(kind: "preceding" | "following", given: BoundExpression, unit: string, position: number): WindowBound {
    const { binding } = this.#context;
    const offset = coerce(binding, given, plainType("bigint"), "assignment");
    if (offset !== undefined) return { kind, offset, range: undefined };
    throw binding.error("42804", `argument of ${unit} must be type bigint, not type ${formatType(given.type)}`, position);
  }

  #range(kind: "preceding" | "following", given: BoundExpression, order: SortKey, position: number): WindowBound {
    const { binding } = this.#context;
    const type = order.value.type;
    const ways = RANGES.get(type.name);
    const refuse = (what: string) =>
      binding.error("0A000", `RANGE with offset PRECEDING/FOLLOWING is not supported for column type ${what}`, position);
    if (ways === undefined) throw refuse(formatPlainType(type));
    const to =
      given.type.name === "unknown" ? ways.preferred : (ways.offsets.find((name) => name === given.type.name) ?? widened(given, ways));
    if (to === undefined) {
      const hint = "Cast the offset value to an appropriate type.";
      throw refuse(`${formatPlainType(type)} and offset type ${formatPlainType(given.type)} (HINT: ${hint})`);
    }
    const offset = coerceImplicitly(binding, given, plainType(to));
    const key = ways.key === undefined ? order.value : coerceImplicitly(binding, order.value, plainType(ways.key));
    const operator = (kind === "preceding") === order.descending ? "+" : "-";
    const limit = ways.isNumber ? undefined : bindOperator(binding, operator, [key, offset], position);
    return { kind, offset, range: { key, limit, isNegative: isNegative(this.#context, offset, position) } };
  }

  // Operators -------------------------------------------------------------------------------------------------------------

  #operators(input: LogicalOperator, placed: readonly Collected[]): LogicalOperator {
    const columns = new ColumnMaker(this.#context, input);
    const groups = new Map<string, { readonly window: Window; readonly items: WindowItem[] }>();
    for (const { window, item } of placed) {
      const key = JSON.stringify(windowKey(window));
      const group = groups.get(key) ?? { window, items: [] };
      groups.set(key, group);
      group.items.push(item);
    }
    const made = [...groups.values()].map(({ window, items }) => {
      const partitionBy = window.partitionBy.map((value) => columns.of(value));
      const orderBy = window.orderBy.map((key) => ({ ...key, value: columns.of(key.value) }));
      const columned = items.map((item) => ({
        ...item,
        arguments: item.arguments.map((value) => columns.of(value)),
        filter: item.filter && columns.of(item.filter),
      }));
      return { partitionBy, orderBy, items: columned, keys: sortKeys(partitionBy, orderBy) };
    });
    let operator = columns.operator();
    let left = made;
    while (left.length > 0) {
      const longest = left.reduce((one, other) => (other.keys.length > one.keys.length ? other : one));
      const shared = left.filter((group) => beginsWith(longest.keys, group.keys));
      const inOrder = [...shared].sort((one, other) => other.keys.length - one.keys.length);
      if (longest.keys.length > 0) operator = { kind: "LogicalSort", input: operator, keys: longest.keys } satisfies LogicalSort;
      for (const { partitionBy, orderBy, items } of inOrder) {
        operator = { kind: "LogicalWindow", input: operator, partitionBy, orderBy, items };
      }
      left = left.filter((group) => !shared.includes(group));
    }
    return operator;
  }
}

const UNITS = { ROWS: "rows", RANGE: "range", GROUPS: "groups" } as const;
const EXCLUSIONS = { "CURRENT ROW": "current", GROUP: "group", TIES: "ties" } as const;

type PlainName = Parameters<typeof plainType>[0];

/** How a key of RANGE goes with an offset. */
interface RangeWay {
  readonly offsets: readonly PlainName[];
  /** What an untyped literal becomes. */
  readonly preferred: PlainName;
  /** The type in which keys are compared, where it is another one. */
  readonly key: PlainName | undefined;
  /** Integers and doubles are added by the operator: a sum may be beyond the type. */
  readonly isNumber: boolean;
}

const INTERVAL: PlainName = "interval";
const DOUBLE: PlainName = "double precision";
const TIMESTAMP: PlainName = "timestamp without time zone";

function numberWay(preferred: PlainName, ...offsets: readonly PlainName[]): RangeWay {
  return { offsets: [preferred, ...offsets], preferred, key: undefined, isNumber: true };
}

function intervalWay(key: PlainName | undefined): RangeWay {
  return { offsets: [INTERVAL], preferred: INTERVAL, key, isNumber: false };
}

const RANGES: ReadonlyMap<string, RangeWay> = new Map<string, RangeWay>([
  ["smallint", numberWay("smallint", "integer", "bigint")],
  ["integer", numberWay("integer", "smallint", "bigint")],
  ["bigint", numberWay("bigint")],
  ["real", numberWay(DOUBLE)],
  ["double precision", numberWay(DOUBLE)],
  ["numeric", { offsets: ["numeric"], preferred: "numeric", key: undefined, isNumber: false }],
  ["date", intervalWay(TIMESTAMP)],
  ["time without time zone", intervalWay(INTERVAL)],
  ["timestamp without time zone", intervalWay(undefined)],
  ["timestamp with time zone", intervalWay(undefined)],
  ["interval", intervalWay(undefined)],
]);

/** An offset of a narrower type than the key takes. */
function widened({ type }: BoundExpression, { preferred }: RangeWay): PlainName | undefined {
  const wider = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];
  const from = wider.indexOf(type.name);
  return from >= 0 && wider.includes(preferred) && from < wider.indexOf(preferred) ? preferred : undefined;
}

/** NaN is no distance either. */
function isNegative({ binding }: Context, offset: BoundExpression, position: number): BoundExpression {
  const zero = coerceImplicitly(binding, constant("0", plainType("unknown")), offset.type);
  const below = bindOperator(binding, "<", [offset, zero], position);
  if (offset.type.name !== "numeric" && offset.type.name !== DOUBLE) return below;
  const nan = coerceImplicitly(binding, constant("NaN", plainType("unknown")), offset.type);
  const isNan = bindOperator(binding, "=", [offset, nan], position);
  return { kind: "BoundLogical", type: below.type, operator: "OR", operands: [below, isNan] };
}

/** What the rows are sorted by: the partition, then the order; each key once. */
function sortKeys(partitionBy: readonly BoundExpression[], orderBy: readonly SortKey[]): readonly SortKey[] {
  const keys = new Map<string, SortKey>();
  for (const key of [...partitionBy.map((value) => ({ value, descending: false, nullsFirst: false })), ...orderBy]) {
    const name = keyOf(key.value);
    if (!keys.has(name) && columnsUsed(key.value).size > 0) keys.set(name, key);
  }
  return [...keys.values()];
}

function beginsWith(keys: readonly SortKey[], first: readonly SortKey[]): boolean {
  return first.every((key, index) => keys[index] !== undefined && sortKey(keys[index]) === sortKey(key));
}

function sortKey({ value, descending, nullsFirst }: SortKey): string {
  return JSON.stringify([keyOf(value), descending, nullsFirst]);
}

/** Equal for windows of one partition and order. */
function windowKey({ partitionBy, orderBy }: Window): readonly unknown[] {
  return [partitionBy.map(keyOf), orderBy.map(sortKey)];
}

function frameKey({ unit, start, end, exclude }: WindowFrame): readonly unknown[] {
  const bound = (side: WindowBound): readonly unknown[] =>
    side.kind === "unbounded" || side.kind === "current" ? [side.kind] : [side.kind, keyOf(side.offset)];
  return [unit, bound(start), bound(end), exclude];
}

function useKey({ name, function: made, arguments: given, filter }: WindowUse): readonly unknown[] {
  const parameters = made.kind === "aggregate" ? made.aggregate.parameters.map((type) => type.name) : [];
  return [made.kind, name, parameters, given.map(keyOf), filter && keyOf(filter)];
}

function mapCollected({ window, item }: Collected, change: (value: BoundExpression) => BoundExpression): Collected {
  const { partitionBy, orderBy, frame } = window;
  const nothing: LogicalOperator = { kind: "LogicalValues", columns: [], rows: [] };
  const operator = mapExpressions({ kind: "LogicalWindow", input: nothing, partitionBy, orderBy, items: [{ ...item, frame }] }, change);
  if (operator.kind !== "LogicalWindow") return { window, item };
  const [changed = item] = operator.items;
  return {
    window: { ...window, partitionBy: operator.partitionBy, orderBy: operator.orderBy, frame: changed.frame },
    item: changed,
  };
}

/** Makes columns of expressions, each once. */
class ColumnMaker {
  readonly #context: Context;
  readonly #input: LogicalOperator;
  readonly #own: ReadonlySet<number>;
  readonly #made = new Map<string, LogicalProject["items"][number]>();

  constructor(context: Context, input: LogicalOperator) {
    this.#context = context;
    this.#input = input;
    this.#own = new Set(columnsOf(input).map(({ column }) => column));
  }

  /** What is the same in all rows remains as it is. */
  of(value: BoundExpression): BoundExpression {
    if (value.kind === "BoundColumn") return value;
    const isFixed = value.kind !== "BoundSubquery" && ![...columnsUsed(value)].some((column) => this.#own.has(column));
    if (isFixed && !isVolatile(value)) return value;
    const key = isVolatile(value) ? `${this.#made.size}` : keyOf(value);
    let item = this.#made.get(key);
    if (item === undefined) {
      item = { column: this.#context.binding.newColumn(), name: "value", type: value.type, value };
      this.#made.set(key, item);
    }
    return { kind: "BoundColumn", type: item.type, column: item.column, name: item.name };
  }

  operator(): LogicalOperator {
    return this.#made.size === 0 ? this.#input : { kind: "LogicalProject", input: this.#input, items: [...this.#made.values()] };
  }
}
