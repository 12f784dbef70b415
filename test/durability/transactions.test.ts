/**
 * Goal: transactions survive `kill -9` as a whole or not at all, and those that were acknowledged do; a connection that ends in the middle
 * of one leaves nothing.
 * Method: clients run transactions over keys, hashes, sets, documents, rows and the graph, part of which is taken back to savepoints, each of which says its number everywhere; the server is killed
 * after a random number of acknowledgements, with transactions open; a new one on the same directory must have one number
 * everywhere, not below the last that was acknowledged. Every round goes on where the one before ended.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { createRandom } from "../support/random.ts";
import { openClient, type RawClient } from "../support/raw-client.ts";
import { startServer, type TestServer } from "../support/test-server.ts";

const CLIENTS = 3;
const ROUNDS = 2 * TEST_LENGTH;
const COMMITS_MAX = 150;

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function start(directory: string, durability: string): Promise<TestServer> {
  return startServer("memflux", { options: { persistence: "yes", dir: directory, durability, wal_size_threshold_mb: "1" } });
}

async function ask(client: RawClient, ...words: readonly string[]): Promise<string> {
  client.send([...words]);
  const reply = await client.read();
  if (reply.kind === "error") return `-${reply.text}`;
  return "text" in reply
    ? String(reply.text)
    : JSON.stringify("items" in reply ? reply.items.map((item) => ("text" in item ? item.text : "")) : "");
}

/** What the transaction of a client with a number does; the last one may be missing when its commit was under way. */
function stepsOf(name: string, number: number): readonly (readonly string[])[] {
  return [
    ["BEGIN"],
    ["SET", `key:${name}`, `${number}`],
    ["HSET", `hash:${name}`, "n", `${number}`, `field:${number}`, `${number}`],
    ["DEL", `set:${name}`],
    ["SADD", `set:${name}`, `${number}`],
    ["JSON.SET", `doc:${name}`, "$", `{"n":${number}}`],
    ["SQL", `INSERT INTO total (id, n) VALUES ('${name}', ${number}) ON CONFLICT (id) DO UPDATE SET n = ${number}`],
    ["SAVEPOINT", "s"],
    ["SET", `key:${name}`, "never"],
    ["HSET", `hash:${name}`, "n", "never"],
    ["SADD", `set:${name}`, "never"],
    ["JSON.SET", `doc:${name}`, "$.never", "1"],
    ["SQL", `UPDATE total SET n = -1 WHERE id = '${name}'`],
    ["SQL", "CREATE TABLE never (id integer)"],
    ["CYPHER", `MATCH (n:Total {name: '${name}'}) DETACH DELETE n`],
    ["CYPHER", "CREATE (:Never)-[:NEVER]->(:Never)"],
    ["ROLLBACK", "TO", "s"],
    ["CYPHER", `MERGE (n:Total {name: '${name}'}) SET n.n = ${number}`],
    ["COMMIT"],
  ];
}

class Writer {
  readonly name: string;
  sent = 0;
  acknowledged = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Runs transactions until the connection breaks; those that others stand in the way of are run again. */
  async run(client: RawClient, counted: () => void): Promise<void> {
    try {
      for (;;) {
        const number = ++this.sent;
        if (await this.#commit(client, number)) {
          this.acknowledged = number;
          counted();
        }
      }
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("unexpected")) throw error;
    } finally {
      await client.close();
    }
  }

  async #commit(client: RawClient, number: number): Promise<boolean> {
    for (const words of stepsOf(this.name, number)) {
      const reply = await ask(client, ...words);
      if (reply.startsWith("-ABORT")) {
        if (words[0] !== "COMMIT") await ask(client, "ROLLBACK");
        return false;
      }
      if (reply.startsWith("-")) throw new Error(`unexpected ${words.join(" ")}: ${reply}`);
    }
    return true;
  }
}

