/**
 * Commands on sorted sets.
 */
import { type CommandRow, command } from "./table-types.ts";

const READ_ONE = "RO access @1";
const READ_MANY = "RO access @1#";
const STORE_MANY = "OW update @1; RO access @2#";
const MEMBERS = "O(N*log(M)), N members named, M members in all";
const RANGE = "O(log(N)+M), N members, M answered";
const REMOVED = "O(log(N)+M*log(N)), N members, M removed";
const ALL = "O(N*log(N)), N members of all inputs";
const SMALLEST = "O(N*K+M*log(M)), N members of the smallest input, K inputs, M of the result";
const FIRST = "O(N*K+M*log(M)), N members of the first input, K inputs, M of the result";
const WEIGHTS = "[WEIGHTS weight:double...] [aggregate:AGGREGATE (SUM|MIN|MAX)]";
const LIMIT = "[limit:LIMIT offset:integer count:integer]";

/** What all rows of this file share. */
function sorted(row: Omit<Parameters<typeof command>[0], "group" | "engine"> & { readonly engine?: string }): CommandRow {
  return command({ group: "sorted-set", engine: "sorted-set", ...row });
}

function read(row: Omit<Parameters<typeof sorted>[0], "acl" | "flags">): CommandRow {
  return sorted({ flags: "readonly", acl: "read sortedset slow", keys: READ_ONE, long: true, ...row });
}

function readFast(row: Omit<Parameters<typeof sorted>[0], "acl" | "flags">): CommandRow {
  return sorted({ flags: "readonly fast", acl: "read sortedset fast", keys: READ_ONE, ...row });
}

const rangeCommands: readonly CommandRow[] = [
  read({
    name: "ZRANGE",
    long: "reply",
    arity: -4,
    since: "1.2.0",
    engine: "sorted-set-range",
    syntax: `key start:string stop:string [sortby:BYSCORE|BYLEX] [REV] ${LIMIT} [WITHSCORES]`,
    complexity: RANGE,
    summary: "Answers the members of a range of ranks, scores or members, in their order or in reverse.",
  }),
  sorted({
    name: "ZRANGESTORE",
    arity: -5,
    flags: "write denyoom",
    acl: "write sortedset slow",
    since: "6.2.0",
    engine: "sorted-set-range",
    keys: "OW update @1; RO access @2",
    long: true,
    syntax: `dst:key src:key min:string max:string [sortby:BYSCORE|BYLEX] [REV] ${LIMIT}`,
    complexity: "O(log(N)+M*log(M)), N members, M stored",
    summary: "Stores the members of a range of ranks, scores or members.",
  }),
  read({
    name: "ZREVRANGE",
    long: "reply",
    arity: -4,
    since: "1.2.0",
    engine: "sorted-set-range",
    deprecated: { since: "6.2.0", replacedBy: "ZRANGE with REV" },
    syntax: "key start:integer stop:integer [WITHSCORES]",
    complexity: RANGE,
    summary: "Answers the members of a range of ranks, from the highest score to the lowest.",
  }),
  read({
    name: "ZRANGEBYSCORE",
    long: "reply",
    arity: -4,
    since: "1.0.5",
    engine: "sorted-set-range",
    deprecated: { since: "6.2.0", replacedBy: "ZRANGE with BYSCORE" },
    syntax: `key min:double max:double [WITHSCORES] ${LIMIT}`,
    complexity: RANGE,
    summary: "Answers the members of a range of scores.",
  }),
  read({
    name: "ZREVRANGEBYSCORE",
    long: "reply",
    arity: -4,
    since: "2.2.0",
    engine: "sorted-set-range",
    deprecated: { since: "6.2.0", replacedBy: "ZRANGE with REV and BYSCORE" },
    syntax: `key max:double min:double [WITHSCORES] ${LIMIT}`,
    complexity: RANGE,
    summary: "Answers the members of a range of scores, from the highest to the lowest.",
  }),
  read({
    name: "ZRANGEBYLEX",
    arity: -4,
    since: "2.8.9",
    engine: "sorted-set-range",
    deprecated: { since: "6.2.0", replacedBy: "ZRANGE with BYLEX" },
    syntax: `key min:string max:string ${LIMIT}`,
    complexity: RANGE,
    summary: "Answers a range of members, all of one score, by their bytes.",
  }),
  read({
    name: "ZREVRANGEBYLEX",
    arity: -4,
    since: "2.8.9",
    engine: "sorted-set-range",
    deprecated: { since: "6.2.0", replacedBy: "ZRANGE with REV and BYLEX" },
    syntax: `key max:string min:string ${LIMIT}`,
    complexity: RANGE,
    summary: "Answers a range of members, all of one score, by their bytes from the highest to the lowest.",
  }),
  readFast({
    name: "ZCOUNT",
    arity: 4,
    since: "2.0.0",
    engine: "sorted-set-range",
    syntax: "key min:double max:double",
    complexity: "O(log(N)), N members",
    summary: "Answers how many members have a score in a range.",
  }),
  readFast({
    name: "ZLEXCOUNT",
    arity: 4,
    since: "2.8.9",
    engine: "sorted-set-range",
    syntax: "key min:string max:string",
    complexity: "O(log(N)), N members",
    summary: "Answers how many members, all of one score, lie in a range by their bytes.",
  }),
  ...(
    [
      ["ZREMRANGEBYRANK", "2.0.0", "key start:integer stop:integer", "Removes a range of ranks and answers how many members it had."],
      ["ZREMRANGEBYSCORE", "1.2.0", "key min:double max:double", "Removes a range of scores and answers how many members it had."],
      [
        "ZREMRANGEBYLEX",
        "2.8.9",
        "key min:string max:string",
        "Removes a range of members, all of one score, and answers how many it had.",
      ],
    ] as const
  ).map(([name, since, syntax, summary]) =>
    sorted({
      name,
      arity: 4,
      flags: "write",
      acl: "write sortedset slow",
      since,
      engine: "sorted-set-range",
      keys: "RW delete @1",
      long: true,
      syntax,
      complexity: REMOVED,
      summary,
    }),
  ),
];

