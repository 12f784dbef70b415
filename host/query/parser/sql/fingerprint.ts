/**
 * The key of a statement in the statement cache: its text with literals lifted out, found without the parser.
 *
 * Two statements with one key have the same AST but for positions and the values of lifted literals, so a plan made for one serves
 * the other. What stays in the key decides what a plan may rely on:
 *
 * 1. Only queries, INSERT, UPDATE and DELETE are lifted from; the key of any other statement is its text.
 * 2. Kept: ordinals in ORDER BY and GROUP BY, everything behind LIMIT, OFFSET and FETCH, modifiers and bounds of types, the field of
 *    EXTRACT, date_part and date_trunc, names behind -> and ->> (they are paths of documents), INTERVAL '1' DAY, GRAPH_MATCH's query,
 *    the target of ON CONFLICT. NULL, TRUE and FALSE are words and stay.
 * 3. In select lists, GROUP BY, HAVING, ORDER BY and RETURNING equal literals share a slot, since `x + 1` of the select list must be
 *    known again in GROUP BY; elsewhere each literal has a slot of its own. Slots stand in the key.
 * 4. The key has the class of each number: INTEGER, BIGINT or NUMERIC, with the two magnitudes whose class depends on the sign apart.
 * 5. Marks in the key begin with NUL, which no statement contains.
 *
 * Keeping too much only makes more keys; a literal that is lifted wrongly would make a wrong plan. So what is not understood is kept.
 * Cost: O(length), one pass over the tokens.
 */
import { Token } from "antlr4ng";
import * as SqlParser from "../../../../grammar/generated/SqlParser.ts";
import type { ParsedStatement } from "../../ast/statement.ts";
import { isAtMost, LiteralLifter, type TextFingerprint, type TextLiteral } from "../literal-lifter.ts";
import type { TextTokens } from "../tokens.ts";
import { tokenize } from "./lexer.ts";
import { parseTokens } from "./parse.ts";

type LiteralType = "integer" | "bigint" | "numeric" | "string" | "binary" | "hexadecimal";
export type LiftedLiteral = TextLiteral<LiteralType>;
export type Fingerprint = TextFingerprint<LiteralType>;

/** Throws a DatabaseError for text that is not made of tokens. */
export function fingerprint(text: string): Fingerprint {
  const tokens = tokenize(text);
  const lifter = new Lifter(tokens);
  if (LIFTED_FROM.has(tokens.types[0]!)) lifter.run();
  return lifter.fingerprint();
}

/** The AST of the text that was scanned; literals know their slots. */
export function parseFingerprint({ tokens, slots }: Fingerprint): ParsedStatement {
  return parseTokens(tokens, slots);
}

const LIFTED_FROM: ReadonlySet<number> = new Set([
  SqlParser.SELECT,
  SqlParser.WITH,
  SqlParser.VALUES,
  SqlParser.INSERT,
  SqlParser.UPDATE,
  SqlParser.DELETE,
  SqlParser.LPAREN,
]);

/** What happens to literals: each gets a slot, equal ones share one, the same but ordinals are kept, or all are kept. */
type Region = "own" | "shared" | "ordinals" | "kept";

/** Which region a word of a query begins. GROUP and ORDER count only before BY, CONFLICT only behind ON. */
const CLAUSES: ReadonlyMap<number, Region> = new Map([
  [SqlParser.SELECT, "shared"],
  [SqlParser.HAVING, "shared"],
  [SqlParser.WINDOW, "shared"],
  [SqlParser.RETURNING, "shared"],
  [SqlParser.FROM, "own"],
  [SqlParser.WHERE, "own"],
  [SqlParser.VALUES, "own"],
  [SqlParser.SET, "own"],
  [SqlParser.DO, "own"],
  [SqlParser.FOR, "own"],
  [SqlParser.UNION, "own"],
  [SqlParser.INTERSECT, "own"],
  [SqlParser.EXCEPT, "own"],
  [SqlParser.GROUP, "ordinals"],
  [SqlParser.ORDER, "ordinals"],
  [SqlParser.LIMIT, "kept"],
  [SqlParser.OFFSET, "kept"],
  [SqlParser.FETCH, "kept"],
  [SqlParser.CONFLICT, "kept"],
]);

