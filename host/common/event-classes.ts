/**
 * Classes of keyspace events as `notify-keyspace-events` writes them: one letter each, A for all but `m` and `n`. Without K (channels
 * named for keys) and E (channels named for events) nothing is sent.
 */
/** Letters in the order in which Redis tells them, with the bits of assembly/abi/notification.ts (a test compares them). */
const LETTERS: readonly (readonly [letter: string, bits: number])[] = [
  ["A", 10236],
  ["g", 4],
  ["$", 8],
  ["l", 16],
  ["s", 32],
  ["h", 64],
  ["z", 128],
  ["x", 256],
  ["e", 512],
  ["t", 1024],
  ["d", 8192],
  ["n", 16384],
  ["K", 1],
  ["E", 2],
  ["m", 2048],
];

/** What A stands for. */
const ALL = 10236;

/** Bits of letters in any order; undefined: one is none. */
export function readEventClasses(text: string): number | undefined {
  let classes = 0;
  for (const letter of text) {
    const row = LETTERS.find(([known]) => known === letter);
    if (row === undefined) return undefined;
    classes |= row[1];
  }
  return classes;
}

/** The letters of classes. */
export function writeEventClasses(classes: number): string {
  const isAll = (classes & ALL) === ALL;
  const shown = LETTERS.filter(([letter, bits]) => (letter === "A" ? isAll : (classes & bits) !== 0 && !(isAll && (ALL & bits) !== 0)));
  return shown.map(([letter]) => letter).join("");
}
