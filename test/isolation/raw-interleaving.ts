/**
 * Runs the tables of anomalies/definitions.ts: steps in the database's own words, each with the answer that it must have.
 *
 * 1. A transaction that a statement has ended by a conflict counts as aborted: what it still does is skipped, and its COMMIT
 *    answers ABORT.
 * 2. Whatever came of a table, its transactions are ended and what it made is removed.
 */
import type { Answer, RawAnomaly, RawStep } from "./anomalies/definitions.ts";
import type { CommandSession } from "./command-client.ts";
import type { Level } from "./model.ts";
import { WireError, type WireReply } from "./wire.ts";

/** What is wrong, in words; nothing if all is well. */
export async function findWrongRaw(client: CommandSessions, anomaly: RawAnomaly, level: Level): Promise<string | undefined> {
  const { door } = await client.session(0);
  for (const words of anomaly.before) {
    const reply = await door.call(words);
    if (reply instanceof WireError) return `${words.join(" ")}: ${reply.prefix} ${reply.message}`;
  }
  const run = new RawRun(client, level);
  for (const step of anomaly.steps) await run.take(step);
  await run.end();
  for (const words of anomaly.after) await door.call(words);
  return run.wrong ? run.lines.join("\n") : undefined;
}

/** What has sessions with doors. */
interface CommandSessions {
  session(number: number): Promise<CommandSession>;
}

class RawRun {
  readonly lines: string[] = [];
  wrong = false;
  readonly #client: CommandSessions;
  readonly #level: Level;
  readonly #sessions: string[] = [];
  readonly #open = new Set<string>();
  readonly #aborted = new Set<string>();

  constructor(client: CommandSessions, level: Level) {
    this.#client = client;
    this.#level = level;
  }

  async take(step: RawStep): Promise<void> {
    const [name, what, wanted = "fine"] = step;
    if (!this.#sessions.includes(name)) this.#sessions.push(name);
    const { door } = await this.#client.session(this.#sessions.indexOf(name));
    if (what === "BEGIN") {
      await door.begin(this.#level, false);
      this.#open.add(name);
      this.#note(name, what, "fine", true);
    } else if (what === "ROLLBACK") {
      if (this.#open.delete(name)) await door.rollback();
      this.#note(name, what, "fine", true);
    } else if (what === "COMMIT") {
      const isCommitted = this.#open.delete(name) && (await door.commit());
      this.#aborted.delete(name);
      this.#note(name, what, isCommitted ? "fine" : "ABORT", wanted === "either" || wanted === (isCommitted ? "fine" : "ABORT"));
    } else if (!this.#aborted.has(name)) {
      const reply = await door.call(what);
      if (reply instanceof WireError && reply.prefix === "ABORT" && this.#open.delete(name)) {
        this.#aborted.add(name);
        await door.rollback();
      }
      this.#note(name, what.join(" "), shown(reply), wanted === "either" || isAnswer(wanted as Answer, reply), wanted);
    }
  }

  /** Ends what is open. */
  async end(): Promise<void> {
    for (const name of this.#open) await (await this.#client.session(this.#sessions.indexOf(name))).door.rollback();
  }

  #note(name: string, what: string, answer: string, isRight: boolean, wanted?: unknown): void {
    this.lines.push(
      `${name}: ${what} -> ${answer}${isRight ? "" : `   WRONG${wanted === undefined ? "" : `, wanted ${JSON.stringify(wanted)}`}`}`,
    );
    if (!isRight) this.wrong = true;
  }
}

function isAnswer(wanted: Answer, reply: WireReply): boolean {
  if (wanted === "fine") return !(reply instanceof WireError);
  if ("reply" in wanted) return JSON.stringify(reply) === JSON.stringify(wanted.reply);
  if ("error" in wanted) return reply instanceof WireError && reply.message.includes(wanted.error);
  return reply instanceof Map && JSON.stringify(reply.get("rows")) === JSON.stringify(wanted);
}

function shown(reply: WireReply): string {
  if (reply instanceof WireError) return `${reply.prefix} ${reply.message}`;
  return JSON.stringify(reply instanceof Map ? reply.get("rows") : reply);
}
