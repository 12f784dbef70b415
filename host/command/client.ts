/**
 * CLIENT: this connection and the others.
 *
 * Every connection is of the user `default`, and of the type `normal`, or `pubsub` while it listens to anything: there is no
 * replication yet.
 * Keys are not tracked for connections.
 * KILL of the connection that asks closes it behind the reply; another one is closed at once.
 */
import { REPLY_OFF, REPLY_ON, REPLY_SKIP } from "../../assembly/abi/status.ts";
import type { DatabaseError } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { integer, isPrintable, onOff, requireInteger, shown, text, word } from "./arguments.ts";
import { describeSession, isSubscriber } from "./client-line.ts";
import { setName } from "./hello.ts";
import type { CommandContext, CommandHandler, Session } from "./session.ts";
import { container } from "./subcommands.ts";

const TYPES: readonly string[] = ["NORMAL", "MASTER", "SLAVE", "REPLICA", "PUBSUB"];
const DEFAULT_USER = "default";

/** Handlers by upper-case command name. */
export function clientHandlers(context: CommandContext): Readonly<Record<string, CommandHandler>> {
  const now = (): number => context.server.clock.nowMs();
  return {
    CLIENT: container("CLIENT", {
      ID: (session, _args, reply) => reply.integer(session.id),
      GETNAME: (session, _args, reply) => reply.bulk(session.name === "" ? null : session.name),
      SETNAME: (session, args, reply) => {
        setName(session, args[2] ?? new Uint8Array(0));
        reply.ok();
      },
      SETINFO: setInformation,
      INFO: (session, _args, reply) =>
        reply.verbatim("txt", describeSession(session, now(), context.observer?.isMonitor(session) === true, "client|info")),
      LIST: (session, args, reply) => list(context, session, args, reply),
      KILL: (session, args, reply) => kill(context, session, args, reply),
      "NO-EVICT": (session, args, reply) => {
        session.noEvict = onOff(args[2]);
        reply.ok();
      },
      "NO-TOUCH": (session, args, reply) => {
        session.noTouch = onOff(args[2]);
        reply.ok();
      },
      REPLY: setReplies,
      PAUSE: (_session, args, reply) => pause(context, args, reply),
      UNPAUSE: (_session, _args, reply) => {
        context.server.unpause();
        reply.ok();
      },
      UNBLOCK: (_session, args, reply) => unblock(context, args, reply),
      GETREDIR: (_session, _args, reply) => reply.integer(-1),
      TRACKINGINFO: (_session, _args, reply) => writeTracking(reply),
    }),
  };
}

/** Names and versions of client libraries, as Redis 7.2 keeps them. */
function setInformation(session: Session, args: readonly Uint8Array[], reply: ReplyWriter): void {
  const attribute = word(args[2]);
  const value = args[3] ?? new Uint8Array(0);
  if (attribute !== "LIB-NAME" && attribute !== "LIB-VER") throw replyError("UNKNOWN_CLIENT_OPTION", shown(args[2]));
  if (!isPrintable(value)) throw replyError("CLIENT_LIBRARY", text(args[2]));
  if (attribute === "LIB-NAME") session.libraryName = text(value);
  else session.libraryVersion = text(value);
  reply.ok();
}

function pause(context: CommandContext, args: readonly Uint8Array[], reply: ReplyWriter): void {
  const mode = args.length === 3 ? "ALL" : word(args[3]);
  if (args.length > 4) throw replyError("UNKNOWN_SUBCOMMAND_OR_ARITY", shown(args[1]), "CLIENT");
  if (mode !== "ALL" && mode !== "WRITE") throw replyError("CLIENT_PAUSE_MODE");
  const timeoutMs = requireInteger(args[2], () => replyError("TIMEOUT_NOT_INTEGER"));
  if (timeoutMs < 0n) throw replyError("TIMEOUT_NEGATIVE");
  context.server.pause(context.server.clock.nowMs() + Number(timeoutMs), mode === "WRITE");
  reply.ok();
}

function unblock(context: CommandContext, args: readonly Uint8Array[], reply: ReplyWriter): void {
  const reason = args.length === 3 ? "TIMEOUT" : word(args[3]);
  if (args.length > 4) throw replyError("UNKNOWN_SUBCOMMAND_OR_ARITY", shown(args[1]), "CLIENT");
  if (reason !== "TIMEOUT" && reason !== "ERROR") throw replyError("CLIENT_UNBLOCK_REASON");
  const id = Number(requireInteger(args[2]));
  const isUnblocked = [...context.sessions()].some((each) => each.id === id && each.unblock(reason === "ERROR"));
  reply.integer(isUnblocked ? 1 : 0);
}

