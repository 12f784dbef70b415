/**
 * Patterns as a graph: what the nodes and relationships of all patterns of a clause are, and which columns hold them.
 *
 * Rules (openCypher 9, "Patterns" and "Semantic variables"):
 * 1. A node's name may stand in many places; labels and properties of all of them hold for it. A relationship's name stands in one
 *    place of a clause; bound before, it means the relationship that it holds.
 * 2. A name that means something of another kind is a conflict; a path's name is always new.
 * 3. What is created has a new name, or is a known node that is mentioned as the end of a relationship, without labels and properties.
 *
 * Properties are bound later, when all names of the clause are known.
 */
import type { CypherExpression } from "../../ast/cypher/expression.ts";
import type { ParsedNodePattern, ParsedPattern, ParsedProperties, ParsedRelationshipPattern } from "../../ast/cypher/pattern.ts";
import type { ParsedName } from "../../ast/name.ts";
import type { BoundColumn } from "../../plan/expression.ts";
import type { Direction } from "../../plan/graph-operator.ts";
import type { PlanColumn } from "../../plan/operator.ts";
import { type CypherBinding, LIST, NODE, PATH, RELATIONSHIP } from "./binding.ts";
import { mayBe } from "./kind.ts";
import { readVariable, type Scope, type Variable, variableOf } from "./scope.ts";

/**
 * What names may do. match: known ones are met again, others are new. condition: others are mistakes. create: new ones are made (rule 3).
 */
export type PatternUse = "match" | "condition" | "create";

export interface PatternProperty {
  readonly name: string;
  readonly value: CypherExpression;
}

export interface PatternNode {
  /** Holds the node; of a known one the column that its variable has. */
  readonly column: PlanColumn;
  /** What the rows that the pattern starts from hold: a node, or a value that has to be one. */
  readonly known: BoundColumn | undefined;
  readonly labels: string[];
  readonly properties: PatternProperty[];
  /** In a new node that is to be created: properties as a parameter. */
  parameter: CypherExpression | undefined;
  /** Of its first mention. */
  readonly position: number;
}

export interface PatternRange {
  readonly minimum: number;
  readonly maximum: number | undefined;
}

/** A relationship, or relationships of variable length, between two nodes. */
export interface PatternHop {
  readonly left: PatternNode;
  readonly right: PatternNode;
  /** From left to right. */
  readonly direction: Direction;
  readonly types: readonly string[];
  /** Undefined: one relationship. */
  readonly range: PatternRange | undefined;
  /** Holds the relationship; for a range the list of them, from left to right. */
  readonly column: PlanColumn;
  readonly known: BoundColumn | undefined;
  readonly properties: readonly PatternProperty[];
  readonly parameter: CypherExpression | undefined;
  readonly shortest: ParsedPattern["shortest"];
  /** Somebody can ask for the list in its order. */
  readonly ordered: boolean;
  readonly position: number;
}

export interface PatternPath {
  readonly column: PlanColumn;
  readonly start: PatternNode;
  readonly hops: readonly PatternHop[];
}

export interface PatternGraph {
  readonly nodes: readonly PatternNode[];
  readonly hops: readonly PatternHop[];
  /** Those with a name. */
  readonly paths: readonly PatternPath[];
  /** New names. */
  readonly variables: readonly Variable[];
}

/** The graph that patterns of one clause make; `scope` has the names that are known before it. */
export function patternGraph(binding: CypherBinding, patterns: readonly ParsedPattern[], scope: Scope, use: PatternUse): PatternGraph {
  const builder = new GraphBuilder(binding, scope, use);
  for (const pattern of patterns) builder.add(pattern);
  return builder;
}

const DIRECTIONS: Readonly<Record<ParsedRelationshipPattern["direction"], Direction>> = { RIGHT: "out", LEFT: "in", BOTH: "both" };

class GraphBuilder implements PatternGraph {
  readonly nodes: PatternNode[] = [];
  readonly hops: PatternHop[] = [];
  readonly paths: PatternPath[] = [];
  readonly variables: Variable[] = [];
  readonly #binding: CypherBinding;
  readonly #scope: Scope;
  readonly #use: PatternUse;
  readonly #named = new Map<string, PatternNode>();

  constructor(binding: CypherBinding, scope: Scope, use: PatternUse) {
    this.#binding = binding;
    this.#scope = scope;
    this.#use = use;
  }

