/**
 * What a statement has done to the graph, as Neo4j's result summaries count it: a property that is set counts although it had the value
 * before, one that is taken away only if it was there; labels count per node, where they were not there before.
 */
export interface GraphCounters {
  nodesCreated: number;
  nodesDeleted: number;
  relationshipsCreated: number;
  relationshipsDeleted: number;
  propertiesSet: number;
  labelsAdded: number;
  labelsRemoved: number;
}

export function newCounters(): GraphCounters {
  return {
    nodesCreated: 0,
    nodesDeleted: 0,
    relationshipsCreated: 0,
    relationshipsDeleted: 0,
    propertiesSet: 0,
    labelsAdded: 0,
    labelsRemoved: 0,
  };
}

const NAMES = Object.keys(newCounters()) as readonly (keyof GraphCounters)[];

/** How many changes there were. */
export function countOf(counters: GraphCounters): number {
  let sum = 0;
  for (const name of NAMES) sum += counters[name];
  return sum;
}

/** The counters that are not zero, by name; undefined where all are. */
export function changesOf(counters: GraphCounters): Readonly<Record<string, number>> | undefined {
  let changes: Record<string, number> | undefined;
  for (const name of NAMES) {
    if (counters[name] === 0) continue;
    changes ??= {};
    changes[name] = counters[name];
  }
  return changes;
}
