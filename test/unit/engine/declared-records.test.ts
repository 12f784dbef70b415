/**
 * Goal: the rows of a declared table are records of one shape with a slot of its own kind for each column, whoever wrote them, and
 * come back as JSON with what has no column behind the columns; a declaration that fails or ends leaves documents as they were.
 * Method: tables declared over documents through the engine's exports; slots read as plans read them, replies compared as text.
 */
import { describe, expect, it } from "vitest";
import {
  CELL_BUDGET,
  CELL_TAG,
  COLLECTION_ROWS,
  FIELD_ROOT,
  RECORD_NULLS,
  RECORD_SHAPE,
  RECORD_SLOTS,
  ROW_RECORD,
  SHAPE_INSIDE,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_TEXT,
} from "../../../assembly/abi/record.ts";
import { EXECUTE_HOST_COMMAND, SETTING_EFFECTS, STATUS_OK } from "../../../assembly/abi/status.ts";
import {
  COLUMN_BYTES,
  COLUMN_FLAGS,
  COLUMN_KIND,
  COLUMN_MODIFIER,
  COLUMN_NAME,
  COLUMN_NAME_BYTES,
  COLUMN_NOT_NULL,
  TABLE_BYTES,
  TABLE_COLUMNS,
  TABLE_HEAD,
  TABLE_KEY,
  TABLE_KEY_COLUMNS,
} from "../../../assembly/abi/table.ts";
import { BUILDS, bulk, engineBuilt, request, START_MS, TestEngine } from "../../support/engine.ts";
import { findCollection, place, resetArena, wordText } from "../../support/tables.ts";

type Column = readonly [name: string, kind: number, notNull?: boolean];

const COLUMNS: readonly Column[] = [
  ["id", SLOT_INTEGER, true],
  ["name", SLOT_TEXT],
  ["price", SLOT_DOUBLE],
  ["sold", SLOT_BOOLEAN],
  ["data", SLOT_JSON],
];

/** A descriptor whose first column is the primary key. */
function descriptor(columns: readonly Column[]): string {
  const names = columns.map(([name]) => name).join("");
  const bytes = Buffer.alloc(TABLE_HEAD + columns.length * COLUMN_BYTES);
  bytes.writeUInt32LE(bytes.length + names.length, TABLE_BYTES);
  bytes.writeUInt16LE(columns.length, TABLE_COLUMNS);
  bytes.writeUInt16LE(1, TABLE_KEY_COLUMNS);
  bytes.writeUInt8(0, TABLE_KEY);
  let offset = bytes.length;
  for (const [number, [name, kind, notNull]] of columns.entries()) {
    const column = TABLE_HEAD + number * COLUMN_BYTES;
    bytes.writeUInt8(kind, column + COLUMN_KIND);
    bytes.writeUInt8(notNull ? COLUMN_NOT_NULL : 0, column + COLUMN_FLAGS);
    bytes.writeInt32LE(-1, column + COLUMN_MODIFIER);
    bytes.writeUInt32LE(offset, column + COLUMN_NAME);
    bytes.writeUInt32LE(name.length, column + COLUMN_NAME_BYTES);
    offset += name.length;
  }
  return bytes.toString("latin1") + names;
}

function define(engine: TestEngine, columns: readonly Column[]): number {
  resetArena(engine);
  return engine.call("table_define", 0, place(engine, "t"), 1, place(engine, descriptor(columns)), START_MS);
}

function undefine(engine: TestEngine): number {
  resetArena(engine);
  return engine.call("table_undefine", 0, place(engine, "t"), 1);
}

/** The records of all rows by the text behind the colon; 0: packed. */
function records(engine: TestEngine): Map<string, number> {
  const collection = findCollection(engine, 0, "t");
  const found = new Map<string, number>();
  for (let row = 0; row < engine.word(collection + COLLECTION_ROWS); row++) {
    const element = engine.call("row_element", collection, row) >>> 0;
    if (element !== 0) found.set(wordText(engine, engine.callBits("row_id", element)), engine.word(element + ROW_RECORD));
  }
  return found;
}

function read(engine: TestEngine, row: number, ...path: string[]): readonly [number, unknown] {
  const collection = findCollection(engine, 0, "t");
  let field = FIELD_ROOT;
  for (const name of path) field = engine.call("collection_path", 0, collection, field, place(engine, name), name.length);
  const bits = engine.callBits("record_field", collection, engine.call("row_element", collection, row), field);
  const tag = engine.word((engine.call("runtime_cells") >>> 0) + CELL_TAG);
  if (tag === SLOT_DOUBLE) return [tag, new Float64Array(BigInt64Array.of(bits).buffer)[0]];
  return [tag, tag === SLOT_TEXT || tag === SLOT_JSON ? wordText(engine, bits) : bits];
}

