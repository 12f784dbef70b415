/**
 * A program for any runtime: checks with the listener of the runtime that it runs on what platform/types.ts promises of
 * sockets, plain and TLS, and prints `ok NAME` for each promise kept. runtimes.test.ts runs it on Node, Bun and Deno.
 *
 * Argument: a folder for the certificate. Ends with status 1 and the problem on standard error at the first broken promise.
 * Waiting is for events and conditions, never for time.
 */
import assert from "node:assert/strict";
import { connect, type Socket as NetSocket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { createBunListener } from "../../host/platform/bun/listener.ts";
import { findBun } from "../../host/platform/bun/runtime.ts";
import { createDenoListener } from "../../host/platform/deno/listener.ts";
import { findDeno } from "../../host/platform/deno/runtime.ts";
import { nodeClock } from "../../host/platform/node/clock.ts";
import { loadCredentials } from "../../host/platform/node/credentials.ts";
import { createNodeListener } from "../../host/platform/node/listener.ts";
import type { Listener, ListeningServer, Socket, SocketHandler, TlsCredentials } from "../../host/platform/types.ts";

const BLOCK_BYTES = 1_000_000;
const BLOCKS_MAX = 64;

function listenerOfRuntime(): Listener {
  const [bun, deno] = [findBun(), findDeno()];
  if (bun !== undefined) return createBunListener(bun, nodeClock);
  return deno !== undefined ? createDenoListener(deno, nodeClock) : createNodeListener(true);
}

/** The server's end of a connection, recording what happens to it. */
class Recorder implements SocketHandler {
  readonly socket: Socket;
  received = "";
  drains = 0;
  closes: (Error | undefined)[] = [];
  /** A method of the socket runs right now. */
  inside = false;
  onData: () => void = () => {};
  #waiters: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
  }

  data(bytes: Uint8Array): void {
    this.received += Buffer.from(bytes).toString("latin1");
    this.onData();
    this.#wake();
  }

  drain(): void {
    this.drains++;
    this.#wake();
  }

  close(error?: Error): void {
    assert.equal(this.inside, false, "close was told within a call");
    this.closes.push(error);
    this.#wake();
  }

  call(method: (socket: Socket) => void): void {
    this.inside = true;
    method(this.socket);
    this.inside = false;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

interface Pair {
  readonly client: NetSocket;
  readonly recorder: Recorder;
}

type Open = () => Promise<Pair>;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Reads this many bytes, or until the stream ends. */
function readFrom(client: NetSocket, length: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (): void => {
      client.off("data", take).off("end", done).off("close", done);
      client.pause();
      resolve(Buffer.concat(chunks));
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= length) done();
    };
    client.on("data", take).on("end", done).on("close", done).resume();
  });
}

const PROMISES: Readonly<Record<string, (open: Open) => Promise<void>>> = {
  async "bytes in order, both ways"(open) {
    const { client, recorder } = await open();
    let seen = 0;
    recorder.onData = () => {
      recorder.socket.write(Buffer.from(recorder.received.slice(seen), "latin1"));
      seen = recorder.received.length;
    };
    const sent = Array.from({ length: 5000 }, (_, number) => `line ${number}\n`).join("");
    const answer = readFrom(client, sent.length);
    for (const line of sent.split(/(?<=\n)/)) client.write(line);
    assert.equal((await answer).toString(), sent);
    assert.equal(recorder.received, sent);
  },

  async "pending output counted, copied, in order, and drained once"(open) {
    const { client, recorder } = await open();
    const block = new Uint8Array(BLOCK_BYTES);
    let blocks = 0;
    while (recorder.socket.pendingBytes < 8 * BLOCK_BYTES && blocks < BLOCKS_MAX) recorder.socket.write(block.fill(blocks++));
    assert.equal(recorder.socket.write(Buffer.from("tail")), false);
    block.fill(255);
    assert.ok(recorder.socket.pendingBytes > 4);
    const all = await readFrom(client, blocks * BLOCK_BYTES + 4);
    for (let i = 0; i < blocks; i++) {
      assert.equal(all[i * BLOCK_BYTES], i);
      assert.equal(all[(i + 1) * BLOCK_BYTES - 1], i);
    }
    assert.equal(all.subarray(-4).toString(), "tail");
    await recorder.until(() => recorder.drains > 0);
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(recorder.drains, 1);
    assert.equal(recorder.socket.pendingBytes, 0);
  },

  async "nothing while paused, everything after"(open) {
    const { client, recorder } = await open();
    recorder.onData = () => recorder.call((socket) => socket.pause());
    client.write("one");
    await recorder.until(() => recorder.received === "one");
    client.write("two");
    for (let i = 0; i < 50; i++) await turn();
    assert.equal(recorder.received, "one");
    recorder.call((socket) => socket.resume());
    await recorder.until(() => recorder.received === "onetwo");
    recorder.onData = () => {};
    client.end("three");
    recorder.call((socket) => socket.resume());
    await recorder.until(() => recorder.received === "onetwothree");
  },

  async "what is pending is sent before the end, and nothing behind it"(open) {
    const { client, recorder } = await open();
    const answer = readFrom(client, 5 * BLOCK_BYTES + 1);
    recorder.socket.write(new Uint8Array(5 * BLOCK_BYTES).fill(7));
    recorder.call((socket) => socket.end());
    recorder.call((socket) => socket.write(Buffer.from("late")));
    assert.equal((await answer).length, 5 * BLOCK_BYTES);
    await recorder.until(() => recorder.closes.length > 0);
    assert.deepEqual(recorder.closes, [undefined]);
  },

  async "one close when destroyed, within a delivery too"(open) {
    const { client, recorder } = await open();
    recorder.onData = () => recorder.call((socket) => socket.destroy());
    client.write("x");
    await recorder.until(() => recorder.closes.length > 0);
    recorder.call((socket) => {
      socket.destroy();
      socket.end();
      socket.pause();
      socket.resume();
      socket.setKeepAlive(1000);
    });
    assert.equal(recorder.socket.write(Buffer.from("late")), true);
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual(recorder.closes, [undefined]);
  },

  async "a client that leaves is told of once, in order or in the middle of its output"(open) {
    const first = await open();
    first.client.resume();
    first.client.end();
    await first.recorder.until(() => first.recorder.closes.length > 0);
    assert.deepEqual(first.recorder.closes, [undefined]);
    const second = await open();
    second.recorder.socket.write(new Uint8Array(20 * BLOCK_BYTES));
    second.client.destroy();
    await second.recorder.until(() => second.recorder.closes.length > 0);
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(second.recorder.closes.length, 1);
  },
};

