/**
 * Random SQL against the binder: statements of any sort over declared tables and collections without schema, most of which mean nothing,
 * and valid ones over random tables, declared or not.
 *
 * 1. A statement is bound, or refused with a DatabaseError whose message ends in its position and SQLSTATE.
 * 2. A plan is well formed (test/unit/host/query/binder/plan-check.ts), with literals lifted out of the statement and without.
 * 3. Lifting literals does not change what the statement means: both plans have the same columns, or both are refused alike.
 * 4. A valid statement is bound. Over collections without schema its columns have the same names.
 */
import { DatabaseError } from "../../host/common/error.ts";
import { printSql } from "../../host/query/ast/print.ts";
import { bindStatement } from "../../host/query/binder/bind.ts";
import type { Catalog, CatalogTable } from "../../host/query/catalog/catalog.ts";
import { fingerprint, parseFingerprint } from "../../host/query/parser/sql/fingerprint.ts";
import { parseSql } from "../../host/query/parser/sql/parse.ts";
import { printPlan } from "../../host/query/plan/print.ts";
import { formatType } from "../../host/query/type/name.ts";
import { plainType } from "../../host/query/type/type.ts";
import { StatementGenerator } from "../differential/sql/generator.ts";
import { makeTables, type Table } from "../differential/sql/schema.ts";
import { printStatement } from "../differential/sql/statement.ts";
import { createRandom } from "../support/random.ts";
import { type GeneratorNames, SqlGenerator } from "../support/sql-generator.ts";
import { fakeCatalog } from "../unit/host/query/binder/fake-catalog.ts";
import { planProblem } from "../unit/host/query/binder/plan-check.ts";

const NAMES: GeneratorNames = {
  tables: ["emp", "dept", "sales", "movies", "users", "owned", "nowhere"],
  columns: ["id", "name", "dept", "hired", "data", "age", "Year", "IMDB Rating", "budget", "amount"],
  functions: ["lower", "coalesce", "count", "sum", "max", "avg", "abs", "nullif", "greatest", "length"],
};
const MESSAGE = / at line \d+:\d+ \[[0-9A-Z]{5}\]$/;
const REFUSED = "refused: ";

export function fuzzBinder(seed: number, steps: number): void {
  const random = createRandom(seed);
  const generator = new SqlGenerator(random, NAMES);
  const tables = makeTables(random, true);
  const valid = new StatementGenerator(random, tables, true);
  const declared = tableCatalog(tables);
  const open = openCatalog(tables);
  for (let step = 0; step < steps; step++) {
    bothWays(printSql(generator.statement(1 + (step % 3))), fakeCatalog(), step);
    const text = printStatement(random.chance(0.8) ? valid.query() : valid.write());
    const strict = bothWays(text, declared, step);
    if (strict.startsWith(REFUSED)) throw new Error(`step ${step}: ${strict}: ${JSON.stringify(text)}`);
    const loose = bothWays(text, open, step);
    if (!/^INSERT INTO \w+ (VALUES|SELECT)/.test(text) && namesOf(loose) !== namesOf(strict)) {
      throw new Error(`step ${step}: without schema ${loose}: ${JSON.stringify(text)}`);
    }
  }
}

function namesOf(columns: string): string {
  return columns.replace(/ [^,]*(?=,|$)/g, "");
}

/** The outcome with literals and with lifted ones, which must be the same. */
function bothWays(text: string, catalog: Catalog, step: number): string {
  const plain = outcome(text, catalog, false);
  const lifted = outcome(text, catalog, true);
  if (plain !== lifted) throw new Error(`step ${step}: with literals ${plain}, lifted ${lifted}: ${JSON.stringify(text)}`);
  return plain;
}

/** The random tables, declared. */
function tableCatalog(tables: readonly Table[]): Catalog {
  const declared = tables.map((table): CatalogTable => {
    const columns = table.columns.map(({ name, type, nullable }, index) => {
      const sqlType = plainType(type === "double" || type === "approx" ? "double precision" : type);
      return { name, type: sqlType, notNull: index === 0 || !nullable, defaultText: undefined, identity: undefined };
    });
    return { name: table.name, columns, primaryKey: { name: undefined, columns: [0] }, uniques: [], checks: [], indexes: [], version: 1 };
  });
  return { ...openCatalog([]), table: (name) => declared.find((table) => table.name === name) };
}

/** The random tables as collections without schema. */
function openCatalog(tables: readonly Table[]): Catalog {
  const names = new Map(tables.map((table) => [table.name, table.columns.map(({ name }) => name)]));
  return {
    table: () => undefined,
    view: () => undefined,
    fields: (collection, path) => ({ names: path.length === 0 ? (names.get(collection) ?? []) : [], open: false }),
    indexes: () => [],
    version: () => 1,
  };
}

/** The columns of the plan, or the message of the error. */
function outcome(text: string, catalog: Catalog, lifted: boolean): string {
  try {
    const plan = bindStatement(lifted ? parseFingerprint(fingerprint(text)) : parseSql(text), text, {
      catalog,
      functions: undefined,
      parameters: [],
    });
    const problem = planProblem(plan);
    if (problem !== undefined) throw new Error(`${problem}: ${JSON.stringify(text)}\n${printPlan(plan)}`);
    return plan.output.map(({ name, type }) => `${name} ${formatType(type)}`).join(", ");
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw new Error(`${String(error)}: ${JSON.stringify(text)}`, { cause: error });
    if (!MESSAGE.test(error.message)) throw new Error(`no position: ${error.message}: ${JSON.stringify(text)}`, { cause: error });
    return `${REFUSED}${error.message}`;
  }
}
