/**
 * Goal: the built engine and assembly/abi agree with what the host reads, in release and in debug.
 * Method: the constants are compiled by both compilers and compared; then the built engine is asked without the host's door:
 * what it stores must lie where the constants say. Needs a build (`npm test` and `npm run check` make one).
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as layout from "../../assembly/abi/layout.ts";
import { EXECUTE_DONE, INPUT_CAPACITY, STATUS_OK } from "../../assembly/abi/status.ts";
import { checkDeclarations, compareConstants, documentedCalls, engineConstants, hostConstants, planFunctions } from "./abi-check.ts";
import { checkEngineExports, checkEngineImports, checkEngineText } from "./engine-check.ts";
import { ROOT, readText, report } from "./sources.ts";

const ABI_FILES = readdirSync(`${ROOT}/assembly/abi`)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `assembly/abi/${name}`);
const NOW_MS = 1_700_000_000_000;

function readBuilt(path: string): Uint8Array<ArrayBuffer> {
  if (!existsSync(`${ROOT}/${path}`)) throw new Error(`${path} is missing: run npm run build`);
  return new Uint8Array(readFileSync(`${ROOT}/${path}`));
}

type Call = (...values: number[]) => number;

/** The engine without the host: its calls, and its memory as it is now. */
function start(bytes: Uint8Array<ArrayBuffer>): {
  readonly call: (name: string, ...values: number[]) => number;
  readonly view: () => DataView;
} {
  const refuse = (): number => {
    throw new Error("the engine called out");
  };
  const wasi = new Proxy({}, { get: () => refuse });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { wasi_snapshot_preview1: wasi });
  const call = (name: string, ...values: number[]): number => (exports[name] as Call)(...values);
  (exports._initialize as () => void)();
  expect(call("engine_initialize", 1, 2)).toBe(STATUS_OK);
  return { call, view: () => new DataView((exports.memory as WebAssembly.Memory).buffer) };
}

describe("assembly/abi", () => {
  test.each(ABI_FILES)("%s declares plain constants, the same on both sides", async (path) => {
    const file = { path, text: readText(path) };
    expect(report(checkDeclarations(file))).toEqual([]);
    const host = await hostConstants(file);
    expect(Object.keys(host).length).toBeGreaterThan(0);
    expect(report(compareConstants(path, host, await engineConstants(file)))).toEqual([]);
  });
});

describe.each(["dist/engine.wasm", "dist/engine.debug.wasm"])("%s", (path) => {
  test("imports nothing but WASI", () => {
    expect(report(checkEngineImports(path, readBuilt(path)))).toEqual([]);
  });

  test("exports the documented calls", () => {
    expect(report(checkEngineExports(path, readBuilt(path), [...documentedCalls(), ...planFunctions()]))).toEqual([]);
  });

  test("keeps the control block and sessions where the constants say", () => {
    const { call, view } = start(readBuilt(path));
    const control = call("engine_control") >>> 0;
    const word = (offset: number): number => view().getUint32(control + offset, true);
    expect(word(layout.CONTROL_INPUT_CAPACITY)).toBe(INPUT_CAPACITY);
    const session = call("session_open") >>> 0;
    const fields = [layout.SESSION_AUTHENTICATED, layout.SESSION_DATABASE, layout.SESSION_NO_TOUCH];
    for (const field of fields) {
      expect(call("session_set", session, field, 1)).toBe(STATUS_OK);
      expect(view().getUint32(session + field, true)).toBe(1);
    }
    const request = Buffer.from("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*2\r\n$3\r\nGET\r\n$1\r\nz\r\n");
    const input = word(layout.CONTROL_INPUT_POINTER);
    new Uint8Array(view().buffer).set(request, input);
    expect(call("execute", session, input, request.length, NOW_MS)).toBe(EXECUTE_DONE);
    const reply = Buffer.from(view().buffer, word(layout.CONTROL_REPLY_POINTER), word(layout.CONTROL_REPLY_LENGTH));
    expect(reply.toString("latin1")).toBe("+OK\r\n$1\r\nv\r\n$-1\r\n");
    const database = word(layout.CONTROL_DATABASE_POINTER) + layout.DATABASE_SIZE;
    expect(view().getUint32(database + layout.DATABASE_KEYS, true)).toBe(1);
    const double = (offset: number): number => view().getFloat64(control + offset, true);
    expect([double(layout.CONTROL_HITS), double(layout.CONTROL_MISSES), double(layout.CONTROL_COMMANDS)]).toEqual([1, 1, 3]);
  });
});

test("the release engine has no managed runtime", () => {
  expect(report(checkEngineText("dist/engine.wat", Buffer.from(readBuilt("dist/engine.wat")).toString()))).toEqual([]);
});
