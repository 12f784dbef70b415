/**
 * Checks that host and engine see the same numbers in assembly/abi. The files are compiled twice, by esbuild as the host
 * reads them and by asc as the engine does; an expression that overflows 32 bits, or means an integer on one side and a
 * double on the other, gives two values. And constants carry no type annotation, since only asc knows `u32`.
 */
import asc from "assemblyscript/asc";
import { build } from "esbuild";
import ts from "typescript";
import { ROOT, readText, type SourceFile, type Violation } from "./sources.ts";

/** Constants by name, as one side sees them. */
export type Constants = Readonly<Record<string, number>>;

/** Everything that the file declares must be `export const NAME = value` without a type. */
export function checkDeclarations(file: SourceFile): Violation[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    const line = source.getLineAndCharacterOfPosition(statement.getStart(source)).line + 1;
    const exported =
      ts.isVariableStatement(statement) &&
      (statement.declarationList.flags & ts.NodeFlags.Const) !== 0 &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!exported) return [{ path: file.path, message: `line ${line} is not an exported constant` }];
    return statement.declarationList.declarations
      .filter((declaration) => declaration.type !== undefined)
      .map((declaration) => ({ path: file.path, message: `line ${line}: ${declaration.name.getText(source)} has a type annotation` }));
  });
}

/** Names and values that differ; both sides must have the same names. */
export function compareConstants(path: string, host: Constants, engine: Constants): Violation[] {
  const names = new Set([...Object.keys(host), ...Object.keys(engine)]);
  return [...names]
    .filter((name) => host[name] !== engine[name])
    .map((name) => ({ path, message: `${name} is ${host[name]} in the host and ${engine[name]} in the engine` }));
}

/** The constants of a file as esbuild compiles them. */
export async function hostConstants(file: SourceFile): Promise<Constants> {
  const result = await build({
    stdin: { contents: file.text, loader: "ts", resolveDir: ROOT },
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "silent",
  });
  const code = Buffer.from(result.outputFiles[0]?.contents ?? []).toString("base64");
  return { ...((await import(`data:text/javascript;base64,${code}`)) as Constants) };
}

/** The constants of a file as asc compiles them: exported globals of a module that has nothing else. Throws asc's messages. */
export async function engineConstants(file: SourceFile): Promise<Constants> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["constants.ts", "--config", "none.json", "--runtime", "stub", "--outFile", "constants.wasm"], {
    readFile: (name) => (name === "constants.ts" ? file.text : name === "none.json" ? "{}" : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`${file.path}: ${stderr.toString() || String(error)}`);
  const { instance } = await WebAssembly.instantiate(binary as Uint8Array<ArrayBuffer>);
  const globals = Object.entries(instance.exports).filter(([, value]) => value instanceof WebAssembly.Global);
  return Object.fromEntries(globals.map(([name, value]) => [name, Number((value as WebAssembly.Global).value)]));
}

/** Names of the calls in the table of assembly/abi/README.md. */
export function documentedCalls(readme: string = readText("assembly/abi/README.md")): string[] {
  return [...readme.matchAll(/^\| `(\w+)\(/gm)].map((match) => match[1] ?? "");
}

/**
 * Names of the calls for query plans: functions of the files that assembly/exports/{runtime,plan}.ts export from, and those of
 * assembly/exports/table.ts. assembly/runtime/README.md and assembly/table/README.md have their conventions.
 */
export function planFunctions(texts: readonly string[] = planTexts()): string[] {
  return texts.flatMap((text) => [...text.matchAll(/^export function (\w+)/gm)].map((match) => match[1] ?? ""));
}

function planTexts(): string[] {
  const everything = [...readText("assembly/exports/runtime.ts").matchAll(/"\.\.\/(runtime\/[\w-]+)"/g)];
  const named = [...readText("assembly/exports/plan.ts").matchAll(/export \{([^}]*)\}/g)];
  return [
    ...everything.map((match) => readText(`assembly/${match[1]}.ts`)),
    ...named.flatMap((match) => (match[1] ?? "").split(",").map((name) => `export function ${name.trim()}`)),
    readText("assembly/exports/table.ts"),
  ];
}
