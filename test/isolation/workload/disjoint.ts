/**
 * Sessions that have nothing to do with each other: each reads and writes items of its own, in every model. Nobody need abort,
 * so nobody may.
 */
import { append, insert, item, link, outOf, put, read, scan } from "../anomalies/words.ts";
import { hasGroups, type ItemName, isCollection, type Operation, type Space } from "../operation.ts";
import type { Workload } from "./workload.ts";

const OWN = 4;

/** Items of one session: numbers that no other has. */
function own(space: Space, session: number, which: number): ItemName {
  return item(space, session * 10 + which);
}

export function disjoint(sessions: number, spaces: readonly Space[]): Workload {
  const present = spaces.filter((space) => space !== "link");
  const contents = Array.from({ length: sessions }, (_, session) =>
    present.flatMap((space) =>
      Array.from(
        { length: OWN },
        (__, index) => [own(space, session, index + 1), { group: hasGroups(space) ? 1 : 0, log: [session * 10 + index + 1] }] as const,
      ),
    ),
  ).flat();
  return {
    name: `disjoint, ${spaces.join(" ")}`,
    contents,
    transaction: (random, session, tag) =>
      Array.from({ length: random.between(1, 5) }, (_, index): Operation => {
        const space = random.pick(spaces);
        const name = own(space === "link" ? "node" : space, session, random.between(1, OWN));
        if (space === "link") return random.chance(0.5) ? scan(outOf(name)) : link(name, own("node", session, 1), tag + index);
        if (random.chance(0.5)) return read(name);
        if (random.chance(0.2) && space !== "node" && !isCollection(space))
          return insert(own(space, session, random.between(5, 9)), tag + index);
        return random.chance(0.2) && (space === "key" || space === "document") ? put(name, tag + index) : append(name, tag + index);
      }),
  };
}
