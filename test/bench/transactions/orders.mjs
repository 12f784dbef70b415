/**
 * A mix like TPC-C's in memory on one thread: new orders, payments, and the status of a customer's last order (45, 43 and 12 of a hundred), by
 * the library's prepared statements and by those of better-sqlite3 in its own `transaction()`, by turns in one process.
 *
 *   node test/bench/transactions/orders.mjs ROUNDS
 *
 * Deviations from TPC-C: one warehouse of 10 districts with 300 customers each, 1000 items, 5 lines an order, no address, no history, no order
 * that is taken back; columns that nothing reads are left out. Afterwards both hold the same sums.
 * Prints JSON: [{ name, microseconds, ratio }], ratios to the first one.
 */
import { createRequire } from "node:module";
import { open } from "../../../dist/index.js";
import { createNumbers } from "../query/data.mjs";
import { alternate, contender } from "./rounds.mjs";

const DISTRICTS = 10;
const CUSTOMERS = 300;
const ITEMS = 1000;
const LINES = 5;
const DRAWN = 1 << 14;
const NEW_ORDERS = 45;
const PAYMENTS = 43;
const rounds = Number(process.argv[2] ?? "21");

const TABLES = [
  "CREATE TABLE warehouse (id INT PRIMARY KEY, paid INT)",
  "CREATE TABLE district (id INT PRIMARY KEY, paid INT, next INT)",
  "CREATE TABLE customer (district INT, id INT, balance INT, name TEXT, PRIMARY KEY (district, id))",
  "CREATE TABLE item (id INT PRIMARY KEY, price INT, name TEXT)",
  "CREATE TABLE stock (item INT PRIMARY KEY, quantity INT, sold INT)",
  "CREATE TABLE orders (district INT, id INT, customer INT, lines INT, PRIMARY KEY (district, id))",
  "CREATE TABLE line (district INT, ord INT, number INT, item INT, quantity INT, amount INT, PRIMARY KEY (district, ord, number))",
  "CREATE INDEX orders_customer ON orders (district, customer, id)",
];

/** Parameters in the order in which they come, so that both take them alike. */
const STATEMENTS = {
  price: "SELECT price FROM item WHERE id = $1",
  next: "SELECT next FROM district WHERE id = $1",
  advance: "UPDATE district SET next = next + 1 WHERE id = $1",
  order: "INSERT INTO orders VALUES ($1, $2, $3, $4)",
  stock: "SELECT quantity FROM stock WHERE item = $1",
  take: "UPDATE stock SET quantity = $1, sold = sold + $2 WHERE item = $3",
  line: "INSERT INTO line VALUES ($1, $2, $3, $4, $5, $6)",
  payWarehouse: "UPDATE warehouse SET paid = paid + $1 WHERE id = $2",
  payDistrict: "UPDATE district SET paid = paid + $1 WHERE id = $2",
  pay: "UPDATE customer SET balance = balance - $1 WHERE district = $2 AND id = $3",
  customer: "SELECT balance, name FROM customer WHERE district = $1 AND id = $2",
  last: "SELECT id, lines FROM orders WHERE district = $1 AND customer = $2 ORDER BY id DESC LIMIT 1",
  linesOf: "SELECT item, quantity, amount FROM line WHERE district = $1 AND ord = $2 AND number = $3",
};

const numbers = createNumbers(5);
const CALLS = Array.from({ length: DRAWN }, () => ({
  kind: numbers.between(0, 99),
  district: numbers.between(1, DISTRICTS),
  customer: numbers.between(1, CUSTOMERS),
  amount: numbers.between(1, 5000),
  items: Array.from({ length: LINES }, () => numbers.between(1, ITEMS)),
}));

function newOrder({ district, customer, items }, get, run) {
  const id = get("next", district).next;
  run("advance", district);
  run("order", district, id, customer, items.length);
  for (let number = 0; number < items.length; number++) {
    const item = items[number];
    const { price } = get("price", item);
    const { quantity } = get("stock", item);
    run("take", quantity > 14 ? quantity - 4 : quantity + 87, 4, item);
    run("line", district, id, number, item, 4, price * 4);
  }
  return id;
}

