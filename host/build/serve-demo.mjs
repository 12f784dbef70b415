/**
 * `npm run demo`: serves dist/demo/ on 127.0.0.1 and prints the address. PORT chooses the port (8361; 0 picks a free one).
 *
 * The two cross-origin headers are not needed to run: they give the page a clock in steps of 5 instead of 100 microseconds,
 * with which it tells how long a command took. Only the files of the folder are served, by GET and HEAD.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { ROOT } from "./stamp.mjs";

const FOLDER = join(ROOT, "dist/demo");
const PORT_DEFAULT = 8361;
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
const HEADERS = {
  "cache-control": "no-cache",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "x-content-type-options": "nosniff",
};

/** The name of the file that a request wants, if the folder has it. */
function wanted(url) {
  const name = new URL(url, "http://localhost").pathname.slice(1) || "index.html";
  return readdirSync(FOLDER).includes(name) ? name : undefined;
}

function answer(request, response) {
  const name = request.method === "GET" || request.method === "HEAD" ? wanted(request.url ?? "/") : undefined;
  if (name === undefined) {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    return;
  }
  const body = readFileSync(join(FOLDER, name));
  response.writeHead(200, { ...HEADERS, "content-type": TYPES[extname(name)], "content-length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}

const server = createServer(answer);
server.on("error", (error) => {
  console.error(`memflux demo: ${error.message}; PORT=0 picks a free port`);
  process.exit(1);
});
server.listen(Number(process.env.PORT ?? PORT_DEFAULT), "127.0.0.1", () => {
  console.log(`memflux demo: http://127.0.0.1:${server.address().port}/`);
});
