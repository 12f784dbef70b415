/**
 * The format of golden transcripts (`.resp`): what a client sends and what must come back, as text. One file has scenarios,
 * each on fresh connections and an empty server.
 *
 *   # comment
 *   == Title of a scenario
 *   @protocol 2             run it on RESP2 (or 3) only; else it runs on both, RESP3 opened with HELLO 3
 *   @server name=value      on a server of its own with this option (Redis's names)
 *   @cut                    run it again with its bytes cut in two at every position
 *   @loose                  do not ask at the end whether the connections are in step (for scenarios that leave them mute)
 *   > SET key "value"       a request in redis-cli's way (support/command-line.ts)
 *   >> "*1\r\n$4\r\nPI"     raw bytes, in a write of their own that the server has seen before the next one
 *   b> PING                 on another connection, named b; b>> likewise
 *   +OK                     a reply of the last request's connection (support/reply-text.ts)
 *   2| (nil)                reply on RESP2; 3| on RESP3
 *   b| +PONG                a reply of connection b
 *   closed                  the server closes the connection
 *   ?                       not yet known: `golden/record.ts` fills it in from redis-server
 *
 * Requests that follow each other are one write, hence a pipeline. A line that starts with blanks continues the line before.
 */
import { parseCommandLine } from "../support/command-line.ts";
import { encodeRequest } from "../support/reply.ts";
import { type Expected, parseExpected } from "../support/reply-text.ts";

export type Protocol = 2 | 3;
export const PROTOCOLS: readonly Protocol[] = [2, 3];
/** What may follow a request: a reply, the end of the connection, or something not known yet. */
export type Outcome = { readonly kind: "reply"; readonly expected: Expected } | { readonly kind: "closed" } | { readonly kind: "unknown" };

export type Step =
  | {
      readonly kind: "send";
      readonly connection: string;
      readonly bytes: Buffer;
      readonly raw: boolean;
      readonly source: string;
      readonly line: number;
    }
  | {
      readonly kind: "expect";
      readonly connection: string;
      readonly protocol: Protocol | undefined;
      readonly outcome: Outcome;
      /** The outcome as it is written. */
      readonly source: string;
      /** The request that it answers, as it is written behind its `>`. */
      readonly request: string;
      readonly line: number;
    };

export interface Scenario {
  readonly title: string;
  readonly line: number;
  readonly protocols: readonly Protocol[];
  readonly serverOptions: Readonly<Record<string, string>>;
  readonly cut: boolean;
  readonly loose: boolean;
  readonly steps: readonly Step[];
}

/** The name of the connection that lines without a name speak of. */
export const MAIN_CONNECTION = "main";

interface Draft {
  title: string;
  line: number;
  protocols: readonly Protocol[];
  serverOptions: Record<string, string>;
  cut: boolean;
  loose: boolean;
  steps: Step[];
  current: string;
  /** Requests whose replies have not been written yet, by connection. The last stays: it may have several replies. */
  open: Map<string, string[]>;
  answered: Map<string, { request: string; protocols: Set<Protocol> }>;
}

