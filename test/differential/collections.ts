/**
 * Random commands on hashes, sets, lists and sorted sets for the differential tester, on the same few keys as all others, so that they also meet values
 * of other types. Left out: what is answered by chance (HRANDFIELD, SPOP, SRANDMEMBER and ZRANDMEMBER of less than all,
 * cursors of walks that do not end at once). Scores are such that Redis 7.0 and 7.2 print them alike, and ranges by member are asked of a sorted set
 * whose scores are all the same, since they mean nothing else.
 */
import type { SeededRandom } from "../support/random.ts";

/** Where arguments come from. */
export interface Sources {
  readonly random: SeededRandom;
  readonly key: () => string;
  readonly keys: (most: number) => string[];
  readonly value: () => string;
  readonly integer: () => string;
  readonly float: () => string;
}

const FIELDS = ["f", "g", "h", "1", "-5", "01", "", "a field with blanks", "\x00\xff\r\n", "x".repeat(64), "x".repeat(65), "y".repeat(200)];
const ALL = "100000";
/** Members and fields that one command brings at most: beyond all limits of small forms. */
const MANY = 300;

/** Commands that answer in no order. */
export const UNORDERED_ELEMENTS: readonly string[] = [
  ...["HGETALL", "HKEYS", "HVALS", "HRANDFIELD", "SMEMBERS", "SINTER", "SUNION", "SDIFF", "SPOP", "SRANDMEMBER"],
  ...["HSCAN", "SSCAN", "ZSCAN", "ZRANDMEMBER"],
];

export function hashMakers({ random, key, value, integer, float }: Sources): readonly (() => string[])[] {
  const field = (): string => (random.below(3) === 0 ? `field${random.below(MANY)}` : random.pick(FIELDS));
  const fields = (most: number): string[] => Array.from({ length: random.between(1, most) }, field);
  const pairs = (most: number): string[] => fields(most).flatMap((each) => [each, value()]);
  return [
    () => ["HSET", key(), ...pairs(3)],
    () => ["HSET", key(), field(), value()],
    () => ["HSET", key(), ...(random.below(6) === 0 ? pairs(MANY) : pairs(2))],
    () => ["HMSET", key(), ...pairs(3)],
    () => ["HSETNX", key(), field(), value()],
    () => ["HGET", key(), field()],
    () => ["HMGET", key(), ...fields(4)],
    () => [random.pick(["HGETALL", "HKEYS", "HVALS"]), key()],
    () => ["HLEN", key()],
    () => [random.pick(["HEXISTS", "HSTRLEN"]), key(), field()],
    () => ["HDEL", key(), ...fields(4)],
    () => ["HINCRBY", key(), field(), integer()],
    () => ["HINCRBYFLOAT", key(), field(), float()],
    () => ["HRANDFIELD", key(), random.pick([ALL, "0", "abc"]), ...random.pick([[], [], ["WITHVALUES"], ["bogus"]])],
    () => ["HSCAN", key(), "0", "COUNT", ALL, ...random.pick([[], ["MATCH", "f*"]])],
  ];
}

export function setMakers({ random, key, keys, value }: Sources): readonly (() => string[])[] {
  const member = (): string => (random.below(2) === 0 ? String(random.below(MANY)) : random.below(3) === 0 ? value() : random.pick(FIELDS));
  const members = (most: number): string[] => Array.from({ length: random.between(1, most) }, member);
  const integers = (most: number): string[] => Array.from({ length: random.between(1, most) }, () => String(random.between(-MANY, MANY)));
  return [
    () => ["SADD", key(), ...members(4)],
    () => ["SADD", key(), ...integers(5)],
    () => ["SADD", key(), ...(random.below(4) === 0 ? (random.below(2) === 0 ? integers : members)(MANY) : integers(2))],
    () => ["SREM", key(), ...members(4)],
    () => ["SREM", key(), ...integers(20)],
    () => ["SISMEMBER", key(), member()],
    () => ["SMISMEMBER", key(), ...members(4)],
    () => ["SCARD", key()],
    () => ["SMEMBERS", key()],
    () => ["SMOVE", key(), key(), member()],
    () => [random.pick(["SPOP", "SRANDMEMBER"]), key(), random.pick([ALL, "0", "abc"])],
    () => [random.pick(["SINTER", "SUNION", "SDIFF"]), ...keys(4)],
    () => [random.pick(["SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"]), key(), ...keys(3)],
    () => ["SINTERCARD", random.pick(["1", "2", "2", "0", "5"]), key(), key(), ...random.pick([[], ["LIMIT", "2"], ["LIMIT", "-1"]])],
    () => ["SSCAN", key(), "0", "COUNT", ALL, ...random.pick([[], ["MATCH", "1*"]])],
  ];
}

