/**
 * Operations on whole keys (key-operation.ts) in the words of the database: RENAME, COPY, MOVE, LMOVE, SMOVE, SUNIONSTORE, ZUNIONSTORE,
 * SORT ... STORE, LMPOP, ZMPOP and those that wait, GETDEL, GETEX, PEXPIREAT, PERSIST, HPEXPIREAT, HPERSIST.
 *
 * Deadlines are milliseconds since `originMs`, the time at which the history began.
 */
import { elementOf, keyOf, PATIENCE_S, tagsOf } from "./item-words.ts";
import type { KeyOperation } from "./key-operation.ts";
import { type ItemName, type Operation, type Outcome, type Sight, spaceOf, type Value } from "./operation.ts";
import { WireError, type WireReply, type Words } from "./wire.ts";

/** The database in which an operation is to run. */
export function databaseOf(operation: Operation): string {
  return databaseOfItem(leadOf(operation));
}

export function databaseOfItem(item: ItemName | undefined): string {
  return item !== undefined && spaceOf(item) === "far" ? "1" : "0";
}

/** An item of the space in which an operation is at home. */
function leadOf(operation: Operation): ItemName | undefined {
  if (operation.kind === "remake" || operation.kind === "wipe") return undefined;
  if (operation.kind === "rename" || operation.kind === "copy" || operation.kind === "shift") return operation.from;
  if ("item" in operation) return operation.item;
  if ("items" in operation) return operation.items[0];
  return "predicate" in operation && "space" in operation.predicate ? `${operation.predicate.space}:0` : undefined;
}

export function keyRequest(operation: KeyOperation, originMs: number): Words {
  switch (operation.kind) {
    case "rename": {
      const { from, to, isNew } = operation;
      if (spaceOf(from) !== spaceOf(to)) return ["MOVE", keyOf(from), databaseOfItem(to)];
      return [isNew ? "RENAMENX" : "RENAME", keyOf(from), keyOf(to)];
    }
    case "copy": {
      const { from, to, isReplacing } = operation;
      const elsewhere = spaceOf(from) === spaceOf(to) ? [] : ["DB", databaseOfItem(to)];
      return ["COPY", keyOf(from), keyOf(to), ...elsewhere, ...(isReplacing ? ["REPLACE"] : [])];
    }
    case "merge":
      return mergeRequest(operation);
    case "shift": {
      const [from, to] = [keyOf(operation.from), keyOf(operation.to)];
      if (operation.tag !== undefined) return ["SMOVE", from, to, elementOf(operation.tag)];
      const words = [from, to, "LEFT", "RIGHT"];
      return operation.isBlocking === true ? ["BLMOVE", ...words, PATIENCE_S] : ["LMOVE", ...words];
    }
    case "popAny":
      return popRequest(operation);
    case "take":
      return ["GETDEL", keyOf(operation.item)];
    case "expire": {
      const { item, at, isReading } = operation;
      if (isReading === true) return ["GETEX", keyOf(item), ...(at === undefined ? ["PERSIST"] : ["PXAT", String(originMs + at)])];
      return at === undefined ? ["PERSIST", keyOf(item)] : ["PEXPIREAT", keyOf(item), String(originMs + at)];
    }
    case "expireTag": {
      const { item, tag, at } = operation;
      const fields = ["FIELDS", "1", elementOf(tag)];
      return at === undefined ? ["HPERSIST", keyOf(item), ...fields] : ["HPEXPIREAT", keyOf(item), String(originMs + at), ...fields];
    }
    case "deadline": {
      const { item, tag } = operation;
      return tag === undefined ? ["PEXPIRETIME", keyOf(item)] : ["HPEXPIRETIME", keyOf(item), "FIELDS", "1", elementOf(tag)];
    }
  }
}

function mergeRequest({ items, into }: KeyOperation & { kind: "merge" }): Words {
  const keys = items.map(keyOf);
  switch (spaceOf(into)) {
    case "list":
      return ["SORT", keys[0]!, "BY", "nosort", "STORE", keyOf(into)];
    case "set":
      return ["SUNIONSTORE", keyOf(into), ...keys];
    default:
      // Scores are tags, also where one is in several.
      return ["ZUNIONSTORE", keyOf(into), String(keys.length), ...keys, "AGGREGATE", "MAX"];
  }
}

