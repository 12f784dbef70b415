/**
 * Expressions as SQL text: names, types, literals, operators with as few brackets as precedence allows.
 *
 * 1. Parsing the text gives the same AST, positions and slots apart. That is what brackets are for, so a place asks for the level
 *    (below) that it can hold, and a looser expression gets brackets.
 * 2. Where the grammar takes only restricted expressions (DEFAULT, BETWEEN's lower bound, POSITION) every operator gets brackets.
 */
import type {
  ParsedArgument,
  ParsedCall,
  ParsedCase,
  ParsedExpression,
  ParsedFrame,
  ParsedFrameBound,
  ParsedOrder,
  ParsedWindow,
} from "./expression.ts";
import type { ParsedName, ParsedType } from "./name.ts";
import {
  ADDITION,
  AND,
  ATOM,
  COLLATE,
  COMPARISON,
  IS,
  MATCH,
  MULTIPLICATION,
  NOT,
  OR,
  OTHER,
  POSTFIX,
  POWER,
  SIGN,
  ZONE,
} from "./precedence.ts";
import { printQuery } from "./print-query.ts";

const BINARY_LEVELS: Readonly<Record<string, number>> = {
  "=": COMPARISON,
  "<>": COMPARISON,
  "<": COMPARISON,
  "<=": COMPARISON,
  ">": COMPARISON,
  ">=": COMPARISON,
  "+": ADDITION,
  "-": ADDITION,
  "*": MULTIPLICATION,
  "/": MULTIPLICATION,
  "%": MULTIPLICATION,
  "^": POWER,
};

