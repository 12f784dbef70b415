/**
 * Goal: questions over real documents have the answers that plain JavaScript gives: without any CREATE TABLE, with declared tables and
 * indexes, and after a restart.
 * Method: the documents are loaded with JSON.SET through node-redis, then questions.ts goes through SQL.QUERY. Not run as long as the command
 * table has no SQL.QUERY. The questions themselves are proven on PostgreSQL (test/compat/sql/vega.test.ts).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRow } from "../../../host/command/table.ts";
import { openMemflux } from "../../support/sql/memflux.ts";
import type { SqlPeer } from "../../support/sql/peer.ts";
import { startServer, type TestServer } from "../../support/test-server.ts";
import { cellsOf, findDifference } from "./compare.ts";
import { COLLECTIONS, DEFINITIONS, documentsOf, loadVega } from "./data.ts";
import { QUESTIONS } from "./questions.ts";

const data = loadVega();

/** Loads all collections through node-redis. `withId`: as declared tables want them. */
async function load(server: TestServer, withId: boolean): Promise<void> {
  const client = createClient({ socket: { host: server.host, port: server.port } });
  client.on("error", () => {});
  await client.connect();
  try {
    for (const name of COLLECTIONS) {
      const documents = documentsOf(data, name, withId);
      const replies = await Promise.all(documents.map(({ id, document }) => client.json.set(`${name}:${id}`, "$", document)));
      expect(new Set(replies)).toEqual(new Set(["OK"]));
    }
  } finally {
    client.destroy();
  }
}

function defineQuestions(peer: () => SqlPeer): void {
  it.each(QUESTIONS)("$title", async ({ sql, answer, ordered }) => {
    const result = await peer().run(sql);
    expect(findDifference(answer(data), cellsOf(result), ordered === true)).toBeUndefined();
  });
}

function defineRefusals(peer: () => SqlPeer): void {
  it("what the tables forbid is refused", async () => {
    await expect(peer().run(`UPDATE movies SET "IMDB Rating" = 11 WHERE id = 1`)).rejects.toMatchObject({ sqlstate: "23514" });
    await expect(peer().run("INSERT INTO flights (id, origin, destination) VALUES (99999, 'ABE', 'ATL')")).rejects.toMatchObject({
      sqlstate: "23505",
    });
    await expect(peer().run("INSERT INTO cars (id) VALUES (99999)")).rejects.toMatchObject({ sqlstate: "23502" });
  });
}

describe.skipIf(findRow("SQL.QUERY") === undefined)("questions over vega-datasets", () => {
  const dir = mkdtempSync(join(tmpdir(), "memflux-vega-"));
  const options = { persistence: "yes", dir };
  let server: TestServer;
  let peer: SqlPeer;

  async function open(): Promise<void> {
    server = await startServer("memflux", { options });
    peer = await openMemflux(server);
  }

  async function reopen(): Promise<void> {
    await peer.close();
    await server.stop();
    await open();
  }

  beforeAll(open);
  afterAll(async () => {
    await peer?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  describe("without declaration", () => {
    beforeAll(() => load(server, false));
    defineQuestions(() => peer);
  });

  describe("without declaration, after a restart", () => {
    beforeAll(reopen);
    defineQuestions(() => peer);
  });

  describe("with tables and indexes", () => {
    beforeAll(async () => {
      await peer.reset();
      for (const definition of DEFINITIONS) await peer.run(definition);
      await load(server, true);
    });
    defineQuestions(() => peer);
    defineRefusals(() => peer);
  });

  describe("with tables and indexes, after a restart", () => {
    beforeAll(reopen);
    defineQuestions(() => peer);
    defineRefusals(() => peer);
  });
});
