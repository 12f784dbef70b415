/**
 * Goal: the transcripts' notation says what it seems to say, and a wrong reply is found. Tests that compare are worth what
 * their comparison is worth.
 * Method: notation and decoder on written-out cases; the runner on a server of a few lines that is told what to answer.
 */
import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { parseCommandLine, printCommandLine, quote } from "../support/command-line.ts";
import { type Reply, ReplyDecoder } from "../support/reply.ts";
import { matches, parseExpected, printReply } from "../support/reply-text.ts";
import type { TestServer } from "../support/test-server.ts";
import { playScenario } from "./runner.ts";
import { parseTranscript } from "./transcript.ts";

function decode(bytes: string): Reply {
  const decoder = new ReplyDecoder();
  decoder.push(Buffer.from(bytes, "latin1"));
  const reply = decoder.next();
  if (reply === undefined) throw new Error("incomplete");
  return reply;
}

describe("the notation of replies", () => {
  const PAIRS: readonly (readonly [string, string])[] = [
    ["+OK\r\n", "+OK"],
    ["-ERR no\r\n", "-ERR no"],
    ["-ERR trailing \r\n", '-"ERR trailing "'],
    [":-5\r\n", ":-5"],
    [",1.50\r\n", ",1.50"],
    [",inf\r\n", ",inf"],
    ["(123\r\n", "(123"],
    ["#t\r\n", "#t"],
    ["$3\r\na\r\n\r\n", '"a\\r\\n"'],
    ["$1\r\n\xff\r\n", '"\\xff"'],
    ["$-1\r\n", "(nil)"],
    ["*-1\r\n", "(nil array)"],
    ["_\r\n", "(null)"],
    ["=5\r\ntxt:x\r\n", '="txt:x"'],
    ["!3\r\nE x\r\n", '!"E x"'],
    ["*3\r\n:1\r\n+a\r\n*0\r\n", '[:1, +"a", []]'],
    ["~1\r\n:1\r\n", "~[:1]"],
    [">1\r\n+x\r\n", '>[+"x"]'],
    ["%1\r\n+k\r\n:1\r\n", '%{+"k" => :1}'],
  ];

  it.each(PAIRS)("%j reads %s", (bytes, text) => {
    const reply = decode(bytes);
    expect(printReply(reply)).toBe(text);
    expect(matches(parseExpected(text), reply)).toBe(true);
  });

  it("tells every pair apart", () => {
    for (const [bytes] of PAIRS) {
      for (const [other, text] of PAIRS) expect(matches(parseExpected(text), decode(bytes)), `${bytes} as ${text}`).toBe(bytes === other);
    }
  });

  it.each([
    ["<integer 1 3>", ":3\r\n", ":4\r\n"],
    ["<bulk /^a.c$/>", "$3\r\nabc\r\n", "+abc\r\n"],
    ["<bulk /\\/$/>", "$2\r\na/\r\n", "$1\r\na\r\n"],
    ["<error /^ERR/>", "-ERR x\r\n", "-OOM x\r\n"],
    ["<unordered [:1, :2]>", "*2\r\n:2\r\n:1\r\n", "*2\r\n:2\r\n:2\r\n"],
    ["<unordered ~[:1]>", "~1\r\n:1\r\n", "*1\r\n:1\r\n"],
    ["<subset [:1]>", "*2\r\n:2\r\n:1\r\n", "*1\r\n:2\r\n"],
    ['<subset %{"a" => :1}>', "%2\r\n$1\r\nb\r\n:2\r\n$1\r\na\r\n:1\r\n", "%1\r\n$1\r\na\r\n:2\r\n"],
    ["<array>", "*1\r\n:2\r\n", "~1\r\n:2\r\n"],
    ["[<any>, :1]", "*2\r\n_\r\n:1\r\n", "*1\r\n:1\r\n"],
  ])("%s takes %j and not %j", (text, good, bad) => {
    expect(matches(parseExpected(text), decode(good))).toBe(true);
    expect(matches(parseExpected(text), decode(bad))).toBe(false);
  });

  it.each(["nonsense", "[:1", '"open', ":1 :2", "<nothing>", "%{:1}"])("refuses %s", (text) => {
    expect(() => parseExpected(text)).toThrow();
  });

  it.each(["?x\r\n", ":x\r\n", "$-2\r\n", "$1\r\nab\r\n", "#x\r\n", "*x\r\n", "_x\r\n", "+a\nb\r\n"])(
    "finds that %j is not RESP",
    (bytes) => {
      expect(() => decode(bytes)).toThrow("of the stream");
    },
  );

  it("decodes a stream cut anywhere", () => {
    const bytes = Buffer.from("*2\r\n$3\r\na\r\n\r\n%1\r\n+k\r\n_\r\n:5\r\n", "latin1");
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoder = new ReplyDecoder();
      const replies: Reply[] = [];
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        decoder.push(part);
        for (let reply = decoder.next(); reply !== undefined; reply = decoder.next()) replies.push(reply);
      }
      expect(replies.map(printReply)).toEqual(['["a\\r\\n", %{+"k" => (null)}]', ":5"]);
    }
  });
});

