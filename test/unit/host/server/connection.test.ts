/**
 * Goal: replies keep their order whatever the engine, the handlers and the client's reading speed do; nothing runs that must
 * wait; nothing of a connection is left behind.
 * Method: in-process connections over the fake engine, which throws if two sessions are ever mixed up; "contract" in a
 * warning would show that, so every test ends with a look at the warnings.
 */
import { afterEach, describe, expect, it } from "vitest";
import { NO_OUTPUT_LIMITS, type OutputLimits } from "../../../../host/common/output-limits.ts";
import { TestServer, turn } from "./test-server.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const hardLimit = (hardBytes: number): OutputLimits => ({
  ...NO_OUTPUT_LIMITS,
  normal: { hardBytes, softBytes: 0, softSeconds: 0 },
});
let test: TestServer;

afterEach(() => {
  expect(test.warnings.filter((line) => line.includes("contract"))).toEqual([]);
});

describe("pipelines", () => {
  it("answers a pipeline cut at every byte as it answers it whole", async () => {
    test = await TestServer.start();
    const pipeline = "PING\nECHO a b\nHOST say x\nSET k v\nGROW\nPING\n";
    const whole = await test.ask(test.connect(), pipeline);
    expect(whole).toBe("+PONG\r\n+a b\r\n+x\r\n+OK\r\n+OK\r\n+PONG\r\n");
    for (let cut = 1; cut < pipeline.length; cut++) {
      const client = test.connect();
      expect((await test.ask(client, pipeline.slice(0, cut))) + (await test.ask(client, pipeline.slice(cut)))).toBe(whole);
      client.close();
      await turn();
    }
  });

  it("feeds a chunk larger than the input area in pieces, across waits too", async () => {
    test = await TestServer.start({ inputCapacity: 16 });
    const client = test.connect();
    const lines = Array.from({ length: 100 }, (_, i) => `ECHO ${i}\n`).join("");
    const first = await test.ask(client, `${lines}HOST wait a\n${lines}`);
    expect(first).toBe(lines.replaceAll("ECHO ", "+").replaceAll("\n", "\r\n"));
    await test.release("a");
    expect(decode(client.take())).toBe(`+a\r\n${first}`);
  });

  it("runs a yielding batch to its end when the client reads", async () => {
    test = await TestServer.start({ yieldBytes: 100 });
    const reply = await test.ask(test.connect(), "BIG 150\nPING\n".repeat(20));
    expect(reply).toBe(`$150\r\n${"x".repeat(150)}\r\n+PONG\r\n`.repeat(20));
  });

  it("gives the memory of a long reply back at once", async () => {
    test = await TestServer.start();
    expect((await test.ask(test.connect(), "BIG 300000\n")).length).toBe(300_011);
    expect(test.database.engine.replyLength).toBe(0);
  });

  it("closes after the reply to QUIT and runs nothing behind it", async () => {
    test = await TestServer.start();
    const client = test.connect();
    expect(await test.ask(client, "PING\nQUIT\nSET a b\n")).toBe("+PONG\r\n+OK\r\n");
    expect(client.closed).toBe(true);
    expect(test.fake.sessions.size).toBe(0);
  });
});

describe("host commands", () => {
  it("keeps the order of replies around a handler that takes its time, and serves others meanwhile", async () => {
    test = await TestServer.start();
    const [client, other] = [test.connect(), test.connect()];
    expect(await test.ask(client, "ECHO 1\nHOST wait a\nECHO 2\nHOST wait b\nECHO 3\n")).toBe("+1\r\n");
    expect(await test.ask(client, "ECHO 4\n")).toBe("");
    expect(await test.ask(other, "ECHO other\nHOST say sync\n")).toBe("+other\r\n+sync\r\n");
    await test.release("a");
    expect(decode(client.take())).toBe("+a\r\n+2\r\n");
    expect(await test.ask(other, "PING\n")).toBe("+PONG\r\n");
    await test.release("b");
    expect(decode(client.take())).toBe("+b\r\n+3\r\n+4\r\n");
    expect(decode(other.take())).toBe("");
  });

  it("answers an error for a handler that fails, drops what it had begun, and goes on", async () => {
    test = await TestServer.start();
    const client = test.connect();
    const reply = await test.ask(client, "HOST fail\nHOST reject\nHOST crash\nNOHANDLER\nPING\n");
    const lines = reply.split("\r\n");
    expect(lines[0]).toMatch(/^-.*as told$/);
    expect(lines[1]).toMatch(/^-.*as told later$/);
    expect(lines[2]).toBe("-ERR internal error");
    expect(lines[3]).toMatch(/^-.*no handler for command 99/);
    expect(lines[4]).toBe("+PONG");
    expect(test.warnings).toEqual([expect.stringMatching(/RangeError: unexpected/)]);
  });

  it("closes itself after its reply, or at once", async () => {
    test = await TestServer.start();
    const [first, second, third] = [test.connect(), test.connect(), test.connect()];
    expect(await test.ask(first, "PING\nHOST end\nPING\n")).toBe("+PONG\r\n+bye\r\n");
    expect(first.closed).toBe(true);
    expect(await test.ask(second, "HOST drop\nPING\n")).toBe("");
    expect(second.closed).toBe(true);
    expect(await test.ask(third, "HOST leave c\nPING\n")).toBe("");
    await test.release("c");
    expect(decode(third.take())).toBe("+c\r\n");
    expect(third.closed).toBe(true);
    expect(test.fake.sessions.size).toBe(0);
    expect(test.server.connectionCount).toBe(0);
  });

  it("closes another session, also one that waits; its late answer goes nowhere", async () => {
    test = await TestServer.start();
    const [victim, killer, idle] = [test.connect(), test.connect(), test.connect()];
    await test.ask(victim, "HOST wait late\n");
    expect(await test.ask(killer, "HOST kill 1\nHOST retire 3\n")).toBe("+killed\r\n+retired\r\n");
    expect([victim.closed, idle.closed]).toEqual([true, true]);
    await test.release("late");
    expect(decode(victim.take())).toBe("");
    expect(test.server.connectionCount).toBe(1);
    expect(await test.ask(killer, "PING\n")).toBe("+PONG\r\n");
  });

  it("leaves it to the engine to drop answers of a silenced session", async () => {
    test = await TestServer.start();
    const client = test.connect();
    expect(await test.ask(client, "HOST mode 1\nPING\nHOST say hidden\nHOST mode 0\nPING\n")).toBe("+mode\r\n+PONG\r\n");
    expect(await test.ask(client, "HOST mode 1\nHOST end\n")).toBe("");
    expect(client.closed).toBe(true);
  });
});

