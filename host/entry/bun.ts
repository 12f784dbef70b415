/**
 * Composition root for Bun: Node's, since Bun serves Node's modules for files, clocks and entropy, but with connections from
 * Bun's own listener.
 */
import { DatabaseError } from "../common/error.ts";
import { createBunListener } from "../platform/bun/listener.ts";
import { findBun } from "../platform/bun/runtime.ts";
import { nodeClock } from "../platform/node/clock.ts";
import { entryWith } from "./listening.ts";

export * from "./node.ts";

/** Requires: the runtime is Bun. */
export const { open, serve } = entryWith(() => {
  const bun = findBun();
  if (bun === undefined) throw new DatabaseError("INVALID_OPTION", "this entry runs on Bun only");
  return createBunListener(bun, nodeClock);
});
