/**
 * MONITOR: a connection that is told of every command that has run, in Redis's format:
 *
 *   +1339518083.107412 [0 127.0.0.1:60866] "SET" "key" "value"
 *
 * Commands of administration are not told, and secrets are hidden.
 */
import { replyError } from "../common/reply-error.ts";
import { word } from "./arguments.ts";
import type { Observer } from "./observer.ts";
import type { CommandHandler, Session } from "./session.ts";

const SECOND_MS = 1000;
const MICROSECONDS = 1000;
const HIDDEN = "(redacted)";
/** Parameters of CONFIG SET that are secrets. */
const SECRETS: readonly string[] = ["REQUIREPASS", "MASTERAUTH", "MASTERUSER", "TLS-KEY-FILE-PASS", "TLS-CLIENT-KEY-FILE-PASS"];
const ESCAPES: Readonly<Record<number, string>> = { 34: '\\"', 92: "\\\\", 10: "\\n", 13: "\\r", 9: "\\t", 7: "\\a", 8: "\\b" };

const encoder = new TextEncoder();

/** Handlers by upper-case command name. */
export function monitorHandlers(observer: Observer): Readonly<Record<string, CommandHandler>> {
  return {
    MONITOR: (session, _args, reply) => {
      if (session.isExecuting) throw replyError("MONITOR_IN_MULTI");
      observer.monitor(session);
      reply.ok();
    },
  };
}

/** The arguments of a command with those hidden that are secrets. */
export function withoutSecrets(args: readonly Uint8Array[]): readonly (Uint8Array | string)[] {
  switch (word(args[0])) {
    case "AUTH":
      return args.map((argument, at) => (at === 0 ? argument : HIDDEN));
    case "HELLO": {
      const auth = args.findIndex((argument, at) => at > 1 && word(argument) === "AUTH");
      return args.map((argument, at) => (auth > 0 && (at === auth + 1 || at === auth + 2) ? HIDDEN : argument));
    }
    case "CONFIG":
      return args.map((argument, at) => (at > 2 && at % 2 === 1 && SECRETS.includes(word(args[at - 1])) ? HIDDEN : argument));
    default:
      return args;
  }
}

/** The line that monitors read. */
export function monitorLine(session: Session, args: readonly (Uint8Array | string)[], nowMs: number): Uint8Array {
  const seconds = Math.floor(nowMs / SECOND_MS);
  const micros = Math.floor((nowMs - seconds * SECOND_MS) * MICROSECONDS);
  const words = args.map((argument) => quoted(typeof argument === "string" ? encoder.encode(argument) : argument));
  const line = `+${seconds}.${String(micros).padStart(6, "0")} [${session.database} ${session.address}] ${words.join(" ")}\r\n`;
  return encoder.encode(line);
}

function quoted(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (ESCAPES[byte] !== undefined) text += ESCAPES[byte];
    else text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${text}"`;
}
