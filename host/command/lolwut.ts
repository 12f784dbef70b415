/**
 * LOLWUT: a drawing, and the version. Ours is the automaton of rule 30 (Wolfram, 1983) from one cell, `VERSION n` picks another rule.
 */
import { integer, word } from "./arguments.ts";
import { REDIS_VERSION } from "./hello.ts";
import type { CommandHandler } from "./session.ts";

const ROWS = 16;
const WIDTH = 2 * ROWS + 1;
const RULE = 30;
const RULES = 256n;

/** Handlers by upper-case command name. */
export function lolwutHandlers(): Readonly<Record<string, CommandHandler>> {
  return {
    LOLWUT: (_session, args, reply) => {
      const given = word(args[1]) === "VERSION" ? integer(args[2]) : undefined;
      const rule = given === undefined || given < 8n ? RULE : Number(given % RULES);
      reply.verbatim("txt", `${draw(rule)}\nRule ${rule}, by MemFlux. Redis ver. ${REDIS_VERSION}\n`);
    },
  };
}

function draw(rule: number): string {
  let cells: number[] = Array.from({ length: WIDTH }, (_, at) => (at === ROWS ? 1 : 0));
  let picture = "";
  for (let row = 0; row < ROWS; row++) {
    picture += `${cells
      .map((cell) => (cell === 1 ? "#" : " "))
      .join("")
      .trimEnd()}\n`;
    cells = cells.map((cell, at) => (rule >> (((cells[at - 1] ?? 0) << 2) | (cell << 1) | (cells[at + 1] ?? 0))) & 1);
  }
  return picture;
}