describe.skipIf(!engineBuilt).each(BUILDS)("records of declared tables, %s build", (build) => {
  it("documents become records of shape 0, with slots in the order of the columns", () => {
    const engine = new TestEngine(build);
    const session = engine.open();
    const run = (...args: string[]): string => engine.command(session, args);
    for (let id = 0; id < 100; id++) {
      run("JSON.SET", `t:${id}`, "$", `{"more":{"x":${id}},"price":${id}.5,"id":${id},"name":"item number ${id}","data":[${id}]}`);
    }
    expect(define(engine, COLUMNS)).toBe(STATUS_OK);
    engine.check();
    expect(run("JSON.GET", "t:7")).toBe(bulk('{"id":7,"name":"item number 7","price":7.5,"sold":null,"data":[7],"more":{"x":7}}'));
    const rows = records(engine);
    expect([rows.size, [...rows.values()].every((record) => record !== 0 && (engine.word(record + RECORD_SHAPE) & 0xffff) === 0)]).toEqual([
      100,
      true,
    ]);
    const view = new DataView(engine.memory.buffer);
    const record = rows.get("42")!;
    expect([view.getBigInt64(record + RECORD_SLOTS, true), view.getFloat64(record + RECORD_SLOTS + 16, true)]).toEqual([42n, 42.5]);
    expect(view.getBigUint64(record + RECORD_NULLS, true)).toBe(1n << 3n);
    expect(read(engine, 42, "id")).toEqual([SLOT_INTEGER, 42n]);
    expect(read(engine, 42, "name")).toEqual([SLOT_TEXT, "item number 42"]);
    expect(read(engine, 42, "price")).toEqual([SLOT_DOUBLE, 42.5]);
    expect(read(engine, 42, "sold")[0]).toBe(SLOT_NONE);
    expect(read(engine, 42, "data")[0]).toBe(SLOT_JSON);
    expect(read(engine, 42, "more", "x")).toEqual([SLOT_INTEGER, 42n]);
    expect(read(engine, 42, "nothing")[0]).toBe(SLOT_NONE);
    const collection = findCollection(engine, 0, "t");
    const more = engine.call("collection_path", 0, collection, FIELD_ROOT, place(engine, "more"), 4);
    expect(engine.call("shape_slot", collection, 0, more)).toBe(SHAPE_INSIDE);
  });

  it("every way to write makes records, and formats, paths and copies see the row", () => {
    const engine = new TestEngine(build);
    const session = engine.open();
    const run = (...args: string[]): string => engine.command(session, args);
    expect(define(engine, COLUMNS)).toBe(STATUS_OK);
    const long = "x".repeat(600);
    expect(run("JSON.SET", "t:1", "$", `{"name":"${long}","e1":1,"e2":"${long}"}`)).toBe("+OK\r\n");
    expect(run("JSON.SET", "t:1", "$.price", "3")).toBe("+OK\r\n");
    expect(run("JSON.SET", "t:1", "$.e1", '{"deep":[1]}')).toBe("+OK\r\n");
    expect(run("JSON.GET", "t:1")).toBe(
      bulk(`{"id":1,"name":"${long}","price":3.0,"sold":null,"data":null,"e1":{"deep":[1]},"e2":"${long}"}`),
    );
    expect(run("JSON.GET", "t:1", "INDENT", " ", "$.e1")).toBe(bulk('[ {  "deep":[   1  ] }]'));
    expect(run("COPY", "t:1", "plain")).toBe(":1\r\n");
    expect(run("JSON.GET", "plain")).toBe(run("JSON.GET", "t:1"));
    expect(run("JSON.DEL", "t:1", "$.e2")).toBe(":1\r\n");
    expect(run("JSON.DEL", "t:1", "$.e1")).toBe(":1\r\n");
    expect(run("JSON.SET", "t:2", "$", '{"id":2,"x":1}')).toBe("+OK\r\n");
    expect(run("JSON.GET", "t:1")).toBe(bulk(`{"id":1,"name":"${long}","price":3.0,"sold":null,"data":null}`));
    expect(run("JSON.GET", "t:2")).toBe(bulk('{"id":2,"name":null,"price":null,"sold":null,"data":null,"x":1}'));
    expect([...records(engine).values()].map((record) => record !== 0)).toEqual([true, true]);
    engine.check();
  });

  it("what the table refuses changes nothing and is not logged, whichever command tried it", () => {
    const engine = new TestEngine(build);
    engine.configure(SETTING_EFFECTS, 1);
    const session = engine.open();
    const run = (...args: string[]): string => engine.command(session, args);
    expect(define(engine, COLUMNS)).toBe(STATUS_OK);
    run("JSON.SET", "t:1", "$", '{"id":1,"name":"one"}');
    run("JSON.SET", "t:2", "$", '{"id":2,"name":"two"}');
    // Room for one more row, which would stay.
    run("JSON.SET", "t:3", "$", '{"id":3}');
    run("DEL", "t:3");
    run("SET", "plain", "7");
    engine.takeEffects();
    const digest = engine.digest();
    const bytes = engine.memoryByPurpose().slice(0, 3);
    const long = "x".repeat(700);
    const refused = [
      ["SET", "t:1", "text"],
      ["SET", "t:1", long],
      ["SET", "t:3", "text"],
      ["SET", "t:3", long],
      ["SET", "t:1", "text", "EX", "10"],
      ["SETEX", "t:1", "10", "text"],
      ["SETNX", "t:3", "text"],
      ["APPEND", "t:3", "text"],
      ["APPEND", "t:3", long],
      ["SETRANGE", "t:3", "5", "text"],
      ["SETRANGE", "t:3", "700", "text"],
      ["INCR", "t:3"],
      ["INCRBYFLOAT", "t:3", "1.5"],
      ["GETSET", "t:3", "text"],
      ["MSET", "other", "1", "t:1", "text"],
      ["MSET", "plain", "8", "t:3", "text"],
      ["MSETNX", "other", "1", "t:3", "text"],
      ["RENAME", "plain", "t:1"],
      ["RENAME", "plain", "t:3"],
      ["RENAMENX", "plain", "t:3"],
      ["COPY", "plain", "t:3"],
      ["COPY", "plain", "t:1", "REPLACE"],
      ["RENAME", "t:1", "t:2"],
      ["JSON.SET", "t:3", "$", "[1]"],
      ["JSON.SET", "t:1", "$.price", '"dear"'],
      ["JSON.MSET", "t:3", "$", '{"id":3}', "t:2", "$", '{"id":"two"}'],
      ["JSON.MERGE", "t:1", "$", '{"id":5}'],
    ];
    for (const args of refused) {
      const { status, reply } = engine.send(session, request(args));
      expect([args, status, reply]).toEqual([args, EXECUTE_HOST_COMMAND, ""]);
      engine.answer("-refused\r\n");
      expect(engine.resume(session).status).toBe(0);
      engine.call("reply_clear");
      resetArena(engine);
      expect([args, engine.takeEffects().replaceAll(/\*2\r\n\$6\r\nSELECT\r\n\$1\r\n0\r\n|\*0\r\n/g, "")]).toEqual([args, ""]);
      expect([args, engine.digest()]).toEqual([args, digest]);
      expect([args, engine.memoryByPurpose().slice(0, 3)]).toEqual([args, bytes]);
    }
    engine.check();
  });

  it("a declaration that a document refuses changes nothing; one that ends leaves documents", () => {
    const engine = new TestEngine(build);
    const session = engine.open();
    const run = (...args: string[]): string => engine.command(session, args);
    const before = engine.memoryByPurpose().slice(0, 3);
    for (let id = 0; id < 50; id++) run("JSON.SET", `t:${id}`, "$", `{"id":${id},"name":"n${id}","price":${id}}`);
    run("JSON.SET", "t:50", "$", '{"id":50,"price":"dear"}');
    const texts = (): string[] => Array.from({ length: 51 }, (_, id) => run("JSON.GET", `t:${id}`));
    const stored = texts();
    expect(define(engine, COLUMNS)).not.toBe(STATUS_OK);
    engine.check();
    expect(texts()).toEqual(stored);
    run("DEL", "t:50");
    expect(define(engine, COLUMNS)).toBe(STATUS_OK);
    const rows = texts();
    expect(rows[3]).toBe(bulk('{"id":3,"name":"n3","price":3.0,"sold":null,"data":null}'));
    expect(undefine(engine)).toBe(1);
    engine.check();
    expect(texts()).toEqual(rows);
    expect([...records(engine).values()].filter((record) => record === 0).length).toBe(0);
    expect(define(engine, COLUMNS)).toBe(STATUS_OK);
    run("FLUSHALL");
    engine.settle();
    engine.close(session);
    expect(engine.memoryByPurpose().slice(0, 3)).toEqual(before);
    expect(engine.word((engine.call("runtime_cells") >>> 0) + CELL_BUDGET)).toBeGreaterThan(0);
  });
});
