/**
 * Statements that direct transactions, and the settings that say what they are.
 *
 * Goal: every spelling becomes the one call that it means, scripts included; every other statement runs inside of the session's
 * transaction, entered and left exactly once, and not at all when it cannot be entered.
 * Method: the query engine on the built debug engine, with a control that writes down what it is asked.
 */
import { beforeEach, describe, expect, it, test } from "vitest";
import { DatabaseError } from "../../../../../host/common/error.ts";
import type { AskedModes, TransactionModes } from "../../../../../host/common/transaction-modes.ts";
import { SimulatedDisk } from "../../../../../host/platform/simulated/disk.ts";
import type { QueryEngine } from "../../../../../host/query/executor/query-engine.ts";
import { SessionSettings } from "../../../../../host/query/executor/settings.ts";
import type { TransactionControl } from "../../../../../host/query/executor/transaction-control.ts";
import { recovered, SILENT } from "../../../../support/query-machine.ts";

const INITIAL: TransactionModes = { isolation: "serializable", readOnly: false };

/** Writes down what it is asked; `problem` is thrown by `enter`. */
class RecordingControl implements TransactionControl {
  readonly asked: string[] = [];
  modes = INITIAL;
  defaults = INITIAL;
  isOpen = false;
  readonly isFailed = false;
  readonly session = 0;
  readonly beganMs = undefined;
  problem: DatabaseError | undefined;

  begin(modes: AskedModes): void {
    this.asked.push(`begin ${JSON.stringify(modes)}`);
    this.isOpen = true;
  }
  change(modes: AskedModes): void {
    this.asked.push(`change ${JSON.stringify(modes)}`);
  }
  setDefaults(modes: AskedModes): void {
    this.asked.push(`defaults ${Object.keys(modes).join()} ${JSON.stringify(modes)}`);
  }
  commit(): void {
    this.asked.push("commit");
  }
  afterCommit(): void {
    this.asked.push("after commit");
  }
  rollback(): void {
    this.asked.push("rollback");
  }
  part(): undefined {
    return undefined;
  }
  setSavepoint(name: string): void {
    this.asked.push(`savepoint ${name}`);
  }
  rollbackTo(name: string, folded: string): void {
    this.asked.push(`to ${name} ${folded}`);
  }
  releaseSavepoint(name: string, folded: string): void {
    this.asked.push(`release ${name} ${folded}`);
  }
  enter(): void {
    if (this.problem !== undefined) throw this.problem;
    this.asked.push("(");
  }
  leave(): void {
    this.asked.push(")");
  }
}

let queries: QueryEngine;
let control: RecordingControl;
let settings: SessionSettings;

beforeEach(async () => {
  ({ queries } = await recovered(new SimulatedDisk(1), SILENT));
  control = new RecordingControl();
  settings = new SessionSettings(0);
});

function run(text: string): readonly (readonly unknown[])[] {
  const options = { database: 0, settings, transaction: control };
  return queries.run({ language: queries.sql, text }, [], options, queries.programRows("array")).rows as readonly (readonly unknown[])[];
}

const SNAPSHOT = '{"isolation":"snapshot"}';

test.each<readonly [text: string, ...asked: string[]]>([
  ["BEGIN", "begin {}"],
  ["begin work;", "begin {}"],
  ["/* a */ -- b\n START TRANSACTION", "begin {}"],
  ["BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY", 'begin {"isolation":"serializable","readOnly":true}'],
  ["BEGIN TRANSACTION ISOLATION LEVEL Snapshot READ WRITE", 'begin {"isolation":"snapshot","readOnly":false}'],
  ["BEGIN ISOLATION LEVEL REPEATABLE READ", `begin ${SNAPSHOT}`],
  ["BEGIN ISOLATION LEVEL READ COMMITTED", `begin ${SNAPSHOT}`],
  ["BEGIN ISOLATION LEVEL READ UNCOMMITTED NOT DEFERRABLE", `begin ${SNAPSHOT}`],
  ["SET TRANSACTION READ ONLY", 'change {"readOnly":true}'],
  ["SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", 'defaults readOnly {"readOnly":true}'],
  ["SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SNAPSHOT", `defaults isolation ${SNAPSHOT}`],
  ["COMMIT", "commit"],
  ["END TRANSACTION", "commit"],
  ["COMMIT AND NO CHAIN", "commit"],
  ["COMMIT AND CHAIN", "commit", 'begin {"isolation":"serializable","readOnly":false}'],
  ["ROLLBACK", "rollback"],
  ["ABORT WORK", "rollback"],
  ["ROLLBACK AND CHAIN", "rollback", 'begin {"isolation":"serializable","readOnly":false}'],
  ["SAVEPOINT Foo", "savepoint foo"],
  ['SAVEPOINT "Foo"', "savepoint Foo"],
  ["ROLLBACK TO Foo", "to Foo foo"],
  ["ROLLBACK TO SAVEPOINT a", "to a a"],
  ['RELEASE "Foo"', "release Foo Foo"],
  ["RELEASE SAVEPOINT Foo", "release Foo foo"],
])("%s", (text, ...asked) => {
  // The second time it is known by its text.
  for (let time = 0; time < 2; time++) {
    control.asked.length = 0;
    expect(run(text)).toEqual([]);
    expect(control.asked).toEqual(asked);
  }
});

