/**
 * How deep a statement may nest. Whoever walks a statement recurses, and a program's stack is not ours to know: so depth is measured
 * before anybody walks.
 *
 * 1. Brackets, CASE ... END and operators in front of each other: at most NESTING_MAX, counted on the tokens before the parser runs.
 * 2. The AST: at most AST_DEPTH_MAX nodes from the root to a leaf, which also bounds chains such as 1 + 1 + 1 + ...; AND and OR are
 *    flat. A statement with no more tokens than that cannot be deeper and is not walked.
 */
import type { TextTokens } from "./tokens.ts";

/** Brackets in brackets. */
export const NESTING_MAX = 256;
/** Nodes of the AST above each other. */
export const AST_DEPTH_MAX = 1000;

/** The tokens that nest. */
export interface NestingTokens {
  readonly opening: ReadonlySet<number>;
  readonly closing: ReadonlySet<number>;
  readonly caseWord: number;
  readonly endWord: number;
  /** Behind these a word is a name. */
  readonly naming: ReadonlySet<number>;
}

/**
 * Offset of the token with which brackets and CASE nest deeper than NESTING_MAX, or -1. Unbalanced ones are the parser's to refuse.
 * CASE and END may be names too: behind a dot they are, and elsewhere a bracket that closes also closes each CASE in it.
 */
export function nestingExcess(tokens: TextTokens, { opening, closing, caseWord, endWord, naming }: NestingTokens): number {
  const open: number[] = [];
  for (const [index, type] of tokens.types.entries()) {
    if (opening.has(type)) {
      open.push(type);
    } else if (type === caseWord) {
      if (naming.has(tokens.types[index - 1]!)) continue;
      open.push(type);
    } else {
      if (type === endWord) {
        if (open.at(-1) === caseWord && !naming.has(tokens.types[index - 1]!)) open.pop();
      } else if (closing.has(type)) {
        while (open.pop() === caseWord);
      }
      continue;
    }
    if (open.length > NESTING_MAX) return tokens.starts[index]!;
  }
  return -1;
}

/** Whether the AST is deeper than AST_DEPTH_MAX nodes; level by level, without recursion. */
export function isTooDeep(tokens: TextTokens, statement: object): boolean {
  if (tokens.types.length <= AST_DEPTH_MAX) return false;
  let level: object[] = [statement];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > AST_DEPTH_MAX) return true;
    const below: object[] = [];
    for (const node of level) {
      for (const child of Object.values(node)) {
        // One by one: a list may have more items than a call may have arguments.
        if (Array.isArray(child)) for (const item of child.flat()) if (isNode(item)) below.push(item);
        if (isNode(child) && !Array.isArray(child)) below.push(child);
      }
    }
    level = below;
  }
  return false;
}

function isNode(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
