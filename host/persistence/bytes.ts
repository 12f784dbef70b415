/**
 * Numbers in file headers: little-endian. A u64 is two u32, low word first; values are sequences, epochs and generations,
 * which stay below 2^53, so a JavaScript number holds them. A stored value beyond that reads as a number no counter reaches.
 */
const WORD = 2 ** 32;

export function readU64(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * WORD;
}

export function writeU64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, value % WORD, true);
  view.setUint32(offset + 4, Math.floor(value / WORD), true);
}

/** A view on the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, position) => byte === right[position]);
}

export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
