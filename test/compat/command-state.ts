/**
 * The state of Redis's commands: what redis-server's COMMAND LIST names, each tried on both servers with the examples of command-examples.ts, as a table.
 *
 *   npm run test:commands       writes it between the markers of host/command/README.md
 *
 * same: every example is answered alike; same, but not: those are not; untried: it is there, without an example; later, missing: it is not.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCommandLine } from "../support/command-line.ts";
import { openClient, type RawClient } from "../support/raw-client.ts";
import type { Reply } from "../support/reply.ts";
import { printReply } from "../support/reply-text.ts";
import { ROOT, startServer } from "../support/test-server.ts";
import { EXAMPLES, LATER_COMMANDS, LATER_GROUPS } from "./command-examples.ts";

export const README = join(ROOT, "host/command/README.md");
const BEGIN = "<!-- commands of Redis: npm run test:commands -->";
const END = "<!-- end of the commands of Redis -->";
const VARIES = "~";

/** How an example was answered by both. */
interface Tried {
  readonly request: string;
  readonly isSame: boolean;
}

/** The README with the table in its place. Throws where the markers are missing. */
export function withTable(text: string, table: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${README} has no place for the table`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${table}\n${text.slice(end)}`;
}

export function readReadme(): string {
  return readFileSync(README, "utf8");
}

/** The table, made by two servers that are started for it. Requires: redis-server is installed. */
export async function commandTable(): Promise<string> {
  const redis = await startServer("redis");
  const ours = await startServer("memflux", { options: { persistence: "yes" } });
  try {
    const tried = new Map<string, Tried[]>();
    for (const group of EXAMPLES) await tryGroup([await openClient(redis), await openClient(ours)], group, tried);
    const [there, here] = [await openClient(redis), await openClient(ours)];
    const known = new Set(await names(here));
    const rows: string[] = [];
    for (const name of (await names(there)).sort()) {
      const group = await groupOf(there, name);
      rows.push(`| ${name} | ${known.has(name) ? stateOf(tried.get(name) ?? []) : isLater(name, group) ? "later" : "missing"} |`);
    }
    for (const client of [there, here]) await client.close();
    return `${["| command | state |", "| --- | --- |", ...rows].join("\n")}\n`;
  } finally {
    await redis.stop();
    await ours.stop();
  }
}

async function names(client: RawClient): Promise<string[]> {
  const reply = await client.call("COMMAND", "LIST");
  if (!("items" in reply)) throw new Error("COMMAND LIST answered no list");
  return reply.items.map((item) => ("text" in item ? item.text.toUpperCase().replace("|", " ") : ""));
}

async function groupOf(client: RawClient, name: string): Promise<string> {
  return /"group", "([^"]+)"/.exec(printReply(await client.call("COMMAND", "DOCS", name.replace(" ", "|"))))?.[1] ?? "";
}

function isLater(name: string, group: string): boolean {
  return LATER_GROUPS.includes(group) || LATER_COMMANDS.includes(name) || LATER_COMMANDS.includes(name.split(" ")[0]!);
}

function stateOf(tried: readonly Tried[]): string {
  if (tried.length === 0) return "untried";
  const different = tried.filter(({ isSame }) => !isSame).map(({ request }) => `\`${request}\``);
  return different.length === 0 ? "same" : `same, but not ${different.join(", ")}`;
}

/** Runs the lines of a group on both, from empty databases. */
async function tryGroup(clients: readonly RawClient[], group: string, tried: Map<string, Tried[]>): Promise<void> {
  for (const client of clients) await client.call("FLUSHALL");
  for (const line of group.split("\n")) {
    const words = parseCommandLine(line.trim());
    const varies = words.at(-1) === VARIES;
    if (varies) words.pop();
    const [left, right] = await Promise.all(clients.map((client) => client.call(...words)));
    const example = { request: words.join(" "), isSame: isSame(left!, right!, varies) };
    // The second one is that of a subcommand, where there is such a thing.
    for (const count of [1, 2]) {
      const name = words.slice(0, count).join(" ").toUpperCase();
      if (words.length >= count) tried.set(name, [...(tried.get(name) ?? []), example]);
    }
  }
  for (const client of clients) await client.close();
}

function isSame(left: Reply, right: Reply, varies: boolean): boolean {
  return varies ? left.kind === right.kind : printReply(left) === printReply(right);
}
