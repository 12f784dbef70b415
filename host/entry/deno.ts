/**
 * Composition root for Deno: Node's, since Deno serves Node's modules for files, clocks and entropy, but with connections from
 * Deno's own listener.
 */
import type { EmbeddedDatabase } from "../client/embedded.ts";
import { DatabaseError } from "../common/error.ts";
import { createDenoListener } from "../platform/deno/listener.ts";
import { findDeno } from "../platform/deno/runtime.ts";
import { nodeClock } from "../platform/node/clock.ts";
import type { Listener } from "../platform/types.ts";
import * as node from "./node.ts";
import type { Options } from "./settings.ts";

export * from "./node.ts";

function listener(): Listener {
  const deno = findDeno();
  if (deno === undefined) throw new DatabaseError("INVALID_OPTION", "this entry runs on Deno only");
  return createDenoListener(deno, nodeClock);
}

/** Opens an embedded database, as on Node. Requires: the runtime is Deno. */
export async function open(options: node.OpenOptions = {}, surroundings: node.OpenSurroundings = {}): Promise<EmbeddedDatabase> {
  return node.open(options, { listener: listener(), ...surroundings });
}

/** Starts a server, as on Node. Requires: the runtime is Deno. */
export async function serve(
  options: node.ServeOptions | Options = {},
  surroundings: node.ServeSurroundings = {},
): Promise<node.RunningServer> {
  return node.serve(options, { listener: listener(), ...surroundings });
}
