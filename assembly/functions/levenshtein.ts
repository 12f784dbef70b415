/**
 * `levenshtein(source, target)`: how many characters must be inserted, deleted or replaced to make one text of the other;
 * PostgreSQL's function of that name (extension fuzzystrmatch), limit included.
 *
 * Method: Wagner and Fischer, "The String-to-String Correction Problem" (1974), with one row of the table. Cost: O(n m) time,
 * O(m) memory, so texts are limited.
 */
import { codePoints, countCodePoints } from "./text";

const LENGTH_MAX = 255;

export function levenshtein(source: string, target: string): i32 {
  if (countCodePoints(source) > LENGTH_MAX || countCodePoints(target) > LENGTH_MAX) {
    throw new Error("levenshtein argument exceeds maximum length of 255 characters");
  }
  const from = codePoints(source);
  const to = codePoints(target);
  // row[j]: the distance between what has been read of `source` and the first j characters of `target`.
  const row = new StaticArray<i32>(to.length + 1);
  for (let j = 0; j < row.length; j++) row[j] = j;
  for (let i = 0; i < from.length; i++) {
    let diagonal = row[0];
    row[0] = i + 1;
    for (let j = 0; j < to.length; j++) {
      const replaced = diagonal + i32(from[i] != to[j]);
      diagonal = row[j + 1];
      row[j + 1] = min(replaced, min(diagonal, row[j]) + 1);
    }
  }
  return row[to.length];
}
