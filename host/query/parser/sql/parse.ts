/**
 * SQL text to AST: the door of this folder.
 *
 * The way: lexer.ts makes tokens, nesting.ts refuses what is too deep for recursion, ANTLR's parser makes a tree by the grammar, and
 * transform/ makes the AST of it.
 *
 * 1. One statement; semicolons behind it are fine. Positions in the AST are offsets in `text`.
 * 2. Whatever the text, the only thing thrown is a DatabaseError whose message ends in its position and SQLSTATE.
 *
 * Cost: O(tokens) but for errors; some 10 µs for a point query. A statement that is in the plan cache does not come here
 * (fingerprint.ts).
 */
import { grammar, type RootContext } from "../../../../grammar/generated/SqlParser.ts";
import { DatabaseError } from "../../../common/error.ts";
import type { ParsedStatement } from "../../ast/statement.ts";
import type { AtnParser } from "../atn-parser.ts";
import { firstErrorParser, StatementParser } from "../statement-parser.ts";
import { type TextToken, TextTokenStream, type TextTokens } from "../tokens.ts";
import { tokenize } from "./lexer.ts";
import { checkDepth, checkNesting } from "./nesting.ts";
import { notSupported, tooDeep } from "./syntax-error.ts";
import { syntaxError } from "./transform/names.ts";
import { buildStatement } from "./transform/statement.ts";

/** The AST of one statement, without lifted literals. */
export function parseSql(text: string): ParsedStatement {
  return parseTokens(tokenize(text), undefined);
}

/** The AST of tokens whose literals may be lifted: `slots` as fingerprint.ts makes them. */
export function parseTokens(tokens: TextTokens, slots: readonly number[] | undefined): ParsedStatement {
  checkNesting(tokens);
  try {
    const tree = parseTree(new TextTokenStream(tokens, slots));
    const statement = buildStatement(tree.statement());
    checkDepth(tokens, statement);
    return statement;
  } catch (error) {
    // The limits fit the usual stack with room to spare; a caller may have used up most of it, or have a small one.
    if (error instanceof RangeError) throw tooDeep(tokens.text, 0);
    throw error;
  }
}

const parser = new StatementParser(sqlParser);

/** Words behind `interval` and dots behind a type's name belong to the type, as in PostgreSQL. */
const GREEDY = ["simpleType"];

/** A parser of SQL that throws the first syntax error. */
export function sqlParser(stream: TextTokenStream): AtnParser {
  return firstErrorParser(grammar, stream, syntaxError, GREEDY);
}

/** ANTLR's tree of a statement. Throws the first syntax error. */
export function parseTree(stream: TextTokenStream): RootContext {
  try {
    return parser.parse(stream) as RootContext;
  } catch (error) {
    throw (error instanceof DatabaseError ? unsupported(stream.tokens) : undefined) ?? error;
  }
}

/** Statements of PostgreSQL that this dialect does not have. */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  `call close cluster comment copy declare discard do fetch grant import listen load lock move notify
  reassign refresh reindex revoke security unlisten`.split(/\s+/),
);
/** Likewise: CREATE, ALTER, DROP of these. */
const UNSUPPORTED_OBJECTS: ReadonlySet<string> = new Set(
  `access aggregate cast collation conversion database default domain event extension foreign group language materialized operator
  owned policy procedure publication role routine rule server statistics subscription system tablespace text transform
  trigger type user`.split(/\s+/),
);

/** What can be created and dropped, but not altered, or only renamed. */
const UNCHANGEABLE_OBJECTS: ReadonlySet<string> = new Set(["function", "index", "schema", "view"]);
/** What ALTER TABLE cannot do, by a word that says it. */
const UNCHANGEABLE_PARTS: Readonly<Record<string, string>> = {
  owner: "OWNER TO",
  inherit: "INHERIT",
  enable: "ENABLE",
  disable: "DISABLE",
  force: "FORCE",
  cluster: "CLUSTER",
  attach: "ATTACH PARTITION",
  detach: "DETACH PARTITION",
  replica: "REPLICA IDENTITY",
  validate: "VALIDATE CONSTRAINT",
  valid: "NOT VALID",
  tablespace: "SET TABLESPACE",
  logged: "SET LOGGED",
  unlogged: "SET UNLOGGED",
  statistics: "SET STATISTICS",
  storage: "SET STORAGE",
  compression: "SET COMPRESSION",
  generated: "ADD GENERATED",
  identity: "DROP IDENTITY",
};

/** The error for a statement that PostgreSQL would take, told by its first words; undefined for others. */
function unsupported(tokens: readonly TextToken[]): DatabaseError | undefined {
  const [first, second, third] = tokens;
  if (UNSUPPORTED.has(first!.value)) return notSupported(first!.value.toUpperCase(), first!.statement, first!.start);
  if (!["create", "alter", "drop"].includes(first!.value) || !second) return undefined;
  const part = tokens.slice(3).find(({ value }) => Object.hasOwn(UNCHANGEABLE_PARTS, value));
  if (first!.value === "alter" && second.value === "table" && part !== undefined) {
    return notSupported(`ALTER TABLE ... ${UNCHANGEABLE_PARTS[part.value]}`, part.statement, part.start);
  }
  const object = second.value === "temp" || second.value === "temporary" ? third! : second;
  const unchangeable = first!.value === "alter" && UNCHANGEABLE_OBJECTS.has(object.value);
  if (!unchangeable && !UNSUPPORTED_OBJECTS.has(object.value)) return undefined;
  return notSupported(`${first!.value} ${object.value}`.toUpperCase(), first!.statement, first!.start);
}
