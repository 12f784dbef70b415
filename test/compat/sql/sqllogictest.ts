/**
 * Runs files of the public sqllogictest suite on a database and tells how many records are as written:
 *
 *   SQLLOGICTEST_DIR=... npm run test:sqllogictest -- [--peer memflux|postgresql|sqlite] [--shown 3] [PATH ...]
 *
 * PATHs are files or folders below SQLLOGICTEST_DIR; without any, all files are played. Judge by the queries: a database that says OK to
 * everything passes most statements. Ends with one summary line; status 1 where a record differs.
 */
import { parseArgs } from "node:util";
import { describeMismatch, type SltOutcome } from "../../golden/slt-runner.ts";
import { openMemflux } from "../../support/sql/memflux.ts";
import type { SqlPeer } from "../../support/sql/peer.ts";
import { openPostgres } from "../../support/sql/postgres.ts";
import { openSqlite } from "../../support/sql/sqlite.ts";
import { startServer } from "../../support/test-server.ts";
import { findSuite, listSuiteFiles, playSuiteFile } from "./suite-files.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { peer: { type: "string", default: "memflux" }, shown: { type: "string", default: "3" } },
});

/** Opens the named database; `close` also ends a server that was started for it. */
async function openPeer(name: string): Promise<SqlPeer> {
  const peer = name === "sqlite" ? await openSqlite() : name === "postgresql" ? await openPostgres() : await openOurs();
  if (peer === undefined) throw new Error(`${name} is not installed in test/node_modules`);
  return peer;
}

async function openOurs(): Promise<SqlPeer> {
  const server = await startServer("memflux");
  const peer = await openMemflux(server);
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

const folder = findSuite();
if (folder === undefined) {
  console.log("SQLLOGICTEST_DIR does not say where the suite is\n0 passed, 0 failed, 1 not run");
  process.exit(0);
}
const peer = await openPeer(values.peer);
const sum = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const file of (positionals.length > 0 ? positionals : [""]).flatMap((path) => listSuiteFiles(folder, path))) {
    const begin = performance.now();
    const outcome: SltOutcome = await playSuiteFile(peer, folder, file);
    const { statements, queries, skipped, failedQueries, mismatches } = outcome;
    const failedStatements = mismatches.length - failedQueries;
    sum.passed += statements + queries - mismatches.length;
    sum.failed += mismatches.length;
    sum.skipped += skipped;
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(
      `${file}: queries ${queries - failedQueries}/${queries}, statements ${statements - failedStatements}/${statements}, ${skipped} for others, ${seconds} s`,
    );
    for (const mismatch of mismatches.slice(0, Number(values.shown))) console.log(`${describeMismatch(file, peer.name, mismatch)}\n`);
  }
} finally {
  await peer.close();
}
console.log(`${sum.passed} passed, ${sum.failed} failed, 0 not run`);
process.exitCode = sum.failed === 0 ? 0 : 1;
