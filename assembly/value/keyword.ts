/**
 * Words of the language of values (`nan`, `infinity`, `true`, names of months) as numbers: up to eight ASCII characters in lower
 * case, the first one lowest, so that a comparison is one instruction.
 */
import { lowerByte } from "../bytes/lower";

/** Blank, tab, line feed, vertical tab, form feed, carriage return. */
// @ts-ignore: decorator
@inline
export function isBlank(byte: u32): bool {
  return byte == 32 || byte - 9 < 5;
}

/** The bytes from `start` to before `end` as a keyword; 0: there are none or more than eight. */
export function asciiWord(start: usize, end: usize): u64 {
  if (end - start > 8) return 0;
  let word: u64 = 0;
  for (let position = end; position > start; position--) word = (word << 8) | (<u64>lowerByte(load<u8>(position - 1)));
  return word;
}
