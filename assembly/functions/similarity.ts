/**
 * `similarity(a, b)`: how alike two texts are, from 0 to 1; PostgreSQL's function of that name (extension pg_trgm).
 *
 * A text's trigrams are those of its words (runs of letters and digits, in lower case), each with two spaces in front and one
 * behind. The similarity is the number of common trigrams by the number of different ones. PostgreSQL hashes trigrams with
 * characters beyond ASCII to three bytes, so that it may hold two for the same; here they stay apart.
 *
 * Cost: O(n log n) time, about 32 bytes per character.
 */
import { codePoints, isWordCharacter } from "./text";

const SPACE: u64 = 0x20;
/** Bits of a code point; three fill the lower 63 bits of a number. */
const POINT_BITS = 21;
const TRIGRAM_MASK: u64 = (1 << (3 * POINT_BITS)) - 1;

export function similarity(a: string, b: string): f32 {
  const left = trigrams(a);
  const right = trigrams(b);
  if (left.length == 0 || right.length == 0) return 0;
  const common = countCommon(left, right);
  return <f32>common / <f32>(left.length + right.length - common);
}

/** The different trigrams of a text, in ascending order. */
function trigrams(text: string): u64[] {
  const points = codePoints(text.toLowerCase());
  const found: u64[] = [];
  let window = SPACE;
  let inWord = false;
  for (let i = 0; i <= points.length; i++) {
    const point = i < points.length ? points[i] : -1;
    if (point >= 0 && isWordCharacter(point)) {
      if (!inWord) window = (SPACE << POINT_BITS) | SPACE;
      window = ((window << POINT_BITS) | (<u64>point)) & TRIGRAM_MASK;
      found.push(window);
      inWord = true;
    } else if (inWord) {
      found.push(((window << POINT_BITS) | SPACE) & TRIGRAM_MASK);
      inWord = false;
    }
  }
  found.sort();
  return withoutRepeats(found);
}

function withoutRepeats(sorted: u64[]): u64[] {
  let kept = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (kept == 0 || sorted[i] != sorted[kept - 1]) sorted[kept++] = sorted[i];
  }
  sorted.length = kept;
  return sorted;
}

/** How many numbers two ascending lists have in common. */
function countCommon(left: u64[], right: u64[]): i32 {
  let common = 0;
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    if (left[i] == right[j]) {
      common++;
      i++;
      j++;
    } else if (left[i] < right[j]) i++;
    else j++;
  }
  return common;
}
