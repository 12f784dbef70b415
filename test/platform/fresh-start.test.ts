/**
 * Goal: `npm start` is all that somebody with a clone needs: it builds what is stale, prints one line that ends in
 * `ready on HOST:PORT`, serves, and hands signals to the server.
 * Method: npm as a process, from another folder, on a port that the system picks. Needs a shell with `exec`, hence not run on Windows.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { openClient } from "../support/raw-client.ts";
import { ownEnvironment } from "../support/test-server.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const READY = /^memflux ready on 127\.0\.0\.1:(\d+)\n$/;

describe.skipIf(process.platform === "win32")("npm start", () => {
  it("prints the ready line alone, serves, and ends by a signal with nothing left behind", async () => {
    const folder = mkdtempSync(join(tmpdir(), "memflux-start-"));
    const args = ["--silent", "--prefix", ROOT, "start", "--", "--port", "0", "--dir", folder];
    const child = spawn("npm", args, { cwd: folder, env: ownEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let problems = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      problems += text;
    });
    onTestFinished(() => {
      child.kill("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    });
    const closed = new Promise<number | null>((resolve) => child.once("close", (status) => resolve(status)));
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.endsWith("\n")) resolve();
      });
      child.once("error", reject);
      child.once("close", (status) => reject(new Error(`npm start ended with status ${status}: ${output}${problems}`)));
    });
    expect(output).toMatch(READY);
    const address = { host: "127.0.0.1", port: Number(READY.exec(output)?.[1]) };
    const client = await openClient(address);
    expect(await client.call("SET", "key", "value")).toEqual({ kind: "simple", text: "OK" });
    child.kill("SIGTERM");
    await client.readEnd();
    expect(await closed).toBe(0);
    expect(output).toMatch(READY);
    await expect(openClient(address)).rejects.toThrow(/ECONNREFUSED/);
  });
});
