/**
 * JSON documents in the life of a database: random commands on them, and what they must leave, as plain JavaScript.
 *
 * The documents live in a database of their own, DOCUMENT_DATABASE, whose keys only these commands touch; so a model of them needs
 * no other command. Numbers are whole and texts ASCII without escapes: what the engine prints is then what JSON.stringify prints.
 */
import type { SeededRandom } from "../support/random.ts";

/** None that other commands select, swap or flush. */
export const DOCUMENT_DATABASE = 7;
const KEYS = ["doc:0", "doc:1", "doc:2", "doc:3"];
/** Answers the documents in the order of their keys. Requires: their database is selected. */
export const DOCUMENT_READING: readonly string[] = ["JSON.MGET", ...KEYS, "."];
const FIELDS = ["a", "b", "n", "list", "long name", "o"];

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Requests that select the documents' database, change documents and select one of the others again. */
export function documentRequests(random: SeededRandom): string[][] {
  const requests = Array.from({ length: random.below(5) }, () => documentCommand(random));
  return [["SELECT", String(DOCUMENT_DATABASE)], ...requests, ["SELECT", String(random.below(3))]];
}

function documentCommand(random: SeededRandom): string[] {
  const key = (): string => random.pick(KEYS);
  const field = (): string => `$["${random.pick(FIELDS)}"]`;
  const makers: readonly (() => string[])[] = [
    () => ["JSON.SET", key(), "$", JSON.stringify(randomDocument(random))],
    () => ["JSON.SET", key(), field(), JSON.stringify(randomJson(random, 2))],
    () => ["JSON.MERGE", key(), "$", JSON.stringify(randomPatch(random))],
    () => ["JSON.DEL", key(), field()],
    () => ["JSON.NUMINCRBY", key(), '$["n"]', String(random.below(2_000_000) - 1_000_000)],
    () => ["JSON.NUMINCRBY", key(), field(), "1"],
    () => ["JSON.ARRAPPEND", key(), '$["list"]', JSON.stringify(randomJson(random, 1)), "null"],
    () => ["JSON.ARRAPPEND", key(), field(), "7"],
    () => (random.chance(0.3) ? ["JSON.DEL", key()] : ["JSON.DEL", key(), field()]),
    () => (random.chance(0.3) ? ["RENAME", key(), key()] : ["COPY", key(), key(), "REPLACE"]),
  ];
  return random.pick(makers)();
}

function randomDocument(random: SeededRandom): Json {
  if (random.chance(0.1)) return randomJson(random, 1);
  return { n: random.below(1000), list: [], ...Object.fromEntries(randomFields(random, () => randomJson(random, 2))) };
}

function randomPatch(random: SeededRandom): Json {
  return Object.fromEntries(randomFields(random, () => (random.chance(0.4) ? null : randomJson(random, 2))));
}

function randomFields(random: SeededRandom, value: () => Json): [string, Json][] {
  return Array.from({ length: random.below(4) }, () => [random.pick(FIELDS), value()]);
}

function randomJson(random: SeededRandom, depth: number): Json {
  switch (random.below(depth > 0 ? 6 : 4)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
      return random.below(2 ** 32) - 2 ** 31;
    case 2:
      return "text ".repeat(random.below(random.chance(0.1) ? 200 : 4));
    case 3:
      return random.below(100);
    case 4:
      return Array.from({ length: random.below(4) }, () => randomJson(random, depth - 1));
    default:
      return Object.fromEntries(randomFields(random, () => randomJson(random, depth - 1)));
  }
}

/** The documents as they must be. */
export class DocumentModel {
  readonly #documents = new Map<string, Json>();
  #selected = 0;

  /** Begins with the documents that are there: texts in the order of the keys, null where there is none. */
  constructor(texts: readonly (string | null)[]) {
    for (const [position, text] of texts.entries()) {
      if (text !== null) this.#documents.set(KEYS[position] as string, JSON.parse(text) as Json);
    }
  }

  /** What JSON.MGET must answer. */
  texts(): (string | null)[] {
    return KEYS.map((key) => {
      const document = this.#documents.get(key);
      return document === undefined ? null : JSON.stringify(document);
    });
  }

  /** Carries out a request, whatever database it is for. */
  apply([name, ...args]: readonly string[]): void {
    if (name === "SELECT") this.#selected = Number(args[0]);
    else if (this.#selected === DOCUMENT_DATABASE) this.#change(name as string, args);
  }

  #change(name: string, args: readonly string[]): void {
    const [key = "", second = "", third = "null"] = args;
    const documents = this.#documents;
    const old = documents.get(key);
    if (name === "JSON.SET" && second === "$") documents.set(key, JSON.parse(third) as Json);
    else if (name === "JSON.MERGE") documents.set(key, merged(old, JSON.parse(third) as Json));
    else if (old === undefined) return;
    else if (name === "RENAME" || name === "COPY") {
      documents.set(second, structuredClone(old));
      if (name === "RENAME" && second !== key) documents.delete(key);
    } else if (name === "JSON.DEL" && second === "") documents.delete(key);
    else if (isObject(old)) changeField(name, old, JSON.parse(second.slice(2, -1)) as string, args.slice(2));
  }
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function changeField(name: string, document: { [name: string]: Json }, field: string, values: readonly string[]): void {
  const old = document[field];
  const [value = null, ...others] = values.map((text) => JSON.parse(text) as Json);
  if (name === "JSON.SET") document[field] = value;
  else if (name === "JSON.DEL") delete document[field];
  else if (name === "JSON.NUMINCRBY" && typeof old === "number") document[field] = old + Number(value);
  else if (name === "JSON.ARRAPPEND" && Array.isArray(old)) old.push(value, ...others);
}

/** RFC 7396. */
function merged(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result = isObject(target) ? target : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}
