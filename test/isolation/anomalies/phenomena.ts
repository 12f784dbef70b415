/**
 * The phenomena that both levels forbid: dirty writes and reads, what was half read, lost updates, read skew (Adya 1999, 3.1
 * and 4.2; OTV and PMP as in Bailis et al. 2013, "Highly Available Transactions"). Over every kind of item and every pair.
 */
import type { Anomaly } from "../interleaving.ts";
import {
  append,
  appendBy,
  couple,
  first,
  GROUP_SPACES,
  INSERT_SPACES,
  ITEM_SPACES,
  inGroup,
  insert,
  item,
  move,
  pairs,
  put,
  read,
  readBy,
  remove,
  scan,
} from "./words.ts";

const PUT_SPACES = ["key", "document", "row"] as const;

function onPair(make: (x: ReturnType<typeof item>, y: ReturnType<typeof item>, name: string) => Anomaly): Anomaly[] {
  return pairs(ITEM_SPACES).map(([one, other]) => make(...couple(one, other), one === other ? one : `${one} and ${other}`));
}

function onItem(make: (x: ReturnType<typeof item>) => Anomaly, spaces: readonly (typeof ITEM_SPACES)[number][] = ITEM_SPACES): Anomaly[] {
  return spaces.map((space) => make(item(space, 1)));
}

const dirtyWrites = onPair((x, y, name) => ({
  name: `G0 on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", append(x, 11)],
    ["B", append(x, 12)],
    ["A", append(y, 13)],
    ["B", append(y, 14)],
  ],
  serializable: "first",
  snapshot: "first",
}));

const abortedReads = onItem((x) => ({
  name: `G1a on ${x}`,
  contents: first(x),
  steps: [
    ["A", append(x, 11)],
    ["B", read(x), [[1]]],
    ["U", [read(x)], [[1]]],
    ["A", "rollback"],
    ["B", read(x), [[1]]],
    ["U", [read(x)], [[1]]],
  ],
  serializable: "all",
  snapshot: "all",
}));

const abortedInserts = onItem(
  (x) => ({
    name: `G1a, an insert, on ${x}`,
    contents: [],
    steps: [
      ["A", insert(x, 11)],
      ["B", read(x), [null]],
      ["A", "rollback"],
      ["B", insert(x, 12)],
      ["B", read(x), [[12]]],
      ["B", "commit"],
      ["U", [read(x)], [[12]]],
    ],
    serializable: "all",
    snapshot: "all",
  }),
  INSERT_SPACES,
);

const intermediateReads = onItem((x) => ({
  name: `G1b on ${x}`,
  contents: first(x),
  steps: [
    ["A", append(x, 11)],
    ["B", read(x), [[1]]],
    ["A", append(x, 12)],
    ["A", read(x), [[1, 11, 12]]],
    ["A", "commit"],
    ["B", read(x), [[1]]],
    ["U", [read(x)], [[1, 11, 12]]],
  ],
  serializable: "all",
  snapshot: "all",
}));

const circularReads = onPair((x, y, name) => ({
  name: `G1c on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", append(x, 11)],
    ["B", append(y, 12)],
    ["A", read(y), [[2]]],
    ["B", read(x), [[1]]],
  ],
  serializable: "first",
  snapshot: "all",
}));

