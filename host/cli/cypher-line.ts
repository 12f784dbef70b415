/**
 * Which lines of the shell are Cypher. A line is Cypher when it begins as a statement does and as none of SQL does: CREATE needs a
 * pattern, or an index or a constraint FOR one, and `WITH name AS (` is SQL's.
 */

const STATEMENTS = /^(match|optional\s+match|merge|unwind|return|foreach|profile|detach\s+delete)\b/i;
const PATTERN = /^create\s*(\(|(`[^`]*`|\w+)\s*=\s*(\(|(all)?shortestpath))/i;
const DEFINITION = /^(create\s+index\b[^(]*\bfor\s*\(|create\s+constraint\b|drop\s+constraint\b)/i;
const PROCEDURE = /^call\s*(\{|[\w.`]+\s*(\(|$|yield\b))/i;
const SQL_WITH = /^with\s+(recursive\b|[\w"]+\s*(\([^)]*\)\s*)?as\s+((not\s+)?materialized\s+)?\()/i;

/** Whether a line is Cypher. */
export function isCypherLine(line: string): boolean {
  const text = line.trim();
  const explained = /^explain\s+/i.exec(text);
  if (explained !== null) return isCypherLine(text.slice(explained[0].length));
  if (/^with\b/i.test(text)) return !SQL_WITH.test(text);
  return STATEMENTS.test(text) || PATTERN.test(text) || DEFINITION.test(text) || PROCEDURE.test(text);
}
