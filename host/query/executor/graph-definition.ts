/**
 * Cypher's statements that define: CREATE and DROP of indexes of labels, and of constraints, each of which has an index of its name.
 *
 * 1. Indexes of labels and of collections share their names, so that a name says which one is dropped, whatever the language.
 * 2. An index is equivalent to another when label and properties are the same; a second one is refused, or with IF NOT EXISTS not made
 *    (Neo4j Cypher Manual, "Create, show, and drop indexes").
 * 3. A constraint is equivalent to another when its rule is the same too. Its index goes with it, and not without it.
 * 4. An index without a name is `index_<label>_<properties>`, with a number behind it where that is taken.
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
      createConstraint(place, statement, text);
      return;
    case "ParsedDropGraphObject": {
      const name = exact(statement.name);
      const index = place.indexes.find(place.database, name);
      const isConstraint = index?.constraint !== undefined;
      if (index !== undefined && isConstraint && statement.object === "INDEX") {
        throw refused(
          "IndexBelongsToConstraint",
          `index "${name}" belongs to a constraint: DROP CONSTRAINT drops both`,
          text,
          statement.name,
        );
      }
      const isDropped = index !== undefined && isConstraint === (statement.object === "CONSTRAINT") && drop(place, name);
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

/** Drops an index that is no constraint's; false: there is none of this name. */
export function dropLabelIndex(place: GraphDefinitionPlace, name: string): boolean {
  return place.indexes.find(place.database, name)?.constraint === undefined && drop(place, name);
}

function drop({ indexes, database }: GraphDefinitionPlace, name: string): boolean {
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
  const other = equivalent(place, { name, label, properties });
  const detail = other?.constraint === undefined ? "EquivalentIndexAlreadyExists" : "ConstraintAlreadyExists";
  const what = other?.constraint === undefined ? "index" : "constraint";
  throw refused(detail, `${what} "${other?.name}" has the same label and properties`, text, statement);
}

function createConstraint(place: GraphDefinitionPlace, statement: ParsedCreateGraphConstraint, text: string): void {
  const { entity, rule, ifNotExists } = statement;
  if (entity.entity === "RELATIONSHIP") throw refused("NotSupported", "a constraint of a relationship type is not supported", text, entity);
  const properties = statement.properties.map(exact);
  const twice = statement.properties.find((property, at) => properties.indexOf(exact(property)) !== at);
  if (twice !== undefined) throw refused("RepeatedProperty", `property "${exact(twice)}" appears twice in the constraint`, text, twice);
  if (rule === "NOT NULL" && properties.length > 1) {
    throw refused(
      "NotSupported",
      "a constraint that several properties exist is not supported: make one for each",
      text,
      statement.properties[1]!,
    );
  }
  const label = exact(entity.name);
  const name = statement.name === undefined ? freeName(place, `constraint_${[label, ...properties].join("_")}`) : exact(statement.name);
  const constraint = { name, label, properties, constraint: rule };
  if (isIndexName(place, name)) {
    if (ifNotExists && place.indexes.find(place.database, name)?.constraint !== undefined) return;
    throw refused("ConstraintAlreadyExists", `an index or constraint "${name}" already exists`, text, statement.name ?? statement);
  }
  const other = place.indexes.all(place.database).find((known) => isSameOn(known, constraint) && known.constraint !== undefined);
  if (other !== undefined && (other.constraint === rule || (rule !== "NOT NULL" && other.constraint !== "NOT NULL"))) {
    if (ifNotExists && other.constraint === rule) return;
    throw refused("EquivalentConstraintAlreadyExists", `constraint "${other.name}" has the same label and properties`, text, statement);
  }
  const index = equivalent(place, constraint);
  if (index !== undefined && index.constraint === undefined && rule !== "NOT NULL") {
    throw refused("IndexAlreadyExists", `index "${index.name}" has the same label and properties: drop it first`, text, statement);
  }
  place.indexes.add(place.database, constraint);
}

function isSameOn(left: CatalogLabelIndex, right: CatalogLabelIndex): boolean {
  return left.label === right.label && JSON.stringify(left.properties) === JSON.stringify(right.properties);
}

/** An index on the same; that of a constraint that a property exists is no index for others. */
function equivalent({ indexes, database }: GraphDefinitionPlace, wanted: CatalogLabelIndex): CatalogLabelIndex | undefined {
  return indexes.all(database).find((index) => isSameOn(index, wanted) && index.constraint !== "NOT NULL");
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

/** Cypher's names are as written, quoted or not. */
function exact({ text }: ParsedName): string {
  return text;
}

function refused(detail: string, message: string, text: string, { position }: { readonly position: number }): DatabaseError {
  const { line, column } = lineAndColumn(text, position);
  return cypherError("SemanticError", detail, `${message} at line ${line}:${column}`);
}
