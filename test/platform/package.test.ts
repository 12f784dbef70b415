/**
 * Goal: what `npm install memflux` brings works for a program that knows nothing of this repository, types included, and is small.
 * Method: `npm pack`, unpacked as a package of an empty project; programs and a type check there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadExtension } from "../../host/extension/extension.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What the engine and what the library loads at once may weigh together, compressed as a web server would; SQL comes later. */
const GZIP_BYTES_MAX = 334_000;
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "memflux-package-"));
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  execFileSync("tar", ["xzf", join(project, filename), "-C", project]);
  mkdirSync(join(project, "node_modules"));
  renameSync(join(project, "package"), join(project, "node_modules/memflux"));
  // The packages that ours depends on are those of this clone.
  for (const name of ["antlr4ng", "picocolors", "selfsigned"])
    symlinkSync(join(ROOT, "node_modules", name), join(project, "node_modules", name));
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function run(program: string): string {
  writeFileSync(join(project, "program.js"), program);
  return execFileSync(process.execPath, ["program.js"], { cwd: project, encoding: "utf8" }).trim();
}

test("a program opens a database, writes, and finds it again", () => {
  const program = `
    import { DatabaseError, open } from "memflux";
    const db = await open({ dir: "data" });
    console.log(db.incr("runs"), await db.execute(["PING"]));
    try { db.rename("absent", "x"); } catch (error) { console.log(error instanceof DatabaseError, error.code); }
    const door = await db.serve({ port: 0 });
    console.log(door.port > 0);
    await db.close();`;
  expect(run(program)).toBe("1 PONG\ntrue NO_SUCH_KEY\ntrue");
  expect(run(program)).toBe("2 PONG\ntrue NO_SUCH_KEY\ntrue");
});

test("a program that opens a database in memory and forgets it ends by itself", () => {
  expect(run(`import { open } from "memflux"; const db = await open(); db.set("k", "v"); console.log(db.get("k"));`)).toBe("v");
});

test("the command line is there", () => {
  const text = execFileSync(process.execPath, [join(project, "node_modules/memflux/dist/memflux.js"), "version"], { encoding: "utf8" });
  expect(text).toMatch(/^memflux \d+\.\d+\.\d+\n$/);
});

test("the types fit a strict project, and refuse what does not work", () => {
  writeFileSync(
    join(project, "use.ts"),
    `import { DatabaseError, type EmbeddedDatabase, open, type ReplyValue } from "memflux";
     const db: EmbeddedDatabase = await open({ dir: "data", durability: "full", maxmemory_mb: 64 });
     const stored: boolean = db.set("k", 1, { ex: 5, nx: true });
     const text: string | null = db.get("k");
     const bytes: Uint8Array | null = db.bytes.get("k");
     const list: (string | null)[] = db.mget("a", ["b"]);
     const sum: number | bigint = db.incr("n");
     const document = db.json.get<{ readonly name: string }>("d");
     const name: string | undefined = document?.name;
     const lengths: (number | null)[] = db.json.arrLen("d", "$..list");
     const length: number | null = db.json.arrLen("d", ".list");
     // @ts-expect-error a path is text
     db.json.set("d", { name: "x" });
     const reply: ReplyValue = await db.execute(["GET", "k"], { signal: AbortSignal.timeout(10) });
     // @ts-expect-error an object is no value
     db.set("k", {});
     // @ts-expect-error there is no such level
     await open({ durability: "maybe" });
     // @ts-expect-error text is no number of seconds
     db.expire("k", "5");
     for (const key of db.scan({ match: "k*" })) key.toUpperCase();
     for (const key of db.select(1).bytes.scan()) key.byteLength;
     export const all = [stored, text, bytes, list, sum, reply, name, lengths, length, db.memory().used, db.stats().log?.durable, DatabaseError];
     export const code: boolean = db.failure?.code === "STORAGE_FULL";
     await db.close();`,
  );
  for (const lib of [
    ["es2022", "dom"],
    ["esnext", "dom"],
  ]) {
    const compilerOptions = { target: "es2022", lib, module: "nodenext", strict: true, noEmit: true, types: [], skipLibCheck: false };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    const check = (): string => {
      try {
        return execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", project], { encoding: "utf8" });
      } catch (error) {
        return String((error as { stdout?: unknown }).stdout);
      }
    };
    expect([lib, check()]).toEqual([lib, ""]);
  }
});

test("functions of one's own are compiled with what is packed", () => {
  for (const name of ["assemblyscript", "as-bind"]) symlinkSync(join(ROOT, "node_modules", name), join(project, "node_modules", name));
  writeFileSync(join(project, "own.ts"), "export function initials(name: string): string { return name.charAt(0); }");
  const flags = ["--runtime", "incremental", "--exportRuntime", "--transform", "memflux/function-transform"];
  execFileSync(process.execPath, [join(project, "node_modules/assemblyscript/bin/asc.js"), "own.ts", "-o", "own.wasm", "-O3", ...flags], {
    cwd: project,
  });
  const initials = loadExtension(readFileSync(join(project, "own.wasm")));
  expect([...initials.functions]).toEqual([["initials", { parameters: ["string"], result: "string" }]]);
  expect(initials.call("initials", ["Ada"])).toBe("A");
  const packed = loadExtension(readFileSync(join(project, "node_modules/memflux/dist/functions.wasm")));
  expect(packed.call("soundex", ["Robert"])).toBe("R163");
});

test("nothing is packed that only developers need, and engine and library are small", async () => {
  const dist = join(project, "node_modules/memflux/dist");
  expect(readdirSync(dist).filter((name) => name.startsWith(".") || name.includes("debug") || name.endsWith(".wat"))).toEqual([]);
  expect(existsSync(join(dist, "engine.wasm"))).toBe(true);
  // What a program loads when it opens a database: the parts that are loaded later (a server, its certificates) are left out.
  const bundle = await build({
    entryPoints: [join(dist, "index.js")],
    outdir: join(project, "bundle"),
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
    write: false,
    metafile: true,
  });
  const loaded = new Set<string>();
  const follow = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of bundle.metafile.outputs[path]?.imports ?? []) if (kind === "import-statement") follow(next);
  };
  for (const [path, { entryPoint }] of Object.entries(bundle.metafile.outputs)) if (entryPoint?.endsWith("dist/index.js")) follow(path);
  const main = bundle.outputFiles.filter(({ path }) => [...loaded].some((name) => path.endsWith(name.replaceAll("../", ""))));
  expect(main.length).toBeGreaterThan(0);
  const bytes = main.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  const engine = gzipSync(readFileSync(join(dist, "engine.wasm")), { level: 9 }).length;
  console.log(`library ${bytes} bytes, engine ${engine} bytes, gzip`);
  expect(bytes + engine).toBeLessThanOrEqual(GZIP_BYTES_MAX);
});
