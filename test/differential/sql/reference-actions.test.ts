/**
 * Goal: referential actions do what PostgreSQL's do, whatever refers to whatever: over several levels, to the same table, twice to one table, by
 * composite keys; and what is refused has its words and leaves all as it was.
 * Method: random tables with foreign keys, and random statements on them and on PostgreSQL (PGlite, where it is installed): the same rows or the
 * same error. What is wrong within the engine is asked now and then.
 */
import { afterAll, describe, expect, test } from "vitest";
import { SimulatedDisk } from "../../../host/platform/simulated/disk.ts";
import { TEST_LENGTH, TEST_SEED } from "../../support/engine.ts";
import { QueryMachine, recovered, SILENT } from "../../support/query-machine.ts";
import { createRandom, type SeededRandom } from "../../support/random.ts";
import { SqlFailure } from "../../support/sql/peer.ts";
import { openPostgres } from "../../support/sql/postgres.ts";

const SCHEMAS = 12 * TEST_LENGTH;
const STATEMENTS = 90;
const TABLES = 4;
const ACTIONS = ["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"] as const;

const postgres = await openPostgres();
afterAll(() => postgres?.close());

function randomTables(random: SeededRandom): string[] {
  return Array.from({ length: TABLES }, (_, number) => {
    const target = (): string => `t${random.below(number + 1)}`;
    const action = (): string => random.pick([...ACTIONS, "CASCADE", "SET NULL"]);
    const rules = (columns: readonly string[]): string => {
      const deleted = action();
      const some = deleted.startsWith("SET") && columns.length > 1 && random.chance(0.5) ? ` (${random.pick(columns)})` : "";
      const match = random.chance(0.3) ? " MATCH FULL" : "";
      return `${match} ON DELETE ${deleted}${some} ON UPDATE ${action()}`;
    };
    const keys = [
      random.chance(0.8) ? `FOREIGN KEY (a) REFERENCES ${target()}${rules(["a"])}` : undefined,
      random.chance(0.6) ? `FOREIGN KEY (b) REFERENCES ${target()} (u)${rules(["b"])}` : undefined,
      random.chance(0.4) ? `FOREIGN KEY (a, b) REFERENCES ${target()} (u, id)${rules(["a", "b"])}` : undefined,
      random.chance(0.25) ? `FOREIGN KEY (id) REFERENCES ${target()}${rules(["id"])}` : undefined,
    ].filter((key) => key !== undefined);
    const b = random.chance(0.2) ? "b integer NOT NULL DEFAULT 2" : "b integer";
    return `CREATE TABLE t${number} (id integer PRIMARY KEY, u integer UNIQUE, a integer DEFAULT 1, ${b}, UNIQUE (u, id)${keys.map((key) => `, ${key}`).join("")})`;
  });
}

function randomStatement(random: SeededRandom): string {
  const table = `t${random.below(TABLES)}`;
  const value = (): string => String(random.below(5));
  const maybe = (): string => (random.chance(0.5) ? "NULL" : value());
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return `INSERT INTO ${table} VALUES (${value()}, ${maybe()}, ${maybe()}, ${maybe()})`;
    case 3:
      return `INSERT INTO ${table} (id, u) VALUES (${value()}, ${value()})`;
    case 4:
      return `DELETE FROM ${table} WHERE ${random.pick(["id", "u"])} = ${value()}`;
    case 5:
      return `UPDATE ${table} SET id = ${value()} WHERE id = ${value()}`;
    case 6:
      return `UPDATE ${table} SET u = ${maybe()} WHERE id = ${value()}`;
    default:
      return `UPDATE ${table} SET ${random.pick(["a", "b"])} = ${maybe()} WHERE id ${random.pick(["=", "<"])} ${value()}`;
  }
}

type Answer = readonly (readonly unknown[])[] | string;

function ours(machine: QueryMachine, text: string, isCompiled: boolean): Answer {
  try {
    return machine.run("sql", text, isCompiled).map((row) => row.map((value) => (value === null ? null : Number(value))));
  } catch (error) {
    return (error as Error).message.replace(/ \(DETAIL: .*\)/, "");
  }
}

async function theirs(text: string): Promise<Answer> {
  try {
    const { rows } = await postgres!.run(text);
    return rows.map((row) => row.map((value) => (value === null ? null : Number(value))));
  } catch (error) {
    if (!(error instanceof SqlFailure)) throw error;
    return `${error.message} [${error.sqlstate}]`;
  }
}

describe.skipIf(postgres === undefined)("referential actions", () => {
  test.each(Array.from({ length: SCHEMAS }, (_, index) => TEST_SEED + index))("as PostgreSQL has them (seed %i)", async (seed) => {
    const random = createRandom(seed);
    await postgres!.reset();
    const machine = new QueryMachine(await recovered(new SimulatedDisk(1), SILENT));
    const tables = randomTables(random);
    for (const text of tables) {
      await postgres!.run(text);
      machine.run("sql", text);
    }
    let refused = 0;
    for (let step = 0; step < STATEMENTS; step++) {
      const text = randomStatement(random);
      const context = `${tables.join(";\n")};\n${text}`;
      const answer = ours(machine, text, random.chance(0.5));
      expect(answer, context).toEqual(await theirs(text));
      if (typeof answer === "string") refused++;
      for (let number = 0; number < TABLES; number++) {
        const rows = `SELECT * FROM t${number} ORDER BY id`;
        expect(ours(machine, rows, false), context).toEqual(await theirs(rows));
      }
    }
    expect(machine.database.engine.checkInvariants()).toBe(0);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(STATEMENTS);
  });
});
