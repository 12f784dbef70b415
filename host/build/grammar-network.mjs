/**
 * ANTLR's network (ATN) and the accessors of contexts as text: lists of numbers in a form that takes less than half of their room
 * when it is compressed. host/query/parser/packed-numbers.ts reads it.
 *
 * A number is written in characters of ALPHABET: the first LAST of them end a number, the others go on. `n` below LAST is one
 * character; else the rest of (n - LAST) by the number of the others comes first, and then the quotient in the same way. A byte with
 * seven bits would do as well, but text of JavaScript has no room for bytes, and base64 hides from compressors what repeats.
 *
 *   network: numbers before the transitions: count, then each
 *     transitions: count, then by columns: source minus the one before, target minus source, type, and three arguments, each
 *       minus the one before; a difference d is written as 2d, or -2d - 1 where it is negative
 *     the rest: count, then each
 *   accessors, for each rule: count, then for each 2 * number, plus 1 where it answers a list; the number is that of a rule, or that
 *     of a token behind the rules (EOF is the first)
 */

/** Printing ASCII without what text in JavaScript must escape. */
const ALPHABET = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).filter((letter) => !'"\\`$'.includes(letter));
const LAST = 70;

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
  const text = [];
  writeList(text, numbers.slice(0, start));
  write(text, count);
  const column = (field) => numbers.slice(start + 1, end).filter((_, index) => index % FIELDS === field);
  const sources = column(0);
  writeDifferences(text, sources);
  for (const [index, target] of column(1).entries()) writeSigned(text, target - sources[index]);
  for (const type of column(2)) write(text, type);
  for (const field of [3, 4, 5]) writeDifferences(text, column(field));
  writeList(text, numbers.slice(end));
  return text.join("");
}

/** The text for the accessors of contexts: `tokens` has the numbers of tokens by name. */
export function packAccessors(contexts, ruleNames, tokens) {
  const text = [];
  for (const { accessors } of contexts) {
    const numbers = accessors.map(({ accessor, list }) => {
      const rule = ruleNames.indexOf(accessor);
      return 2 * (rule >= 0 ? rule : ruleNames.length + 1 + Number(tokens.get(accessor))) + (list ? 1 : 0);
    });
    if (numbers.some(Number.isNaN)) throw new Error("a context has an accessor that is neither rule nor token");
    writeList(text, numbers);
  }
  return text.join("");
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

function writeList(text, list) {
  write(text, list.length);
  for (const number of list) write(text, number);
}

function writeDifferences(text, list) {
  for (const [index, number] of list.entries()) writeSigned(text, number - (list[index - 1] ?? 0));
}

function writeSigned(text, number) {
  write(text, number < 0 ? -2 * number - 1 : 2 * number);
}

function write(text, number) {
  let rest = number;
  while (rest >= LAST) {
    const others = ALPHABET.length - LAST;
    text.push(ALPHABET[LAST + ((rest - LAST) % others)]);
    rest = Math.floor((rest - LAST) / others);
  }
  text.push(ALPHABET[rest]);
}
