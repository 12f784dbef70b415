/**
 * Reads of a transaction with which nobody else has met yet (command/transaction-alone.ts): they are told to mvcc/ssi.ts when somebody
 * comes, and never if nobody does.
 *
 *   note   {u64 space or item, u32 flags of the range, or NOTE_ITEM or NOTE_INDEX, u32 bytes of its low end, u32 those of its high end
 *          (SAME_END: it is the low one), the ends}, in steps of four bytes
 *
 * Without memory for a note the list is LOST: the transaction cannot be serialized with others then.
 *
 * Cost: O(bytes) for each read.
 */
import { copyBytes } from "../bytes/copy";
import { ssiRead, ssiReadIndex, ssiReadRange } from "../mvcc/ssi";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferReserve } from "../structure/byte-buffer";

const NOTE_ITEM: u32 = 0xffffffff;
const NOTE_INDEX: u32 = 0xfffffffe;
const SAME_END: u32 = 0xffffffff;
const NOTE_FLAGS: usize = 8;
const NOTE_LOW: usize = 12;
const NOTE_HIGH: usize = 16;
const NOTE_BYTES: u32 = 20;

/** Bytes of a list: a byte buffer, and u32 LOST. */
export const NOTES_BYTES: u32 = <u32>BUFFER_SIZE + 4;

/** The list to which notes go. */
let list: usize = 0;

/** Says to which list notes go. */
export function notesKeep(to: usize): void {
  list = to;
}

/** Whether a read could not be noted. */
export function notesLost(notes: usize): bool {
  return load<u32>(notes, BUFFER_SIZE) != 0;
}

function room(subject: u64, flags: u32, bytes: u32): usize {
  const size = NOTE_BYTES + ((bytes + 3) & ~3);
  const note = bytes < 0x40000000 ? bufferReserve(list, size) : 0;
  if (!note) {
    store<u32>(list, 1, BUFFER_SIZE);
    return 0;
  }
  store<u32>(list, load<u32>(list, BUFFER_LENGTH) + size, BUFFER_LENGTH);
  store<u64>(note, subject);
  store<u32>(note, flags, NOTE_FLAGS);
  store<u64>(note, 0, NOTE_LOW);
  return note;
}

export function noteItem(item: u64): void {
  room(item, NOTE_ITEM, 0);
}

export function noteIndex(space: u64): void {
  room(space, NOTE_INDEX, 0);
}

export function noteRange(space: u64, low: usize, lowBytes: u32, high: usize, highBytes: u32, flags: u32): void {
  const isPoint = low == high && lowBytes == highBytes;
  const note = room(space, flags, isPoint ? lowBytes : lowBytes + highBytes);
  if (!note) return;
  store<u32>(note, lowBytes, NOTE_LOW);
  store<u32>(note, isPoint ? SAME_END : highBytes, NOTE_HIGH);
  copyBytes(note + NOTE_BYTES, low, lowBytes);
  if (!isPoint) copyBytes(note + NOTE_BYTES + lowBytes, high, highBytes);
}

/** Tells all that was noted as reads of a participant. */
export function notesTell(notes: usize, participant: usize): void {
  let note = <usize>load<u32>(notes, BUFFER_POINTER);
  const end = note + load<u32>(notes, BUFFER_LENGTH);
  while (note < end) {
    const subject = load<u64>(note);
    const flags = load<u32>(note, NOTE_FLAGS);
    const lowBytes = load<u32>(note, NOTE_LOW);
    const isPoint = load<u32>(note, NOTE_HIGH) == SAME_END;
    const highBytes = isPoint ? lowBytes : load<u32>(note, NOTE_HIGH);
    const low = note + NOTE_BYTES;
    if (flags == NOTE_ITEM) ssiRead(participant, subject);
    else if (flags == NOTE_INDEX) ssiReadIndex(participant, subject);
    else ssiReadRange(participant, subject, low, lowBytes, isPoint ? low : low + lowBytes, highBytes, flags);
    note += NOTE_BYTES + (((isPoint ? lowBytes : lowBytes + highBytes) + 3) & ~3);
  }
}
