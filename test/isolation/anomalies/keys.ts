/**
 * Keys as such: RENAME, COPY and MOVE, unions and SORT ... STORE, elements that one container gives another, pops of the first that
 * has any, deadlines of keys and of fields. What they read, though no answer tells it, is read; what they write in two places is written in both.
 *
 * A database may count what is copied as written too, since COMMIT copies anew: where only that is read, `snapshot` may abort.
 */
import type { Anomaly } from "../interleaving.ts";
import { COLLECTION_SPACES, type ItemName, type Operation } from "../operation.ts";
import { append, copy, deadline, expire, expireTag, first, insert, item, merge, popAny, read, rename, shift, take } from "./words.ts";

/** Moments that no history of the catalogue reaches. */
const FAR_OFF = 500_000;
const FARTHER = 700_000;

interface Carrier {
  readonly name: string;
  /** From item 1 to item 2. */
  readonly one: ItemName;
  readonly other: ItemName;
  /** A third one, where it lies with the second. */
  readonly third: ItemName;
  readonly carry: (from: ItemName, to: ItemName) => Operation;
  /** Whether the source is changed. */
  readonly takes: boolean;
}

function carrier(name: string, space: Parameters<typeof item>[0], carry: Carrier["carry"], takes: boolean): Carrier {
  return { name: `${name} on ${space}`, one: item(space, 1), other: item(space, 2), third: item(space, 3), carry, takes };
}

const CARRIERS: readonly Carrier[] = [
  ...(["key", "far", "document", ...COLLECTION_SPACES] as const).flatMap((space) => [
    carrier("RENAME", space, (from, to) => rename(from, to), true),
    carrier("COPY", space, (from, to) => copy(from, to), false),
  ]),
  carrier("SUNIONSTORE", "set", (from, to) => merge([from, to], to), false),
  carrier("ZUNIONSTORE", "zset", (from, to) => merge([from], to), false),
  carrier("SORT STORE", "list", (from, to) => merge([from], to), false),
  carrier("LMOVE", "list", (from, to) => shift(from, to), true),
  { name: "COPY DB", one: "key:1", other: "far:2", third: "far:3", carry: (from, to) => copy(from, to), takes: false },
];

/** One carries what the other one changes meanwhile. */
const overtaken: Anomaly[] = CARRIERS.map(({ name, one, other, carry, takes }) => ({
  name: `the source of ${name} is changed`,
  contents: first(one),
  steps: [
    ["A", carry(one, other)],
    ["B", append(one, 12)],
    ["A", read(other), [[1]]],
  ],
  serializable: takes ? "first" : "any",
  snapshot: takes ? "first" : "any",
}));

/** The target is written by another one, who has not seen it either. */
const met: Anomaly[] = CARRIERS.flatMap(({ name, one, other, carry }) => [
  {
    name: `the target of ${name} is written`,
    contents: first(one),
    steps: [
      ["A", carry(one, other)],
      ["B", append(other, 12)],
    ],
    serializable: "first",
    snapshot: "first",
  } satisfies Anomaly,
  {
    name: `the target of ${name} is written by a unit`,
    contents: first(one),
    steps: [
      ["A", carry(one, other)],
      ["U", [append(other, 12)]],
      ["A", "commit"],
      ["U", [read(other)], [[12]]],
      ["U", [read(one)], [[1]]],
    ],
    serializable: { A: false },
    snapshot: { A: false },
  } satisfies Anomaly,
]).filter(({ contents }) => !contents.some(([name]) => name.startsWith("document")));

/** Each carries to where the other one has looked. */
const crossed: Anomaly[] = CARRIERS.map(({ name, one, other, third, carry, takes }) => ({
  name: `skew by ${name}`,
  contents: first(one, third),
  steps: [
    ["A", carry(one, other)],
    ["A", read(third), [[2]]],
    ["B", read(one), [[1]]],
    ["B", append(third, 12)],
  ],
  serializable: takes ? "first" : "any",
  snapshot: "any",
}));

