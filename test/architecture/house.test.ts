/**
 * Goal: the rules of the house that a program can check hold for every file.
 * Method: the checkers of this folder over the files that git knows. That each checker finds what it looks for is shown in
 * checkers.test.ts.
 */
import { expect, test } from "vitest";
import { checkImports } from "./import-check.ts";
import { isCode, listFiles, readText, report } from "./sources.ts";
import { checkBareErrors, checkDefaultExports, checkHeads, checkLength, checkMarks, checkReadmes, checkRoot } from "./tidy-check.ts";

const paths = listFiles();
const code = paths.filter(isCode).map((path) => ({ path, text: readText(path) }));
const texts = paths.filter((path) => /\.(ts|mjs|js|md|json|g4|yml)$|^\.ci\//.test(path) && !path.endsWith("package-lock.json"));
const { dependencies } = JSON.parse(readText("package.json")) as { readonly dependencies: Readonly<Record<string, string>> };

test("there is something to check", () => {
  for (const folder of ["assembly/", "host/", "test/"])
    expect(code.filter(({ path }) => path.startsWith(folder)).length).toBeGreaterThan(5);
});

test("imports follow the layers", () => {
  expect(report(checkImports(code, Object.keys(dependencies)))).toEqual([]);
});

test("programs open with a head", () => {
  expect(report(checkHeads(code))).toEqual([]);
});

test("files are not too long", () => {
  expect(report(checkLength(code))).toEqual([]);
});

test("no work is left unfinished", () => {
  expect(report(checkMarks(texts.map((path) => ({ path, text: readText(path) }))))).toEqual([]);
});

test("exports are named", () => {
  expect(report(checkDefaultExports(code))).toEqual([]);
});

test("the host makes no bare errors", () => {
  expect(report(checkBareErrors(code))).toEqual([]);
});

test("folders with code have a README", () => {
  expect(report(checkReadmes(paths))).toEqual([]);
});

test("the root holds only what belongs there", () => {
  expect(report(checkRoot(paths))).toEqual([]);
});
