/**
 * The rows of a result: a list of rows (tuple-list.ts), and chunks with the bytes of their long words, which are copied because rows
 * outlive what they were made of. The host takes rows away between morsels and then calls `output_clear`.
 *
 * Text chunks are blocks {u32 next, 8 bytes on the text}; a string longer than TEXT_BYTES has a block of its own.
 *
 * Invariant: every long word in a row points to a text chunk of the same output.
 * Cost: O(bytes).
 */
import { OUTPUT_BYTES, OUTPUT_TEXT_END, OUTPUT_TEXT_FIRST, OUTPUT_TEXT_NEXT, LIST_PLAN } from "../abi/plan";
import { WORD_HUGE } from "../abi/record";
import { copyBytes } from "../bytes/copy";
import { isInline, longWord, wordLength } from "../value/word";
import { blockGive, blockTake } from "./plan-memory";
import { list_seal, listOpen, listRewind } from "./tuple-list";

const TEXT_HEADER: u32 = 8;
const TEXT_BYTES: u32 = 32752;
/** In front of the bytes of a huge string lies its length. */
const HUGE_HEAD: u32 = 8;

/** A result, or `output` emptied when there is one. */
export function output_open(output: usize, plan: usize, rowBytes: u32): usize {
  if (!output) return listOpen(0, plan, rowBytes, OUTPUT_BYTES);
  output_clear(output);
  return output;
}

function clearText(output: usize): void {
  const plan = <usize>load<u32>(output, LIST_PLAN);
  let chunk = <usize>load<u32>(output, OUTPUT_TEXT_FIRST);
  while (chunk) {
    const next = <usize>load<u32>(chunk);
    blockGive(plan, chunk);
    chunk = next;
  }
  store<u32>(output, 0, OUTPUT_TEXT_FIRST);
  store<u32>(output, 0, OUTPUT_TEXT_NEXT);
  store<u32>(output, 0, OUTPUT_TEXT_END);
}

/** Forgets all rows: the host has them. Room for a few is kept. */
export function output_clear(output: usize): void {
  listRewind(output);
  if (load<u32>(output, OUTPUT_TEXT_FIRST)) clearText(output);
}

/** Makes the rows readable: the ends of all chunks are right. */
export function output_seal(output: usize): void {
  list_seal(output);
}

/** Room for a text of so many bytes, or 0 and an error. */
function textRoom(output: usize, size: u32): usize {
  const next = load<u32>(output, OUTPUT_TEXT_NEXT);
  const rounded = (size + 7) & ~7;
  if (rounded >= size && load<u32>(output, OUTPUT_TEXT_END) - next >= rounded) {
    store<u32>(output, next + rounded, OUTPUT_TEXT_NEXT);
    return <usize>next;
  }
  const isOwn = rounded > TEXT_BYTES >> 2 || rounded < size;
  if (rounded + TEXT_HEADER < size) return blockTake(<usize>load<u32>(output, LIST_PLAN), 0xffffffff);
  const total = isOwn ? rounded + TEXT_HEADER : TEXT_BYTES;
  const chunk = blockTake(<usize>load<u32>(output, LIST_PLAN), total);
  if (!chunk) return 0;
  store<u32>(chunk, load<u32>(output, OUTPUT_TEXT_FIRST));
  store<u32>(output, <u32>chunk, OUTPUT_TEXT_FIRST);
  const text = <u32>chunk + TEXT_HEADER;
  if (!isOwn) {
    store<u32>(output, text + rounded, OUTPUT_TEXT_NEXT);
    store<u32>(output, <u32>chunk + total, OUTPUT_TEXT_END);
  }
  return <usize>text;
}

/** A long word whose bytes are the output's own; 0 and an error without memory. Requires: a long word. */
export function output_word(output: usize, word: u64): u64 {
  if (isInline(word)) return word;
  const length = wordLength(word);
  const head: u32 = length >= <u32>WORD_HUGE ? HUGE_HEAD : 0;
  const room = textRoom(output, length + head);
  if (!room) return 0;
  if (head) store<u32>(room, length, HUGE_HEAD - 4);
  copyBytes(room + head, <usize>(word >> 32), length);
  return longWord(room + head, length);
}
