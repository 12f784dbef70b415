/**
 * Classes of keyspace notifications, as bits: those of Redis's `notify-keyspace-events`, whose letter stands behind. What has happened is told by
 * the id of the command whose name Redis uses for it (commands.ts).
 */
export const NOTICE_GENERIC = 4; // g
export const NOTICE_STRING = 8; // $
export const NOTICE_LIST = 16; // l
export const NOTICE_SET = 32; // s
export const NOTICE_HASH = 64; // h
export const NOTICE_SORTED_SET = 128; // z
export const NOTICE_EXPIRED = 256; // x
export const NOTICE_EVICTED = 512; // e
export const NOTICE_STREAM = 1024; // t
export const NOTICE_MISS = 2048; // m
export const NOTICE_NEW = 16384; // n
