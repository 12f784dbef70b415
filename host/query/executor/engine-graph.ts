/**
 * The property graph for the interpreter, as the engine keeps it (assembly/abi/graph.ts).
 *
 * 1. Scans take numbers a batch at a time. Pairs of a node are read where they lie, block by block, without calls: nothing is written
 *    to the graph while such a cursor is open.
 * 2. Names are looked up once in a statement and for each list of names; and again when there are more of them or the record of one lies
 *    elsewhere, since the statement itself may have made it or changed what hangs on it.
 * 3. An index knows numbers and the texts that spell them as one (host/query/README.md, "Dynamic values"), so ranges of texts are
 *    searched among the numbers too, and what it finds is more than what is asked for: the filter above decides.
 */
import {
  ADJACENCY_BLOCK,
  ADJACENCY_PAIRS,
  ADJACENCY_RUN,
  ADJACENCY_TYPE,
  DIRECTION_BOTH,
  DIRECTION_IN,
  DIRECTION_OUT,
  ENTRY_NUMBER,
  GRAPH_NAMES_MOVED,
  NAME_COUNT,
  NAME_NUMBER,
  NAMES_LABELS,
  NAMES_TYPES,
  NODE_IN,
  NODE_IN_DEGREE,
  NODE_OUT,
  NODE_OUT_DEGREE,
  PAIR_BYTES,
  PAIR_NEIGHBOUR,
  PAIR_RELATIONSHIP,
  RELATIONSHIP_END,
  RELATIONSHIP_START,
  RELATIONSHIP_TYPE,
  SCANNED_BYTES,
  SCANNED_END,
  SCANNED_NUMBER,
  SCANNED_START,
} from "../../../assembly/abi/graph.ts";
import { ROW_ENTRY } from "../../../assembly/abi/record.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import type { MemoryView } from "../../engine/memory-view.ts";
import type { Direction, NodeAccess } from "../plan/graph-operator.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { LabelIndexRows } from "./label-index-rows.ts";
import type {
  GraphAccess,
  GraphEntity,
  IndexValues,
  NodeCursor,
  PairCursor,
  RelationshipCursor,
  RelationshipEnds,
} from "./surroundings.ts";
import { bytesOfText } from "./value.ts";

/** Numbers that a batch of a scan has. */
const BATCH = 1024;
const WORD_BYTES = 4;
const SHORT_MASK = 0xffff;

const DIRECTIONS: Readonly<Record<Direction, number>> = { out: DIRECTION_OUT, in: DIRECTION_IN, both: DIRECTION_BOTH };

const NO_NODES: NodeCursor = { next: () => -1 };

/** What is known of a list of names: handles of those that are there, since names moved last (GRAPH_NAMES_MOVED). */
interface KnownNames {
  readonly graph: number;
  readonly moved: number;
  readonly handles: readonly number[];
  /** Whether all of them are there. */
  readonly isComplete: boolean;
  /** Numbers of those that are there. */
  readonly numbers: readonly number[];
}

export class EngineGraph implements GraphAccess {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #database: number;
  readonly #indexes: LabelIndexRows;
  readonly #find: PlanFunction;
  readonly #tracks: PlanFunction;
  readonly #named: PlanFunction;
  readonly #nodeSlot: PlanFunction;
  readonly #relationshipSlot: PlanFunction;
  readonly #labelHas: PlanFunction;
  #known = new WeakMap<readonly string[], KnownNames>();
  #isKnown = false;

  constructor(engine: Engine, functions: EngineFunctions, database: number) {
    this.#engine = engine;
    this.#functions = functions;
    this.#database = database;
    this.#indexes = new LabelIndexRows(engine, functions);
    this.#find = functions.required("graph_find");
    this.#tracks = functions.required("tracks_reads");
    this.#named = functions.required("graph_named");
    this.#nodeSlot = functions.required("node_slot");
    this.#relationshipSlot = functions.required("relationship_slot");
    this.#labelHas = functions.required("label_has");
  }

