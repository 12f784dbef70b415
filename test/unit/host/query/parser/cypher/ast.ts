/**
 * An AST of Cypher without what depends on the spelling.
 */

/** A copy without positions, slots, and the names of columns that are the text of their expression. */
export function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== "object" || value === null) return value;
  const node = value as Readonly<Record<string, unknown>>;
  const dropped = node.kind === "ParsedProjectionItem" && node.alias === undefined ? "name" : "";
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name]) => name !== "position" && name !== "slot" && name !== dropped)
      .map(([name, part]) => [name, strip(part)]),
  );
}
