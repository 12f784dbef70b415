/**
 * Random SQL against other databases.
 *
 * Goal: what the generator makes is the dialect that all share (PostgreSQL and SQLite agree on it), and ours agrees with SQLite, over
 * declared tables and over documents, in the library and behind the server.
 * Method: agreement.ts.
 */
import { describe, it } from "vitest";
import { expectAgreement, isSqlThere, QUERIES, QUERIES_BETWEEN_PEERS, SEED } from "./agreement.ts";

describe(`random SQL (seed ${SEED})`, () => {
  it(`of ${QUERIES_BETWEEN_PEERS} queries has one meaning in PostgreSQL and SQLite`, () =>
    expectAgreement(["postgresql", "sqlite"], QUERIES_BETWEEN_PEERS));

  it.skipIf(!isSqlThere)(`of ${QUERIES} queries is answered by ours as by SQLite`, () => expectAgreement(["library", "sqlite"], QUERIES));

  it.skipIf(!isSqlThere)(`of ${QUERIES_BETWEEN_PEERS} queries is answered by our server as by the library`, () =>
    expectAgreement(["memflux", "library"], QUERIES_BETWEEN_PEERS),
  );

  it.skipIf(!isSqlThere)(`of ${QUERIES} queries over documents that nobody declared is answered as by SQLite over tables`, () =>
    expectAgreement(["library-undeclared", "sqlite"], QUERIES),
  );
});
