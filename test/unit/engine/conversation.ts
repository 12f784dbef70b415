/**
 * One connection to the engine under test: feeds it pieces of input and plays the host's part. Host commands are answered by
 * a text made of their arguments, so that an answer in the wrong place or with the wrong arguments shows in the replies.
 *
 * Replies are collected as a host sends them: taken, then cleared, whenever the engine gives control back.
 */
import { EXECUTE_CLOSE, EXECUTE_HOST_COMMAND, EXECUTE_YIELD, STATUS_OK } from "../../../assembly/abi/status.ts";
import { START_MS, type TestEngine } from "../../support/engine.ts";

export class Conversation {
  readonly engine: TestEngine;
  readonly session: number;
  /** Called while a host command waits: what other sessions do meanwhile. Set: the session is suspended for it. */
  readonly #meanwhile: (() => void) | undefined;
  #replies: string[] = [];
  closed = false;
  hostCommands = 0;
  yields = 0;

  constructor(engine: TestEngine, meanwhile?: () => void, authenticated = true) {
    this.engine = engine;
    this.#meanwhile = meanwhile;
    this.session = engine.open(authenticated);
    if (this.session === 0) throw new Error("no memory for a session");
  }

  get reply(): string {
    return this.#replies.join("");
  }

  /** One piece of input of at most the input area, up to the point where the engine wants more. */
  feed(piece: string, nowMs = START_MS): void {
    if (this.closed) return;
    let { status, reply } = this.engine.run(this.session, piece, nowMs);
    while (status === EXECUTE_HOST_COMMAND || status === EXECUTE_YIELD) {
      this.#take(reply);
      if (status === EXECUTE_HOST_COMMAND) this.#answer();
      else this.yields++;
      ({ status, reply } = this.engine.resume(this.session, nowMs));
    }
    this.#take(reply);
    this.closed = status === EXECUTE_CLOSE;
    if (status !== EXECUTE_CLOSE && status !== 0) throw new Error(`unknown status ${status}`);
  }

  #take(reply: string): void {
    this.#replies.push(reply);
    this.engine.call("reply_clear");
  }

  #answer(): void {
    this.hostCommands++;
    const text = this.engine.hostCommand().args.join("\0").replaceAll("\r\n", "\0").slice(0, 200);
    if (this.#meanwhile !== undefined) {
      if (this.engine.call("suspend", this.session) !== STATUS_OK) throw new Error("suspend was refused");
      this.#meanwhile();
      this.engine.call("reply_clear");
    }
    if (!this.engine.answer(`$${text.length}\r\n${text}\r\n`)) throw new Error("no memory for an answer");
  }

  /** The input in pieces that end at the given positions, in ascending order, and at its end. */
  feedCut(input: string, cuts: readonly number[], nowMs = START_MS): this {
    let from = 0;
    for (const cut of [...cuts, input.length]) {
      this.feed(input.slice(from, cut), nowMs);
      from = cut;
    }
    return this;
  }

  /** The input in pieces of at most `size` bytes. */
  feedPieces(input: string, size: number, nowMs = START_MS): this {
    for (let from = 0; from < input.length && !this.closed; from += size) this.feed(input.slice(from, from + size), nowMs);
    return this;
  }

  close(): void {
    this.engine.close(this.session);
  }
}
