/**
 * Turns the transcripts of this folder into tests on one kind of server. golden.test.ts runs them on ours,
 * test/compat/compat.test.ts on redis-server, which proves that what is written there is real.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServerKind, startServer, type TestServer } from "../support/test-server.ts";
import { type Mismatch, type PlayOptions, playScenario, sentBytes } from "./runner.ts";
import { parseTranscript, type Scenario } from "./transcript.ts";

const FOLDER = import.meta.dirname;

export interface Transcript {
  readonly file: string;
  readonly scenarios: readonly Scenario[];
}

/** All transcripts of test/golden. Throws an Error on the first that cannot be read. */
export function readTranscripts(): Transcript[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".resp"));
  return files.sort().map((file) => ({ file, scenarios: parseTranscript(readFileSync(join(FOLDER, file), "utf8"), file) }));
}

/** What a server does otherwise than written. Scenarios for which it returns undefined are not played on that server. */
export type Overrides = (file: string, title: string) => ReadonlyMap<string, string> | undefined;

/** Defines a test for each scenario, with one shared server and one for each scenario that wants its own. */
export function defineTranscriptTests(kind: ServerKind, overridesFor: Overrides): void {
  let shared: TestServer | undefined;
  beforeAll(async () => {
    shared = await startServer(kind);
  });
  afterAll(() => shared?.stop());
  for (const { file, scenarios } of readTranscripts()) {
    const played = scenarios.flatMap((scenario) => {
      const overrides = overridesFor(file, scenario.title);
      return overrides === undefined ? [] : [{ scenario, options: { overrides } satisfies PlayOptions }];
    });
    if (played.length === 0) continue;
    describe(file, () => {
      for (const { scenario, options } of played) {
        it(scenario.title, async () => {
          const own = Object.keys(scenario.serverOptions).length > 0;
          if (!own) return playAll(shared!, scenario, file, options, false);
          for (const protocol of scenario.protocols) {
            const server = await startServer(kind, { options: scenario.serverOptions });
            try {
              await playAll(server, { ...scenario, protocols: [protocol] }, file, options, true);
            } finally {
              await server.stop();
            }
          }
        });
      }
    });
  }
}

async function playAll(server: TestServer, scenario: Scenario, file: string, options: PlayOptions, isFresh: boolean): Promise<void> {
  for (const protocol of scenario.protocols) {
    const report = (mismatch: Mismatch | undefined, where: string): void => {
      if (mismatch === undefined) return;
      const { line, request, expected, actual } = mismatch;
      expect.fail(
        `${file}:${line}, RESP${protocol}${where}\n  request   ${request}\n  expected  ${expected}\n  ${server.kind.padEnd(8)}  ${actual}`,
      );
    };
    report(await playScenario(server, scenario, protocol, options, isFresh), "");
    if (!scenario.cut) continue;
    const bytes = sentBytes(scenario);
    for (let cutAt = 1; cutAt < bytes; cutAt++) {
      report(await playScenario(server, scenario, protocol, { ...options, cutAt }), `, cut behind byte ${cutAt} of ${bytes}`);
    }
  }
}
