/**
 * Looking ahead to the members that a run of commands on one key will look up: a large hash, set or sorted set lies in memory far away, and
 * the ways to all of them are read together (structure/tree-touch.ts). A hint only: it reads the committed value, whoever asks, and a
 * command before may change what it has seen.
 */
import {
  COMMAND_HDEL,
  COMMAND_HEXISTS,
  COMMAND_HGET,
  COMMAND_HINCRBY,
  COMMAND_HINCRBYFLOAT,
  COMMAND_HMGET,
  COMMAND_HMSET,
  COMMAND_HSET,
  COMMAND_HSETNX,
  COMMAND_HSTRLEN,
  COMMAND_SADD,
  COMMAND_SISMEMBER,
  COMMAND_SMISMEMBER,
  COMMAND_SREM,
  COMMAND_ZADD,
  COMMAND_ZINCRBY,
  COMMAND_ZMSCORE,
  COMMAND_ZRANK,
  COMMAND_ZREM,
  COMMAND_ZREVRANK,
  COMMAND_ZSCORE,
} from "../abi/commands";
import { database } from "../keyspace/database";
import { tableFind } from "../structure/hash-table";
import { treeTouch } from "../structure/tree-touch";
import { TOUCH_MAX, addTouch, deepMembers, touches } from "../types/member-touch";
import { argumentLength, argumentPointer } from "./argument";

/** The tree of the members, and how many of them are to be looked for. */
let tree: usize = 0;
let count: u32 = 0;

/** Begins to look ahead in the collection of a command's first argument; false when that is none, or not worth the time. */
export function memberTouchBegin(hash: u64, argc: u32, argv: usize, command: u32): bool {
  count = 0;
  if (!memberArgument(command, argc)) return false;
  const slot = tableFind(database, hash, argumentPointer(argv, 1), argumentLength(argv, 1));
  tree = slot ? deepMembers(<usize>load<u32>(slot)) : 0;
  return tree != 0;
}

/** Adds the member that a command on the same key will look for first. */
export function memberTouchAdd(argc: u32, argv: usize, command: u32): void {
  const index = memberArgument(command, argc);
  if (index && count < TOUCH_MAX) addTouch(count++, argumentPointer(argv, index), argumentLength(argv, index));
}

/** Reads the ways to the members that were added. */
export function memberTouchEnd(): void {
  if (count > 1) treeTouch(tree, touches, count);
}

/** Which argument of a command on argument 1 is a member of it, the first one; 0: none. */
function memberArgument(command: u32, argc: u32): u32 {
  if (argc < 3) return 0;
  switch (command) {
    case COMMAND_HGET:
    case COMMAND_HSET:
    case COMMAND_HSETNX:
    case COMMAND_HMSET:
    case COMMAND_HMGET:
    case COMMAND_HDEL:
    case COMMAND_HEXISTS:
    case COMMAND_HSTRLEN:
    case COMMAND_HINCRBY:
    case COMMAND_HINCRBYFLOAT:
    case COMMAND_SADD:
    case COMMAND_SREM:
    case COMMAND_SISMEMBER:
    case COMMAND_SMISMEMBER:
    case COMMAND_ZSCORE:
    case COMMAND_ZMSCORE:
    case COMMAND_ZRANK:
    case COMMAND_ZREVRANK:
    case COMMAND_ZREM:
      return 2;
    case COMMAND_ZADD:
    case COMMAND_ZINCRBY:
      return argc > 3 ? 3 : 0;
    default:
      return 0;
  }
}
