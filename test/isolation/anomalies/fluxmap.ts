/**
 * The scenarios that FluxMap's tests assert, on keys and rows, with what is promised here: write skew in two shapes, a scanned
 * item overwritten, phantoms of a range and of a prefix, a read of what is removed, lost updates in both orders.
 *
 * Deviation: a transaction that only read, and read what somebody else has overwritten since, commits here; FluxMap and
 * MemFlux's predecessor abort it, though it stands before the writer in every order that matters.
 */
import type { Anomaly } from "../interleaving.ts";
import { all, append, count, first, inRange, insert, item, put, read, remove, scan } from "./words.ts";

const SPACES = ["key", "row"] as const;

const onSpaces: Anomaly[] = SPACES.flatMap((space): Anomaly[] => {
  const [x, y, z] = [item(space, 1), item(space, 2), item(space, 3)];
  const range = inRange(space, 1, 3);
  return [
    {
      name: `FluxMap: doctors on call, ${space}`,
      contents: first(x, y),
      steps: [
        ["A", scan(range)],
        ["B", scan(range)],
        ["A", append(x, 11)],
        ["B", append(y, 12)],
      ],
      // A scan of keys by their names reads no values: there nobody need abort.
      serializable: space === "key" ? "any" : "first",
      snapshot: "all",
    },
    {
      name: `FluxMap: a reader alone, ${space}`,
      contents: first(x, y),
      steps: [
        ["A", read(x), [[1]]],
        ["A", scan(range)],
        ["B", put(x, 11)],
        ["B", "commit"],
        ["A", read(x), [[1]]],
        ["A", "commit"],
      ],
      serializable: "all",
      snapshot: "all",
    },
    {
      name: `FluxMap: a phantom in a range, ${space}`,
      contents: first(x, y),
      steps: [
        ["A", count(range), 2],
        ["B", count(range), 2],
        ["A", insert(z, 11)],
        ["B", insert(item(space, 4), 12)],
      ],
      // What B inserts lies outside of the range, so only A's is a phantom.
      serializable: "any",
      snapshot: "all",
    },
    {
      name: `FluxMap: both insert into the range that both have counted, ${space}`,
      contents: first(y),
      steps: [
        ["A", count(range), 1],
        ["B", count(range), 1],
        ["A", insert(x, 11)],
        ["B", insert(z, 12)],
      ],
      serializable: "first",
      snapshot: "all",
    },
    {
      name: `FluxMap: both insert under a prefix that both have counted, ${space}`,
      contents: first(y),
      steps: [
        ["A", count(all(space)), 1],
        ["B", count(all(space)), 1],
        ["A", insert(x, 11)],
        ["B", insert(z, 12)],
      ],
      serializable: "first",
      snapshot: "all",
    },
    {
      name: `FluxMap: a read of what is removed, ${space}`,
      contents: first(x, y),
      steps: [
        ["A", read(x), [[1]]],
        ["B", read(y), [[2]]],
        ["B", remove(x)],
        ["B", "commit"],
        ["A", read(x), [[1]]],
        ["A", append(y, 11)],
        ["A", "commit"],
      ],
      serializable: { A: false, B: true },
      snapshot: "all",
    },
    {
      name: `FluxMap: blind writes of one item, ${space}`,
      contents: [],
      steps: [
        ["A", put(x, 11)],
        ["B", put(x, 12)],
      ],
      serializable: "first",
      snapshot: "first",
    },
    {
      name: `FluxMap: written, written again, removed, ${space}`,
      contents: [],
      steps: [
        ["U", [put(x, 11)]],
        ["U", [put(x, 12)]],
        ["A", read(x), [[12]]],
        ["U", [remove(x)]],
        ["A", read(x), [[12]]],
        ["U", [read(x)], [null]],
        ["B", read(x), [null]],
      ],
      serializable: "all",
      snapshot: "all",
    },
    {
      name: `made and removed while somebody makes it, ${space}`,
      contents: [],
      steps: [
        ["A", read(x), [null]],
        ["U", [put(x, 11)]],
        ["U", [remove(x)]],
        ["A", insert(x, 12)],
        ["A", "commit"],
      ],
      serializable: { A: false },
      snapshot: { A: false },
    },
  ];
});

export const fluxmap: readonly Anomaly[] = onSpaces;
