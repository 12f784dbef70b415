/**
 * Phantoms: what a condition did not find when it was asked, and would have found later. Scans of a table and of a collection of
 * documents, an index, a range of primary keys, a prefix of keys, a count, a walk from a node; unique values; nodes that are
 * removed while somebody ties a relationship to them.
 */
import type { Anomaly } from "../interleaving.ts";
import {
  all,
  append,
  count,
  first,
  GROUP_SPACES,
  INSERT_SPACES,
  inGroup,
  inRange,
  insert,
  into,
  item,
  link,
  move,
  outOf,
  pop,
  put,
  read,
  remove,
  scan,
  sweep,
  upsert,
} from "./words.ts";

const INSERT_GROUPS = ["document", "row", "claim"] as const;
const SWEEP_SPACES = ["row", "claim", "node"] as const;
const NODES = first("node:1", "node:2", "node:3");

/** Each looks whether a group is empty and puts something into it. */
const predicateSkew: Anomaly[] = INSERT_GROUPS.map((space) => ({
  name: `predicate G2 on ${space}`,
  contents: [],
  steps: [
    ["A", scan(inGroup(space, 1)), []],
    ["B", scan(inGroup(space, 1)), []],
    ["A", insert(item(space, 1), 11, 1)],
    ["B", insert(item(space, 2), 12, 1)],
  ],
  serializable: "first",
  snapshot: "all",
}));

const countSkew: Anomaly[] = INSERT_GROUPS.map((space) => ({
  name: `predicate G2 by counts on ${space}`,
  contents: [],
  steps: [
    ["A", count(inGroup(space, 1)), 0],
    ["B", count(inGroup(space, 1)), 0],
    ["A", insert(item(space, 1), 11, 1)],
    ["B", insert(item(space, 2), 12, 1)],
    ["A", count(inGroup(space, 1)), 1],
  ],
  serializable: "first",
  snapshot: "all",
}));

/** Items move into a group that the other has looked through. */
const moveSkew: Anomaly[] = SWEEP_SPACES.map((space) => ({
  name: `phantoms by moves on ${space}`,
  contents: [
    [item(space, 1), { group: 1, log: [1] }],
    [item(space, 2), { group: 2, log: [2] }],
  ],
  steps: [
    ["A", scan(inGroup(space, 1)), [[1]]],
    ["B", scan(inGroup(space, 2)), [[2]]],
    ["A", move(item(space, 1), 2, 11)],
    ["B", move(item(space, 2), 1, 12)],
  ],
  serializable: "first",
  snapshot: "all",
}));

/** The black and white marbles: one makes all of them white, the other all black. */
const marbles: Anomaly[] = SWEEP_SPACES.map((space) => ({
  name: `marbles on ${space}`,
  contents: [
    [item(space, 1), { group: 1, log: [1] }],
    [item(space, 2), { group: 2, log: [2] }],
  ],
  steps: [
    ["A", sweep(space, 1, 2, 11)],
    ["B", sweep(space, 2, 1, 12)],
  ],
  serializable: "first",
  snapshot: "all",
}));

/** A write to what was found, not to the condition. */
const overwrittenFinds: Anomaly[] = GROUP_SPACES.map((space) => ({
  name: `a scanned item is overwritten, on ${space}`,
  contents: first(item(space, 1), item(space, 2)),
  steps: [
    ["A", scan(inGroup(space, 1)), [[1], [2]]],
    ["B", scan(inGroup(space, 1)), [[1], [2]]],
    ["A", append(item(space, 1), 11)],
    ["B", append(item(space, 2), 12)],
  ],
  serializable: "first",
  snapshot: "all",
}));

const scanAgainstUnit: Anomaly[] = INSERT_GROUPS.map((space) => ({
  name: `a scan stays, whatever units insert, on ${space}`,
  contents: first(item(space, 1)),
  steps: [
    ["A", scan(inGroup(space, 1)), [[1]]],
    ["U", [insert(item(space, 2), 11, 1)]],
    ["A", scan(inGroup(space, 1)), [[1]]],
    ["A", count(all(space)), 1],
    ["U", [count(all(space))], 2],
  ],
  serializable: "all",
  snapshot: "all",
}));

/** The short SELECT of the read-only anomaly: it reads a condition, so it leaves its mark. */
const scanUnits: Anomaly[] = INSERT_GROUPS.map((space) => ({
  name: `read-only anomaly by one scan on ${space}`,
  contents: first(item(space, 1)),
  steps: [
    ["A", count(inGroup(space, 1)), 1],
    ["U", [insert(item(space, 2), 11, 1)]],
    ["U", [scan(inGroup(space, 1))], [[1], [11]]],
    ["A", append(item(space, 1), 12)],
    ["A", "commit"],
  ],
  serializable: { A: false },
  snapshot: "all",
}));

const rangePhantoms: Anomaly[] = (["row", "claim"] as const).map((space) => ({
  name: `phantoms in a range of keys on ${space}`,
  contents: first(item(space, 1), item(space, 9)),
  steps: [
    ["A", scan(inRange(space, 1, 4)), [[1]]],
    ["B", scan(inRange(space, 5, 9)), [[2]]],
    ["A", insert(item(space, 6), 11)],
    ["B", insert(item(space, 3), 12)],
  ],
  serializable: "first",
  snapshot: "all",
}));

