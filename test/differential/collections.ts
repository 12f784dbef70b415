/**
 * Random commands on hashes, sets and lists for the differential tester, on the same few keys as all others, so that they also meet values of other
 * types. Left out: what is answered by chance (HRANDFIELD, SPOP and SRANDMEMBER of less than all, cursors of walks that do not end at once).
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
  ...["HSCAN", "SSCAN"],
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
