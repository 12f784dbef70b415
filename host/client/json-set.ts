/**
 * `db.json`: the typed commands on documents of a database, embedded or behind a worker. Values become text and text values here,
 * on the caller's side of a worker, so that what crosses is text.
 */
import { DatabaseError } from "../common/error.ts";
import { type Data, defineMethods, toData } from "./commands.ts";
import { type JsonCommands, jsonForms, type PreparedCall } from "./json-commands.ts";
import type { ReplyValue } from "./reply-reader.ts";

class JsonRunner {
  readonly #run: (words: readonly Data[]) => ReplyValue;

  constructor(run: (words: readonly Data[]) => ReplyValue) {
    this.#run = run;
  }

  protected call(name: string, args: readonly unknown[]): unknown {
    const { words, decode } = prepare(name, args);
    return decode(this.#run(words.map(toData)));
  }
}

class RemoteJsonRunner {
  readonly #run: (words: readonly Data[]) => Promise<ReplyValue>;

  constructor(run: (words: readonly Data[]) => Promise<ReplyValue>) {
    this.#run = run;
  }

  /** Runs up to the message before it returns, so that calls keep their order; whatever is thrown rejects. */
  protected async call(name: string, args: readonly unknown[]): Promise<unknown> {
    const { words, decode } = prepare(name, args);
    return decode(await this.#run(words.map(toData)));
  }
}

function prepare(name: string, args: readonly unknown[]): PreparedCall {
  const form = jsonForms[name];
  if (form === undefined) throw new DatabaseError("INTERNAL", `${name} is not in the table of typed commands on documents`);
  return form(...(args as never[]));
}

defineMethods(JsonRunner.prototype, Object.keys(jsonForms));
defineMethods(RemoteJsonRunner.prototype, Object.keys(jsonForms));

/** `JsonRunner` with all methods of `JsonCommands`, as its prototype has them. */
export const JsonSet = JsonRunner as unknown as new (run: (words: readonly Data[]) => ReplyValue) => JsonCommands<"now">;

/** The same with promises. */
export const RemoteJsonSet = RemoteJsonRunner as unknown as new (
  run: (words: readonly Data[]) => Promise<ReplyValue>,
) => JsonCommands<"later">;
