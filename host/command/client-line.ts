/**
 * A connection as one line of CLIENT LIST and CLIENT INFO: `name=value` pairs with the names, and in the order, of Redis 7.2.
 * Fields of features that do not exist yet say so with the value that Redis gives a connection which does not use them.
 */
import type { Session } from "./session.ts";

const SECOND_MS = 1000;

/** The line with its line feed. `command` overrides what the session says it ran last, since a running command knows more. */
export function describeSession(session: Session, nowMs: number, isMonitor: boolean, command?: string): string {
  const fields: readonly (readonly [string, string | number])[] = [
    ["id", session.id],
    ["addr", session.address],
    ["laddr", session.localAddress],
    ["fd", session.fileDescriptor],
    ["name", session.name],
    ["age", seconds(nowMs - session.createdMs)],
    ["idle", command === undefined ? seconds(nowMs - session.lastActiveMs) : 0],
    ["flags", flags(session, isMonitor)],
    ["db", session.database],
    ["sub", session.subscriptions?.count("channel") ?? 0],
    ["psub", session.subscriptions?.count("pattern") ?? 0],
    ["ssub", session.subscriptions?.count("shard") ?? 0],
    ["multi", session.queued],
    ["qbuf", command === undefined ? session.inputBytes : session.chunkBytes],
    ["qbuf-free", session.inputCapacity - session.inputBytes],
    ["argv-mem", 0],
    ["multi-mem", session.queuedBytes],
    ["rbs", 0],
    ["rbp", 0],
    ["obl", 0],
    ["oll", session.outputBytes > 0 ? 1 : 0],
    ["omem", session.outputBytes],
    ["tot-mem", session.inputCapacity + session.queuedBytes + session.outputBytes],
    ["events", session.outputBytes > 0 ? "rw" : "r"],
    ["cmd", command ?? (session.lastCommand === "" ? "NULL" : session.lastCommand)],
    ["user", "default"],
    ["redir", -1],
    ["resp", session.protocol],
    ["lib-name", session.libraryName],
    ["lib-ver", session.libraryVersion],
    ["tot-net-in", session.totalBytesIn],
    ["tot-net-out", session.totalBytesOut],
  ];
  return `${fields.map(([name, value]) => `${name}=${value}`).join(" ")}\n`;
}

/** Whether a connection listens to anything, which makes it one of the type `pubsub`. */
export function isSubscriber(session: Session): boolean {
  return (session.subscriptions?.total ?? 0) > 0;
}

/** Whole seconds; a clock that went backwards counts as 0. */
function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / SECOND_MS));
}

/** Letters of what is special about a connection, N for nothing. */
function flags(session: Session, isMonitor: boolean): string {
  const letters: readonly (readonly [letter: string, applies: boolean])[] = [
    ["O", isMonitor],
    ["P", isSubscriber(session)],
    ["x", session.queued >= 0],
    ["b", session.isPaused || session.isBlocked],
    ["d", session.isWatchBroken],
    ["e", session.noEvict],
    ["T", session.noTouch],
  ];
  return letters.map(([letter, applies]) => (applies ? letter : "")).join("") || "N";
}
