/**
 * HELLO, AUTH and RESET: protocol, authentication and a fresh start of a connection.
 *
 * There is one user, `default`; its password is the option requirepass, and without one every password fits, as in Redis. The
 * engine refuses commands of a session that must authenticate and has not; here only the session's flag is set. HELLO
 * changes nothing unless all of it is in order.
 */

import type { OptionStore } from "../common/options.ts";
import { replyError } from "../common/reply-error.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { integer, isPrintable, isSecret, shown, text, word } from "./arguments.ts";
import type { CommandHandler, Session } from "./session.ts";

/** The release of Redis whose commands and replies we follow, for clients that ask. */
export const REDIS_VERSION = "7.0.15";
const DEFAULT_USER = "default";

const encoder = new TextEncoder();

/** Handlers by upper-case command name. */
export function helloHandlers(options: OptionStore): Readonly<Record<string, CommandHandler>> {
  return {
    HELLO: (session, args, reply) => hello(options, session, args, reply),
    AUTH: (session, args, reply) => authenticate(options, session, args, reply),
    RESET: reset,
  };
}

function password(options: OptionStore): string {
  return String(options.get("requirepass"));
}

/** The pair lets a client in: the one user, with its password if it has one. */
function isAccepted(options: OptionStore, user: Uint8Array, given: Uint8Array): boolean {
  const secret = password(options);
  const right = isSecret(encoder.encode(secret), given) || secret === "";
  return right && text(user) === DEFAULT_USER;
}

function authenticate(options: OptionStore, session: Session, args: readonly Uint8Array[], reply: ReplyWriter): void {
  const [, first, second] = args;
  if (args.length > 3 || first === undefined) throw replyError("SYNTAX");
  if (second === undefined && password(options) === "") throw replyError("AUTH_WITHOUT_PASSWORD");
  const accepted = second === undefined ? isAccepted(options, encoder.encode(DEFAULT_USER), first) : isAccepted(options, first, second);
  if (!accepted) throw replyError("WRONGPASS");
  session.setAuthenticated(true);
  reply.ok();
}

interface HelloRequest {
  readonly protocol?: 2 | 3;
  readonly credentials?: readonly [user: Uint8Array, password: Uint8Array];
  readonly name?: Uint8Array;
}

function hello(options: OptionStore, session: Session, args: readonly Uint8Array[], reply: ReplyWriter): void {
  const request = readHello(args);
  if (request.credentials !== undefined) {
    if (!isAccepted(options, ...request.credentials)) throw replyError("WRONGPASS");
  } else if (!session.authenticated && password(options) !== "") throw replyError("HELLO_NOAUTH");
  if (request.name !== undefined) setName(session, request.name);
  if (request.credentials !== undefined) session.setAuthenticated(true);
  if (request.protocol !== undefined) {
    session.setProtocol(request.protocol);
    reply.setProtocol(request.protocol);
  }
  describeServer(session, reply);
}

function readHello(args: readonly Uint8Array[]): HelloRequest {
  if (args.length === 1) return {};
  const version = integer(args[1]);
  if (version === undefined) throw replyError("PROTOCOL_VERSION_NOT_INTEGER");
  if (version !== 2n && version !== 3n) throw replyError("NOPROTO");
  let request: HelloRequest = { protocol: version === 3n ? 3 : 2 };
  for (let at = 2; at < args.length; at++) {
    const [first, second] = [args[at + 1], args[at + 2]];
    if (word(args[at]) === "AUTH" && first !== undefined && second !== undefined) {
      request = { ...request, credentials: [first, second] };
      at += 2;
    } else if (word(args[at]) === "SETNAME" && first !== undefined) {
      request = { ...request, name: first };
      at++;
    } else throw replyError("HELLO_OPTION", shown(args[at]));
  }
  return request;
}

function describeServer(session: Session, reply: ReplyWriter): void {
  reply.map(7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(REDIS_VERSION);
  reply.bulk("proto");
  reply.integer(reply.protocol);
  reply.bulk("id");
  reply.integer(session.id);
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
}

/** Names a connection (HELLO SETNAME, CLIENT SETNAME); an empty name takes the old one away. Throws CLIENT_NAME. */
export function setName(session: Session, name: Uint8Array): void {
  if (!isPrintable(name)) throw replyError("CLIENT_NAME");
  session.name = text(name);
}

function reset(session: Session, _args: readonly Uint8Array[], reply: ReplyWriter): void {
  session.reset();
  reply.setProtocol(2);
  reply.simple("RESET");
}