/** What is outside of a range is no phantom of it. */
const outsideRange: Anomaly[] = (["row", "claim"] as const).map((space) => ({
  name: `inserts outside of the ranges on ${space}`,
  contents: first(item(space, 1), item(space, 9)),
  steps: [
    ["A", scan(inRange(space, 1, 4)), [[1]]],
    ["B", scan(inRange(space, 5, 9)), [[2]]],
    ["A", insert(item(space, 3), 11)],
    ["B", insert(item(space, 6), 12)],
  ],
  serializable: "any",
  snapshot: "all",
}));

const prefixPhantoms: Anomaly[] = [
  {
    name: "phantoms under a prefix of keys",
    contents: [],
    steps: [
      ["A", count(all("key")), 0],
      ["B", scan(all("key"))],
      ["A", insert("key:1", 11)],
      ["B", put("key:2", 12)],
    ],
    serializable: "first",
    snapshot: "all",
  },
  {
    name: "a prefix of keys and a table",
    contents: [],
    steps: [
      ["A", scan(all("key"))],
      ["B", count(all("row")), 0],
      ["A", insert("row:1", 11)],
      ["B", append("key:2", 12)],
    ],
    serializable: "first",
    snapshot: "all",
  },
];

/** A removal is a phantom too. */
const vanished: Anomaly[] = GROUP_SPACES.map((space) => ({
  name: `phantoms by removals on ${space}`,
  contents: first(item(space, 1), item(space, 2)),
  steps: [
    ["A", count(inGroup(space, 1)), 2],
    ["B", count(inGroup(space, 1)), 2],
    ["A", remove(item(space, 1))],
    ["B", remove(item(space, 2))],
  ],
  serializable: "first",
  snapshot: "all",
}));

const races: Anomaly[] = INSERT_SPACES.flatMap((space) => [
  {
    name: `two inserts of one ${space}`,
    contents: [],
    steps: [
      ["A", insert(item(space, 1), 11)],
      ["B", insert(item(space, 1), 12)],
    ],
    serializable: "first",
    snapshot: "first",
  } satisfies Anomaly,
  {
    name: `an insert behind a unit's, of one ${space}`,
    contents: [],
    steps: [
      ["A", insert(item(space, 1), 11)],
      ["U", [insert(item(space, 1), 12)]],
      ["A", read(item(space, 1)), [[11]]],
      ["A", "commit"],
      ["U", [read(item(space, 1))], [[12]]],
    ],
    serializable: { A: false },
    snapshot: { A: false },
  } satisfies Anomaly,
  {
    name: `a second insert sees the first, of one ${space}`,
    contents: [],
    steps: [
      ["A", insert(item(space, 1), 11)],
      ["A", "commit"],
      ["B", insert(item(space, 1), 12), "refused"],
      ["B", read(item(space, 1)), [[11]]],
    ],
    serializable: "all",
    snapshot: "all",
  } satisfies Anomaly,
  {
    name: `a unique value is free again when its row is removed, ${space}`,
    contents: first(item(space, 1)),
    steps: [
      ["A", remove(item(space, 1))],
      ["A", insert(item(space, 1), 11)],
      ["A", read(item(space, 1)), [[11]]],
      ["U", [read(item(space, 1))], [[1]]],
      ["A", "commit"],
      ["U", [read(item(space, 1))], [[11]]],
    ],
    serializable: "all",
    snapshot: "all",
  } satisfies Anomaly,
]);

const walks: Anomaly[] = [
  {
    name: "phantoms among the relationships of two nodes",
    contents: NODES,
    steps: [
      ["A", scan(outOf("node:1")), []],
      ["B", scan(outOf("node:2")), []],
      ["A", link("node:2", "node:3", 11)],
      ["B", link("node:1", "node:3", 12)],
    ],
    serializable: "first",
    snapshot: "all",
  },
  {
    name: "phantoms among the relationships of one node",
    contents: NODES,
    steps: [
      ["A", scan(into("node:1")), []],
      ["B", count(into("node:1")), 0],
      ["A", link("node:2", "node:1", 11)],
      ["B", link("node:3", "node:1", 12)],
    ],
    serializable: "first",
    snapshot: "all",
  },
  {
    name: "relationships tied to one node by two do not conflict by themselves",
    contents: NODES,
    steps: [
      ["A", link("node:1", "node:2", 11)],
      ["B", link("node:1", "node:3", 12)],
    ],
    serializable: "any",
    snapshot: "all",
  },
  {
    name: "a walk and a table",
    contents: NODES,
    steps: [
      ["A", scan(outOf("node:1")), []],
      ["B", count(inGroup("row", 1)), 0],
      ["A", insert("row:1", 11)],
      ["B", link("node:1", "node:2", 12)],
    ],
    serializable: "first",
    snapshot: "all",
  },
  {
    name: "a walk that an autocommit unit has seen",
    contents: NODES,
    steps: [
      ["A", scan(outOf("node:1")), []],
      ["U", [link("node:1", "node:2", 11)]],
      ["U", [scan(outOf("node:1")), read("key:1")]],
      ["A", put("key:1", 12)],
      ["A", "commit"],
    ],
    serializable: { A: false },
    snapshot: "all",
  },
];

