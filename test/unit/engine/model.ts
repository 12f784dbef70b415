/**
 * The keyspace as a plain JavaScript program: what the engine's data commands should do, in the simplest form that can be
 * checked by reading. Values are Latin-1 strings, a database is a Map, a reply is its RESP2 text.
 *
 * Time is an argument; a key whose expiry lies before it does not exist. The model knows the commands that `commands.ts`
 * makes, in the forms that it makes them.
 */
import { replyErrors } from "../../../host/common/error-table.ts";
import { bulk } from "../../support/engine.ts";

export interface Item {
  readonly value: string;
  /** Unix milliseconds; 0: none. */
  readonly expiry: number;
}

type Handler = (args: readonly string[], command: string) => string;

const OK = "+OK\r\n";
const NULL = "$-1\r\n";
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const DATABASES = 16;

const integer = (value: number | bigint | boolean): string => `:${typeof value === "boolean" ? Number(value) : value}\r\n`;
const orNull = (item: Item | undefined): string => (item === undefined ? NULL : bulk(item.value));

/** An error reply from the table, with `%s` replaced. */
export function errorReply(name: (typeof replyErrors)[number]["name"], insertion = ""): string {
  const row = replyErrors.find((each) => each.name === name)!;
  return `-${row.prefix} ${row.text.replace("%s", insertion)}\r\n`;
}

/** The i64 that a text is the canonical form of. */
function parseInteger(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value > INT64_MAX || value < INT64_MIN ? undefined : value;
}

export class KeyspaceModel {
  readonly databases: Map<string, Item>[] = Array.from({ length: DATABASES }, () => new Map());
  selected = 0;
  #nowMs = 0;
  readonly #handlers: Readonly<Record<string, Handler>> = this.#commands();

  /** Runs one command at a time; the reply. */
  call(args: readonly string[], nowMs: number): string {
    this.#nowMs = nowMs;
    const command = args[0]!.toLowerCase();
    return this.#handlers[command]!(args.slice(1), command);
  }

  /** The live keys of a database. */
  keys(index: number, nowMs: number): string[] {
    this.#nowMs = nowMs;
    return [...this.databases[index]!.keys()].filter((key) => this.#find(key, index) !== undefined);
  }

  #find(key: string, index = this.selected): Item | undefined {
    const database = this.databases[index]!;
    const item = database.get(key);
    if (item === undefined || item.expiry === 0 || item.expiry >= this.#nowMs) return item;
    database.delete(key);
    return undefined;
  }

  #store(key: string, value: string, expiry = 0, index = this.selected): void {
    this.databases[index]!.set(key, { value, expiry });
  }

