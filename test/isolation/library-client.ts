/**
 * The library as a client: sessions are transactions of one open database (`db.begin()`); outside of them they share the
 * session of `execute`, as programs do.
 *
 * The methods that are called are named here, so that this file says what it asks of the library.
 */
import type { DatabaseError } from "../../host/common/error.ts";
import { errorPrefix } from "../../host/common/reply-error.ts";
import { CommandClient, type Door, expectSuccess, isRefusal, type StandingClock } from "./command-client.ts";
import type { Level } from "./model.ts";
import { WireError, type WireReply, type Words } from "./wire.ts";

/** What keys can be scanned in their order in. */
interface LibraryKeys {
  range(from: string, to: string): readonly (readonly [string, unknown])[];
  prefix(prefix: string): readonly (readonly [string, unknown])[];
  rangeCursor(from: string, to: string): AsyncIterable<readonly [string, unknown]>;
  prefixCursor(prefix: string): AsyncIterable<readonly [string, unknown]>;
}

export interface LibraryView extends LibraryKeys {
  execute(words: Words): Promise<unknown>;
  close(): Promise<void>;
}

export interface LibraryTransaction extends LibraryKeys {
  execute(words: Words): Promise<unknown>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  savepoint(name: string): Promise<void>;
  rollbackTo(name: string): Promise<void>;
  release(name: string): Promise<void>;
}

export interface LibraryDatabase extends LibraryKeys {
  execute(words: Words): Promise<unknown>;
  pipeline(requests: readonly Words[]): Promise<readonly unknown[]>;
  begin(options: { readonly isolation: Level; readonly readOnly: boolean }): Promise<LibraryTransaction>;
  snapshot(): Promise<LibraryView>;
  close(): Promise<void>;
}

export async function createLibraryClient(database: LibraryDatabase, clock?: StandingClock): Promise<CommandClient> {
  return CommandClient.create(async () => new LibraryDoor(database), clock);
}

class LibraryDoor implements Door {
  readonly #database: LibraryDatabase;
  #transaction: LibraryTransaction | undefined;
  #view: LibraryView | undefined;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  call(words: Words): Promise<WireReply> {
    return replyOf(this.#place.execute(words));
  }

  get #place(): LibraryTransaction | LibraryView | LibraryDatabase {
    return this.#view ?? this.#transaction ?? this.#database;
  }

  scanKeys([from, to]: readonly [string] | readonly [string, string], isCursor: boolean): Promise<WireReply> {
    const place = this.#place;
    const scan = async (): Promise<unknown> => {
      if (!isCursor) return to === undefined ? place.prefix(from) : place.range(from, to);
      const found: unknown[] = [];
      for await (const entry of to === undefined ? place.prefixCursor(from) : place.rangeCursor(from, to)) found.push(entry);
      return found;
    };
    return replyOf(scan());
  }

  async pipeline(requests: readonly Words[]): Promise<readonly WireReply[]> {
    return (await this.#database.pipeline(requests)).map(asReply);
  }

  async begin(isolation: Level, readOnly: boolean): Promise<void> {
    this.#transaction = await this.#database.begin({ isolation, readOnly });
  }

  async view(): Promise<void> {
    this.#view = await this.#database.snapshot();
  }

  async commit(): Promise<boolean> {
    if (this.#view !== undefined) return this.#closeView();
    const transaction = this.#transaction!;
    this.#transaction = undefined;
    const reply = await replyOf(transaction.commit().then(() => null));
    if (isRefusal(reply)) return false;
    expectSuccess(["COMMIT"], reply);
    return true;
  }

  async #closeView(): Promise<true> {
    const view = this.#view!;
    this.#view = undefined;
    await view.close();
    return true;
  }

  async rollback(): Promise<void> {
    if (this.#view !== undefined) return void (await this.#closeView());
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
  if (value instanceof Set) return [...value].map(asReply);
  if (value instanceof Map) return new Map([...value].map(([name, part]) => [String(name), asReply(part)]));
  return value as WireReply;
}

/** The built library has a class of its own. */
function isDatabaseError(value: unknown): value is DatabaseError {
  return value instanceof Error && value.name === "DatabaseError";
}
