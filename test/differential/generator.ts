/**
 * Random command sequences for the differential tester: few keys, so that commands meet each other's values, and arguments
 * of every nasty kind. The same random generator gives the same sequence.
 *
 * A step is a request, or `["@advance", milliseconds]`: the clock of both servers moves on.
 *
 * Commands on hashes, sets, lists and sorted sets are collections.ts's. Commands that answer in no order (KEYS, SCAN, SMEMBERS ...) do not stand between MULTI and EXEC, whose reply could not be compared then.
 *
 * Left out: what is answered from chance or from the server's own state (RANDOMKEY, OBJECT IDLETIME and REFCOUNT, INFO, CLIENT, TIME), and
 * SCAN TYPE none, for which redis-server 7.0 shows keys that it has just deleted.
 */
import type { SeededRandom } from "../support/random.ts";
import { hashMakers, listMakers, setMakers, sortedSetMakers, UNORDERED_ELEMENTS } from "./collections.ts";

export type Step = readonly string[];

const KEYS = ["a", "b", "c", "k:1", "k:2", "key with blanks", "\x00\xff\r\n", ""];
const INTEGERS = [
  "0",
  "1",
  "-1",
  "7",
  "10",
  "100",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775806",
  "2147483648",
  "12345678901",
];
const NOT_INTEGERS = ["", " 1", "1 ", "+1", "01", "-0", "1.5", "abc", "9223372036854775808", "1e3", "0x10"];
const FLOATS = [
  "1.5",
  "-2.25",
  "3.0e3",
  "0.1",
  "1e-5",
  "123456789.123456789",
  "-0",
  "inf",
  "-inf",
  "nan",
  "1e4000",
  "abc",
  "",
  " 1",
  "5e-324",
  "10",
  "1e17",
];
const PATTERNS = ["*", "k*", "k:?", "[ab]", "[^a]", "*\\**", "", "a*b", "k:[0-9]", "?", "[a-c]", "nothing*"];
const DATABASES = ["0", "1", "2"];
const BAD_DATABASES = ["-1", "16", "abc", "99999999999", ""];
const HOUR_MS = 3_600_000;
/** Commands that take another argument since Redis 7.2. */
const LONGER_SINCE: readonly string[] = ["ZRANK", "ZREVRANK"];
export const UNORDERED: readonly string[] = ["KEYS", "SCAN", ...UNORDERED_ELEMENTS];

/** Whether the last word is the count without which chance answers. */
function isCount([name = "", ...words]: Step): boolean {
  return words.length === 2 && ["HRANDFIELD", "SPOP", "SRANDMEMBER", "ZRANDMEMBER"].includes(name);
}

/** Makes steps. `nowMs` is the servers' time at the beginning of the sequence. */
export class Generator {
  readonly #random: SeededRandom;
  readonly #collections: readonly (() => Step)[];
  #nowMs: number;
  /** MULTI came, and neither EXEC nor DISCARD since: commands may be queued. */
  #queueing = false;

