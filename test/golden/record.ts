/**
 * Fills the `?` lines of transcripts with what redis-server answers:
 *
 *   node test/support/run.mjs test/golden/record.ts test/golden/strings.resp ...
 *
 * Where the protocols differ, a `2|` and a `3|` line take the place of the `?`. What is recorded is a proposal: read it, put
 * matchers where a value varies, and ask whether it is what the documentation promises before it is committed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { startServer } from "../support/test-server.ts";
import { playScenario } from "./runner.ts";
import { type Protocol, parseTranscript, type Scenario } from "./transcript.ts";

/** What came for the lines of a file, by protocol. */
type Recorded = Map<number, Map<Protocol, string>>;

async function recordScenario(scenario: Scenario, recorded: Recorded): Promise<void> {
  if (!scenario.steps.some((step) => step.kind === "expect" && step.outcome.kind === "unknown")) return;
  for (const protocol of scenario.protocols) {
    const server = await startServer("redis", { options: scenario.serverOptions });
    try {
      const observe = (line: number, actual: string): void => {
        const byProtocol = recorded.get(line) ?? new Map<Protocol, string>();
        recorded.set(line, byProtocol.set(protocol, actual));
      };
      await playScenario(server, { ...scenario, loose: true }, protocol, { observe }, true);
    } finally {
      await server.stop();
    }
  }
}

/** The lines that take the place of a `?`, which may have a prefix. */
function answerLines(source: string, byProtocol: ReadonlyMap<Protocol, string> | undefined): string[] {
  const prefix = source.slice(0, source.lastIndexOf("?"));
  const texts = [...(byProtocol ?? [])];
  if (texts.length === 0) return [source];
  if (new Set(texts.map(([, text]) => text)).size === 1) return [prefix + texts[0]![1]];
  return texts.map(([protocol, text]) => `${protocol}| ${text}`);
}

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  const recorded: Recorded = new Map();
  for (const scenario of parseTranscript(text, file)) await recordScenario(scenario, recorded);
  const lines = text
    .split("\n")
    .flatMap((source, i) => (/^(\w+\| )?\?$/.test(source) ? answerLines(source, recorded.get(i + 1)) : [source]));
  writeFileSync(file, lines.join("\n"));
  process.stdout.write(`${file}: ${recorded.size} replies seen\n`);
}