describe("the notation of requests", () => {
  it.each([
    ["SET k v", ["SET", "k", "v"]],
    ['SET "a b" "\\x00\\r\\n\\"" ""', ["SET", "a b", '\x00\r\n"', ""]],
    ["ECHO 'it\\'s' ä", ["ECHO", "it's", "\xc3\xa4"]],
    ["ECHO %{ab*3}", ["ECHO", "ababab"]],
  ])("%s", (line, args) => {
    expect(parseCommandLine(line)).toEqual(args);
    expect(parseCommandLine(printCommandLine(args))).toEqual(args);
  });

  it("refuses open quotes and text behind them", () => {
    for (const line of ['"a', "'a", '"a"b', '"\\q"']) expect(() => parseCommandLine(line)).toThrow();
  });

  it("quotes any byte", () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    expect(parseCommandLine(quote(all))).toEqual([all]);
  });
});

describe("the runner", () => {
  let server: Server | undefined;
  afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

  /** A server that answers each request by its name, FLUSHALL, PING and ECHO properly. */
  async function serve(answers: Readonly<Record<string, string>>): Promise<TestServer> {
    server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => {
        for (const request of data.toString("latin1").split(/(?=\*\d+\r\n)/)) {
          const [, , name = "", , argument = ""] = request.split("\r\n");
          if (name === "ECHO") socket.write(`$${argument.length}\r\n${argument}\r\n`);
          else if (name === "BYE") socket.end();
          else socket.write(answers[name] ?? "+OK\r\n");
        }
      });
    });
    const port = await new Promise<number>((resolve) =>
      server!.listen(0, "127.0.0.1", () => resolve((server!.address() as { port: number }).port)),
    );
    return {
      kind: "memflux",
      host: "127.0.0.1",
      port,
      processId: 0,
      directory: "",
      output: () => "",
      exited: Promise.resolve(0),
      stop: async () => {},
    };
  }

  async function play(lines: string, answers: Readonly<Record<string, string>>): Promise<string> {
    const [scenario] = parseTranscript(`== test\n@protocol 2\n${lines}`, "test.resp");
    const mismatch = await playScenario(await serve(answers), scenario!, 2);
    return mismatch === undefined ? "as written" : `${mismatch.line}: ${mismatch.request}: ${mismatch.actual}`;
  }

  it("is content when all is as written", async () => {
    expect(await play("> GET a\n> GET b\n:1\n:1\n> BYE\nclosed", { GET: ":1\r\n" })).toBe("as written");
  });

  it("finds a wrong value and names line and request", async () => {
    expect(await play("> SET k v\n+OK\n> GET a\n:2", { GET: ":1\r\n" })).toBe("6: GET a: :1");
  });

  it("finds a wrong type", async () => {
    expect(await play('> GET a\n"1"', { GET: ":1\r\n" })).toBe("4: GET a: :1");
  });

  it("finds a reply too many", async () => {
    expect(await play("> GET a\n:1", { GET: ":1\r\n:2\r\n" })).toBe("1: (end of the scenario, connection main): :2");
  });

  it("finds a connection that stays open", async () => {
    expect(await play("> GET a\nclosed", { GET: ":1\r\n" })).toMatch(/instead of closing/);
  });

  it("finds a connection that is closed", async () => {
    expect(await play("> BYE\n+OK", {})).toMatch(/closed the connection/);
  });

  it("never takes an unrecorded reply as good", async () => {
    expect(await play("> GET a\n?", { GET: ":1\r\n" })).toBe("4: GET a: :1");
  });
});
