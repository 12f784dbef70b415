/**
 * Goal: the parser with a slimmed antlr4ng gives what it gives with the whole one, errors included.
 * Method: both parse the corpus and statements cut off in the middle, the slim one from a bundle as browsers get it.
 */
import { build, type Plugin } from "esbuild";
import { expect, test } from "vitest";
import { parseSql } from "../../../../host/query/parser/sql/parse.ts";
import { CORPUS } from "../query/corpus.ts";

const slimming: { slim(text: string): string; slimAntlr: Plugin } = await import(
  new URL("../../../../host/build/slim-antlr.mjs", import.meta.url).href
);
const { slim, slimAntlr } = slimming;

const outcome = (parse: (text: string) => unknown, text: string): unknown => {
  try {
    return parse(text);
  } catch (error) {
    return (error as Error).message;
  }
};

test("statements and errors are the same", async () => {
  const entry = new URL("../../../../host/query/parser/sql/parse.ts", import.meta.url).pathname;
  const bundle = async (plugins: Plugin[]): Promise<string> => {
    const result = await build({ entryPoints: [entry], bundle: true, minify: true, write: false, format: "esm", plugins });
    return result.outputFiles[0]!.text;
  };
  const [whole, slimmed] = await Promise.all([bundle([]), bundle([slimAntlr])]);
  expect(slimmed.length).toBeLessThan(whole.length * 0.8);
  const module = await import(`data:text/javascript;base64,${Buffer.from(slimmed).toString("base64")}`);
  const texts = CORPUS.flatMap((text) => [text, text.slice(0, text.length >> 1), `${text} )`]);
  for (const text of texts) expect(outcome(module.parseSql, text), text).toEqual(outcome(parseSql, text));
});

test("another antlr4ng is noticed", () => {
  expect(() => slim("export {};\n")).toThrow("antlr4ng has nothing like");
});
