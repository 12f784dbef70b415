/**
 * A database: one engine, the pacing of its background work, and the gate through which its commits pass. Who opens one
 * owns it; servers and the embedded interface share it.
 *
 * An engine that trapped cannot be used again (its memory may be half changed). `failed` is then called once, with the first
 * cause, from whichever part noticed it.
 */
import type { DatabaseError } from "../common/error.ts";
import { Engine } from "../engine/engine.ts";
import { type EngineExports, instantiateEngine } from "../engine/instance.ts";
import type { OutputSink } from "../engine/wasi-shim.ts";
import type { WasmModule } from "../engine/webassembly.ts";
import { Pacer } from "../maintenance/pacer.ts";
import type { Clock, Random } from "../platform/types.ts";
import { CommitGate } from "./commit.ts";

const SEED_BYTES = 8;

/** What a database needs of its surroundings. */
export interface DatabaseParts {
  readonly clock: Clock;
  readonly random: Random;
  /** COMMAND_COUNT of the command table that the engine was built with. */
  readonly commandCount: number;
  /** Where text that the engine prints goes. */
  readonly print: OutputSink;
}

export class Database {
  readonly engine: Engine;
  readonly maintenance: Pacer;
  readonly commits: CommitGate;
  #failureListener: ((error: DatabaseError) => void) | undefined;
  #failureReported = false;

  private constructor(exports: EngineExports, parts: DatabaseParts) {
    this.engine = new Engine(exports, parts.commandCount);
    this.commits = new CommitGate(this.engine);
    this.maintenance = new Pacer(
      this.engine,
      parts.clock,
      () => this.commits.pass(),
      (error) => this.reportFailure(error),
    );
  }

  /** Opens an empty database on a compiled engine. Throws ENGINE_INVALID or ENGINE_FAILED. */
  static open(module: WasmModule, parts: DatabaseParts): Database {
    const seed = parts.random.fill(new Uint8Array(SEED_BYTES));
    return Database.onExports(instantiateEngine(module, seed, parts.print), parts);
  }

  /** Opens a database on an engine that has been started already. */
  static onExports(exports: EngineExports, parts: DatabaseParts): Database {
    const database = new Database(exports, parts);
    database.maintenance.start();
    return database;
  }

  /** `listener` hears once that the engine has failed. */
  onFailure(listener: (error: DatabaseError) => void): void {
    this.#failureListener = listener;
  }

  /** Says that the engine has failed; the first report counts. */
  reportFailure(error: DatabaseError): void {
    if (this.#failureReported) return;
    this.#failureReported = true;
    this.maintenance.stop();
    this.#failureListener?.(error);
  }

  /** Ends the background work. The engine's memory goes with the last reference to it. */
  close(): void {
    this.maintenance.stop();
  }
}
