/**
 * Fuzz of records: documents of a collection, which have shapes, do what packed documents do (record-twins.ts), and when all is
 * deleted nothing is left.
 *
 * Findings: a trap, a failing assertion or invariant (debug build), different answers of twins, memory that did not come back.
 */
import { PURPOSE_ENTRY, PURPOSE_TABLE, PURPOSE_VALUE } from "../../assembly/abi/status.ts";
import { TestEngine } from "../support/engine.ts";
import { randomInput } from "../unit/assembly/bytes/random-input.ts";
import { runTwins } from "../unit/engine/record-twins.ts";

/** Steps between two flushes. */
const ROUND = 2000;

/** One run; throws on a finding. */
export function fuzzRecords(seed: number, steps: number): void {
  const random = randomInput(seed);
  const engine = new TestEngine(seed % 3 === 0 ? "release" : "debug", seed);
  const session = engine.open();
  const stored = (): number[] => [PURPOSE_ENTRY, PURPOSE_VALUE, PURPOSE_TABLE].map((purpose) => engine.memoryByPurpose()[purpose] ?? 0);
  const before = stored();
  for (let left = steps; left > 0; left -= ROUND) {
    runTwins(engine, session, random, Math.min(left, ROUND), random.below(3) > 0);
    engine.command(session, ["FLUSHALL"]);
    engine.settle();
    if (stored().some((bytes, purpose) => bytes !== before[purpose])) throw new Error(`${stored()} bytes are left of ${before}`);
  }
}
