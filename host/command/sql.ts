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
 * What runs statements is loaded with the first statement; that one command then answers later than at once. So does a long query, or what
 * writes what it gives, which lets others run between its slices, and ends when its client is gone. All others run at once.
 */
import { DatabaseError } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";
import { NULL_BULK } from "../engine/engine.ts";
import { JsonParameters } from "../query/executor/cypher-parameter.ts";
import type { Parameters } from "../query/executor/input.ts";
import type { Language } from "../query/executor/language.ts";
import type { OpenResult } from "../query/executor/open-result.ts";
import type { QueryEngine } from "../query/executor/query-engine.ts";
import type { RunOptions } from "../query/executor/query-result.ts";
import { SessionSettings } from "../query/executor/settings.ts";
import type { Suspended } from "../query/executor/suspended-statement.ts";
import type { Value } from "../query/executor/value.ts";
import type { Answered, CommandHandler, ReplyPieces, Session } from "./session.ts";
import { cypherQueryReply, firstPiece, jsonReply, queryReply } from "./sql-reply.ts";

/** Where the language comes from. `Database.queries` has this shape. */
export interface QuerySource {
  /** Undefined until the first `load` is done. */
  readonly engine: QueryEngine | undefined;
  load(): Promise<QueryEngine>;
  /** What a statement answers that was started, at once or later. */
  finish<R extends { readonly kind: string }>(started: R | Suspended<R>): R | Promise<R>;
}

type Result = OpenResult<readonly Value[]>;

/** A command's statement, and how its result is written. */
interface Call {
  readonly result: Result | Promise<Result>;
  readonly pieces: (result: Result) => ReplyPieces;
}

/** Ends the statement of a client that is gone. */
class ClientSignal {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get aborted(): boolean {
    return !this.#session.isOpen;
  }
}

/** What all statements of a session are run with. */
interface SessionFacts {
  readonly settings: SessionSettings;
  readonly signal: ClientSignal;
}

type Run = (engine: QueryEngine, session: Session, args: readonly Uint8Array[]) => Call;

/** Handlers by upper-case command name. `timeoutMs` is the statement timeout of new sessions. */
export function sqlHandlers(queries: QuerySource, timeoutMs: () => number): Readonly<Record<string, CommandHandler>> {
  const known = new WeakMap<Session, SessionFacts>();
  const factsOf = (session: Session): SessionFacts => {
    let facts = known.get(session);
    if (facts === undefined) {
      facts = { settings: new SessionSettings(timeoutMs()), signal: new ClientSignal(session) };
      known.set(session, facts);
    }
    return facts;
  };
  const run = (engine: QueryEngine, session: Session, language: Language, text: string, parameters: Parameters) => {
    const { settings, signal } = factsOf(session);
    const { database, transaction } = session;
    const options: RunOptions = { database, transaction, settings, signal };
    // EXEC answers before anything else runs.
    if (session.isExecuting) return engine.open({ language, text }, parameters, options, engine.valueRows);
    return queries.finish(engine.startOpen({ language, text }, parameters, options, engine.valueRows));
  };
  const handler =
    (begin: Run): CommandHandler =>
    (session, args, reply) => {
      const answer = (engine: QueryEngine): Answered | Promise<Answered> => {
        const { result, pieces } = begin(engine, session, args);
        if (result instanceof Promise) return result.then((later) => firstPiece(pieces(later), reply));
        return firstPiece(pieces(result), reply);
      };
      return queries.engine === undefined ? queries.load().then(answer) : answer(queries.engine);
    };
  return {
    SQL: handler((engine, session, args) => ({
      result: run(engine, session, engine.sql, joined(args), []),
      pieces: (result) => jsonReply(result, engine.output),
    })),
    "SQL.QUERY": handler((engine, session, args) => {
      const [, statement, ...parameters] = args;
      const text = statementText(statement as Uint8Array);
      return {
        result: run(engine, session, engine.sql, text, parameters.map(parameterText)),
        pieces: (result) => queryReply(result, engine.output),
      };
    }),
    CYPHER: handler((engine, session, args) => ({
      result: run(engine, session, engine.cypher, joined(args), {}),
      pieces: (result) => jsonReply(result, engine.output),
    })),
    "CYPHER.QUERY": handler((engine, session, args) => {
      const [, statement, parameters, ...rest] = args;
      if (rest.length > 0) throw replyError("WRONG_ARITY", "cypher.query");
      const text = statementText(statement as Uint8Array);
      const given = parameters === undefined ? {} : new JsonParameters(statementText(parameters));
      return { result: run(engine, session, engine.cypher, text, given), pieces: (result) => cypherQueryReply(result, engine.output) };
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
