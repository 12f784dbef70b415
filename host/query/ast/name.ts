/**
 * Names and types as parsed.
 *
 * Every node of the AST is a plain readonly object with `kind` and `position`, the offset of its first character in the
 * statement's text (UTF-16 units; of an operator's node, the operator's). Fields that may be absent are undefined, never missing.
 */

/** A name. Which field or table it means is the binder's to find (host/query/README.md, "Names"). */
export interface ParsedName {
  readonly kind: "ParsedName";
  readonly position: number;
  /** As written, without the quotes. */
  readonly text: string;
  /** Lower case, as PostgreSQL reads an unquoted name; equal to `text` for a quoted one. */
  readonly folded: string;
  readonly quoted: boolean;
}

/** `a`, `schema.a`, ...; at least one. */
export type ParsedNames = readonly ParsedName[];

/** A type: `numeric(10, 2)`, `timestamp(3) with time zone`, `text[][]`, `interval day to second`. */
export interface ParsedType {
  readonly kind: "ParsedType";
  readonly position: number;
  /** Folded and without its modifiers: ["timestamp with time zone"], ["pg_catalog", "int4"]. Aliases are as written. */
  readonly name: readonly string[];
  /** Numbers in brackets, in order. */
  readonly modifiers: readonly number[];
  /** "DAY TO SECOND" and the like, for intervals. */
  readonly fields: string | undefined;
  /** Number of [] behind it. */
  readonly dimensions: number;
}
