/**
 * `slugify(text)`: a text as part of an address: "Crème brûlée, 2 Stück!" becomes "creme-brulee-2-stuck".
 *
 * Lower case; Latin letters lose their marks (å as a, ß as ss, þ as th); letters and digits of other scripts stay; apostrophes
 * and combining marks vanish; every other run of characters becomes one hyphen, and none at either end. Cost: O(n).
 */
import { codePoints, pushCodePoint, isWordCharacter } from "./text";

const FOLD_FIRST = 0xdf;
/** What the lower-case letters from U+00DF to U+017F become, in order; "-" where nothing changes by itself. */
const FOLDS: string[] = (
  "ss a a a a a a ae c e e e e i i i i d n o o o o o - o u u u u y th y " +
  "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g g g g g h h h h " +
  "i i i i i i i i i i ij ij j j k k k l l l l l l l l l l n n n n n n n n n o o o o o o oe oe " +
  "r r r r r r s s s s s s s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s"
).split(" ");

export function slugify(text: string): string {
  const points = codePoints(text.toLowerCase());
  const slug: i32[] = [];
  let hyphen = false;
  for (let i = 0; i < points.length; i++) {
    const point = points[i];
    if (vanishes(point)) continue;
    if (!isWordCharacter(point)) {
      hyphen = slug.length > 0;
      continue;
    }
    if (hyphen) slug.push(0x2d);
    hyphen = false;
    pushFolded(slug, point);
  }
  return String.fromCharCodes(slug);
}

/** Apostrophes, and the combining marks U+0300 to U+036F. */
function vanishes(point: i32): bool {
  return point == 0x27 || point == 0x2019 || <u32>(point - 0x300) < 0x70;
}

/** Appends a character without its marks; `slug` holds UTF-16 units. */
function pushFolded(slug: i32[], point: i32): void {
  const position = point - FOLD_FIRST;
  if (<u32>position >= <u32>FOLDS.length) {
    pushCodePoint(slug, point);
    return;
  }
  const letters = FOLDS[position];
  for (let i = 0; i < letters.length; i++) slug.push(letters.charCodeAt(i));
}