/** Parses a transcript. Throws an Error that names file and line. */
export function parseTranscript(text: string, file: string): Scenario[] {
  const drafts: Draft[] = [];
  for (const { source, line } of logicalLines(text)) {
    try {
      readLine(drafts, source, line);
    } catch (error) {
      throw new Error(`${file}:${line}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return drafts.map(({ title, line, protocols, serverOptions, cut, loose, steps }) => {
    return { title, line, protocols, serverOptions, cut, loose, steps };
  });
}

/** Lines without comments and blank lines, continued ones joined. Numbers start at 1. */
export function logicalLines(text: string): { source: string; line: number }[] {
  const lines: { source: string; line: number }[] = [];
  text.split("\n").forEach((source, i) => {
    const last = lines.at(-1);
    if (/^\s*(#(?![tf]$).*)?$/.test(source)) return;
    if (/^\s/.test(source) && last !== undefined) last.source += ` ${source.trim()}`;
    else lines.push({ source: source.trimEnd(), line: i + 1 });
  });
  return lines;
}

function readLine(drafts: Draft[], source: string, line: number): void {
  const title = /^== (.+)$/.exec(source);
  if (title) {
    if (drafts.some((draft) => draft.title === title[1])) throw new Error("this title is taken");
    drafts.push(newDraft(title[1]!, line));
    return;
  }
  const draft = drafts.at(-1);
  if (draft === undefined) throw new Error("a line before the first scenario");
  if (source.startsWith("@")) {
    readDirective(draft, source);
    return;
  }
  const send = /^([a-z]\w*)?(>>?)\s+(.*)$/.exec(source);
  if (send && !source.startsWith(">[")) readSend(draft, send, line);
  else readOutcome(draft, source, line);
}

function newDraft(title: string, line: number): Draft {
  const [open, answered] = [new Map<string, string[]>(), new Map()];
  return {
    title,
    line,
    protocols: PROTOCOLS,
    serverOptions: {},
    cut: false,
    loose: false,
    steps: [],
    current: MAIN_CONNECTION,
    open,
    answered,
  };
}

function readDirective(draft: Draft, source: string): void {
  const [name, value = ""] = source.split(/\s+(.*)/s);
  const option = /^([\w-]+)=(.*)$/.exec(value);
  if (name === "@protocol" && (value === "2" || value === "3")) draft.protocols = [Number(value) as Protocol];
  else if (name === "@server" && option) draft.serverOptions[option[1]!] = option[2]!;
  else if (name === "@cut") draft.cut = true;
  else if (name === "@loose") draft.loose = true;
  else throw new Error(`unknown directive ${source}`);
}

function readSend(draft: Draft, [, name, sign, source]: readonly (string | undefined)[], line: number): void {
  const connection = name ?? MAIN_CONNECTION;
  const args = parseCommandLine(source!);
  const raw = sign === ">>";
  const bytes = raw ? Buffer.from(args.join(""), "latin1") : encodeRequest(args);
  draft.steps.push({ kind: "send", connection, bytes, raw, source: source!, line });
  draft.current = connection;
  const open = draft.open.get(connection) ?? [];
  draft.open.set(connection, open);
  open.push(source!);
}

function readOutcome(draft: Draft, source: string, line: number): void {
  const prefix = /^(?:([23])|([a-z]\w*))\| /.exec(source);
  const protocol = prefix?.[1] === undefined ? undefined : (Number(prefix[1]) as Protocol);
  const connection = prefix?.[2] ?? draft.current;
  const text = prefix ? source.slice(prefix[0].length) : source;
  const request = answeredRequest(draft, connection, protocol);
  draft.steps.push({ kind: "expect", connection, protocol, outcome: parseOutcome(text), source: text, request, line });
}

/** Parses what stands on a line of replies. Throws an Error. */
export function parseOutcome(text: string): Outcome {
  if (text === "closed") return { kind: "closed" };
  if (text === "?") return { kind: "unknown" };
  return { kind: "reply", expected: parseExpected(text) };
}

/** Which request an outcome answers: each takes the next, and the pair of a `2|` and a `3|` line takes one together. */
function answeredRequest(draft: Draft, connection: string, protocol: Protocol | undefined): string {
  const last = draft.answered.get(connection);
  const open = draft.open.get(connection) ?? [];
  if (protocol !== undefined && last !== undefined && last.protocols.size === 1 && !last.protocols.has(protocol)) {
    last.protocols.add(protocol);
    return last.request;
  }
  const request = open.shift() ?? last?.request;
  if (request === undefined) throw new Error("a reply before any request");
  draft.answered.set(connection, { request, protocols: new Set(protocol === undefined ? PROTOCOLS : [protocol]) });
  return request;
}
