/**
 * Goal: Cypher's functions of nodes and relationships, and its procedures, tell what the graph has: also of what has no labels and
 * no properties, and within the statement that deletes it.
 * Method: a small graph made through the engine's doors; functions called by their names in the table.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { SLOT_NODE, SLOT_PATH, SLOT_RELATIONSHIP } from "../../../../assembly/abi/record.ts";
import { cypherProcedure } from "../../../../host/query/function/cypher/procedure.ts";
import { plainType } from "../../../../host/query/type/type.ts";
import { CypherFunctions, type Tagged } from "../../../support/cypher-functions.ts";

const NOW = 1_710_508_455_678;
const DELETED = "EntityNotFound: DeletedEntityAccess";
const functions = new CypherFunctions();
const { engine } = functions;

const node = (number: number): Tagged => ({ tag: SLOT_NODE, payload: BigInt(number) });
const relationship = (number: number): Tagged => ({ tag: SLOT_RELATIONSHIP, payload: BigInt(number) });

function placed(text: string): [address: number, length: number] {
  const bytes = new TextEncoder().encode(text);
  return [engine.place(bytes), bytes.length];
}

function json(text: string): bigint {
  return engine.read(text, plainType("jsonb")) as bigint;
}

/** Runs doors as one statement, which is kept or taken back. */
function statement(keep: boolean, body: () => void): void {
  engine.reset();
  expect(engine.raw("statement_begin", [0, NOW])).toBe(0);
  engine.reset();
  body();
  expect(engine.error()).toBeUndefined();
  engine.raw("statement_end", [keep ? 1 : 0]);
}

function createNode(labels: readonly string[], properties: string): number {
  engine.raw("labels_begin", [-1]);
  for (const label of labels) engine.raw("labels_add", placed(label));
  return Number(engine.raw("node_create", [json(properties)]));
}

function createRelationship(start: number, end: number, type: string, properties: string): number {
  return Number(engine.raw("relationship_create", [start, end, ...placed(type), json(properties)]));
}

function procedure(name: string): string {
  const found = cypherProcedure(name);
  if (found?.rows.kind !== "list") throw new Error(`no list of ${name}`);
  engine.reset();
  return functions.callRow({ entry: found.rows.list, accepts: [] });
}

