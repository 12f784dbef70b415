/**
 * Goal: what the golden transcripts expect is what Redis does, save for the differences that differences.ts lists.
 * Method: the transcripts of test/golden, played on redis-server 7.0. Not run where it is not installed.
 */
import { describe, expect, it } from "vitest";
import { defineTranscriptTests, readTranscripts } from "../golden/suite.ts";
import { parseOutcome } from "../golden/transcript.ts";
import { isRedisInstalled } from "../support/test-server.ts";
import { DIFFERENCES, type Difference } from "./differences.ts";

function rowsOf(file: string, title: string): Difference[] {
  return DIFFERENCES.filter((row) => row.transcript === file && row.scenario === title);
}

/** Replies by request that redis-server gives instead; undefined where it does not take part. */
function overridesFor(file: string, title: string): ReadonlyMap<string, string> | undefined {
  const overrides = new Map<string, string>();
  for (const { request, redis } of rowsOf(file, title)) {
    if (request === undefined || redis === undefined) return undefined;
    overrides.set(request, redis);
  }
  return overrides;
}

describe.skipIf(!isRedisInstalled())("golden transcripts on redis-server", () => defineTranscriptTests("redis", overridesFor));

describe("the table of differences", () => {
  const scenarios = new Map(
    readTranscripts().flatMap(({ file, scenarios }) => scenarios.map((scenario) => [`${file} ${scenario.title}`, scenario])),
  );

  it.each(DIFFERENCES)("$transcript, $scenario: names what exists and does differ", ({ transcript, scenario, request, redis, source }) => {
    const steps = scenarios.get(`${transcript} ${scenario}`)?.steps;
    expect(steps, "no such scenario").toBeDefined();
    expect(source).not.toBe("");
    if (request === undefined) return;
    const written = steps!.flatMap((step) => (step.kind === "expect" && step.request === request ? [step.source] : []));
    expect(written, `no request ${request}`).not.toEqual([]);
    expect(parseOutcome(redis!).kind).not.toBe("unknown");
    expect(written).not.toContain(redis);
  });
});
