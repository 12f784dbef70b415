/**
 * Effects in terms of commands, and notifications of them: small shapes that the command families share. Effects are called only while
 * `effectsOn`. What the compaction logs too (`effectSet`) is in durability/effect-log.ts.
 */
import { ARGUMENT_LENGTH, ARGUMENT_POINTER, ARGUMENT_SIZE } from "../abi/layout";
import { COMMAND_DEL, COMMAND_PERSIST, COMMAND_PEXPIREAT, COMMAND_SET } from "../abi/commands";
import { EVENT_DEL, NOTIFY_GENERIC } from "../abi/notification";
import { foundSlot, removeEntry } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { effectBegin, effectInteger, effectWord, effectsOn } from "../durability/effect-log";
import { commandNameLength, commandNamePointer } from "./lookup";
import { replyInteger } from "./reply";

const KEEPTTL: usize = memory.data<u8>([75, 69, 69, 80, 84, 84, 76]);

/** Begins an effect of a command with `words` words after its name. */
export function effectCommand(command: u32, words: u32): void {
  effectBegin(words + 1);
  effectWord(commandNamePointer(command), commandNameLength(command));
}

/** The request itself is the effect. */
export function effectRequest(argc: u32, argv: usize): void {
  effectBegin(argc);
  for (let index: u32 = 0; index < argc; index++) {
    const argument = argv + <usize>index * ARGUMENT_SIZE;
    effectWord(<usize>load<u32>(argument, ARGUMENT_POINTER), load<u32>(argument, ARGUMENT_LENGTH));
  }
}

/** `SET key value KEEPTTL` */
export function effectSetKeeping(key: usize, keyBytes: u32, value: usize, length: u32): void {
  effectCommand(COMMAND_SET, 3);
  effectWord(key, keyBytes);
  effectWord(value, length);
  effectWord(KEEPTTL, 7);
}

/** `DEL key` */
export function effectDelete(key: usize, keyBytes: u32): void {
  effectCommand(COMMAND_DEL, 1);
  effectWord(key, keyBytes);
}

/** STORE of nothing: the key goes, if it is there and `foundSlot` is its slot; answers 0. */
export function storeNothing(hash: u64, entry: usize, key: usize, keyBytes: u32): void {
  const slot = foundSlot;
  if (entry) {
    removeEntry(hash, slot);
    if (effectsOn) effectDelete(key, keyBytes);
    notify(NOTIFY_GENERIC, EVENT_DEL, key, keyBytes);
  }
  replyInteger(0);
}

/** `PEXPIREAT key expiry`, or `PERSIST key` for expiry 0. */
export function effectExpiry(key: usize, keyBytes: u32, expiry: u64): void {
  effectCommand(expiry ? COMMAND_PEXPIREAT : COMMAND_PERSIST, expiry ? 2 : 1);
  effectWord(key, keyBytes);
  if (expiry) effectInteger(expiry);
}

/** Says what a command has done to the key of argument 1, and that its value has gone if that is so. Called only while somebody wants any (`notifyMask`). */
export function sayChanged(kind: u32, event: u32, argv: usize, isGone: bool): void {
  const key = <usize>load<u32>(argv + ARGUMENT_SIZE, ARGUMENT_POINTER);
  const keyBytes = load<u32>(argv + ARGUMENT_SIZE, ARGUMENT_LENGTH);
  notify(kind, event, key, keyBytes);
  if (isGone) notify(NOTIFY_GENERIC, EVENT_DEL, key, keyBytes);
}
