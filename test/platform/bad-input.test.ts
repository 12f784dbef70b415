/**
 * Goal: whatever is wrong with options, files or addresses, `memflux` says so in one line that names what to change, ends
 * with a status other than 0, and opens nothing.
 * Method: the program as a process; every case compares status, standard output and the one line on standard error.
 */
import { createPrivateKey } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPTION_TABLE } from "../../host/common/option-table.ts";
import { flagOf } from "../../host/common/options.ts";
import { openClient } from "../support/raw-client.ts";
import { freePort, prepare, startTarget } from "../support/test-server.ts";
import { type Outcome, runProgram, type Surroundings } from "./program.ts";
import { writeTlsPair } from "./tls-pair.ts";

let folder: string;
const path = (name: string): string => join(folder, name);

function writeConfig(name: string, content: unknown): string {
  writeFileSync(path(name), typeof content === "string" ? content : JSON.stringify(content));
  return path(name);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "memflux-bad-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `serve` on a free port in the test's folder, unless `args` say otherwise. */
function serve(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const given = args.map((argument) => argument.split("=")[0]);
  const usual = ["--port=0", `--dir=${folder}`].filter((flag) => !given.includes(flag.split("=")[0]));
  return runProgram(["serve", ...usual, ...args], surroundings);
}

/** One line on standard error that begins with the program's name and says `what`; nothing on standard output. */
function refusal(status: 1 | 2, what: RegExp): unknown {
  return { status, output: "", problems: expect.stringMatching(new RegExp(`^memflux: [^\\n]*(?:${what.source})[^\\n]*\\n$`)) };
}

describe("wrong options", () => {
  it.each<[string[], RegExp]>([
    [["--prot", "6379"], /unknown option --prot; did you mean --port\?/],
    [["--wholly-unknown"], /unknown option --wholly-unknown/],
    [["--no-port"], /unknown option --no-port/],
    [["--port"], /--port needs a value/],
    [["--port", "65536"], /65536 is not between 0 and 65535/],
    [["--port", "-1"], /-1 is not between 0 and 65535/],
    [["--port", "6379x"], /"6379x" is not a whole number/],
    [["--port="], /"" is not a whole number/],
    [["--port=1", "--port=2"], /--port is given twice/],
    [["--maxclients", "0"], /0 is not between 1 and 1000000/],
    [["--encrypt=perhaps"], /"perhaps" is neither yes nor no/],
    [["--no-encrypt=yes"], /--no-encrypt takes no value/],
    [["--client-query-buffer-limit", "12pb"], /"12pb" is not a size/],
    [["--proto-max-bulk-len", "1gb"], /1gb is not between/],
    [["--snapshot-file", "a.snap"], /--snapshot-file: not supported yet/],
    [["--isolation-level", "chaos"], /"chaos" is none of snapshot, serializable/],
    [["--compatibility", "memflux"], /--compatibility: not supported yet/],
    [["--durability", "never"], /"never" is none of none, fsync, full/],
    [["--databases", "17"], /17 is not between 16 and 16/],
    [["6379"], /unexpected argument "6379"/],
    [["--", "--port"], /unexpected argument "--port"/],
    [["-p", "6379"], /unexpected argument "-p"/],
  ])("%j", async (args, what) => {
    expect(await serve(args)).toEqual(refusal(2, what));
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ MEMFLUX_PROT: "1" }, /unknown variable MEMFLUX_PROT; did you mean MEMFLUX_PORT\?/],
    [{ MEMFLUX_MAXCLIENTS: "many" }, /MEMFLUX_MAXCLIENTS: "many" is not a whole number/],
    [{ MEMFLUX_TIMEOUT: "" }, /MEMFLUX_TIMEOUT: "" is not a whole number/],
    [{ MEMFLUX_SNAPSHOT_FILE: "a.snap" }, /MEMFLUX_SNAPSHOT_FILE: not supported yet/],
    [{ MEMFLUX_CONFIG: "/nowhere/memflux.json" }, /config file \/nowhere\/memflux\.json: ENOENT/],
  ])("%j", async (env, what) => {
    expect(await serve([], { env })).toEqual(refusal(2, what));
  });
});

