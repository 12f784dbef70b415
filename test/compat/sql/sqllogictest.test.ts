/**
 * Goal: the files of the public sqllogictest suite that need nothing of SQLite alone have the answers that stand there.
 * Method: they are played on our server. Not run where SQLLOGICTEST_DIR does not say where the suite is, for files that are not there, and
 * as long as the command table has no SQL.QUERY. sqllogictest.ts reports on all files.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRow } from "../../../host/command/table.ts";
import { describeMismatch } from "../../golden/slt-runner.ts";
import { openMemflux } from "../../support/sql/memflux.ts";
import type { SqlPeer } from "../../support/sql/peer.ts";
import { openSqlite } from "../../support/sql/sqlite.ts";
import { startServer, type TestServer } from "../../support/test-server.ts";
import { findSuite, playSuiteFile } from "./suite-files.ts";

interface SuiteFile {
  readonly file: string;
  /** Records that are no matter here: what PostgreSQL refuses, or what the file leaves open on SQLite. */
  readonly except?: { readonly memflux?: RegExp; readonly sqlite?: RegExp };
}

const FILES: readonly SuiteFile[] = [
  { file: "select3.test" },
  { file: "evidence/in2.test", except: { memflux: /\bIN\s*\(\s*\)/ } },
  { file: "evidence/slt_lang_aggfunc.test", except: { sqlite: /^SELECT (sum|total)\((DISTINCT )?x\) FROM t1$/ } },
  { file: "evidence/slt_lang_droptable.test" },
];
const SHOWN = 5;

const folder = findSuite();
const isHere = (file: string): boolean => folder !== undefined && existsSync(join(folder, file));

async function expectAsWritten(peer: SqlPeer, file: string, except: RegExp | undefined): Promise<void> {
  const outcome = await playSuiteFile(peer, folder!, file);
  expect(outcome.queries + outcome.statements).toBeGreaterThan(0);
  const mismatches = outcome.mismatches.filter(({ sql }) => except?.test(sql) !== true);
  const shown = mismatches.slice(0, SHOWN).map((mismatch) => describeMismatch(file, peer.name, mismatch));
  expect(mismatches.length === 0 ? "" : `${mismatches.length} records differ\n\n${shown.join("\n\n")}`).toBe("");
}

describe.skipIf(folder === undefined || findRow("SQL.QUERY") === undefined)("sqllogictest on memflux", () => {
  let server: TestServer;
  let peer: SqlPeer;
  beforeAll(async () => {
    server = await startServer("memflux");
    peer = await openMemflux(server);
  });
  afterAll(async () => {
    await peer?.close();
    await server?.stop();
  });
  for (const { file, except } of FILES) it.skipIf(!isHere(file))(file, () => expectAsWritten(peer, file, except?.memflux));
});

const sqlite = await openSqlite();

/** The suite comes from SQLite: what plays it must find nothing there. */
describe.skipIf(folder === undefined || sqlite === undefined)("sqllogictest on SQLite", () => {
  afterAll(() => sqlite?.close());
  for (const { file, except } of FILES) it.skipIf(!isHere(file))(file, () => expectAsWritten(sqlite!, file, except?.sqlite));
});
