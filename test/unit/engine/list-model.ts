/**
 * What lists hold and their commands answer, as plain JavaScript arrays: the model of lists.test.ts.
 */
import type { RandomInput } from "../assembly/bytes/random-input.ts";

export type Lists = Map<string, string[]>;

/** A copy that later changes leave alone. */
export function copyLists(lists: Lists): Lists {
  return new Map([...lists].map(([key, list]) => [key, [...list]]));
}

/** Lengths of elements that packed lists hold, that lie in a leaf, and that need a block of their own. */
const LENGTHS = [0, 1, 1, 8, 8, 8, 20, 64, 200, 239, 240, 253, 254, 300, 1200];
/** Integers of all widths, at their edges, and texts that only look like integers. */
const INTEGERS = [
  "-1",
  "127",
  "-128",
  "128",
  "-32769",
  "8388607",
  "8388608",
  "-2147483648",
  "549755813888",
  "140737488355327",
  "36028797018963968",
];
const EXTREMES = [
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "-9223372036854775809",
  "007",
  "+5",
  "-0",
  "-",
  "1e3",
  " 12",
];

/** Elements of one kind: several of them in a row make a leaf whose items are alike. */
const KINDS: readonly ((random: RandomInput) => string)[] = [
  (random) => String(random.below(50)),
  (random) => random.text("ab", random.pick(LENGTHS)),
  (random) => random.text("ab", 2),
  (random) => random.text("abc", 8),
  (random) => String(10_000_000 + random.below(50)),
  (random) => String(random.below(100_000)),
  (random) => random.pick([...INTEGERS, ...EXTREMES]),
];

/** A random command on one of `keys`; `size` is about how long lists become. */
export function nextListCommand(random: RandomInput, size: number, keys: readonly string[]): string[] {
  const key = random.pick(keys);
  const element = () => random.pick(KINDS)(random);
  const elements = (most: number) => {
    const kind = random.pick([...KINDS, element]);
    return Array.from({ length: 1 + random.below(most) }, () => kind(random));
  };
  const position = () => String(random.below(size) - (size >> 1));
  const end = () => random.pick(["LEFT", "RIGHT"]);
  switch (random.below(24)) {
    case 0:
      return ["DEL", key];
    case 1:
      return ["RENAME", key, random.pick(keys)];
    case 2:
      return ["COPY", key, random.pick(keys), "REPLACE"];
    case 3:
      return ["LRANGE", key, position(), position()];
    case 4:
      return ["LTRIM", key, String(random.below(size >> 2)), String(-1 - random.below(size >> 2))];
    case 5:
    case 6:
      return [random.pick(["LPOP", "RPOP"]), key, String(random.below(size >> 1))];
    case 7:
      return ["LINDEX", key, position()];
    case 8:
      return ["LSET", key, position(), element()];
    case 9:
      return ["LINSERT", key, random.pick(["BEFORE", "AFTER"]), element(), element()];
    case 10:
      return ["LREM", key, String(random.below(7) - 3), element()];
    case 11:
    case 12:
      return ["LMOVE", key, random.pick(keys), end(), end()];
    case 13:
      return ["LPOS", key, element(), "RANK", random.pick(["1", "2", "-1", "-2"]), "COUNT", random.pick(["0", "2"])];
    case 14:
    case 15:
      return [random.pick(["LPUSH", "RPUSH"]), key, element()];
    case 16:
      return [random.pick(["LPUSHX", "RPUSHX"]), key, ...elements(3)];
    case 17:
      return ["LPOS", key, element(), "COUNT", "0", "MAXLEN", String(1 + random.below(size))];
    default:
      return [random.pick(["LPUSH", "RPUSH"]), key, ...elements(size >> 1)];
  }
}

const integer = (value: number): string => `:${value}\r\n`;
const bulk = (text: string | undefined): string => (text === undefined ? "$-1\r\n" : `$${text.length}\r\n${text}\r\n`);
const array = (items: readonly (string | undefined)[]): string => `*${items.length}\r\n${items.map(bulk).join("")}`;
const SAME = "-ERR source and destination objects are the same\r\n";