describe("wrong config files", () => {
  it.each<[string, unknown, RegExp]>([
    ["an empty one", "", /Unexpected end of JSON input/],
    ["broken JSON", '{"port": 1,', /JSON/],
    ["broken JSON over several lines", '{\n  "port": 1\n  "host": "x"\n}', /JSON/],
    ["a key without quotes", "{\n  port: 1\n}", /JSON/],
    ["lines that are no JSON, which the message quotes", "port 1\nhost x\r\n", /JSON/],
    ["binary data", "\0\x01\x02\x7f", /JSON/],
    ["an array", "[1, 2]", /must be one JSON object/],
    ["a null", "null", /must be one JSON object/],
    ["an unknown key", { prot: 1 }, /unknown key "prot"; did you mean port\?/],
    ["a flag for a key", { "tcp-keepalive": 1 }, /unknown key "tcp-keepalive"; did you mean tcp_keepalive\?/],
    ["a config file in a config file", { config: "other.json" }, /unknown key "config"/],
    ["a value out of range", { maxclients: 0 }, /maxclients: 0 is not between/],
    ["a fraction", { maxclients: 1.5 }, /maxclients: "1.5" is not a whole number/],
    ["a number for a text", { requirepass: 12 }, /requirepass: must be text/],
    ["a list for a value", { maxclients: [1] }, /maxclients must be text, a number or a boolean/],
    ["a null for a value", { maxclients: null }, /maxclients must be text, a number or a boolean/],
    ["what is not supported", { compatibility: "memflux" }, /compatibility: not supported yet/],
  ])("%s", async (name, content, what) => {
    const file = writeConfig(`${name.replaceAll(" ", "-")}.json`, content);
    const outcome = await serve(["--config", file]);
    expect(outcome).toEqual(refusal(2, what));
    expect(outcome.problems).toContain(file);
  });

  it("that are missing, or a folder", async () => {
    expect(await serve(["--config", path("missing.json")])).toEqual(refusal(2, /config file .*missing\.json: ENOENT/));
    expect(await serve(["--config", folder])).toEqual(refusal(2, /config file .*: EISDIR/));
  });

  it("are told from good ones, which flags and variables overrule", async () => {
    const port = await freePort();
    const file = writeConfig("good.json", { port: 1, maxclients: 77, timeout: 5, requirepass: "from file" });
    const server = await startTarget({ options: { config: file, port: String(port), timeout: "6" } });
    const client = await openClient(server);
    expect(server.port).toBe(port);
    expect(await client.call("AUTH", "from file")).toEqual({ kind: "simple", text: "OK" });
    const replies = await client.pipeline([
      ["CONFIG", "GET", "maxclients"],
      ["CONFIG", "GET", "timeout"],
    ]);
    const texts = replies.map((reply) => "items" in reply && reply.items.map((item) => "text" in item && item.text));
    expect(texts).toEqual([
      ["maxclients", "77"],
      ["timeout", "6"],
    ]);
    await client.close();
    await server.stop();
  });
});

