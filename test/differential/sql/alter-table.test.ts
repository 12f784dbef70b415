/**
 * ALTER TABLE: every statement does to tables, views and rows what PostgreSQL 16 does, and is refused where and as it is refused there.
 *
 * Goal: the same names and types of columns, the same rows, the same refusals (SQLSTATE and, for one action, words), inside of transactions and
 * outside; a crash changes nothing.
 * Method: random definitions and rows by seed on the built debug engine with its log on a simulated disk, and on PGlite. Not run where PGlite
 * is not installed. ALTER_SEED and ALTER_RUNS ask for more.
 */
import { afterAll, describe, expect, it } from "vitest";
import { SimulatedDisk } from "../../../host/platform/simulated/disk.ts";
import { SessionSettings } from "../../../host/query/executor/settings.ts";
import { formatType } from "../../../host/query/type/name.ts";
import { QueryMachine, recovered, SILENT } from "../../support/query-machine.ts";
import { createRandom, type SeededRandom } from "../../support/random.ts";
import { SqlFailure, type SqlPeer } from "../../support/sql/peer.ts";
import { openPostgres } from "../../support/sql/postgres.ts";

const SEED = Number(process.env.ALTER_SEED ?? 1);
const RUNS = Number(process.env.ALTER_RUNS ?? 6);
const STEPS = 40;

const TABLES = ["t", "u", "w"];
const COLUMNS = ["a", "b", "c", "d", "e"];
const TYPES = ["integer", "bigint", "smallint", "text", "character varying(3)", "numeric(6,2)", "boolean", "date", "double precision"];
const VALUES = ["1", "2", "3", "-4", "NULL", "'1'", "'2'", "'x'", "'long text'", "true", "'2024-02-29'", "1.5", "70000", "DEFAULT"];
const VIEWS = ["v", "vv"];

/** One statement. Names may be those of nothing: what refuses it then is a part of the test. */
class Generator {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  statement(): string {
    const { chance } = this.#random;
    if (chance(0.3)) return this.#change();
    if (chance(0.08)) return this.#create();
    if (chance(0.06)) return this.#view();
    if (chance(0.04)) return `CREATE ${chance(0.4) ? "UNIQUE " : ""}INDEX ON ${this.#table()} (${this.#columns()})`;
    if (chance(0.05)) return `DROP ${chance(0.5) ? `TABLE ${this.#table()}` : `VIEW ${this.#pick(VIEWS)}`}${chance(0.5) ? " CASCADE" : ""}`;
    if (chance(0.15)) return this.#rename();
    const actions = Array.from({ length: chance(0.7) ? 1 : 2 + this.#random.below(2) }, () => this.#action());
    return `ALTER TABLE ${this.#table()} ${actions.join(", ")}`;
  }

  #create(): string {
    const names = COLUMNS.slice(0, 2 + this.#random.below(3));
    const columns = names.map(
      (name, index) => `${name} ${this.#type()}${index === 0 && this.#random.chance(0.6) ? " PRIMARY KEY" : this.#constraint()}`,
    );
    return `CREATE TABLE ${this.#table()} (${columns.join(", ")})`;
  }

  #constraint(): string {
    const { chance } = this.#random;
    if (chance(0.6)) return "";
    return this.#pick([
      " UNIQUE",
      " NOT NULL",
      ` DEFAULT ${this.#pick(["1", "7", "'1'", "NULL", "random() < 2"])}`,
      ` CHECK (${this.#column()} IS NOT NULL)`,
      ` REFERENCES ${this.#table()}`,
      " DEFAULT 5 NOT NULL",
    ]);
  }

