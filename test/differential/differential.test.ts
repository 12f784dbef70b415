/**
 * The differential tester in CI: 20,000 random commands must be answered alike by redis-server and by ours, and a planted
 * difference must be found and shrunk.
 */
import { describe, expect, it } from "vitest";
import { isRedisInstalled } from "../support/test-server.ts";
import { canHoldClock, ServerPair } from "./pair.ts";
import { describeDifference, runDifferential } from "./tester.ts";

const SEED = Number(process.env.MEMFLUX_SEED ?? 20_301);
const COMMANDS = 20_000;
const installed = isRedisInstalled() && canHoldClock();
if (!installed && process.env.MEMFLUX_REQUIRE_REDIS === "1") throw new Error("redis-server or a C compiler is missing");

describe.skipIf(!installed)("redis-server and memflux", () => {
  it(`answer ${COMMANDS} random commands alike (seed ${SEED})`, async () => {
    const pair = await ServerPair.start();
    try {
      const outcome = await runDifferential(pair, SEED, COMMANDS);
      expect(outcome.difference === undefined ? "" : describeDifference(outcome.difference)).toBe("");
    } finally {
      await pair.stop();
    }
  });

  it("are told apart by a planted difference, shrunk to what shows it", async () => {
    const pair = await ServerPair.start(["redis", "redis"], (step, reply) =>
      step[0]?.toUpperCase() === "GETRANGE" && reply.kind === "bulk" && reply.text.length > 2
        ? { kind: "bulk", text: reply.text.slice(1) }
        : reply,
    );
    try {
      const { difference } = await runDifferential(pair, SEED, COMMANDS);
      expect(difference?.steps.at(-1)?.[0]?.toUpperCase()).toBe("GETRANGE");
      expect(difference?.steps.length).toBeLessThanOrEqual(3);
    } finally {
      await pair.stop();
    }
  });
});