const popCommands: readonly CommandRow[] = [
  ...(["ZPOPMIN", "ZPOPMAX"] as const).map((name) =>
    sorted({
      name,
      arity: -2,
      flags: "write fast",
      acl: "write sortedset fast",
      since: "5.0.0",
      engine: "sorted-set-pop",
      keys: "RW access delete @1",
      syntax: "key [count:integer]",
      complexity: "O(M*log(N)), N members, M removed",
      summary: `Removes the members with the ${name === "ZPOPMIN" ? "lowest" : "highest"} scores and answers them.`,
    }),
  ),
  sorted({
    name: "ZMPOP",
    arity: -4,
    flags: "write movablekeys",
    acl: "write sortedset slow",
    since: "7.0.0",
    engine: "sorted-set-pop",
    keys: "RW access delete @1#",
    long: true,
    syntax: "numkeys:integer key... (where:MIN|MAX) [COUNT count:integer]",
    complexity: "O(K+M*log(N)), K keys, N members, M removed",
    summary: "Removes members from an end of the first sorted set that there is and answers them.",
  }),
];

const WAITS = "Waits, for so many seconds or with 0 for ever, until a sorted set is there.";

const waitCommands: readonly CommandRow[] = [
  ...(["BZPOPMIN", "BZPOPMAX"] as const).map((name) =>
    sorted({
      name,
      engine: "sorted-set-pop",
      host: "waiting",
      arity: -3,
      flags: "write noscript blocking fast",
      acl: "write sortedset fast blocking",
      since: "5.0.0",
      keys: "RW access delete @1..-2",
      syntax: "key... timeout:double",
      complexity: "O(log(N)), N members",
      summary: `As ${name.slice(1)} on the first sorted set that there is. ${WAITS}`,
    }),
  ),
  sorted({
    name: "BZMPOP",
    engine: "sorted-set-pop",
    host: "waiting",
    arity: -5,
    flags: "write blocking movablekeys",
    acl: "write sortedset slow blocking",
    since: "7.0.0",
    keys: "RW access delete @2#",
    syntax: "timeout:double numkeys:integer key... (where:MIN|MAX) [COUNT count:integer]",
    complexity: "O(K+M*log(N)), K keys, N members, M removed",
    summary: `As ZMPOP. ${WAITS}`,
  }),
];

