/**
 * Operations in the words of the database: the request of each, and what its reply says.
 *
 *   space      where it lies                                   log
 *   key, far   strings k:1, k:2 ...; far ones in database 1    text
 *   document   JSON documents doc:1 ... {"grp", "log"}         array
 *   row        table item (id, grp, log), index on grp         text
 *   claim      table claim (id, name UNIQUE, grp, log)         text; the item's number is its name, its id the first tag
 *   node       (:Spot {id, grp, log}), index on id             list
 *   link       [:ROAD {tag}]                                   its one tag
 *   list, set, hash, zset    l:1, s:1, h:1, z:1                elements, members, fields; scores are the tags. Hashes have one field
 *                                                              besides: whether one is there of which all fields are over, nothing says
 *
 * item-words.ts says what text is, key-commands.ts the operations on whole keys. Replies are those of RESP3, as values.
 */
import { definitionOutcome, definitionRequest, isAboutDefinitions } from "./definition-commands.ts";
import { elementOf, FOLDERS, isText, keyOf, PATIENCE_S, TAG_LENGTH, tagsOf, textOf } from "./item-words.ts";
import { keyOutcome, keyRequest } from "./key-commands.ts";
import { isKeyOperation, type KeyOperation } from "./key-operation.ts";
import {
  type Content,
  type ItemName,
  isCollection,
  numberOf,
  type Operation,
  type Outcome,
  type Predicate,
  type Route,
  type Sight,
  type Space,
  spaceOf,
  spaceOfPredicate,
  type Value,
  walksOf,
} from "./operation.ts";
import { WireError, type WireReply, type Words } from "./wire.ts";

/** Tags are numbers below this. */
export const TAG_MAX = 9999;

const STAYING_FIELD = "stays";

/** Removes every item but keys and documents, which are deleted by name. */
export const CLEARINGS: readonly Words[] = [
  ["SQL.QUERY", "DELETE FROM item"],
  ["SQL.QUERY", "DELETE FROM claim"],
  ["CYPHER.QUERY", "MATCH (n:Spot) DETACH DELETE n"],
];

export const KEY_PATTERNS: readonly string[] = ["k:*", "doc:*", "l:*", "s:*", "h:*", "z:*"];

/** Makes an item as a history finds it. Links come behind their nodes. */
export function creationOf(item: ItemName, value: Content): Words {
  const { log, group } = value;
  const first = log[0] ?? 0;
  switch (spaceOf(item)) {
    case "key":
    case "far":
      return ["SET", keyOf(item), textOf(log)];
    case "document":
      return ["JSON.SET", keyOf(item), "$", JSON.stringify({ grp: group, log })];
    case "list":
    case "set":
    case "hash":
    case "zset":
      return additionOf(item, log);
    case "link":
      return requestOf({ kind: "link", from: value.from!, to: value.to!, tag: first });
    case "table":
    case "index":
      return requestOf({ kind: "insert", item, group, tag: first });
    default:
      return insertion(item, group, log);
  }
}

/** The request of an operation, in a history that began at `originMs`. */
export function requestOf(operation: Operation, originMs = 0): Words {
  if (isKeyOperation(operation)) return keyRequest(operation, originMs);
  if (isAboutDefinitions(operation)) return definitionRequest(operation);
  switch (operation.kind) {
    case "read":
      return readRequest(operation.items, operation.route ?? languageOf(spaceOf(operation.items[0]!)));
    case "scan":
      return scanRequest(operation.predicate, false);
    case "count":
      return scanRequest(operation.predicate, true);
    case "put":
      return putRequest(operation.item, operation.group, operation.tag);
    case "putAll":
      return putAllRequest(operation.items, operation.group, operation.tag);
    case "insertAll":
      return insertAllRequest(operation.items, operation.group, operation.tag);
    case "append":
      return changeRequest(operation.item, operation.tag, undefined, operation.route);
    case "move":
      return changeRequest(operation.item, operation.tag, operation.group, undefined);
    case "insert":
      return insertRequest(operation.item, operation.group, operation.tag);
    case "upsert":
      return upsertRequest(operation.item, operation.group, operation.tag);
    case "pop":
      return popRequest(operation);
    case "remove":
      return removeRequest(operation.item);
    case "sweep":
      return sweepRequest(operation);
    case "link":
      return cypher("MATCH (a:Spot {id: $from}), (b:Spot {id: $to}) CREATE (a)-[r:ROAD {tag: $tag}]->(b) RETURN r.tag", {
        from: numberOf(operation.from),
        to: numberOf(operation.to),
        tag: operation.tag,
      });
    case "remake":
      return definitionRequest(operation);
    case "wipe":
      return [operation.isAll ? "FLUSHALL" : "FLUSHDB"];
  }
}

