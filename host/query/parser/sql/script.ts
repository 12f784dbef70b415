/**
 * Several statements in one text: where each begins and ends, and errors of one told in lines and columns of the whole.
 *
 * Semicolons part statements wherever they are tokens; nothing between two of them is no statement. A text of one statement is not a
 * script, whatever semicolons stand behind it.
 */
import * as SqlParser from "../../../../grammar/generated/SqlParser.ts";
import { DatabaseError } from "../../../common/error.ts";
import { lineAndColumn } from "../position.ts";
import { tokenize } from "./lexer.ts";
import { errorAt } from "./syntax-error.ts";

export interface ScriptPart {
  readonly text: string;
  /** Offset of its text in the script. */
  readonly offset: number;
}

/** A semicolon with something behind it, be it in a literal. */
const MAYBE_SEVERAL = /;\s*[^\s;]/;

/** The statements of a text; undefined where it has one at most. */
export function splitScript(text: string): readonly ScriptPart[] | undefined {
  if (!MAYBE_SEVERAL.test(text)) return undefined;
  const { types, starts, ends } = tokenize(text);
  const parts: ScriptPart[] = [];
  let first = 0;
  for (let index = 0; index < types.length; index++) {
    const isEnd = index === types.length - 1;
    if (!isEnd && types[index] !== SqlParser.SEMI) continue;
    if (index > first) parts.push({ text: text.slice(starts[first]!, ends[index - 1]!), offset: starts[first]! });
    first = index + 1;
  }
  const hasLeading = types[0] === SqlParser.SEMI;
  return parts.length > 1 || (hasLeading && parts.length === 1) ? parts : undefined;
}

/** What refuses more than one statement: something is prepared, or parameters are given. */
export function refuseSeveral(text: string, parts: readonly ScriptPart[]): DatabaseError {
  return errorAt("cannot insert multiple commands into a prepared statement", text, parts[1]!.offset);
}

const POSITION = / at line (\d+):(\d+)( \[\w{5}\])$/;

/** Runs what belongs to a part of a script; an error's position becomes one in the whole text. */
export function locatedIn<T>(text: string, { offset }: ScriptPart, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof DatabaseError ? moved(text, offset, error) : error;
  }
}

function moved(text: string, offset: number, error: DatabaseError): DatabaseError {
  const found = POSITION.exec(error.message);
  if (found === null) return error;
  const start = lineAndColumn(text, offset);
  const line = Number(found[1]);
  const column = line === 1 ? Number(found[2]) + start.column - 1 : Number(found[2]);
  const message = `${error.message.slice(0, found.index)} at line ${line + start.line - 1}:${column}${found[3]}`;
  return new DatabaseError(error.code, message, { cause: error });
}
