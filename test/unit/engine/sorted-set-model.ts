/**
 * Sorted sets as plain JavaScript, for container-model.ts: a map from members to the texts of their scores, ordered when asked for. Keys begin with
 * "z:". Scores are quarters of whole numbers, a few infinite, so that sums are exact and texts are JavaScript's.
 */
import type { RandomInput } from "../assembly/bytes/random-input.ts";
import { array, Container, nameOf, type State } from "./container-model.ts";

/** Widths that packed lists hold, and that they do not. */
const PADDED = [0, 0, 0, 70, 300];

export function nextSortedCommand(random: RandomInput, spread: number, names: readonly string[]): string[] {
  const keys = names.map((name) => `z:${name}`);
  const key = random.pick(keys);
  const member = () => nameOf("member ", random.below(spread)).padEnd(random.pick(PADDED));
  const score = () => (random.below(12) === 0 ? random.pick(["inf", "-inf", "70000", "5000000000"]) : String((random.below(80) - 40) / 4));
  const scored = (most: number) => Array.from({ length: 1 + random.below(most) }, () => [score(), member()]).flat();
  const ranks = () => [String(random.below(spread) - (spread >> 1)), String(random.below(spread) - (spread >> 1))];
  const limits = () => [(random.below(2) === 0 ? "(" : "") + score(), score()];
  switch (random.below(18)) {
    case 0:
      return ["DEL", key];
    case 1:
      return ["RENAME", key, random.pick(keys)];
    case 2:
      return ["COPY", key, random.pick(keys), "REPLACE"];
    case 3:
      return ["ZRANGE", key, "0", "-1", "WITHSCORES"];
    case 4:
      return ["ZREM", key, ...Array.from({ length: 1 + random.below(spread >> 1) }, member)];
    case 5:
      return ["ZREMRANGEBYRANK", key, ...ranks()];
    case 6:
      return ["ZREMRANGEBYSCORE", key, ...limits()];
    case 7:
      return [random.pick(["ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"]), key, "2", random.pick(keys), random.pick(keys)];
    case 8:
      return ["ZRANGESTORE", key, random.pick(keys), ...ranks()];
    case 9:
      return [random.pick(["ZPOPMIN", "ZPOPMAX"]), key, String(random.below(spread >> 2))];
    case 10:
      return [random.pick(["ZRANK", "ZSCORE"]), key, member()];
    case 11:
      return ["ZCOUNT", key, ...limits()];
    case 12:
      return ["ZINCRBY", key, String(random.below(9) - 4), member()];
    case 13:
      return ["ZREM", key, member()];
    case 14:
    case 15:
      return ["ZADD", key, ...scored(spread >> 1)];
    default:
      return ["ZADD", key, ...scored(1)];
  }
}

const numberOf = (text: string): number => (text.endsWith("inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text));
const textOf = (score: number): string => (Number.isFinite(score) ? String(score) : score > 0 ? "inf" : "-inf");

/** Members with the texts of their scores, in their order. */
export function ordered(container: Container | undefined): [member: string, score: string][] {
  return [...(container ?? [])].sort(([a, left], [b, right]) => (left === right ? (a < b ? -1 : 1) : numberOf(left) - numberOf(right)));
}

const integer = (value: number): string => `:${value}\r\n`;
const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;

function store(state: State, key: string, elements: readonly (readonly [string, string])[]): string {
  if (elements.length > 0) state.set(key, new Container(elements));
  else state.delete(key);
  return integer(elements.length);
}

/** Takes away elements and answers how many; the last one takes the key with it. */
function remove(state: State, key: string, members: readonly string[]): string {
  const container = state.get(key);
  const removed = members.filter((member) => container?.delete(member)).length;
  if (container?.size === 0) state.delete(key);
  return integer(removed);
}

function ofRanks(container: Container | undefined, first: string, last: string): [string, string][] {
  const all = ordered(container);
  const place = (rank: number): number => (rank < 0 ? rank + all.length : rank);
  return all.slice(Math.max(place(Number(first)), 0), Math.max(place(Number(last)) + 1, 0));
}

function ofScores(container: Container | undefined, low: string, high: string): [string, string][] {
  const lowest = numberOf(low.replace("(", ""));
  return ordered(container).filter(([, text]) => {
    const score = numberOf(text);
    return (low.startsWith("(") ? score > lowest : score >= lowest) && score <= numberOf(high);
  });
}

function add(state: State, key: string, args: readonly string[]): string {
  const container: Container = state.get(key) ?? new Container();
  const before = container.size;
  for (let index = 0; index < args.length; index += 2) container.set(args[index + 1]!, args[index]!);
  state.set(key, container);
  return integer(container.size - before);
}

function increment(state: State, key: string, amount: string, member: string): string {
  const text = textOf(numberOf(state.get(key)?.get(member) ?? "0") + Number(amount));
  add(state, key, [text, member]);
  return bulk(text);
}

function combine(state: State, name: string, [target, , first, second]: readonly string[]): string {
  const left: Container = state.get(first!) ?? new Container();
  const right: Container = state.get(second!) ?? new Container();
  const sum = (member: string): string => {
    const total = numberOf(left.get(member) ?? "0") + numberOf(right.get(member) ?? "0");
    return textOf(Number.isNaN(total) ? 0 : total);
  };
  if (name === "ZDIFFSTORE")
    return store(
      state,
      target!,
      [...left].filter(([member]) => !right.has(member)),
    );
  const members = [...left.keys()].filter((member) => name === "ZUNIONSTORE" || right.has(member));
  if (name === "ZUNIONSTORE") members.push(...[...right.keys()].filter((member) => !left.has(member)));
  return store(
    state,
    target!,
    members.map((member) => [member, sum(member)] as const),
  );
}

/** Runs a command on a sorted set of the state and answers its reply; undefined for what is not modelled. */
export function playSorted(state: State, name: string, [key, ...args]: readonly string[]): string | undefined {
  const container = state.get(key!);
  switch (name) {
    case "ZADD":
      return add(state, key!, args);
    case "ZINCRBY":
      return increment(state, key!, args[0]!, args[1]!);
    case "ZREM":
      return remove(state, key!, args);
    case "ZREMRANGEBYRANK":
      return remove(
        state,
        key!,
        ofRanks(container, args[0]!, args[1]!).map(([member]) => member),
      );
    case "ZREMRANGEBYSCORE":
      return remove(
        state,
        key!,
        ofScores(container, args[0]!, args[1]!).map(([member]) => member),
      );
    case "ZPOPMIN":
    case "ZPOPMAX": {
      const elements = name === "ZPOPMIN" ? ordered(container) : ordered(container).reverse();
      const popped = elements.slice(0, Number(args[0]));
      remove(
        state,
        key!,
        popped.map(([member]) => member),
      );
      return array(popped.flat());
    }
    case "ZRANGESTORE":
      return store(state, key!, ofRanks(state.get(args[0]!), args[1]!, args[2]!));
    case "ZUNIONSTORE":
    case "ZINTERSTORE":
    case "ZDIFFSTORE":
      return combine(state, name, [key!, ...args]);
    case "ZRANGE":
      return array(ordered(container).flat());
    case "ZRANK": {
      const rank = ordered(container).findIndex(([member]) => member === args[0]);
      return rank < 0 ? "$-1\r\n" : integer(rank);
    }
    case "ZSCORE":
      return container?.has(args[0]!) ? bulk(container.get(args[0]!)!) : "$-1\r\n";
    case "ZCOUNT":
      return integer(ofScores(container, args[0]!, args[1]!).length);
    default:
      return undefined;
  }
}