describe("the graph", () => {
  beforeAll(() => {
    statement(true, () => {
      createNode(["Person", "Ölgötze"], '{"name":"Ann","tags":[1,null]}');
      createNode([], "{}");
      createNode(["Person"], '{"age":7}');
      createRelationship(0, 1, "KNOWS", '{"since":2000}');
      createRelationship(1, 1, "a type with a long name", "{}");
      const [label, labelBytes] = placed("Person");
      const field = new Uint8Array([10, 0, 0, 0, 4, 0, 110, 97, 109, 101]);
      const name = placed("person_name");
      expect(engine.raw("label_index_create", [0, label, labelBytes, 0, engine.place(field), field.length, 1, ...name])).toBe(0);
    });
  });

  test("nodes tell their number, labels and properties", () => {
    engine.reset();
    expect(functions.call("id", node(2))).toBe("2");
    expect(functions.call("elementId", node(2))).toMatch(/^"[0-9a-f-]{36}"$/);
    expect(functions.call("elementId", node(1))).not.toBe(functions.call("elementId", relationship(1)));
    expect(JSON.parse(functions.call("labels", node(0))).sort()).toEqual(["Person", "Ölgötze"]);
    expect(functions.call("labels", node(1))).toBe("[]");
    expect(functions.call("keys", node(0))).toBe('["name","tags"]');
    expect(functions.call("keys", node(1))).toBe("[]");
    expect(JSON.parse(functions.call("properties", node(0)))).toEqual({ name: "Ann", tags: [1, null] });
    expect(functions.call("properties", node(1))).toBe("{}");
  });

  test("relationships tell their type, ends and properties", () => {
    engine.reset();
    expect(functions.call("type", relationship(0))).toBe('"KNOWS"');
    expect(functions.call("type", relationship(1))).toBe('"a type with a long name"');
    expect(functions.call("startNode", relationship(0))).toBe("node 0");
    expect(functions.call("endNode", relationship(0))).toBe("node 1");
    expect(functions.call("keys", relationship(0))).toBe('["since"]');
    expect(functions.call("properties", relationship(1))).toBe("{}");
    expect(functions.call("keys", relationship(1))).toBe("[]");
  });

  test("paths tell their length, nodes and relationships", () => {
    engine.reset();
    const one = engine.raw("path_start", [0n]) as bigint;
    const path = { tag: SLOT_PATH, payload: engine.raw("path_step", [engine.raw("path_step", [one, 0n, 1n]), 1n, 1n]) as bigint };
    expect(functions.call("length", path)).toBe("2");
    expect(functions.call("length", { tag: SLOT_PATH, payload: one })).toBe("0");
    const items = (name: string, given: Tagged): readonly string[] => {
      const made = functions.tagged(name, given);
      return ["value_head", "value_last"].map((end) => `${engine.raw(end, [made.tag, made.payload])} ${engine.tag()}`);
    };
    expect(functions.call("size", functions.tagged("nodes", path))).toBe("3");
    expect(items("nodes", path)).toEqual([`0 ${SLOT_NODE}`, `1 ${SLOT_NODE}`]);
    expect(functions.call("size", functions.tagged("relationships", path))).toBe("2");
    expect(items("relationships", path)).toEqual([`0 ${SLOT_RELATIONSHIP}`, `1 ${SLOT_RELATIONSHIP}`]);
    expect(functions.call("relationships", { tag: SLOT_PATH, payload: one })).toBe("[]");
  });

  test("what is of another kind is refused", () => {
    engine.reset();
    for (const [name, given] of [
      ["labels", relationship(0)],
      ["type", node(0)],
      ["startNode", node(0)],
      ["length", node(0)],
      ["nodes", relationship(0)],
      ["size", node(0)],
      ["toString", node(0)],
    ] as const) {
      expect(functions.call(name, given), name).toBe("TypeError: InvalidArgumentValue");
    }
  });

  test("of what the statement has deleted number and type are known, labels and properties are not", () => {
    statement(false, () => {
      expect(engine.raw("relationship_delete", [0])).toBe(1);
      expect(engine.raw("relationship_delete", [1])).toBe(1);
      expect(engine.raw("node_delete", [2, 0])).toBe(1);
      for (const order of [
        [0, 1],
        [1, 0],
      ] as const) {
        const types = order.map((number) => functions.call("type", relationship(number)));
        expect(types).toEqual(order.map((number) => (number === 0 ? '"KNOWS"' : '"a type with a long name"')));
      }
      expect(functions.call("id", node(2))).toBe("2");
      expect(functions.call("labels", node(2))).toBe(DELETED);
      expect(functions.call("keys", node(2))).toBe(DELETED);
      expect(functions.call("properties", relationship(0))).toBe(DELETED);
      expect(functions.call("startNode", relationship(0))).toBe(DELETED);
    });
    expect(functions.call("type", relationship(0))).toBe('"KNOWS"');
    expect(functions.call("type", relationship(9))).toBe(DELETED);
  });

  test("procedures list what there is", () => {
    expect(procedure("db.labels")).toBe('["Person","Ölgötze"]');
    expect(procedure("db.relationshiptypes")).toBe('["KNOWS","a type with a long name"]');
    expect(JSON.parse(procedure("db.propertykeys")).sort()).toEqual(["age", "name", "since", "tags"]);
    expect(procedure("db.indexes")).toBe('[["person_name","Person",["name"],null]]');
  });

  test("labels that nothing has any more are not listed", () => {
    statement(true, () => {
      engine.raw("labels_begin", [0]);
      engine.raw("labels_drop", placed("Ölgötze"));
      expect(engine.raw("node_relabel", [0])).toBe(1);
    });
    expect(procedure("db.labels")).toBe('["Person"]');
  });
});

describe("without a graph", () => {
  const empty = new CypherFunctions();

  test("procedures list nothing", () => {
    for (const name of ["db.labels", "db.relationshiptypes", "db.propertykeys", "db.indexes"]) {
      const found = cypherProcedure(name);
      if (found?.rows.kind !== "list") throw new Error(`no list of ${name}`);
      expect(empty.callRow({ entry: found.rows.list, accepts: [] }), name).toBe("[]");
    }
  });

  test("constant rows have a value for each column", () => {
    for (const name of ["dbms.procedures", "dbms.functions", "dbms.components"]) {
      const found = cypherProcedure(name);
      if (found?.rows.kind !== "constant") throw new Error(`no rows of ${name}`);
      const rows = found.rows.rows();
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row.length).toBe(found.columns.length);
    }
    expect(cypherProcedure("db.nothing")).toBeUndefined();
  });
});
