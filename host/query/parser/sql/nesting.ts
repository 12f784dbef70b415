/**
 * How deep a statement may nest. Both parser and AST are walked by recursion, and a program's stack is not ours to know: so
 * depth is measured before anybody walks.
 *
 * 1. Brackets, CASE ... END and operators in front of each other: at most NESTING_MAX, counted on the tokens before the parser runs.
 * 2. The AST: at most AST_DEPTH_MAX nodes from the root to a leaf, which also bounds chains such as 1 + 1 + 1 + ...; AND and OR are
 *    flat. A statement with no more tokens than that cannot be deeper and is not walked.
 *
 * PostgreSQL's limit is a stack of 2 MB (max_stack_depth), reached at some thousand levels; the error is the same.
 */
import * as SqlParser from "../../../../grammar/generated/SqlParser.ts";
import { tooDeep } from "./syntax-error.ts";
import type { SqlTokens } from "./tokens.ts";

/** Brackets in brackets. */
export const NESTING_MAX = 256;
/** Nodes of the AST above each other. */
export const AST_DEPTH_MAX = 1000;

/**
 * Throws if brackets and CASE nest deeper than NESTING_MAX. Unbalanced ones are the parser's to refuse. CASE and END may be names
 * too: behind a dot they are, and elsewhere a bracket that closes also closes each CASE in it.
 */
export function checkNesting(tokens: SqlTokens): void {
  const open: number[] = [];
  tokens.types.forEach((type, index) => {
    switch (type) {
      case SqlParser.CASE:
        if (tokens.types[index - 1] === SqlParser.DOT) return;
        open.push(type);
        break;
      case SqlParser.LPAREN:
      case SqlParser.LBRACK:
        open.push(type);
        break;
      case SqlParser.END:
        if (open.at(-1) === SqlParser.CASE && tokens.types[index - 1] !== SqlParser.DOT) open.pop();
        return;
      case SqlParser.RPAREN:
      case SqlParser.RBRACK:
        while (open.pop() === SqlParser.CASE);
        return;
      default:
        return;
    }
    if (open.length > NESTING_MAX) throw tooDeep(tokens.text, tokens.starts[index]!);
  });
}

/** Throws if the AST is deeper than AST_DEPTH_MAX nodes; level by level, without recursion. */
export function checkDepth(tokens: SqlTokens, statement: object): void {
  if (tokens.types.length <= AST_DEPTH_MAX) return;
  let level: object[] = [statement];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > AST_DEPTH_MAX) throw tooDeep(tokens.text, 0);
    const below: object[] = [];
    for (const node of level) {
      for (const child of Object.values(node)) {
        if (Array.isArray(child)) below.push(...child.flat().filter(isNode));
        else if (isNode(child)) below.push(child);
      }
    }
    level = below;
  }
}

function isNode(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
