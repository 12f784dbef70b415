/**
 * Goal: limits on connections, idle time and stopping; the session as command handlers see it.
 * Method: in-process connections over the fake engine; time moves only when told to.
 */
import { describe, expect, it } from "vitest";
import { STOP_GRACE_MS } from "../../../../host/server/server.ts";
import { TestServer, turn } from "./test-server.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("accepting", () => {
  it("refuses one connection too many in Redis's words, and accepts again when one has left", async () => {
    const test = await TestServer.start();
    test.limits.maxClients = 2;
    const [first] = [test.connect(), test.connect()];
    const third = test.connect();
    await turn();
    expect(decode(third.take())).toBe("-ERR max number of clients reached\r\n");
    expect(third.closed).toBe(true);
    expect([test.server.connectionsReceived, test.server.connectionsRejected]).toEqual([3, 1]);
    first?.close();
    await turn();
    expect(await test.ask(test.connect(), "PING\n")).toBe("+PONG\r\n");
  });

  it("closes connections that are silent for longer than the idle limit, but none that waits for us", async () => {
    const test = await TestServer.start();
    const [silent, busy, waiting] = [test.connect(), test.connect(), test.connect()];
    await test.ask(waiting, "HOST wait w\n");
    test.clock.advance(60_000);
    expect(silent.closed).toBe(false);
    test.limits.timeoutSeconds = 10;
    await test.ask(busy, "PING\n");
    test.clock.advance(9_000);
    await turn();
    expect([silent.closed, busy.closed, waiting.closed]).toEqual([true, false, false]);
    await test.release("w");
    expect(decode(waiting.take())).toBe("+w\r\n");
    test.clock.advance(12_000);
    await turn();
    expect([busy.closed, waiting.closed]).toEqual([true, true]);
  });

  it("counts bytes both ways, and starts again on a reset", async () => {
    const test = await TestServer.start();
    const client = test.connect();
    await test.ask(client, "PING\nECHO abc\n");
    expect([test.server.bytesIn, test.server.bytesOut]).toEqual([14, 13]);
    expect([test.session(1)?.totalBytesIn, test.session(1)?.totalBytesOut]).toEqual([14, 13]);
    test.server.resetCounters();
    expect([test.server.bytesIn, test.server.bytesOut, test.server.connectionsReceived]).toEqual([0, 0, 0]);
  });
});

describe("stopping", () => {
  it("sends what is pending first, gives up after the grace time, and ends once", async () => {
    const test = await TestServer.start();
    const [reader, stuck] = [test.connect(), test.connect()];
    stuck.stopReading();
    await test.ask(stuck, "BIG 5000\n");
    await test.ask(reader, "HOST wait w\n");
    let ended = false;
    void test.server.ended.then(() => {
      ended = true;
    });
    const stopped = test.server.stop();
    expect(test.server.stop()).toBe(stopped);
    await turn();
    expect([reader.closed, stuck.closed, ended]).toEqual([true, false, false]);
    test.clock.advance(STOP_GRACE_MS);
    await stopped;
    expect([stuck.closed, ended]).toEqual([true, true]);
    expect(test.clock.timerCount).toBe(0);
    expect(test.fake.sessions.size).toBe(0);
  });

  it("ends on shutdown, from within a handler's turn too", async () => {
    const test = await TestServer.start();
    const client = test.connect();
    await turn();
    test.server.shutdown();
    await test.server.ended;
    expect(client.closed).toBe(true);
  });
});

describe("sessions", () => {
  it("show names, numbers and engine fields, and go back to a new session's state", async () => {
    const test = await TestServer.start();
    const client = test.connect();
    await test.ask(client, "PING\nPIN");
    const session = test.session(1);
    if (session === undefined) throw new Error("no session");
    expect(session).toMatchObject({ id: 1, address: "memory:50000", localAddress: "memory:6379", fileDescriptor: -1 });
    expect(session).toMatchObject({ database: 0, protocol: 2, authenticated: true, lastCommand: "command0", inputBytes: 3 });
    session.setDatabase(5);
    session.setProtocol(3);
    session.noTouch = true;
    session.name = "worker";
    session.libraryName = "lib";
    session.setAuthenticated(false);
    expect(session).toMatchObject({ database: 5, protocol: 3, noTouch: true, authenticated: false });
    session.reset();
    expect(session).toMatchObject({ database: 0, protocol: 2, noTouch: false, authenticated: true, name: "", libraryName: "lib" });
    test.limits.requireAuth = true;
    session.reset();
    expect(session.authenticated).toBe(false);
    const late = test.connect();
    await turn();
    expect(test.session(2)?.authenticated).toBe(false);
    late.close();
    client.close();
    await turn();
    session.setDatabase(3);
    expect(session).toMatchObject({ database: 0, protocol: 2, outputBytes: 0, lastCommand: "" });
  });

  it("belong to a run with an id of forty hex digits", async () => {
    const test = await TestServer.start();
    expect(test.server.runId).toMatch(/^[0-9a-f]{40}$/);
  });
});
