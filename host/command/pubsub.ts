/**
 * PUBLISH, SUBSCRIBE and their relatives, PUBSUB. Who listens is kept by database/pubsub.ts; here are the words.
 *
 * A confirmation is a message: it comes whatever CLIENT REPLY says. In a transaction SUBSCRIBE works at once, since a subscription
 * is no data; PUBLISH is sent when the transaction commits, behind its notifications, and answers how many would get it now. What EXEC
 * has done is a commit when its queue is over, so a PUBLISH in it comes before the notifications of the others.
 */
import { REPLY_ON } from "../../assembly/abi/status.ts";
import { matchesGlobExactly } from "../common/glob.ts";
import { replyError } from "../common/reply-error.ts";
import { bytesOfName, nameOfBytes, type PubSub, type SubscriptionKind, type Subscriptions } from "../database/pubsub.ts";
import { ReplyWriter } from "../resp/reply-writer.ts";
import { shown } from "./arguments.ts";
import type { CommandContext, CommandHandler, Session } from "./session.ts";
import { container } from "./subcommands.ts";

/** Handlers by upper-case command name. */
export function pubSubHandlers({ pubsub }: CommandContext): Readonly<Record<string, CommandHandler>> {
  return {
    PUBLISH: publisher(
      (channel) => pubsub.countReached(channel),
      (channel, payload, isInside) => pubsub.publish(channel, payload, isInside),
    ),
    SPUBLISH: publisher(
      (channel) => pubsub.countSubscribers("shard", channel),
      (channel, payload) => pubsub.publishToShard(channel, payload),
    ),
    SUBSCRIBE: subscriber("channel", "SUBSCRIBE"),
    PSUBSCRIBE: subscriber("pattern", "PSUBSCRIBE"),
    SSUBSCRIBE: subscriber("shard", "SSUBSCRIBE"),
    UNSUBSCRIBE: leaver("channel", "unsubscribe"),
    PUNSUBSCRIBE: leaver("pattern", "punsubscribe"),
    SUNSUBSCRIBE: leaver("shard", "sunsubscribe"),
    PUBSUB: container("PUBSUB", {
      CHANNELS: lister(pubsub, "channel"),
      NUMSUB: counter(pubsub, "channel"),
      NUMPAT: (_session, _args, reply) => reply.integer(pubsub.count("pattern")),
      SHARDCHANNELS: lister(pubsub, "shard"),
      SHARDNUMSUB: counter(pubsub, "shard"),
    }),
  };
}

function publisher(
  count: (channel: string) => number,
  publish: (channel: string, payload: Uint8Array, isInside: boolean) => number,
): CommandHandler {
  return (session, args, reply) => {
    const [, name, payload] = args as readonly [Uint8Array, Uint8Array, Uint8Array];
    const channel = nameOfBytes(name);
    if (!session.transaction.isOpen) {
      reply.integer(publish(channel, payload, session.isExecuting));
      return;
    }
    session.transaction.afterCommit(() => publish(channel, payload, false));
    reply.integer(count(channel));
  };
}

function subscriber(kind: SubscriptionKind, name: string): CommandHandler {
  const verb = name.toLowerCase();
  return (session, args, reply) => {
    const subscriptions = subscriptionsOf(session, name);
    confirm(session, reply, (writer) => {
      for (const each of args.slice(1)) {
        subscriptions.add(kind, nameOfBytes(each));
        writeConfirmation(writer, verb, each, subscriptions, kind);
      }
    });
  };
}

function leaver(kind: SubscriptionKind, verb: string): CommandHandler {
  return (session, args, reply) => {
    const { subscriptions } = session;
    const names = args.length > 1 ? args.slice(1) : (subscriptions?.names(kind) ?? []).map(bytesOfName);
    confirm(session, reply, (writer) => {
      for (const each of names) {
        subscriptions?.remove(kind, nameOfBytes(each));
        writeConfirmation(writer, verb, each, subscriptions, kind);
      }
      if (names.length === 0) writeConfirmation(writer, verb, null, subscriptions, kind);
    });
  };
}

/** Throws SUBSCRIBE_DENIED for a session that takes replies only. */
function subscriptionsOf({ subscriptions }: Session, name: string): Subscriptions {
  if (subscriptions === undefined) throw replyError("SUBSCRIBE_DENIED", name);
  return subscriptions;
}

/** Confirmations are replies, unless the session wants none. */
function confirm(session: Session, reply: ReplyWriter, write: (writer: ReplyWriter) => void): void {
  if (session.replyMode === REPLY_ON || session.isExecuting) {
    write(reply);
    return;
  }
  const writer = new ReplyWriter(session.protocol);
  write(writer);
  session.push(writer.take());
}

/** Channels and patterns are counted together, shard channels apart. */
function writeConfirmation(
  writer: ReplyWriter,
  verb: string,
  name: Uint8Array | null,
  subscriptions: Subscriptions | undefined,
  kind: SubscriptionKind,
): void {
  const shards = subscriptions?.count("shard") ?? 0;
  writer.push(3);
  writer.bulk(verb);
  writer.bulk(name);
  writer.integer(kind === "shard" ? shards : (subscriptions?.total ?? 0) - shards);
}

function lister(pubsub: PubSub, kind: SubscriptionKind): CommandHandler {
  return (_session, args, reply) => {
    if (args.length > 3) throw replyError("UNKNOWN_SUBCOMMAND_OR_ARITY", shown(args[1]), "PUBSUB");
    const [, , pattern] = args;
    const wanted = pattern === undefined ? undefined : nameOfBytes(pattern);
    const names = [...pubsub.names(kind)].filter((name) => wanted === undefined || matchesGlobExactly(wanted, name));
    reply.array(names.length);
    for (const name of names) reply.bulk(bytesOfName(name));
  };
}

function counter(pubsub: PubSub, kind: SubscriptionKind): CommandHandler {
  return (_session, args, reply) => {
    reply.array((args.length - 2) * 2);
    for (const name of args.slice(2)) {
      reply.bulk(name);
      reply.integer(pubsub.countSubscribers(kind, nameOfBytes(name)));
    }
  };
}
