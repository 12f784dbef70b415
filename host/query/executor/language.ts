/**
 * A language of statements as the query engine sees it: how a text becomes a key of the plan cache, then a statement, then a plan.
 * SQL is sql-language.ts, Cypher cypher-language.ts; cache, prepared statements, timeouts and results know neither.
 */
import type { Surroundings as BindPlace } from "../binder/binding.ts";
import type { LiftedCypherLiteral } from "../parser/cypher/fingerprint.ts";
import type { TextFingerprint } from "../parser/literal-lifter.ts";
import type { LiftedLiteral } from "../parser/sql/fingerprint.ts";
import type { ScriptPart } from "../parser/sql/script.ts";
import type { LogicalPlan } from "../plan/operator.ts";
import type { Parameters } from "./input.ts";
import type { QueryEngine } from "./query-engine.ts";
import type { QueryResult, RunOptions } from "./query-result.ts";
import type { TransactionControl } from "./transaction-control.ts";

/** A literal that was lifted out of a text of either language. */
export type Literal = LiftedLiteral | LiftedCypherLiteral;
export type Print = TextFingerprint<Literal["type"]>;
export type { BindPlace };

/** A statement that becomes a plan. */
export interface PlannableStatement {
  readonly kind: "plannable";
  /** Throws what is wrong with names and types. */
  readonly bind: (place: BindPlace) => LogicalPlan;
}

/** What a statement without a plan is run with. */
export interface DirectRun {
  readonly engine: QueryEngine;
  readonly parameters: Parameters;
  readonly options: RunOptions;
}

/** A statement that has no plan: definitions, settings, EXPLAIN. */
export interface DirectStatement {
  readonly kind: "direct";
  /** It changes the catalog: in a script it stands by itself. */
  readonly defines: boolean;
  /** What it does when it fails only a transaction takes back: outside of one it has its own. */
  readonly isTransaction?: boolean;
  readonly run: (run: DirectRun) => QueryResult;
  /** What is run in its place. */
  readonly replace?: (run: DirectRun) => Replacement;
}

/** A statement that is run in the place of another. */
export interface Replacement {
  readonly kind: "replacement";
  readonly source: { readonly language: Language; readonly text: string };
  readonly parameters: Parameters;
}

/** A statement that directs the session's transaction. */
export interface ControlStatement {
  readonly kind: "control";
  readonly run: (control: TransactionControl | undefined) => void;
}

export type ReadStatement = PlannableStatement | DirectStatement | ControlStatement;

export interface Language {
  /** prepared: SQL's PREPARE, read as the statement that it prepares. */
  readonly name: "sql" | "cypher" | "prepared";
  /** Throws for text that is not made of tokens. */
  fingerprint(text: string): Print;
  /** The statement of a fingerprint of `text`. Requires: this language has made it. */
  read(print: Print, text: string): ReadStatement;
  /** The statement of a text that may direct the transaction, without looking at anything but its words; undefined: it does not. */
  control(text: string): ControlStatement | undefined;
  /** The statements of a text; undefined where it has one at most. */
  split(text: string): readonly ScriptPart[] | undefined;
}
