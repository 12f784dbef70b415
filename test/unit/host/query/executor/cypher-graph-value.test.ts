/**
 * Goal: properties, labels and types of nodes and relationships are what the graph has, by whatever way an expression reads them; results
 * carry nodes, relationships and paths whole, also inside of lists and maps; reading what the statement has deleted is an error.
 * Method: a graph from a model, with records and with packed properties; hand-made expressions on each node and relationship, interpreted.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { cypherJavaScript, type PlainOutput } from "../../../../../host/query/executor/cypher-value.ts";
import type { Tagged, Value } from "../../../../../host/query/executor/value.ts";
import { cypherOperator } from "../../../../../host/query/function/cypher/table.ts";
import { entry, inline } from "../../../../../host/query/function/row.ts";
import type { BoundExpression } from "../../../../../host/query/plan/expression.ts";
import { arrayOf, plainType, type SqlType } from "../../../../../host/query/type/type.ts";
import { BUILDS, engineBuilt } from "../../../../support/engine.ts";
import { GraphModel } from "../../../../support/graph-model.ts";
import { column, constant, GraphRig, MAP, NODE, RELATIONSHIP, rowsOf, TEXT, use, VALUE } from "../../../../support/graph-rig.ts";

const LIST = arrayOf(VALUE);
const PATH = plainType("path");
const NAMES = ["name", "age", "nested", "list", "rare", "missing"];

/** Nodes enough for records, one whose fields fit none of them, one without properties. */
function modelOf(): GraphModel {
  const model = new GraphModel();
  for (let number = 0; number < 60; number++) {
    const properties = { name: `a name of ${number}`, age: number, nested: { inner: [number] }, list: [number, "x", 1.5] };
    model.nodes.set(number, { labels: number % 3 === 0 ? ["A", "B"] : ["A"], properties });
  }
  model.nodes.set(60, { labels: ["Lonely"], properties: { rare: true, name: 7 } });
  model.nodes.set(61, { labels: [], properties: {} });
  for (let number = 0; number < 60; number++) {
    const properties = number % 2 === 0 ? { name: `r${number}`, age: number / 4 } : {};
    model.relationships.set(number, { type: number % 4 === 0 ? "KNOWS" : "LIKES", start: number, end: 60, properties });
  }
  return model;
}

/** What no graph holds: integers are numbers, text is text. */
const output: PlainOutput = {
  javascript: (value: Value) => (typeof value === "bigint" ? Number(value) : (value as string | boolean | number)),
};

const plainOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "tag" in value ? cypherJavaScript(value as Tagged, output) : value;

const boxed = (expression: BoundExpression): BoundExpression =>
  expression.type.name === "value"
    ? expression
    : {
        kind: "BoundCall",
        type: VALUE,
        function: entry("cast", "value", [expression.type], "value", inline("to_any"), {}),
        arguments: [expression],
      };

/** A call of the operator's row with parameters of these names. */
function call(symbol: string, parameters: readonly string[], ...args: readonly BoundExpression[]): BoundExpression {
  const row = cypherOperator(symbol).find(({ entry: { parameters: own } }) => own.map(({ name }) => name).join() === parameters.join());
  if (row === undefined) throw new Error(`no row of ${symbol}(${parameters.join()})`);
  return { kind: "BoundCall", type: row.entry.result, function: row.entry, arguments: args };
}

const property = (operand: BoundExpression, name: string): BoundExpression => ({ kind: "BoundProperty", type: VALUE, operand, name });
const text = (value: string): BoundExpression => constant(value, TEXT);
const whole = (value: BoundExpression): BoundExpression => call("value_output", ["value"], boxed(value));