/** What is answered here. */
type DataOperation = Exclude<Operation, KeyOperation>;

function languageOf(space: Space): Route | undefined {
  if (space === "row" || space === "claim") return "sql";
  if (space === "document") return "json";
  return space === "node" || space === "link" ? "cypher" : undefined;
}

function sql(text: string, ...parameters: readonly (string | number)[]): Words {
  return ["SQL.QUERY", text, ...parameters.map(String)];
}

function cypher(text: string, parameters: Readonly<Record<string, unknown>>): Words {
  return ["CYPHER.QUERY", text, JSON.stringify(parameters)];
}

/** Adds tags to a container. */
function additionOf(item: ItemName, tags: readonly number[]): Words {
  const texts = tags.map(elementOf);
  switch (spaceOf(item)) {
    case "list":
      return ["RPUSH", keyOf(item), ...texts];
    case "set":
      return ["SADD", keyOf(item), ...texts];
    default:
      if (spaceOf(item) === "hash") return ["HSET", keyOf(item), STAYING_FIELD, "", ...texts.flatMap((text) => [text, text])];
      return ["ZADD", keyOf(item), ...tags.flatMap((tag, index) => [String(tag), texts[index]!])];
  }
}

function contentsRequest(item: ItemName): Words {
  const key = keyOf(item);
  switch (spaceOf(item)) {
    case "list":
      return ["LRANGE", key, "0", "-1"];
    case "set":
      return ["SMEMBERS", key];
    case "hash":
      return ["HKEYS", key];
    default:
      return ["ZRANGE", key, "0", "-1"];
  }
}

function popRequest({ item, route }: Operation & { kind: "pop" }): Words {
  const command = spaceOf(item) === "list" ? "LPOP" : "ZPOPMIN";
  return route === "blocking" ? [`B${command}`, keyOf(item), PATIENCE_S] : [command, keyOf(item)];
}

/** The ends of a scan of keys, both included; one end for all that begin so. */
export function keyRangeOf(predicate: Predicate): readonly [string] | readonly [string, string] {
  return predicate.kind === "range" ? [keyOf(`key:${predicate.low}`), keyOf(`key:${predicate.high}`)] : ["k:"];
}

/** The table of a space, and the column that has the item's number. */
function tableOf(space: Space): { readonly table: string; readonly column: string } {
  if (space === "document") return { table: "doc", column: "id" };
  return space === "claim" ? { table: "claim", column: "name" } : { table: "item", column: "id" };
}

function readRequest(items: readonly ItemName[], route: Route | undefined): Words {
  const space = spaceOf(items[0]!);
  const numbers = items.map(numberOf);
  const keys = items.map(keyOf);
  if (isCollection(space)) return contentsRequest(items[0]!);
  if (route === undefined) return keys.length === 1 ? ["GET", keys[0]!] : ["MGET", ...keys];
  if (route === "json") return keys.length === 1 ? ["JSON.GET", keys[0]!, "$"] : ["JSON.MGET", ...keys, "$"];
  if (route === "sql") {
    const { table, column } = tableOf(space);
    if (numbers.length === 1) return sql(`SELECT ${column}, grp, log FROM ${table} WHERE ${column} = $1`, numbers[0]!);
    const places = numbers.map((_, index) => `$${index + 1}`).join(", ");
    return sql(`SELECT ${column}, grp, log FROM ${table} WHERE ${column} IN (${places})`, ...numbers);
  }
  const label = space === "node" ? "Spot" : tableOf(space).table;
  const property = space === "document" ? "_id" : "id";
  const ids = space === "document" ? numbers.map(String) : numbers;
  if (ids.length === 1) return cypher(`MATCH (n:${label}) WHERE n.${property} = $id RETURN n.${property}, n.grp, n.log`, { id: ids[0] });
  return cypher(`MATCH (n:${label}) WHERE n.${property} IN $ids RETURN n.${property}, n.grp, n.log`, { ids });
}