/** Opens connections to a server of the runtime; every client is closed by `close`. */
class Door {
  readonly #clients: NetSocket[] = [];
  readonly #arrivals: ((recorder: Recorder) => void)[] = [];
  readonly #tls: TlsCredentials | undefined;
  #server: ListeningServer | undefined;

  constructor(tls: TlsCredentials | undefined) {
    this.#tls = tls;
  }

  async listen(): Promise<void> {
    this.#server = await listenerOfRuntime().listen({ host: "127.0.0.1", port: 0, tls: this.#tls }, (socket) => {
      const recorder = new Recorder(socket);
      this.#arrivals.shift()?.(recorder);
      return recorder;
    });
  }

  async open(): Promise<Pair> {
    const { port } = this.#server!;
    const arrived = new Promise<Recorder>((resolve) => this.#arrivals.push(resolve));
    const tls = { port, host: "127.0.0.1", ca: this.#tls?.certificatePem, servername: "localhost" };
    const client = this.#tls === undefined ? connect(port, "127.0.0.1") : connectTls(tls);
    client.on("error", () => {});
    this.#clients.push(client);
    return { client, recorder: await arrived };
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.#server?.close();
  }
}

async function checkAddresses(): Promise<void> {
  const listener = listenerOfRuntime();
  const ignore = (): SocketHandler => ({ data: () => {}, drain: () => {}, close: () => {} });
  const server = await listener.listen({ host: "127.0.0.1", port: 0 }, ignore);
  const again = { host: "127.0.0.1", port: server.port };
  await assert.rejects(listener.listen(again, ignore), { code: "ADDRESS_IN_USE" });
  await server.close();
  await (await listener.listen(again, ignore)).close();
  await assert.rejects(listener.listen({ host: "192.0.2.1", port: 0 }, ignore), { code: "ADDRESS_INVALID" });
  await assert.rejects(listener.listen({ host: "127.0.0.1", port: 70_000 }, ignore), { code: "ADDRESS_INVALID" });
  await assert.rejects(listener.listen({ host: "no such host", port: 0 }, ignore), { code: "ADDRESS_INVALID" });
  const tls = { certificatePem: "no certificate", keyPem: "no key" };
  await assert.rejects(listener.listen({ host: "127.0.0.1", port: 0, tls }, ignore), { code: "TLS_CREDENTIALS" });
}

const folder = process.argv[2] ?? ".";
const credentials = await loadCredentials(join(folder, "a.crt"), join(folder, "a.key"));
for (const tls of [undefined, credentials]) {
  for (const [name, check] of Object.entries(PROMISES)) {
    const door = new Door(tls);
    await door.listen();
    await check(() => door.open());
    await door.close();
    console.log(`ok ${tls === undefined ? "TCP" : "TLS"}: ${name}`);
  }
}
await checkAddresses();
console.log("ok addresses");
