/**
 * From parse tree to AST: operators. The grammar gives a flat list of operands and operators; here it becomes a tree by openCypher's
 * precedence (../../../ast/cypher/precedence.ts), by climbing: `#climb(lowest)` reads operators that bind at least as `lowest`.
 *
 * 1. Chains of one operator are read in a loop; AND, OR, XOR and comparisons gather their operands in one node. Nothing but operators
 *    in front (NOT NOT ..., - - ...) recurses, and those are counted.
 * 2. NOT stands where what follows it may: not behind an operator that binds more tightly.
 * 3. A minus in front of a number becomes part of it, so that -9223372036854775808 is an INTEGER.
 *
 * Cost: O(operators).
 */
import type { ExprContext, ExprPartContext, OperandContext } from "../../../../../grammar/generated/CypherParser.ts";
import * as CypherParser from "../../../../../grammar/generated/CypherParser.ts";
import type { CypherComparison, CypherExpression } from "../../../ast/cypher/expression.ts";
import { ADDITION, AND, COMPARISON, MULTIPLICATION, NOT, OR, POWER, PREDICATE, SIGN, XOR } from "../../../ast/cypher/precedence.ts";
import { NESTING_MAX } from "../../depth.ts";
import { firstToken } from "../../tree.ts";
import { tooDeep } from "../syntax-error.ts";
import { unexpectedToken } from "./names.ts";
import { buildPostfixed, negativeNumber } from "./primary.ts";

/** No operator: the end. */
const NONE = 0;

const PRECEDENCE: ReadonlyMap<number, number> = new Map([
  [CypherParser.OR, OR],
  [CypherParser.XOR, XOR],
  [CypherParser.AND, AND],
  [CypherParser.EQ, COMPARISON],
  [CypherParser.NEQ, COMPARISON],
  [CypherParser.LT, COMPARISON],
  [CypherParser.LE, COMPARISON],
  [CypherParser.GT, COMPARISON],
  [CypherParser.GE, COMPARISON],
  [CypherParser.MATCHES, PREDICATE],
  [CypherParser.IN, PREDICATE],
  [CypherParser.CONTAINS, PREDICATE],
  [CypherParser.STARTS, PREDICATE],
  [CypherParser.ENDS, PREDICATE],
  [CypherParser.IS, PREDICATE],
  [CypherParser.PLUS, ADDITION],
  [CypherParser.MINUS, ADDITION],
  [CypherParser.STAR, MULTIPLICATION],
  [CypherParser.SLASH, MULTIPLICATION],
  [CypherParser.PERCENT, MULTIPLICATION],
  [CypherParser.CARET, POWER],
]);

const LOGICAL = { [OR]: "OR", [XOR]: "XOR", [AND]: "AND" } as const;

/** Operators of two words, and those that are words: their spelling in the AST. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [CypherParser.STARTS, "STARTS WITH"],
  [CypherParser.ENDS, "ENDS WITH"],
  [CypherParser.CONTAINS, "CONTAINS"],
  [CypherParser.IN, "IN"],
]);

export function buildExpression(context: ExprContext): CypherExpression {
  return readExpression(context.operand(), context.exprPart());
}

export function buildOptional(context: ExprContext | null | undefined): CypherExpression | undefined {
  return context ? buildExpression(context) : undefined;
}

/** The expression of an operand and the parts behind it. */
export function readExpression(operand: OperandContext, parts: readonly ExprPartContext[]): CypherExpression {
  if (parts.length === 0 && operand.prefixOperator().length === 0) return buildPostfixed(operand.postfixed());
  return new ExpressionReader(parts).climb(operand, 0, OR);
}

class ExpressionReader {
  readonly #parts: readonly ExprPartContext[];
  #at = 0;
  #depth = 0;

  constructor(parts: readonly ExprPartContext[]) {
    this.#parts = parts;
  }

  /** `operand` from its `prefix`-th operator in front, and all that follows and binds at least as tightly as `lowest`. */
  climb(operand: OperandContext, prefix: number, lowest: number): CypherExpression {
    let left = this.#prefixed(operand, prefix, lowest);
    for (let level = this.#level(); level >= lowest && level !== NONE; level = this.#level()) {
      if (level <= AND) left = this.#logical(left, level as keyof typeof LOGICAL);
      else left = level === COMPARISON ? this.#comparison(left) : this.#operator(left, level);
    }
    return left;
  }

  /** Level of the next operator; NONE at the end. */
  #level(): number {
    const part = this.#parts[this.#at];
    return part ? PRECEDENCE.get(firstToken(part).type)! : NONE;
  }

  #next(): ExprPartContext {
    return this.#parts[this.#at++]!;
  }

  #prefixed(operand: OperandContext, prefix: number, lowest: number): CypherExpression {
    if (prefix === 0) checkPrefixes(operand);
    const context = operand.prefixOperator(prefix);
    if (!context) return buildPostfixed(operand.postfixed());
    const token = firstToken(context);
    if (++this.#depth > NESTING_MAX) throw tooDeep(token.statement, token.start);
    const position = token.start;
    if (token.type === CypherParser.NOT) {
      if (lowest > NOT) throw unexpectedToken(token);
      const value = this.climb(operand, prefix + 1, NOT);
      this.#depth--;
      return { kind: "ParsedNot", position, operand: value };
    }
    const last = prefix + 1 === operand.prefixOperator().length;
    const number = last && token.type === CypherParser.MINUS ? negativeNumber(operand.postfixed(), position) : undefined;
    if (number) {
      this.#depth--;
      return number;
    }
    const value = this.climb(operand, prefix + 1, SIGN);
    this.#depth--;
    if (token.type === CypherParser.MINUS && value.kind === "ParsedNumber" && !value.negative) {
      return { ...value, position, negative: true };
    }
    return { kind: "ParsedUnary", position, operator: token.text, operand: value };
  }

  #logical(first: CypherExpression, level: keyof typeof LOGICAL): CypherExpression {
    const { start: position } = firstToken(this.#parts[this.#at]!);
    const operands = [first];
    while (this.#level() === level) operands.push(this.climb(this.#next().operand()!, 0, level + 1));
    return { kind: "ParsedLogical", position, operator: LOGICAL[level], operands };
  }

  #comparison(first: CypherExpression): CypherExpression {
    const { start: position } = firstToken(this.#parts[this.#at]!);
    const operators: CypherComparison[] = [];
    const operands = [first];
    while (this.#level() === COMPARISON) {
      const part = this.#next();
      operators.push(firstToken(part).text as CypherComparison);
      operands.push(this.climb(part.operand()!, 0, COMPARISON + 1));
    }
    const [left, right] = operands;
    if (operators.length === 1) return { kind: "ParsedBinary", position, operator: operators[0]!, left: left!, right: right! };
    return { kind: "ParsedComparisonChain", position, operators, operands };
  }

  /** The next operator and its right side, applied to `left`. */
  #operator(left: CypherExpression, level: number): CypherExpression {
    const part = this.#next();
    const token = firstToken(part);
    const position = token.start;
    if (part.IS()) return { kind: "ParsedIs", position, test: "NULL", negated: part.NOT() !== null, operand: left };
    const right = this.climb(part.operand()!, 0, level + 1);
    return { kind: "ParsedBinary", position, operator: WORDS.get(token.type) ?? token.text, left, right };
  }
}

/** Nobody looks for one of a hundred thousand operators again and again. */
function checkPrefixes(operand: OperandContext): void {
  const excess = operand.prefixOperator()[NESTING_MAX];
  if (!excess) return;
  const { statement, start } = firstToken(excess);
  throw tooDeep(statement, start);
}
