/**
 * Our server as a peer: `SQL.QUERY` over a socket, in RESP3 or RESP2, decoded by the tests' own decoder.
 *
 * 1. What the wire contract promises is checked in every reply: a map with `columns`, `types` and `rows`, rows as wide as the
 *    columns, each value of the wire type that its SQL type has, `affected` only where rows are written, and errors with a SQLSTATE
 *    in brackets behind the prefix that belongs to it. A broken promise is an Error, not a SqlFailure.
 * 2. A column of a type that PostgreSQL does not have (fields of documents that were never declared) tells its values' kinds by the reply.
 * 3. A connection that breaks is an Error for the statement that met it; the next statement gets another connection.
 * 4. Texts go out as UTF-8 and come back as such.
 */
import { openClient, type RawClient } from "../raw-client.ts";
import { encodeRequest, type Reply, utf8 } from "../reply.ts";
import { printReply } from "../reply-text.ts";
import type { TestServer } from "../test-server.ts";
import { letterOf, readText, SqlFailure, type SqlParameter, type SqlPeer, type SqlResult, type SqlValue } from "./peer.ts";

export type Protocol = 2 | 3;

/** PostgreSQL's types that we have, arrays apart. */
const TYPES: ReadonlySet<string> = new Set([
  "smallint",
  "integer",
  "bigint",
  "numeric",
  "real",
  "double precision",
  "boolean",
  "text",
  "character varying",
  "character",
  "bytea",
  "uuid",
  "date",
  "time without time zone",
  "timestamp without time zone",
  "timestamp with time zone",
  "interval",
  "json",
  "jsonb",
]);
const REPLY_LIMIT_MS = 60_000;
/** The prefix of an error by its SQLSTATE, most special first. */
const PREFIXES: readonly (readonly [RegExp, string])[] = [
  [/^42601$/, "SYNTAX"],
  [/^23/, "CONSTRAINT"],
  [/^40001$/, "ABORT"],
  [/^(42804|22...)$/, "TYPE"],
  [/^53200$/, "OOM"],
  [/^57014$/, "CANCELED"],
  [/^/, "ERR"],
];

/** Connects to a running server. */
export async function openMemflux(server: TestServer, protocol: Protocol = 3): Promise<SqlPeer> {
  return new Memflux(server, await connect(server, protocol), protocol);
}

async function connect(server: TestServer, protocol: Protocol): Promise<RawClient> {
  const client = await openClient(server, REPLY_LIMIT_MS);
  if (protocol === 3) {
    const reply = await client.call("HELLO", "3");
    if (reply.kind !== "map") throw new Error(`HELLO 3 answered ${printReply(reply)}`);
  }
  return client;
}

class Memflux implements SqlPeer {
  readonly name: string;
  readonly labels = ["memflux"];
  readonly #server: TestServer;
  readonly #protocol: Protocol;
  /** Undefined behind a broken connection: the next call opens another. */
  #client: RawClient | undefined;

  constructor(server: TestServer, client: RawClient, protocol: Protocol) {
    this.#server = server;
    this.#client = client;
    this.#protocol = protocol;
    this.name = `memflux, RESP${protocol}`;
  }

  async run(sql: string, parameters: readonly SqlParameter[] = []): Promise<SqlResult> {
    const reply = await this.#ask(encodeQuery(sql, parameters));
    if (reply.kind === "error" || reply.kind === "bulk-error") throw failureOf(fromUtf8(reply.text));
    return this.#resultOf(reply);
  }

