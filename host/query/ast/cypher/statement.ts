/**
 * The whole of a Cypher statement as parsed: what parseCypher answers.
 */
import type { ParsedName, ParsedNames } from "../name.ts";
import type { ParsedCypherQuery } from "./query.ts";

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

export type ParsedCypherStatement = ParsedCypherQuery | ParsedCypherDefinition | ParsedCypherExplain;

export type ParsedCypherDefinition = ParsedCreateGraphIndex | ParsedCreateGraphConstraint | ParsedDropGraphObject;

/** EXPLAIN or, with `run`, PROFILE. */
export interface ParsedCypherExplain extends Node<"ParsedCypherExplain"> {
  readonly run: boolean;
  readonly statement: ParsedCypherQuery | ParsedCypherDefinition;
}

/** `FOR (n:Label)` or `FOR ()-[r:TYPE]-()`; properties are the variable's. */
export interface ParsedGraphEntity extends Node<"ParsedGraphEntity"> {
  readonly entity: "NODE" | "RELATIONSHIP";
  readonly variable: ParsedName;
  /** The label or the type. */
  readonly name: ParsedName;
}

export interface ParsedCreateGraphIndex extends Node<"ParsedCreateGraphIndex"> {
  readonly name: ParsedName | undefined;
  readonly ifNotExists: boolean;
  readonly entity: ParsedGraphEntity;
  readonly properties: ParsedNames;
}

export interface ParsedCreateGraphConstraint extends Node<"ParsedCreateGraphConstraint"> {
  readonly name: ParsedName | undefined;
  readonly ifNotExists: boolean;
  readonly entity: ParsedGraphEntity;
  readonly properties: ParsedNames;
  readonly rule: "UNIQUE" | "NOT NULL" | "KEY";
}

export interface ParsedDropGraphObject extends Node<"ParsedDropGraphObject"> {
  readonly object: "INDEX" | "CONSTRAINT";
  readonly name: ParsedName;
  readonly ifExists: boolean;
}
