/**
 * The typed commands on sorted sets: a part of the table in commands.ts. Scores are numbers; a key that does not exist is an empty sorted set. All throw
 * WRONG_TYPE for a key that holds something else.
 */
import { type ElementScanOptions, elementScan, type ScanStep, toNumber } from "./collection-commands.ts";
import { type CommandForm, plain, same } from "./command-form.ts";
import type { Data, Value } from "./commands.ts";
import type { ReplyValue } from "./reply-reader.ts";

/** Members with their scores: an object, a Map, or a list of pairs. */
export type Scores = Readonly<Record<string, number>> | Iterable<readonly [Data, number]>;
/** An end of a range of scores: a number, or "(1.5" for one that is not included. */
export type ScoreLimit = number | string;
export type Scored<T> = readonly [member: T, score: number];

export interface ZaddOptions {
  /** Only members that are new. */
  readonly nx?: boolean;
  /** Only members that are there. */
  readonly xx?: boolean;
  /** Scores of members that are there only grow. */
  readonly gt?: boolean;
  /** Scores of members that are there only shrink. */
  readonly lt?: boolean;
  /** The answer counts changed scores too. */
  readonly ch?: boolean;
}

export interface ZrangeOptions {
  /** What the ends are: ranks (the default), scores, or members as "[a", "(a", "-" and "+", for which all scores must be the same. */
  readonly by?: "rank" | "score" | "lex";
  /** From the end to the beginning; the ends are given in that order then. */
  readonly rev?: boolean;
  /** How many are left out at the beginning, and how many are wanted at most (-1: all); not for ranks. */
  readonly limit?: readonly [offset: number, count: number];
}

export interface CombineOptions {
  /** A factor for the scores of each input. */
  readonly weights?: readonly number[];
  /** What becomes of several scores of one member; SUM if absent. */
  readonly aggregate?: "SUM" | "MIN" | "MAX";
}

export interface SortedSetCommands<T extends Data> {
  /** Gives members their scores and answers how many of them are new. */
  zadd(key: Data, members: Scores, options?: ZaddOptions): number;
  /** Adds to the score of a member, or gives it a first one, and answers it; null when the options forbade it. Throws ZSET_NAN. */
  zaddIncr(key: Data, increment: number, member: Value, options?: Omit<ZaddOptions, "ch">): number | null;
  /** Adds to the score of a member and answers the sum. Throws ZSET_NAN. */
  zincrby(key: Data, increment: number, member: Value): number;
  /** Removes members and answers how many there were; the last one takes the key with it. */
  zrem(key: Data, ...members: Value[]): number;
  /** The score of a member, or null. */
  zscore(key: Data, member: Value): number | null;
  /** The scores of several members, in their order; null for those that are absent. */
  zmscore(key: Data, ...members: Value[]): (number | null)[];
  /** Number of members. */
  zcard(key: Data): number;
  /** How many members have a score in a range. */
  zcount(key: Data, min: ScoreLimit, max: ScoreLimit): number;
  /** How many members, all of one score, lie in a range: "[a", "(a", "-", "+". */
  zlexcount(key: Data, min: Data, max: Data): number;
  /** How many members stand before one, or null when it is absent. */
  zrank(key: Data, member: Value): number | null;
  /** How many members stand behind one, or null when it is absent. */
  zrevrank(key: Data, member: Value): number | null;
  /** The members of a range. */
  zrange(key: Data, start: ScoreLimit, stop: ScoreLimit, options?: ZrangeOptions): T[];
  /** The same with their scores; not for ranges of members. */
  zrangeWithScores(key: Data, start: ScoreLimit, stop: ScoreLimit, options?: ZrangeOptions): Scored<T>[];
  /** Stores a range in the place of whatever the key holds, and answers how many members it has. */
  zrangestore(target: Data, source: Data, start: ScoreLimit, stop: ScoreLimit, options?: ZrangeOptions): number;
  /** Removes a range of ranks and answers how many members it had. */
  zremrangebyrank(key: Data, start: number, stop: number): number;
  /** Removes a range of scores and answers how many members it had. */
  zremrangebyscore(key: Data, min: ScoreLimit, max: ScoreLimit): number;
  /** Removes a range of members, all of one score, and answers how many it had. */
  zremrangebylex(key: Data, min: Data, max: Data): number;
  /** Removes the members with the lowest scores, one if no count is given, and answers them. */
  zpopmin(key: Data, count?: number): Scored<T>[];
  /** Removes the members with the highest scores, one if no count is given, and answers them. */
  zpopmax(key: Data, count?: number): Scored<T>[];
  /** Removes members from an end of the first sorted set that there is; null when there is none. */
  zmpop(keys: readonly Data[], where: "MIN" | "MAX", count?: number): readonly [key: T, elements: Scored<T>[]] | null;
  /** A random member, or null when there is none. */
  zrandmember(key: Data): T | null;
  /** Up to `count` different random members, or with a negative count as many, which may come again. */
  zrandmembers(key: Data, count: number): T[];
  zrandmembersWithScores(key: Data, count: number): Scored<T>[];
  /** The members that any of the sorted sets or sets has, by their scores. */
  zunion(keys: readonly Data[], options?: CombineOptions): T[];
  zunionWithScores(keys: readonly Data[], options?: CombineOptions): Scored<T>[];
  /** The members that all sorted sets or sets have, by their scores. */
  zinter(keys: readonly Data[], options?: CombineOptions): T[];
  zinterWithScores(keys: readonly Data[], options?: CombineOptions): Scored<T>[];
  /** The members of the first sorted set or set that none of the others has, by their scores. */
  zdiff(keys: readonly Data[]): T[];
  zdiffWithScores(keys: readonly Data[]): Scored<T>[];
  /** How many members all of them have, counted up to a limit (0: none). */
  zintercard(keys: readonly Data[], limit?: number): number;
  /** Stores the union in the place of whatever the key holds, and answers how many members it has. */
  zunionstore(target: Data, keys: readonly Data[], options?: CombineOptions): number;
  /** The same for the intersection. */
  zinterstore(target: Data, keys: readonly Data[], options?: CombineOptions): number;
  /** The same for the difference. */
  zdiffstore(target: Data, keys: readonly Data[]): number;
  /** One step of a walk over the members; begin with cursor "0". */
  zscan(key: Data, cursor: string, options?: ElementScanOptions): ScanStep<Scored<T>>;
}