  constructor(random: SeededRandom, nowMs: number) {
    this.#random = random;
    this.#nowMs = nowMs;
    const sources = { random, key: this.#key, keys: this.#keys, value: this.#value, integer: this.#integer, float: this.#float };
    this.#collections = [...hashMakers(sources), ...setMakers(sources), ...listMakers(sources), ...sortedSetMakers(sources)];
  }

  next(): Step {
    const { below, pick } = this.#random;
    if (below(60) === 0) return this.#advance();
    const make = (): Step => pick(below(3) === 0 ? this.#collections : this.#makers)();
    let step = make();
    while (this.#queueing && UNORDERED.includes(step[0] ?? "")) step = make();
    if (step[0] === "MULTI") this.#queueing = true;
    else if (step[0] === "EXEC" || step[0] === "DISCARD") this.#queueing = false;
    if (below(80) === 0 && !isCount(step)) return step.slice(0, Math.max(1, step.length - 1));
    if (below(120) === 0 && !LONGER_SINCE.includes(step[0] ?? "")) return [...step, this.#value()];
    return below(4) === 0 ? [changeCase(step[0] ?? "", below(2) === 0), ...step.slice(1)] : step;
  }

  #advance(): Step {
    const step = this.#random.pick([1, 500, 999, 1000, 5000, 100_000, HOUR_MS]);
    this.#nowMs += step;
    return ["@advance", String(step)];
  }

  #key = (): string => this.#random.pick(KEYS);
  #keys = (most: number): string[] => Array.from({ length: this.#random.between(1, most) }, this.#key);

  #integer = (): string => (this.#random.below(8) === 0 ? this.#random.pick(NOT_INTEGERS) : this.#random.pick(INTEGERS));
  #small = (): string => (this.#random.below(10) === 0 ? this.#integer() : String(this.#random.between(-12, 60)));
  #float = (): string => (this.#random.below(3) === 0 ? this.#integer() : this.#random.pick(FLOATS));
  #database = (): string => (this.#random.below(8) === 0 ? this.#random.pick(BAD_DATABASES) : this.#random.pick(DATABASES));

  #value = (): string => {
    const { below, pick, between, bytes } = this.#random;
    switch (below(8)) {
      case 0:
        return pick(INTEGERS);
      case 1:
        return pick(NOT_INTEGERS);
      case 2:
        return pick(FLOATS);
      case 3:
        return "";
      case 4:
        return Buffer.from(bytes(between(1, 60))).toString("latin1");
      case 5:
        return "x".repeat(pick([43, 44, 45, 63, 64, 447, 448, 449, 1000, 5000]));
      case 6:
        return String(between(-1000, 1000));
      default:
        return `${pick(["hello", "abcabc", "foo"])}${below(10)}`;
    }
  };

  /** A relative time: mostly far enough, sometimes nonsense. */
  #time = (unitMs: number): string => {
    const { below, pick, between } = this.#random;
    if (below(6) === 0) return pick(["0", "-1", "9223372036854775807", "9223372036854775", "-9223372036854775808", "abc", "", "1.5"]);
    return String(Math.max(1, Math.round(between(1, 200_000) / unitMs)));
  };

  /** An absolute time: ahead, behind, or nonsense. */
  #moment = (unitMs: number): string => {
    const { below, pick, between } = this.#random;
    if (below(6) === 0) return pick(["0", "-1", "1", "9223372036854775807", "9223372036854775", "abc", ""]);
    return String(Math.floor((this.#nowMs + between(-20_000, 200_000)) / unitMs));
  };

  #expiryOption = (): string[] => {
    switch (this.#random.below(5)) {
      case 0:
        return ["EX", this.#time(1000)];
      case 1:
        return ["PX", this.#time(1)];
      case 2:
        return ["EXAT", this.#moment(1000)];
      case 3:
        return ["PXAT", this.#moment(1)];
      default:
        return [this.#random.pick(["KEEPTTL", "PERSIST", "EX", "nonsense"])];
    }
  };

  #some = (options: readonly (() => string[])[]): string[] => {
    const chosen = options.filter(() => this.#random.below(3) === 0).flatMap((option) => option());
    return this.#random.below(20) === 0 ? [...chosen, "bogus"] : chosen;
  };

  #pairs = (): string[] => this.#keys(4).flatMap((key) => [key, this.#value()]);
  #word = (...words: readonly string[]) => [this.#random.pick(words)];

  readonly #strings: readonly (() => Step)[] = [
    () => ["SET", this.#key(), this.#value()],
    () => ["SET", this.#key(), this.#value(), ...this.#some([() => this.#word("NX", "XX", "nx"), () => ["GET"], this.#expiryOption])],
    () => ["GET", this.#key()],
    () => ["GETDEL", this.#key()],
    () => ["GETEX", this.#key(), ...this.#some([this.#expiryOption])],
    () => ["GETSET", this.#key(), this.#value()],
    () => ["GETRANGE", this.#key(), this.#small(), this.#small()],
    () => ["SUBSTR", this.#key(), this.#small(), this.#small()],
    () => ["SETRANGE", this.#key(), this.#random.pick(["0", "1", "5", "44", "500", "-1", "536870912", "abc"]), this.#value()],
    () => ["APPEND", this.#key(), this.#value()],
    () => ["STRLEN", this.#key()],
    () => ["MGET", ...this.#keys(6)],
    () => ["MSET", ...this.#pairs()],
    () => ["MSETNX", ...this.#pairs()],
    () => ["SETNX", this.#key(), this.#value()],
    () => ["SETEX", this.#key(), this.#time(1000), this.#value()],
    () => ["PSETEX", this.#key(), this.#time(1), this.#value()],
    () => ["INCR", this.#key()],
    () => ["DECR", this.#key()],
    () => ["INCRBY", this.#key(), this.#integer()],
    () => ["DECRBY", this.#key(), this.#integer()],
    () => ["INCRBYFLOAT", this.#key(), this.#float()],
    () => [
      "LCS",
      this.#key(),
      this.#key(),
      ...this.#some([() => this.#word("LEN", "IDX"), () => ["MINMATCHLEN", this.#small()], () => ["WITHMATCHLEN"]]),
    ],
  ];

  readonly #generic: readonly (() => Step)[] = [
    () => ["DEL", ...this.#keys(3)],
    () => ["UNLINK", ...this.#keys(3)],
    () => ["EXISTS", ...this.#keys(4)],
    () => ["TOUCH", ...this.#keys(4)],
    () => ["TYPE", this.#key()],
    () => ["RENAME", this.#key(), this.#key()],
    () => ["RENAMENX", this.#key(), this.#key()],
    () => ["COPY", this.#key(), this.#key(), ...this.#some([() => ["DB", this.#database()], () => ["REPLACE"]])],
    () => ["MOVE", this.#key(), this.#database()],
    () => ["KEYS", this.#random.pick(PATTERNS)],
    () => [
      "SCAN",
      "0",
      "COUNT",
      "10000",
      ...this.#some([
        () => ["MATCH", this.#random.pick(PATTERNS)],
        () => ["TYPE", this.#random.pick(["string", "hash", "set", "STRING", "nonsense"])],
      ]),
    ],
    () => ["SCAN", this.#random.pick(["abc", "--1", "", "1.5"])],
    () => ["DBSIZE"],
    () => ["OBJECT", "ENCODING", this.#key()],
    () => ["OBJECT", "FREQ", this.#key()],
    () => ["OBJECT", this.#random.pick(["nonsense", "ENCODING"])],
  ];

  readonly #expiry: readonly (() => Step)[] = [
    () => ["EXPIRE", this.#key(), this.#time(1000), ...this.#conditions()],
    () => ["PEXPIRE", this.#key(), this.#time(1), ...this.#conditions()],
    () => ["EXPIREAT", this.#key(), this.#moment(1000), ...this.#conditions()],
    () => ["PEXPIREAT", this.#key(), this.#moment(1), ...this.#conditions()],
    () => [this.#random.pick(["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"]), this.#key()],
    () => [this.#random.pick(["TTL", "PTTL"]), this.#key()],
    () => ["PERSIST", this.#key()],
  ];

  readonly #server: readonly (() => Step)[] = [
    () => ["SELECT", this.#database()],
    () => ["SELECT", "0"],
    () => ["SWAPDB", this.#database(), this.#database()],
    () => ["PING", ...this.#some([() => [this.#value()]])],
    () => ["ECHO", this.#value()],
    () =>
      this.#random.below(6) === 0
        ? [this.#random.pick(["FLUSHDB", "FLUSHALL"]), ...this.#some([() => this.#word("ASYNC", "SYNC")])]
        : ["DBSIZE"],
    () => [this.#random.pick(["NOSUCHCOMMAND", "GE", "SETT", "get\r\n", "\x00"]), this.#value()],
  ];

  readonly #transactions: readonly (() => Step)[] = [
    () => ["MULTI"],
    () => ["MULTI"],
    () => ["EXEC"],
    () => ["EXEC"],
    () => ["EXEC"],
    () => ["EXEC"],
    () => ["WATCH", ...this.#keys(3)],
    () => ["WATCH", this.#key()],
    () => [this.#random.pick(["DISCARD", "UNWATCH", "UNWATCH", "EXEC"])],
  ];

  #conditions = (): string[] => this.#some([() => this.#word("NX", "XX", "GT", "LT")]);

  readonly #makers: readonly (() => Step)[] = [
    ...this.#strings,
    ...this.#strings,
    ...this.#strings,
    ...this.#generic,
    ...this.#generic,
    ...this.#expiry,
    ...this.#expiry,
    ...this.#server,
    ...this.#transactions,
  ];
}

function changeCase(text: string, upper: boolean): string {
  return upper ? text.toUpperCase() : text.toLowerCase();
}
