/**
 * Goal: sequences have PostgreSQL's options, bounds and words, and tables that count by them do what PostgreSQL's do.
 * Method: random CREATE and ALTER SEQUENCE, nextval, setval, identity columns with OVERRIDING, TRUNCATE, DROP on both; the same rows or the same error
 * (PGlite, where it is installed). log_cnt is not compared, nor CACHE, of which PostgreSQL's sessions take several values at once.
 */
import { afterAll, describe, expect, test } from "vitest";
import { SimulatedDisk } from "../../../host/platform/simulated/disk.ts";
import { TEST_LENGTH, TEST_SEED } from "../../support/engine.ts";
import { QueryMachine, recovered, SILENT } from "../../support/query-machine.ts";
import { createRandom, type SeededRandom } from "../../support/random.ts";
import { SqlFailure } from "../../support/sql/peer.ts";
import { openPostgres } from "../../support/sql/postgres.ts";

const ROUNDS = 8 * TEST_LENGTH;
const STATEMENTS = 150;

const postgres = await openPostgres();
afterAll(() => postgres?.close());

function randomOptions(random: SeededRandom, isNew: boolean): string {
  const value = (): number => random.pick([-5, -1, 0, 1, 2, 3, 7, 10, 100, 32767, 40000]);
  const wanted = [
    random.chance(0.2) ? `AS ${random.pick(["smallint", "integer", "bigint", "text"])}` : "",
    random.chance(0.4) ? `INCREMENT ${random.pick(["", "BY "])}${random.pick([1, 2, 3, -1, -2, 0])}` : "",
    random.chance(0.3) ? random.pick([`MINVALUE ${value()}`, "NO MINVALUE"]) : "",
    random.chance(0.3) ? random.pick([`MAXVALUE ${value()}`, "NO MAXVALUE"]) : "",
    random.chance(0.2) ? `START ${random.pick(["", "WITH "])}${value()}` : "",
    random.chance(isNew ? 0.02 : 0.3) ? random.pick(["RESTART", `RESTART ${value()}`, `RESTART WITH ${value()}`]) : "",
    random.chance(0.4) ? random.pick(["CYCLE", "NO CYCLE"]) : "",
    random.chance(0.05) ? "CACHE 0" : "",
    random.chance(0.05) ? "MINVALUE 1" : "",
    random.chance(0.1) ? random.pick(["OWNED BY NONE", "OWNED BY t.v", "OWNED BY nosuch.v", "OWNED BY t.nosuch", "OWNED BY t"]) : "",
  ].filter((option) => option !== "");
  const first = random.below(wanted.length + 1);
  return [...wanted.slice(first), ...wanted.slice(0, first)].join(" ");
}

function randomStatement(random: SeededRandom): string {
  const name = random.pick(["s", "s", "s", "u", "t_id_seq", "a_id_seq", "t"]);
  const value = (): number => random.between(-3, 12);
  switch (random.below(14)) {
    case 0:
      return `CREATE SEQUENCE ${random.pick(["", "IF NOT EXISTS "])}${random.pick(["s", "u"])} ${randomOptions(random, true)}`;
    case 1:
      return `ALTER SEQUENCE ${random.pick(["", "IF EXISTS "])}${name} ${randomOptions(random, false) || "NO CYCLE"}`;
    case 2:
      return random.chance(0.3) ? `DROP SEQUENCE ${random.pick(["", "IF EXISTS "])}${name}` : "SELECT lastval()";
    case 3:
      return `SELECT currval('${name}')`;
    case 4:
      return `SELECT setval('${name}', ${random.pick([value(), 40000])}${random.pick(["", ", true", ", false"])})`;
    case 5:
    case 6:
      return `SELECT nextval('${name}') FROM generate_series(1, ${random.between(1, 4)})`;
    case 7:
      return `SELECT last_value, is_called FROM ${random.pick(["t_id_seq", "a_id_seq"])}`;
    case 8:
      return `INSERT INTO t (v) VALUES (${value()}), (${value()}) RETURNING id, v`;
    case 9:
      return `INSERT INTO t VALUES (DEFAULT, 1), (${value()}, 2) RETURNING *`;
    case 10:
      return `INSERT INTO a ${random.pick(["", "OVERRIDING SYSTEM VALUE ", "OVERRIDING USER VALUE "])}VALUES (${random.pick([value(), "DEFAULT"])}, 3) RETURNING *`;
    case 11:
      return `UPDATE a SET id = ${random.pick([value(), "DEFAULT"])} WHERE v = 3 RETURNING id`;
    case 12:
      return `TRUNCATE ${random.pick(["t", "a", "t, a"])} ${random.pick(["", "RESTART IDENTITY", "CONTINUE IDENTITY"])}`;
    default:
      return `INSERT INTO a ${random.pick(["", "OVERRIDING SYSTEM VALUE ", "OVERRIDING USER VALUE "])}SELECT 5, n FROM generate_series(1, 2) AS n RETURNING *`;
  }
}

/** Rows as text; an error without what stands in brackets and its place. */
type Answer = readonly (readonly (string | null)[])[] | string;

const shown = (rows: readonly (readonly unknown[])[]): Answer =>
  rows.map((row) => row.map((value) => (value === null ? null : String(value))));

describe.skipIf(postgres === undefined)("sequences", () => {
  test.each(Array.from({ length: ROUNDS }, (_, index) => TEST_SEED + index))("as PostgreSQL has them (seed %i)", async (seed) => {
    const random = createRandom(seed);
    await postgres!.reset();
    const machine = new QueryMachine(await recovered(new SimulatedDisk(1), SILENT));
    const both = async (text: string): Promise<readonly [ours: Answer, theirs: Answer]> => {
      let ours: Answer;
      try {
        ours = shown(machine.sql(text));
      } catch (error) {
        ours = (error as Error).message.replace(/ \((DETAIL|HINT): .*\)(?= )/, "").replace(/ at line \d+:\d+/, "");
      }
      try {
        return [ours, shown((await postgres!.run(text)).rows)];
      } catch (error) {
        if (!(error instanceof SqlFailure)) throw error;
        return [ours, `${error.message} [${error.sqlstate}]`];
      }
    };
    const done: string[] = [];
    for (const text of [
      `CREATE TABLE t (id ${random.pick(["serial", "smallserial", "bigserial"])}, v integer)`,
      `CREATE TABLE a (id ${random.pick(["integer", "bigint"])} GENERATED ${random.pick(["ALWAYS", "BY DEFAULT"])} AS IDENTITY (START 3 INCREMENT 2), v integer)`,
    ]) {
      await both(text);
      done.push(text);
    }
    let refused = 0;
    for (let step = 0; step < STATEMENTS; step++) {
      const text = randomStatement(random);
      done.push(text);
      const [ours, theirs] = await both(text);
      expect(ours, done.join(";\n")).toEqual(theirs);
      if (typeof ours === "string") refused++;
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(STATEMENTS);
  });
});
