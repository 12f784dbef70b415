/**
 * From parse tree to AST: ALTER TABLE and DROP.
 */
import type {
  AlterActionContext,
  AlterStatementContext,
  DropStatementContext,
  RenamingContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import type { ParsedAlteration, ParsedAlterSequence, ParsedAlterTable, ParsedDrop, ParsedTableChange } from "../../../ast/definition.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { buildColumnDefinition, buildTableConstraint } from "./constraint.ts";
import { buildExpression, buildOptional } from "./expression.ts";
import { nameOf, namesOf, syntaxError, typeOf } from "./names.ts";
import { buildAlterSequence } from "./sequence.ts";

export function buildDrop(context: DropStatementContext): ParsedDrop {
  const isFunction = context.FUNCTION() !== null;
  return {
    kind: "ParsedDrop",
    position: positionOf(context),
    object: context.SEQUENCE()
      ? "SEQUENCE"
      : isFunction
        ? "FUNCTION"
        : context.INDEX()
          ? "INDEX"
          : context.VIEW()
            ? "VIEW"
            : context.SCHEMA()
              ? "SCHEMA"
              : "TABLE",
    ifExists: context.ifExists() !== null,
    cascade: context.dropBehavior()?.CASCADE() != null,
    objects: context.droppedObject().map((object) => {
      const bracket = object.LPAREN();
      if (bracket && !isFunction) throw syntaxError(tokenOf(bracket));
      return {
        kind: "ParsedDroppedObject",
        position: positionOf(object),
        names: namesOf(object.relation()),
        parameterTypes: bracket ? object.droppedParameter().map((parameter) => typeOf(parameter._second ?? parameter._first!)) : undefined,
      };
    }),
  };
}

export function buildAlter(context: AlterStatementContext): ParsedAlterTable | ParsedAlterSequence {
  if (context.SEQUENCE()) return buildAlterSequence(context);
  const renaming = context.renaming();
  const schema = context._schema;
  const actions = context.alterAction().map((action) => alteration(positionOf(action), buildAction(action)));
  if (renaming) actions.push(alteration(positionOf(renaming), buildRenaming(renaming)));
  if (schema) actions.push(alteration(positionOf(schema), { change: "SET SCHEMA", name: nameOf(schema) }));
  return {
    kind: "ParsedAlterTable",
    position: positionOf(context),
    object: context.INDEX() ? "INDEX" : context.VIEW() ? "VIEW" : "TABLE",
    table: namesOf(context.relation()),
    ifExists: context.ifExists() !== null,
    actions,
  };
}

function alteration(position: number, change: ParsedTableChange): ParsedAlteration {
  return { kind: "ParsedAlteration", position, change };
}

function buildRenaming(context: RenamingContext): ParsedTableChange {
  const to = nameOf(context._to!);
  if (!context._source) return { change: "RENAME TO", name: to };
  return { change: context.CONSTRAINT() ? "RENAME CONSTRAINT" : "RENAME COLUMN", from: nameOf(context._source), to };
}

function buildAction(context: AlterActionContext): ParsedTableChange {
  const word = firstToken(context).value;
  if (word === "add") return buildAdd(context);
  const name = nameOf(context.ident()!);
  if (word === "drop") {
    const change = context.CONSTRAINT() ? "DROP CONSTRAINT" : "DROP COLUMN";
    return { change, name, ifExists: context.ifExists() !== null, cascade: context.dropBehavior()?.CASCADE() != null };
  }
  const type = context.typeName();
  if (type) {
    const collation = context._collation ? namesOf(context._collation) : [];
    return { change: "TYPE", column: name, type: typeOf(type), collation, using: buildOptional(context.expr()) };
  }
  const value = context.expr();
  if (value) return { change: "SET DEFAULT", column: name, value: buildExpression(value) };
  if (context.DEFAULT()) return { change: "DROP DEFAULT", column: name };
  return { change: context.SET() ? "SET NOT NULL" : "DROP NOT NULL", column: name };
}

function buildAdd(context: AlterActionContext): ParsedTableChange {
  const constraint = context.tableConstraint();
  if (constraint) return { change: "ADD CONSTRAINT", constraint: buildTableConstraint(constraint) };
  const column = buildColumnDefinition(context.ident()!, context.typeName(), context.columnConstraint());
  return { change: "ADD COLUMN", column, ifNotExists: context.ifNotExists() !== null };
}
