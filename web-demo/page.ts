/**
 * The page: opens the database, connects console, gauges and notice, and keeps one thing at a time running.
 *
 * 1. Lines run in the order in which they were entered; a second one waits for the first.
 * 2. Sizes are asked for after each command, and every SIZES_MS while the page is visible, one question at a time.
 * 3. A line runs after the frame that shows it, so that its time is the command's and not that of painting.
 * 4. A database that cannot be opened, or was closed, gives a notice with what to do; nothing else works until it is solved.
 */
import { DatabaseError } from "../host/common/error.ts";
import type { DemoDatabase } from "./database.ts";
import { explain } from "./failure.ts";
import { History, type LineStore } from "./history.ts";
import { Interpreter } from "./interpreter.ts";
import { measure } from "./measure.ts";
import { formatMicroseconds } from "./quantity.ts";
import { errorLine } from "./reply.ts";
import { drawGraph } from "./view/drawing.ts";
import { find } from "./view/element.ts";
import { Gauges } from "./view/gauges.ts";
import { hideNotice, showNotice } from "./view/notice.ts";
import { Prompt } from "./view/prompt.ts";
import { Transcript } from "./view/transcript.ts";

const SIZES_MS = 1000;
/** A frame takes less, unless the page is not painted at all. */
const FRAME_MS_MAX = 100;
/** Codes of errors behind which a database answers no more. */
const ENDED: readonly string[] = ["CLOSED", "WORKER_FAILED"];
const WELCOME = "A database of your own, inside this browser. Type a Redis command, SQL or Cypher, or try one of these:";
const EXAMPLES = [
  "SET greeting hello EX 600",
  "GET greeting",
  "INCR visits",
  "MSET a 1 b 2 c 3",
  "SCAN 0",
  "SELECT 6 * 7 AS answer",
  "CREATE (:Person {name: 'Ada'})-[:KNOWS {since: 1833}]->(:Person {name: 'Charles'})",
  "MATCH p = ()-->() RETURN p",
  "INFO memory",
];

export interface PageParts {
  /** Of the database. */
  readonly name: string;
  /** Opens the database of that name; undefined: one in memory. */
  readonly open: (name: string | undefined) => Promise<DemoDatabase>;
  readonly nowMs: () => number;
}

export class Page {
  readonly #parts: PageParts;
  readonly #transcript = new Transcript(find("transcript", HTMLDivElement));
  readonly #state = find("state", HTMLParagraphElement);
  readonly #console = find("console", HTMLElement);
  readonly #sides = find("gauges", HTMLElement);
  readonly #notice = find("notice", HTMLElement);
  readonly #prompt: Prompt;
  readonly #gauges: Gauges;
  #database: DemoDatabase | undefined;
  #interpreter: Interpreter | undefined;
  #name = "";
  /** Name of the database that is open, or was; undefined: in memory. */
  #opened: string | undefined;
  /** The end of what is running. */
  #tail: Promise<void> = Promise.resolve();
  #asking = false;

