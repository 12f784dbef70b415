/**
 * SLOWLOG: the commands that took longer than slowlog-log-slower-than microseconds, newest first.
 *
 * An entry keeps at most ENTRY_ARGUMENTS arguments of at most ENTRY_BYTES bytes each, and says how much is missing, in Redis's words.
 */
import { replyError } from "../common/reply-error.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { integer } from "./arguments.ts";
import type { CommandHandler, Session } from "./session.ts";
import { container } from "./subcommands.ts";

const ENTRY_ARGUMENTS = 32;
const ENTRY_BYTES = 128;
const SECOND_MS = 1000;
const GET_DEFAULT = 10;

interface SlowCommand {
  readonly id: number;
  readonly seconds: number;
  readonly micros: number;
  readonly args: readonly (Uint8Array | string)[];
  readonly address: string;
  readonly name: string;
}

export class SlowLog {
  /** Oldest first. */
  readonly #entries: SlowCommand[] = [];
  #nextId = 0;

  get length(): number {
    return this.#entries.length;
  }

  note(session: Session, args: readonly (Uint8Array | string)[], nowMs: number, micros: number, maxLength: number): void {
    this.#entries.push({
      id: this.#nextId++,
      seconds: Math.floor(nowMs / SECOND_MS),
      micros: Math.round(micros),
      args: trimmed(args),
      address: session.address,
      name: session.name,
    });
    this.trim(maxLength);
  }

  /** Forgets the oldest entries, so that no more than so many are left. */
  trim(maxLength: number): void {
    if (this.#entries.length > maxLength) this.#entries.splice(0, this.#entries.length - maxLength);
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** The newest entries, newest first. */
  newest(count: number): readonly SlowCommand[] {
    return this.#entries.slice(Math.max(0, this.#entries.length - count)).reverse();
  }
}

function trimmed(args: readonly (Uint8Array | string)[]): readonly (Uint8Array | string)[] {
  const kept = args.slice(0, args.length > ENTRY_ARGUMENTS ? ENTRY_ARGUMENTS - 1 : ENTRY_ARGUMENTS).map((argument) => {
    const missing = argument.length - ENTRY_BYTES;
    if (typeof argument === "string" || missing <= 0) return argument;
    const note = new TextEncoder().encode(`... (${missing} more bytes)`);
    const short = new Uint8Array(ENTRY_BYTES + note.length);
    short.set(argument.subarray(0, ENTRY_BYTES));
    short.set(note, ENTRY_BYTES);
    return short;
  });
  const missing = args.length - kept.length;
  return missing === 0 ? kept : [...kept, `... (${missing} more arguments)`];
}

/** Handlers by upper-case command name. */
export function slowLogHandlers(log: SlowLog): Readonly<Record<string, CommandHandler>> {
  return {
    SLOWLOG: container("SLOWLOG", {
      GET: (_session, args, reply) => {
        if (args.length > 3) throw replyError("UNKNOWN_SUBCOMMAND_OR_ARITY", "GET", "SLOWLOG");
        const count = args.length === 3 ? integer(args[2]) : BigInt(GET_DEFAULT);
        if (count === undefined || count < -1n) throw replyError("SLOWLOG_COUNT");
        write(log.newest(count === -1n ? log.length : Number(count)), reply);
      },
      LEN: (_session, _args, reply) => reply.integer(log.length),
      RESET: (_session, _args, reply) => {
        log.clear();
        reply.ok();
      },
    }),
  };
}

function write(entries: readonly SlowCommand[], reply: ReplyWriter): void {
  reply.array(entries.length);
  for (const { id, seconds, micros, args, address, name } of entries) {
    reply.array(6);
    reply.integer(id);
    reply.integer(seconds);
    reply.integer(micros);
    reply.array(args.length);
    for (const argument of args) reply.bulk(argument);
    reply.bulk(address);
    reply.bulk(name);
  }
}
