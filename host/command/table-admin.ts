/**
 * Commands with which a server is watched: SLOWLOG, LATENCY, MONITOR; and those about what it has not: modules and replicas.
 */
import { type CommandRow, command } from "./table-types.ts";

const ADMIN_ACL = "admin slow dangerous";
const WATCHED = { arity: 2, flags: "admin loading stale", acl: ADMIN_ACL, since: "2.2.12", group: "server" } as const;
const MEASURED = { flags: "admin noscript loading stale", acl: ADMIN_ACL, since: "2.8.13", group: "server" } as const;
const EVERYWHERE = "nondeterministic_output request_policy:all_nodes response_policy:special";
const DEPENDS = "Depends on the subcommand";

function help(since: string): CommandRow {
  return command({
    name: "HELP",
    arity: 2,
    flags: "loading stale",
    acl: "slow",
    since,
    group: "server",
    summary: "Explains the subcommands.",
  });
}

const slowLogCommands: readonly CommandRow[] = [
  command({
    ...WATCHED,
    name: "GET",
    arity: -2,
    tips: "request_policy:all_nodes nondeterministic_output",
    complexity: "O(N), N entries answered",
    syntax: "[count:integer]",
    summary: "Answers the latest slow commands, 10 or as many as wanted, -1 for all.",
  }),
  command({
    ...WATCHED,
    name: "LEN",
    tips: "request_policy:all_nodes response_policy:agg_sum nondeterministic_output",
    summary: "Answers how many slow commands are remembered.",
  }),
  command({
    ...WATCHED,
    name: "RESET",
    tips: "request_policy:all_nodes response_policy:all_succeeded",
    complexity: "O(N), N entries",
    summary: "Forgets the slow commands.",
  }),
  help("6.2.0"),
];

const latencyCommands: readonly CommandRow[] = [
  command({ ...MEASURED, name: "DOCTOR", arity: 2, tips: EVERYWHERE, summary: "Tells in words what was slow, and what may help." }),
  command({ ...MEASURED, name: "GRAPH", arity: 3, tips: EVERYWHERE, syntax: "event", summary: "Draws the samples of a class of events." }),
  command({
    ...MEASURED,
    name: "HISTORY",
    arity: 3,
    tips: EVERYWHERE,
    syntax: "event",
    summary: "Answers the samples of a class of events.",
  }),
  command({
    ...MEASURED,
    name: "LATEST",
    arity: 2,
    tips: EVERYWHERE,
    summary: "Answers the latest and the longest sample of each class of events.",
  }),
  command({
    ...MEASURED,
    name: "RESET",
    arity: -2,
    tips: "request_policy:all_nodes response_policy:all_succeeded",
    syntax: "[event...]",
    summary: "Forgets the samples of classes of events, or all.",
  }),
  command({
    ...MEASURED,
    name: "HISTOGRAM",
    arity: -2,
    since: "7.0.0",
    tips: EVERYWHERE,
    complexity: "O(N), N commands",
    syntax: "[command...]",
    summary: "Answers how many calls of commands took how long.",
  }),
  help("2.8.13"),
];

const moduleCommands: readonly CommandRow[] = [
  command({
    name: "LIST",
    arity: 2,
    flags: "admin noscript",
    acl: ADMIN_ACL,
    since: "4.0.0",
    group: "server",
    tips: "nondeterministic_output_order",
    summary: "Answers the modules that are loaded: there are none.",
  }),
  help("5.0.0"),
];

/** A container without flags of its own. */
function parent(name: string, host: string, since: string, summary: string, subcommands: readonly CommandRow[]): CommandRow {
  return command({ name, arity: -2, acl: "slow", since, group: "server", host, complexity: DEPENDS, summary, subcommands });
}

export const adminCommands: readonly CommandRow[] = [
  parent("SLOWLOG", "slow-log", "2.2.12", "Subcommands about commands that were slow.", slowLogCommands),
  parent("LATENCY", "latency", "2.8.13", "Subcommands about how long commands take.", latencyCommands),
  parent("MODULE", "tools", "4.0.0", "Subcommands about modules.", moduleCommands),
  command({
    name: "MONITOR",
    transaction: "outside",
    arity: 1,
    flags: "admin noscript loading stale",
    acl: ADMIN_ACL,
    since: "1.0.0",
    group: "server",
    host: "monitor",
    summary: "Tells this connection of every command that has run.",
  }),
  command({
    name: "ROLE",
    arity: 1,
    flags: "noscript loading stale fast",
    acl: "admin fast dangerous",
    since: "2.8.12",
    group: "server",
    host: "tools",
    summary: "Answers that this is a master, its place in the log, and its replicas: none.",
  }),
  command({
    name: "WAIT",
    arity: 3,
    flags: "noscript",
    acl: "slow connection",
    since: "3.0.0",
    group: "generic",
    host: "tools",
    tips: "request_policy:all_shards response_policy:agg_min",
    syntax: "numreplicas:integer timeout:integer",
    summary: "Answers how many replicas have the changes of this connection: there are none to wait for.",
  }),
  command({
    name: "LOLWUT",
    arity: -1,
    flags: "readonly fast",
    acl: "read fast",
    since: "5.0.0",
    group: "server",
    host: "lolwut",
    syntax: "[VERSION version:integer]",
    summary: "Draws something, and tells the version.",
  }),
];
