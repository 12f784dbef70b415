/** What a value of a result is in JavaScript. */
export type SqlValue = string | number | bigint | boolean | Date | Uint8Array | null | readonly unknown[] | object;
