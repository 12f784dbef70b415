/**
 * From parse tree to AST: indexes and constraints.
 */
import type {
  ConstraintDefinitionContext,
  CreateClauseContext,
  DropStatementContext,
  EntityContext,
  IndexDefinitionContext,
  PropertyNameContext,
} from "../../../../../grammar/generated/CypherParser.ts";
import type { DatabaseError } from "../../../../common/error.ts";
import type {
  ParsedCreateGraphConstraint,
  ParsedCreateGraphIndex,
  ParsedCypherDefinition,
  ParsedDropGraphObject,
  ParsedGraphEntity,
} from "../../../ast/cypher/statement.ts";
import type { ParsedName, ParsedNames } from "../../../ast/name.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { errorAt, nameOf, optionalName, unexpectedToken } from "./names.ts";

/** Undefined: the clause creates patterns. */
export function buildDefinition(context: CreateClauseContext): ParsedCypherDefinition | undefined {
  const position = positionOf(context);
  const index = context.indexDefinition();
  if (index) return buildIndex(index, position);
  const constraint = context.constraintDefinition();
  return constraint ? buildConstraint(constraint, position) : undefined;
}

function buildIndex(context: IndexDefinitionContext, position: number): ParsedCreateGraphIndex {
  const kind = context.IDENT();
  // There is one kind, and BTREE is what that was called before.
  if (kind && !["range", "btree"].includes(tokenOf(kind).value)) throw notSupported(tokenOf(kind));
  const entity = buildEntity(context.entity());
  return {
    kind: "ParsedCreateGraphIndex",
    position,
    name: optionalName(context.name()),
    ifNotExists: context.ifNotExists() !== null,
    entity,
    properties: propertiesOf(context.propertyName(), entity),
  };
}

function buildConstraint(context: ConstraintDefinitionContext, position: number): ParsedCreateGraphConstraint {
  const entity = buildEntity(context.entity());
  return {
    kind: "ParsedCreateGraphConstraint",
    position,
    name: optionalName(context.name()),
    ifNotExists: context.ifNotExists() !== null,
    entity,
    properties: propertiesOf(context.propertyName(), entity),
    rule: context.UNIQUE() ? "UNIQUE" : context.KEY() ? "KEY" : "NOT NULL",
  };
}

export function buildDrop(context: DropStatementContext): ParsedDropGraphObject {
  return {
    kind: "ParsedDropGraphObject",
    position: positionOf(context),
    object: context.INDEX() ? "INDEX" : "CONSTRAINT",
    name: nameOf(context.name()),
    ifExists: context.EXISTS() !== null,
  };
}

function notSupported(kind: TextToken): DatabaseError {
  return errorAt("NotSupported", `a ${kind.text.toUpperCase()} index is not supported`, kind);
}

/** A relationship has a name and a type and nothing else. */
function buildEntity(context: EntityContext): ParsedGraphEntity {
  const position = positionOf(context);
  const variable = context.name();
  if (variable) {
    return { kind: "ParsedGraphEntity", position, entity: "NODE", variable: nameOf(variable), name: nameOf(context.word()!) };
  }
  const relationship = context.relationship()!;
  const detail = relationship.relationshipDetail();
  const name = detail?.name();
  const type = detail?.word() ?? [];
  if (!detail || !name || type.length !== 1) {
    throw errorAt("InvalidRelationshipPattern", "a variable and one type are needed: ()-[r:TYPE]-()", firstToken(relationship));
  }
  const extra = detail.range() ?? detail.properties();
  if (extra) throw unexpectedToken(firstToken(extra));
  return { kind: "ParsedGraphEntity", position, entity: "RELATIONSHIP", variable: nameOf(name), name: nameOf(type[0]!) };
}

/** All of them the entity's. */
function propertiesOf(contexts: readonly PropertyNameContext[], entity: ParsedGraphEntity): ParsedNames {
  return contexts.map((context): ParsedName => {
    const owner: TextToken = firstToken(context);
    if (nameOf(context.name()).text !== entity.variable.text) throw unexpectedToken(owner);
    return nameOf(context.word());
  });
}
