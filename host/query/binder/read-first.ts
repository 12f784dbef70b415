/**
 * WITH that writes: all parts of a statement see the tables as they were before it. So what may be asked for behind the first part that
 * writes is read before that runs, into common tables around the whole statement: all that is read, but for what the only part that
 * writes is made of.
 *
 * What is taken out is as large as it can be, a whole query most of the time, which then is optimised like any other. What depends on
 * rows of the statement itself (a correlated subquery, a join with what a part returns) is taken apart further, down to its scans.
 */
import type { LogicalOperator, LogicalProject, PlanColumn } from "../plan/operator.ts";
import {
  columnsOf,
  inputsOf,
  mapExpressions,
  outerColumns,
  rewriteExpression,
  visitOperators,
  WRITING,
  withInputs,
  writes,
} from "../plan/walk.ts";
import type { Binding } from "./binding.ts";

/** What was taken out. */
interface EarlyTable {
  readonly number: number;
  readonly definition: LogicalOperator;
}

const READS: ReadonlySet<LogicalOperator["kind"]> = new Set(["LogicalScan", "LogicalNodeScan", "LogicalRelationshipScan"]);

/** A statement whose reads come before its writes. Requires: no more columns will be asked of its scans. */
export function readFirst(binding: Binding, root: LogicalOperator): LogicalOperator {
  if (!hasWritingPart(root)) return root;
  const early: EarlyTable[] = [];
  let writers = 0;
  visitOperators(root, (part) => {
    if (WRITING.has(part.kind)) writers++;
  });
  const rewritten = new Rewriting(binding, early, writers > 1).operator(root);
  return early.reduceRight<LogicalOperator>((input, { number, definition }) => {
    const definitionColumns = columnsOf(definition).map(({ column }) => column);
    return { kind: "LogicalCommonTable", table: number, name: "before", definition, definitionColumns, input };
  }, rewritten);
}

function hasWritingPart(operator: LogicalOperator): boolean {
  if (operator.kind === "LogicalCommonTable" && writes(operator.definition)) return true;
  return inputsOf(operator).some(hasWritingPart);
}

class Rewriting {
  readonly #binding: Binding;
  readonly #early: EarlyTable[];
  #hasWritten: boolean;

  /** `writesMore`: more than one part writes, in whatever order. */
  constructor(binding: Binding, early: EarlyTable[], writesMore: boolean) {
    this.#binding = binding;
    this.#early = early;
    this.#hasWritten = writesMore;
  }

  /** In the order in which the parts stand. */
  operator(operator: LogicalOperator): LogicalOperator {
    if (this.#hasWritten && isApart(operator)) return this.#takeOut(operator);
    const below = withInputs(
      operator,
      inputsOf(operator).map((input) => this.operator(input)),
    );
    const whole = mapExpressions(below, (expression) =>
      rewriteExpression(expression, (part) => {
        if (part.kind !== "BoundSubquery") return part;
        const plan = this.operator(part.plan);
        return plan === part.plan ? part : { ...part, plan };
      }),
    );
    this.#hasWritten ||= whole.kind !== "LogicalCommonTable" && writes(whole);
    return whole;
  }

  #takeOut(definition: LogicalOperator): LogicalProject {
    const number = this.#binding.newCommonTable();
    this.#early.push({ number, definition });
    const own = columnsOf(definition);
    const columns = own.map(({ name, type }): PlanColumn => ({ column: this.#binding.newColumn(), name, type }));
    const items = own.map((column, index) => {
      const { column: from, name, type } = columns[index]!;
      return { ...column, value: { kind: "BoundColumn", type, column: from, name } as const };
    });
    return { kind: "LogicalProject", input: { kind: "LogicalCommonReference", table: number, name: "before", columns }, items };
  }
}

/** Whether an operator reads, and needs nothing of what stands around it. */
function isApart(operator: LogicalOperator): boolean {
  if (writes(operator)) return false;
  let reads = false;
  const used = new Set<number>();
  const own = new Set<number>();
  visitOperators(operator, (part) => {
    reads ||= READS.has(part.kind);
    if (part.kind === "LogicalCommonReference") used.add(part.table);
    else if (part.kind === "LogicalCommonTable" || part.kind === "LogicalRecursion") own.add(part.table);
  });
  return reads && [...used].every((table) => own.has(table)) && outerColumns(operator).size === 0;
}
