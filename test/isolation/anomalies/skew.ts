/**
 * What `serializable` forbids and `snapshot` permits, on single items: write skew in both shapes, on items that are there and
 * on items that are not; the read-only anomaly (Fekete, O'Neil & O'Neil 2004, "A Read-Only Transaction Anomaly Under Snapshot
 * Isolation"), with autocommit units in its parts; three transactions in a ring. And what must not abort, though it looks
 * alike.
 */
import type { Anomaly } from "../interleaving.ts";
import { isCollection } from "../operation.ts";
import { append, couple, first, INSERT_SPACES, ITEM_SPACES, insert, item, pairs, read, remove } from "./words.ts";

type Item = ReturnType<typeof item>;

function onPair(
  make: (x: Item, y: Item, name: string) => Anomaly,
  spaces: readonly (typeof ITEM_SPACES)[number][] = ITEM_SPACES,
): Anomaly[] {
  return pairs(spaces).map(([one, other]) => make(...couple(one, other), one === other ? one : `${one} and ${other}`));
}

/** Both look at both, each writes one. */
const bothRead = onPair((x, y, name) => ({
  name: `write skew, both read, on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["A", read(y), [[2]]],
    ["B", read(x), [[1]]],
    ["B", read(y), [[2]]],
    ["A", append(x, 11)],
    ["B", append(y, 12)],
  ],
  serializable: "first",
  snapshot: "all",
}));

/** Each looks at what the other writes. */
const crossed = onPair((x, y, name) => ({
  name: `write skew, crossed, on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["B", read(y), [[2]]],
    ["A", append(y, 11)],
    ["B", append(x, 12)],
  ],
  serializable: "first",
  snapshot: "all",
}));

/** The same, but the other has committed before the first one looks: its view is older. */
const readLate = onPair((x, y, name) => ({
  name: `write skew, read behind the other's commit, on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", "begin"],
    ["B", read(x), [[1]]],
    ["B", append(y, 11)],
    ["B", "commit"],
    ["A", read(y), [[2]]],
    ["A", append(x, 12)],
    ["A", "commit"],
  ],
  serializable: { A: false, B: true },
  snapshot: "all",
}));

const absent = onPair(
  (x, y, name) => ({
    name: `skew on absent items, ${name}`,
    contents: [],
    steps: [
      ["A", read(x), [null]],
      ["B", read(y), [null]],
      ["A", insert(y, 11)],
      ["B", insert(x, 12)],
    ],
    serializable: "first",
    snapshot: "all",
  }),
  INSERT_SPACES,
);

const removals = onPair((x, y, name) => ({
  name: `write skew by removals on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["B", read(y), [[2]]],
    ["A", remove(y)],
    ["B", remove(x)],
  ],
  serializable: "first",
  snapshot: "all",
}));

/** The pivot A has read before the deposit B; C sees the deposit and not the pivot. */
const readOnly = onPair((x, y, name) => ({
  name: `read-only anomaly on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["A", read(y), [[2]]],
    ["B", append(y, 11)],
    ["B", "commit"],
    ["C", "begin read only"],
    ["C", read(x), [[1]]],
    ["C", read(y), [[2, 11]]],
    ["C", "commit"],
    ["A", append(x, 12)],
    ["A", "commit"],
  ],
  serializable: { A: false, B: true, C: true },
  snapshot: "all",
}));

/** Without C it is serializable: A before B. */
const withoutReader = onPair((x, y, name) => ({
  name: `no anomaly without the reader on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["A", read(y), [[2]]],
    ["B", append(y, 11)],
    ["B", "commit"],
    ["A", append(x, 12)],
    ["A", "commit"],
  ],
  serializable: "all",
  snapshot: "all",
}));

/** C is still active when A commits: one of them has to give way. */
const openReader = onPair((x, y, name) => ({
  name: `read-only anomaly, the reader open, on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["A", read(y), [[2]]],
    ["B", append(y, 11)],
    ["B", "commit"],
    ["C", read(y), [[2, 11]]],
    ["A", append(x, 12)],
    ["C", read(x), [[1]]],
  ],
  serializable: "not all",
  snapshot: "all",
}));

/** When C meets what A has changed, A has committed: only C can give way. */
const lateReader = onPair((x, y, name) => ({
  name: `read-only anomaly, read behind the pivot's commit, on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["A", read(y), [[2]]],
    ["B", append(y, 11)],
    ["B", "commit"],
    ["C", read(y), [[2, 11]]],
    ["A", append(x, 12)],
    ["A", "commit"],
    ["C", read(x), [[1]]],
    ["C", "commit"],
  ],
  serializable: { A: true, B: true, C: false },
  snapshot: "all",
}));

