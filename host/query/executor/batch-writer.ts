/**
 * Rows written many at a time (assembly/command/row-batch.ts): the host says once where their values lie, then each call writes all rows
 * of a stretch of memory.
 *
 * 1. Names and targets lie in the arena until the statement ends; so one batch is under way at a time.
 * 2. A row that the engine refuses ends the statement, which is taken back as a whole (query-engine.ts).
 */
import { TARGET_BYTES, TARGET_COLUMN, TARGET_PATH, TARGET_PATH_BYTES, TARGET_TAG, TARGET_VALUE } from "../../../assembly/abi/table.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type { MemoryView } from "../../engine/memory-view.ts";
import type { ScanColumn } from "../plan/operator.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { pathBytes } from "./row-writer.ts";
import { bytesOfText } from "./value.ts";

/** Where a row of the batch keeps a value: the offsets of its tag (a byte) and of its 8 bytes. */
export interface BatchTarget {
  readonly target: ScanColumn["source"];
  readonly name: string;
  readonly tagOffset: number;
  readonly offset: number;
}

/** Rows in memory that follow each other. */
export interface RowStretch {
  readonly rows: number;
  readonly count: number;
  readonly rowBytes: number;
}

/** Bytes that lie in memory for the time of the batch. */
interface Put {
  readonly pointer: number;
  readonly length: number;
}

/** Writes a list of targets at an address; `put` puts the bytes of a path somewhere. */
export function putTargets(memory: MemoryView, targets: readonly BatchTarget[], list: number, put: (bytes: string) => Put): void {
  targets.forEach(({ target, name, tagOffset, offset }, index) => {
    if (target.kind !== "path" && target.kind !== "column" && target.kind !== "id") {
      throw sqlError("428C9", `column "${name}" cannot be written`);
    }
    const path = target.kind === "path" ? put(pathBytes(target.names)) : undefined;
    const at = list + index * TARGET_BYTES;
    memory.setWord(at + TARGET_COLUMN, target.kind === "column" ? target.number : 0);
    memory.setWord(at + TARGET_TAG, tagOffset);
    memory.setWord(at + TARGET_VALUE, offset);
    memory.setWord(at + TARGET_PATH, path?.pointer ?? 0);
    memory.setWord(at + TARGET_PATH_BYTES, path?.length ?? 0);
  });
}

export class BatchWriter {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;

  constructor(engine: Engine, functions: EngineFunctions) {
    this.#engine = engine;
    this.#functions = functions;
  }

  /** Begins a batch of a collection. */
  begin(collection: string, targets: readonly BatchTarget[]): void {
    const name = this.#kept(bytesOfText(collection));
    const list = this.allocate(targets.length * TARGET_BYTES);
    putTargets(this.#engine.memory, targets, list, (bytes) => this.#kept(bytes));
    this.#functions.required("batch_begin")(name.pointer, name.length, list, targets.length);
  }

  /** Inserts rows and answers how many. */
  insert(stretch: RowStretch): number {
    return this.#write("batch_insert", stretch);
  }

  /** Changes the rows whose numbers (i64) lie at an offset of each. */
  update(stretch: RowStretch, numberOffset: number): number {
    return this.#write("batch_update", stretch, numberOffset);
  }

  /** Removes the rows whose numbers (i64) lie at an offset of each; answers how many there were. */
  remove(stretch: RowStretch, numberOffset: number): number {
    return this.#write("batch_remove", stretch, numberOffset);
  }

  /** Bytes in the arena until the statement ends, aligned to 8. */
  allocate(sizeBytes: number): number {
    const address = Number(this.#functions.required("runtime_allocate")(Math.max(8, sizeBytes))) >>> 0;
    this.#engine.memory.refresh();
    if (address === 0) throw sqlError("53200", "out of memory");
    return address;
  }

  #kept(bytes: string): Put {
    return this.#functions.withBytes(bytes, (pointer, length) => ({ pointer, length }), false);
  }

  #write(name: "batch_insert" | "batch_update" | "batch_remove", { rows, count, rowBytes }: RowStretch, ...rest: number[]): number {
    if (count === 0) return 0;
    const done = Number(this.#functions.required(name)(rows, count, rowBytes, ...rest)) >>> 0;
    this.#engine.memory.refresh();
    this.#functions.check();
    if (done !== count && name !== "batch_remove") throw sqlError("XX000", "a row was refused without a reason");
    return done;
  }
}
