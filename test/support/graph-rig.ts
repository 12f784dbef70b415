/**
 * Interpreted plans on the graph of a real engine: hand-made operators, what they read and write, and a model that is put into the
 * engine or compared with it. The engine's numbers are those of the model, since both count from 0 on.
 */
import { readFileSync } from "node:fs";
import { COMMAND_COUNT } from "../../assembly/abi/commands.ts";
import { CELL_BUDGET, CELL_NOW } from "../../assembly/abi/record.ts";
import { SETTING_EFFECTS, STATUS_OK } from "../../assembly/abi/status.ts";
import { Engine } from "../../host/engine/engine.ts";
import { instantiateEngine } from "../../host/engine/instance.ts";
import { EngineFunctions } from "../../host/query/executor/engine-functions.ts";
import { EngineGraph } from "../../host/query/executor/engine-graph.ts";
import { EngineGraphWriter } from "../../host/query/executor/graph-writer.ts";
import { type Interpreted, interpret } from "../../host/query/executor/interpreter/interpret.ts";
import type { Rows, Surroundings } from "../../host/query/executor/surroundings.ts";
import type { Value } from "../../host/query/executor/value.ts";
import type { BoundExpression } from "../../host/query/plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../../host/query/plan/operator.ts";
import { columnsOf, writes } from "../../host/query/plan/walk.ts";
import { plainType, type SqlType } from "../../host/query/type/type.ts";
import { type BuildName, START_MS } from "./engine.ts";
import { GraphModel } from "./graph-model.ts";

const BUDGET_BYTES = 1 << 30;
const FILES = {
  debug: new URL("../../dist/engine.debug.wasm", import.meta.url),
  release: new URL("../../dist/engine.wasm", import.meta.url),
};
const modules = new Map<BuildName, WebAssembly.Module>();

export const NODE = plainType("node");
export const RELATIONSHIP = plainType("relationship");
export const VALUE = plainType("value");
export const MAP = plainType("map");
export const TEXT = plainType("text");
export const INTEGER = plainType("bigint");

/** A column of a plan. */
export function column(number: number, type: SqlType): PlanColumn {
  return { column: number, name: `c${number}`, type };
}

export function use(number: number, type: SqlType): BoundExpression {
  return { kind: "BoundColumn", type, column: number, name: `c${number}` };
}

export function constant(value: bigint | number | string | boolean | Uint8Array | null, type: SqlType): BoundExpression {
  return { kind: "BoundConstant", type, value };
}

/** The rows of constants of columns. */
export function rowsOf(
  columns: readonly PlanColumn[],
  rows: readonly (readonly (bigint | string | Uint8Array | null)[])[],
): LogicalOperator {
  const typeOf = (index: number): SqlType => (columns[index] as PlanColumn).type;
  return { kind: "LogicalValues", columns, rows: rows.map((row) => row.map((value, index) => constant(value, typeOf(index)))) };
}

/** One row without columns. */
export const ONE_ROW: LogicalOperator = { kind: "LogicalValues", columns: [], rows: [[]] };

function moduleOf(build: BuildName): WebAssembly.Module {
  let module = modules.get(build);
  if (module === undefined) {
    module = new WebAssembly.Module(readFileSync(FILES[build]));
    modules.set(build, module);
  }
  return module;
}

export class GraphRig {
  readonly engine: Engine;
  readonly functions: EngineFunctions;
  readonly surroundings: Surroundings;
  /** How often a plan has asked whether to go on. */
  pauses = 0;

