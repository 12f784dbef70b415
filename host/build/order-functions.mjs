/**
 * The order of the engine's functions in its file: neighbours that resemble each other, since a compressor sees only the last 32 KB.
 * Gzip makes 4 % less of it; nothing else changes but the numbers of functions.
 *
 * What resembles is told by the runs of PIECE bytes that two bodies share; a run that few functions have tells more. From the
 * first function on, the next one is always that whose runs are best known from the last WINDOW bytes: O(functions² + shared runs).
 * The same module gives the same order.
 */
import binaryen from "assemblyscript/binaryen";

/** Bytes of what is compared: about two instructions. */
const PIECE = 5;
/** A run that more functions have is anywhere. */
const COMMON = 100;
/** What gzip sees, less what it loses to the names of runs. */
const WINDOW = 30_000;
/** Keeps the shortest functions, which are known by chance, from coming first. */
const SHORT = 10;
const SECTION_CODE = 10;
const HEAD_BYTES = 8;

/** Puts the functions of a module of Binaryen in order. Requires: it has no names of locals, which would be lost. */
export function orderFunctions(module) {
  const bodies = bodiesOf(module.emitBinary());
  const all = Array.from({ length: module.getNumFunctions() }, (_, index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)));
  const own = all.filter((info) => info.module === "");
  if (own.length !== bodies.length) throw new Error(`the engine has ${own.length} functions and ${bodies.length} bodies`);
  for (const { name } of own) module.removeFunction(name);
  for (const position of similarityOrder(bodies)) {
    const { name, params, results, vars, body } = own[position];
    module.addFunction(name, params, results, vars, body);
  }
}

/** The bodies of a module's functions, as they stand in its code section. */
export function bodiesOf(bytes) {
  let at = HEAD_BYTES;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === SECTION_CODE) {
      return Array.from({ length: number() }, () => {
        const length = number();
        at += length;
        return bytes.subarray(at - length, at);
      });
    }
    at = end;
  }
  return [];
}

/** Positions of byte lists, each behind those that it resembles. */
export function similarityOrder(bodies) {
  const { runs, owners, sizes } = sharedRuns(bodies);
  const scores = new Float64Array(bodies.length);
  /** How often a run is in the window. */
  const present = new Int32Array(owners.length);
  const left = new Set(bodies.keys());
  const order = [];
  let windowBytes = 0;
  let oldest = 0;
  const count = (position, step) => {
    windowBytes += step * bodies[position].length;
    for (const run of runs[position]) {
      const before = present[run];
      present[run] += step;
      if ((before === 0) === (present[run] === 0)) continue;
      for (const owner of owners[run]) scores[owner] += step / owners[run].length;
    }
  };
  for (let next = 0; left.size > 0; ) {
    order.push(next);
    left.delete(next);
    count(next, 1);
    while (windowBytes > WINDOW && oldest < order.length - 1) count(order[oldest++], -1);
    let best = -1;
    for (const position of left) {
      const score = scores[position] / (sizes[position] + SHORT);
      if (score <= best) continue;
      best = score;
      next = position;
    }
  }
  return order;
}

/** For each list of bytes the runs that others have as well, for each run who has it, and how many different runs a list has. */
function sharedRuns(bodies) {
  const owners = new Map();
  const sizes = bodies.map((body, position) => {
    const text = Buffer.from(body).toString("latin1");
    const different = new Set(Array.from({ length: Math.max(text.length - PIECE + 1, 0) }, (_, at) => text.slice(at, at + PIECE)));
    for (const run of different) {
      const known = owners.get(run);
      if (known === undefined) owners.set(run, [position]);
      else known.push(position);
    }
    return different.size;
  });
  const shared = [...owners.values()].filter(({ length }) => length > 1 && length <= COMMON);
  const runs = bodies.map(() => []);
  for (const [run, positions] of shared.entries()) for (const position of positions) runs[position].push(run);
  return { runs, owners: shared, sizes };
}
