/**
 * Goal: every kind of socket keeps the promises of platform/types.ts: bytes in order, none while paused, pending output
 * counted and reported drained, one close.
 * Method: one suite over Node's fast path, its public path and TLS, with real sockets on 127.0.0.1 and clients that read
 * when told to. Waiting is for events and conditions, never for time.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { type Socket as ClientSocket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadCredentials } from "../../../../host/platform/node/credentials.ts";
import { createNodeListener } from "../../../../host/platform/node/listener.ts";
import type { ListeningServer, Socket, SocketHandler, TlsCredentials } from "../../../../host/platform/types.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The server's end of a connection, recording what happens to it. */
class Recorder implements SocketHandler {
  readonly socket: Socket;
  received = "";
  readBuffer: ArrayBufferLike | undefined;
  drains = 0;
  closes: (Error | undefined)[] = [];
  #waiters: (() => void)[] = [];
  onData: ((text: string) => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  data(bytes: Uint8Array): void {
    const text = decode(bytes);
    this.received += text;
    this.readBuffer = bytes.buffer;
    this.onData?.(text);
    this.#wake();
  }

  drain(): void {
    this.drains++;
    this.#wake();
  }

  close(error?: Error): void {
    this.closes.push(error);
    this.#wake();
  }

  /** Resolves when the condition holds; looked at after each event. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const once = (socket: ClientSocket, event: string): Promise<void> => new Promise((resolve) => socket.once(event, () => resolve()));

let directory: string;
let credentials: TlsCredentials;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "memflux-sockets-"));
  credentials = await loadCredentials(join(directory, "a.crt"), join(directory, "a.key"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const kinds = [
  { name: "fast path", fastIo: true, tls: false },
  { name: "public path", fastIo: false, tls: false },
  { name: "TLS", fastIo: true, tls: true },
] as const;

describe.each(kinds)("node sockets, $name", ({ fastIo, tls }) => {
  let server: ListeningServer;
  const clients: ClientSocket[] = [];
  const recorders: Recorder[] = [];
  let arrived: (recorder: Recorder) => void = () => {};

  async function open(): Promise<{ client: ClientSocket; recorder: Recorder }> {
    server ??= await createNodeListener(fastIo).listen({ host: "127.0.0.1", port: 0, tls: tls ? credentials : undefined }, (socket) => {
      const recorder = new Recorder(socket);
      recorders.push(recorder);
      arrived(recorder);
      return recorder;
    });
    const accepted = new Promise<Recorder>((resolve) => {
      arrived = resolve;
    });
    const client = tls
      ? connectTls({ port: server.port, host: "127.0.0.1", ca: credentials.certificatePem, servername: "localhost" })
      : connect(server.port, "127.0.0.1");
    client.on("error", () => {});
    client.setMaxListeners(0);
    clients.push(client);
    return { client, recorder: await accepted };
  }

  async function readAll(client: ClientSocket, length: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    while (size < length) {
      const chunk = client.read() as Buffer | null;
      if (chunk === null) {
        await Promise.race([once(client, "readable"), once(client, "close")]);
        if (client.destroyed && client.readableLength === 0) break;
      } else {
        chunks.push(chunk);
        size += chunk.length;
      }
    }
    return Buffer.concat(chunks);
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    for (const recorder of recorders.splice(0)) await recorder.until(() => recorder.closes.length > 0);
  });
  afterAll(() => server.close());

  it("knows both addresses, and its descriptor for plain TCP", async () => {
    const { client, recorder } = await open();
    await recorder.until(() => true);
    expect(recorder.socket.localAddress).toBe(`127.0.0.1:${server.port}`);
    if (!tls) expect(recorder.socket.remoteAddress).toBe(`127.0.0.1:${client.localPort}`);
    if (fastIo && !tls) expect(recorder.socket.fileDescriptor).toBeGreaterThan(2);
  });

  it("delivers bytes in order and echoes them", async () => {
    const { client, recorder } = await open();
    recorder.onData = (text) => recorder.socket.write(encode(text));
    let sent = "";
    for (let i = 0; i < 2000; i++) {
      client.write(`line ${i}\n`);
      sent += `line ${i}\n`;
    }
    expect((await readAll(client, sent.length)).toString()).toBe(sent);
    expect(recorder.received).toBe(sent);
  });

  it("reads into one buffer for all connections on the fast path only", async () => {
    const pair = [await open(), await open()] as const;
    for (const { client, recorder } of pair) {
      client.write("x");
      await recorder.until(() => recorder.received === "x");
    }
    expect(pair[0].recorder.readBuffer === pair[1].recorder.readBuffer).toBe(fastIo && !tls);
  });

  it("sends a copy: the caller may reuse its bytes at once", async () => {
    const { client, recorder } = await open();
    const bytes = new Uint8Array(3_000_000).fill(65);
    recorder.socket.write(bytes);
    bytes.fill(66);
    const all = await readAll(client, 3_000_000);
    expect(all.length).toBe(3_000_000);
    expect(all.every((byte) => byte === 65)).toBe(true);
  });

  it("counts what is pending, reports one drain, and keeps order across both ways of sending", async () => {
    const { client, recorder } = await open();
    const block = new Uint8Array(1_000_000);
    let blocks = 0;
    let accepted = true;
    while (accepted && blocks < 64) accepted = recorder.socket.write(block.fill(blocks++));
    expect(accepted).toBe(false);
    const tail = recorder.socket.write(encode("tail"));
    expect(tail).toBe(false);
    expect(recorder.socket.pendingBytes).toBeGreaterThan(4);
    const all = await readAll(client, blocks * 1_000_000 + 4);
    for (let i = 0; i < blocks; i++) {
      expect(all[i * 1_000_000]).toBe(i);
      expect(all[(i + 1) * 1_000_000 - 1]).toBe(i);
    }
    expect(all.subarray(-4).toString()).toBe("tail");
    await recorder.until(() => recorder.drains > 0);
    expect(recorder.drains).toBe(1);
    expect(recorder.socket.pendingBytes).toBe(0);
    // TLS encrypts first, so that its bytes are pending for a moment in any case.
    expect(recorder.socket.write(encode("again"))).toBe(!tls);
    expect((await readAll(client, 5)).toString()).toBe("again");
  });

  it("delivers nothing while paused, and everything after", async () => {
    const { client, recorder } = await open();
    recorder.onData = () => recorder.socket.pause();
    client.write("one");
    await recorder.until(() => recorder.received === "one");
    client.write("two");
    for (let i = 0; i < 20; i++) await turn();
    expect(recorder.received).toBe("one");
    recorder.onData = undefined;
    recorder.socket.resume();
    await recorder.until(() => recorder.received === "onetwo");
  });

  it("sends what is pending before it ends, and then ignores writes", async () => {
    const { client, recorder } = await open();
    recorder.socket.write(new Uint8Array(5_000_000).fill(7));
    recorder.socket.end();
    recorder.socket.write(encode("too late"));
    const all = await readAll(client, 5_000_001);
    expect(all.length).toBe(5_000_000);
    await recorder.until(() => recorder.closes.length === 1);
    expect(recorder.closes).toEqual([undefined]);
  });

  it("closes at once when destroyed, and never writes to a descriptor that may be another's", async () => {
    const { client, recorder } = await open();
    client.resume();
    recorder.socket.destroy();
    // The next connection is likely to get the same descriptor.
    const other = await open();
    recorder.socket.write(encode("stray"));
    other.recorder.socket.write(encode("own"));
    expect((await readAll(other.client, 3)).toString()).toBe("own");
    await recorder.until(() => recorder.closes.length === 1);
    for (let i = 0; i < 5; i++) await turn();
    expect(other.client.read()).toBeNull();
    expect(recorder.closes.length).toBe(1);
  });

  it("reports a client that leaves, also in the middle of its output", async () => {
    const { client, recorder } = await open();
    client.end();
    client.resume();
    await recorder.until(() => recorder.closes.length > 0);
    expect(recorder.closes).toEqual([undefined]);
    const second = await open();
    second.recorder.socket.write(new Uint8Array(20_000_000));
    second.client.destroy();
    await second.recorder.until(() => second.recorder.closes.length > 0);
    expect(second.recorder.closes.length).toBe(1);
    expect(second.recorder.socket.write(encode("x"))).toBe(true);
  });

  it("takes keep-alive settings in any state", async () => {
    const { recorder } = await open();
    recorder.socket.setKeepAlive(1000);
    recorder.socket.setKeepAlive(0);
    recorder.socket.destroy();
    expect(() => recorder.socket.setKeepAlive(1000)).not.toThrow();
  });
});

describe("listening", () => {
  const ignore = (): SocketHandler => ({ data: () => {}, drain: () => {}, close: () => {} });

  it("says what is wrong with an address", async () => {
    const listener = createNodeListener(true);
    const server = await listener.listen({ host: "127.0.0.1", port: 0 }, ignore);
    await expect(listener.listen({ host: "127.0.0.1", port: server.port }, ignore)).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
      message: expect.stringContaining(`127.0.0.1:${server.port}`),
    });
    await server.close();
    const again = await listener.listen({ host: "127.0.0.1", port: server.port }, ignore);
    await again.close();
    await expect(listener.listen({ host: "192.0.2.1", port: 0 }, ignore)).rejects.toMatchObject({ code: "ADDRESS_INVALID" });
    await expect(listener.listen({ host: "127.0.0.1", port: 70_000 }, ignore)).rejects.toMatchObject({ code: "ADDRESS_INVALID" });
    await expect(listener.listen({ host: "no such host", port: 0 }, ignore)).rejects.toMatchObject({ code: "ADDRESS_INVALID" });
  });

  it("stops accepting while open connections go on", async () => {
    const recorders: Recorder[] = [];
    const server = await createNodeListener(true).listen({ host: "127.0.0.1", port: 0 }, (socket) => {
      const recorder = new Recorder(socket);
      recorder.onData = (text) => socket.write(encode(text));
      recorders.push(recorder);
      return recorder;
    });
    const client = connect(server.port, "127.0.0.1");
    client.write("a");
    await once(client, "data");
    await server.close();
    client.write("b");
    await once(client, "data");
    const late = connect(server.port, "127.0.0.1");
    await once(late, "error");
    client.destroy();
    await recorders[0]?.until(() => recorders[0]?.closes.length === 1);
  });
});
