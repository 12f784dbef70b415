/**
 * A program for Node, Bun and Deno: goes through library-suite.ts with the library as it is installed, in the runtime's own form
 * (package.json's `exports`), opens a port on a database, and prints `ok NAME` for each promise kept.
 *
 * Arguments: a folder for databases, a seed. Ends with status 1 and the problem on standard error at the first broken promise.
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { basename, join } from "node:path";
import process from "node:process";
import type * as library from "../../host/entry/node.ts";
import { runLibrarySuite } from "./library-suite.ts";

const [folder = "", seed = ""] = process.argv.slice(2);
/** A name that is not known before the program runs: it stands for what is installed beside it. */
const PACKAGE: string = "memflux";
const { open } = (await import(PACKAGE)) as typeof library;

/** What the server answers to a request of one write, as latin1 text of so many bytes. */
function ask(port: number, request: string, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = "";
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("error", reject).once("close", () => resolve(reply));
    socket.on("data", (chunk: Uint8Array) => {
      reply += Buffer.from(chunk).toString("latin1");
      if (reply.length >= bytes) socket.end();
    });
    socket.write(request);
  });
}

async function serves(): Promise<void> {
  await using db = await open({ dir: join(folder, "served") });
  db.set("key", "from the program");
  const door = await db.serve({ port: 0 });
  assert.equal(await ask(door.port, "GET key\r\n", 22), "$16\r\nfrom the program\r\n");
  assert.equal(await ask(door.port, "SET key outside\r\n", 5), "+OK\r\n");
  assert.equal(db.get("key"), "outside");
  await door.stop();
  await assert.rejects(ask(door.port, "PING\r\n", 7));
  assert.equal(db.incr("after"), 1);
}

try {
  console.log(`ok the library is ${basename(import.meta.resolve(PACKAGE))}`);
  await runLibrarySuite({ open, place: (name) => ({ dir: join(folder, name) }), seed: Number(seed) }, (name) => console.log(`ok ${name}`));
  await serves();
  console.log("ok a database of a program can be served");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
