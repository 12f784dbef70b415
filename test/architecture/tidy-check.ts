/**
 * Checks that need only the text or the path of a file: heads, length, unfinished work, default exports, bare errors, a
 * README per folder, and what may lie in the root.
 */
import { posix } from "node:path";
import ts from "typescript";
import { isCode, type SourceFile, type Violation } from "./sources.ts";

const HEAD_LINES_MIN = 3;
const FILE_LINES_MAX = 900;
const LAYERED = /^(assembly|host|test)\//;

/** Put together here, so that this file does not name them. */
const MARKS = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"];
const MARK = new RegExp(`\\b(${MARKS.join("|")})\\b`);

/** Files that a tool loads by their default export. */
const DEFAULT_EXPORTERS: readonly string[] = ["test/vitest.config.ts", "test/imports.mjs"];

/** Everything that may lie in the root. Ignored files do not count. */
const ROOT_ENTRIES: readonly string[] = [
  ".ci",
  ".gitignore",
  "LICENSE",
  "README.md",
  "asconfig.json",
  "assembly",
  "biome.json",
  "grammar",
  "host",
  "package-lock.json",
  "package.json",
  "test",
  "tsconfig.json",
  "web-demo",
];

/** Programs open with a block comment that says what they are: its lines of text, and a shebang may come before it. */
export function checkHeads(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => (LAYERED.test(path) || path.startsWith("web-demo/")) && isCode(path))
    .flatMap(({ path, text }) => {
      const head = /^(?:#!.*\n)?\/\*\*?([\s\S]*?)\*\//.exec(text)?.[1] ?? "";
      const lines = head.split("\n").filter((line) => /[^\s*]/.test(line)).length;
      const whole = head === "" ? 0 : head.split("\n").length;
      if (whole >= HEAD_LINES_MIN && lines > 0) return [];
      return [{ path, message: `opens with a head of ${whole} lines; at least ${HEAD_LINES_MIN} are asked for` }];
    });
}

export function checkLength(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => isCode(path))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0) }))
    .filter(({ lines }) => lines > FILE_LINES_MAX)
    .map(({ path, lines }) => ({ path, message: `has ${lines} lines; split before ${FILE_LINES_MAX}` }));
}

/** Marks of unfinished work in programs, scripts and documents. */
export function checkMarks(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => {
      const mark = MARK.exec(line)?.[1];
      return mark === undefined ? [] : [{ path, message: `line ${index + 1} has the mark ${mark}` }];
    }),
  );
}

export function checkDefaultExports(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path, text }) => isCode(path) && !DEFAULT_EXPORTERS.includes(path) && text.includes("default"))
    .filter(({ path, text }) => hasDefaultExport(ts.createSourceFile(path, text, ts.ScriptTarget.Latest)))
    .map(({ path }) => ({ path, message: "has a default export; exports are named" }));
}

function hasDefaultExport(source: ts.SourceFile): boolean {
  return source.statements.some((statement) => {
    if (ts.isExportAssignment(statement)) return true;
    if (ts.canHaveModifiers(statement)) {
      if (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) return true;
    }
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    return clause !== undefined && ts.isNamedExports(clause) && clause.elements.some(({ name }) => name.text === "default");
  });
}

/** `new Error` in host/: errors that users see are DatabaseErrors with a code. The build has no users. */
export function checkBareErrors(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => path.startsWith("host/") && !path.startsWith("host/build/") && isCode(path))
    .flatMap(({ path, text }) => {
      const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
      const lines: number[] = [];
      const visit = (node: ts.Node): void => {
        if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText(source) === "Error") {
          lines.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
      return lines.map((line) => ({ path, message: `line ${line} makes a bare Error; use DatabaseError` }));
    });
}

/** The top folders and those directly below assembly/, host/ and test/ have a README.md if they hold code at any depth. */
export function checkReadmes(paths: readonly string[]): Violation[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const [top, second] = path.split("/");
    if (!isCode(path) || top === undefined || second === undefined) continue;
    folders.add(top);
    if (LAYERED.test(path) && posix.dirname(path) !== top) folders.add(`${top}/${second}`);
  }
  return [...folders]
    .filter((folder) => !paths.includes(`${folder}/README.md`))
    .sort()
    .map((folder) => ({ path: `${folder}/`, message: "has code but no README.md" }));
}

export function checkRoot(paths: readonly string[]): Violation[] {
  const entries = new Set(paths.map((path) => path.split("/")[0] ?? ""));
  return [...entries]
    .filter((entry) => !ROOT_ENTRIES.includes(entry))
    .map((path) => ({ path, message: "does not belong in the root: documents and programs live in the folder that they are about" }));
}