type Forms = { readonly [K in keyof SortedSetCommands<Data>]: CommandForm<Parameters<SortedSetCommands<Data>[K]>> };

const scoreText = (score: ScoreLimit): string => (Object.is(score, -0) ? "-0" : String(score));
const numberOrNull = (reply: ReplyValue): number | null => (reply === null ? null : toNumber(reply));

/** Members with scores, in the pairs of RESP3. */
function scored(reply: ReplyValue): Scored<Data>[] {
  return (reply as readonly (readonly [Data, ReplyValue])[]).map(([member, score]) => [member, toNumber(score)]);
}

function conditionWords(options: ZaddOptions): string[] {
  return (["nx", "xx", "gt", "lt", "ch"] as const).filter((option) => options[option]).map((option) => option.toUpperCase());
}

/** What was popped from the first of several keys. */
export function keyAndScored(reply: ReplyValue): readonly [Data, Scored<Data>[]] | null {
  if (reply === null) return null;
  const [key, elements] = reply as readonly [Data, ReplyValue];
  return [key, scored(elements)];
}

function isScoreList(scores: Scores): scores is Iterable<readonly [Data, number]> {
  return Symbol.iterator in scores;
}

function rangeWords({ by = "rank", rev = false, limit }: ZrangeOptions = {}): string[] {
  const words = by === "rank" ? [] : [by === "score" ? "BYSCORE" : "BYLEX"];
  if (rev) words.push("REV");
  if (limit !== undefined) words.push("LIMIT", String(limit[0]), String(limit[1]));
  return words;
}

function range(decode: CommandForm<never[]>["decode"], ...last: string[]): Forms["zrange"] {
  return {
    encode: (key, start, stop, options) => ["ZRANGE", key, scoreText(start), scoreText(stop), ...rangeWords(options), ...last],
    decode,
  };
}

function inputs(keys: readonly Data[], { weights, aggregate }: CombineOptions = {}): Data[] {
  return [
    ...[String(keys.length), ...keys],
    ...(weights === undefined ? [] : ["WEIGHTS", ...weights.map(scoreText)]),
    ...(aggregate === undefined ? [] : ["AGGREGATE", aggregate]),
  ];
}

