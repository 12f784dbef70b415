/**
 * Tells how many records of the `.slt` files are as written, on a database:
 *
 *   npm run test:slt -- [--peer memflux|library|postgresql] [--protocol 3] [--shown 3] [FILE.slt ...]
 *
 * Ends with one summary line; status 1 where a record differs. A file that ends the server counts as failed as a whole.
 */
import { parseArgs } from "node:util";
import { openLibrary } from "../support/sql/library.ts";
import { openMemflux } from "../support/sql/memflux.ts";
import type { SqlPeer } from "../support/sql/peer.ts";
import { openPostgres } from "../support/sql/postgres.ts";
import { startServer } from "../support/test-server.ts";
import { describeMismatch, playRecords } from "./slt-runner.ts";
import { readSltFiles } from "./slt-suite.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: "string", default: "memflux" },
    protocol: { type: "string", default: "3" },
    shown: { type: "string", default: "3" },
  },
});

/** A server of its own for a file. */
async function openOurs(): Promise<SqlPeer> {
  const server = await startServer("memflux");
  const peer = await openMemflux(server, values.protocol === "2" ? 2 : 3);
  return {
    name: peer.name,
    labels: peer.labels,
    run: (sql, parameters) => peer.run(sql, parameters),
    reset: () => peer.reset(),
    close: async () => {
      await peer.close();
      await server.stop();
    },
  };
}

async function openPeer(): Promise<SqlPeer> {
  const openers = { memflux: openOurs, library: openLibrary, postgresql: openPostgres };
  const opener = Object.entries(openers).find(([name]) => name === values.peer)?.[1];
  const peer = await opener?.();
  if (peer === undefined) throw new Error(`${values.peer} is unknown or not installed in test/node_modules`);
  return peer;
}

const sum = { passed: 0, failed: 0 };
const wanted = positionals.map((path) => path.split("/").at(-1));
for (const { file, records } of readSltFiles().filter((entry) => wanted.length === 0 || wanted.includes(entry.file))) {
  const peer = await openPeer();
  try {
    const { statements, queries, mismatches } = await playRecords(peer, records, "exact");
    const total = statements + queries;
    sum.passed += total - mismatches.length;
    sum.failed += mismatches.length;
    console.log(`${file}: ${total - mismatches.length}/${total}`);
    for (const mismatch of mismatches.slice(0, Number(values.shown))) console.log(`\n${describeMismatch(file, peer.name, mismatch)}`);
    if (mismatches.length > 0 && values.shown !== "0") console.log("");
  } catch (error) {
    sum.failed += records.length;
    console.log(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await peer.close();
  }
}
console.log(`${sum.passed} passed, ${sum.failed} failed, 0 not run`);
process.exitCode = sum.failed === 0 ? 0 : 1;