function scanRequest(predicate: Predicate, isCount: boolean): Words {
  const space = spaceOfPredicate(predicate);
  if (isText(space) || isCollection(space)) {
    return ["KEYS", `${FOLDERS[space]}:${predicate.kind === "range" ? `[${predicate.low}-${predicate.high}]` : "*"}`];
  }
  if (space === "link") return linkScan(predicate, isCount);
  if (space === "node") {
    const wanted = isCount ? "count(*)" : "n.id, n.grp, n.log";
    if (predicate.kind === "group") return cypher(`MATCH (n:Spot) WHERE n.grp = $grp RETURN ${wanted}`, { grp: predicate.group });
    if (predicate.kind !== "range") return cypher(`MATCH (n:Spot) RETURN ${wanted}`, {});
    return cypher(`MATCH (n:Spot) WHERE n.id >= $low AND n.id <= $high RETURN ${wanted}`, { low: predicate.low, high: predicate.high });
  }
  const { table, column } = tableOf(space);
  const wanted = isCount ? "count(*)" : `${column}, grp, log`;
  if (predicate.kind === "group") return sql(`SELECT ${wanted} FROM ${table} WHERE grp = $1`, predicate.group);
  if (predicate.kind !== "range") return sql(`SELECT ${wanted} FROM ${table}`);
  return sql(`SELECT ${wanted} FROM ${table} WHERE ${column} BETWEEN $1 AND $2`, predicate.low, predicate.high);
}

function linkScan(predicate: Predicate, isCount: boolean): Words {
  const wanted = isCount ? "count(r)" : "r.tag, a.id, b.id";
  if (predicate.kind !== "outgoing" && predicate.kind !== "incoming") return cypher(`MATCH (a)-[r:ROAD]->(b) RETURN ${wanted}`, {});
  const [a, b] = predicate.kind === "outgoing" ? ["(a:Spot {id: $id})", "(b)"] : ["(a)", "(b:Spot {id: $id})"];
  return cypher(`MATCH ${a}-[r:ROAD]->${b} RETURN ${wanted}`, { id: numberOf(predicate.node) });
}

function putRequest(item: ItemName, group: number, tag: number): Words {
  const space = spaceOf(item);
  if (isText(space)) return ["SET", keyOf(item), textOf([tag])];
  if (space === "document") return ["JSON.SET", keyOf(item), "$", JSON.stringify({ grp: group, log: [tag] })];
  const text = "INSERT INTO item VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET grp = excluded.grp, log = excluded.log";
  return sql(text, numberOf(item), group, textOf([tag]));
}

function putAllRequest(items: readonly ItemName[], group: number, tag: number): Words {
  const space = spaceOf(items[0]!);
  if (isText(space)) return ["MSET", ...items.flatMap((item) => [keyOf(item), textOf([tag])])];
  const document = JSON.stringify({ grp: group, log: [tag] });
  if (space === "document") return ["JSON.MSET", ...items.flatMap((item) => [keyOf(item), "$", document])];
  const [insertion = "", ...parameters] = rowInsertion(items, group, tag);
  return sql(`${insertion} ON CONFLICT (id) DO UPDATE SET grp = excluded.grp, log = excluded.log`, ...parameters);
}

