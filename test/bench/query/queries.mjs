/**
 * What bench:query asks, and what is to be reached.
 *
 *   once      the query as it stands, its rows as JavaScript arrays; milliseconds
 *   keyed     a prepared query for many keys, one after the other; microseconds each
 *   distinct  a statement that was never seen before, for each key; microseconds each
 *
 * `json` names the dialect where documents are read differently: memflux (a collection), sqlite (jsonb in a column), postgres (jsonb in a column).
 * Targets are how many times as fast as that peer ours must be.
 */
import { createNumbers, orderKey, SIZES } from "./data.mjs";

const KEYS = 2000;

export const QUERIES = [
  {
    name: "Q1",
    kind: "once",
    sql: `SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty, sum(l_extendedprice) AS sum_base_price,
        sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price, sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
        avg(l_quantity) AS avg_qty, avg(l_extendedprice) AS avg_price, avg(l_discount) AS avg_disc, count(*) AS count_order
      FROM lineitem WHERE l_shipdate <= '1998-09-02' GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus`,
    targets: { sqlite: 20, duckdb: 1.3 },
  },
  {
    name: "Q3",
    kind: "once",
    sql: `SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority
      FROM customer, orders, lineitem
      WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey
        AND o_orderdate < '1995-03-15' AND l_shipdate > '1995-03-15'
      GROUP BY l_orderkey, o_orderdate, o_shippriority ORDER BY revenue DESC, o_orderdate LIMIT 10`,
    targets: { sqlite: 5, duckdb: 0.6 },
  },
  {
    name: "Q6",
    kind: "once",
    sql: `SELECT sum(l_extendedprice * l_discount) AS revenue FROM lineitem
      WHERE l_shipdate >= '1994-01-01' AND l_shipdate < '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24`,
    targets: { sqlite: 4, duckdb: 0.6 },
  },
  {
    name: "ORDER BY LIMIT 10",
    kind: "once",
    sql: "SELECT l_orderkey, l_linenumber, l_extendedprice FROM lineitem ORDER BY l_extendedprice DESC, l_orderkey, l_linenumber LIMIT 10",
    targets: { sqlite: 4 },
  },
  {
    name: "index range, 300 rows",
    kind: "keyed",
    sql: "SELECT l_orderkey, l_partkey, l_extendedprice FROM lineitem WHERE l_partkey BETWEEN $1 AND $2",
    keys: () => keys((numbers) => numbers.between(1, SIZES.parts - 10)).map((part) => [part, part + 9]),
    targets: { sqlite: 8 },
  },
  {
    name: "primary key",
    kind: "keyed",
    sql: "SELECT o_custkey, o_totalprice, o_orderdate FROM orders WHERE o_orderkey = $1",
    keys: () => keys((numbers) => orderKey(numbers.between(0, SIZES.orders - 1))).map((key) => [key]),
    targets: { sqlite: 1.5 },
  },
  {
    name: "new statement, primary key",
    kind: "distinct",
    sql: (key, number) => `SELECT o_custkey, o_totalprice AS p${number}, o_orderdate FROM orders WHERE o_orderkey = ${key}`,
    keys: () => keys((numbers) => orderKey(numbers.between(0, SIZES.orders - 1))).map((key) => [key]),
    limitMicroseconds: 200,
  },
  {
    name: "JSON filter",
    kind: "once",
    json: {
      memflux: `SELECT count(*) AS n, sum(price) AS total FROM products WHERE rating >= 2 AND stock.count < 400 AND price > 100`,
      sqlite: `SELECT count(*) AS n, sum(doc ->> '$.price') AS total FROM products
        WHERE doc ->> '$.rating' >= 2 AND doc ->> '$.stock.count' < 400 AND doc ->> '$.price' > 100`,
      postgres: `SELECT count(*) AS n, sum((doc ->> 'price')::double precision) AS total FROM products
        WHERE (doc ->> 'rating')::double precision >= 2 AND (doc #>> '{stock,count}')::integer < 400 AND (doc ->> 'price')::double precision > 100`,
    },
    targets: { sqlite: 20, pglite: 20 },
  },
];

function keys(draw) {
  const numbers = createNumbers(4711);
  return Array.from({ length: KEYS }, () => draw(numbers));
}
