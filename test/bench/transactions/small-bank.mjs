/**
 * Empty transactions, and SmallBank (Alomari, Cahill, Fekete & Röhm 2008) in memory on one thread: the library by its typed commands and by
 * SQL, and better-sqlite3 with prepared statements in its own `transaction()`, by turns in one process.
 *
 *   node test/bench/transactions/small-bank.mjs ROUNDS
 *
 * Accounts are rows of two tables, or keys; the six transactions are drawn alike often from one seed. Afterwards all hold the same money.
 * Prints JSON: { empty: [{ name, microseconds, ratio }], smallBank: [...] }, ratios to the first one of each.
 */
import { createRequire } from "node:module";
import { open } from "../../../dist/index.js";
import { createNumbers } from "../query/data.mjs";
import { alternate, contender, plainContender } from "./rounds.mjs";

const CUSTOMERS = 18_000;
const BALANCE = 1000;
const DRAWN = 1 << 16;
const READ = { savings: "SELECT balance FROM savings WHERE id = $1", checking: "SELECT balance FROM checking WHERE id = $1" };
const ADD = {
  savings: "UPDATE savings SET balance = balance + $2 WHERE id = $1",
  checking: "UPDATE checking SET balance = balance + $2 WHERE id = $1",
};
const rounds = Number(process.argv[2] ?? "21");

const numbers = createNumbers(11);
const CALLS = Array.from({ length: DRAWN }, () => ({
  kind: numbers.between(0, 5),
  one: numbers.between(1, CUSTOMERS - 1),
  amount: numbers.between(1, 50),
}));

/** The six transactions over what can read an account and add to it. */
function perform({ kind, one, amount }, read, add) {
  const other = one + 1;
  if (kind === 0) return read("savings", one) + read("checking", one);
  if (kind === 1) return add("checking", one, amount);
  if (kind === 2) return add("savings", one, amount);
  if (kind === 3) {
    const savings = read("savings", one);
    const checking = read("checking", one);
    add("savings", one, -savings);
    add("checking", one, -checking);
    return add("checking", other, savings + checking);
  }
  if (kind === 4) {
    const isShort = read("savings", one) + read("checking", one) < amount;
    return add("checking", one, isShort ? -amount - 1 : -amount);
  }
  if (read("checking", one) < amount) return 0;
  add("checking", one, -amount);
  return add("checking", other, amount);
}

async function openKeys() {
  const db = await open({});
  const KEYS = { savings: [], checking: [] };
  for (const [table, names] of Object.entries(KEYS)) {
    for (let id = 0; id <= CUSTOMERS; id++) {
      names.push(`${table}:${id}`);
      db.set(names[id], String(BALANCE));
    }
  }
  const runOne = (call) =>
    db.transaction((tx) => {
      const read = (table, id) => Number(tx.get(KEYS[table][id]));
      return perform(call, read, (table, id, amount) => tx.set(KEYS[table][id], String(read(table, id) + amount)));
    });
  const sum = (table) => KEYS[table].reduce((total, name) => total + Number(db.get(name)), 0);
  return { db, runOne, money: () => sum("savings") + sum("checking") };
}

async function openTables() {
  const db = await open({});
  for (const table of ["savings", "checking"]) {
    await db.query(`CREATE TABLE ${table} (id INT PRIMARY KEY, balance INT)`);
    await db.load(
      table,
      Array.from({ length: CUSTOMERS + 1 }, (_, id) => [id, BALANCE]),
      { columns: ["id", "balance"] },
    );
  }
  const statements = {};
  for (const table of ["savings", "checking"]) {
    statements[table] = { read: await db.prepare(READ[table]), add: await db.prepare(ADD[table]) };
  }
  const runOne = (call) =>
    db.transaction((tx) =>
      perform(
        call,
        (table, id) => tx.statement(statements[table].read).get(id).balance,
        (table, id, amount) => tx.statement(statements[table].add).run(id, amount),
      ),
    );
  const sum = async (table) => Number((await db.query(`SELECT sum(balance) AS total FROM ${table}`)).rows[0].total);
  return { db, runOne, money: async () => (await sum("savings")) + (await sum("checking")) };
}

function openSqlite() {
  const Database = createRequire(import.meta.url)("better-sqlite3");
  const db = new Database(":memory:");
  const statements = {};
  for (const table of ["savings", "checking"]) {
    db.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, balance INTEGER)`);
    const insert = db.prepare(`INSERT INTO ${table} VALUES (?, ?)`);
    db.transaction(() => {
      for (let id = 0; id <= CUSTOMERS; id++) insert.run(id, BALANCE);
    })();
    statements[table] = {
      read: db.prepare(`SELECT balance FROM ${table} WHERE id = ?`),
      add: db.prepare(`UPDATE ${table} SET balance = balance + ? WHERE id = ?`),
    };
  }
  const read = (table, id) => statements[table].read.get(id).balance;
  const add = (table, id, amount) => statements[table].add.run(amount, id);
  const runOne = db.transaction((call) => perform(call, read, add));
  const sum = (table) => db.prepare(`SELECT sum(balance) AS total FROM ${table}`).get().total;
  return { db, runOne, money: () => sum("savings") + sum("checking") };
}

const sqlite = openSqlite();
const keys = await openKeys();
const tables = await openTables();
const nothing = sqlite.db.transaction(() => {});
const empty = await alternate(
  [
    {
      name: "better-sqlite3, `transaction()`",
      run: (count) => {
        for (let left = count; left > 0; left--) nothing();
      },
    },
    {
      name: "`begin` and `commit`",
      run: async (count) => {
        for (let left = count; left > 0; left--) await (await keys.db.begin()).commit();
      },
    },
    {
      name: "`transaction()`",
      run: async (count) => {
        for (let left = count; left > 0; left--) await keys.db.transaction(() => {});
      },
    },
  ],
  rounds,
);
const smallBank = await alternate(
  [
    plainContender("better-sqlite3, prepared statements", sqlite.runOne, CALLS),
    contender("keys: `tx.get`, `tx.set`", keys.runOne, CALLS),
    contender("SQL: prepared statements", tables.runOne, CALLS),
  ],
  rounds,
);
const money = [sqlite.money(), await keys.money(), await tables.money()];
if (new Set(money).size !== 1) throw new Error(`the money is not the same: ${money}`);
console.log(JSON.stringify({ empty, smallBank }));
await keys.db.close();
await tables.db.close();
