/**
 * The graph in the life of a database: random commands on nodes and relationships whose ids earlier replies of the same life had. What
 * they must leave is in the digest.
 */
import type { SeededRandom } from "../support/random.ts";

const IDS_MAX = 40;
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const LABELS = ["A", "B", "C"];

export class GraphIds {
  #ids: string[] = [];

  /** Remembers the ids in replies: nodes and relationships alike, so some commands name what they cannot. */
  note(replies: string): void {
    this.#ids = [...this.#ids, ...(replies.match(ID) ?? [])].slice(-IDS_MAX);
  }

  /** Requests that change the graph of the selected database. */
  requests(random: SeededRandom): string[][] {
    const id = (): string => (this.#ids.length === 0 ? "none" : random.pick(this.#ids));
    const properties = (): string => (random.chance(0.5) ? "{}" : `{"n":${random.below(1000)},"text":"${"x".repeat(random.below(30))}"}`);
    const makers: readonly (() => string[])[] = [
      () => ["GRAPH.ADDNODE", random.pick(LABELS), properties(), ...(random.chance(0.3) ? [random.pick(LABELS)] : [])],
      () => ["GRAPH.ADDREL", id(), id(), random.pick(["T", "U"]), properties()],
      () => ["GRAPH.ADDREL", id(), id(), "T", "{}"],
      () => ["GRAPH.SETNODEPROP", id(), random.pick(["n", "m"]), random.chance(0.2) ? "null" : String(random.below(100))],
      () => (random.chance(0.4) ? ["GRAPH.DELETE", id()] : ["GRAPH.GETRELS", id()]),
    ];
    return Array.from({ length: 1 + random.below(4) }, () => random.pick(makers)());
  }
}
