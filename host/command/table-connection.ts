/**
 * Commands about the connection itself, CLIENT among them.
 */
import { command, type CommandRow } from "./table-types.ts";

const OPEN = "noscript loading stale fast no_auth allow_busy";
const OWN = "noscript loading stale";
const ADMIN = "admin noscript loading stale";
const ADMIN_ACL = "admin slow dangerous connection";

const clientCommands: readonly CommandRow[] = [
  command({ name: "ID", arity: 2, flags: OWN, acl: "slow connection", since: "5.0.0", group: "connection", summary: "Answers the number of this connection." }),
  command({ name: "GETNAME", arity: 2, flags: OWN, acl: "slow connection", since: "2.6.9", group: "connection", summary: "Answers the name of this connection." }),
  command({
    name: "SETNAME", arity: 3, flags: OWN, acl: "slow connection", since: "2.6.9", group: "connection", syntax: "connection-name",
    summary: "Names this connection, for CLIENT LIST; an empty name takes it away.",
  }),
  command({
    name: "SETINFO", arity: 4, flags: OWN, acl: "slow connection", since: "7.2.0", group: "connection",
    syntax: "(attr:LIB-NAME libname|LIB-VER libver)", summary: "Tells which client library this connection is made by.",
  }),
  command({
    name: "INFO", arity: 2, flags: OWN, acl: "slow connection", since: "6.2.0", group: "connection", tips: "nondeterministic_output",
    summary: "Describes this connection in one line.",
  }),
  command({
    name: "LIST", arity: -2, flags: ADMIN, acl: ADMIN_ACL, since: "2.4.0", group: "connection", tips: "nondeterministic_output",
    complexity: "O(N), N connections", syntax: "[TYPE normal_master_replica_pubsub:NORMAL|MASTER|REPLICA|PUBSUB] [ID client-id:integer...]",
    summary: "Describes the open connections, one a line.",
  }),
  command({
    name: "KILL", arity: -3, flags: ADMIN, acl: ADMIN_ACL, since: "2.4.0", group: "connection", complexity: "O(N), N connections",
    syntax:
      "(filter:ip:port|(new-format:[ID client-id:integer] [TYPE client-type:NORMAL|MASTER|REPLICA|PUBSUB] [USER username] " +
      "[ADDR address] [LADDR address] [SKIPME yes/no])...)",
    summary: "Closes the connections that match all of the given filters, or the one with the given address.",
  }),
  command({ name: "NO-EVICT", arity: 3, flags: ADMIN, acl: ADMIN_ACL, since: "7.0.0", group: "connection", syntax: "(enabled:ON|OFF)", summary: "Exempts this connection from being closed when clients need too much memory." }),
  command({ name: "NO-TOUCH", arity: 3, flags: OWN, acl: "slow connection", since: "7.2.0", group: "connection", syntax: "(enabled:ON|OFF)", summary: "Lets commands of this connection leave the time of a key's last use as it is." }),
  command({ name: "REPLY", arity: 3, flags: OWN, acl: "slow connection", since: "3.2.0", group: "connection", syntax: "(on_off_skip:ON|OFF|SKIP)", summary: "Switches replies to this connection off and on, or skips the next one." }),
  command({ name: "HELP", arity: 2, flags: "loading stale", acl: "slow connection", since: "5.0.0", group: "connection", summary: "Explains the subcommands." }),
];

export const connectionCommands: readonly CommandRow[] = [
  command({
    name: "PING", arity: -1, flags: "fast", acl: "fast connection", since: "1.0.0", group: "connection", engine: "connection",
    tips: "request_policy:all_shards response_policy:all_succeeded", syntax: "[message]", summary: "Answers PONG, or the message.",
  }),
  command({
    name: "ECHO", arity: 2, flags: "loading stale fast", acl: "fast connection", since: "1.0.0", group: "connection", engine: "connection",
    syntax: "message", summary: "Answers the message.",
  }),
  command({
    name: "SELECT", arity: 2, flags: "loading stale fast", acl: "fast connection", since: "1.0.0", group: "connection", engine: "connection",
    syntax: "index:integer", summary: "Chooses the database for the commands that follow.",
  }),
  command({
    name: "QUIT", arity: -1, flags: OPEN, acl: "fast connection", since: "1.0.0", group: "connection", engine: "connection",
    deprecated: { since: "7.2.0", replacedBy: "closing the connection" }, summary: "Answers OK and closes the connection.",
  }),
  command({
    name: "HELLO", arity: -1, flags: OPEN, acl: "fast connection", since: "6.0.0", group: "connection", host: "hello",
    syntax: "[(arguments:protover:integer [AUTH (username_password:username password)] [SETNAME clientname])]",
    summary: "Chooses the protocol, 2 or 3, optionally authenticates and names the connection, and describes the server.",
  }),
  command({
    name: "AUTH", arity: -2, flags: OPEN, acl: "fast connection", since: "1.0.0", group: "connection", host: "hello",
    syntax: "[username] password", summary: "Authenticates the connection.",
  }),
  command({ name: "RESET", arity: 1, flags: OPEN, acl: "fast connection", since: "6.2.0", group: "connection", host: "hello", summary: "Puts the connection back into the state of a new one." }),
  command({
    name: "CLIENT", arity: -2, acl: "slow", since: "2.4.0", group: "connection", host: "client", complexity: "Depends on the subcommand",
    summary: "Subcommands about this and the other connections.", subcommands: clientCommands,
  }),
];