/** Words that make a bracket a query. */
const QUERY_WORDS: ReadonlySet<number> = new Set([
  SqlParser.SELECT,
  SqlParser.VALUES,
  SqlParser.INSERT,
  SqlParser.UPDATE,
  SqlParser.DELETE,
]);

/** Behind these a type begins, or a bracket with a precision. */
const TYPE_STARTS: ReadonlySet<number> = new Set([
  SqlParser.TYPECAST,
  SqlParser.AS,
  SqlParser.TIMESTAMP,
  SqlParser.TIME,
  SqlParser.INTERVAL,
  SqlParser.SECOND,
  SqlParser.CURRENT_TIME,
  SqlParser.CURRENT_TIMESTAMP,
  SqlParser.LOCALTIME,
  SqlParser.LOCALTIMESTAMP,
]);

/** And these go on with it. */
const TYPE_WORDS: ReadonlySet<number> = new Set([
  SqlParser.IDENT,
  SqlParser.QUOTED_IDENT,
  SqlParser.DOT,
  SqlParser.DOUBLE,
  SqlParser.PRECISION,
  SqlParser.VARYING,
  SqlParser.WITH,
  SqlParser.WITHOUT,
  SqlParser.ZONE,
  SqlParser.ARRAY,
  SqlParser.TO,
  SqlParser.YEAR,
  SqlParser.MONTH,
  SqlParser.DAY,
  SqlParser.HOUR,
  SqlParser.MINUTE,
]);

/** Behind these an item of ORDER BY or GROUP BY begins. */
const ITEM_STARTS: ReadonlySet<number> = new Set([SqlParser.BY, SqlParser.COMMA, SqlParser.SETS, SqlParser.ALL, SqlParser.DISTINCT]);

/** What may follow an ordinal. */
const ITEM_ENDS: ReadonlySet<number> = new Set([
  Token.EOF,
  SqlParser.SEMI,
  SqlParser.COMMA,
  SqlParser.ASC,
  SqlParser.DESC,
  SqlParser.NULLS,
  ...[...CLAUSES.keys()].filter((type) => type !== SqlParser.SET),
  SqlParser.ON,
]);

/** Calls all of whose literals are kept, and those whose first argument is. */
const KEPT_CALLS: ReadonlySet<string> = new Set(["graph_match"]);
const KEPT_FIRST: ReadonlySet<string> = new Set(["extract", "date_part", "date_trunc"]);

/** Operators behind which a text is the name of a field. */
const ARROWS: ReadonlySet<string> = new Set(["->", "->>"]);

const INTERVAL_FIELDS: ReadonlySet<number> = new Set([
  SqlParser.YEAR,
  SqlParser.MONTH,
  SqlParser.DAY,
  SqlParser.HOUR,
  SqlParser.MINUTE,
  SqlParser.SECOND,
]);

interface Frame {
  region: Region;
  /** It is a query or a statement: its words begin clauses. */
  query: boolean;
  /** What stands here is a whole item if ORDER BY or GROUP BY has it: a query, or a bracket around items. */
  items: boolean;
}

class Lifter extends LiteralLifter<LiteralType> {
  readonly #frames: Frame[] = [{ region: "own", query: true, items: true }];
  #inType = false;

  constructor(tokens: TextTokens) {
    super(tokens, TYPES);
  }

  run(): void {
    const { types } = this.tokens;
    for (let index = 0; index < types.length; index++) {
      const type = types[index]!;
      switch (type) {
        case SqlParser.LPAREN:
        case SqlParser.LBRACK:
          this.#open(index);
          break;
        case SqlParser.RPAREN:
        case SqlParser.RBRACK:
          if (this.#frames.length > 1) this.#frames.pop();
          break;
        case SqlParser.NUMBER:
        case SqlParser.STRING:
        case SqlParser.BIT_STRING:
        case SqlParser.HEX_STRING:
          this.#literal(index);
          this.#inType = false;
          break;
        default:
          this.#word(index, type);
      }
    }
  }

  #word(index: number, type: number): void {
    this.#inType = TYPE_STARTS.has(type) || (this.#inType && TYPE_WORDS.has(type));
    const frame = this.#frames.at(-1)!;
    if (this.tokens.types[index - 1] === SqlParser.DOT) return;
    if (QUERY_WORDS.has(type)) {
      frame.query = true;
      frame.items = true;
    }
    if (!frame.query) return;
    const region = CLAUSES.get(type);
    if (region === undefined || !this.#begins(index, type)) return;
    frame.region = region;
  }

  #begins(index: number, type: number): boolean {
    const { types } = this.tokens;
    if (type === SqlParser.GROUP || type === SqlParser.ORDER) return types[index + 1] === SqlParser.BY;
    // The condition of ON CONFLICT's target chooses an index; no other WHERE stands behind what is kept.
    if (type === SqlParser.WHERE) return this.#frames.at(-1)!.region !== "kept";
    return type !== SqlParser.CONFLICT || types[index - 1] === SqlParser.ON;
  }

