import { createRequire } from "node:module";
import { open } from "../dist/index.js";

const require = createRequire("/work/main/test/bench/package.json");
let Sq;
try {
  Sq = require("better-sqlite3");
} catch (e) {
  console.log(String(e));
}
const N = 600000;
const db = await open({});
await db.query("CREATE TABLE t (id int primary key, p int, v int, x double precision, s text)");
await db.query(
  `INSERT INTO t SELECT i, ((i::bigint * 7919) % 1000)::int, ((i::bigint * 104729) % 100003)::int, (i % 977) / 3.0, 'k' || (i % 5000) FROM generate_series(1, ${N}) i`,
);
const sq = Sq && new Sq(":memory:");
if (sq) {
  sq.exec("CREATE TABLE t (id integer primary key, p int, v int, x double, s text)");
  const st = sq.prepare("INSERT INTO t VALUES (?,?,?,?,?)");
  sq.transaction(() => {
    for (let i = 1; i <= N; i++) st.run(i, (i * 7919) % 1000, (i * 104729) % 100003, (i % 977) / 3, "k" + (i % 5000));
  })();
}
const qs = [
  "SELECT max(r) FROM (SELECT row_number() OVER (PARTITION BY p ORDER BY v) r FROM t) q",
  "SELECT max(r) FROM (SELECT sum(v) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) r FROM t) q",
  "SELECT max(r) FROM (SELECT sum(v) OVER (PARTITION BY p ORDER BY v) r FROM t) q",
  "SELECT max(r) FROM (SELECT sum(x) OVER (PARTITION BY s) r FROM t) q",
  "SELECT max(r), min(r) FROM (SELECT v - lag(v) OVER (PARTITION BY p ORDER BY id) r FROM t) q",
  "SELECT max(r) FROM (SELECT avg(v) OVER (ORDER BY id ROWS 10 PRECEDING) r FROM t) q",
  "SELECT max(r) FROM (SELECT sum(v) OVER (ORDER BY id ROWS 1000 PRECEDING) r FROM t) q",
  "SELECT max(r) FROM (SELECT min(v) OVER (ORDER BY id ROWS 1000 PRECEDING) r FROM t) q",
];
const only = process.argv[2];
for (const [k, q] of qs.entries()) {
  if (only !== undefined && !only.split(",").includes(String(k))) continue;
  const a = [],
    b = [];
  let ra, rb;
  for (let i = 0; i < 4; i++) {
    let t = performance.now();
    try {
      ra = (await db.query(q)).rows[0];
    } catch (e) {
      ra = e.message;
    }
    a.push(performance.now() - t);
    if (sq) {
      t = performance.now();
      rb = sq.prepare(q).get();
      b.push(performance.now() - t);
    }
    if (a[0] > 4000) break;
  }
  console.log(
    q.slice(0, 90),
    "| ours",
    Math.round(Math.min(...a)),
    "sqlite",
    Math.round(Math.min(...b)),
    "ratio",
    (Math.min(...a) / Math.min(...b)).toFixed(2),
    JSON.stringify(ra),
    JSON.stringify(rb),
  );
}
await db.close();
process.exit(0);
