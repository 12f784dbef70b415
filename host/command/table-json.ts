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

/** A command that deletes values, or the key. */
function deletes(name: string, summary: string): CommandRow {
  return command({
    name,
    arity: -2,
    flags: "write",
    acl: "write json slow",
    since: "1.0.0",
    group: "json",
    engine: "json",
    keys: "RW access update delete @1",
    syntax: "key [path]",
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
  reads(
    "JSON.GET",
    -2,
    "key [INDENT indent] [NEWLINE newline] [SPACE space] [path]...",
    "Answers the values at one or more paths of a document as JSON text.",
  ),
  deletes("JSON.DEL", "Deletes the values at a path, or the whole document."),
  deletes("JSON.FORGET", "Deletes the values at a path, or the whole document."),
  command({
    name: "JSON.MGET",
    arity: -3,
    flags: "readonly",
    acl: "read json slow",
    since: "1.0.0",
    group: "json",
    engine: "json-read",
    keys: "RO access @1..-2",
    syntax: "key... path",
    summary: "Answers the values at one path of several documents as JSON text.",
    complexity: "O(N) with the size of the documents",
    long: true,
  }),
  command({
    name: "JSON.MSET",
    arity: -4,
    flags: "write denyoom",
    acl: "write json slow",
    since: "2.6.0",
    group: "json",
    engine: "json",
    keys: "RW update insert @1..-1/3",
    syntax: "(key path value)...",
    summary: "Stores JSON values under several keys or at paths of several documents, all or none.",
    complexity: "O(N) with the size of the documents",
    long: true,
  }),
  changes("JSON.MERGE", 4, "json", "key path value", "Merges a JSON value into the values at a path: null takes fields away."),
  reads("JSON.TYPE", -2, "key [path]", "Answers the type of the values at a path."),
  changes("JSON.NUMINCRBY", 4, "json-scalar", "key path value", "Adds a number to the numbers at a path."),
  changes("JSON.NUMMULTBY", 4, "json-scalar", "key path value", "Multiplies the numbers at a path by a number."),
  changes("JSON.STRAPPEND", -3, "json-scalar", "key [path] value", "Appends a JSON string to the strings at a path."),
  reads("JSON.STRLEN", -2, "key [path]", "Answers the length in bytes of the strings at a path."),
  changes("JSON.TOGGLE", 3, "json-scalar", "key path", "Turns the booleans at a path into their opposite."),
  changes("JSON.CLEAR", -2, "json-scalar", "key [path]", "Empties the arrays and objects at a path and sets its numbers to 0."),
  changes("JSON.ARRAPPEND", -4, "json-array", "key path value...", "Appends JSON values to the arrays at a path."),
  reads(
    "JSON.ARRINDEX",
    -4,
    "key path value [start] [stop]",
    "Answers the first index of a JSON value in the arrays at a path, -1 where it is not.",
  ),
  changes(
    "JSON.ARRINSERT",
    -5,
    "json-array",
    "key path index value...",
    "Inserts JSON values in front of an element of the arrays at a path.",
  ),
  reads("JSON.ARRLEN", -2, "key [path]", "Answers how many elements the arrays at a path have."),
  changes(
    "JSON.ARRPOP",
    -2,
    "json-array",
    "key [path] [index]",
    "Takes an element, else the last one, out of the arrays at a path and answers it.",
  ),
  changes("JSON.ARRTRIM", 5, "json-array", "key path start stop", "Leaves only a range of the elements of the arrays at a path."),
  reads("JSON.OBJKEYS", -2, "key [path]", "Answers the names of the fields of the objects at a path."),
  reads("JSON.OBJLEN", -2, "key [path]", "Answers how many fields the objects at a path have."),
  reads("JSON.RESP", -2, "key [path]", "Answers the values at a path as RESP arrays, integers and strings."),
  command({
    name: "JSON.DEBUG",
    arity: -2,
    flags: "readonly",
    acl: "read json slow",
    since: "1.0.0",
    group: "json",
    engine: "json-read",
    keys: "RO access @2",
    syntax: "subcommand [key] [path]",
    summary: "MEMORY answers how many bytes the values at a path take.",
    complexity: "O(N) with the size of the document",
  }),
];
