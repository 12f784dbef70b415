/**
 * TABLE.CREATE, TABLE.DESCRIBE, TABLE.SCAN, TABLE.DROP, IDX.CREATE, IDX.DROP, IDX.LIST, CREATEINDEX and _REFRESH_GRAPH_SCHEMAS, through
 * SQL's catalog.
 *
 * An index belongs to a collection, so a prefix is a name, a colon and `*`, or to a label: `_node:Label:*`. Paths are names with points
 * between them, with or without `$.` in front.
 */
import { DatabaseError } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";
import type { QueryEngine } from "../query/executor/query-engine.ts";
import type { RunOptions } from "../query/executor/query-result.ts";
import { SessionSettings } from "../query/executor/settings.ts";
import type { TableDoor } from "../query/executor/table-door.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { text } from "./arguments.ts";
import type { Answered, CommandHandler, Session } from "./session.ts";
import type { QuerySource } from "./sql.ts";
import { firstPiece, jsonReply } from "./sql-reply.ts";

type Answer = (door: TableDoor, args: readonly string[], reply: ReplyWriter, engine: QueryEngine, options: RunOptions) => Answered;

/** Handlers by upper-case command name. */
export function tableHandlers(queries: QuerySource): Readonly<Record<string, CommandHandler>> {
  const handler =
    (answer: Answer): CommandHandler =>
    (session: Session, args, reply) => {
      const texts = args.map(text);
      const { database, transaction } = session;
      const options = { database, transaction, settings: new SessionSettings(0) };
      const run = (engine: QueryEngine): Answered => answer(engine.tables(database, transaction), texts, reply, engine, options);
      return queries.engine === undefined ? queries.load().then(run) : run(queries.engine);
    };
  return {
    "TABLE.CREATE": handler((door, [, name, schema], reply) => {
      door.create(name as string, schema as string);
      reply.ok();
    }),
    "TABLE.DESCRIBE": handler((door, [, name], reply) => reply.bulk(door.describe(name as string))),
    "TABLE.SCAN": handler((_door, [, name], reply, engine, options) => {
      const query = `SELECT * FROM "${(name as string).replaceAll('"', '""')}"`;
      return firstPiece(jsonReply(engine.open({ language: engine.sql, text: query }, [], options, engine.valueRows), engine.output), reply);
    }),
    "TABLE.DROP": handler((door, [, name], reply) => reply.simple(`OK. Dropped table and ${door.drop(name as string)} associated rows.`)),
    "IDX.CREATE": handler((door, [, name, prefix, path], reply) => {
      createIndex(door, name as string, prefix as string, namesOf(path as string));
      reply.ok();
    }),
    CREATEINDEX: handler((door, [, prefix, on, path], reply) => {
      if (on?.toUpperCase() !== "ON") throw usage();
      const names = namesOf(path as string);
      createIndex(door, `${(prefix as string).replace(/\*$/, "")}_${names.join("_")}`, prefix as string, names);
      reply.ok();
    }),
    // The password is one that the predecessor's clients send: who may run commands has given it already.
    _REFRESH_GRAPH_SCHEMAS: (_session, args, reply) => {
      if (args.length > 2) throw replyError("WRONG_ARITY", "_refresh_graph_schemas");
      reply.ok();
    },
    "IDX.DROP": handler((door, [, name], reply) => reply.integer(door.dropIndex(name as string) ? 1 : 0)),
    "IDX.LIST": handler((door, _args, reply) => {
      const names = door.listIndexes();
      reply.array(names.length);
      for (const name of names) reply.bulk(name);
    }),
  };
}

function usage(): DatabaseError {
  return new DatabaseError("SQL_ERROR", "Usage: CREATEINDEX <key-prefix> ON <json-path>");
}

function createIndex(door: TableDoor, name: string, prefix: string, path: readonly string[]): void {
  const [, label] = /^_node:([^:]+):\*$/.exec(prefix) ?? [];
  if (label === undefined) door.createIndex(name, collectionOf(prefix), path);
  else if (path.length === 1) door.createLabelIndex(name, label, path[0] as string);
  else throw new DatabaseError("SQL_ERROR", "An index of a label is on one property");
}

function collectionOf(prefix: string): string {
  if (!prefix.endsWith("*")) throw new DatabaseError("SQL_ERROR", "Key prefix must end with '*'");
  const [, name] = /^([^:]+):\*$/.exec(prefix) ?? [];
  if (name === undefined) throw new DatabaseError("SQL_ERROR", "Key prefix must name a collection, as in 'users:*'");
  return name;
}

function namesOf(path: string): readonly string[] {
  const names = path.replace(/^\$\.?|^\./, "").split(".");
  if (names.some((name) => name === "" || /[[\]*]/.test(name))) throw new DatabaseError("SQL_ERROR", `Invalid JSON path '${path}'`);
  return names;
}
