/**
 * The door of this folder for the database: what is loaded when the first statement comes.
 */

import { STATUS_OK } from "../../../assembly/abi/status.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ModuleSource } from "../../platform/types.ts";
import type { FunctionSource } from "../function/table.ts";
import { parseSql } from "../parser/sql/parse.ts";
import { Definition } from "./definition.ts";
import { type CollectionPlace, commitDefinitions, type DeclarationPlace } from "./definition-commit.ts";
import { definitionsOf, redefine } from "./definition-savepoint.ts";
import { engineCatalog } from "./engine-catalog.ts";
import { EngineTables } from "./engine-tables.ts";
import { ExtensionFunctions } from "./extension-functions.ts";
import { defineGraph, type GraphDefinitionPlace } from "./graph-definition.ts";
import { LabelIndexes } from "./label-indexes.ts";
import type { DatabaseCatalog } from "./plan-cache.ts";
import { QueryEngine } from "./query-engine.ts";
import { RowWriter } from "./row-writer.ts";
import { Sequences } from "./sequences.ts";
import type { Slices } from "./slice.ts";
import type { OwnTransaction } from "./sliced-write.ts";
import { TableDoor } from "./table-door.ts";
import type { TransactionControl } from "./transaction-control.ts";
import { bytesOfText } from "./value.ts";

/** What statements need of the world outside of the engine. */
export interface Outside {
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  /** 64 bits of entropy. */
  readonly seed: () => bigint;
  /** Absent where there are no files. */
  readonly modules: ModuleSource | undefined;
  /** What says when a long query lets others run; undefined: none does. */
  readonly slices?: (() => Slices) | undefined;
  /** Begins a transaction of nobody's session. */
  readonly ownTransaction?: (() => OwnTransaction) | undefined;
}

/** What runs statements on an engine. */
export function createQueryEngine(engine: Engine, outside: Outside): QueryEngine {
  const { modules } = outside;
  let tables: EngineTables | undefined;
  let labelIndexes: LabelIndexes | undefined;
  const extensions = new ExtensionFunctions({
    readKey: (database, key) => tablesOf().readKey(database, key),
    ownModule: () => modules?.own() ?? noModules(),
  });
  const sequences = new Sequences({
    tables: () => tablesOf(),
    session: () => created.session,
    execution: () => created.execution,
    transaction: () => created.transaction,
  });
  const source = (database: number): FunctionSource => {
    const users = extensions.source(database);
    return {
      find: (name) => {
        const own = sequences.functions(database, name);
        return own.length > 0 ? own : users.find(name);
      },
    };
  };
  const catalogOf = (database: number): DatabaseCatalog =>
    engineCatalog(engine, created.functions, tablesOf(), labelIndexesOf(), extensions, sequences, database);
  const tablesOf = (): EngineTables => {
    tables ??= new EngineTables(
      engine,
      created.functions,
      source,
      outside.nowMs,
      () => created.transaction,
      (database, name) => sequences.nextOf(database, name),
    );
    return tables;
  };
  const labelIndexesOf = (): LabelIndexes => {
    labelIndexes ??= new LabelIndexes(engine, created.functions, tablesOf());
    return labelIndexes;
  };
  const graphPlace = (database: number): GraphDefinitionPlace => ({ tables: tablesOf(), indexes: labelIndexesOf(), database });
  const newId = (): string => BigInt.asUintN(64, outside.seed()).toString(16).padStart(16, "0");
  const definitionOf = (database: number, text: string, byProgram: boolean): Definition => {
    const readModule = (path: string): Uint8Array => modules?.read(path, byProgram) ?? noModules();
    const place = {
      engine,
      tables: tablesOf(),
      catalog: catalogOf(database).catalog,
      functions: extensions,
      source,
      readModule,
      database,
      sequences,
      newId,
    };
    return new Definition(created.functions, place, text, (fill) => created.fill(fill, database));
  };
  const isMoved = ({ session }: TransactionControl, database: number, name: string): boolean => {
    const { functions } = created;
    const ask = functions.required("transaction_moved");
    return functions.withBytes(bytesOfText(name), (pointer, length) => ask(session, database, pointer, length) !== 0);
  };
  const declarationPlace = (own: QueryEngine): DeclarationPlace => ({
    tables: tablesOf(),
    labelIndexes: labelIndexesOf(),
    within: (database, run, within) => own.defining(database, run, within),
  });
  const created: QueryEngine = new QueryEngine({
    engine,
    ...outside,
    slices: outside.ownTransaction && outside.slices,
    ownTransaction: outside.ownTransaction ?? noTransactions,
    isMoved,
    catalog: catalogOf,
    rows: (database, functions) => new RowWriter(engine, functions, database, catalogOf(database).catalog),
    define: (_statement, text, { database, byProgram = false }) => definitionOf(database, text, byProgram).run(parseSql(text)),
    defineGraph: (statement, text, database) => defineGraph(graphPlace(database), statement, text),
    tables: (own, database, transaction) => {
      const drop = (name: string): number | undefined => definitionOf(database, "", false).dropTable(name, false);
      return new TableDoor(own, graphPlace(database), drop, transaction);
    },
    forget: (transaction) => tables?.forgetChanges(transaction),
    isPrivate: (transaction) => tables?.isPrivate(transaction) === true,
    commit: (own, transaction, publish) => {
      const place = {
        ...declarationPlace(own),
        isMoved: (database: number, name: string) => isMoved(transaction, database, name),
        excusing: (collections: readonly CollectionPlace[], commit: () => void) => excusing(engine, own, collections, commit),
        redefined: own.isOneDefinition ? tablesOf().redefined : undefined,
      };
      return commitDefinitions(place, transaction, publish);
    },
    definitions: (own, transaction) => definitionsOf(declarationPlace(own), transaction),
    redefine: (own, transaction, definitions, rollBack) => redefine(declarationPlace(own), transaction, definitions, rollBack),
    refusal: () => tablesOf().refusal(),
    restore: (database) => [...tablesOf().restore(database), ...labelIndexesOf().restore(database)],
    functions: source,
    extension: (place, parameters, result) => sequences.caller(place) ?? extensions.caller(place, parameters, result),
    sequences,
  });
  return created;
}

/** Has the engine forgive that these collections are not the tables that they were, while a transaction commits. */
function excusing(engine: Engine, own: QueryEngine, collections: readonly CollectionPlace[], commit: () => void): void {
  const { functions } = own;
  try {
    for (const { database, name } of collections) {
      const excuse = functions.required("transaction_excuse");
      const call = (): unknown => functions.withBytes(bytesOfText(name), (pointer, length) => excuse(database, pointer, length));
      if (own.defining(database, call) !== STATUS_OK) throw sqlError("53200", "out of memory");
    }
    commit();
  } finally {
    if (collections.length > 0 && engine.failure === undefined) own.defining(0, () => functions.required("transaction_excuse_none")());
  }
}

function noTransactions(): never {
  throw sqlError("0A000", "there are no transactions here");
}

function noModules(): never {
  throw sqlError("58P01", "there is no place for modules of functions here");
}