/** Deposit and look are autocommit units: two commands, EXEC. */
const readOnlyUnits = onPair((x, y, name) => ({
  name: `read-only anomaly by units on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["A", read(y), [[2]]],
    ["U", [append(y, 11)]],
    ["U", [read(x), read(y)]],
    ["A", append(x, 12)],
    ["A", "commit"],
  ],
  serializable: { A: false },
  snapshot: "all",
}));

/** One command that reads two items: MGET, SELECT ... IN, JSON.MGET, MATCH. */
const readOnlyCommands: Anomaly[] = ITEM_SPACES.filter((space) => !isCollection(space)).map((space) => ({
  name: `read-only anomaly by one command on ${space}`,
  contents: first(item(space, 1), item(space, 2)),
  steps: [
    ["A", read(item(space, 1), item(space, 2)), [[1], [2]]],
    ["U", [append(item(space, 2), 11)]],
    ["U", [read(item(space, 1), item(space, 2))], [[1], [2, 11]]],
    ["A", append(item(space, 1), 12)],
    ["A", "commit"],
  ],
  serializable: { A: false },
  snapshot: "all",
}));

/** A unit of one item is no link of a chain: nobody aborts for it. */
const singleItemUnits = onPair((x, y, name) => ({
  name: `units of one item abort nobody on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["A", read(y), [[2]]],
    ["U", [append(y, 11)]],
    ["U", [read(y)], [[2, 11]]],
    ["V", [read(x)], [[1]]],
    ["A", append(x, 12)],
    ["A", "commit"],
  ],
  serializable: "any",
  snapshot: "all",
}));

/** A unit that reads one item and writes another is skew's other half. */
const skewWithUnit = onPair((x, y, name) => ({
  name: `write skew against EXEC on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(y), [[2]]],
    ["U", [read(x), append(y, 11)]],
    ["A", append(x, 12)],
    ["A", "commit"],
  ],
  serializable: { A: false },
  snapshot: "all",
}));

const ring: Anomaly[] = ITEM_SPACES.map((space) => {
  const [x, y, z] = [item(space, 1), item(space, 2), item(space, 3)];
  return {
    name: `a ring of three on ${space}`,
    contents: first(x, y, z),
    steps: [
      ["A", read(x), [[1]]],
      ["B", read(y), [[2]]],
      ["C", read(z), [[3]]],
      ["A", append(y, 11)],
      ["B", append(z, 12)],
      ["C", append(x, 13)],
    ],
    serializable: "not all",
    snapshot: "all",
  };
});

/** One anti-dependency, or a chain of two whose last did not commit first. */
const chains: Anomaly[] = ITEM_SPACES.map((space) => {
  const [x, y] = [item(space, 1), item(space, 2)];
  return {
    name: `a chain, committed from its head, on ${space}`,
    contents: first(x, y),
    steps: [
      ["A", read(x), [[1]]],
      ["B", append(x, 11)],
      ["B", read(y), [[2]]],
      ["C", append(y, 12)],
      ["A", "commit"],
      ["B", "commit"],
      ["C", "commit"],
    ],
    serializable: "all",
    snapshot: "all",
  };
});

const disjoint = onPair((x, y, name) => ({
  name: `disjoint work on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["B", read(y), [[2]]],
    ["A", append(x, 11)],
    ["B", append(y, 12)],
  ],
  serializable: "all",
  snapshot: "all",
}));

export const skew: readonly Anomaly[] = [
  ...bothRead,
  ...crossed,
  ...readLate,
  ...absent,
  ...removals,
  ...readOnly,
  ...withoutReader,
  ...openReader,
  ...lateReader,
  ...readOnlyUnits,
  ...readOnlyCommands,
  ...singleItemUnits,
  ...skewWithUnit,
  ...ring,
  ...chains,
  ...disjoint,
];