const SCORES = ["0", "1", "-1", "2", "3", "10", "2.5", "-0.5", "-0", "inf", "+inf", "-inf", "0x10", "1e3", "123456789012"];
const BAD_SCORES = ["nan", "abc", "", " 1", "1e4000"];
const WEIGHTS = ["1", "1", "2", "-1", "0", "inf", "-inf"];
/** A sorted set of one score. */
const LEX = "lex";

export function sortedSetMakers({ random, key, keys, value, integer }: Sources): readonly (() => string[])[] {
  const score = (): string => (random.below(20) === 0 ? random.pick(BAD_SCORES) : random.pick(SCORES));
  const member = (): string => (random.below(2) === 0 ? String(random.below(MANY)) : random.below(3) === 0 ? value() : random.pick(FIELDS));
  const members = (most: number): string[] => Array.from({ length: random.between(1, most) }, member);
  const scored = (most: number): string[] => members(most).flatMap((each) => [score(), each]);
  const many = (): string[] => members(MANY).flatMap((each) => [random.pick(SCORES), each]);
  const rank = (): string => (random.below(10) === 0 ? integer() : String(random.between(-9, 9)));
  const limit = (): string => (random.below(8) === 0 ? "(" : "") + score();
  const lex = (): string =>
    random.below(4) === 0 ? random.pick(["-", "+", "-", "+", "", "a", "+x", "[", "("]) : random.pick(["[", "("]) + member();
  const portion = (): string[] => random.pick([[], [], ["LIMIT", rank(), rank()]]);
  const withScores = (): string[] => random.pick([[], ["WITHSCORES"]]);
  const options = (): string[] =>
    random.pick([[], [], [], ["NX"], ["XX"], ["GT"], ["LT"], ["CH"], ["GT", "CH"], ["XX", "LT"], ["NX", "GT"]]);
  const inputs = (): string[] => {
    const names = keys(4);
    return [String(random.below(12) === 0 ? random.below(5) : names.length), ...names];
  };
  const combined = (): string[] => {
    const named = inputs();
    const weights = random.below(3) === 0 ? ["WEIGHTS", ...named.slice(1).map(() => random.pick(WEIGHTS))] : [];
    return [...named, ...weights, ...random.pick([[], [], ["AGGREGATE", random.pick(["SUM", "MIN", "MAX", "bogus"])]])];
  };
  return [
    () => ["ZADD", key(), ...scored(4)],
    () => ["ZADD", key(), ...options(), ...scored(3)],
    () => ["ZADD", key(), ...options(), "INCR", score(), member()],
    () => ["ZADD", key(), ...(random.below(4) === 0 ? many() : scored(2))],
    () => ["ZINCRBY", key(), score(), member()],
    () => ["ZREM", key(), ...members(20)],
    () => [random.pick(["ZSCORE", "ZRANK", "ZREVRANK"]), key(), member()],
    () => ["ZMSCORE", key(), ...members(4)],
    () => ["ZCARD", key()],
    () => ["ZCOUNT", key(), limit(), limit()],
    () => [random.pick(["ZRANGE", "ZREVRANGE"]), key(), rank(), rank(), ...withScores()],
    () => ["ZRANGE", key(), rank(), rank(), ...random.pick([[], ["REV"]]), ...withScores()],
    () => ["ZRANGE", key(), limit(), limit(), "BYSCORE", ...random.pick([[], ["REV"]]), ...portion(), ...withScores()],
    () => [random.pick(["ZRANGEBYSCORE", "ZREVRANGEBYSCORE"]), key(), limit(), limit(), ...withScores(), ...portion()],
    () => ["ZRANGESTORE", key(), key(), limit(), limit(), "BYSCORE", ...random.pick([[], ["REV"]]), ...portion()],
    () => ["ZRANGESTORE", key(), key(), rank(), rank()],
    () => ["ZREMRANGEBYRANK", key(), rank(), rank()],
    () => ["ZREMRANGEBYSCORE", key(), limit(), limit()],
    () => [random.pick(["ZPOPMIN", "ZPOPMAX"]), key(), ...random.pick([[], ["2"], ["0"], ["50"], ["-1"]])],
    () => ["ZMPOP", ...inputs(), random.pick(["MIN", "MAX"]), ...random.pick([[], ["COUNT", "3"], ["COUNT", "0"]])],
    () => ["ZRANDMEMBER", key(), random.pick([ALL, "0", "abc"]), ...random.pick([[], ["WITHSCORES"], ["bogus"]])],
    () => ["ZSCAN", key(), "0", "COUNT", ALL, ...random.pick([[], ["MATCH", "1*"]])],
    () => [random.pick(["ZUNION", "ZINTER"]), ...combined(), ...withScores()],
    () => ["ZDIFF", ...inputs(), ...withScores()],
    () => [random.pick(["ZUNIONSTORE", "ZINTERSTORE"]), key(), ...combined()],
    () => ["ZDIFFSTORE", key(), ...inputs()],
    () => ["ZINTERCARD", ...inputs(), ...random.pick([[], ["LIMIT", "2"], ["LIMIT", "-1"]])],
    () => ["ZADD", LEX, ...members(20).flatMap((each) => ["0", each])],
    () => ["ZREM", LEX, member()],
    () => [random.pick(["ZRANGEBYLEX", "ZREVRANGEBYLEX"]), LEX, lex(), lex(), ...portion()],
    () => ["ZRANGE", LEX, lex(), lex(), "BYLEX", ...random.pick([[], ["REV"]]), ...portion()],
    () => ["ZLEXCOUNT", LEX, lex(), lex()],
    () => ["ZREMRANGEBYLEX", LEX, lex(), lex()],
  ];
}

