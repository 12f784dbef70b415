/**
 * Texts that are nearly statements: with tokens dropped, doubled, swapped or taken from another one, and with characters changed.
 */
import type { SeededRandom } from "../support/random.ts";

/** `text` with up to four changes of characters; `peculiar` are put in. */
export function changeCharacters(random: SeededRandom, text: string, peculiar: readonly string[]): string {
  const characters = [...text];
  for (let count = random.between(1, 4); count > 0; count--) {
    const at = random.below(characters.length);
    characters.splice(at, random.below(3), ...(random.chance(0.5) ? [random.pick(peculiar)] : []));
  }
  return characters.join("");
}

/** `text` with up to four changes of words, some of which come from `other`. Never empty. */
export function changeWords(random: SeededRandom, text: string, other: string): string {
  const words = text.split(/\b/);
  const others = other.split(/\b/);
  for (let count = random.between(1, 4); count > 0; count--) {
    const at = random.below(words.length);
    const choice = random.below(4);
    if (choice === 0) words.splice(at, random.between(1, 4));
    else if (choice === 1) words.splice(at, 0, words[random.below(words.length)] ?? "");
    else if (choice === 2) words.splice(at, 0, " ", ...others.slice(random.below(others.length)), " ");
    else words[at] = others[random.below(others.length)] ?? "";
    if (words.length === 0) words.push(text.slice(0, 6));
  }
  return words.join("");
}
