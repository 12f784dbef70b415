/**
 * AST to plan: the door of this folder. A query, INSERT, UPDATE, DELETE or MERGE becomes a `LogicalPlan`, or an error with PostgreSQL's
 * message, position and SQLSTATE.
 */
import type { ParsedDelete, ParsedInsert, ParsedUpdate } from "../ast/modification.ts";
import type { ParsedStatement } from "../ast/statement.ts";
import type { BoundLiteral } from "../plan/expression.ts";
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { expressionsOf, inputsOf, visitExpression, writes } from "../plan/walk.ts";
import { identicalType } from "../type/category.ts";
import { Binding, type Surroundings } from "./binding.ts";
import { bindInsert } from "./insert.ts";
import { bindMerge } from "./merge.ts";
import { bindQuery, type Relation } from "./query.ts";
import { readFirst } from "./read-first.ts";
import type { Level } from "./scope.ts";
import { bindDelete, bindUpdate } from "./update.ts";

/** Binds a statement; `text` is what it was parsed from. */
export function bindStatement(statement: ParsedStatement, text: string, surroundings: Surroundings): LogicalPlan {
  const binding = new Binding(text, surroundings);
  const { operator: bound, columns } = bindWithin(binding, statement);
  const operator = readFirst(binding, bound);
  return {
    root: operator,
    output: columns,
    parameters: binding.parameterTypes(),
    literals: literalsOf(operator),
    dependencies: binding.dependencies(),
    modifies: statement.kind !== "ParsedQuery" || writes(operator),
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
    case "ParsedUpdate":
    case "ParsedDelete":
      return bindDataStatement(binding, statement, undefined);
    case "ParsedMerge":
      return bindMerge(binding, statement);
    default:
      throw binding.notSupported(statementName(statement.kind), statement.position);
  }
}

/** A statement that may stand in WITH and write; `parent` is the level of the WITH. */
export function bindDataStatement(
  binding: Binding,
  statement: ParsedInsert | ParsedUpdate | ParsedDelete,
  parent: Level | undefined,
): Relation {
  switch (statement.kind) {
    case "ParsedInsert":
      return bindInsert(binding, statement, parent);
    case "ParsedUpdate":
      return bindUpdate(binding, statement, parent);
    case "ParsedDelete":
      return bindDelete(binding, statement, parent);
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
