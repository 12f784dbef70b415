/**
 * The library as a client: sessions are transactions of one open database (`db.begin()`); outside of them they share the
 * session of `execute`, as programs do.
 *
 * The methods that are called are named here, so that this file says what it asks of the library.
 */
import { type DatabaseError, errorPrefix } from "../../host/common/error.ts";
import { CommandClient, type Door, expectSuccess } from "./command-client.ts";
import { WireError, type WireReply, type Words } from "./commands.ts";
import type { Level } from "./model.ts";

export interface LibraryTransaction {
  execute(words: Words): Promise<unknown>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  savepoint(name: string): Promise<void>;
  rollbackTo(name: string): Promise<void>;
  release(name: string): Promise<void>;
}

export interface LibraryDatabase {
  execute(words: Words): Promise<unknown>;
  pipeline(requests: readonly Words[]): Promise<readonly unknown[]>;
  begin(options: { readonly isolation: Level; readonly readOnly: boolean }): Promise<LibraryTransaction>;
  close(): Promise<void>;
}

export async function createLibraryClient(database: LibraryDatabase): Promise<CommandClient> {
  return CommandClient.create(async () => new LibraryDoor(database));
}

class LibraryDoor implements Door {
  readonly #database: LibraryDatabase;
  #transaction: LibraryTransaction | undefined;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  call(words: Words): Promise<WireReply> {
    return replyOf((this.#transaction ?? this.#database).execute(words));
  }

  async pipeline(requests: readonly Words[]): Promise<readonly WireReply[]> {
    return (await this.#database.pipeline(requests)).map(asReply);
  }

  async begin(isolation: Level, readOnly: boolean): Promise<void> {
    this.#transaction = await this.#database.begin({ isolation, readOnly });
  }

  async commit(): Promise<boolean> {
    const transaction = this.#transaction!;
    this.#transaction = undefined;
    const reply = await replyOf(transaction.commit().then(() => null));
    if (reply instanceof WireError && reply.prefix === "ABORT") return false;
    expectSuccess(["COMMIT"], reply);
    return true;
  }

  async rollback(): Promise<void> {
    const transaction = this.#transaction!;
    this.#transaction = undefined;
    await transaction.rollback();
  }

  savepoint(name: string): Promise<void> {
    return this.#transaction!.savepoint(name);
  }

  rollbackTo(name: string): Promise<void> {
    return this.#transaction!.rollbackTo(name);
  }

  release(name: string): Promise<void> {
    return this.#transaction!.release(name);
  }

  /** The database is closed by whoever opened it. */
  async close(): Promise<void> {}
}

async function replyOf(promise: Promise<unknown>): Promise<WireReply> {
  try {
    return asReply(await promise);
  } catch (error) {
    return asReply(error);
  }
}

function asReply(value: unknown): WireReply {
  if (isDatabaseError(value)) return new WireError(errorPrefix(value.code), value.message);
  if (value instanceof Error) throw value;
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(asReply);
  if (value instanceof Map) return new Map([...value].map(([name, part]) => [String(name), asReply(part)]));
  return value as WireReply;
}

/** The built library has a class of its own. */
function isDatabaseError(value: unknown): value is DatabaseError {
  return value instanceof Error && value.name === "DatabaseError";
}
