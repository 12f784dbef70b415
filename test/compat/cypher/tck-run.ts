/**
 * Plays a scenario of openCypher's Technology Compatibility Kit on a server, over RESP3.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RawClient } from "../../support/raw-client.ts";
import { type Reply, utf8 } from "../../support/reply.ts";
import type { TckScenario, TckStep } from "./feature.ts";
import { expectedText, fieldsOf, itemsOf, parameterJson, readText, replyText } from "./tck-value.ts";

const ERROR = /^an? (\S+) should be raised at (?:compile time|runtime|any time): (\S+)/;

/** What a scenario came to; undefined: as written. */
export type Difference = string | undefined;

/** What can be seen of a graph, for side effects. */
interface Snapshot {
  readonly nodes: ReadonlySet<string>;
  readonly relationships: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  readonly properties: ReadonlySet<string>;
}

/** Whether a scenario can be played: procedures of its own are not to be had. */
export function isPlayable({ steps }: TckScenario): boolean {
  return !steps.some(({ text }) => text.startsWith("there exists a procedure"));
}

/** Plays a scenario on an empty server. `graphs`: the folder of the named graphs. */
export async function playScenario(client: RawClient, { steps }: TckScenario, graphs: string): Promise<Difference> {
  await client.call("FLUSHALL");
  const parameters: string[] = [];
  let answer: Reply = { kind: "null" };
  let before: Snapshot | undefined;
  for (const step of steps) {
    const { text, body } = step;
    const named = /^the (\S+) graph/.exec(text);
    if (/^(an empty|any) graph/.test(text)) continue;
    if (named !== null) await prepare(client, readFileSync(join(graphs, named[1] as string, `${named[1]}.cypher`), "utf8"));
    else if (text.startsWith("having executed")) await prepare(client, body);
    else if (text.startsWith("parameters are")) {
      for (const [name = "", value = ""] of step.table) parameters.push(`${JSON.stringify(name)}:${parameterJson(value)}`);
    } else if (/^executing (control )?query/.test(text)) {
      if (!text.includes("control")) before = await takeSnapshot(client);
      answer = await client.call("CYPHER.QUERY", utf8(body), utf8(`{${text.includes("control") ? "" : parameters.join(",")}}`));
    } else {
      const difference = await check(client, step, answer, before);
      if (difference !== undefined) return difference;
    }
  }
  return undefined;
}

async function prepare(client: RawClient, text: string): Promise<void> {
  const reply = await client.call("CYPHER.QUERY", utf8(text));
  if (reply.kind === "error") throw new Error(`${readText(reply.text)} in ${text}`);
}

async function check(client: RawClient, step: TckStep, answer: Reply, before: Snapshot | undefined): Promise<Difference> {
  const { text } = step;
  const raised = ERROR.exec(text);
  if (raised !== null) return errorDifference(answer, raised[1] as string, raised[2] as string);
  if (answer.kind === "error") return `error: ${readText(answer.text)}`;
  if (text.startsWith("the result should be")) return resultDifference(step, answer);
  if (text.includes("side effects")) return effectDifference(step, before as Snapshot, await takeSnapshot(client));
  return `unknown step: ${text}`;
}

/** The class must be the kit's; its detail, where it names one, ours. */
function errorDifference(answer: Reply, kind: string, detail: string): Difference {
  if (answer.kind !== "error") return `no error, but ${kind}: ${detail} was to be raised`;
  const text = readText(answer.text);
  return text.includes(`[${kind}: ${detail === "*" ? "" : detail}`) ? undefined : `${kind}: ${detail} was to be raised: ${text}`;
}

function resultDifference({ text, table }: TckStep, answer: Reply): Difference {
  const fields = fieldsOf(answer);
  const rows = itemsOf(fields.get("rows")).map(itemsOf);
  if (text.includes("should be empty")) return rows.length === 0 ? undefined : `${rows.length} rows, but none were expected`;
  const options = { anyOrder: text.includes("ignoring element order") };
  const columns = itemsOf(fields.get("columns")).map((name) => (name.kind === "bulk" ? readText(name.text) : ""));
  const [names = [], ...expected] = table;
  if ([...names].sort().join("|") !== [...columns].sort().join("|"))
    return `columns ${columns.join(", ")}, but ${names.join(", ")} were expected`;
  const places = names.map((name) => columns.indexOf(name));
  const wanted = expected.map((row) => row.map((cell) => expectedText(cell, options)).join(" | "));
  const got = rows.map((row) => places.map((place) => replyText(row[place] as Reply, options)).join(" | "));
  if (!text.includes("in order")) {
    wanted.sort();
    got.sort();
  }
  const shown = (lines: readonly string[]): string => lines.slice(0, 5).join("\n    ");
  return wanted.join("\n") === got.join("\n") ? undefined : `expected\n    ${shown(wanted)}\n  got\n    ${shown(got)}`;
}

// Side effects ----------------------------------------------------------------------------------------------------------------

async function takeSnapshot(client: RawClient): Promise<Snapshot> {
  const snapshot = { nodes: new Set<string>(), relationships: new Set<string>(), labels: new Set<string>(), properties: new Set<string>() };
  const look = async (query: string, into: Set<string>, mark: string): Promise<void> => {
    const reply = await client.call("CYPHER.QUERY", query);
    for (const row of itemsOf(fieldsOf(reply).get("rows"))) {
      const fields = fieldsOf(itemsOf(row)[0]);
      const id = replyText(fields.get("id") as Reply, { anyOrder: false });
      into.add(id);
      for (const label of itemsOf(fields.get("labels"))) snapshot.labels.add(replyText(label, { anyOrder: false }));
      for (const [name, value] of fieldsOf(fields.get("properties"))) {
        snapshot.properties.add(`${mark}${id} ${name} ${replyText(value, { anyOrder: false })}`);
      }
    }
  };
  await look("MATCH (n) RETURN n", snapshot.nodes, "n");
  await look("MATCH ()-[r]->() RETURN r", snapshot.relationships, "r");
  return snapshot;
}

function effectDifference({ text, table }: TckStep, before: Snapshot, after: Snapshot): Difference {
  const wanted = text.startsWith("no ") ? [] : table.map(([name = "", count = ""]) => `${name} ${count}`);
  const got: string[] = [];
  for (const name of ["nodes", "relationships", "labels", "properties"] as const) {
    const [gone, come] = [missing(before[name], after[name]), missing(after[name], before[name])];
    if (come > 0) got.push(`+${name} ${come}`);
    if (gone > 0) got.push(`-${name} ${gone}`);
  }
  const [expected, seen] = [wanted.sort().join(", "), got.sort().join(", ")];
  return expected === seen ? undefined : `side effects ${seen || "none"}, but ${expected || "none"} were expected`;
}

/** How many of the first are not in the second. */
function missing(first: ReadonlySet<string>, second: ReadonlySet<string>): number {
  return [...first].filter((each) => !second.has(each)).length;
}
