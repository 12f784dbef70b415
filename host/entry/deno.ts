/**
 * Composition root for Deno: Node's, since Deno serves Node's modules for files, clocks and entropy, but with connections from
 * Deno's own listener.
 */
import { DatabaseError } from "../common/error.ts";
import { createDenoListener } from "../platform/deno/listener.ts";
import { findDeno } from "../platform/deno/runtime.ts";
import { nodeClock } from "../platform/node/clock.ts";
import { type RunningServer, type ServeOptions, type ServeSurroundings, serve as serveOnNode } from "./node.ts";

export type { RunningServer, ServeOptions, ServeSurroundings } from "./node.ts";

/** Starts a server, as on Node. Requires: the runtime is Deno. */
export function serve(options: ServeOptions, surroundings: ServeSurroundings = {}): Promise<RunningServer> {
  const deno = findDeno();
  if (deno === undefined) return Promise.reject(new DatabaseError("INVALID_OPTION", "this entry runs on Deno only"));
  return serveOnNode(options, { listener: createDenoListener(deno, nodeClock), ...surroundings });
}
