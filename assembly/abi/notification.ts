/**
 * Keyspace notifications: classes, which are the letters of `notify-keyspace-events`, and events by number. The host has their
 * names (host/database/event-names.ts, which a test holds against this list). New events go behind the last of their class.
 *
 * A record of the buffer at CONTROL_NOTIFICATIONS: u16 event, u16 database, u32 length of the key, the key, up to a multiple of four.
 */

// Classes: bits of SETTING_NOTIFY ---------------------------------------------------------------------------------------
export const NOTIFY_KEYSPACE = 1;
export const NOTIFY_KEYEVENT = 2;
export const NOTIFY_GENERIC = 4;
export const NOTIFY_STRING = 8;
export const NOTIFY_LIST = 16;
export const NOTIFY_SET = 32;
export const NOTIFY_HASH = 64;
export const NOTIFY_SORTED_SET = 128;
export const NOTIFY_EXPIRED = 256;
export const NOTIFY_EVICTED = 512;
export const NOTIFY_STREAM = 1024;
export const NOTIFY_KEY_MISS = 2048;
/** JSON documents and rows. */
export const NOTIFY_MODULE = 8192;
export const NOTIFY_NEW = 16384;
/** What the letter A stands for. */
export const NOTIFY_ALL = 10236;

export const NOTIFICATION_EVENT = 0;
export const NOTIFICATION_DATABASE = 2;
export const NOTIFICATION_LENGTH = 4;
export const NOTIFICATION_KEY = 8;

// Events ----------------------------------------------------------------------------------------------------------------
export const EVENT_DEL = 0;
export const EVENT_EXPIRE = 1;
export const EVENT_PERSIST = 2;
export const EVENT_RENAME_FROM = 3;
export const EVENT_RENAME_TO = 4;
export const EVENT_COPY_TO = 5;
export const EVENT_MOVE_FROM = 6;
export const EVENT_MOVE_TO = 7;
export const EVENT_RESTORE = 8;
export const EVENT_EXPIRED = 9;
export const EVENT_EVICTED = 10;
export const EVENT_NEW = 11;
export const EVENT_KEYMISS = 12;

export const EVENT_SET = 20;
export const EVENT_SETRANGE = 21;
export const EVENT_APPEND = 22;
export const EVENT_INCRBY = 23;
export const EVENT_INCRBYFLOAT = 24;
export const EVENT_SETBIT = 25;

export const EVENT_LPUSH = 30;
export const EVENT_RPUSH = 31;
export const EVENT_LPOP = 32;
export const EVENT_RPOP = 33;
export const EVENT_LINSERT = 34;
export const EVENT_LSET = 35;
export const EVENT_LREM = 36;
export const EVENT_LTRIM = 37;
export const EVENT_SORTSTORE = 38;

export const EVENT_SADD = 40;
export const EVENT_SREM = 41;
export const EVENT_SPOP = 42;
export const EVENT_SINTERSTORE = 43;
export const EVENT_SUNIONSTORE = 44;
export const EVENT_SDIFFSTORE = 45;

export const EVENT_HSET = 50;
export const EVENT_HDEL = 51;
export const EVENT_HINCRBY = 52;
export const EVENT_HINCRBYFLOAT = 53;
export const EVENT_HEXPIRE = 54;
export const EVENT_HEXPIRED = 55;
export const EVENT_HPERSIST = 56;

export const EVENT_ZADD = 60;
export const EVENT_ZREM = 61;
export const EVENT_ZINCR = 62;
export const EVENT_ZREMRANGEBYRANK = 63;
export const EVENT_ZREMRANGEBYSCORE = 64;
export const EVENT_ZREMRANGEBYLEX = 65;
export const EVENT_ZUNIONSTORE = 66;
export const EVENT_ZINTERSTORE = 67;
export const EVENT_ZDIFFSTORE = 68;
export const EVENT_ZRANGESTORE = 69;
export const EVENT_ZPOPMIN = 70;
export const EVENT_ZPOPMAX = 71;
export const EVENT_GEOSEARCHSTORE = 72;
export const EVENT_GEORADIUSSTORE = 73;

export const EVENT_JSON_SET = 80;
export const EVENT_JSON_DEL = 81;
export const EVENT_JSON_NUMINCRBY = 82;
export const EVENT_JSON_NUMMULTBY = 83;
export const EVENT_JSON_STRAPPEND = 84;
export const EVENT_JSON_TOGGLE = 85;
export const EVENT_JSON_ARRAPPEND = 86;
export const EVENT_JSON_ARRINSERT = 87;
export const EVENT_JSON_ARRPOP = 88;
export const EVENT_JSON_ARRTRIM = 89;
export const EVENT_JSON_CLEAR = 90;
export const EVENT_JSON_MERGE = 91;
export const EVENT_ROW_SET = 95;
