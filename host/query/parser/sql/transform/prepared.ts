/**
 * From parse tree to AST: PREPARE, EXECUTE, DEALLOCATE; COMMENT ON.
 */
import type { CommentStatementContext, PreparedStatementContext } from "../../../../../grammar/generated/SqlParser.ts";
import type { ParsedComment } from "../../../ast/control.ts";
import type { ParsedStatement } from "../../../ast/statement.ts";
import { positionOf, tokenOf } from "../../tree.ts";
import { buildExpression } from "./expression.ts";
import { nameOf, namesOf, optionalName, typeOf } from "./names.ts";
import { buildData } from "./statement.ts";

export function buildPrepared(context: PreparedStatementContext): ParsedStatement {
  const position = positionOf(context);
  if (context.DEALLOCATE()) return { kind: "ParsedDeallocate", position, name: optionalName(context.ident()) };
  const name = nameOf(context.ident()!);
  if (context.EXECUTE()) {
    return { kind: "ParsedExecute", position, name, arguments: (context.exprList()?.expr() ?? []).map(buildExpression) };
  }
  return { kind: "ParsedPrepare", position, name, types: context.typeName().map(typeOf), statement: buildData(context) };
}

export function buildComment(context: CommentStatementContext): ParsedComment {
  const text = context.STRING();
  return {
    kind: "ParsedComment",
    position: positionOf(context),
    object: context.TABLE() ? "TABLE" : context.VIEW() ? "VIEW" : "COLUMN",
    names: namesOf(context.relation()),
    text: text ? tokenOf(text).value : undefined,
  };
}
