/**
 * The key of a Cypher statement in the statement cache: its text with literals lifted out, found without the parser (as
 * ../sql/fingerprint.ts does for SQL).
 *
 * Two statements with one key have the same AST but for positions and the values of lifted literals. What stays in the key decides what
 * a plan may rely on:
 *
 * 1. Only queries are lifted from; the key of a definition and of EXPLAIN is its text.
 * 2. Kept: everything behind SKIP and LIMIT, bounds of relationships of variable length, and, since the text of an expression without
 *    a name is the name of its column, all of a RETURN that has a literal in an item without AS. NULL, TRUE and FALSE are words and stay.
 * 3. In WITH, RETURN and ORDER BY equal literals share a slot, since `x + 1` of the projection must be known again behind ORDER BY;
 *    elsewhere each literal has a slot of its own. Slots stand in the key.
 * 4. The key has the class of each number: INTEGER or FLOAT, with the magnitude that is an INTEGER only behind a minus apart. Numbers
 *    that are neither are kept, so that the parser refuses them each time.
 * 5. Marks in the key begin with NUL, which no statement contains.
 *
 * Keeping too much only makes more keys; a literal that is lifted wrongly would make a wrong plan. So what is not understood is kept.
 * Cost: O(length), one pass over the tokens, and one over each RETURN.
 */
import { Token } from "antlr4ng";
import * as CypherParser from "../../../../grammar/generated/CypherParser.ts";
import type { ParsedCypherStatement } from "../../ast/cypher/statement.ts";
import { NESTING_MAX } from "../depth.ts";
import { isAtMost, LiteralLifter, type TextFingerprint, type TextLiteral } from "../literal-lifter.ts";
import type { TextTokens } from "../tokens.ts";
import { tokenize } from "./lexer.ts";
import { INTEGER_MAX, isInteger, NEGATIVE_MAX } from "./literal-text.ts";
import { parseTokens } from "./parse.ts";

type LiteralType = "integer" | "float" | "string";
export type LiftedCypherLiteral = TextLiteral<LiteralType>;
export type CypherFingerprint = TextFingerprint<LiteralType>;

/** Throws a DatabaseError for text that is not made of tokens. */
export function fingerprintCypher(text: string): CypherFingerprint {
  const tokens = tokenize(text);
  const lifter = new Lifter(tokens);
  if (isQuery(tokens.types)) lifter.run();
  return lifter.fingerprint();
}

/** The AST of the text that was scanned; literals know their slots. */
export function parseCypherFingerprint({ tokens, slots }: CypherFingerprint): ParsedCypherStatement {
  return parseTokens(tokens, slots);
}

const NO_QUERY: ReadonlySet<number> = new Set([CypherParser.EXPLAIN, CypherParser.PROFILE, CypherParser.DROP, CypherParser.SHOW]);
const DEFINED: ReadonlySet<number> = new Set([CypherParser.INDEX, CypherParser.CONSTRAINT]);

function isQuery(types: readonly number[]): boolean {
  return !NO_QUERY.has(types[0]!) && !(types[0] === CypherParser.CREATE && DEFINED.has(types[1]!));
}

/** What happens to literals, the strongest last: each gets a slot, equal ones share one, or all are kept. */
const REGIONS = ["own", "shared", "kept"] as const;
type Region = (typeof REGIONS)[number];

/** Which region a reserved word begins, where a query's clauses stand. RETURN is looked at apart; ORDER BY goes with its projection. */
const CLAUSES: ReadonlyMap<number, Region> = new Map([
  [CypherParser.WITH, "shared"],
  [CypherParser.RETURN, "shared"],
  [CypherParser.SKIP, "kept"],
  [CypherParser.LIMIT, "kept"],
  [CypherParser.MATCH, "own"],
  [CypherParser.WHERE, "own"],
  [CypherParser.UNWIND, "own"],
  [CypherParser.CREATE, "own"],
  [CypherParser.MERGE, "own"],
  [CypherParser.SET, "own"],
  [CypherParser.REMOVE, "own"],
  [CypherParser.DELETE, "own"],
  [CypherParser.UNION, "own"],
]);

/** Brackets behind these hold clauses. */
const QUERY_STARTS: ReadonlySet<number> = new Set([CypherParser.EXISTS, CypherParser.CALL, CypherParser.FOREACH]);

/** What ends an item of RETURN, besides a bracket that closes. */
const ITEM_ENDS: ReadonlySet<number> = new Set([Token.EOF, CypherParser.COMMA, CypherParser.SEMI, CypherParser.ORDER, ...CLAUSES.keys()]);

const OPENING: ReadonlySet<number> = new Set([CypherParser.LPAREN, CypherParser.PATTERN_START, CypherParser.LBRACK, CypherParser.LBRACE]);
const CLOSING: ReadonlySet<number> = new Set([CypherParser.RPAREN, CypherParser.PATTERN_LINK, CypherParser.RBRACK, CypherParser.RBRACE]);

