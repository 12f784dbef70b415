/**
 * Goal: a client that does what it should not, or nothing, harms nobody else: too many connections, silence, output that is
 * not read, broken requests, half-closed connections, the wrong kind of encryption, and all of these while the server ends.
 * Method: a server as a process and raw connections. An observer on a connection of its own must be served throughout; what
 * becomes of the others is read from CLIENT LIST and INFO. Random choices come from seeds that the test names show.
 */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { SeededRandom } from "../../host/platform/memory/random.ts";
import { descriptorLimit, RESERVED_DESCRIPTORS } from "../../host/platform/node/descriptors.ts";
import { openClient, type RawClient } from "../support/raw-client.ts";
import { encodeRequest, type Reply, ReplyDecoder } from "../support/reply.ts";
import { type ServerSettings, startTarget, type TestServer } from "../support/test-server.ts";

const MAX_CLIENTS = 10_000;
const OPEN_AT_ONCE = 250;
const MEGABYTE = 1024 * 1024;
const PONG: Reply = { kind: "simple", text: "PONG" };
const OK: Reply = { kind: "simple", text: "OK" };
const REFUSED: Reply = { kind: "error", text: "ERR max number of clients reached" };
/** Grace time of a stopping server, and what a busy machine needs besides. */
const STOP_LIMIT_MS = 3000;

let server: TestServer | undefined;
const clients: RawClient[] = [];

async function start(options: ServerSettings["options"] = {}): Promise<TestServer> {
  server = await startTarget({ options });
  return server;
}

async function open(target: TestServer): Promise<RawClient> {
  const client = await openClient(target);
  clients.push(client);
  return client;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server?.stop();
  server = undefined;
});

function textOf(reply: Reply): string {
  return "text" in reply ? reply.text : reply.kind;
}

/** A number of INFO. */
async function readInfo(observer: RawClient, field: string): Promise<number> {
  return Number(new RegExp(`^${field}:(\\d+)`, "m").exec(textOf(await observer.call("INFO")))?.[1] ?? Number.NaN);
}

/** The line of a client in CLIENT LIST, or undefined. */
async function readLine(observer: RawClient, id: string): Promise<string | undefined> {
  return textOf(await observer.call("CLIENT", "LIST"))
    .split("\n")
    .find((line) => line.startsWith(`id=${id} `));
}

async function idOf(client: RawClient): Promise<string> {
  return textOf(await client.call("CLIENT", "ID"));
}

/** Asks again and again until the answer is right; the test's time limit bounds it. Each question is a round trip. */
async function until(question: () => Promise<boolean>): Promise<void> {
  while (!(await question()));
}

/** All that a socket receives until its end. Rejects when the connection breaks. */
function receiveAll(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.once("error", reject);
    socket.once("close", () => resolve(Buffer.concat(chunks)));
  });
}

