/**
 * MERGE INTO target USING source ON condition: each row of the source with the rows of the target that it matches, or with none, and what
 * is to be done with it.
 *
 * A branch WHEN MATCHED sees both, WHEN NOT MATCHED the source alone. Without a branch of the second kind the join is an inner one.
 */
import type { ParsedMerge, ParsedMergeBranch, ParsedMergeInsert } from "../ast/modification.ts";
import type { LogicalAssignment, LogicalJoin, LogicalMergeBranch, LogicalOperator } from "../plan/operator.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { bindCondition, bindExpression, type Context, startOf } from "./expression.ts";
import { bindFrom } from "./from.ts";
import { bindTargets, refuseIdentity, takeTargets } from "./insert.ts";
import type { Relation } from "./query.ts";
import { Level, readScan } from "./scope.ts";
import { bindAssignments, bindCollection, fitTarget, rowsOf, type WrittenCollection } from "./target.ts";
import { findView } from "./view.ts";
import { bindWith, wrapCommonTables } from "./with.ts";

/** What the branches share. */
interface Merged {
  readonly collection: WrittenCollection;
  /** Sees both sides, and sees the source alone. */
  readonly matched: Context;
  readonly unmatched: Context;
}

export function bindMerge(binding: Binding, parsed: ParsedMerge): Relation {
  if (parsed.with?.recursive) throw binding.error("42601", "WITH RECURSIVE is not supported for MERGE statement", parsed.with.position);
  refuseUnreachable(binding, parsed.branches);
  const level = new Level(undefined, false);
  const tables = parsed.with === undefined ? [] : bindWith(binding, level, parsed.with);
  refuseMergedView(binding, parsed);
  const collection = bindCollection(binding, parsed.table, parsed.alias, "merge into");
  const target = rowsOf(binding, collection);
  const both = new Level(level, false);
  const alone = new Level(new Level(both, false), false);
  const source = bindFrom(binding, alone, [parsed.using]);
  if (alone.sources.some(({ alias }) => alias === collection.alias)) {
    const detail = "The name is used both as MERGE target table and data source.";
    throw binding.error("42712", `name "${collection.alias}" specified more than once (DETAIL: ${detail})`, parsed.table[0]!.position);
  }
  both.sources = [target.source, ...alone.sources];
  const row = readScan(binding, target.scan, "row", plainType("bigint"), { kind: "row" }).column;
  const on: Context = { binding, level: both, clause: "JOIN conditions", aggregates: undefined };
  const join: LogicalJoin = {
    kind: "LogicalJoin",
    join: parsed.branches.some(({ matched }) => !matched) ? "left" : "inner",
    left: source,
    right: target.operator,
    condition: bindCondition(on, parsed.on, "JOIN/ON"),
    mark: undefined,
    dependent: false,
  };
  const merged: Merged = {
    collection,
    matched: { binding, level: both, clause: "UPDATE", aggregates: undefined },
    unmatched: { binding, level: alone, clause: "VALUES", aggregates: undefined },
  };
  let input: LogicalOperator = join;
  const branches = parsed.branches.map((branch): LogicalMergeBranch => {
    const bound = bindBranch(merged, branch, input);
    input = bound.input;
    return bound.branch;
  });
  const operator: LogicalOperator = {
    kind: "LogicalMerge",
    collection: collection.collection,
    declared: collection.table !== undefined,
    input,
    row,
    branches,
  };
  return { operator: wrapCommonTables(binding, operator, tables), columns: [] };
}

/** Behind a branch without condition none of its kind is ever taken. */
function refuseUnreachable(binding: Binding, branches: readonly ParsedMergeBranch[]): void {
  for (const kind of [true, false]) {
    const same = branches.filter(({ matched }) => matched === kind);
    const last = same.findIndex(({ condition }) => condition === undefined);
    if (last < 0 || last === same.length - 1) continue;
    throw binding.error("42601", "unreachable WHEN clause specified after unconditional WHEN clause", 0);
  }
}

function refuseMergedView(binding: Binding, { table }: ParsedMerge): void {
  const view = findView(binding, table);
  if (view === undefined) return;
  const detail = "This operation is not supported for views.";
  throw binding.error("0A000", `cannot execute MERGE on relation "${view.name}" (DETAIL: ${detail})`, table[0]!.position);
}

interface BoundBranch {
  readonly branch: LogicalMergeBranch;
  /** With what subqueries of several columns add to it. */
  readonly input: LogicalOperator;
}

function bindBranch({ collection, matched, unmatched }: Merged, parsed: ParsedMergeBranch, input: LogicalOperator): BoundBranch {
  const context = parsed.matched ? matched : unmatched;
  const condition = parsed.condition && bindCondition({ ...context, clause: "MERGE WHEN conditions" }, parsed.condition, "WHEN");
  const branch = { matched: parsed.matched, condition, assignments: [] };
  const { action } = parsed;
  switch (action.kind) {
    case "ParsedMergeNothing":
      return { branch: { ...branch, action: "nothing" }, input };
    case "ParsedMergeDelete":
      return { branch: { ...branch, action: "delete" }, input };
    case "ParsedMergeInsert":
      return { branch: { ...branch, action: "insert", assignments: bindInserted(context, collection, action) }, input };
    case "ParsedMergeUpdate": {
      const { assignments, input: extended } = bindAssignments(context, collection, action.assignments, input);
      return { branch: { ...branch, action: "update", assignments }, input: extended };
    }
  }
}

/** The values of a new row; what is DEFAULT is left to the table. */
function bindInserted(context: Context, collection: WrittenCollection, insert: ParsedMergeInsert): readonly LogicalAssignment[] {
  const { binding } = context;
  const values = insert.values ?? [];
  const targets = bindTargets(binding, collection, insert, insert.values !== undefined);
  const [first] = values;
  const position = (values[targets.length] ?? first)?.position ?? insert.position;
  const taken = takeTargets(binding, targets, values.length, insert.columns.length > 0, position);
  return taken.flatMap((target, index): LogicalAssignment[] => {
    const value = values[index]!;
    if (value.kind === "ParsedDefault") return [];
    refuseIdentity(binding, target, value.position);
    const { source, name } = target;
    return [{ target: source, name, value: fitTarget(binding, bindExpression(context, value), target, startOf(value)) }];
  });
}
