/**
 * Commands on JSON documents. Names, arguments and replies are RedisJSON's; the categories of access are those that it
 * gives its commands from Redis 8 on.
 */
import { type CommandRow, command } from "./table-types.ts";

const READ_ONE = "RO access @1";
const UPDATE_ONE = "RW access update @1";

/** A command that reads the document under one key. */
function reads(
  name: string,
  arity: number,
  syntax: string,
  summary: string,
  complexity = "O(N) with the size of the document",
): CommandRow {
  return command({
    name,
    arity,
    flags: "readonly",
    acl: "read json slow",
    since: "1.0.0",
    group: "json",
    engine: "json-read",
    keys: READ_ONE,
    syntax,
    summary,
    complexity,
  });
}

/** A command that changes the document under one key; `engine` is its file. */
function changes(name: string, arity: number, engine: string, syntax: string, summary: string): CommandRow {
  return command({
    name,
    arity,
    flags: "write denyoom",
    acl: "write json slow",
    since: "1.0.0",
    group: "json",
    engine,
    keys: UPDATE_ONE,
    syntax,
    summary,
    complexity: "O(N) with the size of the document",
  });
}

export const jsonCommands: readonly CommandRow[] = [
  changes(
    "JSON.SET",
    -3,
    "json",
    "key [path] value [condition:NX|XX]",
    "Stores a JSON value under a key, or at paths inside the document there.",
  ),
  reads("JSON.GET", -2, "key [INDENT indent] [NEWLINE newline] [SPACE space] [path ...]", "Answers JSON values at paths as text."),
  command({
    name: "JSON.DEL",
    arity: -2,
    flags: "write",
    acl: "write json slow",
    since: "1.0.0",
    group: "json",
    engine: "json",
    keys: "RW access update delete @1",
    syntax: "key [path]",
    summary: "Deletes the values at a path, or the whole document.",
    complexity: "O(N) with the size of the document",
  }),
];
