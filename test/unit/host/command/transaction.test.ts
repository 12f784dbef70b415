/**
 * BEGIN, COMMIT, ROLLBACK, SAVEPOINT and RELEASE as commands.
 *
 * Goal: each spelling does what it says to the session's transaction, and what is no such command is refused and changes nothing.
 * Method: dialogues with the handlers, on a core that keeps numbers by name.
 */
import { describe, expect, it } from "vitest";
import { FakeServer } from "./fake-server.ts";

/** Runs lines of words; answers the replies. */
async function dialogue(server: FakeServer, lines: readonly string[]): Promise<readonly string[]> {
  const replies: string[] = [];
  for (const line of lines) replies.push((await server.ask(...line.split(" "))).trim());
  return replies;
}

describe("modes", () => {
  it.each<readonly [string, string]>([
    ["BEGIN", "serializable, writes"],
    ["begin work", "serializable, writes"],
    ["BEGIN TRANSACTION ISOLATION LEVEL SNAPSHOT", "snapshot, writes"],
    ["BEGIN ISOLATION LEVEL repeatable read READ ONLY", "snapshot, reads"],
    ["BEGIN READ ONLY, ISOLATION LEVEL SERIALIZABLE", "serializable, reads"],
    ["BEGIN READ ONLY , READ WRITE NOT DEFERRABLE", "serializable, writes"],
    ["START TRANSACTION ISOLATION LEVEL READ COMMITTED", "snapshot, writes"],
  ])("%s", async (line, expected) => {
    const server = new FakeServer();
    expect(await dialogue(server, [line])).toEqual(["+OK"]);
    const { isolation, readOnly } = server.session.transaction.modes;
    expect(`${isolation}, ${readOnly ? "reads" : "writes"}`).toBe(expected);
    expect(server.session.transaction.isOpen).toBe(true);
  });

  it.each([
    "BEGIN NOW",
    "BEGIN ISOLATION SNAPSHOT",
    "BEGIN ISOLATION LEVEL",
    "BEGIN ISOLATION LEVEL CHAOS",
    "BEGIN ISOLATION LEVEL REPEATABLE",
    "BEGIN READ",
    "BEGIN READ MOSTLY",
    "BEGIN NOT",
    "START",
    "START BEGIN",
  ])("%s is no syntax", async (line) => {
    const server = new FakeServer();
    expect(await dialogue(server, [line])).toEqual([expect.stringMatching(/syntax error|wrong number/)]);
    expect(server.session.transaction.isOpen).toBe(false);
  });

  it("DEFERRABLE is not known", async () => {
    expect(await dialogue(new FakeServer(), ["BEGIN DEFERRABLE"])).toEqual(["-ERR DEFERRABLE transactions are not supported [0A000]"]);
  });
});

describe("the ends", () => {
  it.each(["COMMIT", "COMMIT WORK", "END TRANSACTION", "commit and no chain", "ROLLBACK", "ABORT", "ROLLBACK WORK"])("%s", async (line) => {
    const server = new FakeServer();
    expect(await dialogue(server, ["BEGIN", "BEGIN", line, line])).toEqual([
      "+OK",
      "-ERR there is already a transaction in progress [25001]",
      "+OK",
      "-ERR there is no transaction in progress [25P01]",
    ]);
  });

  it.each(["COMMIT AND CHAIN", "ROLLBACK AND CHAIN"])("%s begins the next one, which is as it was", async (line) => {
    const server = new FakeServer();
    expect(await dialogue(server, ["BEGIN READ ONLY", line])).toEqual(["+OK", "+OK"]);
    expect(server.session.transaction.modes.readOnly).toBe(true);
    expect(server.session.transaction.isOpen).toBe(true);
  });

  it.each(["COMMIT NOW", "COMMIT AND", "END TO a", "ROLLBACK a", "ABORT AND NO"])(
    "%s is no syntax, and the transaction goes on",
    async (line) => {
      const server = new FakeServer();
      expect(await dialogue(server, ["BEGIN", line, "COMMIT"])).toEqual(["+OK", "-ERR syntax error", "+OK"]);
    },
  );
});

describe("savepoints", () => {
  it.each([
    "ROLLBACK TO a",
    "ROLLBACK TO SAVEPOINT a",
    "ROLLBACK WORK TO a",
    "ROLLBACK_TO a",
    "ROLLBACK_TO SAVEPOINT a",
    "ROLLBACK_TO_SAVEPOINT a",
  ])("%s goes back and keeps it", async (line) => {
    const server = new FakeServer();
    expect(await dialogue(server, ["BEGIN", "SAVEPOINT a", "SAVEPOINT b", line, line, "RELEASE b"])).toEqual([
      ...Array(5).fill("+OK"),
      '-ERR savepoint "b" does not exist [3B001]',
    ]);
  });

  it.each(["RELEASE a", "RELEASE SAVEPOINT a", "RELEASE_SAVEPOINT a", "release savepoint a"])(
    "%s forgets it and those behind",
    async (line) => {
      const server = new FakeServer();
      const missing = (name: string): string => `-ERR savepoint "${name}" does not exist [3B001]`;
      expect(await dialogue(server, ["BEGIN", "SAVEPOINT a", "SAVEPOINT b", line, line, "ROLLBACK TO b"])).toEqual([
        ...Array(4).fill("+OK"),
        missing("a"),
        missing("b"),
      ]);
    },
  );

  it("may be called what words are called", async () => {
    const server = new FakeServer();
    const lines = ["BEGIN", "SAVEPOINT savepoint", "ROLLBACK TO savepoint", "RELEASE savepoint", "SAVEPOINT ö", "ROLLBACK_TO ö"];
    expect(await dialogue(server, lines)).toEqual(lines.map(() => "+OK"));
  });

  it.each(["SAVEPOINT a", "ROLLBACK TO a", "RELEASE a"])("%s needs a transaction", async (line) => {
    expect(await dialogue(new FakeServer(), [line])).toEqual(["-ERR there is no transaction in progress [25P01]"]);
  });

  it.each(["ROLLBACK TO", "ROLLBACK TO a b", "ROLLBACK_TO SAVEPOINT a b", "RELEASE a b"])("%s is no syntax", async (line) => {
    expect(await dialogue(new FakeServer(), ["BEGIN", "SAVEPOINT a", line])).toEqual(["+OK", "+OK", "-ERR syntax error"]);
  });
});
