/**
 * bench:latency: what a client of single commands notices of somebody else's long queries.
 *
 *   npm run bench:latency                        600,000 rows, 5 rounds, about a minute
 *   npm run bench:latency -- --rows 100000 --rounds 2 --seconds 1
 *   --write                                      puts the table into test/bench/README.md
 *
 * The server on one core, redis-benchmark with GET at a pipeline depth of 1 on the other. Rounds alternate between an idle server and one
 * on which another connection asks for one statement after the other, without a pause. Figures are medians over the rounds.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { constants, cpus, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startServer } from "../kv/servers.mjs";

const README = join(dirname(fileURLToPath(import.meta.url)), "../README.md");
const TABLE_BEGIN = "<!-- bench:latency -->";
const TABLE_END = "<!-- /bench:latency -->";
const SERVER_CORE = 0;
const CLIENT_CORE = 1;
const CLIENTS = 50;
const TARGET = 3;
/** Rows of the table for each node of the graph, and relationships from each. */
const ROWS_OF_NODE = 12;
const PAIRS = 4;
const QUERIES = {
  aggregate: ["SQL.QUERY", "SELECT kind, count(*), sum(price), avg(price) FROM sale GROUP BY kind"],
  sort: ["SQL.QUERY", "SELECT id FROM sale ORDER BY note, id LIMIT 10"],
  join: ["SQL.QUERY", "SELECT count(*) FROM sale a JOIN sale b ON a.id = b.price"],
  "delete of no row": ["SQL.QUERY", "DELETE FROM sale WHERE note LIKE '%nothing%'"],
  "two hops of Cypher": ["CYPHER.QUERY", "MATCH (a:P)-[:R]->(b)-[:R]->(c) RETURN count(*), max(c.n)"],
};

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "600000" },
    rounds: { type: "string", default: "5" },
    requests: { type: "string", default: "60000" },
    clients: { type: "string", default: String(CLIENTS) },
    write: { type: "boolean", default: false },
  },
});

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A connection that sends one statement after the other. */
class Asker {
  constructor(port) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setEncoding("latin1");
    this.answered = 0;
  }

  /** The first bytes of the answer to a statement that is answered at once and by one chunk. */
  async ask(statement, command = "SQL.QUERY") {
    this.socket.write(`*2\r\n$${command.length}\r\n${command}\r\n$${Buffer.byteLength(statement)}\r\n${statement}\r\n`);
    const [answer] = await once(this.socket, "data");
    if (answer.startsWith("-")) throw new Error(`${statement}: ${answer}`);
    this.answered++;
  }

  /** Asks until `stop` is called, which resolves when the last answer is there. */
  repeat(statement, command) {
    let isOver = false;
    const done = (async () => {
      while (!isOver) await this.ask(statement, command);
    })();
    return async () => {
      isOver = true;
      await done;
    };
  }
}

async function fill(port, rows) {
  const asker = new Asker(port);
  await asker.ask("CREATE TABLE sale (id integer PRIMARY KEY, kind text, price integer, note text)");
  for (let first = 1; first <= rows; first += 50_000) {
    const last = Math.min(rows, first + 49_999);
    await asker.ask(
      `INSERT INTO sale SELECT n, 'kind ' || n % 20, n % 1000, 'note of sale ' || n::bigint * 7919 % 1000003 FROM generate_series(${first}, ${last}) n`,
    );
  }
  const nodes = Math.floor(rows / ROWS_OF_NODE);
  for (let first = 0; first < nodes; first += 10_000) {
    await asker.ask(`UNWIND range(${first}, ${Math.min(nodes, first + 10_000) - 1}) AS n CREATE (:P {n: n})`, "CYPHER.QUERY");
  }
  await asker.ask("CREATE INDEX place FOR (a:P) ON (a.n)", "CYPHER.QUERY");
  for (let pair = 1; pair <= PAIRS; pair++) {
    await asker.ask(`MATCH (a:P) MATCH (b:P {n: (a.n * 31 + ${pair * 7919}) % ${nodes}}) CREATE (a)-[:R]->(b)`, "CYPHER.QUERY");
  }
  asker.socket.end();
}