  /** Address of the graph, or 0. */
  get graph(): number {
    return Number(this.#find(this.#database)) >>> 0;
  }

  begin(): void {
    if (!this.#isKnown) return;
    this.#isKnown = false;
    this.#known = new WeakMap();
  }

  // Nodes -------------------------------------------------------------------------------------------------------------------

  nodes(labels: readonly string[]): NodeCursor {
    this.#tell("track_label", labels.slice(0, 1));
    const first = this.graph;
    if (first === 0 || !this.#names(first, NAMES_LABELS, labels).isComplete) return NO_NODES;
    const { memory } = this.#engine;
    const countOf = (handle: number): number => memory.looseWord(handle + NAME_COUNT);
    const scan = this.#functions.required("graph_scan_nodes");
    return new NodeBatches((from) => {
      // The execution may have stood still since the last batch.
      const { graph } = this;
      const { handles } = this.#names(graph, NAMES_LABELS, labels);
      return this.#batch(
        scan,
        graph,
        [...handles].sort((left, right) => countOf(left) - countOf(right)),
        from,
        WORD_BYTES,
      );
    });
  }

  countNodes(labels: readonly string[]): number {
    // Asked for before a statement begins.
    this.begin();
    const { graph } = this;
    if (graph === 0) return 0;
    const { memory } = this.#engine;
    const { isComplete, handles } = this.#names(graph, NAMES_LABELS, labels);
    const all = Number(this.#functions.required("graph_nodes")(graph));
    return isComplete ? Math.min(all, ...handles.map((handle) => memory.looseWord(handle + NAME_COUNT))) : 0;
  }

  countRelationships(): number {
    const { graph } = this;
    return graph === 0 ? 0 : Number(this.#functions.required("graph_relationships")(graph));
  }

  indexed(access: Extract<NodeAccess, { readonly kind: "index" }>, values: IndexValues): NodeCursor | undefined {
    const { graph } = this;
    if (graph === 0) return undefined;
    const sets = Number(this.#functions.required("graph_sets")(graph));
    const setAt = this.#functions.required("graph_set");
    const elementOf = this.#functions.required("row_element");
    const { memory } = this.#engine;
    const found: number[] = [];
    let isThere = false;
    for (let position = 0; position < sets; position++) {
      const collection = Number(setAt(graph, position)) >>> 0;
      const rows = this.#indexes.rows(collection, access, values);
      if (rows === undefined) return undefined;
      if (rows === "no index") continue;
      isThere = true;
      for (const row of rows) {
        const element = Number(elementOf(collection, row)) >>> 0;
        found.push(memory.word(memory.word(element + ROW_ENTRY) + ENTRY_NUMBER));
      }
    }
    if (!isThere) return undefined;
    let position = 0;
    return { next: () => found[position++] ?? -1 };
  }

  hasNode(node: number): boolean {
    this.#tellEntity(node, "node");
    return this.slotOf(node) !== 0;
  }

  hasLabels(node: number, labels: readonly string[]): boolean {
    if (labels.length === 0) return true;
    this.#tellEntity(node, "node");
    const { isComplete, handles } = this.#names(this.graph, NAMES_LABELS, labels);
    return isComplete && handles.every((handle) => this.#labelHas(handle, node) === 1);
  }

  /** Address of a node's slot, or 0; good until the next write. */
  slotOf(node: number): number {
    const { graph } = this;
    return graph === 0 ? 0 : Number(this.#nodeSlot(graph, node)) >>> 0;
  }

  degree(node: number, direction: Direction): number {
    const slot = this.slotOf(node);
    if (slot === 0) return 0;
    const { memory } = this.#engine;
    const out = direction === "in" ? 0 : memory.word(slot + NODE_OUT_DEGREE);
    return out + (direction === "out" ? 0 : memory.word(slot + NODE_IN_DEGREE));
  }

  expand(node: number, direction: Direction, types: readonly string[]): PairCursor {
    this.#tell("track_pairs", types, node, DIRECTIONS[direction]);
    const slot = this.slotOf(node);
    const { memory } = this.#engine;
    const known = types.length === 0 ? undefined : this.#names(this.graph, NAMES_TYPES, types).numbers;
    if (slot === 0 || known?.length === 0) return new Pairs(memory, node, 0, 0, undefined);
    const first = memory.word(slot + (direction === "in" ? NODE_IN : NODE_OUT));
    return new Pairs(memory, node, first, direction === "both" ? memory.word(slot + NODE_IN) : 0, known);
  }

  // Relationships -----------------------------------------------------------------------------------------------------------

  relationships(types: readonly string[]): RelationshipCursor {
    this.#tell("track_type", types);
    const { graph } = this;
    const isEmpty = graph === 0 || (types.length > 0 && this.#names(graph, NAMES_TYPES, types).handles.length === 0);
    const scan = this.#functions.required("graph_scan_relationships");
    return new RelationshipBatches((from) => {
      if (isEmpty) return NO_WORDS;
      const now = this.graph;
      return this.#batch(scan, now, this.#names(now, NAMES_TYPES, types).handles, from, SCANNED_BYTES);
    });
  }

  relationship(relationship: number, types: readonly string[]): RelationshipEnds | undefined {
    this.#tellEntity(relationship, "relationship");
    const { graph } = this;
    const slot = graph === 0 ? 0 : Number(this.#relationshipSlot(graph, relationship)) >>> 0;
    if (slot === 0) return undefined;
    const { memory } = this.#engine;
    const type = memory.word(slot + RELATIONSHIP_TYPE) - 1;
    if (types.length > 0 && !this.#names(graph, NAMES_TYPES, types).numbers.includes(type)) return undefined;
    return { start: memory.word(slot + RELATIONSHIP_START), end: memory.word(slot + RELATIONSHIP_END) };
  }

  numberOf(id: string, entity: GraphEntity): number | undefined {
    const number = this.#functions.released(() =>
      Number(this.#functions.required("graph_number")(this.#functions.words.write(id), entity === "relationship" ? 1 : 0)),
    );
    return number < 0 ? undefined : number;
  }

  // -----------------------------------------------------------------------------------------------------------------------

  /** Tells the transactions that are active what is read of labels or types; no name: of all. */
  #tell(call: "track_label" | "track_type" | "track_pairs", names: readonly string[], ...before: readonly number[]): void {
    if (this.#tracks() === 0) return;
    const tell = this.#functions.required(call);
    this.#functions.released(() => {
      for (const name of names.length > 0 ? names : [""]) tell(...before, this.#functions.words.write(name));
    });
  }

  #tellEntity(number: number, entity: GraphEntity): void {
    if (this.#tracks() !== 0) this.#functions.required("track_entity")(number, entity === "relationship" ? 1 : 0);
  }

  #names(graph: number, kind: number, names: readonly string[]): KnownNames {
    if (graph === 0) return NO_NAMES;
    const { memory } = this.#engine;
    const moved = memory.looseWord(graph + GRAPH_NAMES_MOVED);
    const known = this.#known.get(names);
    if (known !== undefined && known.graph === graph && known.moved === moved) return known;
    const handles = names
      .map((name) =>
        this.#functions.withBytes(bytesOfText(name), (pointer, length) => Number(this.#named(graph, kind, pointer, length)) >>> 0),
      )
      .filter((handle) => handle !== 0);
    const numbers = handles.map((handle) => memory.looseWord(handle + NAME_NUMBER));
    const found = { graph, moved, handles, numbers, isComplete: handles.length === names.length };
    this.#isKnown = true;
    this.#known.set(names, found);
    return found;
  }

  /** A batch of a scan from a number on. */
  #batch(scan: PlanFunction, graph: number, handles: readonly number[], from: number, itemBytes: number): Uint32Array {
    return this.#functions.released(() => {
      const { memory } = this.#engine;
      const names = this.#functions.allocate(handles.length * WORD_BYTES + BATCH * itemBytes);
      handles.forEach((handle, index) => {
        memory.setWord(names + index * WORD_BYTES, handle);
      });
      const target = names + handles.length * WORD_BYTES;
      const count = Number(scan(graph, names, handles.length, from, target, BATCH));
      return new Uint32Array(memory.copy(target, count * itemBytes).buffer);
    });
  }
}

const NO_NAMES: KnownNames = { graph: 0, moved: 0, handles: [], numbers: [], isComplete: false };
const NO_WORDS = new Uint32Array(0);

/** Nodes batch by batch; the next one begins behind the last number. */
class NodeBatches implements NodeCursor {
  readonly #take: (from: number) => Uint32Array;
  #batch: Uint32Array = NO_WORDS;
  #position = 0;
  #from = 0;
  #isLast = false;

  constructor(take: (from: number) => Uint32Array) {
    this.#take = take;
  }

  next(): number {
    if (this.#position === this.#batch.length) {
      if (this.#isLast) return -1;
      this.#batch = this.#take(this.#from);
      this.#isLast = this.#batch.length < BATCH;
      this.#from = (this.#batch.at(-1) ?? 0) + 1;
      this.#position = 0;
      if (this.#batch.length === 0) return -1;
    }
    return this.#batch[this.#position++] as number;
  }
}

class RelationshipBatches implements RelationshipCursor {
  relationship = -1;
  start = -1;
  end = -1;
  readonly #take: (from: number) => Uint32Array;
  #batch: Uint32Array = NO_WORDS;
  #position = 0;
  #isLast = false;

  constructor(take: (from: number) => Uint32Array) {
    this.#take = take;
  }

  next(): boolean {
    if (this.#position === this.#batch.length) {
      if (this.#isLast) return false;
      this.#batch = this.#take(this.relationship + 1);
      this.#isLast = this.#batch.length < (BATCH * SCANNED_BYTES) / WORD_BYTES;
      this.#position = 0;
      if (this.#batch.length === 0) return false;
    }
    const at = this.#position;
    this.relationship = this.#batch[at + SCANNED_NUMBER / WORD_BYTES] as number;
    this.start = this.#batch[at + SCANNED_START / WORD_BYTES] as number;
    this.end = this.#batch[at + SCANNED_END / WORD_BYTES] as number;
    this.#position = at + SCANNED_BYTES / WORD_BYTES;
    return true;
  }
}

/** Pairs of a node: runs of one direction, then those of the other without loops. */
class Pairs implements PairCursor {
  neighbour = -1;
  relationship = -1;
  readonly #memory: MemoryView;
  readonly #node: number;
  readonly #types: readonly number[] | undefined;
  #run: number;
  #other: number;
  #isSecond = false;
  #block = 0;
  /** Address of the next pair of the block, and behind its last one. */
  #pair = 0;
  #end = 0;

  constructor(memory: MemoryView, node: number, run: number, other: number, types: readonly number[] | undefined) {
    this.#memory = memory;
    this.#node = node;
    this.#run = run;
    this.#other = other;
    this.#types = types;
  }

  next(): boolean {
    const memory = this.#memory;
    for (;;) {
      if (this.#pair === this.#end && !this.#nextBlock()) return false;
      const pair = this.#pair;
      this.#pair = pair + PAIR_BYTES;
      this.neighbour = memory.word(pair + PAIR_NEIGHBOUR);
      this.relationship = memory.word(pair + PAIR_RELATIONSHIP);
      if (!this.#isSecond || this.neighbour !== this.#node) return true;
    }
  }

  #nextBlock(): boolean {
    const memory = this.#memory;
    this.#block = this.#block === 0 ? 0 : memory.word(this.#block + ADJACENCY_BLOCK);
    while (this.#block === 0) {
      if (this.#run === 0) {
        if (this.#other === 0) return false;
        this.#run = this.#other;
        this.#other = 0;
        this.#isSecond = true;
      }
      const run = this.#run;
      this.#run = memory.word(run + ADJACENCY_RUN);
      const type = memory.word(run + ADJACENCY_TYPE) & SHORT_MASK;
      if (this.#types === undefined || this.#types.includes(type)) this.#block = run;
    }
    this.#pair = this.#block + ADJACENCY_PAIRS;
    this.#end = this.#pair + (memory.word(this.#block + ADJACENCY_TYPE) >>> 16) * PAIR_BYTES;
    return true;
  }
}
