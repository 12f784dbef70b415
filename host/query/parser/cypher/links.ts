/**
 * Marks the brackets of patterns: `(a:A {x: 1})-[...]->(` begins a pattern and `(a) - 1` does not, and a parser could tell only at the end
 * of either. So it is told beforehand, on tokens.
 *
 * 1. A bracket that looks like a node, with what looks like a relationship and another bracket behind it, is PATTERN_START and
 *    PATTERN_LINK instead of LPAREN and RPAREN, unless a name in front makes a call of it.
 * 2. `(a) - [b] - (c)` is a pattern, as in openCypher's grammar; `(a) - -(b)` likewise.
 * 3. In MATCH and CREATE, where nothing but patterns can stand, marked and unmarked brackets are the same to the grammar.
 *
 * Cost: O(tokens). Brackets of maps inside of a node are skipped by pairs that are known beforehand.
 */
import * as CypherParser from "../../../../grammar/generated/CypherParser.ts";
import type { TextTokens } from "../tokens.ts";

const OPENING: ReadonlySet<number> = new Set([CypherParser.LPAREN, CypherParser.LBRACK, CypherParser.LBRACE]);
const CLOSING: ReadonlySet<number> = new Set([CypherParser.RPAREN, CypherParser.RBRACK, CypherParser.RBRACE]);

/** Words that may stand in front of the bracket of a call. */
const CALLED: ReadonlySet<number> = new Set([
  CypherParser.IDENT,
  CypherParser.QUOTED_IDENT,
  CypherParser.ALL,
  CypherParser.CALL,
  CypherParser.EXISTS,
  CypherParser.EXPLAIN,
  CypherParser.FOREACH,
  CypherParser.IF,
  CypherParser.INDEX,
  CypherParser.KEY,
  CypherParser.NODE,
  CypherParser.PROFILE,
  CypherParser.SHOW,
  CypherParser.YIELD,
]);

/** What may follow the name of a relationship, or stand without one. */
const DETAILS: ReadonlySet<number> = new Set([
  CypherParser.COLON,
  CypherParser.STAR,
  CypherParser.LBRACE,
  CypherParser.PARAMETER,
  CypherParser.RBRACK,
]);

export function markLinks({ types }: TextTokens): void {
  if (!types.includes(CypherParser.LPAREN)) return;
  const partners = pairBrackets(types);
  for (let index = 0; index < types.length; index++) {
    if (types[index] !== CypherParser.LPAREN || CALLED.has(types[index - 1]!)) continue;
    const close = nodeEnd(types, index, partners);
    if (close < 0 || !isLink(types, close + 1, partners)) continue;
    types[close] = CypherParser.PATTERN_LINK;
    types[index] = CypherParser.PATTERN_START;
  }
}

/** For each opening bracket the one that closes it; -1 where there is none. */
function pairBrackets(types: readonly number[]): Int32Array {
  const partners = new Int32Array(types.length).fill(-1);
  const open: number[] = [];
  types.forEach((type, index) => {
    if (OPENING.has(type)) open.push(index);
    else if (CLOSING.has(type)) {
      const partner = open.pop();
      if (partner !== undefined) partners[partner] = index;
    }
  });
  return partners;
}

function isWord(type: number | undefined): boolean {
  return type === CypherParser.IDENT || type === CypherParser.QUOTED_IDENT || (type !== undefined && type > CypherParser.RIGHT_HEAD);
}

/** Where the node that opens at `open` closes, or -1: a name, labels and properties, all optional. */
function nodeEnd(types: readonly number[], open: number, partners: Int32Array): number {
  let at = open + 1;
  if (isWord(types[at])) at++;
  while (types[at] === CypherParser.COLON && isWord(types[at + 1])) at += 2;
  if (types[at] === CypherParser.PARAMETER) at++;
  else if (types[at] === CypherParser.LBRACE) at = partners[at]! + 1;
  return at > open && types[at] === CypherParser.RPAREN ? at : -1;
}

/** A relationship and a bracket stand at `from`. */
function isLink(types: readonly number[], from: number, partners: Int32Array): boolean {
  let at = from;
  if (types[at] === CypherParser.LT || types[at] === CypherParser.LEFT_HEAD) at++;
  if (!isDash(types[at++])) return false;
  if (types[at] === CypherParser.LBRACK) {
    if (!DETAILS.has(types[at + 1]!) && !(isWord(types[at + 1]) && DETAILS.has(types[at + 2]!))) return false;
    at = partners[at]! + 1;
    if (at === 0) return false;
  }
  if (!isDash(types[at++])) return false;
  if (types[at] === CypherParser.GT || types[at] === CypherParser.RIGHT_HEAD) at++;
  return types[at] === CypherParser.LPAREN;
}

function isDash(type: number | undefined): boolean {
  return type === CypherParser.MINUS || type === CypherParser.DASH;
}
