/**
 * What WATCH must do, as plain objects: keys with a number that grows with each change, and what sessions saw when they watched.
 *
 * A watch is broken when the key's number is another one, or when the key was there and its time is over. What deletes a key whose
 * time is over changes no number.
 */

interface Item {
  value: number;
  expiryMs: number;
}

interface Watch {
  readonly database: number;
  readonly key: string;
  readonly version: number;
  readonly alive: boolean;
}

export class WatchModel {
  readonly #databases: Map<string, Item>[];
  /** Changes of a key in a database, by `database key`. */
  readonly #versions = new Map<string, number>();
  nowMs = 0;

  constructor(databases: number) {
    this.#databases = Array.from({ length: databases }, () => new Map());
  }

  #item(database: number, key: string): Item | undefined {
    const keys = this.#databases[database]!;
    const item = keys.get(key);
    if (item === undefined || item.expiryMs === 0 || item.expiryMs >= this.nowMs) return item;
    keys.delete(key);
    return undefined;
  }

  #touch(database: number, key: string): void {
    this.#versions.set(`${database} ${key}`, this.#version(database, key) + 1);
  }

  #version(database: number, key: string): number {
    return this.#versions.get(`${database} ${key}`) ?? 0;
  }

  /** The reply of SET, with an expiry if it is not 0. */
  set(database: number, key: string, value: number, expiryMs: number): string {
    this.#databases[database]!.set(key, { value, expiryMs });
    this.#touch(database, key);
    return "+OK\r\n";
  }

  get(database: number, key: string): string {
    const item = this.#item(database, key);
    return item === undefined ? "$-1\r\n" : `$${String(item.value).length}\r\n${item.value}\r\n`;
  }

  increase(database: number, key: string): string {
    const item = this.#item(database, key) ?? { value: 0, expiryMs: 0 };
    item.value++;
    this.#databases[database]!.set(key, item);
    this.#touch(database, key);
    return `:${item.value}\r\n`;
  }

  delete(database: number, key: string): string {
    if (this.#item(database, key) === undefined) return ":0\r\n";
    this.#databases[database]!.delete(key);
    this.#touch(database, key);
    return ":1\r\n";
  }

  expire(database: number, key: string, expiryMs: number): string {
    const item = this.#item(database, key);
    if (item === undefined) return ":0\r\n";
    // A queued command may run when its time is over.
    if (expiryMs <= this.nowMs) this.#databases[database]!.delete(key);
    else item.expiryMs = expiryMs;
    this.#touch(database, key);
    return ":1\r\n";
  }

  rename(database: number, source: string, target: string): string {
    const item = this.#item(database, source);
    if (item === undefined) return "-ERR no such key\r\n";
    if (source === target) return "+OK\r\n";
    this.#databases[database]!.delete(source);
    this.#databases[database]!.set(target, item);
    this.#touch(database, source);
    this.#touch(database, target);
    return "+OK\r\n";
  }

  flush(database: number): string {
    // A watched key that was there counts as changed though its time may be over now: the watch is broken either way.
    for (const key of [...this.#databases[database]!.keys()]) this.delete(database, key);
    return "+OK\r\n";
  }

  swap(first: number, second: number): string {
    if (first === second) return "+OK\r\n";
    const keys = new Set([...this.#databases[first]!.keys(), ...this.#databases[second]!.keys()]);
    for (const key of keys) {
      if (this.#item(first, key) === undefined && this.#item(second, key) === undefined) continue;
      this.#touch(first, key);
      this.#touch(second, key);
    }
    const kept = this.#databases[first]!;
    this.#databases[first] = this.#databases[second]!;
    this.#databases[second] = kept;
    return "+OK\r\n";
  }

  watch(database: number, key: string): Watch {
    return { database, key, version: this.#version(database, key), alive: this.#item(database, key) !== undefined };
  }

  isBroken({ database, key, version, alive }: Watch): boolean {
    return this.#version(database, key) !== version || (alive && this.#item(database, key) === undefined);
  }
}

/** A session of the model: its database, its queue and its watches. */
export class WatchSession {
  readonly #model: WatchModel;
  #database = 0;
  #queue: (() => string)[] | undefined;
  #watches: Watch[] = [];

  constructor(model: WatchModel) {
    this.#model = model;
  }

  get isQueueing(): boolean {
    return this.#queue !== undefined;
  }

  /** The reply to a command. Requires: it is one of those below, with that many arguments. */
  run(args: readonly string[]): string {
    const [name, ...rest] = args;
    const queue = this.#queue;
    switch (name) {
      case "MULTI":
        if (queue !== undefined) return "-ERR MULTI calls can not be nested\r\n";
        this.#queue = [];
        return "+OK\r\n";
      case "DISCARD":
        if (queue === undefined) return "-ERR DISCARD without MULTI\r\n";
        this.#end();
        return "+OK\r\n";
      case "EXEC":
        if (queue === undefined) return "-ERR EXEC without MULTI\r\n";
        return this.#exec(queue);
      case "WATCH":
        if (queue !== undefined) return "-ERR WATCH inside MULTI is not allowed\r\n";
        this.#watches.push(...rest.map((key) => this.#model.watch(this.#database, key)));
        return "+OK\r\n";
      default: {
        const work = this.#work(name as string, rest);
        if (queue === undefined) return work();
        queue.push(work);
        return "+QUEUED\r\n";
      }
    }
  }

  #exec(queue: readonly (() => string)[]): string {
    const isBroken = this.#watches.some((watch) => this.#model.isBroken(watch));
    this.#end();
    return isBroken ? "*-1\r\n" : `*${queue.length}\r\n${queue.map((work) => work()).join("")}`;
  }

  #end(): void {
    this.#queue = undefined;
    this.#watches = [];
  }

  #work(name: string, [first = "", second = "", , fourth = "0"]: readonly string[]): () => string {
    const model = this.#model;
    const works: Readonly<Record<string, () => string>> = {
      SELECT: () => {
        this.#database = Number(first);
        return "+OK\r\n";
      },
      UNWATCH: () => {
        this.#watches = [];
        return "+OK\r\n";
      },
      SET: () => model.set(this.#database, first, Number(second), Number(fourth)),
      GET: () => model.get(this.#database, first),
      INCR: () => model.increase(this.#database, first),
      DEL: () => model.delete(this.#database, first),
      PEXPIREAT: () => model.expire(this.#database, first, Number(second)),
      RENAME: () => model.rename(this.#database, first, second),
      FLUSHDB: () => model.flush(this.#database),
      SWAPDB: () => model.swap(Number(first), Number(second)),
    };
    return works[name]!;
  }
}
