/**
 * Keyspace notifications of random commands: redis-server and ours must send the same messages in the same order, those of keys whose
 * time is over, of misses and of new keys among them. Method: the differential tester's commands on two servers whose clock is held, a
 * subscriber to all events on each; after each few steps both are asked to answer behind their messages.
 */
import { describe, expect, it } from "vitest";
import { createRandom } from "../support/random.ts";
import { isRedisInstalled } from "../support/test-server.ts";
import { Generator, type Step } from "./generator.ts";
import { canHoldClock, ServerPair, START_MS } from "./pair.ts";

const SEED = Number(process.env.MEMFLUX_SEED ?? 20_302);
const ROUNDS = Number(process.env.MEMFLUX_ROUNDS ?? 24);
const ROUND_STEPS = 250;
const CLASSES = ["KEA", "KEAnm", "En$gx", "Km"];
const installed = isRedisInstalled() && canHoldClock();

/** Its keys come in an order of the server's own, so that it expires them in another. */
const UNORDERED = ["KEYS", "SCAN"];

function isOrdered(step: Step): boolean {
  return !UNORDERED.includes(step[0]?.toUpperCase() ?? "");
}

/** What a command with nothing to store deletes, redis-server does not ask whether its time was over; ours does. */
function told(step: Step, messages: readonly string[]): readonly string[] {
  return /STORE$/i.test(step[0] ?? "") ? messages.map((message) => message.replace("expired", "del")) : messages;
}

describe.skipIf(!installed)("notifications of redis-server and memflux", () => {
  it(`are the same for ${ROUNDS * ROUND_STEPS} random commands (seed ${SEED})`, async () => {
    const pair = await ServerPair.start();
    let count = 0;
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const random = createRandom(SEED * 1_000_003 + round);
        const generator = new Generator(random, START_MS);
        await pair.reset(random.chance(0.5) ? 3 : 2);
        await pair.listen(CLASSES[round % CLASSES.length] as string);
        for (let index = 0; index < ROUND_STEPS; index++) {
          const step = generator.next();
          if (!isOrdered(step)) continue;
          await pair.run([step]);
          const [redis, ours] = await pair.heard();
          expect(told(step, ours), `round ${round}, step ${index}: ${step.join(" ")}`).toEqual(told(step, redis));
          count += redis.length;
        }
      }
    } finally {
      await pair.stop();
    }
    expect(count).toBeGreaterThan(ROUNDS * 50);
  });
});