  add(pattern: ParsedPattern): void {
    const nodes = pattern.nodes.map((node) => this.#node(node, pattern.relationships.length === 0));
    const hops = pattern.relationships.map((parsed, index) => this.#hop(parsed, nodes[index]!, nodes[index + 1]!, pattern));
    if (pattern.variable === undefined) return;
    const { text, position } = pattern.variable;
    if (this.#use === "condition") throw this.#undefined(pattern.variable);
    if (this.#find(text) !== undefined) throw this.#alreadyBound(text, position);
    const column = this.#binding.newPlanColumn(text, PATH);
    this.paths.push({ column, start: nodes[0]!, hops });
    this.variables.push(variableOf(column));
  }

  /** `alone`: the pattern is this node and nothing else. */
  #node(parsed: ParsedNodePattern, alone: boolean): PatternNode {
    const { variable, labels, properties, position } = parsed;
    const node = variable === undefined ? this.#newNode("node", undefined, position) : this.#namedNode(variable, alone, parsed);
    for (const { text } of labels) if (!node.labels.includes(text)) node.labels.push(text);
    if (properties?.kind === "ParsedNamedParameter") node.parameter = this.#parameter(properties, position);
    else if (properties !== undefined) node.properties.push(...entriesOf(properties));
    return node;
  }

  #newNode(name: string, known: BoundColumn | undefined, position: number): PatternNode {
    const column = known ?? this.#binding.newPlanColumn(name, NODE);
    const node = { column, known, labels: [], properties: [], parameter: undefined, position };
    this.nodes.push(node);
    return node;
  }

  #namedNode({ text, position }: ParsedName, alone: boolean, parsed: ParsedNodePattern): PatternNode {
    const variable = this.#find(text);
    const isRow = variable !== undefined && this.#use !== "create" && this.#binding.rowSource(variable.column) !== undefined;
    if (variable !== undefined && !isRow && !fits(this.#binding, variable, "node"))
      throw this.#conflict(text, "a node", variable, position);
    if (variable === undefined) {
      if (this.#use === "condition") throw this.#undefined({ text, position });
      const made = this.#newNode(text, undefined, position);
      this.#named.set(text, made);
      this.variables.push(variableOf(made.column));
      return made;
    }
    if (this.#use === "create" && (alone || parsed.labels.length > 0 || parsed.properties !== undefined)) {
      throw this.#alreadyBound(text, position);
    }
    const met = this.#named.get(text) ?? this.#newNode(text, readVariable(variable), position);
    this.#named.set(text, met);
    return met;
  }

  #hop(parsed: ParsedRelationshipPattern, left: PatternNode, right: PatternNode, pattern: ParsedPattern): PatternHop {
    const { variable, properties, position } = parsed;
    const range = rangeOf(parsed, pattern);
    const known = variable && this.#knownRelationship(variable, range !== undefined);
    const name = variable?.text ?? (range === undefined ? "relationship" : "relationships");
    const column = this.#binding.newPlanColumn(name, range === undefined ? RELATIONSHIP : LIST);
    const isMap = properties?.kind === "ParsedMap";
    const hop: PatternHop = {
      left,
      right,
      direction: DIRECTIONS[parsed.direction],
      types: parsed.types.map(({ text }) => text),
      range,
      column,
      known,
      properties: isMap ? entriesOf(properties) : [],
      parameter: properties === undefined || isMap ? undefined : this.#parameter(properties, position),
      shortest: pattern.shortest,
      ordered: variable !== undefined || pattern.variable !== undefined,
      position,
    };
    this.hops.push(hop);
    if (variable !== undefined && known === undefined) {
      this.variables.push(variableOf(column, range === undefined ? "relationship" : "relationships"));
    }
    return hop;
  }

  /** The relationship, or the list of them, that a name holds; undefined: the name is new. */
  #knownRelationship({ text, position }: ParsedName, isList: boolean): BoundColumn | undefined {
    const variable = this.#find(text);
    if (variable === undefined) {
      if (this.#use === "condition") throw this.#undefined({ text, position });
      return undefined;
    }
    const isFitting = fits(this.#binding, variable, isList ? "relationships" : "relationship");
    if (!isFitting) throw this.#conflict(text, isList ? "a list of relationships" : "a relationship", variable, position);
    if (this.#use === "create") throw this.#alreadyBound(text, position);
    const again = this.variables.includes(variable) || this.hops.some(({ known }) => known?.column === variable.column);
    if (!again) return readVariable(variable);
    const message = `relationship \`${text}\` cannot stand in a pattern twice`;
    throw this.#binding.syntaxError("RelationshipUniquenessViolation", message, position);
  }

  /** Names of the clause itself hide none: there is one meaning at a time. */
  #find(name: string): Variable | undefined {
    return this.variables.find((variable) => variable.name === name) ?? this.#scope.find(name);
  }

  #parameter(parsed: CypherExpression, position: number): CypherExpression {
    if (this.#use === "create") return parsed;
    throw this.#binding.syntaxError("InvalidParameterUse", "a parameter cannot be the properties of a pattern that is matched", position);
  }

  #undefined({ text, position }: Pick<ParsedName, "text" | "position">): Error {
    return this.#binding.syntaxError("UndefinedVariable", `variable \`${text}\` is not defined`, position);
  }

  #alreadyBound(name: string, position: number): Error {
    return this.#binding.syntaxError("VariableAlreadyBound", `variable \`${name}\` is already defined`, position);
  }

  #conflict(name: string, wanted: string, { kind, type }: Variable, position: number): Error {
    const found = kind === "value" ? type.name : kind;
    return this.#binding.syntaxError("VariableTypeConflict", `variable \`${name}\` is ${found}, where ${wanted} is wanted`, position);
  }
}

/** Whether a variable may be met again as another part of a pattern: it is one, or a value that may turn out to be one. */
function fits(binding: CypherBinding, { kind, type, column }: Variable, wanted: "node" | "relationship" | "relationships"): boolean {
  if (kind !== "value") return kind === wanted;
  if (type.name === "array") return wanted === "relationships";
  return type.name === "value" && mayBe(binding.kindsOfColumn(column), [wanted === "relationships" ? "list" : wanted]);
}

function entriesOf(properties: Exclude<ParsedProperties, { readonly kind: "ParsedNamedParameter" }>): PatternProperty[] {
  return properties.entries.map(({ name, value }) => ({ name: name.text, value }));
}

/**
 * How long the hop is. A shortest path without a length is one relationship, held as a list all the same; one whose least length is not
 * said may be empty, from a node to itself.
 */
function rangeOf({ range }: ParsedRelationshipPattern, { shortest }: ParsedPattern): PatternRange | undefined {
  if (range === undefined) return shortest === undefined ? undefined : { minimum: 1, maximum: 1 };
  return { minimum: range.minimum ?? (shortest === undefined ? 1 : 0), maximum: range.maximum };
}