test.each([
  ["BEGIN ISOLATION LEVEL chaos", 'syntax error at or near "chaos" at line 1:23 [42601]'],
  ["BEGIN DEFERRABLE", "DEFERRABLE transactions are not supported [0A000]"],
  ["COMMIT TO a", 'syntax error at or near "TO" at line 1:8 [42601]'],
  ["SAVEPOINT", "syntax error at end of input at line 1:10 [42601]"],
  ["SET transaction_isolation TO chaos", 'invalid value for parameter "transaction_isolation": "chaos" [22023]'],
  ["SET default_transaction_read_only TO 2", 'parameter "default_transaction_read_only" requires a Boolean value [22023]'],
])("%s is refused", (text, message) => {
  expect(() => run(text)).toThrow(message);
  expect(control.asked.filter((word) => word.length > 1)).toEqual([]);
});

describe("what stands between them", () => {
  it("runs inside of the transaction, prepared, compiled and failing too", () => {
    run("INSERT INTO t (id, a) VALUES ('x', 1)");
    expect(control.asked).toEqual(["(", ")"]);
    settings.execution = "compiled";
    for (let time = 0; time < 3; time++) expect(run("SELECT a FROM t")).toEqual([[1]]);
    expect(() => run("SELECT 1 / 0")).toThrow("[22012]");
    const options = { database: 0, settings, transaction: control };
    const prepared = queries.prepare(queries.sql, "SELECT a FROM t", 0, control);
    expect(queries.run(prepared, [], options, queries.programRows("array")).rows).toEqual([[1]]);
    queries.tables(0, control).listIndexes();
    // A compiled plan that turns out to be of another version is left and planned anew.
    expect(control.asked.join("")).toMatch(/^(?:\(\)){8,9}$/);
  });

  it("does not run at all when the transaction cannot go on", () => {
    control.problem = new DatabaseError("SQL_ERROR", "current transaction is aborted [25P02]");
    expect(() => run("INSERT INTO t (id, a) VALUES ('x', 1)")).toThrow("[25P02]");
    expect(() => run("SHOW ALL")).toThrow("[25P02]");
    expect(run("ROLLBACK")).toEqual([]);
    control.problem = undefined;
    expect(run("SELECT count(*) FROM t")).toEqual([[0]]);
  });

  it("in a script is parted by them", () => {
    const rows = run("INSERT INTO t (id) VALUES ('a'); BEGIN; INSERT INTO t (id) VALUES ('b'); SAVEPOINT s; SELECT count(*) FROM t");
    expect(rows).toEqual([[2]]);
    expect(control.asked).toEqual(["(", ")", "begin {}", "(", ")", "savepoint s", "(", ")"]);
    control.asked.length = 0;
    expect(run("SELECT 1; COMMIT;")).toEqual([]);
    expect(control.asked).toEqual(["(", ")", "commit"]);
    expect(() => run("SELECT 1; COMMIT; SELEC")).toThrow("at line 1:19 [42601]");
    expect(control.asked).toEqual(["(", ")", "commit"]);
  });
});

describe("settings", () => {
  it("show what the transaction is, in PostgreSQL's words", () => {
    expect(run("SHOW transaction_isolation")).toEqual([["serializable"]]);
    control.modes = { isolation: "snapshot", readOnly: true };
    expect(run("SHOW TRANSACTION ISOLATION LEVEL")).toEqual([["repeatable read"]]);
    expect(run("SHOW transaction_read_only")).toEqual([["on"]]);
    expect(run("SHOW default_transaction_read_only")).toEqual([["off"]]);
    const all = new Map(run("SHOW ALL") as readonly (readonly [string, string])[]);
    expect(all.get("transaction_isolation")).toBe("repeatable read");
    expect(all.get("default_transaction_isolation")).toBe("serializable");
    const names = [...all.keys()].map((name) => name.toLowerCase());
    expect(names).toEqual([...names].sort());
    expect([all.has("TimeZone"), all.has("DateStyle")]).toEqual([true, true]);
  });

  it.each([
    ["SET default_transaction_isolation TO 'repeatable read'", `defaults isolation ${SNAPSHOT}`],
    ["SET default_transaction_isolation = snapshot", `defaults isolation ${SNAPSHOT}`],
    ["SET default_transaction_read_only TO on", 'defaults readOnly {"readOnly":true}'],
    ["RESET default_transaction_isolation", "defaults isolation {}"],
    ["SET transaction_isolation TO 'read committed'", `change ${SNAPSHOT}`],
    ["SET transaction_read_only TO DEFAULT", 'change {"readOnly":false}'],
  ])("%s", (text, asked) => {
    run(text);
    expect(control.asked).toEqual(["(", asked, ")"]);
  });

  it("RESET ALL puts back what sessions have, not what the transaction is", () => {
    run("RESET ALL");
    expect(control.asked).toEqual(["(", "defaults isolation {}", "defaults readOnly {}", ")"]);
  });
});

test("without a session there is nothing to direct", () => {
  const options = { database: 0, settings };
  for (const text of ["BEGIN", "COMMIT", "SAVEPOINT a", "SET transaction_read_only TO on"]) {
    expect(() => queries.run({ language: queries.sql, text }, [], options, queries.valueRows)).toThrow("[0A000]");
  }
  expect(() => queries.prepare(queries.sql, "BEGIN", 0)).toThrow("[0A000]");
});