describe.skipIf(!engineBuilt).each(BUILDS)("values of the graph, %s build", (build) => {
  const model = modelOf();
  let rig: GraphRig;
  beforeAll(() => {
    rig = new GraphRig(build);
    rig.fill(model);
  });

  /** The expressions of a node or relationship, computed for all of these numbers: a row for each. */
  function compute(type: SqlType, numbers: readonly number[], expressions: readonly BoundExpression[]): unknown[][] {
    const items = expressions.map((value, index) => ({ ...column(10 + index, value.type), value }));
    const input = rowsOf(
      [column(1, type)],
      numbers.map((number) => [BigInt(number)]),
    );
    return rig.run({ kind: "LogicalProject", input, items }).map((row) => row.slice(-items.length).map(plainOf));
  }

  test.each([
    ["node", NODE],
    ["relationship", RELATIONSHIP],
  ] as const)("properties of a %s, by name, by subscript, and as a value", (kind, type) => {
    const entities = kind === "node" ? model.nodes : model.relationships;
    const ways = [
      (name: string) => property(use(1, type), name),
      (name: string) => call("property", ["value", "text"], boxed(use(1, type)), text(name)),
      (name: string) => call("[]", ["value", "value"], boxed(use(1, type)), boxed(text(name))),
    ];
    for (const way of ways) {
      const found = compute(type, [...entities.keys()], NAMES.map(way));
      const expected = [...entities.values()].map(({ properties }) => NAMES.map((name) => properties[name] ?? null));
      expect(found).toEqual(expected);
    }
  });

  test("labels and types", () => {
    const labels = ["A", "B", "Lonely", "Unknown"];
    const asked = labels.flatMap((label) => [
      call("has_label", ["node", "text"], use(1, NODE), text(label)),
      call("has_label", ["value", "text"], boxed(use(1, NODE)), text(label)),
    ]);
    expect(compute(NODE, [...model.nodes.keys()], asked)).toEqual(
      [...model.nodes.values()].map((node) => labels.flatMap((label) => [node.labels.includes(label), node.labels.includes(label)])),
    );
    const types = ["KNOWS", "LIKES", "UNKNOWN"];
    const isOf = types.flatMap((name) => [
      call("has_type", ["relationship", "text"], use(1, RELATIONSHIP), text(name)),
      call("has_label", ["value", "text"], boxed(use(1, RELATIONSHIP)), text(name)),
    ]);
    expect(compute(RELATIONSHIP, [...model.relationships.keys()], isOf)).toEqual(
      [...model.relationships.values()].map(({ type }) => types.flatMap((name) => [type === name, type === name])),
    );
  });

  const idOf = (number: number, isRelationship: number): string =>
    rig.functions.released(() => rig.functions.words.read(rig.functions.required("graph_id")(number, isRelationship) as bigint));
  const nodeOf = (number: number) => ({ kind: "node", id: number, elementId: idOf(number, 0), ...model.nodes.get(number) });
  const relationshipOf = (number: number) => ({
    kind: "relationship",
    id: number,
    elementId: idOf(number, 1),
    ...model.relationships.get(number),
  });

  test("results carry nodes and relationships whole", () => {
    const numbers = [...model.nodes.keys()];
    expect(compute(NODE, numbers, [whole(use(1, NODE))])).toEqual(numbers.map((number) => [nodeOf(number)]));
    const others = [...model.relationships.keys()];
    expect(compute(RELATIONSHIP, others, [whole(use(1, RELATIONSHIP))])).toEqual(others.map((number) => [relationshipOf(number)]));
  });

  test("so they do inside of lists, maps and paths; other values stay as they are", () => {
    const path = call(
      "path_step",
      ["path", "relationship", "node"],
      call("path_start", ["node"], use(1, NODE)),
      constant(4n, RELATIONSHIP),
      constant(60n, NODE),
    );
    const list: BoundExpression = { kind: "BoundList", type: LIST, items: [use(1, NODE), text("x"), constant(4n, RELATIONSHIP)] };
    const map: BoundExpression = { kind: "BoundMap", type: MAP, names: ["inner", "nothing"], items: [list, constant(null, VALUE)] };
    const plain: BoundExpression = { kind: "BoundList", type: LIST, items: [text("a"), constant(1n, plainType("bigint"))] };
    const walked = { kind: "path", nodes: [nodeOf(4), nodeOf(60)], relationships: [relationshipOf(4)] };
    const inner = [nodeOf(4), "x", relationshipOf(4)];
    const asked = [path, list, map, plain, text("some text"), constant(null, PATH)].map(whole);
    expect(compute(NODE, [4], asked)).toEqual([[walked, inner, { inner, nothing: null }, ["a", 1], "some text", null]]);
  });

  test("a path goes on by a list of relationships, whichever way they were walked", () => {
    const start = call("path_start", ["node"], use(1, NODE));
    const list: BoundExpression = { kind: "BoundList", type: LIST, items: [constant(8n, RELATIONSHIP), constant(9n, RELATIONSHIP)] };
    const path = call("path_extend", ["path", "array"], start, list);
    expect(compute(NODE, [8], [whole(path)])).toEqual([
      [{ kind: "path", nodes: [nodeOf(8), nodeOf(60), nodeOf(9)], relationships: [relationshipOf(8), relationshipOf(9)] }],
    ]);
  });

  test("what the statement has deleted can no longer be read", () => {
    const { functions } = rig;
    const name = "name";
    const reading: readonly (readonly [string, readonly unknown[]])[] = [
      ["node_property_value", [3n]],
      ["node_has_label", [3n]],
      ["relationship_property_value", [3n]],
      ["relationship_has_type", [3n]],
    ];
    for (const [by, given] of reading) {
      const read = (): void =>
        rig.statement(() => {
          functions.required("node_delete")(3, 1);
          functions.required(by)(...(given as readonly bigint[]), functions.words.write(name));
          functions.check();
        });
      expect(read, by).toThrow("has been deleted in this statement [EntityNotFound: DeletedEntityAccess]");
    }
    // The failed statements have left everything.
    expect(compute(NODE, [3], [property(use(1, NODE), name)])).toEqual([["a name of 3"]]);
  });
});
