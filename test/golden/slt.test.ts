/**
 * Goal: our server answers SQL exactly as the `.slt` files of this folder say, in RESP3 and RESP2, and so does the library.
 * Method: the built server as a process of its own, a connection for each file; the built library in this process; see slt-records.ts for the format and
 * slt-runner.ts for how it is played; the library once more with queries that are compiled and let others run behind every row. Not run as long as the command table has no SQL.QUERY.
 */
import { afterAll, describe, onTestFinished } from "vitest";
import { findRow } from "../../host/command/table.ts";
import { libraryPeer, openLibrary } from "../support/sql/library.ts";
import { openMemflux } from "../support/sql/memflux.ts";
import type { SqlPeer } from "../support/sql/peer.ts";
import { startServer, type TestServer } from "../support/test-server.ts";
import { openYielding } from "../support/yielding.ts";
import { defineSltTests } from "./slt-suite.ts";

describe.skipIf(findRow("SQL.QUERY") === undefined).each([3, 2] as const)("SQL goldens, RESP%i", (protocol) => {
  let server: TestServer | undefined;

  /** A connection to the server, or to a new one where a file before has ended it. */
  async function open(): Promise<SqlPeer> {
    if (server === undefined) {
      const started = await startServer("memflux");
      server = started;
      void started.exited.then(() => {
        if (server === started) server = undefined;
      });
    }
    const peer = await openMemflux(server, protocol);
    onTestFinished(() => peer.close());
    return peer;
  }

  afterAll(() => server?.stop());
  defineSltTests(open);
});

describe.skipIf(findRow("SQL.QUERY") === undefined)("SQL goldens, library", () => {
  defineSltTests(async () => {
    const peer = await openLibrary();
    onTestFinished(() => peer.close());
    return peer;
  });
});

describe.skipIf(findRow("SQL.QUERY") === undefined)("SQL goldens, library, in slices", () => {
  defineSltTests(async () => {
    const { library } = await openYielding();
    await library.sql`SET execution_mode TO compiled`;
    const peer = libraryPeer(library);
    onTestFinished(() => peer.close());
    return peer;
  });
});