/** Who sees one write of a transaction sees its others. */
const vanishing = onPair((x, y, name) => ({
  name: `OTV on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", append(x, 11)],
    ["A", append(y, 12)],
    ["A", "commit"],
    ["C", "begin"],
    ["B", append(x, 13)],
    ["B", append(y, 14)],
    ["C", read(x), [[1, 11]]],
    ["B", "commit"],
    ["C", read(y), [[2, 12]]],
    ["C", read(x), [[1, 11]]],
  ],
  serializable: "all",
  snapshot: "all",
}));

const precederScans: Anomaly[] = GROUP_SPACES.map((space) => ({
  name: `PMP on ${space}`,
  contents: [
    [item(space, 1), { group: 1, log: [1] }],
    [item(space, 2), { group: 2, log: [2] }],
  ],
  steps: [
    ["A", scan(inGroup(space, 1)), [[1]]],
    // Documents have no operation that changes their group and looks at it; they are written anew.
    ["U", [space === "document" ? put(item(space, 2), 11, 1) : move(item(space, 2), 1, 11)]],
    ["A", scan(inGroup(space, 1)), [[1]]],
    ["A", scan(inGroup(space, 2)), [[2]]],
  ],
  serializable: "all",
  snapshot: "all",
}));

const lostUpdates = onItem((x) => ({
  name: `lost update on ${x}`,
  contents: first(x),
  steps: [
    ["A", read(x), [[1]]],
    ["B", read(x), [[1]]],
    ["A", append(x, 11)],
    ["B", append(x, 12)],
  ],
  serializable: "first",
  snapshot: "first",
}));

const lostPuts = onItem(
  (x) => ({
    name: `lost update, written blindly, on ${x}`,
    contents: first(x),
    steps: [
      ["A", read(x), [[1]]],
      ["B", read(x), [[1]]],
      ["A", put(x, 11)],
      ["B", put(x, 12)],
    ],
    serializable: "first",
    snapshot: "first",
  }),
  PUT_SPACES,
);

/** An autocommit unit never aborts, so the transaction does. */
const updatesLostToUnits = onItem((x) => ({
  name: `lost update against a unit on ${x}`,
  contents: first(x),
  steps: [
    ["A", read(x), [[1]]],
    ["U", [append(x, 11)]],
    ["A", append(x, 12)],
    ["A", "commit"],
    ["U", [read(x)], [[1, 11]]],
  ],
  serializable: { A: false },
  snapshot: { A: false },
}));

const removedMeanwhile = onItem((x) => ({
  name: `an update of what was removed, on ${x}`,
  contents: first(x),
  steps: [
    ["A", read(x), [[1]]],
    ["U", [remove(x)]],
    ["A", read(x), [[1]]],
    ["A", append(x, 12)],
    ["A", "commit"],
    ["U", [read(x)], [null]],
  ],
  serializable: { A: false },
  snapshot: { A: false },
}));

const readSkew = onPair((x, y, name) => ({
  name: `G-single, read only, on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["B", append(x, 11)],
    ["B", append(y, 12)],
    ["B", "commit"],
    ["A", read(y), [[2]]],
  ],
  serializable: "all",
  snapshot: "all",
}));

const readSkewByUnit = onPair((x, y, name) => ({
  name: `G-single against EXEC on ${name}`,
  contents: first(x, y),
  steps: [
    ["A", read(x), [[1]]],
    ["U", [append(x, 11), append(y, 12)]],
    ["A", read(y), [[2]]],
    ["A", append(y, 13)],
    ["A", "commit"],
    ["U", [read(y)], [[2, 12]]],
  ],
  serializable: { A: false },
  snapshot: { A: false },
}));

/** What EXEC writes appears at once. */
const wholeUnits = onPair((x, y, name) => ({
  name: `EXEC is seen as a whole on ${name}`,
  contents: first(x, y),
  steps: [
    ["U", [append(x, 11), append(y, 12)]],
    ["A", read(x), [[1, 11]]],
    ["U", [append(x, 13), append(y, 14)]],
    ["A", read(y), [[2, 12]]],
    ["B", read(y), [[2, 12, 14]]],
    ["B", read(x), [[1, 11, 13]]],
  ],
  serializable: "all",
  snapshot: "all",
}));

/** A row is a document: whichever language writes it, it is one item. */
const languages: Anomaly[] = [
  {
    name: "lost update, SQL and JSON on a row",
    contents: first("row:1"),
    steps: [
      ["A", readBy("json", "row:1"), [[1]]],
      ["B", readBy("cypher", "row:1"), [[1]]],
      ["A", appendBy("json", "row:1", 11)],
      ["B", append("row:1", 12)],
    ],
    serializable: "first",
    snapshot: "first",
  },
  {
    name: "own writes in every language",
    contents: first("row:1", "document:1"),
    steps: [
      ["A", append("row:1", 11)],
      ["A", readBy("json", "row:1"), [[1, 11]]],
      ["A", appendBy("json", "row:1", 12)],
      ["A", read("row:1"), [[1, 11, 12]]],
      ["A", readBy("cypher", "row:1"), [[1, 11, 12]]],
      ["A", append("document:1", 13)],
      ["A", readBy("sql", "document:1"), [[2, 13]]],
      ["A", readBy("cypher", "document:1"), [[2, 13]]],
      ["U", [readBy("json", "row:1")], [[1]]],
      ["U", [readBy("cypher", "document:1")], [[2]]],
    ],
    serializable: "all",
    snapshot: "all",
  },
];

export const phenomena: readonly Anomaly[] = [
  ...dirtyWrites,
  ...abortedReads,
  ...abortedInserts,
  ...intermediateReads,
  ...circularReads,
  ...vanishing,
  ...precederScans,
  ...lostUpdates,
  ...lostPuts,
  ...updatesLostToUnits,
  ...removedMeanwhile,
  ...readSkew,
  ...readSkewByUnit,
  ...wholeUnits,
  ...languages,
];
