/**
 * Commands that run SQL and Cypher. What a statement does is known only when it was read, so they count as writes.
 */
import { type CommandRow, command } from "./table-types.ts";

/** A command whose handler is host/command/sql.ts. */
function statement(name: string, syntax: string, summary: string, group: "sql" | "graph" = "sql"): CommandRow {
  return command({
    name,
    arity: -2,
    flags: "write denyoom",
    acl: "write read slow",
    since: "1.0.0",
    group,
    host: "sql",
    transaction: "always",
    long: true,
    queries: true,
    complexity: "Depends on the statement",
    syntax,
    summary,
  });
}

export const sqlCommands: readonly CommandRow[] = [
  statement("SQL", "word...", "Runs a SQL statement and answers its rows as JSON objects."),
  statement("SQL.QUERY", "statement [parameter]...", "Runs a SQL statement with parameters and answers columns, types and rows."),
  statement("CYPHER", "word...", "Runs a Cypher statement and answers its rows as JSON objects.", "graph"),
  statement(
    "CYPHER.QUERY",
    "statement [parameters]",
    "Runs a Cypher statement, with parameters as a JSON object, and answers columns, rows and what it changed.",
    "graph",
  ),
];
