/**
 * Goal: SORT and SORT_RO answer, store and refuse as redis-server does.
 * Method: random lists, sets and sorted sets with names and hashes to sort by, and random options, on both; replies and what was stored are compared.
 * Where two elements are sorted by the same text or a set has no order, redis-server's is free: such cases are not asked for.
 */
import { describe, expect, it } from "vitest";
import { isRedisInstalled } from "../support/test-server.ts";
import { type RandomInput, randomInput } from "../unit/assembly/bytes/random-input.ts";
import { bothServers } from "./both.ts";

const SEED = Number(process.env.MEMFLUX_SEED ?? 71_113);
const ROUNDS = 60;
const installed = isRedisInstalled();
if (!installed && process.env.MEMFLUX_REQUIRE_REDIS === "1") throw new Error("redis-server is missing");

/** Keys and what elements are sorted by: every element has another weight and name. */
function setUp(random: RandomInput): string[][] {
  const elements = [
    ...new Set(Array.from({ length: 1 + random.below(random.pick([5, 40, 400])) }, () => String(random.below(1000) - 200))),
  ];
  const requests = [
    ["FLUSHALL"],
    ["RPUSH", "list", ...elements, ...elements.slice(0, 3)],
    ["SADD", "set", ...elements],
    ["ZADD", "sorted", ...elements.flatMap((each) => [String(random.below(50)), each])],
    ["RPUSH", "words", ...elements.map((each) => `word${each}`), "-1x", ""],
    ["HSET", "hash", "a", "1"],
    ["SET", "text", "v"],
  ];
  for (const [index, each] of elements.entries()) {
    if (random.below(5) === 0) continue;
    const weight = String((index * 7919) % 1009);
    requests.push(
      ["SET", `w:${each}`, weight],
      ["SET", `name:${each}:n`, `n${weight}`],
      ["HSET", `h:${each}`, "w", `${weight}.5`, "t", `t${weight}`, "i", weight],
    );
  }
  requests.push(["SET", "bad:1", "x"], ["SET", `bad:${elements[0]}`, "abc"], ["RPUSH", `w:${elements[0]}x`, "no string"]);
  return requests;
}

function options(random: RandomInput, key: string): string[] {
  const args: string[] = [];
  const by = random.below(6);
  if (by === 0) args.push("BY", random.pick(["w:*", "h:*->w", "h:*->i"]));
  else if (by === 1 && key !== "set") args.push("BY", "nosort");
  else if (by === 2) args.push("BY", random.pick(["bad:*", "absent:*", "h:*->absent"]), "LIMIT", "0", "10");
  else if (by === 3) args.push("ALPHA");
  if (random.below(3) === 0) args.push(random.pick(["ASC", "DESC", "desc"]));
  if (random.below(3) === 0) args.push("LIMIT", String(random.below(12) - 3), String(random.below(20) - 3));
  for (let count = random.below(3); count > 0; count--) {
    args.push("GET", random.pick(["#", "w:*", "name:*:n", "h:*->t", "h:*->i", "h:*->absent", "absent:*", "w:*x", "nostar", "h:*->"]));
  }
  if (random.below(4) === 0) args.push("STORE", random.pick(["target", "text", "list"]));
  if (random.below(15) === 0) args.push(random.pick(["FOO", "LIMIT", "GET", "BY", "STORE", "LIMIT 1"]));
  return args;
}

describe.skipIf(!installed)("SORT on redis-server and on memflux", () => {
  const clients = bothServers();

  it(`answers alike (seed ${SEED})`, async () => {
    const random = randomInput(SEED);
    for (let round = 0; round < ROUNDS; round++) {
      const requests = setUp(random);
      for (const client of clients) await client.pipeline(requests);
      for (let step = 0; step < 30; step++) {
        const key = random.pick(["list", "list", "set", "sorted", "words", "hash", "text", "absent"]);
        const request = [random.below(4) === 0 ? "SORT_RO" : "SORT", key, ...options(random, key)];
        const stored = [request, ["LRANGE", "target", "0", "-1"], ["TYPE", "text"], ["LRANGE", "list", "0", "-1"]];
        const [there, ours] = [await clients[0]!.pipeline(stored), await clients[1]!.pipeline(stored)];
        expect([request.join(" "), ours]).toEqual([request.join(" "), there]);
      }
    }
  });
});
