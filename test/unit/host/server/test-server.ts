/**
 * A server over the fake engine and in-process connections, with one host command that does what its arguments say:
 *
 *   HOST say text        answers +text at once            HOST wait name     answers +name when `release(name)` is called
 *   HOST fail            throws a DatabaseError           HOST reject        returns a promise that rejects
 *   HOST crash           throws something unexpected      HOST end | drop    closes itself after the reply | at once
 *   HOST kill id         closes another session           HOST mode n        sets the reply mode
 *   HOST leave           closes itself after an awaited reply
 *   HOST pieces n        answers n pieces of 300 bytes    HOST later n         the same by a promise
 *   HOST broken n        the same, and the n-th fails
 */
import type { CommandHandler, ReplyPieces, Session } from "../../../../host/command/session.ts";
import { DatabaseError } from "../../../../host/common/error.ts";
import { NO_OUTPUT_LIMITS } from "../../../../host/common/output-limits.ts";
import { Database } from "../../../../host/database/database.ts";
import { ManualClock } from "../../../../host/platform/memory/clock.ts";
import { type MemoryClient, MemoryListener } from "../../../../host/platform/memory/listener.ts";
import { SeededRandom } from "../../../../host/platform/memory/random.ts";
import type { ReplyWriter } from "../../../../host/resp/reply-writer.ts";
import { Server, type ServerLimits } from "../../../../host/server/server.ts";
import { FAKE_COMMAND_COUNT, FAKE_HOST_COMMAND, FakeEngine, type FakeEngineOptions } from "../engine/fake-engine.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const PIECE_BYTES = 300;

/** Runs what is due: microtasks, and what they started. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class TestServer {
  readonly fake: FakeEngine;
  readonly clock = new ManualClock(1_000_000);
  readonly listener: MemoryListener;
  readonly database: Database;
  readonly server: Server;
  readonly warnings: string[] = [];
  /** Handler calls in the order in which they began. */
  readonly handled: string[] = [];
  readonly limits: ServerLimits = {
    maxClients: 10,
    timeoutSeconds: 0,
    keepAliveSeconds: 300,
    outputPauseBytes: 1000,
    outputLimits: NO_OUTPUT_LIMITS,
    requireAuth: false,
  };
  /** Pieces of long replies that were made. */
  pieces = 0;
  readonly #waiting = new Map<string, () => void>();

  private constructor(options: FakeEngineOptions, kernelBytes: number) {
    this.fake = new FakeEngine(options);
    this.listener = new MemoryListener(kernelBytes);
    const random = new SeededRandom(1);
    this.database = Database.onExports(this.fake.exports, { clock: this.clock, random, commandCount: FAKE_COMMAND_COUNT, print: () => {} });
    this.server = new Server({
      ownsDatabase: true,
      database: this.database,
      listener: this.listener,
      clock: this.clock,
      random,
      limits: this.limits,
      identity: { processId: 42, executable: "test", configFile: "" },
      commandName: (id) => `command${id}`,
      createHandlers: () => new Map([[FAKE_HOST_COMMAND, this.#handler()]]),
      warn: (message) => this.warnings.push(message),
    });
  }

  static async start(options: FakeEngineOptions = {}, kernelBytes = 1000): Promise<TestServer> {
    const server = new TestServer(options, kernelBytes);
    await server.server.start({ host: "memory", port: 6379 });
    return server;
  }

  connect(): MemoryClient {
    return this.listener.connect();
  }

  /** Sends text and answers everything that came back in the turn after it. */
  async ask(client: MemoryClient, text: string): Promise<string> {
    client.send(encoder.encode(text));
    await turn();
    return decoder.decode(client.take());
  }

  /** Lets a `HOST wait` answer. */
  async release(name: string): Promise<void> {
    const answer = this.#waiting.get(name);
    if (answer === undefined) throw new Error(`nobody waits for ${name}`);
    this.#waiting.delete(name);
    answer();
    await turn();
  }

  session(id: number): Session | undefined {
    return [...this.server.sessions()].find((session) => session.id === id);
  }

  /** Writes the first of `count` pieces and answers the others. */
  #pieces(count: number, isBroken: boolean, reply: ReplyWriter): ReplyPieces {
    let made = 0;
    const pieces: ReplyPieces = {
      next: (writer) => {
        made++;
        this.pieces++;
        if (isBroken && made === count) throw new RangeError("no more pieces");
        writer.raw(encoder.encode(`+${String(made).padStart(PIECE_BYTES - 3, "x")}\r\n`));
        return made < count;
      },
      close: () => this.handled.push(`closed after ${made}`),
    };
    pieces.next(reply);
    return pieces;
  }

  #handler(): CommandHandler {
    return (session, args, reply) => {
      const [, verb = "", word = ""] = args.map((arg) => decoder.decode(arg));
      this.handled.push(`${verb} ${word}`.trim());
      const say = (text: string): void => reply.raw(encoder.encode(`+${text}\r\n`));
      switch (verb) {
        case "say":
          return say(word);
        case "wait":
        case "leave":
          return new Promise<void>((resolve) => this.#waiting.set(word, resolve)).then(() => {
            if (verb === "leave") session.close(true);
            say(word);
          });
        case "pieces":
        case "broken":
          return this.#pieces(Number(word), verb === "broken", reply);
        case "later":
          return Promise.resolve().then(() => this.#pieces(Number(word), false, reply));
        case "fail":
          say("half a reply");
          throw new DatabaseError("INVALID_OPTION", "as told");
        case "reject":
          return Promise.reject(new DatabaseError("INVALID_OPTION", "as told later"));
        case "crash":
          throw new RangeError("unexpected");
        case "end":
          session.close(true);
          return say("bye");
        case "drop":
          session.close(false);
          return say("never seen");
        case "kill":
          this.session(Number(word))?.close(false);
          return say("killed");
        case "retire":
          this.session(Number(word))?.close(true);
          return say("retired");
        default:
          session.setReplyMode(Number(word));
          return say("mode");
      }
    };
  }
}
