/**
 * Which lines of the shell are SQL or Cypher (cypher-line.ts), and the command that they become.
 *
 * A line is SQL when it begins as a statement does. Where a command of the same name exists, the second word decides: `SELECT 1`
 * chooses a database, `SELECT 1 + 1` and `SELECT 1;` are queries; `SET k v` stores a string, `SET timezone TO 'UTC'` is a setting.
 */

import { isCypherLine } from "./cypher-line.ts";

/** What statements begin with that no command does. */
const STATEMENTS = /^(with|values|insert\s+into|update|explain|alter|truncate|show|analyze|table)(\s|;|$)/i;
const PAIRS = /^(create|drop)\s+(or|table|temp|temporary|unique|index|view|schema|function)\b|^delete\s+from\b/i;
const SETTINGS = /^set\s+(session\s|local\s|time\s+zone\s|[a-z_.]+\s*(=|to\s))|^reset\s+[a-z_]+/i;
const DATABASE_NUMBER = /^select\s+-?\d+\s*$/i;

/** Whether a line that is no Cypher is SQL. */
export function isSqlLine(line: string): boolean {
  const text = line.trim();
  if (/^\(\s*(select|values|with|\()/i.test(text)) return true;
  if (/^select\b/i.test(text)) return !DATABASE_NUMBER.test(text) && text.length > "select".length;
  return STATEMENTS.test(text) || PAIRS.test(text) || SETTINGS.test(text);
}

/** The words of the command that runs a line as a statement; undefined: it is a command itself. */
export function statementWords(line: string): [string, string] | undefined {
  if (isCypherLine(line)) return ["CYPHER.QUERY", line.trim()];
  return isSqlLine(line) ? ["SQL.QUERY", line.trim()] : undefined;
}