describe("clients that do not read", () => {
  it("runs no more input once the pause limit is passed, and all of it after they read", async () => {
    test = await TestServer.start({ yieldBytes: 200 });
    const client = test.connect();
    client.stopReading();
    const commands = 500;
    for (let i = 0; i < commands; i += 50) await test.ask(client, "BIG 100\n".repeat(50));
    const session = test.session(1);
    // Kernel 1000 + pause limit 1000 + one yield of 200 and the reply that passed it.
    expect(session?.outputBytes).toBeGreaterThan(1000);
    expect(session?.outputBytes).toBeLessThan(1000 + 2 * 320);
    const produced = session?.totalBytesOut ?? 0;
    expect(produced).toBeLessThan(4000);
    const other = test.connect();
    expect(await test.ask(other, "PING\n")).toBe("+PONG\r\n");
    client.startReading();
    await turn();
    expect(decode(client.take())).toBe(`$100\r\n${"x".repeat(100)}\r\n`.repeat(commands));
    expect(await test.ask(client, "PING\n")).toBe("+PONG\r\n");
  });

  it("are paused between chunks as well as within one", async () => {
    test = await TestServer.start({ yieldBytes: 100_000 });
    const client = test.connect();
    client.stopReading();
    for (let i = 0; i < 100; i++) await test.ask(client, `BIG 100\nECHO ${i}\n`);
    expect(test.session(1)?.outputBytes).toBeLessThan(1000 + 2 * 120);
    expect(test.session(1)?.totalBytesIn).toBeLessThan(400);
    client.startReading();
    for (let i = 0; i < 10; i++) await turn();
    const expected = Array.from({ length: 100 }, (_, i) => `$100\r\n${"x".repeat(100)}\r\n+${i}\r\n`).join("");
    expect(decode(client.take())).toBe(expected);
  });

  it("are closed when their output passes the hard limit, if there is one", async () => {
    test = await TestServer.start();
    test.limits.outputLimits = hardLimit(2000);
    const [client, reader] = [test.connect(), test.connect()];
    client.stopReading();
    await test.ask(client, "BIG 5000\n");
    expect(client.closed).toBe(true);
    expect(test.warnings).toEqual([expect.stringMatching(/closing client 1 at memory:50000: 4\d\d\d bytes of output are pending/)]);
    expect(await test.ask(reader, "BIG 5000\n")).toContain("x".repeat(5000));
    expect(test.fake.sessions.size).toBe(1);
  });

  it("may leave at any moment", async () => {
    test = await TestServer.start({ yieldBytes: 200 });
    for (const begin of ["BIG 5000\nPING\n", "BIG 5000\nBIG 5000\nPING\n", "PIN", "HOST wait z\nPING\n"]) {
      const client = test.connect();
      client.stopReading();
      await test.ask(client, begin);
      client.close(new Error("reset"));
      await turn();
      expect(test.fake.sessions.size).toBe(0);
    }
    await test.release("z");
    expect(await test.ask(test.connect(), "PING\n")).toBe("+PONG\r\n");
  });
});