/** Behind these a reserved word begins no clause. */
const NAMING: ReadonlySet<number> = new Set([
  CypherParser.DOT,
  CypherParser.COLON,
  CypherParser.PIPE,
  CypherParser.STARTS,
  CypherParser.ENDS,
]);

const TYPES: Readonly<Record<string, LiteralType>> = { i: "integer", j: "integer", f: "float", s: "string" };

interface Frame {
  region: Region;
  /** What the bracket stands in: nothing in it is weaker. */
  readonly base: Region;
  /** It holds clauses, so that words change the region. */
  readonly query: boolean;
}

class Lifter extends LiteralLifter<LiteralType> {
  readonly #frames: Frame[] = [{ region: "own", base: "own", query: true }];

  constructor(tokens: TextTokens) {
    super(tokens, TYPES);
  }

  run(): void {
    const { types } = this.tokens;
    // What nests deeper is refused by the parser.
    for (let index = 0; index < types.length && this.#frames.length <= NESTING_MAX; index++) {
      const type = types[index]!;
      if (OPENING.has(type)) {
        const { region } = this.#frames.at(-1)!;
        this.#frames.push({ region, base: region, query: QUERY_STARTS.has(types[index - 1]!) });
      } else if (CLOSING.has(type)) {
        if (this.#frames.length > 1) this.#frames.pop();
      } else if (type === CypherParser.NUMBER || type === CypherParser.STRING) this.#literal(index);
      else this.#word(index, type);
    }
  }

  #word(index: number, type: number): void {
    const frame = this.#frames.at(-1)!;
    const wanted = frame.query ? CLAUSES.get(type) : undefined;
    if (wanted === undefined || this.#isName(index)) return;
    const region = type === CypherParser.RETURN && this.#namesColumns(index + 1) ? "kept" : wanted;
    frame.region = REGIONS.indexOf(region) > REGIONS.indexOf(frame.base) ? region : frame.base;
  }

  /** A label, type or key, or the WITH of STARTS WITH and ENDS WITH. */
  #isName(index: number): boolean {
    const { types } = this.tokens;
    return NAMING.has(types[index - 1]!) || types[index + 1] === CypherParser.COLON;
  }

  /** Whether an item of RETURN, whose first one begins at `from`, has literals and no AS. */
  #namesColumns(from: number): boolean {
    const { types } = this.tokens;
    let open = 0;
    let literal = false;
    let named = false;
    for (let at = from; at < types.length; at++) {
      const type = types[at]!;
      if (OPENING.has(type)) open++;
      else if (CLOSING.has(type)) open--;
      else if (type === CypherParser.NUMBER || type === CypherParser.STRING) literal = true;
      else if (open === 0 && type === CypherParser.AS && !this.#isName(at)) named = true;
      if (open >= 0 && (open > 0 || !ITEM_ENDS.has(type) || this.#isName(at))) continue;
      if (literal && !named) return true;
      if (open < 0 || type !== CypherParser.COMMA) return false;
      literal = false;
      named = false;
    }
    return false;
  }

  #literal(index: number): void {
    const { values, types } = this.tokens;
    const { region } = this.#frames.at(-1)!;
    const mark = types[index] === CypherParser.STRING ? "s" : numberClass(values[index]!);
    if (region === "kept" || mark === "" || this.#isBound(index)) return;
    this.lift(index, mark, region !== "own");
  }

  /** A number of `*1..3`: behind a star, or behind two dots behind one. Factors are kept with them where they look alike. */
  #isBound(index: number): boolean {
    const { types } = this.tokens;
    let at = index - 1;
    if (types[at] === CypherParser.DOT_DOT) {
      at--;
      if (types[at] === CypherParser.NUMBER) at--;
    }
    if (types[at] !== CypherParser.STAR) return false;
    const before = types[at - 1];
    // In front of a bound's star stand the relationship's bracket, its name or its types; behind it the bracket ends or a map begins.
    if (before !== CypherParser.LBRACK && !isWord(before)) return false;
    const behind = types[index + 1];
    return (
      behind === CypherParser.DOT_DOT ||
      behind === CypherParser.RBRACK ||
      behind === CypherParser.LBRACE ||
      behind === CypherParser.PARAMETER
    );
  }
}

function isWord(type: number | undefined): boolean {
  return type === CypherParser.IDENT || type === CypherParser.QUOTED_IDENT || (type !== undefined && type > CypherParser.RIGHT_HEAD);
}

/** i INTEGER; j would be one only behind a minus; f FLOAT; nothing for what is too large. */
function numberClass(text: string): string {
  if (!isInteger(text)) return Number.isFinite(Number(text)) ? "f" : "";
  if (isAtMost(text, INTEGER_MAX)) return "i";
  return text === NEGATIVE_MAX ? "j" : "";
}
