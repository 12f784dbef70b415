/**
 * From parse tree to AST: operators. The grammar gives a flat list of operands and operators; here it becomes a tree by
 * PostgreSQL's precedence (chapter 4.1.6, and the %left, %right and %nonassoc lines of src/backend/parser/gram.y).
 *
 * The method is precedence climbing: `#climb(lowest)` reads operators that bind at least as `lowest`.
 *
 * 1. Chains of one operator are read in a loop, and AND and OR gather their operands in one node: nothing but operators in front
 *    (NOT NOT ..., - - ...) recurses, and those are counted.
 * 2. Operators that do not associate (comparison, LIKE and its kin, IS DISTINCT FROM) refuse a second one of their level behind
 *    their right operand.
 * 3. A minus in front of a number becomes part of it, as in PostgreSQL, so that -2147483648 is an INTEGER.
 *
 * Cost: O(operators).
 */
import type {
  ExprContext,
  ExprPartContext,
  OperandContext,
  QuantifiedContext,
  RestrictedExprContext,
  RestrictedPartContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import * as SqlParser from "../../../../../grammar/generated/SqlParser.ts";
import type { ParsedExpression, ParsedIs, ParsedLike, ParsedMatchOperator } from "../../../ast/expression.ts";
import {
  ADDITION,
  AND,
  COLLATE,
  COMPARISON,
  IS,
  MATCH,
  MULTIPLICATION,
  NOT,
  OR,
  OTHER,
  POWER,
  SIGN,
  ZONE,
} from "../../../ast/precedence.ts";
import { NESTING_MAX } from "../../depth.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, tokenOf } from "../../tree.ts";
import { tooDeep } from "../syntax-error.ts";
import { namesOf, syntaxError } from "./names.ts";
import { buildParenthesized, buildPostfixed } from "./primary.ts";

/** ESCAPE, and the AND of BETWEEN where it is not expected: no operator by itself. */
const NONE = 0;

const PRECEDENCE: ReadonlyMap<number, number> = new Map([
  [SqlParser.OR, OR],
  [SqlParser.AND, AND],
  [SqlParser.NOT, MATCH],
  [SqlParser.IS, IS],
  [SqlParser.ISNULL, IS],
  [SqlParser.NOTNULL, IS],
  [SqlParser.EQ, COMPARISON],
  [SqlParser.NEQ, COMPARISON],
  [SqlParser.LT, COMPARISON],
  [SqlParser.LE, COMPARISON],
  [SqlParser.GT, COMPARISON],
  [SqlParser.GE, COMPARISON],
  [SqlParser.LIKE, MATCH],
  [SqlParser.ILIKE, MATCH],
  [SqlParser.SIMILAR, MATCH],
  [SqlParser.BETWEEN, MATCH],
  [SqlParser.IN, MATCH],
  [SqlParser.ESCAPE, NONE],
  [SqlParser.OPERATOR, OTHER],
  [SqlParser.OVERLAPS, OTHER],
  [SqlParser.PLUS, ADDITION],
  [SqlParser.MINUS, ADDITION],
  [SqlParser.STAR, MULTIPLICATION],
  [SqlParser.SLASH, MULTIPLICATION],
  [SqlParser.PERCENT, MULTIPLICATION],
  [SqlParser.CARET, POWER],
  [SqlParser.AT, ZONE],
  [SqlParser.COLLATE, COLLATE],
]);

export function buildExpression(context: ExprContext): ParsedExpression {
  return read(context.operand(), context.exprPart(), false);
}

/** An expression without AND, OR, NOT, LIKE, BETWEEN, IN and COLLATE. */
export function buildRestricted(context: RestrictedExprContext): ParsedExpression {
  return read(context.operand(), context.restrictedPart(), true);
}

export function buildOptional(context: ExprContext | null | undefined): ParsedExpression | undefined {
  return context ? buildExpression(context) : undefined;
}

function read(operand: OperandContext, parts: readonly Part[], restricted: boolean): ParsedExpression {
  if (parts.length === 0 && operand.prefixOperator().length === 0) return buildPostfixed(operand);
  return new ExpressionReader(parts, restricted).read(operand);
}

type Part = ExprPartContext | RestrictedPartContext;

class ExpressionReader {
  readonly #parts: readonly Part[];
  #at = 0;
  #depth = 0;
  /** Inside of a restricted expression: the whole one, or BETWEEN's lower bound. */
  #restricted: boolean;

  constructor(parts: readonly Part[], restricted: boolean) {
    this.#parts = parts;
    this.#restricted = restricted;
  }

  read(operand: OperandContext): ParsedExpression {
    const value = this.#climb(operand, 0, OR);
    const rest = this.#parts[this.#at];
    if (rest) throw syntaxError(firstToken(rest));
    return value;
  }

  /** Level of the next operator; NONE at the end and for what cannot stand here. */
  #level(): number {
    const part = this.#parts[this.#at];
    if (!part) return NONE;
    if (this.#restricted && !part.plainOperator() && !part.DISTINCT()) return NONE;
    return PRECEDENCE.get(firstToken(part).type) ?? NONE;
  }

  /** `operand` from its `prefix`-th operator in front, and all that follows and binds at least as tightly as `lowest`. */
  #climb(operand: OperandContext, prefix: number, lowest: number): ParsedExpression {
    let left = this.#prefixed(operand, prefix);
    for (let level = this.#level(); level >= lowest && level !== NONE; level = this.#level()) {
      left = level <= AND ? this.#logical(left, level) : this.#operator(left, level);
    }
    return left;
  }

  #prefixed(operand: OperandContext, prefix: number): ParsedExpression {
    const context = operand.prefixOperator(prefix);
    if (!context) return buildPostfixed(operand);
    const token = firstToken(context);
    if (++this.#depth > NESTING_MAX) throw tooDeep(token.statement, token.start);
    const position = token.start;
    if (token.type === SqlParser.NOT) {
      if (this.#restricted) throw syntaxError(token);
      const value = this.#climb(operand, prefix + 1, NOT);
      this.#depth--;
      return { kind: "ParsedNot", position, operand: value };
    }
    const value = this.#climb(operand, prefix + 1, token.type === SqlParser.OPERATOR ? OTHER + 1 : SIGN);
    this.#depth--;
    if (token.type === SqlParser.MINUS && value.kind === "ParsedNumber") return { ...value, position, negative: !value.negative };
    return { kind: "ParsedUnary", position, operator: token.value, operand: value };
  }

  #logical(first: ParsedExpression, level: number): ParsedExpression {
    const token = firstToken(this.#parts[this.#at]!);
    const operands = [first];
    while (this.#level() === level) operands.push(this.#climb(this.#next().operand()!, 0, level + 1));
    return { kind: "ParsedLogical", position: token.start, operator: level === AND ? "AND" : "OR", operands };
  }

  #next(): Part {
    return this.#parts[this.#at++]!;
  }

  /** The next operator and its right side, applied to `left`. */
  #operator(left: ParsedExpression, level: number): ParsedExpression {
    const part = this.#next();
    const token = firstToken(part);
    if (level === MATCH) return this.#match(left, part as ExprPartContext);
    if (level === IS) return this.#is(left, part);
    const position = token.start;
    if (level === COLLATE) {
      return { kind: "ParsedCollate", position, operand: left, collation: namesOf((part as ExprPartContext).relation()!) };
    }
    const quantified = (part as ExprPartContext).quantified?.();
    if (quantified && this.#restricted) throw syntaxError(firstToken(quantified));
    if (quantified) return quantify(token.value, left, quantified, position);
    const right = this.#climb(part.operand()!, 0, level + 1);
    if (level === COMPARISON || token.type === SqlParser.OVERLAPS) this.#refuse(level);
    if (level === ZONE) return { kind: "ParsedAtTimeZone", position, operand: left, zone: right };
    return { kind: "ParsedBinary", position, operator: operatorText(token), left, right };
  }

  /** No other operator of this level may follow: it does not associate. */
  #refuse(level: number): void {
    if (this.#level() === level) throw syntaxError(firstToken(this.#parts[this.#at]!));
  }

  #is(left: ParsedExpression, part: Part): ParsedExpression {
    const token = firstToken(part);
    const position = token.start;
    const is = (test: ParsedIs["test"], negated: boolean): ParsedIs => ({ kind: "ParsedIs", position, test, negated, operand: left });
    if (token.type === SqlParser.ISNULL) return is("NULL", false);
    if (token.type === SqlParser.NOTNULL) return is("NULL", true);
    const negated = part.NOT() !== null;
    if (part.DISTINCT()) {
      const right = this.#climb(part.operand()!, 0, IS + 1);
      this.#refuse(IS);
      return { kind: "ParsedDistinctFrom", position, negated, left, right };
    }
    const whole = part as ExprPartContext;
    return is(whole.NULL() ? "NULL" : whole.TRUE() ? "TRUE" : whole.FALSE() ? "FALSE" : "UNKNOWN", negated);
  }

  /** LIKE, ILIKE, SIMILAR TO, BETWEEN, IN, with or without NOT. */
  #match(operand: ParsedExpression, part: ExprPartContext): ParsedExpression {
    const negated = part.NOT() !== null;
    const position = firstToken(part).start;
    const list = part.inList();
    if (list) {
      const items = buildParenthesized(list);
      const only = items.length === 1 ? items[0] : undefined;
      if (only?.kind === "ParsedSubquery") return { kind: "ParsedInSubquery", position, negated, operand, query: only.query };
      return { kind: "ParsedInList", position, negated, operand, items };
    }
    if (part.BETWEEN()) return this.#between(operand, part, negated, position);
    const operator: ParsedMatchOperator = part.LIKE() ? "LIKE" : part.ILIKE() ? "ILIKE" : "SIMILAR TO";
    const quantified = part.quantified();
    if (quantified && operator === "SIMILAR TO") throw syntaxError(firstToken(quantified));
    if (quantified) return quantify(negated ? `NOT ${operator}` : operator, operand, quantified, position);
    const pattern = this.#climb(part.operand()!, 0, MATCH + 1);
    const escaped = this.#escape();
    this.#refuse(MATCH);
    return { kind: "ParsedLike", position, operator, negated, operand, pattern, escape: escaped } satisfies ParsedLike;
  }

  #escape(): ParsedExpression | undefined {
    const part = this.#parts[this.#at] as ExprPartContext | undefined;
    if (!part || firstToken(part).type !== SqlParser.ESCAPE || this.#restricted) return undefined;
    this.#at++;
    return this.#climb(part.operand()!, 0, MATCH + 1);
  }

  #between(operand: ParsedExpression, part: ExprPartContext, negated: boolean, position: number): ParsedExpression {
    const bound = part.operand()!;
    this.#restricted = true;
    const lower = this.#climb(bound, 0, IS);
    this.#restricted = false;
    const and = this.#parts[this.#at];
    if (!and || firstToken(and).type !== SqlParser.AND) throw syntaxError(and ? offending(and) : this.#behind());
    this.#at++;
    const upper = this.#climb(and.operand()!, 0, MATCH + 1);
    this.#refuse(MATCH);
    return { kind: "ParsedBetween", position, negated, symmetric: part.SYMMETRIC() !== null, operand, lower, upper };
  }

  /** The token behind the whole expression. */
  #behind(): TextToken {
    return (this.#parts.at(-1)!.stop as TextToken).next;
  }
}

/** The token that PostgreSQL's parser stops at where `part` cannot stand: behind IS and its NOT, since IS DISTINCT FROM might. */
function offending(part: Part): TextToken {
  const token = firstToken(part);
  if (token.type !== SqlParser.IS) return token;
  return part.NOT() ? token.next.next : token.next;
}

function operatorText(token: TextToken): string {
  return token.type === SqlParser.NEQ ? "<>" : token.type === SqlParser.OVERLAPS ? "OVERLAPS" : token.value;
}

function quantify(operator: string, left: ParsedExpression, context: QuantifiedContext, position: number): ParsedExpression {
  const parenthesized = context.parenthesized();
  const items = buildParenthesized(parenthesized);
  const comma = parenthesized.COMMA(0);
  if (comma) throw syntaxError(tokenOf(comma));
  return {
    kind: "ParsedQuantified",
    position,
    operator: operator === "!=" ? "<>" : operator,
    quantifier: context.ALL() ? "ALL" : "ANY",
    left,
    right: items[0]!,
  };
}
