/**
 * The exported calls of ordered scans (command/key-range.ts).
 */
import { DATABASE_COUNT } from "../abi/layout";
import { ORDER_READY, STATUS_INVALID } from "../abi/status";
import { orderKeys, scanRange } from "../command/key-range";
import { replyPublish } from "../command/reply";
import { setNow, useDatabase } from "../keyspace/database";
import { contextTransaction } from "../mvcc/context";

export function keys_order(database: u32, budget: u32): u32 {
  if (database >= <u32>DATABASE_COUNT) return ORDER_READY;
  useDatabase(database);
  return orderKeys(budget);
}

export function keys_range(
  database: u32,
  now: f64,
  flags: u32,
  low: usize,
  lowBytes: u32,
  high: usize,
  highBytes: u32,
  count: u32,
  bytes: u32,
): i32 {
  if (database >= <u32>DATABASE_COUNT || !count || count > 0x7fffffff || !bytes) return -STATUS_INVALID;
  useDatabase(database);
  if (!contextTransaction) setNow(now);
  const found = scanRange(flags, low, lowBytes, high, highBytes, count, bytes);
  replyPublish();
  return found;
}
