/**
 * ANTLR's network (ATN) as text: the list of numbers that antlr-ng writes, in a form that takes half of its room when it is
 * compressed. host/query/parser/network.ts reads it.
 *
 * A number is written in groups of seven bits, lowest first, the high bit set in all but the last; then all bytes as base64:
 *
 *   numbers before the transitions: count, then each
 *   transitions: count, then by columns: source minus the one before, target minus source, type, and three arguments, each
 *     minus the one before; a difference d is written as 2d, or -2d - 1 where it is negative
 *   the rest: count, then each
 */

/** Fields of a transition in ANTLR's format: source, target, type and three arguments. */
const FIELDS = 6;
const STATE_INVALID = 0;
const STATE_BLOCK_STARTS = [3, 4, 5];
const STATE_LOOP_END = 12;

/** The text for ANTLR's format 4 of a parser's network. Throws where the list does not end where the format says. */
export function packNetwork(numbers) {
  const start = transitionsAt(numbers);
  const count = numbers[start];
  const end = start + 1 + count * FIELDS;
  if (end + 1 + numbers[end] !== numbers.length) throw new Error("the network of the grammar is not in ANTLR's format 4");
  const bytes = [];
  writeList(bytes, numbers.slice(0, start));
  write(bytes, count);
  const column = (field) => numbers.slice(start + 1, end).filter((_, index) => index % FIELDS === field);
  const sources = column(0);
  writeDifferences(bytes, sources);
  for (const [index, target] of column(1).entries()) writeSigned(bytes, target - sources[index]);
  for (const type of column(2)) write(bytes, type);
  for (const field of [3, 4, 5]) writeDifferences(bytes, column(field));
  writeList(bytes, numbers.slice(end));
  return Buffer.from(bytes).toString("base64");
}

/** Where the number of transitions stands. */
function transitionsAt(numbers) {
  let at = 3;
  const states = numbers[at++];
  for (let state = 0; state < states; state++) {
    const type = numbers[at++];
    if (type === STATE_INVALID) continue;
    at += type === STATE_LOOP_END || STATE_BLOCK_STARTS.includes(type) ? 2 : 1;
  }
  // States without greed, states of precedence, start states of rules, modes of a lexer.
  for (let list = 0; list < 4; list++) at += 1 + numbers[at];
  const sets = numbers[at++];
  for (let set = 0; set < sets; set++) at += 2 + 2 * numbers[at];
  return at;
}

function writeList(bytes, list) {
  write(bytes, list.length);
  for (const number of list) write(bytes, number);
}

function writeDifferences(bytes, list) {
  for (const [index, number] of list.entries()) writeSigned(bytes, number - (list[index - 1] ?? 0));
}

function writeSigned(bytes, number) {
  write(bytes, number < 0 ? -2 * number - 1 : 2 * number);
}

function write(bytes, number) {
  let rest = number;
  while (rest >= 128) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
}