  constructor(parts: PageParts) {
    this.#parts = parts;
    this.#prompt = new Prompt(new History(lineStore(), `memflux-demo:history:${parts.name}`), {
      onLine: (line) => this.#enqueue(() => this.#run(line)),
      onClear: () => this.#transcript.clear(),
      onScroll: (direction) => this.#transcript.page(direction),
    });
    this.#gauges = new Gauges(this.#sides, () => this.#enqueue(() => this.#measure()));
    this.#console.addEventListener("click", (event) => this.#click(event));
    setInterval(() => void this.#sizes(), SIZES_MS);
  }

  /** Opens the database `name`, or one in memory, and lets lines in; never rejects. */
  async start(name: string | undefined): Promise<void> {
    this.#tell("opening", "Opening the database");
    try {
      this.#database = await this.#parts.open(name);
    } catch (error) {
      this.#refuse(error, name);
      return;
    }
    this.#opened = name;
    this.#interpreter = new Interpreter(this.#database, this.#parts.nowMs);
    this.#name = name ?? "memory";
    this.#tell("ready", name === undefined ? "In memory only" : "Stored in this browser");
    hideNotice(this.#notice);
    this.#console.hidden = false;
    this.#sides.hidden = false;
    this.#prompt.sign = this.#sign();
    this.#prompt.enable(true);
    this.#prompt.focus();
    this.#gauges.measuring(true, "Measure");
    if (this.#transcript.isEmpty) this.#transcript.welcome(WELCOME, EXAMPLES, (line) => this.#prompt.submit(line));
    await this.#sizes();
  }

  /** Says why the database `name` is not open, and offers ways on. */
  #refuse(error: unknown, name: string | undefined): void {
    const explanation = explain(error, this.#parts.name);
    this.#tell("failed", "Not open");
    this.#prompt.enable(false);
    this.#console.hidden = true;
    this.#sides.hidden = true;
    showNotice(this.#notice, explanation, [
      { label: explanation.again ?? "Try again", act: () => void this.start(name) },
      { label: "Use a database in memory", act: () => void this.start(undefined) },
    ]);
  }

  #tell(state: "opening" | "ready" | "failed", text: string): void {
    this.#state.dataset.state = state;
    this.#state.textContent = text;
  }

  #sign(): string {
    const number = this.#interpreter?.number ?? 0;
    return `${this.#name}${number === 0 ? "" : `[${number}]`}>`;
  }

  #enqueue(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work).catch((error: unknown) => this.#transcript.remark(errorLine(error)));
  }

  async #run(line: string): Promise<void> {
    if (this.#interpreter === undefined) return;
    const entry = line.trim() === "" ? undefined : this.#transcript.ask(this.#sign(), line);
    await nextFrame();
    const outcome = await this.#interpreter.run(line);
    if (outcome.kind === "clear") this.#transcript.clear();
    if (outcome.kind === "nothing" || outcome.kind === "clear" || entry === undefined) return;
    const time = outcome.kind === "reply" ? formatMicroseconds(outcome.microseconds) : undefined;
    const graph = outcome.kind === "reply" ? outcome.graph : undefined;
    this.#transcript.answer(entry, outcome.printed, time, graph && drawGraph(graph));
    if (outcome.kind !== "reply") return;
    this.#gauges.showLast(outcome.microseconds, line.trim().split(/\s/)[0]?.toUpperCase() ?? "");
    this.#prompt.sign = this.#sign();
    await this.#sizes();
  }

  async #measure(): Promise<void> {
    if (this.#database === undefined) return;
    this.#gauges.measuring(false, "Measuring");
    try {
      this.#gauges.measured(await measure(this.#database, this.#parts.nowMs));
    } catch (error) {
      this.#gauges.measured(errorLine(error));
    } finally {
      this.#gauges.measuring(true, "Measure");
      await this.#sizes();
    }
  }

  /** Asks for the sizes; a database that has failed keeps the last ones, its commands say why. */
  async #sizes(): Promise<void> {
    if (this.#database === undefined || this.#asking || document.visibilityState !== "visible") return;
    this.#asking = true;
    try {
      const [memory, statistics] = await Promise.all([this.#database.memory(), this.#database.stats()]);
      this.#gauges.showSizes(memory, statistics);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#asking = false;
    }
  }

  /** Takes leave of a database that was closed or whose worker has ended; others may still answer. */
  #fail(error: unknown): void {
    if (!(error instanceof DatabaseError) || !ENDED.includes(error.code)) {
      this.#tell("failed", errorLine(error));
      return;
    }
    this.#database?.close().catch(() => {});
    this.#database = undefined;
    this.#refuse(error, this.#opened);
  }

  /** A press into the empty space of the console goes to the line, unless text is being selected. */
  #click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : undefined;
    if (target?.closest("button, input") || document.getSelection()?.isCollapsed === false) return;
    this.#prompt.focus();
  }
}

/** Resolves when what has changed on the page was painted, or the page is not being painted. */
function nextFrame(): Promise<void> {
  return new Promise((painted) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      painted();
    };
    const timer = setTimeout(painted, FRAME_MS_MAX);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      port2.postMessage(undefined);
    });
  });
}

/** The browser's store of small texts, where it gives one. */
function lineStore(): LineStore | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