function writeTracking(reply: ReplyWriter): void {
  reply.map(3);
  reply.bulk("flags");
  reply.set(1);
  reply.bulk("off");
  reply.bulk("redirect");
  reply.integer(-1);
  reply.bulk("prefixes");
  reply.array(0);
}

function setReplies(session: Session, args: readonly Uint8Array[], reply: ReplyWriter): void {
  switch (word(args[2])) {
    case "ON":
      session.setReplyMode(REPLY_ON);
      reply.ok();
      return;
    case "OFF":
      session.setReplyMode(REPLY_OFF);
      return;
    case "SKIP":
      if (session.replyMode !== REPLY_OFF) session.setReplyMode(REPLY_SKIP);
      return;
    default:
      throw replyError("SYNTAX");
  }
}

function list(context: CommandContext, session: Session, args: readonly Uint8Array[], reply: ReplyWriter): void {
  const isListed = listFilter(args);
  const nowMs = context.server.clock.nowMs();
  let lines = "";
  for (const each of context.sessions()) {
    if (isListed(each))
      lines += describeSession(each, nowMs, context.observer?.isMonitor(each) === true, each.id === session.id ? "client|list" : undefined);
  }
  reply.verbatim("txt", lines);
}

function listFilter(args: readonly Uint8Array[]): (session: Session) => boolean {
  if (args.length === 2) return () => true;
  const option = word(args[2]);
  if (option === "TYPE" && args.length === 4) {
    return hasType(args[3]);
  }
  if (option !== "ID" || args.length === 3) throw replyError("SYNTAX");
  const ids = new Set(args.slice(3).map((each) => readId(each, () => replyError("INVALID_CLIENT_ID"))));
  return (session) => ids.has(session.id);
}

function hasType(argument: Uint8Array | undefined): (session: Session) => boolean {
  const type = readType(argument);
  if (type !== "NORMAL" && type !== "PUBSUB") return () => false;
  return (session) => isSubscriber(session) === (type === "PUBSUB");
}

function readType(argument: Uint8Array | undefined): string {
  const type = word(argument);
  if (!TYPES.includes(type)) throw replyError("UNKNOWN_CLIENT_TYPE", shown(argument));
  return type;
}

function readId(argument: Uint8Array | undefined, otherwise: () => DatabaseError): number {
  const id = integer(argument);
  if (id === undefined) throw otherwise();
  return Number(id);
}

/** Which connections KILL closes. */
interface KillFilter {
  readonly matches: (session: Session) => boolean;
  readonly skipSelf: boolean;
}

function kill(context: CommandContext, session: Session, args: readonly Uint8Array[], reply: ReplyWriter): void {
  const byAddress = args.length === 3;
  const filter = byAddress ? { matches: hasAddress(text(args[2])), skipSelf: false } : readKillFilter(args);
  const victims = [...context.sessions()].filter((each) => !(filter.skipSelf && each.id === session.id) && filter.matches(each));
  for (const victim of victims) victim.close(victim.id === session.id);
  if (!byAddress) reply.integer(victims.length);
  else if (victims.length === 0) throw replyError("NO_SUCH_CLIENT");
  else reply.ok();
}

function hasAddress(address: string): (session: Session) => boolean {
  return (session) => session.address === address;
}

function readKillFilter(args: readonly Uint8Array[]): KillFilter {
  const conditions: ((session: Session) => boolean)[] = [];
  let skipSelf = true;
  for (let at = 2; at < args.length; at += 2) {
    const value = args[at + 1];
    if (value === undefined) throw replyError("SYNTAX");
    if (word(args[at]) === "SKIPME") skipSelf = readYesNo(value);
    else conditions.push(readKillCondition(word(args[at]), value));
  }
  return { matches: (session) => conditions.every((holds) => holds(session)), skipSelf };
}

function readKillCondition(option: string, value: Uint8Array): (session: Session) => boolean {
  switch (option) {
    case "ID": {
      const id = readId(value, () => replyError("CLIENT_ID_NOT_POSITIVE"));
      if (id < 1) throw replyError("CLIENT_ID_NOT_POSITIVE");
      return (session) => session.id === id;
    }
    case "TYPE":
      return hasType(value);
    case "ADDR":
      return hasAddress(text(value));
    case "LADDR":
      return (session) => session.localAddress === text(value);
    case "USER":
      if (text(value) !== DEFAULT_USER) throw replyError("NO_SUCH_USER", shown(value));
      return () => true;
    default:
      throw replyError("SYNTAX");
  }
}

function readYesNo(argument: Uint8Array): boolean {
  const given = word(argument);
  if (given !== "YES" && given !== "NO") throw replyError("SYNTAX");
  return given === "YES";
}
