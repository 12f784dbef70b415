/**
 * From parse tree to AST: whole statements, and those that may stand behind WITH or EXPLAIN.
 */
import type {
  CommonTableContext,
  ExplainStatementContext,
  PreparedStatementContext,
  StatementContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import type { ParsedDataStatement, ParsedExplainable, ParsedStatement } from "../../../ast/statement.ts";
import { buildAlter, buildDrop } from "./alteration.ts";
import { buildExplain, buildMaintenance, buildSetting, buildTransaction } from "./control.ts";
import { buildCreate } from "./definition.ts";
import { buildDelete, buildInsert, buildMerge, buildTruncate, buildUpdate } from "./modification.ts";
import { buildComment, buildPrepared } from "./prepared.ts";
import { buildQuery, buildWith } from "./select.ts";

export function buildStatement(context: StatementContext): ParsedStatement {
  const create = context.createStatement();
  if (create) return buildCreate(create);
  const drop = context.dropStatement();
  if (drop) return buildDrop(drop);
  const alter = context.alterStatement();
  if (alter) return buildAlter(alter);
  const truncate = context.truncateStatement();
  if (truncate) return buildTruncate(truncate);
  const transaction = context.transactionStatement();
  if (transaction) return buildTransaction(transaction);
  const setting = context.settingStatement();
  if (setting) return buildSetting(setting);
  const explain = context.explainStatement();
  if (explain) return buildExplain(explain);
  const maintenance = context.maintenanceStatement();
  if (maintenance) return buildMaintenance(maintenance);
  const prepared = context.preparedStatement();
  if (prepared) return buildPrepared(prepared);
  const comment = context.commentStatement();
  if (comment) return buildComment(comment);
  return buildData(context);
}

export function buildData(context: StatementContext | CommonTableContext | PreparedStatementContext): ParsedDataStatement;
export function buildData(context: ExplainStatementContext): ParsedExplainable;
export function buildData(
  context: StatementContext | CommonTableContext | PreparedStatementContext | ExplainStatementContext,
): ParsedExplainable {
  const clause = buildWith(context.withClause());
  const query = context.query();
  if (query) return buildQuery(query, clause);
  const insert = context.insertStatement();
  if (insert) return buildInsert(insert, clause);
  const update = context.updateStatement();
  if (update) return buildUpdate(update, clause);
  const removal = context.deleteStatement();
  if (removal) return buildDelete(removal, clause);
  const merge = context.mergeStatement();
  if (merge) return buildMerge(merge, clause);
  return buildCreate((context as ExplainStatementContext).createStatement()!);
}
