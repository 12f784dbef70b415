/**
 * Analytical questions over the sets of data.ts: as SQL, and as a plain JavaScript function over the raw documents. The SQL is the same for
 * collections that were never declared and for tables; where a field may be text or a number there, it says which it wants.
 */
import type { Airport, Car, Movie, VegaData } from "./data.ts";

export type Cell = string | number | boolean | null;

export interface Question {
  readonly title: string;
  readonly sql: string;
  readonly answer: (data: VegaData) => Cell[][];
  /** The rows come in the order that the answer has. */
  readonly ordered?: true;
}

export const QUESTIONS: readonly Question[] = [
  {
    title: "how many films there are, how many are rated, and how well",
    sql: `SELECT count(*), count("IMDB Rating"), avg("IMDB Rating"), min("IMDB Rating"), max("IMDB Rating") FROM movies`,
    answer: ({ movies }) => {
      const ratings = present(movies.map((movie) => movie["IMDB Rating"]));
      return [[movies.length, ratings.length, mean(ratings), Math.min(...ratings), Math.max(...ratings)]];
    },
  },
  {
    title: "films and their gross by genre",
    sql: `SELECT "Major Genre"::text AS genre, count(*), sum("Worldwide Gross") FROM movies GROUP BY "Major Genre"`,
    answer: ({ movies }) =>
      groups(movies, (movie) => movie["Major Genre"]).map(([genre, list]) => [
        genre,
        list.length,
        total(present(list.map((movie) => movie["Worldwide Gross"]))),
      ]),
  },
  {
    title: "the ten films with the most votes",
    sql: `SELECT "Title"::text, "IMDB Votes" FROM movies ORDER BY "IMDB Votes" DESC NULLS LAST, "Title"::text LIMIT 10`,
    ordered: true,
    answer: ({ movies }) =>
      [...movies]
        .sort((a, b) => (b["IMDB Votes"] ?? -1) - (a["IMDB Votes"] ?? -1) || compare(String(a.Title), String(b.Title)))
        .slice(0, 10)
        .map((movie) => [String(movie.Title), movie["IMDB Votes"]]),
  },
  {
    title: "titles that are there more than once, numbers among them",
    sql: `SELECT "Title"::text AS title, count(*) AS times FROM movies WHERE "Title" IS NOT NULL
      GROUP BY "Title"::text HAVING count(*) > 1 ORDER BY times DESC, title`,
    ordered: true,
    answer: ({ movies }) =>
      groups(
        movies.filter(({ Title }) => Title !== null),
        ({ Title }) => String(Title),
      )
        .filter(([, list]) => list.length > 1)
        .map(([title, list]): Cell[] => [title, list.length])
        .sort((a, b) => Number(b[1]) - Number(a[1]) || compare(String(a[0]), String(b[0]))),
  },
  {
    title: "films whose title is a number",
    sql: `SELECT "Title"::text, "Production Budget" FROM movies WHERE "Title"::text IN ('300', '1408', '2012', '21', '9', '1776', '12')`,
    answer: ({ movies }) =>
      movies
        .filter(({ Title }) => ["300", "1408", "2012", "21", "9", "1776", "12"].includes(String(Title)))
        .map((movie) => [String(movie.Title), movie["Production Budget"]]),
  },
  {
    title: "what distributors get back for a dollar",
    sql: `SELECT "Distributor"::text, count(*), sum("Worldwide Gross"::double precision) / sum("Production Budget"::double precision)
      FROM movies WHERE "Production Budget" > 0 AND "Worldwide Gross" IS NOT NULL AND "Distributor" IS NOT NULL
      GROUP BY "Distributor" HAVING count(*) >= 20`,
    answer: ({ movies }) =>
      groups(
        movies.filter((movie) => (movie["Production Budget"] ?? 0) > 0 && movie["Worldwide Gross"] !== null && movie.Distributor !== null),
        (movie) => movie.Distributor,
      )
        .filter(([, list]) => list.length >= 20)
        .map(([name, list]) => [
          name,
          list.length,
          total(list.map((movie) => movie["Worldwide Gross"]!))! / total(list.map((movie) => movie["Production Budget"]!))!,
        ]),
  },
  {
    title: "films by class of rating",
    sql: `SELECT CASE WHEN "IMDB Rating" IS NULL THEN 'none' WHEN "IMDB Rating" >= 8 THEN 'high' WHEN "IMDB Rating" >= 5 THEN 'middle' ELSE 'low' END AS class,
        count(*), count(*) FILTER (WHERE "MPAA Rating" = 'R') FROM movies GROUP BY 1`,
    answer: ({ movies }) =>
      groups(movies, ratingClass).map(([name, list]) => [name, list.length, list.filter((movie) => movie["MPAA Rating"] === "R").length]),
  },
  {
    title: "films for everybody that are better than their genre",
    sql: `SELECT "Title"::text FROM movies m WHERE m."MPAA Rating" = 'G'
        AND m."IMDB Rating" > (SELECT avg(x."IMDB Rating") + 1 FROM movies x WHERE x."Major Genre" = m."Major Genre")`,
    answer: ({ movies }) => {
      const means = new Map(
        groups(movies, (movie) => movie["Major Genre"])
          .filter(([genre]) => genre !== null)
          .map(([genre, list]) => [genre, mean(present(list.map((movie) => movie["IMDB Rating"])))]),
      );
      return movies
        .filter((movie) => movie["MPAA Rating"] === "G" && (movie["IMDB Rating"] ?? -1) > (means.get(movie["Major Genre"]) ?? Infinity) + 1)
        .map((movie) => [String(movie.Title)]);
    },
  },
  {
    title: "films and gross by year, from a date that is text",
    sql: `SELECT right("Release Date", 4) AS year, count(*), sum("US Gross") FROM movies
      WHERE "Release Date" LIKE '% 199_' GROUP BY right("Release Date", 4) ORDER BY year`,
    ordered: true,
    answer: ({ movies }) =>
      groups(
        movies.filter((movie) => / 199.$/.test(movie["Release Date"])),
        (movie) => movie["Release Date"].slice(-4),
      )
        .sort(([a], [b]) => compare(a, b))
        .map(([year, list]) => [year, list.length, total(present(list.map((movie) => movie["US Gross"])))]),
  },
  {
    title: "directors who made films of several genres",
    sql: `SELECT "Director"::text, count(DISTINCT "Major Genre") FROM movies WHERE "Director" IS NOT NULL
      GROUP BY "Director" HAVING count(DISTINCT "Major Genre") >= 4 ORDER BY 2 DESC, 1`,
    ordered: true,
    answer: ({ movies }) =>
      groups(
        movies.filter((movie) => movie.Director !== null),
        (movie) => movie.Director!,
      )
        .map(([name, list]): [string, number] => [name, new Set(present(list.map((movie) => movie["Major Genre"]))).size])
        .filter(([, genres]) => genres >= 4)
        .sort((a, b) => b[1] - a[1] || compare(a[0], b[0])),
  },
  {
    title: "how far cars of a kind go",
    sql: `SELECT "Origin"::text, "Cylinders", count(*), avg("Miles_per_Gallon"), max("Horsepower") FROM cars GROUP BY "Origin", "Cylinders"`,
    answer: ({ cars }) =>
      groups(cars, (car) => `${car.Origin} ${car.Cylinders}`).map(([, list]) => {
        const miles = present(list.map((car) => car.Miles_per_Gallon));
        const power = present(list.map((car) => car.Horsepower));
        const { Origin, Cylinders } = list[0]!;
        return [Origin, Cylinders, list.length, miles.length === 0 ? null : mean(miles), power.length === 0 ? null : Math.max(...power)];
      }),
  },
  {
    title: "cars that weigh far more than others of their origin",
    sql: `SELECT c."Name"::text, c."Weight_in_lbs" FROM cars c
      JOIN (SELECT "Origin" AS origin, avg("Weight_in_lbs") AS mean FROM cars GROUP BY "Origin") o ON o.origin = c."Origin"
      WHERE c."Weight_in_lbs" > o.mean + 1000`,
    answer: ({ cars }) => {
      const means = new Map(
        groups(cars, (car) => car.Origin).map(([origin, list]) => [origin, mean(list.map((car) => car.Weight_in_lbs))]),
      );
      return cars.filter((car) => car.Weight_in_lbs > means.get(car.Origin)! + 1000).map((car) => [car.Name, car.Weight_in_lbs]);
    },
  },
  {
    title: "makers with many cars, and how these changed with the years",
    sql: `SELECT split_part("Name", ' ', 1) AS maker, count(*), count("Miles_per_Gallon") FILTER (WHERE "Year"::text >= '1976'), max("Year"::text)
      FROM cars GROUP BY split_part("Name", ' ', 1) HAVING count(*) > 15 ORDER BY 2 DESC, maker`,
    ordered: true,
    answer: ({ cars }) =>
      groups(cars, (car) => car.Name.split(" ")[0]!)
        .filter(([, list]) => list.length > 15)
        .sort((a, b) => b[1].length - a[1].length || compare(a[0], b[0]))
        .map(([maker, list]) => [
          maker,
          list.length,
          list.filter(isLateWithMiles).length,
          list
            .map((car) => car.Year)
            .sort(compare)
            .at(-1)!,
        ]),
  },
  {
    title: "the busiest airports",
    sql: `SELECT a.name::text, sum(f.count) AS flights FROM flights f JOIN airports a ON a.iata = f.origin
      GROUP BY a.iata, a.name ORDER BY flights DESC, a.name LIMIT 10`,
    ordered: true,
    answer: ({ flights, airports }) => {
      const names = new Map(airports.map((airport) => [airport.iata, airport.name]));
      return groups(flights, (flight) => flight.origin)
        .filter(([code]) => names.has(code))
        .map(([code, list]): [string, number] => [names.get(code)!, total(list.map((flight) => flight.count))!])
        .sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))
        .slice(0, 10);
    },
  },
  {
    title: "airports by state that nobody flies to",
    sql: `SELECT a.state::text, count(*) FROM airports a WHERE NOT EXISTS (SELECT 1 FROM flights f WHERE f.destination = a.iata) GROUP BY a.state`,
    answer: ({ flights, airports }) => {
      const reached = new Set(flights.map((flight) => flight.destination));
      const rest = airports.filter((airport) => !reached.has(airport.iata));
      return groups(rest, (airport) => airport.state).map(([state, list]) => [state, list.length]);
    },
  },
  {
    title: "flights inside of a state",
    sql: `SELECT a.state::text, count(*), sum(f.count) FROM flights f, airports a, airports b
      WHERE f.origin = a.iata AND f.destination = b.iata AND a.state = b.state GROUP BY a.state`,
    answer: ({ flights, airports }) => {
      const states = statesOf(airports);
      const inside = flights.filter(({ origin, destination }) => states.has(origin) && states.get(origin) === states.get(destination));
      return groups(inside, (flight) => states.get(flight.origin)!).map(([state, list]) => [
        state,
        list.length,
        total(list.map((flight) => flight.count)),
      ]);
    },
  },
  {
    title: "pairs of airports with many flights both ways",
    sql: `SELECT f.origin::text, f.destination::text, f.count + g.count AS both_ways FROM flights f
      JOIN flights g ON g.origin = f.destination AND g.destination = f.origin
      WHERE f.origin < f.destination AND f.count + g.count > 20000`,
    answer: ({ flights }) => {
      const counts = new Map(flights.map((flight) => [`${flight.origin} ${flight.destination}`, flight.count]));
      return flights
        .map(({ origin, destination, count }) => ({
          origin,
          destination,
          sum: count + (counts.get(`${destination} ${origin}`) ?? Number.NaN),
        }))
        .filter(({ origin, destination, sum }) => origin < destination && sum > 20_000)
        .map(({ origin, destination, sum }) => [origin, destination, sum]);
    },
  },
  {
    title: "airports with few ways out, all that have none among the southern ones",
    sql: `SELECT a.iata::text, count(f.destination), COALESCE(max(f.count), 0) FROM airports a LEFT JOIN flights f ON f.origin = a.iata AND f.count > 100
      WHERE a.latitude < 21 GROUP BY a.iata`,
    answer: ({ flights, airports }) =>
      airports
        .filter((airport) => airport.latitude < 21)
        .map((airport) => {
          const counts = flights.filter((flight) => flight.origin === airport.iata && flight.count > 100).map((flight) => flight.count);
          return [airport.iata, counts.length, Math.max(0, ...counts)];
        }),
  },
  {
    title: "the weather of two cities",
    sql: `SELECT location::text, weather::text, count(*), avg(temp_max), sum(precipitation) FROM weather GROUP BY location, weather`,
    answer: ({ weather }) =>
      groups(weather, (day) => `${day.location}|${day.weather}`).map(([, list]) => [
        list[0]!.location,
        list[0]!.weather,
        list.length,
        mean(list.map((day) => day.temp_max)),
        total(list.map((day) => day.precipitation)),
      ]),
  },
  {
    title: "the hottest days of each city",
    sql: `SELECT w.location::text, w.date::text, w.temp_max FROM weather w
      WHERE w.temp_max = (SELECT max(x.temp_max) FROM weather x WHERE x.location = w.location)`,
    answer: ({ weather }) =>
      groups(weather, (day) => day.location).flatMap(([location, list]) => {
        const hottest = Math.max(...list.map((day) => day.temp_max));
        return list.filter((day) => day.temp_max === hottest).map((day): Cell[] => [location, day.date, day.temp_max]);
      }),
  },
  {
    title: "rain by month, wet months only",
    sql: `WITH months AS (SELECT location, left(date::text, 7) AS month, sum(precipitation) AS rain FROM weather GROUP BY location, left(date::text, 7))
      SELECT location::text, month, rain FROM months WHERE rain > 100 ORDER BY rain DESC`,
    ordered: true,
    answer: ({ weather }) =>
      groups(weather, (day) => `${day.location}|${day.date.slice(0, 7)}`)
        .map(([key, list]): [string, string, number] => {
          const [location, month] = key.split("|");
          return [location!, month!, total(list.map((day) => day.precipitation))!];
        })
        .filter(([, , rain]) => rain > 100)
        .sort((a, b) => b[2] - a[2]),
  },
  {
    title: "states with airports that no flight starts from",
    sql: `SELECT state::text FROM airports EXCEPT SELECT a.state::text FROM airports a WHERE a.iata IN (SELECT origin FROM flights) ORDER BY 1`,
    ordered: true,
    answer: ({ flights, airports }) => {
      const origins = new Set(flights.map((flight) => flight.origin));
      const served = new Set(airports.filter((airport) => origins.has(airport.iata)).map((airport) => airport.state));
      return [...new Set(airports.map((airport) => airport.state))]
        .filter((state) => !served.has(state))
        .sort(compare)
        .map((state) => [state]);
    },
  },
  {
    title: "in genres, how many films have more votes than any of theirs: an aggregate of the enclosing query",
    sql: `SELECT "Major Genre"::text AS genre, (SELECT count(*) FROM movies x WHERE x."IMDB Votes" > max(m."IMDB Votes"))
      FROM movies m WHERE "Major Genre" IN ('Musical', 'Drama', 'Western') GROUP BY "Major Genre"
      HAVING EXISTS (SELECT 1 FROM movies x WHERE x."IMDB Votes" > max(m."IMDB Votes")) ORDER BY genre`,
    ordered: true,
    answer: ({ movies }) =>
      ["Drama", "Musical", "Western"]
        .map((genre): Cell[] => {
          const votes = present(movies.filter((movie) => movie["Major Genre"] === genre).map((movie) => movie["IMDB Votes"]));
          return [genre, movies.filter((movie) => (movie["IMDB Votes"] ?? 0) > Math.max(...votes)).length];
        })
        .filter(([, more]) => more !== 0),
  },
  {
    title: "distributors without a horror film",
    sql: `SELECT count(DISTINCT "Distributor") FROM movies m WHERE NOT EXISTS
      (SELECT 1 FROM movies h WHERE h."Major Genre" = 'Horror' AND h."Distributor" = m."Distributor")`,
    answer: ({ movies }) => {
      const horror = new Set(movies.filter((movie) => movie["Major Genre"] === "Horror").map((movie) => movie.Distributor));
      return [[new Set(present(movies.map((movie) => movie.Distributor)).filter((name) => !horror.has(name))).size]];
    },
  },
  {
    title: "films by the day of the week of their release, a date that is text",
    sql: `SELECT extract(dow FROM "Release Date"::date)::integer AS day, count(*) FROM movies WHERE "Release Date" LIKE '% ____'
      GROUP BY day ORDER BY day`,
    ordered: true,
    answer: ({ movies }) =>
      groups(
        movies.filter((movie) => / .{4}$/.test(movie["Release Date"])),
        (movie) => new Date(`${movie["Release Date"]} UTC`).getUTCDay(),
      )
        .map(([day, list]): Cell[] => [day, list.length])
        .sort((a, b) => Number(a[0]) - Number(b[0])),
  },
  {
    title: "ratings between bounds in any order, sources that are another or none, one of several ratings",
    sql: `SELECT count(*) FROM movies WHERE "IMDB Rating" BETWEEN SYMMETRIC 8 AND 7
      AND "Source"::text IS DISTINCT FROM 'Original Screenplay' AND "MPAA Rating"::text = ANY (ARRAY['G', 'PG', 'R'])`,
    answer: ({ movies }) => [
      [
        movies.filter(
          (movie) =>
            movie["IMDB Rating"] !== null &&
            movie["IMDB Rating"] >= 7 &&
            movie["IMDB Rating"] <= 8 &&
            movie.Source !== "Original Screenplay" &&
            ["G", "PG", "R"].includes(movie["MPAA Rating"] ?? ""),
        ).length,
      ],
    ],
  },
  {
    title: "the best film of each rating",
    sql: `SELECT DISTINCT ON ("MPAA Rating"::text) "MPAA Rating"::text, "Title"::text FROM movies WHERE "IMDB Rating" IS NOT NULL
      ORDER BY "MPAA Rating"::text, "IMDB Rating" DESC, "Title"::text`,
    answer: ({ movies }) =>
      groups(
        movies.filter((movie) => movie["IMDB Rating"] !== null),
        (movie) => movie["MPAA Rating"],
      ).map(([rating, list]) => {
        const [best] = list.sort((a, b) => b["IMDB Rating"]! - a["IMDB Rating"]! || compare(String(a.Title), String(b.Title)));
        return [rating, String(best!.Title)];
      }),
  },
  {
    title: "the largest distributors and how many films each has, a query behind WITH and one in the select list",
    sql: `WITH top AS (SELECT "Distributor"::text AS name, sum("US Gross") AS gross FROM movies WHERE "Distributor" IS NOT NULL
      GROUP BY "Distributor" ORDER BY gross DESC LIMIT 3)
      SELECT name, gross, (SELECT count(*) FROM movies m WHERE m."Distributor"::text = top.name) FROM top ORDER BY gross DESC`,
    ordered: true,
    answer: ({ movies }) =>
      groups(
        movies.filter((movie) => movie.Distributor !== null),
        (movie) => movie.Distributor,
      )
        .map(([name, list]): Cell[] => [name, total(present(list.map((movie) => movie["US Gross"]))), list.length])
        .sort((a, b) => Number(b[1]) - Number(a[1]))
        .slice(0, 3),
  },
  {
    title: "the best films in one text",
    sql: `SELECT string_agg("Title"::text, '; ' ORDER BY "IMDB Rating" DESC, "Title"::text) FROM movies WHERE "IMDB Rating" > 8.9`,
    answer: ({ movies }) => [
      [
        movies
          .filter((movie) => (movie["IMDB Rating"] ?? 0) > 8.9)
          .sort((a, b) => b["IMDB Rating"]! - a["IMDB Rating"]! || compare(String(a.Title), String(b.Title)))
          .map((movie) => String(movie.Title))
          .join("; "),
      ],
    ],
  },
];

function present<Item>(list: readonly (Item | null)[]): Item[] {
  return list.filter((item) => item !== null);
}

/** NULL for an empty list, as in SQL. */
function total(list: readonly number[]): number | null {
  return list.length === 0 ? null : list.reduce((sum, item) => sum + item, 0);
}

function mean(list: readonly number[]): number {
  return total(list)! / list.length;
}

function groups<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): [Key, Row[]][] {
  const found = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const list = found.get(key);
    if (list === undefined) found.set(key, [row]);
    else list.push(row);
  }
  return [...found];
}

/** By UTF-16 units, which for what is compared here is the order of UTF-8 bytes. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function ratingClass(movie: Movie): string {
  const rating = movie["IMDB Rating"];
  if (rating === null) return "none";
  return rating >= 8 ? "high" : rating >= 5 ? "middle" : "low";
}

function isLateWithMiles(car: Car): boolean {
  return car.Year >= "1976" && car.Miles_per_Gallon !== null;
}

function statesOf(airports: readonly Airport[]): Map<string, string> {
  return new Map(airports.map((airport) => [airport.iata, airport.state]));
}
