/**
 * All fuzz entries: name → function(seed, steps), which throws on a finding. The same seed and steps give the same run.
 *
 * `canary` must fail: it shows that a finding is reported (test and command line look at it).
 */
import { createRandom } from "../support/random.ts";
import { fuzzCypherBinder } from "./cypher-binder.ts";
import { fuzzCypher } from "./cypher-statements.ts";
import { fuzzDumpPayloads } from "./dump-payloads.ts";
import { fuzzEngineRequests } from "./engine-requests.ts";
import { fuzzOptions, fuzzReplies, fuzzWords } from "./host-parsers.ts";
import { fuzzJsonDocuments } from "./json-documents.ts";
import { fuzzRecords } from "./records.ts";
import { fuzzBinder } from "./sql-binder.ts";
import { fuzzSql } from "./sql-statements.ts";

export type FuzzEntry = (seed: number, steps: number) => void;

function canary(seed: number, steps: number): void {
  const random = createRandom(seed);
  for (let step = 0; step < steps; step++) if (random.below(100) === 7) throw new Error(`step ${step}: the canary sings`);
}

export const FUZZ_ENTRIES: ReadonlyMap<string, FuzzEntry> = new Map<string, FuzzEntry>([
  ["decoder", fuzzEngineRequests],
  ["dump", fuzzDumpPayloads],
  ["documents", fuzzJsonDocuments],
  ["records", fuzzRecords],
  ["replies", fuzzReplies],
  ["options", fuzzOptions],
  ["words", fuzzWords],
  ["sql", fuzzSql],
  ["binder", fuzzBinder],
  ["cypher", fuzzCypher],
  ["cypher-binder", fuzzCypherBinder],
  ["canary", canary],
]);

/** Entries that are expected to find nothing. */
export const SILENT_ENTRIES: readonly string[] = [...FUZZ_ENTRIES.keys()].filter((name) => name !== "canary");