/** What is carried was read: the other one changes it, and has looked at the target. */
const unseen: Anomaly[] = CARRIERS.map(({ name, one, other, carry }) => ({
  name: `what ${name} has read is changed by who has looked at its target`,
  contents: first(one),
  steps: [
    ["A", carry(one, other)],
    ["B", read(other), [null]],
    ["B", append(one, 12)],
  ],
  serializable: "first",
  snapshot: "any",
}));

/** There was nothing to carry, which is a read. */
const nothing: Anomaly[] = CARRIERS.filter(({ one }) => !one.startsWith("document")).map(({ name, one, other, carry }) => ({
  name: `${name} of nothing, and who makes it`,
  contents: [],
  steps: [
    ["A", carry(one, other)],
    ["B", read("key:5"), [null]],
    ["A", insert("key:5", 11)],
    ["B", append(one, 12)],
  ],
  serializable: "first",
  snapshot: "any",
}));

/** A unit that copies has read: it has seen one write and not the other. */
const unitReads: Anomaly[] = (["set", "zset"] as const).map((space) => ({
  name: `read-only anomaly by a union on ${space}`,
  contents: first(item(space, 1), item(space, 2)),
  steps: [
    ["A", read(item(space, 1)), [[1]]],
    ["U", [append(item(space, 1), 11)]],
    ["U", [merge([item(space, 1), item(space, 2)], item(space, 3))]],
    ["A", append(item(space, 2), 12)],
    ["A", "commit"],
    ["U", [read(item(space, 3))], [[1, 2, 11]]],
  ],
  serializable: { A: false },
  snapshot: "all",
}));

const races: Anomaly[] = [
  {
    name: "two names for one key",
    contents: first("key:1"),
    steps: [
      ["A", rename("key:1", "key:2")],
      ["B", rename("key:1", "key:3")],
    ],
    serializable: "first",
    snapshot: "first",
  },
  {
    name: "two keys with one new name",
    contents: first("key:1", "key:2"),
    steps: [
      ["A", rename("key:1", "key:3", true)],
      ["B", rename("key:2", "key:3", true)],
    ],
    serializable: "first",
    snapshot: "first",
  },
  {
    name: "two keys exchange their places",
    contents: first("list:1", "list:2"),
    steps: [
      ["A", shift("list:1", "list:2")],
      ["B", shift("list:2", "list:1")],
      ["A", read("list:2"), [[2, 1]]],
      ["B", read("list:1"), [[1, 2]]],
    ],
    serializable: "first",
    snapshot: "first",
  },
  {
    name: "one member is moved to two sets",
    contents: [["set:1", { group: 0, log: [1, 2] }]],
    steps: [
      ["A", shift("set:1", "set:2", 1)],
      ["B", shift("set:1", "set:3", 1)],
      ["A", read("set:2"), [[1]]],
    ],
    serializable: "first",
    snapshot: "first",
  },
  {
    name: "a member that is not there is moved, and who adds it",
    contents: first("set:1"),
    steps: [
      ["A", shift("set:1", "set:2", 12)],
      ["B", read("key:5"), [null]],
      ["A", insert("key:5", 11)],
      ["B", append("set:1", 12)],
    ],
    serializable: "first",
    snapshot: "all",
  },
  {
    name: "a key is moved to where another one comes to be",
    contents: first("key:1"),
    steps: [
      ["A", rename("key:1", "far:1", true)],
      ["A", read("far:1"), [[1]]],
      ["B", insert("far:1", 12)],
      ["B", read("key:1"), [[1]]],
    ],
    serializable: "first",
    snapshot: "first",
  },
  {
    name: "a key is moved behind a unit's in the other database",
    contents: first("key:1"),
    steps: [
      ["A", rename("key:1", "far:1", true)],
      ["U", [append("far:1", 12)]],
      ["A", "commit"],
      ["U", [read("far:1")], [[12]]],
      ["U", [read("key:1")], [[1]]],
    ],
    serializable: { A: false },
    snapshot: { A: false },
  },
  {
    name: "one key is taken twice",
    contents: first("key:1"),
    steps: [
      ["A", take("key:1"), [[1]]],
      ["B", take("key:1"), [[1]]],
    ],
    serializable: "first",
    snapshot: "first",
  },
];

