/**
 * A plugin for esbuild for a program that another one loads at run time: what host/common/error.ts and reply-error.ts have is taken
 * from that one, which has left it in `globalThis.memfluxErrors` (host/entry/browser-worker.ts). So errors of both are of one class,
 * and their table is loaded once.
 */
import { readFile } from "node:fs/promises";

const FILE = /[\\/]host[\\/]common[\\/](?:reply-)?error\.ts$/;

export const sharedErrors = {
  name: "shared-errors",
  setup(build) {
    build.onLoad({ filter: FILE }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const names = [...text.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
      if (names.length === 0) throw new Error(`${path} exports nothing`);
      return { contents: `export const { ${names.join(", ")} } = globalThis.memfluxErrors;`, loader: "js" };
    });
  },
};
