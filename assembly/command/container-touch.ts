/**
 * Looking ahead to where the commands of a batch will look in containers: into the trees of large ones, which lie in memory far away (a packed
 * container is read with its entry). All ways are read together (structure/tree-touch.ts). A hint only: it reads the committed value, whoever asks,
 * and a command before may change what it has seen.
 */
import {
  COMMAND_HDEL,
  COMMAND_HEXISTS,
  COMMAND_HGET,
  COMMAND_HGETALL,
  COMMAND_HINCRBY,
  COMMAND_HINCRBYFLOAT,
  COMMAND_HKEYS,
  COMMAND_HMGET,
  COMMAND_HMSET,
  COMMAND_HRANDFIELD,
  COMMAND_HSET,
  COMMAND_HSETNX,
  COMMAND_HSTRLEN,
  COMMAND_HVALS,
  COMMAND_LINDEX,
  COMMAND_LINSERT,
  COMMAND_LPOP,
  COMMAND_LPOS,
  COMMAND_LPUSH,
  COMMAND_LPUSHX,
  COMMAND_LRANGE,
  COMMAND_LREM,
  COMMAND_LSET,
  COMMAND_LTRIM,
  COMMAND_RPOP,
  COMMAND_RPUSH,
  COMMAND_RPUSHX,
  COMMAND_SADD,
  COMMAND_SISMEMBER,
  COMMAND_SMEMBERS,
  COMMAND_SMISMEMBER,
  COMMAND_SPOP,
  COMMAND_SRANDMEMBER,
  COMMAND_SREM,
  COMMAND_ZADD,
  COMMAND_ZINCRBY,
  COMMAND_ZMSCORE,
  COMMAND_ZPOPMAX,
  COMMAND_ZPOPMIN,
  COMMAND_ZRANGE,
  COMMAND_ZRANGEBYSCORE,
  COMMAND_ZRANK,
  COMMAND_ZREM,
  COMMAND_ZREVRANGE,
  COMMAND_ZREVRANGEBYSCORE,
  COMMAND_ZREVRANK,
  COMMAND_ZSCORE,
} from "../abi/commands";
import { database } from "../keyspace/database";
import { tableLikely } from "../structure/hash-table";
import { TOUCH_FIRST, TOUCH_LAST, TOUCH_ROOT, treesTouch } from "../structure/tree-touch";
import { TOUCH_MAX, isWideContainer, touchMember, touchPlace, touches } from "../types/container-touch";
import { argumentLength, argumentPointer } from "./argument";

/** Where a command looks: at the member in its argument of this number, or at a TOUCH_* place; in the order of a sorted set; or in both. */
const NOWHERE: u32 = 0;
const ARGUMENT_MAX: u32 = 3;
const IN_ORDER: u32 = 32;
const AND_ORDER: u32 = 64;
const PLACE: u32 = 31;

let count: u32 = 0;
/** The container of the command before. */
let previousHash: u64 = 0;
let previousEntry: usize = 0;

export function containerTouchBegin(): void {
  count = 0;
  previousEntry = 0;
}

/** Adds the place at which a command on argument 1, whose hash this is, will look first. */
export function containerTouchAdd(hash: u64, argc: u32, argv: usize, command: u32): void {
  const place = placeOf(command, argc);
  if (place == NOWHERE || count + 2 > TOUCH_MAX) return;
  let entry = previousEntry;
  if (entry && hash == previousHash) {
    if (!isWideContainer(entry)) return;
  } else {
    entry = tableLikely(database, hash);
    if (!entry) return;
    previousHash = hash;
    previousEntry = entry;
  }
  const where = place & PLACE;
  if (where > ARGUMENT_MAX) count += <u32>touchPlace(count, entry, place & IN_ORDER ? 1 : 0, where);
  else count += <u32>touchMember(count, entry, argumentPointer(argv, where), argumentLength(argv, where));
  if (place & AND_ORDER) count += <u32>touchPlace(count, entry, 1, TOUCH_ROOT);
}

/** Reads the ways to all places that were added. */
export function containerTouchEnd(): void {
  if (count > 1) treesTouch(touches, count);
}

function placeOf(command: u32, argc: u32): u32 {
  switch (command) {
    case COMMAND_HDEL:
    case COMMAND_HEXISTS:
    case COMMAND_HGET:
    case COMMAND_HINCRBY:
    case COMMAND_HINCRBYFLOAT:
    case COMMAND_HMGET:
    case COMMAND_HMSET:
    case COMMAND_HSET:
    case COMMAND_HSETNX:
    case COMMAND_HSTRLEN:
    case COMMAND_SADD:
    case COMMAND_SISMEMBER:
    case COMMAND_SMISMEMBER:
    case COMMAND_SREM:
    case COMMAND_ZMSCORE:
    case COMMAND_ZSCORE:
      return argc > 2 ? 2 : NOWHERE;
    case COMMAND_ZRANK:
    case COMMAND_ZREM:
    case COMMAND_ZREVRANK:
      return argc > 2 ? AND_ORDER | 2 : NOWHERE;
    case COMMAND_ZADD:
    case COMMAND_ZINCRBY:
      return argc > 3 ? AND_ORDER | 3 : NOWHERE;
    case COMMAND_HGETALL:
    case COMMAND_HKEYS:
    case COMMAND_HVALS:
    case COMMAND_LPOP:
    case COMMAND_LPOS:
    case COMMAND_LPUSH:
    case COMMAND_LPUSHX:
    case COMMAND_LRANGE:
    case COMMAND_SMEMBERS:
      return TOUCH_FIRST;
    case COMMAND_RPOP:
    case COMMAND_RPUSH:
    case COMMAND_RPUSHX:
      return TOUCH_LAST;
    case COMMAND_HRANDFIELD:
    case COMMAND_LINDEX:
    case COMMAND_LINSERT:
    case COMMAND_LREM:
    case COMMAND_LSET:
    case COMMAND_LTRIM:
    case COMMAND_SPOP:
    case COMMAND_SRANDMEMBER:
      return TOUCH_ROOT;
    case COMMAND_ZPOPMIN:
    case COMMAND_ZRANGE:
    case COMMAND_ZRANGEBYSCORE:
      return IN_ORDER | TOUCH_FIRST;
    case COMMAND_ZPOPMAX:
    case COMMAND_ZREVRANGE:
    case COMMAND_ZREVRANGEBYSCORE:
      return IN_ORDER | TOUCH_LAST;
    default:
      return NOWHERE;
  }
}
