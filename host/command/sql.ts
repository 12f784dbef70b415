/**
 * SQL, SQL.QUERY, CYPHER and CYPHER.QUERY: statements over the wire.
 *
 * `SQL.QUERY text [parameter ...]` answers a map: columns, types and rows, or `affected` besides them. `SQL word ...` joins its
 * words with a blank and answers each row as a JSON object in select order, the number of rows that were written, or OK.
 *
 * `CYPHER.QUERY text [parameters]` answers a map: columns and rows, and `stats` of what was changed; parameters are a JSON object.
 * `CYPHER word ...` answers as SQL does, and OK where there are no columns.
 *
 * A long reply leaves in pieces: its rows lie in the engine's memory, as they were when the statement ended, until the client has read.
 *
 * What runs statements is loaded with the first statement; that one command then answers later than at once, all others run at once.
 */
import { DatabaseError, replyError } from "../common/error.ts";
import { NULL_BULK } from "../engine/engine.ts";
import { JsonParameters } from "../query/executor/cypher-parameter.ts";
import type { Parameters } from "../query/executor/input.ts";
import type { Language } from "../query/executor/language.ts";
import type { QueryEngine } from "../query/executor/query-engine.ts";
import type { RunOptions } from "../query/executor/query-result.ts";
import { SessionSettings } from "../query/executor/settings.ts";
import type { CommandHandler, ReplyPieces, Session } from "./session.ts";
import { cypherQueryReply, firstPiece, jsonReply, queryReply } from "./sql-reply.ts";

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
  const optionsOf = (session: Session): RunOptions => {
    const { database, transaction } = session;
    return { database, transaction, settings: settingsOf(session) };
  };
  const run = (engine: QueryEngine, session: Session, language: Language, text: string, parameters: Parameters) =>
    engine.open({ language, text }, parameters, optionsOf(session), engine.valueRows);
  const handler =
    (answer: Run): CommandHandler =>
    (session, args, reply) => {
      if (queries.engine !== undefined) return firstPiece(answer(queries.engine, session, args), reply);
      return queries.load().then((engine) => firstPiece(answer(engine, session, args), reply));
    };
  return {
    SQL: handler((engine, session, args) => jsonReply(run(engine, session, engine.sql, joined(args), []), engine.output)),
    "SQL.QUERY": handler((engine, session, args) => {
      const [, statement, ...parameters] = args;
      const text = statementText(statement as Uint8Array);
      return queryReply(run(engine, session, engine.sql, text, parameters.map(parameterText)), engine.output);
    }),
    CYPHER: handler((engine, session, args) => jsonReply(run(engine, session, engine.cypher, joined(args), {}), engine.output)),
    "CYPHER.QUERY": handler((engine, session, args) => {
      const [, statement, parameters, ...rest] = args;
      if (rest.length > 0) throw replyError("WRONG_ARITY", "cypher.query");
      const text = statementText(statement as Uint8Array);
      const given = parameters === undefined ? {} : new JsonParameters(statementText(parameters));
      return cypherQueryReply(run(engine, session, engine.cypher, text, given), engine.output);
    }),
  };
}

/** The words behind the name. */
function joined(args: readonly Uint8Array[]): string {
  return args.slice(1).map(statementText).join(" ");
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
