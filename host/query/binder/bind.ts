/**
 * AST to plan: the door of this folder. A query, INSERT, UPDATE or DELETE becomes a `LogicalPlan`, or an error with PostgreSQL's
 * message, position and SQLSTATE.
 */
import type { ParsedStatement } from "../ast/statement.ts";
import type { BoundLiteral } from "../plan/expression.ts";
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { expressionsOf, inputsOf, visitExpression } from "../plan/walk.ts";
import { identicalType } from "../type/category.ts";
import { Binding, type Surroundings } from "./binding.ts";
import { bindInsert } from "./insert.ts";
import { bindQuery, type Relation } from "./query.ts";
import { bindDelete, bindUpdate } from "./update.ts";

/** Binds a statement; `text` is what it was parsed from. */
export function bindStatement(statement: ParsedStatement, text: string, surroundings: Surroundings): LogicalPlan {
  const binding = new Binding(text, surroundings);
  const { operator, columns } = bindWithin(binding, statement);
  return {
    root: operator,
    output: columns,
    parameters: binding.parameterTypes(),
    literals: literalsOf(operator),
    dependencies: binding.dependencies(),
    modifies: statement.kind !== "ParsedQuery",
  };
}

/** The parser limits nesting; a caller may have used up most of the stack all the same. */
function bindWithin(binding: Binding, statement: ParsedStatement): Relation {
  try {
    return bindAny(binding, statement);
  } catch (error) {
    if (error instanceof RangeError) throw binding.error("54001", "stack depth limit exceeded", 0);
    throw error;
  }
}

function bindAny(binding: Binding, statement: ParsedStatement): Relation {
  switch (statement.kind) {
    case "ParsedQuery":
      return bindQuery(binding, undefined, false, statement);
    case "ParsedInsert":
      return bindInsert(binding, statement);
    case "ParsedUpdate":
      return bindUpdate(binding, statement);
    case "ParsedDelete":
      return bindDelete(binding, statement);
    default:
      throw binding.notSupported(statementName(statement.kind), statement.position);
  }
}

/** `ParsedCreateTable` → CREATE TABLE. */
function statementName(kind: string): string {
  return kind
    .replace("Parsed", "")
    .replace(/(?!^)[A-Z]/g, " $&")
    .toUpperCase();
}

/** The lifted literals of a plan with the types that they are used as. */
export function literalsOf(root: LogicalOperator): LogicalPlan["literals"] {
  const found: BoundLiteral[] = [];
  const visit = (operator: LogicalOperator): void => {
    for (const expression of expressionsOf(operator)) {
      visitExpression(expression, (part) => {
        if (part.kind === "BoundLiteral" && !found.some((other) => sameUse(other, part))) found.push(part);
        else if (part.kind === "BoundSubquery") visit(part.plan);
      });
    }
    for (const input of inputsOf(operator)) visit(input);
  };
  visit(root);
  return found.map(({ slot, negative, type }) => ({ slot, negative, type })).sort((left, right) => left.slot - right.slot);
}

function sameUse(left: BoundLiteral, right: BoundLiteral): boolean {
  return left.slot === right.slot && left.negative === right.negative && identicalType(left.type, right.type);
}
