/**
 * The differential tester: random sequences on two servers, replies and state compared, differences shrunk.
 *
 * A round is one sequence from an empty server: steps from the generator, and every so often a look at the whole state (type,
 * value, encoding and time to live of every key in the databases used). Replies must be equal byte for byte, but for the
 * order of KEYS and SCAN. The first difference is shrunk with ddmin (Zeller, Hildebrandt 2002) to a sequence of which no
 * single step can be left out.
 */

import { printCommandLine } from "../support/command-line.ts";
import { createRandom } from "../support/random.ts";
import type { Reply } from "../support/reply.ts";
import { printReply } from "../support/reply-text.ts";
import { UNORDERED_ELEMENTS } from "./collections.ts";
import { Generator, type Step } from "./generator.ts";
import { type ServerPair, START_MS } from "./pair.ts";

const ROUND_STEPS = 250;
const LOOK_EVERY = 60;
const LOOK_DATABASES = 3;

export interface Difference {
  readonly seed: number;
  readonly round: number;
  readonly protocol: 2 | 3;
  /** The shrunk sequence; its last step is the one that is answered differently. */
  readonly steps: readonly Step[];
  readonly replies: readonly [string, string];
}

export interface Outcome {
  readonly commands: number;
  readonly difference: Difference | undefined;
}

/** Runs at least `commands` commands. Ends at the first difference. `progress` is told the number of commands so far. */
export async function runDifferential(
  pair: ServerPair,
  seed: number,
  commands: number,
  progress: (done: number) => void = () => {},
): Promise<Outcome> {
  let done = 0;
  for (let round = 0; done < commands; round++) {
    const random = createRandom(seed * 1_000_003 + round);
    const protocol = random.chance(0.5) ? 3 : 2;
    const generator = new Generator(random, START_MS);
    const steps: Step[] = [];
    for (let index = 1; index <= ROUND_STEPS; index++) {
      steps.push(generator.next());
      if (index % LOOK_EVERY === 0 || index === ROUND_STEPS) steps.push(...lookSteps());
    }
    const position = await firstDifference(pair, protocol, steps);
    done += steps.length;
    if (position !== undefined)
      return { commands: done, difference: await shrink(pair, seed, round, protocol, steps.slice(0, position + 1)) };
    progress(done);
  }
  return { commands: done, difference: undefined };
}

const LOOK_KEYS = ["a", "b", "c", "k:1", "k:2", "key with blanks", "\x00\xff\r\n", "", "lex"];

/** Requests that show the whole state; they leave database 0 selected, and end a transaction. */
function lookSteps(): Step[] {
  const steps: Step[] = [["DISCARD"]];
  for (let database = LOOK_DATABASES - 1; database >= 0; database--) {
    steps.push(["SELECT", String(database)], ["KEYS", "*"], ["MGET", ...LOOK_KEYS]);
    for (const key of LOOK_KEYS)
      steps.push(
        ["TYPE", key],
        ["PEXPIRETIME", key],
        ["OBJECT", "ENCODING", key],
        ["HGETALL", key],
        ["SMEMBERS", key],
        ["ZRANGE", key, "0", "-1", "WITHSCORES"],
        ["LRANGE", key, "0", "-1"],
      );
  }
  return steps;
}

/** Position of the first step that is answered differently, from empty servers; undefined when there is none. */
async function firstDifference(pair: ServerPair, protocol: 2 | 3, steps: readonly Step[]): Promise<number | undefined> {
  await pair.reset(protocol);
  const [left, right] = await pair.run(steps);
  const position = steps.findIndex((step, index) => normalise(step, left[index]) !== normalise(step, right[index]));
  return position === -1 ? undefined : position;
}

/** A reply as text that is equal for equal replies. */
function normalise(step: Step, reply: Reply | undefined): string {
  if (reply === undefined) return "nothing";
  const name = step[0]?.toUpperCase();
  if (name === "KEYS" && reply.kind === "array") return inOrder(reply.items);
  if (name === "SCAN" || name === "HSCAN" || name === "SSCAN" || name === "ZSCAN") return normaliseScan(reply);
  if (UNORDERED_ELEMENTS.includes(name ?? "") && "items" in reply) return `${reply.kind}\n${inOrder(reply.items)}`;
  // To redis-server 7.0 every list is a quicklist; nothing else is.
  if (name === "OBJECT" || name === "EXEC") return printReply(reply).replaceAll('"listpack"', '"quicklist"');
  return printReply(reply);
}

function inOrder(items: readonly Reply[]): string {
  return items.map(printReply).sort().join("\n");
}

function normaliseScan(reply: Reply): string {
  if (reply.kind === "array") {
    const [cursor, keys] = reply.items;
    if (cursor !== undefined && keys?.kind === "array") return `${printReply(cursor)}\n${inOrder(keys.items)}`;
  }
  return printReply(reply);
}

/** The smallest sequence that still ends in a difference. */
async function shrink(pair: ServerPair, seed: number, round: number, protocol: 2 | 3, steps: readonly Step[]): Promise<Difference> {
  let current = steps;
  let parts = 2;
  while (current.length > 1) {
    const size = Math.ceil(current.length / parts);
    let smaller: readonly Step[] | undefined;
    for (let start = 0; start < current.length && smaller === undefined; start += size) {
      const candidate = [...current.slice(0, start), ...current.slice(start + size)];
      const position = candidate.length === 0 ? undefined : await firstDifference(pair, protocol, candidate);
      if (position !== undefined) smaller = candidate.slice(0, position + 1);
    }
    if (smaller !== undefined) {
      current = smaller;
      parts = Math.max(2, parts - 1);
    } else if (parts >= current.length) break;
    else parts = Math.min(current.length, parts * 2);
  }
  await pair.reset(protocol);
  const [left, right] = await pair.run(current);
  const last = current.length - 1;
  const step = current[last] ?? [];
  return { seed, round, protocol, steps: current, replies: [normalise(step, left[last]), normalise(step, right[last])] };
}

/** A difference as a person can repeat it. */
export function describeDifference(difference: Difference): string {
  const lines = difference.steps.map((step) => (step[0] === "@advance" ? `# the clock moves on by ${step[1]} ms` : printCommandLine(step)));
  return [
    `difference with --seed ${difference.seed}, round ${difference.round}, RESP${difference.protocol}:`,
    ...lines.map((line) => `  ${line}`),
    `  redis-server: ${difference.replies[0]}`,
    `  memflux:      ${difference.replies[1]}`,
  ].join("\n");
}
