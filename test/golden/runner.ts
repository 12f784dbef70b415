/**
 * Plays scenarios of transcripts on a running server and tells what was not as written.
 *
 * 1. Each scenario starts on an emptied server with connections of its own and ends with a question on each of them, so
 *    that a reply too many or too few is found where it happens.
 * 2. A raw write has been seen by the server before the next is sent: in between, another connection gets its answer.
 *    That cuts requests where the transcript says so, without waiting for any time to pass.
 * 3. `overrides` are replies that this server is known to give instead (test/compat/differences.ts).
 */
import { openClient, type RawClient } from "../support/raw-client.ts";
import { encodeRequest } from "../support/reply.ts";
import { matches, printReply } from "../support/reply-text.ts";
import type { TestServer } from "../support/test-server.ts";
import { MAIN_CONNECTION, type Outcome, type Protocol, parseOutcome, type Scenario, type Step } from "./transcript.ts";

export interface Mismatch {
  readonly line: number;
  readonly request: string;
  readonly expected: string;
  readonly actual: string;
}

export interface PlayOptions {
  /** What this server answers to a request instead of what is written, in the notation of outcomes. */
  readonly overrides?: ReadonlyMap<string, string>;
  /** Cuts what is sent on the main connection in two behind this many bytes. Requires: only that connection is used. */
  readonly cutAt?: number;
  /** Called for each outcome with what came: recording. */
  readonly observe?: (line: number, actual: string) => void;
}

type Send = Extract<Step, { kind: "send" }>;
type Expect = Extract<Step, { kind: "expect" }>;

/** Plays a scenario; stops at the first mismatch. `isFresh`: the server was started for it and needs no emptying. */
export async function playScenario(
  server: TestServer,
  scenario: Scenario,
  protocol: Protocol,
  options: PlayOptions = {},
  isFresh = false,
): Promise<Mismatch | undefined> {
  const stage = new Stage(server, protocol);
  try {
    if (!isFresh) await stage.empty();
    const steps = scenario.steps.filter((step) => step.kind === "send" || step.protocol === undefined || step.protocol === protocol);
    const played = options.cutAt === undefined ? steps : cutSteps(steps, options.cutAt);
    for (let i = 0; i < played.length; i++) {
      const step = played[i]!;
      if (step.kind === "expect") {
        const mismatch = await expectOutcome(stage, step, options);
        if (mismatch) return mismatch;
        continue;
      }
      const group = [
        step,
        ...takeWhile(played.slice(i + 1), (next) => !step.raw && next.kind === "send" && !next.raw && next.connection === step.connection),
      ];
      i += group.length - 1;
      const client = await stage.connection(step.connection);
      client.write(Buffer.concat(group.map((send) => (send as Send).bytes)));
      if (step.raw) await stage.barrier();
    }
    return scenario.loose ? undefined : await stage.checkInStep(scenario.line);
  } finally {
    await stage.close();
  }
}

/** Number of bytes that a scenario sends on its main connection. */
export function sentBytes(scenario: Scenario): number {
  return scenario.steps.reduce((sum, step) => sum + (step.kind === "send" ? step.bytes.length : 0), 0);
}

function takeWhile<Item>(items: readonly Item[], test: (item: Item) => boolean): Item[] {
  const end = items.findIndex((item) => !test(item));
  return end < 0 ? [...items] : items.slice(0, end);
}

/** All sends as two raw writes, then all expectations. */
function cutSteps(steps: readonly Step[], at: number): Step[] {
  const sends = steps.filter((step): step is Send => step.kind === "send");
  if (sends.some((send) => send.connection !== MAIN_CONNECTION)) throw new Error("a scenario with several connections cannot be cut");
  const bytes = Buffer.concat(sends.map((send) => send.bytes));
  const half = (part: Buffer): Send => ({ ...sends[0]!, raw: true, bytes: part });
  return [half(bytes.subarray(0, at)), half(bytes.subarray(at)), ...steps.filter((step) => step.kind === "expect")];
}

async function expectOutcome(stage: Stage, step: Expect, options: PlayOptions): Promise<Mismatch | undefined> {
  const override = options.overrides?.get(step.request);
  const source = override ?? step.source;
  const outcome = override === undefined ? step.outcome : parseOutcome(override);
  const actual = await stage.outcome(step.connection, outcome);
  options.observe?.(step.line, actual.text);
  return actual.matched || options.observe ? undefined : { line: step.line, request: step.request, expected: source, actual: actual.text };
}

/** The connections of one run of a scenario. */
class Stage {
  readonly #server: TestServer;
  readonly #protocol: Protocol;
  readonly #clients = new Map<string, RawClient>();
  readonly #closed = new Set<string>();
  #control: RawClient | undefined;

  constructor(server: TestServer, protocol: Protocol) {
    this.#server = server;
    this.#protocol = protocol;
  }

  async empty(): Promise<void> {
    const reply = await (await this.#controlConnection()).call("FLUSHALL");
    if (reply.kind !== "simple") throw new Error(`FLUSHALL answered ${printReply(reply)}`);
  }

  /** Returns when the server has looked at what was written before the call. Any reply will do. */
  async barrier(): Promise<void> {
    await (await this.#controlConnection()).call("PING");
  }

  async connection(name: string): Promise<RawClient> {
    const known = this.#clients.get(name);
    if (known) return known;
    const client = await openClient(this.#server);
    this.#clients.set(name, client);
    if (this.#protocol === 3) {
      const reply = await client.call("HELLO", "3");
      if (reply.kind !== "map") throw new Error(`HELLO 3 answered ${printReply(reply)}`);
    }
    return client;
  }

  /** The next outcome on a connection, and whether it is the expected one. */
  async outcome(name: string, expected: Outcome): Promise<{ text: string; matched: boolean }> {
    const client = await this.connection(name);
    if (expected.kind === "closed") {
      this.#closed.add(name);
      try {
        await client.readEnd();
        return { text: "closed", matched: true };
      } catch (error) {
        return { text: messageOf(error), matched: false };
      }
    }
    try {
      const reply = await client.read();
      return { text: printReply(reply), matched: expected.kind === "reply" && matches(expected.expected, reply) };
    } catch (error) {
      return { text: messageOf(error), matched: false };
    }
  }

  /** Asks each open connection something whose answer cannot be mistaken, and that a subscriber may ask too. */
  async checkInStep(line: number): Promise<Mismatch | undefined> {
    for (const [name, client] of this.#clients) {
      if (this.#closed.has(name)) continue;
      const nonce = `in step, ${name}?`;
      client.write(encodeRequest(["PING", nonce]));
      const answer = JSON.stringify(nonce);
      const actual = await this.outcome(name, parseOutcome(answer));
      if (!actual.matched && actual.text !== `["pong", ${answer}]`)
        return { line, request: `(end of the scenario, connection ${name})`, expected: "no further reply", actual: actual.text };
    }
    return undefined;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values(), ...(this.#control ? [this.#control] : [])].map((client) => client.close()));
  }

  async #controlConnection(): Promise<RawClient> {
    this.#control ??= await openClient(this.#server);
    return this.#control;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