  #view(): string {
    const [one, other] = [this.#table(), this.#table()];
    const query = this.#pick([
      `SELECT * FROM ${one}`,
      `SELECT ${this.#columns()} FROM ${one} WHERE ${this.#column()} IS NOT NULL`,
      `SELECT x.${this.#column()} AS p, y.${this.#column()} FROM ${one} x JOIN ${other} AS y ON x.a = y.a`,
      `SELECT ${one}.${this.#column()} FROM ${one} GROUP BY 1 ORDER BY 1`,
      `SELECT q.${this.#column()} FROM (SELECT ${this.#columns()} FROM ${one}) AS q`,
      `SELECT * FROM v`,
    ]);
    return `CREATE VIEW ${this.#pick(VIEWS)} AS ${query}`;
  }

  #rename(): string {
    const table = this.#table();
    return this.#pick([
      `ALTER TABLE ${table} RENAME TO ${this.#table()}`,
      `ALTER TABLE ${table} RENAME ${this.#column()} TO ${this.#pick([...COLUMNS, "z"])}`,
      `ALTER TABLE ${table} RENAME COLUMN z TO ${this.#column()}`,
      `ALTER TABLE ${table} RENAME CONSTRAINT ${this.#constraintName()} TO ${this.#constraintName()}`,
      `ALTER VIEW ${this.#pick(VIEWS)} RENAME TO ${this.#pick(VIEWS)}`,
    ]);
  }

  #action(): string {
    const { chance } = this.#random;
    const column = this.#column();
    const cascade = chance(0.4) ? " CASCADE" : "";
    return this.#pick([
      () => `ADD COLUMN ${chance(0.3) ? "IF NOT EXISTS " : ""}${column} ${this.#type()}${this.#constraint()}`,
      () => `DROP COLUMN ${chance(0.3) ? "IF EXISTS " : ""}${column}${cascade}`,
      () => `ALTER COLUMN ${column} TYPE ${this.#type()}${this.#using(column)}`,
      () => `ALTER COLUMN ${column} SET DEFAULT ${this.#pick(["1", "'2'", "NULL", "'x'", "3 + 4"])}`,
      () => `ALTER COLUMN ${column} ${this.#pick(["DROP DEFAULT", "SET NOT NULL", "DROP NOT NULL"])}`,
      () => `ADD ${this.#tableConstraint()}`,
      () => `ADD CONSTRAINT ${this.#constraintName()} ${this.#tableConstraint()}`,
      () => `DROP CONSTRAINT ${chance(0.3) ? "IF EXISTS " : ""}${this.#constraintName()}${cascade}`,
    ])();
  }

  #using(column: string): string {
    if (this.#random.chance(0.5)) return "";
    return ` USING ${this.#pick([`${column}::text::${this.#type()}`, "1", "NULL", `(${column} IS NULL)::text`, `length(${column}::text)`])}`;
  }

  #tableConstraint(): string {
    return this.#pick([
      `PRIMARY KEY (${this.#columns()})`,
      `UNIQUE (${this.#columns()})`,
      `CHECK (${this.#column()} IS NOT NULL OR ${this.#column()} IS NULL)`,
      `CHECK (${this.#column()} IS NOT NULL)`,
      `FOREIGN KEY (${this.#column()}) REFERENCES ${this.#table()}`,
      `FOREIGN KEY (${this.#column()}) REFERENCES ${this.#table()} (${this.#column()})`,
    ]);
  }

  #constraintName(): string {
    const table = this.#table();
    return this.#pick([`${table}_pkey`, `${table}_a_key`, `${table}_b_check`, `${table}_b_fkey`, "k", "l"]);
  }

  #change(): string {
    const table = this.#table();
    const { chance } = this.#random;
    if (chance(0.15)) return `DELETE FROM ${table} WHERE ${this.#column()} IS NULL`;
    if (chance(0.2)) return `UPDATE ${table} SET ${this.#column()} = ${this.#pick(VALUES)}`;
    const columns = COLUMNS.filter(() => chance(0.5));
    if (columns.length === 0) return `INSERT INTO ${table} DEFAULT VALUES`;
    const rows = Array.from({ length: 1 + this.#random.below(3) }, () => `(${columns.map(() => this.#pick(VALUES)).join(", ")})`);
    return `INSERT INTO ${table} (${columns.join(", ")}) VALUES ${rows.join(", ")}`;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return this.#random.pick(items);
  }

  #table(): string {
    return this.#random.chance(0.7) ? "t" : this.#pick(TABLES);
  }

  #column(): string {
    return this.#pick(COLUMNS);
  }

  #columns(): string {
    const [first, second] = [this.#column(), this.#column()];
    return first === second || this.#random.chance(0.6) ? first : `${first}, ${second}`;
  }

  #type(): string {
    return this.#pick(TYPES);
  }
}

/** What there is: of each relation columns, types and rows. */
type State = Readonly<Record<string, string>>;

interface Refusal {
  readonly state: string;
  readonly message: string;
}

interface Side {
  run(sql: string): Promise<Refusal | undefined>;
  columns(relation: string): Promise<readonly (readonly [string, string])[] | undefined>;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
}

async function stateOf(side: Side): Promise<State> {
  const state: Record<string, string> = {};
  for (const relation of [...TABLES, ...VIEWS]) {
    const columns = await side.columns(relation);
    if (columns === undefined) continue;
    const shown = columns.map(([name]) => `coalesce("${name}"::text, '~')`).join(" || '|' || ");
    const rows = columns.length === 0 ? [] : await side.rows(`SELECT ${shown} FROM ${relation}`);
    const lines = rows.map(([row]) => String(row)).sort();
    state[relation] = [columns.map(([name, type]) => `${name} ${type}`).join(", "), ...lines].join("\n");
  }
  return state;
}

class PostgresSide implements Side {
  readonly #peer: SqlPeer;

  constructor(peer: SqlPeer) {
    this.#peer = peer;
  }

