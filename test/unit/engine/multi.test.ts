/**
 * Goal: a queue runs as one unit. Its effects are one commit, whatever runs inside and however it ends; WATCH finds every change and
 * nothing else; a connection's bytes may be cut anywhere; and all memory comes back.
 * Method: sessions that run random commands over few keys, beside a model (watch-model.ts), their effects replayed by another engine;
 * the host's part played by hand.
 */
import { describe, expect, it } from "vitest";
import { SESSION_MULTI, SESSION_PROTOCOL } from "../../../assembly/abi/layout.ts";
import {
  EXECUTE_HOST_COMMAND,
  EXECUTE_YIELD,
  SETTING_EFFECTS,
  SETTING_MAX_PAGES,
  STATUS_INVALID,
  STATUS_OK,
} from "../../../assembly/abi/status.ts";
import { BUILDS, type BuildName, bulk, engineBuilt, request, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import { WatchModel, WatchSession } from "./watch-model.ts";

const STEPS = { debug: 8000, release: 30_000 };
const DATABASES = 3;
const KEYS = ["a", "b", "c", "k:1", "a longer key that does not fit a small block"];
const COMMIT = "*0\r\n";

function logging(build: BuildName): { readonly engine: TestEngine; readonly session: number } {
  const engine = new TestEngine(build);
  engine.configure(SETTING_EFFECTS, 1);
  return { engine, session: engine.open() };
}

function requests(...commands: readonly string[]): string {
  return commands.map((command) => request(command.split(" "))).join("");
}

/** How many commits effects have. */
function commits(effects: string): number {
  return effects.split(COMMIT).length - 1;
}

function randomCommand(random: RandomInput, nowMs: number): readonly string[] {
  const key = (): string => random.pick(KEYS);
  const database = (): string => String(random.below(DATABASES));
  const commands: readonly (() => readonly string[])[] = [
    () => ["MULTI"],
    () => ["MULTI"],
    () => ["EXEC"],
    () => ["EXEC"],
    () => ["EXEC"],
    () => ["DISCARD"],
    () => ["UNWATCH"],
    () => ["WATCH", key()],
    () => ["WATCH", key(), key(), key()],
    () => ["SELECT", database()],
    () => ["SET", key(), String(random.below(100))],
    () => ["SET", key(), String(random.below(100)), "PXAT", String(nowMs + 1 + random.below(60))],
    () => ["GET", key()],
    () => ["GET", key()],
    () => ["INCR", key()],
    () => ["DEL", key()],
    () => ["PEXPIREAT", key(), String(nowMs + 1 + random.below(60))],
    () => ["RENAME", key(), key()],
    () => (random.below(4) === 0 ? ["FLUSHDB"] : ["GET", key()]),
    () => (random.below(2) === 0 ? ["SWAPDB", database(), database()] : ["GET", key()]),
  ];
  return random.pick(commands)();
}

describe.skipIf(!engineBuilt)("transactions", () => {
  for (const build of BUILDS) {
    it(`of several sessions do what the model does, and replay (${build}, seed ${TEST_SEED})`, () => {
      const { engine, session } = logging(build);
      const replica = new TestEngine(build);
      engine.finish(session);
      const before = engine.memoryByPurpose();
      const random = randomInput(TEST_SEED);
      const model = new WatchModel(DATABASES);
      const sessions = Array.from({ length: 6 }, () => ({ handle: engine.open(), model: new WatchSession(model) }));
      let nowMs = START_MS;
      let [ran, broken] = [0, 0];
      for (let step = 0; step < STEPS[build] * TEST_LENGTH; step++) {
        nowMs += random.below(3);
        model.nowMs = nowMs;
        const { handle, model: twin } = random.pick(sessions);
        const args = randomCommand(random, nowMs);
        const wasQueueing = twin.isQueueing;
        const reply = engine.command(handle, args, nowMs);
        expect(reply, `step ${step}: ${args.join(" ")}`).toBe(twin.run(args));
        if (reply === "*-1\r\n") broken++;
        else if (reply.startsWith("*")) ran++;
        if (random.below(40) === 0) engine.maintain(nowMs, 1 + random.below(40), random.below(2) === 0);
        const effects = engine.takeEffects();
        if (wasQueueing && args[0] === "EXEC") expect(commits(effects)).toBeLessThanOrEqual(2);
        expect(replica.replay(effects, nowMs)).toBe(STATUS_OK);
        if (step % 500 === 0) engine.check();
      }
      expect(Math.min(ran, broken)).toBeGreaterThan(100);
      engine.settle(nowMs);
      replica.replay(engine.takeEffects(), nowMs);
      replica.settle(nowMs);
      expect(replica.digest()).toBe(engine.digest());
      for (const { handle } of sessions) engine.close(handle);
      const last = engine.open();
      engine.command(last, ["FLUSHALL"], nowMs);
      engine.settle(nowMs);
      engine.takeEffects();
      engine.finish(last);
      expect(engine.memoryByPurpose()).toEqual(before);
    });

    it(`are one commit over databases, errors and reads (${build})`, () => {
      const { engine, session } = logging(build);
      engine.send(session, requests("SET before 1", "MULTI", "SET a 1", "INCR a", "SELECT 2", "SET b x", "INCR b", "GET b", "DEL b"));
      expect(commits(engine.takeEffects())).toBe(1);
      const { reply } = engine.send(session, requests("EXEC", "SET after 1"));
      const error = "-ERR value is not an integer or out of range\r\n";
      expect(reply).toBe(`*7\r\n+OK\r\n:2\r\n+OK\r\n+OK\r\n${error}${bulk("x")}:1\r\n+OK\r\n`);
      const effects = engine.takeEffects();
      expect(commits(effects)).toBe(2);
      expect(effects.slice(0, effects.indexOf(COMMIT))).toContain(request(["del", "b"]));
      expect(effects.indexOf("after")).toBeGreaterThan(effects.indexOf(COMMIT));
      engine.send(session, requests("MULTI", "GET a", "EXEC", "MULTI", "EXEC"));
      expect(engine.takeEffects()).toBe("");
    });

    it(`log the expired keys that they meet in their commit (${build})`, () => {
      const { engine, session } = logging(build);
      engine.send(session, requests(`SET a 1 PXAT ${START_MS + 5}`, "MULTI", "SET b 1", "GET a", "SET c 1"));
      engine.takeEffects();
      expect(engine.send(session, requests("EXEC"), START_MS + 10).reply).toBe("*3\r\n+OK\r\n$-1\r\n+OK\r\n");
      const effects = engine.takeEffects();
      expect(commits(effects)).toBe(1);
      expect(effects).toContain(request(["DEL", "a"]));
    });

    it(`may be cut at every byte (${build})`, () => {
      const large = "x".repeat(300);
      const stream =
        requests("WATCH k", "MULTI", "SET k 1", "GET k") + request(["SET", "large", large]) + requests("EXEC", "MULTI", "DISCARD", "PING");
      const reply = "+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n$1\r\n1\r\n+OK\r\n+OK\r\n+OK\r\n+PONG\r\n";
      const engine = new TestEngine(build);
      for (let cut = 1; cut < stream.length; cut++) {
        const session = engine.open();
        const first = engine.send(session, stream.slice(0, cut)).reply;
        expect(first + engine.send(session, stream.slice(cut)).reply, `cut at ${cut}`).toBe(reply);
        engine.close(session);
      }
    });

    it(`queue values that arrive in pieces (${build})`, () => {
      const engine = new TestEngine(build);
      const session = engine.open();
      const value = "v".repeat(700_000);
      const stream = requests("MULTI") + request(["SET", "k", value]) + requests("STRLEN k", "EXEC", "GET absent");
      expect(engine.send(session, stream).reply).toBe("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:700000\r\n$-1\r\n");
    });
  }
});

describe.skipIf(!engineBuilt)("the host's commands inside a transaction", () => {
  for (const build of BUILDS) {
    it(`are asked for one by one, in the same commit (${build})`, () => {
      const { engine, session } = logging(build);
      const input = requests("SET a 1", "MULTI", "SET b 1", "CONFIG GET x", "INCR b", "TIME", "EXEC", "SET c 1");
      const first = engine.run(session, input);
      expect(first.status).toBe(EXECUTE_HOST_COMMAND);
      expect(engine.hostCommand().args).toEqual(["CONFIG", "GET", "x"]);
      expect(engine.call("suspend", session)).toBe(STATUS_INVALID);
      engine.answer("+one\r\n");
      expect(engine.resume(session).status).toBe(EXECUTE_HOST_COMMAND);
      expect(engine.hostCommand().args).toEqual(["TIME"]);
      engine.answer("+two\r\n");
      // The reply is shown before input behind it runs.
      const last = engine.resume(session);
      expect(last.status).toBe(EXECUTE_YIELD);
      expect(last.reply.endsWith("*4\r\n+OK\r\n+one\r\n:2\r\n+two\r\n")).toBe(true);
      expect(commits(engine.takeEffects())).toBe(2);
      engine.call("reply_clear");
      expect(engine.resume(session).reply).toBe("+OK\r\n");
      expect(commits(engine.takeEffects())).toBe(1);
    });

    it(`may need to be prepared, while others run (${build})`, () => {
      const engine = new TestEngine(build);
      const [session, other] = [engine.open(), engine.open()];
      const start = (): void => {
        expect(engine.run(session, requests("WATCH k", "MULTI", "SQL x", "GET k", "EXEC", "PING")).status).toBe(EXECUTE_HOST_COMMAND);
        expect(engine.hostCommand().args).toEqual(["EXEC"]);
        expect(engine.call("suspend", session)).toBe(STATUS_OK);
      };
      start();
      engine.command(other, ["SET", "other", "1"]);
      engine.call("reply_clear");
      expect(engine.resume(session).status).toBe(EXECUTE_HOST_COMMAND);
      expect(engine.hostCommand().args).toEqual(["SQL", "x"]);
      engine.answer("+rows\r\n");
      const done = engine.resume(session);
      expect([done.status, done.reply]).toEqual([EXECUTE_YIELD, "*2\r\n+rows\r\n$-1\r\n"]);
      engine.call("reply_clear");
      expect(engine.resume(session).reply).toBe("+PONG\r\n");

      start();
      engine.command(other, ["SET", "k", "1"]);
      engine.call("reply_clear");
      expect(engine.resume(session)).toEqual({ status: 0, reply: "*-1\r\n+PONG\r\n" });

      engine.command(other, ["DEL", "k"]);
      start();
      engine.call("reply_clear");
      engine.answer("-ERR cannot be loaded\r\n");
      expect(engine.resume(session)).toEqual({ status: 0, reply: "-ERR cannot be loaded\r\n+PONG\r\n" });
      expect(engine.command(session, ["EXEC"])).toBe("-ERR EXEC without MULTI\r\n");
    });

    it(`end with the session, and what has run is a commit (${build})`, () => {
      const { engine, session } = logging(build);
      expect(engine.run(session, requests("MULTI", "SET a 1", "TIME", "SET b 1", "EXEC")).status).toBe(EXECUTE_HOST_COMMAND);
      engine.close(session);
      const effects = engine.takeEffects();
      expect(commits(effects)).toBe(1);
      expect(effects).toContain(request(["set", "a", "1"]));
      const other = engine.open();
      expect(engine.command(other, ["MGET", "a", "b"])).toBe("*2\r\n$1\r\n1\r\n$-1\r\n");
      engine.command(other, ["SET", "c", "1"]);
      expect(commits(engine.takeEffects())).toBe(1);
    });
  }
});

describe.skipIf(!engineBuilt)("sessions in a transaction", () => {
  for (const build of BUILDS) {
    it(`are reset by the host, and give back all memory (${build})`, () => {
      const engine = new TestEngine(build);
      engine.finish(engine.open());
      const before = engine.memoryByPurpose();
      const handles = Array.from({ length: 300 }, () => engine.open());
      for (const [index, handle] of handles.entries()) {
        const keys = Array.from({ length: 1 + (index % 40) }, (_, each) => `key:${(index * 7 + each) % 100}`);
        expect(engine.send(handle, request(["WATCH", ...keys, ...keys]) + requests("MULTI", "SET a 1")).reply).toBe(
          "+OK\r\n+OK\r\n+QUEUED\r\n",
        );
      }
      const writer = engine.open();
      for (let each = 0; each < 100; each += 2) engine.command(writer, ["SET", `key:${each}`, "1"]);
      for (const [index, handle] of handles.entries()) {
        const isBroken = Array.from({ length: 1 + (index % 40) }, (_, each) => ((index * 7 + each) % 100) % 2).includes(0);
        if (index % 3 === 0) engine.set(handle, SESSION_MULTI, 0);
        else if (index % 3 === 1) expect(engine.command(handle, ["EXEC"])).toBe(isBroken ? "*-1\r\n" : "*1\r\n+OK\r\n");
        engine.close(handle);
      }
      engine.command(writer, ["FLUSHALL"]);
      engine.settle();
      engine.finish(writer);
      expect(engine.memoryByPurpose()).toEqual(before);
    });

    it(`are told of memory that is not there, and EXEC runs nothing (${build})`, () => {
      const engine = new TestEngine(build);
      const session = engine.open();
      engine.configure(SETTING_MAX_PAGES, engine.pages);
      engine.send(session, requests("MULTI", "SET a 1"));
      const value = "v".repeat(100_000);
      let reply = "";
      for (let index = 0; index < 100_000 && reply !== "-OOM"; index++) reply = engine.command(session, ["SET", "k", value]).slice(0, 4);
      expect(reply).toBe("-OOM");
      expect(engine.command(session, ["EXEC"])).toBe("-EXECABORT Transaction discarded because of previous errors.\r\n");
      expect(engine.send(session, requests("EXISTS a k", "SET k 1", "MULTI", "GET k", "EXEC")).reply).toBe(
        ":0\r\n+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n$1\r\n1\r\n",
      );
    });

    it(`begin no queue and no watch inside BEGIN (${build})`, () => {
      const engine = new TestEngine(build);
      const session = engine.open();
      expect(engine.call("transaction_begin", session, 1, START_MS)).toBe(0);
      const refusal = (name: string): string =>
        `-ERR ${name} cannot be run inside a transaction. Please COMMIT or ROLLBACK first. [25001]\r\n`;
      const replies = ["MULTI", "WATCH", "EXEC"].map(refusal).join("");
      expect(engine.send(session, requests("MULTI", "WATCH k", "EXEC")).reply).toBe(replies);
      engine.close(session);
    });

    it(`hear of what another one's transaction commits, and of nothing before (${build})`, () => {
      const engine = new TestEngine(build);
      const [watcher, writer] = [engine.open(), engine.open()];
      const outcome = (): string => engine.send(watcher, requests("MULTI", "PING", "EXEC")).reply.split("\r\n")[2]!;
      const change = requests("SET k 2", "DEL l", "EXPIRE m 100", "SET n 2");
      engine.send(writer, requests("SET k 1", "SET l 1", "SET m 1"));
      for (const key of ["k", "l", "m", "n"]) {
        engine.command(watcher, ["WATCH", key]);
        engine.call("transaction_begin", writer, 1, START_MS);
        engine.send(writer, change);
        expect(outcome()).toBe("*1");
        engine.command(watcher, ["WATCH", key]);
        engine.call("transaction_rollback", writer);
        expect(outcome()).toBe("*1");
      }
      for (const key of ["k", "l", "m", "n"]) {
        engine.command(watcher, ["WATCH", key]);
        engine.call("transaction_begin", writer, 1, START_MS);
        engine.send(writer, change);
        expect(engine.call("transaction_commit", writer, START_MS)).toBe(0);
        expect(outcome(), key).toBe("*-1");
        engine.send(writer, requests("SET l 1"));
      }
    });

    it(`get RESP3's null for a watch that is broken (${build})`, () => {
      const engine = new TestEngine(build);
      const session = engine.open();
      engine.set(session, SESSION_PROTOCOL, 3);
      expect(engine.send(session, requests("WATCH k", "SET k 1", "MULTI", "PING", "EXEC")).reply).toBe(
        "+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n_\r\n",
      );
    });
  }
});
