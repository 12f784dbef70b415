/**
 * Goal: SQL's functions, operators, casts and aggregates give what PostgreSQL gives, to the last digit, errors with SQLSTATE and text.
 * Method: each row of the function table that is an engine function is called with combinations of the samples of its types
 * (samples.ts), and the same expression is given to PostgreSQL (PGlite, where it is installed). What differs on purpose or is known
 * stands in differences.ts with its reason; a row there that no longer differs fails.
 */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AGGREGATE_ROWS } from "../../../host/query/function/aggregate.ts";
import { ARRAY_FUNCTIONS } from "../../../host/query/function/array.ts";
import { BINARY_FUNCTIONS } from "../../../host/query/function/binary.ts";
import { findCast } from "../../../host/query/function/cast.ts";
import { DATETIME_FUNCTIONS } from "../../../host/query/function/datetime.ts";
import type { AggregateEntry, FunctionEntry } from "../../../host/query/function/entry.ts";
import { JSON_FUNCTIONS } from "../../../host/query/function/json.ts";
import { NUMBER_FUNCTIONS } from "../../../host/query/function/number.ts";
import { OPERATOR_ROWS } from "../../../host/query/function/operator.ts";
import { PATTERN_FUNCTIONS } from "../../../host/query/function/pattern.ts";
import { TEXT_FUNCTIONS } from "../../../host/query/function/text.ts";
import { plainType, type SqlType, type TypeName } from "../../../host/query/type/type.ts";
import { type MachineValue, ValueEngine } from "../../support/value-engine.ts";
import { DIFFERENCES, NOT_COMPARED } from "./differences.ts";
import { combinations, expression, literal, SAMPLES, spell } from "./samples.ts";

const ENGINE = process.env.MEMFLUX_TEST_ENGINE ?? new URL("../../../dist/engine.wasm", import.meta.url).pathname;
const PGLITE = new URL("../../node_modules/@electric-sql/pglite/dist/index.js", import.meta.url);
const COMBINATIONS = 60;
const ROUNDS = 8;

/** An expression's value as text, `ERR SQLSTATE message`, or null. */
type Answer = string | null;

interface Postgres {
  query(text: string, parameters?: unknown[]): Promise<{ readonly rows: Record<string, Answer>[] }>;
  exec(text: string): Promise<unknown>;
  close(): Promise<void>;
}

const TRY = `SET timezone = 'UTC';
CREATE FUNCTION try(e text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN EXECUTE 'SELECT (' || e || ')::text' INTO r; RETURN r;
EXCEPTION WHEN OTHERS THEN RETURN 'ERR ' || sqlstate || ' ' || sqlerrm; END $$`;

function castRows(): FunctionEntry[] {
  const names = Object.keys(SAMPLES) as Exclude<TypeName, "array">[];
  return names.flatMap((from) =>
    names.flatMap((to) => {
      const cast = findCast(plainType(from), plainType(to));
      return cast === undefined ? [] : [cast.function];
    }),
  );
}

const ROWS = [
  ...OPERATOR_ROWS,
  ...ARRAY_FUNCTIONS,
  ...BINARY_FUNCTIONS,
  ...DATETIME_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...PATTERN_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...castRows(),
].filter((row) => isComparable(row));

function isComparable({ implementation, parameters, result }: FunctionEntry): boolean {
  if (implementation.kind !== "engine" || NOT_COMPARED.includes(implementation.name)) return false;
  return [...parameters, result].every(({ name }) => name !== "any" && name !== "json");
}

function label(row: FunctionEntry | AggregateEntry): string {
  const engineName = "implementation" in row && row.implementation.kind === "engine" ? ` ${row.implementation.name}` : "";
  return `${row.name}(${row.parameters.map(spell).join(", ")})${engineName}`;
}

