/**
 * What hashes, sets and sorted sets hold and their commands answer, as plain JavaScript: the model of containers.test.ts. A set is a hash with empty
 * values, a sorted set one with scores (sorted-set-model.ts).
 * Elements whose order is free are answered in order.
 */
import { START_MS } from "../../support/engine.ts";
import type { RandomInput } from "../assembly/bytes/random-input.ts";

import { nextSortedCommand, playSorted } from "./sorted-set-model.ts";

/** Elements, and the times at which fields are over. */
export class Container extends Map<string, string> {
  readonly times = new Map<string, number>();

  override delete(field: string): boolean {
    this.times.delete(field);
    return super.delete(field);
  }

  /** A copy that later changes leave alone. */
  copy(): Container {
    const copy = new Container(this);
    for (const [field, time] of this.times) copy.times.set(field, time);
    return copy;
  }
}
export type State = Map<string, Container>;

/** A copy that later changes leave alone. */
export function copyState(state: State): State {
  return new Map([...state].map(([key, container]) => [key, container.copy()]));
}

const KEYS = ["h1", "h2", "h3", "h4", "c:1"];
/** Keys that are left alone by transactions, mostly. */
export const OTHER_KEYS: readonly string[] = ["p1", "p2", "h1"];
/** A value that packed lists hold, one that they do not, and one that does not lie in a leaf. */
const LENGTHS = [0, 1, 8, 8, 8, 64, 65, 90, 300];

const STEPS = [1, 300, 70_003, 5_000_000_007];
const VALUES = [
  "7",
  "-12",
  "127",
  "-129",
  "40000",
  "-8388609",
  "99999999999",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "-0",
  "007",
];

/** The name with a number: a third of them are integers of different widths. */
export function nameOf(word: string, index: number): string {
  return index % 3 === 0 ? String((index - 9) * (STEPS[(index / 3) % STEPS.length] as number)) : `${word}${index}`;
}

/** A text of some letters; of those of eight, and of one, some become texts that are integers or look like it. */
function asValue(text: string): string {
  if ((text.length !== 8 && text.length !== 1) || text.startsWith("a")) return text;
  return VALUES[[...text].reduce((sum, letter) => sum * 3 + letter.charCodeAt(0), 0) % VALUES.length] as string;
}

/** A random command; `spread` is how many fields there are. */
export function nextCommand(random: RandomInput, spread: number, keys: readonly string[] = KEYS): string[] {
  const type = random.below(3);
  if (type === 0) return nextSetCommand(random, spread, keys);
  if (type === 1) return nextSortedCommand(random, spread, keys);
  const key = random.pick(keys);
  const field = () => nameOf("field:", random.below(spread));
  const value = () => asValue(random.text("abc", random.pick(LENGTHS)));
  const fields = (most: number) => Array.from({ length: 1 + random.below(most) }, field);
  const named = (most: number) => {
    const picked = fields(most);
    return ["FIELDS", String(picked.length), ...picked];
  };
  switch (random.below(26)) {
    case 0:
      return ["DEL", key];
    case 1:
      return ["RENAME", key, random.pick(keys)];
    case 2:
      return ["COPY", key, random.pick(keys), "REPLACE"];
    case 3:
      return ["HGETALL", key];
    case 20:
    case 21: {
      const time = String(random.below(8) === 0 ? START_MS - 5 : START_MS + 100 + random.below(300));
      return ["HPEXPIREAT", key, time, ...random.pick([[], [], ["NX"], ["XX"], ["GT"], ["LT"]]), ...named(spread >> 2)];
    }
    case 22:
      return ["HPERSIST", key, ...named(spread >> 2)];
    case 23:
    case 24:
      return ["HPEXPIRETIME", key, ...named(4)];
    case 25:
      return ["HINCRBY", key, `number:${random.below(4)}`, String(random.below(100))];
    case 4:
      return ["EXPIRE", key, "100000"];
    case 5:
      return ["PERSIST", key];
    case 6:
    case 7:
      return ["HDEL", key, ...fields(spread >> 1)];
    case 8:
      return ["HSETNX", key, field(), value()];
    case 9:
      return ["HMGET", key, ...fields(4)];
    case 10:
      return ["HLEN", key];
    case 11:
    case 12:
    case 13:
      return ["HSET", key, ...fields(spread >> 1).flatMap((each) => [each, value()])];
    case 14:
    case 15:
      return ["HDEL", key, field()];
    default:
      return ["HSET", key, field(), value()];
  }
}

