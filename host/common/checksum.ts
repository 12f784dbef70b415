/**
 * CRC-32C (Castagnoli) of bytes in host memory: polynomial 0x1edc6f41, reflected, initial and final value all ones; of
 * "123456789" it is e3069283. The same as `crc32c` of assembly/bytes/checksum.ts, for bytes that are not in the engine.
 *
 * Eight bytes a step ("slicing by 8": Kounavis, Berry, ISCC 2005): table j holds the effect of a byte that j further bytes
 * follow. In plain JavaScript, so that browsers have it too. Cost: O(length), about 0.6 ns a byte.
 */
const POLYNOMIAL_REFLECTED = 0x82f63b78;
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL_REFLECTED : value >>> 1;
    tables[byte] = value;
  }
  for (let entry = 256; entry < tables.length; entry++) {
    const before = tables[entry - 256] as number;
    tables[entry] = (tables[before & 255] as number) ^ (before >>> 8);
  }
  return tables;
}

/** CRC-32C of `bytes[start .. end)` as a u32, continuing from `crc`: 0 to begin, or the result for the bytes before. */
export function crc32c(bytes: Uint8Array, crc = 0, start = 0, end = bytes.length): number {
  const tables = TABLES;
  let value = ~crc;
  let position = start;
  for (; position + 8 <= end; position += 8) {
    const low =
      value ^
      ((bytes[position] as number) |
        ((bytes[position + 1] as number) << 8) |
        ((bytes[position + 2] as number) << 16) |
        ((bytes[position + 3] as number) << 24));
    value =
      (tables[1792 + (low & 255)] as number) ^
      (tables[1536 + ((low >>> 8) & 255)] as number) ^
      (tables[1280 + ((low >>> 16) & 255)] as number) ^
      (tables[1024 + (low >>> 24)] as number) ^
      (tables[768 + (bytes[position + 4] as number)] as number) ^
      (tables[512 + (bytes[position + 5] as number)] as number) ^
      (tables[256 + (bytes[position + 6] as number)] as number) ^
      (tables[bytes[position + 7] as number] as number);
  }
  for (; position < end; position++) value = (tables[(value ^ (bytes[position] as number)) & 255] as number) ^ (value >>> 8);
  return ~value >>> 0;
}
