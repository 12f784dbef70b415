/**
 * Random SQL on two of ours that plan otherwise.
 *
 * Goal: neither indexes nor compilation, optimiser or standing still change an answer.
 * Method: agreement.ts.
 */
import { describe, it } from "vitest";
import { expectAgreement, isSqlThere, QUERIES, QUERIES_BETWEEN_PEERS, SEED } from "./agreement.ts";

describe(`random SQL (seed ${SEED})`, () => {
  it.skipIf(!isSqlThere)(`of ${QUERIES} queries is answered alike with and without indexes`, () =>
    expectAgreement(["library-indexed", "library"], QUERIES),
  );

  it.skipIf(!isSqlThere)(`of ${QUERIES} queries is answered alike by compiled code and by the interpreter`, () =>
    expectAgreement(["library-compiled", "library-interpreted"], QUERIES),
  );

  it.skipIf(!isSqlThere)(
    `of ${QUERIES_BETWEEN_PEERS} queries is answered by compiled code that stands still at each row as by the interpreter`,
    () => expectAgreement(["library-sliced", "library-interpreted"], QUERIES_BETWEEN_PEERS),
  );

  it.skipIf(!isSqlThere)(`of ${QUERIES} queries is answered alike with and without the optimiser`, () =>
    expectAgreement(["library-indexed", "library-unoptimised"], QUERIES),
  );
});
