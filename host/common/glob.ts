/**
 * Glob patterns on names (CONFIG GET, COMMAND LIST, channels): `*`, `?`, `[abc]`, `[^a-z]` and `\` before a literal character.
 * A class that is not closed reaches to the pattern's end.
 *
 * Iterative with one place to go back to, the last `*`: O(pattern * name), no recursion.
 */

/** The whole of `name` matches; letters of either case do. */
export function matchesGlob(pattern: string, name: string): boolean {
  return matchesGlobExactly(pattern.toLowerCase(), name.toLowerCase());
}

/** The whole of `given` matches, case and all. */
export function matchesGlobExactly(wanted: string, given: string): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let retry = 0;
  while (position < given.length) {
    if (wanted[at] === "*") {
      star = at++;
      retry = position;
      continue;
    }
    const next = at < wanted.length ? matchOne(wanted, at, given.charAt(position)) : -1;
    if (next >= 0) {
      at = next;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++retry;
    } else return false;
  }
  while (wanted[at] === "*") at++;
  return at === wanted.length;
}

/** Matches one character with the element at `at`; returns where the next element begins, or -1. */
function matchOne(pattern: string, at: number, character: string): number {
  const element = pattern.charAt(at);
  if (element === "?") return at + 1;
  if (element === "[") return matchClass(pattern, at + 1, character);
  const escaped = element === "\\" && at + 1 < pattern.length;
  return pattern.charAt(escaped ? at + 1 : at) === character ? at + (escaped ? 2 : 1) : -1;
}

/** The same for a class whose first character is at `at`. */
function matchClass(pattern: string, at: number, character: string): number {
  const negated = pattern[at] === "^";
  let place = negated ? at + 1 : at;
  let found = false;
  for (; place < pattern.length && pattern[place] !== "]"; place++) {
    if (pattern[place] === "\\" && place + 1 < pattern.length) place++;
    const first = pattern.charAt(place);
    let last = first;
    if (pattern[place + 1] === "-" && place + 2 < pattern.length && pattern[place + 2] !== "]") {
      last = pattern.charAt(place + 2);
      place += 2;
    }
    if ((first <= character && character <= last) || (last <= character && character <= first)) found = true;
  }
  return found === negated ? -1 : Math.min(place + 1, pattern.length);
}
