/**
 * Goal: what the `.slt` files of test/golden expect is what PostgreSQL 16 answers.
 * Method: the files, played on PGlite. Records of ours alone are marked `onlyif memflux` there. Not run where PGlite is not installed.
 */
import { afterAll, beforeAll, describe } from "vitest";
import { defineSltTests } from "../../golden/slt-suite.ts";
import type { SqlPeer } from "../../support/sql/peer.ts";
import { openPostgres } from "../../support/sql/postgres.ts";

const peer: SqlPeer | undefined = await openPostgres();

describe.skipIf(peer === undefined)("SQL goldens on PostgreSQL", () => {
  beforeAll(async () => {
    await peer?.reset();
  });
  afterAll(async () => {
    await peer?.close();
  });
  defineSltTests(async () => peer!);
});