/** The numbers that a client has left in keys, hashes, sets, documents, rows and the graph. */
async function numbersOf(client: RawClient, name: string): Promise<readonly number[]> {
  const replies = [
    await ask(client, "GET", `key:${name}`),
    await ask(client, "HGET", `hash:${name}`, "n"),
    await ask(client, "SMEMBERS", `set:${name}`),
    await ask(client, "HGET", `hash:${name}`, `field:${await ask(client, "HGET", `hash:${name}`, "n")}`),
    await ask(client, "JSON.GET", `doc:${name}`, ".n"),
    await ask(client, "SQL", `SELECT n FROM total WHERE id = '${name}'`),
    await ask(client, "CYPHER", `MATCH (n:Total {name: '${name}'}) RETURN n.n AS n`),
  ];
  return replies.map((reply) => Number(/\d+/.exec(reply)?.[0] ?? 0));
}

describe.skipIf(!engineBuilt).each(["fsync", "full"])("transactions under kill -9 (%s)", (durability) => {
  it(`are there as a whole or not at all (seed ${TEST_SEED})`, { timeout: 60_000 * TEST_LENGTH }, async () => {
    const random = createRandom(TEST_SEED);
    const directory = mkdtempSync(join(tmpdir(), "memflux-transactions-"));
    directories.push(directory);
    const writers = Array.from({ length: CLIENTS }, (_, index) => new Writer(`w${index}`));
    let committed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const server = await start(directory, durability);
      const reader = await openClient(server);
      for (const { name, sent, acknowledged } of writers) {
        const numbers = await numbersOf(reader, name);
        expect(new Set(numbers).size, `${name}: ${numbers.join()}`).toBe(1);
        expect(numbers[0]).toBeGreaterThanOrEqual(acknowledged);
        expect(numbers[0]).toBeLessThanOrEqual(sent);
      }
      expect(await ask(reader, "CYPHER", "MATCH (n:Never) RETURN count(n) AS n")).toContain("0");
      expect(await ask(reader, "SQL", "DROP TABLE never")).toContain("42P01");
      await reader.close();
      const limit = random.between(20, COMMITS_MAX);
      let left = limit;
      const reached = new Promise<void>((resolve) => {
        const counted = (): void => {
          committed++;
          if (--left === 0) resolve();
        };
        for (const writer of writers) void openClient(server).then((client) => writer.run(client, counted));
      });
      await reached;
      process.kill(server.processId, "SIGKILL");
      await server.exited;
      await server.stop();
    }
    expect(committed).toBeGreaterThanOrEqual(20 * ROUNDS);
  });
});

describe.skipIf(!engineBuilt)("a connection that ends in the middle of a transaction", () => {
  it.each(["yes", "no"])("leaves nothing, and its session's memory is given back (persistence %s)", async (persistence) => {
    const directory = mkdtempSync(join(tmpdir(), "memflux-transactions-"));
    directories.push(directory);
    const options = persistence === "yes" ? { persistence, dir: directory } : { persistence };
    const server = await startServer("memflux", { options });
    try {
      const reader = await openClient(server);
      const used = async (): Promise<string> => ask(reader, "MEMUSAGE");
      const leave = async (): Promise<void> => {
        const client = await openClient(server);
        for (const words of stepsOf("gone", 1).slice(0, -1)) expect(await ask(client, ...words)).not.toMatch(/^-/);
        await client.close();
      };
      await leave();
      await expect.poll(() => ask(reader, "CLIENT", "LIST")).not.toMatch(/cmd=cypher/);
      const before = await used();
      for (let count = 0; count < 5; count++) await leave();
      await expect.poll(() => ask(reader, "CLIENT", "LIST")).not.toMatch(/cmd=cypher/);
      await expect.poll(used).toBe(before);
      expect(await ask(reader, "DBSIZE")).toBe("0");
      expect(await numbersOf(reader, "gone")).toEqual([0, 0, 0, 0, 0, 0, 0]);
      await reader.close();
    } finally {
      await server.stop();
    }
  });
});