function insertAllRequest(items: readonly ItemName[], group: number, tag: number): Words {
  if (isText(spaceOf(items[0]!))) return ["MSETNX", ...items.flatMap((item) => [keyOf(item), textOf([tag])])];
  const [insertion = "", ...parameters] = rowInsertion(items, group, tag);
  return sql(insertion, ...parameters);
}

/** The text of an INSERT of several rows, and its parameters. */
function rowInsertion(items: readonly ItemName[], group: number, tag: number): readonly string[] {
  const isClaim = spaceOf(items[0]!) === "claim";
  // Ids of claims are other numbers than tags, of which each makes several here.
  const rows = items.map((_, index) => `(${isClaim ? `${(index + 1) * (TAG_MAX + 1) + tag}, ` : ""}$${index + 3}, $1, $2)`);
  const text = `INSERT INTO ${isClaim ? "claim" : "item"} VALUES ${rows.join(", ")}`;
  return [text, `${group}`, textOf([tag]), ...items.map((item) => `${numberOf(item)}`)];
}

function insertRequest(item: ItemName, group: number, tag: number): Words {
  const space = spaceOf(item);
  if (isText(space)) return ["SET", keyOf(item), textOf([tag]), "NX"];
  if (space === "document") return ["JSON.SET", keyOf(item), "$", JSON.stringify({ grp: group, log: [tag] }), "NX"];
  return insertion(item, group, [tag]);
}

/** Finds the item, or makes it of the tag. */
function upsertRequest(item: ItemName, group: number, tag: number): Words {
  const { table, column } = tableOf(spaceOf(item));
  if (spaceOf(item) === "node") {
    const text = `MERGE (n:Spot {id: $id}) ON CREATE SET n.grp = $grp, n.log = [$tag] ON MATCH SET n.log = n.log + $tag
      RETURN n.id, n.grp, n.log`;
    return cypher(text, { id: numberOf(item), grp: group, tag });
  }
  const [, insert = "", ...parameters] = insertion(item, group, [tag]);
  const update = `ON CONFLICT (${column}) DO UPDATE SET log = ${table}.log || excluded.log RETURNING ${column}, grp, log`;
  return ["SQL.QUERY", `${insert} ${update}`, ...parameters];
}

function insertion(item: ItemName, group: number, log: readonly number[]): Words {
  const number = numberOf(item);
  if (spaceOf(item) === "node") return cypher("CREATE (:Spot {id: $id, grp: $grp, log: $log})", { id: number, grp: group, log });
  if (spaceOf(item) === "row") return sql("INSERT INTO item VALUES ($1, $2, $3)", number, group, textOf(log));
  return sql("INSERT INTO claim VALUES ($1, $2, $3, $4)", log[0]!, number, group, textOf(log));
}

/** Adds a tag, and sets the group if one is given. */
function changeRequest(item: ItemName, tag: number, group: number | undefined, route: Route | undefined): Words {
  const space = spaceOf(item);
  if (isText(space)) return ["APPEND", keyOf(item), textOf([tag])];
  if (isCollection(space)) return additionOf(item, [tag]);
  if (space === "document") return ["JSON.ARRAPPEND", keyOf(item), "$.log", String(tag)];
  if (route === "json") return ["JSON.STRAPPEND", keyOf(item), "$.log", JSON.stringify(textOf([tag]))];
  if (space === "node") {
    const settings = group === undefined ? "n.log = n.log + $tag" : "n.log = n.log + $tag, n.grp = $grp";
    return cypher(`MATCH (n:Spot) WHERE n.id = $id SET ${settings} RETURN n.id, n.grp, n.log`, {
      id: numberOf(item),
      tag,
      grp: group ?? null,
    });
  }
  const { table, column } = tableOf(space);
  const tail = `WHERE ${column} = $1 RETURNING ${column}, grp, log`;
  if (group === undefined) return sql(`UPDATE ${table} SET log = log || $2 ${tail}`, numberOf(item), textOf([tag]));
  return sql(`UPDATE ${table} SET log = log || $2, grp = $3 ${tail}`, numberOf(item), textOf([tag]), group);
}

