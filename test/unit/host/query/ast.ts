/**
 * What the tests of the parser share: an AST without what depends on the spelling, and as compact text for goldens.
 */

/** A copy without positions and slots. */
export function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "position" && name !== "slot")
      .map(([name, part]) => [name, strip(part)]),
  );
}

/** A node as `Kind(field: value, ...)`; names as their text, and what is absent, empty, false or not lifted left out. */
export function compact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compact).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const { kind, position: _, ...fields } = value as Record<string, unknown>;
  if (kind === "ParsedName") return fields.quoted ? `"${fields.text}"` : String(fields.text);
  const shown = Object.entries(fields).filter(
    ([name, field]) =>
      field !== undefined && field !== false && !(Array.isArray(field) && field.length === 0) && !(name === "slot" && field === -1),
  );
  return `${String(kind ?? "").replace("Parsed", "")}(${shown.map(([name, field]) => `${name}: ${compact(field)}`).join(", ")})`;
}