export function listMakers({ random, key, value, integer }: Sources): readonly (() => string[])[] {
  const element = (): string => (random.below(2) === 0 ? String(random.below(20)) : random.below(2) === 0 ? value() : random.pick(FIELDS));
  const elements = (most: number): string[] => Array.from({ length: random.between(1, most) }, element);
  const position = (): string => (random.below(8) === 0 ? integer() : String(random.between(-12, 12)));
  const end = (): string => random.pick(["LEFT", "RIGHT", "left", "Right", "UP"]);
  const push = (): string => random.pick(["LPUSH", "RPUSH"]);
  const pop = (): string => random.pick(["LPOP", "RPOP"]);
  return [
    () => [push(), key(), ...elements(4)],
    () => [push(), key(), ...elements(4)],
    () => [push(), key(), ...(random.below(4) === 0 ? elements(MANY) : elements(2))],
    () => [random.pick(["LPUSHX", "RPUSHX"]), key(), ...elements(3)],
    () => [pop(), key()],
    () => [pop(), key(), random.pick(["0", "1", "2", "3", "200", "-1", "abc", ""])],
    () => ["LLEN", key()],
    () => ["LINDEX", key(), position()],
    () => ["LRANGE", key(), position(), position()],
    () => ["LRANGE", key(), "0", "-1"],
    () => ["LSET", key(), position(), element()],
    () => ["LINSERT", key(), random.pick(["BEFORE", "after", "AFTER", "up"]), element(), element()],
    // Of -2^63 redis-server 7.0 does not know that it is out of range.
    () => ["LREM", key(), random.below(9) === 0 ? "abc" : String(random.between(-4, 4)), element()],
    () => ["LTRIM", key(), position(), position()],
    () => ["LTRIM", key(), random.pick(["0", "1", "-200"]), random.pick(["-1", "-2", "200"])],
    () => [
      "LPOS",
      key(),
      element(),
      ...random.pick([[], [], ["RANK", random.pick(["1", "2", "-1", "-3", "0", "x"])]]),
      ...random.pick([[], ["COUNT", random.pick(["0", "1", "3", "-1"])]]),
      ...random.pick([[], [], ["MAXLEN", random.pick(["0", "2", "100", "-1"])], ["MAXLEN"]]),
    ],
    () => ["LMOVE", key(), key(), end(), end()],
    () => ["RPOPLPUSH", key(), key()],
    () => [
      "LMPOP",
      random.pick(["1", "2", "2", "0", "3"]),
      key(),
      key(),
      end(),
      ...random.pick([[], ["COUNT", random.pick(["1", "3", "0"])]]),
    ],
  ];
}
