/**
 * Random window functions, grouping sets and ordered-set aggregates as text, over one table `w`.
 *
 * Columns are of few values, with NULLs. Where a result depends on which of several peers comes first, the order ends with the primary
 * key `id`. Doubles are multiples of a quarter, so that sums have no rounding, whatever the order in which they are made.
 */
import type { SeededRandom } from "../../support/random.ts";

const ROWS = 45;
const PARTS = ["g", "k", "h"] as const;
const VALUES = ["a", "b", "d", "n", "id"] as const;

/** The table and its rows. */
export function windowTable(random: SeededRandom): string[] {
  const nullable = (text: string): string => (random.chance(0.15) ? "NULL" : text);
  const rows = Array.from({ length: ROWS }, (_, index) => {
    const texts = [
      nullable(`'${random.pick(["x", "y", "a longer text"])}'`),
      nullable(String(random.between(0, 3))),
      nullable(random.chance(0.5) ? "true" : "false"),
      nullable(String(random.between(-5, 12))),
      nullable(String(random.between(-3, 30) * 1000)),
      nullable(String(random.between(-8, 20) / 4)),
      nullable((random.between(-20, 40) / 10).toFixed(2)),
      nullable(`date '2020-01-01' + ${random.between(0, 12)}`),
      nullable(`timestamp '2020-01-01' + ${random.between(0, 9)} * interval '7 hours'`),
    ];
    return `(${index + 1}, ${texts.join(", ")})`;
  });
  return [
    "CREATE TABLE w (id integer PRIMARY KEY, g text, k integer, h boolean, a integer, b bigint, d double precision, n numeric, t date, s timestamp)",
    `INSERT INTO w VALUES ${rows.join(", ")}`,
  ];
}

export class WindowGenerator {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  query(): string {
    const choice = this.#random.below(10);
    if (choice < 6) return this.#windows();
    if (choice < 8) return this.#groupingSets();
    return choice < 9 ? this.#orderedSets() : this.#overGroups();
  }

  #some<T>(items: readonly T[], most: number): T[] {
    const left = [...items];
    return Array.from({ length: this.#random.between(1, most) }, () => left.splice(this.#random.below(left.length), 1)[0]!);
  }

  #direction(): string {
    return this.#random.pick(["", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"]);
  }

