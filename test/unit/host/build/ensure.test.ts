/**
 * Goal: `npm start` and `npm test` build and install exactly when something is missing or stale, whatever file times say.
 * Method: ensure.mjs and stamp.mjs are copied into a small repository of their own, whose build is three lines, and whose
 * npm only leaves a trace; each case changes one thing and looks at what ran.
 */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const BUILD = fileURLToPath(new URL("../../../../host/build", import.meta.url));
const FAKE_BUILD = `
import { appendFileSync, writeFileSync } from "node:fs";
import { clearStamp, readSources, writeStamp } from "./stamp.mjs";
const sources = readSources();
clearStamp();
appendFileSync("trace", "build\\n");
writeFileSync("assembly/generated.ts", "");
writeFileSync("dist/program.js", "");
if (process.env.CUT_OFF) process.exit(3);
writeStamp(sources, ["dist/program.js"], ["assembly/generated.ts"]);
`;

let root = "";

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Sets a file's time to so many seconds from now. */
function age(path: string, seconds: number): void {
  const time = Date.now() / 1000 + seconds;
  utimesSync(join(root, path), time, time);
}

/** Runs ensure.mjs and tells what ran, in order. */
function ensure(
  args: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): { readonly ran: string; readonly status: number | null } {
  writeFileSync(join(root, "trace"), "");
  const env = { ...process.env, PATH: `${join(root, "bin")}${delimiter}${process.env.PATH}`, ...more };
  const { status } = spawnSync(process.execPath, ["host/build/ensure.mjs", ...args], { cwd: root, env });
  return { ran: readFileSync(join(root, "trace"), "utf8").trim().replaceAll("\n", " "), status };
}

const NOTHING = { ran: "", status: 0 };
const BUILT = { ran: "build", status: 0 };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "memflux-ensure-"));
  for (const name of ["ensure.mjs", "stamp.mjs"]) {
    mkdirSync(join(root, "host/build"), { recursive: true });
    copyFileSync(join(BUILD, name), join(root, "host/build", name));
  }
  write("host/build/build.mjs", FAKE_BUILD);
  for (const file of ["package.json", "package-lock.json", "asconfig.json", "tsconfig.json", "assembly/index.ts"]) write(file, "1");
  for (const file of ["test/package-lock.json", "node_modules/.package-lock.json", "test/node_modules/.package-lock.json"])
    write(file, "1");
  write("bin/npm", `#!/bin/sh\necho "install-in-$(basename "$PWD" | sed 's/memflux-ensure-.*/root/')" >> "${root}/trace"\n`);
  chmodSync(join(root, "bin/npm"), 0o755);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a fresh clone is built once", () => {
  expect(ensure()).toEqual(BUILT);
  expect(ensure()).toEqual(NOTHING);
});

test("content decides, not time", () => {
  ensure();
  age("assembly/index.ts", 60);
  expect(ensure()).toEqual(NOTHING);
  appendFileSync(join(root, "assembly/index.ts"), "2");
  age("assembly/index.ts", -3600);
  expect(ensure()).toEqual(BUILT);
});

test.each(["package.json", "asconfig.json", "host/new/file.ts", "grammar/Sql.g4"])("a change of %s is seen", (path) => {
  ensure();
  write(path, "changed");
  expect(ensure()).toEqual(BUILT);
});

test("a source that is gone is seen, a document is no source", () => {
  write("host/old.ts", "1");
  ensure();
  rmSync(join(root, "host/old.ts"));
  expect(ensure()).toEqual(BUILT);
  write("host/README.md", "1");
  expect(ensure()).toEqual(NOTHING);
});

test.each(["dist", "dist/program.js", "dist/.stamp", "assembly/generated.ts"])("without %s it is built again", (path) => {
  ensure();
  rmSync(join(root, path), { recursive: true });
  expect(ensure()).toEqual(BUILT);
  expect(ensure()).toEqual(NOTHING);
});

test("a build that was cut off is done again", () => {
  expect(ensure([], { CUT_OFF: "1" })).toEqual({ ran: "build", status: 3 });
  expect(ensure()).toEqual(BUILT);
  appendFileSync(join(root, "assembly/index.ts"), "2");
  expect(ensure([], { CUT_OFF: "1" })).toEqual({ ran: "build", status: 3 });
  expect(ensure()).toEqual(BUILT);
});

test("packages are installed when the lock is newer, and not again although npm found nothing to do", () => {
  ensure();
  age("node_modules/.package-lock.json", -60);
  expect(ensure()).toEqual({ ran: "install-in-root", status: 0 });
  expect(ensure()).toEqual(NOTHING);
});

test("packages of tests are installed only for tests", () => {
  ensure();
  age("test/node_modules/.package-lock.json", -60);
  expect(ensure()).toEqual(NOTHING);
  expect(ensure(["--test"])).toEqual({ ran: "install-in-test", status: 0 });
});

test("linked packages are left alone", () => {
  ensure();
  rmSync(join(root, "node_modules"), { recursive: true });
  symlinkSync(join(root, "test"), join(root, "node_modules"));
  expect(ensure()).toEqual(NOTHING);
});
