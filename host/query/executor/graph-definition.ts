/**
 * Cypher's statements that define: CREATE INDEX and DROP INDEX of labels, and constraints, which are refused by name.
 *
 * 1. Indexes of labels and of collections share their names, so that a name says which one is dropped, whatever the language.
 * 2. An index is equivalent to another when label and properties are the same; a second one is refused, or with IF NOT EXISTS not made
 *    (Neo4j Cypher Manual, "Create, show, and drop indexes").
 * 3. An index without a name is `index_<label>_<properties>`, with a number behind it where that is taken.
 */
import { cypherError } from "../../common/cypher-error.ts";
import type { DatabaseError } from "../../common/error.ts";
import type { ParsedCreateGraphConstraint, ParsedCreateGraphIndex, ParsedCypherDefinition } from "../ast/cypher/statement.ts";
import type { ParsedName } from "../ast/name.ts";
import type { CatalogLabelIndex } from "../catalog/graph.ts";
import { lineAndColumn } from "../parser/position.ts";
import type { EngineTables } from "./engine-tables.ts";
import type { LabelIndexes } from "./label-indexes.ts";

/** Where graph definitions are made. */
export interface GraphDefinitionPlace {
  readonly tables: EngineTables;
  readonly indexes: LabelIndexes;
  readonly database: number;
}

/** Carries out a statement, whose text is for positions. Requires: a statement has begun. */
export function defineGraph(place: GraphDefinitionPlace, statement: ParsedCypherDefinition, text: string): void {
  place.tables.unit(() => define(place, statement, text));
}

function define(place: GraphDefinitionPlace, statement: ParsedCypherDefinition, text: string): void {
  switch (statement.kind) {
    case "ParsedCreateGraphIndex":
      createIndex(place, statement, text);
      return;
    case "ParsedCreateGraphConstraint":
      throw refusedConstraint(statement, text);
    case "ParsedDropGraphObject": {
      const name = exact(statement.name);
      const isDropped = statement.object === "INDEX" && dropLabelIndex(place, name);
      if (isDropped || statement.ifExists) return;
      const what = statement.object.toLowerCase();
      throw refused(
        statement.object === "INDEX" ? "IndexNotFound" : "ConstraintNotFound",
        `${what} "${name}" does not exist`,
        text,
        statement.name,
      );
    }
  }
}

/** Makes an index on properties of a label, unless there is one of its name, or an equivalent one. */
export function addLabelIndex(place: GraphDefinitionPlace, index: CatalogLabelIndex): "made" | "name" | "equivalent" {
  const { indexes, database } = place;
  if (isIndexName(place, index.name)) return "name";
  if (equivalent(place, index) !== undefined) return "equivalent";
  indexes.add(database, index);
  return "made";
}

export function dropLabelIndex({ indexes, database }: GraphDefinitionPlace, name: string): boolean {
  return indexes.find(database, name) !== undefined && indexes.drop(database, name);
}

function createIndex(place: GraphDefinitionPlace, statement: ParsedCreateGraphIndex, text: string): void {
  const { entity, ifNotExists } = statement;
  if (entity.entity === "RELATIONSHIP") throw refused("NotSupported", "an index of a relationship type is not supported", text, entity);
  const properties = statement.properties.map(exact);
  const twice = statement.properties.find((property, at) => properties.indexOf(exact(property)) !== at);
  if (twice !== undefined) throw refused("RepeatedProperty", `property "${exact(twice)}" appears twice in the index`, text, twice);
  const label = exact(entity.name);
  const name = statement.name === undefined ? freeName(place, `index_${[label, ...properties].join("_")}`) : exact(statement.name);
  const made = addLabelIndex(place, { name, label, properties });
  if (made === "made" || ifNotExists) return;
  if (made === "name") throw refused("IndexAlreadyExists", `an index "${name}" already exists`, text, statement.name ?? statement);
  const other = equivalent(place, { name, label, properties })?.name;
  throw refused("EquivalentIndexAlreadyExists", `index "${other}" has the same label and properties`, text, statement);
}

function equivalent({ indexes, database }: GraphDefinitionPlace, { label, properties }: CatalogLabelIndex): CatalogLabelIndex | undefined {
  return indexes.all(database).find((index) => index.label === label && JSON.stringify(index.properties) === JSON.stringify(properties));
}

/** Whether an index of a label or of a collection has the name. */
export function isIndexName({ tables, indexes, database }: GraphDefinitionPlace, name: string): boolean {
  return indexes.find(database, name) !== undefined || tables.index(database, name) !== undefined;
}

function freeName(place: GraphDefinitionPlace, base: string): string {
  let name = base;
  for (let number = 1; isIndexName(place, name); number++) name = `${base}${number}`;
  return name;
}

function refusedConstraint({ rule, entity }: ParsedCreateGraphConstraint, text: string): DatabaseError {
  const required = rule === "KEY" ? `${entity.entity} KEY` : rule;
  return refused("NotSupported", `a constraint (${required}) on "${exact(entity.name)}" is not supported`, text, entity);
}

/** Cypher's names are as written, quoted or not. */
function exact({ text }: ParsedName): string {
  return text;
}

function refused(detail: string, message: string, text: string, { position }: { readonly position: number }): DatabaseError {
  const { line, column } = lineAndColumn(text, position);
  return cypherError("SemanticError", detail, `${message} at line ${line}:${column}`);
}
