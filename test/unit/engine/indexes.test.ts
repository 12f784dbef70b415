/**
 * Goal: an index holds one key for each row of its collection, in the order of the values, whatever command wrote the row; a
 * unique one refuses a second row with the same value, and a refused command has changed nothing; dropped, its memory is back.
 * Method: random commands against a plain model of the documents; after each the rows of each index are compared with the
 * model's sorted values. Unique violations are known from the model before the command runs.
 */
import { describe, expect, it } from "vitest";
import { COMMAND_JSON_SET } from "../../../assembly/abi/commands.ts";
import { CELL_ERROR, COLLECTION_LIVE } from "../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_INDEX_ROW_SIZE, RUNTIME_ERROR_UNIQUE } from "../../../assembly/abi/runtime-error.ts";
import { EXECUTE_HOST_COMMAND, PURPOSE_ENTRY, PURPOSE_TABLE, PURPOSE_VALUE } from "../../../assembly/abi/status.ts";
import { BUILDS, engineBuilt, request, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { createIndex, dropIndex, findCollection, indexedKeys } from "../../support/tables.ts";
import { randomInput } from "../assembly/bytes/random-input.ts";

const INDEX_UNIQUE = 1;

type Document = { readonly city?: unknown; readonly age?: unknown };

/** Class and value: what index-key.ts sorts by, for the values that this test makes. */
function sortKey(value: unknown): [number, number | string] {
  if (value === undefined || value === null) return [255, 0];
  if (typeof value === "boolean") return [16, Number(value)];
  if (typeof value === "number") return [32, value];
  if (typeof value === "string") return /^(0|-?[1-9]\d{0,9})$/.test(value) ? [32, Number(value)] : [48, value];
  throw new Error("not a value of this test");
}

function compare(left: unknown, right: unknown): number {
  const [leftClass, leftValue] = sortKey(left);
  const [rightClass, rightValue] = sortKey(right);
  if (leftClass !== rightClass) return leftClass - rightClass;
  return leftValue < rightValue ? -1 : leftValue > rightValue ? 1 : 0;
}

describe.skipIf(!engineBuilt).each(BUILDS)("indexes, %s build", (build) => {
  const CITIES = ["SF", "Oslo", "Bergen", "7", "-3", "", "x".repeat(40), 7, -3, 2.5, true, null];

  /** Runs a command; true when the row-write door has refused it. */
  function run(engine: TestEngine, session: number, args: readonly string[], nowMs = START_MS): boolean {
    const result = engine.send(session, request(args), nowMs);
    if (result.status === 0) {
      expect(result.reply).not.toMatch(/^-/);
      return false;
    }
    expect(result.status).toBe(EXECUTE_HOST_COMMAND);
    engine.answer("-CONSTRAINT refused\r\n");
    expect(engine.resume(session).status).toBe(0);
    return true;
  }

  it(`follow every write (seed ${TEST_SEED})`, () => {
    const random = randomInput(TEST_SEED);
    const engine = new TestEngine(build);
    const before = engine.memoryByPurpose();
    const session = engine.open();
    const model = new Map<string, Document>();
    for (let id = 0; id < 50; id++) {
      const document = { city: random.pick(CITIES), age: id % 5 };
      model.set(`u:${id}`, document);
      run(engine, session, ["JSON.SET", `u:${id}`, "$", JSON.stringify(document)]);
    }
    createIndex(engine, 0, "u", "by city", [["city"]]);
    createIndex(engine, 0, "u", "by age down", [["age"], ["city"]], 0, [true, false]);
    createIndex(engine, 0, "u", "nested", [["deep", "down"]]);
    const check = (): void => {
      const rows = [...model].filter(([key]) => key.startsWith("u:"));
      const keys = indexedKeys(engine, 0, "u", "by city");
      expect(keys.map((key) => String(sortKey(model.get(key)!.city)))).toEqual(
        rows
          .map(([, { city }]) => city)
          .sort(compare)
          .map((city) => String(sortKey(city))),
      );
      expect(new Set(keys)).toEqual(new Set(rows.map(([key]) => key)));
      const down = indexedKeys(engine, 0, "u", "by age down");
      expect(down.length).toBe(rows.length);
      for (let at = 1; at < down.length; at++) {
        const [left, right] = [model.get(down[at - 1]!)!, model.get(down[at]!)!];
        const order = compare(right.age, left.age) || compare(left.city, right.city);
        expect(order).toBeLessThanOrEqual(0);
      }
      expect(indexedKeys(engine, 0, "u", "nested").length).toBe(rows.length);
    };
    check();
    const step = (): void => {
      const key = `${random.below(8) === 0 ? "v" : "u"}:${random.below(80)}`;
      const other = `${random.below(8) === 0 ? "v" : "u"}:${random.below(80)}`;
      const document = { ...(random.below(4) ? { city: random.pick(CITIES) } : {}), age: random.below(6) };
      switch (random.below(9)) {
        case 0:
          run(engine, session, ["DEL", key]);
          model.delete(key);
          return;
        case 1:
          run(engine, session, ["SET", key, "text"]);
          run(engine, session, ["DEL", key]);
          model.delete(key);
          return;
        case 2:
          if (!model.has(key) || key === other) return;
          run(engine, session, ["RENAME", key, other]);
          model.set(other, model.get(key)!);
          model.delete(key);
          return;
        case 3:
          if (!model.has(key) || key === other) return;
          run(engine, session, ["COPY", key, other, "REPLACE"]);
          model.set(other, model.get(key)!);
          return;
        case 4:
          if (!model.has(key)) return;
          run(engine, session, ["PEXPIRE", key, "10"]);
          run(engine, session, ["EXISTS", key], START_MS + 20);
          model.delete(key);
          return;
        case 5:
          if (!model.has(key)) return;
          run(engine, session, ["JSON.SET", key, "$.city", JSON.stringify(document.city ?? null)]);
          model.set(key, { ...model.get(key)!, city: document.city ?? null });
          return;
        case 6:
          if (!model.has(key)) return;
          run(engine, session, ["JSON.NUMINCRBY", key, "$.age", "1"]);
          model.set(key, { ...model.get(key)!, age: (model.get(key)!.age as number) + 1 });
          return;
        default:
          run(engine, session, ["JSON.SET", key, "$", JSON.stringify(document)]);
          model.set(key, document);
      }
    };
    for (let left = 600 * TEST_LENGTH; left > 0; left--) {
      step();
      check();
      if (left % 20 === 0) engine.check();
    }
    dropIndex(engine, 0, "u", "by age down");
    expect(indexedKeys(engine, 0, "u", "by city").length).toBe(engine.word(findCollection(engine, 0, "u") + COLLECTION_LIVE));
    run(engine, session, ["FLUSHALL"]);
    engine.finish(session);
    engine.settle();
    for (const purpose of [PURPOSE_ENTRY, PURPOSE_VALUE, PURPOSE_TABLE]) expect(engine.memoryByPurpose()[purpose]).toBe(before[purpose]);
  });

  it("that are unique refuse a second row, which then is not there", () => {
    const engine = new TestEngine(build);
    const session = engine.open();
    createIndex(engine, 0, "u", "one city", [["city"]], INDEX_UNIQUE);
    expect(run(engine, session, ["JSON.SET", "u:1", "$", '{"city":"SF"}'])).toBe(false);
    const result = engine.send(session, request(["JSON.SET", "u:2", "$", '{"city":"SF"}']));
    expect(result.status).toBe(EXECUTE_HOST_COMMAND);
    expect(result.reply).toBe("");
    expect(engine.hostCommand().id).toBe(COMMAND_JSON_SET);
    expect(engine.word((engine.call("runtime_cells") >>> 0) + CELL_ERROR)).toBe(RUNTIME_ERROR_UNIQUE);
    engine.answer("-x\r\n");
    engine.resume(session);
    expect(engine.command(session, ["EXISTS", "u:2"])).toBe(":0\r\n");
    expect(run(engine, session, ["JSON.SET", "u:2", "$", '{"city":"LA"}'])).toBe(false);
    expect(run(engine, session, ["JSON.SET", "u:2", "$.city", '"SF"'])).toBe(true);
    expect(run(engine, session, ["JSON.SET", "w:2", "$", '{"city":"SF"}'])).toBe(false);
    expect(run(engine, session, ["RENAME", "w:2", "u:3"])).toBe(true);
    expect(run(engine, session, ["COPY", "w:2", "u:3"])).toBe(true);
    expect(engine.command(session, ["JSON.GET", "u:2"])).toBe('$13\r\n{"city":"LA"}\r\n');
    expect(engine.command(session, ["EXISTS", "w:2", "u:3"])).toBe(":1\r\n");
    // Nulls and missing values do not meet.
    for (const key of ["u:4", "u:5"]) expect(run(engine, session, ["JSON.SET", key, "$", '{"city":null}'])).toBe(false);
    for (const key of ["u:6", "u:7"]) expect(run(engine, session, ["JSON.SET", key, "$", "{}"])).toBe(false);
    // The row itself is not in its own way, and what it leaves is free.
    expect(run(engine, session, ["JSON.SET", "u:1", "$", '{"city":"SF","x":1}'])).toBe(false);
    expect(run(engine, session, ["JSON.SET", "u:1", "$.city", '"NY"'])).toBe(false);
    expect(run(engine, session, ["RENAME", "w:2", "u:3"])).toBe(false);
    engine.check();
  });

  it("are not made over rows that meet, or with values that are too long", () => {
    const engine = new TestEngine(build);
    const session = engine.open();
    for (const key of ["u:1", "u:2"]) run(engine, session, ["JSON.SET", key, "$", '{"city":"SF"}']);
    expect(() => createIndex(engine, 0, "u", "one", [["city"]], INDEX_UNIQUE)).toThrow(`error ${RUNTIME_ERROR_UNIQUE}`);
    createIndex(engine, 0, "u", "many", [["city"]]);
    const long = JSON.stringify({ city: "x".repeat(8192) });
    expect(run(engine, session, ["JSON.SET", "u:3", "$", long])).toBe(true);
    expect(engine.word((engine.call("runtime_cells") >>> 0) + CELL_ERROR)).toBe(RUNTIME_ERROR_INDEX_ROW_SIZE);
    expect(run(engine, session, ["JSON.SET", "u:3", "$", JSON.stringify({ city: "x".repeat(8192 - 7) })])).toBe(false);
    expect(indexedKeys(engine, 0, "u", "many")).toEqual(["u:1", "u:2", "u:3"]);
    expect(dropIndex(engine, 0, "u", "many")).toBe(true);
    expect(dropIndex(engine, 0, "u", "many")).toBe(false);
    expect(run(engine, session, ["JSON.SET", "u:3", "$", long])).toBe(false);
    engine.check();
  });
});