  #windows(): string {
    const random = this.#random;
    const items = Array.from({ length: random.between(1, 4) }, (_, index) => `${this.#call()} AS c${index}`);
    const where = random.chance(0.3) ? ` WHERE ${random.pick(["a > 0", "id % 3 <> 1", "g IS NOT NULL", "false"])}` : "";
    const query = `SELECT id, ${items.join(", ")} FROM w${where}`;
    if (random.chance(0.2))
      return `SELECT * FROM (SELECT *, ${this.#call()} AS f FROM w) q WHERE ${random.pick(["k = 1", "f IS NULL", "g = 'x' AND id < 30"])}`;
    return random.chance(0.3) ? `${query} ORDER BY ${this.#ordered("row_number()")}, id LIMIT ${random.between(1, 20)}` : query;
  }

  #parts(): string {
    return this.#random.chance(0.4) ? "" : `PARTITION BY ${this.#some(PARTS, 2).join(", ")}`;
  }

  /** A function of rows whose order is known wholly. */
  #ordered(call: string): string {
    return `${call} OVER (${this.#parts()} ORDER BY ${this.#random.chance(0.5) ? `${this.#random.pick(VALUES)}${this.#direction()}, ` : ""}id${this.#direction()})`;
  }

  #call(): string {
    const random = this.#random;
    const value = random.pick(VALUES);
    switch (random.below(9)) {
      case 0:
        return this.#ordered(random.pick(["row_number()", `ntile(${random.between(1, 6)})`]));
      case 1:
        return `${random.pick(["rank()", "dense_rank()", "percent_rank()", "cume_dist()"])} OVER (${this.#parts()} ORDER BY ${random.pick(VALUES)}${this.#direction()})`;
      case 2: {
        const offset = random.pick(["", `, ${random.between(-2, 4)}`, ", k", `, 2, ${value}`]);
        return this.#ordered(`${random.pick(["lag", "lead"])}(${value}${offset})`);
      }
      case 3: {
        const call = random.pick([`first_value(${value})`, `last_value(${value})`, `nth_value(${value}, ${random.between(1, 4)})`]);
        return this.#framed(call, "id");
      }
      default:
        return this.#framed(this.#aggregate(value), random.pick([...VALUES, "t", "s"]));
    }
  }

  #aggregate(value: string): string {
    const random = this.#random;
    const filter = random.chance(0.2) ? ` FILTER (WHERE ${random.pick(["a > 2", "h", "g <> 'x'"])})` : "";
    const call = random.pick(["sum", "avg", "min", "max", "count", "sum", "min"]);
    const other = random.pick([
      "count(*)",
      "bool_or(h)",
      "min(g)",
      "max(t)",
      `${call}(${value})`,
      `${call}(${value})`,
      `${call}(${value})`,
    ]);
    return other + filter;
  }

  #framed(call: string, key: string): string {
    const random = this.#random;
    const unit = random.pick(["ROWS", "RANGE", "GROUPS"]);
    // Peers come in any order: only the row's number may tell a frame of ROWS where to end.
    const keys = unit === "ROWS" ? `id${this.#direction()}` : `${key}${this.#direction()}`;
    const frame = random.chance(0.4) ? "" : ` ${unit} ${this.#frame(unit, key)}`;
    return `${call} OVER (${this.#parts()} ORDER BY ${keys}${frame})`;
  }

  #frame(unit: string, key: string): string {
    const random = this.#random;
    const offset = (): string => {
      if (unit !== "RANGE") return String(random.pick([0, 1, 2, 3, 5, 40]));
      if (key === "t" || key === "s") return `'${random.between(0, 4)} days'`;
      return key === "b" ? String(random.between(0, 9) * 1000) : String(random.between(0, 6));
    };
    const bounds = ["UNBOUNDED PRECEDING", `${offset()} PRECEDING`, "CURRENT ROW", `${offset()} FOLLOWING`, "UNBOUNDED FOLLOWING"];
    const start = random.between(0, 3);
    const least = start === 1 || start === 3 ? start : Math.max(start, 1);
    let end = random.between(Math.max(least, start), 4);
    if (start === 2 && end === 1) end = 2;
    const same = start === end && start !== 2 ? `${offset()} ${start === 1 ? "PRECEDING" : "FOLLOWING"}` : bounds[end]!;
    const exclude = random.pick(["", "", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES", " EXCLUDE NO OTHERS"]);
    return `BETWEEN ${bounds[start]} AND ${same}${exclude}`;
  }

  #groupingSets(): string {
    const random = this.#random;
    const names = this.#some(PARTS, 3);
    const list = names.join(", ");
    const groups = random.pick([
      `ROLLUP (${list})`,
      `CUBE (${list})`,
      `GROUPING SETS ((${list}), (${names[0]}), ())`,
      `GROUPING SETS (${names.map((name) => `(${name})`).join(", ")})`,
      `${names[0]}, ROLLUP (${list})`,
      `DISTINCT ROLLUP (${list}), CUBE (${names[0]})`,
      `ROLLUP ((${list}), ${names[0]})`,
    ]);
    const having = random.chance(0.3) ? ` HAVING ${random.pick(["count(*) > 2", `grouping(${names[0]}) = 0`, "sum(a) > 5"])}` : "";
    const grouped = random.chance(0.5) ? `, grouping(${list})` : "";
    const ranked = random.chance(0.2) ? ", rank() OVER (ORDER BY count(*))" : "";
    return `SELECT ${list}, count(*), sum(${random.pick(VALUES)}), count(DISTINCT a)${grouped}${ranked} FROM w GROUP BY ${groups}${having}`;
  }

  #orderedSets(): string {
    const random = this.#random;
    const fraction = String(random.between(0, 20) / 20);
    const value = random.pick(VALUES);
    const call = random.pick([
      `percentile_cont(${fraction}) WITHIN GROUP (ORDER BY ${value}${this.#direction()})`,
      `percentile_disc(${fraction}) WITHIN GROUP (ORDER BY ${random.pick(["g", "t", value])}${this.#direction()})`,
      `percentile_disc(ARRAY[0.5, ${fraction}]) WITHIN GROUP (ORDER BY ${random.pick(["a", "b", "d", "t"])})`,
      `mode() WITHIN GROUP (ORDER BY ${random.pick(["a", "k", "g", "n"])}${this.#direction()})`,
      `${random.pick(["rank", "dense_rank", "percent_rank", "cume_dist"])}(${random.between(-2, 6)}) WITHIN GROUP (ORDER BY ${random.pick(["a", "k", "d", "n"])}${this.#direction()})`,
      `rank(${random.between(0, 4)}, 'x') WITHIN GROUP (ORDER BY k${this.#direction()}, g${this.#direction()})`,
    ]);
    const filter = random.chance(0.3) ? " FILTER (WHERE a > 1)" : "";
    return random.chance(0.5) ? `SELECT ${call}${filter} FROM w` : `SELECT h, ${call}${filter} FROM w GROUP BY h`;
  }

  #overGroups(): string {
    const value = this.#random.pick(VALUES);
    return `SELECT k, sum(${value}), sum(sum(${value})) OVER (ORDER BY k), rank() OVER (ORDER BY count(*) DESC) FROM w GROUP BY k`;
  }
}