describe("CONFIG REWRITE", () => {
  it("keeps changes for the next start, and the file's permissions", async () => {
    const file = writeConfig("rewritten.json", { maxclients: 77 });
    chmodSync(file, 0o640);
    const first = await startTarget({ options: { config: file } });
    await prepare(first, ["CONFIG", "SET", "timeout", "55"], ["CONFIG", "REWRITE"]);
    await first.stop();
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ maxclients: 77, timeout: 55 });
    expect(statSync(file).mode & 0o777).toBe(0o640);
    const second = await startTarget({ options: { config: file } });
    const client = await openClient(second);
    expect(await client.call("CONFIG", "GET", "timeout")).toMatchObject({ items: [{ text: "timeout" }, { text: "55" }] });
    await client.close();
    await second.stop();
    expect(readdirSync(folder).filter((name) => name.startsWith("rewritten"))).toEqual(["rewritten.json"]);
  });

  it("answers an error where there is no file, or no longer one, and leaves nothing behind", async () => {
    const without = await startTarget();
    await expect(prepare(without, ["CONFIG", "REWRITE"])).rejects.toThrow(/running without a config file/);
    await without.stop();
    mkdirSync(path("vanishing"));
    const file = writeConfig("vanishing/memflux.json", { maxclients: 77 });
    const server = await startTarget({ options: { config: file } });
    rmSync(path("vanishing"), { recursive: true });
    await expect(prepare(server, ["CONFIG", "REWRITE"])).rejects.toThrow(/Rewriting config file: .*ENOENT/);
    await prepare(server, ["PING"]);
    await server.stop();
  });
});

describe("wrong certificates and keys", () => {
  const encrypted = (certificate: string, key: string): Promise<Outcome> =>
    serve(["--encrypt", `--cert-file=${certificate}`, `--key-file=${key}`]);

  beforeAll(async () => {
    const { keyFile } = await writeTlsPair(folder, "good");
    await writeTlsPair(folder, "other");
    writeFileSync(path("nonsense"), "nonsense");
    writeFileSync(path("empty"), "");
    writeFileSync(path("cut.crt"), readFileSync(path("good.crt"), "utf8").slice(0, 400));
    writeFileSync(path("cut.key"), readFileSync(keyFile, "utf8").slice(0, 400));
    const key = createPrivateKey(readFileSync(keyFile));
    writeFileSync(path("locked.key"), key.export({ type: "pkcs8", format: "pem", cipher: "aes-128-cbc", passphrase: "secret" }));
    mkdirSync(path("folder"));
  });

  it.each<[string, string, RegExp]>([
    ["nonsense", "good.key", /nonsense is not a PEM certificate/],
    ["empty", "good.key", /empty is not a PEM certificate/],
    ["cut.crt", "good.key", /cut\.crt is not a PEM certificate/],
    ["good.key", "good.key", /good\.key is not a PEM certificate/],
    ["good.crt", "nonsense", /nonsense is not an unencrypted PEM private key/],
    ["good.crt", "cut.key", /cut\.key is not an unencrypted PEM private key/],
    ["good.crt", "locked.key", /locked\.key is not an unencrypted PEM private key/],
    ["good.crt", "other.key", /does not belong to the key .*other\.key/],
    ["good.crt", "missing.key", /exists but the key file .*missing\.key/],
    ["missing.crt", "good.key", /exists but the certificate file .*missing\.crt/],
    ["folder", "good.key", /folder.* cannot be read/],
    ["good.crt", "folder", /folder.* cannot be read/],
    ["nonsense/new.crt", "nonsense/new.key", /nonsense\/new\.(?:crt|key)/],
  ])("%s with %s", async (certificate, key, what) => {
    expect(await encrypted(path(certificate), path(key))).toEqual(refusal(1, what));
  });

  it("are looked for, and made, in the folder of the database, wherever the program was started", async () => {
    const [cwd, dir] = [path("started-here"), path("database")];
    mkdirSync(cwd);
    const port = await freePort();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    const outcome = await serve(["--encrypt", "--no-persistence", `--dir=${dir}`, `--port=${port}`], { cwd });
    expect(outcome).toEqual(refusal(1, /the port is in use/));
    expect(readdirSync(dir).sort()).toEqual(["memflux.crt", "memflux.key"]);
    expect(readdirSync(cwd)).toEqual([]);
    await new Promise((resolve) => taken.close(resolve));
  });

  it("do not matter without encryption", async () => {
    const server = await startTarget({ options: { "cert-file": path("nonsense"), "key-file": path("missing.key") } });
    const client = await openClient(server);
    expect(await client.call("PING")).toEqual({ kind: "simple", text: "PONG" });
    await client.close();
    await server.stop();
  });
});

