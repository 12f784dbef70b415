/**
 * The model as a client: the random histories and the catalogue run on it to show that they permit what is right, and with a
 * rule dropped that they find what is wrong.
 */
import type { Client, Contents, Session } from "./client.ts";
import { type Level, ModelDatabase, type ModelTransaction } from "./model.ts";
import type { Operation, Outcome } from "./operation.ts";
import type { Rules } from "./rules.ts";

export class ModelClient implements Client {
  readonly #rules: Rules;
  #database: ModelDatabase;
  #sessions = new Map<number, ModelSession>();

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#database = new ModelDatabase(rules);
  }

  reset(contents: Contents): void {
    this.#database = new ModelDatabase(this.#rules);
    this.#sessions.clear();
    this.#database.fill(contents);
  }

  session(number: number): ModelSession {
    const session = this.#sessions.get(number) ?? new ModelSession(this.#database);
    this.#sessions.set(number, session);
    return session;
  }

  pass(durationMs: number): void {
    this.#database.pass(durationMs);
  }

  close(): void {}
}

class ModelSession implements Session {
  readonly #database: ModelDatabase;
  #transaction: ModelTransaction | undefined;

  constructor(database: ModelDatabase) {
    this.#database = database;
  }

  begin(level: Level, readOnly: boolean): void {
    this.#transaction = this.#database.begin(level, readOnly);
  }

  view(): void {
    this.begin("snapshot", true);
  }

  execute(operation: Operation): Outcome {
    return this.#transaction === undefined ? this.#database.unit([operation])[0]! : this.#transaction.execute(operation);
  }

  unit(operations: readonly Operation[]): Outcome[] {
    return this.#database.unit(operations);
  }

  commit(): boolean {
    const isCommitted = this.#transaction!.commit();
    this.#transaction = undefined;
    return isCommitted;
  }

  rollback(): void {
    this.#transaction!.rollback();
    this.#transaction = undefined;
  }

  savepoint(name: string): void {
    this.#transaction!.savepoint(name);
  }

  rollbackTo(name: string): void {
    this.#transaction!.rollbackTo(name);
  }

  release(name: string): void {
    this.#transaction!.release(name);
  }
}
