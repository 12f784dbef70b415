/**
 * Commands about the server: its configuration, statistics, memory, the command table itself, and tools.
 */
import { command, type CommandRow } from "./table-types.ts";

const ADMIN = "admin noscript loading stale";
const ADMIN_ACL = "admin slow dangerous";
const DEPENDS = "Depends on the subcommand";
const UNORDERED = "nondeterministic_output_order";

const commandCommands: readonly CommandRow[] = [
  command({ name: "COUNT", arity: 2, flags: "loading stale", acl: "slow connection", since: "2.8.13", group: "server", summary: "Answers the number of commands." }),
  command({
    name: "LIST", arity: -2, flags: "loading stale", acl: "slow connection", since: "7.0.0", group: "server", tips: UNORDERED, complexity: "O(N), N commands",
    syntax: "[FILTERBY filterby:MODULE module-name|ACLCAT category|PATTERN pattern]", summary: "Answers the names of the commands, optionally of a category or like a pattern.",
  }),
  command({
    name: "INFO", arity: -2, flags: "loading stale", acl: "slow connection", since: "2.8.13", group: "server", tips: UNORDERED, complexity: "O(N), N commands named",
    syntax: "[command-name...]", summary: "Answers arity, flags and key positions of commands.",
  }),
  command({
    name: "DOCS", arity: -2, flags: "loading stale", acl: "slow connection", since: "7.0.0", group: "server", tips: UNORDERED, complexity: "O(N), N commands named",
    syntax: "[command-name...]", summary: "Answers summary, arguments and more about commands.",
  }),
  command({
    name: "GETKEYS", arity: -4, flags: "loading stale", acl: "slow connection", since: "2.8.13", group: "server", complexity: "O(N), N arguments",
    syntax: "command [arg...]", summary: "Answers which arguments of a whole command are keys.",
  }),
  command({
    name: "GETKEYSANDFLAGS", arity: -4, flags: "loading stale", acl: "slow connection", since: "7.0.0", group: "server", complexity: "O(N), N arguments",
    syntax: "command [arg...]", summary: "Answers which arguments of a whole command are keys, and what it does with them.",
  }),
  command({ name: "HELP", arity: 2, flags: "loading stale", acl: "slow connection", since: "5.0.0", group: "server", summary: "Explains the subcommands." }),
];

const configCommands: readonly CommandRow[] = [
  command({
    name: "GET", arity: -3, flags: ADMIN, acl: ADMIN_ACL, since: "2.0.0", group: "server", complexity: "O(N), N options",
    syntax: "(parameter:parameter)...", summary: "Answers the options whose names match one of the patterns.",
  }),
  command({
    name: "SET", arity: -4, flags: ADMIN, acl: ADMIN_ACL, since: "2.0.0", group: "server", complexity: "O(N), N options",
    tips: "request_policy:all_nodes response_policy:all_succeeded", syntax: "(parameter_value:parameter value)...",
    summary: "Changes options while the server runs: all of the given ones, or none.",
  }),
  command({ name: "RESETSTAT", arity: 2, flags: ADMIN, acl: ADMIN_ACL, since: "2.0.0", group: "server", summary: "Sets the statistics of INFO back to zero." }),
  command({ name: "REWRITE", arity: 2, flags: ADMIN, acl: ADMIN_ACL, since: "2.8.0", group: "server", summary: "Writes the options that were changed to the configuration file." }),
  command({ name: "HELP", arity: 2, flags: "loading stale", acl: "slow", since: "5.0.0", group: "server", summary: "Explains the subcommands." }),
];

const memoryCommands: readonly CommandRow[] = [
  command({
    name: "USAGE", arity: -3, flags: "readonly", acl: "read slow", since: "4.0.0", group: "server", keys: "RO @2",
    syntax: "key [SAMPLES count:integer]", summary: "Answers how many bytes a key and its value occupy.",
  }),
  command({ name: "STATS", arity: 2, acl: "slow", since: "4.0.0", group: "server", tips: "nondeterministic_output request_policy:all_shards response_policy:special", summary: "Tells what the memory is used for." }),
  command({ name: "DOCTOR", arity: 2, acl: "slow", since: "4.0.0", group: "server", tips: "nondeterministic_output request_policy:all_shards response_policy:special", summary: "Names what looks wrong about the use of memory." }),
  command({ name: "MALLOC-STATS", arity: 2, acl: "slow", since: "4.0.0", group: "server", tips: "nondeterministic_output request_policy:all_shards response_policy:special", summary: "Tells the state of the allocator." }),
  command({ name: "PURGE", arity: 2, acl: "slow", since: "4.0.0", group: "server", tips: "request_policy:all_shards response_policy:all_succeeded", summary: "Accepted for compatibility: the engine keeps no memory that it could hand back." }),
  command({ name: "HELP", arity: 2, flags: "loading stale", acl: "slow", since: "4.0.0", group: "server", summary: "Explains the subcommands." }),
];

