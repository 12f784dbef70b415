/**
 * Databases that are compared, each in a process of its own that has loaded the same data; only one works at a time. The parent starts them
 * and asks (`startPeers`, `PeerProcess`), the child answers until the parent lets go of it (`serveQuestions`).
 *
 *   ← { loaded: seconds } or { missing: reason } at first
 *   → { query: position }    ← what the child measured, or { failure }
 */
import { fork } from "node:child_process";
import { once } from "node:events";

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** A database's process: one message at a time. When it ends unasked, what waits gets `ended`. */
class PeerProcess {
  #process;
  #resolve = () => {};

  constructor(program, name) {
    this.#process = fork(program, [name], { execArgv: ["--max-old-space-size=8192"] });
    this.#process.on("message", (message) => this.#resolve(message));
    this.ended = once(this.#process, "exit").then(([code]) =>
      this.#resolve({ missing: `ended with ${code}`, failure: `ended with ${code}` }),
    );
  }

  next() {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  ask(query) {
    const reply = this.next();
    this.#process.send({ query });
    return reply;
  }

  async end() {
    this.#process.disconnect();
    await this.ended;
  }
}

/** Starts the databases one after the other; those that are not there are told. */
export async function startPeers(program, names) {
  const children = new Map();
  const missing = [];
  for (const name of names) {
    const child = new PeerProcess(program, name);
    const message = await child.next();
    if (message.missing === undefined) {
      children.set(name, child);
      console.error(`${name} has loaded the data in ${message.loaded.toFixed(1)} s`);
    } else {
      missing.push(`${name}: ${message.missing}`);
      console.error(`${name} is not run: ${message.missing}`);
    }
  }
  return { children, missing };
}

/** The child's side: `load` answers { peer, seconds }, `measure(peer, position)` what is sent back. */
export async function serveQuestions(load, measure) {
  let opened;
  try {
    opened = await load();
  } catch (error) {
    process.send({ missing: error instanceof Error ? error.message.split("\n")[0] : String(error) });
    process.disconnect();
    return;
  }
  process.on("message", async ({ query }) => {
    try {
      process.send(await measure(opened.peer, query));
    } catch (error) {
      process.send({ failure: error instanceof Error ? error.message : String(error) });
    }
  });
  process.once("disconnect", () => opened.peer.close());
  process.send({ loaded: opened.seconds });
}
