/**
 * Random tables and their rows, from a seed: few columns of each type, small and skewed domains (so that joins meet and groups have
 * members), many NULLs, empty tables.
 *
 * 1. Numbers are integers or sums of few halves, so that both sides of a comparison compute the same.
 * 2. Texts are ASCII and free of backslashes, since upper() and LIKE differ among databases beyond that; some are dates.
 * 3. `bound` of a column is kept by all writes (generator.ts), so that arithmetic never overflows.
 */
import type { SeededRandom } from "../../support/random.ts";
import type { ColumnType } from "./statement.ts";

export type Value = number | string | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly bound: number;
  /** A literal of the column's domain, never NULL. */
  readonly draw: (random: SeededRandom) => Value;
}

export interface Table {
  readonly name: string;
  /** The first is `id integer PRIMARY KEY`. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

export const ID_BOUND = 1_000_000;
const NULL_SHARE = 0.15;
const WORDS = ["", "a", "b", "ab", "abc", "Abc", "B", "x_y", "100%", "a b", "zz", "2020-01-31", "2020-02-01", "2019-12-31", "12", "9"];
const HALVES = [0, 0.5, 1, 1.5, -0.5, -2.25, 3.75, 10, 100.5, -7];
const BIGINTS = [0, 1, -1, 3_000_000_000, -3_000_000_000, 1_000_000_000_000, 999_999_999_999, 42];
const TYPE_NAMES: Readonly<Record<string, string>> = {
  integer: "integer",
  bigint: "bigint",
  double: "double precision",
  text: "text",
  boolean: "boolean",
};

/** Makes some tables. What is not declared has no texts that spell numbers. */
export function makeTables(random: SeededRandom, isDeclared: boolean): Table[] {
  return Array.from({ length: random.between(2, 4) }, (_, number) => makeTable(random, `t${number}`, isDeclared));
}

export function createTable({ name, columns }: Table): string {
  const list = columns.map((column, position) => {
    const rule = position === 0 ? " PRIMARY KEY" : column.nullable ? "" : " NOT NULL";
    return `${column.name} ${TYPE_NAMES[column.type]}${rule}`;
  });
  return `CREATE TABLE ${name} (${list.join(", ")})`;
}

/** The rows as one INSERT, or none. */
export function insertRows({ name, columns, rows }: Table): string[] {
  if (rows.length === 0) return [];
  const names = columns.map((column) => column.name).join(", ");
  return [`INSERT INTO ${name} (${names}) VALUES ${rows.map((row) => `(${row.map(printValue).join(", ")})`).join(", ")}`];
}

export function printValue(value: Value): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return value === null ? "NULL" : String(value);
}

function makeTable(random: SeededRandom, name: string, isDeclared: boolean): Table {
  const id: Column = { name: "id", type: "integer", nullable: false, bound: ID_BOUND, draw: () => random.below(1000) };
  const columns = [id];
  for (let i = random.between(2, 6); i > 0; i--) columns.push(makeColumn(random, `c${columns.length}`, isDeclared));
  const count = random.chance(0.05) ? 0 : random.pick([1, 3, 8, 15, 20, 25, 60]);
  const rows = Array.from({ length: count }, (_, number) =>
    columns.map((column, position) => {
      if (position === 0) return number + 1;
      return column.nullable && random.chance(NULL_SHARE) ? null : column.draw(random);
    }),
  );
  return { name, columns, rows };
}

function makeColumn(random: SeededRandom, name: string, isDeclared: boolean): Column {
  const nullable = random.chance(0.75);
  const type = random.pick(["integer", "integer", "integer", "bigint", "double", "text", "text", "boolean"] as const);
  switch (type) {
    case "integer": {
      const high = random.pick([1, 3, 10, 30, 1000]);
      const low = random.pick([0, 1, -high]);
      // Skewed: every second value is one of the lowest.
      const draw = (source: SeededRandom): number =>
        source.chance(0.5) ? Math.min(high, low + source.below(3)) : source.between(low, high);
      return { name, type, nullable, bound: 1000, draw };
    }
    case "bigint":
      return { name, type, nullable, bound: 1e12, draw: (source) => source.pick(BIGINTS) };
    case "double":
      return { name, type, nullable, bound: 1000, draw: (source) => source.pick(HALVES) };
    case "text": {
      const words = WORDS.slice(random.below(4), random.between(6, WORDS.length)).filter((word) => isDeclared || !/^\d+$/.test(word));
      return { name, type, nullable, bound: 20, draw: (source) => source.pick(words) };
    }
    case "boolean":
      return { name, type, nullable, bound: 1, draw: (source) => source.chance(0.5) };
  }
}