export function printName(name: ParsedName): string {
  return name.quoted ? quote(name.text) : name.text;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

export function printNames(names: readonly ParsedName[]): string {
  return names.map(printName).join(".");
}

export function printNameList(names: readonly ParsedName[]): string {
  return `(${names.map(printName).join(", ")})`;
}

export function printString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export function printType(type: ParsedType): string {
  return typeHead(type) + (type.fields === undefined ? "" : ` ${typeFields(type)}`) + "[]".repeat(type.dimensions);
}

/** The name with its modifiers; those of an interval's SECOND are printed with its fields. */
function typeHead(type: ParsedType): string {
  const modifiers = type.modifiers.length > 0 && type.fields === undefined ? `(${type.modifiers.join(", ")})` : "";
  const [only] = type.name;
  const zoned = type.name.length === 1 ? /^(timestamp|time)( with(?:out)? time zone)$/.exec(only!) : null;
  if (zoned) return `${zoned[1]}${modifiers}${zoned[2]}`;
  return type.name.map(typeWord).join(".") + modifiers;
}

function typeWord(word: string): string {
  if (word === "double precision") return word;
  const varying = /^(.+) varying$/.exec(word)?.[1];
  if (varying !== undefined) return `${typeWord(varying)} varying`;
  return /^[a-z_][a-z0-9_$]*$/.test(word) ? word : quote(word);
}

function typeFields(type: ParsedType): string {
  return type.modifiers.length > 0 ? `${type.fields}(${type.modifiers[0]})` : type.fields!;
}

/** `lowest`: brackets go around what binds more loosely. */
export function printExpression(value: ParsedExpression, lowest = OR): string {
  const level = levelOf(value);
  const text = print(value, level);
  return level < lowest ? `(${text})` : text;
}

/** Where the grammar takes no operators but a sign. */
export function printRestricted(value: ParsedExpression): string {
  return printExpression(value, SIGN);
}

export function printList(values: readonly ParsedExpression[]): string {
  return values.map((value) => printExpression(value)).join(", ");
}

function levelOf(value: ParsedExpression): number {
  switch (value.kind) {
    case "ParsedLogical":
      return value.operator === "OR" ? OR : AND;
    case "ParsedNot":
      return NOT;
    case "ParsedIs":
    case "ParsedDistinctFrom":
      return IS;
    case "ParsedLike":
    case "ParsedBetween":
    case "ParsedInList":
    case "ParsedInSubquery":
      return MATCH;
    case "ParsedQuantified":
      return value.operator.endsWith("LIKE") || value.operator.endsWith("SIMILAR TO") ? MATCH : (BINARY_LEVELS[value.operator] ?? OTHER);
    case "ParsedBinary":
      return BINARY_LEVELS[value.operator] ?? OTHER;
    case "ParsedAtTimeZone":
      return ZONE;
    case "ParsedCollate":
      return COLLATE;
    case "ParsedUnary":
      return value.operator === "-" || value.operator === "+" ? SIGN : OTHER;
    case "ParsedNumber":
      return value.negative ? SIGN : ATOM;
    case "ParsedCast":
    case "ParsedSubscript":
    case "ParsedSlice":
    case "ParsedField":
      return POSTFIX;
    default:
      return ATOM;
  }
}

/** Without brackets of its own; `level` is the value's. */
function print(value: ParsedExpression, level: number): string {
  switch (value.kind) {
    case "ParsedLogical":
      return value.operands.map((operand) => printExpression(operand, level + 1)).join(` ${value.operator} `);
    case "ParsedNot":
      return `NOT ${printExpression(value.operand, NOT)}`;
    case "ParsedIs":
      return `${printExpression(value.operand, IS + 1)} IS ${not(value)}${value.test}`;
    case "ParsedDistinctFrom":
      return `${printExpression(value.left, IS + 1)} IS ${not(value)}DISTINCT FROM ${printExpression(value.right, IS + 1)}`;
    case "ParsedUnary": {
      const operand = printExpression(value.operand, level === SIGN ? SIGN : OTHER + 1);
      return printOperator(value.operator) + (/^[\w"'($]/.test(operand) && level === SIGN ? "" : " ") + operand;
    }
    case "ParsedBinary": {
      const loose = level === COMPARISON || value.operator === "OVERLAPS";
      const left = printExpression(value.left, loose ? level + 1 : level);
      return `${left} ${printOperator(value.operator)} ${printExpression(value.right, level + 1)}`;
    }
    case "ParsedAtTimeZone":
      return `${printExpression(value.operand, ZONE)} AT TIME ZONE ${printExpression(value.zone, ZONE + 1)}`;
    case "ParsedCollate":
      return `${printExpression(value.operand, COLLATE)} COLLATE ${printNames(value.collation)}`;
    case "ParsedCast":
      return `${printExpression(value.operand, POSTFIX)}::${printType(value.type)}`;
    case "ParsedQuantified":
      return `${printExpression(value.left, level + 1)} ${printOperator(value.operator)} ${value.quantifier} ${brackets(value.right)}`;
    case "ParsedSubscript":
      return `${printSubscripted(value)}[${printExpression(value.index)}]`;
    case "ParsedSlice":
      return `${printSubscripted(value)}[${optional(value.lower)}:${optional(value.upper)}]`;
    case "ParsedField":
      return `${printRecord(value.operand)}.${value.name ? printName(value.name) : "*"}`;
    case "ParsedLike":
    case "ParsedBetween":
    case "ParsedInList":
    case "ParsedInSubquery":
      return printMatch(value);
    default:
      return printAtom(value);
  }
}

function not(value: { readonly negated: boolean }): string {
  return value.negated ? "NOT " : "";
}

/** A ? inside of an operator is written twice; words are as they are. */
function printOperator(operator: string): string {
  return operator.replaceAll("?", "??");
}

function optional(value: ParsedExpression | undefined): string {
  return value ? printExpression(value) : "";
}

/** Subqueries have brackets already. */
function brackets(value: ParsedExpression): string {
  return value.kind === "ParsedSubquery" ? printExpression(value) : `(${printExpression(value)})`;
}

function printSubscripted({ operand, isChained }: Extract<ParsedExpression, { kind: "ParsedSubscript" | "ParsedSlice" }>): string {
  const isPlain = ["ParsedColumn", "ParsedParameter", "ParsedField"].includes(operand.kind);
  return isPlain || isChained ? printExpression(operand) : `(${printExpression(operand)})`;
}

function printRecord(value: ParsedExpression): string {
  const plain = ["ParsedSubscript", "ParsedSlice", "ParsedField"].includes(value.kind);
  return plain ? printExpression(value) : `(${printExpression(value)})`;
}

type Match = Extract<ParsedExpression, { kind: "ParsedLike" | "ParsedBetween" | "ParsedInList" | "ParsedInSubquery" }>;

function printMatch(value: Match): string {
  const operand = `${printExpression(value.operand, MATCH + 1)} ${not(value)}`;
  switch (value.kind) {
    case "ParsedLike": {
      const behind = value.escape ? ` ESCAPE ${printExpression(value.escape, MATCH + 1)}` : "";
      return `${operand}${value.operator} ${printExpression(value.pattern, MATCH + 1)}${behind}`;
    }
    case "ParsedBetween": {
      const symmetric = value.symmetric ? "SYMMETRIC " : "";
      return `${operand}BETWEEN ${symmetric}${printRestricted(value.lower)} AND ${printExpression(value.upper, MATCH + 1)}`;
    }
    case "ParsedInList":
      return `${operand}IN (${printList(value.items)})`;
    case "ParsedInSubquery":
      return `${operand}IN (${printQuery(value.query)})`;
  }
}

type Operator = Extract<
  ParsedExpression,
  {
    kind:
      | "ParsedLogical"
      | "ParsedNot"
      | "ParsedIs"
      | "ParsedDistinctFrom"
      | "ParsedUnary"
      | "ParsedBinary"
      | "ParsedAtTimeZone"
      | "ParsedCollate"
      | "ParsedCast"
      | "ParsedQuantified"
      | "ParsedSubscript"
      | "ParsedSlice"
      | "ParsedField";
  }
>;

function printAtom(value: Exclude<ParsedExpression, Operator | Match>): string {
  switch (value.kind) {
    case "ParsedColumn":
      return printNames(value.names);
    case "ParsedStar":
      return [...value.qualifier.map(printName), "*"].join(".");
    case "ParsedNumber":
      return (value.negative ? "-" : "") + value.text;
    case "ParsedString":
      return printString(value.value);
    case "ParsedBits":
      return `${value.base === "binary" ? "B" : "X"}'${value.value}'`;
    case "ParsedBoolean":
      return value.value ? "TRUE" : "FALSE";
    case "ParsedNull":
      return "NULL";
    case "ParsedParameter":
      return `$${value.index}`;
    case "ParsedTypedLiteral": {
      const fields = value.type.fields === undefined ? "" : ` ${typeFields(value.type)}`;
      return `${typeHead(value.type)} ${printString(value.value)}${fields}`;
    }
    case "ParsedKeywordValue":
      return value.name + (value.precision === undefined ? "" : `(${value.precision})`);
    case "ParsedExists":
      return `EXISTS (${printQuery(value.query)})`;
    case "ParsedSubquery":
      return `(${printQuery(value.query)})`;
    case "ParsedArraySubquery":
      return `ARRAY(${printQuery(value.query)})`;
    case "ParsedCase":
      return printCase(value);
    case "ParsedRow":
      return `ROW(${printList(value.items)})`;
    case "ParsedArray":
      return `ARRAY[${printList(value.items)}]`;
    case "ParsedCall":
      return printCall(value);
  }
}

function printCase(value: ParsedCase): string {
  const subject = value.subject ? ` ${printExpression(value.subject)}` : "";
  const branches = value.branches.map(({ condition, result }) => ` WHEN ${printExpression(condition)} THEN ${printExpression(result)}`);
  const otherwise = value.otherwise ? ` ELSE ${printExpression(value.otherwise)}` : "";
  return `CASE${subject}${branches.join("")}${otherwise} END`;
}

function printArgument(value: ParsedExpression | ParsedArgument): string {
  if (value.kind !== "ParsedArgument") return printExpression(value);
  return `${value.variadic ? "VARIADIC " : ""}${value.name ? `${printName(value.name)} => ` : ""}${printExpression(value.value)}`;
}

export function printCall(call: ParsedCall): string {
  const over = call.over ? ` OVER ${call.over.kind === "ParsedName" ? printName(call.over) : printWindow(call.over)}` : "";
  const filter = call.filter ? ` FILTER (WHERE ${printExpression(call.filter)})` : "";
  const within = call.withinGroup.length > 0 ? ` WITHIN GROUP (${printOrderBy(call.withinGroup)})` : "";
  return (printWordedCall(call) ?? printPlainCall(call)) + within + filter + over;
}

/** Two names can be called only with words between their arguments. */
function printWordedCall(call: ParsedCall): string | undefined {
  const [name, ...path] = call.names;
  const [first, second] = call.arguments;
  if (path.length > 0 || name!.quoted || !first || !second) return undefined;
  if (first.kind === "ParsedArgument" || second.kind === "ParsedArgument") return undefined;
  if (name!.folded === "extract") return `${name!.text}(${printExpression(first)} FROM ${printExpression(second)})`;
  if (name!.folded === "position") return `${name!.text}(${printRestricted(second)} IN ${printRestricted(first)})`;
  return undefined;
}

function printPlainCall(call: ParsedCall): string {
  const order = call.orderBy.length > 0 ? ` ${printOrderBy(call.orderBy)}` : "";
  const inside = call.star ? "*" : call.arguments.map(printArgument).join(", ");
  return `${printNames(call.names)}(${call.distinct ? "DISTINCT " : ""}${inside}${order})`;
}

export function printOrderBy(items: readonly ParsedOrder[]): string {
  const printed = items.map(({ value, descending, nulls }) => printExpression(value) + (descending ? " DESC" : "") + printNulls(nulls));
  return `ORDER BY ${printed.join(", ")}`;
}

export function printNulls(nulls: ParsedOrder["nulls"]): string {
  return nulls ? ` NULLS ${nulls}` : "";
}

export function printWindow(window: ParsedWindow): string {
  const parts = [
    window.base ? printName(window.base) : "",
    window.partitionBy.length > 0 ? `PARTITION BY ${printList(window.partitionBy)}` : "",
    window.orderBy.length > 0 ? printOrderBy(window.orderBy) : "",
    window.frame ? printFrame(window.frame) : "",
  ];
  return `(${parts.filter((part) => part !== "").join(" ")})`;
}

function printFrame(frame: ParsedFrame): string {
  const bounds = frame.end ? `BETWEEN ${printBound(frame.start)} AND ${printBound(frame.end)}` : printBound(frame.start);
  return `${frame.unit} ${bounds}${frame.exclude ? ` EXCLUDE ${frame.exclude}` : ""}`;
}

function printBound(bound: ParsedFrameBound): string {
  return bound.offset ? `${printExpression(bound.offset)} ${bound.bound}` : bound.bound;
}