function combined(name: string, decode: CommandForm<never[]>["decode"], ...last: string[]): Forms["zunion"] {
  return { encode: (keys, options) => [name, ...inputs(keys, options), ...last], decode };
}

function stored(name: string): Forms["zunionstore"] {
  return { encode: (target, keys, options) => [name, target, ...inputs(keys, options)], decode: same };
}

function popped(name: string): Forms["zpopmin"] {
  return { encode: (key, count = 1) => [name, key, String(count)], decode: scored };
}

function scanned(elements: readonly ReplyValue[]): Scored<Data>[] {
  return Array.from({ length: elements.length >> 1 }, (_, index) => [
    elements[index * 2] as Data,
    toNumber(elements[index * 2 + 1] as ReplyValue),
  ]);
}

export const sortedSetForms: Forms = {
  zadd: {
    encode: (key, members, options = {}) => [
      ...["ZADD", key],
      ...conditionWords(options),
      ...[...(isScoreList(members) ? members : Object.entries(members))].flatMap(([member, score]) => [scoreText(score), member]),
    ],
    decode: same,
  },
  zaddIncr: {
    encode: (key, increment, member, options = {}) => ["ZADD", key, ...conditionWords(options), "INCR", scoreText(increment), member],
    decode: numberOrNull,
  },
  zincrby: { encode: (key, increment, member) => ["ZINCRBY", key, scoreText(increment), member], decode: toNumber },
  zrem: plain("ZREM", same),
  zscore: plain("ZSCORE", numberOrNull),
  zmscore: plain("ZMSCORE", (reply) => (reply as readonly ReplyValue[]).map(numberOrNull)),
  zcard: plain("ZCARD", same),
  zcount: { encode: (key, min, max) => ["ZCOUNT", key, scoreText(min), scoreText(max)], decode: same },
  zlexcount: plain("ZLEXCOUNT", same),
  zrank: plain("ZRANK", same),
  zrevrank: plain("ZREVRANK", same),
  zrange: range(same),
  zrangeWithScores: range(scored, "WITHSCORES"),
  zrangestore: {
    encode: (target, source, start, stop, options) => [
      ...["ZRANGESTORE", target, source, scoreText(start), scoreText(stop)],
      ...rangeWords(options),
    ],
    decode: same,
  },
  zremrangebyrank: plain("ZREMRANGEBYRANK", same),
  zremrangebyscore: { encode: (key, min, max) => ["ZREMRANGEBYSCORE", key, scoreText(min), scoreText(max)], decode: same },
  zremrangebylex: plain("ZREMRANGEBYLEX", same),
  zpopmin: popped("ZPOPMIN"),
  zpopmax: popped("ZPOPMAX"),
  zmpop: {
    encode: (keys, where, count) => [
      "ZMPOP",
      String(keys.length),
      ...keys,
      where,
      ...(count === undefined ? [] : ["COUNT", String(count)]),
    ],
    decode: keyAndScored,
  },
  zrandmember: plain("ZRANDMEMBER", same),
  zrandmembers: plain("ZRANDMEMBER", same),
  zrandmembersWithScores: { encode: (key, count) => ["ZRANDMEMBER", key, String(count), "WITHSCORES"], decode: scored },
  zunion: combined("ZUNION", same),
  zunionWithScores: combined("ZUNION", scored, "WITHSCORES"),
  zinter: combined("ZINTER", same),
  zinterWithScores: combined("ZINTER", scored, "WITHSCORES"),
  zdiff: combined("ZDIFF", same),
  zdiffWithScores: combined("ZDIFF", scored, "WITHSCORES"),
  zintercard: {
    encode: (keys, limit) => ["ZINTERCARD", ...inputs(keys), ...(limit === undefined ? [] : ["LIMIT", String(limit)])],
    decode: same,
  },
  zunionstore: stored("ZUNIONSTORE"),
  zinterstore: stored("ZINTERSTORE"),
  zdiffstore: stored("ZDIFFSTORE"),
  zscan: elementScan("ZSCAN", scanned) as unknown as Forms["zscan"],
};