/** Who asks the statements shares a core with the clients that are measured, and is not to come before them. Not everybody may go back from that. */
function setOwnPriority(priority) {
  try {
    setPriority(priority);
  } catch {
    // What is measured next comes no sooner than this process either.
  }
}

/** GETs from as many clients: p50 and p99 in milliseconds, and requests per second. */
async function measure(port) {
  const args = ["-c", String(CLIENT_CORE), "redis-benchmark", "-p", String(port), "-c", options.clients, "-P", "1"];
  const child = spawn("taskset", [...args, "-n", options.requests, "-r", "10000", "-t", "get", "--csv"]);
  setOwnPriority(constants.priority.PRIORITY_LOW);
  let text = "";
  child.stdout.on("data", (bytes) => {
    text += bytes;
  });
  const [status] = await once(child, "close");
  setOwnPriority(constants.priority.PRIORITY_NORMAL);
  const fields = (text.trim().split("\n").at(-1) ?? "").split(",").map((field) => field.replaceAll('"', ""));
  if (status !== 0 || fields.length < 8) throw new Error(`redis-benchmark failed: ${text}`);
  return { rate: Number(fields[1]), p50: Number(fields[4]), p99: Number(fields[6]) };
}

function cells(list) {
  return { rate: median(list.map(({ rate }) => rate)), p50: median(list.map(({ p50 }) => p50)), p99: median(list.map(({ p99 }) => p99)) };
}

/** Has this process, which asks the statements, leave the server its core. */
function stepAside() {
  spawnSync("taskset", ["-a", "-c", "-p", String(CLIENT_CORE), String(process.pid)]);
}

async function main() {
  const server = await startServer("memflux", SERVER_CORE);
  const rows = Number(options.rows);
  stepAside();
  await fill(server.port, rows);
  await server.fill(10_000, 10);
  const results = { idle: [] };
  for (const name of Object.keys(QUERIES)) results[name] = [];
  const queries = {};
  for (let round = 0; round < Number(options.rounds); round++) {
    results.idle.push(await measure(server.port));
    for (const [name, [command, statement]] of Object.entries(QUERIES)) {
      const asker = new Asker(server.port);
      await asker.ask(statement, command);
      const began = performance.now();
      const stop = asker.repeat(statement, command);
      results[name].push(await measure(server.port));
      await stop();
      queries[name] = (performance.now() - began) / (asker.answered - 1);
      asker.socket.end();
    }
  }
  await server.stop();
  const idle = cells(results.idle);
  const lines = Object.entries(results).map(([name, list]) => {
    const { rate, p50, p99 } = cells(list);
    const query = queries[name] === undefined ? "" : `${queries[name].toFixed(0)} ms`;
    const ratio = name === "idle" ? "" : (p99 / idle.p99).toFixed(2);
    return `| ${name} | ${query} | ${Math.round(rate)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${ratio} |`;
  });
  const model = cpus()[0]?.model.trim() ?? "?";
  const text = [
    `${cpus().length} cores of ${model}, Node ${process.version}, ${rows} rows, ${options.clients} clients with GET at P1, ${options.rounds} rounds; p99 to reach: ≤ ${TARGET}x idle for the aggregate.`,
    "",
    "| server runs | one statement takes | GETs a second | p50 ms | p99 ms | p99 / idle |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
  console.log(text);
  if (!options.write) return;
  const readme = readFileSync(README, "utf8");
  const begin = readme.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length;
  writeFileSync(README, `${readme.slice(0, begin)}\n${text}\n${readme.slice(readme.indexOf(TABLE_END))}`);
}

if (spawnSync("taskset", ["--version"]).error !== undefined) throw new Error("taskset is needed");
await main();
