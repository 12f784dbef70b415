/**
 * Names in sight. A scope never changes: each clause answers a new one.
 *
 * Column numbers are unique in the statement, so a subquery's scope simply begins with the variables of the query around it; what it
 * uses of them is found in its plan (`outerColumns`).
 */
import type { ParsedName } from "../../ast/name.ts";
import type { BoundColumn, ColumnId } from "../../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import type { SqlType } from "../../type/type.ts";
import type { CypherBinding } from "./binding.ts";

/** What a name stands for: patterns take up the first four again, each in its place only. */
export type VariableKind = "node" | "relationship" | "relationships" | "path" | "value";

/** `type` says how the column is held: a `value` of kind node may be what is a node at run time only. */
export interface Variable {
  readonly name: string;
  readonly column: ColumnId;
  readonly kind: VariableKind;
  readonly type: SqlType;
}

/** What a clause begins with and what it answers: rows, and the names of their columns. */
export interface ClauseState {
  readonly operator: LogicalOperator;
  readonly scope: Scope;
}

/** Own variables, and those of the query around it, which are seen where no own one has the name. */
export class Scope {
  static readonly EMPTY = new Scope(new Map(), undefined);
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #outer: Scope | undefined;

  private constructor(variables: ReadonlyMap<string, Variable>, outer: Scope | undefined) {
    this.#variables = variables;
    this.#outer = outer;
  }

  /** Of a name exactly as written. */
  find(name: string): Variable | undefined {
    return this.#variables.get(name) ?? this.#outer?.find(name);
  }

  /** All own variables, in the order in which they were added. */
  variables(): readonly Variable[] {
    return [...this.#variables.values()];
  }

  /** With more variables; they hide those of the same names. */
  with(...added: readonly Variable[]): Scope {
    if (added.length === 0) return this;
    const variables = new Map(this.#variables);
    for (const variable of added) variables.set(variable.name, variable);
    return new Scope(variables, this.#outer);
  }

  /** Without own variables: what a projection begins with. */
  emptied(): Scope {
    return new Scope(new Map(), this.#outer);
  }

  /** Of a query inside of this one, which sees all of its variables. */
  nested(): Scope {
    return new Scope(new Map(), this);
  }
}

/** What a column of the type is to patterns. */
export function kindOfType({ name }: SqlType): VariableKind {
  return name === "node" || name === "relationship" || name === "path" ? name : "value";
}

export function variableOf({ column, name, type }: PlanColumn, kind: VariableKind = kindOfType(type)): Variable {
  return { name, column, kind, type };
}

export function readVariable({ column, name, type }: Variable): BoundColumn {
  return { kind: "BoundColumn", type, column, name };
}

/** The variable of a name that has to be known. */
export function knownVariable(binding: CypherBinding, scope: Scope, name: ParsedName): Variable {
  const variable = scope.find(name.text);
  if (variable === undefined) throw binding.syntaxError("UndefinedVariable", `variable \`${name.text}\` is not defined`, name.position);
  return variable;
}

/** Throws if the name is taken. */
export function requireNewName(binding: CypherBinding, scope: Scope, name: ParsedName): void {
  if (scope.find(name.text) === undefined) return;
  throw binding.syntaxError("VariableAlreadyBound", `variable \`${name.text}\` is already defined`, name.position);
}
