/**
 * Turns the `.slt` files of this folder into tests on one kind of database. slt.test.ts runs them on our server,
 * test/compat/sql/postgres.test.ts on PostgreSQL, which proves that what is written there is real.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { SqlPeer } from "../support/sql/peer.ts";
import { parseRecords, type SltRecord } from "./slt-records.ts";
import { describeMismatch, playRecords } from "./slt-runner.ts";

const FOLDER = import.meta.dirname;
const SHOWN = 20;

export interface SltFile {
  readonly file: string;
  readonly records: readonly SltRecord[];
}

/** All `.slt` files of test/golden. Throws an Error on the first that cannot be read. */
export function readSltFiles(): SltFile[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".slt"));
  return files.sort().map((file) => ({ file, records: parseRecords(readFileSync(join(FOLDER, file), "utf8"), file) }));
}

/** Defines a test for each file; `open` gives the database, which may be a new one for each. */
export function defineSltTests(open: () => Promise<SqlPeer>): void {
  for (const { file, records } of readSltFiles()) {
    it(file, async () => {
      const peer = await open();
      const { mismatches } = await playRecords(peer, records, "exact");
      const shown = mismatches.slice(0, SHOWN).map((mismatch) => describeMismatch(file, peer.name, mismatch));
      expect(mismatches.length === 0 ? "" : `${mismatches.length} records differ\n\n${shown.join("\n\n")}`).toBe("");
    });
  }
}