/** The same on sets, whose keys begin with "s:". */
function nextSetCommand(random: RandomInput, spread: number, names: readonly string[]): string[] {
  const keys = names.map((name) => `s:${name}`);
  const key = random.pick(keys);
  const isText = random.below(3) === 0;
  const member = () => (isText ? `member ${random.below(spread)}`.padEnd(random.pick([0, 0, 70, 200])) : String(random.below(spread)));
  const members = (most: number) => Array.from({ length: 1 + random.below(most) }, member);
  switch (random.below(16)) {
    case 0:
      return ["DEL", key];
    case 1:
      return ["RENAME", key, random.pick(keys)];
    case 2:
      return ["COPY", key, random.pick(keys), "REPLACE"];
    case 3:
      return ["SMEMBERS", key];
    case 4:
      return ["SREM", key, ...members(spread >> 1)];
    case 5:
      return ["SMOVE", key, random.pick(keys), member()];
    case 6:
      return [random.pick(["SUNIONSTORE", "SINTERSTORE", "SDIFFSTORE"]), key, random.pick(keys), random.pick(keys)];
    case 7:
      return ["SPOP", key, String(random.below(spread >> 2))];
    case 8:
      return ["SMISMEMBER", key, ...members(5)];
    case 9:
      return ["SCARD", key];
    case 10:
    case 11:
    case 12:
      return ["SADD", key, ...members(spread >> 1)];
    case 13:
      return ["SREM", key, member()];
    default:
      return ["SADD", key, member()];
  }
}

/** Commands that change nothing. */
export const READING: readonly string[] = [
  "HLEN",
  "HGETALL",
  "HMGET",
  "HPEXPIRETIME",
  "SMEMBERS",
  "SMISMEMBER",
  "SCARD",
  "ZRANGE",
  "ZRANK",
  "ZSCORE",
  "ZCOUNT",
];
const TWO_KEYS = ["RENAME", "COPY", "SMOVE"];

/** The keys of a command. */
export function keysOf(args: readonly string[]): readonly string[] {
  if (args[0] === "ZRANGESTORE") return args.slice(1, 3);
  if (args[0]!.startsWith("Z") && args[0]!.endsWith("STORE")) return [args[1]!, args[3]!, args[4]!];
  return args[0]!.endsWith("STORE") ? args.slice(1) : args.slice(1, TWO_KEYS.includes(args[0]!) ? 3 : 2);
}

const integer = (value: number): string => `:${value}\r\n`;
const bulk = (text: string | undefined): string => (text === undefined ? "$-1\r\n" : `$${text.length}\r\n${text}\r\n`);
export const array = (items: readonly (string | undefined)[]): string => `*${items.length}\r\n${items.map(bulk).join("")}`;

