/**
 * How tightly operators bind: the order is PostgreSQL's (chapter 4.1.6, and the %left, %right and %nonassoc lines of
 * src/backend/parser/gram.y). The parser climbs by these levels, and the printer sets brackets by them.
 */
export const OR = 1;
export const AND = 2;
export const NOT = 3;
export const IS = 4;
export const COMPARISON = 5;
/** LIKE, ILIKE, SIMILAR TO, BETWEEN, IN. */
export const MATCH = 6;
/** OPERATOR, OVERLAPS and operators without a level of their own. */
export const OTHER = 8;
export const ADDITION = 9;
export const MULTIPLICATION = 10;
export const POWER = 11;
/** AT TIME ZONE. */
export const ZONE = 12;
export const COLLATE = 13;
export const SIGN = 14;
/** Subscripts, fields, casts with two colons. */
export const POSTFIX = 15;
export const ATOM = 16;