function payment({ district, customer, amount }, get, run) {
  run("payWarehouse", amount, 1);
  run("payDistrict", amount, district);
  run("pay", amount, district, customer);
  return get("customer", district, customer).balance;
}

function status({ district, customer }, get) {
  const { balance } = get("customer", district, customer);
  const last = get("last", district, customer);
  let sum = balance;
  for (let number = 0; number < (last?.lines ?? 0); number++) sum += get("linesOf", district, last.id, number).amount;
  return sum;
}

function perform(call, get, run) {
  if (call.kind < NEW_ORDERS) return newOrder(call, get, run);
  return call.kind < NEW_ORDERS + PAYMENTS ? payment(call, get, run) : status(call, get);
}

/** Rows of the tables that are not empty at first. */
const ROWS = {
  warehouse: [[1, 0]],
  district: Array.from({ length: DISTRICTS }, (_, index) => [index + 1, 0, 1]),
  customer: Array.from({ length: DISTRICTS * CUSTOMERS }, (_, at) => [
    1 + Math.floor(at / CUSTOMERS),
    1 + (at % CUSTOMERS),
    0,
    `customer ${at}`,
  ]),
  item: Array.from({ length: ITEMS }, (_, index) => [index + 1, 100 + ((index * 37) % 900), `item number ${index}`]),
  stock: Array.from({ length: ITEMS }, (_, index) => [index + 1, 50, 0]),
};
const SUMS = [
  "SELECT sum(paid) AS n FROM warehouse",
  "SELECT sum(balance) AS n FROM customer",
  "SELECT sum(sold + quantity) AS n FROM stock",
  "SELECT sum(amount) AS n FROM line",
];

async function openOurs() {
  const db = await open({});
  for (const text of TABLES) await db.query(text);
  for (const [table, rows] of Object.entries(ROWS))
    await db.load(table, rows, { columns: Object.keys(rows[0]).map((at) => columnOf(table, at)) });
  const prepared = {};
  for (const [name, text] of Object.entries(STATEMENTS)) prepared[name] = await db.prepare(text);
  const runOne = (call) =>
    db.transactionSync((tx) =>
      perform(
        call,
        (name, ...values) => tx.statement(prepared[name]).get(...values),
        (name, ...values) => tx.statement(prepared[name]).run(...values),
      ),
    );
  const sums = async () => {
    const found = [];
    for (const text of SUMS) found.push(Number((await db.query(text)).rows[0].n));
    return found;
  };
  return { db, runOne, sums };
}

/** Name of the column of a table at a position. */
function columnOf(table, position) {
  const text = TABLES.find((each) => each.startsWith(`CREATE TABLE ${table} `));
  return text
    .slice(text.indexOf("(") + 1)
    .split(", ")
    [position].split(" ")[0];
}

function openSqlite() {
  const Database = createRequire(import.meta.url)("better-sqlite3");
  const db = new Database(":memory:");
  for (const text of TABLES) db.exec(text.startsWith("CREATE TABLE") && text.includes("PRIMARY KEY (") ? `${text} WITHOUT ROWID` : text);
  for (const [table, rows] of Object.entries(ROWS)) {
    const insert = db.prepare(`INSERT INTO ${table} VALUES (${rows[0].map(() => "?").join(", ")})`);
    db.transaction(() => {
      for (const row of rows) insert.run(...row);
    })();
  }
  const prepared = {};
  for (const [name, text] of Object.entries(STATEMENTS)) prepared[name] = db.prepare(text.replaceAll(/\$(\d+)/g, "?"));
  const get = (name, ...values) => prepared[name].get(...values);
  const run = (name, ...values) => prepared[name].run(...values);
  const runOne = db.transaction((call) => perform(call, get, run));
  return { runOne, sums: () => SUMS.map((text) => db.prepare(text).get().n) };
}

const sqlite = openSqlite();
const ours = await openOurs();
const results = await alternate(
  [contender("better-sqlite3, prepared statements", sqlite.runOne, CALLS), contender("SQL: prepared statements", ours.runOne, CALLS)],
  rounds,
);
const sums = [sqlite.sums().join(), (await ours.sums()).join()];
if (sums[0] !== sums[1]) throw new Error(`the sums are not the same: ${sums.join(" and ")}`);
console.log(JSON.stringify(results));
await ours.db.close();