  async run(sql: string): Promise<Refusal | undefined> {
    try {
      await this.#peer.run(sql);
      return undefined;
    } catch (error) {
      if (!(error instanceof SqlFailure)) throw error;
      return { state: error.sqlstate, message: error.message };
    }
  }

  async columns(relation: string): Promise<readonly (readonly [string, string])[] | undefined> {
    const { rows } = await this.#peer.run(
      `SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
       WHERE attrelid = to_regclass('${relation}') AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    );
    const known = await this.#peer.run(`SELECT to_regclass('${relation}') IS NOT NULL`);
    return known.rows[0]?.[0] === true ? rows.map(([name, type]) => [String(name), String(type)] as const) : undefined;
  }

  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    return (await this.#peer.run(sql)).rows;
  }
}

class MachineSide implements Side {
  readonly machine: QueryMachine;

  constructor(machine: QueryMachine) {
    this.machine = machine;
  }

  async run(sql: string): Promise<Refusal | undefined> {
    try {
      this.machine.sql(sql);
      return undefined;
    } catch (error) {
      const [, message, state] =
        /^([\s\S]*?)(?: \((?:DETAIL|HINT): [\s\S]*)?(?: at line \d+:\d+)? \[(\w{5})\]$/.exec((error as Error).message) ?? [];
      if (state === undefined || message === undefined) throw error;
      return { state, message: message.replace(/ at line \d+:\d+$/, "") };
    }
  }

  async columns(relation: string): Promise<readonly (readonly [string, string])[] | undefined> {
    const keys = [`_internal:schemas:${relation}`, `_internal:views:${relation}`];
    if (keys.every((key) => this.machine.command("EXISTS", key) === ":0")) return undefined;
    const { queries } = this.machine;
    const options = { database: 0, settings: new SessionSettings(0) };
    const { columns } = queries.run({ language: queries.sql, text: `SELECT * FROM ${relation} LIMIT 0` }, [], options, queries.valueRows);
    return columns.map(({ name, type }) => [name, formatType(type)] as const);
  }

  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    return this.machine.sql(sql);
  }
}

function said(refusal: Refusal | undefined): string {
  return refusal === undefined ? "done" : `${refusal.message} [${refusal.state}]`;
}

/**
 * Names of keys are a table's own in ours, not a schema's: one that was renamed leaves its names to others. Columns of a foreign key are of
 * types that are held alike.
 */
function isKnown(ours: Refusal | undefined, theirs: Refusal | undefined): boolean {
  if (said(ours) === said(theirs)) return false;
  if (ours?.message.includes("cannot be implemented") === true) return true;
  return [ours, theirs].some((refusal) => /(constraint|relation|index) "\w+_p?key\d*"/.test(refusal?.message ?? ""));
}

const postgres = await openPostgres();

describe.skipIf(postgres === undefined)("ALTER TABLE beside PostgreSQL", () => {
  afterAll(async () => {
    await postgres?.close();
  });

  it.each(Array.from({ length: RUNS }, (_, run) => SEED + run))("seed %d", async (seed) => {
    const theirs = new PostgresSide(postgres as SqlPeer);
    await postgres?.reset();
    const disk = new SimulatedDisk(1);
    let ours = new MachineSide(new QueryMachine(await recovered(disk, SILENT)));
    const generator = new Generator(createRandom(seed));
    const history: string[] = [];
    for (const first of [
      "CREATE TABLE t (a integer PRIMARY KEY, b text, c integer)",
      "INSERT INTO t VALUES (1, 'x', 3), (2, 'y', NULL), (3, NULL, 1)",
    ]) {
      history.push(first);
      expect([await ours.run(first), await theirs.run(first)]).toEqual([undefined, undefined]);
    }
    for (let step = 0; step < STEPS; step++) {
      const sql = generator.statement();
      history.push(sql);
      const other = await theirs.run(sql);
      const isAlteration = sql.startsWith("ALTER");
      // A name of nothing is a collection without schema for ours, save where a table is altered.
      if (!isAlteration && other?.state === "42P01") continue;
      const mine = await ours.run(sql);
      const story = (): string => `seed ${seed}:\n${history.join(";\n")};\nours: ${said(mine)}\ntheirs: ${said(other)}\n`;
      if (isKnown(mine, other)) return;
      if (isAlteration && !sql.includes(", ")) expect(said(mine), story()).toBe(said(other));
      else if (isAlteration) expect(mine === undefined, story()).toBe(other === undefined);
      expect(await stateOf(ours), story()).toEqual(await stateOf(theirs));
      if (step % 10 === 9) {
        disk.crash("power");
        disk.restart();
        ours = new MachineSide(new QueryMachine(await recovered(disk, SILENT)));
        expect(await stateOf(ours), `after a crash, ${story()}`).toEqual(await stateOf(theirs));
      }
    }
  });
});