/** The first of two lists was empty, which is a read. */
const pops: Anomaly[] = (["list", "zset"] as const).flatMap((space) =>
  [false, true].map((isBlocking) => ({
    name: `skew by a pop of the first that has any, ${space}${isBlocking ? ", blocking" : ""}`,
    contents: first(item(space, 2)),
    steps: [
      ["A", popAny([item(space, 1), item(space, 2)], isBlocking)],
      ["B", read(item(space, 2)), [[1]]],
      ["B", append(item(space, 1), 12)],
      ["A", read(item(space, 2)), [null]],
    ],
    serializable: "first",
    snapshot: "all",
  })),
);

const deadlines: Anomaly[] = [
  ...(["key", "document", "row", ...COLLECTION_SPACES] as const).flatMap((space): Anomaly[] => [
    {
      name: `skew by deadlines on ${space}`,
      contents: first(item(space, 1), item(space, 2)),
      steps: [
        ["A", deadline(item(space, 1))],
        ["B", deadline(item(space, 2))],
        ["A", expire(item(space, 2), FAR_OFF)],
        ["B", expire(item(space, 1), FAR_OFF)],
      ],
      serializable: "first",
      snapshot: "all",
    },
    {
      name: `a deadline and a change of ${space}`,
      contents: first(item(space, 1)),
      steps: [
        ["A", expire(item(space, 1), FAR_OFF)],
        ["B", append(item(space, 1), 12)],
      ],
      serializable: "first",
      snapshot: "first",
    },
    {
      name: `two deadlines of one ${space}`,
      contents: first(item(space, 1)),
      steps: [
        ["A", expire(item(space, 1), FAR_OFF)],
        ["U", [expire(item(space, 1), FARTHER)]],
        ["A", "commit"],
        ["U", [expire(item(space, 1))]],
        ["U", [read(item(space, 1))], [[1]]],
      ],
      serializable: { A: false },
      snapshot: { A: false },
    },
  ]),
  {
    name: "skew by deadlines of fields",
    contents: first("hash:1", "hash:2"),
    steps: [
      ["A", deadline("hash:1", 1)],
      ["B", deadline("hash:2", 2)],
      ["A", expireTag("hash:2", 2, FAR_OFF)],
      ["B", expireTag("hash:1", 1, FAR_OFF)],
    ],
    serializable: "first",
    snapshot: "all",
  },
  {
    name: "deadlines of two fields of one hash",
    contents: [["hash:1", { group: 0, log: [1, 2] }]],
    steps: [
      ["A", expireTag("hash:1", 1, FAR_OFF)],
      ["B", expireTag("hash:1", 2, FAR_OFF)],
      ["A", read("hash:1"), [[1, 2]]],
    ],
    serializable: "first",
    snapshot: "first",
  },
  {
    name: "a field's deadline is past, and another one adds a field",
    contents: [["hash:1", { group: 0, log: [1, 2] }]],
    steps: [
      ["A", expireTag("hash:1", 1, -FAR_OFF)],
      ["A", read("hash:1"), [[2]]],
      ["B", append("hash:1", 12)],
      ["B", read("hash:1"), [[1, 2, 12]]],
    ],
    serializable: "first",
    snapshot: "first",
  },
  {
    name: "what is renamed keeps its deadline, and who has taken that away is met",
    contents: first("key:1"),
    steps: [
      ["U", [expire("key:1", FAR_OFF)]],
      ["A", rename("key:1", "key:2")],
      ["B", expire("key:1")],
    ],
    serializable: "first",
    snapshot: "first",
  },
];

export const keys: readonly Anomaly[] = [
  ...overtaken,
  ...met,
  ...crossed,
  ...unseen,
  ...nothing,
  ...unitReads,
  ...races,
  ...pops,
  ...deadlines,
];
