/**
 * Indexes of labels: what Cypher's definitions and the commands make of them, and what the catalog says of the graph.
 *
 * Goal: an index is there under its name until it is dropped or its graph goes, over a crash too; what cannot be is refused by name and
 * changes nothing; the graph's version changes with names and indexes, and with nothing else.
 * Method: definitions and commands on the built debug engine with its log on a simulated disk, which crashes in between.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { SimulatedDisk } from "../../../../../host/platform/simulated/disk.ts";
import type { GraphCatalog } from "../../../../../host/query/catalog/graph.ts";
import { GRAPH_DEPENDENCY } from "../../../../../host/query/catalog/graph.ts";
import { QueryMachine, recovered, SILENT } from "../../../../support/query-machine.ts";

class Machine extends QueryMachine {
  static async start(disk: SimulatedDisk): Promise<Machine> {
    return new Machine(await recovered(disk, SILENT));
  }

  define(text: string, database = 0): void {
    this.run("cypher", text, false, database);
  }

  /** What the catalog of a database says. */
  graph<T>(ask: (graph: GraphCatalog) => T, database = 0): T {
    return this.queries.defining(database, () => ask(this.queries.catalog(database).graph as GraphCatalog));
  }

  version(): number {
    return this.queries.defining(0, () => this.queries.catalog(0).version(GRAPH_DEPENDENCY));
  }

  indexes(label: string, database = 0): readonly string[] {
    return this.graph((graph) => graph.indexes(label).map(({ name, properties }) => `${name}(${properties.join()})`), database);
  }

  /** What IDX.LIST answers. */
  listed(database = 0): readonly string[] {
    return this.queries.tables(database).listIndexes();
  }
}

let disk: SimulatedDisk;
let machine: Machine;

beforeEach(async () => {
  disk = new SimulatedDisk(1);
  machine = await Machine.start(disk);
});

describe("CREATE INDEX and DROP INDEX", () => {
  it("makes indexes of a label, with a name or with one of its own", () => {
    machine.define("CREATE INDEX by_name FOR (n:Person) ON (n.name)");
    machine.define("CREATE INDEX FOR (p:Person) ON (p.name, p.born)");
    machine.define("CREATE INDEX FOR (p:`Two Words`) ON (p.`a b`)");
    expect(machine.indexes("Person")).toEqual(["by_name(name)", "index_Person_name_born(name,born)"]);
    expect(machine.indexes("Two Words")).toEqual(["index_Two Words_a b(a b)"]);
    expect(machine.indexes("person")).toEqual([]);
    expect(machine.listed()).toEqual(["_node:Person:*|name", "_node:Person:*|name,born", "_node:Two Words:*|a b"]);
  });

  it("refuses a name or an index that is there, unless told IF NOT EXISTS", () => {
    machine.define("CREATE INDEX i FOR (n:A) ON (n.x)");
    expect(() => machine.define("CREATE INDEX i FOR (n:B) ON (n.x)")).toThrow(
      'an index "i" already exists at line 1:14 [SemanticError: IndexAlreadyExists]',
    );
    expect(() => machine.define("CREATE INDEX j FOR (n:A) ON (n.x)")).toThrow(
      'index "i" has the same label and properties at line 1:1 [SemanticError: EquivalentIndexAlreadyExists]',
    );
    machine.define("CREATE INDEX i IF NOT EXISTS FOR (n:B) ON (n.x)");
    machine.define("CREATE INDEX j IF NOT EXISTS FOR (n:A) ON (n.x)");
    expect(machine.listed()).toEqual(["_node:A:*|x"]);
  });

  it("refuses what there is not", () => {
    expect(() => machine.define("CREATE INDEX FOR (n:A) ON (n.x, n.y, n.x)")).toThrow("RepeatedProperty");
    expect(() => machine.define("CREATE INDEX FOR ()-[r:T]-() ON (r.x)")).toThrow(
      "an index of a relationship type is not supported at line",
    );
    expect(() => machine.define("CREATE CONSTRAINT c FOR ()-[r:T]-() REQUIRE r.x IS UNIQUE")).toThrow(
      /a constraint of a relationship type is not supported at line 1:\d+ \[SemanticError: NotSupported\]/,
    );
    expect(() => machine.define("DROP INDEX i")).toThrow('index "i" does not exist at line 1:12 [SemanticError: IndexNotFound]');
    expect(() => machine.define("DROP CONSTRAINT i")).toThrow("ConstraintNotFound");
    machine.define("DROP INDEX i IF EXISTS");
    machine.define("DROP CONSTRAINT i IF EXISTS");
    expect(machine.listed()).toEqual([]);
  });

  it("shares names with indexes of collections", () => {
    machine.define("CREATE INDEX i FOR (n:A) ON (n.x)");
    machine.queries.tables(0).createIndex("j", "docs", ["x"]);
    expect(() => machine.queries.tables(0).createIndex("i", "docs", ["y"])).toThrow("Index 'i' already exists");
    expect(() => machine.define("CREATE INDEX j FOR (n:A) ON (n.y)")).toThrow('an index "j" already exists');
    expect(() => machine.run("sql", "CREATE INDEX i ON docs (z)")).toThrow('relation "i" already exists');
    expect(machine.queries.tables(0).dropIndex("i")).toBe(true);
    expect(machine.listed()).toEqual(["docs:*|x"]);
    machine.define("CREATE INDEX i FOR (n:A) ON (n.x)");
    machine.define("DROP INDEX i");
    expect(machine.listed()).toEqual(["docs:*|x"]);
  });
});