const algebraCommands: readonly CommandRow[] = [
  ...(
    [
      ["ZUNION", "6.2.0", `numkeys:integer key... ${WEIGHTS} [WITHSCORES]`, ALL, "Answers the members that any of the inputs has."],
      ["ZINTER", "6.2.0", `numkeys:integer key... ${WEIGHTS} [WITHSCORES]`, SMALLEST, "Answers the members that all inputs have."],
      [
        "ZDIFF",
        "6.2.0",
        "numkeys:integer key... [WITHSCORES]",
        FIRST,
        "Answers the members of the first input that none of the others has.",
      ],
      [
        "ZINTERCARD",
        "7.0.0",
        "numkeys:integer key... [LIMIT limit:integer]",
        "O(N*K), N members of the smallest input, K inputs",
        "Answers how many members all inputs have, counting up to a limit.",
      ],
    ] as const
  ).map(([name, since, syntax, complexity, summary]) =>
    sorted({
      name,
      arity: -3,
      flags: "readonly movablekeys",
      acl: "read sortedset slow",
      since,
      engine: "sorted-set-algebra",
      keys: READ_MANY,
      long: true,
      syntax,
      complexity,
      summary,
    }),
  ),
  ...(
    [
      ["ZUNIONSTORE", "2.0.0", ` ${WEIGHTS}`, ALL, "Stores the members that any of the inputs has."],
      ["ZINTERSTORE", "2.0.0", ` ${WEIGHTS}`, SMALLEST, "Stores the members that all inputs have."],
      ["ZDIFFSTORE", "6.2.0", "", FIRST, "Stores the members of the first input that none of the others has."],
    ] as const
  ).map(([name, since, options, complexity, summary]) =>
    sorted({
      name,
      arity: -4,
      flags: "write denyoom movablekeys",
      acl: "write sortedset slow",
      since,
      engine: "sorted-set-algebra",
      keys: STORE_MANY,
      long: true,
      syntax: `destination:key numkeys:integer key...${options}`,
      complexity,
      summary,
    }),
  ),
];

export const sortedSetCommands: readonly CommandRow[] = [
  sorted({
    name: "ZADD",
    arity: -4,
    flags: "write denyoom fast",
    acl: "write sortedset fast",
    since: "1.2.0",
    keys: "RW update @1",
    syntax: "key [condition:NX|XX] [comparison:GT|LT] [change:CH] [increment:INCR] (data:score:double member)...",
    complexity: MEMBERS,
    summary: "Gives members their scores and answers how many of them are new.",
  }),
  sorted({
    name: "ZINCRBY",
    arity: 4,
    flags: "write denyoom fast",
    acl: "write sortedset fast",
    since: "1.2.0",
    keys: "RW access update @1",
    syntax: "key increment:double member",
    complexity: "O(log(N)), N members",
    summary: "Adds to the score of a member, 0 if there is none, and answers the sum.",
  }),
  sorted({
    name: "ZREM",
    arity: -3,
    flags: "write fast",
    acl: "write sortedset fast",
    since: "1.2.0",
    keys: "RW delete @1",
    syntax: "key member...",
    complexity: MEMBERS,
    summary: "Removes members and answers how many there were; the last one takes the key with it.",
  }),
  readFast({
    name: "ZSCORE",
    arity: 3,
    since: "1.2.0",
    syntax: "key member",
    complexity: "O(log(N)), N members",
    summary: "Answers the score of a member.",
  }),
  readFast({
    name: "ZMSCORE",
    arity: -3,
    since: "6.2.0",
    syntax: "key member...",
    complexity: MEMBERS,
    summary: "Answers the scores of several members.",
  }),
  readFast({ name: "ZCARD", arity: 2, since: "1.2.0", keys: "RO @1", syntax: "key", summary: "Answers the number of members." }),
  readFast({
    name: "ZRANK",
    arity: -3,
    since: "2.0.0",
    syntax: "key member [WITHSCORE]",
    complexity: "O(log(N)), N members",
    summary: "Answers how many members stand before one, in the order of scores.",
  }),
  readFast({
    name: "ZREVRANK",
    arity: -3,
    since: "2.0.0",
    syntax: "key member [WITHSCORE]",
    complexity: "O(log(N)), N members",
    summary: "Answers how many members stand behind one, in the order of scores.",
  }),
  read({
    name: "ZRANDMEMBER",
    long: "reply",
    arity: -2,
    since: "6.2.0",
    tips: "nondeterministic_output",
    syntax: "key [options:count:integer [withscores:WITHSCORES]]",
    complexity: "O(N), N members answered",
    summary: "Answers random members: one, several different ones, or with a negative count any, some of them again.",
  }),
  read({
    name: "ZSCAN",
    arity: -3,
    since: "2.8.0",
    tips: "nondeterministic_output",
    syntax: "key cursor:integer [MATCH pattern] [COUNT count:integer]",
    complexity: "O(1) a call, O(N) for a whole iteration",
    summary: "Walks through the members of a sorted set in portions; begin with cursor 0 and go on until it is 0 again.",
  }),
  ...rangeCommands,
  ...popCommands,
  ...waitCommands,
  ...algebraCommands,
];
