/**
 * `soundex(text)`: how an English name sounds, as a letter and three digits; PostgreSQL's function of that name (extension
 * fuzzystrmatch), which follows the variant that H and W separate equal sounds. A text without a letter A to Z gives "".
 *
 * Method: R. C. Russell's US patent 1,261,167 (1918). Cost: O(n).
 */
const LENGTH = 4;
/** The digits of A to Z; letters with 0 have no sound of their own. */
const DIGITS = "01230120022455012623010202";

export function soundex(text: string): string {
  let at = 0;
  while (at < text.length && letterOf(text.charCodeAt(at)) < 0) at++;
  if (at == text.length) return "";
  let code = text.charAt(at).toUpperCase();
  let previous = soundOf(text.charCodeAt(at));
  while (++at < text.length && code.length < LENGTH) {
    const unit = text.charCodeAt(at);
    const sound = soundOf(unit);
    if (letterOf(unit) >= 0 && sound != previous && sound != 0x30) code += String.fromCharCode(sound);
    previous = sound;
  }
  return code.padEnd(LENGTH, "0");
}

/** The number of a letter A to Z in either case, or -1. */
function letterOf(unit: i32): i32 {
  const letter = (unit | 0x20) - 0x61;
  return <u32>letter < 26 ? letter : -1;
}

/** The digit of a letter; other characters stand for themselves. */
function soundOf(unit: i32): i32 {
  const letter = letterOf(unit);
  return letter < 0 ? unit : DIGITS.charCodeAt(letter);
}
