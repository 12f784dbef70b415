/**
 * Goal: a change of a sorted set that has no memory changes neither of its trees, whichever allocation fails; a view goes on seeing what it saw.
 * Method: random puts and removals of numbered members against arrays of scores, while a view is open and every few allocations of trees fail;
 * `containersCheck` after the steps, which compares both trees; a copy of the arrays is what the view must see.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { hashBytes, hashSeed } from "../../../../assembly/bytes/hash";
import { randomBelow, randomSeed } from "../../../../assembly/bytes/random";
import { database, databasesInitialize, setNow, useDatabase } from "../../../../assembly/keyspace/database";
import { foundSlot, keyspaceInitialize, lookupQuiet, lookupWrite } from "../../../../assembly/keyspace/keyspace";
import { allocatorCheck, memoryInitialize } from "../../../../assembly/memory/allocator";
import { viewClose, viewOpen } from "../../../../assembly/mvcc/view";
import { failAllocation } from "../../../../assembly/structure/tree-node";
import { isPacked } from "../../../../assembly/types/container";
import { containersCheck } from "../../../../assembly/types/container-check";
import { PUT_NEW, PUT_NO_MEMORY, PUT_REPLACED, PUT_SAME, memberCount } from "../../../../assembly/types/members";
import { foundScore, sortedFind, sortedOpen, sortedPut, sortedRemove, sortedRemoveRange } from "../../../../assembly/types/sorted-set";

const MEMBERS: u32 = 600;
/** Scores by member, NaN for one that is not there; what they were when the view was opened. */
const scores = memory.data(4800, 8);
const seen = memory.data(4800, 8);
const generator = memory.data(32, 8);
const member = memory.data(1024, 8);
const key = memory.data<u8>([107]);
let keyHash: u64 = 0;
let broken: u32 = 0;
let refused: u32 = 0;
let view: usize = 0;
let live: u32 = 0;

function demand(holds: bool, which: u32): void {
  if (!holds && !broken) broken = which;
}
function at(array: usize, number: u32): usize {
  return array + ((<usize>number) << 3);
}
/** A member's text; some do not lie in a leaf. */
function write(number: u32): u32 {
  const length: u32 = number % 40 == 0 ? 300 : number % 7 == 0 ? 70 : 12;
  memory.fill(member, <u8>(65 + (number % 26)), length);
  store<u32>(member, number * 2654435761, 4);
  return length;
}
function open(): usize {
  const entry = lookupWrite(keyHash, key, 1);
  sortedOpen(keyHash, foundSlot, entry, key, 1);
  return entry;
}
function step(): void {
  const number = randomBelow(generator, MEMBERS);
  const length = write(number);
  const old = load<f64>(at(scores, number));
  const entry = open();
  const dice = randomBelow(generator, 100);
  const score = <f64>randomBelow(generator, 50) * (dice % 3 == 0 ? 1000.5 : 1);
  if (randomBelow(generator, 2)) failAllocation(1 + randomBelow(generator, 6));
  if (dice < 65) {
    const answer = sortedPut(member, length, score);
    failAllocation(0);
    if (answer == PUT_NO_MEMORY) refused++;
    else {
      demand(answer == (old != old ? PUT_NEW : old == score ? PUT_SAME : PUT_REPLACED), 1);
      if (old != old) live++;
      store<f64>(at(scores, number), score);
    }
  } else if (dice < 97 && entry) {
    const answer = sortedRemove(member, length);
    failAllocation(0);
    if (answer < 0) refused++;
    else {
      demand(answer == (old == old ? 1 : 0), 2);
      if (answer) live--;
      store<f64>(at(scores, number), NaN);
    }
  } else if (entry && live > 3) {
    const removed = sortedRemoveRange(1, 3);
    failAllocation(0);
    if (removed < 3) refused++;
    live -= removed;
    forget(removed);
  }
  failAllocation(0);
}
/** Takes what was removed by rank out of the model, and looks that it was as much as was said. */
function forget(removed: u32): void {
  const entry = lookupQuiet(keyHash, key, 1);
  let gone: u32 = 0;
  for (let number: u32 = 0; number < MEMBERS; number++) {
    if (load<f64>(at(scores, number)) != load<f64>(at(scores, number))) continue;
    if (sortedFind(entry, member, write(number))) continue;
    store<f64>(at(scores, number), NaN);
    gone++;
  }
  demand(gone == removed, 3);
}
/** Whether an entry holds what an array says. */
function compare(entry: usize, array: usize, which: u32): void {
  let count: u32 = 0;
  for (let number: u32 = 0; number < MEMBERS; number++) {
    const score = load<f64>(at(array, number));
    const found = entry != 0 && sortedFind(entry, member, write(number));
    demand(found == (score == score), which);
    if (!found) continue;
    demand(foundScore == score, which + 1);
    count++;
  }
  demand(count == (entry ? memberCount(entry) : 0), which + 2);
}

describe("sorted set", () => {
  test("a change without memory changes nothing, whichever allocation fails", () => {
    randomSeed(generator, 9, 1);
    hashSeed(9);
    demand(memoryInitialize((<usize>memory.size()) << 16), 10);
    databasesInitialize();
    keyspaceInitialize();
    useDatabase(0);
    setNow(1000000);
    keyHash = hashBytes(key, 1);
    for (let number: u32 = 0; number < MEMBERS; number++) store<f64>(at(scores, number), NaN);
    let entry: usize = 0;
    for (let round = 0; round < 60; round++) {
      view = viewOpen(0);
      demand(view != 0, 11);
      const before = lookupQuiet(keyHash, key, 1);
      memory.copy(seen, scores, 4800);
      for (let count = 0; count < 60; count++) {
        step();
        if (count % 5 == 0) demand(containersCheck(database) == 0, 12);
      }
      compare(lookupQuiet(keyHash, key, 1), scores, 20);
      if (before) compare(before, seen, 30);
      viewClose(view);
      demand(allocatorCheck() == 0, 13);
    }
    entry = lookupQuiet(keyHash, key, 1);
    demand(entry != 0 && !isPacked(entry), 14);
    expect(broken).toBe(0);
    expect(refused).toBeGreaterThan(200);
  });
});