function closed(socket: Socket): Promise<void> {
  socket.on("error", () => {});
  socket.resume();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

describe("too many connections", () => {
  const needed = MAX_CLIENTS + 1 + RESERVED_DESCRIPTORS;

  it(`the default takes ${MAX_CLIENTS}; one more is refused in Redis's words, and the others go on`, async (context) => {
    const limit = await descriptorLimit();
    if (limit !== undefined && limit < needed) context.skip(`a process may open ${limit} files here, and this needs ${needed}`);
    const target = await start();
    const crowd: RawClient[] = [];
    while (crowd.length < MAX_CLIENTS) {
      const part = await Promise.all(Array.from({ length: Math.min(OPEN_AT_ONCE, MAX_CLIENTS - crowd.length) }, () => open(target)));
      crowd.push(...part);
    }
    expect(new Set((await Promise.all(crowd.map((client) => client.call("PING")))).map(textOf))).toEqual(new Set(["PONG"]));
    const [observer, leaver, stayer] = crowd as [RawClient, RawClient, RawClient];
    expect(await readInfo(observer, "connected_clients")).toBe(MAX_CLIENTS);

    const refused = await open(target);
    expect(await refused.read()).toEqual(REFUSED);
    await refused.readEnd();
    expect(await readInfo(observer, "rejected_connections")).toBe(1);
    expect(await stayer.call("PING")).toEqual(PONG);

    await leaver.close();
    await until(async () => (await readInfo(observer, "connected_clients")) === MAX_CLIENTS - 1);
    const late = await open(target);
    expect(await late.call("PING")).toEqual(PONG);
    expect(await observer.call("CONFIG", "SET", "maxclients", String(MAX_CLIENTS + 1))).toEqual(OK);
    expect(await (await open(target)).call("PING")).toEqual(PONG);
  });

  it("refuses behind TLS too, and accepts again once one has left", async () => {
    const target = await start({ maxclients: "2", encrypt: "yes" });
    const connectOne = (): Promise<Socket> =>
      new Promise((resolve, reject) => {
        const socket = connectTls({ host: target.host, port: target.port, rejectUnauthorized: false }, () => resolve(socket));
        socket.once("error", reject);
      });
    const first = await connectOne();
    const second = await connectOne();
    expect((await receiveAll(await connectOne())).toString()).toBe(`-${textOf(REFUSED)}\r\n`);
    const gone = closed(second);
    second.write("QUIT\r\n");
    await gone;
    const third = await connectOne();
    const reply = receiveAll(third);
    third.write("PING\r\nQUIT\r\n");
    expect((await reply).toString()).toBe("+PONG\r\n+OK\r\n");
    first.destroy();
  });
});

describe("silence", () => {
  it("is closed after the idle limit and not before, and a client that speaks stays", async () => {
    const target = await start({ timeout: "1" });
    const busy = await open(target);
    let beats = 0;
    const beat = setInterval(() => {
      busy.send(["PING"]);
      beats++;
    }, 100);
    const started = performance.now();
    const silent = await open(target);
    await silent.readEnd();
    expect(performance.now() - started).toBeGreaterThan(900);
    clearInterval(beat);
    expect(new Set((await busy.readMany(beats)).map(textOf))).toEqual(new Set(["PONG"]));
    expect(await busy.call("CONFIG", "SET", "timeout", "0")).toEqual(OK);
  });
});

describe("clients that do not read", () => {
  it("have their input wait; others go on; once they read they get everything", async () => {
    const target = await start();
    const observer = await open(target);
    const value = "v".repeat(256 * 1024);
    await observer.call("SET", "value", value);
    const slow = await open(target);
    const id = await idOf(slow);
    slow.pause();
    const count = 400;
    for (let number = 0; number < count; number++) slow.send(["GET", "value"], ["INCR", "counter"]);
    await until(async () => / omem=[1-9]/.test((await readLine(observer, id)) ?? ""));
    expect(Number(/ omem=(\d+)/.exec((await readLine(observer, id)) ?? "")?.[1])).toBeLessThan(4 * MEGABYTE);
    expect(Number(textOf(await observer.call("GET", "counter")))).toBeLessThan(count);
    slow.resume();
    for (let number = 1; number <= count; number++) {
      expect(textOf(await slow.read()) === value).toBe(true);
      expect(await slow.read()).toEqual({ kind: "integer", text: String(number) });
    }
    expect(await readLine(observer, id)).toContain(" omem=0 ");
  });

  it("are closed past the output limit, and their memory comes back", async () => {
    const target = await start({ "client-output-buffer-limit": "4mb" });
    const observer = await open(target);
    await observer.call("SET", "value", "v".repeat(16 * MEGABYTE));
    const usedBefore = await readInfo(observer, "used_memory");
    const residentBefore = await readInfo(observer, "used_memory_rss");
    const rounds = 40;
    for (let round = 0; round < rounds; round++) {
      const deaf = await open(target);
      const id = await idOf(deaf);
      deaf.pause();
      deaf.send(["GET", "value"]);
      await until(async () => (await readLine(observer, id)) === undefined);
      await deaf.close();
    }
    expect(target.output().match(/bytes of output are pending/g)).toHaveLength(rounds);
    expect(await readInfo(observer, "connected_clients")).toBe(1);
    expect(await readInfo(observer, "used_memory")).toBeLessThan(usedBefore + MEGABYTE);
    // Kept, the output of all rounds would be 640 MB.
    expect(await readInfo(observer, "used_memory_rss")).toBeLessThan(residentBefore + 200 * MEGABYTE);
    expect(await observer.call("STRLEN", "value")).toEqual({ kind: "integer", text: String(16 * MEGABYTE) });
  });
});

describe("half-closed connections", () => {
  const openHalf = (target: TestServer): Socket => connect({ host: target.host, port: target.port, allowHalfOpen: true });

  it.each<[string, Record<string, string>]>([
    ["plain TCP", {}],
    ["plain TCP the public way", { "fast-io": "no" }],
    ["TLS", { encrypt: "yes" }],
  ])("get every reply to what they sent before they closed their side: %s", async (_, options) => {
    const target = await start(options);
    const plain = openHalf(target);
    const socket: Socket = options.encrypt === undefined ? plain : connectTls({ socket: plain, rejectUnauthorized: false });
    const count = 1000;
    const received = receiveAll(socket);
    socket.write(encodeRequest(["SET", "value", "v".repeat(64 * 1024)]));
    socket.write(
      Buffer.concat(Array.from({ length: count }, (_, number) => encodeRequest(number % 2 === 0 ? ["GET", "value"] : ["INCR", "n"]))),
    );
    socket.end();
    const decoder = new ReplyDecoder();
    decoder.push(await received);
    expect(decoder.next()).toEqual(OK);
    for (let number = 0; number < count; number++) {
      const reply = decoder.next();
      if (number % 2 === 0) expect(reply?.kind === "bulk" && reply.text.length).toBe(64 * 1024);
      else expect(reply).toEqual({ kind: "integer", text: String((number + 1) / 2) });
    }
    expect(decoder.pending).toHaveLength(0);
  });

  it.each([
    ["with nothing sent", "", ""],
    ["within a request", "*2\r\n$4\r\nECHO\r\n$5\r\nab", ""],
    ["behind a reply, within a request", "PING\r\n*1\r\n$4\r\nPI", "+PONG\r\n"],
    ["behind a host command", "COMMAND COUNT\r\nPING\r\nCLIENT GETNAME\r\n", /^:\d+\r\n\+PONG\r\n\$-1\r\n$/],
    ["behind QUIT", "PING\r\nQUIT\r\nPING\r\n", "+PONG\r\n+OK\r\n"],
    ["behind a broken request", "*1\r\n$x\r\n", "-ERR Protocol error: invalid bulk length\r\n"],
  ])("%s end, and are forgotten", async (_, request, answer) => {
    const target = await start();
    const observer = await open(target);
    const socket = openHalf(target);
    const received = receiveAll(socket);
    socket.end(request);
    const text = (await received).toString();
    if (typeof answer === "string") expect(text).toBe(answer);
    else expect(text).toMatch(answer);
    await until(async () => (await readInfo(observer, "connected_clients")) === 1);
  });
});

describe("the wrong kind of encryption", () => {
  it("a TLS client at a plain port harms nobody and is forgotten", async () => {
    const target = await start();
    const observer = await open(target);
    const socket = connectTls({ host: target.host, port: target.port, rejectUnauthorized: false });
    const gone = closed(socket);
    // A handshake without a line end is an unfinished request; with one it is a wrong command, and the answer ends the handshake.
    await until(async () => socket.destroyed || (await readInfo(observer, "connected_clients")) === 2);
    expect(await observer.call("PING")).toEqual(PONG);
    socket.destroy();
    await gone;
    await until(async () => (await readInfo(observer, "connected_clients")) === 1);
  });

  it.each(["PING\r\n", "*1\r\n$4\r\nPING\r\n", "\0\0\0\0\0\0\0\0", "GET / HTTP/1.1\r\n\r\n"])(
    "plain bytes at a TLS port end it: %j",
    async (bytes) => {
      const target = await start({ encrypt: "yes" });
      const socket = connect({ host: target.host, port: target.port });
      const gone = closed(socket);
      let answer = "";
      socket.on("data", (chunk: Buffer) => {
        answer += chunk.toString("latin1");
      });
      socket.write(bytes, "latin1");
      await gone;
      expect(answer).not.toContain("PONG");
      const proper = connectTls({ host: target.host, port: target.port, rejectUnauthorized: false });
      const received = receiveAll(proper);
      proper.write("PING\r\nQUIT\r\n");
      expect((await received).toString()).toBe("+PONG\r\n+OK\r\n");
    },
  );
});

describe("requests broken at random", () => {
  const CONNECTIONS = 150;
  const CORPUS: readonly (readonly string[])[] = [
    ["PING"],
    ["SET", "key", "some value", "EX", "100"],
    ["GET", "key"],
    ["APPEND", "key", "\r\n$-1\r\n*3\r\n"],
    ["MSET", "a", "1", "b", "2"],
    ["MGET", "a", "b", "none"],
    ["INCRBYFLOAT", "float", "1.5e3"],
    ["SCAN", "0", "MATCH", "k*", "COUNT", "10"],
    ["GETRANGE", "key", "0", "-1"],
    ["SETRANGE", "key", "100", "x"],
    ["CONFIG", "GET", "max*"],
    ["COMMAND", "COUNT"],
    ["CLIENT", "SETNAME", "breaker"],
    ["HELLO", "3"],
    ["OBJECT", "ENCODING", "key"],
    ["LCS", "a", "b", "IDX"],
  ];

  /** A pipeline with some bytes changed, removed, doubled or put in, as a faulty client or line would send it. */
  function broken(random: SeededRandom): Buffer {
    const count = 1 + random.below(12);
    let bytes = Buffer.concat(Array.from({ length: count }, () => encodeRequest(CORPUS[random.below(CORPUS.length)]!)));
    for (let change = 1 + random.below(4); change > 0; change--) {
      const position = random.below(bytes.length);
      const [left, right] = [bytes.subarray(0, position), bytes.subarray(position)];
      const kind = random.below(4);
      if (kind === 0) bytes[position] = random.below(256);
      else if (kind === 1) bytes = Buffer.concat([left, right.subarray(1 + random.below(8))]);
      else if (kind === 2) bytes = Buffer.concat([left, right.subarray(0, 1 + random.below(8)), right]);
      else bytes = Buffer.concat([left, Buffer.from(["\r\n", "*", "$-1\r\n", "99999999999", "\0", "-"][random.below(6)]!), right]);
      if (bytes.length === 0) break;
    }
    return bytes;
  }

  it.each([1, 2, 3, 4])("seed %i: each gets well-formed replies and an end, and others are served", async (seed) => {
    const random = new SeededRandom(seed);
    const target = await start();
    const observer = await open(target);
    await observer.call("SELECT", "15");
    await observer.call("SET", "mine", "untouched");
    for (let number = 0; number < CONNECTIONS; number++) {
      const bytes = broken(random);
      const socket = connect({ host: target.host, port: target.port, allowHalfOpen: true });
      const received = receiveAll(socket);
      const cut = random.below(bytes.length + 1);
      socket.write(bytes.subarray(0, cut));
      socket.end(bytes.subarray(cut));
      const decoder = new ReplyDecoder();
      decoder.push(await received);
      while (decoder.next() !== undefined);
      expect(decoder.pending.toString("latin1"), `replies to ${JSON.stringify(bytes.toString("latin1"))}`).toBe("");
    }
    expect(await observer.call("GET", "mine")).toEqual({ kind: "bulk", text: "untouched" });
    await until(async () => (await readInfo(observer, "connected_clients")) === 1);
    expect(target.output()).not.toMatch(/internal error|a command failed/);
  });
});

describe("signals", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "%s ends the server with status 0 within the grace time, whoever is connected",
    async (signal) => {
      const target = await start();
      const [idle, half, deaf] = [await open(target), await open(target), await open(target)];
      await idle.call("SET", "value", "v".repeat(MEGABYTE));
      half.write(Buffer.from("*2\r\n$3\r\nGET\r\n$5\r\nva"));
      const id = await idOf(deaf);
      deaf.pause();
      for (let number = 0; number < 64; number++) deaf.send(["GET", "value"]);
      await until(async () => / omem=[1-9]/.test((await readLine(idle, id)) ?? ""));
      const started = performance.now();
      process.kill(target.processId, signal);
      await idle.readEnd();
      await half.readEnd();
      expect(await target.exited).toBe(0);
      expect(performance.now() - started).toBeLessThan(STOP_LIMIT_MS);
      await expect(openClient(target)).rejects.toThrow(/ECONNREFUSED/);
      expect(target.output().trim().split("\n")).toHaveLength(1);
    },
  );

  it("end a TLS server too whose clients have not finished their handshake", async () => {
    const target = await start({ encrypt: "yes" });
    const silent = connect({ host: target.host, port: target.port });
    await new Promise<void>((resolve) => silent.once("connect", resolve));
    const half = connect({ host: target.host, port: target.port });
    await new Promise<void>((resolve) => half.write(Uint8Array.of(0x16, 3, 1, 2, 0, 1), () => resolve()));
    const gone = Promise.all([closed(silent), closed(half)]);
    const started = performance.now();
    process.kill(target.processId, "SIGTERM");
    expect(await target.exited).toBe(0);
    expect(performance.now() - started).toBeLessThan(STOP_LIMIT_MS);
    await gone;
  });

  it("free the port for the next server at once, and send what clients still read", async () => {
    const first = await start();
    const reader = await open(first);
    await reader.call("SET", "value", "v".repeat(MEGABYTE));
    const pending = reader.pipeline(Array.from({ length: 8 }, () => ["GET", "value"]));
    expect((await pending).every((reply) => textOf(reply).length === MEGABYTE)).toBe(true);
    process.kill(first.processId, "SIGTERM");
    await reader.readEnd();
    expect(await first.exited).toBe(0);
    const second = await startTarget({ options: { port: String(first.port) } });
    const client = await open(second);
    expect(await client.call("EXISTS", "value")).toEqual({ kind: "integer", text: "0" });
    await client.close();
    await second.stop();
  });
});