describe("the catalog", () => {
  it("knows labels and types with their counts", () => {
    expect(machine.graph((graph) => [graph.nodes(), graph.relationships(), graph.label("A"), graph.labels()])).toEqual([
      0,
      0,
      undefined,
      [],
    ]);
    machine.command("GRAPH.ADDNODE", "A", "{}");
    machine.command("GRAPH.ADDNODE", "A", "{}", "B");
    const facts = machine.graph((graph) => [graph.nodes(), graph.label("A"), graph.label("B"), graph.label("a"), graph.labels()]);
    expect(facts).toEqual([2, 2, 1, undefined, ["A", "B"]]);
    expect(machine.graph((graph) => [graph.types(), graph.type("T")])).toEqual([[], undefined]);
  });

  it("has a version that names and indexes change", () => {
    expect(machine.version()).toBe(0);
    machine.command("GRAPH.ADDNODE", "A", "{}");
    const first = machine.version();
    machine.command("GRAPH.ADDNODE", "A", '{"a": 1}');
    expect(machine.version()).toBe(first);
    machine.command("GRAPH.ADDNODE", "B", "{}");
    const second = machine.version();
    machine.define("CREATE INDEX i FOR (n:A) ON (n.x)");
    const third = machine.version();
    machine.define("DROP INDEX i");
    const fourth = machine.version();
    machine.command("FLUSHDB");
    machine.command("GRAPH.ADDNODE", "A", "{}");
    const versions = [first, second, third, fourth, machine.version()];
    expect(new Set(versions).size).toBe(versions.length);
  });
});

describe("what happens to indexes", () => {
  it("they are there again after a crash, over nodes from before and behind it", async () => {
    machine.command("GRAPH.ADDNODE", "A", '{"x": 1}');
    machine.define("CREATE INDEX i FOR (n:A) ON (n.x)");
    machine.define("CREATE INDEX gone FOR (n:A) ON (n.y)");
    machine.define("CREATE INDEX early FOR (n:New) ON (n.y)", 3);
    machine.define("DROP INDEX gone");
    await machine.database.commits.flush();
    disk.crash("power");
    disk.restart();
    machine = await Machine.start(disk);
    expect(machine.indexes("A")).toEqual(["i(x)"]);
    expect(machine.indexes("New", 3)).toEqual(["early(y)"]);
    machine.command("GRAPH.ADDNODE", "A", '{"x": 2}', "B");
    machine.define("DROP INDEX i");
    expect(machine.listed()).toEqual([]);
  });

  it("they go with their graph, and change places with it", () => {
    machine.define("CREATE INDEX i FOR (n:A) ON (n.x)");
    machine.command("SWAPDB", "0", "1");
    expect([machine.indexes("A"), machine.indexes("A", 1)]).toEqual([[], ["i(x)"]]);
    machine.command("SWAPDB", "0", "1");
    machine.command("FLUSHDB");
    expect(machine.indexes("A")).toEqual([]);
    machine.define("CREATE INDEX i FOR (n:A) ON (n.x)");
    expect(machine.indexes("A")).toEqual(["i(x)"]);
    machine.command("FLUSHALL");
    expect(machine.listed()).toEqual([]);
  });

  it("one whose key was deleted is used by nobody", () => {
    machine.define("CREATE INDEX i FOR (n:A) ON (n.x)");
    machine.command("DEL", "_internal:label_indexes:i");
    machine.define("CREATE INDEX j FOR (n:A) ON (n.y)");
    expect(machine.indexes("A")).toEqual(["j(y)"]);
  });
});