const OBJECT_KEY = { arity: 3, flags: "readonly", acl: "keyspace read slow", group: "generic", keys: "RO @2", tips: "nondeterministic_output", syntax: "key" } as const;

const objectCommands: readonly CommandRow[] = [
  command({ ...OBJECT_KEY, name: "ENCODING", since: "2.2.3", summary: "Answers how the value is stored inside." }),
  command({ ...OBJECT_KEY, name: "FREQ", since: "4.0.0", summary: "Answers how often a key is used, if an LFU policy counts it." }),
  command({ ...OBJECT_KEY, name: "IDLETIME", since: "2.2.3", summary: "Answers for how many seconds a key has not been used." }),
  command({ ...OBJECT_KEY, name: "REFCOUNT", since: "2.2.3", summary: "Answers how many places refer to the value." }),
  command({ name: "HELP", arity: 2, flags: "loading stale", acl: "keyspace slow", since: "6.2.0", group: "generic", summary: "Explains the subcommands." }),
];

const functionCommands: readonly CommandRow[] = [
  command({
    name: "FLUSH", arity: -2, flags: "write noscript", acl: "write slow scripting", since: "7.0.0", group: "scripting", tips: "request_policy:all_shards response_policy:all_succeeded",
    syntax: "[async:ASYNC|SYNC]", complexity: "O(N), N functions", summary: "Deletes all function libraries.",
  }),
  command({ name: "HELP", arity: 2, flags: "loading stale", acl: "slow scripting", since: "7.0.0", group: "scripting", summary: "Explains the subcommands." }),
];

const scriptCommands: readonly CommandRow[] = [
  command({
    name: "FLUSH", arity: -2, flags: "noscript", acl: "slow scripting", since: "2.6.0", group: "scripting", tips: "request_policy:all_nodes response_policy:all_succeeded",
    syntax: "[async:ASYNC|SYNC]", complexity: "O(N), N scripts", summary: "Forgets all cached scripts.",
  }),
  command({ name: "HELP", arity: 2, flags: "loading stale", acl: "slow scripting", since: "5.0.0", group: "scripting", summary: "Explains the subcommands." }),
];

export const serverCommands: readonly CommandRow[] = [
  command({
    name: "COMMAND", arity: -1, flags: "loading stale", acl: "slow connection", since: "2.8.13", group: "server", host: "command", tips: UNORDERED,
    complexity: "O(N), N commands", summary: "Describes all commands.", subcommands: commandCommands,
  }),
  command({
    name: "INFO", arity: -1, flags: "loading stale", acl: "slow dangerous", since: "1.0.0", group: "server", host: "info",
    tips: "nondeterministic_output request_policy:all_shards response_policy:special", syntax: "[section...]",
    summary: "Tells about the server: versions, connections, memory, statistics.",
  }),
  command({ name: "CONFIG", arity: -2, acl: "slow", since: "2.0.0", group: "server", host: "config", complexity: DEPENDS, summary: "Subcommands about the options of the server.", subcommands: configCommands }),
  command({ name: "TIME", arity: 1, flags: "loading stale fast", acl: "fast", since: "2.6.0", group: "server", host: "tools", tips: "nondeterministic_output", summary: "Answers the server's Unix time: seconds, and microseconds of the second." }),
  command({
    name: "MEMUSAGE", arity: 1, flags: "readonly fast", acl: "read fast", since: "1.0.0", group: "server", engine: "server", tips: "nondeterministic_output",
    summary: "Answers the bytes that the engine has in use.",
  }),
  command({ name: "MEMORY", arity: -2, acl: "slow", since: "4.0.0", group: "server", engine: "server", host: "memory", complexity: DEPENDS, summary: "Subcommands about the use of memory.", subcommands: memoryCommands }),
  command({ name: "OBJECT", arity: -2, acl: "slow", since: "2.2.3", group: "generic", engine: "server", host: "memory", complexity: DEPENDS, summary: "Subcommands about how a value is stored.", subcommands: objectCommands }),
  command({ name: "FUNCTION", arity: -2, acl: "slow", since: "7.0.0", group: "scripting", host: "tools", complexity: DEPENDS, summary: "Subcommands about function libraries.", subcommands: functionCommands }),
  command({ name: "SCRIPT", arity: -2, acl: "slow", since: "2.6.0", group: "scripting", host: "tools", complexity: DEPENDS, summary: "Subcommands about cached scripts.", subcommands: scriptCommands }),
  command({
    name: "DEBUG", arity: -2, flags: "admin noscript loading stale", acl: ADMIN_ACL, since: "1.0.0", group: "server", host: "debug", complexity: DEPENDS,
    documentFlags: ["syscmd"], syntax: "subcommand [arg...]", summary: "Tools for developers and tests.",
  }),
  command({
    name: "SHUTDOWN", arity: -1, flags: "admin noscript loading stale no_multi allow_busy", acl: ADMIN_ACL, since: "1.0.0", group: "server", host: "tools",
    syntax: "[nosave_save:NOSAVE|SAVE] [NOW] [FORCE] [ABORT]", summary: "Ends the server.",
  }),
];
