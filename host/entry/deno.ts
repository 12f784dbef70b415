/**
 * Composition root for Deno: Node's, since Deno serves Node's modules for files, clocks and entropy, but with connections from
 * Deno's own listener.
 */
import { DatabaseError } from "../common/error.ts";
import { createDenoListener } from "../platform/deno/listener.ts";
import { findDeno } from "../platform/deno/runtime.ts";
import { nodeClock } from "../platform/node/clock.ts";
import { entryWith } from "./listening.ts";

export * from "./node.ts";

/** Requires: the runtime is Deno. */
export const { open, serve } = entryWith(() => {
  const deno = findDeno();
  if (deno === undefined) throw new DatabaseError("INVALID_OPTION", "this entry runs on Deno only");
  return createDenoListener(deno, nodeClock);
});
