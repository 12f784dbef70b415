/**
 * Random data commands over few keys, so that they meet: the same generator for the model, for replay, for determinism and
 * for full memory. A stream is made by one seed alone; it never looks at replies.
 *
 * Keys and values sit at the edges of the engine's encodings: integers, inline values around 44 and 448 bytes, blocks of
 * their own, keys of 65,535 bytes, empty ones and ones with NUL and CR LF in them. Letters that could make a float of a
 * number (`e`, `x`, `inf`, `nan`) are left out, so that it is easy to say which values INCRBYFLOAT takes.
 */
import type { RandomInput } from "../assembly/bytes/random-input.ts";

const LETTERS = "ghjkqrtuvwyz";
const SHORT_KEYS = ["a", "b", "c", "key:1", "key:2", "", "\0\r\n\xff", "k".repeat(40)];
const LONG_KEYS = ["L".repeat(65_534), "L".repeat(65_535), "M".repeat(70_000)];
const INTEGERS = ["0", "1", "-1", "7", "9999", "10000", "9223372036854775807", "-9223372036854775808", "9223372036854775800"];
const LENGTHS = [0, 1, 8, 20, 43, 44, 45, 100, 447, 448, 449, 1000, 5000];
const LARGE_LENGTHS = [20_000, 262_143, 262_145, 300_000];
const CONDITIONS = ["NX", "XX", "GT", "LT"];

/** How much of what a stream has. */
export interface CommandMix {
  /** Keys longer than 65,533 bytes and values of hundreds of kilobytes. */
  readonly large: boolean;
  /** Whole-database commands: FLUSHALL, SWAPDB. */
  readonly sweeping: boolean;
}

export class CommandStream {
  readonly #random: RandomInput;
  readonly #mix: CommandMix;
  readonly #startMs: number;

  constructor(random: RandomInput, mix: CommandMix, startMs: number) {
    this.#random = random;
    this.#mix = mix;
    this.#startMs = startMs;
  }

  key(): string {
    const random = this.#random;
    return this.#mix.large && random.below(40) === 0 ? random.pick(LONG_KEYS) : random.pick(SHORT_KEYS);
  }

  value(): string {
    const random = this.#random;
    const kind = random.below(10);
    if (kind < 4) return random.below(2) === 0 ? random.pick(INTEGERS) : String(random.below(100_000) - 50_000);
    if (kind === 4) return String((random.below(2000) - 1000) / 8);
    const length = this.#mix.large && random.below(20) === 0 ? random.pick(LARGE_LENGTHS) : random.pick(LENGTHS);
    return random.pick<string>(LETTERS).repeat(length);
  }

  /** The next command, its name first. */
  next(): string[] {
    const random = this.#random;
    const kind = random.below(100);
    if (kind < 40) return this.#stringCommand();
    if (kind < 55) return this.#numberCommand();
    if (kind < 75) return this.#expiryCommand();
    if (kind < 97 || !this.#mix.sweeping) return this.#keyCommand();
    return this.#databaseCommand();
  }

  #stringCommand(): string[] {
    const random = this.#random;
    switch (random.below(14)) {
      case 0:
        return ["SETNX", this.key(), this.value()];
      case 1:
        return ["MSET", this.key(), this.value(), this.key(), this.value(), this.key(), this.value()];
      case 2:
        return ["MSETNX", this.key(), this.value(), this.key(), this.value()];
      case 3:
        return ["GETSET", this.key(), this.value()];
      case 4:
        return ["GETDEL", this.key()];
      case 5:
        return ["MGET", this.key(), this.key(), this.key()];
      case 6:
        return ["APPEND", this.key(), this.value()];
      case 7:
        return ["SETRANGE", this.key(), String(random.below(12) === 0 ? -1 : random.pick(LENGTHS)), this.value()];
      case 8:
        return ["GETRANGE", this.key(), String(random.below(120) - 60), String(random.below(120) - 60)];
      case 9:
        return [random.pick(["STRLEN", "TYPE", "GET"]), this.key()];
      case 10:
        return ["GET", this.key()];
      default:
        return ["SET", this.key(), this.value(), ...this.#setOptions()];
    }
  }

  #setOptions(): string[] {
    const random = this.#random;
    const options: string[] = [];
    if (random.below(4) === 0) options.push(random.pick(["NX", "XX"]));
    if (random.below(4) === 0) options.push("GET");
    const kind = random.below(8);
    if (kind === 0) options.push("KEEPTTL");
    else if (kind < 4) options.push(...this.#expiry());
    return options;
  }

  /** `EX 3` and the like; now and then a time that is refused. */
  #expiry(): string[] {
    const random = this.#random;
    const unit = random.pick(["EX", "PX", "EXAT", "PXAT"]);
    if (random.below(12) === 0) return [unit, unit === "PXAT" ? "0" : random.pick(["-5", "nothing", "9223372036854775807"])];
    const amount = 1 + random.below(4000);
    if (unit === "EX") return [unit, String(1 + (amount >>> 8))];
    if (unit === "PX") return [unit, String(amount)];
    const absolute = this.#startMs + random.below(40_000);
    return [unit, String(unit === "EXAT" ? Math.floor(absolute / 1000) : absolute)];
  }

