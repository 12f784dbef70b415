/**
 * Goal: the scenarios of openCypher's Technology Compatibility Kit have the results, side effects and errors that stand there.
 * Method: they are played on our server over RESP3, one test for each file. Not run where OPENCYPHER_TCK does not say where the kit is.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClient, type RawClient } from "../../support/raw-client.ts";
import { startServer, type TestServer } from "../../support/test-server.ts";
import { readFeature } from "./feature.ts";
import { isPlayable, playScenario } from "./tck-run.ts";

const folder = process.env.OPENCYPHER_TCK || undefined;
const SHOWN = 8;

function listFeatures(root: string): readonly string[] {
  const names = readdirSync(join(root, "features"), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".feature")).sort();
}

describe.skipIf(folder === undefined)("Technology Compatibility Kit of openCypher", () => {
  let server: TestServer;
  let client: RawClient;
  beforeAll(async () => {
    server = await startServer("memflux");
    client = await openClient(server);
    await client.call("HELLO", "3");
  });
  afterAll(async () => {
    await client?.close();
    await server?.stop();
  });
  const root = folder ?? "";
  for (const file of folder === undefined ? [] : listFeatures(root)) {
    const scenarios = readFeature(readFileSync(join(root, "features", file), "utf8")).filter(isPlayable);
    it.skipIf(scenarios.length === 0)(file, async () => {
      const differences: string[] = [];
      for (const scenario of scenarios) {
        const difference = await playScenario(client, scenario, join(root, "graphs"));
        if (difference !== undefined) differences.push(`${scenario.title}\n  ${difference}`);
      }
      const shown = differences.slice(0, SHOWN).join("\n\n");
      expect(differences.length === 0 ? "" : `${differences.length} of ${scenarios.length} differ\n\n${shown}`).toBe("");
    });
  }
  it("has scenarios", () => expect(listFeatures(root).length).toBeGreaterThan(0));
});