describe.skipIf(!existsSync(PGLITE))("values against PostgreSQL", () => {
  let postgres: Postgres;
  let engine: ValueEngine;

  beforeAll(async () => {
    const { PGlite } = (await import(PGLITE.href)) as { PGlite: new () => Postgres };
    postgres = new PGlite();
    await postgres.exec(TRY);
    engine = new ValueEngine(ENGINE);
  });

  afterAll(() => postgres.close());

  /** What the engine answers for a row and texts of its arguments. */
  function answer(row: FunctionEntry, texts: readonly string[]): Answer {
    engine.reset();
    const values = texts.map((text, index) => engine.read(text, row.parameters[index] as SqlType));
    const value = engine.error() === undefined ? engine.call(row, values) : null;
    const text = engine.error() === undefined ? engine.print(value, row.result) : null;
    return engine.error() ?? text;
  }

  async function answers(expressions: readonly string[]): Promise<Answer[]> {
    const { rows } = await postgres.query("SELECT try(e) AS r FROM unnest($1::text[]) WITH ORDINALITY u(e, o) ORDER BY o", [expressions]);
    return rows.map(({ r }) => r ?? null);
  }

  test.each(ROWS.map((row) => [label(row), row] as const))("%s", async (name, row) => {
    const texts = [...combinations(row, COMBINATIONS)];
    const expressions = texts.map((list) =>
      expression(
        row,
        list.map((text, index) => literal(text, row.parameters[index] as SqlType)),
      ),
    );
    const wanted = await answers(expressions);
    const differing = texts
      .map((list, index) => ({ expression: expressions[index], wanted: wanted[index], got: answer(row, list) }))
      .filter(({ wanted: text, got }) => text !== got);
    if (name in DIFFERENCES) expect(differing.length, `${name} does not differ any more`).toBeGreaterThan(0);
    else expect(differing).toEqual([]);
  });

  const AGGREGATES = AGGREGATE_ROWS.filter(
    ({ step, parameters }) => step.kind === "engine" && parameters.every(({ name }) => name !== "any"),
  );

  test.each(AGGREGATES.map((row) => [label(row), row] as const))("aggregate %s", async (_name, row) => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < ROUNDS; round++) {
      const count = round === 0 ? 0 : 1 + random(6) * round;
      const lists = row.parameters.map((type) => Array.from({ length: count }, () => pick(type, random)));
      const columns = row.parameters.map((type, index) => {
        const values = (lists[index] as string[]).map((text) => literal(text, type)).join(", ");
        return `unnest(ARRAY[${values}]::${spell(type)}[]) x${index}`;
      });
      const names = row.parameters.map((_type, index) => `x${index}`).join(", ");
      const [wanted] = await answers([`SELECT ${row.name}(${names}) FROM (SELECT ${columns.join(", ")}) q`]);
      expect({ lists, answer: aggregate(row, lists, count) }).toEqual({ lists, answer: wanted });
    }
  });

  /** Samples without the extremes, at which the order of operations shows. */
  function pick(type: SqlType, random: (below: number) => number): string {
    const samples = (SAMPLES[type.name] as readonly string[]).filter(
      (text) => !/inf|nan|e/i.test(text) || type.name === "interval" || type.name === "text",
    );
    return samples[random(samples.length)] as string;
  }

  function aggregate(row: AggregateEntry, lists: readonly (readonly string[])[], count: number): Answer {
    const { step, finish } = row;
    if (step.kind !== "engine" || finish.kind !== "engine") throw new Error(row.name);
    engine.reset();
    const state = engine.state(row.stateSlots * 8);
    for (let index = 0; index < count; index++) {
      const values = row.parameters.map((type, place) => engine.read(lists[place]?.[index] as string, type) as number | bigint);
      engine.raw(step.name, [state, ...values, ...step.extra]);
    }
    const result = engine.raw(finish.name, [state, ...finish.extra]) as MachineValue;
    const text = finish.tagged && engine.tag() === 0 ? null : engine.print(result, row.result);
    return engine.error() ?? text;
  }
});
