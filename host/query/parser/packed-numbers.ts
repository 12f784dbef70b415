/**
 * Lists of numbers that the build packs into text (host/build/grammar-network.mjs has the format).
 */

/** Characters that end a number, of all that are used. */
const LAST = 70;
const LETTERS = 91;
/** Printing ASCII, in order, without what text in JavaScript must escape. */
const SKIPPED = [...'"$\\`'].map((letter) => letter.charCodeAt(0));
const FIRST_CODE = 32;

export class PackedNumbers {
  readonly #text: string;
  readonly #digits = digits();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): number {
    let number = 0;
    for (let unit = 1; ; unit *= LETTERS - LAST) {
      const digit = this.#digits[this.#text.charCodeAt(this.#at++)]!;
      number += digit * unit;
      if (digit < LAST) return number;
    }
  }

  signed(): number {
    const number = this.next();
    return number & 1 ? -((number + 1) >>> 1) : number >>> 1;
  }

  list(count: number): number[] {
    return Array.from({ length: count }, () => this.next());
  }

  differences(count: number): number[] {
    let last = 0;
    return Array.from({ length: count }, () => {
      last += this.signed();
      return last;
    });
  }
}

/** By character code. */
function digits(): Uint8Array {
  const table = new Uint8Array(FIRST_CODE + LETTERS + SKIPPED.length);
  for (let code = FIRST_CODE, digit = 0; code < table.length; code++) if (!SKIPPED.includes(code)) table[code] = digit++;
  return table;
}
