/**
 * What the scanners of literals share: the key of the statement cache, which is the text with literals taken out of it.
 *
 * In the key a literal is a NUL, its mark and the number of its slot. A mark is a letter that stands for a class of values; no text has
 * a NUL (scanner.ts), so different texts have different keys.
 */
import type { TextTokens } from "./tokens.ts";

export interface TextLiteral<Type extends string> {
  readonly type: Type;
  /** As the AST has it: decimal text of a number without its sign, the characters of a string, the digits of a bit string. */
  readonly value: string;
  /** Offset in the text, of the first one that has the slot. */
  readonly position: number;
}

export interface TextFingerprint<Type extends string> {
  readonly key: string;
  /** By slot. */
  readonly literals: readonly TextLiteral<Type>[];
  readonly tokens: TextTokens;
  /** Per token the slot of its literal, or -1. */
  readonly slots: readonly number[];
}

export abstract class LiteralLifter<Type extends string> {
  protected readonly tokens: TextTokens;
  readonly #types: Readonly<Record<string, Type>>;
  readonly #literals: TextLiteral<Type>[] = [];
  readonly #slots: number[];
  readonly #shared = new Map<string, number>();
  /** Pieces of the key up to `#copied`. */
  #key = "";
  #copied = 0;

  /** `types`: what each mark stands for. */
  constructor(tokens: TextTokens, types: Readonly<Record<string, Type>>) {
    this.tokens = tokens;
    this.#types = types;
    this.#slots = new Array<number>(tokens.types.length).fill(-1);
  }

  /** What has been lifted until now. */
  fingerprint(): TextFingerprint<Type> {
    const { tokens } = this;
    return { key: this.#key + tokens.text.slice(this.#copied), literals: this.#literals, tokens, slots: this.#slots };
  }

  /** Takes out the literal of a token, which stands behind all that were taken out before. Equal ones have one slot if all are shared. */
  protected lift(index: number, mark: string, isShared: boolean): void {
    const { text, starts, ends, values } = this.tokens;
    const value = values[index]!;
    const position = starts[index]!;
    const known = isShared ? this.#shared.get(mark + value) : undefined;
    const slot = known ?? this.#literals.length;
    if (known === undefined) {
      this.#literals.push({ type: this.#types[mark]!, value, position });
      if (isShared) this.#shared.set(mark + value, slot);
    }
    this.#slots[index] = slot;
    this.#key += `${text.slice(this.#copied, position)}\0${mark}${slot};`;
    this.#copied = ends[index]!;
  }
}

/** Whether digits are at most a limit. Requires: no leading zeros. */
export function isAtMost(digits: string, limit: string): boolean {
  return digits.length < limit.length || (digits.length === limit.length && digits <= limit);
}
