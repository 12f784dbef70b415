/**
 * Texts as code points, and which of them make a word: what the functions of this folder share.
 *
 * Characters are Unicode code points, as PostgreSQL counts them; a lone surrogate is one too.
 */
import { isAlpha } from "util/string";

/** The code points of a text. */
export function codePoints(text: string): StaticArray<i32> {
  const points = new StaticArray<i32>(countCodePoints(text));
  let at = 0;
  for (let i = 0; i < points.length; i++) {
    const point = text.codePointAt(at);
    points[i] = point;
    at += point > 0xffff ? 2 : 1;
  }
  return points;
}

/** How many code points a text has; counting costs no memory. */
export function countCodePoints(text: string): i32 {
  let count = 0;
  for (let at = 0; at < text.length; at += text.codePointAt(at) > 0xffff ? 2 : 1) count++;
  return count;
}

/** Appends a code point to UTF-16 units. */
export function pushCodePoint(units: i32[], point: i32): void {
  if (point > 0xffff) {
    units.push(0xd7c0 + (point >> 10));
    units.push(0xdc00 | (point & 0x3ff));
  } else {
    units.push(point);
  }
}

/** Whether a code point is a digit 0 to 9 or a letter (also digits of other scripts, which musl's iswalpha counts as letters). */
export function isWordCharacter(point: i32): bool {
  return <u32>(point - 0x30) < 10 || isAlpha(<u32>point);
}