  #numberCommand(): string[] {
    const random = this.#random;
    switch (random.below(5)) {
      case 0:
        return [random.pick(["INCR", "DECR"]), this.key()];
      case 1:
        return ["INCRBY", this.key(), random.pick(INTEGERS)];
      case 2:
        return ["DECRBY", this.key(), random.pick(INTEGERS)];
      case 3:
        return ["INCRBY", this.key(), this.value()];
      default:
        return this.floatCommand();
    }
  }

  /** INCRBYFLOAT by eighths, which binary and decimal floats both have exactly. */
  floatCommand(): string[] {
    return ["INCRBYFLOAT", this.key(), String((this.#random.below(400) - 200) / 8)];
  }

  #expiryCommand(): string[] {
    const random = this.#random;
    switch (random.below(8)) {
      case 0:
      case 1:
        return [random.pick(["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"]), this.key()];
      case 2:
        return ["PERSIST", this.key()];
      case 3:
        return ["GETEX", this.key(), ...(random.below(3) === 0 ? ["PERSIST"] : random.below(3) === 0 ? [] : this.#expiry())];
      case 4:
        return [random.pick(["SETEX", "PSETEX"]), this.key(), String(random.below(3000)), this.value()];
      case 5:
        return ["PEXPIREAT", this.key(), String(this.#startMs + random.below(40_000)), ...this.#conditions()];
      case 6:
        return ["EXPIRE", this.key(), String(random.below(10) - 1), ...this.#conditions()];
      default:
        return ["PEXPIRE", this.key(), String(random.below(5000) - 50), ...this.#conditions()];
    }
  }

  #conditions(): string[] {
    const random = this.#random;
    if (random.below(2) === 0) return [];
    const first = random.pick(CONDITIONS);
    return random.below(6) === 0 ? [first, random.pick(CONDITIONS.filter((each) => each !== first))] : [first];
  }

  #keyCommand(): string[] {
    const random = this.#random;
    switch (random.below(9)) {
      case 0:
        return ["RENAME", this.key(), this.key()];
      case 1:
        return ["RENAMENX", this.key(), this.key()];
      case 2:
        return ["COPY", this.key(), this.key(), ...(random.below(2) === 0 ? ["REPLACE"] : [])];
      case 3:
        return ["COPY", this.key(), this.key(), "DB", String(random.below(3)), "REPLACE"];
      case 4:
        return ["MOVE", this.key(), String(random.below(3))];
      case 5:
        return [random.pick(["EXISTS", "TOUCH"]), this.key(), this.key()];
      case 6:
        return ["SELECT", String(random.below(12) === 0 ? 16 : random.below(3))];
      default:
        return [random.pick(["DEL", "UNLINK"]), this.key(), this.key()];
    }
  }

  #databaseCommand(): string[] {
    const random = this.#random;
    if (random.below(3) === 0) return [random.pick(["FLUSHDB", "FLUSHDB", "FLUSHALL", "WIPEDB"])];
    return ["SWAPDB", String(random.below(3)), String(random.below(3))];
  }
}
