/**
 * Commands on tables, rows and indexes that are no SQL: TABLE.*, ROW.*, IDX.*, CREATEINDEX, and one for labels as tables. All of them agree with SQL at once.
 */
import { type CommandRow, command } from "./table-types.ts";

/** A command on one row, which the engine answers. */
function row(name: string, arity: number, flags: string, acl: string, syntax: string, summary: string): CommandRow {
  return command({
    name,
    arity,
    flags,
    acl,
    since: "1.0.0",
    group: "json",
    engine: "row-document",
    syntax,
    summary,
    complexity: "O(N) with the size of the row",
  });
}

/** A command on a table or an index, which the host answers. */
function definition(name: string, arity: number, flags: string, syntax: string, summary: string): CommandRow {
  return command({
    name,
    arity,
    flags,
    acl: flags === "readonly" ? "read slow" : "write slow",
    since: "1.0.0",
    group: "sql",
    host: "table-commands",
    long: true,
    queries: true,
    syntax,
    summary,
    complexity: "O(N) with the number of rows",
  });
}

export const rowCommands: readonly CommandRow[] = [
  row("ROW.SET", 4, "write denyoom", "write json slow", "table row json", "Stores a row, in place of the one that was there."),
  row("ROW.GET", 3, "readonly", "read json slow", "table row", "Answers a row as JSON text."),
  row(
    "ROW.SETPROP",
    5,
    "write denyoom",
    "write json slow",
    "table row property json",
    "Sets a property of a row, which is made if need be.",
  ),
  row("ROW.DELETE", 3, "write", "write json slow", "table row", "Deletes a row."),
  definition("TABLE.CREATE", 3, "write denyoom", "table schema", "Declares a table by a schema in JSON."),
  definition("TABLE.DESCRIBE", 2, "readonly", "table", "Answers the schema of a table as JSON text."),
  definition("TABLE.SCAN", 2, "readonly", "table", "Answers all rows of a table or a collection as JSON texts."),
  definition("TABLE.DROP", 2, "write", "table", "Drops a table with its rows."),
  definition("IDX.CREATE", 4, "write denyoom", "index prefix path", "Makes an index of documents on a path."),
  definition("IDX.DROP", 2, "write", "index", "Drops an index."),
  definition("IDX.LIST", 1, "readonly", "", "Lists the indexes as prefix and path."),
  definition("_REFRESH_GRAPH_SCHEMAS", -1, "readonly", "[password]", "Does nothing: SQL sees the labels and types that there are."),
  definition("CREATEINDEX", 4, "write denyoom", "prefix ON path", "Makes an index of documents on a path, and names it by both."),
];
