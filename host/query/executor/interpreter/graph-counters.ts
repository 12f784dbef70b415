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

/** How many changes there were. */
export function countOf(counters: GraphCounters): number {
  return Object.values(counters).reduce((sum: number, count: number) => sum + count, 0);
}

/** The counters that are not zero, by name; undefined where all are. */
export function changesOf(counters: GraphCounters): Readonly<Record<string, number>> | undefined {
  const changes = Object.entries(counters).filter(([, count]) => count !== 0);
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}
