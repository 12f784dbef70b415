/**
 * The whole of a statement as parsed: what parseSql answers.
 */
import type {
  ParsedBegin,
  ParsedCommit,
  ParsedExplain,
  ParsedMaintenance,
  ParsedRelease,
  ParsedReset,
  ParsedRollback,
  ParsedSavepoint,
  ParsedSet,
  ParsedSetTransaction,
  ParsedShow,
} from "./control.ts";
import type {
  ParsedAlterSequence,
  ParsedAlterTable,
  ParsedCreateFunction,
  ParsedCreateIndex,
  ParsedCreateSchema,
  ParsedCreateSequence,
  ParsedCreateTable,
  ParsedCreateView,
  ParsedDrop,
} from "./definition.ts";
import type { ParsedDelete, ParsedInsert, ParsedTruncate, ParsedUpdate } from "./modification.ts";
import type { ParsedQuery } from "./query.ts";

/** What may stand behind WITH. */
export type ParsedDataStatement = ParsedQuery | ParsedInsert | ParsedUpdate | ParsedDelete;

export type ParsedCreate =
  | ParsedCreateTable
  | ParsedCreateIndex
  | ParsedCreateView
  | ParsedCreateSchema
  | ParsedCreateFunction
  | ParsedCreateSequence;

/** What EXPLAIN takes: of CREATE only the forms with a query can be explained, which the binder checks. */
export type ParsedExplainable = ParsedDataStatement | ParsedCreate;

export type ParsedStatement =
  | ParsedDataStatement
  | ParsedTruncate
  | ParsedCreate
  | ParsedDrop
  | ParsedAlterTable
  | ParsedAlterSequence
  | ParsedBegin
  | ParsedCommit
  | ParsedRollback
  | ParsedSavepoint
  | ParsedRelease
  | ParsedSet
  | ParsedSetTransaction
  | ParsedShow
  | ParsedReset
  | ParsedExplain
  | ParsedMaintenance;
