/**
 * Payloads of DUMP put together by hand, in forms that redis-server of today does not write any more, and their checksum. Strings are bytes (latin1).
 */

const CRC64 = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x95ac9329ac4bc9b5n : value >> 1n;
  return value;
});

/** The payload of a value: its bytes, the version of the format, the checksum. */
export function payload(value: string, version = 10): string {
  const bytes = Buffer.concat([Buffer.from(value, "latin1"), Buffer.from([version & 255, version >> 8])]);
  let crc = 0n;
  for (const byte of bytes) crc = (CRC64[Number((crc ^ BigInt(byte)) & 255n)] as bigint) ^ (crc >> 8n);
  const footer = Buffer.alloc(8);
  footer.writeBigUInt64LE(crc);
  return Buffer.concat([bytes, footer]).toString("latin1");
}

/** The value of a payload without version and checksum. */
export const payloadValue = (text: string): string => text.slice(0, -10);

const little = (value: bigint | number, bytes: number): string =>
  Array.from({ length: bytes }, (_, index) =>
    String.fromCharCode(Number((BigInt.asUintN(64, BigInt(value)) >> BigInt(8 * index)) & 255n)),
  ).join("");
const big = (value: number, bytes: number): string => [...little(value, bytes)].reverse().join("");
const byte = (value: number): string => String.fromCharCode(value);

/** A length, in its shortest form or in one of 4 or 8 bytes. */
export function rdbLength(length: number, bytes: 0 | 4 | 8 = 0): string {
  if (bytes === 8) return byte(0x81) + big(length, 8);
  if (bytes === 4 || length >= 16384) return byte(0x80) + big(length, 4);
  return length < 64 ? byte(length) : byte(0x40 | (length >> 8)) + byte(length & 255);
}

export const rdbString = (text: string): string => rdbLength(text.length) + text;
/** An integer of 1, 2 or 4 bytes. */
export const rdbInteger = (value: number, bytes: 1 | 2 | 4): string => byte(0xc0 | (bytes >> 1)) + little(value, bytes);
/** A string compressed by LZF: a run, and another copied from `distance` back. */
export const rdbCompressed = (packed: string, length: number): string => byte(0xc3) + rdbLength(packed.length) + rdbLength(length) + packed;

function ziplistEntry(item: string | number): string {
  if (typeof item === "string") {
    if (item.length < 64) return byte(item.length) + item;
    return item.length < 16384 ? byte(0x40 | (item.length >> 8)) + byte(item.length & 255) + item : byte(0x80) + big(item.length, 4) + item;
  }
  if (item >= 0 && item <= 12) return byte(0xf1 + item);
  if (item >= -128 && item < 128) return byte(0xfe) + little(item, 1);
  if (item >= -32768 && item < 32768) return byte(0xc0) + little(item, 2);
  if (item >= -8388608 && item < 8388608) return byte(0xf0) + little(item, 3);
  return item >= -2147483648 && item < 2147483648 ? byte(0xd0) + little(item, 4) : byte(0xe0) + little(item, 8);
}

export function ziplist(items: readonly (string | number)[]): string {
  let entries = "";
  let before = 0;
  let tail = 10;
  for (const item of items) {
    const entry = (before < 254 ? byte(before) : byte(254) + little(before, 4)) + ziplistEntry(item);
    tail = 10 + entries.length;
    entries += entry;
    before = entry.length;
  }
  return little(entries.length + 11, 4) + little(tail, 4) + little(items.length, 2) + entries + byte(255);
}

function listpackEntry(item: string | number): string {
  if (typeof item === "string") {
    if (item.length < 64) return byte(0x80 | item.length) + item;
    return item.length < 4096
      ? byte(0xe0 | (item.length >> 8)) + byte(item.length & 255) + item
      : byte(0xf0) + little(item.length, 4) + item;
  }
  if (item >= 0 && item < 128) return byte(item);
  if (item >= -4096 && item < 4096) return byte(0xc0 | ((item & 8191) >> 8)) + byte(item & 255);
  if (item >= -32768 && item < 32768) return byte(0xf1) + little(item, 2);
  if (item >= -8388608 && item < 8388608) return byte(0xf2) + little(item, 3);
  return item >= -2147483648 && item < 2147483648 ? byte(0xf3) + little(item, 4) : byte(0xf4) + little(item, 8);
}

function backwards(length: number): string {
  const bytes = [length & 127];
  for (let rest = length >> 7; rest > 0; rest >>= 7) bytes.push((rest & 127) | 128);
  return bytes
    .reverse()
    .map((each, index) => byte(index > 0 ? each | 128 : each & 127))
    .join("");
}

export function listpack(items: readonly (string | number)[]): string {
  const entries = items
    .map(listpackEntry)
    .map((entry) => entry + backwards(entry.length))
    .join("");
  return little(entries.length + 7, 4) + little(items.length, 2) + entries + byte(255);
}

export function intset(values: readonly number[], bytes: 2 | 4 | 8): string {
  return little(bytes, 4) + little(values.length, 4) + values.map((value) => little(value, bytes)).join("");
}

/** Pairs with `spare` bytes behind each value. */
export function zipmap(pairs: readonly (readonly [string, string])[], spare = 0): string {
  const length = (text: string) => (text.length < 254 ? byte(text.length) : byte(254) + little(text.length, 4));
  const body = pairs.map(([key, value]) => length(key) + key + length(value) + byte(spare) + value + "x".repeat(spare)).join("");
  return byte(pairs.length) + body + byte(255);
}

export const rdbTime = (time: number): string => little(time, 8);

export function rdbDouble(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString("latin1");
}
