/**
 * What browser-inline.ts loads when a page's first statement comes: SQL's program and its functions, packed as there. A bundler makes
 * a file of its own of it.
 */

/** Source of SQL's program. */
declare const INLINE_SQL: string;
/** The functions that come with MemFlux. */
declare const INLINE_FUNCTIONS: string;

export const program = INLINE_SQL;
export const functions = INLINE_FUNCTIONS;