/** What makes an item or changes it has seen which of both. */
const upserts: Anomaly[] = (["row", "claim"] as const).flatMap((space) => [
  {
    name: `two that find no ${space} make one`,
    contents: [],
    steps: [
      ["A", upsert(item(space, 1), 11)],
      ["B", upsert(item(space, 1), 12)],
    ],
    serializable: "first",
    snapshot: "first",
  } satisfies Anomaly,
  {
    name: `two that find a ${space} change it`,
    contents: first(item(space, 1)),
    steps: [
      ["A", upsert(item(space, 1), 11)],
      ["A", read(item(space, 1)), [[1, 11]]],
      ["B", upsert(item(space, 1), 12)],
      ["U", [read(item(space, 1))], [[1]]],
    ],
    serializable: "first",
    snapshot: "first",
  } satisfies Anomaly,
  {
    name: `ON CONFLICT behind a unit's insert of a ${space}`,
    contents: [],
    steps: [
      ["A", upsert(item(space, 1), 11)],
      ["U", [upsert(item(space, 1), 12)]],
      ["U", [upsert(item(space, 1), 13)]],
      ["A", "commit"],
      ["U", [read(item(space, 1))], [[12, 13]]],
    ],
    serializable: { A: false },
    snapshot: { A: false },
  } satisfies Anomaly,
  {
    name: `write skew by ON CONFLICT on ${space}`,
    contents: first(item(space, 2)),
    steps: [
      ["A", read(item(space, 1)), [null]],
      ["B", read(item(space, 2)), [[1]]],
      ["A", upsert(item(space, 2), 11)],
      ["B", upsert(item(space, 1), 12)],
    ],
    serializable: "first",
    snapshot: "all",
  } satisfies Anomaly,
]);

/** Nobody gets what another one has taken. */
const pops: Anomaly[] = (["list", "zset"] as const).flatMap((space) => [
  {
    name: `two pops of one ${space}`,
    contents: [[item(space, 1), { group: 0, log: [1, 2] }]],
    steps: [
      ["A", pop(item(space, 1))],
      ["A", read(item(space, 1)), [[2]]],
      ["B", pop(item(space, 1), "blocking")],
      ["B", pop(item(space, 1))],
      ["B", read(item(space, 1)), [null]],
      ["U", [read(item(space, 1))], [[1, 2]]],
    ],
    serializable: "first",
    snapshot: "first",
  } satisfies Anomaly,
  {
    name: `a pop of a ${space} behind a unit's`,
    contents: [[item(space, 2), { group: 0, log: [1, 2] }]],
    steps: [
      ["A", pop(item(space, 2))],
      ["U", [pop(item(space, 2), "blocking")]],
      ["A", "commit"],
      ["U", [read(item(space, 2))], [[2]]],
    ],
    serializable: { A: false },
    snapshot: { A: false },
  } satisfies Anomaly,
  {
    name: `skew by pops that find nothing, ${space} and key`,
    contents: [],
    steps: [
      ["A", pop(item(space, 1), "blocking")],
      ["B", read("key:1"), [null]],
      ["A", insert("key:1", 11)],
      ["B", append(item(space, 1), 12)],
    ],
    serializable: "first",
    snapshot: "all",
  } satisfies Anomaly,
]);

/** A relationship has two nodes, at either level. */
const removedNodes: Anomaly[] = [
  {
    name: "a node is removed while a relationship is tied to it",
    contents: NODES,
    steps: [
      ["A", link("node:1", "node:2", 11)],
      ["B", remove("node:2")],
    ],
    serializable: "first",
    snapshot: "first",
  },
  {
    name: "a unit ties a relationship to a node that is being removed",
    contents: NODES,
    steps: [
      ["A", remove("node:1")],
      ["U", [link("node:1", "node:2", 11)]],
      ["A", "commit"],
      ["U", [scan(all("link"))], [[11]]],
    ],
    serializable: { A: false },
    snapshot: { A: false },
  },
  {
    name: "a unit removes a node that a relationship is being tied to",
    contents: NODES,
    steps: [
      ["A", link("node:1", "node:2", 11)],
      ["U", [remove("node:1")]],
      ["A", "commit"],
      ["U", [scan(all("link"))], []],
    ],
    serializable: { A: false },
    snapshot: { A: false },
  },
];

export const phantoms: readonly Anomaly[] = [
  ...predicateSkew,
  ...countSkew,
  ...moveSkew,
  ...marbles,
  ...overwrittenFinds,
  ...scanAgainstUnit,
  ...scanUnits,
  ...rangePhantoms,
  ...outsideRange,
  ...prefixPhantoms,
  ...vanished,
  ...races,
  ...upserts,
  ...pops,
  ...walks,
  ...removedNodes,
];
