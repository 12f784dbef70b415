/**
 * Goal: what clients that wait have moved survives `kill -9` as what others write: with durability `full` each element that was acknowledged is in one of
 * two lists afterwards, in its place and once, and each move that was answered has been made.
 * Method: producers push numbered elements, consumers wait in BLMOVE; the server is killed after a random number of answers, and another one on the same
 * directory is asked. Each round goes on where the one before ended.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { createRandom } from "../support/random.ts";
import { openClient, type RawClient } from "../support/raw-client.ts";
import type { Reply } from "../support/reply.ts";
import { startServer, type TestServer } from "../support/test-server.ts";

const PRODUCERS = 2;
const CONSUMERS = 4;
const ROUNDS = 3 * TEST_LENGTH;

const directory = mkdtempSync(join(tmpdir(), "memflux-kill-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const textOf = (reply: Reply): string => ("text" in reply ? reply.text : "");

/** Calls until the connection breaks; `answered` is told each answer. */
async function untilKilled(server: TestServer, next: () => readonly string[], answered: (text: string) => void): Promise<void> {
  const client = await openClient(server);
  try {
    for (;;) answered(textOf(await client.call(...next())));
  } catch {
    // The server is gone.
  } finally {
    await client.close();
  }
}

async function list(client: RawClient, key: string): Promise<string[]> {
  const reply = await client.call("LRANGE", key, "0", "-1");
  return reply.kind === "array" ? reply.items.map(textOf) : [];
}

it(`elements that waiting clients move are in one list, once (seed ${TEST_SEED})`, async () => {
  const random = createRandom(TEST_SEED);
  const pushed = new Set<string>();
  const moved = new Set<string>();
  let number = 0;
  let movedInAll = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const server = await startServer("memflux", { options: { persistence: "yes", dir: directory, durability: "full" } });
    onTestFinished(server.stop);
    const client = await openClient(server);
    const places = [await list(client, "jobs"), await list(client, "done")] as const;
    await client.close();
    const [waiting, done] = places;
    expect(new Set([...waiting, ...done]).size).toBe(waiting.length + done.length);
    expect([...pushed].filter((each) => !waiting.includes(each) && !done.includes(each))).toEqual([]);
    expect([...moved].filter((each) => !done.includes(each))).toEqual([]);
    movedInAll = done.length;
    if (round === ROUNDS) break;
    const after = moved.size + 200 + random.below(400);
    const killed = new Promise<void>((resolve) => {
      const isMoved = (text: string): void => {
        moved.add(text);
        if (moved.size === after) process.kill(server.processId, "SIGKILL");
      };
      const push = (): Promise<void> => {
        let mine = "";
        return untilKilled(
          server,
          () => {
            mine = `job ${number++}`;
            return ["RPUSH", "jobs", mine];
          },
          () => pushed.add(mine),
        );
      };
      const all = [
        ...Array.from({ length: CONSUMERS }, () => untilKilled(server, () => ["BLMOVE", "jobs", "done", "LEFT", "RIGHT", "0"], isMoved)),
        ...Array.from({ length: PRODUCERS }, push),
      ];
      Promise.all(all).then(() => resolve());
    });
    await killed;
    await server.stop();
  }
  expect(movedInAll).toBeGreaterThan(ROUNDS * 200);
});