  #open(index: number): void {
    const { types, values } = this.tokens;
    const outer = this.#frames.at(-1)!;
    const before = types[index - 1];
    const name = values[index - 1] ?? "";
    const kept = this.#inType || (before === SqlParser.IDENT && KEPT_CALLS.has(name));
    const groups =
      before === SqlParser.BY ||
      before === SqlParser.COMMA ||
      before === SqlParser.LPAREN ||
      before === SqlParser.SETS ||
      (before === SqlParser.IDENT && (name === "rollup" || name === "cube"));
    this.#frames.push({ region: kept ? "kept" : outer.region, query: false, items: outer.items && groups });
  }

  #literal(index: number): void {
    const { region } = this.#frames.at(-1)!;
    if (region === "kept" || this.#isKept(index) || (region === "ordinals" && this.#isOrdinal(index))) return;
    const { values, types } = this.tokens;
    const mark = types[index] === SqlParser.NUMBER ? numberClass(values[index]!) : MARKS.get(types[index]!)!;
    this.lift(index, mark, region !== "own");
  }

  /** The first argument of EXTRACT and its kin; a name behind an arrow; an interval that gets its unit from the words behind it. */
  #isKept(index: number): boolean {
    const { types, values } = this.tokens;
    if (types[index] === SqlParser.STRING && types[index - 1] === SqlParser.OPERATOR) return ARROWS.has(values[index - 1]!);
    if (types[index - 1] === SqlParser.INTERVAL) return INTERVAL_FIELDS.has(types[index + 1]!);
    return types[index - 1] === SqlParser.LPAREN && KEPT_FIRST.has(values[index - 2] ?? "");
  }

  /** A number that is a whole item of ORDER BY or GROUP BY, with or without sign and brackets. */
  #isOrdinal(index: number): boolean {
    const { types } = this.tokens;
    if (types[index] !== SqlParser.NUMBER || !this.#frames.at(-1)!.items) return false;
    let before = index - 1;
    while (types[before] === SqlParser.MINUS || types[before] === SqlParser.PLUS || types[before] === SqlParser.LPAREN) before--;
    const begin = types[before]!;
    // A name can only be ROLLUP or CUBE, whose bracket comes at once.
    const begins = ITEM_STARTS.has(begin) || (begin === SqlParser.IDENT && types[before + 1] === SqlParser.LPAREN);
    let behind = index + 1;
    while (types[behind] === SqlParser.RPAREN) behind++;
    return begins && ITEM_ENDS.has(types[behind]!);
  }
}

const MARKS: ReadonlyMap<number, string> = new Map([
  [SqlParser.STRING, "s"],
  [SqlParser.BIT_STRING, "b"],
  [SqlParser.HEX_STRING, "x"],
]);

const TYPES: Readonly<Record<string, LiteralType>> = {
  i: "integer",
  j: "bigint",
  l: "bigint",
  m: "numeric",
  n: "numeric",
  s: "string",
  b: "binary",
  x: "hexadecimal",
};

const INTEGER_MAX = "2147483647";
const BIGINT_MAX = "9223372036854775807";

/** i INTEGER, l BIGINT, n NUMERIC; j and m are one class higher and would be the lower one behind a minus. */
function numberClass(text: string): string {
  if (!/^\d+$/.test(text)) return "n";
  const digits = text.replace(/^0+(?=\d)/, "");
  if (isAtMost(digits, INTEGER_MAX)) return "i";
  if (digits === "2147483648") return "j";
  if (isAtMost(digits, BIGINT_MAX)) return "l";
  return digits === "9223372036854775808" ? "m" : "n";
}