describe("wrong addresses", () => {
  it("a port that another server has: one line, and the first goes on", async () => {
    const first = await startTarget();
    const outcome = await serve([`--port=${first.port}`]);
    expect(outcome).toEqual(refusal(1, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${first.port}: the port is in use`)));
    const client = await openClient(first);
    expect(await client.call("PING")).toEqual({ kind: "simple", text: "PONG" });
    await client.close();
    await first.stop();
  });

  it("a port that another program has, with encryption too", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await serve([`--port=${port}`, "--encrypt"])).toEqual(refusal(1, /the port is in use by another program/));
    await new Promise((resolve) => other.close(resolve));
  });

  it("an address of another machine, and texts that are none", async () => {
    expect(await serve(["--host=203.0.113.7"])).toEqual(refusal(1, /203\.0\.113\.7:0: the address does not belong to this machine/));
    expect(await serve(["--host=not an address"])).toEqual(refusal(1, /cannot listen on not an address:0/));
  });
});

describe("the command line", () => {
  it("prints help and version with status 0 and nothing else", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
    for (const args of [["--version"], ["-v"], ["version"]]) {
      expect(await runProgram(args)).toEqual({ status: 0, output: `memflux ${version}\n`, problems: "" });
    }
    for (const args of [[], ["help"], ["--help"], ["-h"]]) {
      expect(await runProgram(args)).toEqual({ status: 0, output: expect.stringContaining("memflux serve [options]"), problems: "" });
    }
    for (const args of [
      ["serve", "--help"],
      ["serve", "-h"],
      ["help", "serve"],
      ["serve", "--port", "nonsense", "--help"],
    ]) {
      const { status, output, problems } = await runProgram(args);
      expect({ status, problems }).toEqual({ status: 0, problems: "" });
      for (const row of OPTION_TABLE) expect(output).toContain(flagOf(row).slice(2));
      expect(Math.max(...output.split("\n").map((line) => line.length))).toBeLessThanOrEqual(140);
    }
    expect(await runProgram(["cli", "--help"])).toEqual({ status: 0, output: expect.stringContaining("memflux cli"), problems: "" });
  });

  it("refuses commands that there are not", async () => {
    expect(await runProgram(["sevre"])).toEqual(refusal(2, /unknown command "sevre"; did you mean serve\?/));
    expect(await runProgram(["--port", "1"])).toEqual(refusal(2, /unknown command "--port"/));
  });

  it("says why the shell cannot reach a server, and what it does not know", async () => {
    const port = String(await freePort());
    const unreachable = await runProgram(["cli", "-p", port, "PING"]);
    expect(unreachable).toEqual({
      status: 1,
      output: "",
      problems: expect.stringMatching(/^memflux cli: [^\n]*could not connect[^\n]*\n$/),
    });
    for (const args of [["--nonsense"], ["-p"], ["-p", "many"], ["-p", "65536"]]) {
      const outcome = await runProgram(["cli", ...args]);
      expect(outcome).toEqual({ status: 2, output: "", problems: expect.stringMatching(/^memflux cli: [^\n]+\n$/) });
    }
  });

  it("runs the shell's lines up to the end of its input, and tells by its status that one failed", async () => {
    const server = await startTarget();
    const login = ["cli", "-p", String(server.port)];
    const input = 'SET key "a b"\nGET key\n\nINCR key\nGET "unbalanced\nGET key\n';
    expect(await runProgram(login, { input })).toEqual({
      status: 1,
      output: "OK\na b\nERR value is not an integer or out of range\na b\n",
      problems: 'memflux cli: unbalanced quotes: GET "unbalanced\n',
    });
    expect(await runProgram([...login, "GET", "key"])).toEqual({ status: 0, output: "a b\n", problems: "" });
    expect(await runProgram([...login, "NOSUCH"])).toMatchObject({ status: 1 });
    await server.stop();
  });
});