  constructor(build: BuildName = "debug") {
    const exports = instantiateEngine(moduleOf(build), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), () => {});
    this.engine = new Engine(exports, COMMAND_COUNT);
    this.engine.configure(SETTING_EFFECTS, 1);
    this.functions = new EngineFunctions(this.engine, () => {
      throw new Error("there are no modules of functions here");
    });
    const graph = new EngineGraph(this.engine, this.functions, 0);
    const pause = (): boolean => {
      this.pauses++;
      return false;
    };
    const graphWriter = new EngineGraphWriter(this.engine, this.functions, graph);
    this.surroundings = { functions: this.functions, rows: {} as Rows, graph, graphWriter, pause };
  }

  /** Runs as one statement, which is kept unless it throws. */
  statement<T>(run: () => T): T {
    return this.engine.runPlan(() => {
      this.functions.required("runtime_reset")();
      this.functions.required("statement_begin")(0, START_MS);
      const { memory } = this.engine;
      memory.refresh();
      memory.setWord(this.functions.cells + CELL_BUDGET, BUDGET_BYTES);
      memory.setFloat(this.functions.cells + CELL_NOW, START_MS);
      let isDone = false;
      try {
        const result = run();
        isDone = true;
        return result;
      } finally {
        this.functions.required("statement_end")(isDone ? 1 : 0);
        this.functions.required("runtime_reset")();
      }
    });
  }

  /** The closures of a plan whose output is all columns of its root. */
  interpreted(root: LogicalOperator, parameters: readonly SqlType[] = []): Interpreted {
    const plan = { root, output: columnsOf(root), parameters, literals: [], dependencies: [], modifies: writes(root) };
    return interpret(plan, this.surroundings);
  }

  /** The rows of a plan, as one statement: i64 as numbers, columns in the order in which `columnsOf` names them. */
  run(root: LogicalOperator, parameters: readonly Value[] = []): unknown[][] {
    const interpreted = this.interpreted(
      root,
      parameters.map(() => VALUE),
    );
    return this.statement(() => {
      const rows: unknown[][] = [];
      interpreted.run(parameters, [], (row) => {
        rows.push(row.map((value) => (typeof value === "bigint" ? Number(value) : value)));
        return true;
      });
      return rows;
    });
  }

  /** The packed form of JSON, as bytes. */
  packed(value: unknown): string {
    return this.functions.released(() => {
      const text = Buffer.from(JSON.stringify(value)).toString("latin1");
      const word = this.functions.required("jsonb_from_text")(this.functions.words.write(text)) as bigint;
      this.engine.memory.refresh();
      this.functions.check();
      return this.functions.words.read(word);
    });
  }

  /** The graph that is there. */
  model(): GraphModel {
    const { graph, graphWriter } = this.surroundings as Required<Surroundings>;
    return this.statement(() => {
      graph.begin();
      const model = new GraphModel();
      const [labels, types] = [this.#names(0), this.#names(1)];
      const nodes = graph.nodes([]);
      for (let number = nodes.next(); number >= 0; number = nodes.next()) {
        const properties = this.json(graphWriter.properties({ entity: "node", number }));
        model.nodes.set(number, { labels: labels.filter((label) => graph.hasLabels(number, [label])), properties });
      }
      const cursor = graph.relationships([]);
      while (cursor.next()) {
        const { relationship, start, end } = cursor;
        const type = types.find((each) => graph.relationship(relationship, [each]) !== undefined) ?? "";
        const properties = this.json(graphWriter.properties({ entity: "relationship", number: relationship }));
        model.relationships.set(relationship, { type, start, end, properties });
      }
      return model;
    });
  }

  /** Texts of all labels (0) or types (1). */
  #names(kind: number): string[] {
    const { functions } = this;
    const graph = functions.required("graph_find")(0) as number;
    if (graph === 0) return [];
    return Array.from({ length: Number(functions.required("graph_names")(graph, kind)) }, (_, number) =>
      functions.words.read(functions.required("name_text")(functions.required("graph_name")(graph, kind, number) as number) as bigint),
    );
  }

  /** What packed bytes are as JSON. */
  json(packed: string): Record<string, unknown> {
    return JSON.parse(Buffer.from(this.text(packed), "latin1").toString("utf8")) as Record<string, unknown>;
  }

  /** Bytes of the JSON text of packed bytes. */
  text(packed: string): string {
    return this.functions.released(() => {
      const word = this.functions.required("text_from_jsonb")(this.functions.words.write(packed)) as bigint;
      this.engine.memory.refresh();
      return this.functions.words.read(word);
    });
  }

  /** Makes an index of a label on a property. */
  createIndex(name: string, label: string, property: string): void {
    // One field: u16 bytes, path, ascending; u16 length and bytes of the name.
    const field = String.fromCharCode(property.length + 6, 0, 0, 0, property.length, 0) + property;
    const { functions } = this;
    this.statement(() =>
      functions.withBytes(label, (labelAt, labelBytes) =>
        functions.withBytes(field, (fieldAt, fieldBytes) =>
          functions.withBytes(name, (nameAt, nameBytes) => {
            const make = functions.required("label_index_create");
            const status = make(0, labelAt, labelBytes, 0, fieldAt, fieldBytes, 1, nameAt, nameBytes);
            if (status !== STATUS_OK) throw new Error(`the index is refused: ${status}`);
          }),
        ),
      ),
    );
  }

  /** Puts a model into an empty graph. */
  fill(model: GraphModel): void {
    const { functions } = this;
    const call = (name: string, ...values: (number | bigint)[]): number => {
      const answer = Number(functions.required(name)(...values));
      this.engine.memory.refresh();
      functions.check();
      return answer;
    };
    this.statement(() => {
      for (const [number, node] of model.nodes) {
        functions.released(() => {
          call("labels_begin", -1);
          for (const label of node.labels) functions.withBytes(label, (pointer, length) => call("labels_add", pointer, length));
          const made = call("node_create", functions.words.write(this.packed(node.properties)));
          if (made !== number) throw new Error(`node ${made} instead of ${number}`);
        });
      }
      for (const [number, { type, start, end, properties }] of model.relationships) {
        const word = functions.words.write(this.packed(properties));
        const made = functions.withBytes(type, (pointer, length) => call("relationship_create", start, end, pointer, length, word));
        if (made !== number) throw new Error(`relationship ${made} instead of ${number}`);
      }
    });
  }
}

/** The relationships of a packed list. */
export function relationshipsOf(list: unknown): number[] {
  const bytes = Buffer.from(list as string, "latin1");
  const isLong = bytes[0] === 17;
  const count = isLong ? bytes.readUInt32LE(5) : (bytes[2] as number);
  const first = isLong ? 9 : 3;
  return Array.from({ length: count }, (_, index) => {
    const at = first + index * 5;
    if (bytes[at] !== 21) throw new Error(`element ${index} is no relationship`);
    return bytes.readUInt32LE(at + 1);
  });
}
