/**
 * The tables and documents of bench:query, from one seed: the same in every process.
 *
 *   customer    15,000   c_custkey, c_name, c_mktsegment
 *   orders     150,000   o_orderkey, o_custkey, o_orderdate, o_totalprice, o_shippriority
 *   lineitem  ~600,000   l_orderkey, l_linenumber, l_partkey, l_quantity, l_extendedprice, l_discount, l_tax, l_returnflag, l_linestatus, l_shipdate
 *   products   200,000   JSON documents of four kinds with fields of their own, one nested
 *
 * Columns that queries 1, 3 and 6 of TPC-H need, with value ranges after its public description (section 4.2.3); order keys have gaps as there. Money is
 * a double, a date is ISO text; a database that has dates may make one of it.
 */

export const SIZES = { customers: 15_000, orders: 150_000, products: 200_000, parts: 20_000 };

const SEGMENTS = ["AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY"];
const CATEGORIES = ["books", "clothes", "garden", "kitchen", "music", "sports", "tools", "toys"];
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(1992, 0, 1) / DAY_MS;
const LAST_DAY = Date.UTC(1998, 7, 2) / DAY_MS;
const CURRENT_DAY = Date.UTC(1995, 5, 17) / DAY_MS;

/** Columns by table, with types: i integer, f double, t text, d date. The first `keys` are the primary key. */
export const TABLES = {
  customer: { keys: 1, columns: { c_custkey: "i", c_name: "t", c_mktsegment: "t" } },
  orders: { keys: 1, columns: { o_orderkey: "i", o_custkey: "i", o_orderdate: "d", o_totalprice: "f", o_shippriority: "i" } },
  lineitem: {
    keys: 2,
    columns: {
      l_orderkey: "i",
      l_linenumber: "i",
      l_partkey: "i",
      l_quantity: "f",
      l_extendedprice: "f",
      l_discount: "f",
      l_tax: "f",
      l_returnflag: "t",
      l_linestatus: "t",
      l_shipdate: "d",
    },
  },
};

export const INDEXES = ["CREATE INDEX lineitem_part ON lineitem (l_partkey)"];

/** mulberry32 by Tommy Ettinger: enough for data. */
export function createNumbers(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}

export function orderKey(position) {
  return Math.floor(position / 8) * 32 + (position % 8) + 1;
}

function* customers(numbers) {
  for (let key = 1; key <= SIZES.customers; key++) yield [key, `Customer#${String(key).padStart(9, "0")}`, numbers.pick(SEGMENTS)];
}

const isoDays = new Map();

function isoDay(day) {
  let text = isoDays.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_MS).toISOString().slice(0, 10);
    isoDays.set(day, text);
  }
  return text;
}

function lineOf(numbers, key, number, orderDay) {
  const part = numbers.between(1, SIZES.parts);
  const quantity = numbers.between(1, 50);
  const price = Math.round(quantity * (90_000 + ((part / 10) % 20_001) + 100 * (part % 1000))) / 100;
  const shipDay = orderDay + numbers.between(1, 121);
  const receiptDay = shipDay + numbers.between(1, 30);
  const flag = receiptDay > CURRENT_DAY ? "N" : numbers.pick(["R", "A"]);
  const discount = numbers.between(0, 10) / 100;
  const tax = numbers.between(0, 8) / 100;
  return [key, number, part, quantity, price, discount, tax, flag, shipDay > CURRENT_DAY ? "O" : "F", isoDay(shipDay)];
}

/** All rows of the tables, made anew at each call: `{ customer, orders, lineitem }`. */
export function makeTables() {
  const numbers = createNumbers(19_920_101);
  const orders = [];
  const lineitem = [];
  const customer = [...customers(numbers)];
  for (let position = 0; position < SIZES.orders; position++) {
    const key = orderKey(position);
    const day = numbers.between(FIRST_DAY, LAST_DAY);
    let total = 0;
    for (let number = numbers.between(1, 7); number >= 1; number--) {
      const line = lineOf(numbers, key, number, day);
      total += line[4] * (1 - line[5]) * (1 + line[6]);
      lineitem.push(line);
    }
    orders.push([key, numbers.between(1, SIZES.customers), isoDay(day), Math.round(total * 100) / 100, 0]);
  }
  return { customer, orders, lineitem };
}

/** Documents that nobody declared: kinds differ in their fields, some lack one. */
export function* makeProducts() {
  const numbers = createNumbers(20_260_101);
  for (let id = 1; id <= SIZES.products; id++) {
    const category = numbers.pick(CATEGORIES);
    const product = { name: `Product ${id}`, category, price: numbers.between(100, 99_999) / 100 };
    if (numbers.next() < 0.8) product.rating = numbers.between(10, 50) / 10;
    product.stock = { warehouse: `w${numbers.between(1, 9)}`, count: numbers.between(0, 500) };
    if (category === "books") product.pages = numbers.between(50, 900);
    else if (category === "music") product.tracks = [numbers.between(1, 20), numbers.between(1, 20)];
    else if (category === "clothes") product.size = numbers.pick(["S", "M", "L"]);
    yield { id, text: JSON.stringify(product) };
  }
}
