/**
 * Composition root for Bun: Node's, since Bun serves Node's modules for files, clocks and entropy, but with connections from
 * Bun's own listener.
 */

import { DatabaseError } from "../common/error.ts";
import { createBunListener } from "../platform/bun/listener.ts";
import { findBun } from "../platform/bun/runtime.ts";
import { nodeClock } from "../platform/node/clock.ts";
import { type RunningServer, type ServeOptions, type ServeSurroundings, serve as serveOnNode } from "./node.ts";

export type { RunningServer, ServeOptions, ServeSurroundings } from "./node.ts";

/** Starts a server, as on Node. Requires: the runtime is Bun. */
export function serve(options: ServeOptions, surroundings: ServeSurroundings = {}): Promise<RunningServer> {
  const bun = findBun();
  if (bun === undefined) return Promise.reject(new DatabaseError("INVALID_OPTION", "this entry runs on Bun only"));
  return serveOnNode(options, { listener: createBunListener(bun, nodeClock), ...surroundings });
}