function sweepRequest({ predicate, group, tag }: Operation & { kind: "sweep" }): Words {
  if (predicate.space === "node") {
    const text = "MATCH (n:Spot) WHERE n.grp = $old SET n.log = n.log + $tag, n.grp = $grp RETURN n.id, n.grp, n.log";
    return cypher(text, { old: predicate.group, tag, grp: group });
  }
  const { table, column } = tableOf(predicate.space);
  const text = `UPDATE ${table} SET log = log || $2, grp = $3 WHERE grp = $1 RETURNING ${column}, grp, log`;
  return sql(text, predicate.group, textOf([tag]), group);
}

function removeRequest(item: ItemName): Words {
  switch (spaceOf(item)) {
    case "key":
    case "far":
    case "list":
    case "set":
    case "hash":
    case "zset":
      return ["DEL", keyOf(item)];
    case "document":
      return ["JSON.DEL", keyOf(item)];
    case "row":
      return sql("DELETE FROM item WHERE id = $1", numberOf(item));
    case "claim":
      return sql("DELETE FROM claim WHERE name = $1", numberOf(item));
    case "node":
      return cypher("MATCH (n:Spot) WHERE n.id = $id DELETE n", { id: numberOf(item) });
    case "link":
      return cypher("MATCH ()-[r:ROAD]->() WHERE r.tag = $tag DELETE r", { tag: numberOf(item) });
    case "table":
    case "index":
      return definitionRequest({ kind: "remove", item });
  }
}

/** What a reply says of the items. */
export function outcomeOf(operation: Operation, reply: WireReply, originMs = 0): Outcome {
  try {
    if (isKeyOperation(operation)) return keyOutcome(operation, reply, originMs);
    if (isAboutDefinitions(operation)) return definitionOutcome(operation, reply);
    return reply instanceof WireError ? failureOf(operation, reply) : successOf(operation, reply);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: "failed", message: `${JSON.stringify(reply, replacer)}: ${error.message}` };
  }
}

