/**
 * Cypher's expressions as parsed, with openCypher's precedence. AND, OR and XOR have all their operands in one node, and so have chains
 * of comparisons, so that long chains are flat.
 *
 * Where the language is SQL's the nodes are: literals, operators, CASE, subscripts (../expression.ts says what a slot is). A number whose
 * text has only digits is an INTEGER, which its sign and text are known to fit; any other is a FLOAT.
 */
import type {
  ParsedBinary,
  ParsedBoolean,
  ParsedCase,
  ParsedIs,
  ParsedLogical,
  ParsedNot,
  ParsedNull,
  ParsedNumber,
  ParsedSlice,
  ParsedString,
  ParsedSubscript,
  ParsedUnary,
} from "../expression.ts";
import type { ParsedName, ParsedNames } from "../name.ts";
import type { ParsedPattern } from "./pattern.ts";
import type { ParsedCypherQuery } from "./query.ts";

export type CypherExpression =
  | ParsedNumber
  | ParsedString
  | ParsedBoolean
  | ParsedNull
  | ParsedNamedParameter
  | ParsedVariable
  | ParsedUnary<CypherExpression>
  | ParsedBinary<CypherExpression>
  | ParsedLogical<CypherExpression, "AND" | "OR" | "XOR">
  | ParsedNot<CypherExpression>
  | ParsedIs<CypherExpression, "NULL">
  | ParsedComparisonChain
  | ParsedProperty
  | ParsedLabelTest
  | ParsedSubscript<CypherExpression>
  | ParsedSlice<CypherExpression>
  | ParsedList
  | ParsedMap
  | ParsedMapProjection
  | ParsedListComprehension
  | ParsedPatternComprehension
  | ParsedQuantifier
  | ParsedReduce
  | ParsedPatternExpression
  | ParsedQueryExpression
  | ParsedCase<CypherExpression>
  | ParsedFunction;

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

/** `$name`, `$1`, `` $`two words` ``. */
export interface ParsedNamedParameter extends Node<"ParsedNamedParameter"> {
  readonly name: string;
}

export interface ParsedVariable extends Node<"ParsedVariable"> {
  readonly name: ParsedName;
}

/** `1 < a <= 3`: at least two operators, each between its neighbours; one alone is a ParsedBinary. */
export interface ParsedComparisonChain extends Node<"ParsedComparisonChain"> {
  readonly operators: readonly CypherComparison[];
  readonly operands: readonly CypherExpression[];
}

export type CypherComparison = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** `a.name`: of a node, a relationship, a map. */
export interface ParsedProperty extends Node<"ParsedProperty"> {
  readonly operand: CypherExpression;
  readonly name: ParsedName;
}

/** `n:A:B`: whether it has all of these labels, or this type. */
export interface ParsedLabelTest extends Node<"ParsedLabelTest"> {
  readonly operand: CypherExpression;
  readonly labels: ParsedNames;
}

export interface ParsedList extends Node<"ParsedList"> {
  readonly items: readonly CypherExpression[];
}

export interface ParsedMap extends Node<"ParsedMap"> {
  readonly entries: readonly ParsedMapEntry[];
}

export interface ParsedMapEntry extends Node<"ParsedMapEntry"> {
  readonly name: ParsedName;
  readonly value: CypherExpression;
}

/** `n {.*, .a, b, c: 1}`. */
export interface ParsedMapProjection extends Node<"ParsedMapProjection"> {
  readonly variable: ParsedName;
  readonly items: readonly ParsedProjectedItem[];
}

export type ParsedProjectedItem = ParsedProjectedAll | ParsedProjectedProperty | ParsedProjectedVariable | ParsedMapEntry;

export interface ParsedProjectedAll extends Node<"ParsedProjectedAll"> {}

/** `.a`. */
export interface ParsedProjectedProperty extends Node<"ParsedProjectedProperty"> {
  readonly name: ParsedName;
}

/** `b`: the variable's value under its name. */
export interface ParsedProjectedVariable extends Node<"ParsedProjectedVariable"> {
  readonly name: ParsedName;
}

/** `[x IN list WHERE condition | result]`. */
export interface ParsedListComprehension extends Node<"ParsedListComprehension"> {
  readonly variable: ParsedName;
  readonly list: CypherExpression;
  readonly where: CypherExpression | undefined;
  /** Undefined: the element itself. */
  readonly result: CypherExpression | undefined;
}

/** `[p = (a)-->(b) WHERE condition | result]`. */
export interface ParsedPatternComprehension extends Node<"ParsedPatternComprehension"> {
  readonly pattern: ParsedPattern;
  readonly where: CypherExpression | undefined;
  readonly result: CypherExpression;
}

/** `all(x IN list WHERE condition)`. */
export interface ParsedQuantifier extends Node<"ParsedQuantifier"> {
  readonly quantifier: "ALL" | "ANY" | "NONE" | "SINGLE";
  readonly variable: ParsedName;
  readonly list: CypherExpression;
  readonly where: CypherExpression;
}

/** `reduce(accumulator = initial, x IN list | result)`. */
export interface ParsedReduce extends Node<"ParsedReduce"> {
  readonly accumulator: ParsedName;
  readonly initial: CypherExpression;
  readonly variable: ParsedName;
  readonly list: CypherExpression;
  readonly result: CypherExpression;
}

/** `(a)-->(b)` as a condition, or `shortestPath(...)` as a value: the pattern says which. */
export interface ParsedPatternExpression extends Node<"ParsedPatternExpression"> {
  readonly pattern: ParsedPattern;
}

/**
 * `EXISTS { ... }`, `COUNT { ... }`, `COLLECT { ... }`; a bare pattern is MATCH of it. The query only reads, and needs RETURN for COLLECT alone.
 */
export interface ParsedQueryExpression extends Node<"ParsedQueryExpression"> {
  readonly asks: "EXISTS" | "COUNT" | "COLLECT";
  readonly query: ParsedCypherQuery;
}

/** A call of a function, `apoc.text.join(...)` too. Names fold: functions are found without regard to case. */
export interface ParsedFunction extends Node<"ParsedFunction"> {
  readonly names: ParsedNames;
  readonly arguments: readonly CypherExpression[];
  /** count(*). */
  readonly star: boolean;
  readonly distinct: boolean;
}
