/**
 * Patterns as parsed: nodes with relationships between them.
 */
import type { ParsedName, ParsedNames } from "../name.ts";
import type { ParsedMap, ParsedNamedParameter } from "./expression.ts";

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

/** One path: `nodes` is longer by one than `relationships`. */
export interface ParsedPattern extends Node<"ParsedPattern"> {
  /** The path's name. */
  readonly variable: ParsedName | undefined;
  /** shortestPath or allShortestPaths around it; then it has exactly one relationship. */
  readonly shortest: "ONE" | "ALL" | undefined;
  readonly nodes: readonly ParsedNodePattern[];
  readonly relationships: readonly ParsedRelationshipPattern[];
}

/** Properties written out, or a parameter that holds them. */
export type ParsedProperties = ParsedMap | ParsedNamedParameter;

export interface ParsedNodePattern extends Node<"ParsedNodePattern"> {
  readonly variable: ParsedName | undefined;
  /** All of them. */
  readonly labels: ParsedNames;
  readonly properties: ParsedProperties | undefined;
}

export interface ParsedRelationshipPattern extends Node<"ParsedRelationshipPattern"> {
  /** `-->`, `<--`, and `--` or `<-->`, which mean the same. */
  readonly direction: "RIGHT" | "LEFT" | "BOTH";
  readonly variable: ParsedName | undefined;
  /** Any of them; none: whatever type. */
  readonly types: ParsedNames;
  /** Undefined: one relationship. */
  readonly range: ParsedRange | undefined;
  readonly properties: ParsedProperties | undefined;
}

/** `*` has no bounds, `*2` two equal ones. */
export interface ParsedRange extends Node<"ParsedRange"> {
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}
