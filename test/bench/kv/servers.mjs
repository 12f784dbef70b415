/**
 * Servers under measurement: starting them pinned to a core, what they cost (CPU time, memory), and filling them with keys.
 * Linux only: CPU time and memory are read from /proc.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const TICKS_PER_SECOND = 100;
const FILL_BATCH = 1000;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Resolves when the server answers PING; rejects when its process ends first. */
async function answering(child, port) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with status ${child.exitCode}`);
    const answered = await new Promise((done) => {
      const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
      socket.once("data", () => done(true));
      socket.once("error", () => done(false));
      socket.once("data", () => socket.destroy());
    });
    if (answered) return;
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** A running server: `name`, `port`, and what it costs. */
export class MeasuredServer {
  constructor(name, port, child, folder) {
    this.name = name;
    this.port = port;
    this.child = child;
    this.folder = folder;
  }

  /** CPU seconds of the process so far. */
  cpuSeconds() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Resident bytes. */
  residentBytes() {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.child.pid}/status`, "utf8"));
    return Number(line[1]) * 1024;
  }

  /** Sends commands given as one buffer of requests and waits for `replies` lines of reply. */
  async send(request, replies) {
    const socket = connect(this.port, "127.0.0.1");
    let left = replies;
    socket.on("data", (chunk) => {
      for (const byte of chunk) if (byte === 10) left--;
      if (left <= 0) socket.end();
    });
    socket.write(request);
    await once(socket, "close");
  }

  /** Sets `count` keys `key:000000000000` ... with values of `valueBytes`, as redis-benchmark names them. */
  async fill(count, valueBytes) {
    const socket = connect(this.port, "127.0.0.1");
    await once(socket, "connect");
    const value = "x".repeat(valueBytes);
    let answered = 0;
    let waiting;
    socket.on("data", (chunk) => {
      for (const byte of chunk) if (byte === 10) answered++;
      waiting?.();
    });
    for (let first = 0; first < count; first += FILL_BATCH) {
      const parts = [];
      const last = Math.min(count, first + FILL_BATCH);
      for (let key = first; key < last; key++) {
        parts.push(`*3\r\n$3\r\nSET\r\n$16\r\nkey:${String(key).padStart(12, "0")}\r\n$${valueBytes}\r\n${value}\r\n`);
      }
      socket.write(parts.join(""));
      while (answered < last) {
        await new Promise((done) => {
          waiting = done;
        });
      }
    }
    socket.end();
    await once(socket, "close");
  }

  async stop() {
    const closed = once(this.child, "close");
    this.child.kill("SIGTERM");
    await closed;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Starts redis-server or MemFlux on a free port, pinned to `core`, without persistence. */
export async function startServer(name, core, redisServer) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "memflux-bench-"));
  const command =
    name === "redis"
      ? [redisServer, "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
      : [process.execPath, join(ROOT, "dist/memflux.js"), "serve", "--port", String(port), "--dir", folder, "--no-persistence"];
  const child = spawn("taskset", ["-c", String(core), ...command], { stdio: "ignore" });
  await answering(child, port);
  return new MeasuredServer(name, port, child, folder);
}
