/**
 * SQL and SQL.QUERY: statements over the wire.
 *
 * `SQL.QUERY text [parameter ...]` answers a map: columns, types and rows, or `affected` besides them. `SQL word ...` joins its
 * words with a blank and answers each row as a JSON object in select order, the number of rows that were written, or OK.
 *
 * A long reply leaves in pieces: its rows lie in the engine's memory, as they were when the statement ended, until the client has read.
 *
 * The language is loaded with the first statement; that one command then answers later than at once, all others run at once.
 */
import { DatabaseError } from "../common/error.ts";
import { NULL_BULK } from "../engine/engine.ts";
import type { QueryEngine } from "../query/executor/query-engine.ts";
import { SessionSettings } from "../query/executor/settings.ts";
import type { CommandHandler, ReplyPieces, Session } from "./session.ts";
import { firstPiece, jsonReply, queryReply } from "./sql-reply.ts";

/** Where the language comes from. `Database.queries` has this shape. */
export interface QuerySource {
  /** Undefined until the first `load` is done. */
  readonly engine: QueryEngine | undefined;
  load(): Promise<QueryEngine>;
}

type Run = (engine: QueryEngine, session: Session, args: readonly Uint8Array[]) => ReplyPieces;

/** Handlers by upper-case command name. `timeoutMs` is the statement timeout of new sessions. */
export function sqlHandlers(queries: QuerySource, timeoutMs: () => number): Readonly<Record<string, CommandHandler>> {
  const settings = new WeakMap<Session, SessionSettings>();
  const settingsOf = (session: Session): SessionSettings => {
    let own = settings.get(session);
    if (own === undefined) {
      own = new SessionSettings(timeoutMs());
      settings.set(session, own);
    }
    return own;
  };
  const run = (engine: QueryEngine, session: Session, text: string, parameters: readonly (string | null)[]) => {
    const { database } = session;
    return engine.open({ language: engine.sql, text }, parameters, { database, settings: settingsOf(session) }, engine.valueRows);
  };
  const handler =
    (answer: Run): CommandHandler =>
    (session, args, reply) => {
      if (queries.engine !== undefined) return firstPiece(answer(queries.engine, session, args), reply);
      return queries.load().then((engine) => firstPiece(answer(engine, session, args), reply));
    };
  return {
    SQL: handler((engine, session, args) => jsonReply(run(engine, session, args.slice(1).map(statementText).join(" "), []), engine.output)),
    "SQL.QUERY": handler((engine, session, args) => {
      const [, statement, ...parameters] = args;
      return queryReply(run(engine, session, statementText(statement as Uint8Array), parameters.map(parameterText)), engine.output);
    }),
  };
}

function parameterText(argument: Uint8Array): string | null {
  return argument === NULL_BULK ? null : statementText(argument);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of a statement or a parameter. Throws 22021 for bytes that are not UTF-8. */
function statementText(argument: Uint8Array): string {
  try {
    return decoder.decode(argument);
  } catch {
    throw new DatabaseError("SQL_VALUE", 'invalid byte sequence for encoding "UTF8" [22021]');
  }
}
