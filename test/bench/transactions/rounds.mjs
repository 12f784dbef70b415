/**
 * CPU time of contenders that take turns, so that what else the machine does meets all of them alike.
 *
 * A contender is { name, run(count) }: `run` does its work `count` times in this process; or { name, time(count) }: `time` has it done in another
 * one, and answers how many microseconds of CPU it took. The one that begins changes every round, since who comes first finds
 * colder caches. What is compared are ratios within a round, and their median over the rounds.
 */
import { median } from "../peer-process.mjs";

/** Microseconds that a turn should take. */
const TURN_MICROSECONDS = 100_000;
const COUNT_MAX = 1 << 20;

export function cpuMicroseconds() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function timeOf(contender, count) {
  if (contender.time !== undefined) return contender.time(count);
  const begin = cpuMicroseconds();
  await contender.run(count);
  return cpuMicroseconds() - begin;
}

/** How often work is done in a turn, so that the first contender takes its time; warms all of them up, who do as much as each other. */
async function countOf(contenders) {
  for (let count = 1; ; count *= 2) {
    const times = [];
    for (const contender of contenders) times.push(await timeOf(contender, count));
    if (count >= COUNT_MAX || times[0] >= TURN_MICROSECONDS) return count;
  }
}

/** A contender that makes the calls of a list one after the other, from where it has come to. */
export function contender(name, runOne, calls) {
  let next = 0;
  const run = (count) => {
    for (let left = count; left > 0; left--) runOne(calls[next++ % calls.length]);
  };
  return { name, run };
}

/** Answers for each contender { name, microseconds, ratio }: medians over the rounds; the ratio is to the first one. */
export async function alternate(contenders, rounds) {
  const count = await countOf(contenders);
  const times = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const position = (round + turn) % contenders.length;
      times[position].push((await timeOf(contenders[position], count)) / count);
    }
  }
  return contenders.map(({ name }, position) => ({
    name,
    microseconds: median(times[position]),
    ratio: median(times[position].map((time, round) => time / times[0][round])),
  }));
}
