/**
 * Fuzz of the engine's request decoder: pipelines of valid commands and host commands, spliced with each other, mutated, and
 * cut at random, on several sessions at once, some of which vanish in the middle of a request.
 *
 * Findings: a trap, a failing assertion or invariant (debug build), an answer that is not whole RESP, or memory that is not
 * back at its first byte when all sessions are closed and the keyspace is empty.
 */
import { SETTING_EFFECTS, SETTING_MAX_PAGES } from "../../assembly/abi/status.ts";
import { request, START_MS, TestEngine } from "../support/engine.ts";
import { type RandomInput, randomInput } from "../unit/assembly/bytes/random-input.ts";
import { CommandStream } from "../unit/engine/commands.ts";
import { Conversation } from "../unit/engine/conversation.ts";
import { splitReplies } from "../unit/engine/reply.ts";

const SESSIONS = 6;
/** Pages beyond those of an empty engine: mutated lengths and offsets may ask for half a gigabyte. */
const SPARE_PAGES = 800;
const ALPHABET = "*$\r\n0123456789-+:\"'\\xX \0\xff";
const OTHERS: readonly string[] = [
  request(["CONFIG", "GET", "maxmemory"]),
  request(["CLIENT", "ID"]),
  request(["SCAN", "0", "COUNT", "100", "MATCH", "*[a-k]*"]),
  request(["KEYS", "*"]),
  request(["RANDOMKEY"]),
  request(["MGET", ...Array.from({ length: 1100 }, (_, index) => `key:${index}`)]),
  'SET a "in\\x41line" \r\n',
  "PING\n",
  "*0\r\n",
];

function validRequest(random: RandomInput, stream: CommandStream): string {
  return random.below(8) === 0 ? random.pick(OTHERS) : request(stream.next());
}

function spoil(random: RandomInput, input: string, other: string): string {
  const at = random.below(input.length + 1);
  switch (random.below(5)) {
    case 0:
      return input.slice(0, at) + random.text(ALPHABET, 1 + random.below(5)) + input.slice(at + random.below(4));
    case 1:
      return input.slice(0, at) + input.slice(at + 1 + random.below(30));
    case 2:
      return input.slice(0, at) + other.slice(random.below(other.length + 1)) + input.slice(at);
    case 3:
      return input.slice(0, at);
    default:
      return input.slice(0, at) + String.fromCharCode(random.below(256)) + input.slice(at + 1);
  }
}

function feedInPieces(random: RandomInput, conversation: Conversation, input: string, nowMs: number): void {
  const kind = random.below(4);
  const size = kind === 0 ? 1 + random.below(4) : kind === 1 ? 1 + random.below(100) : 1 + random.below(60_000);
  conversation.feedPieces(input, Math.max(size, Math.ceil(input.length / 2000)), nowMs);
}

/** One run; throws on a finding. */
export function fuzzEngineRequests(seed: number, steps: number): void {
  const random = randomInput(seed);
  const build = seed % 3 === 0 ? "release" : "debug";
  const engine = new TestEngine(build, seed);
  const effects = random.below(2) === 1;
  if (effects) engine.configure(SETTING_EFFECTS, 1);
  engine.configure(SETTING_MAX_PAGES, engine.pages + SPARE_PAGES);
  const before = engine.memoryByPurpose();
  const stream = new CommandStream(random, { large: true, sweeping: true }, START_MS);
  const bystander = new Conversation(engine);
  const meanwhile = (): void => bystander.feed(request(["ECHO", "meanwhile"]));
  const open = (): Conversation => new Conversation(engine, random.below(2) === 0 ? meanwhile : undefined);
  const sessions = Array.from({ length: SESSIONS }, open);
  let nowMs = START_MS;
  for (let step = 0; step < steps; step++) {
    nowMs += random.below(50);
    const at = random.below(SESSIONS);
    let input = Array.from({ length: 1 + random.below(4) }, () => validRequest(random, stream)).join("");
    for (let change = random.below(3); change > 0; change--) input = spoil(random, input, validRequest(random, stream));
    feedInPieces(random, sessions[at]!, input, nowMs);
    engine.takeEffects();
    if (sessions[at]!.closed || random.below(20) === 0) {
      splitReplies(sessions[at]!.reply);
      sessions[at]!.close();
      sessions[at] = open();
    }
    if (random.below(10) === 0) engine.maintain(nowMs, random.below(500));
    engine.takeEffects();
    if (step % 50 === 0) engine.check();
  }
  for (const conversation of sessions) conversation.close();
  if (splitReplies(bystander.reply).some((reply) => reply !== "$9\r\nmeanwhile\r\n")) throw new Error("a bystander got another's reply");
  bystander.close();
  expectNothingLeft(engine, before, nowMs, effects);
}

function expectNothingLeft(engine: TestEngine, before: readonly number[], nowMs: number, effects: boolean): void {
  const session = engine.open();
  engine.command(session, ["FLUSHALL"], nowMs);
  if (effects) engine.configure(SETTING_EFFECTS, 0);
  engine.settle(nowMs);
  engine.finish(session);
  engine.check();
  const after = engine.memoryByPurpose();
  if (effects) {
    engine.configure(SETTING_EFFECTS, 1);
    const logging = engine.memoryByPurpose();
    if (logging.some((bytes, purpose) => bytes !== before[purpose])) throw new Error(`memory is left: ${before} became ${logging}`);
  } else if (after.some((bytes, purpose) => bytes !== before[purpose])) throw new Error(`memory is left: ${before} became ${after}`);
}