  #delete(key: string): boolean {
    const found = this.#find(key) !== undefined;
    this.databases[this.selected]!.delete(key);
    return found;
  }

  #commands(): Readonly<Record<string, Handler>> {
    const remove: Handler = (keys) => integer(keys.filter((key) => this.#delete(key)).length);
    const count: Handler = (keys) => integer(keys.filter((key) => this.#find(key) !== undefined).length);
    const add =
      (sign: bigint): Handler =>
      ([key, amount = "1"]) =>
        this.#add(key!, sign, amount);
    return {
      get: ([key]) => orNull(this.#find(key!)),
      set: (args, command) => this.#set(args, command),
      setnx: ([key, value]) => this.#setUnlessPresent([key!, value!]),
      msetnx: (pairs) => this.#setUnlessPresent(pairs),
      mset: (pairs) => this.#setPairs(pairs),
      setex: ([key, time, value], command) => this.#set([key!, value!, "EX", time!], command),
      psetex: ([key, time, value], command) => this.#set([key!, value!, "PX", time!], command),
      getset: ([key, value]) => this.#replace(key!, value!),
      getdel: ([key]) => this.#take(key!),
      getex: (args, command) => this.#getEx(args, command),
      mget: (keys) => `*${keys.length}\r\n${keys.map((key) => orNull(this.#find(key))).join("")}`,
      strlen: ([key]) => integer(this.#find(key!)?.value.length ?? 0),
      append: ([key, tail]) => this.#append(key!, tail!),
      setrange: ([key, offset, part]) => this.#setRange(key!, Number(offset), part!),
      getrange: ([key, start, stop]) => bulk(this.#range(this.#find(key!)?.value ?? "", Number(start), Number(stop))),
      incr: add(1n),
      decr: add(-1n),
      incrby: add(1n),
      decrby: add(-1n),
      incrbyfloat: ([key, amount]) => this.#addFloat(key!, amount!),
      del: remove,
      unlink: remove,
      exists: count,
      touch: count,
      type: ([key]) => (this.#find(key!) === undefined ? "+none\r\n" : "+string\r\n"),
      rename: ([source, target]) => this.#rename(source!, target!, false),
      renamenx: ([source, target]) => this.#rename(source!, target!, true),
      copy: (args) => this.#copy(args),
      move: ([key, index]) => this.#move(key!, Number(index)),
      expire: (args, command) => this.#expire(args, command),
      pexpire: (args, command) => this.#expire(args, command),
      expireat: (args, command) => this.#expire(args, command),
      pexpireat: (args, command) => this.#expire(args, command),
      ttl: ([key]) => this.#time(key!, (expiry) => Math.floor((expiry - this.#nowMs + 500) / 1000)),
      pttl: ([key]) => this.#time(key!, (expiry) => expiry - this.#nowMs),
      expiretime: ([key]) => this.#time(key!, (expiry) => Math.floor((expiry + 500) / 1000)),
      pexpiretime: ([key]) => this.#time(key!, (expiry) => expiry),
      persist: ([key]) => this.#persist(key!),
      lcs: ([first, second]) => integer(commonLength(this.#find(first!)?.value ?? "", this.#find(second!)?.value ?? "")),
      select: ([index]) => this.#select(Number(index)),
      swapdb: ([first, second]) => this.#swap(Number(first), Number(second)),
      flushdb: () => this.#clear(this.databases[this.selected]!),
      flushall: () => this.#clear(...this.databases),
      wipedb: () => this.#clear(...this.databases),
    };
  }

  /** Expiry of `EX 10` and the like; a string: the error instead. */
  #expiryOf(unit: string, time: string, command: string): number | string {
    const parsed = parseInteger(time);
    if (parsed === undefined) return errorReply("NOT_INTEGER");
    if (parsed <= 0n) return errorReply("INVALID_EXPIRE", command);
    const milliseconds = unit.startsWith("EX") ? parsed * 1000n : parsed;
    const expiry = unit.endsWith("AT") ? milliseconds : milliseconds + BigInt(this.#nowMs);
    return expiry > INT64_MAX ? errorReply("INVALID_EXPIRE", command) : Number(expiry);
  }

  #set([key, value, ...options]: readonly string[], command: string): string {
    const unit = options.find((word) => /^[EP]X(AT)?$/.test(word));
    const expiry = unit === undefined ? 0 : this.#expiryOf(unit, options[options.indexOf(unit) + 1]!, command);
    if (typeof expiry === "string") return expiry;
    const old = this.#find(key!);
    const refused = (options.includes("NX") && old !== undefined) || (options.includes("XX") && old === undefined);
    if (!refused) this.#store(key!, value!, options.includes("KEEPTTL") ? (old?.expiry ?? 0) : expiry);
    if (options.includes("GET")) return orNull(old);
    return refused ? NULL : OK;
  }

  #setPairs(pairs: readonly string[]): string {
    for (let index = 0; index < pairs.length; index += 2) this.#store(pairs[index]!, pairs[index + 1]!);
    return OK;
  }

  #setUnlessPresent(pairs: readonly string[]): string {
    if (pairs.some((key, index) => index % 2 === 0 && this.#find(key) !== undefined)) return integer(0);
    this.#setPairs(pairs);
    return integer(1);
  }

  #replace(key: string, value: string): string {
    const reply = orNull(this.#find(key));
    this.#store(key, value);
    return reply;
  }

  #take(key: string): string {
    const reply = orNull(this.#find(key));
    this.#delete(key);
    return reply;
  }

  #getEx([key, option, time]: readonly string[], command: string): string {
    const item = this.#find(key!);
    if (item === undefined) return NULL;
    const expiry = time === undefined ? 0 : this.#expiryOf(option!, time, command);
    if (typeof expiry === "string") return expiry;
    if (item !== undefined && option !== undefined) {
      if (option !== "PERSIST" && expiry <= this.#nowMs) this.#delete(key!);
      else this.#store(key!, item.value, expiry);
    }
    return orNull(item);
  }

  #append(key: string, tail: string): string {
    const item = this.#find(key);
    const value = (item?.value ?? "") + tail;
    this.#store(key, value, item?.expiry);
    return integer(value.length);
  }

  #setRange(key: string, offset: number, part: string): string {
    if (offset < 0) return errorReply("OFFSET_OUT_OF_RANGE");
    const item = this.#find(key);
    const value = item?.value ?? "";
    if (part === "") return integer(value.length);
    const changed = value.padEnd(offset, "\0").slice(0, offset) + part + value.slice(offset + part.length);
    this.#store(key, changed, item?.expiry);
    return integer(changed.length);
  }

  #range(value: string, start: number, stop: number): string {
    const from = start < 0 ? Math.max(0, value.length + start) : start;
    const to = stop < 0 ? Math.max(0, value.length + stop) : stop;
    if (start < 0 && stop < 0 && start > stop) return "";
    return value.slice(from, to + 1);
  }

  #add(key: string, sign: bigint, amount: string): string {
    const item = this.#find(key);
    const step = parseInteger(amount);
    if (step === undefined) return errorReply("NOT_INTEGER");
    if (sign < 0n && step === INT64_MIN) return errorReply("DECREMENT_OVERFLOW");
    const value = item === undefined ? 0n : parseInteger(item.value);
    if (value === undefined) return errorReply("NOT_INTEGER");
    const sum = value + sign * step;
    if (sum > INT64_MAX || sum < INT64_MIN) return errorReply("OVERFLOW");
    this.#store(key, String(sum), item?.expiry);
    return integer(sum);
  }

  /** Requires: both numbers are short decimals that a double adds exactly (commands.ts makes no others). */
  #addFloat(key: string, amount: string): string {
    const item = this.#find(key);
    const value = item?.value ?? "0";
    if (!/^-?\d+(\.\d+)?$/.test(value)) return errorReply("NOT_FLOAT");
    const sum = String(Number(value) + Number(amount));
    this.#store(key, sum === "-0" ? "0" : sum, item?.expiry);
    return bulk(sum === "-0" ? "0" : sum);
  }

  #rename(source: string, target: string, unlessPresent: boolean): string {
    const item = this.#find(source);
    if (item === undefined) return errorReply("NO_SUCH_KEY");
    if (unlessPresent && this.#find(target) !== undefined) return integer(0);
    this.#delete(source);
    this.#store(target, item.value, item.expiry);
    return unlessPresent ? integer(1) : OK;
  }

  #copy([source, target, ...options]: readonly string[]): string {
    const index = options.includes("DB") ? Number(options[options.indexOf("DB") + 1]) : this.selected;
    if (index === this.selected && source === target) return errorReply("SAME_OBJECT");
    const item = this.#find(source!);
    if (item === undefined) return integer(0);
    if (this.#find(target!, index) !== undefined && !options.includes("REPLACE")) return integer(0);
    this.#store(target!, item.value, item.expiry, index);
    return integer(1);
  }

  #move(key: string, index: number): string {
    if (index === this.selected) return errorReply("SAME_OBJECT");
    const item = this.#find(key);
    if (item === undefined || this.#find(key, index) !== undefined) return integer(0);
    this.#delete(key);
    this.#store(key, item.value, item.expiry, index);
    return integer(1);
  }

  #expire([key, time, ...conditions]: readonly string[], command: string): string {
    const has = (condition: string): boolean => conditions.includes(condition);
    if (has("NX") && conditions.length > 1) return errorReply("EXPIRE_NX_AND_OTHERS");
    if (has("GT") && has("LT")) return errorReply("EXPIRE_GT_AND_LT");
    const milliseconds = Number(time) * (command.startsWith("p") ? 1 : 1000);
    const expiry = milliseconds + (command.endsWith("at") ? 0 : this.#nowMs);
    const item = this.#find(key!);
    if (item === undefined) return integer(0);
    const current = item.expiry === 0 ? Number.POSITIVE_INFINITY : item.expiry;
    const refused =
      (has("NX") && item.expiry !== 0) ||
      (has("XX") && item.expiry === 0) ||
      (has("GT") && expiry <= current) ||
      (has("LT") && expiry >= current);
    if (refused) return integer(0);
    if (expiry <= this.#nowMs) this.#delete(key!);
    else this.#store(key!, item.value, expiry);
    return integer(1);
  }

  #time(key: string, show: (expiry: number) => number): string {
    const item = this.#find(key);
    return integer(item === undefined ? -2 : item.expiry === 0 ? -1 : show(item.expiry));
  }

  #persist(key: string): string {
    const item = this.#find(key);
    if (item === undefined || item.expiry === 0) return integer(0);
    this.#store(key, item.value);
    return integer(1);
  }

  #select(index: number): string {
    if (index < 0 || index >= DATABASES) return errorReply("INDEX_OUT_OF_RANGE");
    this.selected = index;
    return OK;
  }

  #swap(first: number, second: number): string {
    const databases = this.databases;
    [databases[first], databases[second]] = [databases[second]!, databases[first]!];
    return OK;
  }

  #clear(...databases: readonly Map<string, Item>[]): string {
    for (const database of databases) database.clear();
    return OK;
  }
}

/** Length of the longest common subsequence. */
function commonLength(left: string, right: string): number {
  let above = new Array<number>(right.length + 1).fill(0);
  for (const character of left) {
    const row = [0];
    for (let j = 0; j < right.length; j++) row.push(right[j] === character ? above[j]! + 1 : Math.max(above[j + 1]!, row[j]!));
    above = row;
  }
  return above[right.length]!;
}
