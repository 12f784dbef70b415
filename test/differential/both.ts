/**
 * A redis-server and a MemFlux for all tests of a suite, and a client of each: for tests that compare replies by themselves and
 * need no clock of their own (pair.ts has one).
 */
import { afterAll, beforeAll } from "vitest";
import { openClient, type RawClient } from "../support/raw-client.ts";
import { startServer, type TestServer } from "../support/test-server.ts";

/** Called in a `describe`: starts both before its tests and stops them behind. The clients, redis-server's first, are there when tests run. */
export function bothServers(): readonly RawClient[] {
  const servers: TestServer[] = [];
  const clients: RawClient[] = [];

  beforeAll(async () => {
    for (const kind of ["redis", "memflux"] as const) {
      const server = await startServer(kind);
      servers.push(server);
      clients.push(await openClient(server));
    }
  });

  afterAll(async () => {
    for (const client of clients) await client.close();
    for (const server of servers) await server.stop();
  });
  return clients;
}
