/**
 * One bank of SmallBank in a process of its own, as small-bank.mjs asks for it: by the library's typed commands ("keys"), by its prepared statements ("SQL"), or
 * better-sqlite3's.
 *
 *   → { work, count }    ← CPU microseconds of doing it so often; for the work "money" what all accounts hold together
 */
import { createRequire } from "node:module";
import { open } from "../../../dist/index.js";
import { serveQuestions } from "../peer-process.mjs";
import { createNumbers } from "../query/data.mjs";
import { cpuMicroseconds } from "./rounds.mjs";

const CUSTOMERS = 18_000;
const BALANCE = 1000;
const DRAWN = 1 << 14;
const READ = { savings: "SELECT balance FROM savings WHERE id = $1", checking: "SELECT balance FROM checking WHERE id = $1" };
const ADD = {
  savings: "UPDATE savings SET balance = balance + $2 WHERE id = $1",
  checking: "UPDATE checking SET balance = balance + $2 WHERE id = $1",
};

const numbers = createNumbers(11);
const CALLS = Array.from({ length: DRAWN }, () => ({
  kind: numbers.between(0, 5),
  one: numbers.between(1, CUSTOMERS - 1),
  amount: numbers.between(1, 50),
}));

/** The six transactions over what can read an account and add to it, in a transaction. */
function perform({ kind, one, amount }, { read, add }, tx) {
  const other = one + 1;
  if (kind === 0) return read(tx, "savings", one) + read(tx, "checking", one);
  if (kind === 1) return add(tx, "checking", one, amount);
  if (kind === 2) return add(tx, "savings", one, amount);
  if (kind === 3) {
    const savings = read(tx, "savings", one);
    const checking = read(tx, "checking", one);
    add(tx, "savings", one, -savings);
    add(tx, "checking", one, -checking);
    return add(tx, "checking", other, savings + checking);
  }
  if (kind === 4) {
    const isShort = read(tx, "savings", one) + read(tx, "checking", one) < amount;
    return add(tx, "checking", one, isShort ? -amount - 1 : -amount);
  }
  if (read(tx, "checking", one) < amount) return 0;
  add(tx, "checking", one, -amount);
  return add(tx, "checking", other, amount);
}

async function openKeys() {
  const db = await open({});
  const KEYS = { savings: [], checking: [] };
  for (const [table, names] of Object.entries(KEYS)) {
    for (let id = 0; id <= CUSTOMERS; id++) {
      names.push([table, id].join(":"));
      db.set(names[id], String(BALANCE));
    }
  }
  const accounts = {
    read: (tx, table, id) => Number(tx.get(KEYS[table][id])),
    add: (tx, table, id, amount) => tx.incrby(KEYS[table][id], amount),
  };
  const runOne = (call) => db.transactionSync((tx) => perform(call, accounts, tx));
  const sum = (table) => KEYS[table].reduce((total, name) => total + Number(db.get(name)), 0);
  const work = {
    "`begin` and `commit`": async (count) => {
      for (let left = count; left > 0; left--) await (await db.begin()).commit();
    },
    "`transaction()`": async (count) => {
      for (let left = count; left > 0; left--) await db.transaction(() => {});
    },
    "`transactionSync()`": (count) => {
      for (let left = count; left > 0; left--) db.transactionSync(() => {});
    },
  };
  return { close: () => db.close(), work, runOne, money: () => sum("savings") + sum("checking") };
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
  const accounts = {
    read: (tx, table, id) => tx.statement(statements[table].read).get(id).balance,
    add: (tx, table, id, amount) => tx.statement(statements[table].add).run(id, amount),
  };
  const runOne = (call) => db.transactionSync((tx) => perform(call, accounts, tx));
  const sum = async (table) => Number((await db.query(`SELECT sum(balance) AS total FROM ${table}`)).rows[0].total);
  return { close: () => db.close(), work: {}, runOne, money: async () => (await sum("savings")) + (await sum("checking")) };
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
  const accounts = {
    read: (_tx, table, id) => statements[table].read.get(id).balance,
    add: (_tx, table, id, amount) => statements[table].add.run(amount, id),
  };
  const runOne = db.transaction((call) => perform(call, accounts));
  const sum = (table) => db.prepare(`SELECT sum(balance) AS total FROM ${table}`).get().total;
  const nothing = db.transaction(() => {});
  const work = {
    empty: (count) => {
      for (let left = count; left > 0; left--) nothing();
    },
  };
  return { close: () => db.close(), work, runOne, money: () => sum("savings") + sum("checking") };
}

const OPEN = { "better-sqlite3": openSqlite, keys: openKeys, SQL: openTables };

async function load() {
  const begin = performance.now();
  const bank = await OPEN[process.argv[2]]();
  let next = 0;
  bank.work.bank = (count) => {
    for (let left = count; left > 0; left--) bank.runOne(CALLS[next++ % DRAWN]);
  };
  return { peer: bank, seconds: (performance.now() - begin) / 1000 };
}

async function measure(bank, { work, count }) {
  if (work === "money") return bank.money();
  const begin = cpuMicroseconds();
  await bank.work[work](count);
  return cpuMicroseconds() - begin;
}

await serveQuestions(load, measure);