  async reset(): Promise<void> {
    const reply = await this.#ask(encodeRequest(["FLUSHALL"]));
    if (reply.kind !== "simple") throw new Error(`FLUSHALL answered ${printReply(reply)}`);
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  async #ask(request: Buffer): Promise<Reply> {
    const client = this.#client ?? (await connect(this.#server, this.#protocol));
    this.#client = undefined;
    try {
      client.write(request);
      const reply = await client.read();
      this.#client = client;
      return reply;
    } finally {
      if (this.#client === undefined) await client.close();
    }
  }

  #resultOf(reply: Reply): SqlResult {
    if (reply.kind !== (this.#protocol === 3 ? "map" : "array")) throw broken("a result is a map", reply);
    const parts = new Map<string, Reply>();
    for (let at = 0; at + 1 < reply.items.length; at += 2) parts.set(textOf(reply.items[at]!), reply.items[at + 1]!);
    const columns = itemsOf(parts.get("columns"), reply).map(textOf);
    const types = itemsOf(parts.get("types"), reply).map(textOf);
    if (types.length !== columns.length) throw broken("a result has as many types as columns", reply);
    const rows = itemsOf(parts.get("rows"), reply).map((row) => {
      const values = itemsOf(row, reply);
      if (values.length !== columns.length) throw broken("a row is as wide as the columns", row);
      return values.map((value, column) => this.#valueOf(value, types[column]!));
    });
    const affected = parts.get("affected");
    if (affected !== undefined && affected.kind !== "integer") throw broken("affected is an integer", reply);
    return { columns, types, rows, affected: affected === undefined ? undefined : Number(affected.text) };
  }

  #valueOf(reply: Reply, type: string): SqlValue {
    if (reply.kind === (this.#protocol === 3 ? "null" : "null-bulk")) return null;
    if (type.endsWith("[]")) {
      if (reply.kind !== "array") throw broken(`a value of type ${type} is an array`, reply);
      return arrayText(reply.items.map((item) => this.#valueOf(item, type.slice(0, -2))));
    }
    if (!TYPES.has(type)) return untypedValue(reply);
    if (!("text" in reply) || reply.kind !== this.#wireKind(type))
      throw broken(`a value of type ${type} is a ${this.#wireKind(type)}`, reply);
    return type === "bytea" ? `\\x${Buffer.from(reply.text, "latin1").toString("hex")}` : readText(fromUtf8(reply.text), type);
  }

  #wireKind(type: string): Reply["kind"] {
    switch (letterOf(type)) {
      case "I":
        return "integer";
      case "B":
        return this.#protocol === 3 ? "boolean" : "integer";
      case "R":
        return this.#protocol === 3 ? "double" : "bulk";
      default:
        return "bulk";
    }
  }
}

function untypedValue(reply: Reply): SqlValue {
  switch (reply.kind) {
    case "integer":
      return BigInt(reply.text);
    case "double":
      return readText(reply.text, "double precision");
    case "boolean":
      return reply.text === "t";
    case "bulk":
      return fromUtf8(reply.text);
    default:
      throw broken("a value is an integer, a double, a boolean or a text", reply);
  }
}

/** NULL is the null bulk string, which a request has nowhere else. */
function encodeQuery(sql: string, parameters: readonly SqlParameter[]): Buffer {
  const argument = (text: string): string => `$${Buffer.byteLength(text)}\r\n${utf8(text)}\r\n`;
  const parts = [`*${2 + parameters.length}\r\n`, argument("SQL.QUERY"), argument(sql)];
  for (const parameter of parameters) parts.push(parameter === null ? "$-1\r\n" : argument(parameter));
  return Buffer.from(parts.join(""), "latin1");
}

/** Throws where the error is not as the contract says. */
function failureOf(text: string): SqlFailure {
  const [, prefix, message, sqlstate] = /^([A-Z]+) ([\s\S]*) \[([0-9A-Z]{5})\]$/.exec(text) ?? [];
  if (prefix === undefined || message === undefined || sqlstate === undefined) {
    throw new Error(`an error has a prefix and ends with its SQLSTATE: ${text}`);
  }
  const wanted = PREFIXES.find(([pattern]) => pattern.test(sqlstate))![1];
  if (prefix !== wanted) throw new Error(`an error with SQLSTATE ${sqlstate} starts with ${wanted}: ${text}`);
  return new SqlFailure(message, sqlstate);
}

function broken(promise: string, reply: Reply): Error {
  return new Error(`${promise}; the server answered ${printReply(reply).slice(0, 300)}`);
}

function itemsOf(reply: Reply | undefined, whole: Reply): readonly Reply[] {
  if (reply?.kind !== "array") throw broken("columns, types, rows and each row are arrays", whole);
  return reply.items;
}

function textOf(reply: Reply): string {
  if (reply.kind !== "bulk" && reply.kind !== "simple") throw broken("names are texts", reply);
  return fromUtf8(reply.text);
}

function fromUtf8(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}

/** As PostgreSQL prints an array of values that need no quotes; others are quoted as JSON. */
function arrayText(values: readonly SqlValue[]): string {
  const item = (value: SqlValue): string => {
    if (value === null) return "NULL";
    const text = typeof value === "boolean" ? (value ? "t" : "f") : String(value);
    return text === "" || /[\s"\\{},]|^null$/i.test(text) ? JSON.stringify(text) : text;
  };
  return `{${values.map(item).join(",")}}`;
}
