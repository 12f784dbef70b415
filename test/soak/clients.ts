/**
 * The clients of the soak test, on real sockets. Each checks every byte that it gets against what it must get, in order, and
 * ends with undefined or with a sentence about the first difference.
 *
 * - pipeliner: sends pipelines of ECHO with numbers of its own, cut at random places, reads all the time.
 * - slow reader: asks for far more than the server may hold for it, reads nothing until told to, then reads it all.
 * - deserter: sends the beginning of a pipeline whose last request is cut, and is gone, sometimes in the middle of its output.
 */
import { connect, type Socket } from "node:net";
import type { SeededRandom } from "../../host/platform/memory/random.ts";

/** How a server under test is asked: the requests differ between the fake engine and the real one. */
export interface Dialect {
  /** A request that answers `text`, and its reply. */
  echo(text: string): { readonly request: string; readonly reply: string };
  /** A request for a large reply, and that reply. */
  large(): { readonly request: string; readonly reply: string };
}

export interface Target {
  readonly port: number;
  readonly dialect: Dialect;
}

/** Compares what arrives with what is expected, without keeping what was right. */
class Verifier {
  readonly #expected: Buffer[] = [];
  #offset = 0;
  #left = 0;
  problem: string | undefined;

  expect(reply: string): void {
    const bytes = Buffer.from(reply, "latin1");
    this.#expected.push(bytes);
    this.#left += bytes.length;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  take(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.length && this.problem === undefined) {
      const next = this.#expected[0];
      if (next === undefined) {
        this.problem = `unexpected bytes: ${chunk.toString("latin1", position, position + 60)}`;
        return;
      }
      const length = Math.min(next.length - this.#offset, chunk.length - position);
      if (next.compare(chunk, position, position + length, this.#offset, this.#offset + length) !== 0) {
        const want = next.toString("latin1", this.#offset, this.#offset + 60);
        this.problem = `expected ${JSON.stringify(want)}, got ${JSON.stringify(chunk.toString("latin1", position, position + 60))}`;
        return;
      }
      position += length;
      this.#offset += length;
      this.#left -= length;
      if (this.#offset < next.length) continue;
      this.#expected.shift();
      this.#offset = 0;
    }
  }
}

/** Connects; resolves when the server has accepted. */
export function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

/** Sends `text` in pieces of random length. */
function sendCut(socket: Socket, text: string, random: SeededRandom): void {
  let offset = 0;
  while (offset < text.length) {
    const length = 1 + random.below(Math.max(1, text.length - offset));
    socket.write(text.slice(offset, offset + length), "latin1");
    offset += length;
  }
}

/** Runs `rounds` pipelines, each after the replies of the one before. */
export function pipeliner(socket: Socket, target: Target, random: SeededRandom, name: string, rounds: number): Promise<string | undefined> {
  const verifier = new Verifier();
  let round = 0;
  const send = (): void => {
    let text = "";
    const count = 1 + random.below(40);
    for (let i = 0; i < count; i++) {
      const { request, reply } = target.dialect.echo(`${name}-${round}-${i}`);
      text += request;
      verifier.expect(reply);
    }
    round++;
    sendCut(socket, text, random);
  };
  send();
  return new Promise((resolve) => {
    const end = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.on("error", (error) => end(`${name}: ${error.message}`));
    socket.on("close", () => end(`${name}: closed by the server in round ${round}`));
    socket.on("data", (chunk: Buffer) => {
      verifier.take(chunk);
      if (verifier.problem !== undefined) end(`${name}: ${verifier.problem}`);
      else if (verifier.done && round === rounds) end(undefined);
      else if (verifier.done) send();
    });
  });
}

/** Asks for `count` large replies and reads nothing. The function that it returns reads and checks them all. */
export function slowReader(socket: Socket, target: Target, name: string, count: number): () => Promise<string | undefined> {
  const verifier = new Verifier();
  let text = "";
  for (let i = 0; i < count; i++) {
    const large = target.dialect.large();
    const echo = target.dialect.echo(`${name}-${i}`);
    text += large.request + echo.request;
    verifier.expect(large.reply);
    verifier.expect(echo.reply);
  }
  socket.pause();
  socket.write(text, "latin1");
  return () =>
    new Promise((resolve) => {
      const end = (problem: string | undefined): void => {
        socket.destroy();
        resolve(problem);
      };
      socket.on("error", (error) => end(`${name}: ${error.message}`));
      socket.on("close", () => end(`${name}: closed by the server`));
      socket.on("data", (chunk: Buffer) => {
        verifier.take(chunk);
        if (verifier.problem !== undefined) end(`${name}: ${verifier.problem}`);
        else if (verifier.done) end(undefined);
      });
      socket.resume();
    });
}

/** Sends some requests and a part of another, and leaves: abruptly, or in good order. */
export function deserter(socket: Socket, target: Target, random: SeededRandom): Promise<undefined> {
  socket.on("error", () => {});
  let text = "";
  for (let i = random.below(5); i > 0; i--) text += target.dialect.large().request;
  const last = target.dialect.echo("abandoned").request;
  text += last.slice(0, random.below(last.length));
  return new Promise((resolve) => {
    socket.once("close", () => resolve(undefined));
    socket.write(text, "latin1", () => {
      if (random.below(3) === 0) {
        socket.resume();
        socket.end();
      } else if (random.below(2) === 0) socket.resetAndDestroy();
      else socket.destroy();
    });
  });
}