function replacer(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

function failureOf(operation: DataOperation, { prefix, message }: WireError): Outcome {
  if (prefix === "ABORT") return { kind: "conflict" };
  if (operation.kind === "insert" && message.includes("[23505]")) return { kind: "refused", sights: [presence(operation.item, true)] };
  if (operation.kind === "insertAll" && message.includes("[23505]")) return { kind: "refused", sights: [] };
  if (operation.kind === "remove" && message.includes("DeleteConnectedNode")) return { kind: "refused", sights: [] };
  if (operation.kind === "append" && message.includes("key that doesn't exist")) return done([length(operation.item, undefined)]);
  return { kind: "failed", message: `${prefix} ${message}` };
}

function successOf(operation: DataOperation, reply: WireReply): Outcome {
  switch (operation.kind) {
    case "read":
      return done(operation.items.map((item, index) => ({ item, kind: "value", value: valueRead(operation.items, item, index, reply) })));
    case "scan":
      return { kind: "done", sights: scanned(operation.predicate, reply), others: [operation.predicate] };
    case "count":
      return { ...done([]), count: Array.isArray(reply) ? reply.length : Number(rowsOf(reply)[0]?.[0]) };
    case "put":
    case "putAll":
      return done([]);
    case "insertAll":
      return reply === 0 ? { kind: "refused", sights: [] } : done(operation.items.map((item) => presence(item, false)));
    case "append":
      if (isCollection(spaceOf(operation.item))) return done(sightsOfAddition(operation.item, reply));
      return done([sightOfChange(operation.item, operation.tag, reply)]);
    case "move":
      return done([sightOfChange(operation.item, operation.tag, reply)]);
    case "upsert":
      return done([sightOfUpsert(operation.item, operation.tag, reply)]);
    case "pop":
      return done([{ item: operation.item, kind: "head", head: headOf(operation, reply) }]);
    case "sweep": {
      const rows = rowsOf(reply).map((row) => contentOf(row));
      const before = rows.map((row) => withoutTag(row.content, operation.tag, operation.predicate.group));
      const sights = rows.map(
        ({ number }, index): Sight => ({ item: `${operation.predicate.space}:${number}`, kind: "value", value: before[index]! }),
      );
      return { kind: "done", sights, others: [operation.predicate] };
    }
    case "insert":
      return reply === null ? { kind: "refused", sights: [presence(operation.item, true)] } : done([presence(operation.item, false)]);
    case "remove":
      return removalOf(operation.item, reply);
    case "link": {
      if (rowsOf(reply).length === 0) return { kind: "refused", sights: [] };
      return done([...new Set([operation.from, operation.to])].map((end) => presence(end, true)));
    }
    case "remake":
      return done([]);
    case "wipe":
      if (reply !== "OK") throw new RangeError(`${String(reply)} for emptying`);
      return done([]);
  }
}

function done(sights: readonly Sight[]): Outcome & { kind: "done" } {
  return { kind: "done", sights, others: [] };
}

function presence(item: ItemName, present: boolean): Sight {
  return { item, kind: "presence", present };
}

function length(item: ItemName, count: number | undefined): Sight {
  return { item, kind: "length", length: count };
}

/** The n-th of several values read. Replies of GET and MGET are text, of JSON.GET and JSON.MGET JSON, else there are rows. */
function valueRead(items: readonly ItemName[], item: ItemName, index: number, reply: WireReply): Value {
  if (reply instanceof Map) {
    const found = rowsOf(reply).filter((row) => Number(row[0]) === numberOf(item));
    if (found.length > 1) throw new RangeError(`${item} twice`);
    return found[0] === undefined ? null : contentOf(found[0]).content;
  }
  if (isCollection(spaceOf(item))) return contentsRead(item, reply);
  const one = items.length === 1 ? reply : (reply as readonly WireReply[])[index];
  if (one === null) return null;
  if (typeof one !== "string") throw new RangeError(`no text for ${item}`);
  if (isText(spaceOf(item))) return { group: 0, log: tagsOf(one) };
  const [document] = JSON.parse(one) as { grp: number; log: unknown }[];
  return document === undefined ? null : { group: document.grp, log: tagsOf(document.log) };
}

/** A container's tags; without any it is absent. */
function contentsRead(item: ItemName, reply: WireReply): Value {
  if (!Array.isArray(reply)) throw new RangeError(`no elements of ${item}`);
  const tags = reply.filter((element) => element !== STAYING_FIELD).map(Number);
  const log = spaceOf(item) === "set" || spaceOf(item) === "hash" ? tags.sort((one, other) => one - other) : tags;
  return reply.length === 0 ? null : { group: 0, log };
}

/** What a container was before a tag was added: of lists the length is known, of hashes whether there was one. */
function sightsOfAddition(item: ItemName, reply: WireReply): Sight[] {
  if (spaceOf(item) === "list") return [length(item, lengthBefore(Number(reply)) || undefined)];
  if (spaceOf(item) === "hash" && (reply === 1 || reply === 2)) return [presence(item, reply === 1)];
  if (reply !== 1) throw new RangeError(`${String(reply)} tags were added to ${item}`);
  return [];
}

function sightOfUpsert(item: ItemName, tag: number, reply: WireReply): Sight {
  const rows = rowsOf(reply);
  if (rows.length !== 1) throw new RangeError(`${rows.length} rows of ${item}`);
  const log = withoutLast(contentOf(rows[0]!).content.log, tag);
  return log.length === 0 ? presence(item, false) : { item, kind: "log", log };
}

/** The tag that a pop answers; undefined: there was none. */
function headOf({ item, route }: Operation & { kind: "pop" }, reply: WireReply): number | undefined {
  if (reply === null) return undefined;
  const words = Array.isArray(reply) ? (reply as readonly WireReply[]) : [reply];
  if (words.length === 0) return undefined;
  if (route === "blocking" && words[0] !== keyOf(item)) throw new RangeError(`${String(words[0])} was popped from`);
  const head = Number(words[route === "blocking" ? 1 : 0]);
  if (!Number.isSafeInteger(head)) throw new RangeError(`no tag: ${String(head)}`);
  return head;
}

function scanned(predicate: Predicate, reply: WireReply): Sight[] {
  const space = spaceOfPredicate(predicate);
  if (isCollection(space)) return (reply as readonly string[]).map((key) => presence(`${space}:${Number(key.slice(2))}`, true));
  if (isText(space)) return (reply as readonly (string | readonly string[])[]).map((found) => scannedKey(space, found));
  return rowsOf(reply).map((row): Sight => {
    if (space !== "link") {
      const { number, content } = contentOf(row);
      return { item: `${space}:${number}`, kind: "value", value: content };
    }
    const [tag, from, to] = row.map(Number) as [number, number, number];
    return { item: `link:${tag}`, kind: "value", value: { group: 0, log: [tag], from: `node:${from}`, to: `node:${to}` } };
  });
}

/** A key, or a key with its value. */
function scannedKey(space: Space, found: string | readonly string[]): Sight {
  if (typeof found === "string") return presence(`${space}:${Number(found.slice(2))}`, true);
  const [key = "", text] = found;
  return { item: `key:${Number(key.slice(2))}`, kind: "value", value: { group: 0, log: tagsOf(text) } };
}

/** What an item was before a tag was added. The group that it had is known only when it was not changed. */
function sightOfChange(item: ItemName, tag: number, reply: WireReply): Sight {
  const space = spaceOf(item);
  if (isText(space)) return length(item, lengthBefore(Number(reply) / TAG_LENGTH) || undefined);
  if (Array.isArray(reply)) {
    if (reply[0] === null) return length(item, undefined);
    return length(item, lengthBefore(space === "document" ? Number(reply[0]) : Number(reply[0]) / TAG_LENGTH));
  }
  const rows = rowsOf(reply);
  if (rows.length === 0) return length(item, undefined);
  if (rows.length > 1) throw new RangeError(`${item} was changed ${rows.length} times`);
  const { log } = contentOf(rows[0]!).content;
  return { item, kind: "log", log: withoutLast(log, tag) };
}

function lengthBefore(after: number): number {
  if (!Number.isSafeInteger(after) || after < 1) throw new RangeError(`a length of ${after} tags`);
  return after - 1;
}

function withoutTag(content: Content, tag: number, group: number): Content {
  return { group, log: withoutLast(content.log, tag) };
}

function withoutLast(log: readonly number[], tag: number): number[] {
  if (log.at(-1) !== tag) throw new RangeError(`a write does not end in its tag ${tag}`);
  return log.slice(0, -1);
}

function removalOf(item: ItemName, reply: WireReply): Outcome {
  if (typeof reply === "number") return done([presence(item, reply === 1)]);
  if (!(reply instanceof Map)) throw new RangeError("neither a number nor a map");
  const stats = reply.get("stats");
  const counters = stats instanceof Map ? stats : new Map<string, WireReply>();
  const removed = reply.get("affected") ?? counters.get(spaceOf(item) === "node" ? "nodesDeleted" : "relationshipsDeleted") ?? 0;
  if (removed !== 0 && removed !== 1) throw new RangeError(`removed ${String(removed)} of ${item}`);
  return { kind: "done", sights: [presence(item, removed === 1)], others: removed === 1 && spaceOf(item) === "node" ? walksOf(item) : [] };
}

function rowsOf(reply: WireReply): (readonly WireReply[])[] {
  const rows = reply instanceof Map ? reply.get("rows") : undefined;
  if (!Array.isArray(rows)) throw new RangeError("no rows");
  return rows as (readonly WireReply[])[];
}

/** A row of number, group and log. */
function contentOf(row: readonly WireReply[]): { readonly number: number; readonly content: Content } {
  const [number, group, log] = row;
  return { number: Number(number), content: { group: Number(group), log: tagsOf(log) } };
}
