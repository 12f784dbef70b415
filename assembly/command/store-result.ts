/**
 * Storing what a command has gathered (ZUNIONSTORE, SINTERSTORE, SORT STORE and their like) under a key, in the place of whatever that holds, without
 * its expiry. It is logged as a whole: `DEL`, and what puts the elements back.
 */
import { effectContainer } from "../durability/container-effect";
import { effectsAdmit, effectsOn } from "../durability/effect-log";
import { foundSlot, lookupWrite } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { containerEntry, containerOpen } from "../types/container";
import { storeNothing } from "./effect";
import { replyFail, replyInteger } from "./reply";

/** Bytes of effects for all, and again for each EFFECT_PIECE elements, which are one command. */
const EFFECT_WHOLE: u64 = 512;
const EFFECT_PIECE: u32 = 64;

/**
 * Stores `count` elements by `put`, whose answer is false when there is no memory, or lets them go by `drop`; replies how many they are and says what
 * `event` has done. `bytes`: what they take as words of effects.
 */
export function storeResult(
  type: u32,
  hash: u64,
  key: usize,
  keyBytes: u32,
  count: u32,
  bytes: u64,
  put: () => bool,
  drop: () => void,
  kind: u32,
  event: u32,
): void {
  if (effectsOn && !effectsAdmit(bytes + (<u64>(count / EFFECT_PIECE) + 2) * (<u64>keyBytes + EFFECT_WHOLE))) {
    drop();
    replyFail();
    return;
  }
  const old = lookupWrite(hash, key, keyBytes);
  if (!count) {
    drop();
    storeNothing(hash, old, key, keyBytes);
    return;
  }
  containerOpen(type, hash, foundSlot, old, key, keyBytes, false);
  if (!put()) {
    replyFail();
    return;
  }
  if (effectsOn) effectContainer(containerEntry);
  notify(kind, event, key, keyBytes);
  replyInteger(count);
}
