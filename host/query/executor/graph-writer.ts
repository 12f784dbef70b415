/**
 * Writing to the property graph for the interpreter: the engine's doors (assembly/command/graph-write.ts) one by one.
 *
 * What a door refuses ends the statement, which is taken back as a whole (query-engine.ts). Words lie in the arena and are released
 * behind the door.
 */
import {
  DELETE_CONNECTED,
  DELETE_DONE,
  NAME_COLLECTION,
  NAMES_TYPES,
  NO_NODE,
  NODE_COLLECTION,
  RELATIONSHIP_TYPE,
} from "../../../assembly/abi/graph.ts";
import {
  CELL_TAG,
  SLOT_ARRAY,
  SLOT_DOUBLE,
  SLOT_JSON,
  SLOT_NODE,
  SLOT_NONE,
  SLOT_PATH,
  SLOT_RELATIONSHIP,
  SLOT_TEMPORAL,
} from "../../../assembly/abi/record.ts";
import { cypherError } from "../../common/cypher-error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { EngineGraph } from "./engine-graph.ts";
import type { GraphCreated, GraphTarget, GraphWriter, RelationshipEnds } from "./surroundings.ts";
import { bytesOfText, type Tagged } from "./value.ts";

/** A packed object without fields (tag, bytes, count) as a word, and its bytes. */
const EMPTY_MAP = 0x1203n;
const EMPTY_BYTES = "\x12\0\0";
/** Kinds of which not every value can be a property. */
const MAY_BE_REFUSED: ReadonlySet<number> = new Set([SLOT_JSON, SLOT_ARRAY, SLOT_NODE, SLOT_RELATIONSHIP, SLOT_PATH, SLOT_TEMPORAL]);

export class EngineGraphWriter implements GraphWriter {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #graph: EngineGraph;
  readonly #changed: PlanFunction;

  constructor(engine: Engine, functions: EngineFunctions, graph: EngineGraph) {
    this.#engine = engine;
    this.#functions = functions;
    this.#graph = graph;
    this.#changed = functions.required("properties_changed");
  }

  createNode(labels: readonly string[], properties: string | undefined): GraphCreated {
    return this.#functions.released(() => {
      this.#call("labels_begin", NO_NODE);
      for (const label of labels) this.#named("labels_add", label);
      return this.#created(this.#call("node_create", this.#map(properties)));
    });
  }

  createRelationship(type: string, { start, end }: RelationshipEnds, properties: string | undefined): GraphCreated {
    return this.#functions.released(() =>
      this.#functions.withBytes(bytesOfText(type), (pointer, length) =>
        this.#created(this.#call("relationship_create", start, end, pointer, length, this.#map(properties))),
      ),
    );
  }

  setProperty({ entity, number }: GraphTarget, name: string, value: Tagged | null): number {
    return this.#functions.released(() =>
      this.#functions.withBytes(bytesOfText(name), (pointer, length) => {
        const [tag, payload] = this.#property(value);
        this.#call(`${entity}_property`, number, pointer, length, tag, payload);
        return Number(this.#changed());
      }),
    );
  }

  setProperties({ entity, number }: GraphTarget, properties: string, merge: boolean): number {
    return this.#functions.released(() => {
      this.#call(merge ? `${entity}_merge` : `${entity}_write`, number, this.#map(properties));
      return Number(this.#changed());
    });
  }

  properties(target: GraphTarget): string {
    return this.#functions.released(() => {
      const [collection, element] = this.#row(target);
      if (element === 0) return EMPTY_BYTES;
      const word = this.#functions.required("record_document")(collection, element) as bigint;
      this.#engine.memory.refresh();
      this.#functions.check();
      return this.#functions.words.read(word);
    });
  }

  setLabels(node: number, labels: readonly string[], remove: boolean): number {
    const changing = new Set(labels.filter((label) => this.#graph.hasLabels(node, [label]) === remove));
    if (changing.size === 0 && this.#graph.hasNode(node)) return 0;
    this.#call("labels_begin", node);
    for (const label of changing) this.#named(remove ? "labels_drop" : "labels_add", label);
    this.#call("node_relabel", node);
    return changing.size;
  }

  deleteRelationship(relationship: number): boolean {
    return this.#call("relationship_delete", relationship) === 1;
  }

  deleteNode(node: number, detach: boolean): number | undefined | "connected" {
    const before = this.#relationships();
    const done = this.#call("node_delete", node, detach ? 1 : 0);
    if (done === DELETE_CONNECTED) return "connected";
    return done === DELETE_DONE ? before - this.#relationships() : undefined;
  }

  hasNull(properties: string): boolean {
    return this.#functions.released(() => this.#call("properties_null", this.#functions.words.write(properties)) === 1);
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #relationships(): number {
    const { graph } = this.#graph;
    return graph === 0 ? 0 : Number(this.#functions.required("graph_relationships")(graph));
  }

  /** Collection and element of a target's properties; element 0: it has none. */
  #row({ entity, number }: GraphTarget): readonly [collection: number, element: number] {
    const { graph } = this.#graph;
    const { memory } = this.#engine;
    const slot = graph === 0 ? 0 : Number(this.#functions.required(`${entity}_slot`)(graph, number)) >>> 0;
    if (slot === 0) throw deletedEntity(entity);
    if (entity === "node") {
      return [memory.word(slot + NODE_COLLECTION), Number(this.#functions.required("node_element")(slot)) >>> 0];
    }
    const type = Number(this.#functions.required("graph_name")(graph, NAMES_TYPES, memory.word(slot + RELATIONSHIP_TYPE) - 1)) >>> 0;
    const element = Number(this.#functions.required("relationship_element")(graph, slot)) >>> 0;
    return [memory.looseWord(type + NAME_COLLECTION), element];
  }

  #created(number: number): GraphCreated {
    if (number === NO_NODE) throw sqlError("XX000", "what was to be created was refused without a reason");
    return { number, properties: Number(this.#changed()) };
  }

  /** A value as it is stored. */
  #property(value: Tagged | null): readonly [tag: number, payload: bigint] {
    if (value === null) return [SLOT_NONE, 0n];
    const given = this.#functions.words.payload(value);
    const isEndless = value.tag === SLOT_DOUBLE && !Number.isFinite(value.value);
    if (!MAY_BE_REFUSED.has(value.tag) && !isEndless) return [value.tag, given];
    const payload = this.#functions.required("property_value")(value.tag, given) as bigint;
    const { memory } = this.#engine;
    memory.refresh();
    this.#functions.check();
    return [memory.word(this.#functions.cells + CELL_TAG), payload];
  }

  /** Properties as they are stored. */
  #map(properties: string | undefined): bigint {
    if (properties === undefined) return EMPTY_MAP;
    const payload = this.#functions.required("properties_value")(this.#functions.words.write(properties)) as bigint;
    this.#engine.memory.refresh();
    this.#functions.check();
    return payload;
  }

  #named(door: "labels_add" | "labels_drop", label: string): void {
    this.#functions.withBytes(bytesOfText(label), (pointer, length) => this.#call(door, pointer, length));
  }

  /** Calls a door and throws the error that it noted. */
  #call(door: string, ...args: (number | bigint)[]): number {
    const result = Number(this.#functions.required(door)(...args) ?? 0);
    this.#engine.memory.refresh();
    this.#functions.check();
    return result;
  }
}

/** What a use of something deleted fails with. */
function deletedEntity(entity: string): Error {
  return cypherError("EntityNotFound", "DeletedEntityAccess", `the ${entity} has been deleted in this statement`);
}