function take(list: string[], end: string): string | undefined {
  return end === "LEFT" ? list.shift() : list.pop();
}

/** Elements from one position to another, as LRANGE means them. */
function range(list: readonly string[], start: number, stop: number): string[] {
  const first = Math.max(0, start < 0 ? start + list.length : start);
  return list.slice(first, Math.max(0, (stop < 0 ? stop + list.length : stop) + 1));
}

function positions(list: readonly string[], element: string, options: readonly string[]): string {
  const option = (name: string, initial: number) => Number(options[options.indexOf(name) + 1] ?? initial);
  const rank = options.includes("RANK") ? option("RANK", 1) : 1;
  const most = option("COUNT", 0) || Infinity;
  const compared = options.includes("MAXLEN") ? option("MAXLEN", 0) : Infinity;
  const order = list.map((_, position) => position);
  if (rank < 0) order.reverse();
  const found = order.filter((position, step) => step < compared && list[position] === element).slice(Math.abs(rank) - 1);
  return `*${Math.min(found.length, most)}\r\n${found.slice(0, most).map(integer).join("")}`;
}

function removeEqual(list: string[], count: number, element: string): number {
  let left = count === 0 ? Infinity : Math.abs(count);
  let removed = 0;
  for (let step = 0, length = list.length; step < length && left > 0; step++) {
    const position = count < 0 ? length - 1 - step : step - removed;
    if (list[position] !== element) continue;
    list.splice(position, 1);
    removed++;
    left--;
  }
  return removed;
}

/** Runs a command on the lists and answers its reply. Lists without elements are gone afterwards. */
export function playLists(lists: Lists, args: readonly string[]): string {
  const reply = play(lists, args);
  for (const [key, list] of lists) if (list.length === 0) lists.delete(key);
  return reply;
}

function play(lists: Lists, [name, key = "", ...args]: readonly string[]): string {
  const held = lists.get(key);
  const list = held ?? [];
  const [first = "", second = ""] = args;
  switch (name) {
    case "DEL":
      return integer(lists.delete(key) ? 1 : 0);
    case "RENAME":
      if (held === undefined) return "-ERR no such key\r\n";
      lists.delete(key);
      lists.set(first, held);
      return "+OK\r\n";
    case "COPY":
      if (key === first) return SAME;
      if (held === undefined) return integer(0);
      lists.set(first, [...held]);
      return integer(1);
    case "LPUSHX":
    case "RPUSHX":
    case "LPUSH":
    case "RPUSH":
      if (held === undefined && name.endsWith("X")) return integer(0);
      if (name.startsWith("L")) list.unshift(...args.toReversed());
      else list.push(...args);
      lists.set(key, list);
      return integer(list.length);
    case "LPOP":
    case "RPOP": {
      if (held === undefined) return "*-1\r\n";
      return array(name === "LPOP" ? list.splice(0, Number(first)) : list.splice(Math.max(0, list.length - Number(first))).toReversed());
    }
    case "LRANGE":
      return array(range(list, Number(first), Number(second)));
    case "LTRIM":
      if (held !== undefined) lists.set(key, range(list, Number(first), Number(second)));
      return "+OK\r\n";
    case "LINDEX":
      return bulk(list.at(Number(first)));
    case "LSET":
      if (held === undefined) return "-ERR no such key\r\n";
      if (list.at(Number(first)) === undefined) return "-ERR index out of range\r\n";
      list.splice(Number(first), 1, second);
      return "+OK\r\n";
    case "LINSERT": {
      const at = list.indexOf(second);
      if (at < 0) return integer(held === undefined ? 0 : -1);
      list.splice(first === "AFTER" ? at + 1 : at, 0, args[2] as string);
      return integer(list.length);
    }
    case "LREM":
      return integer(removeEqual(list, Number(first), second));
    case "LPOS":
      return positions(list, first, args.slice(1));
    case "LMOVE": {
      const element = take(list, second);
      if (element === undefined) return bulk(undefined);
      const target = lists.get(first) ?? [];
      if (args[2] === "LEFT") target.unshift(element);
      else target.push(element);
      lists.set(first, target);
      return bulk(element);
    }
    default:
      throw new Error(`the model does not know ${name}`);
  }
}
