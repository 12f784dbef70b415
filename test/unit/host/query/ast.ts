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
  if (kind === "ParsedQuery" && isBare(fields)) return compact(fields.body);
  if (kind === "ParsedColumn") return (fields.names as readonly unknown[]).map(compact).join(".");
  if (kind === "ParsedSelectItem" && fields.alias === undefined) return compact(fields.value);
  const shown = Object.entries(fields).filter(
    ([name, field]) =>
      field !== undefined && field !== false && !(Array.isArray(field) && field.length === 0) && !(name === "slot" && field === -1),
  );
  return `${String(kind ?? "").replace("Parsed", "")}(${shown.map(([name, field]) => `${name}: ${compact(field)}`).join(", ")})`;
}

/** A query that is its body and nothing else. */
function isBare(query: Readonly<Record<string, unknown>>): boolean {
  return (
    !query.with &&
    !query.limit &&
    !query.offset &&
    (query.orderBy as readonly unknown[]).length === 0 &&
    (query.locking as readonly unknown[]).length === 0
  );
}
