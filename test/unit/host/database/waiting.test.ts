/**
 * Goal: a waiting command for which the engine has no memory at all, not even for an error, ends with an error and leaves nothing behind. Method: an engine
 * that answers what the test says; on the real one this takes the last byte.
 */
import { expect, test } from "vitest";
import { EXECUTE_CLOSE, EXECUTE_HOST_COMMAND } from "../../../../assembly/abi/status.ts";
import { Waiting } from "../../../../host/database/waiting.ts";
import type { Engine } from "../../../../host/engine/engine.ts";
import { ManualClock } from "../../../../host/platform/memory/clock.ts";

const COMMAND = { args: ["BLPOP", "k", "0"], database: 0, protocol: 2 } as const;
const TYPE = 3;

/** An engine with one key, 7, that is waited for; `answers` are those of the commands that it runs. */
function engineOf(answers: number[]): { engine: Engine; journal: string[] } {
  const journal: string[] = [];
  const ready = [7];
  const engine = {
    failure: undefined,
    openSession: () => 1,
    closeSession: (handle: number) => journal.push(`close ${handle}`),
    setSession: () => {},
    observe: () => {},
    callArguments: () => answers.shift() ?? EXECUTE_CLOSE,
    waitRequest: () => ({ type: TYPE, first: 1, count: 1, timeoutMs: 0 }),
    addWait: () => 7,
    removeWait: (key: number) => journal.push(`remove ${key}`),
    takeReady: () => ready.shift() ?? 0,
    waitType: () => TYPE,
    uncount: () => {},
    resume: () => 0,
    clearReply: () => {},
  };
  return { engine: engine as unknown as Engine, journal };
}

test("a command that cannot be begun is refused", () => {
  const { engine, journal } = engineOf([]);
  const waiting = new Waiting(engine, new ManualClock(0));
  expect(() => waiting.run(COMMAND, () => "reply")).toThrowError(expect.objectContaining({ code: "OUT_OF_MEMORY_HOST" }));
  expect([journal, waiting.count]).toEqual([["close 1"], 0]);
});

test("a client that is served without memory is told so and waits no more", async () => {
  const { engine, journal } = engineOf([EXECUTE_HOST_COMMAND]);
  const waiting = new Waiting(engine, new ManualClock(0));
  const waiter = waiting.run(COMMAND, () => "reply") as { readonly answer: Promise<unknown> };
  waiting.serve();
  await expect(waiter.answer).rejects.toMatchObject({ code: "OUT_OF_MEMORY_HOST" });
  expect([journal, waiting.count]).toEqual([["close 1", "remove 7"], 0]);
});
