/**
 * Node's `open` and `serve` with the listener of another runtime: what bun.ts and deno.ts share, since both runtimes serve Node's
 * modules for files, clocks and entropy.
 */
import type { EmbeddedDatabase } from "../client/embedded.ts";
import type { Listener } from "../platform/types.ts";
import * as node from "./node.ts";
import type { Options } from "./settings.ts";

/** What an entry gives. */
export interface Entry {
  /** Opens an embedded database, as on Node. */
  open(options?: node.OpenOptions, surroundings?: node.OpenSurroundings): Promise<EmbeddedDatabase>;
  /** Starts a server, as on Node. */
  serve(options?: node.ServeOptions | Options, surroundings?: node.ServeSurroundings): Promise<node.RunningServer>;
}

/** An entry whose connections come from the listener that `listener` answers; what that throws, `open` and `serve` reject with. */
export function entryWith(listener: () => Listener): Entry {
  return {
    open: async (options = {}, surroundings = {}) => node.open(options, { listener: listener(), ...surroundings }),
    serve: async (options = {}, surroundings = {}) => node.serve(options, { listener: listener(), ...surroundings }),
  };
}
