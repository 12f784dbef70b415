/**
 * What histories run on, opened by name: the model, the library, a server in this process that is spoken to through sockets.
 *
 * Whoever opens one closes it.
 */
import { open } from "../../host/entry/node.ts";
import type { Client } from "./client.ts";
import { createLibraryClient } from "./library-client.ts";
import { ModelClient } from "./model-client.ts";
import { rulesWithout } from "./rules.ts";
import { createSocketClient } from "./socket-client.ts";

export type TargetName = "model" | "library" | "server";

export interface Target {
  readonly client: Client;
  close(): Promise<void>;
}

export async function openTarget(name: TargetName): Promise<Target> {
  if (name === "model") return { client: new ModelClient(rulesWithout()), close: async () => {} };
  const database = await open();
  if (name === "library") {
    const client = await createLibraryClient(database);
    return { client, close: () => database.close() };
  }
  const door = await database.serve({ host: "127.0.0.1", port: 0 });
  const client = await createSocketClient(door);
  const close = async (): Promise<void> => {
    await client.close();
    await door.stop();
    await database.close();
  };
  return { client, close };
}