function popRequest({ items, isBlocking }: KeyOperation & { kind: "popAny" }): Words {
  const keys = items.map(keyOf);
  const counted = [String(keys.length), ...keys];
  if (spaceOf(items[0]!) === "list") return isBlocking === true ? ["BLPOP", ...keys, PATIENCE_S] : ["LMPOP", ...counted, "LEFT"];
  return isBlocking === true ? ["BZMPOP", PATIENCE_S, ...counted, "MIN"] : ["ZMPOP", ...counted, "MIN"];
}

/** What a reply says of the items. */
export function keyOutcome(operation: KeyOperation, reply: WireReply, originMs: number): Outcome {
  if (reply instanceof WireError) return failureOf(operation, reply);
  switch (operation.kind) {
    case "rename":
    case "copy":
      if (reply === 0) return { kind: "refused", sights: [], count: 0 };
      if (reply !== 1 && reply !== "OK") throw new RangeError(`${String(reply)} for another name`);
      return done([], 1);
    case "merge":
      return done([], numberIn(reply));
    case "shift":
      return done([sightOfShift(operation, reply)]);
    case "popAny":
      return done(sightsOfPop(operation, reply));
    case "take":
      return done([{ item: operation.item, kind: "value", value: textRead(reply) }]);
    case "expire":
      if (operation.isReading === true) return done([{ item: operation.item, kind: "value", value: textRead(reply) }]);
      return done([], numberIn(reply));
    case "expireTag":
      return done([], numberIn((reply as readonly WireReply[])[0]!));
    case "deadline": {
      const { item, tag } = operation;
      const at = numberIn(tag === undefined ? reply : (reply as readonly WireReply[])[0]!);
      const deadline = at === -2 ? undefined : at === -1 ? null : at - originMs;
      return done([{ item, kind: "deadline", ...(tag === undefined ? {} : { tag }), deadline }]);
    }
  }
}

function failureOf(operation: KeyOperation, { prefix, message }: WireError): Outcome {
  if (prefix === "ABORT") return { kind: "conflict" };
  if (operation.kind === "rename" && message.includes("no such key")) return { kind: "refused", sights: [], count: -1 };
  return { kind: "failed", message: `${prefix} ${message}` };
}

function done(sights: readonly Sight[], count?: number): Outcome {
  return { kind: "done", sights, others: [], ...(count === undefined ? {} : { count }) };
}

function numberIn(reply: WireReply): number {
  if (typeof reply !== "number") throw new RangeError(`no number: ${String(reply)}`);
  return reply;
}

function textRead(reply: WireReply): Value {
  return reply === null ? null : { group: 0, log: tagsOf(reply) };
}

function tagIn(reply: WireReply | undefined): number {
  const tag = typeof reply === "string" ? Number(reply) : Number.NaN;
  if (!Number.isSafeInteger(tag)) throw new RangeError(`no tag: ${String(reply)}`);
  return tag;
}

function sightOfShift({ from, tag }: KeyOperation & { kind: "shift" }, reply: WireReply): Sight {
  if (tag === undefined) return { item: from, kind: "head", head: reply === null ? undefined : tagIn(reply) };
  return { item: from, kind: "tag", tag, isThere: numberIn(reply) === 1 };
}

/** LMPOP answers `[key, [element]]`, ZMPOP `[key, [[element, score]]]`, BLPOP `[key, element]`. Those before that key were absent. */
function sightsOfPop({ items }: KeyOperation & { kind: "popAny" }, reply: WireReply): Sight[] {
  const absent = (absentItems: readonly ItemName[]): Sight[] => absentItems.map((item) => ({ item, kind: "head", head: undefined }));
  if (reply === null) return absent(items);
  const [key, found] = reply as readonly WireReply[];
  const position = items.findIndex((item) => keyOf(item) === key);
  if (position === -1) throw new RangeError(`${String(key)} was popped from`);
  return [...absent(items.slice(0, position)), { item: items[position]!, kind: "head", head: tagIn(innermost(found)) }];
}

function innermost(reply: WireReply | undefined): WireReply | undefined {
  return Array.isArray(reply) ? innermost((reply as readonly WireReply[])[0]) : reply;
}
