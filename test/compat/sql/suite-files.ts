/**
 * Files of the public sqllogictest suite (sqlite.org/sqllogictest), where SQLLOGICTEST_DIR says they are. They are never copied here.
 *
 * Ours goes by the name of PostgreSQL there: where databases differ, it is meant to be like that one.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseRecords } from "../../golden/slt-records.ts";
import { playRecords, type SltOutcome } from "../../golden/slt-runner.ts";
import type { SqlPeer } from "../../support/sql/peer.ts";

const FILE = /\.(test|slt)$/;

/** The suite's folder, or undefined. */
export function findSuite(): string | undefined {
  return process.env.SQLLOGICTEST_DIR || undefined;
}

/** Paths of the suite's files at or below `path`, relative to its folder. Throws where there is no such path. */
export function listSuiteFiles(folder: string, path = ""): string[] {
  if (!statSync(join(folder, path)).isDirectory()) return [path];
  const names = readdirSync(join(folder, path), { recursive: true, encoding: "utf8" }).filter((name) => FILE.test(name));
  return names.map((name) => join(path, name)).sort();
}

/** Plays a file on a database. */
export function playSuiteFile(peer: SqlPeer, folder: string, file: string): Promise<SltOutcome> {
  const labels = peer.labels.includes("memflux") ? [...peer.labels, "postgresql"] : peer.labels;
  return playRecords(peer, parseRecords(readFileSync(join(folder, file), "utf8"), file), "lenient", { labels });
}
