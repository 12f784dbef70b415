/**
 * Names of result columns that have no alias: PostgreSQL's FigureColname (parse_target.c).
 *
 * A name is strong (a column, a function) or weak (a cast's type, CASE): a cast takes the strong name of its operand, else its
 * type's.
 */
import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedQueryBody } from "../ast/query.ts";
import { internalName } from "../type/name.ts";

const NONE = "?column?";

interface Figured {
  readonly name: string;
  readonly strong: boolean;
}

export function resultName(expression: ParsedExpression): string {
  return figure(expression)?.name ?? NONE;
}

const strong = (name: string): Figured => ({ name, strong: true });
const weak = (name: string): Figured => ({ name, strong: false });

function figure(expression: ParsedExpression): Figured | undefined {
  switch (expression.kind) {
    case "ParsedColumn":
      return strong(expression.names[expression.names.length - 1]!.folded);
    case "ParsedField":
      return expression.name === undefined ? figure(expression.operand) : strong(expression.name.folded);
    case "ParsedSubscript":
    case "ParsedSlice":
    case "ParsedCollate":
      return figure(expression.operand);
    case "ParsedCall":
      return strong(expression.names[expression.names.length - 1]!.folded);
    case "ParsedBinary":
      return expression.operator === "OVERLAPS" ? strong("overlaps") : undefined;
    case "ParsedAtTimeZone":
      return strong("timezone");
    case "ParsedKeywordValue":
      return strong(expression.name.toLowerCase());
    case "ParsedTypedLiteral":
      return weak(typeName(expression.type.name));
    case "ParsedCast": {
      const operand = figure(expression.operand);
      return operand?.strong === true ? operand : weak(typeName(expression.type.name));
    }
    case "ParsedCase": {
      const otherwise = expression.otherwise && figure(expression.otherwise);
      return otherwise?.strong === true ? otherwise : weak("case");
    }
    case "ParsedExists":
      return strong("exists");
    case "ParsedArray":
    case "ParsedArraySubquery":
      return strong("array");
    case "ParsedRow":
      return strong("row");
    case "ParsedSubquery":
      return figureQuery(expression.query.body);
    default:
      return undefined;
  }
}

function typeName(name: readonly string[]): string {
  return internalName(name[name.length - 1]!);
}

/** A scalar subquery is named after its column. */
function figureQuery(body: ParsedQueryBody): Figured | undefined {
  switch (body.kind) {
    case "ParsedSelect": {
      const [item] = body.items;
      if (item === undefined) return undefined;
      return item.alias === undefined ? figure(item.value) : strong(item.alias.folded);
    }
    case "ParsedSetOperation":
      return figureQuery(body.left);
    case "ParsedQuery":
      return figureQuery(body.body);
    case "ParsedValues":
      return strong("column1");
  }
}
