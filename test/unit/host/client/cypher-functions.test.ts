/**
 * Goal: functions of Neo4j 5 that openCypher 9 has not: valueType(), nullIf(), normalize().
 * Method: their answers as Neo4j's manual gives them, interpreted and compiled, on constants and on properties.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { open } from "../../../../host/entry/node.ts";
import { engineBuilt } from "../../../support/engine.ts";

const ANSWERS: readonly (readonly [text: string, answer: unknown])[] = [
  ["valueType(null)", "NULL"],
  ["valueType(true)", "BOOLEAN NOT NULL"],
  ["valueType('x')", "STRING NOT NULL"],
  ["valueType(a.x)", "INTEGER NOT NULL"],
  ["valueType(a.x / 2.0)", "FLOAT NOT NULL"],
  ["valueType(a.none)", "NULL"],
  ["valueType(a)", "NODE NOT NULL"],
  ["valueType(r)", "RELATIONSHIP NOT NULL"],
  ["valueType(p)", "PATH NOT NULL"],
  ["valueType({a: 1})", "MAP NOT NULL"],
  ["valueType(date('2020-01-01'))", "DATE NOT NULL"],
  ["valueType(localtime('12:00'))", "LOCAL TIME NOT NULL"],
  ["valueType(time('12:00Z'))", "ZONED TIME NOT NULL"],
  ["valueType(localdatetime('2020-01-01T12:00'))", "LOCAL DATETIME NOT NULL"],
  ["valueType(datetime('2020-01-01T12:00Z'))", "ZONED DATETIME NOT NULL"],
  ["valueType(duration('P1D'))", "DURATION NOT NULL"],
  ["valueType([])", "LIST<NOTHING> NOT NULL"],
  ["valueType([null])", "LIST<NULL> NOT NULL"],
  ["valueType(a.list)", "LIST<INTEGER NOT NULL> NOT NULL"],
  ["valueType([1, null])", "LIST<INTEGER> NOT NULL"],
  ["valueType([2.0, 1, 'a', 3])", "LIST<STRING NOT NULL | INTEGER NOT NULL | FLOAT NOT NULL> NOT NULL"],
  ["valueType([[1], ['a', null], []])", "LIST<LIST<STRING | INTEGER> NOT NULL> NOT NULL"],
  ["nullIf(a.x, 1)", null],
  ["nullIf(a.x, 1.0)", null],
  ["nullIf(a.x, 2)", 1],
  ["nullIf(a.x, null)", 1],
  ["nullIf(null, 1)", null],
  ["nullIf('a', 'b')", "a"],
  ["size(normalize(a.text, NFD))", 2],
  ["normalize('A\u030a') = a.text", true],
  ["normalize('\ufb01', nfkc)", "fi"],
  ["normalize(null)", null],
];

const REFUSED: readonly (readonly [text: string, message: string])[] = [
  ["normalize(5)", "TypeError"],
  ["normalize('a', XYZ)", "normalize() takes a string and one of NFC, NFD, NFKC, NFKD"],
  ["normalize()", "normalize() takes a string"],
  ["nullIf(1)", "SyntaxError"],
  ["valueType()", "InvalidNumberOfArguments"],
];

describe.skipIf(!engineBuilt).each(["interpreted", "compiled"])("functions of Neo4j 5, %s", (mode) => {
  let db: EmbeddedDatabase;

  beforeAll(async () => {
    db = await open();
    await db.query(`SET execution_mode = ${mode}`);
    await db.cypher("CREATE (:A {x: 1, text: '\u00c5', list: [1, 2]})-[:R]->(:B)", {});
  });

  afterAll(() => db.close());

  it.each(ANSWERS)("%s is %s", async (text, answer) => {
    expect([...(await db.cypher(`MATCH p = (a:A)-[r]->() RETURN ${text} AS answer`, {}))]).toEqual([{ answer }]);
  });

  it.each(REFUSED)("%s is refused", async (text, message) => {
    await expect(db.cypher(`RETURN ${text}`, {})).rejects.toThrow(message);
  });
});
