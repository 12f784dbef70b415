/**
 * Five sets of the package vega-datasets as collections of documents, just as they are: names with blanks, titles that are numbers, many
 * nulls.
 *
 *   movies    1...           3,201 films
 *   cars      1...             406 cars
 *   airports  IATA code      3,376 airports
 *   flights   1...           5,366 pairs of airports with their number of flights
 *   weather   1...           2,922 days of two cities
 *
 * Fields of CSV files are text, save those that NUMBERS names.
 */
import { readFileSync } from "node:fs";

export interface Movie {
  readonly Title: string | number | null;
  readonly "US Gross": number | null;
  readonly "Worldwide Gross": number | null;
  readonly "US DVD Sales": number | null;
  readonly "Production Budget": number | null;
  readonly "Release Date": string;
  readonly "MPAA Rating": string | null;
  readonly "Running Time min": number | null;
  readonly Distributor: string | null;
  readonly Source: string | null;
  readonly "Major Genre": string | null;
  readonly "Creative Type": string | null;
  readonly Director: string | null;
  readonly "Rotten Tomatoes Rating": number | null;
  readonly "IMDB Rating": number | null;
  readonly "IMDB Votes": number | null;
}

export interface Car {
  readonly Name: string;
  readonly Miles_per_Gallon: number | null;
  readonly Cylinders: number;
  readonly Displacement: number;
  readonly Horsepower: number | null;
  readonly Weight_in_lbs: number;
  readonly Acceleration: number;
  readonly Year: string;
  readonly Origin: string;
}

export interface Airport {
  readonly iata: string;
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
}

export interface Flight {
  readonly origin: string;
  readonly destination: string;
  readonly count: number;
}

export interface Day {
  readonly location: string;
  readonly date: string;
  readonly precipitation: number;
  readonly temp_max: number;
  readonly temp_min: number;
  readonly wind: number;
  readonly weather: string;
}

export interface VegaData {
  readonly movies: readonly Movie[];
  readonly cars: readonly Car[];
  readonly airports: readonly Airport[];
  readonly flights: readonly Flight[];
  readonly weather: readonly Day[];
}

export type Field = string | number | null;

/** A document with the part of its key behind the collection's name. */
export interface Keyed {
  readonly id: string;
  readonly document: Readonly<Record<string, Field>>;
}

export type CollectionName = keyof VegaData;
export const COLLECTIONS: readonly CollectionName[] = ["movies", "cars", "airports", "flights", "weather"];

const NUMBERS = ["latitude", "longitude", "count", "precipitation", "temp_max", "temp_min", "wind"];

/** What the tables are declared as, and indexes that the questions can use. The number of a document becomes its key `id`. */
export const DEFINITIONS: readonly string[] = [
  `CREATE TABLE movies (id integer PRIMARY KEY, "Title" text, "US Gross" bigint, "Worldwide Gross" bigint, "US DVD Sales" bigint,
    "Production Budget" bigint, "Release Date" text NOT NULL, "MPAA Rating" varchar(12), "Running Time min" smallint, "Distributor" text,
    "Source" text, "Major Genre" text, "Creative Type" text, "Director" text, "Rotten Tomatoes Rating" integer,
    "IMDB Rating" double precision CHECK ("IMDB Rating" BETWEEN 0 AND 10), "IMDB Votes" integer)`,
  `CREATE TABLE cars (id integer PRIMARY KEY, "Name" text NOT NULL, "Miles_per_Gallon" double precision, "Cylinders" smallint,
    "Displacement" double precision, "Horsepower" integer, "Weight_in_lbs" integer, "Acceleration" double precision, "Year" date, "Origin" text)`,
  `CREATE TABLE airports (iata text PRIMARY KEY, name text, city text, state text, country text, latitude double precision,
    longitude double precision)`,
  `CREATE TABLE flights (id integer PRIMARY KEY, origin text NOT NULL, destination text NOT NULL, count integer DEFAULT 0,
    UNIQUE (origin, destination))`,
  `CREATE TABLE weather (id integer PRIMARY KEY, location text, date date, precipitation double precision, temp_max double precision,
    temp_min double precision, wind double precision, weather text)`,
  `CREATE INDEX movies_votes ON movies ("IMDB Votes")`,
  `CREATE INDEX movies_genre ON movies ("Major Genre", "IMDB Rating")`,
  `CREATE INDEX cars_origin ON cars ("Origin")`,
  `CREATE INDEX flights_destination ON flights (destination)`,
  `CREATE INDEX weather_place ON weather (location, temp_max DESC)`,
];

/** Reads the package's files. Throws where it is not installed. */
export function loadVega(): VegaData {
  return {
    movies: JSON.parse(readText("movies.json")) as Movie[],
    cars: JSON.parse(readText("cars.json")) as Car[],
    airports: readCsv<Airport>("airports.csv"),
    flights: readCsv<Flight>("flights-airport.csv"),
    weather: readCsv<Day>("weather.csv"),
  };
}

/** The documents of a collection. `withId`: a document whose key is its number has it as a field too, as a declared table wants. */
export function documentsOf(data: VegaData, name: CollectionName, withId: boolean): Keyed[] {
  return data[name].map((row, position) => {
    const document = { ...row } as Record<string, Field>;
    if (name === "airports") return { id: String(document.iata), document };
    return { id: String(position + 1), document: withId ? { id: position + 1, ...document } : document };
  });
}

function readText(name: string): string {
  return readFileSync(new URL(`../../node_modules/vega-datasets/data/${name}`, import.meta.url), "utf8");
}

/** A CSV file whose fields hold no line feeds and no quotes between quotes. */
function readCsv<Row>(name: string): Row[] {
  const [head, ...lines] = readText(name).trim().split(/\r?\n/);
  const names = head!.split(",");
  return lines.map((line) => {
    const fields = [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^",]*))/g)].map(([, quoted, plain]) => quoted ?? plain!);
    if (fields.length !== names.length) throw new Error(`${name}: cannot read ${line}`);
    return Object.fromEntries(names.map((key, column) => [key, NUMBERS.includes(key) ? Number(fields[column]) : fields[column]!])) as Row;
  });
}