describe("long replies", () => {
  const pieces = (count: number): string =>
    Array.from({ length: count }, (_, index) => `+${String(index + 1).padStart(297, "x")}\r\n`).join("");
  const turns = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done++) await turn();
  };

  it("leave in order with what comes before and behind them, whoever else asks", async () => {
    for (const verb of ["pieces", "later"]) {
      test = await TestServer.start();
      const [client, other] = [test.connect(), test.connect()];
      let text = await test.ask(client, `ECHO 1\nHOST ${verb} 20\nECHO 2\nHOST ${verb} 2\nECHO 3\n`);
      expect(await test.ask(other, "PING\n")).toBe("+PONG\r\n");
      text += await test.ask(client, "ECHO 4\n");
      await turns(30);
      text += decode(client.take());
      expect(text).toBe(`+1\r\n${pieces(20)}+2\r\n${pieces(2)}+3\r\n+4\r\n`);
      expect(test.handled).toEqual([`${verb} 20`, "closed after 20", `${verb} 2`, "closed after 2"]);
    }
  });

  it("are made as far as the client reads", async () => {
    test = await TestServer.start();
    const [client, other] = [test.connect(), test.connect()];
    client.stopReading();
    await test.ask(client, "HOST pieces 100\nECHO end\n");
    await turns(50);
    // Kernel 1000 + pause limit 1000, and the piece that passed it.
    expect(test.session(1)?.outputBytes).toBeLessThan(1000 + 2 * 300);
    expect(test.pieces).toBeLessThan(10);
    expect(await test.ask(other, "HOST say other\n")).toBe("+other\r\n");
    client.startReading();
    await turns(200);
    expect(decode(client.take())).toBe(`${pieces(100)}+end\r\n`);
    expect(test.handled.filter((what) => what.startsWith("closed"))).toEqual(["closed after 100"]);
  });

  it("are given up when the client leaves, or wants no replies", async () => {
    test = await TestServer.start();
    for (const verb of ["pieces", "later"]) {
      const client = test.connect();
      client.stopReading();
      await test.ask(client, `HOST ${verb} 100\n`);
      await turns(5);
      client.close(new Error("reset"));
      await turns(5);
      expect(test.handled.pop()).toMatch(/^closed after [2-9]$/);
      const silent = test.connect();
      await test.ask(silent, "HOST mode 1\n");
      expect(await test.ask(silent, `HOST ${verb} 5\nHOST mode 0\nPING\n`)).toBe("+mode\r\n+PONG\r\n");
      expect(test.handled).toContain("closed after 1");
      test.handled.length = 0;
    }
    expect(test.fake.sessions.size).toBe(2);
  });

  it("end the connection when a piece fails: what has left cannot be taken back", async () => {
    test = await TestServer.start();
    const client = test.connect();
    await test.ask(client, "HOST broken 3\nPING\n");
    await turns(5);
    expect(decode(client.take())).toBe("");
    expect(client.closed).toBe(true);
    expect(test.handled).toEqual(["broken 3", "closed after 3"]);
    expect(test.warnings).toEqual([expect.stringMatching(/RangeError: no more pieces/)]);
  });

  it("count against the hard limit", async () => {
    test = await TestServer.start();
    test.limits.outputLimits = hardLimit(300);
    const client = test.connect();
    client.stopReading();
    await test.ask(client, "HOST pieces 100\n");
    await turns(20);
    expect(client.closed).toBe(true);
    expect(test.handled[1]).toMatch(/^closed after [4-9]$/);
  });
});

describe("trouble", () => {
  it("answers OOM and closes when there is no memory for an answer", async () => {
    test = await TestServer.start();
    const client = test.connect();
    test.fake.outOfMemory = true;
    expect(await test.ask(client, "HOST say x\n")).toMatch(/^-OOM .*memory/);
    expect(client.closed).toBe(true);
    const refused = test.connect();
    await turn();
    expect(decode(refused.take())).toMatch(/^-OOM /);
    test.fake.outOfMemory = false;
    expect(await test.ask(test.connect(), "PING\n")).toBe("+PONG\r\n");
  });

  it("ends every connection and the server when the engine fails", async () => {
    test = await TestServer.start();
    const [client, other] = [test.connect(), test.connect()];
    await test.ask(other, "HOST wait never\n");
    expect(await test.ask(client, "PING\nTRAP\n")).toMatch(/^-ERR internal error/);
    await expect(test.server.ended).rejects.toMatchObject({ code: "ENGINE_FAILED" });
    await test.server.stop();
    expect([client.closed, other.closed]).toEqual([true, true]);
    expect(() => test.connect()).toThrow(expect.objectContaining({ code: "ADDRESS_INVALID" }));
    expect(test.clock.timerCount).toBe(0);
  });
});

describe("effects", () => {
  it("pass the gate before the reply leaves", async () => {
    test = await TestServer.start();
    const client = test.connect();
    const seen: string[] = [];
    test.database.commits.subscribe((effects) => seen.push(`${decode(effects)} ${decode(client.take())}`));
    expect(await test.ask(client, "SET a 1\nHOST wait w\nSET b 2\n")).toBe("+OK\r\n");
    await test.release("w");
    expect(seen).toEqual(["SET a 1; ", "SET b 2; "]);
    client.send(encode("SET c 3\nQUIT\n"));
    await turn();
    expect(seen.at(-1)).toMatch(/^SET c 3; /);
  });
});
