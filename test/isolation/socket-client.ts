/**
 * A server as a client: one connection per session, RESP3, transactions by the commands BEGIN, COMMIT and the like, in turns in
 * both of their spellings.
 */
import { type Address, openClient, type RawClient } from "../support/raw-client.ts";
import type { Reply } from "../support/reply.ts";
import { CommandClient, type Door, expectSuccess, isRefusal } from "./command-client.ts";
import type { Level } from "./model.ts";
import { WireError, type WireReply, type Words } from "./wire.ts";

export function createSocketClient(address: Address): Promise<CommandClient> {
  return CommandClient.create(async () => {
    const client = await openClient(address);
    const hello = asReply(await client.call("HELLO", "3"));
    expectSuccess(["HELLO", "3"], hello);
    return new SocketDoor(client);
  });
}

class SocketDoor implements Door {
  readonly #client: RawClient;
  /** Counts the savepoint commands, for their spelling. */
  #turn = 0;

  constructor(client: RawClient) {
    this.#client = client;
  }

  async call(words: Words): Promise<WireReply> {
    return asReply(await this.#client.call(...words));
  }

  async pipeline(requests: readonly Words[]): Promise<readonly WireReply[]> {
    return (await this.#client.pipeline(requests)).map(asReply);
  }

  begin(level: Level, readOnly: boolean): Promise<void> {
    return this.#control(["BEGIN", "ISOLATION", "LEVEL", level.toUpperCase(), ...(readOnly ? ["READ", "ONLY"] : [])]);
  }

  view(): Promise<void> {
    return this.begin("snapshot", true);
  }

  async commit(): Promise<boolean> {
    const reply = await this.call(["COMMIT"]);
    if (isRefusal(reply)) return false;
    expectSuccess(["COMMIT"], reply);
    return true;
  }

  rollback(): Promise<void> {
    return this.#control(["ROLLBACK"]);
  }

  savepoint(name: string): Promise<void> {
    return this.#control(["SAVEPOINT", name]);
  }

  rollbackTo(name: string): Promise<void> {
    return this.#control(
      [
        ["ROLLBACK", "TO", name],
        ["ROLLBACK_TO", name],
        ["ROLLBACK", "TO", "SAVEPOINT", name],
        ["ROLLBACK_TO_SAVEPOINT", name],
      ][this.#turn++ % 4]!,
    );
  }

  release(name: string): Promise<void> {
    return this.#control(
      [
        ["RELEASE", name],
        ["RELEASE_SAVEPOINT", name],
        ["RELEASE", "SAVEPOINT", name],
      ][this.#turn++ % 3]!,
    );
  }

  async #control(words: Words): Promise<void> {
    expectSuccess(words, await this.call(words));
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

function asReply(reply: Reply): WireReply {
  switch (reply.kind) {
    case "null":
    case "null-bulk":
    case "null-array":
      return null;
    case "error":
    case "bulk-error": {
      const [prefix, ...rest] = reply.text.split(" ");
      return new WireError(prefix!, rest.join(" "));
    }
    case "integer":
    case "double":
      return Number(reply.text);
    case "boolean":
      return reply.text === "t";
    case "array":
    case "set":
    case "push":
      return reply.items.map(asReply);
    case "map":
    case "attribute":
      return new Map(
        reply.items.flatMap((item, index) => (index % 2 === 0 ? [[String(asReply(item)), asReply(reply.items[index + 1]!)] as const] : [])),
      );
    default:
      return reply.text;
  }
}
