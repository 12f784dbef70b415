/**
 * Real data as keys and values: films and airports of the package vega-datasets.
 *
 *   movie:N                  a film as JSON text; titles hold quotes, accents, and numbers where names are expected
 *   airport:CODE             the airport's line of the CSV file
 *   count:country:NAME       airports of a country, made by INCR
 *   count:state:NAME         airports of a state, made by INCR
 *   session:N                the title of a film, with SESSION_SECONDS to live
 *
 * Cost: 1.6 MB of text, about 6,800 keys; read once per process.
 */
import { readFileSync } from "node:fs";

export const SESSION_SECONDS = 3600;
const SESSIONS = 200;

/** What to send, and what a server that has taken all of it holds. */
export interface DataSet {
  readonly movies: ReadonlyMap<string, string>;
  readonly airports: ReadonlyMap<string, string>;
  /** Keys to increment, one entry for each airport. */
  readonly increments: readonly string[];
  readonly counts: ReadonlyMap<string, string>;
  readonly sessions: ReadonlyMap<string, string>;
  /** All keys with their final values. */
  readonly everything: ReadonlyMap<string, string>;
}

let loaded: DataSet | undefined;

/** The data set. Throws where the test packages are not installed. */
export function loadDataSet(): DataSet {
  loaded ??= readDataSet();
  return loaded;
}

function readText(name: string): string {
  return readFileSync(new URL(`../node_modules/vega-datasets/data/${name}`, import.meta.url), "utf8");
}

function readDataSet(): DataSet {
  const films = JSON.parse(readText("movies.json")) as readonly { readonly Title: unknown }[];
  const movies = new Map(films.map((film, position) => [`movie:${position}`, JSON.stringify(film)]));
  const airports = new Map<string, string>();
  const increments: string[] = [];
  for (const line of readText("airports.csv").trim().split("\n").slice(1)) {
    const [code, ...fields] = line.split(",");
    // A name may hold a comma between quotes; state and country are counted from the end.
    const [state, country] = fields.slice(-4, -2);
    airports.set(`airport:${code}`, line);
    increments.push(`count:country:${country}`, `count:state:${state}`);
  }
  const counts = new Map<string, string>();
  for (const key of increments) counts.set(key, String(Number(counts.get(key) ?? 0) + 1));
  const sessions = new Map(films.slice(0, SESSIONS).map((film, position) => [`session:${position}`, String(film.Title)]));
  const everything = new Map([...movies, ...airports, ...counts, ...sessions]);
  return { movies, airports, increments, counts, sessions, everything };
}
