/**
 * Commands that make one unit of several: MULTI and what belongs to it.
 */
import { type CommandRow, command } from "./table-types.ts";

const OPEN = "noscript loading stale fast allow_busy";

export const transactionCommands: readonly CommandRow[] = [
  command({
    name: "MULTI",
    transaction: "outside",
    arity: 1,
    flags: OPEN,
    acl: "fast transaction",
    since: "1.2.0",
    group: "transactions",
    engine: "multi",
    summary: "Has the commands that follow queued until EXEC.",
  }),
  command({
    name: "EXEC",
    transaction: "outside",
    arity: 1,
    flags: "noscript loading stale skip_slowlog",
    acl: "slow transaction",
    since: "1.2.0",
    group: "transactions",
    engine: "multi",
    host: "multi",
    long: true,
    complexity: "Depends on the queued commands",
    summary: "Runs the queued commands as one unit, unless a watched key was changed, and answers an array of their replies.",
  }),
  command({
    name: "DISCARD",
    transaction: "outside",
    arity: 1,
    flags: OPEN,
    acl: "fast transaction",
    since: "2.0.0",
    group: "transactions",
    engine: "multi",
    complexity: "O(N), N queued commands",
    summary: "Forgets the queued commands and the watched keys.",
  }),
  command({
    name: "WATCH",
    transaction: "outside",
    arity: -2,
    flags: OPEN,
    acl: "fast transaction",
    keys: "RO @1..-1",
    since: "2.2.0",
    group: "transactions",
    engine: "multi",
    complexity: "O(1) a key",
    syntax: "key...",
    summary: "Has the next EXEC run nothing if one of the keys is changed before it.",
  }),
  command({
    name: "UNWATCH",
    transaction: "outside",
    arity: 1,
    flags: OPEN,
    acl: "fast transaction",
    since: "2.2.0",
    group: "transactions",
    engine: "multi",
    summary: "Forgets the watched keys.",
  }),
];