/** Pairs in the order of their fields. */
export function pairs(container: Container | undefined): string[] {
  return [...(container ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).flat();
}

function put(state: State, key: string, args: readonly string[]): string {
  const container: Container = state.get(key) ?? new Container();
  const before = container.size;
  for (let index = 0; index < args.length; index += 2) {
    container.set(args[index]!, args[index + 1]!);
    container.times.delete(args[index]!);
  }
  state.set(key, container);
  return integer(container.size - before);
}

function remove(state: State, key: string, fields: readonly string[]): string {
  const container = state.get(key);
  if (container === undefined) return integer(0);
  let removed = 0;
  for (const field of fields) if (container.delete(field)) removed++;
  if (container.size === 0) state.delete(key);
  return integer(removed);
}

function carry(state: State, name: string, from: string, to: string): string {
  const container = state.get(from);
  if (container === undefined) return name === "COPY" ? (from === to ? SAME : integer(0)) : "-ERR no such key\r\n";
  if (name === "COPY") {
    if (from === to) return SAME;
    state.set(to, container.copy());
    return integer(1);
  }
  state.delete(from);
  state.set(to, container);
  return "+OK\r\n";
}

function algebra(state: State, name: string, [target, first, second]: readonly string[]): string {
  const left = [...(state.get(first!) ?? new Map()).keys()] as string[];
  const right = state.get(second!) ?? new Container();
  const members =
    name === "SUNIONSTORE" ? [...left, ...right.keys()] : left.filter((member) => right.has(member) === (name === "SINTERSTORE"));
  const result = new Container(members.map((member): [string, string] => [member, ""]));
  if (result.size > 0) state.set(target!, result);
  else state.delete(target!);
  return integer(result.size);
}

function move(state: State, from: string, to: string, member: string): string {
  if (!state.get(from)?.has(member)) return integer(0);
  if (from === to) return integer(1);
  remove(state, from, [member]);
  put(state, to, [member, ""]);
  return integer(1);
}

const NO_FIELD = -2;
const CONDITIONS: Readonly<Record<string, (current: number | undefined, time: number) => boolean>> = {
  NX: (current) => current === undefined,
  XX: (current) => current !== undefined,
  GT: (current, time) => current !== undefined && time > current,
  LT: (current, time) => current === undefined || time < current,
};

const answers = (fields: readonly string[], answer: (field: string) => number): string =>
  `*${fields.length}\r\n${fields.map((field) => integer(answer(field))).join("")}`;

/** HPEXPIREAT at `nowMs`. */
function expire(state: State, key: string, time: number, args: readonly string[], nowMs: number): string {
  const met = CONDITIONS[args[0]!];
  return answers(args.slice(met === undefined ? 2 : 3), (field) => {
    const container = state.get(key);
    if (!container?.has(field)) return NO_FIELD;
    if (met !== undefined && !met(container.times.get(field), time)) return 0;
    if (time > nowMs) container.times.set(field, time);
    else remove(state, key, [field]);
    return time > nowMs ? 1 : 2;
  });
}

function increment(state: State, key: string, field: string, amount: string): string {
  const container = state.get(key) ?? new Container();
  state.set(key, container);
  const sum = Number(container.get(field) ?? 0) + Number(amount);
  container.set(field, String(sum));
  return integer(sum);
}

/** Takes out what is over at a time. */
export function passTime(state: State, nowMs: number): void {
  for (const [key, container] of [...state]) {
    remove(
      state,
      key,
      [...container.times].filter(([, time]) => time < nowMs).map(([field]) => field),
    );
  }
}

const SAME = "-ERR source and destination objects are the same\r\n";

/** Runs a command on the state and answers its reply; undefined for what is not modelled (expiries of keys). */
export function play(state: State, [name, key, ...args]: readonly string[], nowMs = START_MS): string | undefined {
  const container = state.get(key!);
  switch (name) {
    case "DEL":
      return integer(state.delete(key!) ? 1 : 0);
    case "HSET":
      return put(state, key!, args);
    case "HSETNX":
      return container?.has(args[0]!) ? integer(0) : put(state, key!, args);
    case "HDEL":
      return remove(state, key!, args);
    case "HPEXPIREAT":
      return expire(state, key!, Number(args[0]), args.slice(1), nowMs);
    case "HPERSIST":
      return answers(args.slice(2), (field) => (!container?.has(field) ? NO_FIELD : container.times.delete(field) ? 1 : -1));
    case "HPEXPIRETIME":
      return answers(args.slice(2), (field) => (!container?.has(field) ? NO_FIELD : (container.times.get(field) ?? -1)));
    case "HINCRBY":
      return increment(state, key!, args[0]!, args[1]!);
    case "HLEN":
      return integer(container?.size ?? 0);
    case "HMGET":
      return array(args.map((field) => container?.get(field)));
    case "HGETALL":
      return array(pairs(container));
    case "SADD":
      return put(
        state,
        key!,
        args.flatMap((member) => [member, ""]),
      );
    case "SREM":
      return remove(state, key!, args);
    case "SCARD":
      return integer(container?.size ?? 0);
    case "SMEMBERS":
      return array([...(container?.keys() ?? [])].sort());
    case "SMISMEMBER":
      return `*${args.length}\r\n${args.map((member) => integer(container?.has(member) ? 1 : 0)).join("")}`;
    case "SMOVE":
      return move(state, key!, args[0]!, args[1]!);
    case "SUNIONSTORE":
    case "SINTERSTORE":
    case "SDIFFSTORE":
      return algebra(state, name, [key!, ...args]);
    case "RENAME":
    case "COPY":
      return carry(state, name, key!, args[0]!);
    default:
      return playSorted(state, name!, [key!, ...args]);
  }
}
