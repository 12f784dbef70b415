/**
 * What items are called in the database, and how their logs are written there: as text of four digits and a blank for each tag, so that a
 * length tells how many there are, or as elements of containers.
 */
import { type ItemName, numberOf, type Space, spaceOf } from "./operation.ts";

export const TAG_LENGTH = 5;

/** Bytes of every third element: a container with one is a tree, others are packed lists. */
const LONG_ELEMENT = 260;

/** Seconds that a blocking pop waits. */
export const PATIENCE_S = "0.002";

/** What stands before the colon of keys. */
export const FOLDERS: Readonly<Partial<Record<Space, string>>> = {
  key: "k",
  far: "k",
  document: "doc",
  row: "item",
  claim: "claim",
  list: "l",
  set: "s",
  hash: "h",
  zset: "z",
};

export function keyOf(item: ItemName): string {
  return `${FOLDERS[spaceOf(item)] ?? ""}:${numberOf(item)}`;
}

/** Whether items are strings. */
export function isText(space: Space): boolean {
  return space === "key" || space === "far";
}

/** An element, whichever container it is in: it may get into another one. */
export function elementOf(tag: number): string {
  return tag % 3 === 0 ? String(tag).padStart(LONG_ELEMENT, "0") : String(tag);
}

export function textOf(log: readonly number[]): string {
  return log.map((tag) => `${String(tag).padStart(TAG_LENGTH - 1, "0")} `).join("");
}

/** A log as text, as an array, or as the JSON text of one. */
export function tagsOf(log: unknown): number[] {
  if (Array.isArray(log)) return log.map(Number);
  if (typeof log !== "string") throw new RangeError("no log");
  if (log.startsWith("[")) return (JSON.parse(log) as unknown[]).map(Number);
  if (log.length % TAG_LENGTH !== 0) throw new RangeError("a torn log");
  return log.split(" ").slice(0, -1).map(Number);
}
