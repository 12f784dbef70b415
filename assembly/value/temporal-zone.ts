/**
 * Time zones by name. The engine has no table of them: the host gives each zone's changes of its offset when a statement first names
 * it (RUNTIME_ERROR_ZONE_UNKNOWN asks for it). Zones stay for the life of the engine.
 *
 *   zone   {u32 next zone or 0, u32 bytes of the name, u32 changes, u32 zero, changes, name}
 *   change {i64 Unix seconds, i32 seconds east of UTC from then on, u32 zero}; the first one is the offset before all others
 *
 * A local time that a clock shows twice is the earlier one; one that it leaves out is moved behind the gap, as java.time does. In SQL
 * (`zoneOffsetLater`) the one that is shown twice is the later one, as in PostgreSQL.
 * Cost: O(changes).
 */
import { RUNTIME_ERROR_ZONE_UNKNOWN } from "../abi/runtime-error";
import { PURPOSE_TABLE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { allocate } from "../memory/allocator";
import { failWith } from "./cells";
import { equalBytesOf } from "./word";

const ZONE_NAME_BYTES: usize = 4;
const ZONE_CHANGES: usize = 8;
const ZONE_HEAD: u32 = 16;
const CHANGE_OFFSET: usize = 8;
const CHANGE_BYTES: u32 = 16;

let zones: usize = 0;
/** Seconds by which the last local time was moved, since the clock leaves it out. */
export let zoneGap: i64 = 0;

/** Keeps a zone. Returns false when there is no memory. Requires: there is none of this name, and at least one change. */
export function zoneAdd(name: usize, nameBytes: u32, changes: usize, count: u32): bool {
  const zone = allocate(ZONE_HEAD + count * CHANGE_BYTES + nameBytes, PURPOSE_TABLE);
  if (!zone) return false;
  store<u32>(zone, <u32>zones);
  store<u32>(zone, nameBytes, ZONE_NAME_BYTES);
  store<u32>(zone, count, ZONE_CHANGES);
  store<u32>(zone, 0, 12);
  copyBytes(zone + ZONE_HEAD, changes, count * CHANGE_BYTES);
  copyBytes(zone + ZONE_HEAD + count * CHANGE_BYTES, name, nameBytes);
  zones = zone;
  return true;
}

/** The zone of a name; 0 and an error that asks for it. */
export function zoneNamed(name: u64): usize {
  const zone = zoneFound(name);
  if (!zone) failWith(RUNTIME_ERROR_ZONE_UNKNOWN, name, 0);
  return zone;
}

/** The zone of a name; 0: the host has not given it yet. */
export function zoneFound(name: u64): usize {
  for (let zone = zones; zone; zone = <usize>load<u32>(zone)) {
    const text = zone + ZONE_HEAD + load<u32>(zone, ZONE_CHANGES) * CHANGE_BYTES;
    if (equalBytesOf(name, text, load<u32>(zone, ZONE_NAME_BYTES))) return zone;
  }
  return 0;
}

/** The offset at an instant. */
export function zoneOffset(zone: usize, seconds: i64): i32 {
  const count = load<u32>(zone, ZONE_CHANGES);
  let change = zone + ZONE_HEAD;
  let offset = load<i32>(change, CHANGE_OFFSET);
  for (let index: u32 = 1; index < count; index++) {
    change += CHANGE_BYTES;
    if (seconds < load<i64>(change)) break;
    offset = load<i32>(change, CHANGE_OFFSET);
  }
  return offset;
}

/** The offset of a local time (in seconds as if it were UTC), and in `zoneGap` by how much it is moved. */
export function zoneOffsetLocal(zone: usize, local: i64): i32 {
  return offsetLocal(zone, local, false);
}

/** The offset of a local time: the later one of a time that is shown twice, the one before of a time that is left out. */
export function zoneOffsetLater(zone: usize, local: i64): i32 {
  const offset = offsetLocal(zone, local, true);
  return offset - <i32>zoneGap;
}

function offsetLocal(zone: usize, local: i64, prefersLater: bool): i32 {
  const count = load<u32>(zone, ZONE_CHANGES);
  let change = zone + ZONE_HEAD;
  let offset = load<i32>(change, CHANGE_OFFSET);
  zoneGap = 0;
  for (let index: u32 = 1; index < count; index++) {
    change += CHANGE_BYTES;
    const moment = load<i64>(change);
    const later = load<i32>(change, CHANGE_OFFSET);
    if (local < moment + (prefersLater && later < offset ? later : offset)) break;
    zoneGap = local < moment + later ? later - offset : 0;
    offset = later;
  }
  return offset;
}
